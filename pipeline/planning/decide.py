"""What becomes of each wanted cell, and why: the reason is noted where the decision is made."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain.attempt import Claim, State
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.history import Delivery, History, NonDelivery
from pipeline.domain.identity import Recipe
from pipeline.domain.plan import Action, Cell, Decision, Orphan, Reason
from pipeline.domain.receipts import AskedCell

_MODERATION = range(1000, 2000)
_GIVE_UP_AFTER = 2


@dataclass(frozen=True, slots=True)
class Facts:
    """What planning knows of the world.

    Attributes:
        history: all receipts of the realm that can be seen.
        claims: cells of open attempts.
        present: digests whose bytes are in the store of this machine.
        retry_failed: whether the user asked to try blocked failures once more.
        kept_since: moment as in receipts; what was delivered then or later may still be fetched
            from the provider, for free. Empty where nobody keeps anything.
    """

    history: History = field(default_factory=History)
    claims: Mapping[CellKey, Claim] = field(default_factory=dict)
    present: Container[Sha256] = frozenset()
    retry_failed: bool = False
    kept_since: str = ""


def decide(cells: Sequence[Cell], facts: Facts, *, campaign: str) -> list[Decision]:
    """Decide on each cell; one decision a cell, in the order given.

    A cell that has a delivery is never bought, wherever its bytes are; where they are not here and
    the provider may still keep them, they are fetched again. Two cells of one key are one purchase:
    the first is decided on, the second follows it. A pinned cell is never bought, even where there
    is no such delivery; that it is blocked then is a problem of the plan.
    """
    judge = _Judge(facts, campaign, {cell.key: cell.pin for cell in cells if cell.pin is not None})
    return [judge.decide(cell) for cell in cells]


class _Judge:
    def __init__(self, facts: Facts, campaign: str, pins: Mapping[CellKey, Sha256]) -> None:
        self._facts = facts
        self._campaign = campaign
        self._pins = pins
        self._own = facts.history.filed.get(campaign, frozenset())
        self._first: dict[CellKey, tuple[Cell, Decision]] = {}
        self._before: Mapping[str, tuple[Recipe, AskedCell]] | None = None

    def decide(self, cell: Cell) -> Decision:
        """Decide on the next cell."""
        if cell.pin is not None:
            return self._pinned(cell, cell.pin)
        twin = self._first.get(cell.key)
        if twin is not None:
            first, decision = twin
            action = decision.action if decision.action is Action.BLOCKED else Action.CACHED
            return Decision(action, Reason.DUPLICATE_OF, str(first.address), decision.output)
        decision = self._decide(cell)
        self._first[cell.key] = (cell, decision)
        return decision

    def _pinned(self, cell: Cell, picture: Sha256) -> Decision:
        delivery = self._delivery(cell.key, picture)
        if delivery is None:
            return Decision(Action.BLOCKED, Reason.PINNED, "no receipt has the picture")
        found = self._satisfied(cell, delivery)
        if found.reason is Reason.RESULT_ABSENT:
            return found
        return found._replace(reason=Reason.PINNED)

    def _delivery(self, key: CellKey, picture: Sha256 | None) -> Delivery | None:
        """The delivery of a cell that is this picture, if there is one."""
        delivered = self._facts.history.deliveries.get(key, ())
        return next((one for one in delivered if one.output.sha256 == picture), None)

    def _decide(self, cell: Cell) -> Decision:
        history = self._facts.history
        delivered = history.deliveries.get(cell.key)
        if delivered is not None:
            # Where one of several deliveries is pinned for a twin, it is the current one for both.
            pinned = self._delivery(cell.key, self._pins.get(cell.key))
            return self._satisfied(cell, pinned or delivered[0])
        claim = self._facts.claims.get(cell.key)
        if claim is not None:
            return _claimed(claim)
        if cell.key in history.doubts:
            return Decision(Action.BLOCKED, Reason.UNKNOWN_CHARGE, history.doubts[cell.key])
        if cell.key in history.unassigned:
            return Decision(Action.BLOCKED, Reason.UNASSIGNED, history.unassigned[cell.key])
        if cell.key in history.lost:
            return Decision(Action.REBUY, Reason.RESULT_LOST, history.lost[cell.key])
        failures = history.failures.get(cell.key)
        if failures:
            return self._after(failures)
        reason, detail = self._why_new(cell)
        return Decision(Action.BUY, reason, detail)

    def _satisfied(self, cell: Cell, current: Delivery) -> Decision:
        action, reason = Action.CACHED, Reason.SATISFIED
        if current.output.sha256 not in self._facts.present:
            action = Action.RECOVER if self._is_kept(current) else Action.CACHED
            reason = Reason.RESULT_ABSENT
        elif cell.key not in self._own:
            reason = Reason.BOUGHT_ELSEWHERE
        return Decision(action, reason, current.attempt, current.output)

    def _is_kept(self, delivery: Delivery) -> bool:
        """Whether the provider may still have the picture, and can be asked for it."""
        since = self._facts.kept_since
        is_known = delivery.attempt in self._facts.history.predictions
        return bool(since) and delivery.at >= since and is_known

    def _after(self, failures: Sequence[NonDelivery]) -> Decision:
        last = failures[-1]
        if not self._facts.retry_failed:
            for failure in failures:
                if failure.code in _MODERATION:
                    return Decision(Action.BLOCKED, Reason.MODERATED, failure.message)
            if sum(1 for failure in failures if failure.charged > 0) >= _GIVE_UP_AFTER:
                return Decision(Action.BLOCKED, Reason.GAVE_UP, last.message)
        if any(failure.is_short for failure in failures):
            return Decision(Action.TOP_UP, Reason.UNDER_DELIVERED, last.message)
        return Decision(Action.BUY, Reason.FAILED_BEFORE, last.message)

    def _why_new(self, cell: Cell) -> tuple[Reason, str]:
        if self._before is None:
            self._before = _by_address(self._facts.history, self._campaign)
        found = self._before.get(str(cell.address))
        if found is None:
            return Reason.NEW_CELL, ""
        recipe, asked = found
        return _difference(cell, recipe, asked), asked.key


def _claimed(claim: Claim) -> Decision:
    if claim.state is State.IN_DOUBT:
        return Decision(Action.BLOCKED, Reason.UNKNOWN_CHARGE, claim.attempt)
    reason = Reason.CLAIMED_ELSEWHERE if claim.is_alive else Reason.UNDER_WAY
    return Decision(Action.RESUME, reason, claim.attempt)


def _by_address(history: History, campaign: str) -> Mapping[str, tuple[Recipe, AskedCell]]:
    """What this campaign last asked for at each address."""
    own = history.attempts_filed.get(campaign, frozenset())
    oldest_first = sorted(own, key=lambda attempt: (history.attempts[attempt].at, attempt))
    found: dict[str, tuple[Recipe, AskedCell]] = {}
    for attempt in oldest_first:
        order = history.orders[attempt]
        for asked in order.cells:
            found[asked.address] = (order.recipe, asked)
    return found


def _difference(cell: Cell, recipe: Recipe, asked: AskedCell) -> Reason:
    new = cell.recipe
    checks = (
        (Reason.MODEL_CHANGED, (new.provider, new.model) != (recipe.provider, recipe.model)),
        (Reason.PROMPT_CHANGED, new.prompt != recipe.prompt),
        (Reason.PARAM_CHANGED, new.params != recipe.params),
        (Reason.SIZE_CHANGED, new.size != recipe.size),
        (Reason.REFERENCE_CHANGED, new.reference != recipe.reference),
        (Reason.INPUT_CHANGED, cell.source != asked.source),
        (Reason.ENGINE_CHANGED, new.engine != recipe.engine),
        (Reason.TAKE_CHANGED, cell.address.take != asked.take),
    )
    return next((reason for reason, differs in checks if differs), Reason.NEW_CELL)


def orphans(cells: Sequence[Cell], history: History, *, campaign: str) -> Iterator[Orphan]:
    """Deliveries that this campaign paid for and no longer wants, in order of their address."""
    wanted = {cell.key for cell in cells}
    found: list[Orphan] = []
    for attempt in history.attempts_filed.get(campaign, frozenset()):
        money = history.attempts[attempt]
        found += [
            Orphan(asked.address, asked.key, money.share_of(asked.key))
            for asked in money.cells
            if asked.key not in wanted and asked.key in history.deliveries
        ]
    return iter(sorted(found, key=lambda orphan: (orphan.address, orphan.key)))

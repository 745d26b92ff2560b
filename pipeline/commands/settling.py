"""What a person decides where no proof can be had: adopt, assume charged, waive, not mine."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.adapters.lock_files import LockFiles
from pipeline.commands.books import Books
from pipeline.domain.attempt import OpenAttempt, State
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import USAGE
from pipeline.domain.history import History
from pipeline.domain.moment import moment
from pipeline.domain.receipts import Assume, Foreign, Order, Waive
from pipeline.execution.ports import Clock, Failure, Prediction, Provider, ProviderError

_WAITS_S = (1.0, 2.0, 4.0, 8.0)
_UNSAID = "no reason was given"


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the user said, all of it to be done or none.

    Attributes:
        adopt: prediction by attempt.
        assume: attempts whose hold is booked as charged.
        waive: attempts that count as free.
        not_mine: predictions of others.
        reason: why, in words; stands in the receipts.
    """

    adopt: Mapping[str, str] = field(default_factory=dict)
    assume: Sequence[str] = ()
    waive: Sequence[str] = ()
    not_mine: Sequence[str] = ()
    reason: str = ""

    def __bool__(self) -> bool:
        """Whether anything was decided."""
        return bool(self.adopt or self.assume or self.waive or self.not_mine)

    @property
    def told(self) -> tuple[str, ...]:
        """What was said, for people, a line each."""
        return (
            *(f"prediction {one} is not this workspace's" for one in self.not_mine),
            *(f"attempt {one} counts as charged" for one in self.assume),
            *(f"attempt {one} counts as never arrived" for one in self.waive),
            *(f"attempt {one} made prediction {other}" for one, other in self.adopt.items()),
        )


class Settling:
    """Carries decisions out on the books of one realm, each with its receipt."""

    def __init__(
        self, books: Books, files: LockFiles, provider: Provider, clock: Clock, *, home: str
    ) -> None:
        """Prepare.

        Args:
            books: open for writing, all recoverable attempts recovered.
            files: where receipts go.
            provider: is asked whether a prediction exists.
            clock: for receipts.
            home: campaign in whose lock strangers are noted.
        """
        self._books = books
        self._ledger = books.open_ledger
        self._files = files
        self._provider = provider
        self._clock = clock
        self._home = home

    async def carry_out(
        self, decisions: Decisions, *, unexplained: Collection[str] = frozenset()
    ) -> None:
        """Check all decisions, then do them.

        Args:
            decisions: what the user said.
            unexplained: predictions of history and bill that no book explains.

        Raises:
            CampaignError: exit 2, with all that is wrong with them; none was carried out.
            ProviderError: the provider could not be asked; none was carried out.
        """
        history = self._books.history()
        in_doubt = {
            attempt.id: attempt
            for attempt in self._ledger.list_open()
            if attempt.state is State.IN_DOUBT
        }
        problems = [*self._wrong(decisions, history, in_doubt)]
        problems += [
            problem
            for attempt, prediction in decisions.adopt.items()
            async for problem in self._wrong_adoption(attempt, prediction, history, in_doubt)
        ]
        problems += [
            _nobodys(prediction)
            for prediction in decisions.not_mine
            if prediction not in unexplained and not await self._is_known(prediction)
        ]
        if problems:
            raise CampaignError(USAGE, problems)
        reason = decisions.reason or _UNSAID
        await self._disown(decisions.not_mine, reason)
        for attempt in decisions.assume:
            await self._assume(in_doubt[attempt], reason)
        for attempt in decisions.waive:
            await self._waive(in_doubt[attempt], reason)
        for attempt, prediction in decisions.adopt.items():
            await self._adopt(attempt, prediction, history, in_doubt)

    # Checking

    def _wrong(
        self, decisions: Decisions, history: History, in_doubt: Mapping[str, OpenAttempt]
    ) -> Iterator[Problem]:
        named = Counter([*decisions.adopt, *decisions.assume, *decisions.waive])
        yield from (_twice(attempt) for attempt, times in named.items() if times > 1)
        twice = Counter(decisions.adopt.values())
        yield from (_one_for_two(one) for one, times in twice.items() if times > 1)
        for attempt in (*decisions.assume, *decisions.waive):
            if attempt not in in_doubt:
                yield _not_in_doubt(attempt, history, in_doubt)
        if decisions.waive and not decisions.reason:
            yield _no_reason()
        ours = self._ledger.predictions()
        for prediction in decisions.not_mine:
            if prediction in ours or prediction in decisions.adopt.values():
                yield _is_ours(prediction, *ours.get(prediction, ("", "")))

    async def _wrong_adoption(
        self,
        attempt: str,
        prediction: str,
        history: History,
        in_doubt: Mapping[str, OpenAttempt],
    ) -> AsyncIterator[Problem]:
        order = _order(attempt, history, in_doubt)
        if order is None or attempt in history.predictions:
            yield _not_in_doubt(attempt, history, in_doubt)
            return
        owner = self._ledger.predictions().get(prediction)
        if owner is not None:
            yield _has_owner(prediction, owner[0])
            return
        seen = await self._look(prediction)
        if seen is None:
            yield _unknown_prediction(prediction)
        elif seen.model and seen.model != order.recipe.model:
            yield _other_model(prediction, seen.model, order.recipe.model)

    async def _is_known(self, prediction: str) -> bool:
        owned = await self._ledger.owned()
        return prediction in owned or await self._look(prediction) is not None

    async def _look(self, prediction: str) -> Prediction | None:
        for wait in (*_WAITS_S, None):
            try:
                return await self._provider.result(prediction)
            except ProviderError as error:
                if error.failure is Failure.REFUSED:
                    return None
                if wait is None or error.failure is Failure.UNUSABLE:
                    raise
                await self._clock.sleep(max(wait, error.retry_after_s))
        return None  # pragma: no cover (the last turn returns or raises)

    # Doing. The lock first: should the program end in between, the ledger learns it from there.

    async def _disown(self, predictions: Sequence[str], reason: str) -> None:
        if predictions:
            strangers = [Foreign(prediction, self._now(), reason) for prediction in predictions]
            await self._files.file(self._home, strangers)
            await self._ledger.learn({}, foreign=predictions)

    async def _assume(self, attempt: OpenAttempt, reason: str) -> None:
        assumed = Assume(attempt.order, self._now(), reason)
        await self._files.file(attempt.campaign, [assumed])
        await self._ledger.settled(attempt.id, assumed)
        await self._ledger.filed(attempt.id)

    async def _waive(self, attempt: OpenAttempt, reason: str) -> None:
        waived = Waive(attempt.id, self._now(), "person", reason)
        await self._files.file(attempt.campaign, [waived])
        await self._ledger.abandoned(attempt.id, f"waived: {reason}")

    async def _adopt(
        self,
        attempt: str,
        prediction: str,
        history: History,
        in_doubt: Mapping[str, OpenAttempt],
    ) -> None:
        found = in_doubt.get(attempt)
        if found is not None:
            await self._ledger.submitted(attempt, prediction=prediction)
            return
        # It was waived or assumed charged before, and turned up after all.
        order = history.orders[attempt]
        await self._ledger.adopt(
            order,
            campaign=history.attempts[attempt].campaign or self._home,
            hold=order.quote,
            prediction=prediction,
            at=self._now(),
        )

    def _now(self) -> str:
        return moment(self._clock.now())


def _order(attempt: str, history: History, in_doubt: Mapping[str, OpenAttempt]) -> Order | None:
    found = in_doubt.get(attempt)
    return history.orders.get(attempt) if found is None else found.order


def _listed(in_doubt: Mapping[str, OpenAttempt]) -> str:
    if not in_doubt:
        return "nothing is in doubt"
    shown = ", ".join(f"`{one.id}` ({one.order.cells[0].address})" for one in in_doubt.values())
    return f"in doubt are: {shown}"


def _not_in_doubt(attempt: str, history: History, in_doubt: Mapping[str, OpenAttempt]) -> Problem:
    why = "no book here knows it"
    if attempt in history.predictions:
        why = f"it has ended: prediction `{history.predictions[attempt]}` is its own"
    elif attempt in history.attempts:
        why = "it has ended already"
    return Problem(
        code="R040",
        what=f"attempt `{attempt}` is not in doubt",
        why=why,
        fix=_listed(in_doubt),
        money="nothing was changed",
    )


def _twice(attempt: str) -> Problem:
    return Problem(
        code="R041",
        what=f"two decisions about attempt `{attempt}`",
        why="it was adopted, charged or free, but not two of these",
        fix="name it once",
        money="nothing was changed",
    )


def _one_for_two(prediction: str) -> Problem:
    return Problem(
        code="R042",
        what=f"prediction `{prediction}` is given to two attempts",
        why="one request makes one prediction",
        fix="give it to one of them",
        money="nothing was changed",
    )


def _no_reason() -> Problem:
    return Problem(
        code="R043",
        what="a waiver needs a reason",
        why="it says that money which may be gone counts as free, and others will ask why",
        fix='add `--reason "support confirmed that it never arrived"`',
        money="nothing was changed",
    )


def _is_ours(prediction: str, attempt: str, campaign: str) -> Problem:
    whose = f"attempt `{attempt}` of campaign `{campaign}`" if attempt else "`--adopt` beside it"
    return Problem(
        code="R044",
        what=f"prediction `{prediction}` cannot be somebody else's",
        why=f"it belongs to {whose}",
        fix="leave it out",
        money="nothing was changed",
    )


def _has_owner(prediction: str, attempt: str) -> Problem:
    return Problem(
        code="R045",
        what=f"prediction `{prediction}` belongs to attempt `{attempt}` already",
        why="one request makes one prediction",
        fix="choose another; `campaign reconcile` lists those without an owner",
        money="nothing was changed",
    )


def _unknown_prediction(prediction: str) -> Problem:
    return Problem(
        code="R046",
        what=f"the provider does not know prediction `{prediction}`",
        why="it keeps predictions for seven days, and never had one of this id since then",
        fix="copy the id from the provider's history; if it is older, `--assume-charged ATTEMPT`",
        money="nothing was changed",
    )


def _nobodys(prediction: str) -> Problem:
    return Problem(
        code="R048",
        what=f"prediction `{prediction}` is in no history and on no bill",
        why="a receipt that disowns what does not exist explains nothing, and hides a slip",
        fix="copy the id from what `campaign reconcile` lists as unexplained",
        money="nothing was changed",
    )


def _other_model(prediction: str, model: str, wanted: str) -> Problem:
    return Problem(
        code="R047",
        what=f"prediction `{prediction}` is one of `{model}`",
        why=f"the attempt asked `{wanted}`",
        fix="choose another; `campaign reconcile` lists those without an owner",
        money="nothing was changed",
    )

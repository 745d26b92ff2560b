"""What the receipts add up to: deliveries by cell, money by attempt, doubts and failures.

A fold that does not care about order or copies: the same receipts in any order, any number of
times, give the same history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.money import ZERO, MicroUsd, split_evenly
from pipeline.domain.receipts import (
    AskedCell,
    Assume,
    Charge,
    Doubt,
    Failed,
    Foreign,
    Gen,
    Lost,
    Match,
    MatchHow,
    Order,
    Output,
    Receipt,
    Use,
    Waive,
    write,
)

_MODERATED = range(1200, 1300)
"""Numbers of failures whose charge is kept: the content was refused (the vendor's error codes and
safety notes, 2026). Other failures are refunded, those of bad input too."""
_RANK: Mapping[str, int] = {"assumed": 0, "content": 1, "person": 2}
_R = TypeVar("_R", Gen, Failed, Doubt, Assume)


class Filed(NamedTuple):
    """A receipt and the campaign in whose lock it stands."""

    campaign: str
    receipt: Receipt


class Delivery(NamedTuple):
    """A picture that serves a cell.

    Attributes:
        attempt: who bought it.
        prediction: the provider's id, empty where only a `use` line is known.
        output: the picture.
        at: when it was delivered, UTC, ISO.
        how: what assigned it to the cell.
        confidence: of an assignment by content, per cent; None otherwise.
    """

    attempt: str
    prediction: str
    output: Output
    at: str
    how: MatchHow
    confidence: int | None = None


class AttemptMoney(NamedTuple):
    """What one attempt costs.

    Attributes:
        campaign: whose lock it stands in (the first by name, where copies stand in several);
            empty where it stands in none and only the ledger tells of it.
        at: UTC, ISO.
        charged: sum of its billing rows, else its quote; zero once waived.
        images: pictures asked for.
        is_confirmed: whether billing rows are known.
        in_doubt: whether nobody knows yet if it was charged at all.
        cells: keys in output order.
        permit: digest of the saved plan under which it was bought, or empty.
    """

    campaign: str
    at: str
    charged: MicroUsd
    images: int
    is_confirmed: bool
    in_doubt: bool
    cells: tuple[AskedCell, ...]
    permit: str = ""

    def share_of(self, key: CellKey) -> MicroUsd:
        """What of the charge falls on one of its cells."""
        shares = split_evenly(max(self.charged, ZERO), len(self.cells))
        return MicroUsd(
            sum(share for cell, share in zip(self.cells, shares, strict=True) if cell.key == key)
        )


class NonDelivery(NamedTuple):
    """An attempt that took a cell and brought nothing for it.

    Attributes:
        code: the provider's number for the failure; 0 where it gave none.
        message: in words.
        charged: what the attempt as a whole cost.
        is_short: whether the attempt delivered, and fewer pictures than were paid for.
    """

    attempt: str
    code: int
    message: str
    charged: MicroUsd
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The state of purchases, by cell and by attempt.

    Attributes:
        deliveries: per cell, the current one first.
        unassigned: cells of short deliveries of which nobody knows yet what is whose, with the
            attempt.
        doubts: cells whose attempt is in doubt, with the attempt.
        lost: cells that were paid for and whose picture a person gave up, with the attempt.
        failures: per cell, oldest first.
        attempts: money of each attempt.
        filed: per campaign, the cells that its own lock serves.
        attempts_filed: per campaign, the attempts of which its own lock has a receipt.
        orders: what each attempt asked for.
        gens: what each attempt delivered that came to a delivery.
        predictions: the provider's id of each attempt that has one.
        refunds_due: attempts that failed without a refund in sight; one that was moderated is not
            among them, as the provider promises nothing for those.
        open_doubts: receipts of the attempts that are in doubt.
        foreign: predictions that are not this workspace's.
        twins: attempts that cost nothing because another one, named here, owns their prediction.
    """

    deliveries: Mapping[CellKey, tuple[Delivery, ...]] = field(default_factory=dict)
    unassigned: Mapping[CellKey, str] = field(default_factory=dict)
    doubts: Mapping[CellKey, str] = field(default_factory=dict)
    lost: Mapping[CellKey, str] = field(default_factory=dict)
    failures: Mapping[CellKey, tuple[NonDelivery, ...]] = field(default_factory=dict)
    attempts: Mapping[str, AttemptMoney] = field(default_factory=dict)
    filed: Mapping[str, frozenset[CellKey]] = field(default_factory=dict)
    attempts_filed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    gens: Mapping[str, Gen] = field(default_factory=dict)
    predictions: Mapping[str, str] = field(default_factory=dict)
    refunds_due: frozenset[str] = frozenset()
    open_doubts: Mapping[str, Doubt] = field(default_factory=dict)
    foreign: frozenset[str] = frozenset()
    twins: Mapping[str, str] = field(default_factory=dict)


class _Gathered:
    """Receipts sorted by kind and identity."""

    def __init__(self, filed: Iterable[Filed]) -> None:
        self.gens: dict[str, Gen] = {}
        self.failed: dict[str, Failed] = {}
        self.doubts: dict[str, Doubt] = {}
        self.assumed: dict[str, Assume] = {}
        self.waived: dict[str, Waive] = {}
        self.lost: set[tuple[str, CellKey, Sha256]] = set()
        self.foreign: set[str] = set()
        self.rows: dict[str, dict[str, MicroUsd]] = {}
        self.matches: dict[str, Match] = {}
        self.uses: list[Use] = []
        self.campaign_of: dict[str, str] = {}
        self.used: dict[str, set[CellKey]] = {}
        self.delivered: dict[str, set[str]] = {}
        self.attempts: dict[str, set[str]] = {}
        for campaign, receipt in filed:
            self._take(campaign, receipt)

    def _take(self, campaign: str, receipt: Receipt) -> None:
        if isinstance(receipt, Gen | Failed | Doubt | Assume):
            self._take_end(campaign, receipt)
        else:
            self._take_fact(campaign, receipt)

    def _take_end(self, campaign: str, receipt: Gen | Failed | Doubt | Assume) -> None:
        self._file(campaign, receipt.order.attempt)
        match receipt:
            case Gen(order=order):
                _keep(self.gens, receipt)
                self.delivered.setdefault(campaign, set()).add(order.attempt)
            case Failed():
                _keep(self.failed, receipt)
            case Doubt():
                _keep(self.doubts, receipt)
            case Assume():
                _keep(self.assumed, receipt)

    def _take_fact(
        self, campaign: str, receipt: Charge | Match | Use | Waive | Lost | Foreign
    ) -> None:
        match receipt:
            case Charge():
                rows = self.rows.setdefault(receipt.attempt, {})
                rows[receipt.row] = max(rows.get(receipt.row, receipt.amount), receipt.amount)
            case Match():
                known = self.matches.get(receipt.attempt)
                if known is None or _match_order(receipt) > _match_order(known):
                    self.matches[receipt.attempt] = receipt
            case Use():
                self.uses.append(receipt)
                self.used.setdefault(campaign, set()).add(receipt.cell.key)
            case Waive():
                self.waived[receipt.attempt] = receipt
            case Lost():
                self.lost.add((receipt.attempt, receipt.cell, receipt.sha256))
            case Foreign():
                self.foreign.add(receipt.prediction)

    def _file(self, campaign: str, attempt: str) -> None:
        self.attempts.setdefault(campaign, set()).add(attempt)
        known = self.campaign_of.get(attempt)
        if not known or (campaign and campaign < known):
            self.campaign_of[attempt] = campaign


def _keep(known: dict[str, _R], receipt: _R) -> None:
    """Keep one receipt of each attempt; of two that differ always the same one."""
    attempt = receipt.order.attempt
    other = known.get(attempt)
    if other is None or (other != receipt and write(other) < write(receipt)):
        known[attempt] = receipt


def _match_order(match: Match) -> tuple[int, str, int, tuple[str, ...]]:
    outputs = tuple(key or "" for key in match.outputs)
    return (_RANK[match.how], match.at, match.confidence, outputs)


class _Tally:
    """The history while it is being added up."""

    def __init__(self, seen: _Gathered) -> None:
        self.seen = seen
        self.twins = _twins(seen)
        self.rows = _rows_of_owners(seen.rows, self.twins)
        self.deliveries: dict[CellKey, list[Delivery]] = {}
        self.unassigned: dict[CellKey, str] = {}
        self.doubts: dict[CellKey, str] = {}
        self.lost: dict[CellKey, str] = {}
        self.failures: dict[CellKey, list[NonDelivery]] = {}
        self.attempts: dict[str, AttemptMoney] = {}
        self.orders: dict[str, Order] = {}
        self.served: dict[str, set[CellKey]] = {}

    def take_gen(self, gen: Gen) -> None:
        """A delivery: whole, short or empty."""
        money = self._book(gen.order, gen.at)
        matched = self.seen.matches.get(gen.order.attempt)
        if matched is None and gen.is_short and gen.outputs:
            self.unassigned.update((cell.key, gen.order.attempt) for cell in gen.order.cells)
            return
        served = self.served[gen.order.attempt] = self._deliver(gen, matched)
        why = "not among the delivered pictures" if gen.outputs else "no picture was delivered"
        for cell in gen.order.cells:
            if cell.key not in served:
                lost = NonDelivery(gen.order.attempt, 0, why, money.charged, is_short=True)
                self.failures.setdefault(cell.key, []).append(lost)

    def _deliver(self, gen: Gen, matched: Match | None) -> set[CellKey]:
        owners: Iterable[CellKey | None] = (cell.key for cell in gen.order.cells)
        how: MatchHow = "assumed"
        sure = None
        if matched is not None:
            owners, how = matched.outputs, matched.how
            sure = matched.confidence if how == "content" else None
        served: set[CellKey] = set()
        for key, output in zip(owners, gen.outputs, strict=False):
            if key is not None:
                served.add(key)
                found = Delivery(gen.order.attempt, gen.prediction, output, gen.at, how, sure)
                self._serve(key, found)
        return served

    def _serve(self, key: CellKey, delivery: Delivery) -> None:
        """A delivered picture serves its cell unless a person gave its bytes up."""
        if (delivery.attempt, key, delivery.output.sha256) in self.seen.lost:
            self.lost[key] = delivery.attempt
        else:
            self.deliveries.setdefault(key, []).append(delivery)

    def take_failed(self, failed: Failed) -> None:
        """A failure counts unless the same attempt delivered after all."""
        attempt = failed.order.attempt
        if attempt in self.attempts:
            return
        money = self._book(failed.order, failed.at)
        lost = NonDelivery(attempt, failed.code, failed.message, money.charged)
        for cell in failed.order.cells:
            self.failures.setdefault(cell.key, []).append(lost)

    def take_assumed(self, assumed: Assume) -> None:
        """What a person assumes counts unless the attempt came to an end after all."""
        attempt = assumed.order.attempt
        if attempt not in self.attempts:
            self._book(assumed.order, assumed.at)
            self.lost.update((cell.key, attempt) for cell in assumed.order.cells)

    def take_doubt(self, doubt: Doubt) -> None:
        """A doubt counts until the attempt has an end; a waiver frees money that no row claims."""
        attempt = doubt.order.attempt
        if attempt in self.attempts:
            return
        money = self._book(doubt.order, doubt.at)
        if attempt not in self.seen.waived:
            self.attempts[attempt] = money._replace(in_doubt=True)
            self.doubts.update((cell.key, attempt) for cell in doubt.order.cells)
        elif not money.is_confirmed:
            self.attempts[attempt] = money._replace(charged=ZERO, images=0)

    def filed(self) -> Mapping[str, frozenset[CellKey]]:
        """Per campaign, the cells that its own lock serves."""
        seen = self.seen
        found = {campaign: set(keys) for campaign, keys in seen.used.items()}
        for campaign, attempts in seen.delivered.items():
            found.setdefault(campaign, set()).update(*(self.served.get(a, ()) for a in attempts))
        return {campaign: frozenset(keys) for campaign, keys in found.items()}

    def oldest_first(self, lost: NonDelivery) -> tuple[str, NonDelivery]:
        """Order of the failures of one cell."""
        return self.attempts[lost.attempt].at, lost

    def take_use(self, use: Use) -> None:
        """Another campaign's purchase, unless its own receipt is here as well."""
        known = self.deliveries.get(use.cell.key, ())
        if not any(d.attempt == use.attempt and d.output == use.output for d in known):
            found = Delivery(use.attempt, "", use.output, use.delivered, "assumed")
            self._serve(use.cell.key, found)

    def _book(self, order: Order, at: str) -> AttemptMoney:
        rows = self.rows.get(order.attempt)
        charged = order.quote if rows is None else MicroUsd(sum(rows.values()))
        is_twin = order.attempt in self.twins
        money = AttemptMoney(
            campaign=self.seen.campaign_of[order.attempt],
            at=at,
            charged=ZERO if is_twin else charged,
            images=0 if is_twin else len(order.cells),
            is_confirmed=rows is not None,
            in_doubt=False,
            cells=order.cells,
            permit=order.permit,
        )
        self.attempts[order.attempt] = money
        self.orders[order.attempt] = order
        return money


def fold(filed: Iterable[Filed]) -> History:
    """Add receipts up.

    A `gen` outranks a `failed` of the same attempt, both outrank what a person assumed, that
    outranks a waiver, and all of them end a doubt.
    """
    seen = _Gathered(filed)
    tally = _Tally(seen)
    # Sorted by attempt: which doubt or shortfall speaks for a cell must not depend on the order.
    for _, gen in sorted(seen.gens.items()):
        tally.take_gen(gen)
    for _, failed in sorted(seen.failed.items()):
        tally.take_failed(failed)
    for _, assumed in sorted(seen.assumed.items()):
        tally.take_assumed(assumed)
    for _, doubt in sorted(seen.doubts.items()):
        tally.take_doubt(doubt)
    for use in sorted(seen.uses, key=lambda use: (use.delivered, use.attempt)):
        tally.take_use(use)
    deliveries = tally.deliveries
    return History(
        deliveries={key: tuple(sorted(found, key=_currency)) for key, found in deliveries.items()},
        unassigned={k: v for k, v in tally.unassigned.items() if k not in deliveries},
        doubts={k: v for k, v in tally.doubts.items() if k not in deliveries},
        lost={k: v for k, v in tally.lost.items() if k not in deliveries},
        failures={
            key: tuple(sorted(found, key=tally.oldest_first))
            for key, found in tally.failures.items()
        },
        attempts=tally.attempts,
        filed=tally.filed(),
        attempts_filed={c: frozenset(ids) for c, ids in seen.attempts.items()},
        orders=tally.orders,
        gens=seen.gens,
        predictions={**_predictions(seen.failed), **_predictions(seen.gens)},
        refunds_due=frozenset(
            attempt
            for attempt, failed in seen.failed.items()
            if attempt not in seen.gens
            and failed.code not in _MODERATED
            and tally.attempts[attempt].charged > 0
        ),
        open_doubts={
            attempt: doubt
            for attempt, doubt in seen.doubts.items()
            if tally.attempts[attempt].in_doubt
        },
        foreign=frozenset(seen.foreign),
        twins=tally.twins,
    )


def _twins(seen: _Gathered) -> dict[str, str]:
    """Attempts whose prediction another attempt owns, with that attempt.

    Two clones may find one prediction in the history, each after it lost its ledger. It was bought
    once, so its money counts once: for the earliest delivery, or else the earliest failure.
    """
    owners: dict[str, str] = {}
    twins: dict[str, str] = {}
    ended: list[Mapping[str, Gen | Failed]] = [{**seen.gens}, {**seen.failed}]
    for kind in ended:
        for attempt, one in sorted(kind.items(), key=lambda item: (item[1].at, item[0])):
            owner = owners.setdefault(one.prediction, attempt) if one.prediction else attempt
            if owner != attempt:
                twins[attempt] = owner
    return twins


def _rows_of_owners(
    rows: Mapping[str, Mapping[str, MicroUsd]], twins: Mapping[str, str]
) -> Mapping[str, Mapping[str, MicroUsd]]:
    """Rows of the bill by attempt, those of twins with their owner's."""
    found: dict[str, dict[str, MicroUsd]] = {}
    for attempt, own in rows.items():
        known = found.setdefault(twins.get(attempt, attempt), {})
        for row, amount in own.items():
            known[row] = max(known.get(row, amount), amount)
    return found


def _predictions(ended: Mapping[str, Gen] | Mapping[str, Failed]) -> dict[str, str]:
    return {attempt: one.prediction for attempt, one in ended.items() if one.prediction}


def _currency(delivery: Delivery) -> tuple[str, str, str]:
    """Order of deliveries of one cell: the earliest is current, else the lowest digest."""
    return (delivery.at, delivery.output.sha256, delivery.attempt)

"""What a change to campaigns costs now and what it discards: base and head by the same receipts.

Both sides are judged by the union of what both have bought, so the answer does not depend on whose
store is at hand. Only the real realm is looked at: drafts cost nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.difference import (
    Amounts,
    CapUse,
    Diff,
    Discard,
    LostReceipt,
    Row,
    Status,
    add_up,
)
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.history import Filed, History, fold
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.plan import Step
from pipeline.domain.receipts import Assume, Doubt, Failed, Gen
from pipeline.domain.review_budget import Measured, Rule, judge, stricter
from pipeline.planning.discards import discards
from pipeline.planning.renames import names_in_base
from pipeline.planning.settings import settings
from pipeline.planning.wishes import Asking, Judged, Memory, Side


@dataclass(frozen=True, slots=True)
class Around:
    """What else is known beside the two sides.

    Attributes:
        filed: receipts that neither side has, but the branch that is merged into.
        lost: receipts that merging would lose.
        behind: receipts that base got since head branched off.
        has_moved: whether base has commits that head has not, which are shown as taken back.
        pointers: pictures known by their Git LFS pointers alone.
    """

    filed: Sequence[Filed] = ()
    lost: Sequence[LostReceipt] = ()
    behind: int = 0
    has_moved: bool = False
    pointers: int = 0


def compare(base: Side, head: Side, *, around: Around, fail_on: Sequence[Rule] = ()) -> Diff:
    """Say what merging head into base costs now, and what it discards.

    Args:
        base: what is merged into.
        head: what is merged; its expansions have no errors, nor have base's.
        around: what else is known.
        fail_on: rules whose failing fails the review; empty for the usual ones.
    """
    history = fold([*base.filed, *head.filed, *around.filed])
    asking = Asking(history)
    base, head = asking.of(base), asking.of(head)
    was = names_in_base(base, head)
    memory = Memory(history)
    # Cells that several campaigns want count at the first; in the same order on both sides, new
    # campaigns last, so that a change does not move sums between campaigns that it leaves alone.
    before = memory.judged(base, sorted(base.wishes))
    after = memory.judged(head, sorted(head.wishes, key=lambda n: (not was[n], was[n] or n)))
    now = {old: name for name, old in was.items()}
    discarded = tuple(discards(before, after, now, history))
    caps = tuple(_caps(head, after, _spent(base, head, around, now, history)))
    rows = tuple(_rows(before, after, was, discarded, caps))
    found = _measured(rows, before, after, caps, lost=len(around.lost))
    return Diff(
        base=base.point,
        head=head.point,
        rows=rows,
        discards=discarded,
        settings=tuple(
            settings(
                (base.workspace, {now.get(n, n): w.campaign for n, w in base.wishes.items()}),
                (head.workspace, {n: w.campaign for n, w in head.wishes.items()}),
            )
        ),
        caps=caps,
        rules=judge(stricter(base.workspace.rules, head.workspace.rules), found, fail_on=fail_on),
        lost=tuple(sorted(around.lost)),
        behind=around.behind,
        has_moved=around.has_moved,
        pointers=around.pointers,
        problems=tuple(p for name in sorted(after) for p in after[name].plan.problems),
    )


def _spent(
    base: Side, head: Side, around: Around, now: Mapping[str, str], history: History
) -> dict[str, tuple[MicroUsd, int]]:
    """Money and pictures of all attempts by the campaign of head that they count to."""
    owner: dict[str, str] = {}
    sides = (
        (head.filed, {name: name for name in head.wishes}),
        (base.filed, now),
        (around.filed, now),
    )
    for filed, names in sides:
        here: dict[str, str] = {}
        for campaign, receipt in filed:
            if isinstance(receipt, Gen | Failed | Doubt | Assume):
                attempt, name = receipt.order.attempt, names.get(campaign, campaign)
                here[attempt] = min(name, here.get(attempt, name))
        for attempt, name in here.items():
            owner.setdefault(attempt, name)
    found: dict[str, tuple[MicroUsd, int]] = {}
    for attempt, money in history.attempts.items():
        charged, images = found.get(owner[attempt], (ZERO, 0))
        found[owner[attempt]] = MicroUsd(charged + money.charged), images + money.images
    return found


def _caps(
    head: Side, after: Mapping[str, Judged], spent: Mapping[str, tuple[MicroUsd, int]]
) -> Iterator[CapUse]:
    """Caps of head: those of its campaigns by name, the month's and the workspace's."""
    for name in sorted(after):
        budget, amounts = after[name].wish.campaign.budget, after[name].amounts
        if budget.cap is not None or budget.max_images is not None:
            yield CapUse(
                "campaign",
                name,
                budget.cap,
                budget.max_images,
                *spent.get(name, (ZERO, 0)),
                amounts.remaining,
                amounts.to_buy,
            )
    workspace, all_of_it = head.workspace, add_up([one.amounts for one in after.values()])
    cost = (all_of_it.remaining, all_of_it.to_buy)
    if workspace.month_cap is not None or workspace.month_images is not None:
        month = (workspace.month_cap, workspace.month_images)
        yield CapUse("month", "", *month, None, None, *cost)
    if workspace.cap is not None or workspace.max_images is not None:
        money = MicroUsd(sum(charged for charged, _ in spent.values()))
        images = sum(number for _, number in spent.values())
        yield CapUse("workspace", "", workspace.cap, workspace.max_images, money, images, *cost)


def _rows(
    before: Mapping[str, Judged],
    after: Mapping[str, Judged],
    was: Mapping[str, str],
    discarded: Sequence[Discard],
    caps: Sequence[CapUse],
) -> Iterator[Row]:
    cap_of = {cap.name: cap for cap in caps if cap.scope == "campaign"}
    gone = [name for name in before if name not in was.values()]
    for name in sorted({*after, *gone}):
        old = was.get(name, name)
        mine = [discard for discard in discarded if discard.campaign == name]
        then, now = before.get(old), after.get(name)
        yield Row(
            name=name,
            was=old if then is not None else "",
            status=_status(then, now, name, old),
            before=Amounts() if then is None else then.amounts,
            after=Amounts() if now is None else now.amounts,
            orphans=sum(discard.pictures for discard in mine),
            orphaned=MicroUsd(sum(discard.orphaned for discard in mine)),
            cap=cap_of.get(name) if now is not None else None,
        )


def _status(then: Judged | None, now: Judged | None, name: str, old: str) -> Status:
    if then is None:
        return "added"
    if now is None:
        return "removed"
    if name != old:
        return "renamed"
    is_same = now.wish.is_like(then.wish.campaign, then.wish.card)
    return "unchanged" if is_same and then.amounts == now.amounts else "changed"


def _measured(
    rows: Sequence[Row],
    before: Mapping[str, Judged],
    after: Mapping[str, Judged],
    caps: Sequence[CapUse],
    *,
    lost: int,
) -> Measured:
    known = _unit_prices(before)
    dearest, models = ZERO, set()
    for one in after.values():
        for step in one.plan.steps:
            unit = _unit(step)
            if any(known.get(cell.key) != unit for cell in step.cells):
                dearest = max(dearest, unit)
                models.add(one.plan.model)
    total = add_up([row.after for row in rows])
    earlier = add_up([row.before for row in rows])
    return Measured(
        increase=MicroUsd(total.remaining - earlier.remaining),
        gross_before=earlier.gross,
        orphaned=MicroUsd(sum(row.orphaned for row in rows)),
        dearest=dearest,
        models=tuple(sorted(models)),
        lost=lost,
        over=sum(cap.is_over for cap in caps) + total.refused,
        unpriced=total.unpriced,
    )


def _unit_prices(judged: Mapping[str, Judged]) -> dict[CellKey, MicroUsd]:
    """Price of each picture that would be bought."""
    return {
        cell.key: _unit(step)
        for one in judged.values()
        for step in one.plan.steps
        for cell in step.cells
    }


def _unit(step: Step) -> MicroUsd:
    """Price of one picture of a request, rounded up."""
    return MicroUsd(-(-step.quote.amount // len(step.cells)))

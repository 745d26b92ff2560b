"""What a change to campaigns costs and discards, as a value: base beside head."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.domain.diagnostics import Problem
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.plan import Reason
from pipeline.domain.review_budget import Judgement

Status = Literal["added", "removed", "renamed", "changed", "unchanged"]


class Amounts(NamedTuple):
    """Pictures and money of one campaign on one side, or of all of them.

    A cell that several campaigns want counts at one of them alone, so rows add up.

    Attributes:
        pictures: wanted.
        gross: what all of them cost at today's prices, had none been bought.
        bought: of them, those that a receipt of either side serves.
        satisfied: what of `gross` falls on these.
        to_buy: those that a run would buy now.
        remaining: what a run would pay for these now.
        again: of them, those that were paid for before and never came or are lost.
        blocked: those that wait for something else than money, such as a doubt or a refusal.
        unpriced: those whose price is unknown; in none of the sums.
        refused: those that cost more than one request may.
        shared: wanted as well, but counted at another campaign; not among `pictures`.
    """

    pictures: int = 0
    gross: MicroUsd = ZERO
    bought: int = 0
    satisfied: MicroUsd = ZERO
    to_buy: int = 0
    remaining: MicroUsd = ZERO
    again: int = 0
    blocked: int = 0
    unpriced: int = 0
    refused: int = 0
    shared: int = 0


def add_up(amounts: Sequence[Amounts]) -> Amounts:
    """Several campaigns together."""
    return Amounts._make(map(sum, zip(Amounts(), *amounts, strict=True)))


class CapUse(NamedTuple):
    """A cap of head, what is spent of it, and what head would buy under it.

    Attributes:
        scope: `campaign`, `month` or `workspace`.
        name: of the campaign; empty for the others.
        money: most money; None for no limit.
        images: most pictures; None for no limit.
        spent: by all receipts; None for a month, since no report knows the day.
        spent_images: the same in pictures.
        cost: of what a run would buy now.
        cost_images: the same in pictures.
    """

    scope: Literal["campaign", "month", "workspace"]
    name: str
    money: MicroUsd | None
    images: int | None
    spent: MicroUsd | None
    spent_images: int | None
    cost: MicroUsd
    cost_images: int

    @property
    def is_over(self) -> bool:
        """Whether buying would pass it; what is bought already is not the change's fault."""
        money, images = (self.spent or 0) + self.cost, (self.spent_images or 0) + self.cost_images
        over_money = self.money is not None and self.cost > 0 and money > self.money
        return over_money or (
            self.images is not None and self.cost_images > 0 and images > self.images
        )


class Setting(NamedTuple):
    """Something that is declared differently on both sides.

    Attributes:
        campaign: its name in head, or in base where it is gone; empty for the workspace.
        what: in words, such as `cap` or `price of bytedance/seedream-v4.5/edit`.
        before: micro-dollars or a number or words; None where nothing was said.
        after: the same, of head.
        is_money: whether both are micro-dollars.
        loosens: whether more can be spent, or is let through, than before.
    """

    campaign: str
    what: str
    before: int | str | None
    after: int | str | None
    is_money: bool
    loosens: bool


class Discard(NamedTuple):
    """Paid pictures of one campaign that a change makes useless, all for one reason.

    Attributes:
        campaign: its name in head, or in base where it is gone.
        reason: what differs at their addresses; `no_longer_wanted` where nothing is wanted there.
        pictures: how many.
        orphaned: what was paid for them.
        anew: pictures that are to be bought in their places.
        cost: of these.
    """

    campaign: str
    reason: Reason
    pictures: int
    orphaned: MicroUsd
    anew: int
    cost: MicroUsd


class Row(NamedTuple):
    """One campaign.

    Attributes:
        name: in head, or in base where it is gone.
        was: its name in base; empty where it is new.
        status: what became of it.
        before: base's; zeros where it is new.
        after: head's; zeros where it is gone.
        orphans: paid pictures of it that are no longer wanted by any campaign.
        orphaned: what was paid for them.
        cap: the campaign's own in head; None where it is gone or has none.
    """

    name: str
    was: str
    status: Status
    before: Amounts
    after: Amounts
    orphans: int
    orphaned: MicroUsd
    cap: CapUse | None

    @property
    def change(self) -> MicroUsd:
        """Of the cost of what is to be bought."""
        return MicroUsd(self.after.remaining - self.before.remaining)


class LostReceipt(NamedTuple):
    """A receipt that base has and head has not.

    Attributes:
        campaign: in whose lock base has it.
        kind: as in the lock: `gen`, `charge`, ...
        attempt: that it speaks of, or the prediction where it speaks of none.
    """

    campaign: str
    kind: str
    attempt: str


@dataclass(frozen=True, slots=True)
class Point:
    """One side of a comparison.

    Attributes:
        label: as the user named it; for terminals only, since names of branches are anybody's.
        commit: full id; of a working tree, what is checked out.
        is_worktree: whether what lies in the folder was compared, committed or not.
    """

    label: str
    commit: str
    is_worktree: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """What merging head into base costs now, and what it discards.

    Attributes:
        base: one side.
        head: the other.
        rows: campaigns, sorted by name.
        discards: those that are bought anew first, then by money.
        settings: caps, prices, models and rules that differ; the workspace's first.
        caps: of head, with what is spent of them; those of campaigns are in the rows as well.
        rules: how each was met.
        lost: receipts that would go missing.
        behind: receipts that base got since head branched off; merging keeps them.
        has_moved: whether base has commits that head has not, which are shown as taken back.
        pointers: pictures known by their Git LFS pointers alone.
        problems: of head's plans: what stands in the way of buying.
    """

    base: Point
    head: Point
    rows: tuple[Row, ...]
    discards: tuple[Discard, ...]
    settings: tuple[Setting, ...]
    caps: tuple[CapUse, ...]
    rules: tuple[Judgement, ...]
    lost: tuple[LostReceipt, ...]
    behind: int
    has_moved: bool
    pointers: int
    problems: tuple[Problem, ...]

    @property
    def before(self) -> Amounts:
        """Base's campaigns together."""
        return add_up([row.before for row in self.rows])

    @property
    def after(self) -> Amounts:
        """Head's campaigns together."""
        return add_up([row.after for row in self.rows])

    @property
    def change(self) -> MicroUsd:
        """Of the cost of what is to be bought."""
        return MicroUsd(self.after.remaining - self.before.remaining)

    @property
    def orphans(self) -> int:
        """Paid pictures that no campaign wants any more."""
        return sum(row.orphans for row in self.rows)

    @property
    def orphaned(self) -> MicroUsd:
        """What was paid for them."""
        return MicroUsd(sum(row.orphaned for row in self.rows))

    @property
    def failed(self) -> tuple[Judgement, ...]:
        """Rules that are not met and fail the review."""
        return tuple(one for one in self.rules if one.fails and not one.passed)

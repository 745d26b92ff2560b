"""Budget review: what `campaign diff --format json` prints."""

from typing import Literal

from pydantic import Field

from pipeline.domain.difference import Status
from pipeline.domain.plan import Reason
from pipeline.domain.review_budget import Rule, Unit
from pipeline.reporting.diff_json import DIFF_FORMAT
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import Amount, Money, Number, Part, Problems, version


class PointBody(Part):
    """One side of the comparison."""

    commit: str = Field(
        description="Full id of the commit; of a working tree, what is checked out.",
        examples=["4f0d1c6a4f0d1c6a4f0d1c6a4f0d1c6a4f0d1c6a"],
    )
    worktree: bool = Field(
        description="Whether what lies in the folder was compared, committed or not."
    )


class AmountsBody(Part):
    """Pictures and money of one campaign on one side, or of all of them.

    A cell that several campaigns want counts at one of them alone, so rows add up.
    """

    pictures: Number = Field(description="Wanted.")
    gross: Money = Field(
        description="What all of them cost at today's prices, had none been bought; micro-dollars."
    )
    bought: Number = Field(description="Of them, those that a receipt of either side serves.")
    satisfied: Money = Field(description="What of `gross` falls on these.")
    to_buy: Number = Field(description="Those that a run would buy now.")
    remaining: Money = Field(description="What a run would pay for these now.")
    again: Number = Field(
        description="Of them, those that were paid for before and never came or are lost."
    )
    blocked: Number = Field(
        description="Those that wait for something else than money, such as a doubt."
    )
    unpriced: Number = Field(description="Those whose price is unknown; in none of the sums.")
    refused: Number = Field(description="Those that cost more than one request may.")
    shared: Number = Field(
        description="Wanted as well, but counted at another campaign; not among `pictures`."
    )


class DiffTotals(Part):
    """All campaigns together."""

    before: AmountsBody = Field(description="Base's.")
    after: AmountsBody = Field(description="Head's.")
    change: Amount = Field(
        description="Of `remaining`, in micro-dollars: what merging costs now, beside what base"
        " would cost anyway."
    )
    orphans: Number = Field(description="Paid pictures that no campaign wants any more.")
    orphaned: Money = Field(description="What was paid for them, in micro-dollars.")


class CapBody(Part):
    """A cap of head, what is spent of it, and what head would buy under it."""

    scope: Literal["campaign", "month", "workspace"] = Field(description="What is capped.")
    name: str = Field(
        description="Of the campaign; empty for the others.", examples=["winter-lookbook"]
    )
    money: Money | None = Field(description="Most money, in micro-dollars; null for no limit.")
    images: Number | None = Field(description="Most pictures; null for no limit.")
    spent: Money | None = Field(
        description="By all receipts; null for a month, since no report knows the day."
    )
    spent_images: Number | None = Field(description="The same in pictures.")
    cost: Money = Field(description="Of what a run would buy now, in micro-dollars.")
    cost_images: Number = Field(description="The same in pictures.")
    over: bool = Field(description="Whether buying that would pass the cap.")


class RowBody(Part):
    """One campaign."""

    name: str = Field(
        description="In head, or in base where it is gone.", examples=["winter-lookbook"]
    )
    was: str | None = Field(description="Its name in base; null where it is new.")
    status: Status = Field(description="What became of it.", examples=["changed"])
    before: AmountsBody = Field(description="Base's; zeros where it is new.")
    after: AmountsBody = Field(description="Head's; zeros where it is gone.")
    change: Amount = Field(description="Of `remaining`, in micro-dollars.")
    orphans: Number = Field(
        description="Paid pictures of it that are no longer wanted by any campaign."
    )
    orphaned: Money = Field(description="What was paid for them, in micro-dollars.")
    cap: CapBody | None = Field(
        description="The campaign's own in head; null where it is gone or has none."
    )


class DiscardBody(Part):
    """Paid pictures of one campaign that the change makes useless, all for one reason."""

    campaign: str = Field(description="Whose.", examples=["winter-lookbook"])
    reason: Reason = Field(
        description="What differs at their addresses; `no_longer_wanted` where nothing is wanted"
        " there any more.",
        examples=["prompt_changed"],
    )
    pictures: Number = Field(description="How many.")
    orphaned: Money = Field(description="What was paid for them, in micro-dollars.")
    anew: Number = Field(description="Pictures that are to be bought in their places.")
    cost: Money = Field(description="Of these, in micro-dollars.")


class SettingBody(Part):
    """Something that is declared differently on both sides."""

    campaign: str = Field(description="Whose; empty for the workspace.")
    what: str = Field(description="In words.", examples=["cap", "model"])
    before: int | str | None = Field(
        description="Micro-dollars, a number or words; null where nothing was said."
    )
    after: int | str | None = Field(description="The same, of head.")
    money: bool = Field(description="Whether both are micro-dollars.")
    loosens: bool = Field(description="Whether more can be spent, or is let through, than before.")


class RuleBody(Part):
    """How one rule of the review was met."""

    id: Rule = Field(description="Which rule.", examples=["max_increase_usd"])
    unit: Unit = Field(description="Of what is measured and of the limit.", examples=["usd"])
    measured: int | list[str] | None = Field(
        description="Micro-dollars, whole per cent rounded up, a number, or ids of models; null"
        " where there was nothing to measure with."
    )
    limit: int | list[str] = Field(description="In the same unit.")
    passed: bool = Field(description="Whether it is met.")
    fails: bool = Field(description="Whether not meeting it fails the review (exit code 3).")
    message: str = Field(
        description="What holds where it passes, or what else is to be known.",
        examples=["what is to be bought costs at most so much more than in base"],
    )


class LostBody(Part):
    """A receipt that base has and head has not."""

    campaign: str = Field(description="In whose lock base has it.")
    kind: str = Field(description="As in the lock.", examples=["gen"])
    attempt: str = Field(
        description="That it speaks of, or the prediction where it speaks of none."
    )


class ReceiptsBody(Part):
    """What becomes of the receipts."""

    lost: list[LostBody] = Field(description="Those that merging would lose.")
    behind: Number = Field(
        description="Those that base got since head branched off; merging keeps them."
    )


class DiffBody(Part):
    """What merging a change costs now, and what it discards."""

    diff: int = version(DIFF_FORMAT, "budget reviews")
    base: PointBody = Field(description="One side.")
    head: PointBody = Field(description="The other.")
    passed: bool = Field(description="Whether no rule fails the review.")
    totals: DiffTotals = Field(description="All of it added up.")
    campaigns: list[RowBody] = Field(description="Campaigns, by name.")
    discards: list[DiscardBody] = Field(
        description="Paid pictures that become useless; those that are bought anew first."
    )
    settings: list[SettingBody] = Field(
        description="Caps, prices, models and rules that differ; the workspace's first."
    )
    caps: list[CapBody] = Field(
        description="Caps of head; those of campaigns are in the rows as well."
    )
    rules: list[RuleBody] = Field(description="How each rule was met.")
    receipts: ReceiptsBody = Field(description="Receipts that are on one side only.")
    base_has_moved: bool = Field(
        description="Whether base has commits that head has not, which are shown as taken back."
    )
    pointers: Number = Field(description="Pictures known by their Git LFS pointers alone.")
    problems: Problems


DOCUMENT = Document(
    name="diff",
    title="Budget review",
    description="What merging a change costs now (remaining), what it discards (orphaned), which"
    " caps, prices and models change, and which rules it breaks: `campaign diff BASE --format"
    " json`. Money is in micro-dollars (millionths of a US dollar), whole numbers. The same commits"
    " give the same bytes.",
    form=DiffBody,
    version=DIFF_FORMAT,
)

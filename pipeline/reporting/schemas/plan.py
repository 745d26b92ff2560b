"""The plan: what `campaign plan --json` prints and `plan --out` saves; a permit as it stands."""

from typing import Annotated, Any

from pydantic import Field

from pipeline.domain.card import PriceKind
from pipeline.domain.identity import InputRole
from pipeline.domain.permit import PLAN_FORMAT
from pipeline.domain.plan import Action, Reason
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import (
    CampaignName,
    Digest,
    JobName,
    Key,
    Money,
    Number,
    Part,
    Place,
    Problems,
    RealmName,
    left_out,
    version,
)

Seal = Annotated[
    str,
    Field(
        pattern="^p1-[0-9a-f]{64}$",
        description="Digest of everything else in the document, in canonical JSON. It names the"
        " permit: all that is bought under it is added up by this name, over all runs. A document"
        " that was edited has another digest and allows nothing.",
        examples=["p1-" + "4f0d1c6a" * 8],
    ),
]


class Chosen(Part):
    """What `--select` and `--exclude` said when the plan was made."""

    select: list[str] = Field(
        description="Expressions of which one has to match; empty for all cells.",
        examples=[["set:anna,variant:snow"]],
    )
    exclude: list[str] = Field(
        description="Expressions of which none may match.", examples=[["take:>1"]]
    )


class Totals(Part):
    """The plan added up."""

    cells: Number = Field(description="Pictures that the campaign wants.")
    actions: dict[str, Number] = Field(
        description="How many cells have each action; actions as in `cells`, all of them.",
        examples=[{"cached": 8, "buy": 4}],
    )
    requests: Number = Field(description="Requests that a run would send.")
    images: Number = Field(description="Pictures that they buy.")
    cost: Money = Field(description="What they should cost, in micro-dollars.")
    renders: Number = Field(description="Files to derive from what is there, for free.")
    orphaned: Money = Field(
        description="Paid for pictures that the campaign no longer wants, in micro-dollars."
    )


class LimitBody(Part):
    """A cap that the run would be under."""

    scope: str = Field(
        description="What is capped: `campaign`, `run`, `month`, `workspace` or `permit`.",
        examples=["campaign"],
    )
    name: str = Field(
        description="Campaign, run, UTC month or digest of the permit; empty for the workspace.",
        examples=["winter-lookbook", "2026-11"],
    )
    money: Money | None = Field(description="Most money, in micro-dollars; null for no limit.")
    images: Number | None = Field(description="Most pictures; null for no limit.")
    spent: Money = Field(description="Charged, reserved and in doubt so far, in micro-dollars.")
    spent_images: Number = Field(description="Pictures bought so far.")


class InputBody(Part):
    """One picture that is sent."""

    role: InputRole = Field(description="What the model takes it for.", examples=["source"])
    sha256: Digest = Field(description="Digest of its bytes.")


class QuoteBody(Part):
    """What a request costs."""

    amount: Money = Field(description="What it should cost, in micro-dollars.")
    most: Money = Field(description="The most it can cost, in micro-dollars: what is reserved.")
    kind: PriceKind = Field(
        description="How far the price is known: `exact`, `table` (with a date), `floor` or"
        " `unknown`; the last two are bought only under a stated ceiling.",
        examples=["exact"],
    )
    as_of: str = Field(description="Day of the price.", examples=["2026-11-01"])


class StepBody(Part):
    """One request to buy; of a permit, a job whose cells may be bought."""

    action: Action = Field(
        description="`buy`, or one of the two that `--yes` alone does not buy: `top-up` (paid for"
        " before, never came) and `rebuy` (a person gave the picture up).",
        examples=["buy"],
    )
    job: JobName = Field(description="Job key: digest of the request as the model sees it.")
    cells: list[Key] = Field(description="Keys of what it buys, in output order.")
    prompt: str = Field(
        description="The prompt as it is sent.", examples=["Put the woman in a snowy street. …"]
    )
    inputs: list[InputBody] = Field(description="Pictures in the order in which they are sent.")
    params: dict[str, Any] = Field(
        description="All other fields of the request. Decimals are text.",
        examples=[{"size": "4096*4096", "max_images": 4}],
    )
    unit: Money = Field(
        description="The most that one of its pictures costs, in micro-dollars, rounded up: the"
        " unit price that a permit allows."
    )
    quote: QuoteBody = Field(description="What it costs.")


class CellBody(Part):
    """One wanted picture and what becomes of it."""

    address: Place = Field(description="Where it stands: `set/picture/variant/size/tN`.")
    key: Key = Field(description="Cell key: what was wanted. The same key is never bought twice.")
    action: Action = Field(description="What a run does with it.", examples=["buy", "cached"])
    reason: Reason = Field(description="Why.", examples=["new_cell", "prompt_changed"])
    detail: str = left_out(
        "More about it: an attempt, the address of its twin, the provider's message.",
        examples=["a-5b1f0c2d9e7a"],
    )
    sha256: Digest = left_out("Digest of its current picture, where it has one.")
    job: JobName = left_out("The step that buys it, where one does.")


class OrphanBody(Part):
    """A purchase of this campaign that it no longer wants."""

    address: Place = Field(description="Where it stood when it was bought.")
    key: Key = Field(description="Its cell key.")
    charged: Money = Field(description="Its share of the charge, in micro-dollars.")


class ReadingBody(Part):
    """What the draft engine makes of one prompt."""

    prompt: str = Field(
        description="The prompt, before anything that packing adds.",
        examples=["Put the woman in a snowy street, smiling."],
    )
    pictures: Number = Field(description="How many wanted pictures have it.")
    does: list[str] = Field(
        description="What a draft of it shows, an operation each.",
        examples=[["background: a snowy street"]],
    )
    keeps: list[str] = Field(
        description="What it says is to stay, in its own words.", examples=[["Keep the pose"]]
    )
    notes: list[str] = Field(
        description="What is not done, a clause each; the draft is partial then.",
        examples=[["not possible: smiling (it cannot change a face or its expression)"]],
    )
    fails: str = left_out("Why drafts of it fail: nothing of it can be drawn.")


class PlanBody(Part):
    """The plan of one campaign."""

    plan: int = version(PLAN_FORMAT, "plans")
    campaign: CampaignName
    realm: RealmName
    model: str = Field(
        description="Model that is asked.", examples=["bytedance/seedream-v4.5/edit-sequential"]
    )
    manifest: Digest = Field(description="SHA-256 of the manifest's text.")
    total: Money = Field(
        description="The most that buying all steps may cost, in micro-dollars: what a permit of"
        " this plan may spend in all."
    )
    chosen: Chosen = Field(description="Which cells were meant.")
    totals: Totals = Field(description="All of it added up.")
    limits: list[LimitBody] = Field(description="Caps that a run would be under.")
    steps: list[StepBody] = Field(description="What a run would buy, in plan order.")
    cells: list[CellBody] = Field(description="All wanted cells, in address order.")
    orphans: list[OrphanBody] = Field(description="Purchases that nothing here wants any more.")
    problems: Problems
    draft: list[ReadingBody] = left_out(
        "Of a plan of drafts: what the draft engine makes of each distinct prompt, of the first"
        " five hundred at most."
    )
    digest: Seal = left_out("As `digest` of the document; not there in the parts of several plans.")


class PlansBody(Part):
    """The plans of several campaigns, one permit for all of them."""

    plans: int = version(PLAN_FORMAT, "plans")
    total: Money = Field(description="The most that buying all of it may cost, in micro-dollars.")
    plan: list[PlanBody] = Field(description="The plans, in the order of their names.")
    digest: Seal


DOCUMENT = Document(
    name="plan",
    title="Plan",
    description="The priced answer to what a run would do: `campaign plan --json`, or saved with"
    " `plan --out`. Money is in micro-dollars (millionths of a US dollar), whole numbers. A saved"
    " plan is a permit: `campaign run --plan FILE` buys what its steps list, at no more than their"
    " unit prices, and never more than `total` in all.",
    form=PlanBody | PlansBody,
    version=PLAN_FORMAT,
)

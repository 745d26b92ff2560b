"""What `campaign plan --explain CELL --json` and `campaign plan --show-origin --json` print."""

from typing import Any, Literal

from pydantic import Field

from pipeline.domain.origin import Written
from pipeline.domain.plan import Action, Reason
from pipeline.reporting.explain_json import EXPLAIN_FORMAT
from pipeline.reporting.origin_text import ORIGIN_FORMAT
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import (
    CampaignName,
    Digest,
    JobName,
    Key,
    Moment,
    Money,
    Number,
    Part,
    Place,
    RealmName,
    left_out,
    version,
)


class RequestBody(Part):
    """The request that would buy the cell."""

    job: JobName = Field(description="Its job key.")
    cells: list[Key] = Field(description="All that it buys.")
    amount: Money = Field(description="What it should cost, in micro-dollars.")
    most: Money = Field(description="The most it can cost.")


class PictureBody(Part):
    """A delivered picture."""

    sha256: Digest = Field(description="Digest of its bytes.")
    width: Number = Field(description="In px.")
    height: Number = Field(description="In px.")
    bytes: Number = Field(description="How many bytes it has.")
    mime: str = Field(description="Media type.", examples=["image/jpeg"])


class PartnerBody(Part):
    """The purchase that serves the cell, or the one that it is compared with."""

    how: str = Field(
        description="How it was found: `serves`, the last one at this `address`, or the `nearest`"
        " by what was asked for.",
        examples=["address"],
    )
    campaign: str | None = Field(description="Whose; null where no lock of this tree says so.")
    address: Place = Field(description="Where it stood when it was asked for.")
    key: Key = Field(description="Its cell key.")
    attempt: str = Field(description="The attempt that asked for it.", examples=["a-5b1f0c2d9e7a"])
    at: Moment = Field(description="When, UTC.")
    charged: Money | None = Field(
        description="Its share of the charge, in micro-dollars; null where nobody here knows."
    )
    confirmed: bool = Field(description="Whether the bill says so; otherwise the quote does.")
    prediction: str | None = Field(description="The provider's id, where it is known.")
    picture: PictureBody | None = Field(description="What came; null where nothing did.")


class WordBody(Part):
    """A stretch of the prompt."""

    fate: Literal["kept", "removed", "added"] = Field(description="What became of it since.")
    text: str = Field(description="Its words, with the white space around them.")


class ChangeBody(Part):
    """A value that differs."""

    path: str = Field(description="Which.", examples=["params.seed", "size"])
    before: Any = Field(description="Of the partner; null for nothing.")
    after: Any = Field(description="Of the cell; null for nothing.")


class FileBody(Part):
    """A picture that is sent."""

    sha256: Digest | None = Field(description="Digest of its bytes; null for none.")
    file: str | None = Field(description="Where it lies; null where it is not in this tree.")


class InputChange(Part):
    """A picture that is sent and differs."""

    role: str = Field(description="What the model takes it for.", examples=["source"])
    before: FileBody = Field(description="Of the partner.")
    after: FileBody = Field(description="Of the cell.")


class PinBody(Part):
    """What `pins` of the manifest has to say to keep the partner's picture."""

    address: Place = Field(description="The cell to pin.")
    key: Key = Field(description="The partner's key.")
    picture: Digest = Field(description="Digest of its picture.")


class ExplainBody(Part):
    """Why a cell is bought, or by what it is served."""

    explain: int = version(EXPLAIN_FORMAT, "explanations")
    campaign: CampaignName
    realm: RealmName
    address: Place = Field(description="The cell.")
    key: Key = Field(description="Its cell key.")
    pinned_to: Key | None = Field(
        description="Key of the purchase that a pin lets serve it; null without a pin."
    )
    action: Action = Field(description="What a run does with it.", examples=["buy"])
    reason: Reason = Field(description="Why.", examples=["prompt_changed"])
    detail: str = Field(description="More about it; may be empty.")
    price: Money | None = Field(
        description="Its share of the request that would buy it; null where none would."
    )
    request: RequestBody | None = Field(description="That request; null for none.")
    file: str | None = Field(description="Where its picture lies; null for nowhere here.")
    partner: PartnerBody | None = Field(description="What it is compared with; null for nothing.")
    prompt: list[WordBody] = Field(
        description="The prompts word by word where they differ; empty where they do not."
    )
    changes: list[ChangeBody] = Field(description="Other values that differ.")
    inputs: list[InputChange] = Field(description="Pictures that differ.")
    pin: PinBody | None = Field(description="How to keep the old picture; null where none is.")


class OriginValue(Part):
    """One value of a manifest."""

    path: str = Field(description="Which.", examples=["budget.cap", "images.anna.reference"])
    value: Any = Field(description="What holds.")
    written: Written = Field(
        description="In which kind of file; `default` where nobody wrote it.", examples=["campaign"]
    )
    file: str = left_out("Where it is written.", examples=["campaigns/winter/campaign.yaml"])
    line: int = left_out("Line, from 1.", examples=[14])
    column: int = left_out("Column, from 1.", examples=[8])


class OriginFile(Part):
    """The values of one campaign or of the workspace."""

    name: str = Field(description="Which.", examples=["winter-lookbook"])
    values: list[OriginValue] = Field(description="In the order of the language.")


class OriginsBody(Part):
    """Where values come from."""

    origins: int = version(ORIGIN_FORMAT, "origins")
    files: list[OriginFile] = Field(description="What was asked about.")


DOCUMENT = Document(
    name="explain",
    title="Explanation of a cell",
    description="Why a cell is to be bought and what changed, or which purchase serves it:"
    " `campaign plan NAME --explain CELL --json`. Money is in micro-dollars, whole numbers.",
    form=ExplainBody,
    version=EXPLAIN_FORMAT,
)

ORIGINS = Document(
    name="origins",
    title="Where values come from",
    description="The file, line and column of every value of a manifest: `campaign plan NAME"
    " --show-origin --json`.",
    form=OriginsBody,
    version=ORIGIN_FORMAT,
)

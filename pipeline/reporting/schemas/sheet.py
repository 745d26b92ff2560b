"""`sheet.json`: what a contact sheet shows, for other programs."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.domain.flags import Severity
from pipeline.domain.receipts import MatchHow
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import (
    Amount,
    CampaignName,
    Day,
    Decision,
    Digest,
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
from pipeline.reporting.sheet.document import SHEET_FORMAT
from pipeline.reporting.sheet.facts import CellState, ChargeBasis, Kind, PartOrigin

Side = Annotated[int, Field(ge=1, examples=[4096])]
Pair = Annotated[list[Side], Field(min_length=2, max_length=2)]
PerMille = Annotated[int, Field(ge=0, le=1000, examples=[500])]
Index = Annotated[int, Field(ge=0, examples=[0])]
Path = Annotated[str, Field(examples=["masters/anna-front--snow--master.jpg"])]


class SizeBody(Part):
    """A delivery format."""

    name: str = Field(description="As the manifest calls it.", examples=["feed"])
    size: Pair = Field(description="Width and height of the delivered file, px.")
    fit: str = Field(description="How a picture is brought into it.", examples=["cover"])
    format: str = Field(description="Of the file.", examples=["jpeg"])
    native: Pair | None = Field(description="Size of the paid picture behind it; null: the master.")
    of: str = Field(description="`size` of the cells that it is derived from.", examples=["master"])
    safe: Annotated[list[PerMille], Field(min_length=4, max_length=4)] = left_out(
        "What its destination may cover at the left, top, right and bottom edge, per mille."
    )


class SetBody(Part):
    """An image set."""

    id: str = Field(description="As the manifest calls it.", examples=["anna"])
    reference: str | None = Field(description="Id of its reference picture; null without one.")


class CampaignBody(Part):
    """What the manifest says."""

    name: CampaignName
    title: str = Field(description="For people.")
    owner: str = Field(description="As the manifest says; may be empty.")
    tags: list[str] = Field(description="As the manifest says.")
    model: str = Field(
        description="Id of the model.", examples=["bytedance/seedream-v4.5/edit-sequential"]
    )
    model_title: str = Field(description="Its name for people.")
    realm: RealmName
    draft: bool = Field(description="Whether the embedded engine made the pictures.")
    template: str = Field(description="The shared prompt with its placeholders.")
    master: Pair = Field(description="The size that is paid for, px.")
    sizes: list[SizeBody] = Field(description="In manifest order.")
    sets: list[SetBody] = Field(description="In manifest order; empty for text-to-image.")
    need: int = Field(description="Reviewers who have to approve a picture.", ge=1, examples=[1])


class MoneyBody(Part):
    """The campaign's money in its own realm, in micro-dollars; a draft's is play money."""

    charged: Amount = Field(description="Taken and not to come back.")
    reserved: Money = Field(description="Held by requests under way.")
    in_doubt: Money = Field(description="Held for what was sent without an answer.")
    images: Number = Field(description="Pictures that were asked for.")
    cap: Money = left_out("The most that the campaign may spend.")
    left: Amount = left_out("Of the cap; negative when it is passed.")
    image_cap: Number = left_out("The most pictures.")
    real_cost: Money = left_out("Drafts only: what a real run would cost now.")
    real_left: Amount = left_out("Drafts only: what it would leave of the real cap.")
    to_buy: Money = left_out("What the plan wants to buy already; rerolls come on top.")
    room: Amount = left_out("What the tightest of all caps has left.")
    room_of: str = left_out("Scope of that cap.", examples=["campaign"])


class VariantBody(Part):
    """One variant's money."""

    id: str = Field(description="As the manifest calls it.", examples=["snow"])
    charged: Amount = Field(description="All that it has cost, in micro-dollars.")
    bought: Number = Field(description="Pictures paid for.")


class PromptPartBody(Part):
    """A piece of a prompt."""

    text: str = Field(description="As rendered.")
    origin: PartOrigin = Field(description="Who wrote it.", examples=["shared"])


class PromptBody(Part):
    """A rendered prompt."""

    text: str = Field(description="Whole.")
    parts: list[PromptPartBody] = Field(description="Its pieces, in order.")


class OriginalBody(Part):
    """A source picture."""

    pixels: Pair = Field(description="Width and height as displayed, px.")
    reference: bool = Field(description="Whether it is its set's reference.")
    thumb: Path = left_out("Its preview, relative to the page.")
    link: Path = left_out("A copy of it, relative to the page.")
    focus: Annotated[list[PerMille], Field(min_length=2, max_length=2)] = left_out(
        "Its focal point, per mille of width and height."
    )


class GroupBody(Part):
    """All cells of one source picture."""

    set: str = left_out("Image set; not there for text-to-image.", examples=["anna"])
    picture: str = left_out("Picture id; likewise.", examples=["front"])
    original: OriginalBody = left_out("Where something is known of the source.")


class VoteBody(Part):
    """What one reviewer said."""

    verdict: Decision = Field(description="What is to become of the picture.", examples=["approve"])
    reviewer: str = Field(description="Who said it.", examples=["Anna"])
    at: Moment = Field(description="When, UTC.")
    note: str = left_out("In the reviewer's words.")


class SheetFlag(Part):
    """Something that wants a look."""

    name: str = Field(description="Name of the check.", examples=["nothing-changed"])
    severity: Severity = Field(description="How bad.", examples=["warn"])
    words: str = Field(description="What was found, for people.")


class RenditionBody(Part):
    """A delivered file."""

    size: str = Field(description="Name of its size.", examples=["feed"])
    link: Path = Field(description="The file, relative to the page.")
    pixels: Pair = Field(description="Width and height, px.")
    bytes: Number = Field(description="How many bytes it has.")
    thumb: Path = left_out("A preview of its own.")
    flags: list[str] = left_out("What is odd about it.", examples=[["upscaled"]])


class BeforeBody(Part):
    """The picture that a cell had at the other commit."""

    sha256: Digest = Field(description="Its digest.")
    thumb: Path = left_out("Its preview.")
    link: Path = left_out("The picture.")


class CellBody(Part):
    """One cell, as the page shows it."""

    address: Place = Field(description="Where it stands.")
    group: Index = Field(description="Its group: index into `groups`.")
    variant: str = Field(description="Part of the address.", examples=["snow"])
    size: str = Field(description="Part of the address.", examples=["master"])
    take: int = Field(description="Part of the address.", ge=1, examples=[1])
    key: Key = Field(description="Its cell key.")
    state: CellState = Field(description="Where it stands.", examples=["delivered"])
    prompt: Index = Field(description="Index into `prompts`.")
    params: Index = Field(description="Index into `params`.")
    reason: str = left_out("Why it is in a state other than delivered.")
    sha256: Digest = left_out("Digest of its current picture.")
    thumb: Path = left_out("The picture's preview, relative to the page.")
    link: Path = left_out("The picture, relative to the page.")
    pixels: Pair = left_out("Its width and height, px.")
    charge: Amount = left_out("Its share of what its attempts cost, in micro-dollars.")
    charge_is: ChargeBasis = left_out("How sure that is.", examples=["confirmed"])
    quote: Money = left_out("What buying it would cost, in micro-dollars.")
    prediction: str = left_out("The provider's id.")
    attempt: str = left_out("Our id of the request.")
    day: Day = left_out("UTC date of the delivery.")
    notes: list[str] = left_out("What a person should know.")
    others: Number = left_out("How many other deliveries of it there are.")
    how: MatchHow = left_out("How the picture was matched to the cell.", examples=["assumed"])
    confidence: Annotated[int, Field(ge=0, le=100)] = left_out("Of that match, per cent.")
    renditions: list[RenditionBody] = left_out("Files derived from it.")
    verdict: Decision = left_out("What all reviewers together say.", examples=["approve"])
    votes: list[VoteBody] = left_out("The verdict of each reviewer that counts.")
    stale: list[VoteBody] = left_out("What was said of pictures that it showed before.")
    checked: bool = left_out("True where its checks were run.")
    flags: list[SheetFlag] = left_out("What they found, worst first.")
    reroll: Money = left_out("What one more take costs, in micro-dollars.")
    provenance: str = left_out("Marks that its file carries, in words.")
    change: Literal["new", "changed", "lost", "stale"] = left_out(
        "Between the two commits of a difference sheet."
    )
    before: BeforeBody = left_out("The picture that it had at the first of them.")


class SheetBody(Part):
    """Everything that one contact sheet shows."""

    sheet: int = version(SHEET_FORMAT, "contact sheets")
    kind: Kind = Field(
        description="A whole `sheet`, or the `difference` between two commits.", examples=["sheet"]
    )
    title: str = left_out("What kind of page it is, in words.")
    campaign: CampaignBody = Field(description="Its name, its model and its sizes.")
    money: MoneyBody = Field(description="In its own realm.")
    variants: list[VariantBody] = Field(description="In manifest order.")
    prompts: list[PromptBody] = Field(description="Each rendered prompt once.")
    params: list[dict[str, str]] = Field(description="Each set of model parameters once.")
    groups: list[GroupBody] = Field(description="Source pictures, in manifest order.")
    cells: list[CellBody] = Field(description="In the order of the page.")
    versions: dict[str, str] = Field(description="What made pictures and page.")


DOCUMENT = Document(
    name="sheet",
    title="Contact sheet",
    description="The facts of a contact sheet: `sheet.json` beside its page. Paths are relative to"
    " the page's folder, as on disk. Money is in micro-dollars (millionths of a US dollar), whole"
    " numbers. Verdicts come back with `campaign review NAME --import FILE`.",
    form=SheetBody,
    version=SHEET_FORMAT,
)

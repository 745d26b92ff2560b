"""The lock: lines of `campaigns/<name>/lock/*.jsonl`, the first of each file and all receipts."""

from typing import Annotated, Any, Literal

from pydantic import Field

from pipeline.domain.receipts import LOCK_FORMAT, MatchHow
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import (
    Amount,
    Digest,
    JobName,
    Key,
    Moment,
    Money,
    Number,
    Part,
    Place,
    constant,
    left_out,
    version,
)

AttemptId = Annotated[str, Field(examples=["a-5b1f0c2d9e7a"])]
PredictionId = Annotated[str, Field(examples=["8c7d6e5f4a3b2c1d"])]
Reasoned = Annotated[
    str, Field(description="Why, in the words of whoever decided.", examples=["support says so"])
]
_ATTEMPT = "The attempt, unique for ever; copies of a receipt count once by it."
_REPEATED = "As in the recipe; the first programs of this format wrote it here, too."
_SHA = "4f0d1c6a" * 8


class RecipeBody(Part):
    """What all cells of a request have in common: components of their keys."""

    key_schema: int = Field(alias="schema", description="Number of the key schema.", examples=[1])
    provider: str = Field(description="Who sells.", examples=["wavespeed"])
    realm: str = Field(description="Whose money and pictures.", examples=["real"])
    model: str = Field(
        description="The provider's model id.",
        examples=["bytedance/seedream-v4.5/edit-sequential"],
    )
    prompt: str = Field(
        description="The rendered prompt, before anything that packing adds.",
        examples=["Put the woman in a snowy street."],
    )
    reference: Digest | None = Field(
        description="Digest of the reference picture; null where there is none."
    )
    params: dict[str, Any] = Field(
        description="Every parameter that can alter pixels, but for size and count.",
        examples=[{"seed": 7}],
    )
    size: str = Field(description="Native size.", examples=["4096x4096"])
    engine: str = left_out("Version of the embedded engine, of drafts only.", examples=["3"])


class AskedInput(Part):
    """One picture as it was sent."""

    role: str = Field(description="What the model took it for.", examples=["reference", "source"])
    sha256: Digest = Field(description="Digest of its bytes.")


class AskedBody(Part):
    """Components of the job key that are not the recipe's already: the request as sent."""

    prompt: str = Field(description="The final prompt.")
    inputs: list[AskedInput] = Field(description="Pictures in the order in which they were sent.")
    params: dict[str, Any] = Field(description="All other fields, size and count among them.")
    takes: list[int] = Field(description="Take of each wanted output, in output order.")
    key_schema: int = left_out(_REPEATED, alias="schema")
    provider: str = left_out(_REPEATED)
    realm: str = left_out(_REPEATED)
    model: str = left_out(_REPEATED)
    engine: str = left_out(_REPEATED)


class AskedCellBody(Part):
    """A cell as an attempt asked for it."""

    key: Key = Field(description="Its cell key.")
    address: Place = Field(description="Where it was then; a label.")
    source: Digest | None = Field(
        description="Digest of the picture to edit; null for text-to-image."
    )
    take: int = Field(description="Number of the take, from 1.", ge=1, examples=[1])


class OutputBody(Part):
    """A delivered picture."""

    sha256: Digest = Field(description="Digest of its bytes: its name in the store.")
    bytes: Number = Field(description="How many bytes it has.", examples=[4194304])
    width: Number = Field(description="In px.", examples=[4096])
    height: Number = Field(description="In px.", examples=[4096])
    mime: str = Field(description="Media type.", examples=["image/jpeg"])


class LockHeader(Part):
    """The first line of every lock file."""

    lock: int = version(LOCK_FORMAT, "lock files")


class _Ordered(Part):
    at: Moment = Field(description="When, UTC.")
    attempt: AttemptId = Field(description=_ATTEMPT)
    job: JobName = Field(description="Job key: digest of the request as the model sees it.")
    recipe: RecipeBody = Field(description="What its cells have in common.")
    asked: AskedBody = Field(description="The request as it was sent.")
    cells: list[AskedCellBody] = Field(description="What was asked for, in output order.")
    quote: Money = Field(description="What it should cost, in micro-dollars.")
    permit: str = left_out(
        "Digest of the saved plan under which it was bought.", examples=[f"p1-{_SHA}"]
    )


class GenBody(_Ordered):
    """A delivery, which may be short or even empty."""

    kind: Literal["gen"] = constant("gen", "A delivery.")
    prediction: PredictionId = Field(description="The provider's id of the request.")
    outputs: list[OutputBody] = Field(
        description="What came, in the provider's order. As many as `cells`: the position says"
        " whose each is. Fewer: nobody knows until a `match` says so."
    )
    notes: list[str] = left_out(
        "Of a draft, what of the prompt was not done, a clause each: the delivery is partial.",
        examples=[["not understood: with a palm tree"]],
    )
    flagged: list[bool | None] = left_out(
        "For each of `outputs` whether the provider itself called it unsafe, null where it did not"
        " say.",
        examples=[[False, True]],
    )


class FailedBody(_Ordered):
    """An attempt that ended without pictures; charged until a `charge` shows the refund."""

    kind: Literal["failed"] = constant("failed", "A failure.")
    prediction: PredictionId = Field(description="The provider's id of the request.")
    code: int = Field(description="The provider's number of the failure, 0 for none.")
    message: str = Field(description="The provider's words.")


class DoubtBody(_Ordered):
    """An attempt that was sent and not answered; its quote stays reserved."""

    kind: Literal["doubt"] = constant("doubt", "A doubt.")
    message: str = Field(description="What happened.", examples=["no answer within 60 s"])
    sent: Moment = left_out("When it left; says where in the provider's history to look.")


class AssumeBody(_Ordered):
    """A person books an attempt in doubt as charged; its cells count as lost."""

    kind: Literal["assume"] = constant("assume", "A person's decision.")
    reason: Reasoned


class ChargeBody(Part):
    """A row of the provider's bill."""

    kind: Literal["charge"] = constant("charge", "A row of the bill.")
    at: Moment = Field(description="When it was billed, UTC.")
    attempt: AttemptId = Field(description="Which attempt it is for.")
    row: str = Field(
        description="The provider's id of the row; copies count once by it.", examples=["b-1"]
    )
    amount: Amount = Field(
        description="Micro-dollars: positive for money taken, negative for money given back. The"
        " charge of an attempt is the sum of its rows, else its quote."
    )


class MatchBody(Part):
    """Which output of an attempt is whose."""

    kind: Literal["match"] = constant("match", "An assignment.")
    at: Moment = Field(description="When, UTC.")
    attempt: AttemptId = Field(description="Whose outputs.")
    outputs: list[Key | None] = Field(
        description="For each output, in the provider's order, its cell; null for nobody's."
    )
    how: MatchHow = Field(
        description="Who says so: a `person` outranks `content`, that what was `assumed`.",
        examples=["person"],
    )
    confidence: int = Field(description="In per cent.", ge=0, le=100, examples=[100])


class UseBody(Part):
    """A cell of this campaign that another one's purchase serves; costs nothing."""

    kind: Literal["use"] = constant("use", "A use.")
    at: Moment = Field(description="When it was noticed, UTC.")
    attempt: AttemptId = Field(description="The attempt that bought it.")
    cell: AskedCellBody = Field(description="The cell, as this campaign calls it.")
    recipe: RecipeBody = Field(description="What it was bought by.")
    output: OutputBody = Field(description="The picture.")
    delivered: Moment = Field(description="When it was bought, UTC.")


class WaiveBody(Part):
    """An attempt in doubt counts as free, and its cells are wanted again."""

    kind: Literal["waive"] = constant("waive", "A waiver.")
    at: Moment = Field(description="When, UTC.")
    attempt: AttemptId = Field(description="Which attempt.")
    by: Literal["proof", "person"] = Field(
        description="`proof`: the provider's records show that nothing arrived."
    )
    reason: Reasoned


class LostLine(Part):
    """A person declares a delivered picture lost: its bytes are nowhere; it is wanted again."""

    kind: Literal["lost"] = constant("lost", "A loss.")
    at: Moment = Field(description="When, UTC.")
    attempt: AttemptId = Field(description="The attempt that delivered it.")
    cell: Key = Field(description="The cell that it served.")
    sha256: Digest = Field(description="Digest of the picture.")
    reason: Reasoned


class ForeignBody(Part):
    """A person declares that a prediction of this account is not this workspace's."""

    kind: Literal["foreign"] = constant("foreign", "Somebody else's.")
    at: Moment = Field(description="When, UTC.")
    prediction: PredictionId = Field(description="The provider's id.")
    reason: Reasoned


LINE = (
    LockHeader
    | GenBody
    | FailedBody
    | DoubtBody
    | AssumeBody
    | ChargeBody
    | MatchBody
    | UseBody
    | WaiveBody
    | LostLine
    | ForeignBody
)

DOCUMENT = Document(
    name="receipts",
    title="Receipt",
    description="One line of a lock file, `campaigns/<name>/lock/<day>-<run>.jsonl`: JSON lines,"
    " the first one naming the format. Receipts are facts; they are appended and never edited, and"
    " the lock is the union of all files. Money is in micro-dollars (millionths of a US dollar),"
    " whole numbers.",
    form=LINE,
    version=LOCK_FORMAT,
    examples=(
        {"lock": LOCK_FORMAT},
        {
            "kind": "charge",
            "at": "2026-11-22T09:30:00Z",
            "attempt": "a-5b1f0c2d9e7a",
            "row": "b-1",
            "amount": 40000,
        },
        {
            "kind": "lost",
            "at": "2026-11-22T09:30:00Z",
            "attempt": "a-5b1f0c2d9e7a",
            "cell": f"c1-{_SHA}",
            "sha256": _SHA,
            "reason": "the disk burned",
        },
    ),
)

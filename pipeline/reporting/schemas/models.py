"""What `campaign models list | show --json` and `campaign models sync --json` print."""

from typing import Any, Literal

from pydantic import Field

from pipeline.domain.card import PriceKind, Topic, Trust
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import Day, Money, Number, Part, Problems, version

MODELS_FORMAT = 1
SYNC_FORMAT = 1
_MODEL = "bytedance/seedream-v4.5/edit-sequential"


class InputsBody(Part):
    """What pictures one request takes."""

    field: str = Field(description="Field of the request.", examples=["images"])
    many: bool = Field(description="Whether it is a list.")
    least: Number = Field(description="Fewest pictures.")
    most: Number = Field(description="Most pictures.")
    max_bytes: Number = Field(description="Of one file.")
    max_pixels: Number = Field(description="Of one picture.")
    min_side: Number = Field(description="Shortest side, px.")
    max_ratio: Number = Field(description="Longer side divided by the shorter one, at most.")
    formats: list[str] = Field(description="File formats.", examples=[["jpeg", "png"]])


class OutputsBody(Part):
    """How many pictures one request gives."""

    most: Number = Field(description="Most pictures; 1 for one-picture models.")
    count_field: str | None = Field(
        description="Field of the request for the wanted number; null for one-picture models."
    )
    inputs_plus_outputs: Number | None = Field(
        description="Most of both together; null where it does not matter."
    )


class PixelSizes(Part):
    """Sizes in pixels."""

    form: Literal["pixels"] = Field(description="Any size within the limits.")
    min_pixels: Number = Field(description="Least width x height.")
    max_pixels: Number = Field(description="Most width x height.")
    min_side: Number | None = Field(description="Shortest side, px; null for no limit.")
    max_side: Number | None = Field(description="Longest side, px; null for no limit.")
    max_ratio: Number = Field(description="Longer side divided by the shorter one, at most.")
    advised: list[str] = Field(
        description="Sizes that the model's maker recommends.", examples=[["4096x4096"]]
    )


class NamedSizes(Part):
    """Sizes by name."""

    form: Literal["resolution"] = Field(description="Named sizes only.")
    named: dict[str, dict[str, str]] = Field(
        description="Size by resolution and aspect ratio.",
        examples=[{"2k": {"4:5": "1856x2304"}}],
    )


class PriceBody(Part):
    """What one request costs."""

    kind: PriceKind = Field(description="How far the price is known.", examples=["exact"])
    unit: Money | None = Field(
        description="Of one requested picture, in micro-dollars; null where `by_value` says it."
    )
    by_field: str | None = Field(description="Field of the request that selects the price.")
    by_value: dict[str, Money] = Field(description="Price for each value of that field.")
    extra_input: Money = Field(description="For each input picture beyond the first.")
    as_of: Day = Field(description="Day on which the price was read.")
    source: str = Field(description="Where it was read.")
    workspace: bool = Field(description="Whether the workspace's own price outranks the card's.")


class FactBody(Part):
    """Where one part of a card comes from."""

    about: Topic = Field(description="The part.")
    says: str = Field(description="The fact, as a sentence.")
    trust: Trust = Field(description="How far to trust it.")
    source: str = Field(description="Where it was read.")
    as_of: Day = Field(description="When.")


class CardBody(Part):
    """One model."""

    model: str = Field(description="The provider's id.", examples=[_MODEL])
    title: str = Field(description="For people.")
    family: str = Field(description="What its siblings' ids have in common.")
    provider: str = Field(description="Who sells it.", examples=["wavespeed"])
    operation: Literal["edit", "text"] = Field(
        description="`edit` takes pictures, `text` makes them from words alone."
    )
    takes_reference: bool = Field(description="Whether an identity reference may be sent.")
    inputs: InputsBody | None = Field(description="What it takes; null for text-to-image.")
    outputs: OutputsBody = Field(description="What it gives.")
    sizes: PixelSizes | NamedSizes = Field(description="How large its pictures can be.")
    price: PriceBody = Field(description="What it costs.")
    forbidden: bool = Field(description="Whether the workspace forbids it.")
    schema_: dict[str, Any] = Field(alias="schema", description="JSON Schema of its requests.")
    defaults: dict[str, Any] = Field(
        description="Parameters that are always sent unless the author sets them."
    )
    advised_words: Number | None = Field(
        description="Length beyond which its maker advises against a prompt; null if unknown."
    )
    facts: list[FactBody] = Field(description="Where all of this comes from.")
    manifest: str = Field(description="A manifest to start from.")


class ModelsBody(Part):
    """Models."""

    models: int = version(MODELS_FORMAT, "lists of models")
    model: list[CardBody] = Field(description="Siblings together.")
    problems: Problems


class AskedPrice(Part):
    """The provider's answer to a question about a price."""

    model: str = Field(description="Which.", examples=[_MODEL])
    what: str = Field(description="What differs from other questions about it.")
    body: dict[str, Any] = Field(description="The request whose price was asked for.")
    card: Money = Field(description="Price by the card, in micro-dollars.")
    card_as_of: str = Field(description="Day of that price.")
    planned: Money = Field(description="What plans take for it.")
    now: Money | None = Field(description="What the provider asks; null where it told none.")
    why: str | None = Field(description="Why it told none.")
    rises: bool = Field(description="Whether plans would promise too little.")


class RelatedModel(Part):
    """A model without a card."""

    model: str = Field(description="The provider's id.")
    kind: str = Field(description="What it does, in the provider's word; may be empty.")
    base_price: Money | None = Field(description="What it costs at least; null if unsaid.")


class SyncBody(Part):
    """What differs between the cards and the provider."""

    sync: int = version(SYNC_FORMAT, "comparisons with a catalogue")
    base: str = Field(description="The provider's address.")
    on: Day = Field(description="Day of asking.")
    prices: list[AskedPrice] = Field(description="All prices that were asked for.")
    raises: dict[str, Money] = Field(
        description="By model, the price for `prices:` that no request of it exceeds."
    )
    fields: dict[str, list[str]] = Field(
        description="What differs in the fields of requests, by model, as sentences."
    )
    vanished: list[str] = Field(description="Models with a card that are not listed any more.")
    related: list[RelatedModel] = Field(description="Siblings without a card.")
    others: list[str] = Field(description="All other models without a card.")
    odd_entries: Number = Field(description="Entries of the catalogue that could not be read.")
    written: bool = Field(description="Whether rising prices were written to workspace.yaml.")


DOCUMENT = Document(
    name="models",
    title="Models",
    description="Models, what they take, give and cost, and where each fact comes from: `campaign"
    " models list --json`, `campaign models show MODEL --json`. Money is in micro-dollars, whole"
    " numbers.",
    form=ModelsBody,
    version=MODELS_FORMAT,
)

SYNC = Document(
    name="sync",
    title="Comparison with the catalogue",
    description="What the provider's catalogue and prices say today, beside the cards: `campaign"
    " models sync --json`. Money is in micro-dollars, whole numbers.",
    form=SyncBody,
    version=SYNC_FORMAT,
)

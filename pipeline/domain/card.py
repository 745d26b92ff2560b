"""Model cards: what one model takes, gives and costs, as data that planning can reason about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import Json
from pipeline.domain.money import MicroUsd

PriceKind = Literal["exact", "table", "floor", "unknown"]
Trust = Literal["verified", "elsewhere", "inferred"]
Topic = Literal["request", "inputs", "files", "reference", "outputs", "sizes", "prompt"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Where one part of a card comes from, and how far to trust it.

    Attributes:
        about: the part of the card.
        says: the fact, as a sentence for people.
        trust: `verified` (the seller says so), `elsewhere` (the model's maker or another seller
            says so, and it is true there) or `inferred` (a reading of several sources).
        source: where it was read.
        as_of: day on which it was read, ISO.
    """

    about: Topic
    says: str
    trust: Trust
    source: str
    as_of: str


@dataclass(frozen=True, slots=True)
class InputRule:
    """What pictures one request takes.

    Attributes:
        field: request field that carries the picture addresses; empty for text-to-image.
        many: whether the field is a list; otherwise one address.
        least: fewest pictures a request may carry; 0 for text-to-image.
        most: most pictures a request may carry.
        max_bytes: size of one file, in bytes.
        max_pixels: width x height of one picture.
        min_side: shortest side of one picture, px.
        max_ratio: longer side divided by shorter side, at most.
        formats: names as in `PictureFacts.format`.
    """

    field: str
    many: bool
    least: int
    most: int
    max_bytes: int
    max_pixels: int
    min_side: int
    max_ratio: int
    formats: tuple[str, ...]


NO_INPUTS = InputRule(
    field="",
    many=False,
    least=0,
    most=0,
    max_bytes=0,
    max_pixels=0,
    min_side=0,
    max_ratio=0,
    formats=(),
)
"""Of models that make pictures from words alone."""


@dataclass(frozen=True, slots=True)
class OutputRule:
    """How many pictures one request gives.

    Attributes:
        most: most pictures of one request; 1 for one-picture models.
        count_field: request field that carries the wanted number; None for one-picture models.
        inputs_plus_outputs: most of both together; None where the model does not care.
    """

    most: int
    count_field: str | None
    inputs_plus_outputs: int | None

    @property
    def is_sequential(self) -> bool:
        """Whether one request may give several pictures."""
        return self.count_field is not None


@dataclass(frozen=True, slots=True)
class NamedSize:
    """A size that a request asks for by name.

    Attributes:
        resolution: such as `2k`.
        aspect: such as `4:5`, as the model spells it; its ratio is about that of `size`.
        size: what the model makes then.
    """

    resolution: str
    aspect: str
    size: PixelSize


@dataclass(frozen=True, slots=True)
class SizeRule:
    """How a request says how large the picture shall be.

    Attributes:
        form: `pixels` writes `4096*4096` into `field`; `resolution` writes a named resolution
            into `field` and an aspect ratio into `aspect_field`.
        field: request field.
        aspect_field: request field of the aspect ratio; with `resolution`.
        min_pixels: least width x height; with `pixels`.
        max_pixels: most width x height; with `pixels`.
        min_side: shortest side in px, 0 where the model has no such limit; with `pixels`.
        max_side: longest side in px, 0 where the model has no such limit; with `pixels`.
        max_ratio: longer side divided by shorter side, at most; with `pixels`.
        named: all sizes that can be asked for, smallest resolution first; with `resolution`.
        advised: sizes that the model's maker recommends; with `pixels`.
    """

    form: Literal["pixels", "resolution"]
    field: str
    aspect_field: str | None = None
    min_pixels: int = 0
    max_pixels: int = 0
    min_side: int = 0
    max_side: int = 0
    max_ratio: int = 0
    named: tuple[NamedSize, ...] = ()
    advised: tuple[PixelSize, ...] = ()

    @property
    def resolutions(self) -> tuple[str, ...]:
        """Names of the resolutions, smallest first."""
        return tuple(dict.fromkeys(one.resolution for one in self.named))

    @property
    def aspects(self) -> tuple[str, ...]:
        """Aspect ratios, each once."""
        return tuple(dict.fromkeys(one.aspect for one in self.named))


@dataclass(frozen=True, slots=True)
class PriceRule:
    """What one request costs, by the vendor's published rule.

    Attributes:
        kind: `exact` (a published unit price), `table` (read off a dated list), `floor` (may be
            more) or `unknown`; the last two are refused unless the author states a ceiling.
        unit: price of one requested output; None where it depends on `by_value` or is unknown.
        by_field: request field whose value selects the unit price, if any.
        by_value: unit price for each value of `by_field`.
        extra_input: surcharge for each input picture beyond the first.
        as_of: day on which the price was read, ISO.
        source: where it was read.
    """

    kind: PriceKind
    unit: MicroUsd | None
    by_field: str | None
    by_value: Mapping[str, MicroUsd]
    extra_input: MicroUsd
    as_of: str
    source: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What a request should cost.

    Attributes:
        amount: the expected charge.
        most: the highest possible charge; what a reservation holds.
        kind: how far to trust it.
        as_of: day of the price, ISO; empty when it was quoted by the provider just now.
    """

    amount: MicroUsd
    most: MicroUsd
    kind: PriceKind
    as_of: str


@dataclass(frozen=True, slots=True)
class Card:
    """One model.

    Attributes:
        model: the provider's id; its path in submit addresses.
        title: for people.
        family: part of the ids of all its siblings, such as `seedream`.
        provider: who sells it; part of every key.
        operation: `edit` takes pictures, `text` makes them from words alone.
        takes_reference: whether an identity reference may be sent beside the wanted picture.
        schema: JSON Schema of the request body.
        defaults: parameters that are always sent unless the author sets them, so that a changed
            vendor default cannot change pictures silently.
        advised_words: length in words beyond which the model's maker advises against a prompt;
            None where nothing is known.
        facts: where all of this comes from.
    """

    model: str
    title: str
    provider: str
    operation: Literal["edit", "text"]
    takes_reference: bool
    schema: Mapping[str, Json]
    defaults: Mapping[str, Json]
    inputs: InputRule
    outputs: OutputRule
    size: SizeRule
    price: PriceRule
    family: str = ""
    advised_words: int | None = None
    facts: tuple[Fact, ...] = ()


def quote(card: Card, request: Mapping[str, Json], *, inputs: int, outputs: int) -> Quote | None:
    """Price one request by its card.

    Args:
        card: the model.
        request: body fields; only `card.price.by_field` is looked at.
        inputs: pictures sent.
        outputs: pictures asked for, 1 or more; the vendor charges for these, not for what arrives.

    Returns:
        The quote, or None where the card knows no price for this request. Never zero by ignorance.
    """
    rule = card.price
    unit = rule.unit
    if rule.by_field is not None:
        unit = rule.by_value.get(str(request.get(rule.by_field)))
    if unit is None or rule.kind == "unknown":
        return None
    surcharge = rule.extra_input * max(0, inputs - 1)
    amount = MicroUsd(unit * outputs + surcharge)
    return Quote(amount=amount, most=amount, kind=rule.kind, as_of=rule.as_of)

"""Cards against what a provider's catalogue and prices say today."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.domain.card import Card, quote
from pipeline.domain.fingerprint import Json
from pipeline.domain.money import MicroUsd
from pipeline.domain.offers import Asked, Catalogue, Comparison, Offer, Probe

_STAND_IN = "https://example.invalid/{}.jpg"
"""Address of a picture that is counted and not fetched."""

_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "minItems": "values: at least",
    "maxItems": "values: at most",
    "enum": "its words:",
    "default": "its default:",
}
"""What is compared of a field's schema, and how it is said."""
_NEVER_SENT = frozenset({"enable_sync_mode", "enable_base64_output"})


def probes(card: Card) -> Iterator[Probe]:
    """Requests whose prices tell whether the card's rule is still the provider's.

    One picture of each price; and, where a request may carry more, two inputs and two outputs, so
    that a surcharge that the card does not know is found.
    """
    least = 0 if card.operation == "text" else max(1, card.inputs.least)
    for value in card.price.by_value or ("",):
        what = f"{value}, 1 picture" if value else "1 picture"
        yield from _probe(card, what, value=str(value), inputs=least, outputs=1)
    value = next(iter(card.price.by_value), "")
    if card.inputs.most > 1:
        yield from _probe(card, "2 inputs", value=value, inputs=2, outputs=1)
    if card.outputs.is_sequential:
        yield from _probe(card, "2 pictures", value=value, inputs=least, outputs=2)


def _probe(card: Card, what: str, *, value: str, inputs: int, outputs: int) -> Iterator[Probe]:
    body: dict[str, Json] = {"prompt": "a picture", **card.defaults}
    if card.size.form == "pixels":
        size = card.size.advised[0]
        body[card.size.field] = f"{size.width}*{size.height}"
    else:
        body[card.size.field] = card.size.resolutions[0]
        body[card.size.aspect_field or ""] = card.size.aspects[0]
    if card.price.by_field is not None:
        body[card.price.by_field] = value
    if inputs:
        addresses: list[Json] = [_STAND_IN.format(number) for number in range(inputs)]
        body[card.inputs.field] = addresses if card.inputs.many else addresses[0]
    if card.outputs.count_field is not None:
        body[card.outputs.count_field] = outputs
    listed = quote(card, body, inputs=inputs, outputs=outputs)
    if listed is not None:
        yield Probe(card, what, body, inputs, outputs, listed)


def compare(
    cards: Sequence[Card], catalogue: Catalogue, asked: Sequence[Asked], *, base: str, on: str
) -> Comparison:
    """Say what differs.

    Args:
        cards: all that there are, of one provider.
        catalogue: what the provider lists.
        asked: answers to probes of these cards, in their order.
        base: the provider's address.
        on: day of asking, ISO.
    """
    offers = catalogue.offers
    known = {card.model for card in cards}
    families = {card.family for card in cards}
    strangers = [offer for model, offer in sorted(offers.items()) if model not in known]
    related = [offer for offer in strangers if any(one in offer.model for one in families)]
    fields = {
        card.model: tuple(_field_changes(card, offers[card.model]))
        for card in cards
        if card.model in offers
    }
    return Comparison(
        base=base,
        on=on,
        asked=tuple(asked),
        fields={model: changes for model, changes in fields.items() if changes},
        vanished=tuple(card.model for card in cards if card.model not in offers),
        related=tuple(related),
        others=tuple(offer.model for offer in strangers if offer not in related),
        odd=catalogue.odd,
        raises=_raises(asked),
    )


def _raises(asked: Iterable[Asked]) -> dict[str, MicroUsd]:
    by_model: dict[str, list[Asked]] = {}
    for one in asked:
        by_model.setdefault(one.probe.card.model, []).append(one)
    return {
        model: _covering(answers)
        for model, answers in by_model.items()
        if any(one.rises for one in answers)
    }


def _covering(answers: Sequence[Asked]) -> MicroUsd:
    """The least price of one picture under which no request of a model costs more than planned."""
    card = answers[0].probe.card
    known = [(one.probe, one.now) for one in answers if one.now is not None]
    alone = [(probe, now) for probe, now in known if probe.inputs <= 1]
    picture = max((-(-now // probe.outputs) for probe, now in alone), default=0)
    first = alone[0][1] if alone else 0
    # What one more input costs beyond the card's surcharge, it costs for every one.
    more = max(
        (
            now - first - card.price.extra_input * (probe.inputs - 1)
            for probe, now in known
            if probe.inputs > 1
        ),
        default=0,
    )
    return MicroUsd(picture + max(0, more) * (card.inputs.most - 1))


def _field_changes(card: Card, offer: Offer) -> Iterator[str]:
    """What differs between the fields of a card's schema and the provider's, as sentences."""
    theirs = offer.fields
    if theirs is None:
        yield "the catalogue has no schema for it"
        return
    ours = _properties(card)
    yield from (f"`{name}` is new" for name in theirs if name not in ours)
    gone = [name for name in ours if name not in theirs and name not in _NEVER_SENT]
    yield from (f"`{name}` is gone" for name in gone)
    needed = card.schema.get("required")
    ours_needed = needed if isinstance(needed, list) else []
    for name in ours:
        if name not in theirs:
            continue
        if (name in offer.required) != (name in ours_needed):
            yield f"`{name}` is {'required' if name in offer.required else 'optional'} now"
        for bound, said in _BOUNDS.items():
            now, was = theirs[name].get(bound), ours[name].get(bound)
            # A default that the card does not state is none of its facts.
            if now != was and not (bound == "default" and was is None):
                yield f"`{name}` {said} {_shown(now)}; by the card {_shown(was)}"


def _properties(card: Card) -> Mapping[str, Mapping[str, Any]]:
    found = card.schema.get("properties")
    rules = found if isinstance(found, Mapping) else {}
    return {name: rule for name, rule in rules.items() if isinstance(rule, Mapping)}


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

"""A small manifest to begin with, for any model."""

from collections.abc import Iterator
from math import isqrt

from pipeline.domain.campaign import PixelSize
from pipeline.domain.card import Card
from pipeline.domain.money import format_usd

_FEED = PixelSize(1080, 1350)
_CEILING = "0.25 USD"


def starter(card: Card) -> str:
    """A manifest that is without problems once the pictures are there, with comments.

    Args:
        card: of the model.
    """
    return "".join(f"{line}\n" for line in _lines(card))


def _lines(card: Card) -> Iterator[str]:
    yield "version: 1"
    yield "campaign: first-try                # the folder's name: campaigns/first-try/"
    yield f"model: {card.model}"
    if card.operation == "edit":
        yield "images:"
        yield "  subject:"
        yield "    files: [images/*]              # put your pictures there"
        if card.takes_reference:
            yield "    # reference: images/best.jpg   # sent first in every request, for identity"
        yield "prompt: Put {set.subject} in {variant.place}. Keep face, pose and labels unchanged."
    else:
        yield "prompt: A product photo of a leather bag in {variant.place}, soft light."
    yield "variants:"
    yield "  studio: {place: a grey studio}"
    yield "  snow: {place: a snowy street}"
    master = first_master(card)
    yield f"{f'master: {master}':<34} # the size that is paid for{_cost(card, master)}"
    yield "sizes:"
    yield f"{f'  feed: {_FEED}':<34} # cut from the master here, for free"
    if card.price.kind in {"floor", "unknown"}:
        yield f"{f'assume_max_usd: {_CEILING}':<34} # the most that one picture may cost"
    yield "budget: {cap: 5.00 USD}            # the most that this campaign may ever cost"


def first_master(card: Card) -> PixelSize:
    """The largest square of those that cost least; what is cut from it stays sharp."""
    rule, prices = card.size, card.price.by_value
    if rule.form == "pixels":
        side = isqrt(rule.max_pixels)
        side = min(side, rule.max_side or side)
        return PixelSize(side, side)
    cheapest = min(prices.values(), default=None)
    squares = [
        one
        for one in rule.named
        if one.size.width == one.size.height
        and (not prices or prices.get(one.resolution) == cheapest)
    ]
    return max(squares or rule.named, key=lambda one: one.size.width).size


def _cost(card: Card, master: PixelSize) -> str:
    """What a picture of this size costs, where it depends on the size."""
    for one in card.size.named:
        if one.size == master and one.resolution in card.price.by_value:
            price = format_usd(card.price.by_value[one.resolution])
            return f" ({one.resolution} {one.aspect}, {price})"
    return ""

"""Model cards as package data: one JSON file a model, read into `domain.card.Card`.

To add a model, add a file under `cards/`; nothing else knows a model by name. Every part of a card
says where it comes from: the price in `price`, all else in `facts`.
"""

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from pipeline.domain.campaign import PixelSize
from pipeline.domain.card import (
    NO_INPUTS,
    Card,
    Fact,
    InputRule,
    NamedSize,
    OutputRule,
    PriceRule,
    SizeRule,
)
from pipeline.domain.money import MicroUsd

CARD_FORMAT = 1


class UnknownModelError(LookupError):
    """No card has this model id; `known` lists those that have one."""

    def __init__(self, model: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no card for model `{model}`")
        self.model = model
        self.known = known


@functools.cache
def models() -> tuple[str, ...]:
    """Ids of all models that have a card, sorted."""
    return tuple(sorted(card.model for card in _cards().values()))


def card(model: str) -> Card:
    """The card of a model.

    Raises:
        UnknownModelError: there is none.
    """
    found = _cards().get(model)
    if found is None:
        raise UnknownModelError(model, models())
    return found


@functools.cache
def _cards() -> Mapping[str, Card]:
    folder = resources.files("pipeline.catalog") / "cards"
    read = [_from_json(json.loads(file.read_text("utf-8"))) for file in folder.iterdir()]
    return {card.model: card for card in read}


def _from_json(body: Mapping[str, Any]) -> Card:
    if body["card"] != CARD_FORMAT:
        raise ValueError(f"card format {body['card']!r}; this program reads {CARD_FORMAT}")
    return Card(
        model=body["model"],
        title=body["title"],
        family=body["family"],
        provider=body["provider"],
        operation=body["operation"],
        takes_reference=body["takes_reference"],
        schema=body["schema"],
        defaults=body["defaults"],
        inputs=_inputs(body["inputs"]),
        outputs=OutputRule(**body["outputs"]),
        size=_size(body["size"]),
        price=_price(body["price"]),
        advised_words=body["advised_words"],
        facts=tuple(Fact(**fact) for fact in body["facts"]),
    )


def _inputs(body: Mapping[str, Any] | None) -> InputRule:
    if body is None:
        return NO_INPUTS
    return InputRule(**{**body, "formats": tuple(body["formats"])})


def _size(body: Mapping[str, Any]) -> SizeRule:
    return SizeRule(
        form=body["form"],
        field=body["field"],
        aspect_field=body.get("aspect_field"),
        min_pixels=body.get("min_pixels", 0),
        max_pixels=body.get("max_pixels", 0),
        min_side=body.get("min_side", 0),
        max_side=body.get("max_side", 0),
        max_ratio=body.get("max_ratio", 0),
        named=tuple(
            NamedSize(resolution, aspect, _pixels(size))
            for resolution, sizes in body.get("sizes", {}).items()
            for aspect, size in sizes.items()
        ),
        advised=tuple(map(_pixels, body.get("advised", []))),
    )


def _pixels(text: str) -> PixelSize:
    width, _, height = text.partition("x")
    return PixelSize(int(width), int(height))


def _price(body: Mapping[str, Any]) -> PriceRule:
    return PriceRule(
        kind=body["kind"],
        unit=None if body.get("unit") is None else MicroUsd(body["unit"]),
        by_field=body.get("by_field"),
        by_value={k: MicroUsd(v) for k, v in body.get("by_value", {}).items()},
        extra_input=MicroUsd(body.get("extra_input", 0)),
        as_of=body["as_of"],
        source=body["source"],
    )

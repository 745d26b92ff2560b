"""Model cards as package data: one JSON file a model, read into `domain.card.Card`.

To add a model, add a file under `cards/`; nothing else knows a model by name.
"""

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from pipeline.domain.card import Card, InputRule, OutputRule, PriceRule, SizeRule
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
    size, price = body["size"], body["price"]
    return Card(
        model=body["model"],
        title=body["title"],
        provider=body["provider"],
        operation=body["operation"],
        takes_reference=body["takes_reference"],
        schema=body["schema"],
        defaults=body["defaults"],
        inputs=InputRule(**{**body["inputs"], "formats": tuple(body["inputs"]["formats"])}),
        outputs=OutputRule(**body["outputs"]),
        size=SizeRule(
            form=size["form"],
            field=size["field"],
            aspect_field=size.get("aspect_field"),
            min_pixels=size.get("min_pixels", 0),
            max_pixels=size.get("max_pixels", 0),
            max_ratio=size.get("max_ratio", 0),
            resolutions=tuple((name, side) for name, side in size.get("resolutions", [])),
            aspects=tuple(size.get("aspects", [])),
        ),
        price=PriceRule(
            kind=price["kind"],
            unit=None if price.get("unit") is None else MicroUsd(price["unit"]),
            by_field=price.get("by_field"),
            by_value={k: MicroUsd(v) for k, v in price.get("by_value", {}).items()},
            extra_input=MicroUsd(price.get("extra_input", 0)),
            as_of=price["as_of"],
            source=price["source"],
        ),
    )

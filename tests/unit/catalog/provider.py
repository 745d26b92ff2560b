"""A provider's catalogue and prices in memory, as the cards have them but for what is changed."""

from collections.abc import Iterable, Mapping

from pipeline import catalog
from pipeline.catalog.compare import probes
from pipeline.commands.loading import priced
from pipeline.commands.models import siblings_together
from pipeline.domain.campaign import Workspace
from pipeline.domain.card import quote
from pipeline.domain.money import MicroUsd
from pipeline.domain.offers import Asked, Catalogue, Offer

TODAY = "2026-11-21"


def offer(model, *, kind="image-to-image", base_price=None, fields=None, required=()) -> Offer:
    return Offer(model, kind, base_price, fields, frozenset(required))


def listing(
    *,
    without: Iterable[str] = (),
    more: Iterable[Offer] = (),
    fields: Mapping[str, object] | None = None,
    odd: int = 0,
) -> Catalogue:
    """The catalogue that the cards describe; `fields` replaces those of some models."""
    offers = {}
    for model in catalog.models():
        schema = catalog.card(model).schema
        own = (fields or {}).get(model, schema["properties"])
        offers[model] = offer(model, fields=own, required=schema["required"])
    found = {model: one for model, one in offers.items() if model not in set(without)}
    return Catalogue(found | {one.model: one for one in more}, odd)


def answers(
    catalogue: Catalogue,
    changed: Mapping[str, Mapping[str, int | str]],
    *,
    own: Mapping[str, MicroUsd] | None = None,
) -> list[Asked]:
    """The card's prices, but for those that are changed; a text is why there is none."""
    asked = []
    for model in siblings_together(catalog.models()):
        card = catalog.card(model)
        if model not in catalogue.offers:
            continue
        mine = priced(card, Workspace(prices=own or {}))
        for probe in probes(card):
            planned = quote(mine, probe.body, inputs=probe.inputs, outputs=probe.outputs).amount
            now = changed.get(model, {}).get(probe.what, probe.listed.amount)
            told = (None, now) if isinstance(now, str) else (MicroUsd(now), "")
            asked.append(Asked(probe, planned, *told))
    return asked

"""Models for machines; money in micro-dollars, sizes as `WxH`."""

from collections.abc import Mapping
from dataclasses import asdict

from pipeline.domain.card import Card, PriceRule, SizeRule
from pipeline.domain.offers import Asked, Comparison
from pipeline.reporting.starter import starter


def card_document(card: Card, *, is_own: bool, is_forbidden: bool) -> Mapping[str, object]:
    """One model, everything that its card says.

    Args:
        card: with the workspace's price.
        is_own: whether its price is the workspace's own.
        is_forbidden: whether the workspace forbids it.
    """
    inputs = None if card.inputs.most == 0 else asdict(card.inputs)
    return {
        "model": card.model,
        "title": card.title,
        "family": card.family,
        "provider": card.provider,
        "operation": card.operation,
        "takes_reference": card.takes_reference,
        "inputs": inputs,
        "outputs": asdict(card.outputs),
        "sizes": _sizes(card.size),
        "price": _price(card.price) | {"workspace": is_own},
        "forbidden": is_forbidden,
        "schema": card.schema,
        "defaults": card.defaults,
        "advised_words": card.advised_words,
        "facts": [asdict(fact) for fact in card.facts],
        "manifest": starter(card),
    }


def _sizes(rule: SizeRule) -> dict[str, object]:
    if rule.form == "resolution":
        named: dict[str, dict[str, str]] = {}
        for one in rule.named:
            named.setdefault(one.resolution, {})[one.aspect] = str(one.size)
        return {"form": rule.form, "named": named}
    return {
        "form": rule.form,
        "min_pixels": rule.min_pixels,
        "max_pixels": rule.max_pixels,
        "min_side": rule.min_side or None,
        "max_side": rule.max_side or None,
        "max_ratio": rule.max_ratio,
        "advised": list(map(str, rule.advised)),
    }


def _price(rule: PriceRule) -> dict[str, object]:
    return {
        "kind": rule.kind,
        "unit": rule.unit,
        "by_field": rule.by_field,
        "by_value": dict(rule.by_value),
        "extra_input": rule.extra_input,
        "as_of": rule.as_of,
        "source": rule.source,
    }


def comparison_document(found: Comparison) -> Mapping[str, object]:
    """What differs between the cards and the provider; all prices that were asked for."""
    return {
        "base": found.base,
        "on": found.on,
        "prices": [_asked(one) for one in found.asked],
        "raises": dict(found.raises),
        "fields": {model: list(changes) for model, changes in found.fields.items()},
        "vanished": list(found.vanished),
        "related": [
            {"model": offer.model, "kind": offer.kind, "base_price": offer.base_price}
            for offer in found.related
        ],
        "others": list(found.others),
        "odd_entries": found.odd,
    }


def _asked(one: Asked) -> dict[str, object]:
    return {
        "model": one.probe.card.model,
        "what": one.probe.what,
        "body": dict(one.probe.body),
        "card": one.listed,
        "card_as_of": one.probe.listed.as_of,
        "planned": one.planned,
        "now": one.now,
        "why": one.why or None,
        "rises": one.rises,
    }

"""What the embedded provider charges and quotes, from the model cards."""

from collections.abc import Mapping
from typing import Any

from pipeline.domain.card import Card, quote
from pipeline.domain.money import MicroUsd, format_usd

_PER_USD = 1_000_000


def usd(amount: MicroUsd) -> float:
    """An amount as the JSON number that the vendor writes; only ever for writing.

    The division is correctly rounded, so the shortest text of the result is the exact amount for
    anything below a thousand million dollars.
    """
    return amount / _PER_USD


def price_of(card: Card, inputs: Mapping[str, Any]) -> MicroUsd | None:
    """Price of one request, its missing fields taken as the vendor takes them.

    Defaults of the schema fill in; what is still missing collapses to the least the model can
    cost, without a complaint.

    Returns:
        The amount, or None where the card knows no price at all.
    """
    full = with_defaults(card, inputs)
    wanted = min(outputs_wanted(card, full), card.outputs.most)
    quoted = quote(card, full, inputs=len(pictures_in(card, full)), outputs=wanted)
    if quoted is not None:
        return quoted.amount
    rule = card.price
    known = [price for price in (rule.unit, *rule.by_value.values()) if price is not None]
    return min(known, default=None)


def base_price(card: Card) -> MicroUsd | None:
    """The least that one output of a model can cost; None where the card knows no price."""
    return price_of(card, {})


def formula(card: Card) -> str:
    """A JSONata expression over the inputs that gives the price in USD; empty without a price."""
    rule = card.price
    if rule.by_field is not None:
        cases = [f'{rule.by_field} = "{v}" ? {_digits(p)} : ' for v, p in rule.by_value.items()]
        unit = f"({''.join(cases)}{_digits(min(rule.by_value.values()))})"
    elif rule.unit is not None:
        unit = _digits(rule.unit)
    else:
        return ""
    count = card.outputs.count_field
    times = f" * ({count} ? {count} : 1)" if count else ""
    extra = rule.extra_input
    more = f" + {_digits(extra)} * $max([0, $count({card.inputs.field}) - 1])" if extra else ""
    return unit + times + more


def _digits(amount: MicroUsd) -> str:
    return format_usd(amount).replace("$", "").replace(",", "")


def with_defaults(card: Card, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A request body as the model sees it: what was sent, over the schema's defaults."""
    defaults = {
        name: rule["default"] for name, rule in properties(card).items() if "default" in rule
    }
    return {**defaults, **inputs}


def outputs_wanted(card: Card, inputs: Mapping[str, Any]) -> int:
    """Number of pictures that a request asks for, 1 or more."""
    field = card.outputs.count_field
    wanted = inputs.get(field) if field is not None else None
    return max(1, int(wanted)) if isinstance(wanted, int | float) else 1


def pictures_in(card: Card, inputs: Mapping[str, Any]) -> list[str]:
    """Addresses of the pictures that a request sends, in order."""
    found = inputs.get(card.inputs.field)
    if isinstance(found, str):
        return [found]
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def properties(card: Card) -> Mapping[str, Any]:
    """The fields that a model knows, with the schema of each."""
    found = card.schema["properties"]
    return found if isinstance(found, dict) else {}

"""Request bodies as they are sent: decimals, which are text everywhere else, as JSON numbers."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


def as_sent(body: Mapping[str, object], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the decimal texts of a body into numbers where the model's schema wants numbers.

    Decimals are text in keys, receipts and plans, since no float may enter a key; how they are
    written down for the model changes no picture.

    Args:
        body: fields as they enter keys.
        schema: of the request body, from the model's card; empty where there is none.
    """
    fields = _mapping(schema.get("properties"))
    return {name: _sent(value, _mapping(fields.get(name))) for name, value in body.items()}


def _sent(value: object, schema: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        kinds = schema.get("type", ())
        wants_text = kinds == "string" or "string" in kinds
        return value if wants_text or "number" not in kinds else _number(value)
    if isinstance(value, list):
        return [_sent(item, _mapping(schema.get("items"))) for item in value]
    if isinstance(value, dict):
        return as_sent(value, schema)
    return value


def _number(text: str) -> Any:
    """A decimal text as the number of JSON; what is none is left to the model to refuse."""
    try:
        decimal = Decimal(text)
    except InvalidOperation:
        return text
    if not decimal.is_finite():
        return text
    return int(decimal) if decimal == decimal.to_integral_value() else float(decimal)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

"""Model parameters as authors write them, brought to what the model's schema wants.

The request bodies of models are described by JSON Schema on their cards. Decimal numbers stay text,
since no float may enter a key: a `number` is kept as its shortest decimal text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.domain.card import Card
from pipeline.domain.fingerprint import Json
from pipeline.manifest.schema import in_words, is_valid
from pipeline.manifest.wording import listed, thing

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_BOOLEANS = {"true": True, "false": False}
_SIMPLE = {"string", "integer", "number", "boolean", "array", "object"}


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a value is not one that a parameter takes; both parts are for sentences."""

    why: str
    fix: str = ""


def owned_by_plan(card: Card) -> Mapping[str, str]:
    """Body fields that the plan fills in, each with what an author writes instead."""
    owned = {
        "prompt": "it is the campaign's `prompt`",
        "enable_sync_mode": "how a request is sent is not the campaign's matter",
        "enable_base64_output": "how a request is sent is not the campaign's matter",
        "webhook": "how a request is sent is not the campaign's matter",
        card.inputs.field: "the pictures come from `images`",
        card.size.field: "it follows from `master`, and from `native` of a size",
        card.size.aspect_field or "": "it follows from `master`, and from `native` of a size",
        card.outputs.count_field or "": "it follows from the pictures and from `takes`",
    }
    return {field: instead for field, instead in owned.items() if field}


def settable(card: Card) -> list[str]:
    """Names of the parameters that an author may set."""
    owned = owned_by_plan(card)
    return [name for name in _mapping(card.schema.get("properties")) if name not in owned]


def fitted(value: Json, schema: Mapping[str, Any]) -> Json | Unfit:
    """Bring a value to the kind that a parameter's schema wants, and check it against the rest.

    Args:
        value: as strict YAML gives it: text, whole numbers, true and false, lists and maps.
        schema: the parameter's.

    Returns:
        The value as it enters keys and requests, a decimal number as text; or why there is none.
    """
    choices = schema.get("enum")
    if choices is not None:
        return _chosen(value, choices)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not kinds or not set(kinds) <= _SIMPLE:
        return value if is_valid(value, schema) else Unfit("the model refuses it")
    answers = [_as_kind(value, kind, schema) for kind in kinds]
    for answer in answers:
        if not isinstance(answer, Unfit):
            return answer
    if len(answers) == 1:
        return answers[0]
    return Unfit(f"it takes {in_words(list(kinds))}, and it is {thing(value)}")


def _chosen(value: Json, choices: list[Json]) -> Json | Unfit:
    for choice in choices:
        if _plain(choice) == _plain(value):
            return choice
    known = [_plain(choice) for choice in choices]
    return Unfit("the model takes only a few words here", f"write one of {listed(known)}")


def _as_kind(value: Json, kind: str, schema: Mapping[str, Any]) -> Json | Unfit:
    made: Json | Unfit
    match kind:
        case "integer":
            made = _whole(value)
        case "number":
            made = _decimal(value)
        case "boolean":
            made = _BOOLEANS.get(value, value) if isinstance(value, str) else value
        case "string":
            is_number = isinstance(value, int) and not isinstance(value, bool)
            made = str(value) if is_number else value
        case "array":
            made = _each(value, schema)
        case _:
            made = _inside(value, schema)
    if isinstance(made, Unfit):
        return made
    if not _is_kind(made, kind):
        return Unfit(f"it takes {in_words(kind)}, and it is {thing(value)}")
    return _within(made, kind, schema)


def _is_kind(value: Json, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    wanted = {"boolean": bool, "array": list, "object": dict}.get(kind, str)
    return isinstance(value, wanted)


def _whole(value: Json) -> Json:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    return value


def _decimal(value: Json) -> Json | Unfit:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return Unfit(f"it takes a number, and it is {thing(value)}")
    text = str(value)
    if _DECIMAL.fullmatch(text) is None:
        return Unfit(f"it takes a number, and it is {thing(value)}", "write it like `0.5`")
    plain = f"{Decimal(text).normalize():f}"
    return "0" if Decimal(plain) == 0 else plain


def _each(value: Json, schema: Mapping[str, Any]) -> Json | Unfit:
    if not isinstance(value, list):
        return value
    made: list[Json] = []
    for item in value:
        answer = fitted(item, _mapping(schema.get("items")))
        if isinstance(answer, Unfit):
            return answer
        made.append(answer)
    return made


def _inside(value: Json, schema: Mapping[str, Any]) -> Json | Unfit:
    if not isinstance(value, dict):
        return value
    made: dict[str, Json] = {}
    for key, item in value.items():
        answer = fitted(item, _mapping(_mapping(schema.get("properties")).get(key)))
        if isinstance(answer, Unfit):
            return answer
        made[key] = answer
    return made


def _within(made: Json, kind: str, schema: Mapping[str, Any]) -> Json | Unfit:
    """Check the bounds that cards state; whatever else a schema says is left to the library."""
    rules = {key: rule for key, rule in schema.items() if key not in _SEEN_TO}
    if kind in ("integer", "number"):
        return _in_range(made, rules)
    if isinstance(made, str | list):
        unit, noun = ("Length", "characters") if isinstance(made, str) else ("Items", "values")
        length = len(made)
        least, most = rules.pop(f"min{unit}", 0), rules.pop(f"max{unit}", length)
        if not least <= length <= most:
            bound = f"at least {least}" if length < least else f"at most {most}"
            return Unfit(f"it has {length} {noun}, and the model takes {bound}")
    if not rules or is_valid(made, rules):
        return made
    stated = [f"{key} {schema[key]}" for key in sorted(schema) if key not in _SEEN_TO]
    return Unfit(f"the model's rule for it is: {', '.join(stated)}")


# Documentation, and what was checked on the way here.
_SEEN_TO = {"type", "title", "description", "default", "examples", "items", "properties"}


def _in_range(made: Json, schema: Mapping[str, Any]) -> Json | Unfit:
    number = Decimal(str(made))
    least, most = (
        None if schema.get(key) is None else Decimal(str(schema[key]))
        for key in ("minimum", "maximum")
    )
    if least is not None and number < least:
        return Unfit(f"it must be {least} or more", f"write `{least}`")
    if most is not None and number > most:
        return Unfit(f"it must be {most} or less", f"write `{most}`")
    if "multipleOf" in schema and number % Decimal(str(schema["multipleOf"])) != 0:
        return Unfit(f"it must be a multiple of {schema['multipleOf']}")
    return made


def _plain(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

"""JSON Schemas of the manifest and the workspace file: generated from the types, and a check.

The check reports structure: keys that do not exist or are missing, and values of a wrong kind. What
a text must look like is said better by its parser. `jsonschema` is imported only when something is
checked, since a manifest without problems needs no second opinion.
"""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from pipeline.domain.fingerprint import Json
from pipeline.manifest.model.campaign import Manifest
from pipeline.manifest.model.workspace import WorkspaceFile
from pipeline.manifest.places import Pointer

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which a value is not what its schema says.

    Attributes:
        kind: `unknown` or `missing` key, wrong `kind` of value, or something `else`.
        pointer: of the value; of the key that is unknown or missing.
        detail: the kinds that are expected, or the check's own words.
    """

    kind: Literal["unknown", "missing", "kind", "else"]
    pointer: Pointer
    detail: str = ""


@functools.cache
def campaign_schema() -> Schema:
    """JSON Schema of `campaign.yaml`; the content of `schemas/campaign.schema.json`."""
    return _generate(Manifest, "campaign", "Campaign")


@functools.cache
def workspace_schema() -> Schema:
    """JSON Schema of `workspace.yaml`; the content of `schemas/workspace.schema.json`."""
    return _generate(WorkspaceFile, "workspace", "Workspace of campaigns")


def as_text(schema: Schema) -> str:
    """A schema as its file under `schemas/` holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def check(value: Json, schema: Schema) -> list[Mismatch]:
    """Compare a value with a schema, in no particular order; nothing is said twice."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import, rarely needed

    errors = Draft202012Validator(schema).iter_errors(value)
    return list(dict.fromkeys(found for error in errors for found in _mismatches(error)))


def is_valid(value: object, schema: Schema) -> bool:
    """Whether a value is what a schema says."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import, rarely needed

    return bool(Draft202012Validator(schema).is_valid(value))


def known_keys(schema: Schema, pointer: Pointer) -> list[str]:
    """Keys that a map may have at this place, in the order of the language."""
    return list(
        dict.fromkeys(
            key for branch in _maps_at(schema, pointer) for key in branch.get("properties", {})
        )
    )


def accepts_part(schema: Schema, pointer: Pointer) -> bool:
    """Whether the map or list around a place may have a value there; no for the whole file."""
    if not pointer:
        return False
    around, part = pointer[:-1], pointer[-1]
    if isinstance(part, int):
        return any("items" in branch for branch in _branches_at(schema, around))
    return any(
        part in branch.get("properties", {})
        or branch.get("additionalProperties", True) is not False
        for branch in _maps_at(schema, around)
    )


def expects_map(schema: Schema, pointer: Pointer) -> bool:
    """Whether a place is for a map."""
    return bool(_maps_at(schema, pointer))


def about(schema: Schema, pointer: Pointer) -> Schema:
    """Description and examples of what may stand at this place, as far as there are any."""
    found = _at(schema, pointer)
    return found[-1] if found else {}


def _at(schema: Schema, pointer: Pointer) -> list[Schema]:
    found = [schema]
    for part in pointer:
        found = [below for at in found for below in _below(_resolved(at, schema), part, schema)]
    return found


def _branches_at(schema: Schema, pointer: Pointer) -> list[Schema]:
    return [
        branch for at in _at(schema, pointer) for branch in _branches(_resolved(at, schema), schema)
    ]


def _maps_at(schema: Schema, pointer: Pointer) -> list[Schema]:
    return [at for at in _branches_at(schema, pointer) if at.get("type") == "object"]


def _below(schema: Schema, part: str | int, root: Schema) -> Iterator[Schema]:
    for branch in _branches(schema, root):
        if isinstance(part, int):
            below = branch.get("items")
        else:
            below = branch.get("properties", {}).get(part, branch.get("additionalProperties"))
        if isinstance(below, Mapping):
            yield below


def _branches(schema: Schema, root: Schema) -> list[Schema]:
    return [_resolved(branch, root) for branch in schema.get("anyOf", [schema])]


def _resolved(schema: Schema, root: Schema) -> Schema:
    name = schema.get("$ref")
    found: Schema = root["$defs"][name.rpartition("/")[2]] if name else schema
    return found


# The library's errors are typed for the case that they were not raised by a check, hence `Any`.
def _mismatches(error: Any) -> Iterator[Mismatch]:
    pointer: Pointer = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            known: Sequence[str] = error.schema.get("properties", {})
            for key in error.instance:
                if key not in known:
                    yield Mismatch("unknown", (*pointer, key))
        case "required":
            for key in error.validator_value:
                if key not in error.instance:
                    yield Mismatch("missing", (*pointer, key))
        case "type":
            yield Mismatch("kind", pointer, in_words(error.validator_value))
        case "anyOf":
            yield from _of_best_branch(error, pointer)
        case _:
            yield Mismatch("else", pointer, error.message)


def _of_best_branch(error: Any, pointer: Pointer) -> Iterator[Mismatch]:
    """The errors of the short or long form that the author chose."""
    branches: dict[Any, list[Any]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    kinds: list[str] = []
    for found in branches.values():
        here = [inner for inner in found if inner.validator == "type" and not inner.relative_path]
        if not here:
            for inner in found:
                yield from _mismatches(inner)
            return
        kinds += [kind for inner in here for kind in _as_list(inner.validator_value)]
    yield Mismatch("kind", pointer, in_words(kinds))


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


_WORDS = {
    "string": "text",
    "number": "",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a map of names to values",
    "null": "nothing",
}


def in_words(kinds: str | list[str]) -> str:
    """JSON's kinds of values as authors call them."""
    words = dict.fromkeys(_WORDS[kind] for kind in _as_list(kinds))
    return " or ".join(word for word in words if word) or "a number"


class _Generator(GenerateJsonSchema):
    """Leaves out what editors would show to no use: titles, and that a key may be null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - base class's name
        return False


def _generate(model: type[BaseModel], name: str, title: str) -> Schema:
    body = model.model_json_schema(schema_generator=_Generator)
    return {
        "$schema": DIALECT,
        "$id": f"urn:campaign-pipeline:schema:{name}:1",
        "title": title,
        **_tidy(body),
    }


def _tidy(schema: Any, *, are_names: bool = False) -> Any:
    """Drop class names and defaults that say nothing; `are_names` where keys are the author's."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if are_names:
        return {key: _tidy(item) for key, item in schema.items()}
    kept = {key: item for key, item in schema.items() if not _says_nothing(key, item)}
    return {
        key: item
        if key in ("examples", "default", "enum", "required")
        else _tidy(item, are_names=key in ("properties", "$defs"))
        for key, item in kept.items()
    }


def _says_nothing(key: str, item: Any) -> bool:
    if key == "default":
        return item is None or item == "" or isinstance(item, dict | list | tuple)
    return key == "title"

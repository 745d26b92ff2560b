"""From types to JSON Schema (draft 2020-12), in the form in which it is committed and published."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_LITERAL = frozenset({"examples", "const", "enum", "required"})
"""Keywords whose values are data, not schemas."""


class Document(NamedTuple):
    """A document that has a schema.

    Attributes:
        name: of the schema: `plan` for `plan.schema.json`.
        title: for editors.
        description: what it is, who writes it, and what may be done with it.
        form: the type that it has.
        version: of its format, part of the schema's id.
        examples: whole documents, each valid.
    """

    name: str
    title: str
    description: str
    form: Any
    version: int
    examples: Sequence[Mapping[str, Any]] = ()


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (base class's name)
        return False


def generate(document: Document) -> Mapping[str, Any]:
    """The schema of a document; `schemas/<name>.schema.json` holds it.

    It allows keys that it does not know, as readers must.
    """
    body = _tidy(TypeAdapter(document.form).json_schema(schema_generator=_Generator))
    body.pop("description", None)
    head: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"urn:campaign-pipeline:schema:{document.name}:{document.version}",
        "title": document.title,
        "description": document.description,
    }
    if document.examples:
        head["examples"] = list(document.examples)
    return {**head, **body}


def _tidy(schema: Any, *, are_names: bool = False) -> Any:
    """Drop the names of types, and defaults, which only say that a key may be left out."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if are_names:
        return {name: _tidy(item) for name, item in schema.items()}
    return {
        key: item if key in _LITERAL else _tidy(item, are_names=key in ("properties", "$defs"))
        for key, item in schema.items()
        if key not in ("title", "default")
    }

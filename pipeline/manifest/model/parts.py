"""What the types of the manifest language share."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

STRICT = ConfigDict(frozen=True, extra="forbid")

OPEN = ConfigDict(frozen=True, extra="allow")

HEX_EXAMPLE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

PARAMS = (
    "Model parameters by name, as `campaign models show MODEL` lists them."
    " What the plan itself decides (prompt, pictures, size, number of pictures) is not set here."
)


def with_short_form(
    cls: type[BaseModel],
    core: CoreSchema,
    handler: GetJsonSchemaHandler,
    *short: dict[str, Any],
) -> dict[str, Any]:
    """The schema of a map that may be written as its most important value alone."""
    long = handler.resolve_ref_schema(handler(core))
    return {"description": cls.__doc__ or "", "anyOf": [*short, long]}

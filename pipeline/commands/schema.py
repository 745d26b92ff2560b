"""`campaign schema`: JSON Schemas of what people write and of what the program writes."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.manifest.schema import as_text, campaign_schema, workspace_schema
from pipeline.reporting.schemas.catalogue import DOCUMENTS
from pipeline.reporting.schemas.generate import generate

_MAKERS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "campaign": campaign_schema,
    "workspace": workspace_schema,
    **{name: partial(generate, document) for name, document in DOCUMENTS.items()},
}
NAMES = tuple(_MAKERS)
"""All schemas, those of what people write first."""


def schema(which: str) -> str:
    """A schema as it is published under `schemas/`; `which` is one of `NAMES`."""
    return as_text(_MAKERS[which]())


def write_all(folder: Path) -> list[Path]:
    """Write all schemas into a folder, which is made if need be; returns the files.

    Raises:
        OSError: it cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / f"{name}.schema.json": schema(name) for name in NAMES}
    for file, text in files.items():
        file.write_text(text, "utf-8")
    return list(files)

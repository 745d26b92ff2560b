"""The destinations that everybody has: package data, dated and with sources."""

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from pipeline.domain.destinations import Destination, SafeArea

DATA_FORMAT = 1


@functools.cache
def shipped() -> Mapping[str, Destination]:
    """The destinations that everybody has, by name, in the order of the data file."""
    file = resources.files("pipeline.manifest") / "data" / "destinations.json"
    body = json.loads(file.read_text("utf-8"))
    if body["destinations"] != DATA_FORMAT:
        raise ValueError(f"destinations of format {body['destinations']!r}")
    return {name: _read(name, row) for name, row in body["rows"].items()}


def _read(name: str, row: Mapping[str, Any]) -> Destination:
    width, height = _pixels(row["size"])
    return Destination(
        name=name,
        title=row["title"],
        width=width,
        height=height,
        fit=row.get("fit", "cover"),
        format=row["format"],
        background=row.get("background", "#ffffff"),
        max_bytes=row.get("max_bytes"),
        accepts=tuple(row["accepts"]),
        safe=SafeArea(**row["safe"]) if "safe" in row else None,
        is_fixed=row.get("fixed", False),
        least=max(_pixels(row["least"])) if "least" in row else 0,
        white_border=row.get("white_border", False),
        fill=row.get("fill", 0),
        note=row.get("note", ""),
        trust=row["trust"],
        sources=tuple(row["sources"]),
        as_of=row["as_of"],
    )


def _pixels(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)

"""Rules of disclosure as package data: dated, with sources, and no legal advice."""

import functools
import json
from importlib import resources

from pipeline.domain.disclosure import Rule

DATA_FORMAT = 1


@functools.cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order of the data file."""
    file = resources.files("pipeline.catalog") / "disclosure.json"
    body = json.loads(file.read_text("utf-8"))
    if body["disclosure"] != DATA_FORMAT:
        raise ValueError(f"disclosure rules of format {body['disclosure']!r}")
    return tuple(
        Rule(
            **{**row, "destinations": tuple(row["destinations"]), "sources": tuple(row["sources"])}
        )
        for row in body["rows"]
    )

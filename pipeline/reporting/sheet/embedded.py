"""The facts inside the page: what its script shows on demand and the markup does not hold already.

Not a format: page and script come from one program, and `sheet.json` is for everyone else. Columns
are kept small, since ten thousand cells are legal: `{"of": [...]}` holds one value for all cells or
one for each; with `at` it is a table and `at` says which row is whose.
"""

import json
import re
from collections.abc import Callable, Sequence

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import Json
from pipeline.reporting.sheet.facts import Cell, Rendition, SheetFacts
from pipeline.reporting.sheet.links import href
from pipeline.reporting.sheet.view import Block
from pipeline.reporting.sheet.words import (
    HOW_WORDS,
    STATE_WORDS,
    charge,
    file_size,
    pixels,
    visible,
    why,
)
from pipeline.reporting.words import count

_UNSAFE = re.compile("[<>&\u2028\u2029]")
_Kind = tuple[str, str, str, int, str]


def embed(facts: SheetFacts, blocks: Sequence[Block]) -> str:
    """Write the page's data block: JSON without a character that markup could trip over.

    Args:
        facts: of the sheet.
        blocks: as on the page; together they hold all cells in the order of `facts.cells`.
    """
    cells = facts.cells
    links = [tile.link for block in blocks for tile in block.tiles]
    body: dict[str, Json] = {
        "blocks": [_block(block) for block in blocks],
        "address": {
            "set": _column([cell.address.set for cell in cells]),
            "picture": _column([cell.address.picture for cell in cells]),
            "variant": _column([cell.address.variant for cell in cells]),
            "size": _column([cell.address.size for cell in cells]),
            "take": _column([f"t{cell.address.take}" for cell in cells]),
        },
        "state": _column([cell.state.value for cell in cells]),
        "prompts": [
            [[visible(part.text), part.origin] for part in prompt.parts] for prompt in facts.prompts
        ],
        "prompt": _column([cell.prompt for cell in cells]),
        "pixels": _column(["" if cell.pixels is None else pixels(cell.pixels) for cell in cells]),
        "story": _story(facts, cells),
        "renditions": _renditions(cells, links),
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _block(block: Block) -> Json:
    return {
        "title": block.name,
        "cells": len(block.tiles),
        "link": block.original_link,
        "thumb": block.original_thumb,
    }


def _column(values: Sequence[str | int]) -> dict[str, Json]:
    """Keep equal values once; see the module's docstring."""
    rows = {value: row for row, value in enumerate(dict.fromkeys(values))}
    table: list[Json] = [visible(row) if isinstance(row, str) else row for row in rows]
    if len(rows) in (1, len(values)):
        return {"of": table}
    return {"of": table, "at": [rows[value] for value in values]}


def _story(facts: SheetFacts, cells: Sequence[Cell]) -> list[Json]:
    """What the open cell tells beside its prompt: label, column and kind.

    Kinds: `words` are searched by the filter, an `id` is set in another type, `plain` is neither.
    """
    params = ["\n".join(f"{name}: {value}" for name, value in each) for each in facts.params]
    is_draft = facts.campaign.is_draft
    told: list[tuple[str, str, Callable[[Cell], str]]] = [
        ("State", "words", _state),
        ("Notes", "words", lambda cell: "\n".join(cell.notes)),
        ("Charge", "plain", lambda cell: charge(cell, is_draft=is_draft)),
        ("Delivered", "plain", lambda cell: cell.day),
        ("Matched", "plain", lambda cell: "" if cell.how is None else HOW_WORDS[cell.how]),
        ("Other deliveries", "plain", _others),
        ("Parameters", "plain", lambda cell: params[cell.params]),
        ("Prediction", "id", lambda cell: cell.prediction),
        ("Attempt", "id", lambda cell: cell.attempt),
        ("Cell key", "id", lambda cell: cell.key),
        ("Picture, SHA-256", "id", lambda cell: cell.picture or ""),
    ]
    return [[label, _column([tell(cell) for cell in cells]), kind] for label, kind, tell in told]


def _state(cell: Cell) -> str:
    reason = why(cell)
    return STATE_WORDS[cell.state] + (f": {reason}" if reason else "")


def _others(cell: Cell) -> str:
    return f"{count(cell.others, 'more picture')}, paid for and kept" if cell.others else ""


def _renditions(cells: Sequence[Cell], links: Sequence[str]) -> dict[str, Json]:
    """Files derived from each master.

    `cells` holds for each cell rows of [kind, length, preview]; a kind is [size, pixels, flags,
    cut, tail]. The link is the cell's own link in the markup without its last `cut` characters,
    then `tail`: where files are named alike, ten thousand cells share a few kinds.
    """
    kinds: dict[_Kind, int] = {}
    rows: list[Json] = [
        [_rendition(each, link, kinds) for each in cell.renditions]
        for cell, link in zip(cells, links, strict=True)
    ]
    if not kinds:
        return {"kinds": [], "cells": []}
    table: list[Json] = [
        [visible(name), size, visible(flags), cut, tail] for name, size, flags, cut, tail in kinds
    ]
    return {"kinds": table, "cells": rows}


def _rendition(rendition: Rendition, link: str, kinds: dict[_Kind, int]) -> Json:
    size = pixels(PixelSize(rendition.width, rendition.height))
    cut, tail = _difference(link, href(rendition.link))
    kind = kinds.setdefault(
        (rendition.size, size, ", ".join(rendition.flags), cut, tail), len(kinds)
    )
    row: list[Json] = [kind, file_size(rendition.bytes)]
    return row if rendition.thumb is None else [*row, href(rendition.thumb)]


def _difference(link: str, other: str) -> tuple[int, str]:
    """How many characters to cut off `link` and what to put there to get `other`."""
    for shared in (link.rpartition(".")[0], link.rpartition("/")[0]):
        if other.startswith(shared):
            return len(link) - len(shared), other[len(shared) :]
    return len(link), other

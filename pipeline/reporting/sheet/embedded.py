"""The facts inside the page: what its script shows on demand and the markup does not hold already.

Not a format: page and script come from one program, and `sheet.json` is for everyone else. Columns
are kept small, since ten thousand cells are legal: `{"of": [...]}` holds one value for all cells or
one for each; with `at` it is a table and `at` says which row is whose.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

import orjson

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import Json
from pipeline.reporting.sheet.facts import (
    Cell,
    CellState,
    Original,
    Rendition,
    SheetFacts,
    SizeFacts,
    Vote,
)
from pipeline.reporting.sheet.links import Sources
from pipeline.reporting.sheet.view import MOST_TILES, Block, command
from pipeline.reporting.sheet.words import (
    STATE_WORDS,
    VERDICT_WORDS,
    charge,
    file_size,
    flags,
    matched,
    pixels,
    said,
    visible,
    why,
)
from pipeline.reporting.words import count

_UNSAFE = re.compile("[<>&\u2028\u2029]")
_Kind = tuple[str, int, int, tuple[str, ...], int, str]


def embed(
    facts: SheetFacts,
    blocks: Sequence[Block],
    *,
    digest: str,
    pictures: Mapping[str, str] | None = None,
) -> str:
    """Write the page's data block: JSON without a character that markup could trip over.

    Args:
        facts: of the sheet.
        blocks: as on the page; together they hold all cells in the order of `facts.cells`.
        digest: of `sheet.json`, hex.
        pictures: previews as data addresses by path; None for files beside the page.
    """
    cells, sources = facts.cells, Sources(pictures)
    links = [tile.link for block in blocks for tile in block.tiles]
    addresses = [cell.address for cell in cells]
    body: dict[str, Json] = {
        "campaign": visible(facts.campaign.name),
        "realm": visible(facts.campaign.realm),
        "sheet": digest,
        "marker": list(marker_size(digest)) if pictures is None and facts.kind == "sheet" else None,
        "run": command(facts),
        "words": {word.value: list(words) for word, words in VERDICT_WORDS.items()},
        "blocks": _blocks(facts, blocks),
        "address": {
            "set": _column([address.set for address in addresses]),
            "picture": _column([address.picture for address in addresses]),
            "variant": _column([address.variant for address in addresses]),
            "size": _column([address.size for address in addresses]),
            "take": _column([f"t{address.take}" for address in addresses]),
        },
        "state": _column([cell.state.value for cell in cells]),
        "change": _column([cell.change for cell in cells]),
        "prompts": [
            [[visible(part.text), part.origin] for part in prompt.parts] for prompt in facts.prompts
        ],
        "prompt": _column([cell.prompt for cell in cells]),
        "pixels": _column(["" if cell.pixels is None else pixels(cell.pixels) for cell in cells]),
        "key": _column([cell.key for cell in cells]),
        "shown": _column([_named(cell, is_beside=pictures is None) for cell in cells]),
        "charge": _column([cell.charge or 0 for cell in cells]),
        "reroll": _column([-1 if cell.reroll is None else cell.reroll for cell in cells]),
        "money": _money(facts),
        "sizes": [_size(size) for size in facts.campaign.sizes],
        "votes": {
            str(row): [_vote(vote) for vote in cell.votes]
            for row, cell in enumerate(cells)
            if cell.votes
        },
        "stale": {
            str(row): [_vote(vote) for vote in cell.stale]
            for row, cell in enumerate(cells)
            if cell.stale
        },
        "flags": {
            str(row): [[visible(flag.name), flag.weight] for flag in cell.flags]
            for row, cell in enumerate(cells)
            if cell.flags
        },
        "before": {
            str(row): [sources.thumb(cell.before.thumb), sources.link(cell.before.link)]
            for row, cell in enumerate(cells)
            if cell.before is not None
        },
        "story": _story(facts, cells),
        "renditions": _renditions(cells, links, sources),
    }
    text = orjson.dumps(body).decode()
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def marker_size(digest: str) -> tuple[int, int]:
    """Width and height of the picture `latest.svg` that stands for a sheet."""
    return 1 + int(digest[:4], 16) % _MOST_SIDE, 1 + int(digest[4:8], 16) % _MOST_SIDE


_MOST_SIDE = 16_000


def _shown(cell: Cell) -> str:
    """Digest of the picture that verdicts of this page are about; empty where none is shown."""
    return (cell.picture or "") if cell.state is CellState.DELIVERED else ""


def _named(cell: Cell, *, is_beside: bool) -> str | int:
    """The same, and 1 where the name of the preview beside the page says it: half a megabyte."""
    digest = _shown(cell)
    if is_beside and digest and cell.thumb is not None and cell.thumb.endswith(f"/{digest}.webp"):
        return 1
    return digest


def _vote(vote: Vote) -> Json:
    return [visible(vote.reviewer), vote.word.value, visible(vote.at)]


def _money(facts: SheetFacts) -> Json:
    book = facts.money
    return {
        "free": facts.campaign.is_draft,
        "need": facts.campaign.need,
        "charged": book.charged,
        "room": None if book.room is None else book.room - book.to_buy,
        "of": book.room_of,
        "variants": {visible(variant.id): variant.charged for variant in facts.variants},
    }


def _size(size: SizeFacts) -> Json:
    return [
        visible(size.name),
        size.size.width,
        size.size.height,
        size.fit,
        visible(size.of),
        None if size.safe is None else [round(side * 1000) for side in size.safe],
    ]


def _blocks(facts: SheetFacts, blocks: Sequence[Block]) -> list[Json]:
    groups = [
        group for group in facts.groups for _ in range(0, max(len(group.cells), 1), MOST_TILES)
    ]
    return [_block(block, group.original) for block, group in zip(blocks, groups, strict=True)]


def _block(block: Block, original: Original | None) -> Json:
    return {
        "title": block.name,
        "cells": len(block.tiles),
        "link": block.original_link,
        "px": None if original is None else [original.pixels.width, original.pixels.height],
        "focus": None if original is None or original.focus is None else list(original.focus),
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

    Kinds: `words` are searched by the filter, an `id` is set in another type, `plain` is neither;
    any other kind names a column of this page that has the value, so that it is not sent twice.
    """
    params = ["\n".join(f"{name}: {value}" for name, value in each) for each in facts.params]
    is_draft = facts.campaign.is_draft
    told: list[tuple[str, str, Callable[[Cell], str]]] = [
        ("State", "words", _state),
        ("Flags", "words", flags),
        ("Notes", "words", lambda cell: "\n".join(cell.notes)),
        ("Verdicts in git", "words", lambda cell: said(cell.votes)),
        ("Said of earlier pictures", "words", lambda cell: said(cell.stale)),
        ("Charge", "plain", lambda cell: charge(cell, is_draft=is_draft)),
        ("Delivered", "plain", attrgetter("day")),
        ("Matched", "plain", matched),
        ("Provenance", "plain", attrgetter("provenance")),
        ("Other deliveries", "plain", _others),
        ("Parameters", "plain", lambda cell: params[cell.params]),
        ("Prediction", "id", attrgetter("prediction")),
        ("Attempt", "id", attrgetter("attempt")),
        ("Cell key", "key", lambda _cell: ""),
        ("Picture, SHA-256", "shown", lambda cell: "" if _shown(cell) else cell.picture or ""),
    ]
    return [[label, _column([tell(cell) for cell in cells]), kind] for label, kind, tell in told]


def _state(cell: Cell) -> str:
    reason = why(cell)
    return STATE_WORDS[cell.state] + (f": {reason}" if reason else "")


def _others(cell: Cell) -> str:
    return f"{count(cell.others, 'more picture')}, paid for and kept" if cell.others else ""


def _renditions(cells: Sequence[Cell], links: Sequence[str], sources: Sources) -> dict[str, Json]:
    """Files derived from each master.

    `cells` holds for each cell rows of [kind, length, preview]; a kind is [size, pixels, flags,
    cut, tail]. The link is the cell's own link in the markup without its last `cut` characters,
    then `tail`: where files are named alike, ten thousand cells share a few kinds.
    """
    kinds: dict[_Kind, int] = {}
    rows: list[Json] = [
        _derived(cell.renditions, link, kinds, sources)
        for cell, link in zip(cells, links, strict=True)
    ]
    if not kinds:
        return {"kinds": [], "cells": []}
    table: list[Json] = [
        [visible(size), pixels(PixelSize(width, height)), visible(", ".join(flags)), cut, tail]
        for size, width, height, flags, cut, tail in kinds
    ]
    return {"kinds": table, "cells": rows}


def _derived(
    renditions: Sequence[Rendition], link: str, kinds: dict[_Kind, int], sources: Sources
) -> list[Json]:
    stem, folder = link.rpartition(".")[0], link.rpartition("/")[0]
    rows: list[Json] = []
    for each in renditions:
        other = sources.link(each.link)
        shared = stem if other.startswith(stem) else folder if other.startswith(folder) else ""
        cut, tail = len(link) - len(shared), other[len(shared) :]
        kind = (each.size, each.width, each.height, each.flags, cut, tail)
        row: list[Json] = [kinds.setdefault(kind, len(kinds)), file_size(each.bytes)]
        if each.thumb is not None and (thumb := sources.thumb(each.thumb)):
            row.append(thumb)
        rows.append(row)
    return rows

"""Facts as the page shows them: headings, tiles and tables with their words and links ready.

Everything here is plain text; the template escapes it. Links have been through `links.href`.
"""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.domain.campaign import ONLY_VARIANT
from pipeline.domain.money import ZERO, MicroUsd, format_usd
from pipeline.reporting.sheet.facts import (
    Cell,
    CellState,
    Group,
    MoneyFacts,
    PromptPart,
    SheetFacts,
    SizeFacts,
)
from pipeline.reporting.sheet.links import href
from pipeline.reporting.sheet.words import STATE_WORDS, pixels, visible, why
from pipeline.reporting.words import count

MOST_TILES = 120
"""Tiles in one block: what a browser lays out at once. Rows of 2 to 6, 8, 10 or 12 fill it."""


class Tile(NamedTuple):
    """One cell in the matrix.

    Attributes:
        css: classes.
        link: its master, or its prompt further down the page.
        thumb: link of the preview, or empty.
        state: in words, empty for a delivered picture.
        reason: what to know about the state, where no preview takes its place.
        label: what tells it from its neighbours.
        charge: what it cost, or empty.
    """

    css: str
    link: str
    thumb: str
    state: str
    reason: str
    label: str
    charge: str


@dataclass(frozen=True, slots=True)
class Block:
    """One source picture and its tiles, or a part of them where there are very many.

    Attributes:
        name: heading.
        note: what the heading adds.
        has_original: whether a source picture stands in front of the tiles.
        original_thumb: link of its preview, or empty.
        original_link: link of a copy, or empty.
        original_words: its caption.
    """

    name: str
    note: str
    has_original: bool
    original_thumb: str
    original_link: str
    original_words: str
    tiles: tuple[Tile, ...]


class Amount(NamedTuple):
    """A line of the money table; the note is a warning."""

    label: str
    amount: str
    note: str


class Choice(NamedTuple):
    """A value that the page can be filtered by."""

    value: str
    label: str
    cells: int


class PromptEntry(NamedTuple):
    """A prompt in the list below the pictures.

    Attributes:
        anchor: where it stands in full; `is_first` tells whether that is here.
        used: by how many pictures.
        sets: of these image sets; empty for text-to-image.
    """

    anchor: str
    is_first: bool
    parts: tuple[PromptPart, ...]
    used: str
    sets: str


@dataclass(frozen=True, slots=True)
class VariantView:
    """One variant: its line in the table and its prompts."""

    name: str
    anchor: str
    delivered: str
    bought: int
    charged: str
    prompts: tuple[PromptEntry, ...]


def blocks(facts: SheetFacts) -> tuple[Block, ...]:
    """The matrix, group by group, large groups cut into blocks of `MOST_TILES`."""
    label = _Label(facts)
    return tuple(block for group in facts.groups for block in _blocks(group, label))


def _blocks(group: Group, label: "_Label") -> Iterator[Block]:
    original = group.original
    tiles = [_tile(cell, label) for cell in group.cells]
    for start in range(0, max(len(tiles), 1), MOST_TILES):
        part = tiles[start : start + MOST_TILES]
        span = f", {start + 1} to {start + len(part)}" if len(tiles) > MOST_TILES else ""
        yield Block(
            name=(visible(f"{group.set} / {group.picture}") if group.set else "Pictures") + span,
            note=_progress(group.cells),
            has_original=original is not None,
            original_thumb=href(original.thumb) if original and original.thumb else "",
            original_link=href(original.link) if original and original.link else "",
            original_words=_original_words(group),
            tiles=tuple(part),
        )


def _original_words(group: Group) -> str:
    if group.original is None:
        return ""
    role = "Original and reference" if group.original.is_reference else "Original"
    return f"{role} \u00b7 {pixels(group.original.pixels)}"


def _progress(cells: Sequence[Cell]) -> str:
    if not cells:
        return "reference only, not edited itself"
    wanted = [cell for cell in cells if cell.state is not CellState.ORPHAN]
    done = sum(cell.state is CellState.DELIVERED for cell in wanted)
    return count(done, "picture") if done == len(wanted) else f"{done} of {len(wanted)} delivered"


class _Label:
    """Names cells by the axes along which this campaign's cells differ."""

    def __init__(self, facts: SheetFacts) -> None:
        addresses = [cell.address for cell in facts.cells]
        self._variants = {address.variant for address in addresses} != {ONLY_VARIANT}
        self._sizes = len({address.size for address in addresses}) > 1
        self._takes = any(address.take > 1 for address in addresses)

    def __call__(self, cell: Cell) -> str:
        address = cell.address
        words = [
            *([visible(address.variant)] if self._variants else []),
            *([visible(address.size)] if self._sizes else []),
            *([f"take {address.take}"] if self._takes else []),
        ]
        return " \u00b7 ".join(words) or "edit"


def _tile(cell: Cell, label: _Label) -> Tile:
    is_delivered = cell.state is CellState.DELIVERED
    has_note = cell.notes or any(rendition.flags for rendition in cell.renditions)
    thumb = href(cell.thumb) if cell.thumb else ""
    reason = "no preview" if is_delivered else visible(why(cell))
    return Tile(
        css=" ".join(
            [*([] if is_delivered else [cell.state.value]), *(["note"] if has_note else [])]
        ),
        link=href(cell.link) if cell.link else f"#p{cell.prompt}",
        thumb=thumb,
        state="" if is_delivered and thumb else STATE_WORDS[cell.state],
        reason="" if thumb else reason,
        label=label(cell),
        charge="" if cell.charge is None else format_usd(cell.charge),
    )


def counts(facts: SheetFacts) -> list[tuple[str, str]]:
    """The line of counts: number and word, delivered first, then what there is of the others."""
    found = Counter(cell.state for cell in facts.cells)
    wanted = len(facts.cells) - found[CellState.ORPHAN]
    line = [(f"{found[CellState.DELIVERED]:,} of {wanted:,}", "delivered")]
    for state, words in STATE_WORDS.items():
        if state is not CellState.DELIVERED and found[state]:
            line.append((f"{found[state]:,}", words[0].lower() + words[1:]))
    return line


def newest_day(facts: SheetFacts) -> str:
    """UTC date of the newest delivery; empty without one."""
    return visible(max((cell.day for cell in facts.cells), default=""))


def money(facts: SheetFacts) -> list[Amount]:
    """The money table. A draft's own book is play money; what the real run would cost is not."""
    book = facts.money
    images = f"{book.images:,}"
    if book.image_cap is not None:
        images += f" of {book.image_cap:,}"
    if facts.campaign.is_draft:
        return [
            Amount("Real run would cost", _usd(book.real_cost, "unknown"), ""),
            *_left("Would leave", book.real_left),
            Amount("Paid for the draft", format_usd(ZERO), ""),
            Amount("On the draft's own book", format_usd(book.charged), ""),
            Amount("Pictures drafted", images, ""),
        ]
    return [
        Amount("Cap", _usd(book.cap, "none"), ""),
        Amount("Charged", format_usd(book.charged), ""),
        Amount("Reserved", format_usd(book.reserved), ""),
        Amount("In doubt", format_usd(book.in_doubt), "may be charged" if book.in_doubt else ""),
        *_left("Left", book.left),
        Amount("Pictures bought", images, _over_images(book)),
    ]


def _usd(amount: MicroUsd | None, otherwise: str) -> str:
    return otherwise if amount is None else format_usd(amount)


def _left(label: str, left: MicroUsd | None) -> list[Amount]:
    if left is None:
        return []
    over = f"over the cap by {format_usd(MicroUsd(-left))}" if left < 0 else ""
    return [Amount(label, format_usd(left), over)]


def _over_images(book: MoneyFacts) -> str:
    if book.image_cap is None or book.images <= book.image_cap:
        return ""
    return f"over the cap by {book.images - book.image_cap:,}"


def choices(facts: SheetFacts) -> dict[str, list[Choice]]:
    """What the page can be filtered by: variant, size and state, in the order of the page."""
    cells = facts.cells
    by_state = Counter(cell.state for cell in cells)
    return {
        "variant": _counted([cell.address.variant for cell in cells]),
        "size": _counted([cell.address.size for cell in cells]),
        "state": [
            Choice(state.value, words, by_state[state])
            for state, words in STATE_WORDS.items()
            if by_state[state]
        ],
    }


def _counted(values: Sequence[str]) -> list[Choice]:
    return [Choice(visible(value), visible(value), n) for value, n in Counter(values).items()]


def variants(facts: SheetFacts) -> list[VariantView]:
    """Each variant with its money, its progress and the prompts that its cells were made from."""
    cells_of: dict[str, list[Cell]] = {variant.id: [] for variant in facts.variants}
    for cell in facts.cells:
        cells_of.setdefault(cell.address.variant, []).append(cell)
    money_of = {variant.id: variant for variant in facts.variants}
    shown: set[int] = set()
    views = []
    for number, (name, cells) in enumerate(cells_of.items()):
        wanted = [cell for cell in cells if cell.state is not CellState.ORPHAN]
        done = sum(cell.state is CellState.DELIVERED for cell in wanted)
        book = money_of.get(name)
        views.append(
            VariantView(
                name=visible(name),
                anchor=f"v{number}",
                delivered=f"{done:,} of {len(wanted):,}",
                bought=0 if book is None else book.bought,
                charged=format_usd(ZERO if book is None else book.charged),
                prompts=tuple(_entries(facts, cells, shown)),
            )
        )
    return views


def _entries(facts: SheetFacts, cells: Sequence[Cell], shown: set[int]) -> Iterator[PromptEntry]:
    sets_of: dict[int, Counter[str]] = {}
    for cell in cells:
        sets_of.setdefault(cell.prompt, Counter())[cell.address.set] += 1
    for index, sets in sets_of.items():
        yield PromptEntry(
            anchor=f"p{index}",
            is_first=index not in shown,
            parts=tuple(
                PromptPart(visible(part.text), part.origin) for part in facts.prompts[index].parts
            ),
            used=count(sets.total(), "picture"),
            sets=", ".join(visible(name) for name in sets if name),
        )
        shown.add(index)


def sizes(facts: SheetFacts) -> list[tuple[str, str]]:
    """What is delivered, as names and words, the master first."""
    master = ("master", f"{pixels(facts.campaign.master)}, as the provider delivers it")
    return [master, *((visible(size.name), _size_words(size)) for size in facts.campaign.sizes)]


def _size_words(size: SizeFacts) -> str:
    source = "the master" if size.native is None else f"a paid picture of {pixels(size.native)}"
    return f"{pixels(size.size)}, {visible(size.fit)}, {visible(size.format)}, from {source}"


def command(facts: SheetFacts) -> str:
    """The command that makes these pictures, or finds that there is nothing left to do."""
    draft = " --draft" if facts.campaign.is_draft else ""
    return f"campaign run {shlex.quote(visible(facts.campaign.name))}{draft}"

"""Facts as the page shows them: headings, tiles and tables with their words and links ready.

Everything here is plain text; the template escapes it. Links have been through `links.href`.
"""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.domain.campaign import ONLY_VARIANT
from pipeline.domain.money import ZERO, MicroUsd, format_usd
from pipeline.domain.plan import Address
from pipeline.domain.verdicts import Word
from pipeline.reporting.sheet.facts import (
    Cell,
    CellState,
    Change,
    Group,
    MoneyFacts,
    PromptPart,
    SheetFacts,
    SizeFacts,
)
from pipeline.reporting.sheet.links import Sources
from pipeline.reporting.sheet.words import (
    CHANGE_WORDS,
    STATE_WORDS,
    UNDECIDED,
    VERDICT_WORDS,
    badge,
    flag_title,
    pixels,
    visible,
    why,
)
from pipeline.reporting.words import brief, count

NEAR_PICTURES = 48
"""Pictures from the top that a browser asks for as soon as it likes; what follows waits, with
script, until it comes near. More than a first screen, and fewer than sixty requests."""
MOST_TILES = 120
"""Tiles in one block: what a browser lays out at once. Rows of 2 to 6, 8, 10 or 12 fill it."""
_MOST_OF_WHY = 160
"""Characters of a reason that a tile shows."""


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
        verdict: what is decided, or empty.
        badge: the same for people, or what was decided about an earlier picture.
        flags: how many flags it has.
        worst: severity of the worst one, or empty.
        flagged: all of them in words.
        change: what happened to it between two commits, or empty.
        before: link of the preview of what it was then, where that is another picture.
    """

    css: str
    link: str
    thumb: str
    state: str
    reason: str
    label: str
    charge: str
    verdict: str
    badge: str
    flags: int
    worst: str
    flagged: str
    change: Change
    before: str


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
        is_near: whether it begins within the first `NEAR_PICTURES`.
    """

    name: str
    note: str
    has_original: bool
    original_thumb: str
    original_link: str
    original_words: str
    is_near: bool
    tiles: tuple[Tile, ...]


class Amount(NamedTuple):
    """A line of the money table; the note is a warning, the id lets the script keep it true."""

    label: str
    amount: str
    note: str
    id: str = ""


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
    """One variant: its line in the table and its prompts.

    Attributes:
        each: charge per approved picture, or a dash.
        wasted: charged for rejected pictures.
    """

    name: str
    anchor: str
    delivered: str
    bought: int
    charged: str
    approved: int
    each: str
    wasted: str
    prompts: tuple[PromptEntry, ...]


class Decided(NamedTuple):
    """What verdicts come to, over some cells.

    Attributes:
        pictures: that a verdict can be about.
        decided: of these.
        approved: of these.
        wasted: charged for the rejected ones.
    """

    pictures: int
    decided: int
    approved: int
    wasted: MicroUsd


def blocks(facts: SheetFacts, pictures: Mapping[str, str] | None = None) -> tuple[Block, ...]:
    """The matrix, group by group, large groups cut into blocks of `MOST_TILES`.

    Args:
        facts: of the sheet.
        pictures: previews as data addresses, by path; None for files beside the page.
    """
    label, sources = _Label(facts), Sources(pictures)
    found: list[Block] = []
    shown = 0
    for group in facts.groups:
        found += _blocks(group, label, sources, shown=shown)
        shown += len(group.cells) + 1
    return tuple(found)


def _blocks(group: Group, label: "_Label", sources: Sources, *, shown: int) -> Iterator[Block]:
    original = group.original
    tiles = [_tile(cell, label, sources) for cell in group.cells]
    for start in range(0, max(len(tiles), 1), MOST_TILES):
        part = tiles[start : start + MOST_TILES]
        span = f", {start + 1} to {start + len(part)}" if len(tiles) > MOST_TILES else ""
        yield Block(
            name=(visible(f"{group.set} / {group.picture}") if group.set else "Pictures") + span,
            note=_progress(group.cells),
            has_original=original is not None,
            original_thumb=sources.thumb(original.thumb if original else None),
            original_link=sources.link(original.link if original else None),
            original_words=_original_words(group),
            is_near=shown + start < NEAR_PICTURES,
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
        self._words: dict[tuple[str, str, int], str] = {}
        addresses = [cell.address for cell in facts.cells]
        self._variants = {address.variant for address in addresses} != {ONLY_VARIANT}
        self._sizes = len({address.size for address in addresses}) > 1
        self._takes = any(address.take > 1 for address in addresses)

    def __call__(self, cell: Cell) -> str:
        address = cell.address
        kind = address[2:]
        if kind not in self._words:
            self._words[kind] = self._name(address)
        return self._words[kind]

    def _name(self, address: Address) -> str:
        words = [
            *([visible(address.variant)] if self._variants else []),
            *([visible(address.size)] if self._sizes else []),
            *([f"take {address.take}"] if self._takes else []),
        ]
        return " \u00b7 ".join(words) or "edit"


def _tile(cell: Cell, label: _Label, sources: Sources) -> Tile:
    is_delivered = cell.state is CellState.DELIVERED
    has_note = cell.notes or any(rendition.flags for rendition in cell.renditions)
    thumb = sources.thumb(cell.thumb)
    before = "" if cell.before is None else sources.thumb(cell.before.thumb)
    # A provider may say a page of why; the side panel has all of it.
    reason = "no preview" if is_delivered else brief(visible(why(cell)), _MOST_OF_WHY)
    return Tile(
        css=" ".join(
            [*([] if is_delivered else [cell.state.value]), *(["note"] if has_note else [])]
        ),
        link=sources.link(cell.link) or f"#p{cell.prompt}",
        thumb=thumb,
        state="" if is_delivered and thumb else STATE_WORDS[cell.state],
        reason="" if thumb else reason,
        label=label(cell),
        charge="" if cell.charge is None else format_usd(cell.charge),
        verdict=cell.verdict or "",
        badge=badge(cell),
        flags=len(cell.flags),
        worst=cell.flags[0].severity if cell.flags else "",
        flagged=visible(flag_title(cell)),
        change=cell.change,
        before="" if before == thumb else before,
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
    if facts.kind == "difference":
        return []
    images = f"{book.images:,}"
    if book.image_cap is not None:
        images += f" of {book.image_cap:,}"
    if facts.campaign.is_draft:
        # Not those that were asked for: a draft that failed cost nothing and is not there.
        drafted = sum(cell.state is CellState.DELIVERED for cell in facts.cells)
        return [
            Amount("Real run would cost", _usd(book.real_cost, "unknown"), ""),
            *_left("Would leave", book.real_left),
            Amount("Paid for the draft", format_usd(ZERO), ""),
            Amount("Play money on its book", format_usd(book.charged), ""),
            Amount("Pictures drafted", f"{drafted:,}", ""),
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


def decided(cells: Iterable[Cell]) -> Decided:
    """Add up what is decided about the pictures of some cells."""
    shown = [cell for cell in cells if cell.state is CellState.DELIVERED]
    words = Counter(cell.verdict for cell in shown if cell.verdict is not None)
    wasted = sum(cell.charge or 0 for cell in shown if cell.verdict is Word.REJECT)
    return Decided(len(shown), words.total(), words[Word.APPROVE], MicroUsd(wasted))


def review(facts: SheetFacts) -> list[Amount]:
    """The money that verdicts speak of; the script keeps these lines true while one reviews."""
    found = decided(facts.cells)
    lines = [Amount("Approved", f"{found.approved:,}", "", "approved")]
    if not facts.campaign.is_draft and facts.kind == "sheet":
        each = per_approved(facts.money.charged, found.approved)
        lines += [
            Amount("Per approved", each, "", "each"),
            Amount("On rejected", format_usd(found.wasted), "", "wasted"),
        ]
    return [*lines, Amount("Proposed rerolls", "none", "", "rerolls")]


def per_approved(charged: MicroUsd, approved: int) -> str:
    """All that was charged, for each picture that can be used; a dash where there is none.

    A mean, so it is rounded: up, to tenths of a cent.
    """
    if not approved:
        return NOTHING
    return format_usd(MicroUsd(-(-charged // (approved * _TENTH_CENT)) * _TENTH_CENT))


_TENTH_CENT = 1_000
NOTHING = "\N{EN DASH}"


def _over_images(book: MoneyFacts) -> str:
    if book.image_cap is None or book.images <= book.image_cap:
        return ""
    return f"over the cap by {book.images - book.image_cap:,}"


def choices(facts: SheetFacts) -> dict[str, list[Choice]]:
    """What the page can be filtered by, in the order of the page."""
    cells = facts.cells
    by_state = Counter(cell.state for cell in cells)
    by_change = Counter(cell.change for cell in cells)
    return {
        "change": [
            Choice(change, words, by_change[change])
            for change, words in CHANGE_WORDS.items()
            if by_change[change]
        ],
        "variant": _counted([cell.address.variant for cell in cells]),
        "size": _counted([cell.address.size for cell in cells]),
        "state": [
            Choice(state.value, words, by_state[state])
            for state, words in STATE_WORDS.items()
            if by_state[state]
        ],
        "flag": _flag_choices(cells),
        "verdict": _verdict_choices(cells),
    }


def _flag_choices(cells: Sequence[Cell]) -> list[Choice]:
    names = Counter(name for cell in cells for name in {flag.name for flag in cell.flags})
    if not names:
        return []
    flagged = sum(bool(cell.flags) for cell in cells)
    worst_first = sorted(names.items(), key=lambda item: (-item[1], item[0]))
    return [
        Choice("*", "any flag", flagged),
        *(Choice(visible(name), visible(name), number) for name, number in worst_first),
    ]


def _verdict_choices(cells: Sequence[Cell]) -> list[Choice]:
    """All of them, also those that nobody gave yet: the reviewer is about to."""
    shown = [cell for cell in cells if cell.state is CellState.DELIVERED]
    words = Counter("" if cell.verdict is None else cell.verdict for cell in shown)
    was = sum(cell.verdict is None and bool(cell.stale) for cell in cells)
    return [
        Choice("none", UNDECIDED, words[""]),
        *(Choice(word, said, words[word]) for word, (_, said) in VERDICT_WORDS.items()),
        Choice("stale", "decided before it changed", was),
    ]


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
        charged = ZERO if book is None else book.charged
        found = decided(cells)
        views.append(
            VariantView(
                name=visible(name),
                anchor=f"v{number}",
                delivered=f"{done:,} of {len(wanted):,}",
                bought=0 if book is None else book.bought,
                charged=format_usd(charged),
                approved=found.approved,
                each=per_approved(charged, found.approved),
                wasted=format_usd(found.wasted),
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
    return f"campaign run {shell_name(facts)}{draft}"


def shell_name(facts: SheetFacts) -> str:
    """Name of the campaign as a shell takes it."""
    return shlex.quote(visible(facts.campaign.name))

"""A contact sheet as PDF, to print and to mail: drawn from JPEG previews, which it holds unchanged.

Browsers unpack WebP when they print, so that a few hundred pictures become a hundred megabytes;
here they stay small. Same facts, previews and fonts give the same bytes.
"""

import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

from pipeline.adapters.fonts import Fonts
from pipeline.domain.money import format_usd
from pipeline.reporting.sheet import view
from pipeline.reporting.sheet.facts import Cell, CellState, Group, SheetFacts
from pipeline.reporting.sheet.words import STATE_WORDS, UNDECIDED, badge, pixels, visible, why
from pipeline.reporting.words import count

Preview = Callable[[str], bytes | None]
"""A preview as JPEG by its path on the sheet; None where there is none."""

_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 12.0
_COLUMNS: Final = 4
_GAP: Final = 4.0
_TILE: Final = (_WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) / _COLUMNS
_LINE: Final = 3.4
_CAPTION: Final = 4 * _LINE
_TOP: Final = 20.0
_BOTTOM: Final = _HEIGHT - 12.0
_HEADING: Final = 12.0
_SHAPES: Final = (0.6, 1.5)
"""Of a tile, height by width: wide banners and tall stories share one grid."""
_INK, _SOFT, _RULE, _TRAY, _WARN = 20, 96, 216, (243, 243, 240), (138, 75, 0)
_MOST_PROMPT: Final = 6_000
_BOX: Final = "\u25a1"
_PLAIN: Final = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2013": "-",
    "\u2014": "-",
    "\u2022": "\u00b7",
    "\u27e8": "<",
    "\u27e9": ">",
}
_CORE: Final = "Helvetica"
_OWN: Final = "sheet"


def draw_pdf(facts: SheetFacts, *, digest: str, preview: Preview, fonts: Fonts) -> bytes:
    """Draw a sheet.

    Args:
        facts: of the sheet.
        digest: SHA-256 of its `sheet.json`, hex.
        preview: gives its pictures.
        fonts: to set it in.
    """
    # Drawn without pictures first: only then is it known how many pages there are.
    pages = _drawn(facts, digest, fonts, lambda _name: None, total=0)[1]
    return _drawn(facts, digest, fonts, preview, total=pages)[0]


def _drawn(
    facts: SheetFacts, digest: str, fonts: Fonts, preview: Preview, *, total: int
) -> tuple[bytes, int]:
    """The document and how many pages it has; no document before it is known how many."""
    pdf = _Drawing(facts, digest, fonts, preview=preview, total=total).draw()
    try:
        return bytes(pdf.output()) if total else b"", pdf.pages_count
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


@dataclass(frozen=True, slots=True)
class _Tile:
    """What stands in one place of the grid: a picture or why there is none, and four lines.

    Attributes:
        strong: which line is set in bold; -1 for none.
    """

    thumb: str | None
    instead: str
    alt: str
    lines: tuple[str, ...]
    strong: int = -1


class _Sheet(FPDF):
    """Pages with a header; `pages_count` and all drawing come from the library."""

    def __init__(self, heading: str, total: int) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._heading = heading
        self._total = total
        self.family = _CORE
        self.shaped: Callable[[str], None] = lambda _text: None

    def header(self) -> None:
        """Campaign and sheet on the left, the page on the right."""
        self.set_font(self.family, size=7.5)
        self.set_text_color(_SOFT)
        self.set_xy(_MARGIN, 8)
        total = f" of {self._total}" if self._total else ""
        page = f"page {self.page_no()}{total}"
        self.shaped(self._heading)
        self.cell(_WIDTH - 2 * _MARGIN - 30, 5, self._heading)
        self.shaped(page)
        self.cell(30, 5, page, align="R")
        self.set_draw_color(_RULE)
        self.line(_MARGIN, 14, _WIDTH - _MARGIN, 14)
        self.set_text_color(_INK)
        self.set_xy(_MARGIN, _TOP)

    @property
    def pages_count(self) -> int:
        """Pages so far."""
        return len(self.pages)


class _Drawing:
    def __init__(
        self, facts: SheetFacts, digest: str, fonts: Fonts, *, preview: Preview, total: int
    ) -> None:
        self._facts = facts
        self._preview = preview
        self._has_boxes = False
        self._can_shape = False
        self._covered: frozenset[int] = frozenset(range(32, 256))
        campaign = facts.campaign
        kind = facts.title or "contact sheet"
        draft = "DRAFT, " if campaign.is_draft else ""
        self._pdf = pdf = _Sheet("", total)
        pdf.set_auto_page_break(auto=False)
        pdf.set_margin(_MARGIN)
        pdf.c_margin = 0
        self._use(fonts)
        text = f"{draft}{campaign.title} ({campaign.name}), {kind} {digest[:12]}"
        pdf._heading = self._short(text, _WIDTH - 2 * _MARGIN - 30, 7.5)  # noqa: SLF001 (our own)
        pdf.set_lang("en")
        pdf.set_title(visible(f"{campaign.title}: {kind}"))
        pdf.set_subject(f"sheet {digest}")
        pdf.set_creator("campaign-pipeline")
        pdf.set_creation_date(_day(view.newest_day(facts)))

    def _use(self, fonts: Fonts) -> None:
        pdf = self._pdf
        if fonts.regular is None:
            return
        pdf.add_font(_OWN, "", str(fonts.regular))
        pdf.add_font(_OWN, "B", str(fonts.bold or fonts.regular))
        covered = _characters(pdf, _OWN) & _characters(pdf, f"{_OWN}B")
        wanted = {ord(character) for text in _texts(self._facts) for character in text}
        more: list[str] = []
        for number, path in enumerate(fonts.others):
            if wanted <= covered:
                break
            name = f"more{number}"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of tables in fonts that nothing here needs
                pdf.add_font(name, "", str(path))
            found = _characters(pdf, name)
            if (wanted - covered) & found:
                more.append(name)
                covered |= found
        pdf.family = _OWN
        pdf.set_fallback_fonts(more, exact_match=False)
        self._can_shape = _can_shape()
        pdf.shaped = self._shape
        self._covered = frozenset(covered)

    # Text that can be drawn

    def _told(self, text: str) -> str:
        """Text on one line of which every character can be drawn."""
        line = " ".join(visible(text).split())
        return "".join(map(self._drawn, line))

    def _drawn(self, character: str) -> str:
        if ord(character) in self._covered:
            return character
        plain = _PLAIN.get(character) or unicodedata.normalize("NFKD", character)
        if all(ord(part) in self._covered for part in plain):
            return plain
        bare = "".join(part for part in plain if not unicodedata.combining(part))
        if bare and all(ord(part) in self._covered for part in bare):
            return bare
        self._has_boxes = True
        return _BOX if ord(_BOX) in self._covered else "?"

    def _short(self, text: str, width: float, size: float, *, bold: bool = False) -> str:
        """Text cut to a width, with a mark where it was cut."""
        pdf = self._pdf
        pdf.set_font(pdf.family, "B" if bold else "", size)
        line = self._told(text)
        self._shape(line)
        if pdf.get_string_width(line) <= width:
            return line
        mark = "\u2026" if 0x2026 in self._covered else "..."  # noqa: PLR2004 (the character)
        low, high = 0, len(line)
        while low < high:
            middle = (low + high + 1) // 2
            if pdf.get_string_width(line[:middle] + mark) <= width:
                low = middle
            else:
                high = middle - 1
        return line[:low].rstrip() + mark

    def _shape(self, line: str) -> None:
        """Join letters and set what runs from right to left, for lines that need it: it is slow."""
        if self._can_shape:
            self._pdf.set_text_shaping(use_shaping_engine=_needs_shaping(line))

    def _line(
        self, text: str, x: float, y: float, width: float, size: float, *, bold: bool = False
    ) -> None:
        line = self._short(text, width, size, bold=bold)
        self._pdf.set_xy(x, y)
        self._pdf.cell(width, size * 0.45, line)

    # Pages

    def draw(self) -> _Sheet:
        self._pdf.add_page()
        self._opening()
        for group in self._facts.groups:
            self._group(group)
        if not self._facts.groups:
            self._line("This campaign wants no pictures yet.", _MARGIN, self._pdf.y, 150, 10)
        self._prompts()
        self._about_boxes()
        return self._pdf

    def _opening(self) -> None:
        pdf, facts, campaign = self._pdf, self._facts, self._facts.campaign
        wide = _WIDTH - 2 * _MARGIN
        if campaign.is_draft:
            pdf.set_text_color(*_WARN)
            words = "Draft: made by the embedded engine. Nothing was bought."
            self._line(words, _MARGIN, _TOP - 2, wide, 9, bold=True)
            pdf.set_text_color(_INK)
        self._line(campaign.title, _MARGIN, _TOP + 4, wide, 18, bold=True)
        pdf.set_text_color(_SOFT)
        about = [campaign.name, campaign.model_title, campaign.owner, *campaign.tags]
        self._line(" \u00b7 ".join(filter(None, about)), _MARGIN, _TOP + 13, wide, 9)
        counts = " \u00b7 ".join(f"{number} {word}" for number, word in view.counts(facts))
        told = _wrapped(counts, 105)
        for number, text in enumerate(told):
            self._line(text, _MARGIN, _TOP + 18 + 4.5 * number, wide, 9)
        top = _TOP + 21.5 + 4.5 * len(told)
        amounts = [*view.money(facts), *view.review(facts)]
        for number, (label, amount, note, *_) in enumerate(amounts):
            x = _MARGIN + (number % _COLUMNS) * (_TILE + _GAP)
            y = top + (number // _COLUMNS) * 12
            pdf.set_text_color(_SOFT)
            self._line(label, x, y, _TILE, 7.5)
            pdf.set_text_color(_INK)
            self._line(amount, x, y + 3.6, _TILE, 11, bold=True)
            if note:
                pdf.set_text_color(*_WARN)
                self._line(note, x, y + 8.2, _TILE, 6.5)
                pdf.set_text_color(_INK)
        pdf.set_y(top + -(-len(amounts) // _COLUMNS) * 12 + 4)

    def _group(self, group: Group) -> None:
        master = self._facts.campaign.master
        shape = min(max(master.height / master.width, _SHAPES[0]), _SHAPES[1])
        tall = _TILE * shape + _CAPTION
        tiles = [*_original(group), *map(self._tile, group.cells)]
        for start in range(0, len(tiles), _COLUMNS):
            heading = _HEADING if start == 0 else 0.0
            if self._pdf.y + heading + tall > _BOTTOM:
                self._pdf.add_page()
            if start == 0:
                self._heading(group)
            y = self._pdf.y
            for column, tile in enumerate(tiles[start : start + _COLUMNS]):
                self._place(tile, _MARGIN + column * (_TILE + _GAP), y, _TILE * shape)
            self._pdf.set_y(y + tall + 2)

    def _heading(self, group: Group) -> None:
        name = f"{group.set} / {group.picture}" if group.set else "Pictures"
        is_first = self._pdf.y <= _TOP
        y = self._pdf.y + (0 if is_first else _HEADING - 8)
        self._line(name, _MARGIN, y, _WIDTH - 2 * _MARGIN, 10.5, bold=True)
        self._pdf.set_y(y + 7)

    def _tile(self, cell: Cell) -> _Tile:
        where = cell.address
        take = f" \u00b7 take {where.take}" if where.take > 1 else ""
        state = "" if cell.state is CellState.DELIVERED else STATE_WORDS[cell.state]
        paid = "" if cell.charge is None else format_usd(cell.charge)
        verdict = badge(cell).partition(" ")[2] if cell.verdict else badge(cell)
        if not verdict and cell.state is CellState.DELIVERED:
            verdict = UNDECIDED
        lines = (
            f"{where.variant} \u00b7 {where.size}{take}",
            " \u00b7 ".join(filter(None, (verdict, paid))),
            _flags(cell) or (state if cell.thumb else ""),
            str(where),
        )
        alt = f"{where}: {verdict or state}"
        strong = 1 if cell.verdict else -1
        return _Tile(cell.thumb, f"{state}\n{why(cell)}".strip(), alt, lines, strong)

    def _place(self, tile: _Tile, x: float, y: float, height: float) -> None:
        pdf = self._pdf
        pdf.set_fill_color(*_TRAY)
        pdf.rect(x, y, _TILE, height, style="F")
        jpeg = self._preview(tile.thumb) if tile.thumb else None
        if jpeg is not None:
            pdf.image(
                BytesIO(jpeg),
                x,
                y,
                _TILE,
                height,
                keep_aspect_ratio=True,
                alt_text=visible(tile.alt),
            )
        else:
            pdf.set_text_color(_SOFT)
            words = tile.instead or "no preview"
            for number, text in enumerate(_wrapped(words, 30)[:6]):
                self._line(text, x + 2, y + 2 + number * 3.6, _TILE - 4, 7, bold=number == 0)
        below = y + height + 1.2
        for number, text in enumerate(tile.lines):
            pdf.set_text_color(_INK if number < 2 else _SOFT)  # noqa: PLR2004 (what is told first)
            size = 5.5 if number == len(tile.lines) - 1 else 7
            self._line(text, x, below + number * _LINE, _TILE, size, bold=number == tile.strong)
        pdf.set_text_color(_INK)

    def _prompts(self) -> None:
        pdf = self._pdf
        used: dict[int, dict[str, None]] = {}
        for cell in self._facts.cells:
            used.setdefault(cell.prompt, {})[f"{cell.address.set} {cell.address.variant}"] = None
        if not used:
            return
        if pdf.y + 40 > _BOTTOM:
            pdf.add_page()
        y = pdf.y + 4
        self._line("Prompts", _MARGIN, y, 150, 12, bold=True)
        pdf.set_y(y + 9)
        pdf.set_auto_page_break(auto=True, margin=_HEIGHT - _BOTTOM)
        for index, names in used.items():
            pdf.set_font(pdf.family, "B", 8)
            pdf.set_x(_MARGIN)
            pdf.multi_cell(0, 4, self._told(", ".join(names)), new_x="LMARGIN", new_y="NEXT")
            pdf.set_font(pdf.family, "", 8)
            text = self._facts.prompts[index].text
            told = [self._told(line) for line in text[:_MOST_PROMPT].splitlines()]
            if len(text) > _MOST_PROMPT:
                told.append(f"and {count(len(text) - _MOST_PROMPT, 'character')} more")
            for line in told:
                self._shape(line)
                pdf.multi_cell(0, 4, line or " ", new_x="LMARGIN", new_y="NEXT", align=_side(line))
            pdf.ln(2)
        pdf.set_auto_page_break(auto=False)

    def _about_boxes(self) -> None:
        if not self._has_boxes:
            return
        pdf = self._pdf
        if pdf.y + 8 > _BOTTOM:
            pdf.add_page()
        pdf.set_text_color(_SOFT)
        mark = _BOX if ord(_BOX) in self._covered else "?"
        words = (
            f"A {mark} stands for a character that no font of the machine has on which this was"
            " made; the page and sheet.json have all of them."
        )
        self._line(words, _MARGIN, pdf.y + 2, _WIDTH - 2 * _MARGIN, 7.5)


def _day(newest: str) -> datetime:
    """The day of the newest picture: a document that is made again tomorrow is the same."""
    try:
        return datetime.fromisoformat(newest).replace(tzinfo=UTC)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)


def _characters(pdf: FPDF, font: str) -> set[int]:
    """Code points that an embedded font draws."""
    found = pdf.fonts[font]
    return set(found.cmap) if isinstance(found, TTFFont) else set()


def _original(group: Group) -> Iterator[_Tile]:
    original = group.original
    if original is None:
        return
    role = "original, reference" if original.is_reference else "original"
    name = f"{group.set}/{group.picture}"
    lines = (role, pixels(original.pixels), "", "")
    yield _Tile(original.thumb, "no preview", f"{role} of {name}", lines)


def _texts(facts: SheetFacts) -> Iterable[str]:
    """All that a sheet says, to know which characters it needs."""
    campaign = facts.campaign
    yield from (campaign.title, campaign.name, campaign.owner, campaign.model_title, facts.title)
    yield from campaign.tags
    yield from (prompt.text for prompt in facts.prompts)
    for cell in facts.cells:
        yield from (str(cell.address), cell.reason, *(flag.name for flag in cell.flags))


def _wrapped(text: str, width: int) -> Sequence[str]:
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in part.split():
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    return lines


def _side(line: str) -> str:
    """The side at which a line begins."""
    kinds = (unicodedata.bidirectional(character) for character in line)
    return "R" if next((kind for kind in kinds if kind in _STRONG), "L") != "L" else "L"


def _needs_shaping(line: str) -> bool:
    return not line.isascii() and any(
        unicodedata.bidirectional(character) in _SHAPED for character in line
    )


_SHAPED = frozenset({"R", "AL", "AN", "NSM"})
_STRONG = frozenset({"L", "R", "AL"})


def _flags(cell: Cell) -> str:
    names = ", ".join(flag.name for flag in cell.flags)
    return f"flags: {names}" if names else ""


def _can_shape() -> bool:
    """Whether scripts that join letters or run from right to left can be set."""
    try:
        import uharfbuzz  # noqa: F401, PLC0415 (with the extra)
    except ModuleNotFoundError:
        return False
    return True

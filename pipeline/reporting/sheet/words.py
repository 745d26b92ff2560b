"""Words and numbers for people, and text made visible."""

import re
from collections.abc import Mapping

from pipeline.domain.campaign import PixelSize
from pipeline.domain.money import format_usd
from pipeline.domain.receipts import MatchHow
from pipeline.domain.verdicts import Word
from pipeline.reporting.sheet.facts import Cell, CellState, Change, ChargeBasis, Vote

STATE_WORDS: Mapping[CellState, str] = {
    CellState.DELIVERED: "Delivered",
    CellState.WANTED: "Not bought yet",
    CellState.FAILED: "Failed",
    CellState.SHORT: "Paid, but did not arrive",
    CellState.ABSENT: "Not on this machine",
    CellState.DOUBT: "In doubt",
    CellState.BLOCKED: "Blocked",
    CellState.ORPHAN: "No longer wanted",
}
HOW_WORDS: Mapping[MatchHow, str] = {
    "assumed": "by its position in the delivery (assumed)",
    "content": "by its content",
    "person": "by a person",
}

VERDICT_WORDS: Mapping[Word, tuple[str, str]] = {
    Word.APPROVE: ("\N{CHECK MARK}", "approved"),
    Word.REJECT: ("\N{MULTIPLICATION X}", "rejected"),
    Word.REROLL: ("\N{CLOCKWISE OPEN CIRCLE ARROW}", "reroll"),
}
"""A sign and a word each, so that nothing is told by colour alone."""
UNDECIDED = "undecided"
CHANGE_WORDS: Mapping[Change, str] = {
    "new": "New",
    "changed": "Changed",
    "lost": "Lost",
    "stale": "Newly stale",
}

# Controls but tab and newline; embeddings, overrides and isolates that could swallow the text
# behind them; separators and marks that nobody sees; halves of characters that no file can hold.
# Joiners and left-to-right marks stay: emoji and right-to-left scripts need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_DELETE = 0x7F
_FIRST_PRINTED = 0x20
_KILO = 1000


def visible(text: str) -> str:
    """Show control characters and invisible marks instead of obeying them; newlines stay."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < _FIRST_PRINTED:
        return chr(0x2400 + code)
    return "\u2421" if code == _DELETE else f"\u27e8U+{code:04X}\u27e9"


def pixels(size: PixelSize) -> str:
    """A size in px as people write it, with a multiplication sign."""
    return f"{size.width}\u00a0\u00d7\u00a0{size.height}"


def file_size(count: int) -> str:
    """A length in bytes, rounded to three digits at most: `640 B`, `184 kB`, `2.2 MB`."""
    if count < _KILO:
        return f"{count} B"
    tenths, unit = (count + 50) // 100, "kB"
    if tenths >= 10 * _KILO:
        tenths, unit = (count + 50_000) // 100_000, "MB"
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth} {unit}" if whole < 10 and tenth else f"{(tenths + 5) // 10} {unit}"  # noqa: PLR2004 (ten)


def why(cell: Cell) -> str:
    """Why a cell shows no current picture, or what it would take to get one; may be empty."""
    if cell.quote is None:
        return cell.reason
    price = f"would cost {format_usd(cell.quote)}"
    return f"{cell.reason} ({price})" if cell.reason else price.capitalize()


def charge(cell: Cell, *, is_draft: bool) -> str:
    """What a cell cost and how sure that is; empty where nothing was paid."""
    if cell.charge is None:
        return ""
    amount = format_usd(cell.charge)
    if is_draft:
        return f"{amount} of play money; nothing was paid"
    if cell.basis is ChargeBasis.CONFIRMED:
        return f"{amount}, confirmed by billing"
    return f"{amount} as quoted, not yet confirmed by billing"


def badge(cell: Cell) -> str:
    """What is decided about a cell, or was about an earlier picture of it; may be empty."""
    if cell.verdict is not None:
        sign, word = VERDICT_WORDS[cell.verdict]
        return f"{sign} {word}"
    return f"was {VERDICT_WORDS[cell.stale[-1].word][1]}" if cell.stale else ""


def said(votes: tuple[Vote, ...]) -> str:
    """Votes, one a line."""
    return "\n".join(
        f"{VERDICT_WORDS[vote.word][1]} by {vote.reviewer}, {vote.at[:10]}"
        + (f": {vote.note}" if vote.note else "")
        for vote in votes
    )


def flag_title(cell: Cell) -> str:
    """The flags of a cell in one line; empty without any."""
    return "; ".join(
        f"{flag.name}: {flag.words}" if flag.words else flag.name for flag in cell.flags
    )


def flags(cell: Cell) -> str:
    """What the checks say about a cell, one flag a line; that nobody checked it is said too."""
    if cell.picture is None or cell.state is not CellState.DELIVERED:
        return ""
    if not cell.is_checked:
        return "not checked: `campaign status --flags` checks it"
    found = [
        f"{flag.severity}: {flag.name}{f', {flag.words}' if flag.words else ''}"
        for flag in cell.flags
    ]
    return "\n".join(found) or "none"


def matched(cell: Cell) -> str:
    """How the picture came to its cell, and how sure that is."""
    if cell.how is None:
        return ""
    sure = f", {cell.confidence}\u00a0% sure" if cell.confidence is not None else ""
    return HOW_WORDS[cell.how] + sure

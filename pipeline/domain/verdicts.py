"""Verdicts: lines in which reviewers say what becomes of a picture, and what these come to.

One JSON object a line, the first line of a file being `{"verdicts": 1, "campaign": …}`. Format 2
has one word more, `clear`, which a program that reads format 1 would not understand and must not
skip; so a file names the lowest format that can say what is in it (`format_of`), and teams whose
programs differ read each other's files for as long as nobody takes a verdict back.

A verdict is bound to a cell key and to the digest of the picture that the reviewer saw, so it never
outlives a changed picture; the address is a label. Lines are never edited: whoever changes her mind
adds one. The same line in two files counts once, and the order of lines and files does not matter.
"""

import enum
import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pipeline.domain.fingerprint import CellKey, Json, Sha256, canonical
from pipeline.domain.history import Delivery, History
from pipeline.domain.moment import moment

VERDICTS_FORMAT: Final = 2
"""The highest that is read and written."""
MOST_NOTE: Final = 2_000
"""Characters of a note."""
MOST_NAME: Final = 80
"""Characters of a reviewer's name."""
MOST_TAKES: Final = 10_000
"""Highest take that a reroll can ask for."""
_MOST_ADDRESS = 1_000
_FIRST_YEAR = 2000
_MOST_FOLDER = 60


class Word(enum.StrEnum):
    """What a reviewer can say."""

    APPROVE = "approve"
    REJECT = "reject"
    REROLL = "reroll"
    CLEAR = "clear"
    """Takes back what the same reviewer said about this picture before; counts for nothing."""


_FIRST_FORMAT: Mapping[Word, int] = {
    Word.APPROVE: 1,
    Word.REJECT: 1,
    Word.REROLL: 1,
    Word.CLEAR: 2,
}
"""The format that brought a word."""
_CAUTION: Mapping[Word, int] = {Word.APPROVE: 0, Word.CLEAR: 1, Word.REROLL: 2, Word.REJECT: 3}
"""Of two that count alike the more cautious one counts: an approval delivers, a reroll costs."""


class Verdict(NamedTuple):
    """What one reviewer said about one picture.

    Attributes:
        cell: key of the cell that the picture serves.
        picture: digest of the picture that was looked at.
        word: what is to become of it.
        reviewer: who says so.
        at: when, UTC, ISO, seconds.
        address: where the cell was then, for people.
        note: in the reviewer's words; may be empty.
        take: of a reroll, the take that it asks for; None otherwise, and for a reroll that nobody
            has given a take yet.
    """

    cell: CellKey
    picture: Sha256
    word: Word
    reviewer: str
    at: str
    address: str
    note: str = ""
    take: int | None = None

    @property
    def about(self) -> "About":
        """The picture that it speaks of, as its cell's."""
        return About(self.cell, self.picture)


class About(NamedTuple):
    """A picture in the service of a cell: what a verdict is bound to."""

    cell: CellKey
    picture: Sha256


class VerdictError(ValueError):
    """A line that is no verdict of its format; the message says what is wrong with it."""


class LaterFormatError(VerdictError):
    """A file of a format that this program does not read; a newer one wrote it."""


# The format


def format_of(verdicts: Iterable[Verdict]) -> int:
    """The lowest format that has the words of all these verdicts."""
    return max((_FIRST_FORMAT[verdict.word] for verdict in verdicts), default=1)


def header(campaign: str, *, version: int = 1) -> str:
    """The first line of a file, without its newline; the number of the format stands first.

    Args:
        campaign: whose verdicts follow.
        version: from `format_of`.
    """
    name = canonical({"campaign": campaign}).removeprefix("{")
    return f'{{"verdicts":{version},{name}'


def write(verdict: Verdict) -> str:
    """One line, without its newline; `reader` is the way back."""
    return canonical(body(verdict))


def body(verdict: Verdict) -> dict[str, Json]:
    """A verdict as JSON; what is empty is left out."""
    parts: dict[str, Json] = {
        "verdict": verdict.word.value,
        "cell": verdict.cell,
        "picture": verdict.picture,
        "address": verdict.address,
        "reviewer": verdict.reviewer,
        "at": verdict.at,
    }
    if verdict.note:
        parts["note"] = verdict.note
    if verdict.take is not None:
        parts["take"] = verdict.take
    return parts


class Header(NamedTuple):
    """The first line of a file.

    Attributes:
        version: of its format.
        campaign: whose verdicts these are, as it was called then.
        reviewer: of the lines that name none; empty where the file leaves it to them.
    """

    version: int
    campaign: str
    reviewer: str = ""


def read_header(line: Mapping[str, Any]) -> Header:
    """The first line of a file; the format is looked at before anything else.

    Raises:
        LaterFormatError: a newer program wrote it.
        VerdictError: it is no first line of a file of verdicts.
    """
    version = line.get("verdicts")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise VerdictError('the first line is not `{"verdicts": 1, "campaign": "NAME"}`')
    if version not in _READERS:
        raise LaterFormatError(f"format {version}")
    reviewer = line.get("reviewer", "")
    if reviewer != "":
        reviewer = clean_name(_text(line, "reviewer"))
    return Header(version, _text(line, "campaign"), reviewer)


Reader = Callable[[Mapping[str, Any], str], Verdict]


def reader(of: Header) -> Reader:
    """What reads the lines of a file: from a parsed line and who speaks where it does not say so.

    It raises `VerdictError` for a line that is none.
    """
    return _READERS[of.version]


def _read_1(line: Mapping[str, Any], reviewer: str) -> Verdict:
    return _read(line, reviewer, version=1)


def _read_2(line: Mapping[str, Any], reviewer: str) -> Verdict:
    return _read(line, reviewer, version=2)


def _read(line: Mapping[str, Any], reviewer: str, *, version: int) -> Verdict:
    word = _word(line, version)
    note = _text(line, "note", default="")
    if len(note) > MOST_NOTE:
        raise VerdictError(f"`note` is longer than {MOST_NOTE:,} characters")
    address = _text(line, "address", default="")
    if len(address) > _MOST_ADDRESS:
        raise VerdictError(f"`address` is longer than {_MOST_ADDRESS:,} characters")
    said = clean_name(_text(line, "reviewer", default=reviewer))
    return Verdict(
        cell=CellKey(_matching(line, "cell", _CELL, "a cell key such as `c1-4f0d…`")),
        picture=Sha256(_matching(line, "picture", _DIGEST, "64 hex digits")),
        word=word,
        reviewer=said,
        at=_moment(_text(line, "at")),
        address=address,
        note=note,
        take=_take(line, word),
    )


_READERS: Mapping[int, Reader] = {1: _read_1, 2: _read_2}
_CELL = re.compile(r"c[1-9]\d{0,3}-[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _word(line: Mapping[str, Any], version: int) -> Word:
    said = _text(line, "verdict")
    known = {word.value: word for word in Word if _FIRST_FORMAT[word] <= version}
    if said in known:
        return known[said]
    later = next((word for word in Word if word.value == said), None)
    if later is not None:
        first = f'`{{"verdicts": {_FIRST_FORMAT[later]}, …}}`'
        raise VerdictError(f"`{said}` is a word of files that begin with {first}")
    raise VerdictError(f"`verdict` is none of {', '.join(f'`{word}`' for word in known)}")


def _text(line: Mapping[str, Any], key: str, *, default: str | None = None) -> str:
    if key not in line and default is None:
        raise VerdictError(f"`{key}` is missing")
    value = line.get(key, default)
    if not isinstance(value, str):
        raise VerdictError(f"`{key}` is not text")
    if any(unicodedata.category(character) == "Cs" for character in value):
        raise VerdictError(f"`{key}` has a character that no file can hold")
    return value


def _matching(line: Mapping[str, Any], key: str, form: re.Pattern[str], what: str) -> str:
    value = _text(line, key)
    if form.fullmatch(value) is None:
        raise VerdictError(f"`{key}` is not {what}")
    return value


def _moment(text: str) -> str:
    """A moment as it is stored; pages and editors write theirs with other zones and fractions."""
    try:
        when = datetime.fromisoformat(text)
        stored = moment(when)
    except (ValueError, OverflowError):
        raise VerdictError("`at` is not a moment such as `2026-11-22T09:30:00Z`") from None
    if when.tzinfo is None:
        raise VerdictError("`at` has no zone; UTC ends with `Z`")
    # Years of fewer digits would not sort as text does.
    if when.year < _FIRST_YEAR:
        raise VerdictError(f"`at` is before the year {_FIRST_YEAR}")
    return stored


def _take(line: Mapping[str, Any], word: Word) -> int | None:
    take = line.get("take")
    if take is None:
        return None
    if word is not Word.REROLL:
        raise VerdictError(f"`take` is for rerolls, and this is `{word}`")
    # JSON of other programs may write 2.0, and true is a whole number to Python.
    if not isinstance(take, int) or isinstance(take, bool) or not 1 < take <= MOST_TAKES:
        raise VerdictError(f"`take` is not a whole number from 2 to {MOST_TAKES:,}")
    return take


# Reviewers


def clean_name(name: str) -> str:
    """A reviewer's name as it is stored: Unicode NFC, single spaces.

    Raises:
        VerdictError: it is empty or too long, or holds what nobody can see.
    """
    tidy = " ".join(filter(None, unicodedata.normalize("NFC", name).split(" ")))
    if not tidy:
        raise VerdictError("`reviewer` is empty")
    if len(tidy) > MOST_NAME:
        raise VerdictError(f"`reviewer` is longer than {MOST_NAME} characters")
    if any(unicodedata.category(c) in _UNSEEN for c in tidy):
        raise VerdictError("`reviewer` has a character that nobody can see")
    return tidy


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def folder_name(reviewer: str) -> str:
    """A reviewer's name as part of a path, on any system: never empty, hidden, or a way out.

    Two names may share a folder, which does no harm: each line says whose it is.
    """
    folded = unicodedata.normalize("NFKC", reviewer).casefold()
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in folded)
    safe = re.sub(r"-{2,}", "-", safe)[:_MOST_FOLDER].strip("-.")
    return f"reviewer-{safe}".rstrip("-") if not safe or _RESERVED.fullmatch(safe) else safe


def _who(reviewer: str) -> str:
    """What makes two names one person's."""
    return reviewer.casefold()


# What they come to


class Ruling(NamedTuple):
    """What all reviewers together say about one picture of a cell.

    Attributes:
        word: what counts; None while it is undecided.
        votes: the verdict of each reviewer that counts, by name; of those who took theirs back
            none.
        missing: approvals that an undecided picture still needs.
        asks: takes that rerolls among the votes ask for.
        asked: the same with rerolls that their reviewers took back.
    """

    word: Word | None
    votes: tuple[Verdict, ...]
    missing: int
    asks: frozenset[int]
    asked: frozenset[int]


def resolve(verdicts: Iterable[Verdict], *, need: int = 1) -> Mapping[About, Ruling]:
    """Add verdicts up, picture by picture.

    Of each reviewer the newest verdict about a picture counts; of two of one second a reject
    outranks a reroll, that a clear, and that an approval. A clear leaves its reviewer without a
    verdict. Over all reviewers the same order holds: one reject or reroll outweighs any number of
    approvals, and without either `need` approvals approve.

    Args:
        verdicts: in any order, any number of times.
        need: reviewers who have to approve, 1 or more.
    """
    by_picture: dict[About, list[Verdict]] = {}
    for verdict in verdicts:
        by_picture.setdefault(verdict.about, []).append(verdict)
    return {about: _ruling(said, need) for about, said in by_picture.items()}


def _ruling(said: Sequence[Verdict], need: int) -> Ruling:
    newest: dict[str, Verdict] = {}
    for verdict in said:
        known = newest.get(_who(verdict.reviewer))
        if known is None or _age(verdict) > _age(known):
            newest[_who(verdict.reviewer)] = verdict
    votes = tuple(newest[who] for who in sorted(newest) if newest[who].word is not Word.CLEAR)
    loudest = max((vote.word for vote in votes), key=_CAUTION.__getitem__, default=Word.APPROVE)
    missing = 0
    word: Word | None = loudest
    if loudest is Word.APPROVE:
        missing = max(0, need - len(votes))
        word = None if missing else loudest
    return Ruling(word, votes, missing, _takes(votes), _takes(said))


def _age(verdict: Verdict) -> tuple[str, int, str]:
    # The line itself decides what else is equal, so that no order of reading does.
    return verdict.at, _CAUTION[verdict.word], write(verdict)


def _takes(verdicts: Iterable[Verdict]) -> frozenset[int]:
    return frozenset(v.take for v in verdicts if v.word is Word.REROLL and v.take is not None)


def asked_for(ruling: Ruling, *, is_bought: Callable[[int], bool]) -> int | None:
    """The one take that all rerolls of one picture come to, None where there is none to want.

    Two reviewers on two branches may have asked for different takes of what is one wish: what was
    bought already serves it, else the lowest. A reroll that was taken back is no wish any more, but
    what it bought by then stays wanted: it is paid for, and somebody wants to compare.

    Args:
        ruling: of the picture.
        is_bought: whether a take of this shot has been paid for, or may have been.
    """
    bought = sorted(filter(is_bought, ruling.asked))
    return next(iter((*bought, *sorted(ruling.asks))), None)


def current(
    deliveries: Sequence[Delivery],
    rulings: Mapping[About, Ruling],
    *,
    cell: CellKey,
    pinned: Sha256 | None = None,
) -> Delivery:
    """Which of several deliveries of one cell is the one that counts.

    The pinned one, else one that is approved and not rejected, else the earliest, else the one of
    the lowest digest.

    Args:
        deliveries: of the cell, at least one; the earliest first, of equal moments the lowest
            digest, as `History.deliveries` has them.
        rulings: from `resolve`.
        cell: whose deliveries these are.
        pinned: digest of the picture that the manifest pins for this cell.
    """
    for delivery in deliveries:
        if delivery.output.sha256 == pinned:
            return delivery
    for delivery in deliveries:
        ruling = rulings.get(About(cell, delivery.output.sha256))
        if ruling is not None and ruling.word is Word.APPROVE:
            return delivery
    return deliveries[0]


def current_first(
    history: History,
    rulings: Mapping[About, Ruling],
    *,
    pinned: Mapping[CellKey, Sha256] = MappingProxyType({}),
) -> History:
    """The history with the current delivery of each cell before its others.

    Receipts alone put the earliest first; verdicts and pins may choose another one of several.

    Args:
        history: as receipts add up.
        rulings: from `resolve`.
        pinned: by cell, the picture that the manifest pins.

    Returns:
        The same object where nothing changes.
    """
    moved: dict[CellKey, tuple[Delivery, ...]] = {}
    for cell in {*pinned, *(about.cell for about in rulings)}:
        known = history.deliveries.get(cell, ())
        if len(known) > 1:
            chosen = current(known, rulings, cell=cell, pinned=pinned.get(cell))
            if chosen is not known[0]:
                moved[cell] = (chosen, *(other for other in known if other is not chosen))
    return replace(history, deliveries={**history.deliveries, **moved}) if moved else history


def standing(
    rulings: Mapping[About, Ruling], pictures: Mapping[CellKey, Sha256]
) -> Mapping[CellKey, Word]:
    """What is decided about the current picture of each cell; undecided cells are left out.

    Args:
        rulings: from `resolve`.
        pictures: the current picture of each cell that has one.
    """
    found: dict[CellKey, Word] = {}
    for cell, picture in pictures.items():
        ruling = rulings.get(About(cell, picture))
        if ruling is not None and ruling.word is not None:
            found[cell] = ruling.word
    return found


def stale(
    rulings: Mapping[About, Ruling], pictures: Mapping[CellKey, Sha256]
) -> list[tuple[About, Ruling]]:
    """What was said about pictures that are not current any more, by address; to show only."""
    found = [
        (about, ruling)
        for about, ruling in rulings.items()
        if ruling.votes and pictures.get(about.cell) != about.picture
    ]
    return sorted(found, key=lambda item: (item[1].votes[0].address, item[0]))


def without_known(verdicts: Iterable[Verdict], known: Container[Verdict]) -> list[Verdict]:
    """Those that are not there yet, each once, by address and moment."""
    new = {verdict for verdict in verdicts if verdict not in known}
    return sorted(new, key=lambda v: (v.address, v.at, v.reviewer, write(v)))


MEANINGS: Final[Mapping[str, str]] = {
    "V001": "a reviewer's name that cannot be one",
    "V002": "a file of verdicts that cannot be read at all",
    "V003": "a line that is no verdict",
    "V004": "verdicts in a format that this program does not read",
    "V005": "verdicts of another campaign",
    "V006": "a verdict about a cell that nobody knows",
    "V007": "verdicts of several reviewers, or of another one than was said",
    "V008": "a verdict from the future",
    "V009": "a selection that nothing meets now",
    "V010": "a selection in which nothing has a picture yet",
    "V011": "two verdicts about one picture in one breath",
    "V012": "a stored verdict that cannot be read",
    "V013": "stored verdicts in a format that this program does not read",
    "V014": "stored verdicts with the markers of an unresolved merge",
    "V015": "rerolls for which a cap has no room",
    "V016": "a contact sheet that cannot be served",
    "V017": "a delivery into a folder that the program owns",
    "V018": "a delivery into something that is no folder",
    "V019": "a delivery in a size that nobody declares",
    "V020": "a delivery of which nothing is approved",
    "V021": "a delivery over another file",
    "V022": "a delivery over a foreign table",
    "V023": "a page with its pictures inside that is large",
    "V024": "a page with its pictures inside that would be too large",
    "V025": "a PDF without what draws it",
    "V026": "a difference of pictures that are not in git",
    "V027": "a verdict to be taken back that its reviewer never gave",
}
"""One line a code."""

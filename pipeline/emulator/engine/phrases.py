"""Finds the phrases of the lexicon in a text: which, where, and in which colour."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.emulator.engine import grammar
from pipeline.emulator.engine.colours import PATTERN as COLOUR
from pipeline.emulator.engine.entry import Entry
from pipeline.emulator.engine.lexicon import ENTRIES

_GAP = (
    r"(?: the| a| an)?"
    r"(?P<gap{n}>(?: (?!(?:and|or|with|but|in|on|at|to|of|the|a)\b)[\w'&]+){{0,2}}?)"
)
_HOLDS = {
    "blur": "scene",
    "grade": "grade",
    "light": "season",
    "plain": "gloss",
    "studio": "gloss",
    "podium": "gloss",
}
"""Slots whose phrases may have one of another slot between their words: `glossy`, `autumn`."""
FINISHES = frozenset(
    (
        "matte",
        "matt",
        "glossy",
        "gloss",
        "shiny",
        "satin",
        "metallic",
        "velvet",
        "silk",
        "leather",
        "suede",
        "tweed",
        "wool",
        "lace",
        "corduroy",
        "sequin",
        "linen",
        "cotton",
        "denim",
        "lacquered",
    )
)
"""Of cloth and wares; they stand before a colour and are told, since only the colour changes."""
_FINISH = f"(?P<gap{{n}}>(?: (?:{'|'.join(sorted(FINISHES))}))?)"

ORDINARY = grammar.FILLERS | grammar.SUBJECTS
"""Words that carry no order."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase of the lexicon, found in one sentence at `start` to `end`."""

    entry: Entry
    start: int
    end: int
    colour: str
    gaps: tuple[tuple[int, int], ...]


def _expanded(pattern: str) -> re.Pattern[str]:
    numbers = iter(range(99))
    gaps = {"~": _GAP, "%": _FINISH}
    body = re.sub("[~%]", lambda at: gaps[at.group()].format(n=next(numbers)), pattern)
    # A pattern may name the colour once only; alternatives without it fall back to a default.
    body = body.replace("{colour}", f"(?P<colour>{COLOUR})").replace("{any}", f"(?:{COLOUR})")
    return re.compile(rf"(?<![\w#])(?:{body})(?!\w)")


@functools.cache
def _rules() -> tuple[tuple[Entry, re.Pattern[str]], ...]:
    """All phrases, made with the first prompt: no other command needs them."""
    return tuple((entry, _expanded(p)) for entry in ENTRIES for p in entry.patterns)


@functools.cache
def vocabulary() -> frozenset[str]:
    """Words of all phrases: between two words of one they are understood: `warm EVENING light`."""
    return frozenset(
        word
        for entry in ENTRIES
        for pattern in entry.patterns
        for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"\\.|\{\w+\}", " ", pattern))
    )


def is_known(word: str) -> bool:
    """Whether a word is one of those that this engine reads, or passes over; lower case."""
    return word in ORDINARY or word in vocabulary()


def hits_in(text: str) -> list[Hit]:
    """Every phrase found, longest first where they overlap, then in text order."""
    found: list[Hit] = []
    for entry, rule in _rules():
        for match in rule.finditer(text):
            names = match.groupdict()
            gaps = tuple(match.span(name) for name in names if name.startswith("gap"))
            found.append(Hit(entry, *match.span(), names.get("colour") or "", gaps))
    # A named colour is worth more than any length: `seamless SAND COLOURED STUDIO`.
    found.sort(key=lambda hit: (not hit.colour, hit.start - hit.end, hit.start))
    kept: list[Hit] = []
    for hit in found:
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    kept += [inner for hit in kept for inner in _hits_in_gaps(text, hit)]
    return sorted(kept, key=lambda hit: hit.start)


def _hits_in_gaps(text: str, hit: Hit) -> Iterator[Hit]:
    """What a phrase holds between its words besides its manner: a blurred CITY background."""
    if hit.entry.slot not in _HOLDS:
        return
    for start, end in hit.gaps:
        for inner in hits_in(text[start:end]) if start < end else ():
            if inner.entry.slot == _HOLDS[hit.entry.slot]:
                yield replace(inner, start=inner.start + start, end=inner.end + start, gaps=())

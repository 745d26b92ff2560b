"""A prompt as plain text: every character stays at its place, so that clauses can be quoted."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_MOST_CLAUSE = 120
_SPLIT = re.compile(
    r"[,;:()]|\b(?:and|with|plus|then|but|while|in|on|against|under|onto|into|featuring|wearing)\b"
)
_SPACES = '-\u2010\u2011\u2013\u2014/"\u201c\u201d\u201e\u00ab\u00bb\xa0'
_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def readable(words: str) -> str:
    """Every character that is no letter, mark, number, sign or space becomes a space."""
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in _UNREADABLE else " " for c in words
    )


def plain(sentence: str) -> str:
    """Lower case, hyphens and quotes as spaces; every character stays at its place."""
    sentence = sentence.replace("->", "to").replace("=>", "to")
    swaps = str.maketrans({**dict.fromkeys(_SPACES, " "), "\u2019": "'", "\u2018": "'"})
    lowered = (c.lower() if len(c.lower()) == 1 else c for c in sentence)
    return "".join(lowered).translate(swaps)


def hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Put zeros where something was understood already; all else stays at its place."""
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def short(clause: str) -> str:
    """A clause as it is quoted: one line, cut where it is long."""
    clause = " ".join(clause.split())
    return clause if len(clause) <= _MOST_CLAUSE else f"{clause[: _MOST_CLAUSE - 1]}…"


def clauses(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Part a text at commas and joining words, but not within an understood phrase."""
    start = 0
    for match in _SPLIT.finditer(text):
        if not inside(match.span(), spans):
            yield start, match.start()
            start = match.start()
    yield start, len(text)


def words_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each word between two places begins and ends."""
    for match in re.finditer(r"[^\W_][\w'&#]*", text[start:end]):
        yield start + match.start(), start + match.end()


def inside(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Whether a span lies within one of the others."""
    return any(start <= span[0] and span[1] <= end for start, end in others)

"""Words in quotation marks that are to be set on the picture, and how they are led in."""

import re
from collections.abc import Callable, Iterator, Sized
from typing import Literal

from pipeline.emulator.engine import grammar

MOST = 80
"""Characters of lettering."""

_QUOTED = re.compile(
    r'"([^"\n]{1,400})"|“([^“”\n]{1,400})”|„([^„“”\n]{1,400})[“”]|«([^«»\n]{1,400})»'
    r"|(?<!\w)\u2018([^\u2018\n]{1,400}?)\u2019(?!\w)|(?<!\w)'([^'\n]{1,400}?)'(?!\w)"
    r"|「([^「」\n]{1,400})」"
)
_CAPITALS = re.compile(
    r"\b(?:words?|text|headline|title|slogan|caption|tagline|saying|says|reading|reads|lettering)"
    r"(?: that (?:says|reads))?:?[^\S\n]+"
    r"(?P<said>[A-Z0-9][A-Z0-9&'%!?+-]+(?:[^\S\n]+[A-Z0-9&%!?+-][A-Z0-9&'%!?+-]*)*)(?![\w'])"
)
"""Words without marks that stand out as lettering does: in capitals, called so in small letters."""
_ALTERED = re.compile(
    r"\b(?:replac|chang|remov|eras|delet|swap|translat|edit)\w* (?:the |this |its |that |our )?"
    r"(?:\w+ ){0,2}?(?:text|words?|lettering|sign|title|headline|caption|label|slogan|logo)\b"
    r"[^.;\n]*$"
)
Place = Literal["", "top", "bottom"]
_PLACED = re.compile(
    r"\b(?:at|on|in|across|along|near) (?:the )?(?:very )?(?:(?P<top>top|upper|head)|"
    r"bottom|lower|foot)(?! (?:shelf|floor))\b"
)
_AROUND = 40
_ASKED = re.compile(
    rf"\b(?:{grammar.TEXT_WORDS}|add|put|write|set|with)(?:\s+(?:the|that|which|a|an|is|it|in|of|"
    rf"large|small|big|bold|on|white|black|gold|red|words?|text))*\s*[:,]?\s*$"
)
_CALLED = re.compile(rf"\b{grammar.TEXT_WORDS}\b")
_BEFORE = 60
_KEPT = re.compile(rf"\b{grammar.KEEP_VERBS}(?!\w)[^.,;\n]*$")
_STAYS = re.compile(rf"^[^.,;\n]*\b{grammar.UNCHANGED}\b")
LEAD = re.compile(
    rf"(?:(?:\b(?:with|add|adding|put|set|write|place|show|include)\b )?(?:(?:the|a|an|some) )?"
    rf"(?:\w+ ){{0,2}}?\b{grammar.TEXT_WORDS}\b(?: \w+){{0,2}}?[\s:,]*\0+"
    r"|\b(?:add|put|set|write|with)\s+\0+)"
    r"(?:[\s,]*(?:in|at|on|across|along|as) (?:the |a |an )?(?:very )?"
    r"(?:large |big |bold |white |lower |upper |elegant |clean |serif |sans serif )*"
    r"(?:bottom|top|foot|bold|white|capitals|caps|text|letters|lettering|font|type|headline|title|"
    r"caption|banner|third)\b(?: of the (?:image|picture|photo|frame))?){0,3}"
)
"""How lettering is led in, in lower-case text in which the letters themselves are blanks."""


def quoted(words: str) -> Iterator[tuple[int, int, str, bool]]:
    """Quotations that may be lettering: where each begins and ends with its marks, and its words.

    The last says whether they are called words, a title, a sign or the like; quotation marks after
    `add` or `with` alone may hold an order as well.

    What stands on a label that is to stay is no lettering, nor is a word in quotation marks that
    nobody asks to see. Capitals after `the words` need no marks.
    """
    marked = []
    for match in _QUOTED.finditer(words):
        marked.append(match.span())
        text = next(part for part in match.groups() if part is not None)
        asked = _ASKED.search(_before(words, match.start()))
        if text.strip() and asked and not _is_there(words, *match.span()):
            yield *match.span(), " ".join(text.split()), bool(_CALLED.search(asked.group()))
    for match in _CAPITALS.finditer(words):
        start, end = match.span("said")
        is_loud = re.search(r"[A-Z]{2}", match["said"])
        is_marked = any(first < end and start < last for first, last in marked)
        if is_loud and not is_marked and not _is_there(words, start, end):
            yield start, end, " ".join(match["said"].split()), True


def place_of(words: str, start: int, end: int) -> Place:
    """Where lettering is to stand, from the words around it; empty where they say nothing."""
    before = re.split(r"[.;\n]", words[max(0, start - _AROUND) : start])[-1]
    after = re.split(r"[.;\n]", words[end : end + _AROUND])[0]
    placed = _PLACED.search(after.lower()) or _PLACED.search(before.lower())
    if placed is None:
        return ""
    return "top" if placed["top"] else "bottom"


def _before(words: str, start: int) -> str:
    return words[max(0, start - _BEFORE) : start].lower()


def _is_there(words: str, start: int, end: int) -> bool:
    """Whether the words are on the picture already, to stay or to be altered."""
    before = _before(words, start)
    is_kept = _KEPT.search(before) or _STAYS.search(words[end:].lower())
    return bool(is_kept or _ALTERED.search(before))


def is_known(text: str, hits: Callable[[str], Sized]) -> bool:
    """Whether quoted words are an order in quotation marks: `add "golden hour" light`."""
    return bool(len(hits(text))) and len(text.split()) <= 2  # noqa: PLR2004 (a phrase, no slogan)

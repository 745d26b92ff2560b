"""Words in quotation marks that are to be set on the picture, and how they are led in."""

import re
from collections.abc import Callable, Iterator, Sized

from pipeline.emulator.engine import grammar

MOST = 80
"""Characters of lettering."""

_QUOTED = re.compile(
    r'"([^"\n]{1,400})"|“([^“”\n]{1,400})”|„([^„“”\n]{1,400})[“”]|«([^«»\n]{1,400})»'
    r"|(?<!\w)\u2018([^\u2018\n]{1,400}?)\u2019(?!\w)|(?<!\w)'([^'\n]{1,400}?)'(?!\w)"
    r"|「([^「」\n]{1,400})」"
)
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
    r"(?:[\s,]*(?:in|at|on|across|along|as) (?:the |a |an )?(?:large |big |bold |white |lower )*"
    r"(?:bottom|foot|bold|white|capitals|caps|text|letters|lettering|font|type|headline|title|"
    r"caption|banner|third)\b){0,2}"
)
"""How lettering is led in, in lower-case text in which the letters themselves are blanks."""


def quoted(words: str) -> Iterator[tuple[int, int, str, bool]]:
    """Quotations that may be lettering: where each begins and ends with its marks, and its words.

    The last says whether they are called words, a title, a sign or the like; quotation marks after
    `add` or `with` alone may hold an order as well.

    What stands on a label that is to stay is no lettering, nor is a word in quotation marks that
    nobody asks to see.
    """
    for match in _QUOTED.finditer(words):
        text = next(part for part in match.groups() if part is not None)
        before = words[max(0, match.start() - _BEFORE) : match.start()].lower()
        is_kept = _KEPT.search(before) or _STAYS.search(words[match.end() :].lower())
        asked = _ASKED.search(before)
        if text.strip() and asked and not is_kept:
            yield *match.span(), " ".join(text.split()), bool(_CALLED.search(asked.group()))


def is_known(text: str, hits: Callable[[str], Sized]) -> bool:
    """Whether quoted words are an order in quotation marks: `add "golden hour" light`."""
    return bool(len(hits(text))) and len(text.split()) <= 2  # noqa: PLR2004 (a phrase, no slogan)

"""Finding out whether a prompt says how many pictures to make.

The plan says that itself, in the words each model needs, and pays for exactly as many; a prompt
that also counts makes the model give fewer, more, or one picture in several panels.

What counts as counting: a number (or `several`, `a series of`, …) of pictures that a making verb
asks for (`create three images`), that opens the prompt (`4 photos of …`), that the result comes as
(`as a set of five shots`), any number of variations, versions or outputs, and one picture `for
each` something. What does not: people and things (`keep the two people`), the pictures that are
sent (`the two images`, `image 1`), and pictures in the picture (`put 3 photos on the wall`), as
long as no making verb stands right before them.
"""

import functools
import re

_NUMBER = (
    r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    r"|several|multiple|various|numerous|many|different|a\s+few|a\s+couple\s+of|a\s+pair\s+of"
    r"|a\s+dozen)"
)
_GROUP = r"(?:series|set|sequence|batch|collection)\s+of"
_COUNT = rf"(?:{_NUMBER}|an?\s+{_GROUP}(?:\s+{_NUMBER})?)"
# Words between number and noun that describe; prepositions, units and the like end the phrase.
_WORDS = (
    r"(?:(?!(?:of|in|on|at|with|without|from|for|and|or|to|the|an?|by|as|that|who|into|like|people"
    r"|persons|mm|cm|px|mp|inch|inches|percent|degrees?)\b)[a-z][a-z-]*,?\s+){0,3}?"
)
_PICTURES = (
    r"(?:images|pictures|photos|photographs|pics|shots|variations|variants|versions|renders"
    r"|renderings|renditions|outputs|results|options|alternatives|takes|visuals)"
)
_PICTURE = r"(?:image|picture|photo|photograph|shot|variation|version|render|output|visual)"
# One of these is in every phrase that can be found; looking for them first is many times faster.
_STEMS = (
    *("image", "picture", "photo", "pic", "shot", "varia", "version", "render", "rendition"),
    *("output", "result", "option", "alternative", "take", "visual", "iteration"),
)
_ALTERNATIVES = r"(?:variations|variants|versions|renditions|iterations|outputs)"
_MAKING = (
    r"(?:generate|create|make|produce|render|output|return|deliver|provide|give\s+(?:me|us)"
    r"|(?:i|we)\s+(?:want|need))"
)
_ABOUT = r"(?:(?:exactly|precisely|at\s+least|at\s+most|up\s+to|about|another|a\s+total\s+of)\s+)?"
_PLACED = r"(?!\s+(?:on|above|behind|hanging|pinned|taped|framed|printed)\b)"

_GIVEN = r"(?P<given>\b(?:the|these|those|both|all|its|their|his|her|our|your)\s+)?"
_ONE = r"(?:one|1|a\s+single)"
_EACH = r"(?:per\b|for\s+(?:each|every)\b)"

_ANYWHERE = (
    rf"\b{_MAKING}\s+{_ABOUT}{_COUNT}\s+{_WORDS}{_PICTURES}\b",
    rf"\b(?:generate|create|produce|output|return)\s+(?:only\s+)?{_ONE}\s+{_WORDS}{_PICTURE}\b",
    rf"\b(?:as|in|into)\s+an?\s+{_GROUP}\s+{_WORDS}{_PICTURES}\b",
    rf"\b{_GROUP}\s+{_NUMBER}\s+{_WORDS}{_PICTURES}\b{_PLACED}",
    rf"{_GIVEN}\b{_NUMBER}\s+{_WORDS}{_ALTERNATIVES}\b",
    rf"\b(?:{_ONE}|an?|a\s+separate)\s+{_WORDS}{_PICTURE}\s+{_EACH}",
    r"\b(?:number|count)\s+of\s+(?:images|pictures|photos|outputs)\b",
)
_DRINK = r"(?!\s+of\s+(?:espresso|coffee|vodka|tequila|whisky|whiskey|rum|gin|liquor)\b)"
_OPENS = r"(?=\s*(?:of\b|showing\b|from\b|[,:;.!-]|\Z))"
_AT_START = rf"\A\s*{_COUNT}\s+{_WORDS}{_PICTURES}\b{_DRINK}{_OPENS}"


def find_count(text: str, *, is_value: bool = False) -> str | None:
    """The words that say how many pictures to make, as they stand in the text, if there are any.

    Args:
        text: a prompt with its placeholders, or a value of one.
        is_value: whether it is a value, which begins in the middle of a sentence.
    """
    folded = text.casefold()
    if not any(stem in folded for stem in _STEMS):
        return None
    for found in _expression(is_value=is_value).finditer(text):
        if found["given"] is None:
            return found[0].strip()
    return None


@functools.cache
def _expression(*, is_value: bool) -> re.Pattern[str]:
    # Built when first used: compiling it takes longer than reading most manifests.
    alternatives = _ANYWHERE if is_value else (_AT_START, *_ANYWHERE)
    return re.compile("|".join(alternatives), re.IGNORECASE)

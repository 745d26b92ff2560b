"""Characters that no manifest may hold: nobody sees them, and they would travel into prompts."""

import re
import unicodedata

STAND_IN = "\N{REPLACEMENT CHARACTER}"
"""What a bad character is read as, so that the rest of the text keeps its places."""

# Controls but tab and line breaks; direction marks, embeddings, overrides and isolates; separators
# that YAML takes for line breaks and editors do not; byte order marks inside the text; what is left
# of letters that a program lost; lone surrogates (what Python makes of bytes that are not UTF-8).
_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffd-\uffff]+"
)
_SURROGATES = range(0xD800, 0xE000)
_RAW_BYTES = range(0xDC80, 0xDD00)
_RAW_BYTE_OFFSET = 0xDC00
_OWN_NAMES = {
    0x00: "NUL character U+0000",
    0x1B: "escape character U+001B",
    0xFEFF: "byte order mark U+FEFF inside the text",
}


def find(text: str) -> list[tuple[int, str]]:
    """Offset and first character of each run of bad characters, in order."""
    return [(found.start(), found[0][0]) for found in _BAD.finditer(text)]


def other_encoding(text: str) -> str | None:
    """The encoding that a text really has, None where it is probably UTF-8.

    Args:
        text: decoded as UTF-8, with lone surrogates for bytes that are none.
    """
    for mark, name in _MARKS:
        if text.startswith(mark):
            return name
    beginning = text[:_BEGINNING]
    nulls = beginning.count("\0")
    if nulls * 3 < len(beginning) or not nulls:
        return None
    return "UTF-16" if nulls * 3 < len(beginning) * 2 else "UTF-32"


_BEGINNING = 64
"""Characters in which every second one is NUL if the text is UTF-16 without a mark."""
# The longer marks first: UTF-32 begins like UTF-16.
_MARKS = (
    ("\udcff\udcfe\0\0", "UTF-32"),
    ("\0\0\udcfe\udcff", "UTF-32"),
    ("\udcff\udcfe", "UTF-16"),
    ("\udcfe\udcff", "UTF-16"),
)


def masked(text: str) -> str:
    """The text with a stand-in for every bad character; as long as before."""
    return _BAD.sub(lambda found: STAND_IN * len(found[0]), text)


def describe(character: str, more: int) -> tuple[str, str, str]:
    """What, why and fix for a bad character.

    Args:
        character: the first one of a line or value.
        more: how many more there are in it.
    """
    point = ord(character)
    others = f", and {more} more like it" if more else ""
    if point in _RAW_BYTES:
        return (
            f"byte 0x{point - _RAW_BYTE_OFFSET:02X} is not UTF-8 text{others}",
            "manifests are UTF-8; this was probably a letter in some older encoding",
            "save the file as UTF-8",
        )
    if character == STAND_IN:
        return (
            f"replacement character U+FFFD{others}",
            "some other program lost a letter here, and this would be sent in its place",
            "write the word anew",
        )
    return (
        f"{_name(character)}{others}",
        "nobody can see it in review, and it would travel into prompts and names",
        "delete it; writing the words around it anew is the surest way",
    )


def _name(character: str) -> str:
    point = ord(character)
    if point in _OWN_NAMES:
        return _OWN_NAMES[point]
    if point in _SURROGATES:
        return f"half a character, U+{point:04X}"
    official = unicodedata.name(character, "")
    kind = "invisible character" if official else "control character"
    return f"{kind} U+{point:04X}" + (f" ({official.lower()})" if official else "")

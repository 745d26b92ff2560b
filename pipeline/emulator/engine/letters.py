"""Which letters can be set on a picture.

The one font that comes along has Latin, Greek, Cyrillic, Chinese, Japanese and Korean letters. It
joins no Arabic ones, knows no direction but left to right, and has nothing for India's scripts:
better no word than a wrong one.
"""

import unicodedata

_RANGES = (
    (0x0020, 0x007E),
    (0x00A1, 0x024F),
    (0x0370, 0x03FF),
    (0x0400, 0x045F),
    (0x0490, 0x0491),
    (0x1EA0, 0x1EF9),
    (0x2013, 0x2014),
    (0x2018, 0x201E),
    (0x2022, 0x2022),
    (0x2026, 0x2026),
    (0x20AC, 0x20AC),
    (0x3001, 0x3002),
    (0x300C, 0x300D),
    (0x3041, 0x3093),
    (0x30A1, 0x30FC),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
)


def drawable(text: str) -> str:
    """A text without what cannot be set, spaces made single."""
    kept = (c if _has_glyph(c) else " " for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(kept).split())


def is_drawable(text: str) -> bool:
    """Whether all letters of a text can be set, and at least one; emoji may be left out."""
    composed = unicodedata.normalize("NFC", text)
    letters = [c for c in composed if unicodedata.category(c)[0] in "LMN"]
    return bool(letters) and all(_has_glyph(c) for c in letters)


def _has_glyph(character: str) -> bool:
    code = ord(character)
    return any(low <= code <= high for low, high in _RANGES)

"""Fonts of this machine, for documents that carry their own: found by the names of their files.

The package brings none: one that draws every script takes tens of megabytes. What no font here can
draw is shown as a box, and whoever makes a document says so in it.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_FOLDERS: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
_TEXT: Final = (
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
    ("arial.ttf", "arialbd.ttf"),
)
_OTHERS: Final = (
    "DejaVuSans.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoNaskhArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "NotoSansJP-Regular.otf",
    "NotoSansKR-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "Arial Unicode.ttf",
    "msgothic.ttc",
    "unifont.ttf",
)
_MOST_FILES = 20_000


class Fonts(NamedTuple):
    """Fonts that can be embedded.

    Attributes:
        regular: file of the one that text is set in; None where this machine has none.
        bold: the same in bold; None where there is none.
        others: files of fonts for characters that it lacks, in the order to ask them.
    """

    regular: Path | None
    bold: Path | None
    others: tuple[Path, ...]


def find_fonts(folders: Sequence[str] = _FOLDERS) -> Fonts:
    """Look for fonts that we know, in the places where systems keep them."""
    there = _files(folders)
    regular = bold = None
    for plain, strong in _TEXT:
        if plain in there:
            regular, bold = there[plain], there.get(strong)
            break
    others = tuple(there[name] for name in _OTHERS if name in there and there[name] != regular)
    return Fonts(regular, bold, others)


def _files(folders: Sequence[str]) -> Mapping[str, Path]:
    found: dict[str, Path] = {}
    for folder in folders:
        for path, _, names in os.walk(Path(folder).expanduser()):
            for name in names:
                found.setdefault(name, Path(path, name))
            if len(found) > _MOST_FILES:
                return found
    return found

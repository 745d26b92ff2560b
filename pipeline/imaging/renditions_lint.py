"""Measure finished files for rules that only pixels can answer: white borders, and how full."""

from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from pipeline.imaging import loading, memory, pixels

_WHITE = (255, 255, 255)
_PURE = 253
"""From here on a value counts as pure white: JPEG does not hold 255 to the last."""
_PAPER = 16
"""What differs from white by less is paper and shadow, not product."""
_PER_MILLE, _PER_CENT = 1000, 100


def measure(path: Path) -> tuple[int, int]:
    """How far a picture is from standing on white.

    Returns:
        Per mille of the pixels along the four edges that are not pure white, rounded up; and per
        cent of the width or height, whichever is more, between the outermost pixels that are not
        white. A picture that is all white is filled to 0.

    Raises:
        UnreadablePictureError: it cannot be read.
    """
    with loading.opened(path) as file:
        found = loading.header(file)
        with memory.ROOM.taken(memory.to_decode(found)), loading.damage_explained():
            picture = pixels.flatten(pixels.to_srgb(loading.decode(file)), _WHITE)
            return _off_white(picture), _fill(picture)


def _off_white(picture: pyvips.Image) -> int:
    wide, high = picture.width, picture.height
    edges = (
        picture.crop(0, 0, wide, 1),
        picture.crop(0, high - 1, wide, 1),
        picture.crop(0, 0, 1, high),
        picture.crop(wide - 1, 0, 1, high),
    )
    darkest: list[Any] = [np.asarray(edge.numpy()).reshape(-1, 3).min(axis=1) for edge in edges]
    values = np.concatenate(darkest)
    off = int((values < _PURE).sum())
    return -(-off * _PER_MILLE // len(values))


def _fill(picture: pyvips.Image) -> int:
    trimmed: Any = picture.find_trim(background=list(_WHITE), threshold=_PAPER)
    _, _, wide, high = (int(part) for part in trimmed)
    return max(wide * _PER_CENT // picture.width, high * _PER_CENT // picture.height)

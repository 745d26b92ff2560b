"""How much an edit changed, by arithmetic alone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.checks.colour import (
    Bytes8,
    Lab,
    difference,
    halved,
    planes,
    shrunk,
    soft,
    to_lab,
)

VERSION = 3
"""Raised whenever the same pictures would get other numbers."""

_SIDE = 192
_ENOUGH = 768
_MOST_CHANGED = 99.0


class Change(NamedTuple):
    """Numbers of an edit and its source.

    Attributes:
        most: colour difference of the most changed hundredth of the picture, delta E, at the
            framing that differs least; a copy that was saved again stays below 4 or so.
    """

    most: float


def measure(edit: Bytes8, source: Bytes8) -> Change:
    """Compare an edit with its source, stretched, cropped or padded to the edit's shape.

    Args:
        edit: [h, w, 3] uint8.
        source: as above, of any shape.
    """
    edit, source = _smaller(edit), _smaller(source)
    height, width = _fitting(edit.shape[0], edit.shape[1])
    seen = _even(edit, height, width)
    framings = [source, _cropped(source, width / height)]
    return Change(most=min(most_changed(seen, _even(one, height, width)) for one in framings))


def most_changed(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The colour difference that all but a hundredth of two pictures stays below, delta E."""
    return float(np.percentile(difference(one, other), _MOST_CHANGED))


def _smaller(rgb: Bytes8) -> Bytes8:
    """A copy from which the small ones are made."""
    return halved(planes(rgb), _ENOUGH).transpose(1, 2, 0)


def _even(rgb: Bytes8, height: int, width: int) -> Lab:
    """Lab of a small copy without grain and JPEG noise."""
    small = np.clip(np.rint(shrunk(rgb, height, width)), 0, 255).astype(np.uint8)
    return soft(to_lab(small))


def _fitting(height: int, width: int) -> tuple[int, int]:
    scale = _SIDE / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _cropped(rgb: Bytes8, ratio: float) -> Bytes8:
    """The middle of a picture, in another shape."""
    height, width = rgb.shape[:2]
    wide, high = min(width, round(height * ratio)), min(height, round(width / ratio))
    left, top = (width - wide) // 2, (height - high) // 2
    return rgb[top : top + max(1, high), left : left + max(1, wide)]

"""Where a picture draws the eye, for crops that no author has given a focal point."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging import loading, pixels
from pipeline.imaging.loading import MAX_PIXELS
from pipeline.imaging.thumbnail import small_copy

_SIDE = 128
_WHITE = (255, 255, 255)
_CENTRE = (500, 500)
_EDGE_SHARE = 25  # the border is one part in 25 of each side
_STRIKING = 80
_BLUR = 1.5
_FAINT = 1.0  # a difference in Lab that nobody sees
_PER_MILLE = 1000

_Array = NDArray[Any]


def attention_point(original: Path, *, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Find the middle of what stands out: by colour from the border, and by detail.

    Half way between the centre of mass of the fifth that differs most from the border's colour, and
    that of the edges. The most striking single point, which libvips' attention crop goes round, is
    no good for this: on photographs of one product or person it is a cap or a cuff, near the border
    as often as not, and the crop cuts the subject.

    To be asked of the original input, not of the edit: a busy new background would win.

    Returns:
        Whole per mille of the displayed width and height; the centre where nothing stands out.

    Raises:
        UnreadablePictureError: the picture cannot be read.
    """
    with loading.opened(original) as file:
        small = pixels.flatten(small_copy(file, side=_SIDE, max_pixels=max_pixels), _WHITE)
    smooth = small.colourspace("lab").gaussblur(_BLUR)
    lab: _Array = np.asarray(smooth.numpy(), np.float64)
    height, width = lab.shape[:2]
    apart = np.linalg.norm(lab - _border_colour(lab), axis=2)
    apart[apart < max(_FAINT, float(np.percentile(apart, _STRIKING)))] = 0
    detail = np.hypot(*(_slope(lab[:, :, 0], axis) for axis in (0, 1)))
    found = [_middle(weights) for weights in (apart**2, detail)]
    points = [point for point in found if point is not None]
    if not points:
        return _CENTRE
    across, down = np.mean(points, axis=0)
    return int(across * _PER_MILLE / width), int(down * _PER_MILLE / height)


def _border_colour(lab: _Array) -> _Array:
    height, width = lab.shape[:2]
    rows, columns = max(1, height // _EDGE_SHARE), max(1, width // _EDGE_SHARE)
    strips = lab[:rows], lab[-rows:], lab[:, :columns], lab[:, -columns:]
    colour: _Array = np.median(np.concatenate([s.reshape(-1, 3) for s in strips]), axis=0)
    return colour


def _slope(light: _Array, axis: int) -> _Array:
    if light.shape[axis] == 1:
        return np.zeros_like(light)
    slope: _Array = np.gradient(light, axis=axis)
    return slope


def _middle(weights: _Array) -> tuple[float, float] | None:
    """Centre of mass in px, the middle of the first pixel being 0.5; None where nothing weighs."""
    total = float(weights.sum())
    height, width = weights.shape
    if total <= _FAINT:
        return None
    across = float(weights.sum(axis=0) @ (np.arange(width) + 0.5)) / total
    down = float(weights.sum(axis=1) @ (np.arange(height) + 0.5)) / total
    return across, down

"""How a source picture looks: sharpness, light, and how much of it the subject fills."""

from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.domain.look import Look
from pipeline.imaging import loading, pixels
from pipeline.imaging.loading import MAX_PIXELS
from pipeline.imaging.thumbnail import small_copy

SIDE = 480
"""Longest side of the copy that is measured, px. Below an eighth of a 12-megapixel photograph, so
that a JPEG is decoded at that scale; what cannot be seen at this size is not judged. Whoever
changes how anything here is measured raises `LOOK_VERSION`."""

_EVERY = 2  # every second pixel and line say as much about light and outlines
_TILE = 32
_SHARPEST = 90
_LEAST_VARIANCE = 25.0  # of a picture that shows next to nothing
_WHITE = (255, 255, 255)
_MOST = 255
_PER_MILLE = 1000
_EDGE_SHARE = 25  # the border is one part in 25 of each side
_PLAIN_SHARE = 0.9
_LIKE_BACKGROUND = 24
_UNLIKE_BACKGROUND = 40
_LEAST_OF_A_LINE = 0.02

_Array = NDArray[Any]


def look(path: Path, *, max_pixels: int = MAX_PIXELS) -> Look:
    """Measure one picture.

    Sharpness is the 90th percentile of the variance of the Laplacian over tiles, so that a plain
    background does not count, in per mille of the whole picture's variance, so that exposure does
    not. Smaller pictures are enlarged first, since they hold no more detail than that.

    Raises:
        UnreadablePictureError: the picture cannot be read or its pixels are damaged.
    """
    with loading.opened(path) as file:
        small = pixels.flatten(small_copy(file, side=SIDE, max_pixels=max_pixels), _WHITE)
    rgb = _rgb(small)[::_EVERY, ::_EVERY]
    red, green, blue = (float(channel) for channel in rgb.reshape(-1, 3).mean(axis=0))
    return Look(
        sharpness=round(_sharpness(small)),
        brightness=round((red + green + blue) * _PER_MILLE / (3 * _MOST)),
        warmth=round((red - blue) * _PER_MILLE / max(red + blue, 1.0)),
        subject=_subject(rgb),
    )


def _rgb(image: pyvips.Image) -> _Array:
    """Height x width x 3, 0..255."""
    found: _Array = np.asarray(image.numpy(), np.float32)
    return found


def _sharpness(image: pyvips.Image) -> float:
    longer = max(image.width, image.height)
    if longer < SIDE:
        image = image.resize(SIDE / longer)
    grey = np.asarray(image.extract_band(1).numpy(), np.float32)  # green: the finest channel
    if min(grey.shape) <= _TILE:
        grey = np.pad(grey, [(0, max(0, _TILE + 2 - side)) for side in grey.shape], "edge")
    inner = 4 * grey[1:-1, 1:-1]
    edges = inner - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    down, across = edges.shape[0] // _TILE, edges.shape[1] // _TILE
    tiles = edges[: down * _TILE, : across * _TILE].reshape(down, _TILE, across, _TILE)
    sharpest = float(np.percentile(tiles.var(axis=(1, 3)), _SHARPEST))
    return sharpest * _PER_MILLE / max(float(grey.var()), _LEAST_VARIANCE)


def _subject(rgb: _Array) -> int | None:
    """The longer side of what differs from a plain border; None where the border is not plain."""
    height, width = rgb.shape[:2]
    rows, columns = max(1, height // _EDGE_SHARE), max(1, width // _EDGE_SHARE)
    border = np.concatenate(
        [
            rgb[:rows].reshape(-1, 3),
            rgb[-rows:].reshape(-1, 3),
            rgb[:, :columns].reshape(-1, 3),
            rgb[:, -columns:].reshape(-1, 3),
        ]
    )
    background = np.median(border, axis=0)
    is_like = np.abs(border - background).max(axis=1) <= _LIKE_BACKGROUND
    if is_like.mean() < _PLAIN_SHARE:
        return None
    stands_out = np.abs(rgb - background).max(axis=2) > _UNLIKE_BACKGROUND
    spans = [_span(stands_out.mean(axis=axis)) for axis in (0, 1)]
    return round(max(spans) * _PER_MILLE) or None


def _span(shares: _Array) -> float:
    """From the first to the last line of which enough stands out, as a share of all lines."""
    lines = np.flatnonzero(shares >= _LEAST_OF_A_LINE)
    return float(lines[-1] - lines[0] + 1) / len(shares) if len(lines) else 0.0

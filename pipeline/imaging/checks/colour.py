"""Colour as people see it: CIE Lab of small pictures, and what two of them differ by."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes8 = NDArray[np.uint8]
Lab = NDArray[np.float32]
"""[..., 3]: lightness 0..100, green to red, blue to yellow."""

_LEVELS = np.arange(256) / 255.0
_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(  # noqa: PLR2004 - IEC 61966-2-1
    np.float32
)
# sRGB to XYZ, each row divided by the white of D65 (IEC 61966-2-1).
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ],
    np.float32,
) / np.array([[0.95047], [1.0], [1.08883]], np.float32)


def to_lab(rgb: Bytes8) -> Lab:
    """Convert 8-bit sRGB; for small pictures, it is not quick."""
    xyz = _LINEAR[rgb] @ _TO_XYZ.T
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)  # noqa: PLR2004 - CIE
    lightness = 116 * root[..., 1] - 16
    red, blue = 500 * (root[..., 0] - root[..., 1]), 200 * (root[..., 1] - root[..., 2])
    return np.stack([lightness, red, blue], axis=-1).astype(np.float32)


def difference(one: Lab, other: Lab) -> NDArray[np.float32]:
    """Delta E (CIE 1976) of each pixel."""
    return np.asarray(np.sqrt(np.square(one - other).sum(axis=-1)), np.float32)


def shrunk(plane: NDArray[Any], height: int, width: int) -> NDArray[np.float32]:
    """Average a picture or plane down to a small size, every part of a pixel counting as such.

    Args:
        plane: [h, w] or [h, w, channels].
        height: of the answer, px.
        width: of the answer, px.
    """
    values = np.asarray(plane, np.float32)
    rows = _averaged(values, height)
    across = _averaged(np.ascontiguousarray(rows.swapaxes(0, 1)), width)
    return np.ascontiguousarray(across.swapaxes(0, 1))


def _averaged(values: NDArray[np.float32], goal: int) -> NDArray[np.float32]:
    """Average along the first axis; a few sums, since a matrix would be nearly all zeros."""
    first, shares = _shares(values.shape[0], goal)
    shape = (goal, *(1 for _ in values.shape[1:]))
    found = np.zeros((goal, *values.shape[1:]), np.float32)
    for tap, share in enumerate(shares):
        found += share.reshape(shape) * values[np.minimum(first + tap, values.shape[0] - 1)]
    return found


@functools.lru_cache(maxsize=32)
def _shares(length: int, goal: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """What pixels give to each of fewer pixels.

    Returns:
        [goal] the first pixel that gives anything, and [taps, goal] what it and those behind it
        give; the taps of each sum to 1.
    """
    edges = np.arange(goal + 1) * (length / goal)
    first = np.floor(edges[:-1]).astype(np.intp)
    taps = int((np.ceil(edges[1:]) - first).max())
    pixel = first + np.arange(taps)[:, None]
    shared = np.minimum(edges[1:], pixel + 1) - np.maximum(edges[:-1], pixel)
    shares = np.maximum(shared, 0.0) * (goal / length)
    return first, shares.astype(np.float32)


def planes(rgb: Bytes8) -> Bytes8:
    """The channels of a picture one after the other, [3, h, w]: arithmetic is quickest on those."""
    return np.ascontiguousarray(rgb.transpose(2, 0, 1))


def halved(channels: Bytes8, side: int) -> Bytes8:
    """Average 2 x 2 pixels into one, for as long as the longer side is above `side`.

    Args:
        channels: [channels, h, w] uint8.
        side: px.
    """
    while max(channels.shape[1:]) > side and min(channels.shape[1:]) > 1:
        height, width = channels.shape[1] // 2 * 2, channels.shape[2] // 2 * 2
        rows = np.add(channels[:, :height:2], channels[:, 1:height:2], dtype=np.uint16)
        sums = rows[:, :, :width:2] + rows[:, :, 1:width:2]
        sums += 2
        sums >>= 2
        channels = sums.astype(np.uint8)
    return channels


def soft(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average over 3 x 3 pixels: noise and grain cancel out."""
    padded = np.pad(values, [(1, 1), (1, 1)] + [(0, 0)] * (values.ndim - 2), "edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return np.asarray((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9, np.float32)

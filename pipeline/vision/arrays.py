"""Arrays of pixels: their types, and the few operations that seeing and drawing share."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""Height x width x 3, sRGB-encoded, 0 to 1."""
Plane = NDArray[np.float32]
"""Height x width."""
Values = NDArray[np.floating[Any]]
Bytes8 = NDArray[np.uint8]
"""Height x width x 3, RGB, 0 to 255."""

# Pictures are worked on side by side; a pool of OpenCV's own inside each would only queue.
cv2.setNumThreads(1)


def to_float(pixels: Bytes8) -> Picture:
    """8-bit pixels as values from 0 to 1."""
    return np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)


def to_bytes(values: Picture) -> Bytes8:
    """Values from 0 to 1 as 8 bits, rounded; what lies above 1 is 255."""
    return np.asarray(cv2.convertScaleAbs(values, alpha=255.0), np.uint8)


def smoothstep(low: float, high: float, values: Values) -> Plane:
    """0 below `low`, 1 above `high`, a smooth rise between; `low` may exceed `high` for a fall."""
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def resize(image: Picture, *, width: int, height: int, smooth: bool = False) -> Picture:
    """Resample: averaging when it shrinks, cubic (or linear if `smooth`) when it grows."""
    if image.shape[:2] == (height, width):
        return image
    shrinks = height * width < image.shape[0] * image.shape[1]
    grow = cv2.INTER_LINEAR if smooth else cv2.INTER_CUBIC
    how = cv2.INTER_AREA if shrinks else grow
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.float32)


def resize_bytes(pixels: Bytes8, *, width: int, height: int) -> Bytes8:
    """Resample 8-bit pixels: averaging when they shrink, linear when they grow."""
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = height * width < pixels.shape[0] * pixels.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)


def grey(rgb: Bytes8) -> Plane:
    """Brightness of each pixel, 0 to 255."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)


def evened(plane: Plane, sigma: float, *, floor: float) -> Plane:
    """A plane less its surroundings, by their contrast: edges, whatever the light.

    Args:
        plane: values.
        sigma: of the surroundings, px.
        floor: contrast below which nothing is lifted, in the plane's units.
    """
    flat = plane - cv2.GaussianBlur(plane, (0, 0), sigma)
    spread = np.sqrt(cv2.GaussianBlur(flat * flat, (0, 0), sigma)) + np.float32(floor)
    return np.asarray(flat / spread, np.float32)


def best_correlation(part: Plane, around: Plane) -> float:
    """Correlation of a part with the place in another plane where it fits best, -1 to 1.

    Args:
        part: [h, w].
        around: no smaller than it.
    """
    found = cv2.matchTemplate(around, part, cv2.TM_CCOEFF_NORMED)
    return float(np.nan_to_num(found).max())


def laid(pixels: Bytes8, turn: NDArray[np.float64], *, width: int, height: int) -> Bytes8:
    """Pixels under a turn, scale and shift ([2, 3], into the answer); black outside."""
    found = cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(found, np.uint8)


def large_parts(solid: NDArray[np.bool_], share: float) -> list[NDArray[np.bool_]]:
    """The connected parts of a mask that have at least a share of the largest one's area."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(
        solid.astype(np.uint8), connectivity=8
    )
    areas = facts[1:, cv2.CC_STAT_AREA]
    if count < 2:  # noqa: PLR2004 - nothing but background
        return []
    return [labels == 1 + index for index in np.flatnonzero(areas >= share * areas.max())]

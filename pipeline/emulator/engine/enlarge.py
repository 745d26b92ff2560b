"""From the size renders work at to the size that was asked for, in strips of bounded memory."""

import math

import cv2
import numpy as np

from pipeline.emulator.engine.files import Source, brightness_at
from pipeline.emulator.engine.frame import Placement
from pipeline.emulator.engine.noise import dice
from pipeline.emulator.engine.raster import Bytes8, Picture, Plane, luma

_STRIP = 256
_HIGHEST_STRIP = 1024
_EXACT = 1e-6
_TILE = 512


def enlarge(
    picture: Picture,
    *,
    size: tuple[int, int],
    source: Source,
    placement: Placement,
    keep: Plane,
    seed: int,
) -> Bytes8:
    """Resample a finished picture and give it back the source's own fine detail.

    Args:
        picture: encoded, at working size.
        size: width and height wanted, px.
        source: where the detail comes from.
        placement: of the source in the working frame.
        keep: share of the source's detail that belongs in each pixel, 0 to 1, at working size.
        seed: of the grain that keeps soft gradients from banding.

    Returns:
        8-bit RGB of exactly the wanted size.
    """
    detail = _Detail.of(picture, size, source, placement, keep)
    return _in_strips(picture, size, detail, seed)


def enlarge_plain(picture: Picture, *, size: tuple[int, int], seed: int) -> Bytes8:
    """Resample a picture that was drawn and not photographed; as `enlarge` otherwise."""
    return _in_strips(picture, size, None, seed)


def working_size(width: int, height: int, *, pixels: int) -> tuple[int, int]:
    """Size to render at: the wanted one, or the same proportions within `pixels`."""
    shrink = min(1.0, (pixels / (width * height)) ** 0.5)
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _in_strips(
    picture: Picture, size: tuple[int, int], detail: "_Detail | None", seed: int
) -> Bytes8:
    width, height = size
    rows, columns = picture.shape[:2]
    by_x, by_y = columns / width, rows / height
    # Half a step of noise keeps soft gradients from banding; levels are 0 to 255 from here on.
    strip_rows = _strip_rows(rows, height)
    tile = 0.55 * dice(seed, "grain").standard_normal((strip_rows, _TILE), np.float32)
    grain = np.tile(tile, (1, -(-width // _TILE)))[:, :width, None]
    levels = picture * np.float32(255.0)
    done = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, strip_rows):
        bottom = min(height, top + strip_rows)
        strip = _sampled(levels, (width, bottom - top), by_x, by_y, top)
        if detail is not None:
            strip += detail.strip(width, top, bottom, by_x, by_y)[..., None]
        strip += np.roll(grain, 7 * top, axis=1)[: bottom - top]
        np.clip(strip, 0.0, 255.0, out=strip)
        cv2.convertScaleAbs(strip, done[top:bottom])  # rounds, in one pass
    return done


class _Detail:
    """What the source shows beyond the working size, brightness only, 0 to 255."""

    def __init__(
        self, full: Bytes8, coarse: Plane, gain: Plane, at: Placement, fine: float
    ) -> None:
        self._full = full
        self._coarse = coarse
        self._gain = gain
        self._at = at
        self._fine = fine

    @staticmethod
    def of(
        picture: Picture,
        size: tuple[int, int],
        source: Source,
        placement: Placement,
        keep: Plane,
    ) -> "_Detail | None":
        """None where the working size already shows all the source has."""
        rows, columns = picture.shape[:2]
        if placement.scale > 0.85 or size[0] <= columns:  # noqa: PLR2004 - nothing to gain
            return None
        at = placement.enlarged(size[0] / columns)
        fine = min(1.0, at.scale)
        full = brightness_at(
            source, width=round(source.width * fine), height=round(source.height * fine)
        )
        across = placement.scale * source.width / full.shape[1]
        down = placement.scale * source.height / full.shape[0]
        small = (
            max(1, round(full.shape[1] * across)),
            max(1, round(full.shape[0] * down)),
        )
        reduced = np.asarray(cv2.resize(full, small, interpolation=cv2.INTER_AREA), np.float32)
        coarse = _warped(reduced, placement, source, (columns, rows))
        gain = np.clip(luma(picture) * 255.0 / np.maximum(coarse, 15.0), 0.15, 1.4) * keep
        return _Detail(full, coarse, np.asarray(gain, np.float32), at, fine)

    def strip(self, width: int, top: int, bottom: int, by_x: float, by_y: float) -> Plane:
        """Detail to add to rows `top` to `bottom` of the wanted picture."""
        size = (width, bottom - top)
        gain = _sampled(self._gain, size, by_x, by_y, top)
        coarse = _sampled(self._coarse, size, by_x, by_y, top)
        step = self._at.scale / self._fine
        shift = 0.5 * step - 0.5
        matrix = np.array(
            [[step, 0.0, self._at.left + shift], [0.0, step, self._at.top + shift - top]]
        )
        offsets = matrix[:, 2]
        whole = step == 1.0 and float(np.abs(offsets - np.round(offsets)).max()) < _EXACT
        how = cv2.INTER_NEAREST if whole else cv2.INTER_CUBIC
        sharp = cv2.warpAffine(self._full, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(gain * (sharp.astype(np.float32) - coarse), np.float32)


def _warped(plane: Plane, placement: Placement, source: Source, size: tuple[int, int]) -> Plane:
    across = placement.scale * source.width / plane.shape[1]
    down = placement.scale * source.height / plane.shape[0]
    matrix = np.array(
        [
            [across, 0.0, placement.left + 0.5 * across - 0.5],
            [0.0, down, placement.top + 0.5 * down - 0.5],
        ]
    )
    laid = cv2.warpAffine(
        plane, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(laid, np.float32)


def _strip_rows(rows: int, height: int) -> int:
    """Rows of a strip: some 256, and such that strips begin where rows of the small picture do."""
    pitch = height // math.gcd(rows, height)
    if pitch > _HIGHEST_STRIP:
        return _STRIP
    return pitch * max(1, _STRIP // pitch)


def _sampled(image: Picture, size: tuple[int, int], by_x: float, by_y: float, top: int) -> Picture:
    """Rows from `top` on of the enlarged image."""
    if by_x == by_y == 1.0:
        return np.array(image[top : top + size[1]], np.float32)
    first, last = top * by_y, (top + size[1]) * by_y
    if max(abs(first - round(first)), abs(last - round(last))) < _EXACT:
        return _resized(image, size, round(first), round(last))
    matrix = np.array([[by_x, 0.0, 0.5 * by_x - 0.5], [0.0, by_y, (top + 0.5) * by_y - 0.5]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.float32)


def _resized(image: Picture, size: tuple[int, int], first: int, last: int) -> Picture:
    """Rows `first` to `last`, enlarged: the same values at a quarter of a warp's cost."""
    width, height = size
    pitch = (last - first) // math.gcd(last - first, height)
    # Neighbours that the cubic kernel reaches, in whole steps of both grids.
    margin = -(-3 // pitch) * pitch
    above, below = min(margin, first), min(margin, image.shape[0] - last)
    above, below = above // pitch * pitch, below // pitch * pitch
    ratio = height / (last - first)
    high = round((last - first + above + below) * ratio)
    part = image[first - above : last + below]
    laid = cv2.resize(part, (width, high), interpolation=cv2.INTER_CUBIC)
    skip = round(above * ratio)
    return np.asarray(laid[skip : skip + height], np.float32)

"""From the size renders work at to the size that was asked for, in strips of bounded memory.

Levels are whole numbers here, sixteen to one of a file's 256: as fine as the eye wants, and several
times faster to enlarge than fractions.
"""

import math
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.files import Source, brightness_at, brightness_of
from pipeline.emulator.engine.frame import Placement, place
from pipeline.emulator.engine.noise import dice
from pipeline.emulator.engine.raster import Bytes8, Picture, Plane

_Levels = NDArray[np.int16]
_Kind = TypeVar("_Kind", _Levels, Bytes8)

_STRIP = 256
_HIGHEST_STRIP = 1024
_EXACT = 1e-6
_TILE = 512
_FINE = 16
_GAIN = 8192  # one, as a whole number
_BRIGHTNESS = np.array([[0.299, 0.587, 0.114]], np.float32)  # as `brightness_of`


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
    planes = _levels(picture, seed)
    strip_rows = _strip_rows(rows, height)
    done = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, strip_rows):
        bottom = min(height, top + strip_rows)
        added = None if detail is None else detail.strip(width, top, bottom, by_x, by_y)
        colours = []
        for plane in planes:
            strip = _sampled(plane, (width, bottom - top), by_x, by_y, top)
            if added is not None:
                strip = np.asarray(cv2.add(strip, added), np.int16)
            colours.append(cv2.convertScaleAbs(np.maximum(strip, 0), alpha=1 / _FINE))
        cv2.merge(colours, done[top:bottom])
    return done


def _levels(picture: Picture, seed: int) -> list[_Levels]:
    """The three colours as whole levels."""
    rows, columns = picture.shape[:2]
    # A third of a step of noise keeps soft gradients from banding.
    tile = 0.35 * _FINE * dice(seed, "grain").standard_normal((_TILE, _TILE), np.float32)
    grain = np.tile(tile, (-(-rows // _TILE), -(-columns // _TILE)))[:rows, :columns]
    scale = 255.0 * _FINE
    return [
        np.asarray(cv2.addWeighted(one, scale, grain, 1.0, 0.0, dtype=cv2.CV_16S), np.int16)
        for one in cv2.split(picture)
    ]


class _Detail:
    """What the source shows beyond the working size, brightness only."""

    def __init__(
        self, full: Bytes8, coarse: Bytes8, gain: _Levels, at: Placement, fine: float
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
        # What the render started from: an untouched picture gets its own file's brightness back.
        coarse = place(
            brightness_of(source.plate),
            placement,
            source=(source.width, source.height),
            frame=(columns, rows),
        )
        now = np.asarray(cv2.transform(picture, _BRIGHTNESS), np.float32).reshape(rows, columns)
        now *= np.float32(255.0) / np.maximum(coarse, np.float32(15.0))
        np.clip(now, 0.15, 1.4, out=now)
        gain = cv2.multiply(now, keep, scale=_GAIN, dtype=cv2.CV_16S)
        return _Detail(full, coarse, np.asarray(gain, np.int16), at, fine)

    def strip(self, width: int, top: int, bottom: int, by_x: float, by_y: float) -> _Levels:
        """Detail to add to rows `top` to `bottom` of the wanted picture."""
        size = (width, bottom - top)
        gain = _sampled(self._gain, size, by_x, by_y, top)
        coarse = _sampled(self._coarse, size, by_x, by_y, top)
        more = cv2.subtract(self._sharp(size, top), coarse, dtype=cv2.CV_16S)
        return np.asarray(cv2.multiply(more, gain, scale=_FINE / _GAIN), np.int16)

    def _sharp(self, size: tuple[int, int], top: int) -> Bytes8:
        """The source's own brightness in these rows."""
        step = self._at.scale / self._fine
        left, up = self._at.left, self._at.top - top
        column, row = -round(left), -round(up)
        rows, columns = self._full.shape
        exact = step == 1.0 and max(abs(left + column), abs(up + row)) < _EXACT
        if exact and 0 <= column <= columns - size[0] and 0 <= row <= rows - size[1]:
            return self._full[row : row + size[1], column : column + size[0]]
        shift = 0.5 * step - 0.5
        matrix = np.array([[step, 0.0, left + shift], [0.0, step, up + shift]])
        how = cv2.INTER_NEAREST if exact else cv2.INTER_CUBIC
        sharp = cv2.warpAffine(self._full, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(sharp, np.uint8)


def _strip_rows(rows: int, height: int) -> int:
    """Rows of a strip: some 256, and such that strips begin where rows of the small picture do."""
    pitch = height // math.gcd(rows, height)
    if pitch > _HIGHEST_STRIP:
        return _STRIP
    return pitch * max(1, _STRIP // pitch)


def _sampled(image: _Kind, size: tuple[int, int], by_x: float, by_y: float, top: int) -> _Kind:
    """Rows from `top` on of the enlarged plane."""
    if by_x == by_y == 1.0:
        return image[top : top + size[1]]
    first, last = top * by_y, (top + size[1]) * by_y
    if max(abs(first - round(first)), abs(last - round(last))) < _EXACT:
        return _resized(image, size, round(first), round(last))
    matrix = np.array([[by_x, 0.0, 0.5 * by_x - 0.5], [0.0, by_y, (top + 0.5) * by_y - 0.5]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, image.dtype)


def _resized(image: _Kind, size: tuple[int, int], first: int, last: int) -> _Kind:
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
    return np.asarray(laid[skip : skip + height], image.dtype)

"""From the size renders work at to the size that was asked for, in strips of bounded memory.

Brightness is enlarged apart from colour, as JPEG files keep them: detail is brightness alone. Its
levels are whole numbers, sixteen to one of a file's 256: as fine as the eye wants, and several
times faster to enlarge than fractions.
"""

import math
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.files import Source, brightness_at, brightness_of
from pipeline.emulator.engine.frame import Placement, place
from pipeline.emulator.engine.noise import dice
from pipeline.emulator.engine.raster import Bytes8, Picture, Plane

_Levels = NDArray[np.int16]
_Kind = TypeVar("_Kind", _Levels, Bytes8)

_STRIP = 512
_HIGHEST_STRIP = 1024
_EXACT = 1e-6
_TILE = 512
_FINE = 16
_GAIN = 8192  # one, as a whole number


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
    if picture.shape[:2] == (size[1], size[0]):
        return _as_it_is(picture, seed)
    parts = _parted(picture)
    detail = _Detail.of(parts.bright, size, source, placement, keep)
    return _in_strips(parts, size, detail, seed)


def enlarge_plain(picture: Picture, *, size: tuple[int, int], seed: int) -> Bytes8:
    """Resample a picture that was drawn and not photographed; as `enlarge` otherwise."""
    if picture.shape[:2] == (size[1], size[0]):
        return _as_it_is(picture, seed)
    return _in_strips(_parted(picture), size, None, seed)


def working_size(width: int, height: int, *, pixels: int) -> tuple[int, int]:
    """Size to render at: the wanted one, or the same proportions within `pixels`."""
    shrink = min(1.0, (pixels / (width * height)) ** 0.5)
    return max(1, round(width * shrink)), max(1, round(height * shrink))


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """A picture's brightness, 0 to 1, and its two colours, 0 to 255."""

    bright: Plane
    colours: dict[str, Bytes8]


def _parted(picture: Picture) -> _Parts:
    apart = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
    _, red, blue = cv2.split(cv2.convertScaleAbs(apart, alpha=255.0))
    bright = np.asarray(cv2.extractChannel(apart, 0), np.float32)
    return _Parts(bright, {"red": np.asarray(red, np.uint8), "blue": np.asarray(blue, np.uint8)})


def _as_it_is(picture: Picture, seed: int) -> Bytes8:
    """A picture that has the wanted size already."""
    grain = _grain(picture.shape[:2], seed)
    planes = [
        cv2.addWeighted(one, 255.0, grain, 1.0, 0.0, dtype=cv2.CV_8U) for one in cv2.split(picture)
    ]
    return np.asarray(cv2.merge(planes), np.uint8)


class _Desk:
    """Arrays that every strip is worked on in: fresh memory costs more than the arithmetic."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[str, tuple[int, ...]], NDArray[Any]] = {}

    def like(self, image: _Kind, name: str, *shape: int) -> _Kind:
        """An array of an image's kind, with what it held before under this name and shape."""
        if (name, shape) not in self._arrays:
            self._arrays[name, shape] = np.empty(shape, image.dtype)
        return cast("_Kind", self._arrays[name, shape])


def _in_strips(parts: _Parts, size: tuple[int, int], detail: "_Detail | None", seed: int) -> Bytes8:
    width, height = size
    rows, columns = parts.bright.shape
    by_x, by_y = columns / width, rows / height
    grain = _grain((rows, columns), seed)
    fine = cv2.addWeighted(parts.bright, 255.0 * _FINE, grain, _FINE, 0.0, dtype=cv2.CV_16S)
    bright: _Levels = np.asarray(fine, np.int16)
    strip_rows = _strip_rows(rows, height)
    done = np.empty((height, width, 3), np.uint8)
    desk = _Desk()
    for top in range(0, height, strip_rows):
        tall = min(height, top + strip_rows) - top
        rows_of = _Rows(width, top, tall, by_x, by_y, desk)
        strip = rows_of.sampled(bright, "strip")
        levels = desk.like(bright, "levels", tall, width)
        if detail is None:
            np.maximum(strip, 0, out=levels)
        else:
            cv2.add(strip, detail.strip(rows_of), levels)
            np.maximum(levels, 0, out=levels)
        shown = cv2.convertScaleAbs(levels, desk.like(done, "bright", tall, width), 1 / _FINE)
        sides = [rows_of.sampled(one, name) for name, one in parts.colours.items()]
        merged = cv2.merge([shown, *sides], desk.like(done, "merged", tall, width, 3))
        cv2.cvtColor(merged, cv2.COLOR_YCrCb2RGB, done[top : top + tall])
    return done


def _grain(shape: tuple[int, int], seed: int) -> Plane:
    """A third of a step of noise: it keeps soft gradients from banding."""
    rows, columns = shape
    tile = 0.35 * dice(seed, "grain").standard_normal((_TILE, _TILE), np.float32)
    return np.tile(tile, (-(-rows // _TILE), -(-columns // _TILE)))[:rows, :columns]


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
        bright: Plane,
        size: tuple[int, int],
        source: Source,
        placement: Placement,
        keep: Plane,
    ) -> "_Detail | None":
        """None where the working size already shows all the source has."""
        rows, columns = bright.shape
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
        now = bright * (np.float32(255.0) / np.maximum(coarse, np.float32(15.0)))
        np.clip(now, 0.15, 1.4, out=now)
        gain = cv2.multiply(now, keep, scale=_GAIN, dtype=cv2.CV_16S)
        return _Detail(full, coarse, np.asarray(gain, np.int16), at, fine)

    def strip(self, rows: "_Rows") -> _Levels:
        """Detail to add to some rows of the wanted picture."""
        gain = rows.sampled(self._gain, "gain", smooth=True)
        coarse = rows.sampled(self._coarse, "coarse")
        more = rows.desk.like(self._gain, "more", rows.tall, rows.width)
        sharp = self._sharp((rows.width, rows.tall), rows.top)
        cv2.subtract(sharp, coarse, more, dtype=cv2.CV_16S)
        return np.asarray(cv2.multiply(more, gain, more, scale=_FINE / _GAIN), np.int16)

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
    """Rows of a strip: some 512, and such that strips begin where rows of the small picture do."""
    pitch = height // math.gcd(rows, height)
    if pitch > _HIGHEST_STRIP:
        return _STRIP
    return pitch * max(1, _STRIP // pitch)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Some rows of the wanted picture.

    Attributes:
        width: px.
        top: the first row.
        tall: how many.
        by_x: small px for each wanted px.
        by_y: the same, down.
        desk: what they are made on; a name means other pixels in the next rows.
    """

    width: int
    top: int
    tall: int
    by_x: float
    by_y: float
    desk: _Desk

    def sampled(self, image: _Kind, name: str, *, smooth: bool = False) -> _Kind:
        """These rows of an enlarged plane: cubic, or linear if `smooth`."""
        top, tall, by_x, by_y = self.top, self.tall, self.by_x, self.by_y
        if by_x == by_y == 1.0:
            return image[top : top + tall]
        first, last = top * by_y, (top + tall) * by_y
        if max(abs(first - round(first)), abs(last - round(last))) < _EXACT:
            return self._resized(image, name, round(first), round(last), smooth=smooth)
        matrix = np.array([[by_x, 0.0, 0.5 * by_x - 0.5], [0.0, by_y, (top + 0.5) * by_y - 0.5]])
        flags = (cv2.INTER_LINEAR if smooth else cv2.INTER_CUBIC) | cv2.WARP_INVERSE_MAP
        laid = cv2.warpAffine(
            image, matrix, (self.width, tall), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return cast("_Kind", laid)

    def _resized(self, image: _Kind, name: str, first: int, last: int, *, smooth: bool) -> _Kind:
        """Rows `first` to `last`, enlarged: the same values at a quarter of a warp's cost."""
        pitch = (last - first) // math.gcd(last - first, self.tall)
        # Neighbours that the cubic kernel reaches, in whole steps of both grids.
        margin = -(-3 // pitch) * pitch
        above, below = min(margin, first), min(margin, image.shape[0] - last)
        above, below = above // pitch * pitch, below // pitch * pitch
        ratio = self.tall / (last - first)
        high = round((last - first + above + below) * ratio)
        part = image[first - above : last + below]
        how = cv2.INTER_LINEAR if smooth else cv2.INTER_CUBIC
        laid = self.desk.like(image, name, high, self.width)
        cv2.resize(part, (self.width, high), laid, interpolation=how)
        skip = round(above * ratio)
        return laid[skip : skip + self.tall]

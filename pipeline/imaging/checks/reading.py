"""A delivered picture as the checks look at it: decoded once, at most so large, small and sharp."""

from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging import loading, memory, pixels
from pipeline.imaging.loading import Header, UnreadablePictureError
from pipeline.imaging.thumbnail import small_copy

MOST_PIXELS = 40_000_000
"""Most pixels that a check decodes; twice what any model makes. About 0.2 GB in memory."""
SIDE = 1024
"""Longest side of the copy that most checks look at, px."""
TILE = 256
"""Side of the parts that are looked at in full resolution, px; a multiple of 8."""

Bytes8 = NDArray[np.uint8]
_TILES = 6
_GRID = 8
_WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One picture, in memory.

    Attributes:
        header: what the file says of itself.
        small: [h, w, 3] uint8, sRGB, transparent parts white, longest side at most `SIDE`.
        tiles: [n, side, side] uint8, the green channel of the parts with most detail, in full
            resolution, each beginning at a multiple of 8 px; empty for pictures without room.
        transparent: share of pixels that are not opaque.
        oddities: what the file is beside a plain 8-bit RGB picture, in words.
    """

    header: Header
    small: Bytes8
    tiles: Bytes8
    transparent: float
    oddities: tuple[str, ...]


def read(path: Path, *, most_pixels: int = MOST_PIXELS) -> Reading:
    """Decode a picture for the checks.

    Raises:
        UnreadablePictureError: it cannot be read, is damaged, or has more pixels than allowed;
            that is asked before any of them is decoded.
    """
    with loading.opened(path) as file:
        header = loading.header(file)
        loading.check_size(header, most_pixels)
        room = memory.to_decode(header) + header.width * header.height * header.depth
        with memory.ROOM.taken(room), loading.damage_explained():
            image: Any = _whole(file, header, most_pixels)
            oddities = _oddities(image, header)
            image = pixels.to_srgb(image)
            transparent = 0.0
            if image.hasalpha():
                image = image.copy_memory()
                transparent = _transparent(image)
                image = pixels.flatten(image, _WHITE)
            whole = _array(image)  # the one time that the pixels are decoded
            small = whole
            if max(whole.shape[:2]) > SIDE:
                small = _array(_small(whole))
            return Reading(
                header=header,
                small=small,
                tiles=_tiles(whole[..., 1]),
                transparent=transparent,
                oddities=oddities,
            )


def read_small(path: Path, *, side: int = SIDE) -> Bytes8:
    """A small sRGB copy of a picture, [h, w, 3] uint8; JPEG and WebP are shrunk while decoded.

    Raises:
        UnreadablePictureError: as `read`.
    """
    with loading.opened(path) as file:
        small = small_copy(file, side=side, max_pixels=MOST_PIXELS)
        return _array(pixels.flatten(small, _WHITE))


def _whole(file: FileIO, header: Header, most_pixels: int) -> Any:
    if header.frames > 1:
        return loading.decode(file, max_pixels=most_pixels)  # its first frame
    image: Any = loading.stream(file, header)
    turned = image.get_typeof("orientation") != 0 and image.get("orientation") != 1
    return image.copy_memory().autorot() if turned else image


def _oddities(image: Any, header: Header) -> tuple[str, ...]:
    found = []
    if header.frames > 1:
        found.append(f"an animation of {header.frames} frames")
    if image.interpretation == "cmyk":
        found.append("CMYK")
    elif image.interpretation in {"b-w", "grey16"}:
        found.append("grey")
    if image.format != "uchar":
        found.append("more than 8 bits a channel")
    return tuple(found)


def _transparent(image: Any) -> float:
    alpha = image.extract_band(image.bands - 1)
    return float((alpha < 250).avg()) / 255  # noqa: PLR2004 - a few levels are rounding


def _array(image: Any) -> Bytes8:
    found = np.asarray(image.numpy(), np.uint8)
    if found.ndim == 2:  # noqa: PLR2004 - one band
        found = found[..., None]
    if found.shape[2] < 3:  # noqa: PLR2004 - grey
        found = np.repeat(found[..., :1], 3, axis=2)
    return np.ascontiguousarray(found[..., :3])


def _small(whole: Bytes8) -> Any:
    height, width = whole.shape[:2]
    image = pixels.over(whole.data, width, height)
    return image.thumbnail_image(SIDE, height=SIDE, size="down")


def _tiles(plane: Bytes8) -> Bytes8:
    """The parts of a picture with most detail, in full resolution."""
    height, width = plane.shape
    if min(height, width) < TILE:
        return np.zeros((0, TILE, TILE), np.uint8)
    step = 4  # every fourth pixel says where detail is
    coarse = plane[::step, ::step].astype(np.int16)
    detail = np.abs(np.diff(coarse, axis=1))[:-1] + np.abs(np.diff(coarse, axis=0))[:, :-1]
    tops = np.unique(np.linspace(0, height - TILE, _GRID).astype(int) // 8 * 8)
    lefts = np.unique(np.linspace(0, width - TILE, _GRID).astype(int) // 8 * 8)
    reach = TILE // step
    busy = [
        (
            float(
                detail[
                    top // step : top // step + reach, left // step : left // step + reach
                ].mean()
            ),
            top,
            left,
        )
        for top in tops
        for left in lefts
    ]
    chosen: list[tuple[int, int]] = []
    for _, top, left in sorted(busy, key=lambda one: (-one[0], one[1], one[2])):
        if all(abs(top - y) >= TILE // 2 or abs(left - x) >= TILE // 2 for y, x in chosen):
            chosen.append((top, left))
        if len(chosen) == _TILES:
            break
    return np.stack([plane[y : y + TILE, x : x + TILE] for y, x in chosen])


__all__ = ["MOST_PIXELS", "SIDE", "TILE", "Reading", "UnreadablePictureError", "read", "read_small"]

"""What can be measured of one picture alone, by arithmetic."""

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.checks.colour import Lab, halved, planes, shrunk, to_lab
from pipeline.imaging.checks.reading import TILE, Bytes8, Reading

VERSION = 3
"""Raised whenever the same picture would get other numbers."""

CLAIMS_DETAIL = 1300
"""Longer side in px from which a picture promises detail that it may not have."""

Plane = NDArray[np.float32]
Planes = NDArray[np.float32]
"""[3, h, w]: red, green, blue, 0 to 255."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_SIDE = 512
_UNLIKE = 0.85  # what a seam counts between parts that are not alike
_PART = 32
_LEVELS = 4
_HASH = 8
_DCT = 32
_LAYOUT = 8
_PLAIN = 2.0  # levels of spread below which there is nothing to look at
_VISIBLE = 2.0  # levels: weaker steps are there in a good JPEG too, and nobody sees them


class Alone(NamedTuple):
    """Numbers of one picture.

    Attributes:
        width: px.
        height: px.
        transparent: share of pixels that are not opaque.
        oddities: what the file is beside a plain 8-bit RGB picture, in words.
        spread: of brightness and colour, levels of 255.
        sharpness: per mille of the finest detail among detail of four sizes, in the busiest parts
            of a copy of at most 1024 px; None without detail.
        finest: per mille of detail finer than two pixels; None for pictures that do not claim it.
        blocks: steps at the edges of 8 px blocks against steps elsewhere; None for pictures without
            room for it.
        bars: share of the picture that bars cover.
        seams: how straight the strongest seams of a collage are, as a share of their length.
        phash: 64 bits, of what the picture shows; alike for re-encoded and resized copies.
        dhash: 64 bits, of where it gets lighter.
        layout: 8 x 8 colours, Lab, rounded, row by row.
    """

    width: int
    height: int
    transparent: float
    oddities: tuple[str, ...]
    spread: float
    sharpness: float | None
    finest: float | None
    blocks: float | None
    bars: float
    seams: float
    phash: int
    dhash: int
    layout: tuple[int, ...]


def measure(reading: Reading) -> Alone:
    """Measure one picture."""
    whole = planes(reading.small)
    small = halved(whole, _SIDE)
    rgb = small.astype(np.float32)
    grey = _grey(rgb)
    spread = _spread(rgb)
    is_plain = spread < _PLAIN
    claims_detail = max(reading.header.width, reading.header.height) >= CLAIMS_DETAIL
    return Alone(
        width=reading.header.width,
        height=reading.header.height,
        transparent=reading.transparent,
        oddities=reading.oddities,
        spread=spread,
        sharpness=None if is_plain else _sharpness(_grey(whole)),
        finest=None if is_plain or not claims_detail else _finest(reading.tiles),
        blocks=None if is_plain else _blocks(reading.tiles),
        bars=0.0 if is_plain else _bars(rgb),
        seams=0.0 if is_plain else _seams(rgb),
        phash=_phash(grey),
        dhash=_dhash(grey),
        layout=_layout(rgb),
    )


def _grey(channels: Bytes8 | Planes) -> Plane:
    """Brightness of each pixel of [3, h, w], 0 to 255."""
    grey: Plane = np.multiply(channels[0], _LUMA[0], dtype=np.float32)
    part = np.empty_like(grey)
    for channel in (1, 2):
        grey += np.multiply(channels[channel], _LUMA[channel], out=part, dtype=np.float32)
    return grey


def _spread(rgb: Planes) -> float:
    """Standard deviation of the channel that has most of it."""
    return float(rgb.reshape(3, -1).std(axis=1).max())


def _sharpness(plane: Plane) -> float | None:
    """Energy of the finest detail against that of detail up to eight times as large.

    A ratio, so that neither contrast nor exposure counts; only the busiest parts, so that a soft
    background does not.
    """
    layers = []
    for level in range(_LEVELS):
        layers.append(_energy(plane, _PART >> level))
        down, across = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
        rows = plane[:down:2, :across] + plane[1:down:2, :across]
        plane = rows[:, ::2] + rows[:, 1::2]
        plane *= np.float32(0.25)
    down, across = (min(layer.shape[axis] for layer in layers) for axis in (0, 1))
    if not down or not across:
        return None
    energies = np.stack([layer[:down, :across].reshape(-1) for layer in layers])
    busiest = np.argsort(-energies.sum(axis=0), kind="stable")[: max(1, energies.shape[1] // 12)]
    means = energies[:, busiest].mean(axis=1)
    if float(means.sum()) < 4.0:  # noqa: PLR2004 - levels squared: next to no detail anywhere
        return None
    return float(means[0] / means.sum()) * 1000


def _energy(plane: Plane, side: int) -> Plane:
    """Mean square of the Laplacian in each part of so many pixels a side."""
    down, across = (max(0, length - 2) // side for length in plane.shape)
    height, width = down * side, across * side
    edges = plane[1 : 1 + height, 1 : 1 + width] * np.float32(4)
    for top, left in ((0, 1), (2, 1), (1, 0), (1, 2)):
        edges -= plane[top : top + height, left : left + width]
    np.square(edges, out=edges)
    rows = edges.reshape(down, side, width).sum(axis=1)
    return np.asarray(rows.reshape(down, across, side).sum(axis=2) / side**2, np.float32)


def _finest(tiles: Bytes8) -> float | None:
    """Share of the spectrum's energy above half the finest frequency, per mille."""
    if not len(tiles):
        return None
    window, counted = _spectrum()
    shares = []
    for tile in tiles:
        part = (tile - tile.mean(dtype=np.float32)) * window
        lines = np.fft.rfft2(part)
        power = lines.real**2 + lines.imag**2
        fine, whole = (float(np.vdot(power, share)) for share in counted)
        shares.append(fine / max(whole, 1e-6))
    return max(shares) * 1000


@functools.cache
def _spectrum() -> tuple[Plane, tuple[Plane, Plane]]:
    """The window of a tile, and which of its frequencies are fine, and detail at all: 0 or 1."""
    window = np.hanning(TILE).astype(np.float32)
    frequency = np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)[None])
    fine = frequency > 0.25  # noqa: PLR2004 - half of the finest
    detail = frequency > 1 / 64  # larger shapes are light and shade, not detail
    return window[:, None] * window, (fine.astype(np.float32), detail.astype(np.float32))


def _blocks(tiles: Bytes8) -> float | None:
    """How much stronger steps are at one of the eight possible grids than off it.

    A step counts as far as it is the same along eight pixels: the edge of a block is, texture is
    not. A slope beside it is taken off.
    """
    if not len(tiles):
        return None
    found = []
    for turned in (tiles, tiles.transpose(0, 2, 1)):
        count, length, width = turned.shape
        # Sums along eight pixels, then steps between them: the same as the other way round.
        sums = turned.reshape(count, length // 8, 8, width).sum(axis=2, dtype=np.int16)
        slopes = np.diff(sums, axis=2)
        steps = 2 * slopes[:, :, 1:-1] - slopes[:, :, :-2] - slopes[:, :, 2:]
        # A contour says nothing about blocks, so that a step counts up to 20 levels.
        usual = np.minimum(np.abs(steps), 20 * 16).mean(axis=(0, 1)) / 16
        phases = np.asarray([usual[phase::8].mean() for phase in range(8)])
        best = int(phases.argmax())
        # Its two neighbours see the same step, so they say nothing about the rest.
        rest = [phases[(best + shift) % 8] for shift in (2, 3, 4, 5, 6)]
        found.append((float(phases[best]) + _VISIBLE) / (float(np.mean(rest)) + _VISIBLE))
    return min(found)


def _bars(rgb: Planes) -> float:
    """Share of the picture under bars: even, of one colour, on opposite sides, sharply cut."""
    down = _pair_of_bars(rgb)
    across = _pair_of_bars(rgb.transpose(0, 2, 1))
    return 1.0 - (1.0 - down) * (1.0 - across)


def _pair_of_bars(rgb: Planes) -> float:
    """Share of the rows under a bar at the top and one at the bottom."""
    rows = int(rgb.shape[1])
    (top, cut_above), (bottom, cut_below) = _bar(rgb), _bar(rgb[:, ::-1])
    if not top or not bottom or top + bottom >= 0.9 * rows:
        return 0.0
    # Dark clothes may run into one black bar, hardly into both.
    if max(cut_above, cut_below) < 0.7 or min(cut_above, cut_below) < 0.25:  # noqa: PLR2004
        return 0.0
    ends = np.median(rgb[:, :top], axis=(1, 2)), np.median(rgb[:, rows - bottom :], axis=(1, 2))
    if float(np.abs(ends[0] - ends[1]).max()) > 12:  # noqa: PLR2004 - bars are of one colour
        return 0.0
    return (top + bottom) / rows


def _bar(rgb: Planes) -> tuple[int, float]:
    """Rows of a bar at the top, 0 where there is none, and how much of its edge is sharp."""
    colour = np.median(rgb[:, 0], axis=1)[:, None]
    half = rgb.shape[1] // 2
    # Most pictures end here: two rows say that there is no bar.
    rows = _even_rows(rgb[:, :2], colour)
    if rows == 2:  # noqa: PLR2004 - of two
        rows = _even_rows(rgb[:, :half], colour)
    if rows < max(2, rgb.shape[1] // 100) or rows >= half:
        return 0, 0.0
    # A picture on a plain ground begins little by little; a bar ends all along its edge.
    inside = rgb[:, min(rows + 2, rgb.shape[1] - 1)]
    differs = np.abs(inside - colour).max(axis=0) > 14  # noqa: PLR2004
    return rows, float(differs.mean())


def _even_rows(rgb: Planes, colour: Plane) -> int:
    """How many rows from the top on are of one colour, but for the noise of a JPEG."""
    near = np.abs(rgb.mean(axis=2) - colour).max(axis=0) < 6  # noqa: PLR2004
    even = near & (rgb.std(axis=2).max(axis=0) < 3.0)  # noqa: PLR2004
    return int(np.logical_and.accumulate(even).sum())


def _seams(rgb: Planes) -> float:
    """How much looks like panels put side by side, 0 to 1.

    A seam is a straight step from border to border at a half, third or quarter. One alone may be a
    horizon or a wall, so it counts in full only if the parts on both sides look alike, or if there
    are seams both ways, or several.
    """
    if min(rgb.shape[1:]) < 64:  # noqa: PLR2004 - too small to tell
        return 0.0
    across, down = _seam_shares(rgb), _seam_shares(rgb.transpose(0, 2, 1))
    best_across, best_down = max(across.values()), max(down.values())
    grid = min(best_across, best_down)
    thirds = max(
        min(shares[one], shares[other])
        for shares in (across, down)
        for one, other in ((1 / 3, 2 / 3), (1 / 4, 3 / 4))
    )
    found = max(grid, thirds)
    for share, turned in ((across[1 / 2], rgb), (down[1 / 2], rgb.transpose(0, 2, 1))):
        if share > found:  # otherwise it does not matter what the halves show
            found = max(found, share * _alike(turned))
    return float(found)


def _seam_shares(rgb: Planes) -> dict[float, float]:
    """For each likely place of an upright seam the share of its length that is a sharp step."""
    width = rgb.shape[2]
    found = dict.fromkeys((1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4), 0.0)
    for place in found:
        reach, around = max(2, width // 40), 6
        middle = round(width * place)
        first = max(0, middle - reach - around)
        # Columns become rows, which are quicker to add up.
        part = np.ascontiguousarray(
            rgb[:, :, first : middle + reach + around + 2].transpose(0, 2, 1)
        )
        steps = np.abs(part[:, 1:] - part[:, :-1]).max(axis=0)
        sums = np.zeros((steps.shape[0] + 1, steps.shape[1]), np.float32)
        np.cumsum(steps, axis=0, out=sums[1:])
        length = 2 * around + 1
        # What is usual on both sides of a step: a gutter is two steps, so two are left out.
        whole = sums[length:] - sums[:-length]
        near = sums[around + 3 : -around + 2] - sums[around - 2 : -around - 3]
        usual = (whole - near) / (length - 5)
        middle_steps = steps[around:-around]
        is_step = (middle_steps > 6) & (middle_steps > 3.0 * usual + 3)  # noqa: PLR2004
        is_step[1:] |= is_step[:-1]
        found[place] = float(is_step.mean(axis=1).max())
    return found


def _alike(rgb: Planes) -> float:
    """1 where the left and the right half show the same kind of thing, else less."""
    width = rgb.shape[2]
    left, right = rgb[:, :, : width // 2], rgb[:, :, width - width // 2 :]
    parts = [_small_lab(one, 12, 12) for one in (left, right)]
    lights = [part[..., 0] - part[..., 0].mean() for part in parts]
    power = np.sqrt((lights[0] ** 2).mean() * (lights[1] ** 2).mean())
    likeness = float((lights[0] * lights[1]).mean() / max(float(power), 1e-6))
    return 1.0 if likeness > 0.45 else _UNLIKE  # noqa: PLR2004


def _phash(grey: Plane) -> int:
    small = shrunk(grey, _DCT, _DCT)
    spectrum = (_cosines() @ small @ _cosines().T)[:_HASH, :_HASH].reshape(-1)
    return _bits(spectrum > np.median(spectrum[1:]))


def _dhash(grey: Plane) -> int:
    small = shrunk(grey, _HASH, _HASH + 1)
    return _bits((small[:, 1:] > small[:, :-1]).reshape(-1))


@functools.cache
def _cosines() -> Plane:
    """The rows of a discrete cosine transform."""
    places = np.arange(_DCT)
    found = np.cos(np.pi / _DCT * (places[None] + 0.5) * places[:, None])
    return np.asarray(found, np.float32)


def _bits(values: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(values).tobytes(), "big")


def _small_lab(rgb: Planes, height: int, width: int) -> Lab:
    """Lab of a picture averaged down to a small size."""
    small = np.stack([shrunk(plane, height, width) for plane in rgb], axis=-1)
    return to_lab(np.clip(np.rint(small), 0, 255).astype(np.uint8))


def _layout(rgb: Planes) -> tuple[int, ...]:
    small = _small_lab(rgb, _LAYOUT, _LAYOUT)
    return tuple(int(value) for value in np.rint(small).reshape(-1))

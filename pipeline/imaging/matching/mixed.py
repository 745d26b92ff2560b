"""Whether a picture is put together from several: panels side by side, or half of each of two.

Such a picture shows something of each, so it is like each of them, and none of them. Nobody is sure
whose it is; a person says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.matching.assign import NOBODY, Owner
from pipeline.vision import features
from pipeline.vision.arrays import Bytes8, resize_bytes
from pipeline.vision.features import Points

Grid = NDArray[np.float64]
"""[cells, cells]: what speaks for a source in each part of a picture."""

DOUBTFUL = 0.5
"""The most confidence in the owner of a picture that is put together."""
POSSIBLE = 0.1
"""Likeness below which a source has no part in a picture."""
_CELLS = 10
_PER_CELL = 2.0
_NEAR_PX = 3.0
_FEWEST = 8  # points that agree; unrelated pictures have up to 7
_OWN = 3.5  # what must speak for each of two sources where nothing speaks for the other
_SIDE = 512
_RIM = 0.12  # nearer to the border it is a bar, or a floor
_SEAM = 0.8  # of its length must be a sharp step
_STEP, _TIMES, _MORE = 6, 3.0, 3.0
_AROUND = 6


def evidence(edit: Points, source: Points) -> Grid | None:
    """Where in a picture a source's points lie as a turn, scale and shift put them.

    Returns:
        None where too few agree to say anything.
    """
    found = features.fit(edit, source, features.likely_pairs(edit, source))
    if found.turn is None or found.inliers < _FEWEST:
        return None
    there = edit.places[found.pairs[:, 0]]
    moved = there @ found.turn[:, :2].T + found.turn[:, 2]
    off = np.linalg.norm(moved - source.places[found.pairs[:, 1]], axis=1)
    size = np.asarray(edit.size, np.float64)
    cell = np.clip((there / size * _CELLS).astype(int), 0, _CELLS - 1)
    counts = np.bincount(
        cell[:, 1] * _CELLS + cell[:, 0],
        weights=np.exp(-((off / _NEAR_PX) ** 2)),
        minlength=_CELLS * _CELLS,
    )
    return np.minimum(counts, _PER_CELL).reshape(_CELLS, _CELLS)


def are_apart(one: Grid, other: Grid) -> bool:
    """Whether two sources are in a picture side by side, each where the other is not."""
    own = float(one[~_around(other)].sum()), float(other[~_around(one)].sum())
    return min(own) >= _OWN


def seam(rgb: Bytes8) -> float:
    """How much of the straightest line from border to border is a sharp step, 0 to 1."""
    scale = min(1.0, _SIDE / max(rgb.shape[:2]))
    height, width = (max(1, round(length * scale)) for length in rgb.shape[:2])
    planes = resize_bytes(rgb, width=width, height=height).astype(np.int16)
    return max(_seam(planes), _seam(planes.transpose(1, 0, 2)))


def is_seamed(share: float) -> bool:
    """Whether a step of that share of its length is a seam between two pictures."""
    return share >= _SEAM


def doubted(
    owners: Sequence[Owner],
    seamed: Sequence[bool],
    parts: Sequence[Mapping[int, Grid]],
    usual: Sequence[bool],
) -> tuple[Owner, ...]:
    """Take the certainty from owners whose picture is put together.

    Args:
        owners: of all outputs.
        seamed: of each output whether there is a seam in it.
        parts: of each output what speaks for the sources that it was asked for, by their index.
        usual: of each source whether there is a seam in it, as there then may be in its edits.
    """
    found = []
    for owner, has_seam, own in zip(owners, seamed, parts, strict=True):
        if owner.source == NOBODY:
            found.append(owner)
            continue
        is_mixed = (has_seam and not usual[owner.source]) or _shows_another(own, owner.source)
        sure = min(owner.confidence, DOUBTFUL) if is_mixed else owner.confidence
        found.append(replace(owner, confidence=sure))
    return tuple(found)


def _shows_another(parts: Mapping[int, Grid], source: int) -> bool:
    mine = parts.get(source)
    return mine is not None and any(
        are_apart(mine, grid) for other, grid in parts.items() if other != source
    )


def _around(grid: Grid) -> NDArray[np.bool_]:
    """The parts that something speaks for, and their neighbours."""
    wide = np.pad(grid > 0, 1)
    shifts = (0, 1, 2)
    near = [wide[y : y + _CELLS, x : x + _CELLS] for y in shifts for x in shifts]
    return np.asarray(np.logical_or.reduce(near))


def _seam(rgb: NDArray[np.int16]) -> float:
    """The same for upright lines alone."""
    width = rgb.shape[1]
    if width < 8 * _AROUND:
        return 0.0
    steps = np.abs(rgb[:, 1:] - rgb[:, :-1]).max(axis=2).astype(np.float32)
    sums = np.cumsum(np.pad(steps, ((0, 0), (1, 0))), axis=1)
    length = 2 * _AROUND + 1
    whole = sums[:, length:] - sums[:, :-length]
    # A gutter is two steps, and a step is blurred over its neighbours: those do not count.
    near = sums[:, _AROUND + 3 : -_AROUND + 2] - sums[:, _AROUND - 2 : -_AROUND - 3]
    usual = (whole - near) / (length - 5)
    middle = steps[:, _AROUND:-_AROUND]
    is_step = (middle > _STEP) & (middle > _TIMES * usual + _MORE)
    is_step[:, 1:] |= is_step[:, :-1]
    rim = max(1, round(_RIM * width) - _AROUND)
    inner = is_step[:, rim:-rim]
    return float(inner.mean(axis=0).max()) if inner.shape[1] else 0.0

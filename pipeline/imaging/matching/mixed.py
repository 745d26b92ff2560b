"""Whether a picture is put together from several: panels side by side, or half of each of two.

Such a picture shows something of each, so it is like each of them, and none of them. Nobody is sure
whose it is; a person says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.matching.assign import Owner
from pipeline.vision import features
from pipeline.vision.arrays import Bytes8, resize_bytes
from pipeline.vision.features import Fit, Points

Grid = NDArray[np.float64]
"""[cells, cells]: what speaks for a source in each part of a picture."""
Lines = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Of upright and of level lines, by their place: how much of each is a step, sharp or soft."""

DOUBTFUL = 0.5
"""The most confidence in the owner of a picture that is put together."""
POSSIBLE = 0.1
"""Likeness below which a source has no part in a picture."""
_CELLS = 10
_PER_CELL = 2.0
_NEAR_PX = 3.0
_FEWEST = 8  # points that agree; unrelated pictures have up to 7
_OWN = 3.5  # what must speak for each of two sources where nothing speaks for the other
_REST = 6  # points where the owner has none that agree on another source; of honest edits up to 5
_SIDE = 512
_RIM = 0.12  # nearer to the border it is a bar, or a floor
_SEAM = 0.8  # of its length must be a sharp step
_STEP, _TIMES, _MORE = 6, 3.0, 3.0
_AROUND = 6

_LINE_SIDE, _REACH = 96, 4  # a soft line takes no more than so many px
_LINE = 0.7  # of its length must be a step
_LINE_STEP, _LINE_TIMES, _LINE_MORE = 5, 2.0, 2.0
_PLACES = np.arange(0.29, 0.72, 0.02)  # nearer to the border it may be a floor, or the frame
_OFF = 0.04  # a line may lie so far from where the points end
_BAND, _GAP = 0.22, 0.02  # how far from the line points are counted
_ENOUGH = 16  # points of the source that belong on either side of the line
_BEFORE, _BEYOND = 0.3, 1  # the share of them that is there on one side, the number on the other


def shows_another(edit: Points, own: Points, others: Iterable[Points]) -> bool:
    """Whether a picture shows a second source beside the one that it was given to.

    Args:
        edit: the picture.
        own: the source that it was given to.
        others: sources of which it may show something as well.
    """
    own_pairs = features.likely_pairs(edit, own)
    mine = evidence(edit, own, features.fit(edit, own, own_pairs))
    if mine is None:
        return False
    taken = _around(mine)
    # Where a picture was bent a second fit of its own source explains the rest of it.
    rest = features.fit(edit, own, _outside(edit, own_pairs, taken)).inliers
    for other in others:
        pairs = features.likely_pairs(edit, other)
        grid = evidence(edit, other, features.fit(edit, other, pairs))
        if grid is not None and are_apart(mine, grid):
            return True
        # Views of one product have much in common: what both explain hides what only one does.
        left = features.fit(edit, other, _outside(edit, pairs, taken)).inliers
        if left >= _REST and left > rest:
            return True
    return False


def _outside(edit: Points, pairs: NDArray[np.intp], taken: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The pairs whose point of the picture lies in no cell that is taken."""
    cell = _cells(edit, pairs[:, 0])
    return np.asarray(pairs[~taken[cell[:, 1], cell[:, 0]]], np.intp)


def evidence(edit: Points, source: Points, found: Fit) -> Grid | None:
    """Where in a picture a source's points lie as a turn, scale and shift put them.

    Returns:
        None where too few agree to say anything.
    """
    if found.turn is None or found.inliers < _FEWEST:
        return None
    there = edit.places[found.pairs[:, 0]]
    moved = there @ found.turn[:, :2].T + found.turn[:, 2]
    off = np.linalg.norm(moved - source.places[found.pairs[:, 1]], axis=1)
    cell = _cells(edit, found.pairs[:, 0])
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


def soft_lines(rgb: Bytes8) -> Lines:
    """Where straight lines from border to border might part a picture, however soft they are."""
    scale = min(1.0, _LINE_SIDE / max(rgb.shape[:2]))
    height, width = (max(1, round(length * scale)) for length in rgb.shape[:2])
    planes = resize_bytes(rgb, width=width, height=height).astype(np.int16)
    return _soft(planes), _soft(planes.transpose(1, 0, 2))


def is_cut_off(edit: Points, own: Points, lines: Lines) -> bool:
    """Whether a source ends at a line in a picture, though it goes on beyond it.

    On one side of the line its points are where they belong, on the other there are none.

    Args:
        edit: the picture.
        own: the source that it was given to.
        lines: of the picture.
    """
    found = features.fit(edit, own, features.likely_pairs(edit, own))
    if found.turn is None or found.inliers < _FEWEST:
        return False
    back = np.linalg.inv(found.turn[:, :2])
    places = (own.places - found.turn[:, 2]) @ back.T / np.asarray(edit.size, np.float64)
    is_shown = np.zeros(len(places), bool)
    is_shown[found.pairs[:, 1]] = True
    inside = ((places > 0) & (places < 1)).all(axis=1)
    places, is_shown = places[inside], is_shown[inside]
    return any(
        _ends_at(float(place), places[:, [axis, 1 - axis]], is_shown)
        for axis in (0, 1)
        for place in _PLACES
        if _is_line(lines[axis], float(place))
    )


def _ends_at(line: float, places: NDArray[np.float64], is_shown: NDArray[np.bool_]) -> bool:
    """Whether points are shown up to a line and not beyond it; places are across it and along."""
    along = places[:, 1]
    low, high = np.percentile(along[is_shown], (5, 95))
    is_level = (along >= low) & (along <= high)
    for off in (places[:, 0] - line, line - places[:, 0]):
        before = is_level & (off < 0) & (off > -_BAND)
        beyond = is_level & (off > _GAP) & (off < _BAND)
        if (
            min(before.sum(), beyond.sum()) >= _ENOUGH
            and is_shown[before].mean() >= _BEFORE
            and is_shown[off > _GAP].sum() <= _BEYOND
        ):
            return True
    return False


def _is_line(shares: NDArray[np.float64], place: float) -> bool:
    """Whether there is a line near a place."""
    length = len(shares) + _REACH
    first, last = int((place - _OFF) * length), int((place + _OFF) * length)
    near = shares[max(0, first - _REACH // 2) : max(0, last - _REACH // 2 + 1)]
    return bool(near.max(initial=0.0) >= _LINE)


def _soft(rgb: NDArray[np.int16]) -> NDArray[np.float64]:
    """How much of each upright line is a step; of one step the middle of its reach counts."""
    if rgb.shape[1] < 4 * _REACH:
        return np.zeros(0)
    steps = np.abs(rgb[:, _REACH:] - rgb[:, :-_REACH]).max(axis=2).astype(np.float32)
    apart = _REACH + 1
    wide = np.pad(steps, ((0, 0), (apart, apart)))
    usual = (wide[:, : -2 * apart] + wide[:, 2 * apart :]) / 2
    is_step = (steps > _LINE_STEP) & (steps > _LINE_TIMES * usual + _LINE_MORE)
    is_step[:, 1:-1] |= is_step[:, :-2] | is_step[:, 2:]
    return np.asarray(is_step.mean(axis=0), np.float64)


def doubted(owners: Sequence[Owner], put_together: Sequence[bool]) -> tuple[Owner, ...]:
    """Take the certainty from owners whose picture is put together.

    Args:
        owners: of all outputs.
        put_together: of each output whether it is.
    """
    return tuple(
        replace(owner, confidence=min(owner.confidence, DOUBTFUL)) if is_mixed else owner
        for owner, is_mixed in zip(owners, put_together, strict=True)
    )


def _cells(edit: Points, indices: NDArray[np.intp]) -> NDArray[np.intp]:
    """In which cells, across and down, points of a picture lie."""
    shares = edit.places[indices] / np.asarray(edit.size, np.float64)
    return np.asarray(np.clip((shares * _CELLS).astype(int), 0, _CELLS - 1), np.intp)


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

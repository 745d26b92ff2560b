"""What of a source is still in its edit, and how often; needs the extra `checks`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.checks.change import most_changed
from pipeline.imaging.checks.colour import soft, to_lab
from pipeline.imaging.checks.keptfacts import Kept
from pipeline.vision import features
from pipeline.vision.arrays import Bytes8, best_correlation, grey, laid, resize_bytes
from pipeline.vision.features import Fit, Points

_SURE = 12  # points that agree, of two pictures that share something; unrelated ones have up to 7
_AGAIN = 14
_POINT_SIDE = 352  # enough to tell a subject, at a third of the time that 640 px take
_FLAT = 0.015  # small copies have less contrast
_SIDE = 256
_CELL = 16
_BUSY = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A picture and its points.

    Attributes:
        rgb: [h, w, 3] uint8.
        points: of it.
    """

    rgb: Bytes8
    points: Points


def look(rgb: Bytes8) -> Look:
    """Look at a picture; a source is looked at once for all its edits.

    Args:
        rgb: [h, w, 3] uint8.
    """
    return Look(rgb, features.points(rgb, side=_POINT_SIDE, flat=_FLAT))


def measure(edited: Look, original: Look) -> Kept:
    """Find a source in its edit."""
    edit, source = edited.rgb, original.rgb
    one, other = edited.points, original.points
    pairs = features.likely_pairs(one, other)
    found = features.fit(one, other, pairs)
    copies = _copies(one, other, pairs, found)
    if found.inliers < _SURE or found.turn is None:
        return Kept(points=found.inliers, copies=copies, gone=_gone(edit, source, None), most=None)
    turn = _between(found.turn, one, other, edit, source)
    return Kept(
        points=found.inliers,
        copies=copies,
        gone=_gone(edit, source, turn),
        most=_most(edit, source, turn),
    )


def _copies(one: Points, other: Points, pairs: NDArray[np.intp], found: Fit) -> int:
    """How many places of the edit show the source's subject: fits that use other points of it."""
    copies, left = 0, pairs
    while found.turn is not None and found.inliers >= _AGAIN and copies < 4:  # noqa: PLR2004
        copies += 1
        used = found.pairs[:, 0]
        box = one.places[used]
        low, high = np.percentile(box, 5, axis=0), np.percentile(box, 95, axis=0)
        places = one.places[left[:, 0]]
        # What lies within this copy belongs to it, whatever else it may fit.
        outside = ((places < low) | (places > high)).any(axis=1) & ~np.isin(left[:, 0], used)
        again = features.fit(one, other, left[outside])
        if not _is_other_place(found, again, other):
            break
        left, found = left[outside], again
    return copies


def _is_other_place(first: Fit, again: Fit, other: Points) -> bool:
    """Whether a second fit shows points of the source that the first one showed already."""
    if again.turn is None or again.inliers < _AGAIN:
        return False
    seen = set(first.pairs[:, 1].tolist())
    shown = again.pairs[:, 1].tolist()
    near = other.places[list(seen)]
    repeated = sum(
        float(np.abs(near - other.places[point]).max(axis=1).min()) < 12  # noqa: PLR2004 - px
        for point in shown
    )
    return repeated > 0.5 * len(shown)


def _between(
    turn: NDArray[np.float64], one: Points, other: Points, edit: Bytes8, source: Bytes8
) -> NDArray[np.float64]:
    """The turn between two small copies whose longest side is `_SIDE`."""
    whole = np.vstack([turn, [0.0, 0.0, 1.0]])
    into = np.diag([*(_small(edit)[axis] / one.size[axis] for axis in (0, 1)), 1.0])
    out_of = np.diag([*(_small(source)[axis] / other.size[axis] for axis in (0, 1)), 1.0])
    return np.asarray((out_of @ whole @ np.linalg.inv(into))[:2], np.float64)


def _small(rgb: Bytes8) -> tuple[int, int]:
    height, width = rgb.shape[:2]
    scale = _SIDE / max(height, width)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _over(
    edit: Bytes8, source: Bytes8, turn: NDArray[np.float64] | None
) -> tuple[Bytes8, Bytes8, NDArray[np.bool_]]:
    """The source and, laid over it, the edit; and where both are there."""
    wide, high = _small(source)
    under = resize_bytes(source, width=wide, height=high)
    if turn is None:
        return under, resize_bytes(edit, width=wide, height=high), np.ones((high, wide), bool)
    across, down = _small(edit)
    small = resize_bytes(edit, width=across, height=down)
    there = laid(np.full(small.shape[:2], 255, np.uint8), turn, width=wide, height=high)
    return under, laid(small, turn, width=wide, height=high), there > 0


def _most(edit: Bytes8, source: Bytes8, turn: NDArray[np.float64]) -> float | None:
    under, over, there = _over(edit, source, turn)
    if float(there.mean()) < 0.3:  # noqa: PLR2004 - too little is shared to speak of all of it
        return None
    one, other = soft(to_lab(under)), soft(to_lab(over))
    return most_changed(one[there][None], other[there][None])


def _gone(edit: Bytes8, source: Bytes8, turn: NDArray[np.float64] | None) -> float:
    """Share of the source's busy cells of which the edit shows nothing in their place."""
    under, over, there = _over(edit, source, turn)
    one, other = grey(under), grey(over)
    busy = gone = 0
    reach = 4
    for top in range(0, one.shape[0] - _CELL + 1, _CELL):
        for left in range(0, one.shape[1] - _CELL + 1, _CELL):
            part = np.s_[top : top + _CELL, left : left + _CELL]
            if not there[part].all() or float(one[part].std()) < _BUSY:
                continue
            busy += 1
            around = other[
                max(0, top - reach) : top + _CELL + reach,
                max(0, left - reach) : left + _CELL + reach,
            ]
            gone += best_correlation(one[part], around) < 0.55  # noqa: PLR2004
    return gone / busy if busy else 0.0

"""How alike two pictures are, as edit and source: geometry first, then features and faces.

Needs the extra `checks`. What an edit keeps is where things lie, not how they are coloured or lit:
so points and their places count most, then what the subject looks like in grey, then whose face it
is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.vision import faces, features
from pipeline.vision.arrays import Bytes8, Plane, best_correlation, evened, grey, resize
from pipeline.vision.features import Points
from pipeline.vision.glance import rough_subject

_FEWEST_POINTS = 4
_CELLS = 10
_PER_CELL = 2.0
_NEAR_PX = 3.0
_MUCH = 30.0
_LAYOUT_SIDE = 64
_SHIFT = 8
_BLUR = 4.0
_CONTRAST = 4.0
_WEIGHTS = (0.62, 0.12, 0.20, 0.06)
_UNRELATED = 0.4  # features of two subjects are rarely more alike (95th percentile 0.36)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """What of a picture survives an edit.

    Attributes:
        points: that can be found again.
        layout: the subject's edges in a square, or None where geometry alone is asked for.
        vector: the subject's features, or None as above.
        face: vector of the largest face, or None where there is none, or as above.
    """

    points: Points
    layout: Plane | None = None
    vector: NDArray[np.float32] | None = None
    face: NDArray[np.float32] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to see in it, so that whatever it is like, it is by chance."""
        return len(self.points.places) < _FEWEST_POINTS


def points_of(rgb: Bytes8) -> Outline:
    """The part of an outline that needs no network."""
    return Outline(features.points(rgb))


def with_networks(rgb: Bytes8, outline: Outline) -> Outline:
    """The whole outline of a picture whose points are known.

    Raises:
        DamagedWeightsError: a network's file is missing or altered.
    """
    mask = rough_subject(rgb)
    found = faces.find_faces(rgb, only_large=True)
    return Outline(
        outline.points,
        _layout(rgb, mask),
        features.subject_features(rgb, mask),
        faces.face_vector(rgb, found[0]) if found else None,
    )


def likeness(edit: Outline, source: Outline) -> float:
    """How likely one picture is an edit of another, 0 to 1.

    Of outlines without networks it says less: at most the share that geometry has. Of a plain
    picture it says nothing.
    """
    if edit.is_plain or source.is_plain:
        return 0.0
    geometry, layout, subject, face = _WEIGHTS
    found = geometry * geometry_likeness(edit.points, source.points)
    if edit.layout is not None and source.layout is not None:
        found += layout * _layout_likeness(edit.layout, source.layout)
    if edit.vector is not None and source.vector is not None:
        alike = (float(edit.vector @ source.vector) - _UNRELATED) / (1 - _UNRELATED)
        found += subject * max(0.0, alike)
    if edit.face is not None and source.face is not None:
        distance = faces.face_distance(edit.face, source.face)
        found += face * float(np.clip((0.75 - distance) / 0.4, 0.0, 1.0))
    return found


def geometry_likeness(edit: Points, source: Points) -> float:
    """How much of the source lies in the edit where a turn, scale and shift put it, 0 to 1.

    Counted by cells of the source, so that a label with much text, which is on every view of a
    product, counts no more than its place.
    """
    pairs = features.likely_pairs(edit, source)
    found = features.fit(edit, source, pairs)
    if found.turn is None:
        return 0.0
    moved = edit.places[found.pairs[:, 0]] @ found.turn[:, :2].T + found.turn[:, 2]
    there = source.places[found.pairs[:, 1]]
    off = np.linalg.norm(moved - there, axis=1)
    size = np.asarray(source.size, np.float64)
    cell = np.clip((there / size * _CELLS).astype(int), 0, _CELLS - 1)
    evidence = np.bincount(
        cell[:, 1] * _CELLS + cell[:, 0],
        weights=np.exp(-((off / _NEAR_PX) ** 2)),
        minlength=_CELLS * _CELLS,
    )
    total = float(np.minimum(evidence, _PER_CELL).sum()) - 3.0  # any three agree on something
    return float(np.clip(np.log1p(max(0.0, total)) / np.log1p(_MUCH * _PER_CELL), 0.0, 1.0))


def _layout(rgb: Bytes8, mask: Plane) -> Plane:
    """The subject's own square: grey, its local contrast evened out."""
    height, width = rgb.shape[:2]
    share = resize(mask, width=width, height=height)
    rows = np.flatnonzero((share > 0.5).any(axis=1))  # noqa: PLR2004 - the mask's middle
    columns = np.flatnonzero((share > 0.5).any(axis=0))  # noqa: PLR2004
    if not len(rows):
        rows, columns = np.arange(height), np.arange(width)
    part = np.ascontiguousarray(rgb[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    small = resize(grey(part), width=_LAYOUT_SIDE, height=_LAYOUT_SIDE)
    return evened(small, _BLUR, floor=_CONTRAST)


def _layout_likeness(one: Plane, other: Plane) -> float:
    """Correlation of two layouts, at the best small shift, 0 to 1."""
    inner = np.s_[_SHIFT:-_SHIFT, _SHIFT:-_SHIFT]
    there = best_correlation(one[inner], other)
    back = best_correlation(other[inner], one)
    return float(np.clip((there + back) / 2, 0.0, 1.0))

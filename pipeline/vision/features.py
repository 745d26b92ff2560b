"""What a subject looks like: a network's features of it, and points that survive an edit (SIFT)."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.vision import networks
from pipeline.vision.arrays import Bytes8, Plane, resize, resize_bytes

Vector = NDArray[np.float32]

_SIDE = 224
_GREY = 128
_CELLS = 7
_MARGIN = 0.06
_SOLID = 0.5
_POINT_SIDE = 640
_POINTS = 700
_FLAT = 0.02  # a lower contrast than SIFT's usual one, for soft and low-key pictures
_PLAIN = 1.0  # levels of spread; what is plainer than that has nothing but noise
_RATIO = 0.8
_REACH_PX = 6.0


def subject_features(rgb: Bytes8, alpha: Plane) -> Vector:
    """Describe a subject without its colours and its background (EfficientNet-lite0).

    Args:
        rgb: [h, w, 3] uint8.
        alpha: [any, any] share of the subject, 0 to 1; stretched over the picture.

    Returns:
        1280 numbers of length 1; the dot product of two is their likeness, 1 for the same. All
        zero where `alpha` shows no subject.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    left, top, right, bottom = _box(rgb, alpha)
    part = np.ascontiguousarray(rgb[top:bottom, left:right])
    mask = resize(np.asarray(alpha, np.float32), width=rgb.shape[1], height=rgb.shape[0])
    mask = np.clip(np.ascontiguousarray(mask[top:bottom, left:right]), 0.0, 1.0)
    scale = _SIDE / max(part.shape[:2])
    height, width = (max(1, round(length * scale)) for length in part.shape[:2])
    grey = cv2.cvtColor(resize_bytes(part, width=width, height=height), cv2.COLOR_RGB2GRAY)
    share = resize(mask, width=width, height=height)
    down, across = (_SIDE - height) // 2, (_SIDE - width) // 2
    inside = np.s_[down : down + height, across : across + width]
    canvas = np.full((_SIDE, _SIDE), _GREY, np.float32)
    weight = np.zeros((_SIDE, _SIDE), np.float32)
    canvas[inside] = grey * share + _GREY * (1.0 - share)
    weight[inside] = share
    plane = ((canvas - 127.0) / 128.0).astype(np.float32)
    tensor = np.broadcast_to(plane, (1, 3, _SIDE, _SIDE))
    maps = networks.run("effl0_h.onnx", "f", x=tensor).reshape(-1, _CELLS * _CELLS)
    cells = resize(weight, width=_CELLS, height=_CELLS).reshape(-1)
    vector = np.einsum("mc,c->m", maps, cells)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _box(rgb: Bytes8, alpha: Plane) -> tuple[int, int, int, int]:
    """What encloses the subject, with a margin: left, top, right, bottom in px of the picture."""
    height, width = rgb.shape[:2]
    rows = np.flatnonzero((alpha > _SOLID).any(axis=1))
    columns = np.flatnonzero((alpha > _SOLID).any(axis=0))
    if not len(rows):
        return 0, 0, width, height
    down, across = height / alpha.shape[0], width / alpha.shape[1]
    margin = _MARGIN * max((rows[-1] - rows[0] + 1) * down, (columns[-1] - columns[0] + 1) * across)
    left, top = columns[0] * across - margin, rows[0] * down - margin
    right, bottom = (columns[-1] + 1) * across + margin, (rows[-1] + 1) * down + margin
    return (
        max(0, int(left)),
        max(0, int(top)),
        min(width, int(right) + 1),
        min(height, int(bottom) + 1),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of a picture that can be found again.

    Attributes:
        places: [n, 2] x, y in px of the reduced picture that was looked at.
        words: [n, 128] float32, one descriptor a point, each of length 1.
        size: width and height of the reduced picture, px.
    """

    places: NDArray[np.float32]
    words: NDArray[np.float32]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How one picture lies in another.

    Attributes:
        inliers: pairs of points that agree on it.
        turn: [2, 3] from the first picture's reduced px to the second's; None where none agree.
        pairs: [n, 2] indices of the pairs that agree: points of the first, of the second.
    """

    inliers: int
    turn: NDArray[np.float64] | None
    pairs: NDArray[np.intp]


def points(
    rgb: Bytes8, *, side: int = _POINT_SIDE, flat: float = _FLAT, most: int = _POINTS
) -> Points:
    """Find the points of a picture.

    Args:
        rgb: [h, w, 3] uint8, any size.
        side: longer side of the reduced picture that is looked at, px; the time grows with its
            square.
        flat: contrast below which nothing is a point, as SIFT has it.
        most: number of points that are kept, the strongest first.
    """
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    small = resize_bytes(rgb, width=wide, height=high)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    if float(grey.std()) < _PLAIN:
        return _no_points(wide, high)
    detector: Any = cv2.SIFT.create(nfeatures=most, contrastThreshold=flat)
    found, words = detector.detectAndCompute(grey, None)
    if words is None:
        return _no_points(wide, high)
    # The square root of a normalised descriptor compares histograms better than the descriptor.
    rooted = np.sqrt(words / np.maximum(np.abs(words).sum(axis=1, keepdims=True), 1e-9))
    places = np.asarray([one.pt for one in found], np.float32)
    return Points(places, np.asarray(rooted, np.float32), (wide, high))


def _no_points(wide: int, high: int) -> Points:
    return Points(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32), (wide, high))


def likely_pairs(one: Points, other: Points) -> NDArray[np.intp]:
    """Points of one picture that have a clear counterpart in another.

    A point of `one` is paired with the nearest of `other` if that is clearly nearer than the next;
    so a thing that is twice in `one` is found twice.

    Returns:
        [n, 2] indices into both.
    """
    if len(one.words) == 0 or len(other.words) < 2:  # noqa: PLR2004 - a second best is needed
        return np.zeros((0, 2), np.intp)
    # Not numpy's product: its threads wait for each other, and that takes ten times as long.
    nothing: Any = None  # is added, which the type of this function does not know
    product = cv2.gemm(one.words, other.words, 1.0, nothing, 0.0, flags=cv2.GEMM_2_T)
    likeness = np.asarray(product, np.float32)
    rows = np.arange(len(likeness))
    best = likeness.argmax(axis=1)
    first = likeness[rows, best]
    likeness[rows, best] = -1.0
    second = likeness.max(axis=1)
    near, next_ = np.sqrt(np.maximum(2 - 2 * first, 0)), np.sqrt(np.maximum(2 - 2 * second, 0))
    kept = np.flatnonzero(near < _RATIO * next_)
    return np.column_stack([kept, best[kept]])


def fit(one: Points, other: Points, pairs: NDArray[np.intp]) -> Fit:
    """Find the turn, scale and shift that most pairs agree on (RANSAC, always the same answer)."""
    nothing = Fit(0, None, np.zeros((0, 2), np.intp))
    if len(pairs) < 4:  # noqa: PLR2004 - any three pairs agree on something
        return nothing
    cv2.setRNGSeed(0)
    found: Any = cv2.estimateAffinePartial2D(
        one.places[pairs[:, 0]],
        other.places[pairs[:, 1]],
        method=cv2.RANSAC,
        ransacReprojThreshold=_REACH_PX,
        maxIters=500,
        confidence=0.99,
    )
    turn, agree = found
    if turn is None:
        return nothing
    agreeing = pairs[agree.reshape(-1).astype(bool)]
    # Several points of one picture that fall on one of the other say no more than one.
    _, first = np.unique(agreeing[:, 1], return_index=True)
    agreeing = agreeing[np.sort(first)]
    scale = float(np.hypot(turn[0, 0], turn[1, 0]))
    if not 0.1 < scale < 10:  # noqa: PLR2004 - everything fits into one point
        return nothing
    return Fit(len(agreeing), np.asarray(turn, np.float64), agreeing)

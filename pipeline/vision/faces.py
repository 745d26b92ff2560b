"""Faces: where they are (BlazeFace) and whose (dlib's ResNet, aligned by BlazeFace's points)."""

import functools
import io
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.vision import networks
from pipeline.vision.arrays import Bytes8, resize_bytes

LEAST_SCORE = 0.8
"""Below it hands and curtains appear as well (measured)."""
SAME_PERSON = 0.45
"""Vectors no farther apart are of one person (measured on edits and on other photographs).
"""
OTHER_PERSON = 0.60
"""Vectors farther apart than this are of two people; what lies between is doubtful."""

Point = tuple[float, float]
Vector = NDArray[np.float32]

_SIDE = 256
_WORKING_SIDE = 1024  # a face of 1/20 of the picture's side still has some 50 px
_TILE = 512
_LARGE_TILE, _LARGE_OVERLAP = 576, 112  # what is larger than the overlap the first look sees
_LARGE = 0.2  # of the picture's longer side; faces of half of that are seen at the first look
_CELLS = ((16, 2), (8, 6))  # cells a side and anchors a cell, in the network's order
_POINTS = 6
_CLOSER = 2.5  # side of a closer look, in sides of the face
_SEEN_AGAIN = 0.5
_SAME_FACE = 0.3
_INSIDE = 0.7
_FACE_SIDE = 150
_MEAN = np.array([122.782, 117.001, 104.298], np.float32)


@dataclass(frozen=True, slots=True)
class Face:
    """One face.

    Attributes:
        score: how sure the network is, 0 to 1.
        box: left, top, right, bottom, px of the picture; may reach beyond its frame.
        points: px: left eye, right eye, nose, mouth, left ear, right ear, left being the picture's.
    """

    score: float
    box: tuple[float, float, float, float]
    points: tuple[Point, ...]

    @property
    def area(self) -> float:
        """Square px."""
        left, top, right, bottom = self.box
        return max(0.0, right - left) * max(0.0, bottom - top)


def find_faces(
    rgb: Bytes8, *, least_score: float = LEAST_SCORE, only_large: bool = False
) -> tuple[Face, ...]:
    """Find the faces of a picture, the largest first.

    The whole picture is looked at, then overlapping tiles of it, in which small faces are larger.
    Even above the default score a false small face appears now and then: what matters most is the
    first one.

    Args:
        rgb: [h, w, 3] uint8, any size.
        least_score: of the faces that are returned.
        only_large: whether nobody asks for faces that are less than a thirtieth of the picture's
            longer side, or less than half as large as the largest: that takes half of the time or
            less.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    small = resize_bytes(
        rgb, width=max(1, round(width * scale)), height=max(1, round(height * scale))
    )
    height, width = small.shape[:2]
    side, overlap = (_LARGE_TILE, _LARGE_OVERLAP) if only_large else (_TILE, _TILE // 2)
    found = _look(small, left=0, top=0, side=max(small.shape[:2]), least_score=least_score)
    if not (only_large and _has_large(found, max(height, width))):
        for left, top in _tiles(width, height, side=side, overlap=overlap):
            found += _look(small, left=left, top=top, side=side, least_score=least_score)
    closer = [_closer(rgb, _scaled(face, 1 / scale)) for face in _without_copies(found)]
    return tuple(_without_copies(closer))


def face_vector(rgb: Bytes8, face: Face) -> Vector:
    """Describe whose face it is.

    Args:
        rgb: [h, w, 3] uint8, the picture in which the face was found.
        face: of it.

    Returns:
        128 numbers; the Euclidean distance of two says whether they are of one person: see
        `SAME_PERSON` and `OTHER_PERSON`.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    turn = _similarity(np.asarray(face.points[: len(_template())], np.float64), _template())
    aligned = _cut(rgb, turn)
    tensor = ((aligned - _MEAN) * np.float32(1 / 256)).transpose(2, 0, 1)[None]
    return networks.run("dlibface_h.onnx", "e", x=tensor.astype(np.float32)).reshape(-1)


def face_distance(one: Vector, other: Vector) -> float:
    """How different two faces are: 0 the same, above `OTHER_PERSON` two people."""
    return float(np.linalg.norm(one - other))


def _closer(rgb: Bytes8, face: Face) -> Face:
    """The same face, its points read off a closer look in the picture's own pixels."""
    left, top, right, bottom = face.box
    side = max(2, round(_CLOSER * max(right - left, bottom - top)))
    x, y = round((left + right - side) / 2), round((top + bottom - side) / 2)
    x, y = max(0, x), max(0, y)
    seen = _look(rgb, left=x, top=y, side=side, least_score=_SEEN_AGAIN)
    again = [other for other in seen if _is_same(face, other)]
    if not again:
        return face
    best = max(again, key=lambda other: other.score)
    return Face(score=face.score, box=best.box, points=best.points)


def _has_large(found: list[Face], side: int) -> bool:
    """Whether a sure face is so large that those half its size were seen at the first look."""
    return any(face.score >= LEAST_SCORE and face.area >= (_LARGE * side) ** 2 for face in found)


def _tiles(width: int, height: int, *, side: int, overlap: int) -> Iterable[tuple[int, int]]:
    """Squares of a picture to look at, as left, top; none where one would hold it all."""
    if max(width, height) <= side:
        return
    for top in _starts(height, side, overlap):
        for left in _starts(width, side, overlap):
            yield left, top


def _starts(length: int, side: int, overlap: int) -> list[int]:
    """Where tiles begin along one side: evenly, the last one flush with the end."""
    if length <= side:
        return [0]
    steps = -(-(length - side) // (side - overlap))
    return [round(step * (length - side) / steps) for step in range(steps + 1)]


def _look(rgb: Bytes8, *, left: int, top: int, side: int, least_score: float) -> list[Face]:
    """The faces inside one square, in px of the picture."""
    part = rgb[top : top + side, left : left + side]
    scale = _SIDE / side
    height, width = (max(1, round(length * scale)) for length in part.shape[:2])
    square = np.zeros((_SIDE, _SIDE, 3), np.uint8)
    square[:height, :width] = resize_bytes(np.ascontiguousarray(part), width=width, height=height)
    tensor = square[None].astype(np.float32) / 127.5 - 1.0
    answer = networks.outputs(
        "blazeface_h.onnx",
        ("out_Identity", "out_Identity_1", "out_Identity_2", "out_Identity_3"),
        input=tensor,
    )
    logits = np.concatenate([answer[0].reshape(-1), answer[1].reshape(-1)])
    values = np.concatenate([answer[2].reshape(-1, 16), answer[3].reshape(-1, 16)])
    scores = 1.0 / (1.0 + np.exp(-np.clip(logits, -50.0, 50.0)))
    faces = []
    for index in np.flatnonzero(scores >= least_score):
        row = values[index].reshape(-1, 2) / _SIDE  # centre, size, six points
        centre = _anchors()[index]
        middle, size = centre + row[0], row[1]
        corners = np.concatenate([middle - size / 2, middle + size / 2]) * side
        points = (centre + row[2 : 2 + _POINTS]) * side
        box = (
            float(corners[0]) + left,
            float(corners[1]) + top,
            float(corners[2]) + left,
            float(corners[3]) + top,
        )
        faces.append(
            Face(
                score=float(scores[index]),
                box=box,
                points=tuple((float(x) + left, float(y) + top) for x, y in points),
            )
        )
    return faces


@functools.cache
def _anchors() -> NDArray[np.float32]:
    """Centre of each anchor, as shares of the square, in the network's order."""
    rows: list[tuple[float, float]] = []
    for cells, each in _CELLS:
        for y in range(cells):
            for x in range(cells):
                rows += [((x + 0.5) / cells, (y + 0.5) / cells)] * each
    return np.asarray(rows, np.float32)


def _without_copies(faces: list[Face]) -> list[Face]:
    """Each face once, as the surest look saw it; the largest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda one: -one.score):
        if not any(_is_same(face, other) for other in kept):
            kept.append(face)
    return sorted(kept, key=lambda one: -one.area)


def _is_same(one: Face, other: Face) -> bool:
    """Whether two boxes are of one face: they overlap, or one lies in the other."""
    left, top = max(one.box[0], other.box[0]), max(one.box[1], other.box[1])
    right, bottom = min(one.box[2], other.box[2]), min(one.box[3], other.box[3])
    shared = max(0.0, right - left) * max(0.0, bottom - top)
    smaller = min(one.area, other.area)
    if smaller <= 0:
        return True
    return shared / (one.area + other.area - shared) > _SAME_FACE or shared / smaller > _INSIDE


def _scaled(face: Face, scale: float) -> Face:
    left, top, right, bottom = (value * scale for value in face.box)
    points = tuple((x * scale, y * scale) for x, y in face.points)
    return Face(score=face.score, box=(left, top, right, bottom), points=points)


@functools.cache
def _template() -> NDArray[np.float64]:
    """Where the first points lie on an aligned face, px of `_FACE_SIDE`."""
    raw = networks.weights("dlibface_template.npy")
    return np.asarray(np.load(io.BytesIO(raw), allow_pickle=False), np.float64)


def _similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn, scale and shift that bring points closest to others, in the sense of least squares.

    Returns:
        2 x 3, as OpenCV wants it.
    """
    middle, goal = source.mean(axis=0), target.mean(axis=0)
    x, y = (source - middle).T
    u, v = (target - goal).T
    size = max(float((x * x + y * y).sum()), 1e-9)
    a = float((x * u + y * v).sum()) / size
    b = float((x * v - y * u).sum()) / size
    turn = np.array([[a, -b], [b, a]])
    return np.column_stack([turn, goal - turn @ middle])


def _cut(rgb: Bytes8, turn: NDArray[np.float64]) -> Bytes8:
    """The aligned face; a large one is averaged down first, since the warp alone would alias."""
    scale = float(np.hypot(turn[0, 0], turn[1, 0]))
    if scale < 0.5:  # noqa: PLR2004 - linear sampling skips pixels from here on
        height, width = rgb.shape[:2]
        factor = 2 * scale
        small_width, small_height = max(1, round(width * factor)), max(1, round(height * factor))
        rgb = resize_bytes(rgb, width=small_width, height=small_height)
        turn = turn @ np.diag([width / small_width, height / small_height, 1.0])
    side = (_FACE_SIDE, _FACE_SIDE)
    return np.asarray(cv2.warpAffine(rgb, turn, side, flags=cv2.INTER_LINEAR), np.uint8)

"""What must be true of every picture of the gallery, measured."""

import io
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.vision.faces import SAME_PERSON, face_distance, face_vector, find_faces
from pipeline.vision.features import fit, likely_pairs, points
from pipeline.vision.subject import find_subject
from tests.gallery.cases import LABELLED, PEOPLE, Case

_SIDE = 256  # coarse enough that another resampling is no difference
_EDITED = 3.0
"""Lab distance that the most changed twentieth of a picture has at least: JPEG alone stays
below 2, a graded picture is above 5."""
_UNTOUCHED = 3.0
_LABEL_POINTS = 20


def as_file(rgb: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def pixels(raw: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(raw)).convert("RGB"))


@cache
def photograph(file: Path) -> np.ndarray:
    return pixels(file.read_bytes())


@cache
def mask(file: Path) -> np.ndarray:
    return find_subject(photograph(file)).alpha


@cache
def own_face(file: Path) -> np.ndarray:
    """The largest face of a photograph, as numbers."""
    rgb = photograph(file)
    return face_vector(rgb, find_faces(rgb)[0])


@cache
def own_points(file: Path):
    return points(photograph(file))


def complaints(case: Case, raw: bytes, *, size: tuple[int, int] | None = None) -> list[str]:
    """Everything that is wrong with one picture of the gallery; empty if it may hang.

    Args:
        case: which.
        raw: the file.
        size: that it must have, px; the case's own where it is left out.
    """
    shown = pixels(raw)
    wanted, got = size or case.size, (shown.shape[1], shown.shape[0])
    wrong = [] if got == wanted else [f"is {got}, not {wanted}"]
    change = differences(case, shown)
    if float(np.percentile(change, 95)) < _EDITED:
        wrong.append("does not look edited")
    if case.stays:
        wrong += _touched(case, change)
    if case.photo in PEOPLE:
        wrong += _another(case, shown)
    if case.photo in LABELLED and not case.drawn:
        found = label_points(case, shown)
        if found < _LABEL_POINTS:
            wrong.append(f"only {found} points of the label are found again")
    return wrong


def differences(case: Case, shown: np.ndarray) -> np.ndarray:
    """Lab distance of a picture to its photograph, each blurred a little; cropped alike."""
    height, width = shown.shape[:2]
    scale = _SIDE / max(width, height)
    small = (round(width * scale), round(height * scale))
    labs = []
    for rgb in (framed(case, (width, height)), shown):
        reduced = cv2.resize(np.ascontiguousarray(rgb), small, interpolation=cv2.INTER_AREA)
        values = cv2.GaussianBlur(reduced.astype(np.float32) / 255.0, (0, 0), 1.2)
        labs.append(cv2.cvtColor(values, cv2.COLOR_RGB2LAB))
    return np.linalg.norm(labs[0] - labs[1], axis=-1)


def framed(case: Case, size: tuple[int, int] | None = None) -> np.ndarray:
    """The photograph's middle in the proportions of a picture; a copy."""
    width, height = size or case.size
    own = photograph(case.file)
    fills = max(width / own.shape[1], height / own.shape[0])
    across, down = round(width / fills), round(height / fills)
    left, top = (own.shape[1] - across) // 2, (own.shape[0] - down) // 2
    return own[top : top + down, left : left + across].copy()


def distance(case: Case, shown: np.ndarray) -> float:
    """Of the largest face to the photograph's own; infinite where no face is seen any more."""
    faces = find_faces(shown)
    if not faces:
        return float("inf")
    return face_distance(own_face(case.file), face_vector(shown, faces[0]))


def label_points(case: Case, shown: np.ndarray) -> int:
    other = points(shown)
    return fit(own_points(case.file), other, likely_pairs(own_points(case.file), other)).inliers


def _touched(case: Case, change: np.ndarray) -> list[str]:
    own = photograph(case.file)
    proportions = change.shape[1] / change.shape[0] * own.shape[0] / own.shape[1]
    assert abs(proportions - 1) < 0.02, "what stays can only be compared in the photograph's frame"
    alpha = cv2.resize(mask(case.file), change.shape[::-1], interpolation=cv2.INTER_AREA)
    # A few px about the subject's edge belong to both.
    reach = np.ones((9, 9), np.uint8)
    if case.stays == "background":
        there = cv2.dilate(alpha, reach) < 0.02
    else:
        there = cv2.erode(alpha, reach) > 0.98
    assert there.any()
    most = float(np.percentile(change[there], 99))
    return [f"the {case.stays} changed by {most:.1f}"] if most > _UNTOUCHED else []


def _another(case: Case, shown: np.ndarray) -> list[str]:
    found = distance(case, shown)
    return [] if found <= SAME_PERSON else [f"the face is {found:.2f} away from its own"]

"""What networks see in one picture; needs the extra `checks`."""

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.checks.colour import to_lab
from pipeline.imaging.checks.seenfacts import Seen, pack
from pipeline.vision import faces, features
from pipeline.vision.arrays import Bytes8, Plane, large_parts, resize_bytes
from pipeline.vision.faces import Face
from pipeline.vision.glance import rough_subject

_FACE_SHARE = 0.03  # of the picture's longer side; smaller faces are of passers-by
_ALSO_A_FACE = 0.45  # of the largest face's side
_LIKELY = 0.55
_SOLID = 0.5
_PART = 0.3  # of the largest part of the subject
_TENTHS = 10


def measure(rgb: Bytes8) -> Seen:
    """Look at a picture.

    Args:
        rgb: [h, w, 3] uint8.

    Raises:
        DamagedWeightsError: a network's file is missing or altered.
    """
    every = faces.find_faces(rgb, least_score=_LIKELY, only_large=True)
    likely = _large(every, max(rgb.shape[:2]))
    found = [face for face in likely if face.score >= faces.LEAST_SCORE] or likely[:1]
    mask = rough_subject(rgb)
    solid = mask > _SOLID
    share = float(solid.mean())
    stands_out = 0.004 < share < 0.97  # noqa: PLR2004 - as the cut-out has it
    return Seen(
        faces=sum(face.score >= faces.LEAST_SCORE for face in found),
        face=pack(faces.face_vector(rgb, found[0])) if found else "",
        share=share if stands_out else 0.0,
        subject=pack(features.subject_features(rgb, mask)) if stands_out else "",
        parts=_parts(rgb, mask) if stands_out else (),
        colour=_colour(rgb, mask if stands_out else np.ones_like(mask), found),
        light=_mean(to_lab(resize_bytes(rgb, width=64, height=64))),
        cut=_cut(found[0], rgb) if found else 0.0,
    )


def _large(found: tuple[Face, ...], side: int) -> list[Face]:
    """Faces that matter, the largest first."""
    if not found or found[0].area < (_FACE_SHARE * side) ** 2:
        return []
    return [face for face in found if face.area >= _ALSO_A_FACE**2 * found[0].area]


def _parts(rgb: Bytes8, mask: Plane) -> tuple[str, ...]:
    """Features of each large part, where the subject falls into several."""
    large = large_parts(mask > _SOLID, _PART)
    if not 2 <= len(large) <= 6:  # noqa: PLR2004 - one is the subject itself, many are a pattern
        return ()
    return tuple(
        pack(features.subject_features(rgb, np.where(part, mask, 0).astype(np.float32)))
        for part in large
    )


def _cut(face: Face, rgb: Bytes8) -> float:
    """How much of a face lies beyond the frame, as the largest share of a side of its box."""
    left, top, right, bottom = face.box
    height, width = rgb.shape[:2]
    wide, high = max(1.0, right - left), max(1.0, bottom - top)
    beyond = (-left / wide, -top / high, (right - width) / wide, (bottom - height) / high)
    return float(min(1.0, max(0.0, *beyond)))


def _colour(rgb: Bytes8, mask: Plane, found: list[Face]) -> tuple[float, ...]:
    """The colours of the subject; of a person those of what is worn.

    The mean of each tenth of each channel, not the median: where half of a product is its label, a
    rim of the mask decides on which half the median lies.
    """
    side = mask.shape[0]
    small = resize_bytes(rgb, width=side, height=side)
    counted = mask > 0.8  # noqa: PLR2004 - well inside
    if found:
        chin = found[0].box[3] / rgb.shape[0] * side
        below = counted.copy()
        below[: max(0, min(side, round(chin + 0.04 * side)))] = False
        if below.sum() > 0.1 * max(1, counted.sum()):
            counted = below
    if not counted.any():
        counted = np.ones_like(counted)
    ordered = np.sort(to_lab(small[counted][None])[0], axis=0)
    # Sums up to each tenth, a part of a pixel counting as such, so that all are of equal size.
    sums = np.cumsum(np.pad(ordered.astype(np.float64), ((1, 0), (0, 0))), axis=0)
    edges = np.arange(_TENTHS + 1) * (len(ordered) / _TENTHS)
    whole = np.minimum(edges.astype(np.intp), len(ordered) - 1)
    up_to = sums[whole] + (edges - whole)[:, None] * ordered[whole]
    tenths = np.diff(up_to, axis=0) * (_TENTHS / len(ordered))
    return tuple(round(float(value), 2) for value in tenths.reshape(-1))


def _mean(lab: NDArray[np.float32]) -> tuple[float, float, float]:
    light, red, blue = lab.reshape(-1, 3).mean(axis=0)
    return float(light), float(red), float(blue)

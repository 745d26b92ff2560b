"""What was seen in a picture, as a record; reading it needs no network."""

import base64
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

VERSION = 4
"""Raised whenever the same picture would get other numbers."""

Vector = NDArray[np.float32]


class Seen(NamedTuple):
    """What was seen.

    Attributes:
        faces: number of sure faces of about the size of the largest.
        face: vector of the largest face, sure or likely, base64; empty where there is none.
        share: of the picture that the subject fills, 0 where none stands out.
        subject: features of the subject, base64; empty where none stands out.
        parts: features of each large part of the subject where it has several, base64.
        colour: of the subject without skin, of the whole picture where no subject is found: the
            mean Lab of each tenth of each channel's values, from the lowest on.
        light: lightness, green to red, blue to yellow: mean Lab of the whole picture.
        cut: share of the largest face that lies beyond the frame, 0 to 1.
    """

    faces: int
    face: str
    share: float
    subject: str
    parts: tuple[str, ...]
    colour: tuple[float, ...]
    light: tuple[float, float, float]
    cut: float = 0.0


def pack(vector: Vector) -> str:
    """A vector as text, in half precision."""
    return base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")


def unpack(text: str) -> Vector | None:
    """The way back; None for empty text."""
    if not text:
        return None
    return np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32)

"""Inputs for the engine's tests, and outputs made once a session."""

import functools
import io
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.emulator.engine.draft import DraftEngine
from pipeline.emulator.engine.mask import find_subject
from pipeline.emulator.interface import Edited, EditRequest

PICTURES = Path(__file__).parent / "pictures"
WOMAN = (PICTURES / "astronaut.jpg").read_bytes()
CUP = (PICTURES / "coffee.jpg").read_bytes()
# The face of `WOMAN`, in its own pixels: left, top, right, bottom.
FACE = (95, 30, 132, 78)


_masks = {}


def remembered_subject(plate):
    """The network's answer, asked for once a picture: it is most of a small edit's time."""
    key = (plate.shape, plate.tobytes())
    if key not in _masks:
        _masks[key] = find_subject(plate)
    return _masks[key]


def edit(prompt, *pictures, size=(256, 256), wanted=1, seed=7):
    """Edit without memory; for what must be made afresh."""
    width, height = size
    request = EditRequest(
        model="m", prompt=prompt, width=width, height=height, wanted=wanted, seed=seed
    )
    return DraftEngine().edit(request, pictures)


@functools.cache
def edited(prompt, *pictures, size=(256, 256), wanted=1, seed=7) -> Edited:
    """Edit, remembering: tests that look at one output from several sides make it once."""
    return edit(prompt, *pictures, size=size, wanted=wanted, seed=seed)


def opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


def pixels(raw: bytes) -> np.ndarray:
    return np.asarray(opened(raw).convert("RGB"), np.float64)


def as_file(image: Image.Image, kind="PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def difference(one: bytes, other: bytes) -> float:
    """Mean distance of two pictures of one size, in levels of 255."""
    return float(np.abs(pixels(one) - pixels(other)).mean())

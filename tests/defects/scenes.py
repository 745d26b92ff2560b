"""The pictures that the suite starts from: shipped photographs, and textures of any size."""

import functools
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.vision.faces import find_faces
from pipeline.vision.subject import find_subject

HERE = Path(__file__).parent
CAMPAIGNS = HERE.parents[1] / "campaigns"
SIDE = 1024
"""Longest side of the pictures that the suite works on, px."""
_ALPHA_SIDE = 768

_FILES = {
    "eileen": CAMPAIGNS / "winter-lookbook/images/eileen/portrait.png",
    "grace": CAMPAIGNS / "winter-lookbook/images/grace/portrait.jpg",
    "cup": CAMPAIGNS / "coffee-corner/images/cup.png",
    "cat": CAMPAIGNS / "coffee-corner/images/cat.png",
    "china": HERE / "photos/china.jpg",
    "flower": HERE / "photos/flower.jpg",
    "rocket": HERE / "photos/rocket.jpg",
    **{
        f"bottle-{view}": CAMPAIGNS / f"cold-brew/images/{view}.jpg"
        for view in ("front", "left", "right", "high", "low", "close")
    },
}
NAMES = tuple(_FILES)
PEOPLE = ("eileen", "grace")
BOTTLES = tuple(name for name in NAMES if name.startswith("bottle-"))
THINGS = tuple(name for name in NAMES if name not in PEOPLE)


@functools.cache
def scene(name, side=SIDE):
    """A source picture, uint8 RGB, its longest side at most `side`."""
    image = Image.open(_FILES[name]).convert("RGB")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.asarray(image)


@functools.cache
def alpha(name, side=SIDE):
    """The subject of a source picture, 0 to 1; looked for once, whatever the size."""
    if side != _ALPHA_SIDE:
        height, width = scene(name, side).shape[:2]
        whole = Image.fromarray(alpha(name, _ALPHA_SIDE))
        return np.clip(np.asarray(whole.resize((width, height), Image.Resampling.BICUBIC)), 0, 1)
    return find_subject(scene(name, side)).alpha


@functools.cache
def face(name):
    """Where the face of a person is: left, top, right, bottom, as shares of the picture."""
    height, width = scene(name).shape[:2]
    left, top, right, bottom = find_faces(scene(name))[0].box
    return left / width, top / height, right / width, bottom / height


def texture(seed, side):
    """A picture as rich in detail as a sharp photograph of its size: light, edges, grain."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side].astype(np.float32) / side
    layers = [np.full((side, side), 0.5, np.float32)]
    for octave in range(3, int(np.log2(side))):
        cells = 2**octave
        noise = rng.standard_normal((cells, cells)).astype(np.float32)
        grown = Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC)
        layers.append(np.asarray(grown) * (0.25 / 1.7 ** (octave - 3)))
    plane = np.sum(layers, axis=0)
    for _ in range(60):  # things with sharp edges in front of it
        middle, radius = rng.random(2), rng.uniform(0.01, 0.12)
        shape = np.hypot((x - middle[0]) * rng.uniform(0.5, 2), y - middle[1]) < radius
        plane = np.where(shape, plane * 0.4 + rng.uniform(0, 0.7), plane)
    tint = rng.uniform(0.75, 1.25, 3)
    picture = plane[..., None] * tint + rng.normal(0, 0.006, (side, side, 3))
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)

"""Gives a thing another paint: what the paint sends back changes, what it mirrors does not.

Light from a glossy surface is a mixture of two (Shafer 1985): some passed through the paint and has
its colour, some was mirrored at the surface and has the lamp's. Told apart, the paint alone is
exchanged, so that highlights stay highlights and no edge shows where one begins.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    Rgb,
    as_array,
    develop,
    linear,
    luma,
    smoothstep,
)

_COLOURFUL = 0.3
"""How far the shares of light of a paint lie apart at least; greys have no colour to go by."""
_ENOUGH_LIGHT = 0.003  # of a subject's pixels, so that the lamp's colour can be told
_NOISE = 0.012  # linear light in which a colour is not trusted
_STRANGE = (0.1, 0.2)  # part of a pixel's light that neither paint nor lamp explains
_BRIGHTEST = 2.4  # times the paint's middle tone


@dataclass(frozen=True, slots=True, eq=False)
class Paint:
    """A paint and the lamp that it is seen by.

    Attributes:
        colour: linear light of its middle tone; three values.
        lamp: linear light of what it mirrors; three values that add up to 1.
    """

    colour: Picture
    lamp: Picture


def find_paint(picture: Picture, alpha: Plane, share: Plane) -> Paint | None:
    """Look at the largest surface of a thing.

    Args:
        picture: encoded.
        alpha: the thing.
        share: of that surface in each pixel.

    Returns:
        None where it has too little colour.
    """
    inside = (share > 0.6) & (alpha > 0.6)  # noqa: PLR2004
    if int(inside.sum()) < 50:  # noqa: PLR2004 - too small to tell a colour
        return None
    colour = np.median(linear(picture[inside]), axis=0).astype(np.float32)
    shares = colour / max(float(colour.sum()), 1e-4)
    lamp = _lamp(picture, alpha)
    if float(np.abs(shares - lamp).sum()) < _COLOURFUL:
        return None
    return Paint(colour, lamp)


def _lamp(picture: Picture, alpha: Plane) -> Picture:
    """Colour of the brightest light that is nearly white; plain white where there is none."""
    bright = (picture.min(axis=-1) > 0.62) & (alpha > 0.6)  # noqa: PLR2004
    if int(bright.sum()) < _ENOUGH_LIGHT * float(alpha.sum()):
        return np.full(3, 1.0 / 3.0, np.float32)
    light = np.median(linear(picture[bright]), axis=0)
    return np.asarray(light / light.sum(), np.float32)


def where_painted(picture: Picture, paint: Paint) -> Plane:
    """Share of each pixel that paint and lamp explain together, 0 to 1."""
    through, mirrored = _parted(linear(picture), paint)
    light = linear(picture)
    explained = through[..., None] * paint.colour + mirrored[..., None] * paint.lamp
    rest = np.sqrt(np.square(light - explained).sum(axis=-1))
    whole = np.sqrt(np.square(light).sum(axis=-1)) + _NOISE
    known = smoothstep(_STRANGE[1], _STRANGE[0], np.asarray(rest / whole, np.float32))
    # What is all but grey is no paint: a label, a spoon.
    coloured = through * float(paint.colour.sum())
    part = coloured / np.maximum(coloured + mirrored, 1e-4)
    return np.asarray(known * smoothstep(0.06, 0.2, np.asarray(part, np.float32)), np.float32)


def repainted(picture: Picture, paint: Paint, colour: Rgb) -> Picture:
    """The whole picture as if its paint were another.

    Args:
        picture: encoded.
        paint: that it shows.
        colour: of the new paint's middle tone.
    """
    through, mirrored = _parted(linear(picture), paint)
    new = np.clip(linear(as_array(colour)), 0.004, 0.82)
    bright = float(luma(as_array(colour)[None, None])[0, 0])
    # A bright paint in deep shade is grey rather than black; a dark one has deeper shade.
    shade = np.power(np.clip(through, 0.0, _BRIGHTEST), 1.0 - 0.35 * bright)
    light = new * np.asarray(shade, np.float32)[..., None]
    return np.clip(develop(light + mirrored[..., None] * paint.lamp), 0.0, 1.0)


def _parted(light: Picture, paint: Paint) -> tuple[Plane, Plane]:
    """How much of each pixel passed through the paint, in middle tones, and how much did not."""
    basis = np.stack([paint.colour, paint.lamp], axis=-1).astype(np.float64)
    parts = light @ np.linalg.pinv(basis).T.astype(np.float32)
    # Deeper than the paint itself: less light, none of it mirrored.
    mirrored = np.maximum(parts[..., 1], 0.0)
    own = paint.colour / float(np.square(paint.colour).sum())
    alone = light @ own
    through = np.where(parts[..., 1] < 0.0, alone, parts[..., 0])
    return np.maximum(through, 0.0).astype(np.float32), mirrored.astype(np.float32)

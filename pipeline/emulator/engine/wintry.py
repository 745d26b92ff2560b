"""Winter in a landscape that stays: its green under snow, its air cold."""

import numpy as np

from pipeline.emulator.engine.noise import Dice, mottle
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    as_array,
    blur,
    luma,
    mix,
    rgb,
    smoothstep,
)

_WOODED = 0.12  # of what lies round the subject
_HALF = 0.5
_LEAFY = 0.012  # how far the brightness of leaves that are in focus differs
_AROUND = 0.3  # share of the subject below which a pixel is its surroundings


def is_outdoors(picture: Picture, alpha: Plane) -> bool:
    """Whether much that grows is seen round a subject; a blurred green is no place for snow."""
    around = alpha < _AROUND
    growing = around & (_growing(picture) > _HALF)
    if int(growing.sum()) <= _WOODED * int(around.sum()):
        return False
    tone = luma(picture)
    return float(np.median(np.abs(tone - blur(tone, 2.0))[growing])) > _LEAFY


def _growing(picture: Picture) -> Plane:
    """How far each pixel has the colour of leaves or grass."""
    red, green, blue = (picture[..., channel] for channel in range(3))
    lead = green - np.maximum(blue, 0.96 * red)
    part = lead / np.maximum(green, 0.06)
    return smoothstep(0.0, 0.12, np.asarray(part, np.float32))


def wintered(picture: Picture, rng: Dice) -> Picture:
    """Lay snow on leaves and grass, and let the rest of a landscape turn pale and cold.

    Args:
        picture: encoded.
        rng: of how the snow lies.
    """
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    tone = luma(picture)
    grey = tone[..., None]
    cold = grey + (picture - grey) * 0.72
    cold = np.clip(cold * np.array([0.95, 1.0, 1.06], np.float32), 0.0, 1.0)
    grown = blur(_growing(picture), 0.0015 * unit)
    # It lies where light falls from above: on what is brighter than what is just below it.
    lit = smoothstep(-0.05, 0.09, tone - blur(tone, 0.012 * unit))
    rough = mottle(rng, height, width, size=0.02 * unit, flat=1.6, octaves=3)
    share = grown * np.clip(0.3 + 0.66 * lit + 0.1 * rough, 0.0, 0.95)
    white = as_array(rgb("#eef3f9")) * (0.8 + 0.24 * smoothstep(0.1, 0.6, tone))[..., None]
    return mix(cold, np.clip(white, 0.0, 1.0).astype(np.float32), np.asarray(share, np.float32))

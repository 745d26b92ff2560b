"""Snow that has settled: a thin bank on what faces upwards, loose flakes below it."""

import cv2
import numpy as np

from pipeline.emulator.engine.heads import Head, covering
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


def dusted(
    picture: Picture, alpha: Plane, faces: tuple[Head, ...], *, light: Picture, rng: Dice
) -> Picture:
    """Let snow lie on a subject's shoulders, head and rims; a face stays free of it.

    Args:
        picture: encoded.
        alpha: the subject.
        faces: in px of the picture.
        light: multiplier of the snow's white.
        rng: of the bank's outline.
    """
    height, width = alpha.shape
    unit = float(np.sqrt(height * width))
    thick = 0.015 * unit
    bank = _bank(alpha, thick, rng)
    flakes = _loose(alpha, picture, unit, rng)
    bare = covering(faces, alpha.shape, grown=0.85, soft=0.25)
    hair = covering(faces, alpha.shape, grown=1.5, soft=0.4)
    cover = np.maximum(bank * (1.0 - hair), 0.75 * flakes) * (1.0 - bare) * alpha
    fine = mottle(rng, height, width, size=max(2.0, 0.5 * thick), flat=1.0, octaves=2)
    # The bank is rounded: its lower side lies in its own shade.
    shade = 0.97 - 0.13 * smoothstep(0.9, 0.2, bank) + 0.02 * fine
    white = as_array(rgb("#f3f7fc")) * np.sqrt(np.clip(light, 0.3, 1.05))
    return mix(picture, np.clip(white * shade[..., None], 0, 1), np.clip(cover, 0, 0.96))


def _bank(alpha: Plane, thick: float, rng: Dice) -> Plane:
    """What lies on edges that face upwards, as deep as they are flat."""
    height, width = alpha.shape
    solid = smoothstep(0.3, 0.7, alpha)
    calm = blur(solid, 0.7 * thick)
    down, right = np.gradient(calm)
    steep = down / np.sqrt(np.square(down) + np.square(right) + 1e-8)
    # Flat enough for snow to stay: 1 on level edges, 0 on walls and overhangs.
    flat = smoothstep(0.3, 0.75, blur(np.maximum(steep, 0.0).astype(np.float32), 0.5 * thick))
    rough = mottle(rng, height, width, size=5.0 * thick, flat=0.6, octaves=3)
    depth = thick * np.clip(0.75 + 0.4 * rough, 0.15, 1.6)
    return np.asarray(flat * smoothstep(1.15, 0.55, _below_edge(solid) / depth), np.float32)


def _below_edge(solid: Plane) -> Plane:
    """How many px each pixel lies under the upper edge of the subject in its column."""
    inside = solid > 0.5  # noqa: PLR2004
    rows = np.arange(solid.shape[0], dtype=np.float32)[:, None]
    outside = np.where(inside, -1.0, rows)
    last = np.maximum.accumulate(outside, axis=0)
    # The picture's own border is no edge: nothing lies on a subject that it cuts.
    depth = np.where(last < 0, 1e6, rows - last)
    return np.where(inside, depth, 0.0).astype(np.float32)


def _loose(alpha: Plane, picture: Picture, unit: float, rng: Dice) -> Plane:
    """Single flakes on cloth and hair, thinning out downwards."""
    height, width = alpha.shape
    near = np.exp(-_below_edge(smoothstep(0.3, 0.7, alpha)) / (0.12 * unit))
    count = 5200
    xs, ys = rng.uniform(0, width, count), rng.uniform(0, height, count)
    sizes, luck = rng.uniform(0.0007, 0.0019, count) * unit, rng.uniform(0, 1, count)
    held = near[ys.astype(np.intp), xs.astype(np.intp)]
    plane = np.zeros((height, width), np.uint8)
    for at in np.flatnonzero(luck < 0.8 * held):
        centre = (round(float(xs[at]) * 16), round(float(ys[at]) * 16))
        radius = max(8, round(float(sizes[at]) * 16))
        cv2.circle(plane, centre, radius, 255, -1, cv2.LINE_AA, 4)
    flakes = blur(np.asarray(plane, np.float32) / 255.0, 0.0005 * unit)
    # White on white is not seen; on dark cloth every flake is.
    return np.asarray(flakes * (0.5 + 0.5 * near) * (1.0 - 0.5 * luma(picture)), np.float32)

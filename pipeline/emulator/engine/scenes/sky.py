"""Skies: a gradient of the mood, clouds, and the glow of a low sun."""

import numpy as np

from pipeline.emulator.engine.canvas import Canvas
from pipeline.emulator.engine.noise import cloud
from pipeline.emulator.engine.raster import (
    Picture,
    as_array,
    gradient,
    grid,
    mix,
    smoothstep,
)


def draw_sky(
    canvas: Canvas, width: int, height: int, *, horizon: float, sun_x: float, clouds: float = 0.5
) -> Picture:
    """Draw a sky over the whole frame; below the horizon it keeps the horizon's colour.

    Args:
        canvas: for light and dice.
        width: px to draw.
        height: px to draw.
        horizon: from the top, as a share of the frame.
        sun_x: of the low sun, as a share of the frame's width.
        clouds: how much cloud there is, 0 to 1.
    """
    mood = canvas.mood
    x, y = grid(height, width)
    down = np.broadcast_to(np.clip(y / max(horizon, 0.05), 0.0, 1.0), (height, width))
    top, middle, low = mood.sky
    sky = gradient(down, ((0.0, top), (0.62, middle), (1.0, low)))
    rng = canvas.dice("sky")
    shape = cloud(rng, height, width, cell=(height / 5, width / 1.6), octaves=5)
    cover = clouds * smoothstep(0.2, 1.7, shape) * (0.35 + 0.65 * smoothstep(0.0, 0.7, down))
    lit = 0.45 * as_array(low) + 0.55 * np.minimum(as_array(low) * 1.25 + 0.06, 1.0)
    sky = mix(sky, np.broadcast_to(lit, sky.shape).astype(np.float32), 0.75 * cover)
    if mood.sun > 0:
        square = (width * height) ** 0.5
        distance = np.hypot(
            (x - sun_x) * width / square, 1.5 * (y - horizon + 0.03) * height / square
        )
        glow = mood.sun * (0.75 * np.exp(-distance / 0.16) + 0.35 * np.exp(-distance / 0.5))
        warm = np.clip(as_array(low) * 1.05 + 0.02, 0.0, 1.0)
        sky = mix(sky, np.broadcast_to(warm, sky.shape).astype(np.float32), np.clip(glow, 0, 1))
    return sky

"""Dunes behind each other, wind ripples in the sand before them."""

import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import cloud, mottle
from pipeline.emulator.engine.raster import (
    Picture,
    as_array,
    blur,
    develop,
    grid,
    lens_blur,
    linear,
    mix,
    resize,
    rgb,
    smoothstep,
)
from pipeline.emulator.engine.scenes.sky import draw_sky

_FAR_SIDE = 820
# Height of the crest over the horizon, its swing, and how far away it is, 0 to 1.
_DUNES = ((0.06, 0.045, 1.0), (0.035, 0.06, 0.72), (-0.015, 0.07, 0.42), (-0.09, 0.05, 0.12))


def draw_desert(canvas: Canvas) -> Setting:
    """Draw dunes behind, and rippled sand under, a subject."""
    width, height = canvas.within(_FAR_SIDE)
    horizon = canvas.horizon(standing=0.5, portrait=0.6)
    sun_x = 0.5 + 0.3 * canvas.side
    sky = draw_sky(canvas, width, height, horizon=horizon, sun_x=sun_x, clouds=0.25)
    light = linear(sky)
    for number, dune in enumerate(_DUNES):
        light = _dune(canvas, light, number, horizon, dune)
    unit = (width * height) ** 0.5
    far = develop(lens_blur(light, (0.012 if canvas.soft else 0.0045) * unit))
    picture = resize(far, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _near_sand(canvas, picture, horizon)
    stage = Stage(ground=0.86, tallest=0.66, widest=0.72)
    return Setting(np.clip(picture, 0.0, 1.0), stage, wrap=0.4)


def _dune(
    canvas: Canvas, light: Picture, number: int, horizon: float, dune: tuple[float, float, float]
) -> Picture:
    """One dune before what is drawn already: its crest parts the lit side from the shaded one."""
    crest, swing, distance = dune
    height, width = light.shape[:2]
    mood = canvas.mood
    rng = canvas.dice("dune", number)
    _, y = grid(height, width)
    wave = cloud(rng, 1, width, cell=(1, width / (1.5 + 1.6 * distance)), octaves=2)
    wave = blur(wave, 0.012 * width)
    line = horizon - crest - swing * 0.5 * np.tanh(1.2 * wave)
    down = np.broadcast_to(y, (height, width)) - line
    # A ridge runs from each summit towards the viewer; what lies beyond it from the sun is dark.
    slope = np.gradient(line[0]) * width
    facing = blur(np.broadcast_to(slope[None, :], (height, width)).astype(np.float32), 0.01 * width)
    drift = cloud(rng, height, width, cell=(height / 5, width / 3), octaves=3)
    lit = 0.74 - 1.9 * canvas.side * facing * np.exp(-np.clip(down, 0, 1) / 0.16)
    lit = np.clip(lit * (0.9 + 0.3 * mood.relief) + 0.05 * drift, 0.32, 1.12)
    near, far = linear(as_array(rgb("#d9a765"))), linear(as_array(rgb("#e3bf8f")))
    sand = (near + (far - near) * distance) * lit[..., None] * as_array(mood.ground)
    shade = np.clip(1.0 - lit, 0.0, 1.0)[..., None]
    sand = sand + shade * 0.06 * linear(as_array(mood.sky[0]))
    haze = linear(as_array(mood.sky[2])) * 0.6 + linear(as_array(mood.sky[1])) * 0.4
    veil = np.clip(distance * (0.12 + 0.45 * mood.haze), 0.0, 0.8)
    sand = sand + (haze - sand) * veil
    return mix(light, np.asarray(sand, np.float32), smoothstep(-0.0015, 0.002, down))


def _near_sand(canvas: Canvas, picture: Picture, horizon: float) -> Picture:
    """Ripples across the wind, closer together with distance, and grains."""
    height, width = picture.shape[:2]
    x, y = grid(height, width)
    unit = canvas.unit
    rng = canvas.dice("ripples")
    depth = np.broadcast_to(np.clip((y - horizon) / (1 - horizon), 0.0, 1.0), (height, width))
    bend = cloud(rng, height, width, cell=(0.2 * unit, 0.5 * unit), octaves=3)
    away = 1.0 / np.maximum(depth, 0.06)
    phase = 26.0 * away + 2.4 * bend + 5.0 * (x - 0.5) * (1.0 + 0.4 * away)
    ripple = np.sin(phase) + 0.35 * np.sin(2.0 * phase + 0.9)
    fork = smoothstep(-1.0, 0.8, cloud(rng, height, width, cell=(0.1 * unit, 0.3 * unit)))
    grain = rng.standard_normal((height, width), np.float32)
    soft = mottle(rng, height, width, size=0.04 * unit, flat=2.2, octaves=3)
    focus = smoothstep(0.32, 0.72, depth)
    relief = 0.085 * canvas.side * ripple * (0.35 + 0.65 * fork) * focus
    rough = relief + (0.028 * grain + 0.02 * soft) * focus
    return np.asarray(picture * (1.0 + rough)[..., None], np.float32)

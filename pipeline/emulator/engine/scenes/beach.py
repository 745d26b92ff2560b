"""A beach: sky, sea with glitter, foam where it ends, wet and dry sand."""

from dataclasses import dataclass

import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import cloud, mottle
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    as_array,
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


@dataclass(frozen=True, slots=True, eq=False)
class _Coast:
    """Where things lie on the beach.

    Attributes:
        below: 0 at the horizon to 1 at the lower border.
        x: share of the frame's width.
        shore: where the water ends, on the scale of `below`.
        sun_x: of the sun, on the scale of `x`.
    """

    below: Plane
    x: Plane
    shore: Plane
    sun_x: float


def draw_beach(canvas: Canvas) -> Setting:
    """Draw a beach behind, and under, a subject."""
    width, height = canvas.within(_FAR_SIDE)
    horizon = canvas.horizon(standing=0.4, portrait=0.47)
    light = _draw(canvas, width, height, horizon)
    unit = (width * height) ** 0.5
    far = develop(lens_blur(light, (0.014 if canvas.soft else 0.0075) * unit))
    picture = resize(far, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _near_sand(canvas, picture, horizon)
    return Setting(
        np.clip(picture, 0.0, 1.0), Stage(ground=0.86, tallest=0.66, widest=0.72), wrap=0.45
    )


def _draw(canvas: Canvas, width: int, height: int, horizon: float) -> Picture:
    mood = canvas.mood
    rng = canvas.dice("beach")
    sun_x = 0.5 + canvas.side * float(rng.uniform(0.18, 0.3))
    sky = linear(draw_sky(canvas, width, height, horizon=horizon, sun_x=sun_x, clouds=0.7))
    x, y = grid(height, width)
    x = np.broadcast_to(x, (height, width))
    below = np.clip((np.broadcast_to(y, (height, width)) - horizon) / (1 - horizon), 0.0, 1.0)
    light = _headland(canvas, sky, x, np.broadcast_to(y, (height, width)), horizon)
    bends = cloud(rng, 1, width, cell=(1, width / 2.5), octaves=4)[0]
    reach = 0.48 if not canvas.standing else 0.24 if canvas.above else 0.36
    coast = _Coast(below=below, x=x, shore=reach + 0.045 * bends + 0.06 * (x - 0.5), sun_x=sun_x)
    ground = mix(
        _sea(canvas, coast), _sand(canvas, coast), smoothstep(-0.004, 0.012, below - coast.shore)
    )
    white = linear(as_array(rgb("#f6f6f2"))) * as_array(mood.ground)
    ground = mix(ground, np.broadcast_to(white, ground.shape), _foam(canvas, coast))
    under = smoothstep(-0.0015, 0.0015, np.broadcast_to(y, (height, width)) - horizon)
    return mix(light, ground, under)


def _headland(canvas: Canvas, sky: Picture, x: Plane, y: Plane, horizon: float) -> Picture:
    """A far cape on the shaded side, so that the horizon is not a ruler's line."""
    rng = canvas.dice("headland")
    width = x.shape[1]
    ridge = cloud(rng, 1, width, cell=(1, width / 4), octaves=4)[0]
    away = x if canvas.side > 0 else 1.0 - x
    crest = (0.05 + 0.012 * ridge) * smoothstep(0.42, 0.0, away)
    colour = 0.62 * linear(as_array(canvas.mood.sky[2])) + 0.1 * linear(as_array(rgb("#46565c")))
    cape = np.broadcast_to(colour * as_array(canvas.mood.ground), sky.shape)
    return mix(sky, np.asarray(cape, np.float32), smoothstep(-0.002, 0.004, y - (horizon - crest)))


def _sea(canvas: Canvas, coast: _Coast) -> Picture:
    below, shore = coast.below, coast.shore
    depth = 1.0 / np.maximum(below, 0.004)  # distance in heights of the eye
    width = below.shape[1]
    mood = canvas.mood
    rng = canvas.dice("sea")
    # Waves grow towards the viewer: texture rows are taken at equal steps of distance.
    texture = cloud(rng, 512, width, cell=(5, width / 9), octaves=4)
    rows = np.clip(511 * (1.0 - np.log(depth) / np.log(250.0)), 0, 511).astype(np.int32)
    wave = texture[rows, np.arange(width)[None, :]]
    deep = linear(as_array(rgb("#1d6079"))) * as_array(mood.ground)
    shallow = linear(as_array(rgb("#6fb9b5"))) * as_array(mood.ground)
    near = smoothstep(0.0, 1.0, below / np.maximum(shore, 0.05))
    water = deep + (shallow - deep) * np.square(near)[..., None]
    mirror = (
        linear(as_array(mood.sky[1])) * (1 - near[..., None])
        + linear(as_array(mood.sky[2])) * near[..., None]
    )
    share = np.clip(0.5 + 0.17 * wave - 0.2 * near, 0.05, 0.85)
    sea = mix(np.asarray(water, np.float32), np.asarray(mirror, np.float32), share)
    if mood.sun > 0:
        spread = 0.03 + 0.16 * below
        path = np.exp(-np.square((coast.x - coast.sun_x) / spread))
        glitter = smoothstep(0.3, 1.6, wave) * 1.6 + 0.3
        warm = linear(np.clip(as_array(mood.sky[2]) * 1.05 + 0.02, 0, 1))
        sea = sea + warm * (mood.sun * 1.2 * path * glitter)[..., None]
    return np.asarray(sea, np.float32)


def _sand(canvas: Canvas, coast: _Coast) -> Picture:
    height, width = coast.below.shape
    mood = canvas.mood
    rng = canvas.dice("sand")
    dunes = cloud(rng, height, width, cell=(height / 16, width / 3), octaves=4)
    dry = linear(as_array(rgb("#dcc6a0"))) * (1.0 + 0.06 * dunes)[..., None]
    wet = linear(as_array(rgb("#9a835f")))
    mirror = linear(as_array(mood.sky[2]))
    wetness = smoothstep(0.17, 0.0, coast.below - coast.shore + 0.012 * dunes)
    lit = as_array(mood.ground)
    soaked = wet * lit * 0.72 + mirror * 0.26
    return mix(
        np.asarray(dry * lit, np.float32),
        np.broadcast_to(soaked, dry.shape).astype(np.float32),
        wetness,
    )


def _foam(canvas: Canvas, coast: _Coast) -> Plane:
    """Lines of surf: one where the water ends, fainter ones further out."""
    below, shore = coast.below, coast.shore
    height, width = below.shape
    rng = canvas.dice("foam")
    lace = cloud(rng, height, width, cell=(height / 50, width / 18), octaves=4)
    total = np.zeros_like(below)
    for at, thick, strength in ((0.0, 0.016, 0.95), (-0.11, 0.012, 0.7), (-0.2, 0.006, 0.45)):
        wander = cloud(rng, 1, width, cell=(1, width / 3), octaves=4)[0]
        centre = shore + at * (shore / 0.4) + 0.012 * wander
        line = np.exp(-np.square((below - centre) / thick))
        total = np.maximum(total, strength * line * smoothstep(-0.9, 0.5, lace + 0.6 * (at == 0.0)))
    return np.clip(total, 0.0, 1.0).astype(np.float32)


def _near_sand(canvas: Canvas, picture: Picture, horizon: float) -> Picture:
    """Grains and small hollows around the subject, where the focus lies."""
    height, width = picture.shape[:2]
    _, y = grid(height, width)
    depth = np.broadcast_to(np.clip((y - horizon) / (1 - horizon), 0.0, 1.0), (height, width))
    rng = canvas.dice("near sand")
    unit = canvas.unit
    hollows = mottle(rng, height, width, size=0.035 * unit, flat=2.2, octaves=4)
    # A slope towards the light is bright, one away from it dark: hollows read as relief.
    relief = np.gradient(hollows, axis=1) * (-0.0035 * unit * canvas.side)
    grain = rng.standard_normal((height, width), np.float32)
    focus = smoothstep(0.42, 0.78, depth)
    rough = np.clip(0.13 * relief, -0.22, 0.22) + 0.035 * grain + 0.025 * hollows
    return np.asarray(picture * (1.0 + rough * focus)[..., None], np.float32)

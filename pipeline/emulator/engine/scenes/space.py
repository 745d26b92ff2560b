"""Space: stars, a nebula and a planet; what stands, stands on a moon."""

import cv2
import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import cloud, mottle
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    as_array,
    blur,
    develop,
    grid,
    linear,
    mix,
    resize,
    rgb,
    smoothstep,
)

_SIDE = 1100
_NEBULAE = (("#5b2a86", "#1f5fa8", "#d8628a"), ("#1d4f7a", "#4a2b7d", "#3fa8a0"))


def draw_space(canvas: Canvas) -> Setting:
    """Draw the sky of an airless place, and its ground for a subject that stands."""
    width, height = canvas.within(_SIDE)
    light = _nebula(canvas, width, height) + _stars(canvas, width, height)
    if canvas.standing:
        light = _planet(canvas, light, x=0.5 - 0.27 * canvas.side, y=0.22, radius=0.13)
    else:
        light = _planet(canvas, light, x=0.5 - 0.42 * canvas.side, y=1.12, radius=0.62)
    picture = develop(blur(light, 1.2 if canvas.soft else 0.4))
    picture = resize(picture, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _moon(canvas, picture, canvas.horizon(standing=0.6, portrait=0.7))
    stage = Stage(ground=0.86, tallest=0.64, widest=0.72)
    return Setting(np.clip(picture, 0.0, 1.0), stage, wrap=0.12)


def _nebula(canvas: Canvas, width: int, height: int) -> Picture:
    rng = canvas.dice("nebula")
    codes = _NEBULAE[int(rng.integers(len(_NEBULAE)))]
    x, y = grid(height, width)
    unit = (width * height) ** 0.5
    turn = float(rng.uniform(-0.7, 0.7))
    across = (x - 0.5) * width / unit * np.sin(turn) + (y - 0.42) * height / unit * np.cos(turn)
    band = np.exp(-np.square(across / 0.3))
    light = np.zeros((height, width, 3), np.float32)
    light += linear(as_array(rgb("#070912")))
    for number, code in enumerate(codes):
        gas = cloud(rng, height, width, cell=(unit / (2 + number), unit / (2 + number)), octaves=6)
        thick = np.square(smoothstep(-0.4, 2.0, gas)) * band * (0.75 - 0.15 * number)
        light += np.asarray(thick, np.float32)[..., None] * linear(as_array(rgb(code)))
    dust = cloud(rng, height, width, cell=(unit / 4, unit / 4), octaves=6)
    return np.asarray(light * (1.0 - 0.55 * smoothstep(0.2, 1.6, dust))[..., None], np.float32)


def _stars(canvas: Canvas, width: int, height: int) -> Picture:
    rng = canvas.dice("stars")
    light = np.zeros((height, width, 3), np.float32)
    unit = (width * height) ** 0.5
    count = 900
    xs, ys = rng.integers(0, width, count), rng.integers(0, height, count)
    power = np.power(rng.uniform(0.0, 1.0, count), 7.0) * 5.0 + 0.08
    warm = rng.uniform(-1.0, 1.0, count)
    for x, y, strength, hue in zip(xs, ys, power, warm, strict=True):
        light[y, x] += strength * np.array([1.0 + 0.2 * hue, 1.0, 1.0 - 0.25 * hue], np.float32)
    near = blur(light, 0.0009 * unit) * 3.2
    return np.asarray(near + 0.5 * blur(light, 0.004 * unit), np.float32)


def _planet(canvas: Canvas, light: Picture, *, x: float, y: float, radius: float) -> Picture:
    """A world with seas, clouds, a night side and a rim of air.

    Args:
        canvas: for its side of the light.
        light: what lies behind it.
        x: of its middle, as a share of the width.
        y: of its middle, as a share of the height.
        radius: as a share of the frame's side.
    """
    height, width = light.shape[:2]
    unit = (width * height) ** 0.5
    at_x, at_y = grid(height, width)
    right = ((at_x - x) * width / (radius * unit)).astype(np.float32)
    down = ((at_y - y) * height / (radius * unit)).astype(np.float32)
    far = np.sqrt(np.square(right) + np.square(down))
    deep = np.sqrt(np.clip(1.0 - np.square(far), 0.0, 1.0))
    sun = np.array([0.72 * canvas.side, -0.5, 0.48], np.float32)
    facing = right * sun[0] + down * sun[1] + deep * sun[2]
    day = smoothstep(-0.12, 0.75, facing)
    land, clouds = _surface(canvas, right, down, deep)
    sea = linear(as_array(rgb("#17456e")))
    earth = linear(as_array(rgb("#7a7a4e")))
    ground = sea + (earth - sea) * land[..., None]
    ground = ground + (linear(as_array(rgb("#f2f5f7"))) - ground) * clouds[..., None]
    air = linear(as_array(rgb("#7fb4e6")))
    rim = np.power(np.clip(1.0 - deep, 0.0, 1.0), 3.0)[..., None]
    ball = (ground + (air - ground) * (0.65 * rim)) * (0.012 + 1.05 * day)[..., None]
    pixel = 1.5 / (radius * unit)
    halo = np.exp(-np.maximum(far - 1.0, 0.0) / 0.035) * smoothstep(-0.3, 0.7, facing)
    lit = light + 0.55 * air * np.asarray(halo, np.float32)[..., None]
    return mix(lit, np.asarray(ball, np.float32), smoothstep(1.0 + pixel, 1.0 - pixel, far))


def _surface(canvas: Canvas, right: Plane, down: Plane, deep: Plane) -> tuple[Plane, Plane]:
    """Land and clouds, wrapped round the ball."""
    rng = canvas.dice("planet")
    side = 512
    land = cloud(rng, side, 2 * side, cell=(side / 3, side / 3), octaves=6)
    cover = cloud(rng, side, 2 * side, cell=(side / 7, side / 3), octaves=6)
    along = np.arctan2(right, np.maximum(deep, 1e-3)) / np.pi + 0.5
    up = np.arcsin(np.clip(down, -1.0, 1.0)) / np.pi + 0.5
    map_x = np.asarray(along * side, np.float32)
    map_y = np.asarray(up * (side - 1) * np.ones_like(along), np.float32)

    def seen(plane: Plane) -> Plane:
        return np.asarray(cv2.remap(plane, map_x, map_y, cv2.INTER_LINEAR), np.float32)

    return smoothstep(0.1, 0.5, seen(land)), 0.85 * smoothstep(0.25, 1.7, seen(cover))


def _moon(canvas: Canvas, picture: Picture, horizon: float) -> Picture:
    """Grey dust with craters, lit hard from the side."""
    height, width = picture.shape[:2]
    x, y = grid(height, width)
    rng = canvas.dice("moon")
    unit = canvas.unit
    ridge = cloud(rng, 1, width, cell=(1, width / 3), octaves=5)
    line = horizon - 0.012 * ridge
    below = np.broadcast_to(y, (height, width)) - line
    depth = np.clip(below / (1.0 - horizon), 0.0, 1.0).astype(np.float32)
    rolling = mottle(rng, height, width, size=0.3 * unit, flat=5.0, octaves=3)
    pebbles = mottle(rng, height, width, size=0.02 * unit, flat=2.2, octaves=2)
    slope = np.gradient(rolling, axis=1) * unit / 14.0
    slope = slope + np.gradient(pebbles, axis=1) * (unit / 320.0) * (0.2 + 0.8 * depth)
    slope = slope + np.gradient(_craters(canvas, height, width, horizon), axis=1)
    grain = rng.standard_normal((height, width), np.float32)
    shade = 0.62 - 0.3 * np.tanh(0.9 * canvas.side * slope)
    shade = shade + (0.018 * grain + 0.02 * pebbles) * (0.3 + 0.7 * depth)
    towards = 0.85 + 0.25 * canvas.side * (2 * x - 1)
    dust = linear(as_array(rgb("#9d9a96"))) * as_array(canvas.mood.ground)
    lit = dust * np.clip(shade * towards * (0.75 + 0.25 * depth), 0.02, 1.4)[..., None]
    ground = np.sqrt(np.clip(lit, 0.0, 1.0)).astype(np.float32)
    return mix(picture, ground, smoothstep(-0.001, 0.002, below))


def _craters(canvas: Canvas, height: int, width: int, horizon: float) -> Plane:
    """Bowls with raised rims, flattened by the low view; as heights."""
    rng = canvas.dice("craters")
    total = np.zeros((height, width), np.float32)
    x, y = grid(height, width)
    unit = canvas.unit
    for _ in range(26):
        depth = float(rng.uniform(0.02, 1.0)) ** 1.4
        centre_x, centre_y = float(rng.uniform(0, 1)), horizon + (1.0 - horizon) * depth
        radius = float(rng.uniform(0.015, 0.075)) * (0.25 + depth) * unit
        away = np.hypot((x - centre_x) * width / radius, (y - centre_y) * height / (0.3 * radius))
        bowl = -1.4 * smoothstep(1.0, 0.4, away) + 0.9 * np.exp(-np.square((away - 1.05) / 0.2))
        total += np.asarray(bowl, np.float32) * np.float32(0.22 * radius)
    return total

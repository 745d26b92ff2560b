"""Mountains: ranges behind each other in the haze, snow on the high ones, a meadow in front."""

import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import Dice, cloud, mottle
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
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
# Height of the crest above the horizon and its swing, in shares of the frame; distance, 0 to 1.
_RANGES = ((0.25, 0.115, 0.86), (0.2, 0.09, 0.6), (0.115, 0.06, 0.36), (0.04, 0.035, 0.16))


def draw_mountains(canvas: Canvas) -> Setting:
    """Draw ranges behind, and a meadow under, a subject."""
    shrink = min(1.0, _FAR_SIDE / max(canvas.width, canvas.height))
    width, height = max(16, round(canvas.width * shrink)), max(16, round(canvas.height * shrink))
    horizon = canvas.horizon(standing=0.56, portrait=0.66)
    sun_x = 0.5 + 0.28 * canvas.side
    sky = draw_sky(canvas, width, height, horizon=horizon, sun_x=sun_x, clouds=0.75)
    light = linear(sky)
    for number, (crest, swing, distance) in enumerate(_RANGES):
        light = _range(canvas, light, number, horizon, crest, swing, distance)
    light = _meadow(canvas, light, horizon)
    unit = (width * height) ** 0.5
    far = develop(lens_blur(light, (0.012 if canvas.soft else 0.0048) * unit))
    picture = resize(far, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _near_meadow(canvas, picture, horizon)
    stage = Stage(ground=0.86, tallest=0.66, widest=0.72)
    return Setting(np.clip(picture, 0.0, 1.0), stage, wrap=0.4)


def _range(  # noqa: PLR0917 - one range's place in the picture
    canvas: Canvas,
    light: Picture,
    number: int,
    horizon: float,
    crest: float,
    swing: float,
    distance: float,
) -> Picture:
    """One range before what is drawn already."""
    height, width = light.shape[:2]
    mood = canvas.mood
    rng = canvas.dice("range", number)
    _, y = grid(height, width)
    unit = (width * height) ** 0.5
    line = horizon - crest - swing * _ridge(rng, width, width / unit)
    line = np.minimum(line, horizon + 0.03)[None, :]
    down = np.broadcast_to(y, (height, width)) - line
    rock = _relief(canvas, number, (height, width), distance)
    far_rock, near_rock = linear(as_array(rgb("#6c7681"))), linear(as_array(rgb("#454b45")))
    wooded = linear(as_array(rgb("#33452f")))
    stone = near_rock + (far_rock - near_rock) * distance
    forest = smoothstep(-0.01, 0.03, down) * smoothstep(0.75, 0.3, np.full_like(down, distance))
    base = stone + (wooded - stone) * np.asarray(forest, np.float32)[..., None]
    snow = linear(as_array(rgb("#eef3f8")))
    high = smoothstep(0.13 * distance + 0.01, 0.0, down + 0.035 * rock) * smoothstep(
        0.3, 0.62, np.float32(distance) * np.ones_like(down)
    )
    base = base + (snow - base) * (0.92 * high)[..., None]
    lit = 0.72 + 0.5 * np.clip(rock * 0.55, -0.8, 1.1) * (0.6 + 0.5 * mood.relief)
    shown = base * lit[..., None] * as_array(mood.ground)
    haze = linear(as_array(mood.sky[2])) * 0.55 + linear(as_array(mood.sky[1])) * 0.45
    # Haze gathers in the valleys: the foot of each range is paler than its crest.
    veil = np.clip(distance * (0.5 + 0.3 * mood.haze) + 1.5 * down * (0.4 + mood.haze), 0.0, 0.93)
    shown = shown + (haze - shown) * np.asarray(veil, np.float32)[..., None]
    edge = 0.0014 + 0.001 * distance
    return mix(light, np.asarray(shown, np.float32), smoothstep(-edge, edge, down))


def _ridge(rng: Dice, width: int, wide: float) -> Plane:
    """A jagged outline, -1 to 1: folded noise, so that summits are sharp and valleys round."""
    total = np.zeros(width, np.float32)
    strength, cell = 1.0, 0.42
    at = np.linspace(0.0, wide, width, dtype=np.float32)
    for _ in range(7):
        knots = rng.uniform(-1.0, 1.0, int(wide / cell) + 3).astype(np.float32)
        wave = np.interp(at / cell, np.arange(len(knots)), knots).astype(np.float32)
        total += strength * (1.0 - 2.0 * np.abs(wave))
        strength, cell = strength * 0.47, cell * 0.53
    return np.asarray(np.clip(total / 1.5, -1.0, 1.2), np.float32)


def _relief(canvas: Canvas, number: int, shape: tuple[int, int], distance: float) -> Plane:
    """Light and shade on folded rock, mean 0."""
    height, width = shape
    rng = canvas.dice("rock", number)
    size = (0.12 - 0.05 * distance) * (height * width) ** 0.5
    folds = np.abs(cloud(rng, height, width, cell=(1.5 * size, size), octaves=5))
    folds = blur(np.asarray(folds, np.float32), 0.8)
    down, right = np.gradient(folds)
    slope = right * canvas.side * -1.0 - 0.5 * down
    return np.asarray(slope / max(float(slope.std()), 1e-6), np.float32)


def _meadow(canvas: Canvas, light: Picture, horizon: float) -> Picture:
    height, width = light.shape[:2]
    mood = canvas.mood
    _, y = grid(height, width)
    rng = canvas.dice("meadow")
    bends = cloud(rng, 1, width, cell=(1, width / 2), octaves=3)
    edge = horizon + 0.012 * bends
    below = np.broadcast_to(y, (height, width)) - edge
    depth = np.clip(below / max(1.0 - horizon, 0.05), 0.0, 1.0)
    patches = cloud(rng, height, width, cell=(height / 28, width / 5), octaves=4)
    far, near = linear(as_array(rgb("#7d9457"))), linear(as_array(rgb("#5a7538")))
    grass = far + (near - far) * depth[..., None]
    grass = grass * (1.0 + 0.13 * patches)[..., None] * as_array(mood.ground)
    haze = linear(as_array(mood.sky[2]))
    veil = 0.45 * mood.haze * np.exp(-depth / 0.12)
    grass = grass + (haze - grass) * np.asarray(veil, np.float32)[..., None]
    return mix(light, np.asarray(grass, np.float32), smoothstep(-0.002, 0.004, below))


def _near_meadow(canvas: Canvas, picture: Picture, horizon: float) -> Picture:
    """Blades and tufts around the subject, where the focus lies."""
    height, width = picture.shape[:2]
    _, y = grid(height, width)
    depth = np.broadcast_to(np.clip((y - horizon) / (1 - horizon), 0.0, 1.0), (height, width))
    rng = canvas.dice("grass")
    unit = canvas.unit
    tufts = mottle(rng, height, width, size=0.05 * unit, flat=1.7, octaves=3)
    blades = cloud(rng, height, width, cell=(0.011 * unit, 0.0026 * unit), octaves=2)
    focus = smoothstep(0.3, 0.75, depth)
    rough = 0.07 * tufts + 0.16 * blades * (0.55 + 0.45 * depth)
    shaded = picture * (1.0 + np.clip(rough, -0.42, 0.5) * focus)[..., None]
    yellow = np.array([1.06, 1.02, 0.86], np.float32)
    dry = smoothstep(0.6, 1.8, tufts) * focus * 0.5
    return np.asarray(shaded * (1.0 + (yellow - 1.0) * dry[..., None]), np.float32)

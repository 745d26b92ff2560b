"""Open country: ranges or hills behind each other in the haze, a meadow in front."""

from dataclasses import dataclass

import cv2
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


@dataclass(frozen=True, slots=True)
class Look:
    """How one country differs from another.

    Attributes:
        ranges: far to near: height of the crest above the horizon and its swing, in shares of the
            frame, and distance, 0 to 1.
        flowers: colours of what blooms in the meadow; empty for grass alone.
    """

    ranges: tuple[tuple[float, float, float], ...]
    flowers: tuple[str, ...] = ()


ALPINE = Look(((0.25, 0.115, 0.86), (0.2, 0.09, 0.6), (0.115, 0.06, 0.36), (0.04, 0.035, 0.16)))
_HILLS = ((0.075, 0.03, 0.45), (0.045, 0.025, 0.3), (0.012, 0.02, 0.12))
MEADOW = Look(_HILLS)
FLOWERS = Look(_HILLS, ("#f4f1e6", "#f2c53a", "#d94f5c", "#8a6cc9", "#f4f1e6"))


def draw_country(canvas: Canvas, look: Look) -> Setting:
    """Draw ranges behind, and a meadow under, a subject."""
    width, height = canvas.within(_FAR_SIDE)
    horizon = canvas.horizon(standing=0.56, portrait=0.66)
    sun_x = 0.5 + 0.28 * canvas.side
    sky = draw_sky(canvas, width, height, horizon=horizon, sun_x=sun_x, clouds=0.75)
    light = linear(sky)
    for number, (crest, swing, distance) in enumerate(look.ranges):
        light = _range(canvas, light, number, horizon, crest, swing, distance)
    light = _meadow(canvas, light, horizon)
    light = _blooming(canvas, look, light, horizon, count=900, size=0.0022)
    unit = (width * height) ** 0.5
    far = develop(lens_blur(light, (0.012 if canvas.soft else 0.0048) * unit))
    picture = resize(far, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _near_meadow(canvas, picture, horizon)
        near = _blooming(canvas, look, linear(picture), horizon, count=150, size=0.0115)
        picture = np.sqrt(near) if look.flowers else picture
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


def _blooming(
    canvas: Canvas, look: Look, light: Picture, horizon: float, *, count: int, size: float
) -> Picture:
    """Flowers in a meadow, larger towards the viewer.

    Args:
        canvas: for light and dice.
        look: what blooms.
        light: the meadow.
        horizon: from the top, as a share of the frame.
        count: of flowers.
        size: of the nearest ones, as a share of the frame's side.
    """
    if not look.flowers:
        return light
    height, width = light.shape[:2]
    unit = float(np.sqrt(height * width))
    rng = canvas.dice("flowers", count)
    done = np.ascontiguousarray(light)
    lit = as_array(canvas.mood.ground)
    heart = [float(v) for v in linear(as_array(rgb("#d9a62c"))) * lit]
    # Far ones first, so that near ones stand before them.
    for depth in np.sort(np.power(rng.uniform(0.0, 1.0, count), 0.8)):
        radius = size * unit * (0.12 + 0.88 * float(depth)) * float(rng.uniform(0.7, 1.2))
        x = float(rng.uniform(0.0, 1.0)) * width
        y = (horizon + (1.0 - horizon) * (0.04 + 0.96 * float(depth))) * height
        base = linear(as_array(rgb(look.flowers[int(rng.integers(len(look.flowers)))])))
        turn = float(rng.uniform(0.0, 1.3))
        if radius < 2.5:  # noqa: PLR2004 - a speck of colour
            colour = [float(v) for v in base * lit * 0.9]
            centre = (round(x * 16), round(y * 16))
            cv2.circle(done, centre, max(10, round(radius * 16)), colour, -1, cv2.LINE_AA, 4)
            continue
        for petal in range(5):
            angle = turn + petal * 2.0 * np.pi / 5.0
            at = (
                round((x + 0.55 * radius * np.cos(angle)) * 16),
                round((y + 0.34 * radius * np.sin(angle)) * 16),
            )
            shade = 0.82 + 0.26 * float(np.sin(angle) < 0)
            colour = [float(v) for v in base * lit * shade]
            axes = (round(0.55 * radius * 16), round(0.36 * radius * 16))
            cv2.ellipse(done, at, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 4)
        middle = (round(x * 16), round(y * 16))
        cv2.ellipse(
            done,
            middle,
            (round(4.4 * radius), round(3.2 * radius)),
            0,
            0,
            360,
            heart,
            -1,
            cv2.LINE_AA,
            4,
        )
    return done


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

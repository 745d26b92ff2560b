"""A wall of brick or concrete, close behind the subject, and the floor before it."""

from dataclasses import dataclass

import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import cloud, mottle, scatter
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    as_array,
    blur,
    encoded,
    gradient,
    grid,
    linear,
    mix,
    rgb,
    smoothstep,
)

_FLOOR = 0.7  # where wall and floor meet, from the top of the frame
_COURSE = 0.044  # height of a row of bricks, as a share of the frame's side
_BRICK = 3.1  # length of a brick, in courses


@dataclass(frozen=True, slots=True)
class Look:
    """How one wall differs from another.

    Attributes:
        tones: of its surface, dark to light.
        mortar: colour between its bricks; empty for a wall without bricks.
    """

    tones: tuple[str, ...]
    mortar: str = ""


BRICK = Look(("#6e3527", "#8f4a37", "#a65c45", "#b87458"), mortar="#b3a698")
CONCRETE = Look(("#8d8c89", "#a3a29e", "#b5b3ae"))


def draw_wall(canvas: Canvas, look: Look) -> Setting:
    """Draw a wall behind, and a floor under, a subject."""
    height, width = canvas.height, canvas.width
    floor = _floor_line(canvas)
    surface = _bricks(canvas, look) if look.mortar else _concrete(canvas, look)
    if floor < 1.0:
        surface = _with_floor(canvas, surface, floor)
    x, y = grid(height, width)
    towards = 0.5 + 0.5 * canvas.side * (2 * x - 1)
    mood = canvas.mood
    far = np.square((x - 0.5 - 0.18 * canvas.side) * width / canvas.unit) + np.square(
        (y - 0.36) * height / canvas.unit
    )
    fall = (0.62 + 0.4 * towards) * (1.04 - (0.35 + 0.5 * mood.relief) * np.minimum(far, 1.2))
    light = linear(surface) * as_array(mood.ground) * np.asarray(fall, np.float32)[..., None]
    counter = as_array(mood.counter) * np.square(1.0 - towards)[..., None]
    picture = encoded(light + linear(surface) * 0.7 * np.asarray(counter, np.float32))
    # The wall lies behind the plane of focus.
    soft = blur(picture, (0.006 if canvas.soft else 0.0022) * canvas.unit)
    _, down = grid(height, width)
    near = smoothstep(floor + 0.02, floor + 0.16, np.broadcast_to(down, (height, width)))
    picture = mix(soft, picture, near)
    return Setting(picture, Stage(ground=0.86, tallest=0.68, widest=0.74), wrap=0.15, gloss=0.04)


def _floor_line(canvas: Canvas) -> float:
    if not canvas.standing:
        return 1.0
    return 0.3 if canvas.above else _FLOOR


def _bricks(canvas: Canvas, look: Look) -> Picture:
    """Courses of bricks, each a shade of its own, chipped edges, mortar between them."""
    height, width = canvas.height, canvas.width
    rng = canvas.dice("bricks")
    course = max(6.0, _COURSE * canvas.unit)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    rough = mottle(rng, height, width, size=0.5 * course, flat=1.0, octaves=3)
    wander = 0.018 * course * rough
    row, up = np.divmod(y + wander, course)
    column, along = np.divmod(x + wander + 0.5 * _BRICK * course * (row % 2), _BRICK * course)
    number = row * 977 + column
    fine = rng.standard_normal((height, width), np.float32)
    patches = cloud(rng, height, width, cell=(9 * course, 12 * course), octaves=3)
    tone = scatter(np.asarray(number, np.float32), 5) * 0.72 + 0.14 + 0.06 * patches
    stops = tuple((at / (len(look.tones) - 1), rgb(c)) for at, c in enumerate(look.tones))
    brick = gradient(np.clip(tone, 0, 1), stops)
    brick = brick * (1.0 + 0.045 * rough + 0.03 * fine)[..., None]
    gap = 0.05 * course
    inner = np.minimum(np.minimum(up, course - up), np.minimum(along, _BRICK * course - along))
    joint = smoothstep(gap + 1.6, gap - 0.4, np.asarray(inner, np.float32))
    mortar = as_array(rgb(look.mortar)) * (0.93 + 0.04 * rough + 0.03 * fine)[..., None]
    done = mix(np.asarray(brick, np.float32), np.asarray(mortar, np.float32), joint)
    # Bricks stand out: light from above catches their upper edges and shades the joints below.
    edge = np.gradient(blur(joint, 0.03 * course), axis=0) * (0.05 * course)
    shaded = done * (1.0 - 1.4 * np.clip(edge, -0.2, 0.2))[..., None]
    return np.asarray(np.clip(shaded, 0.0, 1.0), np.float32)


def _concrete(canvas: Canvas, look: Look) -> Picture:
    """Cast panels: clouds, pores and the holes of their formwork."""
    height, width = canvas.height, canvas.width
    rng = canvas.dice("concrete")
    unit = canvas.unit
    clouds = cloud(rng, height, width, cell=(0.35 * unit, 0.5 * unit), octaves=5)
    streaks = cloud(rng, height, width, cell=(0.8 * unit, 0.05 * unit), octaves=3)
    fine = mottle(rng, height, width, size=max(3.0, 0.006 * unit), flat=1.0, octaves=2)
    tone = np.clip(0.5 + 0.17 * clouds + 0.06 * streaks + 0.05 * fine, 0, 1)
    stops = tuple((at / (len(look.tones) - 1), rgb(c)) for at, c in enumerate(look.tones))
    stone = gradient(tone, stops)
    pores = smoothstep(2.5, 2.9, mottle(rng, height, width, size=0.008 * unit, flat=1.0))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    panel = 0.62 * unit
    shift = float(rng.uniform(0.2, 0.8)) * panel
    across, down = np.mod(x + shift, panel), np.mod(y + 0.5 * shift, panel)
    seam = np.minimum(np.minimum(across, panel - across), np.minimum(down, panel - down))
    line = 0.35 * smoothstep(0.0034 * unit, 0.0008 * unit, np.asarray(seam, np.float32))
    hole = np.hypot(np.abs(across - 0.5 * panel) - 0.3 * panel, down - 0.5 * panel)
    dot = 0.5 * smoothstep(0.011 * unit, 0.008 * unit, np.asarray(hole, np.float32))
    dark = np.maximum(np.maximum(line, dot), 0.3 * pores)
    return np.asarray(stone * (1.0 - dark)[..., None], np.float32)


def _with_floor(canvas: Canvas, wall: Picture, line: float) -> Picture:
    """A smooth screed, dark where it meets the wall."""
    height, width = canvas.height, canvas.width
    rng = canvas.dice("screed")
    _, y = grid(height, width)
    depth = np.broadcast_to(np.clip((y - line) / (1.0 - line), 0.0, 1.0), (height, width))
    patches = cloud(rng, height, width, cell=(0.03 * canvas.unit, 0.4 * canvas.unit), octaves=4)
    fine = mottle(rng, height, width, size=max(3.0, 0.01 * canvas.unit), flat=2.0, octaves=2)
    tone = 1.0 + 0.03 * patches + 0.02 * fine * (0.3 + 0.7 * depth)
    screed = as_array(rgb("#8f8a84")) * (tone * (0.86 + 0.14 * depth))[..., None]
    corner: Plane = np.asarray(np.exp(-depth / 0.07) * 0.42, np.float32)
    above = np.exp(-np.clip(line - y, 0, None) / 0.02) * 0.3
    shaded = wall * (1.0 - np.broadcast_to(above, (height, width)))[..., None]
    floor = np.asarray(screed * (1.0 - corner)[..., None], np.float32)
    edge = smoothstep(-0.0015, 0.0015, np.broadcast_to(y - line, (height, width)))
    return mix(np.asarray(shaded, np.float32), np.clip(floor, 0.0, 1.0), edge)

"""Backdrops without a place: a studio, one flat colour, the old background out of focus."""

import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.matte import without_subject
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    Rgb,
    as_array,
    develop,
    grid,
    lens_blur,
    linear,
    mix,
    resize,
    smoothstep,
    sparkling,
)

_BLUR_SIDE = 900
_PLINTH = 0.74  # where the top of a plinth has its middle, from the top of the frame


def draw_studio(canvas: Canvas, colour: Rgb) -> Setting:
    """A sweep of paper in one colour, lit from the side, without a visible corner."""
    height, width = canvas.height, canvas.width
    x, y = grid(height, width)
    mood = canvas.mood
    by_x, by_y = width / canvas.unit, height / canvas.unit
    # Kept a little off the limits: paper is never quite white or black.
    paper = np.clip(linear(as_array(colour)), 0.006, 0.93)
    centre = 0.5 + 0.14 * canvas.side
    pool = np.exp(-np.square((x - centre) * by_x / 0.75) - np.square((y - 0.4) * by_y / 0.72))
    depth = 0.26 + 0.62 * max(0.0, mood.relief - 0.3)
    field = 1.0 - depth + (depth + 0.06) * pool
    if canvas.standing:
        floor = smoothstep(0.6, 0.9, np.broadcast_to(y, (height, width)))
        corner = np.exp(-np.square((y - 0.66) / 0.09))
        field = field * (1.0 - 0.06 * corner) * (1.0 + 0.1 * floor * pool)
    field = field * (1.0 - 0.1 * smoothstep(0.9, 1.05, np.broadcast_to(y, (height, width))))
    tone = 0.5 + 0.5 * as_array(mood.ground)
    light = paper * tone * np.asarray(field, np.float32)[..., None]
    picture = np.sqrt(np.clip(light, 0.0, 1.0)).astype(np.float32)
    bright = float(as_array(colour).mean())
    return Setting(
        picture,
        Stage(ground=0.83, tallest=0.66, widest=0.74),
        wrap=0.35 * bright,
        gloss=0.05,
    )


def draw_podium(canvas: Canvas, colour: Rgb) -> Setting:
    """The same paper with a round plinth in its own colour for the subject to stand on."""
    studio = draw_studio(canvas, colour)
    if not canvas.standing:
        return studio
    height, width = canvas.height, canvas.width
    unit, middle = canvas.unit, 0.5 * width
    half, flat = 0.33 * min(unit, 1.25 * width), 0.17
    top, foot = _PLINTH * height, min(_PLINTH * height + 0.17 * unit, 1.2 * height)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    across = (x - middle) / half
    rim = np.sqrt(np.clip(1.0 - np.square(across), 0.0, 1.0)) * flat * half
    edge = 1.5 / half
    within = smoothstep(1.0 + edge, 1.0 - edge, np.abs(across))
    lid = smoothstep(1.0 + 2 * edge, 1.0 - 2 * edge, np.hypot(across, (y - top) / (flat * half)))
    side = within * smoothstep(-1.0, 1.0, y - top) * smoothstep(1.0, -1.0, y - foot - rim)
    light = linear(studio.picture)
    # A soft shadow round its foot and to the side that the light does not reach.
    away = np.hypot(
        (x - middle + 0.3 * canvas.side * half) / (1.3 * half), (y - foot) / (2.1 * flat * half)
    )
    light = light * (1.0 - 0.5 * canvas.mood.shadow * np.exp(-np.power(away, 3)))[..., None]
    paper = np.clip(linear(as_array(colour)), 0.006, 0.93) * (
        0.5 + 0.5 * as_array(canvas.mood.ground)
    )
    turned = canvas.side * across
    round_about = 0.6 + 0.27 * turned - 0.12 * np.square(turned)
    wall = np.asarray(paper * np.clip(round_about, 0.25, 1.0)[..., None], np.float32)
    rest = smoothstep(0.9, 1.0, np.hypot(across, (y - top) / (flat * half))) * 0.05
    plate = np.asarray(paper * (0.96 + 0.08 * turned + rest)[..., None], np.float32)
    light = mix(mix(light, wall, np.asarray(side, np.float32)), plate, lid)
    picture = np.sqrt(np.clip(light, 0.0, 1.0)).astype(np.float32)
    stage = Stage(ground=_PLINTH + 0.25 * flat * half / height, tallest=0.56, widest=0.46)
    return Setting(picture, stage, wrap=studio.wrap, gloss=0.05)


def draw_plain(canvas: Canvas, colour: Rgb) -> Setting:
    """Exactly one colour, edge to edge."""
    picture = np.empty((canvas.height, canvas.width, 3), np.float32)
    picture[:] = as_array(colour)
    return Setting(picture, Stage(ground=0.86, tallest=0.74, widest=0.8), wrap=0.0)


def draw_blurred(picture: Picture, alpha: Plane) -> Picture:
    """The picture's own background as a wide-open lens shows it, without the subject's colours."""
    height, width = picture.shape[:2]
    shrink = min(1.0, _BLUR_SIDE / max(height, width))
    rows, columns = max(1, round(height * shrink)), max(1, round(width * shrink))
    small = resize(picture, width=columns, height=rows)
    behind = without_subject(small, resize(alpha, width=columns, height=rows))
    unit = float(np.sqrt(rows * columns))
    soft = develop(lens_blur(sparkling(behind, 0.03 * unit), 0.026 * unit))
    return np.clip(resize(soft, width=width, height=height, smooth=True), 0.0, 1.0)

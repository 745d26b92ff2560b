"""A wooden table before a lived-in room; without the table where nothing stands on it."""

import cv2
import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import cloud, scatter
from pipeline.emulator.engine.raster import (
    Picture,
    Rgb,
    as_array,
    blur,
    develop,
    encoded,
    gradient,
    grid,
    lens_blur,
    linear,
    mix,
    resize,
    rgb,
    smoothstep,
)

_FAR_SIDE = 720
_EDGE = 0.6  # where the table ends, from the top of the frame
_WOODS: tuple[tuple[str, str], ...] = (
    ("#8a5a36", "#c08a58"),
    ("#6f4426", "#a9703f"),
    ("#9a7248", "#cfa878"),
)


def draw_table(canvas: Canvas) -> Setting:
    """Draw a room behind a subject, and a table under one that stands."""
    shrink = min(1.0, _FAR_SIDE / max(canvas.width, canvas.height))
    width, height = max(16, round(canvas.width * shrink)), max(16, round(canvas.height * shrink))
    room = _room(canvas, width, height)
    unit = (width * height) ** 0.5
    room = develop(lens_blur(room, (0.042 if canvas.soft else 0.03) * unit))
    picture = resize(room, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _with_table(canvas, picture)
    return Setting(
        np.clip(picture, 0.0, 1.0),
        Stage(ground=0.85, tallest=0.68, widest=0.74),
        wrap=0.35,
        gloss=0.16,
    )


def _indoors(canvas: Canvas) -> tuple[Rgb, Rgb, float]:
    """Colour of the room's own light, of what the window lets in, and how strong that is."""
    mood = canvas.mood
    inside = tuple(0.5 * g + 0.5 * w for g, w in zip(mood.ground, (0.95, 0.78, 0.56), strict=True))
    window = tuple(float(v) for v in as_array(mood.sky[1]) * 0.5 + as_array(mood.sky[2]) * 0.5)
    strength = float(np.clip(sum(mood.ground) / 3, 0.15, 1.0))
    return (inside[0], inside[1], inside[2]), (window[0], window[1], window[2]), strength


def _room(canvas: Canvas, width: int, height: int) -> Picture:
    rng = canvas.dice("room")
    inside, outside, day = _indoors(canvas)
    x, y = grid(height, width)
    x, y = np.broadcast_to(x, (height, width)), np.broadcast_to(y, (height, width))
    wall = linear(as_array(rgb(str(rng.choice(["#cbb89d", "#b8a78f", "#c4b5a2"])))))
    # The wall is brightest towards the window.
    towards = 0.5 + 0.5 * canvas.side * (2 * x - 1)
    fall = 0.42 + 0.6 * np.square(towards)
    light = np.asarray(wall * as_array(inside) * fall[..., None], np.float32)
    _window(canvas, light, linear(as_array(outside)) * (0.25 + 1.15 * day))
    _shelves(canvas, light, inside)
    _pendants(canvas, light)
    floor = smoothstep(0.8, 0.84, y)
    cabinet = linear(as_array(rgb("#5b4434"))) * as_array(inside) * (0.6 + 0.4 * towards)[..., None]
    light = mix(light, np.asarray(cabinet, np.float32), floor * 0.85)
    spill = np.exp(-np.square((towards - 1.0) / 0.5))[..., None] * linear(as_array(outside))
    return np.asarray(light + 0.12 * day * spill, np.float32)


def _box(light: Picture, box: tuple[float, float, float, float], colour: Picture) -> None:
    """Fill a rectangle: left, top, right and bottom in shares of the frame."""
    left, top, right, bottom = box
    height, width = light.shape[:2]
    rows = slice(max(0, round(top * height)), max(0, round(bottom * height)))
    columns = slice(max(0, round(left * width)), max(0, round(right * width)))
    light[rows, columns] = colour


def _window(canvas: Canvas, light: Picture, outside: Picture) -> None:
    """A window on the light's side, with its bars."""
    centre = 0.5 + canvas.side * 0.33
    reach = 0.2 * min(1.3, canvas.unit / canvas.width)
    left, right, top, bottom = centre - reach, centre + reach, 0.05, 0.56
    inside, _, _ = _indoors(canvas)
    frame = linear(as_array(rgb("#d9d0c2"))) * as_array(inside) * 0.7
    _box(light, (left - 0.015, top - 0.02, right + 0.015, bottom + 0.02), frame)
    _box(light, (left, top, right, bottom), outside)
    # Greenery or roofs outside, out of focus.
    rng = canvas.dice("window")
    for _ in range(9):
        at = left + (right - left) * float(rng.uniform(0, 1))
        size = float(rng.uniform(0.03, 0.09))
        shade = outside * float(rng.uniform(0.45, 0.8)) * np.array([0.85, 1.0, 0.8], np.float32)
        low = bottom - float(rng.uniform(0.02, 0.2))
        _box(light, (max(left, at - size), low, min(right, at + size), bottom), shade)
    _box(light, (centre - 0.006, top, centre + 0.006, bottom), frame)
    across = top + (bottom - top) * 0.45
    _box(light, (left, across - 0.006, right, across + 0.006), frame)
    # A curtain on the inner side takes the hard edge off.
    inner = left if canvas.side > 0 else right
    linen = linear(as_array(rgb("#d8cab2"))) * as_array(inside)
    for fold in range(6):
        at = inner + canvas.side * (0.016 * fold - 0.04)
        _box(light, (at, 0.0, at + 0.017, 0.62), linen * (0.95 if fold % 2 else 0.62))


def _shelves(canvas: Canvas, light: Picture, inside: Rgb) -> None:
    """Two shelves with jars and plates on the side away from the window."""
    rng = canvas.dice("shelves")
    left = 0.04 if canvas.side > 0 else 0.52
    right = left + 0.44
    wood = linear(as_array(rgb("#6d4a30"))) * as_array(inside)
    tones = ["#d8cbb5", "#7c8b6f", "#a65b3c", "#4f5d63", "#c79a54", "#8b6f5a", "#e4ddd0", "#39443c"]
    for shelf in (0.26, 0.47):
        at = left + 0.01
        while at < right - 0.05:
            wide, tall = float(rng.uniform(0.02, 0.055)), float(rng.uniform(0.05, 0.14))
            if rng.uniform() < 0.8:  # noqa: PLR2004 - a gap now and then
                colour = linear(as_array(rgb(str(rng.choice(tones))))) * as_array(inside)
                _box(light, (at, shelf - tall, at + wide, shelf), colour * 0.95)
                _box(light, (at, shelf - tall, at + wide * 0.3, shelf), colour * 1.3)
            at += wide + float(rng.uniform(0.004, 0.03))
        _box(light, (left, shelf, right, shelf + 0.016), wood)


def _pendants(canvas: Canvas, light: Picture) -> None:
    """Warm lamps and small lights; they are what sparkles out of focus."""
    height, width = light.shape[:2]
    rng = canvas.dice("pendants")
    power = 0.35 + 1.1 * canvas.mood.lamps
    glow = np.zeros_like(light)
    unit = (width * height) ** 0.5
    for number in range(3):
        x = 0.5 - canvas.side * (0.02 + 0.17 * number)
        y = 0.13 + 0.025 * float(rng.uniform(-1, 1))
        warm = [3.4 * power, 1.9 * power, 0.75 * power]
        cv2.circle(glow, (round(x * width), round(y * height)), round(0.016 * unit), warm, -1)
    # A string of small lights along the upper shelf.
    left = 0.03 if canvas.side > 0 else 0.55
    for number in range(9):
        x = left + 0.05 * number + 0.008 * float(rng.uniform(-1, 1))
        y = 0.31 + 0.03 * float(np.sin(number * 1.9)) + 0.006 * float(rng.uniform(-1, 1))
        warm = [22.0 * power, 12.0 * power, 4.5 * power]
        size = max(1, round(0.005 * unit))
        cv2.circle(glow, (round(x * width), round(y * height)), size, warm, -1)
    light += glow + blur(glow, 0.09 * unit) * 0.5


def _with_table(canvas: Canvas, picture: Picture) -> Picture:
    """Lay the table top into the lower part of the frame, in perspective."""
    height, width = picture.shape[:2]
    if canvas.above:
        return _from_above(canvas, width, height)
    first = round(_EDGE * height)
    rows = height - first
    wood = _planks(canvas, width, rows, near=0.66)
    inside, _, _ = _indoors(canvas)
    y = (np.arange(rows, dtype=np.float32) + 0.5)[:, None] / rows
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width)[None, :]
    towards = 0.5 + 0.5 * canvas.side * (2 * x - 1)
    pool = (
        0.62
        + 0.5 * np.square(towards) * (0.4 + 0.6 * y)
        + 0.1 * np.exp(-np.square((y - 0.55) / 0.3))
    )
    lit = linear(wood) * as_array(inside) * pool[..., None]
    # The polish mirrors the window and the lamps, most at the far edge.
    above = picture[first - min(rows, first) : first][::-1]
    mirror = np.zeros_like(lit)
    mirror[: above.shape[0]] = linear(blur(above, 0.02 * canvas.unit))
    share = np.broadcast_to(0.05 + 0.22 * np.exp(-y / 0.22), (rows, width)).astype(np.float32)
    top = encoded(mix(np.asarray(lit, np.float32), mirror, share))
    focus = np.broadcast_to(smoothstep(0.0, 0.45, y), (rows, width))
    soft = blur(blur(top, 0.006 * canvas.unit), 0.004 * canvas.unit)
    top = mix(soft, top, focus)
    whole = picture.copy()
    whole[first:] = top
    # The far edge is out of focus as well: a soft step instead of a cut.
    band = max(2, round(0.012 * canvas.unit))
    start, end = max(0, first - band), min(height, first + band)
    ramp = np.linspace(0, 1, end - start, dtype=np.float32)[:, None]
    ramp = np.broadcast_to(ramp * ramp * (3 - 2 * ramp), (end - start, width))
    near_edge = np.broadcast_to(top[min(band, rows - 1)][None], (end - start, width, 3))
    shade = mix(picture[start:end], np.asarray(near_edge, np.float32), np.asarray(ramp, np.float32))
    whole[start:end] = shade
    return whole


def _from_above(canvas: Canvas, width: int, height: int) -> Picture:
    """Nothing but the table, lit from one side."""
    inside, _, _ = _indoors(canvas)
    wood = _planks(canvas, width, height, near=0.22)
    x, y = grid(height, width)
    towards = 0.5 + 0.5 * canvas.side * (2 * x - 1)
    pool = 0.5 + 0.55 * towards * (1.0 - 0.35 * y)
    return develop(np.asarray(linear(wood) * as_array(inside) * pool[..., None], np.float32))


def _planks(canvas: Canvas, width: int, rows: int, *, near: float) -> Picture:
    """Planks that run from side to side, grain along them.

    Args:
        canvas: for the dice.
        width: px.
        rows: px from the far edge to the near one.
        near: how much larger the near edge appears, 0 for a view straight down.
    """
    rng = canvas.dice("planks")
    dark, pale = _WOODS[int(rng.integers(len(_WOODS)))]
    # Texture space: u along the plank, v across, equal steps on the table.
    deep, wide = 640, 1200
    grain = cloud(rng, deep, wide, cell=(9, 420), octaves=4)
    fibre = cloud(rng, deep, wide, cell=(2.2, 90), octaves=2)
    flow = cloud(rng, deep, wide, cell=(60, 500), octaves=2)
    v = np.arange(deep, dtype=np.float32)[:, None]
    plank = np.floor(v / 128 + 0.35)
    rings = np.sin((v + 14 * flow) / 6.5 + 30 * scatter(plank, 5) + 1.1 * grain)
    tone = 0.5 + 0.16 * grain + 0.1 * fibre + 0.1 * rings + 0.26 * (scatter(plank, 9) - 0.5)
    wood = gradient(np.clip(tone, 0, 1), ((0.0, rgb(dark)), (1.0, rgb(pale))))
    seam = np.abs(np.mod(v / 128 + 0.35, 1.0) - 0.5) > 0.487  # noqa: PLR2004 - a narrow gap
    wood = wood * np.where(seam, 0.5, 1.0)[..., None].astype(np.float32)
    # Perspective: rows near the far edge cover more of the table than near rows.
    y = (np.arange(rows, dtype=np.float32) + 0.5) / rows
    far = 1.0 / (1.0 - near + near * y)
    span = (far - far.min()) / max(float(far.max() - far.min()), 1e-6)
    map_v = np.broadcast_to(((1 - span) * (deep - 1))[:, None], (rows, width))
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    # Planks keep their proportions: as many px of texture along as across at the near edge.
    scale = 0.5 * min(1.0, width / (2.5 * rows)) * (far / far.max())[:, None] * (wide - 1)
    scale = scale if near > 0.5 else scale * 1.3  # noqa: PLR2004
    map_u = (wide - 1) / 2 + x[None, :] * 2 * scale
    return np.asarray(
        cv2.remap(
            wood,
            np.asarray(map_u, np.float32),
            np.asarray(map_v, np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        ),
        np.float32,
    )

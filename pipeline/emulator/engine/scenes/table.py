"""A table of wood or marble before a room; without the table where nothing stands on it."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import cloud, mottle, scatter
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


@dataclass(frozen=True, slots=True)
class Look:
    """How one table differs from another.

    Attributes:
        marble: whether it is of stone; wood otherwise.
        black: whether the marble is black with white veins.
        festive: whether only small lights are seen behind it rather than a room.
        gloss: how far it mirrors what stands on it, 0 to 1.
        wood: darkest and palest tone of the wood; None for one of several.
        linen: whether a cloth lies on it.
    """

    marble: bool = False
    black: bool = False
    festive: bool = False
    gloss: float = 0.16
    wood: tuple[str, str] | None = None
    linen: bool = False


WOODEN, MARBLE, FESTIVE = Look(), Look(marble=True, gloss=0.2), Look(festive=True)
PALE, DARK = Look(wood=("#b9976b", "#e3cda6")), Look(wood=("#22150e", "#523523"), gloss=0.2)
LINEN = Look(linen=True, gloss=0.0)
BLACK_MARBLE = Look(marble=True, black=True, gloss=0.3)


def draw_table(canvas: Canvas, look: Look) -> Setting:
    """Draw a room behind a subject, and a table under one that stands."""
    width, height = canvas.within(_FAR_SIDE)
    room = (_lights if look.festive else _room)(canvas, width, height)
    unit = (width * height) ** 0.5
    room = develop(lens_blur(room, (0.042 if canvas.soft else 0.03) * unit))
    picture = resize(room, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _with_table(canvas, look, picture)
    return Setting(
        np.clip(picture, 0.0, 1.0),
        Stage(ground=0.85, tallest=0.68, widest=0.74),
        wrap=0.35,
        gloss=look.gloss,
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
    string = power * float(np.clip(2.5 * canvas.mood.lamps - 0.25, 0.05, 1.0))  # unlit by day
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
        warm = [22.0 * string, 12.0 * string, 4.5 * string]
        size = max(1, round(0.005 * unit))
        cv2.circle(glow, (round(x * width), round(y * height)), size, warm, -1)
    light += glow + blur(glow, 0.09 * unit) * 0.5


def _lights(canvas: Canvas, width: int, height: int) -> Picture:
    """A dark room full of small warm lights, some of them red, green or white."""
    rng = canvas.dice("festive")
    unit = (width * height) ** 0.5
    x, y = grid(height, width)
    far = np.square((x - 0.5) * width / unit) + np.square((y - 0.42) * height / unit)
    deep, warm = linear(as_array(rgb("#1c1512"))), linear(as_array(rgb("#6b3a1e")))
    fall = np.exp(-far / 0.22)[..., None]
    light = np.asarray(deep + (warm - deep) * fall, np.float32)
    glow = np.zeros_like(light)
    tints = ((1.0, 0.62, 0.26), (1.0, 0.74, 0.4), (1.0, 0.86, 0.62), (0.95, 0.22, 0.14))
    for number in range(150):
        at = (round(float(rng.uniform(0, 1)) * width), round(float(rng.beta(1.4, 1.6)) * height))
        tint = as_array(tints[min(3, int(rng.integers(0, 9)) // 2 if number % 4 else 0)])
        strength = float(rng.uniform(6.0, 34.0)) * (0.35 + float(rng.uniform(0, 1)) ** 3)
        size = max(1, round(0.0038 * unit))
        cv2.circle(glow, at, size, [float(c) * strength for c in tint], -1, cv2.LINE_AA)
    return np.asarray(light + glow + 0.25 * blur(glow, 0.05 * unit), np.float32)


def _with_table(canvas: Canvas, look: Look, picture: Picture) -> Picture:
    """Lay the table top into the lower part of the frame, in perspective."""
    height, width = picture.shape[:2]
    if canvas.above:
        return _from_above(canvas, look, width, height)
    first = round(_EDGE * height)
    rows = height - first
    wood = _top(canvas, look, width, rows, near=0.66)
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


def _from_above(canvas: Canvas, look: Look, width: int, height: int) -> Picture:
    """Nothing but the table; a window, or small lights, shine upon it from one side."""
    inside, _, _ = _indoors(canvas)
    wood = _top(canvas, look, width, height, near=0.22)
    x, y = grid(height, width)
    towards = 0.5 + 0.5 * canvas.side * (2 * x - 1)
    pool = 0.5 + 0.55 * towards * (1.0 - 0.35 * y)
    lit = linear(wood) * as_array(inside) * pool[..., None]
    if look.festive:
        lit = lit * 0.45
    else:
        _, outside, day = _indoors(canvas)
        shine = linear(as_array(outside)) * (0.85 * day * _window_light(canvas, width, height))
        lit = lit * 0.8 + linear(wood) * shine
    return develop(np.asarray(lit, np.float32))


def _window_light(canvas: Canvas, width: int, height: int) -> Picture:
    """The light of a window with bars, thrown slantwise upon a table; 0 to 1, one channel."""
    x, y = grid(height, width)
    unit = canvas.unit
    along = ((x - 0.5) * canvas.side * width + 0.55 * (y - 0.5) * height) / unit
    across = ((y - 0.5) * height - 0.2 * canvas.side * (x - 0.5) * width) / unit
    panes = np.ones((height, width), np.float32)
    for value, edges in ((along, (-0.38, 0.02, 0.42, 0.82)), (across, (-0.62, -0.2, 0.22, 0.64))):
        open_to = np.zeros((height, width), np.float32)
        for low, high in pairwise(edges):
            inside = smoothstep(low + 0.012, low + 0.03, value)
            open_to = np.maximum(open_to, inside * smoothstep(high - 0.012, high - 0.03, value))
        panes = panes * open_to
    return np.asarray(blur(panes, 0.012 * unit)[..., None], np.float32)


def _top(canvas: Canvas, look: Look, width: int, rows: int, *, near: float) -> Picture:
    """The table's surface; arguments as in `_planks`."""
    if look.marble:
        return _slab(canvas, width, rows, near=near, black=look.black)
    if look.linen:
        return _cloth(canvas, width, rows, near=near)
    return _planks(canvas, width, rows, near=near, wood=look.wood)


def _slab(canvas: Canvas, width: int, rows: int, *, near: float, black: bool) -> Picture:
    """Marble: veins that branch, over faint clouds; grey ones in white, pale ones in black."""
    rng = canvas.dice("marble")
    deep, wide = 430, 800
    clouds = cloud(rng, deep, wide, cell=(154, 220), octaves=3)
    tone = 0.93 + 0.016 * clouds
    y, x = np.mgrid[:deep, :wide].astype(np.float32)
    for reach, width_of_vein, strength in ((174.0, 0.05, 0.34), (80.0, 0.035, 0.16)):
        bend = [cloud(rng, deep, wide, cell=(reach, reach), octaves=4) for _ in range(2)]
        field = cloud(rng, deep, wide, cell=(1.1 * reach, 1.7 * reach), octaves=2)
        moved = cv2.remap(
            field,
            x + 0.16 * reach * bend[0],
            y + 0.16 * reach * bend[1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
        away = np.abs(np.asarray(moved, np.float32))
        here = smoothstep(-0.7, 1.1, cloud(rng, deep, wide, cell=(reach, reach), octaves=2))
        sharp = np.exp(-away / width_of_vein) + 0.35 * np.exp(-away / (5.0 * width_of_vein))
        tone = tone - strength * here * sharp
    fine = mottle(rng, deep, wide, size=4.0, flat=1.0, octaves=1)
    tone = np.clip(tone + 0.006 * fine, 0, 1)
    if black:
        stops = ((0.0, rgb("#e9e6e0")), (0.55, rgb("#8f8e8c")), (0.85, rgb("#26272a")))
        return _in_perspective(gradient(tone, stops), width, rows, near=near)
    stone = gradient(
        tone,
        (
            (0.0, rgb("#6d6f75")),
            (0.62, rgb("#b9babc")),
            (0.9, rgb("#eeece8")),
            (1.0, rgb("#f8f6f2")),
        ),
    )
    return _in_perspective(stone, width, rows, near=near)


def _in_perspective(texture: Picture, width: int, rows: int, *, near: float) -> Picture:
    """Lay a texture of a table's top down; arguments as in `_planks`."""
    deep, wide = texture.shape[:2]
    # Rows near the far edge cover more of the table than near rows.
    y = (np.arange(rows, dtype=np.float32) + 0.5) / rows
    far = 1.0 / (1.0 - near + near * y)
    span = (far - far.min()) / max(float(far.max() - far.min()), 1e-6)
    map_v = np.broadcast_to(((1 - span) * (deep - 1))[:, None], (rows, width))
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    # It keeps its proportions: as many px of texture along as across at the near edge.
    scale = 0.5 * min(1.0, width / (2.5 * rows)) * (far / far.max())[:, None] * (wide - 1)
    scale = scale if near > 0.5 else scale * 1.3  # noqa: PLR2004
    map_u = (wide - 1) / 2 + x[None, :] * 2 * scale
    return np.asarray(
        cv2.remap(
            texture,
            np.asarray(map_u, np.float32),
            np.asarray(map_v, np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        ),
        np.float32,
    )


def _cloth(canvas: Canvas, width: int, rows: int, *, near: float) -> Picture:
    """Washed linen: a weave of uneven threads, and folds that the light from the side finds."""
    rng = canvas.dice("linen")
    deep, wide = 640, 1200
    y, x = np.mgrid[:deep, :wide].astype(np.float32)
    bend = cloud(rng, deep, wide, cell=(260, 300), octaves=2)
    # Folds run slantwise; their crests are narrow, the cloth between them lies flat.
    along = (x + 0.55 * y) / 150 + 1.1 * bend
    crest = np.exp(-np.square(np.sin(along)) / 0.09) * smoothstep(
        -0.3, 0.9, cloud(rng, deep, wide, cell=(220, 260), octaves=2)
    )
    hollow = cloud(rng, deep, wide, cell=(120, 160), octaves=3)
    height = blur(np.asarray(crest + 0.35 * hollow, np.float32), 7.0)
    slope = np.gradient(height, axis=1) * canvas.side
    threads = cloud(rng, deep, wide, cell=(2.0, 46), octaves=2) + cloud(
        rng, deep, wide, cell=(46, 2.0), octaves=2
    )
    tone = 0.8 - 4.2 * np.clip(slope, -0.06, 0.06) + 0.05 * height + 0.022 * threads
    stops = ((0.0, rgb("#5f5546")), (0.6, rgb("#c6b89e")), (1.0, rgb("#f3ecdd")))
    return _in_perspective(gradient(np.clip(tone, 0, 1), stops), width, rows, near=near)


def _planks(
    canvas: Canvas, width: int, rows: int, *, near: float, wood: tuple[str, str] | None
) -> Picture:
    """Planks that run from side to side, grain along them.

    Args:
        canvas: for the dice.
        width: px.
        rows: px from the far edge to the near one.
        near: how much larger the near edge appears, 0 for a view straight down.
        wood: darkest and palest tone; None for one of several.
    """
    rng = canvas.dice("planks")
    chosen = _WOODS[int(rng.integers(len(_WOODS)))]
    dark, pale = wood or chosen
    # Texture space: u along the plank, v across, equal steps on the table.
    deep, wide = 640, 1200
    grain = cloud(rng, deep, wide, cell=(9, 420), octaves=4)
    fibre = cloud(rng, deep, wide, cell=(2.2, 90), octaves=2)
    flow = cloud(rng, deep, wide, cell=(60, 500), octaves=2)
    v = np.arange(deep, dtype=np.float32)[:, None]
    plank = np.floor(v / 128 + 0.35)
    rings = np.sin((v + 14 * flow) / 6.5 + 30 * scatter(plank, 5) + 1.1 * grain)
    tone = 0.5 + 0.16 * grain + 0.1 * fibre + 0.1 * rings + 0.26 * (scatter(plank, 9) - 0.5)
    grained = gradient(np.clip(tone, 0, 1), ((0.0, rgb(dark)), (1.0, rgb(pale))))
    seam = np.abs(np.mod(v / 128 + 0.35, 1.0) - 0.5) > 0.487  # noqa: PLR2004 - a narrow gap
    grained = grained * np.where(seam, 0.5, 1.0)[..., None].astype(np.float32)
    return _in_perspective(grained, width, rows, near=near)

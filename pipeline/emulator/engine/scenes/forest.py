"""Woods out of focus: trunks, leaves against the light, and a floor of moss or snow."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import Dice, cloud, mottle
from pipeline.emulator.engine.raster import (
    Picture,
    as_array,
    blur,
    develop,
    gradient,
    grid,
    lens_blur,
    linear,
    mix,
    resize,
    rgb,
    smoothstep,
)
from pipeline.emulator.engine.scenes.sky import draw_sky

_FAR_SIDE = 760


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of wood differs from another.

    Attributes:
        leaves: their colours, from the deep background to the sunlit front.
        trunk: colour of the stems.
        floor: colours of the ground, dark and light.
        conifers: draw firs instead of stems with leaves.
    """

    leaves: tuple[str, ...]
    trunk: str
    floor: tuple[str, str]
    conifers: bool


GREEN = Look(
    leaves=("#2b4532", "#3d5f38", "#557d42", "#7c9b50", "#c9d489"),
    trunk="#3b3128",
    floor=("#3c4a24", "#7e8c48"),
    conifers=False,
)
WINTER = Look(
    leaves=("#8fa3ae", "#6d8590", "#4f6a72", "#3f585c"),
    trunk="#4a4a4c",
    floor=("#cdd8e4", "#f2f5f9"),
    conifers=True,
)


def draw_forest(canvas: Canvas, look: Look) -> Setting:
    """Draw woods behind, and a clearing under, a subject."""
    width, height = canvas.within(_FAR_SIDE)
    horizon = canvas.horizon(standing=0.56, portrait=0.7)
    light = linear(draw_sky(canvas, width, height, horizon=horizon, sun_x=0.5 + 0.25 * canvas.side))
    if look.conifers:
        light = _conifers(canvas, look, light, horizon)
    else:
        # Light that fell through leaves is green before it reaches the eye.
        through = linear(as_array(rgb("#b3c68e"))) * as_array(canvas.mood.ground)
        light = _leaves(canvas, look, np.asarray(0.3 * light + 0.7 * through, np.float32), horizon)
        light = _moonlit(canvas, look, light, horizon)
    light = _floor(canvas, look, light, horizon)
    radius = (0.032 if canvas.soft else 0.024) * (width * height) ** 0.5
    outlined = look.conifers or _darkness(canvas) > 0.5  # noqa: PLR2004
    far = develop(lens_blur(light, radius * (0.62 if outlined else 1.0)))
    picture = resize(far, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _near_floor(canvas, look, picture, horizon)
    return Setting(
        np.clip(picture, 0.0, 1.0), Stage(ground=0.85, tallest=0.66, widest=0.72), wrap=0.45
    )


def _leaves(canvas: Canvas, look: Look, light: Picture, horizon: float) -> Picture:
    """Layer upon layer of foliage, dark ones behind, sunlit dots in front."""
    height, width = light.shape[:2]
    mood = canvas.mood
    unit = (width * height) ** 0.5
    x, y = grid(height, width)
    towards = np.broadcast_to(0.5 + 0.5 * canvas.side * (2 * x - 1), (height, width))
    rng = canvas.dice("leaves")
    lit = as_array(mood.ground)
    far_light = linear(as_array(mood.sky[2]))
    glow = np.exp(-np.square((x - 0.5 - 0.16 * canvas.side) / 0.3) - np.square((y - 0.42) / 0.3))
    for layer, code in enumerate(look.leaves[:-1]):
        cell = unit / (3.2 + 2.2 * layer)
        shape = cloud(rng, height, width, cell=(cell, cell), octaves=5)
        dense = shape + 0.2 - (0.9 * glow if layer else 0.0)
        cover = smoothstep(-1.2 + 0.5 * layer, 0.3 + 0.45 * layer, dense)
        shade = cloud(rng, height, width, cell=(cell / 2, cell / 2), octaves=3)
        near = layer / max(1, len(look.leaves) - 2)
        leaf = linear(as_array(rgb(code))) * lit * (0.8 + 0.55 * towards)[..., None]
        leaf = leaf * (1.0 + 0.2 * shade)[..., None]
        # Distance takes the colour of the sky.
        leaf = leaf + (far_light * 0.75 - leaf) * (0.5 * mood.haze * (1 - near))
        share = 0.9 * cover * ((1.0 - 0.35 * glow) if layer == 0 else 1.0)
        light = mix(light, np.asarray(leaf, np.float32), np.asarray(share, np.float32))
        if layer == 1:
            light = _stems(canvas, look, light, horizon)
    # Gaps and wet leaves: points of light that the lens turns into discs.
    dots = np.zeros_like(light)
    bright = linear(as_array(rgb(look.leaves[-1]))) * lit
    sun = linear(np.clip(as_array(mood.sky[2]) * 1.05, 0, 1))
    for _ in range(60):
        at = (int(rng.integers(width)), int(rng.uniform(0.0, horizon + 0.05) * height))
        pick = float(rng.uniform())
        colour = (bright if pick < 0.65 else sun) * float(rng.uniform(1.0, 6.0))  # noqa: PLR2004
        size = max(1, round(float(rng.uniform(0.002, 0.005)) * unit))
        cv2.circle(dots, at, size, [float(c) for c in colour], -1, cv2.LINE_AA)
    strength = float(np.clip(sum(mood.ground) / 3, 0.12, 1.0))
    return np.asarray(light + dots * strength, np.float32)


def _darkness(canvas: Canvas) -> float:
    """How far it is night, 0 to 1."""
    return float(smoothstep(0.5, 0.25, np.array(sum(canvas.mood.ground) / 3, np.float32)))


def _moonlit(canvas: Canvas, look: Look, light: Picture, horizon: float) -> Picture:
    """At night leaves are only dark: what shows is mist in the moon, and trunks before it."""
    dark = _darkness(canvas)
    if not dark:
        return light
    height, width = light.shape[:2]
    unit = (width * height) ** 0.5
    x, y = grid(height, width)
    aside, up = (x - 0.5 - 0.28 * canvas.side) * width / unit, (y - 0.2) * height / unit
    far = np.hypot(aside, up)
    moon = 0.55 * np.exp(-np.square(far / 0.42)) + 1.6 * smoothstep(0.052, 0.046, far)
    low = 0.22 * np.exp(-np.square((y - horizon) / 0.13)) * np.ones_like(far)
    rng = canvas.dice("moonlit")
    drift = 1.0 + 0.25 * cloud(rng, height, width, cell=(height / 5, width / 2), octaves=3)
    pale = linear(as_array(rgb("#a9bcdc")))
    shine = np.asarray((moon + low * drift)[..., None] * pale * dark, np.float32)
    done = light * (1.0 - 0.45 * dark) + shine
    for number in range(max(7, round(13 * width / unit))):
        near = number % 3 / 2
        at, thick = float(rng.uniform(0, 1)), float(rng.uniform(0.008, 0.018)) * (1 + 1.3 * near)
        shade = [float(c) for c in linear(as_array(rgb(look.trunk))) * (0.16 - 0.12 * near)]
        _bare_tree(done, (at * width, (horizon + 0.03) * height), thick * unit, shade, rng)
    return done


def _bare_tree(
    light: Picture, foot: tuple[float, float], thick: float, shade: list[float], rng: Dice
) -> None:
    """A trunk with bare branches; its foot and thickness in px."""
    x, base = foot
    lean = float(rng.uniform(-0.09, 0.09))
    line = max(1, round(thick))
    top = (round(x + lean * base), -10)
    cv2.line(light, (round(x), round(base)), top, shade, line, cv2.LINE_AA)
    for _ in range(7):
        up = float(rng.uniform(0.35, 0.95))
        start = np.array([x + lean * base * up, base * (1.0 - up)])
        turn = float(rng.choice([-1.0, 1.0]))
        reach = base * float(rng.uniform(0.12, 0.3))
        middle = start + np.array([turn * 0.6, -0.35]) * reach
        end = middle + np.array([turn * 0.35, -0.6]) * reach
        path = np.round([start, middle, end]).astype(np.int32)
        width = max(1, line // 3)
        cv2.polylines(light, [path], isClosed=False, color=shade, thickness=width)


def _stems(canvas: Canvas, look: Look, light: Picture, horizon: float) -> Picture:
    height, width = light.shape[:2]
    rng = canvas.dice("stems")
    unit = (width * height) ** 0.5
    bark = linear(as_array(rgb(look.trunk))) * as_array(canvas.mood.ground)
    done = light.copy()
    for _ in range(max(4, round(9 * width / unit))):
        x = float(rng.uniform(0, 1))
        thick = float(rng.uniform(0.008, 0.035))
        lean = float(rng.uniform(-0.02, 0.02))
        foot = horizon + 0.02 + 1.2 * thick
        shade = bark * float(rng.uniform(0.7, 1.5))
        start = (round(x * width), round(foot * height))
        end = (round((x + lean) * width), -10)
        line = max(1, round(thick * unit))
        cv2.line(done, start, end, [float(c) for c in shade], line, cv2.LINE_AA)
        edge = round(canvas.side * line * 0.35)
        rim = [float(c) for c in shade * 2.4]
        lit = max(1, line // 4)
        cv2.line(done, (start[0] + edge, start[1]), (end[0] + edge, end[1]), rim, lit, cv2.LINE_AA)
    return done


def _conifers(canvas: Canvas, look: Look, light: Picture, horizon: float) -> Picture:
    """Rows of snow-laden firs, paler with distance."""
    height, width = light.shape[:2]
    mood = canvas.mood
    rng = canvas.dice("firs")
    unit = (width * height) ** 0.5
    lit = as_array(mood.ground)
    snow = linear(as_array(rgb("#eef3f8"))) * lit
    _, y = grid(height, width)
    veil = linear(as_array(mood.sky[2])) * 0.92 * np.ones_like(light)
    for layer, code in enumerate(look.leaves):
        near = layer / (len(look.leaves) - 1)
        green = linear(as_array(rgb(code))) * lit
        count = round((30 - 20 * near) * width / unit)
        for x in rng.uniform(-0.05, 1.05, max(count, 3)):
            # Trees stand back from the middle, where the subject is.
            aside = abs(float(x) - 0.5) * 2
            tall = float(rng.uniform(0.15, 0.24)) * (1.0 + 1.9 * near * (0.35 + aside)) * unit
            foot = (horizon + 0.02 + 0.02 * near) * height
            shade = green * float(rng.uniform(0.75, 1.25))
            white = snow * float(rng.uniform(0.9, 1.0))
            _fir(light, (float(x) * width, foot, tall), (shade, white), canvas.side, rng)
        low = np.exp(-np.square((y - horizon) / (0.16 - 0.08 * near)))
        mist = np.broadcast_to((0.25 * (1 - near) + 0.6 * low) * mood.haze, (height, width))
        light = mix(light, np.asarray(veil, np.float32), np.asarray(mist, np.float32))
    return light


def _fir(
    light: Picture,
    stand: tuple[float, float, float],
    paint: tuple[Picture, Picture],
    side: int,
    rng: Dice,
) -> None:
    """One fir, its foot and height in px: ragged tiers, snow in patches on their upper sides."""
    x, base, tall = stand
    green, snow = paint
    tiers = 9
    for tier in range(tiers):
        share = tier / tiers
        low = base - tall * (0.05 + 0.88 * share)
        wide = (0.23 * (1.0 - share) ** 0.9 + 0.012) * tall * float(rng.uniform(0.85, 1.15))
        top = low - 0.22 * tall * (1.05 - 0.5 * share)
        body = np.array([[x - wide, low], [x + wide, low + 0.01 * tall], [x, top]])
        dark = [float(c) for c in green * float(rng.uniform(0.8, 1.15))]
        cv2.fillPoly(light, [np.round(body).astype(np.int32)], dark, cv2.LINE_AA)
        for _ in range(3):
            at = float(rng.uniform(-0.75, 0.75)) + 0.15 * side
            span = wide * float(rng.uniform(0.12, 0.3))
            middle, level = x + at * wide, low - (1 - abs(at)) * 0.55 * (low - top)
            share_white = float(rng.uniform(0.35, 0.85))
            white = [float(c) for c in share_white * snow + (1 - share_white) * green]
            patch = np.array(
                [
                    [middle - span, level + 0.012 * tall],
                    [middle, level - 0.018 * tall],
                    [middle + span, level + 0.014 * tall],
                ]
            )
            cv2.fillPoly(light, [np.round(patch).astype(np.int32)], white, cv2.LINE_AA)


def _floor(canvas: Canvas, look: Look, light: Picture, horizon: float) -> Picture:
    height, width = light.shape[:2]
    mood = canvas.mood
    rng = canvas.dice("floor")
    x, y = grid(height, width)
    depth = np.broadcast_to(np.clip((y - horizon) / (1 - horizon), 0.0, 1.0), (height, width))
    patches = cloud(rng, height, width, cell=(height / 26, width / 5), octaves=4)
    dark, pale = rgb(look.floor[0]), rgb(look.floor[1])
    tone = np.clip(0.5 + 0.25 * patches, 0, 1)
    ground = linear(gradient(tone, ((0.0, dark), (1.0, pale)))) * as_array(mood.ground)
    towards = 0.5 + 0.5 * canvas.side * (2 * np.broadcast_to(x, (height, width)) - 1)
    ground = ground * (0.7 + 0.45 * towards + 0.15 * depth)[..., None]
    far = linear(as_array(mood.sky[2]))
    ground = ground + (far * 0.8 - ground) * (0.5 * mood.haze * np.square(1 - depth))[..., None]
    hill = 0.012 * cloud(rng, 1, width, cell=(1, width / 2), octaves=2)[0][None, :]
    rise = np.broadcast_to(y - horizon + np.abs(hill), (height, width))
    edge = smoothstep(-0.01, 0.012, np.asarray(rise, np.float32))
    return mix(light, np.asarray(ground, np.float32), edge)


def _near_floor(canvas: Canvas, look: Look, picture: Picture, horizon: float) -> Picture:
    """Moss or snow in focus around the subject's feet."""
    height, width = picture.shape[:2]
    _, y = grid(height, width)
    depth = np.broadcast_to(np.clip((y - horizon) / (1 - horizon), 0.0, 1.0), (height, width))
    rng = canvas.dice("near floor")
    tufts = mottle(rng, height, width, size=0.03 * canvas.unit, flat=1.6, octaves=4)
    grain = blur(rng.standard_normal((height, width), np.float32), 0.7)
    rough = 0.025 * tufts + 0.03 * grain if look.conifers else 0.12 * tufts + 0.12 * grain
    focus = smoothstep(0.2, 0.7, depth)
    return np.asarray(picture * (1.0 + np.clip(rough, -0.5, 0.5) * focus)[..., None], np.float32)

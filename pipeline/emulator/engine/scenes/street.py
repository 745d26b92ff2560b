"""A street between houses, seen along its middle; in snow, by day or by night.

Each pixel's line of sight is met with the ground and two rows of houses, so that windows, kerbs and
tracks keep their perspective at any size of frame. Lengths are metres.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.noise import cloud, mottle, scatter
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    as_array,
    between,
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

_FAR = 140.0
_LEVEL = 1e-4  # slope of a line of sight that never comes down
_STOREY = 3.1
_FAR_SIDE = 720
_FACADES = ("#b7855f", "#9c6a52", "#c9b08a", "#8c8f93", "#a7463a", "#d3c7b2", "#75706c", "#b59a77")
_LAMP_POSTS = (60.0, 42.0, 30.0, 21.0, 14.5)
_LAMP = (1.0, 0.72, 0.38)


@dataclass(frozen=True, slots=True)
class Look:
    """How one street differs from another.

    Attributes:
        snow: share of ground and roofs under snow, 0 to 1.
        traffic: number of coloured lights: cars, signs, signals.
        wet: how far the ground mirrors the lights, 0 to 1.
        blur: radius of the lens blur, as a share of the frame's side.
    """

    snow: float
    traffic: int
    wet: float
    blur: float


SNOWY = Look(snow=1.0, traffic=0, wet=0.0, blur=0.014)
BARE = Look(snow=0.0, traffic=6, wet=0.05, blur=0.016)
CITY_NIGHT = Look(snow=0.0, traffic=46, wet=0.7, blur=0.024)
_LIGHTS = ("#ffb45a", "#ffd9a0", "#ff5a3c", "#ff8f4a", "#5ac8ff", "#7a8cff", "#ff5ab4", "#7dffb0")


@dataclass(frozen=True, slots=True, eq=False)
class _Rays:
    """What each pixel sees: distance, height and side position of the point, and which surface."""

    z: Plane
    x: Plane
    y: Plane
    wall: NDArray[np.bool_]
    right: NDArray[np.bool_]
    horizon: float
    vanish: float
    focal: float
    eye: float


def draw_street(canvas: Canvas, look: Look) -> Setting:
    """Draw the street behind, and under, a subject."""
    width, height = canvas.within(_FAR_SIDE)
    rays = _cast(canvas, width, height)
    light = _houses_and_ground(canvas, look, rays)
    light = _lamps(canvas, rays, light)
    light = _mirrored(_traffic(canvas, look, rays, light), look, rays)
    radius = look.blur * (1.4 if canvas.soft else 1.0) * (width * height) ** 0.5
    far = develop(lens_blur(light, radius))
    picture = resize(far, width=canvas.width, height=canvas.height, smooth=True)
    if canvas.standing:
        picture = _near_ground(canvas, look, picture, rays.horizon)
    return Setting(
        np.clip(picture, 0.0, 1.0),
        Stage(ground=0.84, tallest=0.64, widest=0.72),
        wrap=0.5 if look.snow else 0.35,
    )


def _cast(canvas: Canvas, width: int, height: int) -> _Rays:
    rng = canvas.dice("street")
    horizon = canvas.horizon(standing=0.5, portrait=0.56)
    vanish = 0.5 + float(rng.uniform(-0.12, 0.12))
    eye = 1.6 if canvas.above or not canvas.standing else 0.62
    half = float(rng.uniform(5.2, 6.6))
    x, y = grid(height, width)
    focal = 0.95 * (width * height) ** 0.5
    u = np.broadcast_to((x - vanish) * width / focal, (height, width))
    v = np.broadcast_to((y - horizon) * height / focal, (height, width))
    to_ground = np.where(v > _LEVEL, eye / np.maximum(v, _LEVEL), _FAR * 4)
    to_wall = half / np.maximum(np.abs(u), _LEVEL)
    wall = to_wall < to_ground
    z = np.minimum(to_ground, to_wall).astype(np.float32)
    return _Rays(
        z=z,
        x=(u * z).astype(np.float32),
        y=(eye - v * z).astype(np.float32),
        wall=wall,
        right=u > 0,
        horizon=horizon,
        vanish=vanish,
        focal=focal,
        eye=eye,
    )


def _houses_and_ground(canvas: Canvas, look: Look, rays: _Rays) -> Picture:
    """Light from every surface, faded into the haze with distance."""
    height, width = rays.z.shape
    mood = canvas.mood
    sky = linear(draw_sky(canvas, width, height, horizon=rays.horizon, sun_x=rays.vanish))
    ground = _ground(canvas, look, rays)
    walls, solid = _walls(canvas, look, rays)
    house, open_sky = rays.wall & solid, (rays.wall & ~solid) | (rays.z >= _FAR * 4)
    light = np.where(house[..., None], walls, np.where(open_sky[..., None], sky, ground))
    haze = linear(as_array(mood.sky[2]))
    fade = 1.0 - np.exp(-rays.z / (26.0 + 90.0 * (1.0 - mood.haze)))
    fade = np.where(open_sky, 0.0, fade).astype(np.float32)
    return mix(np.asarray(light, np.float32), np.broadcast_to(haze, light.shape), fade)


def _ground(canvas: Canvas, look: Look, rays: _Rays) -> Picture:
    height, width = rays.z.shape
    mood = canvas.mood
    lit = as_array(mood.ground)
    rough = cloud(canvas.dice("ground"), height, width, cell=(height / 30, width / 7), octaves=4)
    asphalt = linear(as_array(rgb("#57585b")))
    pavement = linear(as_array(rgb("#8d8780")))
    kerb = smoothstep(2.7, 2.9, np.abs(rays.x))[..., None]
    stone = asphalt + (pavement - asphalt) * kerb
    base = stone * (1.0 + 0.07 * rough)[..., None]
    if look.snow:
        white = linear(as_array(rgb("#eef2f7")))
        soft = 1.0 + 0.05 * rough
        # Trodden tracks, with packed snow between them; banks along the kerbs.
        tracks = np.zeros_like(rays.x)
        for at in (-1.5, -0.4, 0.8, 1.8):
            tracks += np.exp(-np.square((rays.x - at + 0.1 * rough) / 0.26))
        banks = np.exp(-np.square((np.abs(rays.x) - 3.1) / 0.35))
        bright = soft * (1.0 - 0.23 * tracks) * (1.0 - 0.12 * banks)
        tint = np.array([0.93, 0.97, 1.04], np.float32)
        snow = white * bright[..., None] * (tint + (1 - tint) * bright[..., None])
        base = base + (snow - base) * look.snow
    shade = np.float32(min(0.75, 0.3 + mood.sun) if mood.sun > 0.35 else 0.0)  # noqa: PLR2004
    shadow = shade * smoothstep(-0.6, -0.1, rays.x * canvas.side + 0.25 * rough)
    cold = np.array([0.56, 0.66, 0.84], np.float32)
    base = base * (lit + (cold * float(lit.mean()) - lit) * shadow[..., None])
    for z in _LAMP_POSTS:
        for side in (-1, 1):
            away = np.square((rays.x - side * 3.2) / 2.4) + np.square((rays.z - z) / 4.0)
            pool = 0.5 * mood.lamps * mood.lamps * np.exp(-away)
            base = (
                base + np.array(_LAMP, np.float32) * (pool * (0.25 + 0.75 * look.snow))[..., None]
            )
    return np.asarray(base, np.float32)


def _walls(canvas: Canvas, look: Look, rays: _Rays) -> tuple[Picture, NDArray[np.bool_]]:
    """Facades with windows; and where there is a house at all rather than sky above its roof."""
    rng = canvas.dice("houses")
    mood = canvas.mood
    shape = rays.z.shape
    light = np.zeros((*shape, 3), np.float32)
    solid = np.zeros(shape, np.bool_)
    for right in (False, True):
        lengths = rng.uniform(6.0, 11.0, 26)
        edges = np.cumsum(lengths) - 4.0
        tops = np.round(rng.uniform(2.2, 4.4, 27)) * _STOREY + rng.uniform(0.6, 1.6, 27)
        paint = np.array([linear(as_array(rgb(c))) for c in rng.choice(_FACADES, 27)])
        where = rays.wall & (rays.right == right)
        z, y = rays.z[where], rays.y[where]
        house = np.searchsorted(edges, z)
        along = z - np.concatenate([[0.0], edges])[house]
        colour, lamps = _facade(house, along, y, mood.lamps, 77 if right else 11)
        lit_side = 1.2 if (canvas.side < 0) == right else 0.74
        wall = paint[house] * colour[:, None] * as_array(mood.ground) * lit_side
        wall += lamps[:, None] * _panes(canvas, house, 91 if right else 23) * (0.15 + mood.lamps)
        if look.snow:
            cap = smoothstep(-0.55, -0.4, y - tops[house]) + _sills(y)
            snow = linear(as_array(rgb("#eef2f7"))) * as_array(mood.ground)
            wall = wall + (snow - wall) * np.clip(cap, 0, 1)[:, None] * 0.9
        light[where] = wall
        solid[where] = y < tops[house]
    return light, solid


def _panes(canvas: Canvas, house: NDArray[np.int64], salt: int) -> Picture:
    """Colour of lit windows: warm; under neon, that of one of its two lights for each house."""
    if not any(canvas.mood.counter):
        return np.array([0.95, 0.52, 0.2], np.float32)
    pink, blue = as_array(canvas.mood.key), as_array(canvas.mood.counter)
    chosen = scatter(house.astype(np.float32), salt)[:, None]
    lit = np.where(chosen < 0.45, pink * 0.62, blue * 0.62)  # noqa: PLR2004
    return np.asarray(np.where(chosen > 0.85, [0.95, 0.52, 0.2], lit), np.float32)  # noqa: PLR2004


def _facade(
    house: NDArray[np.int64], along: Plane, y: Plane, lamps: float, salt: int
) -> tuple[Plane, Plane]:
    """Brightness of a wall, and which of its panes glow."""
    column, across = np.divmod(along, 1.9)
    storey, up = np.divmod(np.maximum(y, 0.0), _STOREY)
    shop = storey == 0
    pane = np.where(
        shop,
        between(across, 0.3, 1.7) & between(up, 0.7, 2.35),
        between(across, 0.5, 1.4) & between(up, 0.9, 2.45),
    )
    frame = between(across, 0.9, 1.0) | between(up, 1.75, 1.85)
    chance = scatter(house * 4099 + column * 61 + storey * 7, salt)
    glows = pane & ~frame & (chance < np.where(shop, 0.2 + 0.6 * lamps, lamps * 0.75))
    ledge = between(up, 0.03, 0.21)
    brightness = np.where(pane, np.where(frame, 0.85, 0.22), np.where(ledge, 1.12, 0.9))
    # What stands in a shop window breaks its light up; upper windows differ by their curtains.
    goods = 0.45 + 0.55 * scatter(house * 7 + np.floor(along * 3.1) + 31 * np.floor(up * 2.4), salt)
    curtains = 0.3 + 0.7 * scatter(house * 17 + column * 5 + storey, salt)
    strength = np.where(shop, goods * (0.55 + 0.45 * curtains), curtains)
    return brightness.astype(np.float32), (glows * strength).astype(np.float32)


def _sills(y: Plane) -> Plane:
    """Snow lying along every storey's ledge."""
    up = np.mod(np.maximum(y, 0.0), _STOREY)
    return np.asarray((between(up, 0.02, 0.2) & (y > _STOREY)) * 0.85, np.float32)


def _lamps(canvas: Canvas, rays: _Rays, light: Picture) -> Picture:
    """Street lamps on both pavements, nearest last; lit ones pour light around them."""
    height, width = light.shape[:2]
    mood = canvas.mood
    glow = np.zeros_like(light)
    for z in _LAMP_POSTS:
        for side in (-1, 1):
            left = rays.vanish * width + side * 3.6 * rays.focal / z
            foot = rays.horizon * height + rays.eye * rays.focal / z
            head = rays.horizon * height - (3.9 - rays.eye) * rays.focal / z
            thick = max(1, round(0.11 * rays.focal / z))
            dark = [float(v) for v in linear(as_array(rgb("#2c2e33"))) * (0.35 + 0.5 * mood.haze)]
            cv2.line(light, _at(left, foot), _at(left, head), dark, thick, cv2.LINE_AA)
            radius = max(1, round(0.2 * rays.focal / z))
            if mood.lamps > 0.1:  # noqa: PLR2004 - by day the lamps are off
                colour = [c * (1.0 + 6.0 * mood.lamps) for c in _LAMP]
                cv2.circle(glow, _at(left, head), radius, colour, -1, cv2.LINE_AA)
    if mood.lamps > 0.1:  # noqa: PLR2004
        wide = blur(glow, width * 0.05) * 0.9
        light = light + glow + wide * mood.lamps
    return np.asarray(light, np.float32)


def _traffic(canvas: Canvas, look: Look, rays: _Rays, light: Picture) -> Picture:
    """Small coloured lights above the road and along the walls, strongest after dark."""
    power = 0.15 + canvas.mood.lamps
    height, width = light.shape[:2]
    rng = canvas.dice("traffic")
    glow = np.zeros_like(light)
    for number in range(look.traffic):
        z = float(rng.uniform(9.0, 70.0))
        if number % 2:  # signs and windows
            x, y = float(rng.choice([-1, 1]) * rng.uniform(2.6, 5.0)), float(rng.uniform(1.6, 7.0))
        else:  # cars
            x, y = float(rng.uniform(-2.4, 2.4)), float(rng.uniform(0.5, 1.0))
        colour = linear(as_array(rgb(str(rng.choice(_LIGHTS)))))
        strength = power * float(rng.uniform(8.0, 26.0))
        centre = _at(
            rays.vanish * width + x * rays.focal / z,
            rays.horizon * height - (y - rays.eye) * rays.focal / z,
        )
        radius = max(1, round(0.1 * rays.focal / z))
        cv2.circle(glow, centre, radius, [float(c) * strength for c in colour], -1, cv2.LINE_AA)
    return np.asarray(light + glow + 0.6 * blur(glow, 0.06 * width), np.float32)


def _mirrored(light: Picture, look: Look, rays: _Rays) -> Picture:
    """Wet ground: what lies above the horizon, upside down and drawn out."""
    if look.wet <= 0:
        return light
    height = light.shape[0]
    line = round(rays.horizon * height)
    rows = height - line
    above = light[max(0, line - rows) : line][::-1]
    streaks = np.zeros_like(light[line:])
    reach = max(1, height // 6)
    streaks[: above.shape[0]] = cv2.blur(above, (max(1, height // 120), reach))
    done = light.copy()
    done[line:] = light[line:] * (1.0 - 0.4 * look.wet) + streaks * (0.55 * look.wet)
    return done


def _at(x: float, y: float) -> tuple[int, int]:
    return round(min(max(x, -9999), 9999)), round(min(max(y, -9999), 9999))


def _near_ground(canvas: Canvas, look: Look, picture: Picture, horizon: float) -> Picture:
    """Redraw the ground around the subject's feet, where the focus lies, with fine structure."""
    height, width = picture.shape[:2]
    _, y = grid(height, width)
    depth = np.clip((y - horizon) / (1 - horizon), 0.0, 1.0)
    rng = canvas.dice("near ground")
    fine = mottle(rng, height, width, size=0.06 * canvas.unit, flat=2.4, octaves=5)
    grain = rng.standard_normal((height, width), np.float32)
    rough = (0.02 if look.snow else 0.05) * fine + (0.012 if look.snow else 0.03) * grain
    focus = smoothstep(0.3, 0.75, np.broadcast_to(depth, (height, width)))
    shaded = picture * (1.0 + rough * focus)[..., None]
    # Light falls off towards the viewer, which seats the subject.
    falloff = gradient(
        np.broadcast_to(depth, (height, width)),
        ((0.0, (1.0, 1.0, 1.0)), (0.62, (1.0, 1.0, 1.0)), (1.0, (0.9, 0.9, 0.92))),
    )
    return np.asarray(shaded * falloff, np.float32)

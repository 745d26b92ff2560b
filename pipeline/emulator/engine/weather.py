"""What falls through the air: drawn behind the subject and, thinner, in front of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.emulator.engine.moods import Mood
from pipeline.emulator.engine.noise import Dice, cloud
from pipeline.emulator.engine.pieces import CONFETTI, GOLD, LEAVES, PETALS, Kind, fallen
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    as_array,
    blur,
    encoded,
    grid,
    linear,
    mix,
    rgb,
    smoothstep,
)


@dataclass(frozen=True, slots=True, eq=False)
class Air:
    """One kind of weather in one frame.

    Attributes:
        behind: opacity of what floats between background and subject.
        before: opacity of what floats before everything.
        colour: of what is behind, encoded.
        near: of what is before everything, encoded.
        tint: multiplier in linear light for the whole picture.
    """

    behind: Plane
    before: Plane
    colour: Picture
    near: Picture
    tint: Picture


def _glint(mood: Mood, code: str) -> Picture:
    """Colour of water or ice in this light, never as dark as the ground."""
    lit = np.maximum(as_array(mood.ground), 0.55)
    return encoded(linear(as_array(rgb(code))) * np.minimum(lit * 1.1, 1.0))


def _layer(rng: Dice, shape: tuple[int, int], *, count: int, radius: float, soften: float) -> Plane:
    """Discs of about one size, strewn over a frame; places in 1/16 px, so small ones vary."""
    height, width = shape
    plane = np.zeros(shape, np.uint8)
    xs, ys = rng.uniform(0, width, count), rng.uniform(0, height, count)
    sizes = radius * rng.uniform(0.6, 1.35, count)
    strengths = rng.uniform(0.45, 1.0, count)
    for x, y, size, strength in zip(xs, ys, sizes, strengths, strict=True):
        centre = (round(float(x) * 16), round(float(y) * 16))
        shade = round(255.0 * float(strength))
        cv2.circle(plane, centre, max(10, round(float(size) * 16)), shade, -1, cv2.LINE_AA, 4)
    return blur(np.asarray(plane, np.float32) / 255.0, soften)


def snow(rng: Dice, shape: tuple[int, int], mood: Mood, amount: float) -> Air:
    """Flakes in four depths; the near ones few, large and out of focus."""
    unit = float(np.sqrt(shape[0] * shape[1]))

    def layer(count: float, radius: float, soften: float) -> Plane:
        number = round(count * amount)
        return _layer(rng, shape, count=number, radius=radius * unit, soften=soften * unit)

    far, middle = layer(1700, 0.0012, 0.0006), layer(480, 0.0026, 0.001)
    near, large = layer(85, 0.0062, 0.0032), layer(16, 0.014, 0.007)
    drift = cloud(rng, *shape, cell=(shape[0] / 3, shape[1] / 3), octaves=3)
    veil = (0.09 + 0.05 * np.clip(drift, -1, 2)) * amount
    behind = np.clip(0.62 * far + 0.85 * middle + veil, 0, 1)
    before = np.clip(0.14 * far + 0.3 * middle + 0.8 * near + 0.42 * large, 0, 1)
    tint = 1.0 + amount * np.array([-0.035, 0.0, 0.035], np.float32)
    white = _glint(mood, "#f7fafd")
    return Air(behind.astype(np.float32), before.astype(np.float32), white, white, tint)


def rain(rng: Dice, shape: tuple[int, int], mood: Mood, amount: float) -> Air:
    """Slanting streaks and a wet veil."""
    height, width = shape
    unit = float(np.sqrt(height * width))
    slant = float(rng.uniform(0.1, 0.18)) * (1 if rng.uniform() < 0.5 else -1)  # noqa: PLR2004
    planes = []
    for count, length, thick, strength in ((900, 0.05, 1, 0.55), (170, 0.12, 2, 0.7)):
        plane = np.zeros(shape, np.uint8)  # only 8-bit lines are drawn without stairs
        for _ in range(round(count * amount)):
            x, y = float(rng.uniform(-0.1, 1.1)) * width, float(rng.uniform(-0.1, 1)) * height
            reach = length * unit * float(rng.uniform(0.6, 1.3))
            start = (round(x * 16), round(y * 16))
            end = (round((x + slant * reach) * 16), round((y + reach) * 16))
            weight = max(1, round(thick * unit / 1500))
            shade = round(255.0 * strength * float(rng.uniform(0.4, 1.0)))
            cv2.line(plane, start, end, shade, weight, cv2.LINE_AA, 4)
        planes.append(blur(np.asarray(plane, np.float32) / 255.0, 0.0004 * unit * thick))
    veil = cloud(rng, height, width, cell=(height / 2, width / 3), octaves=3)
    behind = np.clip(planes[0] + 0.14 + 0.04 * veil, 0, 1)
    # Clouds take light from a day; a night has none to lose.
    day = float(np.clip(sum(mood.ground) / 3, 0.25, 1.0))
    tint = 1.0 - (1.0 - np.array([0.66, 0.73, 0.8], np.float32)) * day
    before = np.clip(0.75 * planes[1] + 0.35 * planes[0], 0, 1)
    drops = _glint(mood, "#dfe7ee")
    return Air(behind.astype(np.float32), before.astype(np.float32), drops, drops, tint)


def fog(rng: Dice, shape: tuple[int, int], mood: Mood, amount: float) -> Air:
    """Banks of mist, dense behind the subject and low before it, in the colours of the sky."""
    height, width = shape
    _, y = grid(height, width)
    banks = cloud(rng, height, width, cell=(height / 3.5, width / 1.4), octaves=4)
    low = smoothstep(-0.1, 0.75, np.broadcast_to(y, shape))
    behind = amount * np.clip(0.26 + 0.18 * banks + 0.38 * low, 0.0, 0.86)
    # It lies on the ground: what stands there stands in it.
    foot = smoothstep(0.62, 1.04, y + 0.055 * banks)
    before = amount * np.clip((0.06 + 0.07 * banks) * low + 0.62 * foot, 0.0, 0.8)
    # Near the ground it has the glow of the horizon, higher up the colour of the sky above.
    glow = (0.1 + 0.48 * smoothstep(0.1, 0.95, np.broadcast_to(y, shape)))[..., None]
    haze = as_array(mood.sky[1]) + (as_array(mood.sky[2]) - as_array(mood.sky[1])) * glow
    grey = haze.mean(axis=-1, keepdims=True)
    # By day it is nearly white; at dusk it is no lighter than what is left of the light.
    bright = smoothstep(0.3, 0.75, grey)
    colour = (grey + 0.85 * (haze - grey)) * (1.0 - 0.16 * bright) + 0.15 * bright + 0.03
    colour = np.clip(colour, 0.0, 1.0).astype(np.float32)
    clear = np.ones(3, np.float32)
    return Air(behind.astype(np.float32), before.astype(np.float32), colour, colour, clear)


def _falling(
    rng: Dice, shape: tuple[int, int], mood: Mood, amount: float, *, kind: Kind, tint: Picture
) -> Air:
    lit = np.clip(as_array(mood.key) * 0.6 + as_array(mood.ground) * 0.4, 0.45, 1.1)
    behind, before = fallen(rng, shape, kind, amount, lit.astype(np.float32))
    return Air(behind[0], before[0], behind[1], before[1], tint)


def leaves(rng: Dice, shape: tuple[int, int], mood: Mood, amount: float) -> Air:
    """Autumn leaves on the wind."""
    warm = np.array([1.03, 1.0, 0.95], np.float32)
    return _falling(rng, shape, mood, amount, kind=LEAVES, tint=warm)


def petals(rng: Dice, shape: tuple[int, int], mood: Mood, amount: float) -> Air:
    """Blossom, drifting."""
    return _falling(rng, shape, mood, amount, kind=PETALS, tint=np.ones(3, np.float32))


def confetti(rng: Dice, shape: tuple[int, int], mood: Mood, amount: float) -> Air:
    """Paper of a party."""
    lots = 1.8 * amount
    return _falling(rng, shape, mood, lots, kind=CONFETTI, tint=np.ones(3, np.float32))


def golden_confetti(rng: Dice, shape: tuple[int, int], mood: Mood, amount: float) -> Air:
    """Gold leaf, cut small."""
    warm = np.array([1.02, 1.0, 0.96], np.float32)
    return _falling(rng, shape, mood, 1.8 * amount, kind=GOLD, tint=warm)


WEATHERS: Mapping[str, Callable[[Dice, tuple[int, int], Mood, float], Air]] = {
    "snow": snow,
    "rain": rain,
    "fog": fog,
    "leaves": leaves,
    "petals": petals,
    "confetti": confetti,
    "golden confetti": golden_confetti,
}
"""By name; each takes its dice, the frame's height and width, the light, and an amount to 1."""


def shelter(alpha: Plane, faces: Plane) -> Plane:
    """Share of the air that may cross each pixel: less over the subject, hardly any over a face.

    Args:
        alpha: the subject.
        faces: how far each pixel belongs to a face, 0 to 1; all 0 where none was found.
    """
    rows = np.flatnonzero(alpha.max(axis=1) > 0.5)  # noqa: PLR2004
    height = alpha.shape[0]
    top = float(rows[0]) if len(rows) else 0.0
    bottom = float(rows[-1]) if len(rows) else float(height)
    _, y = grid(*alpha.shape)
    down = (y * height - top) / max(bottom - top, 1.0)
    # Where no face was found there may still be a cat's; a product's label is to be read as well.
    least = 0.15 if float(faces.max()) > 0 else 0.3
    inside = least + 0.45 * smoothstep(0.4, 0.8, np.broadcast_to(down, alpha.shape))
    return np.asarray((1.0 - alpha * (1.0 - inside)) * (1.0 - 0.92 * faces), np.float32)


def blown_behind(picture: Picture, air: Air) -> Picture:
    """Weather between the background and the subject."""
    return mix(picture, np.broadcast_to(air.colour, picture.shape), air.behind)


def blown_before(picture: Picture, air: Air, alpha: Plane, faces: Plane) -> tuple[Picture, Plane]:
    """Weather before everything; arguments as in `shelter`.

    Returns:
        The picture, and the opacity that covers it now.
    """
    cover = air.before * shelter(alpha, faces)
    return mix(picture, np.broadcast_to(air.near, picture.shape), cover), cover

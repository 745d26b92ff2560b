"""Leaves, petals and confetti: things that fall one by one, in three depths."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.noise import Dice
from pipeline.emulator.engine.raster import Bytes8, Picture, Plane, blur, rgb

Outline = NDArray[np.float32]
_STEPS = 16  # OpenCV draws in sixteenths of a pixel


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that falls.

    Attributes:
        outlines: shapes to choose from, [n, 2], within -1 to 1; a tip lies at y = -1.
        colours: to choose from.
        size: half the length of one at middle distance, as a share of the frame's side.
        rib: darkness of a line along the middle, 0 to 1.
        curl: how far one half is darker than the other, 0 to 1.
    """

    outlines: tuple[Outline, ...]
    colours: tuple[str, ...]
    size: float
    rib: float
    curl: float


def _leaf(width: float, teeth: int) -> Outline:
    t = np.linspace(0.0, 1.0, 25, dtype=np.float32)
    half = width * np.sin(np.pi * np.power(t, 0.8)) * (1.0 + 0.09 * np.sin(teeth * 2 * np.pi * t))
    y = 2.0 * t - 1.0
    right = np.stack([half, y], axis=-1)
    left = np.stack([-half, y], axis=-1)[::-1]
    return np.concatenate([right, left]).astype(np.float32)


def _petal() -> Outline:
    t = np.linspace(0.0, 2 * np.pi, 30, endpoint=False, dtype=np.float32)
    notch = 1.0 - 0.22 * np.exp(-np.square((t - np.pi / 2) / 0.25))
    narrow = 0.62 + 0.2 * np.sin(t)
    return np.stack([narrow * np.cos(t), notch * np.sin(t)], axis=-1).astype(np.float32)


def _strip(width: float) -> Outline:
    corners = [[-width, -1.0], [width, -1.0], [width, 1.0], [-width, 1.0]]
    return np.array(corners, np.float32)


def _disc() -> Outline:
    t = np.linspace(0.0, 2 * np.pi, 20, endpoint=False, dtype=np.float32)
    return np.stack([0.7 * np.cos(t), 0.7 * np.sin(t)], axis=-1).astype(np.float32)


LEAVES = Kind(
    outlines=(_leaf(0.5, 5), _leaf(0.62, 4), _leaf(0.36, 7)),
    colours=("#c4661f", "#d98e2b", "#a8431d", "#8b2f1a", "#c9a236", "#7d5a2a", "#b5781f"),
    size=0.017,
    rib=0.32,
    curl=0.3,
)
PETALS = Kind(
    outlines=(_petal(),),
    colours=("#f7cdd6", "#f2b3c2", "#fbe3e7", "#eda0b4", "#fff1f2"),
    size=0.0135,
    rib=0.0,
    curl=0.16,
)
GOLD = Kind(
    outlines=(_strip(0.5), _strip(0.28), _disc()),
    colours=("#e6c25a", "#c9992e", "#f5e2a0", "#a87a22", "#fff3c9", "#dcae45"),
    size=0.0075,
    rib=0.0,
    curl=0.3,
)
CONFETTI = Kind(
    outlines=(_strip(0.5), _strip(0.28), _disc()),
    colours=(
        "#e8453c",
        "#f5b82e",
        "#2f9e6e",
        "#2d7dd2",
        "#8d55c9",
        "#ef7fb0",
        "#f4f1ea",
        "#d9b04c",
    ),
    size=0.0075,
    rib=0.0,
    curl=0.12,
)

# Number, size and blur.
_FAR, _MIDDLE, _NEAR = (90, 0.45, 0.0007), (44, 1.0, 0.0006), (9, 2.5, 0.0042)


def fallen(
    rng: Dice, shape: tuple[int, int], kind: Kind, amount: float, light: Picture
) -> tuple[tuple[Plane, Picture], tuple[Plane, Picture]]:
    """Strew one kind over a frame.

    Args:
        rng: where the numbers come from.
        shape: height and width.
        kind: what falls.
        amount: 1 for as much as a prompt asks for.
        light: multiplier of its colours.

    Returns:
        Opacity and colours of what lies behind the subject, and of what lies before it.
    """
    unit = float(np.sqrt(shape[0] * shape[1]))

    def layer(depth: tuple[int, float, float], share: float) -> tuple[Plane, Picture]:
        count, size, soften = depth
        half, number = kind.size * size * unit, round(count * share * amount)
        return _strewn(rng, shape, kind, number, half, soften * unit, light)

    behind = _over(layer(_FAR, 1.0), layer(_MIDDLE, 1.0))
    before = _over(layer(_MIDDLE, 0.6), layer(_NEAR, 1.0))
    return behind, before


def _over(under: tuple[Plane, Picture], over: tuple[Plane, Picture]) -> tuple[Plane, Picture]:
    cover = over[0] + under[0] * (1.0 - over[0])
    share = (over[0] / np.maximum(cover, 1e-4))[..., None]
    return np.asarray(cover, np.float32), np.asarray(
        under[1] + (over[1] - under[1]) * share, np.float32
    )


def _strewn(  # noqa: PLR0917 - what, how many, how large and how sharp
    rng: Dice,
    shape: tuple[int, int],
    kind: Kind,
    count: int,
    half: float,
    soften: float,
    light: Picture,
) -> tuple[Plane, Picture]:
    height, width = shape
    cover = np.zeros(shape, np.uint8)
    colour = np.zeros((height, width, 3), np.uint8)
    for _ in range(count):
        _draw(rng, cover, colour, kind, half)
    alpha = np.asarray(cover, np.float32) / 255.0
    shown = np.asarray(colour, np.float32) / 255.0
    if soften >= 0.3:  # noqa: PLR2004 - as in `blur`
        weight = blur(alpha, soften)
        shown = blur(shown * alpha[..., None], soften) / np.maximum(weight, 1e-3)[..., None]
        alpha = weight
    return alpha, np.clip(shown * np.sqrt(light), 0.0, 1.0).astype(np.float32)


def _draw(rng: Dice, cover: Bytes8, colour: Bytes8, kind: Kind, half: float) -> None:
    """One piece, turned and tilted as it tumbles."""
    height, width = cover.shape
    outline = kind.outlines[int(rng.integers(len(kind.outlines)))]
    base = np.array(rgb(kind.colours[int(rng.integers(len(kind.colours)))]), np.float32)
    length = half * float(rng.uniform(0.7, 1.3))
    turn, tilt = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.25, 1.0))
    centre = np.array([rng.uniform(0, width), rng.uniform(0, height)])
    # Tilted away from the light it is darker, flat towards it brighter.
    shade = 0.72 + 0.36 * tilt + float(rng.uniform(-0.06, 0.06))

    def placed(points: Outline) -> NDArray[np.int32]:
        flat = points * np.array([tilt, 1.0], np.float32) * length
        turned = np.stack(
            [
                flat[:, 0] * np.cos(turn) - flat[:, 1] * np.sin(turn),
                flat[:, 0] * np.sin(turn) + flat[:, 1] * np.cos(turn),
            ],
            axis=-1,
        )
        return np.asarray(np.round((turned + centre) * _STEPS), np.int32)

    def tone(by: float) -> list[float]:
        return [float(v) for v in np.clip(base * shade * by, 0.0, 1.0) * 255.0]

    whole = placed(outline)
    cv2.fillPoly(cover, [whole], 255, cv2.LINE_AA, 4)
    # Colours reach a little past the outline, so that no dark seam is left when it is softened.
    cv2.polylines(colour, [whole], isClosed=True, color=tone(1.0), thickness=3, shift=4)
    cv2.fillPoly(colour, [whole], tone(1.0), cv2.LINE_8, 4)
    side = outline[outline[:, 0] >= 0.0]
    if kind.curl and len(side) > 2:  # noqa: PLR2004 - a surface needs three points
        cv2.fillPoly(colour, [placed(side)], tone(1.0 - kind.curl), cv2.LINE_8, 4)
    if kind.rib and length > 4:  # noqa: PLR2004 - smaller ones show no rib
        line = placed(np.array([[0.0, -0.95], [0.0, 1.15]], np.float32))
        thick = max(1, round(length * 0.07))
        cv2.polylines(
            cover, [line], isClosed=False, color=255, thickness=thick, lineType=cv2.LINE_AA, shift=4
        )
        cv2.polylines(
            colour, [line], isClosed=False, color=tone(1.0 - kind.rib), thickness=thick, shift=4
        )

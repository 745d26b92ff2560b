"""Finishes for the whole picture, as a laboratory would give them."""

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.emulator.engine.noise import Dice
from pipeline.emulator.engine.raster import Picture, blur, grid, luma

Grade = Callable[[Picture, Dice], Picture]


def _curve(picture: Picture, amount: float) -> Picture:
    """S-curve: deeper shadows, brighter lights; ends stay where they are."""
    steep = picture * picture * (3.0 - 2.0 * picture)
    return np.asarray(picture + (steep - picture) * amount, np.float32)


def _saturated(picture: Picture, amount: float) -> Picture:
    grey = luma(picture)[..., None]
    return np.clip(grey + (picture - grey) * amount, 0.0, 1.0)


def _scaled(picture: Picture, red: float, green: float, blue: float) -> Picture:
    return np.clip(picture * np.array([red, green, blue], np.float32), 0.0, 1.0)


def _grain(picture: Picture, rng: Dice, amount: float) -> Picture:
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    noise = blur(rng.standard_normal((height, width), np.float32), 0.0005 * unit)
    noise /= max(float(noise.std()), 1e-6)
    # Film is quietest in deep shadow and pure light.
    room = 4.0 * luma(picture) * (1.0 - luma(picture))
    return np.clip(picture + (amount * (0.3 + 0.7 * room) * noise)[..., None], 0.0, 1.0)


def _vignette(picture: Picture, amount: float) -> Picture:
    x, y = grid(*picture.shape[:2])
    far = np.square(x - 0.5) + np.square(y - 0.5)
    return np.asarray(picture * (1.0 - amount * far)[..., None], np.float32)


def black_and_white(picture: Picture, rng: Dice) -> Picture:
    """Grey by the eye's weights with a touch of red, contrast, fine grain."""
    grey = picture @ np.array([0.36, 0.54, 0.10], np.float32)
    toned = _curve(np.repeat(grey[..., None], 3, axis=2), 0.4)
    return _grain(toned, rng, 0.012)


def sepia(picture: Picture, rng: Dice) -> Picture:
    """Brown print on warm paper, darker towards the corners."""
    grey = _curve(luma(picture), 0.2)[..., None]
    ink, paper = np.array([0.13, 0.075, 0.035]), np.array([1.0, 0.935, 0.80])
    middle = np.array([0.055, 0.005, -0.05]) * 4 * grey * (1 - grey)
    toned = np.clip(ink + (paper - ink) * grey + middle, 0, 1).astype(np.float32)
    return _grain(_vignette(toned, 0.3), rng, 0.012)


def warm(picture: Picture, rng: Dice) -> Picture:
    """Towards amber."""
    del rng
    return _saturated(_scaled(picture, 1.06, 1.0, 0.86), 1.05)


def cool(picture: Picture, rng: Dice) -> Picture:
    """Towards blue."""
    del rng
    return _saturated(_scaled(picture, 0.89, 0.99, 1.09), 0.97)


def vivid(picture: Picture, rng: Dice) -> Picture:
    """Stronger colours, most where they are weak, so that skin does not burn."""
    del rng
    spread = picture.max(axis=-1) - picture.min(axis=-1)
    amount = 1.0 + 0.55 * (1.0 - 0.75 * spread)
    grey = luma(picture)[..., None]
    rich = np.clip(grey + (picture - grey) * amount[..., None], 0.0, 1.0)
    return _curve(np.asarray(rich, np.float32), 0.28)


def pastel(picture: Picture, rng: Dice) -> Picture:
    """Lifted, airy, with little contrast."""
    del rng
    light = 0.2 + 0.8 * np.power(picture, 0.86)
    soft = _saturated(np.asarray(light, np.float32), 0.68)
    return np.clip(soft * np.array([1.01, 0.995, 1.01], np.float32), 0.0, 1.0)


def film(picture: Picture, rng: Dice) -> Picture:
    """Faded blacks, cool shadows against warm lights, grain."""
    tone = luma(picture)[..., None]
    shadows, lights = np.array([-0.015, 0.008, 0.03]), np.array([0.03, 0.012, -0.035])
    split = picture + shadows * (1 - tone) ** 2 + lights * tone**2
    faded = 0.045 + 0.93 * _curve(np.clip(split, 0, 1).astype(np.float32), 0.3)
    return _grain(_vignette(_saturated(np.asarray(faded, np.float32), 0.88), 0.22), rng, 0.026)


def teal_and_orange(picture: Picture, rng: Dice) -> Picture:
    """Cinema's pair: shadows towards teal, skin and lights towards orange."""
    del rng
    tone = luma(picture)[..., None]
    warm = np.clip(3.0 * (picture[..., 0] - picture[..., 2]), 0.0, 1.0)[..., None]
    teal = np.array([-0.075, 0.012, 0.05], np.float32)
    orange = np.array([0.07, 0.012, -0.075], np.float32)
    # What is warm already stays warm however dark it is: faces keep their colour.
    cold = np.square(1.0 - tone) * (1.0 - 0.85 * warm) + 0.35 * (1.0 - tone) * (1.0 - warm)
    split = picture + teal * cold + orange * (0.75 * tone * warm + 0.25 * np.square(tone))
    rich = _saturated(np.clip(split, 0.0, 1.0).astype(np.float32), 1.08)
    return _vignette(_curve(rich, 0.3), 0.16)


GRADES: Mapping[str, Grade] = {
    "black and white": black_and_white,
    "sepia": sepia,
    "warm": warm,
    "cool": cool,
    "vivid": vivid,
    "pastel": pastel,
    "film": film,
    "teal and orange": teal_and_orange,
}

"""Finishes for the whole picture, as a laboratory would give them."""

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.emulator.engine.noise import Dice
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    Values,
    blur,
    by_rows,
    grid,
    paint,
    shade,
)

Grade = Callable[[Picture, Dice], Picture]
_Tone = Callable[[Picture], Values]

_TILE = 512


def _finish(tone: _Tone, *, vignette: float = 0.0, grain: float = 0.0) -> Grade:
    """A grade that tones each colour by itself, then darkens corners, then adds grain.

    Args:
        tone: some rows of a picture, [3, rows, width], to as many toned ones; it may leave 0 to 1.
        vignette: light that is lost at half a side from the middle, in quarters.
        grain: its strength, 0 to 1.
    """

    def finished(picture: Picture, rng: Dice) -> Picture:
        height, width = picture.shape[:2]
        x, y = grid(height, width)
        aside = np.square(x - 0.5)
        noise = _noise(rng, height, width) * grain if grain else np.zeros((height, 1), np.float32)

        def rows(part: Picture, y: Plane, noise: Plane) -> Values:
            done = tone(part)
            if vignette:
                done = done * (1.0 - vignette * (aside + np.square(y - 0.5)))
            if grain:
                # Film is quietest in deep shadow and pure light.
                level = shade(done)
                done = done + (0.3 + 2.8 * level * (1.0 - level)) * noise
            return np.clip(done, 0.0, 1.0)

        return by_rows(rows, picture, y, noise)

    return finished


def _noise(rng: Dice, height: int, width: int) -> Plane:
    """Grain as large as in a print of any size, standard deviation 1; a tile, repeated."""
    unit = float(np.sqrt(height * width))
    rows, columns = min(height, _TILE), min(width, _TILE)
    tile = blur(rng.standard_normal((rows, columns), np.float32), 0.0005 * unit)
    tile /= max(float(tile.std()), 1e-6)
    return np.tile(tile, (-(-height // rows), -(-width // columns)))[:height, :width]


def _curve(values: Values, amount: float) -> Values:
    """S-curve: deeper shadows, brighter lights; ends stay where they are."""
    steep = values * values * (3.0 - 2.0 * values)
    return np.asarray(values + (steep - values) * amount, np.float32)


def _saturated(picture: Values, amount: float) -> Values:
    grey = shade(picture)
    return np.asarray(np.clip(grey + (picture - grey) * amount, 0.0, 1.0), np.float32)


def _scaled(picture: Values, red: float, green: float, blue: float) -> Values:
    return np.asarray(np.clip(picture * paint((red, green, blue)), 0.0, 1.0), np.float32)


def _black_and_white(picture: Picture) -> Values:
    """Grey by the eye's weights with a touch of red, contrast, fine grain."""
    red, green, blue = picture
    grey = _curve(0.36 * red + 0.54 * green + 0.10 * blue, 0.4)
    return np.broadcast_to(grey, picture.shape)


def _sepia(picture: Picture) -> Values:
    """Brown print on warm paper, darker towards the corners."""
    grey = _curve(shade(picture), 0.2)
    ink, paper = paint((0.13, 0.075, 0.035)), paint((1.0, 0.935, 0.80))
    middle = paint((0.22, 0.02, -0.2)) * (grey * (1.0 - grey))
    return np.clip(ink + (paper - ink) * grey + middle, 0.0, 1.0)


def _warm(picture: Picture) -> Values:
    """Towards amber."""
    return _saturated(_scaled(picture, 1.06, 1.0, 0.86), 1.05)


def _cool(picture: Picture) -> Values:
    """Towards blue."""
    return _saturated(_scaled(picture, 0.89, 0.99, 1.09), 0.97)


def _vivid(picture: Picture) -> Values:
    """Stronger colours, most where they are weak, so that skin does not burn."""
    red, green, blue = picture
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    amount = 1.55 - 0.4125 * spread
    grey = shade(picture)
    return _curve(np.clip(grey + (picture - grey) * amount, 0.0, 1.0), 0.28)


def _pastel(picture: Picture) -> Values:
    """Lifted, airy, with little contrast."""
    light = 0.2 + 0.8 * np.power(picture, np.float32(0.86))
    return _scaled(_saturated(light, 0.68), 1.01, 0.995, 1.01)


def _film(picture: Picture) -> Values:
    """Faded blacks, cool shadows against warm lights, grain."""
    tone = shade(picture)
    shadows, lights = paint((-0.015, 0.008, 0.03)), paint((0.03, 0.012, -0.035))
    split = picture + shadows * np.square(1.0 - tone) + lights * np.square(tone)
    return _saturated(0.045 + 0.93 * _curve(np.clip(split, 0.0, 1.0), 0.3), 0.88)


def _teal_and_orange(picture: Picture) -> Values:
    """Cinema's pair: shadows towards teal, skin and lights towards orange."""
    tone = shade(picture)
    warm = np.clip(3.0 * (picture[0] - picture[2]), 0.0, 1.0)
    teal, orange = paint((-0.075, 0.012, 0.05)), paint((0.07, 0.012, -0.075))
    # What is warm already stays warm however dark it is: faces keep their colour.
    cold = np.square(1.0 - tone) * (1.0 - 0.85 * warm) + 0.35 * (1.0 - tone) * (1.0 - warm)
    split = picture + teal * cold + orange * (0.75 * tone * warm + 0.25 * np.square(tone))
    return _curve(_saturated(np.clip(split, 0.0, 1.0), 1.08), 0.3)


def _brighter(picture: Picture) -> Values:
    """Middle tones raised; black and white stay."""
    return np.power(np.clip(picture, 0.0, 1.0), 0.72)


def _darker(picture: Picture) -> Values:
    """Middle tones lowered; black and white stay."""
    return np.power(np.clip(picture, 0.0, 1.0), 1.45)


def _more_contrast(picture: Picture) -> Values:
    """Deeper shadows, brighter lights."""
    return _curve(np.clip(picture, 0.0, 1.0), 0.75)


def _less_contrast(picture: Picture) -> Values:
    """Lifted shadows, held lights."""
    return 0.085 + 0.8 * picture


def _in_tones_of(red: float, green: float, blue: float) -> _Tone:
    """One hue over everything, most in the middle tones; light and dark stay."""
    own = paint((red, green, blue))
    hue = own - shade(own)

    def toned(picture: Picture) -> Values:
        grey = shade(picture)
        return picture + 0.38 * (grey - picture) + hue * (0.1 + 1.6 * grey * (1.0 - grey))

    return toned


GRADES: Mapping[str, Grade] = {
    "black and white": _finish(_black_and_white, grain=0.012),
    "sepia": _finish(_sepia, vignette=0.3, grain=0.012),
    "warm": _finish(_warm),
    "cool": _finish(_cool),
    "vivid": _finish(_vivid),
    "pastel": _finish(_pastel),
    "film": _finish(_film, vignette=0.22, grain=0.026),
    "teal and orange": _finish(_teal_and_orange, vignette=0.16),
    "brighter": _finish(_brighter),
    "darker": _finish(_darker),
    "more contrast": _finish(_more_contrast),
    "less contrast": _finish(_less_contrast),
    "blue tones": _finish(_in_tones_of(0.2, 0.45, 0.8)),
    "purple tones": _finish(_in_tones_of(0.55, 0.28, 0.78)),
    "pink tones": _finish(_in_tones_of(0.9, 0.5, 0.66)),
    "red tones": _finish(_in_tones_of(0.78, 0.24, 0.22)),
    "orange tones": _finish(_in_tones_of(0.86, 0.52, 0.2)),
    "green tones": _finish(_in_tones_of(0.3, 0.62, 0.36)),
    "earth tones": _finish(_in_tones_of(0.64, 0.5, 0.34)),
}

"""Arrays of pixels: their types, and the few operations that every render uses.

Pictures are float32, height x width x 3, sRGB-encoded, 0 to 1. Planes are float32, height x width.
Light is added and multiplied in linear light, taken as the square of the encoded value: close
enough to the true curve for a draft, and several times cheaper than a power.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.rgb import Rgb, rgb
from pipeline.vision.arrays import (
    Bytes8,
    Picture,
    Plane,
    Values,
    resize,
    smoothstep,
    to_bytes,
    to_float,
)

__all__ = [
    "Bytes8",
    "Picture",
    "Plane",
    "Rgb",
    "Values",
    "apart",
    "as_array",
    "between",
    "blur",
    "by_rows",
    "develop",
    "encoded",
    "gradient",
    "grid",
    "lens_blur",
    "linear",
    "luma",
    "mix",
    "paint",
    "resize",
    "rgb",
    "shade",
    "smoothstep",
    "sparkling",
    "to_bytes",
    "to_float",
]

_SHOULDER = 0.75
_CACHED = 24_576  # px of a picture whose colours, and as much again a few times, fit the cache
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def as_array(colour: Rgb) -> Picture:
    """A colour as a float32 array of three, ready to broadcast over a picture."""
    return np.array(colour, np.float32)


def luma(picture: Picture) -> Plane:
    """Brightness of each pixel, 0 to 1, from the encoded values."""
    return np.asarray(cv2.transform(picture, _LUMA[None]), np.float32).reshape(picture.shape[:2])


def linear(picture: Values) -> Picture:
    """Encoded values as light."""
    return np.square(picture).astype(np.float32, copy=False)


def encoded(light: Values) -> Picture:
    """Light as encoded values, clipped to 0 to 1."""
    return np.sqrt(np.clip(light, 0.0, 1.0)).astype(np.float32, copy=False)


def by_rows(work: Callable[..., Values], *images: Values) -> Picture:
    """Work on each pixel by itself, a few rows at a time, the three colours apart.

    What is made on the way then stays in the processor's cache, and a value for each pixel meets
    whole rows of a colour: several times faster than whole pictures.

    Args:
        work: from some rows of every image, in their order, to as many rows of the answer; what it
            gives for a pixel depends on nothing beside it. Pictures come and go as [3, rows,
            width], planes as they are.
        images: pictures and planes, all of one height.
    """
    height, width = images[0].shape[:2]
    step = max(1, _CACHED // width)
    done = np.empty((height, width, 3), np.float32)
    for top in range(0, height, step):
        rows = slice(top, min(top + step, height))
        parts = (apart(one[rows]) if one.ndim == 3 else one[rows] for one in images)  # noqa: PLR2004
        red, green, blue = np.asarray(work(*parts), np.float32)
        cv2.merge([red, green, blue], done[rows])
    return done


def apart(picture: Values) -> Picture:
    """A picture as its three colours, [3, height, width]."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32)


def paint(colour: Rgb) -> Picture:
    """A colour as [3, 1, 1], ready to meet a plane."""
    return as_array(colour)[:, None, None]


def shade(colours: Values) -> Plane:
    """Brightness as `luma`, of [3, ...]; of light if they are light."""
    red, green, blue = colours
    return np.asarray(0.2126 * red + 0.7152 * green + 0.0722 * blue, np.float32)


def mix(under: Values, over: Values, share: Values) -> Picture:
    """Blend two pictures; `share` of 1 shows `over` alone."""
    if under.shape == over.shape == (*share.shape, 3):
        return by_rows(lambda a, b, part: a + (b - a) * part, under, over, share)
    return np.asarray(under + (over - under) * share[..., None], np.float32)


def blur(image: Picture, sigma: float) -> Picture:
    """Gaussian blur, sigma in px; wide blurs are solved on a reduced copy."""
    if sigma < 0.3:  # noqa: PLR2004 - below a third of a pixel nothing is visible
        return image
    height, width = image.shape[:2]
    factor = 1
    while sigma / factor > 6 and min(height, width) // (factor * 2) >= 8:  # noqa: PLR2004
        factor *= 2
    if factor == 1:
        return _gaussian(image, sigma)
    small = resize(image, width=max(1, width // factor), height=max(1, height // factor))
    return resize(_gaussian(small, sigma / factor), width=width, height=height, smooth=True)


def _gaussian(image: Picture, sigma: float) -> Picture:
    done = cv2.GaussianBlur(image, (0, 0), sigmaX=sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(done, np.float32)


def develop(light: Values) -> Picture:
    """Light of any strength as encoded values; what is too bright fades into white, as on film."""
    over = np.maximum(light - _SHOULDER, 0.0)
    room = 1.0 - _SHOULDER
    rolled = np.minimum(light, _SHOULDER) + room * (1.0 - np.exp(-over / room))
    return np.asarray(np.sqrt(np.maximum(rolled, 0.0)), np.float32)


def lens_blur(light: Picture, radius: float) -> Picture:
    """Blur as an open lens does: each point becomes a disc, so lamps stay visible as discs.

    Args:
        light: linear; lamps may exceed 1.
        radius: of the disc, in px of this picture.
    """
    reach = round(radius)
    if reach < 1:
        return light
    offsets = np.arange(-reach, reach + 1, dtype=np.float32)
    distance = np.hypot(offsets[:, None], offsets[None, :])
    disc = np.clip(radius + 0.5 - distance, 0.0, 1.0)
    disc /= disc.sum()
    spread = cv2.filter2D(light, -1, disc, borderType=cv2.BORDER_REFLECT)
    return np.maximum(np.asarray(spread, np.float32), 0.0)


def sparkling(picture: Picture, reach: float) -> Picture:
    """Light of a finished picture, its small highlights lifted back to what the lens saw.

    Args:
        picture: encoded values, so bright points are clipped.
        reach: px; highlights larger than this are left as they are.
    """
    brightness = luma(picture)
    stands_out = np.clip(brightness - blur(brightness, reach) - 0.1, 0.0, 1.0)
    return np.asarray(linear(picture) * (1.0 + 14.0 * stands_out)[..., None], np.float32)


def grid(height: int, width: int) -> tuple[Plane, Plane]:
    """Pixel centres as shares of the frame: x as one row, y as one column, each 0 to 1."""
    x = ((np.arange(width) + 0.5) / width).astype(np.float32)
    y = ((np.arange(height) + 0.5) / height).astype(np.float32)
    return x[None, :], y[:, None]


def between(values: Values, low: float, high: float) -> NDArray[np.bool_]:
    """Where values lie between two limits, both left out."""
    return (values > low) & (values < high)


def gradient(values: Values, stops: tuple[tuple[float, Rgb], ...]) -> Picture:
    """Colours along a ramp.

    Args:
        values: position of each pixel on the ramp.
        stops: positions in rising order, each with its colour.
    """
    places = [place for place, _ in stops]
    channels = [np.interp(values, places, [c[i] for _, c in stops]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)

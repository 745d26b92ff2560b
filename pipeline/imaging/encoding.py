"""Pixels to file bytes: settings of each format, and the search that meets a byte ceiling."""

from dataclasses import dataclass
from typing import Any

import pyvips

from pipeline.domain.rendition import RenditionSpec

LEAST_QUALITY = 60
"""A byte ceiling never lowers the quality below this; a file that needs less is reported."""

# Measured on a 1080x1350 photograph. WebP: effort 4 takes 2.5 times as long as 2 for 2 % fewer
# bytes. PNG: all filters at level 4 save a quarter against the default (no filter, level 6).
_SETTINGS: dict[str, dict[str, Any]] = {
    "jpeg": {},
    "png": {"filter": "all", "compression": 4},
    "webp": {"effort": 2},
}
_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file's content.

    Attributes:
        data: without any metadata.
        quality: that was used; None where the format has none.
    """

    data: bytes
    quality: int | None


def encode(image: pyvips.Image, spec: RenditionSpec) -> Encoded:
    """Encode a picture that has its final size.

    With `max_bytes` the highest quality that fits is looked for, from the wanted one down to
    `LEAST_QUALITY`, in seven encodings at most; where none fits the smallest is returned.
    """
    if spec.quality is None:
        return Encoded(to_bytes(image, spec.format), None)
    if spec.max_bytes is None:
        return Encoded(to_bytes(image, spec.format, Q=spec.quality), spec.quality)
    return _fitting(image.copy_memory(), spec, spec.quality, spec.max_bytes)


def to_bytes(image: pyvips.Image, form: str, **options: Any) -> bytes:
    """Encode with the format's settings and no metadata; `options` are the saver's own."""
    settings = _SETTINGS[form] | options
    return image.write_to_buffer(_SUFFIXES[form], keep="none", **settings)


def _fitting(image: pyvips.Image, spec: RenditionSpec, quality: int, max_bytes: int) -> Encoded:
    # A ceiling is worth JPEG's second pass over the data: a tenth smaller at the same quality.
    options = {"optimize_coding": True} if spec.format == "jpeg" else {}

    def at(level: int) -> Encoded:
        return Encoded(to_bytes(image, spec.format, Q=level, **options), level)

    best = at(quality)
    if len(best.data) <= max_bytes:
        return best
    low, high = min(LEAST_QUALITY, quality), quality - 1
    while low <= high:
        middle = (low + high) // 2
        tried = at(middle)
        if len(tried.data) <= max_bytes:
            best, low = tried, middle + 1
        else:
            best, high = min(best, tried, key=lambda one: len(one.data)), middle - 1
    return best

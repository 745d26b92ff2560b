"""Pixels to file bytes: settings of each format, and the search that meets a byte ceiling."""

from dataclasses import dataclass
from typing import Any

import pyvips

from pipeline.domain.labels import Label
from pipeline.domain.rendition import EXTENSIONS, RenditionSpec
from pipeline.imaging.xmp import into_png, labelled

LEAST_QUALITY = {"jpeg": 60, "webp": 60, "avif": 35}
"""A byte ceiling never lowers the quality below this; a file that needs less is reported."""

# Measured on a 1080x1350 photograph. WebP: effort 4 takes 2.5 times as long as 2 for 2 % fewer
# bytes. PNG: all filters at level 4 save a quarter against the default (no filter, level 6).
# AVIF: effort 2 takes twice as long as 1 for a twelfth fewer bytes, 4 takes fifteen times as long.
_SETTINGS: dict[str, dict[str, Any]] = {
    "jpeg": {},
    "png": {"filter": "all", "compression": 4},
    "webp": {"effort": 2},
    "avif": {"compression": "av1", "effort": 1},
}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file's content.

    Attributes:
        data: without any metadata but the label.
        quality: that was used; None where the format has none.
    """

    data: bytes
    quality: int | None


def encode(image: pyvips.Image, spec: RenditionSpec, *, room: int = 0) -> Encoded:
    """Encode a picture that has its final size.

    With `max_bytes` the highest quality that fits is looked for, from the wanted one down to
    `LEAST_QUALITY`, in eight encodings at most; where none fits the smallest is returned.

    Args:
        image: with all its pixels, or still to be computed.
        spec: format, quality, ceiling and label.
        room: bytes that are added afterwards and count against the ceiling.
    """
    if spec.quality is None:
        return Encoded(to_bytes(image, spec.format, label=spec.label), None)
    if spec.max_bytes is None:
        data = to_bytes(image, spec.format, label=spec.label, Q=spec.quality)
        return Encoded(data, spec.quality)
    ceiling = spec.max_bytes - room
    if ceiling >= spec.width * spec.height:
        # So far above what a picture needs that one quick encoding nearly always does.
        data = to_bytes(image, spec.format, label=spec.label, Q=spec.quality)
        if len(data) <= ceiling:
            return Encoded(data, spec.quality)
    return _fitting(image.copy_memory(), spec, spec.quality, ceiling)


def to_bytes(
    image: pyvips.Image, form: str, *, label: Label | None = None, **options: Any
) -> bytes:
    """Encode with the format's settings; `options` are the saver's own.

    Of metadata the label is written, and nothing else: what came with the picture is stripped.
    """
    settings = _SETTINGS[form] | options
    suffix = f".{EXTENSIONS[form]}"
    if label is None or form == "png":
        data: bytes = image.write_to_buffer(suffix, keep="none", **settings)
        return data if label is None else into_png(data, label)
    marked: bytes = labelled(image, label).write_to_buffer(suffix, keep="xmp", **settings)
    return marked


def _fitting(image: pyvips.Image, spec: RenditionSpec, quality: int, max_bytes: int) -> Encoded:
    # A ceiling is worth JPEG's second pass over the data: a tenth smaller at the same quality.
    options = {"optimize_coding": True} if spec.format == "jpeg" else {}

    def at(level: int) -> Encoded:
        data = to_bytes(image, spec.format, label=spec.label, Q=level, **options)
        return Encoded(data, level)

    best = at(quality)
    if len(best.data) <= max_bytes:
        return best
    low, high = min(LEAST_QUALITY[spec.format], quality), quality - 1
    while low <= high:
        middle = (low + high) // 2
        tried = at(middle)
        if len(tried.data) <= max_bytes:
            best, low = tried, middle + 1
        else:
            best, high = min(best, tried, key=lambda one: len(one.data)), middle - 1
    return best

"""Previews as JPEG, for documents that can hold no WebP without unpacking it."""

from pathlib import Path

import pyvips

from pipeline.imaging import loading
from pipeline.imaging.encoding import to_bytes

QUALITY = 80


def as_jpeg(source: Path) -> bytes:
    """A small picture as JPEG, on white where it is see-through; it keeps no metadata.

    Raises:
        UnreadablePictureError: it cannot be read.
    """
    with loading.damage_explained():
        image = pyvips.Image.new_from_file(str(source))
        if image.hasalpha():
            image = image.flatten(background=[255] * (image.bands - 1))
        return to_bytes(image, "jpeg", Q=QUALITY)

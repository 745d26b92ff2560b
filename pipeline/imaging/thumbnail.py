"""Small copies of pictures for pages that are shared: sRGB, upright, nothing but pixels in them."""

from io import FileIO
from pathlib import Path

import pyvips

from pipeline.imaging import loading, memory, pixels, writing
from pipeline.imaging.encoding import to_bytes
from pipeline.imaging.loading import MAX_PIXELS

SIDE = 512
"""Longest side of a thumbnail on a contact sheet, px."""
_QUALITY = 75


def thumbnail(
    source: Path, target: Path, *, side: int = SIDE, max_pixels: int = MAX_PIXELS
) -> tuple[int, int]:
    """Write a WebP copy that fits into `side` x `side`; small pictures are not enlarged.

    Returns:
        Its width and height, px.

    Raises:
        UnreadablePictureError: the source cannot be read; no file was written.
        OSError: the target cannot be written; nothing is left behind.
    """
    with loading.opened(source) as file:
        image = small_copy(file, side=side, max_pixels=max_pixels)
    with loading.damage_explained():
        data = to_bytes(image, "webp", Q=_QUALITY)
    writing.replace(target, data)
    return image.width, image.height


def small_copy(file: FileIO, *, side: int, max_pixels: int = MAX_PIXELS) -> pyvips.Image:
    """A picture in memory that fits into `side` x `side`: sRGB, upright, its first frame.

    JPEG and WebP are shrunk while they are decoded, which is most of the speed.

    Raises:
        UnreadablePictureError: as `loading.decode`.
    """
    found = loading.header(file)
    loading.check_size(found, max_pixels)
    with memory.ROOM.taken(memory.to_shrink(found)), loading.damage_explained():
        small = pyvips.Image.thumbnail_source(
            loading.source_of(file),
            side,
            height=side,
            size="down",
            option_string="[fail_on=error]",  # its own `fail_on` is forgotten for sources
        )
        # Not by the call's own `output_profile`: that sets up a conversion, at several times the
        # cost of the scaling, for the many pictures that need none.
        return pixels.to_srgb(small).copy_memory()

"""Facts of a picture file: quickly for thousands of sources, thoroughly for what was delivered."""

import hashlib
from io import FileIO
from pathlib import Path

from pipeline.domain.fingerprint import Sha256
from pipeline.domain.picture import PictureFacts
from pipeline.imaging import loading
from pipeline.imaging.loading import MAX_PIXELS, Header, UnreadablePictureError

__all__ = ["UnreadablePictureError", "inspect", "verify"]

# A PNG ends with this chunk; libpng stops reading before it and misses that the end is gone.
_PNG_END = b"IEND\xaeB`\x82"
_PNG_TAIL = 65_536  # some programs leave a few bytes behind the end


def inspect(path: Path) -> PictureFacts:
    """Read a picture's digest and header; its pixels stay unread, so damage in them goes unseen.

    Raises:
        UnreadablePictureError: there is no such file, or it is no picture in a known format.
    """
    with loading.opened(path) as file:
        return _facts(file, loading.header(file))


def verify(path: Path, *, max_pixels: int = MAX_PIXELS) -> PictureFacts:
    """Inspect a picture and decode every pixel of it, all frames, in bounded memory.

    Args:
        path: of the file.
        max_pixels: most pixels of all frames together; asked before any of them is decoded.

    Raises:
        UnreadablePictureError: as `inspect`, or too large, or cut short or damaged anywhere.
    """
    with loading.opened(path) as file:
        header = loading.header(file)
        loading.check_size(header, max_pixels, frames=header.frames)
        _decode(file, header)
        return _facts(file, header)


def _decode(file: FileIO, header: Header) -> None:
    if header.format == "png":
        _check_png_end(file)
    with loading.damage_explained():
        loading.stream(file, header).avg()  # the cheapest way to ask for each pixel once


def _check_png_end(file: FileIO) -> None:
    size = file.seek(0, 2)
    file.seek(max(0, size - _PNG_TAIL))
    if _PNG_END not in file.readall():
        raise UnreadablePictureError("its data is damaged or cut short (the end is missing)")


def _facts(file: FileIO, header: Header) -> PictureFacts:
    file.seek(0)
    return PictureFacts(
        sha256=Sha256(hashlib.file_digest(file, "sha256").hexdigest()),
        size=file.tell(),
        width=header.width,
        height=header.height,
        format=header.format,
    )

"""Open picture files of unknown origin: formats, ceilings and what goes wrong, in one place.

Whoever imports this module has libvips set up: no operation cache, and no loader but the ones
listed here, so that a file from outside never reaches an interpreter (SVG, PDF) or a rarely
tested parser.
"""

import contextlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import pyvips

MAX_PIXELS = 120_000_000
"""Most pixels that are ever decoded; about 0.5 GB in memory."""

_FORMATS = {
    "jpegload": "jpeg",
    "pngload": "png",
    "webpload": "webp",
    "gifload": "gif",
    "tiffload": "tiff",
    "heifload": "avif",
}
_LOADER_CLASSES = (
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadWebp",
    "VipsForeignLoadNsgif",
    "VipsForeignLoadTiff",
    "VipsForeignLoadHeif",
)
_HEIC = "a HEIC picture"
# First bytes of files that people try, so that the message can name what they have.
_STRANGERS = (
    (b"%PDF", 0, "a PDF"),
    (b"<svg", 0, "an SVG drawing"),
    (b"<?xml", 0, "an XML file"),
    (b"<!DOCTYPE html", 0, "a web page"),
    (b"<html", 0, "a web page"),
    (b"{", 0, "a text file"),
    (b"8BPS", 0, "a Photoshop document"),
    (b"BM", 0, "a Windows bitmap"),
    (b"ftypheic", 4, _HEIC),
    (b"ftypheix", 4, _HEIC),
)
_KNOWN = "known formats are JPEG, PNG, WebP, TIFF, GIF and AVIF"
_HEAD = 256
_SIDEWAYS = range(5, 9)  # EXIF orientations that swap width and height
_ANIMATED = ("gif", "webp")
_ONE_BYTE = ("uchar", "char")

# The cache would answer a repeated call with the picture a file used to hold, and grow.
pyvips.cache_set_max(0)
pyvips.block_untrusted_set(state=True)
pyvips.operation_block_set("VipsForeignLoad", state=True)
for _loader in _LOADER_CLASSES:
    pyvips.operation_block_set(_loader, state=False)


class UnreadablePictureError(ValueError):
    """A file that cannot be used as a picture; the message says why, for people, without a path."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself.

    Attributes:
        width: px as displayed.
        height: px as displayed, of one frame.
        format: as in `PictureFacts.format`.
        frames: 1, or the number of frames of an animation.
        depth: bytes of one decoded pixel, all channels together.
        has_alpha: whether pixels may be transparent.
        is_progressive: whether it comes in several passes, so that decoders keep all of it.
    """

    width: int
    height: int
    format: str
    frames: int = 1
    depth: int = 3
    has_alpha: bool = False
    is_progressive: bool = False


@contextlib.contextmanager
def opened(path: Path) -> Iterator[FileIO]:
    """Open a file that may hold a picture; everything about it is then read from this one handle.

    Raises:
        UnreadablePictureError: no such file, no permission, not a regular file, or empty.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # asked first: opening a pipe would wait for ever
            kind = "a folder" if stat.S_ISDIR(facts.st_mode) else "not a regular file"
            raise UnreadablePictureError(f"it is {kind}")
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise UnreadablePictureError(_reason(error)) from error
    with file:
        if facts.st_size == 0:
            raise UnreadablePictureError("it is empty")
        yield file


def header(file: FileIO) -> Header:
    """Read what a picture says of itself, without its pixels.

    Raises:
        UnreadablePictureError: not a known format, or the header is damaged or cut short.
    """
    head = _head(file)
    image = _load(file, head)
    loader = str(image.get("vips-loader")).removesuffix("_source")
    if loader == "heifload" and image.get("heif-compression") != "av1":
        raise UnreadablePictureError(f"it is {_HEIC}; {_KNOWN}")
    width, height = image.width, image.height
    if _orientation(image) in _SIDEWAYS:
        width, height = height, width
    form = _FORMATS[loader]
    frames = int(str(image.get("n-pages"))) if _is_animation(image, form) else 1
    return Header(
        width=width,
        height=height,
        format=form,
        frames=frames,
        depth=image.bands * (1 if image.format in _ONE_BYTE else 2),
        has_alpha=bool(image.hasalpha()),
        is_progressive=image.get_typeof("interlaced") != 0,
    )


def check_size(found: Header, max_pixels: int, *, frames: int = 1) -> None:
    """Refuse a picture that is too large to decode; to be asked before any decoding.

    Args:
        found: the picture.
        max_pixels: most pixels of all frames together.
        frames: that are going to be decoded.

    Raises:
        UnreadablePictureError: it has more.
    """
    if found.width * found.height * frames > max_pixels:
        claim = f"{found.width}x{found.height} pixels" + (f" x {frames} frames" * (frames > 1))
        raise UnreadablePictureError(
            f"it claims {claim}; more than {max_pixels:,} pixels are never decoded"
        )


def decode(file: FileIO, *, max_pixels: int = MAX_PIXELS) -> pyvips.Image:
    """Decode a picture into memory once, upright, in its own colour space; its first frame.

    Raises:
        UnreadablePictureError: as `header`, or too large, or the pixel data is damaged.
    """
    found = header(file)
    check_size(found, max_pixels)
    with damage_explained():
        image = _load(file, b"", access="sequential", fail_on="error").copy_memory()
        if _orientation(image) == 1:
            return image
        return image.autorot().copy_memory()


def source_of(file: FileIO) -> pyvips.Source:
    """A libvips source over an open file, from its first byte.

    The source shares the file's position: no two of one file may be read at the same time.
    """
    file.seek(0)
    return pyvips.Source.new_from_descriptor(file.fileno())


def stream(file: FileIO, found: Header) -> pyvips.Image:
    """A picture whose pixels are decoded as they are asked for, top to bottom, all frames.

    libvips calls what libjpeg names corrupt data a warning; here it is an error. For the other
    formats a warning is about metadata and harmless.
    """
    options: dict[str, object] = {"access": "sequential", "fail_on": "error"}
    if found.format == "jpeg":
        options["fail_on"] = "warning"
    if found.frames > 1:
        options["n"] = -1
    return _load(file, b"", **options)


@contextlib.contextmanager
def damage_explained() -> Iterator[None]:
    """Turn libvips' complaints while pixels are read into words for people."""
    try:
        yield
    except pyvips.Error as error:
        raise UnreadablePictureError(
            f"its data is damaged or cut short ({complaint(error)})"
        ) from error


def complaint(error: pyvips.Error) -> str:
    """The one line of a libvips error that says most."""
    lines = [line.strip() for line in str(error.detail).splitlines() if line.strip()]
    return lines[-1] if lines else str(error.message)


def _load(file: FileIO, head: bytes, **options: object) -> pyvips.Image:
    try:
        return pyvips.Image.new_from_source(source_of(file), "", **options)
    except pyvips.Error as error:
        name = _stranger(head)
        if name is None and error.message == "unable to load from source":
            name = "not a picture"
        if name is not None:
            raise UnreadablePictureError(f"it is {name}; {_KNOWN}") from error
        raise UnreadablePictureError(
            f"its header is damaged or cut short ({complaint(error)})"
        ) from error


def _stranger(head: bytes) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, at, name in _STRANGERS:
        if text[at : at + len(magic)].lower() == magic.lower():
            return name
    return None


def _head(file: FileIO) -> bytes:
    file.seek(0)
    return file.read(_HEAD)


def _orientation(image: pyvips.Image) -> int:
    if image.get_typeof("orientation") == 0:
        return 1
    return int(str(image.get("orientation")))


def _is_animation(image: pyvips.Image, form: str) -> bool:
    return form in _ANIMATED and image.get_typeof("n-pages") != 0


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return f"it cannot be opened: {error.strerror}"

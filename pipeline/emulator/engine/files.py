"""Picture files in and out: any readable input as 8-bit sRGB, every output as JPEG."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import pyvips

from pipeline.emulator.engine.raster import Bytes8
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.emulator.interface import EngineError

QUALITY = 88
_KEEP_EXIF = 1  # VIPS_FOREIGN_KEEP_EXIF
_MADE_BY = {
    "Software": f"campaign-pipeline, engine {DRAFT_ENGINE}",
    "ImageDescription": "A draft by the embedded engine, not by the model it stands in for",
}
_PLATE_SIDE = 1600
_LARGEST_PLATE = 1800
_SMALLEST_PLATE = 512  # less is too little to find anything in
_MOST_PIXELS = 120_000_000
_LONGEST_SIDE = 30_000
_READABLE = ("jpeg", "png", "webp", "heif", "tiff", "gif")
_SIGNATURES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
)
_MOST_WHOLE = 512_000_000
"""Bytes of a picture whose lines come in several passes, so that it must be held whole."""
_TURNED = range(5, 9)  # EXIF orientations that lie on their side


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One input picture, upright.

    Attributes:
        raw: the file.
        width: px of the upright picture.
        height: px of the upright picture.
        plate: 8-bit RGB to work on, at most 1800 px a side; transparent parts on white.
        opacity: the file's own transparency on the plate, 0 to 255; None where all is opaque.
    """

    raw: bytes
    width: int
    height: int
    plate: Bytes8
    opacity: Bytes8 | None


def open_source(raw: bytes, place: int, *, covers: tuple[int, int] | None = None) -> Source:
    """Read one input.

    Args:
        raw: the file; JPEG, PNG, WebP, HEIF, TIFF or GIF (first frame).
        place: its number in the request, from 1, for the message.
        covers: width and height in px of the frame that the whole picture is to fill, so that
            its plate need not be larger; None where its subject may be brought closer.

    Raises:
        EngineError: code 1402, the file cannot be read as a picture.
    """
    if not _is_picture(raw):  # nothing else is even opened: some formats are programs
        raise EngineError(1402, f"image {place} is not a picture file this engine reads")
    try:
        header = pyvips.Image.new_from_buffer(raw, "")
        width, height = int(header.width), int(header.height)
        if header.get_typeof("orientation") and header.get("orientation") in _TURNED:
            width, height = height, width
        if not str(header.get("vips-loader")).startswith(_READABLE):
            raise EngineError(1402, f"image {place} is not a picture file this engine reads")
        if width * height > _MOST_PIXELS or max(width, height) > _LONGEST_SIDE:
            raise EngineError(1402, f"image {place} is too large: {width} x {height} px")
        if header.get_typeof("interlaced") and _bytes_of(header) > _MOST_WHOLE:
            what = f"{width} x {height} px in several passes"
            raise EngineError(1402, f"image {place} is too large: {what}")
        side = _PLATE_SIDE if covers is None else _side_for(covers, (width, height))
        plate, opacity = _decode(raw, min(side, max(width, height)))
    except pyvips.Error as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise EngineError(1402, f"image {place} cannot be read as a picture: {reason}") from error
    return Source(raw=raw, width=width, height=height, plate=plate, opacity=opacity)


def _side_for(frame: tuple[int, int], size: tuple[int, int]) -> int:
    """Longer side of a plate that just fills a frame."""
    scale = max(frame[0] / size[0], frame[1] / size[1])
    return min(_LARGEST_PLATE, max(_SMALLEST_PLATE, math.ceil(scale * max(size) - 1e-6)))


def _is_picture(raw: bytes) -> bool:
    """Whether a file begins as pictures do."""
    is_webp = raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"
    return raw.startswith(_SIGNATURES) or is_webp or raw[4:8] == b"ftyp"


def _bytes_of(image: pyvips.Image) -> int:
    each = 2 if image.format in ("ushort", "short") else 1
    return int(image.width * image.height * image.bands * each)


def brightness_at(source: Source, *, width: int, height: int) -> Bytes8:
    """The picture's brightness at another size, never larger than the file itself.

    Returns:
        8-bit plane, weighted as `brightness_of` does; its sides are the smaller of what was asked
        for and what the file has.
    """
    wide, tall = max(1, min(width, source.width)), max(1, min(height, source.height))
    plane = _stored_brightness(source, wide, tall)
    if plane is None:
        image = _on_white(_shrunk(source.raw, wide, tall, how="force")).colourspace("srgb")
        return brightness_of(_pixels(image))
    if plane.shape == (tall, wide):
        return plane
    return np.asarray(cv2.resize(plane, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)


def brightness_of(pixels: Bytes8) -> Bytes8:
    """Brightness of 8-bit RGB, weighted as JPEG files do."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _stored_brightness(source: Source, width: int, height: int) -> Bytes8 | None:
    """A JPEG file's own brightness, at its size or at half of it; None if it must be converted.

    The file keeps it apart from the colours, so that it costs half of what the picture does.
    """
    header = pyvips.Image.new_from_buffer(source.raw, "")
    if not str(header.get("vips-loader")).startswith("jpeg") or _is_managed(header):
        return None
    halves = 2 * max(width, height) <= max(source.width, source.height)
    how = cv2.IMREAD_REDUCED_GRAYSCALE_2 if halves else cv2.IMREAD_GRAYSCALE
    plane = cv2.imdecode(np.frombuffer(source.raw, np.uint8), how)
    by = 2 if halves else 1
    # A turn that is written in a way that only one of the two libraries reads.
    if plane is None or plane.shape != (-(-source.height // by), -(-source.width // by)):
        return None
    return np.asarray(plane, np.uint8)


def to_jpeg(pixels: Bytes8) -> bytes:
    """Encode 8-bit RGB as a JPEG file that says what made it, and nothing else."""
    height, width = pixels.shape[:2]
    image = pyvips.Image.new_from_memory(pixels.data, width, height, 3, "uchar")
    image = image.copy(interpretation="srgb")
    for name, text in _MADE_BY.items():
        image.set_type(pyvips.GValue.gstr_type, f"exif-ifd0-{name}", text)
    return bytes(image.jpegsave_buffer(Q=QUALITY, keep=_KEEP_EXIF))


def _decode(raw: bytes, side: int) -> tuple[Bytes8, Bytes8 | None]:
    """Shrink while decoding: a picture of 36 megapixels never exists whole in memory."""
    image = _shrunk(raw, side, side, how="down")
    opacity: Bytes8 | None = None
    if image.hasalpha():
        image = image.copy_memory()  # it is read twice below, and the file only once
        opacity = _pixels(image[image.bands - 1])[..., 0]
        if int(opacity.min()) > 250:  # noqa: PLR2004 - an alpha channel that hides nothing
            opacity = None
    return _pixels(_on_white(image).colourspace("srgb")), opacity


def _read(raw: bytes, side: int) -> pyvips.Image:
    """Open a file for one pass from top to bottom; a cut-off file is an error, not a grey field.

    JPEG files are decoded at a half, quarter or eighth if that still leaves `side` px.
    """
    image = pyvips.Image.new_from_buffer(raw, "", access="sequential", fail_on="truncated")
    if not str(image.get("vips-loader")).startswith("jpeg"):
        return image
    room = max(image.width, image.height) // max(side, 1)
    shrink = next((by for by in (8, 4, 2) if by <= room), 1)
    return pyvips.Image.jpegload_buffer(
        raw, shrink=shrink, access="sequential", fail_on="truncated"
    )


def _shrunk(raw: bytes, width: int, height: int, *, how: str) -> pyvips.Image:
    """The upright picture as 8-bit sRGB or grey, still lazy; transparency is kept."""
    image = _read(raw, max(width, height))
    # Colour management costs twenty times the rest: only where a file calls for it.
    if _is_managed(image):
        image = image.thumbnail_image(width, height=height, size=how, output_profile="srgb")
    else:
        image = image.thumbnail_image(width, height=height, size=how)
    if image.format != "uchar" or image.interpretation not in ("srgb", "b-w"):
        image = image.colourspace("srgb").cast("uchar")
    return image


def _is_managed(image: pyvips.Image) -> bool:
    """Whether a file's numbers mean colours only together with a profile."""
    return bool(image.interpretation == "cmyk" or image.get_typeof("icc-profile-data"))


def _on_white(image: pyvips.Image) -> pyvips.Image:
    """Lay an 8-bit picture on white; one without transparency is returned as it is."""
    return image.flatten(background=[255]) if image.hasalpha() else image


def _pixels(image: pyvips.Image) -> Bytes8:
    """Decode now: height x width x bands."""
    memory = image.write_to_memory()
    return np.frombuffer(memory, np.uint8).reshape(image.height, image.width, image.bands)

"""Marks in a picture's metadata: XMP, EXIF, IPTC and texts, as libvips hands them over."""

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree as ET

from pipeline.domain.marks import Mark, short_type

LONGEST: Final = 300
"""Most characters of a value that are kept; prompts in files can be long, and confidential."""
_MOST_XMP = 2_000_000
_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_AIGC_SPACE = "{http://www.tc260.org.cn/ns/AIGC/1.0/}"
_SOURCE_TYPES = (f"{_EXT}DigitalSourceType", f"{_EXT}DigitalSourcefileType")
_XMP_NAMES: Final = {
    f"{_EXT}AISystemUsed": "AI system",
    f"{_EXT}AISystemVersionUsed": "AI system version",
    f"{_EXT}AIPromptInformation": "AI prompt",
    f"{_EXT}AIPromptWriterName": "AI prompt writer",
    f"{_AIGC_SPACE}AIGC": "AIGC",
    "{http://ns.adobe.com/xap/1.0/}CreatorTool": "creator tool",
    "{http://ns.adobe.com/xap/1.0/}Label": "label",
    "{http://ns.adobe.com/photoshop/1.0/}Credit": "credit",
}
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_EXIF_NAMES: Final = {
    "Software": "software",
    "ImageDescription": "description",
    "Make": "make",
    "UserComment": "comment",
    "Artist": "artist",
}
# libvips writes a value as `text (text, type, count, bytes)`.
_EXIF_TAIL = re.compile(r", \w+, \d+ components, \d+ bytes\)\Z")
# What programs around diffusion models leave in PNG files.
_PARAMETERS = frozenset({"parameters", "prompt", "workflow", "sd-metadata", "invokeai_metadata"})
_IPTC_CREDIT = b"\x1c\x02\x6e"


def of_image(image: Any) -> tuple[tuple[str, ...], tuple[Mark, ...], str]:
    """Read the metadata of an opened picture.

    Args:
        image: of libvips, its header read.

    Returns:
        Digital source types, other marks, and why something could not be read.
    """
    fields: frozenset[str] = frozenset(image.get_fields())
    types: tuple[str, ...] = ()
    marks: list[Mark] = []
    trouble = ""
    if "xmp-data" in fields:
        try:
            types, found = of_xmp(bytes(image.get("xmp-data")))
            marks += found
        except ValueError as error:
            trouble = f"its XMP cannot be read: {error}"
    marks += _of_exif(image, fields)
    if "iptc-data" in fields:
        marks += _of_iptc(bytes(image.get("iptc-data")))
    marks += _of_comments(image, fields)
    return types, tuple(dict.fromkeys(marks)), trouble


def of_xmp(packet: bytes) -> tuple[tuple[str, ...], list[Mark]]:
    """Digital source types and other marks of an XMP packet.

    Raises:
        ValueError: it is too long, declares entities, or is no XML; for people.
    """
    if len(packet) > _MOST_XMP:
        raise ValueError(f"it has {len(packet):,} bytes")
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        raise ValueError("it declares entities, which XMP never needs")
    try:
        root = ET.fromstring(packet.strip(b"\0 \t\r\n"))  # noqa: S314 (no entities; see above)
    except (ET.ParseError, LookupError, UnicodeError) as error:
        raise ValueError("it is no XML") from error
    types: list[str] = []
    marks: list[Mark] = []
    for name, value in _properties(root):
        if name in _SOURCE_TYPES:
            types.append(short_type(value))
        elif name in _XMP_NAMES:
            marks.append(Mark("XMP", _XMP_NAMES[name], short(value)))
    return tuple(dict.fromkeys(types)), marks


def _properties(root: ET.Element) -> Iterator[tuple[str, str]]:
    """Every property with a value: as an attribute, a text, a resource or a list of texts."""
    for element in root.iter():
        yield from element.attrib.items()
        resource = element.get(f"{_RDF}resource")
        if resource is not None:
            yield element.tag, resource
        text = " ".join(part.strip() for part in element.itertext() if part.strip())
        if text and element.tag in {*_SOURCE_TYPES, *_XMP_NAMES}:
            yield element.tag, text


def _of_exif(image: Any, fields: frozenset[str]) -> Iterator[Mark]:
    for field in sorted(fields):
        directory, _, name = field.partition("-ifd")[2].partition("-")
        if not field.startswith("exif-ifd") or not directory.isdigit():
            continue
        text = _exif_value(str(image.get(field)))
        if '"AIGC"' in text:
            yield Mark("EXIF", "AIGC", short(text))
        elif name in _EXIF_NAMES and text.strip(" \0"):
            yield Mark("EXIF", _EXIF_NAMES[name], short(text))


def _exif_value(written: str) -> str:
    """The text of a value, which may itself hold brackets and commas."""
    twice = _EXIF_TAIL.sub("", written)
    half = (len(twice) - 2) // 2
    return twice[:half] if twice[half : half + 2] == " (" else twice.partition(" (")[0]


def _of_iptc(data: bytes) -> Iterator[Mark]:
    at = data.find(_IPTC_CREDIT)
    if at < 0:
        yield Mark("IPTC", "block", f"{len(data):,} bytes")
        return
    start = at + len(_IPTC_CREDIT) + 2
    length = int.from_bytes(data[start - 2 : start], "big")
    yield Mark("IPTC", "credit", short(data[start : start + length].decode("utf-8", "replace")))


def _of_comments(image: Any, fields: frozenset[str]) -> Iterator[Mark]:
    """Texts in PNG files, which libvips calls `png-comment-NUMBER-KEYWORD`, and GIF comments."""
    for field in sorted(one for one in fields if one.startswith(("png-comment-", "gif-comment"))):
        keyword = field.removeprefix("png-comment-").partition("-")[2] or "comment"
        text = str(image.get(field))
        if '"AIGC"' in text or keyword == "AIGC":
            yield Mark("text", "AIGC", short(text))
        elif keyword in _PARAMETERS:
            yield Mark("text", "AI parameters", short(f"{keyword}: {text}"))
        elif keyword.casefold() in {"software", "source", "comment", "description"}:
            yield Mark("text", keyword.casefold(), short(text))


def short(text: str) -> str:
    """One line of at most `LONGEST` characters, without what nobody can see."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST]).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"

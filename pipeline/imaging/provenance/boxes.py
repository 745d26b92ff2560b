"""Find content credentials in the bytes of a picture file, with nothing but its container's rules.

Everything is bounded: parts are skipped by their length, and no file has more than `MOST_PARTS`.
A file that breaks its container's rules has no credentials from there on.
"""

import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

MOST_PARTS: Final = 20_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The user type of the box that holds a manifest store in files of ISO 14496 (AVIF)."""
_JUMBF = b"jumb"
_LABEL = b"c2pa"
_TIFF_TAG = 0xCD41
_TIFF_ENTRY = 12
_PEEK = 256
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_APP11 = 0xEB


class Container(NamedTuple):
    """What a file is by its first bytes, and whether it carries credentials."""

    format: str
    has_credentials: bool


def container(file: BinaryIO) -> Container:
    """Look at a file from its beginning; its name and extension count for nothing."""
    file.seek(0)
    head = file.read(16)
    for form, is_one, find in _FORMS:
        if is_one(head):
            try:
                return Container(form, any(find(file)))
            except (struct.error, EOFError):
                return Container(form, False)  # noqa: FBT003 (a tuple's field)
    return Container("", False)  # noqa: FBT003 (as above)


def _jpeg(file: BinaryIO) -> Iterator[bool]:
    """Whether each APP11 segment holds a C2PA superbox; they stand before the first scan."""
    file.seek(2)
    for _ in range(MOST_PARTS):
        if _exactly(file, 1) != b"\xff":
            return
        marker = _exactly(file, 1)[0]
        while marker == 0xFF:  # noqa: PLR2004 (a fill byte)
            marker = _exactly(file, 1)[0]
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        if marker in _NO_LENGTH:
            continue
        (length,) = struct.unpack(">H", _exactly(file, 2))
        end = file.tell() + length - 2
        if marker == _APP11:
            part = file.read(min(length - 2, _PEEK))
            yield part[:2] == b"JP" and _JUMBF in part and _LABEL in part
        file.seek(end)


def _png(file: BinaryIO) -> Iterator[bool]:
    file.seek(len(_PNG))
    for _ in range(MOST_PARTS):
        length, kind = struct.unpack(">I4s", _exactly(file, 8))
        yield kind == b"caBX"
        if kind == b"IEND":
            return
        file.seek(length + 4, 1)


def _webp(file: BinaryIO) -> Iterator[bool]:
    file.seek(12)
    for _ in range(MOST_PARTS):
        kind, length = struct.unpack("<4sI", _exactly(file, 8))
        yield kind == b"C2PA"
        file.seek(length + length % 2, 1)


def _avif(file: BinaryIO) -> Iterator[bool]:
    file.seek(0)
    for _ in range(MOST_PARTS):
        start = file.tell()
        length, kind = struct.unpack(">I4s", _exactly(file, 8))
        if length == 1:
            (length,) = struct.unpack(">Q", _exactly(file, 8))
        if kind == b"uuid":
            yield _exactly(file, 16) == _C2PA_BOX
        if length < 8:  # noqa: PLR2004 (0 is "to the end", and nothing else below 8 is legal)
            return
        file.seek(start + length)


def _tiff(file: BinaryIO) -> Iterator[bool]:
    """Tags of the first directories; 64-bit TIFF is no format of ours."""
    file.seek(0)
    order = "<" if _exactly(file, 2) == b"II" else ">"
    _, offset = struct.unpack(f"{order}HI", _exactly(file, 6))
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < 16:  # noqa: PLR2004 (pages)
        seen.add(offset)
        file.seek(offset)
        (entries,) = struct.unpack(f"{order}H", _exactly(file, 2))
        body = _exactly(file, entries * _TIFF_ENTRY)
        for at in range(0, len(body), _TIFF_ENTRY):
            yield struct.unpack_from(f"{order}H", body, at)[0] == _TIFF_TAG
        (offset,) = struct.unpack(f"{order}I", _exactly(file, 4))


def _gif(file: BinaryIO) -> Iterator[bool]:
    file.seek(0)
    head = _exactly(file, 13)
    file.seek(3 * (2 << (head[10] & 7)) if head[10] & 0x80 else 0, 1)
    for _ in range(MOST_PARTS):
        kind = _exactly(file, 1)
        if kind == b"!":
            label = _exactly(file, 1)
            size = _exactly(file, 1)[0]
            name = _exactly(file, size)
            yield label == b"\xff" and name.startswith(b"C2PA_GIF")
        elif kind == b",":
            flags = _exactly(file, 9)[8]
            file.seek(3 * (2 << (flags & 7)) + 1 if flags & 0x80 else 1, 1)
        else:
            return
        for _ in range(MOST_PARTS):
            size = _exactly(file, 1)[0]
            if not size:
                break
            file.seek(size, 1)


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data


_FORMS: Final[
    tuple[tuple[str, Callable[[bytes], bool], Callable[[BinaryIO], Iterator[bool]]], ...]
] = (
    ("jpeg", lambda head: head.startswith(_JPEG), _jpeg),
    ("png", lambda head: head.startswith(_PNG), _png),
    ("webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _webp),
    ("avif", lambda head: head[4:12] in {b"ftypavif", b"ftypavis"}, _avif),
    ("tiff", lambda head: head[:4] in {b"II*\0", b"MM\0*"}, _tiff),
    ("gif", lambda head: head[:6] in {b"GIF87a", b"GIF89a"}, _gif),
)

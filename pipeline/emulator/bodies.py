"""Reading request bodies: bounded, and refused in the vendor's form where they are no good."""

import json
import re
from dataclasses import dataclass
from email.parser import HeaderParser
from email.utils import collapse_rfc2231_value
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_JSON = 1_000_000
MOST_UPLOAD = 20_000_000
MOST_TOGETHER = 400_000_000
"""Bytes of all bodies that are being read at the same time: about twenty of the largest."""
_BUSY_RETRY_S = 5
_DEEPEST = 32
_MULTIPART_FRAME = 10_000
"""Bytes that the headers around one uploaded file may take."""

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a multipart body; `filename` and `content_type` are empty where unsaid."""

    filename: str
    content_type: str
    content: bytes


class Room:
    """Memory for bodies that are being read, all requests together."""

    def __init__(self, most: int = MOST_TOGETHER) -> None:
        """Allow so many bytes."""
        self._left = most

    def take(self, size: int) -> None:
        """Take so many bytes; HTTP 503 where there is no room for them."""
        if size > self._left:
            busy = {"Retry-After": str(_BUSY_RETRY_S)}
            raise HTTPException(503, "too many large requests at once; try again", busy)
        self._left -= size

    def give_back(self, size: int) -> None:
        """Give so many bytes back."""
        self._left += size


async def read_bounded(request: Request, most: int) -> bytes:
    """Read a body of at most `most` bytes; a longer one is HTTP 413 as soon as that is known.

    Packed bodies are HTTP 415, so that a small one cannot become a large one.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HTTPException(415, "request bodies must not be compressed")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > len(str(most)) or int(announced) > most):
        raise HTTPException(413, f"request body is larger than {most} bytes")
    room: Room = request.app.state.room
    body = bytearray()
    taken = 0
    try:
        async for chunk in request.stream():
            room.take(len(chunk))
            taken += len(chunk)
            body += chunk
            if len(body) > most:
                raise HTTPException(413, f"request body is larger than {most} bytes")
        return bytes(body)
    finally:
        room.give_back(taken)


async def read_json(request: Request) -> dict[str, Any]:
    """Read a JSON object in UTF-8; anything else is HTTP 400.

    What could not be written as JSON again (NaN, halves of surrogate pairs) is no JSON either, nor
    is an object that says one thing twice, since readers disagree about which of them counts.
    """
    raw = await read_bounded(request, MOST_JSON)
    try:
        text = raw.decode()
        body = _LOADER.decode(text)
        json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise HTTPException(400, "request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "request body must be a JSON object")
    if text.count("{") + text.count("[") > _DEEPEST and _depth(body) > _DEEPEST:
        raise HTTPException(400, f"request body is nested deeper than {_DEEPEST}")
    return body


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    return found


_LOADER = json.JSONDecoder(object_pairs_hook=_each_once)


def _depth(body: object) -> int:
    """How deep lists and objects are nested, as far as that is of interest."""
    level, depth = [body], 0
    while level and depth <= _DEEPEST:
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level, depth = [v for v in inner if isinstance(v, dict | list)], depth + 1
    return depth


async def read_shape(request: Request, shape: type[Shape]) -> Shape:
    """Read a JSON object of a known form; another one is HTTP 400 that names the first field."""
    body = await read_json(request)
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise HTTPException(400, f"invalid parameter: {place}: {first['msg']}") from None


async def read_file_field(request: Request) -> Part:
    """Read the part called `file` of a multipart body; HTTP 400 where there is none."""
    raw = await read_bounded(request, MOST_UPLOAD + _MULTIPART_FRAME)
    boundary = _boundary(request.headers.get("content-type", ""))
    part = None if boundary is None else _file_part(raw, boundary)
    if part is None:
        raise HTTPException(400, "expected multipart/form-data with a field `file`")
    if len(part.content) > MOST_UPLOAD:
        raise HTTPException(413, f"file is larger than {MOST_UPLOAD} bytes")
    return part


def _boundary(content_type: str) -> bytes | None:
    found = re.match(
        r'multipart/form-data\s*;.*?boundary="?([^";\s]{1,70})', content_type, re.IGNORECASE
    )
    return found[1].encode("latin-1", "replace") if found else None


def _file_part(raw: bytes, boundary: bytes) -> Part | None:
    # RFC 2046, 5.1.1: the delimiter is CRLF "--" boundary, and the CRLF belongs to it.
    pieces = (b"\r\n" + raw).split(b"\r\n--" + boundary)
    if not pieces[-1].startswith(b"--"):
        return None  # cut short
    for piece in pieces[1:-1]:  # the first is a preamble
        head, found, content = piece.partition(b"\r\n\r\n")
        headers = HeaderParser().parsestr(head.lstrip().decode("utf-8", "replace"))
        if found and headers.get_param("name", header="content-disposition") == "file":
            filename = headers.get_param("filename", "", header="content-disposition")
            return Part(
                filename=collapse_rfc2231_value(filename),
                content_type=headers.get("content-type", ""),
                content=content,
            )
    return None

"""HTTP as the review server takes it: requests in the one form that browsers write, or not at all.

What two readers of a request could understand differently is refused rather than interpreted: a
length told twice, a transfer coding, a folded line, a bare line feed, a space before a colon. The
reader is pure: bytes in, values out.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

MOST_HEAD = 16_384
"""Bytes of a request before its body."""
_MOST_FIELDS = 64
_REQUEST = re.compile(rb"([A-Z]{1,16}) ([!-~]{1,4096}) HTTP/1\.([0-9])")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([!-~\x80-\xff \t]*)")
_LENGTH = re.compile(r"[0-9]{1,12}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ONCE = frozenset(
    {
        "content-length",
        "content-type",
        "host",
        "origin",
        "sec-fetch-mode",
        "sec-fetch-site",
        "x-campaign-token",
    }
)
METHODS = frozenset({"GET", "HEAD", "POST"})


class RefusedError(Exception):
    """A request that is not answered with what it asks for.

    Attributes:
        status: of the answer.
        why: for people, one sentence; never words of the request.
    """

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Head(NamedTuple):
    """A request before its body.

    Attributes:
        method: one of `METHODS`.
        target: what is asked for, as written; begins with `/`.
        fields: headers, by name in lower case; of one that was said twice, both with a comma.
        length: bytes of the body; 0 for none.
    """

    method: str
    target: str
    fields: Mapping[str, str]
    length: int

    def field(self, name: str) -> str:
        """A header, empty where it was not said."""
        return self.fields.get(name, "")


def read_head(raw: bytes) -> Head:
    r"""Read a request up to the empty line that ends its head.

    Args:
        raw: all bytes before `\r\n\r\n`, without it.

    Raises:
        RefusedError: it is malformed, or of a kind that is not served here.
    """
    first, *lines = raw.split(b"\r\n")
    request = _REQUEST.fullmatch(first)
    if request is None:
        raise RefusedError(400, "the first line is no request")
    method, target, minor = request[1].decode(), request[2].decode(), request[3]
    if minor != b"1":
        raise RefusedError(505, "only HTTP/1.1 is spoken here")
    if method not in METHODS:
        raise RefusedError(405, "only GET, HEAD and POST are answered here")
    if not target.startswith("/") or target.startswith("//"):
        raise RefusedError(400, "the target is no path of this server")
    fields = _fields(lines)
    return Head(method, target, fields, _length(method, fields))


def _fields(lines: list[bytes]) -> dict[str, str]:
    if len(lines) > _MOST_FIELDS:
        raise RefusedError(431, f"more than {_MOST_FIELDS} headers")
    found: dict[str, str] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise RefusedError(400, "a header is malformed")
        name, value = field[1].decode().lower(), field[2].decode("latin-1").strip(" \t")
        if name in found:
            if name in _ONCE:
                raise RefusedError(400, "a header that counts once is there twice")
            value = f"{found[name]}, {value}"
        found[name] = value
    if "transfer-encoding" in found:
        raise RefusedError(501, "bodies have a length here, and no transfer coding")
    if "expect" in found:
        raise RefusedError(417, "nothing is promised before a body is sent")
    return found


def _length(method: str, fields: Mapping[str, str]) -> int:
    said = fields.get("content-length")
    if said is None:
        if method == "POST":
            raise RefusedError(411, "a body needs a length")
        return 0
    if _LENGTH.fullmatch(said) is None:
        raise RefusedError(400, "the length is no number")
    length = int(said)
    if length and method != "POST":
        raise RefusedError(400, "a body makes no sense here")
    return length


def decode_path(target: str) -> str:
    """The file name that a target asks for, decoded once.

    Args:
        target: a path as written, without what stands before the file's name.

    Raises:
        RefusedError: it is no name that any file of a sheet has.
    """
    target, mark, query = target.partition("?")
    # A number behind a name makes a browser ask anew; nothing else is asked that way.
    is_asked_plainly = not mark or _NUMBER.fullmatch(query) is not None
    if not is_asked_plainly or "#" in target or _ESCAPE.search(target):
        raise RefusedError(404, "there is no such file")
    try:
        # File names that are not UTF-8 were written into the page as the bytes that they are.
        name = unquote_to_bytes(target).decode("utf-8", "surrogateescape")
    except UnicodeError:
        raise RefusedError(404, "there is no such file") from None
    if not is_plain(name):
        raise RefusedError(404, "there is no such file")
    return name


def is_plain(name: str) -> bool:
    """Whether a name stays below its folder: plain parts, no way up, nothing unprintable."""
    return not (
        any(part in ("", ".", "..") for part in name.split("/"))
        or any(character < " " or character in "\\\x7f" for character in name)
    )

"""The loopback server behind `campaign review NAME`: a sheet, its pictures, and one way to post.

It listens on 127.0.0.1 alone. Whoever wants anything has to know a random token that stands in the
address, so that other accounts of this machine and other pages in the same browser see nothing:
they get the answer that a wrong address gets. `Host` has to be this very address, which defeats
names that were pointed here; `Origin` has to be the page itself. One request a connection leaves
nothing that a second request could hide in.
"""

import asyncio
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

from pipeline.adapters.review_http import MOST_HEAD, Head, RefusedError, decode_path, read_head

HOST: Final = "127.0.0.1"
MOST_POST: Final = 8_000_000
"""Bytes of one batch of verdicts: ten thousand cells with notes."""
MOST_AT_ONCE: Final = 64
"""Open connections; a browser keeps six."""
PATIENCE: Final = 20.0
"""Seconds that a request may take to arrive, or a piece of an answer to leave."""
PAGE: Final = "index.html"
POST_TO: Final = "verdicts"
TOKEN_FIELD: Final = "x-campaign-token"  # noqa: S105 (the name of a header)
_GOODBYE = 0.5
"""Seconds for what is said to be heard once the end was asked for."""
_PIECE = 1 << 18
_MOST_DRAINED = 1 << 20
_KINDS: Mapping[str, str] = {
    "avif": "image/avif",
    "html": "text/html; charset=utf-8",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
_POSTED = frozenset({"application/json", "application/jsonl", "application/x-ndjson"})
"""Types that a form of a foreign page cannot send without asking first."""
_WORDS: Mapping[int, str] = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    417: "Expectation Failed",
    422: "Unprocessable Content",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}
_ALWAYS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Connection": "close",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Sheet(Protocol):
    """What is served."""

    def page(self) -> bytes:
        """The page as it is now, for this server; may take a while.

        Raises:
            RefusedError: it cannot be made now.
        """
        ...

    def open(self, name: str) -> BinaryIO | None:
        """A file of the sheet, by its name beside the page; None if it has none of that name."""
        ...

    def save(self, posted: bytes) -> Mapping[str, object]:
        """Take verdicts over; they are on disk when this returns.

        Raises:
            RefusedError: nothing was taken over.
        """
        ...


@dataclass(slots=True)
class ReviewServer:
    """One sheet for one reviewer.

    Attributes:
        sheet: what is served.
        token: what the address and each post must hold.
        port: that it listens on; 0 before it does.
    """

    sheet: Sheet
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    port: int = 0
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    _meetings: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://{HOST}:{self.port}"

    @property
    def address(self) -> str:
        """What to open in a browser; whoever has it may look and post."""
        return f"{self.origin}/{self.token}/"

    async def run(self, *, ready: Callable[[str], None], stopped: asyncio.Event) -> None:
        """Serve until stopped; a batch that is being taken over then is taken over to its end.

        Args:
            ready: told the address once requests are answered.
            stopped: ends it.

        Raises:
            OSError: it cannot listen.
        """
        server = await asyncio.start_server(self._meet, HOST, 0, limit=MOST_HEAD)
        try:
            self.port = server.sockets[0].getsockname()[1]
            ready(self.address)
            await stopped.wait()
        finally:
            server.close()
            async with self._busy:
                await self._say_goodbye()
                await server.wait_closed()

    async def _say_goodbye(self) -> None:
        """Let answers that are on their way out leave, and close what only waits."""
        if self._meetings:
            _, late = await asyncio.wait(self._meetings, timeout=_GOODBYE)
            for meeting in late:
                meeting.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meeting = asyncio.current_task()
        if meeting is not None:
            self._meetings.add(meeting)
        try:
            with suppress(OSError, TimeoutError):
                try:
                    await self._answer(reader, writer)
                except RefusedError as refused:
                    await _send(writer, refused.status, _as_json({"error": refused.why}))
                except (OSError, TimeoutError):
                    raise  # nobody listens any more
                except Exception:
                    why = "a bug in the program; what was saved before is on disk"
                    await _send(writer, 500, _as_json({"error": why}))
                    raise
                await _drain(reader, writer)
        finally:
            if meeting is not None:
                self._meetings.discard(meeting)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._meetings) > MOST_AT_ONCE:
            raise RefusedError(503, "too many connections at once")
        head = await _head(reader)
        if head is None:
            return
        below = self._below(head)
        if head.method == "POST":
            self._check_post(head, below)
            try:
                async with asyncio.timeout(PATIENCE):
                    posted = await reader.readexactly(head.length)
            except (asyncio.IncompleteReadError, TimeoutError):
                raise RefusedError(400, "the body is shorter than it says") from None
            await _send(writer, 200, _as_json(await self._save(posted)))
            return
        is_asked = head.method == "GET"
        if below in ("", PAGE):
            page = await self._page()
            kind = {"Content-Type": _KINDS["html"]}
            await _send(writer, 200, page, kind, with_body=is_asked)
            return
        name = decode_path(below)
        opened = self.sheet.open(name)
        if opened is None:
            raise RefusedError(404, "there is no such file")
        with opened:
            await _send_file(writer, opened, name, with_body=is_asked)

    def _below(self, head: Head) -> str:
        """What is asked for below the token.

        Raises:
            RefusedError: by another name of this machine, from another page, or without the token.
        """
        if head.field("host") != f"{HOST}:{self.port}":
            raise RefusedError(403, "this address is for this machine alone")
        origin = head.field("origin")
        if origin and origin != self.origin:
            raise RefusedError(403, "another page asks for it")
        is_visit = head.method == "GET" and head.field("sec-fetch-mode") == "navigate"
        if head.field("sec-fetch-site") not in ("", "same-origin", "none") and not is_visit:
            raise RefusedError(403, "another page asks for it")
        token, slash, below = head.target.removeprefix("/").partition("/")
        if not (slash and hmac.compare_digest(token.encode(), self.token.encode())):
            raise RefusedError(404, "there is no such address; it ends when the command does")
        return below

    def _check_post(self, head: Head, below: str) -> None:
        if below != POST_TO:
            raise RefusedError(405, "nothing can be posted here")
        if head.field("origin") != self.origin:
            raise RefusedError(403, "verdicts come from the sheet's own page")
        said = head.field(TOKEN_FIELD).encode("latin-1")
        if not hmac.compare_digest(said, self.token.encode()):
            raise RefusedError(403, "the token is not this session's; load the page again")
        kind, _, more = head.field("content-type").partition(";")
        if kind.strip().lower() not in _POSTED or "utf-8" not in (more.lower() or "utf-8"):
            raise RefusedError(415, "verdicts are JSON lines in UTF-8")
        if head.length > MOST_POST:
            raise RefusedError(413, f"more than {MOST_POST:,} bytes at once")

    async def _page(self) -> bytes:
        async with self._busy:
            return await asyncio.to_thread(self.sheet.page)

    async def _save(self, posted: bytes) -> Mapping[str, object]:
        async with self._busy:
            return await asyncio.to_thread(self.sheet.save, posted)


async def _head(reader: asyncio.StreamReader) -> Head | None:
    """A request's head; None where nobody asked for anything."""
    try:
        async with asyncio.timeout(PATIENCE):
            raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise RefusedError(400, "the request ends too early") from None
    except asyncio.LimitOverrunError:
        raise RefusedError(431, f"more than {MOST_HEAD:,} bytes of headers") from None
    except TimeoutError:
        return None
    return read_head(raw.removesuffix(b"\r\n\r\n"))


def _as_json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=True).encode()


async def _send(
    writer: asyncio.StreamWriter,
    status: int,
    body: bytes,
    fields: Mapping[str, str] | None = None,
    *,
    with_body: bool = True,
) -> None:
    writer.write(_opening(status, len(body), fields or {"Content-Type": _KINDS["json"]}))
    if with_body:
        writer.write(body)
    await _drained(writer)


async def _send_file(
    writer: asyncio.StreamWriter, opened: BinaryIO, name: str, *, with_body: bool
) -> None:
    kind = _KINDS.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    length = opened.seek(0, 2)
    opened.seek(0)
    fields = {
        "Content-Type": kind,
        # Whatever a file says it is, it is no page and nothing in it runs.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        # Names of thumbnails are digests; other files may be made anew under their names.
        **({"Cache-Control": "private, max-age=3600"} if name.startswith("thumbs/") else {}),
    }
    writer.write(_opening(200, length, fields))
    while with_body and (piece := opened.read(_PIECE)):
        writer.write(piece)
        await _drained(writer)
    await _drained(writer)


def _opening(status: int, length: int, fields: Mapping[str, str]) -> bytes:
    always = {"Content-Security-Policy": "frame-ancestors 'none'", **_ALWAYS, **fields}
    lines = [
        f"HTTP/1.1 {status} {_WORDS[status]}",
        f"Content-Length: {length}",
        *(f"{name}: {value}" for name, value in always.items()),
        *(["Allow: GET, HEAD, POST"] if status == 405 else []),  # noqa: PLR2004 (its meaning)
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _drained(writer: asyncio.StreamWriter) -> None:
    async with asyncio.timeout(PATIENCE):
        await writer.drain()


async def _drain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let the client finish its sentence, within reason: closing on it would cut off the answer."""
    with suppress(OSError):
        writer.write_eof()
    left = _MOST_DRAINED
    async with asyncio.timeout(1):
        while left > 0 and (piece := await reader.read(_PIECE)):
            left -= len(piece)

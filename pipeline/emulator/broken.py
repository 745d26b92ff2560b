"""Answers that do not come as they should."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

_PIECES = 16


class BrokenAnswer(Response):
    """An answer that breaks off before the length that it announced.

    A server closes the connection when an application gives up half-way; in-process there is no
    connection, so the exception is the one that an HTTP client raises in that case.
    """

    def __init__(
        self, begun: bytes, *, announced: int, media_type: str = "application/json"
    ) -> None:
        super().__init__(begun, media_type=media_type)
        self.headers["content-length"] = str(announced)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the form is ASGI's
        """Start an answer and give up."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        if self.body:
            await send({"type": "http.response.body", "body": self.body, "more_body": True})
        raise httpx.RemoteProtocolError("the connection was closed without a complete answer")


def dripping(
    content: bytes,
    *,
    seconds: float,
    sleep: Callable[[float], Awaitable[None]],
    media_type: str,
) -> StreamingResponse:
    """An answer in sixteen pieces, with so many seconds before each."""
    size = -(-len(content) // _PIECES) or 1

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), size):
            await sleep(seconds)
            yield content[start : start + size]

    length = {"Content-Length": str(len(content))}
    return StreamingResponse(pieces(), headers=length, media_type=media_type)

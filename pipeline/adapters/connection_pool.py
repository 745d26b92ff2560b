"""Connections that are kept for the next request.

The library's own pool looks at all of its connections for each request and again for each answer,
counts all of them for every idle one, and asks the socket of each (httpcore 1.0.9,
`_async/connection_pool.py`, `_assign_requests_to_connections`). With a hundred connections that
takes longer than the exchange. This one looks at the connection that it takes, and now and then at
the oldest ones.

It never sends anything twice: what a connection raises is what the caller gets.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import httpcore

Connection = httpcore.AsyncConnectionInterface
Make = Callable[[httpcore.Origin], Connection]
"""Makes a connection to an origin, which it opens with its first request."""

_SCHEMES = frozenset({b"http", b"https"})
_TIDIED_EVERY_S = 1.0


class ConnectionPool:
    """What the library's transports ask of a pool: to handle requests, and to close.

    A connection is idle, or busy with one request from its beginning until its answer is closed.
    The one that was used last is taken first, so that those which are not needed expire.
    """

    def __init__(self, make: Make, *, most: int) -> None:
        """Start without a connection.

        Args:
            make: makes connections that expire by themselves.
            most: connections in all. An idle one makes room for another origin. Nobody waits here:
                whoever asks sees to it that not more than these are busy.
        """
        self._make = make
        self._most = most
        self._idle: list[Connection] = []  # the one used last at the end
        self._busy: set[Connection] = set()
        self._tidied = time.monotonic()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request; its connection is busy until the answer's stream is closed.

        Raises:
            httpcore.UnsupportedProtocol: it is not HTTP; nothing was sent.
        """
        if request.url.scheme not in _SCHEMES:
            scheme = request.url.scheme.decode()
            raise httpcore.UnsupportedProtocol(f"`{scheme}` is not spoken, only http and https")
        connection = await self._take(request.url.origin)
        try:
            answer = await connection.handle_async_request(request)
        except BaseException:
            await self._drop(connection)
            raise
        answer.stream = _Body(answer.stream, partial(self._give_back, connection, answer.stream))
        return answer

    async def aclose(self) -> None:
        """Close all connections, busy ones as well."""
        for connection in (*self._idle, *self._busy):
            await self._drop(connection)

    async def _take(self, origin: httpcore.Origin) -> Connection:
        """A connection that nobody else has; nothing is awaited once it is chosen."""
        await self._tidy()
        while (kept := self._kept(origin)) is not None and kept.has_expired():
            await self._drop(kept)
        while kept is None and self._idle and len(self._idle) + len(self._busy) >= self._most:
            await self._drop(self._idle[0])
        if kept is None:
            kept = self._make(origin)
        else:
            self._idle.remove(kept)
        self._busy.add(kept)
        return kept

    async def _tidy(self) -> None:
        """Close what has expired because nobody used it."""
        now = time.monotonic()
        if now - self._tidied < _TIDIED_EVERY_S:
            return
        self._tidied = now
        while self._idle and self._idle[0].has_expired():
            await self._drop(self._idle[0])

    def _kept(self, origin: httpcore.Origin) -> Connection | None:
        found = (one for one in reversed(self._idle) if one.can_handle_request(origin))
        return next(found, None)

    async def _give_back(self, connection: Connection, body: Any) -> None:
        """Close an answer; its connection is kept if it is at the end of it and still open."""
        try:
            await body.aclose()
        except BaseException:
            await self._drop(connection)
            raise
        if connection in self._busy and connection.is_idle():
            self._busy.remove(connection)
            self._idle.append(connection)
        else:
            await self._drop(connection)

    async def _drop(self, connection: Connection) -> None:
        """Forget a connection, then close it: whoever is interrupted here leaves nothing behind."""
        self._busy.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        with suppress(Exception):  # how it ends says nothing about what was said on it
            await connection.aclose()


class _Body:
    """An answer's body; the first time it is closed its connection goes back."""

    def __init__(self, body: Any, give_back: Callable[[], Awaitable[None]]) -> None:
        self._body = body
        self._give_back = give_back
        self._is_closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._body)

    async def aclose(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            await self._give_back()

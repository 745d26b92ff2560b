"""One door to the network: every exchange ends in a bounded reply or in what its failure proves.

Built on the library's transports and not on its client, which would keep a stranger's cookies,
prepare to follow redirects, unpack bodies without a bound and log addresses.

A request leaves once. A kept connection that turns out to be closed fails with
`RemoteProtocolError` or `ReadError`, and nothing is replayed: `connection_pool` repeats nothing at
all, and the library's connections none by themselves (httpcore 1.0.9, `_async/connection.py`).

A proxy that the environment names is used for everything but loopback: a machine that has one has,
as a rule, no other way out. Then the proxy looks names up and connects. Addresses that are written
as numbers are judged as always, and names as far as this machine can look them up.
"""

import asyncio
import email.utils
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from pipeline.adapters.addresses import (
    ForbiddenAddressError,
    Guard,
    Place,
    Resolve,
    is_loopback,
    resolve_by_system,
)
from pipeline.adapters.connecting import GuardedBackend
from pipeline.adapters.connection_pool import ConnectionPool, Make
from pipeline.adapters.encodings import EncodingError, decoder
from pipeline.execution.ports import Failure

_HTTP_OK = range(200, 300)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_MOST_HINT_S = 300.0
_MOST_WORDS = 300
_BREATH = 64
"""Pieces of a body after which others get a turn: some come in thousands that hold one byte."""
_PORTS = {"http": 80, "https": 443}
# Servers close idle connections after five seconds or more. A submit on one that is being closed at
# that very moment would be in doubt, so connections are given up before.
_IDLE_S = 4.0

# Connecting, sending and waiting for an answer fail for different reasons and prove different
# things, so each has its own limit. 60 s to read is what the vendor's own clients allow a submit.
# Nobody waits for a free connection: there is one for whoever has a slot.
TIMEOUT = httpx.Timeout(connect=15.0, write=60.0, read=60.0, pool=None)

# All of these are raised before the first byte of a request is written. Whatever is not among them,
# known today or not, may have happened after it.
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


# The first that fits is told.
_PLAIN = (
    (httpx.ConnectTimeout, "nobody answered there in time"),
    (httpx.TimeoutException, "it took too long"),
    (httpx.ConnectError, "there is no connection"),
    (httpx.ProxyError, "the proxy let nothing through"),
    ((httpx.NetworkError, httpx.RemoteProtocolError), "the connection broke off"),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What no exchange may exceed, whoever is at the other end.

    Attributes:
        reply_bytes: of an answer of the API; its largest legitimate one, a page of a hundred
            predictions with their inputs, has about two million.
        picture_bytes: of a file; the largest picture of 16,777,216 pixels has 134 million, as
            16 bit with alpha and without any compression.
        exchange_s: for a whole exchange. The limits of `TIMEOUT` are for each step of it, so an
            answer that drips would pass them for ever.
        transfer_s: for a whole upload or download; the largest picture in this time needs 2 Mbit/s.
        connections: to the API at the same time; others wait.
        strangers: connections to addresses that the provider named, at the same time. They are
            counted apart so that slow downloads never hold up a question to the API.
    """

    reply_bytes: int = 8_000_000
    picture_bytes: int = 144_000_000
    exchange_s: float = 180.0
    transfer_s: float = 600.0
    connections: int = 100
    strangers: int = 32


class ExchangeError(Exception):
    """No whole reply came; `failure` says what that proves about the request."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer.

    Attributes:
        status: HTTP status.
        body: unpacked; at most `Bounds.reply_bytes`.
        retry_after_s: the server's hint in seconds, 0 where there is none; at most 300.
    """

    status: int
    body: bytes
    retry_after_s: float

    @property
    def is_ok(self) -> bool:
        """Whether the status is 2xx."""
        return self.status in _HTTP_OK


class HttpClient:
    """Sends requests; never repeats one, never follows a redirect with a key or a body."""

    def __init__(
        self,
        *,
        app: Any = None,
        transport: httpx.AsyncBaseTransport | None = None,
        user_agent: str,
        base: str = "",
        bounds: Bounds | None = None,
        resolve: Resolve = resolve_by_system,
    ) -> None:
        """Open a connection pool.

        Args:
            app: an ASGI application that answers instead of the network.
            transport: answers instead of the network; not beside `app`.
            user_agent: says who we are.
            base: scheme and host of the realm's own API, which the user chose and which is spoken
                to wherever it is; it decides which addresses a provider may name.
            bounds: what no exchange may exceed.
            resolve: finds the addresses of a host.
        """
        self._bounds = bounds or Bounds()
        self._guard = Guard(_place(httpx.URL(base)) if base else None, resolve=resolve)
        self._transport = transport or _transport(app, self._guard, self._bounds)
        self._api_slots = asyncio.Semaphore(self._bounds.connections)
        self._stranger_slots = asyncio.Semaphore(self._bounds.strangers)
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "*/*",
            # What is not packed cannot be a bomb. Some send packed bodies all the same; those are
            # unpacked within the same bounds.
            "Accept-Encoding": "identity",
        }

    async def send(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        file: tuple[str, bytes, str] | None = None,
        is_named: bool = False,
    ) -> Reply:
        """Make one exchange. A redirect is an answer like any other.

        Args:
            method: HTTP method.
            address: absolute.
            headers: beside the client's own.
            json: body as JSON.
            content: body as it is.
            file: name, bytes and media type of a multipart field `file`.
            is_named: whether the provider named the address, which is judged then.

        Raises:
            ExchangeError: no whole reply came.
        """
        try:
            request = httpx.Request(
                method,
                _url(address),
                headers={**self._headers, **(headers or {})},
                json=json,
                content=content,
                files=None if file is None else {"file": file},
                extensions={"timeout": TIMEOUT.as_dict()},
            )
        except (ValueError, TypeError) as error:
            # Addresses and headers of uploads are the provider's own, and may be nonsense.
            raise ExchangeError(Failure.NOT_SENT, _words(error)) from error
        if is_named:
            await self._judge(request.url)
        is_short = content is None and file is None
        within_s = self._bounds.exchange_s if is_short else self._bounds.transfer_s
        async with self._stranger_slots if is_named else self._api_slots:
            try:
                async with asyncio.timeout(within_s):
                    return await self._exchange(request)
            except TimeoutError as error:
                raise _too_slow(within_s) from error

    async def download(self, address: str, target: Path) -> int:
        """Fetch a file that the provider named; it goes to the disk piece by piece.

        At most 5 redirects are followed, each judged like the address itself.

        Args:
            address: absolute.
            target: a path that does not exist yet; what is there after an error is worthless.

        Returns:
            The HTTP status; the file exists only with 2xx.

        Raises:
            ExchangeError: not all of it came, or more than it may be, or it lies where nothing is
                fetched from.
        """
        within_s = self._bounds.transfer_s
        async with self._stranger_slots:
            try:
                async with asyncio.timeout(within_s):
                    return await self._download(_url(address), target)
            except TimeoutError as error:
                raise _too_slow(within_s) from error

    async def check(self, address: str) -> None:
        """Judge an address that the provider named, without speaking to it.

        Raises:
            ExchangeError: it is no address, or not one that is spoken to.
        """
        await self._judge(_url(address))

    async def aclose(self) -> None:
        """Close the connection pool."""
        await self._transport.aclose()

    async def _exchange(self, request: httpx.Request) -> Reply:
        pieces: list[bytes] = []
        answer = await self._open(request)
        try:
            await _receive(answer, self._bounds.reply_bytes, pieces.append)
        finally:
            await _close(answer)
        hint = _retry_after(answer.headers.get("Retry-After", ""))
        return Reply(answer.status_code, b"".join(pieces), hint)

    async def _download(self, url: httpx.URL, target: Path) -> int:
        for _ in range(_MOST_REDIRECTS + 1):
            await self._judge(url)
            extensions = {"timeout": TIMEOUT.as_dict()}
            request = httpx.Request("GET", url, headers=self._headers, extensions=extensions)
            answer = await self._open(request)
            try:
                onward = _redirect(url, answer)
                if onward is None:
                    await self._write(answer, target)
                    return answer.status_code
            finally:
                await _close(answer)
            url = onward
        raise ExchangeError(Failure.UNKNOWN, f"more than {_MOST_REDIRECTS} redirects")

    async def _write(self, answer: httpx.Response, target: Path) -> None:
        if answer.status_code in _HTTP_OK:
            with target.open("xb") as file:
                await _receive(answer, self._bounds.picture_bytes, file.write)

    async def _open(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(request)
        except AssertionError:
            raise  # a mistake of this program, and nothing about the exchange
        except Exception as error:  # not only the library's: `ssl` errors pass through it
            raise _exchange_error(error) from error

    async def _judge(self, url: httpx.URL) -> None:
        try:
            await self._guard.check(_place(url))
            if isinstance(self._transport, _Routes) and self._transport.is_proxied(url):
                with suppress(OSError):  # the proxy may know names that this machine does not
                    await self._guard.addresses(*_place(url)[1:3])
        except ForbiddenAddressError as error:
            raise ExchangeError(Failure.NOT_SENT, str(error)) from error


class _Routes(httpx.AsyncBaseTransport):
    """Straight to guarded addresses, or through a proxy."""

    def __init__(
        self, direct: httpx.AsyncBaseTransport, proxied: Mapping[str, httpx.AsyncBaseTransport]
    ) -> None:
        self._direct = direct
        self._proxied = proxied

    def is_proxied(self, url: httpx.URL) -> bool:
        """Whether requests to an address go through a proxy."""
        if url.scheme not in self._proxied:
            return False
        host = _place(url).host
        return not is_loopback(host) and not proxy_bypass(host)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_proxied(request.url):
            return await self._proxied[request.url.scheme].handle_async_request(request)
        return await self._direct.handle_async_request(request)

    async def aclose(self) -> None:
        for transport in (self._direct, *self._proxied.values()):
            await transport.aclose()


def _transport(app: Any, guard: Guard, bounds: Bounds) -> httpx.AsyncBaseTransport:
    if app is not None:
        # An exception inside the application is, seen from a client, a server error.
        return httpx.ASGITransport(app=app, raise_app_exceptions=False)
    context, backend = httpx.create_ssl_context(), GuardedBackend(guard)

    def straight(origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        return httpcore.AsyncHTTPConnection(
            origin, ssl_context=context, keepalive_expiry=_IDLE_S, network_backend=backend
        )

    most = bounds.connections + bounds.strangers
    direct = _pooled(httpx.AsyncHTTPTransport(verify=context), straight, most=most)
    limits = httpx.Limits(keepalive_expiry=_IDLE_S)
    proxied = {}
    for scheme, proxy in _proxies().items():
        through = httpx.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy)
        make = through._pool.create_connection  # noqa: SLF001 (knows how to speak to proxies)
        proxied[scheme] = _pooled(through, make, most=most)
    return _Routes(direct, proxied)


def _pooled(
    transport: httpx.AsyncHTTPTransport, make: Make, *, most: int
) -> httpx.AsyncHTTPTransport:
    """Let a transport use our pool; there is no public place to say so (httpx 0.28)."""
    cast("Any", transport)._pool = ConnectionPool(make, most=most)  # noqa: SLF001 (as above)
    return transport


def _proxies() -> dict[str, str]:
    """Proxies that the environment names, by the scheme of what is asked for."""
    named = getproxies()
    chosen = {scheme: named.get(scheme) or named.get("all") or "" for scheme in _PORTS}
    return {
        scheme: proxy if "://" in proxy else f"http://{proxy}"
        for scheme, proxy in chosen.items()
        if proxy
    }


async def _receive(answer: httpx.Response, most: int, take: Callable[[bytes], object]) -> None:
    """Pass a body on in pieces as they come, unpacked; what `take` raises is raised."""
    announced = answer.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:20]) > most:
        raise _too_large(most)
    packed = arrived = pieces = 0
    stream = aiter(cast("httpx.AsyncByteStream", answer.stream))
    try:
        body = decoder(answer.headers.get("Content-Encoding", ""))
        while (raw := await _next(stream)) is not None:
            packed += len(raw)
            pieces += 1
            if pieces % _BREATH == 0:
                await asyncio.sleep(0)
            for piece in body.pieces(raw):
                arrived += len(piece)
                if arrived > most:
                    break
                take(piece)
            if max(packed, arrived) > most:
                raise _too_large(most)
        body.finish()
    except EncodingError as error:
        raise ExchangeError(Failure.UNKNOWN, str(error)) from error


async def _next(stream: Any) -> bytes | None:
    try:
        return cast("bytes", await anext(stream))
    except StopAsyncIteration:
        return None
    except Exception as error:
        raise _exchange_error(error) from error


async def _close(answer: httpx.Response) -> None:
    # How a connection ends says nothing about what was said on it.
    with suppress(Exception):
        await answer.aclose()


def _redirect(url: httpx.URL, answer: httpx.Response) -> httpx.URL | None:
    """Where a redirect leads; None where the answer is none."""
    onward = answer.headers.get("Location", "")
    if answer.status_code not in _REDIRECTS or not onward:
        return None
    try:
        led = url.join(onward)
    except (httpx.InvalidURL, ValueError) as error:
        raise ExchangeError(Failure.UNKNOWN, f"a redirect to nowhere: {_words(error)}") from error
    if url.scheme == "https" and led.scheme != "https":
        raise ExchangeError(Failure.UNKNOWN, "a redirect from https to an open connection")
    return led


def _url(address: str) -> httpx.URL:
    try:
        return httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise ExchangeError(Failure.NOT_SENT, _words(error)) from error


def _place(url: httpx.URL) -> Place:
    port = url.port or _PORTS.get(url.scheme, 0)
    # Not `url.host`: it decodes names, and fails on those that only look encoded.
    return Place(url.scheme, url.raw_host.decode("ascii"), port, has_user=bool(url.userinfo))


def _exchange_error(error: Exception) -> ExchangeError:
    failure = Failure.NOT_SENT if isinstance(error, _NEVER_LEFT) else Failure.UNKNOWN
    return ExchangeError(failure, _words(error))


def _too_large(most: int) -> ExchangeError:
    return ExchangeError(Failure.UNKNOWN, f"the answer is larger than {most} bytes")


def _too_slow(within_s: float) -> ExchangeError:
    # Connecting has a shorter limit of its own, so this can only come after it.
    return ExchangeError(Failure.UNKNOWN, f"no whole answer came within {within_s:g} s")


def _words(error: Exception) -> str:
    """An error for people; it may quote what a stranger sent."""
    said = "".join(c if c.isprintable() else " " for c in str(error)[:_MOST_WORDS])
    plain = next((words for kind, words in _PLAIN if isinstance(error, kind)), "")
    name = type(error).__name__
    detail = f"{name}: {said}" if said else name
    return f"{plain} ({detail})" if plain else detail


def _retry_after(value: str) -> float:
    """Seconds of a Retry-After header in either of its forms; 0 for nonsense."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(value)
            seconds = (moment - datetime.now(UTC)).total_seconds()  # noqa: TID251 (a header's date)
        except (TypeError, ValueError, OverflowError):
            return 0.0
    return min(max(seconds, 0.0), _MOST_HINT_S) if seconds == seconds else 0.0  # noqa: PLR0124 (nan)

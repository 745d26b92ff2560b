"""One door to the network: every exchange ends in a bounded reply or in what its failure proves."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from pipeline.execution.ports import Failure

_MEGABYTE = 1_000_000
MOST_REPLY_BYTES = 32 * _MEGABYTE
MOST_PICTURE_BYTES = 256 * _MEGABYTE
_HTTP_OK = range(200, 300)
_MOST_HINT_S = 300.0

# Connecting, sending, waiting for an answer and waiting for a free connection fail for different
# reasons and prove different things, so each has its own limit. 60 s to read is what the vendor's
# own clients allow a submit.
TIMEOUT = httpx.Timeout(connect=15.0, write=60.0, read=60.0, pool=30.0)

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


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
        body: at most `MOST_REPLY_BYTES`.
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
    """Sends requests; never repeats one, never follows a redirect with a body."""

    def __init__(
        self,
        *,
        app: Any = None,
        transport: httpx.AsyncBaseTransport | None = None,
        user_agent: str,
    ) -> None:
        """Open a connection pool.

        Args:
            app: an ASGI application that answers instead of the network.
            transport: answers instead of the network; not beside `app`.
            user_agent: says who we are.
        """
        if app is not None:
            # An exception inside the application is, seen from a client, a server error.
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(
            transport=transport, timeout=TIMEOUT, headers={"User-Agent": user_agent}
        )

    async def send(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        file: tuple[str, bytes, str] | None = None,
    ) -> Reply:
        """Make one exchange.

        Args:
            method: HTTP method.
            address: absolute.
            headers: beside the client's own.
            json: body as JSON.
            content: body as it is.
            file: name, bytes and media type of a multipart field `file`.

        Raises:
            ExchangeError: no whole reply came.
        """
        try:
            request = self._client.build_request(
                method,
                address,
                headers=headers,
                json=json,
                content=content,
                files=None if file is None else {"file": file},
            )
        except (httpx.InvalidURL, ValueError) as error:
            # Addresses and headers of uploads are the provider's own, and may be nonsense.
            raise ExchangeError(Failure.NOT_SENT, f"{type(error).__name__}: {error}") from error
        try:
            answer = await self._client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise _exchange_error(error) from error
        try:
            body = await _bounded(answer)
        except httpx.HTTPError as error:
            raise _exchange_error(error) from error
        finally:
            await answer.aclose()
        return Reply(answer.status_code, body, _retry_after(answer.headers.get("Retry-After", "")))

    async def download(self, address: str, target: Path) -> int:
        """Fetch a file; it goes to the disk piece by piece.

        Args:
            address: absolute.
            target: a path that does not exist yet; what is there after an error is worthless.

        Returns:
            The HTTP status; the file exists only with 2xx.

        Raises:
            ExchangeError: not all of it came, or more than `MOST_PICTURE_BYTES`.
        """
        try:
            async with self._client.stream("GET", address, follow_redirects=True) as answer:
                if answer.status_code not in _HTTP_OK:
                    return answer.status_code
                arrived = 0
                with target.open("xb") as file:
                    async for piece in answer.aiter_bytes():
                        arrived += len(piece)
                        if arrived > MOST_PICTURE_BYTES:
                            raise ExchangeError(
                                Failure.UNKNOWN, f"it is larger than {MOST_PICTURE_BYTES} bytes"
                            )
                        file.write(piece)
                return answer.status_code
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ExchangeError(Failure.NOT_SENT, f"{type(error).__name__}: {error}") from error
        except httpx.HTTPError as error:
            raise _exchange_error(error) from error

    async def aclose(self) -> None:
        """Close the connection pool."""
        await self._client.aclose()


async def _bounded(answer: httpx.Response) -> bytes:
    pieces: list[bytes] = []
    arrived = 0
    async for piece in answer.aiter_bytes():
        arrived += len(piece)
        if arrived > MOST_REPLY_BYTES:
            raise ExchangeError(
                Failure.UNKNOWN, f"the answer is larger than {MOST_REPLY_BYTES} bytes"
            )
        pieces.append(piece)
    return b"".join(pieces)


def _exchange_error(error: httpx.HTTPError) -> ExchangeError:
    failure = Failure.NOT_SENT if isinstance(error, _NEVER_LEFT) else Failure.UNKNOWN
    words = str(error) or "no details"
    return ExchangeError(failure, f"{type(error).__name__}: {words}")


def _retry_after(value: str) -> float:
    """Seconds of a Retry-After header in either of its forms; 0 for nonsense."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(value)
            seconds = (moment - datetime.now(UTC)).total_seconds()  # noqa: TID251 (a header's date)
        except (TypeError, ValueError):
            return 0.0
    return min(max(seconds, 0.0), _MOST_HINT_S) if seconds == seconds else 0.0  # noqa: PLR0124 (nan)

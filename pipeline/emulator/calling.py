"""The way out of the embedded provider over HTTP: one call, nothing followed, nothing repeated."""

import asyncio
from collections.abc import Collection, Iterable, Mapping

import httpcore

from pipeline.emulator.webhooks import TIMEOUT_S, CallFailedError, place

_AT_ONCE = 8


class HttpCaller:
    """Calls addresses; who is behind a name is judged by the backend that connects."""

    def __init__(
        self,
        *,
        guarded: httpcore.AsyncNetworkBackend,
        hosts: Collection[tuple[str, int]],
        within_s: float = TIMEOUT_S,
    ) -> None:
        """Prepare to call.

        Args:
            guarded: connects to public addresses and refuses others.
            hosts: pairs of host and port that are connected to wherever they are.
            within_s: how long an address has to answer.
        """
        backend = _Choosing(guarded, frozenset(hosts))
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=_AT_ONCE, max_keepalive_connections=0, network_backend=backend
        )
        self._within_s = within_s

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> int:
        """Send once; the HTTP status.

        Of the answer only its status is read.

        Raises:
            CallFailedError: there was no answer in time, or the address may not be connected to.
        """
        _, host, port = place(url)
        name = f"[{host}]" if ":" in host else host
        full = [("host", f"{name}:{port}"), ("content-length", str(len(body))), *headers.items()]
        try:
            async with (
                asyncio.timeout(self._within_s),
                self._pool.stream("POST", url, headers=full, content=body) as answer,
            ):
                return int(answer.status)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise CallFailedError(str(error)) from error
        except (TimeoutError, OSError, ValueError) as error:
            raise CallFailedError(str(error)) from error

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._pool.aclose()


class _Choosing(httpcore.AsyncNetworkBackend):
    """Connects to hosts that were named as they are, to all others with care."""

    def __init__(
        self, guarded: httpcore.AsyncNetworkBackend, hosts: Collection[tuple[str, int]]
    ) -> None:
        self._guarded = guarded
        self._hosts = hosts
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the library's interface)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        backend = self._plain if (host, port) in self._hosts else self._guarded
        return await backend.connect_tcp(host, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._plain.sleep(seconds)

"""Connections that go to the address that was judged, and to no other.

Looking a name up twice, once to judge it and once to connect, would let it change in between. So
the pool of connections, which is kept by name, asks here, and what is connected to is a literal
address. Certificates are still checked against the name.
"""

import asyncio
from collections.abc import Iterable

import httpcore

from pipeline.adapters.addresses import ForbiddenAddressError, Guard, IpAddress

_MOST_TRIED = 4
"""Addresses of one host that are tried, so that each gets a fair part of the time."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for a pool, each to an address that a guard allows."""

    def __init__(
        self, guard: Guard, *, connector: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        """Prepare to connect.

        Args:
            guard: judges.
            connector: opens a connection to a literal address; the usual one by default.
        """
        self._guard = guard
        self._connector = connector or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the library's interface)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers; none of the request has left yet.

        Raises:
            httpcore.ConnectError: no address is allowed, or none of them answers.
            httpcore.ConnectTimeout: it took too long.
        """
        found = await self._addresses(host, port, timeout)
        share = None if timeout is None else timeout / len(found)
        failed: Exception = httpcore.ConnectError(f"`{host}` has no address")
        for address in found:
            try:
                return await self._connector.connect_tcp(
                    str(address), port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._connector.sleep(seconds)

    async def _addresses(self, host: str, port: int, within_s: float | None) -> list[IpAddress]:
        try:
            async with asyncio.timeout(within_s):
                found = await self._guard.addresses(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"looking up `{host}` took too long") from error
        except (ForbiddenAddressError, OSError) as error:
            raise httpcore.ConnectError(str(error)) from error
        return found[:_MOST_TRIED]

"""Where a provider may send this program: public addresses, and where its own realm is itself.

Pictures, uploads and redirects lie wherever the provider says. A hostile or hijacked one could name
addresses inside our own network, which nobody outside can reach: a router, a database, the metadata
service of a cloud machine. So an address is judged before anything is asked of it, and a connection
goes to exactly the address that was judged, whatever a name comes to a moment later.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

IpAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Collection[IpAddress]]]
"""Finds the addresses of a host; OSError where it has none."""


class ForbiddenAddressError(Exception):
    """An address that is not spoken to; the message says why, for people."""


class Block(NamedTuple):
    """A range of addresses that is not the public internet.

    Attributes:
        kind: what it is for, in words.
        network: which one; empty for loopback, which is one place in both families.
    """

    kind: str
    network: str = ""

    def __str__(self) -> str:
        return f"{self.kind}, {self.network}" if self.network else self.kind


class Place(NamedTuple):
    """The part of an address that says whom it speaks to.

    Attributes:
        scheme: lower case.
        host: name or literal address, ASCII, lower case, without brackets.
        port: always set.
        has_user: whether a user stands before the host, as in `https://user@host`.
    """

    scheme: str
    host: str
    port: int
    has_user: bool = False


_LOOPBACK = Block("loopback")
_WEB_PORTS = frozenset({80, 443})

# IANA's registries of special-purpose addresses (RFC 6890), as kinds a message can name.
_SPECIAL_V4 = {
    "unspecified": ["0.0.0.0/8"],
    "private": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
    "carrier-grade NAT": ["100.64.0.0/10"],
    "link-local": ["169.254.0.0/16"],
    "reserved": [
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "240.0.0.0/4",
    ],
    "multicast": ["224.0.0.0/4"],
}  # fmt: skip
_SPECIAL_V6 = {
    "unspecified": ["::/128"],
    "private": ["fc00::/7", "fec0::/10", "64:ff9b:1::/48"],
    "link-local": ["fe80::/10"],
    "multicast": ["ff00::/8"],
    "reserved": ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"],
}
_V4 = [(IPv4Network(n), Block(kind, n)) for kind, ns in _SPECIAL_V4.items() for n in ns]
_V6 = [(IPv6Network(n), Block(kind, n)) for kind, ns in _SPECIAL_V6.items() for n in ns]
_LOOPBACK_V4 = IPv4Network("127.0.0.0/8")
_LOOPBACK_V6 = IPv6Address("::1")
_PUBLIC_V6 = IPv6Network("2000::/3")
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")

# A realm may be in one of these; nobody is in the others.
_HOMES = frozenset({"loopback", "private", "carrier-grade NAT", "link-local"})

_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # most clouds
        "169.254.170.2",  # containers of Amazon's
        "fd00:ec2::254",  # Amazon's, over IPv6
        "100.100.100.200",  # Alibaba's
        "192.0.0.192",  # Oracle's
        "168.63.129.16",  # Microsoft's; a public address that only a machine of theirs reaches
    )
)
"""Services that hand a machine's credentials to whoever asks from inside."""


def block_of(address: IpAddress) -> Block | None:
    """The range of an address; None for the public internet.

    An IPv6 address that stands for an IPv4 one (mapped, NAT64) is where that one is.
    """
    if isinstance(address, IPv4Address):
        if address in _LOOPBACK_V4:
            return _LOOPBACK
        return next((block for network, block in _V4 if address in network), None)
    stands_for = _embedded(address)
    if stands_for is not None:
        return block_of(stands_for)
    if address == _LOOPBACK_V6:
        return _LOOPBACK
    found = next((block for network, block in _V6 if address in network), None)
    if found is None and address not in _PUBLIC_V6:
        return Block("reserved", "outside 2000::/3")
    return found


def is_loopback(host: str) -> bool:
    """Whether a host is written as this very machine."""
    try:
        literal = _literal(host)
    except ForbiddenAddressError:
        return False
    return literal is not None and block_of(literal) == _LOOPBACK


def is_metadata(address: IpAddress) -> bool:
    """Whether a machine's own credentials are handed out there."""
    stands_for = _embedded(address) if isinstance(address, IPv6Address) else None
    return (stands_for or address) in _METADATA


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


async def resolve_by_system(host: str, port: int) -> list[IpAddress]:
    """Ask the operating system.

    Raises:
        OSError: there is no such host, or it could not be asked.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"`{host}` is not a host's name") from error
    return list(dict.fromkeys(_address(sockaddr) for *_, sockaddr in found))


def _address(sockaddr: tuple[object, ...]) -> IpAddress:
    host, *_, last = sockaddr
    has_zone = len(sockaddr) > len(("host", "port")) and last and "%" not in str(host)
    return ip_address(f"{host}%{last}" if has_zone else str(host))


class Guard:
    """Judges addresses for one realm."""

    def __init__(self, base: Place | None, *, resolve: Resolve = resolve_by_system) -> None:
        """Prepare to judge.

        Args:
            base: where the realm's own API is; None where it has none, and nothing is known of it.
            resolve: finds the addresses of a host.
        """
        self._base = base
        self._resolve = resolve
        self._seen: frozenset[Block | None] | None = None

    async def check(self, place: Place) -> None:
        """Judge an address that the provider named, as far as it can be without asking for names.

        Raises:
            ForbiddenAddressError: it is not spoken to.
        """
        is_secret = self._base is not None and self._base.scheme == "https"
        if place.scheme not in ({"https"} if is_secret else {"https", "http"}):
            raise ForbiddenAddressError(f"`{place.scheme}` addresses are not spoken to here")
        if place.has_user:
            raise ForbiddenAddressError("it names a user before the host, which nothing here has")
        if not place.host:
            raise ForbiddenAddressError("it names no host")
        literal = _literal(place.host)
        if literal is None or self._is_base(place.host, place.port):
            return
        await self._judge(place.host, place.port, [literal])

    async def addresses(self, host: str, port: int) -> list[IpAddress]:
        """Addresses to which a connection to a host may go; never empty.

        Raises:
            ForbiddenAddressError: none of the host's addresses is allowed.
            OSError: the host has no address.
        """
        found = list(await self._resolve(host, port))
        if not found:
            raise OSError(f"`{host}` has no address")
        if self._is_base(host, port):
            return self._where_it_was(host, found)
        return await self._judge(host, port, found)

    def _where_it_was(self, host: str, found: list[IpAddress]) -> list[IpAddress]:
        """The API's own addresses, as long as they stay in the range they were in at first.

        The user chose the API's host, so it may be anywhere. But where it is decides which
        addresses of others are allowed, so it must not change between two questions.
        """
        if self._seen is None:
            self._seen = frozenset(block_of(address) for address in found)
        stayed = [address for address in found if block_of(address) in self._seen]
        if not stayed:
            words = _where(block_of(found[0]))
            raise ForbiddenAddressError(f"`{host}` has moved to {found[0]} ({words}) meanwhile")
        return stayed

    async def _judge(self, host: str, port: int, found: list[IpAddress]) -> list[IpAddress]:
        allowed: list[IpAddress] = []
        reason = ""
        for address in found:
            wrong = await self._wrong_with(host, port, address)
            if wrong:
                reason = wrong
            else:
                allowed.append(address)
        if not allowed:
            raise ForbiddenAddressError(reason)
        return allowed

    async def _wrong_with(self, host: str, port: int, address: IpAddress) -> str:
        """Why an address is not spoken to; empty where it may be."""
        block = block_of(address)
        named = f"`{host}`" if host == str(address) else f"`{host}` is at {address}, which"
        if is_metadata(address):
            return f"{named} belongs to a machine's own metadata service"
        if block is None:
            is_ours = self._base is not None and host == self._base.host
            if port in _WEB_PORTS or is_ours:
                return ""
            return f"{named} would be spoken to on port {port}, where no web server is"
        if block in await self._home():
            return ""
        return f"{named} is not on the public internet ({block})"

    async def _home(self) -> Collection[Block | None]:
        """Ranges in which the realm is itself; none as soon as any of its addresses is public."""
        if self._base is None:
            return ()
        if self._seen is None:
            try:
                await self.addresses(self._base.host, self._base.port)
            except OSError:
                return ()
        seen = self._seen or frozenset()
        if None in seen:
            return ()
        return [block for block in seen if block is not None and block.kind in _HOMES]

    def _is_base(self, host: str, port: int) -> bool:
        return self._base is not None and (host, port) == (self._base.host, self._base.port)


def _literal(host: str) -> IpAddress | None:
    """The address that a host is written as; None for a name.

    Raises:
        ForbiddenAddressError: it is written so that programs disagree about what it means.
    """
    if host == "localhost" or host.endswith((".localhost", ".localhost.")) or host == "localhost.":
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(host)
    except ValueError:
        pass
    # `127.1`, `0x7f000001` and `2130706433` are all 127.0.0.1 to the system.
    last = host.rstrip(".").rpartition(".")[2]
    if last.isdecimal() or last.startswith("0x"):
        raise ForbiddenAddressError(f"`{host}` is an unusual way to write an address")
    return None


def _where(block: Block | None) -> str:
    return "the public internet" if block is None else str(block)

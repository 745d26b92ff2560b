"""Where a provider may send us, and that connections go nowhere else."""

import asyncio
import socket
from contextlib import suppress
from ipaddress import ip_address, ip_network

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters import http_client
from pipeline.adapters.addresses import (
    ForbiddenAddressError,
    Guard,
    Place,
    block_of,
    is_metadata,
    resolve_by_system,
)
from pipeline.adapters.connecting import GuardedBackend
from pipeline.adapters.http_client import ExchangeError, HttpClient
from pipeline.execution.ports import Failure

pytestmark = pytest.mark.anyio

VENDOR = Place("https", "api.vendor.example", 443)
ANYWHERE = str(ip_address(0))
NOT_PUBLIC = [
    ANYWHERE, "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
    "127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::1",
    "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "4000::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1",
    "126.255.255.255", "128.0.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255",
    "198.17.255.255", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
]  # fmt: skip
METADATA = ["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200",
            "168.63.129.16", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254"]  # fmt: skip


class Names:
    """A name server of our own: answers by turns, the last one for ever."""

    def __init__(self, **names) -> None:
        self._names = {name.replace("_", "."): list(turns) for name, turns in names.items()}
        self.asked: list[str] = []

    async def __call__(self, host, port):
        self.asked.append(host)
        try:
            return [ip_address(host)]
        except ValueError:
            pass
        turns = self._names.get(host)
        if turns is None:
            raise OSError(f"{host}: no such name")
        answer = turns.pop(0) if len(turns) > 1 else turns[0]
        return [ip_address(text) for text in answer.split()]


def guard(base: Place | None = VENDOR, **names) -> Guard:
    return Guard(base, resolve=Names(**{"api_vendor_example": ["8.8.4.4"], **names}))


class TestBlocks:
    @pytest.mark.parametrize("text", NOT_PUBLIC)
    def test_what_is_not_the_public_internet(self, text):
        assert block_of(ip_address(text)) is not None

    @pytest.mark.parametrize("text", PUBLIC)
    def test_what_is(self, text):
        assert block_of(ip_address(text)) is None

    @pytest.mark.parametrize("text", METADATA)
    def test_credentials_of_machines(self, text):
        assert is_metadata(ip_address(text))
        assert not is_metadata(ip_address("169.254.169.253"))

    @given(st.ip_addresses())
    def test_what_the_language_calls_private_is_never_public_here(self, address):
        """An opinion of somebody else's; it knows less of what stands for something else."""
        translated = ip_network("64:ff9b::/96"), ip_network("::ffff:0:0/96")
        if any(address in network for network in translated if network.version == address.version):
            return
        if not address.is_global or address.is_multicast:
            assert block_of(address) is not None

    @given(st.ip_addresses(v=4))
    def test_an_address_in_other_clothes_is_where_it_is(self, address):
        for clothes in ("::ffff:", "64:ff9b::"):
            dressed = ip_address(f"{clothes}{address}")
            assert block_of(dressed) == block_of(address)
            assert is_metadata(dressed) == is_metadata(address)


class TestChecking:
    """What can be judged before any name is looked up."""

    @pytest.mark.parametrize("host", [*NOT_PUBLIC, *METADATA])
    @pytest.mark.parametrize("scheme", ["https", "http"])
    async def test_an_address_that_is_not_public_is_refused(self, scheme, host):
        for base in (VENDOR, Place("http", "gpu.example", 80), None):
            one = guard(base, gpu_example=["8.8.4.4"])
            with pytest.raises(ForbiddenAddressError):
                await one.check(Place(scheme, host, 443))

    @pytest.mark.parametrize("host", PUBLIC)
    async def test_a_public_one_is_fine(self, host):
        await guard().check(Place("https", host, 443))

    @pytest.mark.parametrize(
        "host",
        [
            "2130706433", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "017700000001",
            "127.0.0.1.", "0x7f.0x0.0x0.0x1", "134744072", "8.8.2056", "1.2.3.4.5", "256.1.1.1",
            "localhost", "localhost.", "a.localhost", "a.localhost.",
        ],
    )  # fmt: skip
    async def test_unusual_spellings_are_refused_whatever_they_stand_for(self, host):
        with pytest.raises(ForbiddenAddressError):
            await guard().check(Place("https", host, 443))

    @pytest.mark.parametrize(
        "host", ["cdn.example", "d1.cdn.example", "xn--bcher-kva.example", "1e100.net", "4chan.org"]
    )
    async def test_names_are_left_to_the_connection(self, host):
        await guard().check(Place("https", host, 443))

    @pytest.mark.parametrize("scheme", ["http", "file", "data", "ftp", "ws", "", "javascript"])
    async def test_an_encrypted_realm_names_encrypted_addresses(self, scheme):
        with pytest.raises(ForbiddenAddressError, match="not spoken to"):
            await guard().check(Place(scheme, "cdn.example", 443))

    @pytest.mark.parametrize("base", [Place("http", "gpu.example", 80), None])
    async def test_an_open_realm_may_name_open_ones(self, base):
        await guard(base).check(Place("http", "cdn.example", 80))
        for scheme in ("file", "ftp", "data"):
            with pytest.raises(ForbiddenAddressError):
                await guard(base).check(Place(scheme, "cdn.example", 80))

    async def test_users_before_the_host_are_refused(self):
        with pytest.raises(ForbiddenAddressError, match="user"):
            await guard().check(Place("https", "cdn.example", 443, has_user=True))

    async def test_no_host_is_refused(self):
        with pytest.raises(ForbiddenAddressError, match="no host"):
            await guard().check(Place("https", "", 443))

    @pytest.mark.parametrize("port", [0, 22, 25, 6379, 8080, 65535])
    async def test_ports_without_a_web_server_are_refused(self, port):
        with pytest.raises(ForbiddenAddressError, match="port"):
            await guard().check(Place("https", "8.8.8.8", port))


class TestHome:
    """A realm that is itself on a range may name addresses on it, and no others."""

    @pytest.mark.parametrize(
        ("base", "host", "is_fine"),
        [
            ("127.0.0.1", "127.0.0.1", True),
            ("127.0.0.1", "127.0.0.2", True),
            ("127.0.0.1", "::1", True),
            ("127.0.0.1", "localhost", True),
            ("localhost", "127.0.0.1", True),
            ("127.0.0.1", "10.0.0.1", False),
            ("127.0.0.1", "192.168.0.1", False),
            ("127.0.0.1", "169.254.169.254", False),
            ("127.0.0.1", ANYWHERE, False),
            ("127.0.0.1", "8.8.8.8", True),
            ("10.0.0.5", "10.9.9.9", True),
            ("10.0.0.5", "::ffff:10.9.9.9", True),
            ("10.0.0.5", "127.0.0.1", False),
            ("10.0.0.5", "172.16.0.1", False),
            ("10.0.0.5", "192.168.0.1", False),
            ("192.168.1.5", "192.168.7.7", True),
            ("100.64.0.5", "100.64.7.7", True),
            ("100.64.0.5", "100.100.100.200", False),
            ("169.254.1.1", "169.254.7.7", True),
            ("169.254.1.1", "169.254.169.254", False),
            ("fd00::5", "fd12::7", True),
            ("fd00::5", "fd00:ec2::254", False),
            ("fd00::5", "::1", False),
            ("224.0.0.1", "224.0.0.2", False),
            (ANYWHERE, "0.0.0.1", False),
            ("8.8.4.4", "127.0.0.1", False),
        ],
    )
    async def test_ranges(self, base, host, is_fine):
        one = Guard(Place("http", base, 8123), resolve=Names(localhost=["127.0.0.1 ::1"]))
        judging = one.check(Place("http", host, 9000 if is_fine and host != "8.8.8.8" else 80))
        if is_fine:
            await judging
        else:
            with pytest.raises(ForbiddenAddressError):
                await judging

    @pytest.mark.parametrize("base", [ANYWHERE, "169.254.169.254", "127.0.0.1", "10.0.0.5"])
    async def test_the_realms_own_address_is_always_fine(self, base):
        one = Guard(Place("http", base, 8123), resolve=Names())
        await one.check(Place("http", base, 8123))
        assert await one.addresses(base, 8123) == [ip_address(base)]

    async def test_a_realm_by_name_is_where_its_name_leads(self):
        one = guard(Place("http", "gpu", 8000), gpu=["172.18.0.3"], minio=["172.18.0.4"])
        assert await one.addresses("minio", 9000) == [ip_address("172.18.0.4")]

    async def test_a_realm_that_is_public_too_is_nowhere_else_at_home(self):
        one = guard(Place("http", "gpu", 8000), gpu=["172.18.0.3 8.8.4.4"], minio=["172.18.0.4"])
        with pytest.raises(ForbiddenAddressError, match=r"172\.16\.0\.0/12"):
            await one.addresses("minio", 80)

    async def test_a_realm_that_cannot_be_found_is_nowhere_at_home(self):
        one = guard(Place("http", "gpu", 8000), minio=["172.18.0.4"])
        with pytest.raises(ForbiddenAddressError):
            await one.addresses("minio", 80)

    async def test_a_public_realm_names_other_ports_of_its_own_host(self):
        one = guard(Place("https", "gpu.example", 8443), gpu_example=["8.8.4.4"])
        assert await one.addresses("gpu.example", 9000)

    @pytest.mark.parametrize(
        ("first", "then"),
        [("8.8.4.4", "10.0.0.1"), ("10.0.0.1", "8.8.4.4"), ("10.0.0.1", "192.168.0.1")],
    )
    async def test_a_realm_does_not_move(self, first, then):
        """Else it could be at home inside for one question and outside for the next."""
        one = guard(Place("http", "gpu", 80), gpu=[first, then])
        assert await one.addresses("gpu", 80) == [ip_address(first)]
        with pytest.raises(ForbiddenAddressError, match="has moved"):
            await one.addresses("gpu", 80)

    async def test_but_it_may_have_many_addresses(self):
        one = guard(Place("http", "gpu", 80), gpu=["8.8.4.4", "8.8.8.8 10.0.0.1", "1.1.1.1"])
        for address in ("8.8.4.4", "8.8.8.8", "1.1.1.1"):
            assert await one.addresses("gpu", 80) == [ip_address(address)]


class TestLookingUp:
    @pytest.mark.parametrize("where", ["127.0.0.1", "10.0.0.1 169.254.0.1", "::1", "fd00::1"])
    async def test_a_name_that_leads_inside_is_refused(self, where):
        with pytest.raises(ForbiddenAddressError, match="not on the public"):
            await guard(cdn_example=[where]).addresses("cdn.example", 443)

    async def test_of_several_addresses_only_the_allowed_ones_are_used(self):
        one = guard(cdn_example=["10.0.0.1 8.8.8.8 ::1 2606:4700::1"])
        found = await one.addresses("cdn.example", 443)
        assert [str(address) for address in found] == ["8.8.8.8", "2606:4700::1"]

    async def test_a_port_without_a_web_server_is_refused(self):
        with pytest.raises(ForbiddenAddressError, match="port 22"):
            await guard(cdn_example=["8.8.8.8"]).addresses("cdn.example", 22)

    async def test_a_name_without_addresses_is_an_error_of_the_system(self):
        with pytest.raises(OSError, match="no such name"):
            await guard().addresses("nobody.example", 443)
        with pytest.raises(OSError, match="has no address"):
            await guard(empty_example=[""]).addresses("empty.example", 443)

    async def test_the_system_is_asked(self):
        assert await resolve_by_system("127.0.0.1", 80) == [ip_address("127.0.0.1")]
        assert await resolve_by_system("::1", 80) == [ip_address("::1")]
        # Numbers in other spellings are addresses for it too, so names are judged by their answer.
        assert await resolve_by_system("127.1", 80) == [ip_address("127.0.0.1")]
        with pytest.raises(OSError, match="not a host's name"):
            await resolve_by_system("a" * 70, 80)


class Wire(httpcore.AsyncMockBackend):
    """Notes where connections go, and answers on them; addresses in `deaf` do not."""

    ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def __init__(self, *, deaf=(), answers=1) -> None:
        super().__init__([self.ANSWER] * answers)
        self.deaf = deaf
        self.connected: list[tuple[str, int]] = []
        self.allowed_s: list[float] = []

    async def connect_tcp(self, host, port, timeout=None, *more):  # noqa: ASYNC109 (the library's)
        self.connected.append((host, port))
        self.allowed_s.append(timeout)
        if host in self.deaf:
            raise httpcore.ConnectTimeout("deaf")
        return await super().connect_tcp(host, port)


class TestConnecting:
    """The address that is connected to is the one that was judged."""

    def pool(self, wire: Wire, **names):
        backend = GuardedBackend(guard(**names), connector=wire)
        return httpcore.AsyncConnectionPool(network_backend=backend)

    async def test_to_the_address_that_was_judged_and_not_to_the_name(self):
        wire = Wire()
        async with self.pool(wire, cdn_example=["8.8.8.8", "127.0.0.1"]) as pool:
            assert (await pool.request("GET", "https://cdn.example/")).content == b"ok"
        assert wire.connected == [("8.8.8.8", 443)]

    async def test_connections_are_kept_by_name(self):
        wire = Wire(answers=3)
        async with self.pool(wire, cdn_example=["8.8.8.8"]) as pool:
            for _ in range(3):
                await pool.request("GET", "https://cdn.example/")
        assert wire.connected == [("8.8.8.8", 443)]

    async def test_a_name_that_was_fine_is_judged_again_with_each_connection(self):
        wire = Wire()
        async with self.pool(wire, cdn_example=["8.8.8.8", "127.0.0.1"]) as pool:
            await pool.request("GET", "https://cdn.example/", headers={"Connection": "close"})
            for connection in pool.connections:
                await connection.aclose()
            with pytest.raises(httpcore.ConnectError, match="not on the public internet"):
                await pool.request("GET", "https://cdn.example/")
        assert wire.connected == [("8.8.8.8", 443)]

    @pytest.mark.parametrize("url", ["https://inside.example/", "https://nobody.example/"])
    async def test_nothing_is_connected_to_that_is_not_allowed(self, url):
        wire = Wire()
        async with self.pool(wire, inside_example=["10.0.0.1"]) as pool:
            with pytest.raises(httpcore.ConnectError):
                await pool.request("GET", url)
        assert wire.connected == []

    async def test_the_next_address_is_tried_and_all_share_the_time(self):
        wire = Wire(deaf={"8.8.8.8", "1.1.1.1"})
        names = {"cdn_example": ["8.8.8.8 1.1.1.1 9.9.9.9"]}
        async with self.pool(wire, **names) as pool:
            request = pool.request(
                "GET", "https://cdn.example/", extensions={"timeout": {"connect": 9}}
            )
            assert (await request).status == 200
        assert [host for host, _ in wire.connected] == ["8.8.8.8", "1.1.1.1", "9.9.9.9"]
        assert wire.allowed_s == [3, 3, 3]

    async def test_not_more_than_a_few_are_tried(self):
        many = [f"8.8.8.{n}" for n in range(1, 50)]
        wire = Wire(deaf=many)
        async with self.pool(wire, cdn_example=[" ".join(many)]) as pool:
            with pytest.raises(httpcore.ConnectTimeout):
                await pool.request("GET", "https://cdn.example/")
        assert len(wire.connected) == 4

    async def test_a_name_server_that_is_silent_has_its_time(self):
        async def silent(host, port):
            await asyncio.Event().wait()

        backend = GuardedBackend(Guard(VENDOR, resolve=silent), connector=Wire())
        with pytest.raises(httpcore.ConnectTimeout, match="took too long"):
            await backend.connect_tcp("cdn.example", 443, timeout=0.01)


_SEND = httpx.AsyncHTTPTransport.handle_async_request


class TestTheClient:
    """The client's own transport has the guard in it; nothing here reaches a network."""

    @pytest.fixture(autouse=True)
    def _own_names_and_no_proxy(self, monkeypatch):
        # Names are resolved by these tests, and lead to loopback at most.
        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", _SEND)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)

    async def failure(self, made: HttpClient, call) -> ExchangeError:
        with pytest.raises(ExchangeError) as failed:
            await call
        await made.aclose()
        return failed.value

    async def test_a_name_that_leads_inside_is_never_connected_to(self, tmp_path):
        names = Names(api_vendor_example=["8.8.4.4"], cdn_example=["127.0.0.1"])
        made = HttpClient(user_agent="t", base="https://api.vendor.example", resolve=names)
        downloading = made.download("https://cdn.example/1.jpg", tmp_path / "x")
        failed = await self.failure(made, downloading)
        assert failed.failure is Failure.NOT_SENT
        assert "`cdn.example` is at 127.0.0.1, which is not on the public internet" in failed.reason
        assert names.asked == ["cdn.example", "api.vendor.example"]

    async def test_the_api_itself_is_connected_to_wherever_it_is(self, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        base = f"http://api.vendor.example:{port}"
        made = HttpClient(
            user_agent="t", base=base, resolve=Names(api_vendor_example=["127.0.0.1"])
        )
        failed = await self.failure(made, made.send("POST", f"{base}/x", json={}))
        assert failed.failure is Failure.NOT_SENT
        assert "All connection attempts failed" in failed.reason

    @pytest.mark.parametrize(
        ("environment", "address", "is_proxied"),
        [
            ({}, "https://cdn.example/", False),
            ({"HTTPS_PROXY": "http://proxy:3128"}, "https://cdn.example/", True),
            ({"HTTPS_PROXY": "proxy:3128"}, "https://cdn.example/", True),
            ({"HTTPS_PROXY": "http://proxy:3128"}, "http://cdn.example/", False),
            ({"HTTP_PROXY": "http://proxy:3128"}, "http://cdn.example/", True),
            ({"ALL_PROXY": "http://proxy:3128"}, "https://cdn.example/", True),
            (
                {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "cdn.example"},
                "https://cdn.example/",
                False,
            ),
            ({"ALL_PROXY": "http://proxy:3128"}, "http://127.0.0.1:8123/", False),
            ({"ALL_PROXY": "http://proxy:3128"}, "http://localhost:8123/", False),
        ],
    )
    async def test_proxies_of_the_environment(self, monkeypatch, environment, address, is_proxied):
        for name, value in environment.items():
            monkeypatch.setenv(name.lower(), value)
        made = HttpClient(user_agent="t", base="https://api.vendor.example", resolve=Names())
        assert made._transport.is_proxied(httpx.URL(address)) is is_proxied
        await made.aclose()

    async def test_behind_a_proxy_names_are_judged_as_far_as_they_are_known_here(
        self, monkeypatch, tmp_path
    ):
        monkeypatch.setenv("https_proxy", "http://proxy:3128")
        through = []

        class Proxy(httpx.AsyncBaseTransport):
            def __init__(self, **told) -> None:
                self.is_proxy = "proxy" in told
                self._pool = httpcore.AsyncConnectionPool()

            async def handle_async_request(self, request):
                assert self.is_proxy
                through.append(request.url.host)
                return httpx.Response(404)

        monkeypatch.setattr(http_client.httpx, "AsyncHTTPTransport", Proxy)
        names = Names(inside_example=["10.0.0.1"], cdn_example=["8.8.8.8"])
        made = HttpClient(user_agent="t", base="https://api.vendor.example", resolve=names)
        for host in ("cdn.example", "unknown.example"):
            assert await made.download(f"https://{host}/", tmp_path / "x") == 404
        for host in ("inside.example", "10.0.0.1", "localhost"):
            with pytest.raises(ExchangeError, match="not on the public"):
                await made.download(f"https://{host}/", tmp_path / "x")
        assert through == ["cdn.example", "unknown.example"]

    async def test_a_connection_to_a_proxy_is_kept_like_any_other(self, monkeypatch):
        asked, connections = [], 0

        async def serve(reader, writer):
            nonlocal connections
            connections += 1
            with suppress(asyncio.IncompleteReadError):
                while head := await reader.readuntil(b"\r\n\r\n"):
                    asked.append(head.partition(b" HTTP")[0])
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            writer.close()

        proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        made = HttpClient(user_agent="t", base="http://api.vendor.example", resolve=Names())
        for _ in range(3):
            assert (await made.send("GET", "http://api.vendor.example/x")).body == b"{}"
        await made.aclose()
        proxy.close()
        await proxy.wait_closed()
        assert asked == [b"GET http://api.vendor.example/x"] * 3
        assert connections == 1

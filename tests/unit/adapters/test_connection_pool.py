"""Each connection serves one request at a time, comes back once, and never after trouble."""

import asyncio

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters import connection_pool
from pipeline.adapters.connection_pool import ConnectionPool

pytestmark = pytest.mark.anyio

API = httpcore.URL("https://api.example/x")
CDN = httpcore.URL("https://cdn.example/x")


class Body:
    """An answer's body; closing it may fail or take for ever."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self.closings = 0

    async def __aiter__(self):
        yield b"{}"

    async def aclose(self) -> None:
        self.closings += 1
        assert self.closings == 1
        await asyncio.sleep(0)
        if self._connection.hangs_up:
            await asyncio.Event().wait()
        if self._connection.spoilt:
            raise self._connection.spoilt
        self._connection.serving -= 1


class Connection(httpcore.AsyncConnectionInterface):
    """A connection that counts what it is asked, and tells if it is given to two at once."""

    def __init__(self, origin: httpcore.Origin) -> None:
        self.origin = origin
        self.serving = self.served = self.looks = self.closings = 0
        self.fails: BaseException | None = None
        self.spoilt: Exception | None = None
        self.closing_fails: Exception | None = None
        self.is_silent = self.hangs_up = self.expired = self.ends = False

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        assert not self.closings
        assert self.can_handle_request(request.url.origin)
        self.serving += 1
        assert self.serving == 1
        self.served += 1
        fate = request.url.target.decode().strip("/")
        self.expired, self.ends = fate == "expires", fate == "ends"
        await asyncio.sleep(0)
        if self.fails or fate == "fails":
            raise self.fails or httpcore.ReadError("gone")
        if self.is_silent:
            await asyncio.Event().wait()
        return httpcore.Response(200, content=Body(self))

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        self.looks += 1
        return origin == self.origin

    def has_expired(self) -> bool:
        self.looks += 1
        return self.expired

    def is_idle(self) -> bool:
        self.looks += 1
        return not self.serving and not self.ends

    async def aclose(self) -> None:
        self.closings += 1
        await asyncio.sleep(0)
        if self.closing_fails:
            raise self.closing_fails


class World:
    """A pool and all connections that it ever made."""

    def __init__(self, *, most: int = 10) -> None:
        self.made: list[Connection] = []
        self.pool = ConnectionPool(self._make, most=most)

    def _make(self, origin: httpcore.Origin) -> Connection:
        self.made.append(Connection(origin))
        return self.made[-1]

    @property
    def open(self) -> list[Connection]:
        return [one for one in self.made if not one.closings]

    async def begin(self, url: httpcore.URL = API) -> httpcore.Response:
        return await self.pool.handle_async_request(httpcore.Request("GET", url))

    async def ask(self, url: httpcore.URL = API) -> None:
        answer = await self.begin(url)
        assert await answer.aread() == b"{}"
        await answer.aclose()


@pytest.fixture
def world() -> World:
    return World()


async def used_together(world: World, count: int, url: httpcore.URL = API) -> None:
    """Leave so many idle connections, the one made last on top."""
    for answer in [await world.begin(url) for _ in range(count)]:
        await answer.aclose()


async def test_a_connection_is_used_again(world):
    for _ in range(3):
        await world.ask()
    assert [one.served for one in world.made] == [3]


async def test_who_comes_while_it_is_busy_gets_another(world):
    first, second = await world.begin(), await world.begin()
    assert [one.served for one in world.made] == [1, 1]
    await first.aclose()
    await world.ask()
    assert [one.served for one in world.made] == [2, 1]
    await second.aclose()


async def test_it_is_busy_until_its_answer_is_closed_however_much_of_it_was_read(world):
    answer = await world.begin()
    await answer.aread()
    await world.ask()
    assert len(world.made) == 2
    await answer.aclose()


async def test_the_one_used_last_is_taken_first(world):
    await used_together(world, 3)
    await world.ask()
    assert [one.served for one in world.made] == [1, 1, 2]


async def test_origins_do_not_mix(world):
    await world.ask(API)
    await world.ask(CDN)
    await world.ask(httpcore.URL("http://api.example/x"))
    await world.ask(httpcore.URL("https://api.example:444/x"))
    await world.ask(httpcore.URL("https://api.example:443/y"))
    assert [one.served for one in world.made] == [2, 1, 1, 1]


async def test_an_answer_that_is_closed_twice_gives_its_connection_back_once(world):
    answer = await world.begin()
    await asyncio.gather(answer.aclose(), answer.aclose())
    await answer.aclose()
    await used_together(world, 2)
    assert [one.served for one in world.made] == [2, 1]


async def test_a_connection_that_is_at_its_end_is_not_kept(world):
    answer = await world.begin()
    world.made[0].ends = True
    await answer.aclose()
    assert world.open == []
    await world.ask()
    assert [one.served for one in world.made] == [1, 1]


class TestTrouble:
    @pytest.mark.parametrize("closing_fails", [None, OSError("again")])
    @pytest.mark.parametrize("kind", [httpcore.ConnectError, httpcore.ReadError, ValueError])
    async def test_an_error_is_told_as_it_is_and_its_connection_dropped(
        self, world, kind, closing_fails
    ):
        await world.ask()
        world.made[0].fails, world.made[0].closing_fails = kind("words"), closing_fails
        with pytest.raises(kind, match="words") as failed:
            await world.begin()
        assert failed.value is world.made[0].fails
        assert world.open == []
        await world.ask()
        assert [one.served for one in world.made] == [2, 1], "and nothing was sent again"

    async def test_an_answer_that_cannot_be_closed_takes_its_connection_with_it(self, world):
        answer = await world.begin()
        world.made[0].spoilt = RuntimeError("spoilt")
        with pytest.raises(RuntimeError, match="spoilt"):
            await answer.aclose()
        assert world.open == []
        await answer.aclose()
        await world.ask()
        assert [one.served for one in world.made] == [1, 1]

    @pytest.mark.parametrize("when", ["before the answer", "while it is closed"])
    async def test_who_gives_up_drops_the_connection(self, world, when):
        await world.ask()
        world.made[0].is_silent = when == "before the answer"
        world.made[0].hangs_up = when == "while it is closed"
        going = asyncio.create_task(world.ask())
        for _ in range(9):
            await asyncio.sleep(0)
        assert not going.done()
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        assert world.open == []
        await world.ask()
        assert [one.served for one in world.made] == [2, 1]

    async def test_who_gives_up_while_an_old_one_is_closed_leaves_nothing_behind(self, world):
        await used_together(world, 2)
        world.made[1].expired = True
        going = asyncio.create_task(world.ask())
        await asyncio.sleep(0)
        assert [one.closings for one in world.made] == [0, 1]
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        await world.ask()
        assert [one.served for one in world.made] == [2, 1]

    async def test_what_is_not_http_is_not_sent(self, world):
        for scheme in ("ftp", "ws", "file", ""):
            with pytest.raises(httpcore.UnsupportedProtocol):
                await world.begin(httpcore.URL(scheme=scheme, host="api.example", target="/"))
        assert world.made == []


class TestBounds:
    async def test_one_that_has_expired_is_closed_and_not_used(self, world):
        await used_together(world, 3)
        for one in world.made:
            one.expired = True
        await world.ask()
        assert [one.served for one in world.made] == [1, 1, 1, 1]
        assert world.open == world.made[3:]

    async def test_one_that_the_other_end_closed_is_passed_over(self, world):
        await used_together(world, 3)
        world.made[2].expired = True
        await world.ask()
        assert [one.served for one in world.made] == [1, 2, 1]
        assert world.open == world.made[:2]

    async def test_what_nobody_uses_any_more_goes_with_the_requests_of_others(
        self, world, monkeypatch
    ):
        monkeypatch.setattr(connection_pool, "_TIDIED_EVERY_S", 0.0)
        await used_together(world, 3, CDN)
        for one in world.made:
            one.expired = True
        await world.ask(API)
        assert world.open == world.made[3:]

    async def test_however_many_origins_there_are_connections_are_bounded(self):
        world = World(most=3)
        for number in range(20):
            await world.ask(httpcore.URL(f"https://s{number}.example/"))
            assert len(world.open) <= 3
        assert [one.origin.host for one in world.open] == [
            b"s17.example", b"s18.example", b"s19.example"
        ]  # fmt: skip

    async def test_busy_ones_are_never_closed_to_make_room(self):
        world = World(most=2)
        busy = await world.begin(API)
        await world.ask(CDN)
        await world.ask(httpcore.URL("https://else.example/"))
        assert [one.closings for one in world.made] == [0, 1, 0]
        await busy.aclose()

    async def test_a_request_looks_at_few_connections_however_many_are_kept(self):
        world = World(most=200)
        await used_together(world, 100)
        before = sum(one.looks for one in world.made)
        await world.ask()
        # One more is the check of this test's own connection.
        assert sum(one.looks for one in world.made) - before <= 6


class TestClosing:
    async def test_all_are_closed_though_one_fails(self, world):
        answer = await world.begin()
        await used_together(world, 2)
        world.made[1].closing_fails = OSError("no")
        await world.pool.aclose()
        assert world.open == []
        await answer.aclose()
        await world.ask()
        assert world.made[0].served == 1, "one that was closed meanwhile does not come back"


FATES = ["fine", "given up", "fails", "expires", "ends"]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(FATES)), max_size=40))
def test_nobody_ever_shares_a_connection(steps):
    """Any mixture of requests, four at once, to a few origins."""
    world, slots = World(most=4), asyncio.Semaphore(4)

    async def one(host: int, fate: str) -> None:
        async with slots:
            answer = await world.begin(httpcore.URL(f"https://s{host}.example/{fate}"))
            assert len(world.open) <= 4
            await answer.aclose()

    async def live() -> None:
        going = []
        for host, fate in steps:
            going.append(asyncio.create_task(one(host, fate)))
            await asyncio.sleep(0)
            if fate == "given up":
                going[-1].cancel()
        for ended in await asyncio.gather(*going, return_exceptions=True):
            assert not isinstance(ended, AssertionError), ended
        await world.pool.aclose()

    asyncio.run(live())
    assert world.open == []
    assert all(one.closings == 1 for one in world.made)


class TestTheLibrarysConnections:
    """With its real ones, on a wire of memory."""

    def pool(self, *answers: bytes) -> tuple[ConnectionPool, list[httpcore.Origin]]:
        opened: list[httpcore.Origin] = []

        def make(origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
            opened.append(origin)
            wire = httpcore.AsyncMockBackend(list(answers))
            return httpcore.AsyncHTTPConnection(origin, network_backend=wire, keepalive_expiry=4.0)

        return ConnectionPool(make, most=5), opened

    async def ask(self, pool: ConnectionPool, *, reads: bool = True) -> bytes:
        answer = await pool.handle_async_request(
            httpcore.Request("GET", "http://api.example/", headers={"Host": "api.example"})
        )
        try:
            return await answer.aread() if reads else b""
        finally:
            await answer.aclose()

    async def test_it_is_kept_after_a_whole_answer(self):
        pool, opened = self.pool(*[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"] * 2)
        assert [await self.ask(pool), await self.ask(pool)] == [b"{}", b"{}"]
        assert len(opened) == 1
        await pool.aclose()

    async def test_it_is_not_kept_after_one_that_was_not_read_to_its_end(self):
        pool, opened = self.pool(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"{}")
        await self.ask(pool, reads=False)
        assert await self.ask(pool) == b"{}"
        assert len(opened) == 2
        await pool.aclose()

    async def test_it_is_not_kept_where_the_server_says_so(self):
        said = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
        pool, opened = self.pool(said)
        for _ in range(2):
            assert await self.ask(pool) == b"{}"
        assert len(opened) == 2
        await pool.aclose()

    async def test_one_that_breaks_off_is_not_tried_again(self):
        pool, opened = self.pool(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"")
        with pytest.raises(httpcore.RemoteProtocolError):
            await self.ask(pool)
        assert len(opened) == 1
        assert not pool._busy
        assert not pool._idle

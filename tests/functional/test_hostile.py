"""Whoever is at the other end of a real socket, whatever they do: what the attempt may conclude.

Every trick runs once through the real client. All of them end within the time and the memory that
an exchange may take, no request is sent twice, and the key is told to nobody but the API's host.
"""

import asyncio
import gzip
import hashlib
import itertools
import json
import socket
import struct
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from pipeline.adapters.http_client import Bounds, ExchangeError, HttpClient
from pipeline.adapters.intake import MOST_PIXELS, StoreIntake
from pipeline.adapters.store import Store
from pipeline.domain.picture import PictureFacts
from pipeline.execution.decisions import Again, Verdict, after_submit
from pipeline.execution.ports import Failure, NotYetError, ProviderError
from pipeline.imaging.inspect import inspect, verify
from pipeline.providers.wavespeed import WaveSpeed
from tests.support.campaigns import picture_bytes
from tests.support.clock import START, JumpingClock
from tests.support.patience import PATIENCE_S
from tests.unit.imaging.pictures import png_claiming

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KEY = "sk-0123456789abcdef0123456789"
MODEL = "bytedance/seedream-v4.5/edit-sequential"
PICTURE = picture_bytes(1)
DIGEST = hashlib.sha256(PICTURE).hexdigest()
SOON_S = 0.4
"""Time for exchanges that never end by themselves. Others are given all that a busy machine needs,
so that what they end with is what was said, and not that it took too long."""


def bounds(within_s: float) -> Bounds:
    return Bounds(
        reply_bytes=100_000, picture_bytes=200_000, exchange_s=within_s, transfer_s=within_s
    )


DAY = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def anyio_backend():
    return "asyncio"


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    path: str
    headers: str
    body: bytes
    connection: int
    raw: bytes


class Wire:
    """The server's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, connection: int) -> Request:
        head = await self._reader.readuntil(b"\r\n\r\n")
        first, _, headers = head.decode().partition("\r\n")
        lines = dict(line.lower().split(": ", 1) for line in headers.split("\r\n") if line)
        body = await self._reader.readexactly(int(lines.get("content-length", 0)))
        method, path, _ = first.split(" ")
        return Request(method, path, headers, body, connection, head + body)

    async def say(self, *parts: bytes) -> None:
        for part in parts:
            self._writer.write(part)
            await self._writer.drain()

    async def drip(self, *parts: bytes, every_s: float = 0.01) -> None:
        """Say something, then one more byte every moment, for ever."""
        await self.say(*parts[:-1])
        for byte in itertools.cycle(parts[-1]):
            await self.say(bytes([byte]))
            await asyncio.sleep(every_s)

    async def pour(self, *parts: bytes) -> None:
        """Say something, then the last part of it for ever, as fast as it is taken."""
        await self.say(*parts[:-1])
        while True:
            await self.say(parts[-1])

    def reset(self) -> None:
        """Break the connection off so that the other end notices."""
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self._writer.close()

    def close(self) -> None:
        self._writer.close()


Trick = Callable[[Wire, Request], Awaitable[object]]
"""Answers one request; the connection is closed afterwards."""


@dataclass
class Hostile:
    """A server on loopback that plays tricks."""

    trick: Trick
    keeps: bool = False
    """Whether a connection is kept after an answer."""
    requests: list[Request] = field(default_factory=list)
    base: str = ""

    @property
    def posts(self) -> int:
        return sum(request.method == "POST" for request in self.requests)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = Wire(reader, writer)
        number = next(self._numbers)
        try:
            while True:
                request = await wire.read(number)
                self.requests.append(request)
                await self.trick(wire, request)
                if not self.keeps:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            wire.close()

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)


@asynccontextmanager
async def hostile(trick: Trick, *, keeps: bool = False) -> AsyncIterator[Hostile]:
    served = Hostile(trick, keeps)
    tasks: set[asyncio.Task] = set()

    async def accept(reader, writer) -> None:
        tasks.add(asyncio.current_task())
        await served.serve(reader, writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    served.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield served
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def speaking(
    base: str, tmp_path=None, *, within_s: float = PATIENCE_S
) -> AsyncIterator[WaveSpeed]:
    """The real client of the real protocol; nothing but time and sizes is other than usual."""
    client = HttpClient(user_agent="test", base=base, bounds=bounds(within_s))
    locate = {}
    if tmp_path is not None:
        (tmp_path / "front.png").write_bytes(PICTURE)
        facts = PictureFacts(DIGEST, len(PICTURE), 33, 24, "png")
        locate = {DIGEST: (tmp_path / "front.png", facts)}
    try:
        yield WaveSpeed(client, base=base, key=KEY, locate=locate.__getitem__, clock=JumpingClock())
    finally:
        await client.aclose()


@asynccontextmanager
async def taking_in(
    base: str, folder, *, within_s: float = PATIENCE_S
) -> AsyncIterator[StoreIntake]:
    client = HttpClient(user_agent="test", base=base, bounds=bounds(within_s))
    verifying = partial(verify, max_pixels=MOST_PIXELS)
    try:
        yield StoreIntake(
            client, Store(folder), verify=verifying, inspect=inspect, is_official=False
        )
    finally:
        await client.aclose()


@asynccontextmanager
async def bounded(*, most_bytes: int | None = None) -> AsyncIterator[None]:
    """Hold what happens inside to an end and, where it is asked for, to memory."""
    if most_bytes is not None:
        tracemalloc.start()
    try:
        async with asyncio.timeout(PATIENCE_S / 2):
            yield
        if most_bytes is not None:
            assert tracemalloc.get_traced_memory()[1] < most_bytes
    finally:
        tracemalloc.stop()


def json_of(data: object, *, more: bytes = b"Content-Type: application/json\r\n") -> bytes:
    body = json.dumps({"code": 200, "message": "success", "data": data}).encode()
    return DAY + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def said(status: int, body: bytes = b"", more: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d X\r\n%bContent-Length: %d\r\n\r\n%b" % (status, more, len(body), body)


def packed(body: bytes, encoding: bytes = b"gzip") -> bytes:
    return said(200, body, b"Content-Encoding: %b\r\n" % encoding)


BOMB = gzip.compress(bytes(20_000_000), mtime=0)
LARGE = {"sends a bomb": 5_000_000, "pours a body": 5_000_000, "pours a picture": 5_000_000}
"""Tricks that would fill the memory, and how much they may take of it."""

ACCEPTED = {"id": "p-1", "status": "created"}
IN_DOUBT = (Failure.UNKNOWN, Verdict.IN_DOUBT)
REFUSED = (Failure.REFUSED, Verdict.REFUSED)
STOPPED = (Failure.UNUSABLE, Verdict.UNUSABLE)
AGAIN = (Failure.BUSY, Again)

SUBMITS: dict[str, tuple[Trick, tuple[Failure, object]]] = {
    "closes without a word": (lambda wire, _: wire.say(), IN_DOUBT),
    "breaks off without a word": (lambda wire, _: asyncio.to_thread(wire.reset), IN_DOUBT),
    "says half a line": (lambda wire, _: wire.say(b"HTTP/1.1 20"), IN_DOUBT),
    "says half a header": (lambda wire, _: wire.say(DAY + b"Content-Le"), IN_DOUBT),
    "says half a body": (lambda wire, _: wire.say(json_of(ACCEPTED)[:-9]), IN_DOUBT),
    "says half a chunk": (
        lambda wire, _: wire.say(DAY + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{"), IN_DOUBT
    ),
    "says a chunk of nonsense": (
        lambda wire, _: wire.say(DAY + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{"), IN_DOUBT
    ),
    "says two lengths": (
        lambda wire, _: wire.say(DAY + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
        IN_DOUBT,
    ),
    "says nonsense": (lambda wire, _: wire.say(b"\x00\xff" * 400 + b"\r\n\r\n"), IN_DOUBT),
    "says what was said": (lambda wire, request: wire.say(request.raw), IN_DOUBT),
    "says nothing for ever": (lambda wire, _: asyncio.Event().wait(), IN_DOUBT),
    "drips a header": (lambda wire, _: wire.drip(DAY, b"X: y\r\n"), IN_DOUBT),
    "drips a body": (
        lambda wire, _: wire.drip(DAY + b"Content-Length: 9999\r\n\r\n", b" "), IN_DOUBT
    ),
    "drips a body without a length": (lambda wire, _: wire.drip(DAY + b"\r\n", b" "), IN_DOUBT),
    "pours headers": (lambda wire, _: wire.pour(DAY, b"X: " + b"y" * 9000 + b"\r\n"), IN_DOUBT),
    "pours one header": (lambda wire, _: wire.pour(DAY + b"X: ", b"y" * 9000), IN_DOUBT),
    "pours a body": (lambda wire, _: wire.pour(DAY + b"\r\n", b"[" * 9000), IN_DOUBT),
    "pours chunks": (
        lambda wire, _: wire.pour(DAY + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n[\r\n" * 900),
        IN_DOUBT,
    ),
    "pours promises": (
        lambda wire, _: wire.pour(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 300), IN_DOUBT
    ),
    "announces too much": (
        lambda wire, _: wire.pour(DAY + b"Content-Length: 99999999999\r\n\r\n", b" " * 9000),
        IN_DOUBT,
    ),
    "sends a bomb": (lambda wire, _: wire.say(packed(BOMB)), IN_DOUBT),
    "sends a bomb of another kind": (
        lambda wire, _: wire.say(packed(b"\x8b\x00", b"br")), IN_DOUBT
    ),
    "sends a bomb in a bomb": (
        lambda wire, _: wire.say(packed(gzip.compress(BOMB), b"gzip, gzip")), IN_DOUBT
    ),
    "sends deep nonsense": (lambda wire, _: wire.say(said(200, b"[" * 99_000)), IN_DOUBT),
    "sends a page": (
        lambda wire, _: wire.say(said(200, b"<html>", b"Content-Type: application/json\r\n")),
        IN_DOUBT,
    ),
    "changes the protocol": (
        lambda wire, _: wire.say(b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        IN_DOUBT,
    ),
    "names an absurd id": (lambda wire, _: wire.say(json_of({"id": "../" * 99})), IN_DOUBT),
    "names the key as an id": (lambda wire, _: wire.say(json_of({"id": f"p-{KEY}"})), IN_DOUBT),
    "says no in a yes": (
        lambda wire, _: wire.say(said(200, b'{"code": 429, "message": "busy", "data": null}')),
        IN_DOUBT,
    ),
    "says yes in a no": (
        lambda wire, _: wire.say(said(429, b'{"code": 200, "data": {"id": "p-1"}}')), IN_DOUBT
    ),
    "is broken": (lambda wire, _: wire.say(said(500, b"oops")), IN_DOUBT),
    "is a gateway that gave up": (lambda wire, _: wire.say(said(504)), IN_DOUBT),
    "is busy": (lambda wire, _: wire.say(said(429, b"", b"Retry-After: 7\r\n")), AGAIN),
    "refuses": (lambda wire, _: wire.say(said(400, b'{"message": "bad"}')), REFUSED),
    "refuses the account": (
        lambda wire, request: wire.say(said(401, json.dumps({"error": request.headers}).encode())),
        STOPPED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("trick", SUBMITS)
async def test_a_submit_ends_and_says_what_is_known_of_the_money(trick):
    play, (failure, verdict) = SUBMITS[trick]
    within_s = SOON_S if failure is Failure.UNKNOWN else PATIENCE_S
    async with hostile(play) as server, speaking(server.base, within_s=within_s) as vendor:
        async with bounded(most_bytes=LARGE.get(trick)):
            with pytest.raises(ProviderError) as failed:
                await vendor.submit(MODEL, {"prompt": "x"})
        assert failed.value.failure is failure
        told = after_submit(failure, 1)
        assert told is verdict or isinstance(told, verdict)
        assert server.posts == 1
        assert KEY not in failed.value.reason
        assert failed.value.reason.isprintable()
        assert len(failed.value.reason) < 500


@pytest.mark.parametrize(
    "answer",
    [
        json_of(ACCEPTED),
        json_of(ACCEPTED, more=b"Content-Type: image/jpeg; charset=utf-7\r\n"),
        json_of(ACCEPTED, more=b"Set-Cookie: a=b\r\n"),
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + json_of(ACCEPTED),
        packed(gzip.compress(b'{"code": 200, "data": {"id": "p-1"}}')),
        b'HTTP/1.0 200 OK\r\n\r\n{"code": 200, "data": {"id": "p-1"}}',
    ],
    ids=["plainly", "under a wrong type", "with a cookie", "after a hint", "packed", "to the end"],
)
async def test_a_yes_is_heard_however_it_is_said(answer):
    async with hostile(lambda wire, _: wire.say(answer)) as server, speaking(server.base) as vendor:
        assert await vendor.submit(MODEL, {"prompt": "x"}) == "p-1"
        assert server.posts == 1
        assert "accept-encoding: identity" in server.requests[0].headers.lower()


async def test_a_door_that_is_shut_proves_that_nothing_left():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with speaking(base) as vendor:
        with pytest.raises(ProviderError) as failed:
            await vendor.submit(MODEL, {"prompt": "x"})
    assert failed.value.failure is Failure.NOT_SENT
    assert isinstance(after_submit(failed.value.failure, 1), Again)


async def test_a_handshake_that_breaks_off_proves_that_nothing_left():
    """Nothing of a request is sent before there is somebody to send it to."""
    heard = []

    async def accept(reader, writer):
        heard.append(await reader.read(10_000))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, speaking(base) as vendor:
        with pytest.raises(ProviderError) as failed:
            await vendor.submit(MODEL, {"prompt": "x"})
    assert failed.value.failure is Failure.NOT_SENT
    assert len(heard) == 1
    assert KEY.encode() not in heard[0]


class TestKeptConnections:
    """A connection that was kept and is gone: the request is not sent a second time by itself."""

    @staticmethod
    def second(then: Callable[[Wire], object]) -> Trick:
        async def play(wire: Wire, request: Request) -> None:
            if request.method == "GET":
                await wire.say(json_of({"balance": 1}))
            else:
                then(wire)

        return play

    @pytest.mark.parametrize("then", [Wire.close, Wire.reset])
    async def test_one_that_ends_under_a_request_leaves_it_in_doubt(self, then):
        async with (
            hostile(self.second(then), keeps=True) as server,
            speaking(server.base) as vendor,
        ):
            await vendor.balance()
            with pytest.raises(ProviderError) as failed:
                await vendor.submit(MODEL, {"prompt": "x"})
            await asyncio.sleep(0.05)
        assert failed.value.failure is Failure.UNKNOWN
        assert [r.method for r in server.requests] == ["GET", "POST"]
        assert [r.connection for r in server.requests] == [1, 1]

    async def test_one_that_has_ended_before_is_not_used(self):
        async def play(wire: Wire, request: Request) -> None:
            await wire.say(json_of({"balance": 1} if request.method == "GET" else ACCEPTED))

        async with hostile(play) as server, speaking(server.base) as vendor:
            await vendor.balance()
            await asyncio.sleep(0.05)
            assert await vendor.submit(MODEL, {"prompt": "x"}) == "p-1"
        assert [r.connection for r in server.requests] == [1, 2]

    async def test_one_that_is_fine_is_used_again(self):
        async def play(wire: Wire, request: Request) -> None:
            await wire.say(json_of({"balance": 1}))

        async with hostile(play, keeps=True) as server, speaking(server.base) as vendor:
            for _ in range(5):
                await vendor.balance()
        assert {r.connection for r in server.requests} == {1}


class TestRedirects:
    @pytest.mark.parametrize(
        ("status", "failure"),
        [
            (301, Failure.UNKNOWN), (302, Failure.UNKNOWN), (303, Failure.UNKNOWN),
            (307, Failure.REFUSED), (308, Failure.REFUSED),
        ],
    )  # fmt: skip
    async def test_no_request_to_the_api_is_led_elsewhere(self, status, failure):
        async with hostile(lambda wire, _: wire.say(json_of(ACCEPTED))) as elsewhere:
            onward = said(status, b"", b"Location: %b/\r\n" % elsewhere.base.encode())
            leading = hostile(lambda wire, _: wire.say(onward))
            async with leading as server, speaking(server.base) as vendor:
                with pytest.raises(ProviderError) as failed:
                    await vendor.submit(MODEL, {"prompt": "x"})
                assert failed.value.failure is failure
                for call in (vendor.result("p-1"), vendor.balance()):
                    with pytest.raises(ProviderError):
                        await call
            assert elsewhere.requests == []

    async def test_a_picture_that_lies_elsewhere_is_fetched_without_the_key(self, tmp_path):
        async with hostile(lambda wire, _: wire.say(said(200, PICTURE))) as elsewhere:
            onward = said(302, b"", b"Location: %b/1.png\r\n" % elsewhere.base.encode())
            leading = hostile(lambda wire, _: wire.say(onward))
            async with leading as server, taking_in(server.base, tmp_path) as intake:
                assert (await intake.take_in(f"{server.base}/1")).sha256 == DIGEST
            (request,) = elsewhere.requests
        for seen in (*server.requests, request):
            assert "authorization" not in seen.headers.lower()
            assert KEY not in seen.headers


async def test_an_upload_takes_the_key_nowhere(tmp_path):
    async with hostile(lambda wire, _: wire.say(said(200))) as bucket:

        async def ticket(wire: Wire, request: Request) -> None:
            upload = {"url": f"{bucket.base}/1", "headers": {"X-Meta": "1"}}
            await wire.say(json_of({"download_url": f"{bucket.base}/1.png", "upload": upload}))

        async with hostile(ticket) as server, speaking(server.base, tmp_path) as vendor:
            assert await vendor.upload(DIGEST, "a") == f"{bucket.base}/1.png"
    (put,) = bucket.requests
    assert put.body == PICTURE
    assert "authorization" not in put.headers.lower()
    assert KEY.encode() not in put.raw


DELIVERIES: dict[str, Trick] = {
    "closes without a word": lambda wire, _: wire.say(),
    "says half a picture": lambda wire, _: wire.say(said(200, PICTURE)[:-40]),
    "says half a picture to the end": lambda wire, _: wire.say(DAY + b"\r\n" + PICTURE[:-40]),
    "drips a picture": lambda wire, _: wire.drip(DAY + b"\r\n" + PICTURE[:-40], b"\x00"),
    "pours a picture": lambda wire, _: wire.pour(DAY + b"\r\n" + PICTURE, bytes(9000)),
    "announces too much": lambda wire, _: wire.pour(
        DAY + b"Content-Length: 999999999\r\n\r\n", PICTURE
    ),
    "sends a page as a picture": lambda wire, _: wire.say(
        said(200, b"<html>", b"Content-Type: image/jpeg\r\n")
    ),
    "sends nothing as a picture": lambda wire, _: wire.say(said(200)),
    "sends a bomb": lambda wire, _: wire.say(packed(BOMB)),
    "sends a bomb of pixels": lambda wire, _: wire.say(said(200, png_claiming(100_000, 100_000))),
    "sends the header of a bomb": lambda wire, _: wire.say(
        said(200, png_claiming(100_000, 100_000)[:50])
    ),
    "packs a picture as nobody asked": lambda wire, _: wire.say(packed(PICTURE, b"br")),
    "goes round in circles": lambda wire, _: wire.say(said(302, b"", b"Location: /again\r\n")),
    "leads to a file": lambda wire, _: wire.say(
        said(302, b"", b"Location: file:///etc/passwd\r\n")
    ),
    "leads to the machine's metadata": lambda wire, _: wire.say(
        said(302, b"", b"Location: http://169.254.169.254/latest/meta-data/\r\n")
    ),
    "leads into the network": lambda wire, _: wire.say(
        said(302, b"", b"Location: http://10.0.0.1/admin\r\n")
    ),
    "leads to a number": lambda wire, _: wire.say(
        said(302, b"", b"Location: http://2130706433/\r\n")
    ),
    "leads nowhere": lambda wire, _: wire.say(said(302, b"", b"Location: http://a:b:c/\r\n")),
}


@pytest.mark.parametrize("trick", DELIVERIES)
async def test_a_delivery_ends_and_leaves_nothing_that_is_no_picture(tmp_path, trick):
    giving = hostile(DELIVERIES[trick])
    async with giving as server, taking_in(server.base, tmp_path, within_s=SOON_S) as intake:
        for _ in range(2):  # what comes twice alike is not more of a picture
            async with bounded(most_bytes=LARGE.get(trick)):
                with pytest.raises(NotYetError) as failed:
                    await intake.take_in(f"{server.base}/outputs/1.png")
            assert str(failed.value).isprintable()
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
        assert len(server.requests) <= 12


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://192.168.0.1/",
        "http://172.16.0.1/", "http://100.64.0.1/", "http://224.0.0.1/", "http://[fd00:ec2::254]/",
        "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://2130706433/",
        "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://good@127.0.0.1/",
        "http://8.8.8.8:22/", "file:///etc/passwd", "data:image/png;base64,xx", "ftp://127.0.0.1/",
        "http://", "//127.0.0.1/", "\x00", "http://127.0.0.1:99999/",
    ],
)  # fmt: skip
async def test_a_realm_on_loopback_names_nothing_outside_of_it(tmp_path, address):
    async with taking_in("http://127.0.0.1:9", tmp_path) as intake, bounded():
        with pytest.raises(NotYetError):
            await intake.take_in(address)
        with pytest.raises(NotYetError):
            await intake.digest_of(address)


async def test_a_realm_on_loopback_names_what_is_there(tmp_path):
    storing = hostile(lambda wire, _: wire.say(said(200, PICTURE)))
    async with storing as storage, taking_in("http://127.0.0.1:9", tmp_path) as intake:
        assert (await intake.take_in(f"{storage.base}/1")).sha256 == DIGEST
        assert await intake.digest_of(f"{storage.base}/1") == DIGEST


@pytest.mark.parametrize("what", ["history", "bill"])
async def test_a_list_without_end_is_never_taken_for_a_whole_one(what):
    pages = itertools.count()

    async def play(wire: Wire, request: Request) -> None:
        page = next(pages)
        items = [
            {"id": f"p-{page}-{n}", "uuid": f"r-{page}-{n}", "price": 0.04, "prompt": "x" * 800}
            for n in range(100)
        ]
        await wire.say(json_of({"items": items}))

    async with hostile(play, keeps=True) as server, speaking(server.base) as vendor:
        reading = vendor.history if what == "history" else vendor.bill_between
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipeline.providers.wavespeed._MOST_LIST_BYTES", 2_000_000)
            async with bounded():
                with pytest.raises(ProviderError, match="not complete"):
                    await reading(START, START)
    assert len(server.requests) < 30


async def test_an_answer_that_hangs_holds_nobody_else_up():
    all_hang, may_end = asyncio.Event(), asyncio.Event()

    async def play(wire: Wire, request: Request) -> None:
        if request.method == "GET":
            await wire.say(json_of({"balance": 1}))
            return
        if server.posts == 20:
            all_hang.set()
        await may_end.wait()

    async with hostile(play) as server, speaking(server.base) as vendor:
        hanging = [asyncio.create_task(vendor.submit(MODEL, {})) for _ in range(20)]
        async with bounded():
            await all_hang.wait()
            assert await vendor.balance() == 1_000_000
        assert not any(task.done() for task in hanging)
        may_end.set()
        ended = await asyncio.gather(*hanging, return_exceptions=True)
    assert {error.failure for error in ended} == {Failure.UNKNOWN}
    assert server.posts == 20


async def test_who_stops_waiting_closes_the_connection(tmp_path):
    gone = asyncio.Event()

    async def play(wire: Wire, request: Request) -> None:
        try:
            await wire.pour(DAY + b"\r\n", bytes(9000))
        finally:
            gone.set()

    async with hostile(play) as server:
        client = HttpClient(user_agent="test", base=server.base, bounds=bounds(PATIENCE_S))
        with pytest.raises(ExchangeError, match="larger than 200000 bytes"):
            await client.download(f"{server.base}/1", tmp_path / "x")
        await asyncio.wait_for(gone.wait(), PATIENCE_S)
        await client.aclose()

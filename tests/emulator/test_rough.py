"""Rough company: clients that leave at any point, two hundred at once, bodies of wrong kinds."""

import asyncio
import gzip
import json
import socket
import time

import httpx
import pytest

from pipeline.emulator.bodies import MOST_JSON, Room
from tests.emulator.listening import listening
from tests.emulator.plain_engine import jpeg
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import MULTIPART, SEQUENTIAL, SIZE, running
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.anyio
KEY = "a-key-of-sixteen-letters"
HEADERS = {"Authorization": f"Bearer {KEY}"}
GOOD = json.dumps({"prompt": "p", "images": ["a"], "size": SIZE}).encode()
BOMB = gzip.compress(bytes(50_000_000))

WRONG = {
    "a list": b"[]",
    "a text": b'"prompt"',
    "nothing": b"",
    "NaN": b'{"prompt": NaN}',
    "infinity": b'{"prompt": "p", "images": ["a"], "max_images": Infinity}',
    "a number too large": b'{"prompt": "p", "images": ["a"], "max_images": 1e999}',
    "cut short": GOOD[:-1],
    "followed by more": GOOD + b"{}",
    "a key twice": b'{"prompt": "p", "prompt": "q", "images": ["a"]}',
    "a key twice inside": b'{"prompt": "p", "images": ["a"], "x": {"a": 1, "a": 1}}',
    "latin-1": '{"prompt": "caf\u00e9", "images": ["a"]}'.encode("latin-1"),
    "utf-16": GOOD.decode().encode("utf-16"),
    "utf-32": GOOD.decode().encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "half a surrogate pair": b'{"prompt": "\\ud800", "images": ["a"]}',
    "deep lists": b'{"prompt": "p", "images": ["a"], "x": ' + b"[" * 900 + b"]" * 900 + b"}",
    "very deep lists": b'{"x": ' + b"[" * 400_000 + b"]" * 400_000 + b"}",
    "deep where text is wanted": b'{"prompt": ' + b"[" * 40 + b"]" * 40 + b', "images": ["a"]}',
    "a form": b"prompt=p&images=a",
    "a web page": b"<html>",
    "compressed": gzip.compress(GOOD),
    "wrong type": b'{"prompt": {"a": 1}, "images": ["a"]}',
    "null": b'{"prompt": null, "images": null}',
}


@pytest.fixture(scope="module")
def served():
    with listening(accepted_key=KEY) as (base, provider):
        yield base, provider


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("path", [SEQUENTIAL, "model/price", "media/uploads", "predictions/delete"])
async def test_a_wrong_body_is_a_vendors_400(world, kind, path):
    status, message = await world.refusal("POST", path, content=WRONG[kind])
    assert status == 400
    assert len(message) < 500
    assert world.state.spent() == 0


async def test_a_body_may_be_nested_as_deep_as_anybody_needs(world):
    deep = b'{"prompt": "p", "images": ["a"], "x": ' + b"[" * 30 + b"]" * 30 + b"}"
    assert (await world.call("POST", SEQUENTIAL, content=deep)).status_code == 200


@pytest.mark.parametrize("packing", ["gzip", "br", "deflate", "zstd", "gzip, identity"])
async def test_a_packed_body_is_not_unpacked(world, packing):
    for path in (SEQUENTIAL, "media/upload/binary"):
        answer = await world.refusal(
            "POST", path, content=BOMB, headers={"Content-Encoding": packing}
        )
        assert answer[0] == 415


async def test_a_body_that_is_too_large_is_413_whether_it_says_so_or_not(world):
    large = b'{"prompt": "' + b"a" * MOST_JSON + b'"}'

    async def drops():
        for start in range(0, len(large), 100_000):
            yield large[start : start + 100_000]

    for content in (large, drops()):
        assert (await world.refusal("POST", SEQUENTIAL, content=content))[0] == 413


@pytest.mark.parametrize(
    "body",
    [
        b"--xx\r\n" * 5000,
        b'--xx\r\nContent-Disposition: form-data; name="file"\r\n' * 200 + b"\r\n1\r\n--xx",
        b"--xx\r\n" + b"X: " + b"a" * 100_000 + b"\r\n\r\n1\r\n--xx--",
        b"--xx\r\nContent-Disposition: form-data; name=\xff\xfe\r\n\r\n1\r\n--xx--",
        b'--xx\r\nContent-Disposition: form-data; name="fi\x00le"\r\n\r\n1\r\n--xx--',
        b"--xx\r\nContent-Disposition:\r\n\r\n1\r\n--xx--",
        b"--xx--" * 1000,
    ],
)
async def test_multipart_horrors_are_a_vendors_400(world, body):
    answer = await world.refusal("POST", "media/upload/binary", content=body, headers=MULTIPART)
    assert answer[0] == 400


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=", 'multipart/form-data; boundary="', "multipart/form-data",
        f"multipart/form-data; boundary={'b' * 5000}", "multipart/mixed; boundary=xx", "text/plain",
    ],
)  # fmt: skip
async def test_a_multipart_type_that_makes_no_sense_is_400(world, kind):
    content = b'--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\n1\r\n--xx--'
    headers = {"content-type": kind}
    answer = await world.refusal("POST", "media/upload/binary", content=content, headers=headers)
    assert answer[0] == 400


async def test_bodies_share_a_bounded_room_and_give_it_back(world):
    app = world.client._transport.app
    app.state.room = Room(1000)
    large = json.dumps({"model_id": SEQUENTIAL, "inputs": {"x": "a" * 2000}}).encode()
    answer = await world.call("POST", "model/price", content=large)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    for _ in range(20):
        small = {"model_id": SEQUENTIAL, "inputs": {"x": "a" * 800}}
        assert (await world.call("POST", "model/price", json=small)).status_code == 200
    with pytest.raises(Exception, match="503"):
        app.state.room.take(1001)
    app.state.room.take(1000)


@pytest.mark.slow
async def test_two_hundred_requests_at_once_are_all_answered():
    async with running(engine=QuickEngine()) as world:
        images = [await world.upload()]
        asked = [
            *(world.submit(images=images, prompt=f"p{number}") for number in range(80)),
            *(world.data("POST", "predictions", json={}) for _ in range(40)),
            *(world.upload(name=f"{number}.jpg") for number in range(40)),
            *(world.call("POST", SEQUENTIAL, content=b"{") for _ in range(40)),
        ]
        answers = await asyncio.gather(*asked)
        assert {answer.status_code for answer in answers[160:]} == {400}
        assert len({one["id"] for one in answers[:80]}) == 80
        await world.provider.drained()
        assert world.state.spent() == 80 * 40_000
        assert world.state.pending() == []


@pytest.mark.slow
def test_two_hundred_connections_at_once_are_all_answered(served):
    base, _ = served

    async def ask():
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(headers=HEADERS, limits=limits, timeout=PATIENCE_S) as client:
            body = {"prompt": "p", "images": ["http://x/a.jpg"], "size": SIZE}
            return await asyncio.gather(
                *(client.post(f"{base}/api/v3/{SEQUENTIAL}", json=body) for _ in range(200))
            )

    answers = asyncio.run(ask())
    assert [answer.status_code for answer in answers] == [200] * 200
    assert len({answer.json()["data"]["id"] for answer in answers}) == 200


def requests_of(base):
    """Whole requests as they cross the wire, one of each kind."""
    host = base.removeprefix("http://")
    part = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    form = part + jpeg(64, 48) + b"\r\n--xx--\r\n"

    def request(method, path, content=b"", kind="application/json"):
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host}",
            f"Authorization: Bearer {KEY}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(content)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + content

    sync = GOOD.replace(b"{", b'{"enable_sync_mode": true, ', 1)
    return [
        request("POST", f"/api/v3/{SEQUENTIAL}", GOOD),
        request("POST", f"/api/v3/{SEQUENTIAL}", sync),
        request("POST", "/api/v3/media/upload/binary", form, "multipart/form-data; boundary=xx"),
        request("POST", "/api/v3/predictions", b"{}"),
        request("GET", "/api/v3/models"),
    ]


def leave_after(base, sent, *, with_reset):
    host, _, port = base.removeprefix("http://").partition(":")
    client = socket.create_connection((host, int(port)))
    client.sendall(sent)
    if with_reset:  # the connection is cut instead of ended
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("with_reset", [False, True])
def test_a_client_may_leave_at_any_point(served, with_reset):
    base, provider = served
    for whole in requests_of(base):
        points = {1, 20, whole.index(b"\r\n\r\n") + 2, whole.index(b"\r\n\r\n") + 4}
        points |= {*range(0, len(whole), max(1, len(whole) // 12)), len(whole) - 1, len(whole)}
        for point in sorted(points):
            leave_after(base, whole[:point], with_reset=with_reset)
    with httpx.Client(headers=HEADERS, timeout=PATIENCE_S) as client:
        assert client.get(f"{base}/api/v3/balance").status_code == 200
        # What arrived is read, and what was accepted is worked off.
        for _ in range(int(PATIENCE_S / 0.05)):
            asked = {"page_size": 100}
            rows = client.post(f"{base}/api/v3/billings/search", json=asked).json()["data"]
            taken = [row for row in rows["items"] if row["billing_type"] == "deduct"]
            if taken and not provider.state.pending():
                break
            time.sleep(0.05)
    assert provider.state.pending() == []
    assert taken
    assert provider.state.spent() == 0  # their pictures were nobody's, so all failed: refunded


@pytest.mark.slow
@pytest.mark.parametrize(
    "raw",
    [
        b"\x00" * 1000,
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/v3/predictions HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v3/predictions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /api/v3/balance HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /%ff%fe/..%2f..%2f HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_does_not_hurt(served, raw):
    base, _ = served
    host, _, port = base.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as client:
        try:
            client.sendall(raw)
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(10_000)
        except OSError:  # it has hung up already
            answer = b""
    assert not answer or answer.startswith(b"HTTP/1.1 4")
    assert (
        httpx.get(f"{base}/api/v3/balance", headers=HEADERS, timeout=PATIENCE_S).status_code == 200
    )

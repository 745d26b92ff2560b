"""Many at once, clients that leave, and bodies that nobody foresaw."""

import asyncio
import json
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import catalog
from pipeline.emulator.interface import Edited
from tests.emulator.plain_engine import HeldEngine
from tests.emulator.world import MULTIPART, PICTURE, SEQUENTIAL, SIZE, running

pytestmark = pytest.mark.anyio


class CountingEngine:
    """Gives back a small picture and counts how many jobs are under way at the same time."""

    version = "counting-1"

    def __init__(self):
        self.now = self.most = self.done = 0
        self._lock = threading.Lock()
        self._met = threading.Barrier(2)

    def edit(self, request, pictures):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self._met.wait(30)  # each job meets another one, so two at once are certain to be seen
        with self._lock:
            self.now -= 1
            self.done += 1
        return Edited(pictures=(PICTURE,) * request.wanted)


@pytest.mark.slow
async def test_fifty_submits_at_once_are_all_accepted_charged_and_done():
    engine = CountingEngine()
    async with running(engine=engine) as world:
        images = [await world.upload()]
        accepted = await asyncio.gather(
            *(world.submit(images=images, prompt=f"p{number}") for number in range(50))
        )
        assert len({one["id"] for one in accepted}) == 50
        assert world.state.spent() == 50 * 40_000
        await world.provider.drained()
        assert (engine.done, engine.most) == (50, 2)
        statuses = {world.state.prediction(one["id"]).status for one in accepted}
        assert statuses == {"completed"}


async def test_a_client_that_leaves_in_the_middle_of_its_body_leaves_nothing_behind(world):
    await world.data("GET", "balance")
    messages = [
        {"type": "http.request", "body": b'{"prompt": "p", "ima', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"/api/v3/{SEQUENTIAL}",
        "raw_path": f"/api/v3/{SEQUENTIAL}".encode(),
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer any")],
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("embedded.invalid", 80),
    }
    await world.client._transport.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert world.state.spent() == 0
    assert world.state.pending() == []


async def test_a_client_that_leaves_while_it_waits_leaves_its_prediction_to_be_found():
    engine = HeldEngine()
    async with running(engine=engine) as world:
        body = {"prompt": "p", "images": [await world.upload()], "size": SIZE}
        body["enable_sync_mode"] = True
        waiting = asyncio.create_task(world.call("POST", SEQUENTIAL, json=body))
        await engine.begun()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        engine.let_go.set()
        await world.provider.drained()
        (found,) = (await world.data("POST", "predictions", json={"status": "completed"}))["items"]
        assert len(found["outputs"]) == 1
        assert world.state.spent() == 40_000


NAMES = sorted(
    {name for model in catalog.models() for name in catalog.card(model).schema["properties"]}
)
NAMES += ["page", "page_size", "model", "status", "created_after", "created_before", "sort"]
NAMES += ["include_inputs", "billing_type", "prediction_uuids", "start_time", "end_time"]
NAMES += ["model_id", "inputs", "filename", "size", "content_type", "model_uuid"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(0, 20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        [SEQUENTIAL, SIZE, "0*0", "created_at ASC", "deduct", "9" * 400, "0001-01-01"]
    )
    | st.sampled_from(["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-W01-1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)
CALLS = st.sampled_from(
    ["predictions", "billings/search", "model/price", "media/uploads", *catalog.models()]
)


@pytest.fixture(scope="module")
def loop_and_world():
    """One provider for all examples of a property, in a loop of its own."""
    with asyncio.Runner() as runner:
        context = running()
        world = runner.run(context.__aenter__())
        yield runner, world
        runner.run(context.__aexit__(None, None, None))


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(call=CALLS, body=BODIES | VALUES, complete=st.booleans())
def test_no_json_makes_the_server_stumble(loop_and_world, call, body, complete):
    runner, world = loop_and_world
    if complete and isinstance(body, dict):
        body = {"prompt": "p", "images": ["a"], **body}
    raw = json.dumps(body).encode()
    _never_stumbles(runner, world, call, raw, {})


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(
    call=CALLS | st.just("media/upload/binary"),
    raw=st.binary(max_size=80)
    | st.binary(max_size=60).map(
        lambda b: b'--xx\r\nContent-Disposition: form-data; name="file"' + b
    )
    | st.text(max_size=60).map(
        lambda t: f"--xx\r\n{t}\r\n\r\n1\r\n--xx--".encode(errors="replace")
    ),
)
def test_no_bytes_make_the_server_stumble(loop_and_world, call, raw):
    runner, world = loop_and_world
    _never_stumbles(runner, world, call, raw, MULTIPART)


def _never_stumbles(runner, world, call, raw, headers):
    answer = runner.run(world.call("POST", call, content=raw, headers=headers))
    envelope = answer.json()
    assert answer.status_code < 500
    assert set(envelope) == {"code", "message", "data"}
    assert envelope["code"] == answer.status_code
    runner.run(world.provider.drained())
    assert world.state.pending() == []

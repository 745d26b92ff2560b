"""The provider misbehaves exactly as it is told."""

import httpx
import pytest

from pipeline.emulator.faults import Faults
from tests.emulator.world import SEQUENTIAL, running

pytestmark = pytest.mark.anyio


async def _body(world):
    return {"prompt": "p", "images": [await world.upload()], "size": "2560*1440"}


async def test_a_dropped_answer_leaves_an_accepted_and_charged_prediction():
    async with running(faults=Faults(drop_answer={2})) as world:
        body = await _body(world)
        await world.data("POST", SEQUENTIAL, json=body)
        with pytest.raises(httpx.RemoteProtocolError):
            await world.call("POST", SEQUENTIAL, json=body)
        assert world.state.spent() == 80_000
        listed = await world.data("POST", "predictions", json={"include_inputs": True})
        assert [item["inputs"] for item in listed["items"]] == [body, body]
        done = await world.finish(listed["items"][0]["id"])
        assert done["status"] == "completed"


async def test_a_nonsense_answer_hides_an_accepted_prediction():
    async with running(faults=Faults(nonsense={1})) as world:
        answer = await world.call("POST", SEQUENTIAL, json=await _body(world))
        assert answer.status_code == 200
        with pytest.raises(ValueError, match="Expecting value"):
            answer.json()
        assert world.state.spent() == 40_000


async def test_a_refused_submit_leaves_nothing_behind():
    async with running(faults=Faults(refuse={1: 429, 2: 500}, retry_after_s=7)) as world:
        body = await _body(world)
        busy = await world.call("POST", SEQUENTIAL, json=body)
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")
        assert busy.json()["code"] == 429
        assert (await world.refusal("POST", SEQUENTIAL, json=body))[0] == 500
        assert world.state.spent() == 0
        await world.data("POST", SEQUENTIAL, json=body)
        assert world.state.spent() == 40_000


@pytest.mark.parametrize(("fewer", "left"), [(1, 2), (3, 0), (9, 0)])
async def test_a_short_delivery_is_completed_and_charged_in_full(fewer, left):
    async with running(faults=Faults(short={1: fewer})) as world:
        done = await world.finish((await world.submit(max_images=3))["id"])
        assert (done["status"], len(done["outputs"])) == ("completed", left)
        assert world.state.spent() == 120_000


async def test_a_prediction_fails_with_the_code_it_is_given():
    async with running(faults=Faults(fail={2: 5003})) as world:
        first, second = await world.submit(), await world.submit()
        assert (await world.finish(first["id"]))["status"] == "completed"
        failed = await world.finish(second["id"])
        assert (failed["status"], failed["code"]) == ("failed", 5003)
        assert len(world.engine.requests) == 1

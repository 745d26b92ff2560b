"""Account levels: submits a minute, and predictions at once."""

import pytest

from pipeline.emulator.tiers import TIERS
from tests.emulator.plain_engine import HeldEngine
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import SEQUENTIAL, SIZE, running

pytestmark = pytest.mark.anyio
BODY = {"prompt": "p", "images": ["a"], "size": SIZE}


async def test_a_third_submit_in_a_minute_waits_for_the_next_one():
    async with running(engine=QuickEngine(), tier=TIERS["bronze"]) as world:
        refused = await world.call("POST", SEQUENTIAL, json={})
        assert refused.status_code == 400  # which counts for nothing
        for _ in range(2):
            await world.data("POST", SEQUENTIAL, json=BODY)
        busy = await world.call("POST", SEQUENTIAL, json=BODY)
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "60")
        assert busy.json() == {"code": 429, "message": "Too Many Requests", "data": None}
        assert world.state.spent(organisation="") in {0, 40_000, 80_000}
        world.clock.forward(seconds=59.9)
        assert (await world.call("POST", SEQUENTIAL, json=BODY)).status_code == 200


async def test_what_is_above_the_concurrency_waits_in_the_queue():
    held = HeldEngine()
    async with running(engine=held, tier=TIERS["bronze"], at_once=8) as world:
        images = [await world.upload()]
        ids = [(await world.submit(images=images))["id"] for _ in range(2)]
        world.clock.forward(minutes=1)
        ids += [(await world.submit(images=images))["id"]]
        await held.begun()
        held.let_go.set()
        await world.provider.drained()
        assert [world.state.prediction(one).status for one in ids] == ["completed"] * 3
        assert len(world.provider.worker._tasks) == 2

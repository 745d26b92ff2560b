"""Deleting and cancelling: what goes from the lists, and what happens to money and files."""

import pytest

from pipeline.emulator.state import State
from tests.emulator.plain_engine import HeldEngine
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import running

pytestmark = pytest.mark.anyio


async def _listed(world, **query):
    return [one["id"] for one in (await world.data("POST", "predictions", json=query))["items"]]


async def test_a_completed_prediction_leaves_the_list_and_keeps_charge_and_files():
    async with running(engine=QuickEngine()) as world:
        done = await world.finish((await world.submit())["id"])
        kept = await world.finish((await world.submit())["id"])
        answer = await world.data("DELETE", f"predictions/{done['id']}")
        assert answer == {"id": done["id"], "status": "deleted"}
        assert await _listed(world) == [kept["id"]]
        assert await _listed(world, status="deleted") == [done["id"]]
        assert world.state.spent() == 80_000
        shown = await world.data("GET", f"predictions/{done['id']}/result")
        assert (shown["status"], shown["outputs"]) == ("deleted", done["outputs"])
        async with world.stranger() as stranger:
            assert (await stranger.get(done["outputs"][0])).status_code == 200
        again = await world.data("DELETE", f"predictions/{done['id']}")
        assert again == answer
        world.clock.forward(days=7, seconds=1)
        assert (await world.refusal("DELETE", f"predictions/{done['id']}"))[0] == 404


async def test_one_that_waits_is_refunded_and_one_under_way_is_not(tmp_path):
    held = HeldEngine()
    with State(tmp_path) as state:
        async with running(state, engine=held, at_once=1) as world:
            images = [await world.upload()]
            begun, waiting = [(await world.submit(images=images))["id"] for _ in range(2)]
            await held.begun()
            for one in (begun, waiting):
                await world.data("DELETE", f"predictions/{one}")
            assert state.spent() == 40_000
            held.let_go.set()
            await world.provider.drained()
            assert len(held.requests) == 1
            for one in (begun, waiting):
                shown = await world.data("GET", f"predictions/{one}/result")
                assert (shown["status"], shown["outputs"]) == ("deleted", [])
            rows = (await world.data("POST", "billings/search", json={}))["items"]
            kinds = sorted((row["prediction"]["uuid"], row["billing_type"]) for row in rows)
            assert kinds == sorted([(begun, "deduct"), (waiting, "deduct"), (waiting, "refund")])
    with State(tmp_path) as state:
        assert state.pending() == []
        assert state.spent() == 40_000


async def test_many_are_deleted_at_once_and_strange_ids_passed_over():
    async with running(engine=QuickEngine()) as world:
        images = [await world.upload()]
        ids = [(await world.submit(images=images))["id"] for _ in range(3)]
        await world.provider.drained()
        asked = {"ids": [ids[0], "nobody", ids[1], ids[0]]}
        assert await world.data("POST", "predictions/delete", json=asked) == {"deleted": ids[:2]}
        assert await world.data("POST", "predictions/delete", json=asked) == {"deleted": []}
        assert await _listed(world) == [ids[2]]
        for wrong in ({}, {"ids": "a"}, {"ids": [1]}, {"ids": ["a"] * 1001}):
            assert (await world.refusal("POST", "predictions/delete", json=wrong))[0] == 400


async def test_what_is_deleted_is_tidied_away_like_the_rest():
    async with running(engine=QuickEngine()) as world:
        done = await world.finish((await world.submit())["id"])
        await world.data("DELETE", f"predictions/{done['id']}")
        world.clock.forward(days=8)
        await world.data("GET", "balance")
        await world.provider.drained()
        assert not (world.state.folder / "outputs" / done["id"]).exists()

"""The provider misbehaves exactly as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from pipeline.emulator.chosen import ALL, Chosen
from pipeline.emulator.faults import ALWAYS, STRANGE, Faults
from pipeline.emulator.state import State
from tests.emulator.quick_engine import PICTURES, QuickEngine
from tests.emulator.world import SEQUENTIAL, SINGLE, SIZE, World, running

pytestmark = pytest.mark.anyio
HOUR_S = 3600


@asynccontextmanager
async def struck(state=None, *, clock=None, options=None, **switches) -> AsyncIterator[World]:
    """A provider at which only these switches are on."""
    options = {"engine": QuickEngine(), **(options or {})}
    async with running(state, clock=clock, faults=Faults(**switches), **options) as world:
        yield world


async def body(world, **inputs):
    return {"prompt": "p", "images": [await world.upload()], "size": SIZE, **inputs}


async def listed(world, **query):
    return (await world.data("POST", "predictions", json=query))["items"]


async def bill(world, *ids):
    found = await world.data("POST", "billings/search", json={"prediction_uuids": list(ids)})
    assert found["total"] == len(found["items"])
    return sorted((row["billing_type"], row["price"]) for row in found["items"])


async def get(world, address):
    async with world.stranger() as stranger:
        return await stranger.get(address)


# Submits: what is said about money that was taken, or was not.


async def test_a_dropped_answer_leaves_an_accepted_and_charged_prediction():
    async with struck(drop_answer={2}) as world:
        sent = await body(world)
        await world.data("POST", SEQUENTIAL, json=sent)
        with pytest.raises(httpx.RemoteProtocolError):
            await world.call("POST", SEQUENTIAL, json=sent)
        assert world.state.spent() == 80_000
        items = await listed(world, include_inputs=True)
        assert [item["inputs"] for item in items] == [sent, sent]
        done = await world.finish(items[0]["id"])
        assert done["status"] == "completed"


async def test_a_nonsense_answer_hides_an_accepted_prediction():
    async with struck(nonsense={1}) as world:
        answer = await world.call("POST", SEQUENTIAL, json=await body(world))
        assert answer.status_code == 200
        with pytest.raises(ValueError, match="Expecting value"):
            answer.json()
        assert world.state.spent() == 40_000


async def test_a_refused_submit_leaves_nothing_behind():
    async with struck(refuse={1: 429, 2: 500}, retry_after_s=7) as world:
        sent = await body(world)
        busy = await world.call("POST", SEQUENTIAL, json=sent)
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")
        assert busy.json()["code"] == 429
        assert (await world.refusal("POST", SEQUENTIAL, json=sent))[0] == 500
        assert world.state.spent() == 0
        await world.data("POST", SEQUENTIAL, json=sent)
        assert world.state.spent() == 40_000


async def test_a_storm_may_come_without_a_hint_when_to_come_back():
    async with struck(refuse={1: 429}, busy_looks={1: 1}, retry_after_s=None) as world:
        assert "retry-after" not in (await world.call("POST", SEQUENTIAL, json={})).headers
        look = await world.call("GET", f"predictions/{(await world.submit())['id']}/result")
        assert look.status_code == 429
        assert "retry-after" not in look.headers


async def test_a_server_error_may_come_after_the_charge():
    async with struck(error_after={1: 503}) as world:
        status, _ = await world.refusal("POST", SEQUENTIAL, json=await body(world))
        assert status == 503
        (item,) = await listed(world)
        assert await bill(world, item["id"]) == [("deduct", 0.04)]
        assert (await world.finish(item["id"]))["status"] == "completed"


async def test_a_late_answer_is_that_of_a_prediction_that_was_charged_at_once():
    waited = []

    async def sleep(seconds):
        waited.append((seconds, world.state.spent()))

    async with struck(delay={2: 30.5}, options={"sleep": sleep}) as world:
        assert (await world.submit())["status"] == "created"
        assert (await world.submit())["status"] == "created"
        assert waited == [(30.5, 80_000)]


async def test_a_client_that_does_not_wait_for_a_late_answer_leaves_its_prediction_to_be_found():
    reached = asyncio.Event()

    async def sleep(_seconds):
        reached.set()
        await asyncio.Event().wait()

    async with struck(delay={1: 30}, options={"sleep": sleep}) as world:
        late = asyncio.create_task(world.call("POST", SEQUENTIAL, json=await body(world)))
        await reached.wait()
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        (item,) = await listed(world)
        assert (await world.finish(item["id"]))["status"] == "completed"


async def test_a_new_prediction_may_be_answered_with_the_id_of_the_one_before():
    async with struck(duplicate_id={1, 3}, foreign={2: ""}) as world:
        first, second, third = [await world.submit(prompt=prompt) for prompt in "abc"]
        assert first["id"] != second["id"] == third["id"]
        assert third["urls"]["get"] == second["urls"]["get"]
        assert third["status"] == "created"
        ours = [item for item in await listed(world, include_inputs=True) if _is_ours(item)]
        assert [item["inputs"]["prompt"] for item in ours] == ["c", "b", "a"]
        assert len({item["id"] for item in ours}) == 3
        assert world.state.spent() - world.state.accounts.spent_by_others() == 120_000


def _is_ours(item) -> bool:
    return not item["inputs"]["prompt"].startswith("somebody")


async def test_submits_are_counted_as_long_as_the_state_is_open_and_refused_ones_as_well():
    with State.temporary() as state:
        async with struck(state, refuse={1: 400, 3: 400}) as world:
            sent = await body(world)
            codes = [(await world.call("POST", SEQUENTIAL, json=sent)).status_code for _ in "12"]
        async with struck(state, refuse={1: 400, 3: 400}) as world:
            codes += [(await world.call("POST", SEQUENTIAL, json=sent)).status_code for _ in "34"]
        assert codes == [400, 200, 400, 200]


async def test_a_price_may_move_for_quote_and_charge_or_for_the_charge_alone():
    moved = {"price": {2: 150, 3: 150}, "charge": {3: 110}}
    async with struck(**moved) as world:
        quotes = []
        for _ in range(3):
            asked = {"model_id": SEQUENTIAL, "inputs": {"max_images": 2}}
            quotes.append((await world.data("POST", "model/price", json=asked))["price"])
            await world.submit(max_images=2)
        assert quotes == [0.08, 0.12, 0.12]
        charges = [item["id"] for item in await listed(world)][::-1]
        taken = [await bill(world, one) for one in charges]
        assert taken == [[("deduct", 0.08)], [("deduct", 0.12)], [("deduct", 0.132)]]


# Somebody else on the account.


async def test_somebody_elses_request_looks_like_ours_but_has_other_inputs():
    async with struck(foreign={1: ""}) as world:
        ours = await world.submit(max_images=3)
        theirs, same = await listed(world, include_inputs=True)
        assert same["id"] == ours["id"]
        for name in ("model", "created_at"):
            assert theirs[name] == same[name]
        for name in ("max_images", "size"):
            assert theirs["inputs"][name] == same["inputs"][name]
        assert not set(theirs["inputs"]["images"]) & set(same["inputs"]["images"])
        assert await bill(world, theirs["id"]) == await bill(world, ours["id"])
        assert len((await world.finish(theirs["id"]))["outputs"]) == 3
        assert (world.state.spent(), world.state.accounts.spent_by_others()) == (240_000, 120_000)


async def test_somebody_elses_request_may_be_for_another_model_and_has_no_number():
    async with struck(foreign={1: SINGLE}, fail={2: 5000}) as world:
        await world.submit()
        second = await world.submit()
        theirs = (await listed(world, model=SINGLE))[0]
        assert (await world.finish(theirs["id"]))["status"] == "completed"
        assert (await world.finish(second["id"]))["status"] == "failed"
        prices = {row["prediction"]["uuid"] for row in (await _all_rows(world))}
        assert theirs["id"] in prices


async def _all_rows(world):
    return (await world.data("POST", "billings/search", json={"page_size": 100}))["items"]


async def test_somebody_elses_request_takes_only_what_credit_there_is():
    async with struck(foreign={1: ""}, options={"balance": 60_000}) as world:
        ours = await world.submit()
        assert [item["id"] for item in await listed(world)] == [ours["id"]]
        assert world.state.spent() == 40_000


# Deliveries: fewer, none, or those of a failure.


@pytest.mark.parametrize(("fewer", "left"), [(1, 2), (3, 0), (9, 0)])
async def test_a_short_delivery_is_completed_and_charged_in_full(fewer, left):
    async with struck(short={1: fewer}) as world:
        done = await world.finish((await world.submit(max_images=3))["id"])
        assert (done["status"], len(done["outputs"])) == ("completed", left)
        assert world.state.spent() == 120_000


@pytest.mark.parametrize(
    ("positions", "kept"), [({1}, (1, 2, 3)), ({2, 3}, (0, 3)), ({4, 9}, (0, 1, 2))]
)
async def test_a_gap_may_be_anywhere_and_does_not_show(positions, kept):
    async with struck(missing={1: positions}) as world:
        done = await world.finish((await world.submit(max_images=4))["id"])
        assert done["has_nsfw_contents"] == [False] * len(kept)
        delivered = [(await get(world, address)).content for address in done["outputs"]]
        assert delivered == [PICTURES[index] for index in kept]
        beyond = done["outputs"][0].replace("/0.jpg", f"/{len(kept)}.jpg")
        assert (await get(world, beyond)).status_code == 404
        assert await bill(world, done["id"]) == [("deduct", 0.16)]


async def test_a_completed_prediction_may_be_empty():
    async with struck(empty={1}) as world:
        done = await world.finish((await world.submit(max_images=2))["id"])
        assert (done["status"], done["outputs"], done["error"]) == ("completed", [], "")
        assert "code" not in done
        assert await bill(world, done["id"]) == [("deduct", 0.08)]


async def test_a_prediction_fails_with_the_code_it_is_given():
    async with struck(fail={2: 5003}) as world:
        first, second = await world.submit(), await world.submit()
        assert (await world.finish(first["id"]))["status"] == "completed"
        failed = await world.finish(second["id"])
        assert (failed["status"], failed["code"], failed["outputs"]) == ("failed", 5003, [])
        assert len(world.engine.requests) == 1


async def test_a_moderated_prediction_keeps_its_charge():
    async with struck(fail={1: 1200}, refund_later={1: 5}) as world:
        failed = await world.finish((await world.submit())["id"])
        world.clock.forward(days=1)
        assert failed["code"] == 1200
        assert await bill(world, failed["id"]) == [("deduct", 0.04)]


async def test_a_failed_prediction_may_have_its_outputs_all_the_same():
    async with struck(failed_with_outputs={1: 5000}, missing={1: {1}}) as world:
        failed = await world.finish((await world.submit(max_images=3))["id"])
        assert (failed["status"], failed["code"], len(failed["outputs"])) == ("failed", 5000, 2)
        assert (await get(world, failed["outputs"][0])).content == PICTURES[1]
        assert await bill(world, failed["id"]) == [("deduct", 0.12), ("refund", 0.12)]


# Refunds.


async def test_a_refund_shows_up_when_its_time_has_come_and_not_before():
    async with struck(fail={1: 5000}, refund_later={1: 3 * HOUR_S}) as world:
        before = (await world.data("GET", "balance"))["balance"]
        one = (await world.finish((await world.submit())["id"]))["id"]
        world.clock.forward(hours=3, microseconds=-1)
        assert await bill(world, one) == [("deduct", 0.04)]
        assert world.state.spent(at_us=world.provider.now_us()) == 40_000
        assert (await world.data("GET", "balance"))["balance"] == before - 0.04
        world.clock.forward(microseconds=1)
        assert await bill(world, one) == [("deduct", 0.04), ("refund", 0.04)]
        assert world.state.spent(at_us=world.provider.now_us()) == 0
        assert (await world.data("GET", "balance"))["balance"] == before
        (refund,) = (await world.data("POST", "billings/search", json={"billing_type": "refund"}))[
            "items"
        ]
        assert refund["created_at"] > (await listed(world))[0]["created_at"]


async def test_a_refund_to_come_survives_the_process(tmp_path):
    with State(tmp_path) as state:
        async with struck(state, fail={1: 5000}, refund_later={1: HOUR_S}) as world:
            one = (await world.finish((await world.submit())["id"]))["id"]
            clock = world.clock
    with State(tmp_path) as state:
        async with struck(state, clock=clock) as world:
            assert await bill(world, one) == [("deduct", 0.04)]
            clock.forward(hours=1)
            assert await bill(world, one) == [("deduct", 0.04), ("refund", 0.04)]


async def test_credit_that_comes_back_later_cannot_be_spent_before():
    slow = {"fail": {1: 5000}, "refund_later": {1: 60}}
    async with struck(**slow, options={"balance": 40_000}) as world:
        await world.finish((await world.submit())["id"])
        sent = await body(world)
        assert (await world.refusal("POST", SEQUENTIAL, json=sent))[0] == 402
        world.clock.forward(minutes=1)
        await world.data("POST", SEQUENTIAL, json=sent)


async def test_a_refund_may_never_come():
    async with struck(fail={1: 5000}, refund_never={1}, refund_later={1: 1}) as world:
        one = (await world.finish((await world.submit())["id"]))["id"]
        world.clock.forward(days=30)
        assert await bill(world, one) == [("deduct", 0.04)]


# Looks and lists.


async def test_the_first_looks_may_be_busy_and_the_next_ones_strange():
    both = {"busy_looks": {1: 2}, "strange_status": {1: 2}, "retry_after_s": 9}
    async with struck(**both) as world:
        one = (await world.submit())["id"]
        await world.provider.drained()
        for _ in range(2):
            look = await world.call("GET", f"predictions/{one}/result")
            assert (look.status_code, look.headers["retry-after"]) == (429, "9")
        for _ in range(2):
            look = await world.data("GET", f"predictions/{one}/result")
            assert (look["status"], look["outputs"]) == (STRANGE, [])
        done = await world.data("GET", f"predictions/{one}/result")
        assert (done["status"], len(done["outputs"])) == ("completed", 1)


async def test_the_looks_at_one_prediction_do_not_use_up_those_at_another():
    async with struck(busy_looks={1: 1, 2: 1}) as world:
        ids = [(await world.submit())["id"] for _ in range(2)]
        for _ in range(2):
            codes = [
                (await world.call("GET", f"predictions/{one}/result")).status_code for one in ids
            ]
        assert codes == [200, 200]


async def test_outputs_may_be_objects():
    async with struck(output_objects=ALL) as world:
        done = await world.finish((await world.submit(max_images=2))["id"])
        assert [set(output) for output in done["outputs"]] == [{"url"}] * 2
        assert (await get(world, done["outputs"][1]["url"])).content == PICTURES[1]
        assert (await listed(world))[0]["outputs"] == done["outputs"]


async def test_outputs_may_be_flagged_and_are_delivered_all_the_same():
    async with struck(nsfw={1: {2, 9}}) as world:
        done = await world.finish((await world.submit(max_images=3))["id"])
        assert done["has_nsfw_contents"] == [False, True, False]
        assert (await get(world, done["outputs"][1])).content == PICTURES[1]
        assert (await listed(world))[0]["has_nsfw_contents"] == [False, True, False]
        other = await world.finish((await world.submit(max_images=3))["id"])
        assert other["has_nsfw_contents"] == [False] * 3


async def test_the_history_may_keep_inputs_to_itself():
    async with struck(hide_inputs=True, foreign={1: ""}) as world:
        await world.submit()
        items = await listed(world, include_inputs=True)
        assert len(items) == 2
        assert not any("inputs" in item for item in items)


async def test_the_history_may_lag_behind_the_bill():
    async with struck(history_lag={1: 60}) as world:
        first, second = await world.submit(), await world.submit()
        assert [item["id"] for item in await listed(world)] == [second["id"]]
        assert await bill(world, first["id"]) == [("deduct", 0.04)]
        assert (await world.finish(first["id"]))["status"] == "completed"
        world.clock.forward(seconds=60)
        assert [item["id"] for item in await listed(world)] == [second["id"], first["id"]]


async def test_predictions_may_be_forgotten_early_but_not_the_money():
    async with struck(forget_after_s=10) as world:
        address = await world.upload()
        done = await world.finish((await world.submit(images=[address]))["id"])
        world.clock.forward(seconds=10)
        assert len(await listed(world)) == 1
        world.clock.forward(seconds=1)
        assert await listed(world, created_after="2020-01-01") == []
        assert (await world.refusal("GET", f"predictions/{done['id']}/result"))[0] == 404
        assert (await get(world, done["outputs"][0])).status_code == 404
        assert (await get(world, address)).status_code == 200
        assert await bill(world, done["id"]) == [("deduct", 0.04)]


@pytest.mark.parametrize("status", [404, 410])
async def test_outputs_may_be_gone_before_their_prediction_is(status):
    async with struck(outputs_gone={1: 5}, gone_status=status) as world:
        done = await world.finish((await world.submit())["id"])
        assert (await get(world, done["outputs"][0])).status_code == 200
        world.clock.forward(seconds=5)
        assert (await get(world, done["outputs"][0])).status_code == status
        assert (await world.finish(done["id"]))["outputs"] == done["outputs"]


# Downloads.


async def test_a_download_may_be_half_a_file_that_looks_whole():
    async with struck(truncate={1: 1, 2: ALWAYS}) as world:
        (first,), (second,) = [
            (await world.finish((await world.submit())["id"]))["outputs"] for _ in range(2)
        ]
        answers = [await get(world, address) for address in (first, first, second, second)]
        whole, half = PICTURES[0], PICTURES[0][: len(PICTURES[0]) // 2]
        assert [answer.content for answer in answers] == [half, whole, half, half]
        for answer in answers:
            assert answer.status_code == 200
            assert int(answer.headers["content-length"]) == len(answer.content)


async def test_a_download_may_break_off():
    async with struck(break_off={1: 1}) as world:
        done = await world.finish((await world.submit(max_images=2))["id"])
        for address in done["outputs"]:
            with pytest.raises(httpx.RemoteProtocolError):
                await get(world, address)
        again = [(await get(world, address)).content for address in done["outputs"]]
        assert again == list(PICTURES[:2])


async def test_a_download_may_lie_about_its_type():
    async with struck(lying_type={1: "text/html"}) as world:
        done = await world.finish((await world.submit())["id"])
        answer = await get(world, done["outputs"][0])
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.content == PICTURES[0]


async def test_a_download_may_drip():
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)

    async with struck(drip={1: 0.5}, options={"sleep": sleep}) as world:
        done = await world.finish((await world.submit())["id"])
        answer = await get(world, done["outputs"][0])
        assert answer.content == PICTURES[0]
        assert int(answer.headers["content-length"]) == len(PICTURES[0])
        assert pauses == [0.5] * 16


async def test_shares_strike_the_same_submits_again():
    async def refused():
        chosen = Chosen(share=0.5)
        async with struck(seed=11, drop_answer=chosen) as world:
            sent = await body(world)
            codes = []
            for _ in range(12):
                try:
                    codes.append((await world.call("POST", SEQUENTIAL, json=sent)).status_code)
                except httpx.RemoteProtocolError:
                    codes.append("dropped")
            assert world.state.spent() == 12 * 40_000
            return codes

    first = await refused()
    assert set(first) == {200, "dropped"}
    assert await refused() == first

"""Switches that strike nothing change nothing, and the running totals are those of the bill."""

import asyncio
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.emulator.faults import NONE, Faults
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import SEQUENTIAL, SIZE, running

FAR = 10**6
"""A number that no test reaches."""
ASLEEP = Faults(
    seed=5,
    refuse={FAR: 500},
    retry_after_s=5,
    drop_answer={FAR},
    nonsense={FAR},
    error_after={FAR: 500},
    delay={FAR: 1.0},
    duplicate_id={FAR},
    price={FAR: 1},
    charge={FAR: 1},
    foreign={FAR: ""},
    fail={FAR: 1},
    failed_with_outputs={FAR: 1},
    refund_later={FAR: 1.0},
    refund_never={FAR},
    short={FAR: 1},
    missing={FAR: {1}},
    empty={FAR},
    busy_looks={FAR: 1},
    strange_status={FAR: 1},
    output_objects={FAR},
    nsfw={FAR: {1}},
    history_lag={FAR: 1.0},
    outputs_gone={FAR: 1.0},
    gone_status=404,
    truncate={FAR: 1},
    break_off={FAR: 1},
    lying_type={FAR: "text/html"},
    drip={FAR: 1.0},
)
_NAME = re.compile(r"[0-9a-f]{32}")

STEPS = st.one_of(
    st.tuples(st.just("submit"), st.integers(1, 3)),
    st.tuples(st.just("refused"), st.sampled_from([{}, {"prompt": 3}, {"prompt": "p"}])),
    st.tuples(st.just("failing"), st.sampled_from(["1*1", "9*9"])),
    st.tuples(st.just("look"), st.integers(0, 9)),
    st.tuples(st.just("fetch"), st.integers(0, 9), st.integers(0, 2)),
    st.tuples(st.just("list"), st.booleans()),
    st.tuples(st.just("bill"), st.sampled_from(["created_at ASC", "created_at DESC"])),
    st.tuples(st.just("price"), st.integers(1, 15)),
    st.tuples(st.just("wait"), st.sampled_from([1, 3600, 86_400 * 3])),
)


async def lived(faults, steps):
    """Everything that was answered, with ids replaced by the order in which they were seen."""
    async with running(faults=faults, engine=QuickEngine()) as world:
        images = [await world.upload()]
        answers, ids = [], []
        for kind, *what in steps:
            answer = await _step(world, kind, what, images, ids)
            if answer is not None:
                answers.append((answer.status_code, dict(answer.headers), answer.text))
            await world.provider.drained()
        (total,) = world.state._db.execute(
            "SELECT COALESCE(SUM(CASE billing_type WHEN 'deduct' THEN price ELSE -price END), 0)"
            " FROM billings"
        ).fetchone()
        assert world.state.spent() == world.state.spent(at_us=world.provider.now_us()) == total
    seen: dict[str, str] = {}
    text = json.dumps(answers, sort_keys=True)
    return _NAME.sub(lambda found: seen.setdefault(found[0], f"<{len(seen)}>"), text)


async def _step(world, kind, what, images, ids):
    if kind == "wait":
        world.clock.forward(seconds=what[0])
        return None
    if kind == "fetch":
        return await _fetch(world, _one_of(ids, what[0]), what[1])
    if kind == "look":
        return await world.call("GET", f"predictions/{_one_of(ids, what[0])}/result")
    path, sent = _request(kind, what[0], images)
    answer = await world.call("POST", path, json=sent)
    if kind == "submit":
        ids.append(answer.json()["data"]["id"])
    return answer


def _one_of(ids, index):
    return ids[index % len(ids)] if ids else "0" * 32


async def _fetch(world, prediction, output):
    async with world.stranger() as stranger:
        answer = await stranger.get(f"/outputs/{prediction}/{output}.jpg")
    for name in ("last-modified", "etag"):  # the file's own time
        answer.headers.pop(name, None)
    return answer


def _request(kind, what, images):
    ask = {"prompt": "p", "images": images, "size": SIZE}
    inputs = {"max_images": what}
    return {
        "submit": (SEQUENTIAL, {**ask, **inputs}),
        "refused": (SEQUENTIAL, what),
        "failing": (SEQUENTIAL, {**ask, "size": what}),
        "list": ("predictions", {"include_inputs": what}),
        "bill": ("billings/search", {"sort": what}),
        "price": ("model/price", {"model_id": SEQUENTIAL, "inputs": inputs}),
    }[kind]


def test_every_switch_is_put_to_sleep():
    names = set(Faults.__dataclass_fields__)
    account = {"hide_inputs", "forget_after_s", "seed", "retry_after_s", "gone_status"}
    assert set(ASLEEP.on) == names - account


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(steps=st.lists(STEPS, max_size=12))
def test_switches_that_strike_nothing_change_nothing(steps):
    assert asyncio.run(lived(NONE, steps)) == asyncio.run(lived(ASLEEP, steps))

import asyncio

import pytest

from pipeline.execution.pacing import Pacer
from tests.support.clock import JumpingClock

pytestmark = pytest.mark.anyio


async def passages(pacer, clock, number: int) -> list[float]:
    """When each of some callers got through, in seconds."""
    found = []

    async def one():
        await pacer.turn()
        found.append(round(clock.elapsed(), 6))

    await asyncio.gather(*(one() for _ in range(number)))
    return found


async def test_a_minutes_worth_may_pass_at_once():
    clock = JumpingClock()
    assert await passages(Pacer(clock, per_minute=2), clock, 5) == [0, 0, 60, 60, 120]


@pytest.mark.parametrize("pause", [0, 7, 59, 60, 61, 3600])
async def test_never_more_in_any_minute_than_allowed(pause):
    clock = JumpingClock()
    pacer = Pacer(clock, per_minute=6)
    found = await passages(pacer, clock, 4)
    clock.jump(seconds=pause)
    found += await passages(pacer, clock, 26)
    for position in range(6, 30):
        assert found[position] - found[position - 6] >= 60
    # And no slower than that: six a minute, but for what the pause left unused.
    assert found[-1] - found[4] <= 5 * 60


async def test_nothing_is_saved_up_while_nobody_comes():
    clock = JumpingClock()
    pacer = Pacer(clock, per_minute=2)
    clock.jump(hours=5)
    assert await passages(pacer, clock, 3) == [18000, 18000, 18060]


async def test_first_come_first_served():
    clock = JumpingClock()
    pacer = Pacer(clock, per_minute=1)
    order = []

    async def one(name):
        await pacer.turn()
        order.append(name)

    await asyncio.gather(*(one(name) for name in range(6)))
    assert order == list(range(6))


async def test_a_busy_provider_stops_everybody():
    clock = JumpingClock()
    pacer = Pacer(clock, per_minute=1000)
    times = []

    async def backing_off():
        await pacer.turn()
        await pacer.back_off(45)

    async def other():
        await asyncio.sleep(0)
        await pacer.turn()
        times.append(clock.elapsed())

    await asyncio.gather(backing_off(), other(), other())
    assert times == [45, 45]

import asyncio
from collections import deque
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.execution.pacing import PATIENCE_S, Pacer, TooBusyError
from tests.support.clock import JumpingClock

pytestmark = pytest.mark.anyio


def pacer_of(clock, *, per_minute=1000, concurrent=1000) -> Pacer:
    return Pacer(clock, per_minute=per_minute, concurrent=concurrent)


async def passages(pacer, clock, number: int) -> list[float]:
    """When each of some callers got through and was accepted, in seconds."""
    found = []

    async def one():
        async with pacer.place() as place:
            found.append(round(clock.elapsed(), 6))
            pacer.accepted(place)

    await asyncio.gather(*(one() for _ in range(number)))
    return found


class Provider:
    """Takes as many submits as its script says, and turns the others away."""

    def __init__(self, pacer, clock, answers) -> None:
        self.pacer = pacer
        self.clock = clock
        self.answers = deque(answers)
        self.sent: list[float] = []
        self.closed_until: list[tuple[float, float]] = []
        self.under_way = self.most = 0

    async def buy(self, *, lasts_s: float = 0.0) -> None:
        """One attempt: submit until accepted, then wait for the prediction."""
        while True:
            async with self.pacer.place() as place:
                self.sent.append(self.clock.elapsed())
                await asyncio.sleep(0)
                hint = self.answers.popleft() if self.answers else None
                if hint is None:
                    self.under_way += 1
                    self.most = max(self.most, self.under_way)
                    self.pacer.accepted(place)
                    await self.clock.sleep(lasts_s)
                    self.under_way -= 1
                    return
                self.turn_away(place, hint)
                await asyncio.sleep(0)  # the others hear their answers in the same moment

    def turn_away(self, place, hint: float) -> None:
        now = self.clock.elapsed()
        closed = self.pacer.turned_away(place, hint_s=hint, reason="HTTP 429")
        assert closed >= max(hint, 1.0) or place.number <= self.pacer._last_before
        self.closed_until.append((now, now + hint))


class TestTheTier:
    async def test_a_minutes_worth_may_pass_at_once(self):
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=2)
        assert await passages(pacer, clock, 5) == [0, 0, 60, 60, 120]

    @pytest.mark.parametrize("pause", [0, 7, 59, 60, 61, 3600])
    async def test_never_more_in_any_minute_than_allowed(self, pause):
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=6)
        found = await passages(pacer, clock, 4)
        clock.jump(seconds=pause)
        found += await passages(pacer, clock, 26)
        for position in range(6, 30):
            assert found[position] - found[position - 6] >= 60
        # And no slower than that: six a minute, but for what the pause left unused.
        assert found[-1] - found[4] <= 5 * 60

    async def test_nothing_is_saved_up_while_nobody_comes(self):
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=2)
        clock.jump(hours=5)
        assert await passages(pacer, clock, 3) == [18000, 18000, 18060]

    async def test_first_come_first_served(self):
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=1)
        order = []

        async def one(name):
            async with pacer.place():
                order.append(name)

        await asyncio.gather(*(one(name) for name in range(6)))
        assert order == list(range(6))

    async def test_no_more_wait_for_an_answer_at_once_than_connections_bear(self):
        pacer = pacer_of(JumpingClock())
        waiting = most = 0

        async def slow():
            nonlocal waiting, most
            async with pacer.place():
                waiting += 1
                most = max(most, waiting)
                for _ in range(5):
                    await asyncio.sleep(0)
                waiting -= 1

        await asyncio.gather(*(slow() for _ in range(200)))
        assert 20 <= most <= 40

    async def test_who_is_accepted_makes_room_for_the_next_submit_while_it_stays(self):
        pacer = pacer_of(JumpingClock())
        async with AsyncExitStack() as stay, asyncio.timeout(5):
            for _ in range(200):
                place = await stay.enter_async_context(pacer.place())
                pacer.accepted(place)


class TestBusy:
    async def test_one_answer_stops_everybody(self):
        clock = JumpingClock()
        pacer = pacer_of(clock)
        async with pacer.place() as place:
            assert pacer.turned_away(place, hint_s=45.0, reason="HTTP 429") == 45.0
        assert min(await passages(pacer, clock, 3)) == 45.0

    async def test_a_burst_that_is_turned_away_waits_once_and_together(self):
        """Waiting one after the other, thirty attempts would have waited half an hour."""
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=600)
        provider = Provider(pacer, clock, [60.0] * 30)
        await asyncio.gather(*(provider.buy() for _ in range(30)))
        assert provider.sent[:30] == [0.0] * 30
        assert provider.sent[30] == 60.0
        assert provider.sent[-1] < 70.0

    async def test_the_pause_doubles_as_long_as_nobody_is_accepted(self):
        clock = JumpingClock()
        provider = Provider(pacer_of(clock, per_minute=6000), clock, [0.0] * 8)
        await provider.buy()
        steps = [b - a for a, b in zip(provider.sent, provider.sent[1:], strict=False)]
        assert steps == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]

    async def test_an_accepted_one_ends_the_row(self):
        clock = JumpingClock()
        provider = Provider(pacer_of(clock, per_minute=6000), clock, [0.0, 0.0, None, 0.0])
        await provider.buy()
        await provider.buy()
        assert provider.sent[3] - provider.sent[2] < 0.1
        assert provider.sent[4] - provider.sent[3] == pytest.approx(1.0)

    async def test_the_rate_is_halved_and_comes_back_evenly(self):
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=100)
        await Provider(pacer, clock, [0.0]).buy()
        begun = clock.elapsed()
        found = await passages(pacer, clock, 60)
        assert 45 <= sum(1 for at in found if at - begun < 60) <= 60
        assert found[1] - found[0] == pytest.approx(60 / 50, rel=0.1)
        clock.jump(minutes=6)
        assert len(set(await passages(pacer, clock, 50))) == 1, "the tier's own rate again"

    async def test_it_never_gets_slower_than_one_a_minute(self):
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=2)
        provider = Provider(pacer, clock, [0.0] * 12)
        await provider.buy()
        await provider.buy()
        steps = [b - a for a, b in zip(provider.sent, provider.sent[1:], strict=False)]
        assert max(steps) <= 60

    async def test_an_account_of_a_smaller_tier_than_was_said_gets_on(self):
        """Three hundred at once are allowed here, and the provider runs two."""
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=500, concurrent=300)
        under_way = refused = 0

        async def buy():
            nonlocal under_way, refused
            while True:
                async with pacer.place() as place:
                    await asyncio.sleep(0)
                    if under_way < 2:
                        under_way += 1
                        pacer.accepted(place)
                        await clock.sleep(1.0)
                        under_way -= 1
                        return
                    refused += 1
                    pacer.turned_away(place, hint_s=0.0, reason="HTTP 429")

        await asyncio.gather(*(buy() for _ in range(120)))
        assert refused < 120

    async def test_where_slowing_down_does_not_help_fewer_may_be_under_way(self):
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=6000, concurrent=50)
        async with AsyncExitStack() as stay:
            for _ in range(4):
                pacer.accepted(await stay.enter_async_context(pacer.place()))
            for _ in range(3):
                async with pacer.place() as place:
                    pacer.turned_away(place, hint_s=0.0, reason="HTTP 429")
            fifth = asyncio.create_task(pacer.place().__aenter__())
            for _ in range(50):
                await asyncio.sleep(0)
            assert not fifth.done(), "four are as many as it bears"
        assert (await fifth).number == 8
        # Each that ended made room for one more than there was before.
        async with AsyncExitStack() as stay, asyncio.timeout(5):
            for _ in range(7):
                pacer.accepted(await stay.enter_async_context(pacer.place()))


class TestPatience:
    async def test_a_provider_that_turns_everybody_away_is_given_up_on(self):
        clock = JumpingClock()
        pacer = pacer_of(clock)
        provider = Provider(pacer, clock, [0.0] * 10_000)
        ends = await asyncio.gather(*(provider.buy() for _ in range(20)), return_exceptions=True)
        assert {type(end) for end in ends} == {TooBusyError}
        assert "every request was turned away for 30 minutes: HTTP 429" in str(ends[0])
        assert PATIENCE_S < clock.elapsed() < PATIENCE_S + 120, "all at once, not one by one"
        with pytest.raises(TooBusyError):
            await provider.buy()

    async def test_while_anybody_is_accepted_the_others_wait_however_long(self):
        """A tier that lets two pass a minute, and a hundred of them: nearly an hour."""
        clock = JumpingClock()
        pacer = pacer_of(clock, per_minute=500)
        answers = [answer for _ in range(100) for answer in (None, 20.0, 40.0)]
        provider = Provider(pacer, clock, answers)
        await asyncio.gather(*(provider.buy() for _ in range(100)))
        assert clock.elapsed() > PATIENCE_S

    async def test_two_answers_far_apart_are_no_storm(self):
        clock = JumpingClock()
        pacer = pacer_of(clock)
        async with pacer.place() as place:
            pacer.turned_away(place, hint_s=0.0, reason="HTTP 429")
        clock.jump(hours=3)
        await Provider(pacer, clock, [0.0]).buy()

    async def test_a_storm_begins_with_its_own_first_answer(self):
        clock = JumpingClock()
        provider = Provider(pacer_of(clock), clock, [0.0, None, *[0.0] * 6])
        await provider.buy()
        clock.jump(hours=3)
        await provider.buy()
        assert len(provider.sent) == 9


class TestCancelled:
    async def test_who_is_cancelled_in_the_line_leaves_no_gap(self):
        pacer = pacer_of(JumpingClock(), concurrent=1)
        async with asyncio.timeout(5):
            for _ in range(3):
                async with pacer.place() as place:
                    pacer.accepted(place)
                    waiting = [asyncio.create_task(pacer.place().__aenter__()) for _ in range(100)]
                    await asyncio.sleep(0)
                    for task in waiting:
                        task.cancel()
                    await asyncio.wait(waiting)
            for _ in range(100):
                async with pacer.place():
                    pass


answer_lists = st.lists(
    st.one_of(st.none(), st.sampled_from([0.0, 3.0, 59.0, 90.0, 300.0])), max_size=25
)


@pytest.mark.slow
@given(
    per_minute=st.integers(1, 9),
    concurrent=st.integers(1, 5),
    answers=answer_lists,
    lasts=st.lists(st.sampled_from([0.0, 1.0, 30.0, 200.0]), min_size=1, max_size=25),
)
def test_laws_of_pacing_under_any_storm(per_minute, concurrent, answers, lasts):
    """Never more in any minute than the tier's, never more under way, nobody before Retry-After."""
    clock = JumpingClock()

    async def run() -> Provider:
        provider = Provider(
            pacer_of(clock, per_minute=per_minute, concurrent=concurrent), clock, answers
        )
        await asyncio.gather(*(provider.buy(lasts_s=s) for s in lasts))
        return provider

    provider = asyncio.run(run())
    sent = provider.sent
    assert sent == sorted(sent)
    for position in range(per_minute, len(sent)):
        assert sent[position] - sent[position - per_minute] >= 60 - 1e-6
    assert provider.most <= concurrent
    for told, until in provider.closed_until:
        # What passed in the same moment may have been sent before the answer came.
        assert not [at for at in sent if told < at < until - 1e-6]
    assert len(sent) >= len(lasts)

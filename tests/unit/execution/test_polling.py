import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from pipeline.execution.decisions import PollPace
from pipeline.execution.polling import Poller
from tests.support.clock import JumpingClock

pytestmark = pytest.mark.anyio

STEADY = PollPace(first_s=2.0, growth=1.0, most_s=2.0)


class Watched(JumpingClock):
    """A clock that notes how many sleep at once, and how long the longest sleep was."""

    def __init__(self) -> None:
        super().__init__()
        self.sleeping = self.most = 0
        self.longest = 0.0

    async def sleep(self, seconds):
        self.sleeping += 1
        self.most = max(self.most, self.sleeping)
        self.longest = max(self.longest, seconds)
        await super().sleep(seconds)
        self.sleeping -= 1


class Lookers:
    """Predictions that are looked at some times each."""

    def __init__(self, poller, clock) -> None:
        self.poller = poller
        self.clock = clock
        self.times: dict[str, list[float]] = {}
        self.told = 0.0
        self.looking = self.most = 0

    async def look(self, name: str, times: int, *, turns: int = 1, busy=()) -> None:
        for looks in range(1, times + 1):
            async with self.poller.look(name, looks):
                self.times.setdefault(name, []).append(self.clock.elapsed())
                self.looking += 1
                self.most = max(self.most, self.looking)
                for _ in range(turns):
                    await asyncio.sleep(0)
                self.looking -= 1
                if looks in busy:
                    self.told = self.clock.elapsed()
                    self.poller.turned_away(hint_s=busy[looks])

    def waits(self, name: str) -> list[float]:
        return [b - a for a, b in zip([0.0, *self.times[name]], self.times[name], strict=False)]


def lookers(clock=None, pace=None) -> Lookers:
    clock = clock or JumpingClock()
    return Lookers(Poller(clock, pace or PollPace()), clock)


class TestWhen:
    async def test_waits_grow_to_ten_seconds_give_or_take_a_quarter(self):
        on = lookers()
        await on.look("a-1", 12)
        pace = PollPace()
        for looks, wait in enumerate(on.waits("a-1"), start=1):
            assert 0.75 * pace.wait(looks) - 1e-9 <= wait <= 1.25 * pace.wait(looks) + 1e-9
        assert 1.5 <= on.waits("a-1")[0] <= 2.5
        assert 7.5 <= on.waits("a-1")[-1] <= 12.5

    async def test_the_jitter_is_the_attempts_own_and_always_the_same(self):
        waits = []
        for _ in range(2):
            on = lookers(pace=STEADY)
            await asyncio.gather(on.look("a-1", 5), on.look("a-2", 5))
            waits.append((on.waits("a-1"), on.waits("a-2")))
        assert waits[0] == waits[1]
        assert waits[0][0] != waits[0][1]
        assert len(set(waits[0][0])) > 1

    @pytest.mark.slow
    async def test_what_was_sent_together_is_soon_looked_at_evenly(self):
        on = lookers(pace=PollPace(at_once=1000))
        await asyncio.gather(*(on.look(f"a-{n}", 14) for n in range(1000)))
        at = Counter(int(t) for times in on.times.values() for t in times)
        first = [at[second] for second in range(5)]
        steady = [at[second] for second in range(60, 90)]
        assert max(first) < 750, "not all of them even in the beginning"
        assert max(steady) < 1.5 * sum(steady) / len(steady)

    async def test_whoever_comes_late_is_not_late_because_others_wait_long(self):
        clock = JumpingClock()
        on = lookers(clock, PollPace(first_s=2.0, growth=100.0, most_s=500.0))
        late = []

        async def come():
            await clock.sleep(100)
            late.append(clock.elapsed())
            await on.look("late", 1)
            late.append(clock.elapsed())

        await asyncio.gather(on.look("early", 3), come())
        assert late[1] - late[0] <= 2 + 2 + 2  # this clock adds up what two sleep at once


class TestOneForAll:
    async def test_one_task_sleeps_for_everybody(self):
        clock = Watched()
        on = lookers(clock)
        await asyncio.gather(*(on.look(f"a-{n}", 4) for n in range(300)))
        assert clock.most == 1
        assert clock.longest <= 2.0

    async def test_while_nobody_waits_nothing_runs(self):
        on = lookers()
        before = asyncio.all_tasks()
        await on.look("a-1", 2)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before
        await on.look("a-1", 1)
        assert len(on.times["a-1"]) == 3

    @pytest.mark.parametrize("at_once", [1, 3, 8])
    async def test_no_more_look_at_once_than_allowed(self, at_once):
        on = lookers(pace=PollPace(first_s=0.0, most_s=0.0, at_once=at_once))
        await asyncio.gather(*(on.look(f"a-{n}", 3, turns=7) for n in range(40)))
        assert on.most == at_once
        assert all(len(times) == 3 for times in on.times.values())


class TestBusy:
    @pytest.mark.parametrize("at_once", [1, 2, 32])
    async def test_nobody_looks_before_the_moment_that_the_provider_names(self, at_once):
        on = lookers(pace=replace(STEADY, at_once=at_once))
        others = [on.look(f"a-{n}", 20) for n in range(20)]
        await asyncio.gather(on.look("b", 3, busy={1: 30.0}), *others)
        until = on.told + 30 - 1e-6
        times = [at for times in on.times.values() for at in times]
        assert not [at for at in times if on.told < at < until]
        assert [at for at in times if at >= until]

    async def test_looks_get_rarer_for_a_while(self):
        on = lookers(pace=STEADY)
        await on.look("b", 400, busy={3: 0.0})
        waits = on.waits("b")
        assert waits[3] >= 2 * 0.75 * 2
        assert max(waits[60:]) <= 1.25 * 2 + 1e-9

    async def test_a_storm_slows_down_to_an_eighth_and_no_further(self):
        on = lookers(pace=STEADY)
        await on.look("b", 40, busy=dict.fromkeys(range(1, 40), 0.0))
        assert 12.0 <= max(on.waits("b")) <= 1.25 * 8 * 2 + 1e-9

    async def test_many_answers_to_looks_of_one_moment_count_as_one(self):
        on = lookers(pace=PollPace(first_s=2.0, growth=1.0, most_s=2.0, at_once=50))
        for _ in range(50):
            on.poller.turned_away(hint_s=0.0)
        assert on.poller._stretch_at(0.0) == 2.0


class TestEnds:
    async def test_an_error_in_a_look_is_the_lookers_own(self):
        on = lookers()

        async def broken():
            async with on.poller.look("a-1", 1):
                raise ZeroDivisionError

        ends = await asyncio.gather(broken(), on.look("a-2", 3), return_exceptions=True)
        assert isinstance(ends[0], ZeroDivisionError)
        assert ends[1] is None

    async def test_who_is_cancelled_takes_no_place_along(self):
        on = lookers(pace=PollPace(at_once=2))
        for turns in range(12):
            tasks = [asyncio.create_task(on.look(f"a-{n}", 1, turns=3)) for n in range(6)]
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        assert on.poller._free._value == 2
        async with asyncio.timeout(5):
            await asyncio.gather(*(on.look(f"b-{n}", 2) for n in range(6)))

    async def test_when_the_watch_is_cancelled_so_is_everybody_who_waits(self):
        """As at the second Ctrl-C, when all tasks of the loop are cancelled in any order."""

        class Stuck(JumpingClock):
            async def sleep(self, seconds):
                await asyncio.Event().wait()

        on = lookers(Stuck())
        tasks = [asyncio.create_task(on.look(f"a-{n}", 1)) for n in range(3)]
        await asyncio.sleep(0.001)
        on.poller._watch.cancel()
        done, _ = await asyncio.wait(tasks, timeout=5)
        assert [task.cancelled() for task in done] == [True] * 3

    async def test_a_clock_that_fails_fails_everybody_and_leaves_nobody_waiting(self):
        class Broken(JumpingClock):
            async def sleep(self, seconds):
                raise OSError("no time")

        on = lookers(Broken())
        looks = [on.look(f"a-{n}", 1) for n in range(3)]
        async with asyncio.timeout(5):
            ends = await asyncio.gather(*looks, return_exceptions=True)
        assert [type(end) for end in ends] == [OSError] * 3

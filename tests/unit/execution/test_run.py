"""Whole runs: order, caps, brake, other runs, and what earlier ones left."""

import asyncio
from dataclasses import replace

import pytest

from pipeline.domain.attempt import State
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import Doubt, Gen, Waive
from pipeline.execution.breaker import Breaker
from pipeline.execution.decisions import PollPace
from pipeline.execution.events import Happened
from pipeline.execution.ports import Failure, OverCap, ProviderError
from tests.support.campaigns import campaign
from tests.support.clock import JumpingClock
from tests.unit.domain.samples import UNIT, order, output
from tests.unit.execution.stage import (
    NOT_SENT,
    REFUSED,
    UNKNOWN,
    UNUSABLE,
    Script,
    Stage,
    completed,
    failed,
    seen,
)
from tests.unit.planning.shop import order_of, plan_of

pytestmark = pytest.mark.anyio

AT = "2026-11-20T12:00:00Z"


def variants(number: int, *, pictures=(1,)):
    """A campaign whose plan has one step for each variant."""
    return campaign(pictures=pictures, variants=[f"v{n}" for n in range(number)])


def cap(money: int, **rest) -> Limit:
    return Limit("campaign", "winter", MicroUsd(money), None, **rest)


async def buy(stage, of, **options):
    return await stage.runner(of, **options).buy(plan_of(of).steps)


def kinds(outcome):
    return [ended.kind for ended in outcome.ended]


class Callback(JumpingClock):
    """A clock that calls somebody when somebody sleeps long enough."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = {}

    def after(self, sleeps: int, call) -> None:
        self.calls[sleeps] = call

    async def sleep(self, seconds):
        await super().sleep(seconds)
        call = self.calls.pop(1, None)
        self.calls = {left - 1: one for left, one in self.calls.items()}
        if call is not None:
            await call()


class TestBuying:
    async def test_steps_are_begun_in_plan_order(self, stage):
        of = variants(5)
        outcome = await buy(stage, of, concurrent=1)
        assert kinds(outcome) == [Happened.SETTLE] * 5
        places = [body["prompt"].split("called ")[1][:2] for body in stage.provider.bodies]
        assert places == ["v0", "v1", "v2", "v3", "v4"]
        assert outcome.not_tried == 0

    async def test_a_step_becomes_one_attempt_with_all_that_is_known_of_it(self, stage):
        of = campaign(pictures=[1, 2])
        (step,) = plan_of(of).steps
        await buy(stage, of)
        ((name, receipt),) = stage.lock.filed
        assert name == "winter"
        assert receipt.order == order_of(step, "a-r-1-1")
        assert stage.provider.bodies[0]["max_images"] == 2
        assert stage.provider.bodies[0]["size"] == "2560*1440"
        assert stage.provider.bodies[0]["prompt"] == step.request.prompt

    @pytest.mark.parametrize("concurrent", [1, 2, 3])
    async def test_no_more_are_under_way_at_once_than_allowed(self, stage, concurrent):
        most = 0

        def count(_event=None):
            nonlocal most
            most = max(most, len(stage.books.list_open()))

        stage.events = Listening(count)
        await buy(stage, variants(6), concurrent=concurrent)
        assert most == concurrent

    async def test_an_empty_plan_is_nothing_to_do(self, stage):
        outcome = await stage.runner(variants(1)).buy([])
        assert (outcome.ended, outcome.over, outcome.stopped) == ([], None, "")

    async def test_one_failure_does_not_stop_the_others(self, stage):
        stage.provider.answers = Script(REFUSED, UNKNOWN, "p-3", "p-4")
        for prediction in ("p-3", "p-4"):
            stage.provider.results[prediction] = Script(completed(prediction, 1))
        outcome = await buy(stage, variants(4), concurrent=1)
        assert kinds(outcome) == [
            Happened.REFUSE, Happened.DOUBT, Happened.SETTLE, Happened.SETTLE,
        ]  # fmt: skip

    async def test_an_account_that_is_turned_away_stops_all(self, stage):
        stage.provider.answers = Script("p-1", UNUSABLE, "p-3")
        stage.provider.results["p-1"] = Script(completed("p-1", 1))
        outcome = await buy(stage, variants(5), concurrent=1)
        assert kinds(outcome) == [Happened.SETTLE]
        assert outcome.stopped == UNUSABLE.reason
        assert outcome.not_tried == 3
        assert stage.books.claims() == {}

    async def test_a_bug_stops_new_work_and_what_is_under_way_is_seen_through(self, stage):
        async def broken(digest, name):
            if len(stage.provider.uploaded) == 1:
                raise ZeroDivisionError
            return await type(stage.provider).upload(stage.provider, digest, name)

        stage.provider.upload = broken
        with pytest.raises(ZeroDivisionError):
            await buy(stage, variants(6), concurrent=2)
        assert stage.brake.is_pulled
        assert len(stage.lock.filed) == 1
        assert [attempt.state for attempt in stage.books.list_open()] == [State.RESERVED]


class TestCaps:
    async def test_a_run_stops_at_a_cap_and_says_which(self, stage):
        outcome = await buy(stage, variants(6), limits=[cap(2 * UNIT)], concurrent=1)
        assert kinds(outcome) == [Happened.SETTLE] * 2
        assert (outcome.over.scope, outcome.over.name) == ("campaign", "winter")
        assert outcome.over.spent == 2 * UNIT
        assert outcome.not_tried == 4
        assert stage.told(Happened.CAP) == ["campaign winter"]

    @pytest.mark.parametrize("concurrent", [1, 2, 3, 5])
    async def test_no_cap_is_passed_however_many_run_at_once(self, stage, concurrent):
        outcome = await buy(stage, variants(7), limits=[cap(3 * UNIT)], concurrent=concurrent)
        assert kinds(outcome) == [Happened.SETTLE] * 3
        assert outcome.not_tried == 4
        assert len(stage.provider.bodies) == 3

    async def test_it_waits_where_only_its_own_holds_are_in_the_way(self, stage):
        # The first one is refused, so its money comes back and is enough for the second.
        stage.provider.answers = Script(REFUSED, "p-2")
        stage.provider.results["p-2"] = Script(completed("p-2", 1))
        outcome = await buy(stage, variants(2), limits=[cap(UNIT)], concurrent=2)
        assert sorted(kinds(outcome)) == sorted([Happened.REFUSE, Happened.SETTLE])
        assert outcome.over is None
        assert outcome.not_tried == 0

    async def test_it_waits_until_none_of_its_own_is_left(self, stage):
        stage.provider.answers = Script(REFUSED, REFUSED, "p-3")
        stage.provider.results["p-3"] = Script(completed("p-3", 1))
        outcome = await buy(stage, variants(3), limits=[cap(UNIT)], concurrent=3)
        assert sorted(kinds(outcome)) == sorted([Happened.REFUSE, Happened.REFUSE, Happened.SETTLE])

    async def test_it_does_not_wait_for_money_that_will_not_come_back(self, stage):
        stage.provider.answers = Script(UNKNOWN)
        outcome = await buy(stage, variants(3), limits=[cap(UNIT)], concurrent=2)
        assert kinds(outcome) == [Happened.DOUBT]
        assert outcome.over is not None
        assert outcome.not_tried == 2

    @pytest.mark.parametrize("concurrent", [1, 2, 5])
    async def test_a_dearer_step_that_does_not_fit_ends_the_run_in_plan_order(
        self, stage, concurrent
    ):
        of = campaign(pictures=range(1, 9))  # steps of seven and of one
        outcome = await buy(stage, of, limits=[cap(6 * UNIT)], concurrent=concurrent)
        assert (outcome.ended, outcome.not_tried) == ([], 2)

    @pytest.mark.parametrize("concurrent", [1, 2, 5])
    async def test_what_is_bought_of_a_plan_that_does_not_fit_is_its_beginning(
        self, stage, concurrent
    ):
        """Of three steps of seven, seven and one, the cap has room for the first and the last."""
        of = campaign(pictures=range(1, 16))
        steps = plan_of(of).steps
        assert [len(step.cells) for step in steps] == [7, 7, 1]
        outcome = await buy(stage, of, limits=[cap(8 * UNIT)], concurrent=concurrent)
        assert [ended.money for ended in outcome.ended] == [7 * UNIT]
        assert outcome.over.spent == 7 * UNIT
        assert outcome.not_tried == 2

    async def test_while_a_step_waits_for_room_no_later_and_smaller_one_takes_it(self, stage):
        of = campaign(pictures=range(1, 16))
        stage.provider.answers = Script(REFUSED, "p-2", "p-3")
        stage.provider.results["p-2"] = Script(completed("p-2", 7))
        stage.provider.results["p-3"] = Script(completed("p-3", 1))
        outcome = await buy(stage, of, limits=[cap(8 * UNIT)], concurrent=3)
        # The first one's money came back, so there was room for both others.
        assert outcome.over is None
        begun = [len(e.cells) for e in stage.events if e.kind is Happened.RESERVE]
        assert begun == [7, 7, 1]


class Aside(JumpingClock):
    """A clock by which others do something once it has come to a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[tuple[float, object]] = []

    def at(self, seconds: float, call) -> None:
        self.plans.append((seconds, call))

    async def sleep(self, seconds):
        await super().sleep(seconds)
        due = [plan for plan in self.plans if plan[0] <= self.passed]
        self.plans = [plan for plan in self.plans if plan not in due]
        for _, call in due:
            await call()


class TestHoldsOfOthers:
    """Another run holds money under the same cap."""

    @pytest.fixture
    def clock(self):
        return Aside()

    @pytest.fixture
    def pair(self, tmp_path, clock):
        mine, other = Stage(tmp_path, run="r-1", clock=clock), Stage(tmp_path, run="r-2")
        yield mine, other
        for one in (mine, other):
            if one.runs._mine:
                one.end()

    async def hold(self, other, *, sent: bool = True, cells=(77,), **where):
        of = order("b-1", cells=cells)
        await other.reserve(of, **where)
        if sent:
            await other.books.submitting("b-1", fresh="https://u/b-1", at=AT)
            await other.books.submitted("b-1", prediction="p-b")
        return of

    async def test_it_waits_until_the_money_comes_back(self, pair, clock):
        mine, other = pair
        await self.hold(other)
        clock.at(60, lambda: other.books.refused("b-1", "bad size"))
        outcome = await buy(mine, variants(2), limits=[cap(2 * UNIT)], concurrent=2)
        assert kinds(outcome) == [Happened.SETTLE] * 2
        assert outcome.over is None
        assert 60 <= clock.passed < 80

    async def test_it_says_once_which_cap_and_how_much_is_held(self, pair, clock):
        mine, other = pair
        await self.hold(other, cells=(77, 78))
        clock.at(60, lambda: other.books.refused("b-1", "bad size"))
        await buy(mine, variants(1), limits=[cap(2 * UNIT)])
        (event,) = [event for event in mine.events if event.kind is Happened.WAIT]
        assert event.message == "other runs hold $0.08 of the cap: campaign winter"
        assert event.money == 2 * UNIT
        assert event.cells == ("anna/p001/v0/master/t1",)

    async def test_it_asks_less_and_less_often(self, pair, clock):
        mine, other = pair
        await self.hold(other)
        clock.at(60, lambda: other.books.refused("b-1", "bad size"))
        await buy(mine, variants(1), limits=[cap(UNIT)])
        # At 0, 1, 2.5, 4.75, 8.125, then every five seconds, and the last one gets the money.
        assert 14 <= mine.log.count("reserve") <= 18

    async def test_once_the_money_is_spent_it_does_not_wait_any_longer(self, pair, clock):
        mine, other = pair
        of = await self.hold(other)

        async def settle():
            await other.books.settled("b-1", Gen(of, "p-b", AT, (output(1),)))

        clock.at(60, settle)
        outcome = await buy(mine, variants(2), limits=[cap(UNIT)], concurrent=2)
        assert (outcome.ended, outcome.not_tried) == ([], 2)
        assert outcome.over.spent == UNIT
        assert 60 <= clock.passed < 70

    async def test_nor_once_it_is_in_doubt(self, pair, clock):
        mine, other = pair
        of = await self.hold(other)
        clock.at(60, lambda: other.books.in_doubt("b-1", Doubt(of, AT, "no answer")))
        outcome = await buy(mine, variants(1), limits=[cap(UNIT)])
        assert outcome.over is not None
        assert 60 <= clock.passed < 70

    async def test_settled_money_refuses_at_once(self, pair, clock):
        mine, other = pair
        of = await self.hold(other)
        await other.books.settled("b-1", Gen(of, "p-b", AT, (output(1),)))
        await other.reserve(order("b-2", cells=(78,)))  # although this may still come back
        outcome = await buy(mine, variants(1), limits=[cap(UNIT)])
        assert outcome.over is not None
        assert clock.passed == 0
        assert mine.told(Happened.WAIT) == []

    async def test_patience_ends(self, pair, clock):
        mine, other = pair
        await self.hold(other)
        outcome = await buy(mine, variants(2), limits=[cap(UNIT)], pace=PollPace(patience_s=90))
        assert (outcome.ended, outcome.not_tried) == ([], 2)
        assert outcome.over is not None
        assert 90 <= clock.passed < 100
        assert mine.books.claims().keys() == other.books.claims().keys(), "it held nothing"

    async def test_the_brake_ends_the_waiting(self, pair, clock):
        mine, other = pair
        await self.hold(other)

        async def pull():
            mine.brake.pull()

        clock.at(20, pull)
        outcome = await buy(mine, variants(2), limits=[cap(UNIT)])
        assert (outcome.over, outcome.not_tried) == (None, 2)
        assert clock.passed < 30

    async def test_what_it_left_for_the_next_run_itself_is_not_waited_for(self, stage):
        """Nobody follows that before this run has ended."""
        stage.provider.results["p-1"] = Script(seen("p-1"))
        pace = PollPace(patience_s=50)
        outcome = await buy(stage, variants(2), limits=[cap(UNIT)], concurrent=1, pace=pace)
        assert kinds(outcome) == [Happened.LATER]
        assert outcome.over is not None
        assert stage.clock.passed < 70

    async def test_holds_that_could_not_make_enough_room_are_not_waited_for(self, pair, clock):
        """One picture's money may come back, and two pictures' would be needed."""
        mine, other = pair
        await self.hold(other)
        mine.provider.results["p-1"] = Script(seen("p-1"))
        pace, limits = PollPace(patience_s=50), [cap(3 * UNIT)]
        of = variants(2, pictures=(1, 2))
        outcome = await buy(mine, of, limits=limits, concurrent=1, pace=pace)
        assert kinds(outcome) == [Happened.LATER]
        assert outcome.over is not None
        assert clock.passed < 70

    @pytest.mark.parametrize(
        ("limit", "waits"),
        [
            (Limit("campaign", "winter", MicroUsd(UNIT), None), True),
            (Limit("campaign", "summer", MicroUsd(UNIT), None), False),
            (Limit("month", "2026-11", MicroUsd(UNIT), None), True),
            (Limit("month", "2026-12", MicroUsd(UNIT), None), False),
            (Limit("workspace", "", MicroUsd(UNIT), None), True),
            (Limit("run", "r-1", MicroUsd(UNIT), None), False),
        ],
    )
    async def test_only_who_counts_under_the_cap_is_waited_for(self, pair, clock, limit, waits):
        mine, other = pair
        await self.hold(other)
        mine.ledger = Crowded(mine.ledger, limit)
        outcome = await buy(mine, variants(1), limits=[limit], pace=PollPace(patience_s=30))
        assert outcome.over is limit
        assert (clock.passed > 0) == waits

    async def test_what_a_dead_run_left_unsent_makes_room(self, pair, clock):
        mine, other = pair
        await self.hold(other, sent=False)

        async def die():
            other.end()

        clock.at(20, die)
        outcome = await buy(mine, variants(1), limits=[cap(UNIT)])
        assert kinds(outcome) == [Happened.SETTLE]
        assert mine.books.list_open() == []
        assert clock.passed < 40

    async def test_what_a_dead_run_had_under_way_is_seen_through(self, pair, clock):
        mine, other = pair
        await self.hold(other)
        mine.provider.results["p-b"] = Script(completed("p-b", 1))

        async def die():
            other.end()

        clock.at(20, die)
        outcome = await buy(mine, variants(2), limits=[cap(2 * UNIT)], concurrent=2)
        assert {ended.attempt for ended in outcome.ended} == {"b-1", "a-r-1-1"}
        assert set(kinds(outcome)) == {Happened.SETTLE}
        assert outcome.over.spent == 2 * UNIT
        assert mine.books.list_open() == []

    async def test_a_history_that_cannot_be_read_ends_the_run_and_releases_nothing(
        self, pair, clock
    ):
        mine, other = pair
        await self.hold(other, sent=False)
        other.end()
        mine.provider.histories = Script(ProviderError(Failure.NOT_SENT, "HTTP 502"))
        with pytest.raises(ProviderError):
            await buy(mine, variants(3), limits=[cap(UNIT)])
        assert await mine.state("b-1") is State.RESERVED
        assert mine.provider.bodies == []

    async def test_two_runs_that_wait_for_each_other_both_come_to_an_end(self, pair, clock):
        """One cap with room for three, and two runs that want four each."""
        mine, other = pair
        other.clock = clock
        ours, theirs = variants(4), variants(4, pictures=(2,))
        other.provider.answers = Script(*[f"q-{n}" for n in range(1, 5)])
        other.provider.results = {f"q-{n}": Script(completed(f"q-{n}", 1)) for n in range(1, 5)}
        limits = [cap(3 * UNIT)]
        async with asyncio.timeout(20):
            outcomes = await asyncio.gather(
                buy(mine, ours, limits=limits, concurrent=2),
                buy(other, theirs, limits=limits, concurrent=2),
            )
        assert sum(len(outcome.ended) for outcome in outcomes) == 3
        assert sum(outcome.not_tried for outcome in outcomes) == 5
        assert all(outcome.over is not None for outcome in outcomes)

    async def test_two_runs_that_leave_holds_to_their_next_runs_do_not_wait_for_ever(
        self, pair, clock
    ):
        mine, other = pair
        other.clock = clock
        other.provider.answers = Script("q-1")
        both_hold, looked = asyncio.Barrier(2), set()

        async def under_way(prediction):
            if prediction not in looked:
                looked.add(prediction)
                await both_hold.wait()
            return seen(prediction)

        mine.provider.result = other.provider.result = under_way
        limits, pace = [cap(2 * UNIT)], PollPace(patience_s=60)
        async with asyncio.timeout(20):
            outcomes = await asyncio.gather(
                buy(mine, variants(2), limits=limits, concurrent=1, pace=pace),
                buy(other, variants(2, pictures=(2,)), limits=limits, concurrent=1, pace=pace),
            )
        assert [kinds(outcome) for outcome in outcomes] == [[Happened.LATER]] * 2
        assert all(outcome.over is not None for outcome in outcomes)


class Crowded:
    """A ledger under one of whose caps there is never room because of holds."""

    def __init__(self, inner, limit) -> None:
        self._inner = inner
        self._limit = limit

    def __getattr__(self, name):
        return getattr(self._inner, name)

    async def reserve(self, order, **rest):
        return OverCap(self._limit, would_wait=True)


class TestBreaker:
    async def test_a_tripped_run_begins_nothing_more_and_says_why(self, stage):
        stage.provider.answers = Script(REFUSED)
        outcome = await buy(stage, variants(9), concurrent=1, breaker=Breaker(same=3))
        assert kinds(outcome) == [Happened.REFUSE] * 3
        assert outcome.tripped == "the same 3 times in a row: HTTP 400: bad size"
        assert outcome.not_tried == 6
        assert stage.told(Happened.STOP) == [outcome.tripped]
        assert outcome.over is None
        assert not stage.brake.is_pulled

    async def test_what_is_under_way_is_seen_through(self, stage):
        stage.provider.answers = Script(*[f"p-{n}" for n in range(1, 10)])
        for number in range(1, 10):
            answer = failed(f"p-{number}") if number < 4 else completed(f"p-{number}", 1)
            slowly = [seen(f"p-{number}")] * (5 if number > 3 else 0)
            stage.provider.results[f"p-{number}"] = Script(*slowly, answer)
        outcome = await buy(stage, variants(9), concurrent=5, breaker=Breaker(same=3))
        assert outcome.tripped
        assert kinds(outcome).count(Happened.FAIL) == 3
        assert len(outcome.ended) + outcome.not_tried == 9
        assert len(outcome.ended) >= 5
        assert stage.books.list_open() == []
        assert len(stage.told(Happened.STOP)) == 1

    async def test_short_deliveries_trip_it_although_they_are_settled(self, stage):
        stage.provider.results = {f"p-{n}": Script(completed(f"p-{n}", 0)) for n in range(1, 9)}
        outcome = await buy(stage, variants(8), concurrent=1, breaker=Breaker())
        assert kinds(outcome) == [Happened.SETTLE] * 5
        assert outcome.tripped == "the same 5 times in a row: nothing came"

    async def test_without_a_breaker_it_goes_on(self, stage):
        stage.provider.answers = Script(REFUSED)
        outcome = await buy(stage, variants(12), concurrent=2)
        assert len(outcome.ended) == 12
        assert outcome.tripped == ""

    async def test_a_step_that_waits_for_room_is_not_begun_either(self, stage):
        stage.provider.answers = Script("p-1")
        stage.provider.results["p-1"] = Script(failed("p-1"))
        limits = [cap(UNIT)]
        outcome = await buy(
            stage, variants(3), limits=limits, concurrent=3, breaker=Breaker(same=1)
        )
        assert kinds(outcome) == [Happened.FAIL]
        assert (outcome.over, outcome.not_tried) == (None, 2)

    async def test_what_a_dead_run_left_does_not_count(self, tmp_path):
        dead = Stage(tmp_path, run="r-0")
        for number in range(1, 7):
            of = order(f"d-{number}", cells=(number,))
            await dead.reserve(of)
            await dead.books.submitting(of.attempt, fresh="", at=AT)
            await dead.books.submitted(of.attempt, prediction=f"p-d-{number}")
        dead.end()
        stage = Stage(tmp_path)
        stage.provider.results = {f"p-d-{n}": Script(failed(f"p-d-{n}")) for n in range(1, 7)}
        outcome = await stage.runner(variants(1), breaker=Breaker(same=1)).recover()
        assert kinds(outcome) == [Happened.FAIL] * 6
        assert outcome.tripped == ""
        stage.end()


class TestAudit:
    def audit(self, *answers):
        script, asked = Script(*answers), []

        async def audit(attempts):
            asked.append(list(attempts))
            return script.next()

        return audit, asked

    async def test_the_end_of_a_run_is_audited(self, stage):
        audit, asked = self.audit(None)
        outcome = await buy(stage, variants(3), concurrent=1, audit=audit)
        assert asked == [["a-r-1-1", "a-r-1-2", "a-r-1-3"]]
        assert outcome.over is None

    @pytest.mark.slow
    async def test_a_cap_that_is_passed_in_truth_ends_the_run(self, stage):
        passed = cap(UNIT, spent=MicroUsd(60 * UNIT))
        audit, asked = self.audit(passed)
        outcome = await buy(stage, variants(70), concurrent=1, audit=audit)
        assert len(asked[0]) == 50
        assert outcome.over is passed
        assert (len(outcome.ended), outcome.not_tried) == (50, 20)
        assert stage.told(Happened.CAP) == ["campaign winter"]

    async def test_found_at_the_very_end_it_is_still_said(self, stage):
        passed = cap(UNIT, spent=MicroUsd(3 * UNIT))
        audit, _ = self.audit(passed)
        outcome = await buy(stage, variants(2), audit=audit)
        assert outcome.over is passed
        assert len(outcome.ended) == 2

    async def test_also_after_a_stop(self, stage):
        audit, asked = self.audit(None)
        stage.provider.answers = Script("p-1", UNUSABLE)
        outcome = await buy(stage, variants(3), concurrent=1, audit=audit)
        assert outcome.stopped
        assert asked == [["a-r-1-1"]]

    async def test_also_after_an_error(self, stage):
        async def broken(_digest, _name):
            raise ZeroDivisionError

        def break_it(event):
            if event.kind is Happened.SETTLE:
                stage.provider.upload = broken

        audit, asked = self.audit(None)
        stage.events = Listening(break_it)
        with pytest.raises(ZeroDivisionError):
            await buy(stage, variants(3), concurrent=1, audit=audit)
        assert asked == [["a-r-1-1"]]

    async def test_not_when_it_is_cancelled(self, stage):
        audit, asked = self.audit(None)
        under_way = asyncio.Event()
        stage.provider.results["p-2"] = Script(seen("p-2"))
        stage.events = Listening(lambda event: event.prediction == "p-2" and under_way.set())
        pace = PollPace(patience_s=1e12)
        running = asyncio.create_task(buy(stage, variants(3), concurrent=1, audit=audit, pace=pace))
        await under_way.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert asked == []

    async def test_a_bill_that_cannot_be_read_costs_nothing(self, stage):
        audit, asked = self.audit(NOT_SENT)
        outcome = await buy(stage, variants(2), audit=audit)
        assert kinds(outcome) == [Happened.SETTLE] * 2
        assert len(asked) == 1
        (told,) = stage.told(Happened.WAIT)
        assert "the bill could not be read" in told


class TestBrake:
    async def test_the_first_ctrl_c_begins_nothing_new(self, stage):
        def pull(event):
            if event.kind is Happened.SUBMIT:
                stage.brake.pull()

        stage.events = Listening(pull)
        outcome = await buy(stage, variants(6), concurrent=2)
        assert kinds(outcome) == [Happened.SETTLE] * 2
        assert outcome.not_tried == 4
        assert len(stage.lock.filed) == 2
        assert stage.books.list_open() == []

    async def test_pulled_before_it_begins(self, stage):
        stage.brake.pull()
        outcome = await buy(stage, variants(3))
        assert (outcome.ended, outcome.not_tried) == ([], 3)
        assert stage.log == []


class TestOtherRuns:
    """Another run on the same ledger; it acts while this one sleeps."""

    @pytest.fixture
    def clock(self):
        return Callback()

    @pytest.fixture
    def pair(self, tmp_path, clock):
        mine, other = Stage(tmp_path, run="r-1", clock=clock), Stage(tmp_path, run="r-2")
        mine.books.mark_seen(mine.books.filings())
        yield mine, other
        for one in (mine, other):
            if one.runs._mine:
                one.end()

    async def claim(self, other, of, number: int = 0):
        """The other run claims one cell of a campaign."""
        step = plan_of(of).steps[0]
        alone = replace(step, cells=(step.cells[number],))
        await other.reserve(order_of(alone, "b-1"))

    async def finish(self, other):
        await other.books.submitting("b-1", fresh="", at=AT)
        await other.books.submitted("b-1", prediction="p-b")
        await other.books.settled("b-1", Gen(order("b-1"), "p-b", AT, (output(1),)))
        await other.books.filed("b-1")

    async def test_it_buys_the_rest_then_waits_and_uses_the_others_purchase(self, pair, clock):
        mine, other = pair
        of = campaign(pictures=[1, 2, 3])
        await self.claim(other, of, 1)
        clock.after(8, lambda: self.finish(other))
        outcome = await buy(mine, of)
        assert kinds(outcome) == [Happened.SETTLE]
        (receipt,) = mine.lock.receipts
        assert [cell.address for cell in receipt.order.cells] == [
            "anna/p001/snow/master/t1", "anna/p003/snow/master/t1",
        ]  # fmt: skip
        assert mine.provider.bodies[0]["max_images"] == 2
        assert set(mine.told(Happened.WAIT)) == {"run r-2 is buying it"}
        assert outcome.not_tried == 0

    async def test_a_step_that_is_wholly_taken_is_not_bought(self, pair, clock):
        mine, other = pair
        of = campaign(pictures=[1])
        await self.claim(other, of)
        clock.after(3, lambda: self.finish(other))
        outcome = await buy(mine, of)
        assert (outcome.ended, mine.provider.bodies) == ([], [])

    async def test_what_another_run_filed_since_the_plan_is_not_bought(self, pair):
        mine, other = pair
        of = campaign(pictures=[1])
        await self.claim(other, of)
        await self.finish(other)
        outcome = await buy(mine, of)
        assert (outcome.ended, mine.provider.bodies) == ([], [])
        assert mine.clock.elapsed() == 0

    async def test_what_a_dead_run_had_under_way_is_taken_over(self, pair, clock):
        mine, other = pair
        of = campaign(pictures=[1])
        await self.claim(other, of)
        await other.books.submitting("b-1", fresh="", at=AT)
        await other.books.submitted("b-1", prediction="p-b")
        mine.provider.results["p-b"] = Script(completed("p-b", 1))

        async def die():
            other.end()

        clock.after(3, die)
        outcome = await buy(mine, of)
        assert kinds(outcome) == [Happened.SETTLE]
        assert outcome.ended[0].attempt == "b-1"
        assert mine.provider.bodies == []
        assert mine.lock.receipts[0].prediction == "p-b"

    async def test_what_a_dead_run_had_only_reserved_is_let_go(self, pair, clock):
        mine, other = pair
        of = campaign(pictures=[1])
        await self.claim(other, of)

        async def die():
            other.end()

        clock.after(2, die)
        outcome = await buy(mine, of)
        assert outcome.ended == []
        assert mine.books.list_open() == []

    async def test_a_doubt_of_another_run_is_not_waited_for(self, pair, clock):
        """Else two runs that are each in doubt of what the other wants would wait for ever."""
        mine, other = pair
        of = campaign(pictures=[1])
        await self.claim(other, of)
        await other.books.submitting("b-1", fresh="", at=AT)
        lost = await other.books.state_of("b-1")
        clock.after(3, lambda: other.books.in_doubt("b-1", Doubt(lost.order, AT, "no answer")))
        outcome = await asyncio.wait_for(buy(mine, of), 20)
        assert outcome.ended == []
        assert (await mine.books.state_of("b-1")).run == "r-2"

    async def test_the_brake_ends_the_waiting(self, pair, clock):
        mine, other = pair
        of = campaign(pictures=[1])
        await self.claim(other, of)

        async def pull():
            mine.brake.pull()

        clock.after(5, pull)
        await asyncio.wait_for(buy(mine, of), 20)
        assert [attempt.id for attempt in mine.books.list_open()] == ["b-1"]

    async def test_two_runs_at_once_buy_each_cell_once(self, pair):
        mine, other = pair
        of = variants(6, pictures=(1, 2))
        other.clock = mine.clock
        other.provider.results = {f"q-{n}": Script(completed(f"q-{n}", 2)) for n in range(1, 9)}
        other.provider.answers = Script(*[f"q-{n}" for n in range(1, 9)])
        outcomes = await asyncio.gather(buy(mine, of), buy(other, of))
        bought = [
            cell.key
            for stage in pair
            for receipt in stage.lock.receipts
            for cell in receipt.order.cells
        ]
        assert sorted(bought) == sorted(cell.key for cell in plan_of(of).cells)
        assert {kind for outcome in outcomes for kind in kinds(outcome)} == {Happened.SETTLE}


class TestRecovering:
    async def leave(self, tmp_path, *what):
        """A run that died with attempts in some states; each of one cell."""
        dead = Stage(tmp_path, run="r-0")
        for number, state in enumerate(what, start=1):
            attempt = f"d-{number}"
            of = order(attempt, cells=(number,))
            await dead.reserve(of)
            books = dead.books
            if state is State.RESERVED:
                continue
            await books.submitting(attempt, fresh=f"https://u/{attempt}", at=AT)
            if state is State.IN_DOUBT:
                await books.in_doubt(attempt, Doubt(of, AT, "no answer"))
            elif state is not State.SUBMITTING:
                await books.submitted(attempt, prediction=f"p-{attempt}")
            if state is State.SETTLED:
                await books.settled(attempt, Gen(of, f"p-{attempt}", AT, (output(1),)))
        dead.end()

    async def recover(self, stage, **options):
        return await stage.runner(campaign(), **options).recover()

    async def test_whatever_was_left_is_seen_through_and_nothing_is_sent(self, stage, tmp_path):
        await self.leave(tmp_path, State.RESERVED, State.SUBMITTING, State.SUBMITTED, State.SETTLED)
        stage.provider.results["p-d-3"] = Script(completed("p-d-3", 1))
        stage.provider.results["p-found"] = Script(completed("p-found", 1))
        stage.provider.histories = Script([seen("p-found", inputs=["https://u/d-2"])])
        outcome = await self.recover(stage)
        assert sorted(ended.attempt for ended in outcome.ended) == ["d-2", "d-3", "d-4"]
        assert set(kinds(outcome)) == {Happened.SETTLE}
        assert stage.provider.bodies == []
        assert stage.books.list_open() == []
        assert len(stage.lock.filed) == 3

    async def test_many_are_recovered_with_one_look_into_the_ledger(self, stage, tmp_path):
        await self.leave(tmp_path, *[State.SUBMITTED] * 12)
        for number in range(1, 13):
            answer = completed(f"p-d-{number}", 1)
            stage.provider.results[f"p-d-{number}"] = Script(answer)
        asked = []
        inner = stage.ledger

        class Reading:
            def __getattr__(self, name):
                asked.append(name)
                return getattr(inner, name)

        stage.ledger = Reading()
        outcome = await self.recover(stage)
        assert kinds(outcome) == [Happened.SETTLE] * 12
        assert asked.count("open_attempts") == 1
        assert asked.count("is_alive") == 1, "one run left them all"
        assert "state_of" not in asked

    async def test_runs_that_are_alive_look_after_themselves(self, stage, tmp_path):
        other = Stage(tmp_path, run="r-2")
        await other.reserve(order("b-1", cells=(77,)))
        outcome = await self.recover(stage)
        assert outcome.ended == []
        assert (await stage.books.state_of("b-1")).run == "r-2"
        other.end()

    async def test_a_reserved_one_may_have_left_all_the_same(self, stage, tmp_path):
        await self.leave(tmp_path, State.RESERVED)
        stage.provider.histories = Script([seen("p-stranger")])
        outcome = await self.recover(stage)
        assert kinds(outcome) == [Happened.DOUBT]
        assert await stage.state("d-1") is State.IN_DOUBT
        assert isinstance(stage.lock.receipts[0], Doubt)

    async def test_those_with_a_prediction_find_it_before_reserved_ones_are_judged(
        self, stage, tmp_path
    ):
        await self.leave(tmp_path, State.RESERVED, State.SUBMITTING)
        stage.provider.histories = Script([seen("p-2", inputs=["https://u/d-2"])])
        stage.provider.results["p-2"] = Script(completed("p-2", 1))
        outcome = await self.recover(stage, exclusive=True)
        assert kinds(outcome) == [Happened.SETTLE]
        assert await stage.state("d-1") is None

    async def test_a_history_that_cannot_be_read_releases_nothing(self, stage, tmp_path):
        await self.leave(tmp_path, State.RESERVED)
        stage.provider.histories = Script(ProviderError(Failure.NOT_SENT, "HTTP 502"))
        with pytest.raises(ProviderError):
            await self.recover(stage)
        assert await stage.state("d-1") is State.RESERVED

    async def test_a_doubt_is_looked_for_again_and_ends_by_proof(self, stage, tmp_path):
        await self.leave(tmp_path, State.IN_DOUBT)
        assert kinds(await self.recover(stage)) == [Happened.DOUBT]
        stage.clock.jump(minutes=20)
        (again,) = stage.books.list_open()
        assert again.run == "r-1"
        stage.end()
        later = Stage(tmp_path, run="r-9", clock=stage.clock)
        stage.books, stage.runs, stage.run = later.books, later.runs, later.run
        outcome = await self.recover(later)
        assert kinds(outcome) == [Happened.RELEASE]
        assert isinstance(later.lock.receipts[0], Waive)

    async def test_one_that_cannot_be_told_stays_for_the_next_run(self, stage, tmp_path):
        await self.leave(tmp_path, State.SUBMITTED)
        stage.provider.results["p-d-1"] = Script(NOT_SENT)
        outcome = await self.recover(stage)
        assert kinds(outcome) == [Happened.LATER]
        assert await stage.state("d-1") is State.SUBMITTED


class Listening(list):
    """Events that somebody hears."""

    def __init__(self, hear) -> None:
        super().__init__()
        self._hear = hear

    def append(self, event) -> None:
        super().append(event)
        self._hear(event)

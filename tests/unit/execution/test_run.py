"""Whole runs: order, caps, brake, other runs, and what earlier ones left."""

import asyncio
from dataclasses import replace

import pytest

from pipeline.domain.attempt import State
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import Doubt, Gen, Waive
from pipeline.execution.events import Happened
from pipeline.execution.ports import Failure, ProviderError
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

    async def test_it_does_not_wait_for_holds_of_other_runs(self, stage, tmp_path):
        other = Stage(tmp_path, run="r-2")
        await other.reserve(order("b-1", cells=(77,)))
        outcome = await buy(stage, variants(2), limits=[cap(UNIT)], concurrent=2)
        assert (outcome.ended, outcome.not_tried) == ([], 2)
        assert outcome.over is not None
        other.end()

    async def test_a_dearer_step_that_does_not_fit_ends_the_run_in_plan_order(self, stage):
        of = campaign(pictures=range(1, 9))  # steps of seven and of one
        outcome = await buy(stage, of, limits=[cap(6 * UNIT)], concurrent=1)
        assert (outcome.ended, outcome.not_tried) == ([], 2)


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

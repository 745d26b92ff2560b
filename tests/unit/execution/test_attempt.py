"""One attempt, through everything that can happen to it."""

import asyncio
from datetime import timedelta

import pytest

from pipeline.domain.attempt import State
from pipeline.domain.receipts import Doubt, Failed, Gen, Match, Waive
from pipeline.execution.attempt import Sending, StopRunError
from pipeline.execution.decisions import PollPace
from pipeline.execution.events import Happened
from pipeline.execution.ports import Failure, Progress, ProviderError
from tests.support.clock import START
from tests.unit.domain.samples import UNIT, keys, order, output, sha
from tests.unit.execution.stage import (
    NOT_SENT,
    REFUSED,
    UNKNOWN,
    UNUSABLE,
    Script,
    busy,
    completed,
    failed,
    seen,
    sending,
)

pytestmark = pytest.mark.anyio

COST = 2 * UNIT


async def buy(stage, of=None, **options):
    of = of or order()
    attempt = await stage.reserve(of)
    return await stage.driver(**options).buy(attempt, sending(of))


def answers(stage, *what):
    stage.provider.answers = Script(*what)


def at(**span) -> str:
    return (START + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def bring_to(stage, state, *, of=None, addresses=2):
    """An attempt of a run that died in some state."""
    of = of or order()
    await stage.reserve(of)
    books = stage.books
    if state is State.RESERVED:
        return await books.state_of(of.attempt)
    await books.submitting(of.attempt, fresh=f"https://u/{of.attempt}", at=at())
    if state is State.IN_DOUBT:
        await books.in_doubt(of.attempt, Doubt(of, at(), "no answer"))
    if state not in {State.SUBMITTING, State.IN_DOUBT}:
        await books.submitted(of.attempt, prediction="p-1")
        stage.provider.results["p-1"] = Script(completed("p-1", addresses))
    if state in {State.READY, State.STORED}:
        found = completed("p-1", addresses).addresses
        await books.ready(of.attempt, addresses=found)
    if state is State.STORED:
        await books.stored(of.attempt, outputs=[output(1), output(2)])
    if state is State.SETTLED:
        await books.settled(of.attempt, Gen(of, "p-1", at(), (output(1), output(2))))
    if state is State.FAILED:
        await books.settled(of.attempt, Failed(of, "p-1", at(), 1200, "flagged"))
    stage.log.clear()
    return await books.state_of(of.attempt)


class TestWell:
    async def test_from_reservation_to_receipt(self, stage):
        ended = await buy(stage)
        assert (ended.kind, ended.money, ended.outputs) == (Happened.SETTLE, COST, 2)
        assert stage.lock.filed == [
            ("winter", Gen(order(), "p-1", stage.lock.receipts[0].at, (output(900), output(901))))
        ]
        assert await stage.state() is None
        assert stage.kinds == [Happened.SUBMIT, Happened.DELIVER, Happened.DELIVER, Happened.SETTLE]

    async def test_every_effect_comes_after_its_durable_intent(self, stage):
        await buy(stage)
        assert [step for step in stage.log if step not in {"upload", "result"}] == [
            "uploaded", "uploaded", "submitting", "submit", "submitted", "ready", "take in",
            "take in", "stored", "settled", "file", "filed",
        ]  # fmt: skip

    async def test_the_body_is_the_request_with_addresses(self, stage):
        of = order()
        attempt = await stage.reserve(of)
        await stage.driver().buy(attempt, sending(of, reference=sha(7)))
        assert stage.provider.bodies == [
            {
                "prompt": of.recipe.prompt,
                "max_images": 2,
                "images": ["https://u/1", "https://u/2", "https://u/3"],
            }
        ]
        assert stage.provider.uploaded == [sha(7), sha(1), sha(2)]

    async def test_a_model_of_one_picture_gets_one_address(self, stage):
        attempt = await stage.reserve(order(cells=(1,)))
        await stage.driver().buy(
            attempt, Sending(body={"prompt": "x"}, inputs=(sha(1),), field="image", many=False)
        )
        assert stage.provider.bodies == [{"prompt": "x", "image": "https://u/1"}]

    async def test_words_alone_need_no_picture(self, stage):
        attempt = await stage.reserve(order(cells=(1,)))
        await stage.driver().buy(
            attempt, Sending(body={"prompt": "x"}, inputs=(), field="images", many=True)
        )
        assert stage.provider.bodies == [{"prompt": "x"}]
        assert stage.provider.uploaded == []

    async def test_the_last_picture_is_uploaded_afresh_and_the_others_once_a_day(self, stage):
        first, second, third = (order(f"a-{n}", cells=(n,)) for n in (1, 2, 3))
        for of in (first, second):
            attempt = await stage.reserve(of)
            await stage.driver().buy(attempt, sending(of, reference=sha(7)))
        assert stage.provider.uploaded == [sha(7), sha(1), sha(2)]
        fresh = [body["images"] for body in stage.provider.bodies]
        assert fresh == [["https://u/1", "https://u/2"], ["https://u/1", "https://u/3"]]
        stage.clock.jump(hours=25)
        attempt = await stage.reserve(third)
        await stage.driver().buy(attempt, sending(third, reference=sha(7)))
        assert stage.provider.uploaded[3:] == [sha(7), sha(3)]

    async def test_a_picture_that_was_uploaded_afresh_is_not_used_again(self, stage):
        """Its address proves whose prediction one is, so nobody else may send it."""
        for attempt in ("a-1", "a-2"):
            of = order(attempt, cells=(int(attempt[2:]),))
            reserved = await stage.reserve(of)
            inputs = (sha(5),)
            send = Sending(body={"prompt": "x"}, inputs=inputs, field="images", many=True)
            await stage.driver().buy(reserved, send)
        one, other = (body["images"] for body in stage.provider.bodies)
        assert one != other

    async def test_more_pictures_than_asked_for_are_kept_and_assigned_to_nobody(self, stage):
        stage.provider.results["p-1"] = Script(completed("p-1", 3))
        ended = await buy(stage)
        assert ended.outputs == 3
        assert len(stage.lock.receipts[0].outputs) == 3


class TestUploads:
    async def test_an_upload_that_fails_releases_the_attempt(self, stage):
        stage.provider.uploading = Script(NOT_SENT)
        ended = await buy(stage)
        assert (ended.kind, ended.money) == (Happened.RELEASE, 0)
        assert await stage.state() is None
        assert "submit" not in stage.log
        assert stage.lock.filed == []

    async def test_an_account_that_is_turned_away_stops_the_run(self, stage):
        stage.provider.uploading = Script(UNUSABLE)
        with pytest.raises(StopRunError, match="bad key"):
            await buy(stage)
        assert await stage.state() is None
        assert "submit" not in stage.log


class TestTurnedAway:
    async def test_refused_is_the_end_and_costs_nothing(self, stage):
        answers(stage, REFUSED)
        ended = await buy(stage)
        assert (ended.kind, ended.money, ended.message) == (Happened.REFUSE, 0, REFUSED.reason)
        assert len(stage.provider.bodies) == 1
        assert await stage.state() is None
        assert stage.lock.filed == []

    async def test_unusable_stops_the_run_and_frees_the_money(self, stage):
        answers(stage, UNUSABLE)
        with pytest.raises(StopRunError, match="bad key"):
            await buy(stage)
        assert await stage.state() is None
        assert stage.books.claims() == {}

    async def test_what_was_not_sent_is_sent_again(self, stage):
        answers(stage, NOT_SENT, NOT_SENT, "p-1")
        stage.provider.results["p-1"] = Script(completed("p-1", 2))
        ended = await buy(stage)
        assert ended.kind is Happened.SETTLE
        assert len(stage.provider.bodies) == 3
        assert stage.told(Happened.WAIT) == [
            "no connection; trying again in 1 s", "no connection; trying again in 2 s",
        ]  # fmt: skip

    async def test_a_busy_provider_is_given_the_time_it_asks_for(self, stage):
        answers(stage, busy(90.0), "p-1")
        stage.provider.results["p-1"] = Script(completed("p-1", 2))
        await buy(stage)
        assert stage.clock.elapsed() >= 90

    async def test_each_try_is_noted_when_it_leaves(self, stage):
        """How long ago the last one left decides later what counts as absent."""
        answers(stage, busy(300.0), busy(300.0), busy(300.0), UNKNOWN)
        await buy(stage)
        lost = await stage.books.state_of("a-1")
        assert lost.sent_at == at(seconds=900)
        assert lost.state is State.IN_DOUBT

    async def test_a_busy_provider_uses_up_no_tries(self, stage):
        """Eight tries would have been used up in four minutes of its storm."""
        answers(stage, *[busy()] * 20, NOT_SENT, *[busy(), NOT_SENT] * 3, "p-1")
        stage.provider.results["p-1"] = Script(completed("p-1", 2))
        ended = await buy(stage)
        assert ended.kind is Happened.SETTLE
        assert len(stage.provider.bodies) == 28
        assert stage.clock.elapsed() > 15 * 60

    async def test_one_that_never_lets_up_stops_the_run_and_frees_the_money(self, stage):
        answers(stage, busy())
        with pytest.raises(StopRunError, match="turned away for 30 minutes: HTTP 429"):
            await buy(stage)
        assert await stage.state() is None
        assert stage.books.claims() == {}
        assert stage.kinds[-1] is Happened.RELEASE
        assert stage.clock.elapsed() < 32 * 60

    async def test_a_whole_burst_waits_for_the_moment_that_the_provider_names(self, stage):
        driver = stage.driver()
        answers(stage, *[busy(120.0)] * 5, *[f"p-{n}" for n in range(6, 11)])
        for number in range(6, 11):
            stage.provider.results[f"p-{number}"] = Script(completed(f"p-{number}", 1))
        orders = [order(f"a-{n}", cells=(n,)) for n in range(5)]
        attempts = [await stage.reserve(of) for of in orders]
        ends = await asyncio.gather(
            *(driver.buy(one, sending(of)) for one, of in zip(attempts, orders, strict=True))
        )
        assert [ended.kind for ended in ends] == [Happened.SETTLE] * 5
        assert stage.clock.elapsed() >= 120

    async def test_nobody_is_tried_for_ever(self, stage):
        answers(stage, NOT_SENT)
        ended = await buy(stage)
        assert (ended.kind, ended.money) == (Happened.RELEASE, 0)
        assert len(stage.provider.bodies) == 8
        assert await stage.state() is None


class TestDoubt:
    async def test_no_answer_is_never_sent_again(self, stage):
        answers(stage, UNKNOWN)
        ended = await buy(stage)
        assert (ended.kind, ended.money) == (Happened.DOUBT, COST)
        assert len(stage.provider.bodies) == 1
        assert await stage.state() is State.IN_DOUBT
        (receipt,) = stage.lock.receipts
        assert isinstance(receipt, Doubt)
        assert receipt.order == order()
        assert set(stage.books.claims()) == set(keys(order()))

    async def test_it_looks_three_times_in_a_minute_before_it_says_so(self, stage):
        answers(stage, UNKNOWN)
        await buy(stage)
        assert stage.provider.log.count("history") == 3
        assert stage.clock.elapsed() == 42

    async def test_what_turns_up_in_the_history_is_followed(self, stage):
        answers(stage, UNKNOWN)
        # The first picture is uploaded for reuse, the second for this attempt alone.
        mine = seen("p-7", inputs=["https://u/1", "https://u/2"])
        stage.provider.histories = Script([], [seen("p-6", inputs=["https://u/1"]), mine])
        stage.provider.results["p-7"] = Script(completed("p-7", 2))
        ended = await buy(stage)
        assert ended.kind is Happened.SETTLE
        assert stage.lock.receipts[0].prediction == "p-7"
        assert stage.told(Happened.RESUME) == [
            "found in the history: its input address was uploaded for this attempt alone"
        ]
        assert stage.provider.log.count("submit") == 1

    async def test_an_answer_that_is_lost_after_a_busy_one_is_lost_all_the_same(self, stage):
        answers(stage, busy(), NOT_SENT, UNKNOWN, "p-never")
        assert (await buy(stage)).kind is Happened.DOUBT
        assert len(stage.provider.bodies) == 3

    async def test_a_doubt_is_written_down_once(self, stage):
        lost = await bring_to(stage, State.IN_DOUBT)
        ended = await stage.driver().search(lost, looks=(0.0,))
        assert ended.kind is Happened.DOUBT
        assert stage.lock.filed == []

    async def test_a_doubt_ends_by_proof_of_absence(self, stage):
        lost = await bring_to(stage, State.IN_DOUBT)
        stage.clock.jump(minutes=16)
        ended = await stage.driver().search(lost, looks=(0.0,))
        assert (ended.kind, ended.money) == (Happened.RELEASE, 0)
        (waived,) = stage.lock.receipts
        assert (type(waived), waived.attempt, waived.by) == (Waive, "a-1", "proof")
        assert await stage.state() is None

    async def test_an_attempt_that_no_lock_knows_needs_no_waiver(self, stage):
        lost = await bring_to(stage, State.SUBMITTING)
        stage.clock.jump(minutes=16)
        ended = await stage.driver().search(lost, looks=(0.0,))
        assert ended.kind is Happened.RELEASE
        assert stage.lock.filed == []

    async def test_a_doubt_ends_by_finding_it(self, stage):
        lost = await bring_to(stage, State.IN_DOUBT)
        stage.clock.jump(hours=1)
        stage.provider.histories = Script([seen("p-1", inputs=["https://u/a-1"])])
        stage.provider.results["p-1"] = Script(completed("p-1", 2))
        ended = await stage.driver().search(lost, looks=(0.0,))
        assert ended.kind is Happened.SETTLE
        assert isinstance(stage.lock.receipts[0], Gen)


class TestPolling:
    async def test_it_waits_as_long_as_it_takes(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        under_way = seen("p-1")
        stage.provider.results["p-1"] = Script(*[under_way] * 20, completed("p-1", 2))
        assert (await stage.driver().follow(attempt)).kind is Happened.SETTLE
        assert stage.provider.asked["p-1"] == 21

    async def test_failed_looks_are_no_failure(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        not_found = ProviderError(Failure.REFUSED, "HTTP 404")
        stage.provider.results["p-1"] = Script(
            NOT_SENT, busy(), UNKNOWN, not_found, completed("p-1", 2)
        )
        assert (await stage.driver().follow(attempt)).kind is Happened.SETTLE

    async def test_a_busy_provider_is_looked_at_less_often(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        stage.provider.results["p-1"] = Script(busy(100.0), seen("p-1"), completed("p-1", 2))
        assert (await stage.driver().follow(attempt)).kind is Happened.SETTLE
        assert stage.provider.asked["p-1"] == 3
        assert 100 <= stage.clock.elapsed() <= 115

    async def test_patience_ends_and_the_next_run_looks_again(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        stage.provider.results["p-1"] = Script(seen("p-1"))
        ended = await stage.driver(pace=PollPace(patience_s=60)).follow(attempt)
        assert (ended.kind, ended.money) == (Happened.LATER, COST)
        assert 60 <= stage.clock.elapsed() < 75
        assert await stage.state() is State.SUBMITTED
        stage.provider.results["p-1"] = Script(completed("p-1", 2))
        again = await stage.books.state_of("a-1")
        assert (await stage.driver().follow(again)).kind is Happened.SETTLE

    async def test_an_account_that_is_turned_away_stops_the_run_and_forgets_nothing(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        stage.provider.results["p-1"] = Script(UNUSABLE)
        with pytest.raises(StopRunError):
            await stage.driver().follow(attempt)
        assert await stage.state() is State.SUBMITTED

    async def test_a_failed_prediction_is_a_receipt_with_its_code(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        stage.provider.results["p-1"] = Script(failed("p-1", 1200))
        ended = await stage.driver().follow(attempt)
        assert (ended.kind, ended.money) == (Happened.FAIL, COST)
        assert ended.message == "it broke (code 1200)"
        (receipt,) = stage.lock.receipts
        assert (type(receipt), receipt.code, receipt.message) == (Failed, 1200, "it broke")
        assert await stage.state() is None

    async def test_a_failure_without_words_says_so(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        silent = failed("p-1", 0).__class__("p-1", Progress.FAILED)
        stage.provider.results["p-1"] = Script(silent)
        assert (await stage.driver().follow(attempt)).message == "the provider gave no reason"

    async def test_after_seven_days_an_unknown_prediction_is_lost(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        stage.provider.results["p-1"] = Script(ProviderError(Failure.REFUSED, "HTTP 404"))
        stage.clock.jump(days=7, seconds=1)
        ended = await stage.driver().follow(attempt)
        assert ended.kind is Happened.FAIL
        assert "no longer knows it" in stage.lock.receipts[0].message

    async def test_after_seven_days_one_that_is_still_there_is_taken(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        stage.clock.jump(days=8)
        assert (await stage.driver().follow(attempt)).kind is Happened.SETTLE


class TestDelivery:
    async def test_fewer_than_asked_for_are_nobodys_yet(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED, addresses=1)
        ended = await stage.driver().follow(attempt)
        assert (ended.kind, ended.outputs, ended.money) == (Happened.SETTLE, 1, COST)
        (receipt,) = stage.lock.receipts
        assert receipt.is_short
        assert Happened.DELIVER not in stage.kinds  # nobody knows whose it is

    async def test_an_empty_delivery_is_a_receipt(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED, addresses=0)
        ended = await stage.driver().follow(attempt)
        assert (ended.kind, ended.outputs) == (Happened.SETTLE, 0)
        assert stage.lock.receipts[0].outputs == ()

    async def test_what_cannot_be_fetched_now_is_left_for_the_next_run(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        stage.intake.later = {"https://o/p-1/1"}
        ended = await stage.driver().follow(attempt)
        assert (ended.kind, ended.money, ended.message) == (Happened.LATER, COST, "HTTP 503")
        assert await stage.state() is State.READY
        assert stage.lock.filed == []
        assert stage.intake.tried.count("https://o/p-1/1") == 5
        stage.intake.later = set()
        again = await stage.books.state_of("a-1")
        assert (await stage.driver().follow(again)).kind is Happened.SETTLE
        assert stage.lock.receipts[0].outputs == (output(900), output(901))

    async def test_what_is_gone_too_early_is_left_for_the_next_run_too(self, stage):
        attempt = await bring_to(stage, State.SUBMITTED)
        stage.intake.gone = {"https://o/p-1/0"}
        ended = await stage.driver().follow(attempt)
        assert ended.kind is Happened.LATER
        assert await stage.state() is State.READY

    async def test_what_is_gone_after_seven_days_is_lost_and_the_rest_keeps_its_place(self, stage):
        attempt = await bring_to(stage, State.READY)
        stage.intake.gone = {"https://o/p-1/0"}
        stage.clock.jump(days=7, seconds=1)
        ended = await stage.driver().follow(attempt)
        assert (ended.kind, ended.outputs) == (Happened.SETTLE, 1)
        receipt, match = stage.lock.receipts
        assert receipt.outputs == (output(901),)
        assert isinstance(match, Match)
        assert (match.outputs, match.how) == ((keys(order())[1],), "assumed")

    async def test_what_cannot_be_fetched_after_seven_days_is_lost(self, stage):
        attempt = await bring_to(stage, State.READY)
        stage.intake.later = {"https://o/p-1/1"}
        stage.clock.jump(days=8)
        assert (await stage.driver().follow(attempt)).outputs == 1
        assert stage.lock.receipts[1].outputs == (keys(order())[0],)

    async def test_all_of_it_may_be_gone(self, stage):
        attempt = await bring_to(stage, State.READY)
        stage.intake.gone = {"https://o/p-1/0", "https://o/p-1/1"}
        stage.clock.jump(days=8)
        ended = await stage.driver().follow(attempt)
        assert (ended.kind, ended.outputs) == (Happened.SETTLE, 0)
        receipt, match = stage.lock.receipts
        assert (receipt.outputs, match.outputs) == ((), ())

    async def test_a_short_delivery_of_which_some_is_gone_has_no_places(self, stage):
        of = order(cells=(1, 2, 3))
        attempt = await bring_to(stage, State.READY, of=of, addresses=2)
        stage.intake.gone = {"https://o/p-1/0"}
        stage.clock.jump(days=8)
        await stage.driver().follow(attempt)
        (receipt,) = stage.lock.receipts
        assert receipt.outputs == (output(901),)


class TestMany:
    @pytest.mark.slow
    async def test_what_lies_in_memory_at_once_is_bounded(self, stage):
        """However many attempts are under way: uploads and downloads hold pictures."""
        busy_now, most = {}, {}

        def counted(name, call):
            async def counting(*args):
                busy_now[name] = busy_now.get(name, 0) + 1
                most[name] = max(most.get(name, 0), busy_now[name])
                for _ in range(3):
                    await asyncio.sleep(0)
                busy_now[name] -= 1
                return await call(*args)

            return counting

        stage.provider.upload = counted("upload", stage.provider.upload)
        stage.intake.take_in = counted("take in", stage.intake.take_in)
        # Each upload has an address of its own, whatever the order in which they come through.
        stage.provider.answers = Script(*[f"p-{n}" for n in range(100)])
        stage.provider.results = {f"p-{n}": Script(completed(f"p-{n}", 1)) for n in range(100)}
        driver = stage.driver()
        orders = [order(f"a-{n}", cells=(n,)) for n in range(100)]
        attempts = [await stage.reserve(of) for of in orders]
        ends = await asyncio.gather(
            *(driver.buy(one, sending(of)) for one, of in zip(attempts, orders, strict=True))
        )
        assert {ended.kind for ended in ends} == {Happened.SETTLE}
        assert 0 < most["upload"] <= 24
        assert 0 < most["take in"] <= 12

    async def test_the_ledger_is_not_asked_for_what_was_just_written(self, stage):
        reads = []
        inner = stage.ledger

        class Reading:
            def __getattr__(self, name):
                reads.append(name)
                return getattr(inner, name)

        stage.ledger = Reading()
        assert (await buy(stage)).kind is Happened.SETTLE
        assert "state_of" not in reads

    @pytest.mark.parametrize("prediction", ["whole", "gapped", "failed"])
    async def test_what_the_driver_knows_is_what_the_ledger_tells(self, stage, prediction):
        """After each step the attempt that goes on is the one that a crash would find."""
        driver = stage.driver()
        shown = completed("p-1", 2) if prediction != "failed" else failed("p-1", 1200)
        stage.provider.results["p-1"] = Script(shown)
        if prediction == "gapped":
            stage.intake.gone = {"https://o/p-1/0"}
            stage.provider.submit = counted_days(stage)
        known = watch(stage, driver)
        attempt = await stage.reserve()
        await driver.buy(attempt, sending(order()))
        assert len(known) == (2 if prediction == "failed" else 3)
        for ours, theirs in known:
            assert ours == theirs

    async def test_also_of_one_that_was_in_doubt(self, stage):
        lost = await bring_to(stage, State.IN_DOUBT)
        stage.provider.histories = Script([seen("p-1", inputs=["https://u/a-1"])])
        stage.provider.results["p-1"] = Script(completed("p-1", 2))
        driver = stage.driver()
        known = watch(stage, driver)
        await driver.search(lost, looks=(0.0,))
        assert len(known) == 3
        for ours, theirs in known:
            assert ours == theirs


def watch(stage, driver):
    """The attempt as the driver knows it and as the ledger tells it, at each step that begins."""
    known = []

    def watched(call):
        async def watching(attempt):
            known.append((attempt, await stage.books.state_of(attempt.id)))
            return await call(attempt)

        return watching

    for name in ("_poll", "_take_in", "follow"):
        setattr(driver, name, watched(getattr(driver, name)))
    return known


def counted_days(stage):
    """A submit after which eight days pass."""

    async def submit(model, body):
        stage.provider.bodies.append(body)
        return "p-1"

    async def result(prediction):
        stage.clock.jump(days=8)
        return completed(prediction, 2)

    stage.provider.result = result
    return submit


class TestComingBack:
    """A program that was stopped anywhere goes on from there and sends nothing again."""

    @pytest.mark.parametrize("state", [State.SUBMITTED, State.READY, State.STORED])
    async def test_a_known_prediction_is_followed_from_any_state(self, stage, state):
        attempt = await bring_to(stage, state)
        ended = await stage.driver().follow(attempt)
        assert ended.kind is Happened.SETTLE
        assert "submit" not in stage.log
        assert ("take in" in stage.log) == (state is not State.STORED)
        assert await stage.state() is None

    @pytest.mark.parametrize(
        ("state", "kind"), [(State.SETTLED, Happened.SETTLE), (State.FAILED, Happened.FAIL)]
    )
    async def test_a_receipt_that_was_not_filed_is_filed(self, stage, state, kind):
        attempt = await bring_to(stage, state)
        ended = await stage.driver().file(attempt)
        assert ended.kind is kind
        assert stage.log == ["file", "filed"]
        assert len(stage.lock.filed) == 1
        assert await stage.state() is None

    async def test_a_claim_is_kept_until_the_receipt_is_durable(self, stage):
        class BrokenLock:
            async def file(self, campaign, receipts):
                raise OSError("disk full")

        attempt = await bring_to(stage, State.SETTLED)
        stage.lock = BrokenLock()
        with pytest.raises(OSError, match="disk full"):
            await stage.driver().file(attempt)
        assert await stage.state() is State.SETTLED
        assert set(stage.books.claims()) == set(keys(order()))

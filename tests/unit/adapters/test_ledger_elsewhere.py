"""What other ledgers made, a lost one knew, or a person said: learned, adopted, taken in doubt."""

import pytest

from pipeline.domain.attempt import OpenAttempt, State
from pipeline.domain.history import AttemptMoney
from pipeline.domain.money import MicroUsd
from pipeline.domain.receipts import Charge
from pipeline.execution.ports import BillingRow, OverCap, OwnedError, Reserved, Taken
from tests.unit.adapters.ledgers import cap, reserve, send, spent
from tests.unit.domain.samples import AT, LATER, UNIT, doubt, gen, keys, order

pytestmark = pytest.mark.anyio
EVERYTHING = cap(0, scope="workspace", name="")
AT_MOST_TWO = cap(2 * UNIT, scope="workspace", name="")


def money(charged=UNIT, *, images=1, in_doubt=False, campaign="winter", at=AT) -> AttemptMoney:
    return AttemptMoney(campaign, at, MicroUsd(charged), images, True, in_doubt, ())  # noqa: FBT003 (a tuple)


def row(name: str, amount: int) -> BillingRow:
    return BillingRow(name, "p", MicroUsd(amount), AT)


async def total(ledger, limit=EVERYTHING) -> tuple[int, int, bool]:
    """Money and pictures of a scope as a reservation sees them; whether waiting would help."""
    over = await reserve(ledger, "a-asks", cells=(77,), limits=[limit])
    assert isinstance(over, OverCap)
    return over.limit.spent, over.limit.spent_images, over.would_wait


async def adopt(ledger, attempt="a-1", *, cells=(1, 2), prediction="p-1", at=LATER):
    of = order(attempt, cells=cells)
    return await ledger.adopt(of, campaign="winter", hold=of.quote, prediction=prediction, at=at)


async def take_in_doubt(ledger, attempt="a-1", *, cells=(1, 2), sent_at=AT) -> bool:
    of = order(attempt, cells=cells)
    return await ledger.take_in_doubt(
        of, campaign="winter", hold=of.quote, sent_at=sent_at, receipt=doubt(of, at=LATER)
    )


class TestLearning:
    async def test_what_is_learned_counts_by_campaign_month_and_workspace(self, desk):
        ledger = desk.ledger()
        await ledger.learn(
            {"a-far": money(3 * UNIT, images=3, campaign="autumn", at="2026-10-01T")}
        )
        assert await total(ledger) == (3 * UNIT, 3, False)
        assert await total(ledger, cap(0, name="autumn")) == (3 * UNIT, 3, False)
        assert await total(ledger, cap(0, scope="month", name="2026-10")) == (3 * UNIT, 3, False)
        assert await total(ledger, cap(0, scope="month", name="2026-11")) == (0, 0, False)
        assert spent(ledger) == (0, 0, 0, 0)  # it is no attempt of this ledger

    async def test_a_doubt_elsewhere_is_no_hold_that_will_pass(self, desk):
        ledger = desk.ledger()
        await ledger.learn({"a-far": money(in_doubt=True)})
        assert await total(ledger, cap(UNIT, scope="workspace", name="")) == (UNIT, 1, False)

    async def test_what_was_waived_or_billed_since_is_corrected_by_learning_again(self, desk):
        ledger = desk.ledger()
        await ledger.learn({"a-far": money(in_doubt=True)})
        await ledger.learn({"a-far": money(0, images=0)})
        assert await total(ledger, cap(UNIT - 1)) == (0, 0, False)
        await ledger.learn({"a-far": money(2 * UNIT, campaign="autumn", at="2026-12-01T")})
        assert await total(ledger) == (2 * UNIT, 1, False)
        assert await total(ledger, cap(0, name="winter")) == (0, 0, False)

    async def test_what_this_ledger_made_is_not_learned(self, desk):
        ledger = desk.ledger()
        await send(ledger, "a-1", cells=(1,), upto=State.FILED)
        for predictions in ({}, {"a-1": "p-a-1"}):
            await ledger.learn({"a-1": money(9 * UNIT)}, predictions=predictions)
            assert await total(ledger) == (UNIT, 1, False)

    async def test_a_prediction_that_was_found_twice_was_charged_once(self, desk):
        ledger = desk.ledger()
        await adopt(ledger, "a-here", cells=(1,), prediction="p-1")
        await ledger.learn({"a-far": money()}, predictions={"a-far": "p-1"})
        assert await total(ledger) == (UNIT, 1, False)
        assert ledger.predictions() == {"p-1": ("a-here", "winter")}

    async def test_rows_of_the_bill_count_for_them_too(self, desk):
        ledger = desk.ledger()
        await ledger.learn({"a-far": money()}, predictions={"a-far": "p-far"})
        assert await ledger.billed([("a-far", row("b-1", 5 * UNIT))]) == ["b-1"]
        assert await total(ledger) == (5 * UNIT, 1, False)
        assert ledger.receipts() == [("winter", Charge("a-far", "b-1", MicroUsd(5 * UNIT), AT))]
        await ledger.billed([("a-far", row("b-2", -5 * UNIT))])
        assert await total(ledger) == (UNIT, 1, False)  # until the receipts say so as well
        await ledger.learn({"a-far": money(0)})
        assert (await total(ledger, cap(0)))[0] == 0

    async def test_rows_that_came_before_it_was_known_count(self, desk):
        ledger = desk.ledger()
        await ledger.billed([("a-far", row("b-1", 5 * UNIT))])
        assert (await total(ledger))[0] == 0
        await ledger.learn({"a-far": money()})
        assert (await total(ledger))[0] == 5 * UNIT


class TestOwners:
    async def test_predictions_are_owned_here_elsewhere_or_surely_by_nobody_of_ours(self, desk):
        ledger = desk.ledger()
        await send(ledger, "a-1", cells=(1,), upto=State.FILED)
        assert await ledger.owned() == {"p-a-1"}
        await ledger.learn(
            {"a-far": money(campaign="autumn")},
            predictions={"a-far": "p-far"},
            foreign=["p-theirs"],
        )
        assert await ledger.owned() == {"p-a-1", "p-far", "p-theirs"}
        assert ledger.predictions() == {"p-a-1": ("a-1", "winter"), "p-far": ("a-far", "autumn")}
        desk.end(ledger)
        again = desk.ledger("r-2")
        assert await again.owned() == {"p-a-1", "p-far", "p-theirs"}

    async def test_what_another_run_learns_is_owned_here_at_once(self, desk):
        one, other = desk.ledger("r-1"), desk.ledger("r-2")
        assert await one.owned() == frozenset()
        await other.learn({}, foreign=["p-theirs"])
        assert await one.owned() == {"p-theirs"}

    async def test_an_attempt_does_not_get_what_belongs_to_one_elsewhere(self, desk):
        ledger = desk.ledger()
        await ledger.learn({"a-far": money()}, predictions={"a-far": "p-1"})
        await send(ledger, "a-1", upto=State.SUBMITTING)
        with pytest.raises(OwnedError):
            await ledger.submitted("a-1", prediction="p-1")
        assert (await ledger.state_of("a-1")).state is State.SUBMITTING
        assert ledger.predictions()["p-1"] == ("a-far", "winter")

    async def test_a_receipt_outranks_a_person_who_said_that_it_is_not_ours(self, desk):
        ledger = desk.ledger()
        await ledger.learn({}, foreign=["p-1", "p-2", "p-3"])
        assert ledger.predictions() == {}
        await ledger.learn({"a-far": money()}, predictions={"a-far": "p-1"}, foreign=["p-1"])
        await adopt(ledger, "a-2", cells=(2,), prediction="p-2")
        await send(ledger, "a-3", cells=(3,), upto=State.SUBMITTING)
        await ledger.submitted("a-3", prediction="p-3")
        owners = {prediction: attempt for prediction, (attempt, _) in ledger.predictions().items()}
        assert owners == {"p-1": "a-far", "p-2": "a-2", "p-3": "a-3"}


class TestAdopting:
    async def test_it_is_submitted_at_once_and_holds_claims_and_money(self, desk):
        ledger = desk.ledger()
        adopted = await adopt(ledger)
        assert adopted == OpenAttempt(
            order("a-1"), "winter", "", State.SUBMITTED, hold=MicroUsd(2 * UNIT),
            reserved_at=LATER, sent_at=LATER, prediction="p-1",
        )  # fmt: skip
        assert await ledger.state_of("a-1") == adopted
        assert not ledger.is_alive("")
        assert await ledger.take_over("a-1", dead="")
        assert set(ledger.claims()) == set(keys(order()))
        assert spent(ledger) == (0, 2 * UNIT, 0, 2)
        assert await total(ledger, AT_MOST_TWO) == (2 * UNIT, 2, True)
        assert await ledger.owned() == {"p-1"}
        await ledger.settled("a-1", gen(order()))
        await ledger.filed("a-1")
        assert spent(ledger) == (2 * UNIT, 0, 0, 2)

    async def test_what_is_claimed_or_was_bought_meanwhile_is_taken(self, desk):
        ledger = desk.ledger()
        await reserve(ledger, "a-0", cells=(2,))
        assert await adopt(ledger) == Taken({keys(order())[1]: "a-0"})
        await send(ledger, "a-9", cells=(3,), upto=State.SETTLED)
        await ledger.filed("a-9")
        assert isinstance(await adopt(ledger, "a-2", cells=(3,)), Taken)
        assert await ledger.owned() == {"p-a-9"}

    async def test_of_two_runs_that_find_the_same_prediction_one_adopts_it(self, desk):
        one, other = desk.ledger("r-1"), desk.ledger("r-2")
        assert isinstance(await adopt(one, "a-1", cells=(1,)), OpenAttempt)
        assert await adopt(other, "a-2", cells=(2,)) == Taken({keys(order(cells=(2,)))[0]: "a-1"})

    async def test_it_replaces_what_receipts_told_of_the_same_attempt(self, desk):
        ledger = desk.ledger()
        await ledger.learn({"a-1": money(2 * UNIT, images=2, in_doubt=True)})
        await ledger.billed([("a-1", row("b-1", UNIT))])
        await adopt(ledger)
        assert await total(ledger, AT_MOST_TWO) == (2 * UNIT, 2, True)
        assert spent(ledger) == (UNIT, UNIT, 0, 2)

    @pytest.mark.parametrize("end", ["waived", "assumed"])
    async def test_one_that_ended_by_a_persons_word_goes_on_when_it_is_found(self, desk, end):
        ledger = desk.ledger()
        of = await send(ledger, upto=State.SUBMITTING)
        await ledger.in_doubt("a-1", doubt(of))
        if end == "waived":
            await ledger.abandoned("a-1", "waived")
        else:
            await ledger.settled("a-1", gen(of, outputs=()))
            await ledger.filed("a-1")
        found = await adopt(ledger)
        assert await ledger.state_of("a-1") == found
        assert (found.state, found.sent_at, found.fresh) == (State.SUBMITTED, AT, "u-a-1")
        assert set(ledger.claims()) == set(keys(of))
        assert spent(ledger) == (0, 2 * UNIT, 0, 2)
        assert ledger.receipts() == []

    async def test_one_that_ended_goes_on_only_while_nobody_else_has_its_cells(self, desk):
        ledger = desk.ledger()
        await send(ledger, upto=State.SUBMITTING)
        await ledger.abandoned("a-1", "waived")
        await reserve(ledger, "a-2", cells=(1,))
        assert await adopt(ledger) == Taken({keys(order())[0]: "a-2"})

    @pytest.mark.parametrize("upto", [State.RESERVED, State.SUBMITTED, State.SETTLED, State.FILED])
    async def test_one_that_is_under_way_or_has_a_prediction_is_left_alone(self, desk, upto):
        ledger = desk.ledger()
        await send(ledger, upto=upto)
        before = spent(ledger)
        assert await adopt(ledger) == Taken(dict.fromkeys(keys(order()), "a-1"))
        assert spent(ledger) == before

    async def test_one_that_asked_for_something_else_does_not_go_on(self, desk):
        ledger = desk.ledger()
        await send(ledger, cells=(1, 2), upto=State.SUBMITTING)
        await ledger.abandoned("a-1", "waived")
        with pytest.raises(LookupError):
            await adopt(ledger, cells=(1, 3))
        assert spent(ledger) == (0, 0, 0, 0)


class TestTakingInDoubt:
    async def test_it_is_in_doubt_again(self, desk):
        ledger = desk.ledger()
        await ledger.learn({"a-1": money(2 * UNIT, images=2, in_doubt=True)})
        assert await take_in_doubt(ledger)
        found = await ledger.state_of("a-1")
        assert (found.state, found.sent_at) == (State.IN_DOUBT, AT)
        assert not ledger.is_alive(found.run)  # so that recovery looks for it
        assert [receipt for _, receipt in ledger.receipts()] == [doubt(order(), at=LATER)]
        assert set(ledger.claims()) == set(keys(order()))
        assert await total(ledger) == (2 * UNIT, 2, False)
        assert spent(ledger) == (0, 0, 2 * UNIT, 2)

    async def test_it_is_done_once(self, desk):
        ledger = desk.ledger()
        assert await take_in_doubt(ledger)
        assert not await take_in_doubt(ledger)
        await ledger.abandoned("a-1", "waived")
        assert not await take_in_doubt(ledger)
        assert spent(ledger) == (0, 0, 0, 0)

    async def test_not_where_a_cell_is_claimed(self, desk):
        ledger = desk.ledger()
        await reserve(ledger, "a-0", cells=(2, 3))
        assert not await take_in_doubt(ledger)
        assert ledger.attempts() == {"a-0"}

    async def test_one_of_an_older_receipt_does_not_say_when_it_was_sent(self, desk):
        ledger = desk.ledger()
        assert await take_in_doubt(ledger, sent_at="")
        found = await ledger.state_of("a-1")
        assert (found.sent_at, found.reserved_at) == ("", LATER)


class TestBillWhileOpen:
    async def test_what_the_bill_has_is_charged_and_the_rest_stays_held(self, desk):
        ledger = desk.ledger()
        await send(ledger, cells=(1, 2), upto=State.SUBMITTED)
        await ledger.billed([("a-1", row("b-1", UNIT))])
        assert spent(ledger) == (UNIT, UNIT, 0, 2)
        assert await total(ledger, cap(2 * UNIT)) == (2 * UNIT, 2, True)
        await ledger.billed([("a-1", row("b-2", UNIT))])
        assert spent(ledger) == (2 * UNIT, 0, 0, 2)
        assert await total(ledger, cap(2 * UNIT)) == (2 * UNIT, 2, False)
        await ledger.billed([("a-1", row("b-3", UNIT))])
        assert spent(ledger) == (3 * UNIT, 0, 0, 2)
        await ledger.billed([("a-1", row("b-4", -3 * UNIT))])
        assert spent(ledger) == (0, 2 * UNIT, 0, 2)
        await ledger.stored("a-1", outputs=[])
        assert spent(ledger) == (0, 0, 0, 2)

    async def test_the_same_in_doubt(self, desk):
        ledger = desk.ledger()
        of = await send(ledger, cells=(1, 2), upto=State.SUBMITTING)
        await ledger.in_doubt("a-1", doubt(of))
        await ledger.billed([("a-1", row("b-1", UNIT))])
        assert spent(ledger) == (UNIT, 0, UNIT, 2)

    async def test_a_bill_above_the_hold_is_told_and_may_carry_us_past_a_cap(self, desk):
        ledger = desk.ledger()
        limits = [cap(9 * UNIT, scope="run", name="r-1"), cap(3 * UNIT, images=2)]
        assert isinstance(await reserve(ledger, limits=limits), Reserved)
        await send(ledger, "a-2", cells=(3,), upto=State.FILED)
        assert ledger.overruns() == []
        assert ledger.passed([cap(3 * UNIT)]) is None
        assert ledger.passed(limits).spent_images == 3
        await ledger.billed([("a-2", row("b-1", UNIT)), ("a-2", row("b-2", 1))])
        assert ledger.overruns() == [("a-2", "winter", UNIT, UNIT + 1)]
        passed = ledger.passed([cap(3 * UNIT)])
        assert (passed.name, passed.spent) == ("winter", 3 * UNIT + 1)
        await ledger.billed([("a-2", row("b-3", -1))])
        assert ledger.overruns() == []
        assert ledger.passed([cap(3 * UNIT)]) is None

    async def test_a_cap_of_a_job_holds_for_each_alone(self, desk):
        ledger = desk.ledger()
        limit = cap(2 * UNIT, scope="job", name="")
        assert isinstance(await reserve(ledger, "a-1", cells=(1, 2), limits=[limit]), Reserved)
        assert isinstance(await reserve(ledger, "a-2", cells=(3, 4), limits=[limit]), Reserved)
        over = await reserve(ledger, "a-3", cells=(5, 6, 7), limits=[limit])
        assert (over.limit.scope, over.would_wait) == ("job", False)

    async def test_waiting_helps_only_if_it_helps_money_and_pictures(self, desk):
        ledger = desk.ledger()
        await send(ledger, "a-1", cells=(1,), upto=State.STORED)
        await reserve(ledger, "a-2", cells=(2,))
        for limit, would_wait in (
            (cap(2 * UNIT, images=2), True),
            (cap(2 * UNIT, images=1), False),
            (cap(UNIT, images=2), False),
        ):
            assert (await total(ledger, limit))[2] is would_wait


class TestClocksThatJump:
    async def test_an_attempt_reserved_before_its_predecessors_is_treated_like_any_other(
        self, desk
    ):
        ledger = desk.ledger()
        ledger.mark_seen(ledger.filings())
        await send(ledger, "a-1", cells=(1,), upto=State.SETTLED, at=LATER)
        await ledger.filed("a-1")
        for attempt, cells in (("a-2", (1,)), ("a-3", (1, 2))):
            answer = await reserve(ledger, attempt, cells=cells, at="1999-12-31T23:59:59Z")
            assert answer.cells == {keys(order(cells=(1,)))[0]: "a-1"}
        assert isinstance(await reserve(ledger, "a-4", cells=(2,), at="1999-12-31T"), Reserved)
        assert await total(ledger, AT_MOST_TWO) == (2 * UNIT, 2, True)

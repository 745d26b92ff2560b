"""What becomes of cells that are neither new nor simply there."""

from dataclasses import replace

import pytest

from pipeline.domain.attempt import Claim, State
from pipeline.domain.campaign import Variant
from pipeline.domain.history import Filed
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Action, Reason
from pipeline.domain.receipts import Charge, Lost, Match, Use, Waive
from tests.support.campaigns import campaign
from tests.unit.planning.shop import AT, buy, fail, lose, picture_of, plan_of

LATER = "2026-11-21T12:00:00Z"
OF = campaign(pictures=range(1, 4))
FIRST = plan_of(OF)
KEYS = [cell.key for cell in FIRST.cells]


def decided(plan):
    return [(d.action, d.reason) for d in plan.decisions]


def match(attempt, owners, how="content"):
    return Filed("winter", Match(attempt, LATER, tuple(owners), how, 90))


class TestDelivered:
    def test_bytes_that_are_elsewhere_are_not_bought_again(self):
        filed = buy(FIRST)
        gone = filed[0].receipt.outputs[1].sha256
        plan = plan_of(OF, filed, absent=[gone])
        assert decided(plan) == [
            (Action.CACHED, Reason.SATISFIED),
            (Action.CACHED, Reason.RESULT_ABSENT),
            (Action.CACHED, Reason.SATISFIED),
        ]
        assert plan.decisions[1].output.sha256 == gone
        assert plan.steps == ()

    @pytest.mark.parametrize(
        ("since", "action"),
        [
            ("", Action.CACHED),
            ("2026-11-13T12:00:00Z", Action.RECOVER),
            (AT, Action.RECOVER),
            ("2026-11-20T12:00:01Z", Action.CACHED),
        ],
        ids=["nobody keeps anything", "kept", "kept until now", "forgotten"],
    )
    def test_absent_bytes_are_fetched_again_while_the_provider_keeps_them(self, since, action):
        filed = buy(FIRST)
        gone = filed[0].receipt.outputs[1].sha256
        plan = plan_of(OF, filed, absent=[gone], kept_since=since)
        assert decided(plan)[1] == (action, Reason.RESULT_ABSENT)
        assert plan.decisions[1].output.sha256 == gone
        assert [d.action for d in plan.decisions].count(Action.CACHED) >= 2
        assert (plan.steps, plan.cost) == ((), 0)

    def test_nobody_can_be_asked_for_what_only_a_use_line_tells_of(self):
        (gen,) = (filed.receipt for filed in buy(FIRST))
        cell = gen.order.cells[0]
        use = Use(gen.order.attempt, LATER, cell, gen.order.recipe, gen.outputs[0], AT)
        filed = [Filed("winter", use)]
        plan = plan_of(OF, filed, absent=[gen.outputs[0].sha256], kept_since=AT)
        assert decided(plan)[0] == (Action.CACHED, Reason.RESULT_ABSENT)

    def test_a_twin_of_a_recovered_cell_follows_it_for_free(self):
        filed = buy(FIRST)
        same = TestDuplicates.SAME
        gone = [output.sha256 for output in filed[0].receipt.outputs]
        plan = plan_of(same, filed, absent=gone, kept_since=AT)
        assert decided(plan)[:2] == [
            (Action.RECOVER, Reason.RESULT_ABSENT),
            (Action.CACHED, Reason.DUPLICATE_OF),
        ]
        assert plan.cost == 0

    def test_a_delivery_outranks_every_claim_doubt_and_failure(self):
        claims = {key: Claim("a-9", State.IN_DOUBT, "r9", is_alive=True) for key in KEYS}
        plan = plan_of(OF, [*fail(FIRST, code=1200), *buy(FIRST), *lose(FIRST)], claims=claims)
        assert {d.action for d in plan.decisions} == {Action.CACHED}

    def test_the_current_picture_is_told(self):
        filed = buy(FIRST)
        attempt = filed[0].receipt.order.attempt
        plan = plan_of(OF, filed)
        assert [d.output for d in plan.decisions] == [picture_of(attempt, n) for n in range(3)]
        assert {d.detail for d in plan.decisions} == {attempt}


class TestClaims:
    @pytest.mark.parametrize(
        ("state", "is_alive", "action", "reason"),
        [
            (State.SUBMITTED, True, Action.RESUME, Reason.CLAIMED_ELSEWHERE),
            (State.SUBMITTED, False, Action.RESUME, Reason.UNDER_WAY),
            (State.RESERVED, True, Action.RESUME, Reason.CLAIMED_ELSEWHERE),
            (State.SETTLED, False, Action.RESUME, Reason.UNDER_WAY),
            (State.IN_DOUBT, True, Action.BLOCKED, Reason.UNKNOWN_CHARGE),
            (State.IN_DOUBT, False, Action.BLOCKED, Reason.UNKNOWN_CHARGE),
        ],
    )
    def test_a_claimed_cell_is_not_bought(self, state, is_alive, action, reason):
        plan = plan_of(OF, claims={KEYS[1]: Claim("a-7", state, "r7", is_alive)})
        assert decided(plan)[1] == (action, reason)
        assert plan.decisions[1].detail == "a-7"
        assert [cell.key for step in plan.steps for cell in step.cells] == [KEYS[0], KEYS[2]]


class TestDoubts:
    def test_a_doubt_blocks_its_cells_alone(self):
        plan = plan_of(campaign(pictures=range(1, 5)), lose(FIRST))
        assert decided(plan) == [
            *[(Action.BLOCKED, Reason.UNKNOWN_CHARGE)] * 3,
            (Action.BUY, Reason.NEW_CELL),
        ]

    def test_a_waiver_makes_them_wanted_again(self):
        waived = Filed("winter", Waive("d-0", LATER, "person", "the vendor says so"))
        plan = plan_of(OF, [*lose(FIRST), waived])
        assert {d.action for d in plan.decisions} == {Action.BUY}
        assert len(plan.steps) == 1


class TestLost:
    def lost(self, position=1):
        filed = buy(FIRST)
        gen = filed[0].receipt
        given_up = Lost(
            gen.order.attempt, LATER, KEYS[position], gen.outputs[position].sha256, "the disk broke"
        )
        return [*filed, Filed("winter", given_up)], gen

    def test_what_a_person_declared_lost_is_a_purchase_of_its_own_kind(self):
        filed, gen = self.lost()
        absent = [output.sha256 for output in gen.outputs]
        plan = plan_of(OF, filed, absent=absent, kept_since="")
        assert decided(plan) == [
            (Action.CACHED, Reason.RESULT_ABSENT),
            (Action.REBUY, Reason.RESULT_LOST),
            (Action.CACHED, Reason.RESULT_ABSENT),
        ]
        assert [(step.action, len(step.cells)) for step in plan.steps] == [(Action.REBUY, 1)]
        assert plan.decisions[1].detail == gen.order.attempt

    def test_it_is_never_mixed_with_what_is_new(self):
        filed, _ = self.lost()
        plan = plan_of(campaign(pictures=range(1, 6)), filed)
        assert [(step.action, len(step.cells)) for step in plan.steps] == [
            (Action.BUY, 2), (Action.REBUY, 1),
        ]  # fmt: skip

    def test_once_bought_again_it_is_satisfied_by_the_second_purchase(self):
        filed, _ = self.lost()
        filed += buy(plan_of(OF, filed), at=LATER)
        plan = plan_of(OF, filed)
        assert {d.action for d in plan.decisions} == {Action.CACHED}
        assert plan.decisions[1].detail != plan.decisions[0].detail


class TestShortfalls:
    def short(self):
        filed = buy(FIRST, short=1)
        return filed, filed[0].receipt.order.attempt

    def test_nothing_is_bought_before_it_is_known_which_one_is_missing(self):
        filed, attempt = self.short()
        plan = plan_of(OF, filed)
        assert decided(plan) == [(Action.BLOCKED, Reason.UNASSIGNED)] * 3
        assert {d.detail for d in plan.decisions} == {attempt}
        assert plan.steps == ()

    def test_then_exactly_the_missing_one_is_topped_up_alone(self):
        filed, attempt = self.short()
        plan = plan_of(OF, [*filed, match(attempt, [KEYS[2], KEYS[0]])])
        assert decided(plan) == [
            (Action.CACHED, Reason.SATISFIED),
            (Action.TOP_UP, Reason.UNDER_DELIVERED),
            (Action.CACHED, Reason.SATISFIED),
        ]
        (step,) = plan.steps
        assert (step.action, [cell.key for cell in step.cells]) == (Action.TOP_UP, [KEYS[1]])

    def test_an_empty_delivery_is_topped_up_one_by_one(self):
        plan = plan_of(OF, buy(FIRST, short=3))
        assert [(step.action, len(step.cells)) for step in plan.steps] == [(Action.TOP_UP, 1)] * 3

    def test_a_changed_assignment_never_makes_a_cell_buy(self):
        filed = buy(FIRST)
        attempt = filed[0].receipt.order.attempt
        plan = plan_of(OF, [*filed, match(attempt, [KEYS[1], None, KEYS[0]], "person")])
        assert [d.action for d in plan.decisions] == [
            Action.CACHED, Action.CACHED, Action.TOP_UP,
        ]  # fmt: skip

    def test_purchases_and_top_ups_are_steps_of_their_own(self):
        filed, attempt = self.short()
        more = campaign(pictures=range(1, 6))
        plan = plan_of(more, [*filed, match(attempt, [KEYS[2], KEYS[0]])])
        assert [(step.action, len(step.cells)) for step in plan.steps] == [
            (Action.BUY, 2), (Action.TOP_UP, 1),
        ]  # fmt: skip
        assert (plan.images, plan.cost) == (3, 120_000)


class TestFailures:
    def test_a_failure_is_bought_again_alone(self):
        plan = plan_of(OF, fail(FIRST, code=5000))
        assert decided(plan) == [(Action.BUY, Reason.FAILED_BEFORE)] * 3
        assert [len(step.cells) for step in plan.steps] == [1, 1, 1]

    @pytest.mark.parametrize("code", [1000, 1200, 1400, 1999])
    def test_a_moderation_failure_blocks_until_the_key_changes(self, code):
        filed = fail(FIRST, code=code)
        assert decided(plan_of(OF, filed)) == [(Action.BLOCKED, Reason.MODERATED)] * 3
        assert plan_of(OF, filed).decisions[0].detail == "it failed"
        changed = replace(OF, prompt=f"{OF.prompt} Decently.")
        assert {d.action for d in plan_of(changed, filed).decisions} == {Action.BUY}

    @pytest.mark.parametrize("code", [999, 2000, 5003])
    def test_other_failures_do_not(self, code):
        assert decided(plan_of(OF, fail(FIRST, code=code)))[0][0] is Action.BUY

    def test_or_until_somebody_says_retry(self):
        plan = plan_of(OF, fail(FIRST, code=1200), retry_failed=True)
        assert decided(plan) == [(Action.BUY, Reason.FAILED_BEFORE)] * 3

    def test_after_two_charged_failures_it_gives_up(self):
        filed = [*fail(FIRST, name="f"), *fail(FIRST, name="g", at=LATER)]
        plan = plan_of(OF, filed)
        assert decided(plan) == [(Action.BLOCKED, Reason.GAVE_UP)] * 3
        again = plan_of(OF, filed, retry_failed=True)
        assert {d.action for d in again.decisions} == {Action.BUY}

    def test_failures_whose_money_came_back_do_not_count(self):
        filed = [*fail(FIRST, name="f"), *fail(FIRST, name="g", at=LATER)]
        refunded = [Filed("winter", Charge("f-0", f"row-{n}", MicroUsd(n * 120_000), AT))
                    for n in (1, -1)]  # fmt: skip
        assert {d.action for d in plan_of(OF, [*filed, *refunded]).decisions} == {Action.BUY}

    def test_two_empty_deliveries_are_two_charged_failures(self):
        filed = buy(FIRST, short=3)
        filed += buy(plan_of(OF, filed), at=LATER, short=1)
        assert decided(plan_of(OF, filed)) == [(Action.BLOCKED, Reason.GAVE_UP)] * 3

    def test_the_last_failure_is_told(self):
        early = fail(FIRST, name="z", at=AT)
        late = fail(FIRST, name="b", at=LATER)
        late = [Filed(c, replace(r, message="the newer one")) for c, r in late]
        plan = plan_of(OF, [*late, *early])
        assert {d.detail for d in plan.decisions} == {"the newer one"}


class TestDuplicates:
    SAME = replace(
        OF, variants=tuple(Variant(v, {"place": "a place called snow"}, {}) for v in "ab")
    )

    def test_a_duplicate_of_a_blocked_cell_is_blocked(self):
        plan = plan_of(self.SAME, lose(FIRST))
        assert {d.action for d in plan.decisions} == {Action.BLOCKED}
        assert [d.reason for d in plan.decisions][:2] == [
            Reason.UNKNOWN_CHARGE,
            Reason.DUPLICATE_OF,
        ]

    def test_a_duplicate_shows_the_picture_of_the_first(self):
        plan = plan_of(self.SAME, buy(FIRST))
        assert plan.decisions[0].output == plan.decisions[1].output
        assert plan.decisions[1].output is not None

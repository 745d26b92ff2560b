"""Old pictures that stay, whatever the manifest asks for now; $0.04 a picture."""

from dataclasses import replace

import pytest

from pipeline.domain.campaign import Pin
from pipeline.domain.diagnostics import Span
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.history import Filed
from pipeline.domain.plan import Action, Cell, Reason
from pipeline.domain.receipts import Use
from pipeline.planning.recognise import Echo, Recogniser
from pipeline.planning.rerolls import with_takes
from tests.support.campaigns import campaign
from tests.unit.planning.comparing import between, bought, side
from tests.unit.planning.shop import AT, PICTURES, addresses, buy, plan_of

LATER = "2026-11-21T12:00:00Z"
EACH = 40_000
OLD = campaign(pictures=range(1, 4))
NEW = replace(OLD, prompt="Set {set.subject} in {variant.place}.")
RECEIPTS = buy(plan_of(OLD))
FIRST = "anna/p001/snow/master/t1"


def pin_of(number=0, *, address=None, plan=None, filed=RECEIPTS) -> Pin:
    """A pin for the picture that was bought for a cell of the old campaign."""
    plan = plan_of(OLD, filed) if plan is None else plan
    cell, decision = plan.cells[number], plan.decisions[number]
    assert decision.output is not None
    at = address or str(cell.address)
    return Pin(at, cell.key, decision.output.sha256, at=Span("c.yaml", 30, 3))


def pinned(of, *pins):
    return replace(of, pins=pins)


def decided(plan):
    return {
        str(c.address): (d.action, d.reason)
        for c, d in zip(plan.cells, plan.decisions, strict=True)
    }


def codes(plan):
    return [problem.code for problem in plan.problems]


class TestServed:
    def test_a_pinned_cell_keeps_its_picture_and_the_rest_is_bought(self):
        pin = pin_of()
        plan = plan_of(pinned(NEW, pin), RECEIPTS)
        assert decided(plan)[FIRST] == (Action.CACHED, Reason.PINNED)
        assert plan.decisions[0].output.sha256 == pin.picture
        assert plan.images == 2
        assert plan.cost == 2 * EACH
        assert plan.problems == ()

    def test_its_old_key_is_wanted_so_it_is_no_orphan(self):
        unpinned, plan = plan_of(NEW, RECEIPTS), plan_of(pinned(NEW, pin_of()), RECEIPTS)
        assert unpinned.orphans[0].address == FIRST
        assert FIRST not in [orphan.address for orphan in plan.orphans]
        assert len(plan.orphans) == 2

    def test_it_may_serve_another_address(self):
        plan = plan_of(pinned(NEW, pin_of(2, address=FIRST)), RECEIPTS)
        assert decided(plan)[FIRST] == (Action.CACHED, Reason.PINNED)

    def test_bytes_that_are_elsewhere_are_absent_and_not_bought(self):
        pin = pin_of()
        for since, action in ((AT, Action.RECOVER), ("", Action.CACHED)):
            plan = plan_of(pinned(NEW, pin), RECEIPTS, absent=[pin.picture], kept_since=since)
            assert decided(plan)[FIRST] == (action, Reason.RESULT_ABSENT)
            assert plan.images == 2

    def test_of_several_deliveries_of_one_key_the_pinned_one_is_current(self):
        again = [*RECEIPTS, *buy(plan_of(OLD), at=LATER)]
        first = plan_of(OLD, again)
        second = next(one.receipt.outputs[0].sha256 for one in again if one.receipt.at == LATER)
        pin = replace(pin_of(), picture=second)
        plan = plan_of(pinned(OLD, pin), again)
        assert first.decisions[0].output.sha256 != second
        assert plan.decisions[0].output.sha256 == second
        assert decided(plan)[FIRST] == (Action.CACHED, Reason.PINNED)
        assert codes(plan) == []  # it is needed: without it the earliest would be shown

    def test_a_twin_of_the_same_key_shows_the_pinned_delivery_too(self):
        twins = campaign(pictures=[1], variants=("snow", "snow2"))
        twins = replace(
            twins, variants=tuple(replace(v, values={"place": "x"}) for v in twins.variants)
        )
        plain = plan_of(twins)
        again = [*buy(plain), *buy(plain, at=LATER)]
        second = again[1].receipt.outputs[0].sha256
        pin = Pin("anna/p001/snow2/master/t1", plain.cells[0].key, second)
        plan = plan_of(pinned(twins, pin), again)
        assert [d.output.sha256 for d in plan.decisions] == [second, second]
        assert plan.images == 0

    def test_drafts_take_no_notice(self):
        plan = plan_of(pinned(NEW, pin_of()), realm="draft", engine="e-1")
        assert plan.images == 3
        assert codes(plan) == []

    def test_what_only_a_use_line_tells_of_serves_as_well(self):
        gen = RECEIPTS[0].receipt
        use = Use(
            gen.order.attempt, LATER, gen.order.cells[0], gen.order.recipe, gen.outputs[0], AT
        )
        plan = plan_of(pinned(NEW, pin_of()), [Filed("winter", use)])
        assert decided(plan)[FIRST] == (Action.CACHED, Reason.PINNED)


class TestDead:
    def test_a_pin_for_a_cell_that_is_not_wanted(self):
        plan = plan_of(pinned(NEW, pin_of(address="anna/p009/snow/master/t1")), RECEIPTS)
        (problem,) = plan.problems
        assert (problem.code, problem.is_error) == ("P007", True)
        assert problem.at == Span("c.yaml", 30, 3)
        assert plan.images == 3

    @pytest.mark.parametrize(
        "change",
        [{"key": CellKey(f"c1-{'0' * 64}")}, {"picture": Sha256("0" * 64)}],
        ids=["no such key", "no such picture of that key"],
    )
    def test_a_pin_that_no_receipt_knows_buys_nothing_and_is_a_problem(self, change):
        plan = plan_of(pinned(NEW, replace(pin_of(), **change)), RECEIPTS)
        assert codes(plan) == ["P008"]
        assert plan.problems[0].is_error
        assert decided(plan)[FIRST] == (Action.BLOCKED, Reason.PINNED)
        assert [FIRST in addresses(step.cells) for step in plan.steps] == [False]

    def test_a_dead_pin_keeps_nobody_elses_cell_from_being_bought(self):
        key = plan_of(OLD).cells[1].key
        pin = Pin(FIRST, key, Sha256("0" * 64))
        plan = plan_of(pinned(OLD, pin))
        assert decided(plan)["anna/p002/snow/master/t1"] == (Action.BUY, Reason.NEW_CELL)

    def test_a_pin_that_changes_nothing_any_more_is_a_warning(self):
        plan = plan_of(pinned(OLD, pin_of()), RECEIPTS)
        assert codes(plan) == ["P009"]
        assert not plan.problems[0].is_error
        assert plan.images == 0


class TestElsewhere:
    def test_a_reroll_of_a_pinned_shot_is_not_pinned(self):
        plan = plan_of(pinned(NEW, pin_of()), RECEIPTS)
        shot = plan.cells[0].address[:4]
        first, second = with_takes(plan.cells[:1], {shot: [2]})
        assert first == plan.cells[0]
        assert isinstance(second, Cell)
        assert (second.pin, second.address.take) == (None, 2)
        assert second.key != first.key

    def test_nobody_recognises_a_request_for_a_pinned_cell(self):
        one = campaign(pictures=[1])
        (step,) = plan_of(one).steps
        echo = Echo(
            PICTURES.model,
            step.request.prompt,
            step.request.params,
            tuple(picture.sha256 for picture in step.request.inputs),
        )
        cells = plan_of(one).cells
        asked = Recogniser(one, PICTURES, cells)
        assert asked.step(echo, taken=()) is not None
        pinned_cells = [cell._replace(pin=Sha256("0" * 64)) for cell in cells]
        assert Recogniser(one, PICTURES, pinned_cells).step(echo, taken=()) is None


class TestReview:
    def test_pinning_what_a_change_would_discard_discards_less(self):
        receipts = bought(OLD)
        pins = [pin_of(n, filed=receipts) for n in range(2)]
        plain = between(side(OLD, filed=receipts), side(NEW, filed=receipts))
        kept = between(side(OLD, filed=receipts), side(pinned(NEW, *pins), filed=receipts))
        assert (plain.after.remaining, plain.orphaned) == (3 * EACH, 3 * EACH)
        assert (kept.after.remaining, kept.orphaned) == (EACH, EACH)
        assert kept.after.satisfied == 2 * EACH

    def test_taking_a_pin_away_discards_the_old_picture_and_buys_a_new_one(self):
        receipts = bought(OLD)
        pins = [pin_of(n, filed=receipts) for n in range(3)]
        diff = between(
            side(pinned(NEW, *pins), filed=receipts), side(pinned(NEW, *pins[1:]), filed=receipts)
        )
        assert (diff.after.remaining, diff.orphaned) == (EACH, EACH)

    def test_pinning_an_old_picture_discards_the_new_one_by_name(self):
        receipts = [*bought(OLD), *bought(NEW)]
        pin = pin_of(filed=receipts)
        diff = between(side(NEW, filed=receipts), side(pinned(NEW, pin), filed=receipts))
        (gone,) = diff.discards
        assert (gone.reason, gone.pictures, gone.orphaned) == (Reason.PINNED, 1, EACH)

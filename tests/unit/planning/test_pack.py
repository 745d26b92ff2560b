"""How cells become requests, and what these cost."""

from dataclasses import replace

import pytest

from pipeline.domain.campaign import Budget, PixelSize, Variant
from pipeline.domain.money import MicroUsd, parse_usd
from pipeline.domain.plan import Action, Reason
from pipeline.planning.pack import Packer
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.shop import (
    PICTURE,
    PICTURES,
    RESOLUTION,
    addresses,
    fail,
    plan_of,
    text_campaign,
    text_card,
)

UNIT = 40_000


def of_set(numbers, *, reference=None, **changes):
    return campaign(sets=(image_set("anna", numbers, reference=reference),), **changes)


def sizes(plan) -> list[int]:
    return [len(step.cells) for step in plan.steps]


def limited(card=PICTURES, *, inputs=None, outputs=None, both=None):
    """A card with other limits."""
    return replace(
        card,
        inputs=replace(card.inputs, most=inputs or card.inputs.most),
        outputs=replace(card.outputs, most=outputs or card.outputs.most, inputs_plus_outputs=both),
    )


class TestLimits:
    @pytest.mark.parametrize(
        ("pictures", "reference", "packed"),
        [
            (7, None, [7]),  # 7 in, 7 out
            (8, None, [7, 1]),  # 8 and 8 would be 16
            (14, None, [7, 7]),
            (7, 99, [7]),  # the reference is an input too: 8 in, 7 out
            (8, 99, [7, 1]),
            (8, 1, [7, 1]),  # the reference is one of those wanted: 7 in, 7 out
        ],
    )
    def test_inputs_and_outputs_together_are_bounded(self, pictures, reference, packed):
        plan = plan_of(of_set(range(1, pictures + 1), reference=reference))
        assert sizes(plan) == packed
        for step in plan.steps:
            assert len(step.request.inputs) + len(step.cells) <= 15

    @pytest.mark.parametrize(("reference", "packed"), [(None, [10, 2]), (99, [9, 3])])
    def test_inputs_are_bounded(self, reference, packed):
        plan = plan_of(of_set(range(1, 13), reference=reference), card=limited())
        assert sizes(plan) == packed
        assert max(len(step.request.inputs) for step in plan.steps) == 10

    def test_outputs_are_bounded(self):
        plan = plan_of(of_set(range(1, 13)), card=limited(outputs=5))
        assert sizes(plan) == [5, 5, 2]

    @pytest.mark.parametrize(("reference", "packed"), [(None, [14, 6]), (99, [13, 7])])
    def test_takes_of_one_picture_fill_what_the_input_leaves(self, reference, packed):
        of = of_set([1], reference=reference, takes=20, sequence="takes")
        assert sizes(plan_of(of)) == packed

    def test_takes_of_words_alone_fill_all_outputs(self):
        of = text_campaign(takes=20, sequence="takes")
        assert sizes(plan_of(of, card=text_card(most=15))) == [15, 5]

    def test_a_model_of_one_picture_takes_one_cell_a_request(self):
        plan = plan_of(of_set([1, 2, 3], reference=9, takes=2), card=PICTURE)
        assert sizes(plan) == [1] * 6


class TestLanes:
    def test_one_request_is_of_one_set_variant_size_and_take(self):
        of = campaign(
            sets=(image_set("anna", [1, 2]), image_set("bag", [3, 4])),
            variants=("snow", "beach"),
            takes=2,
        )
        plan = plan_of(of)
        assert sizes(plan) == [2] * 8
        for step in plan.steps:
            recipes = {id(cell.recipe) for cell in step.cells}
            lanes = {(cell.address.set, cell.address.take) for cell in step.cells}
            assert (len(recipes), len(lanes)) == (1, 1)

    def test_sets_do_not_share_a_request_even_with_one_prompt(self):
        of = campaign(
            sets=(image_set("anna", [1]), image_set("bag", [2])), prompt="In {variant.place}."
        )
        assert sizes(plan_of(of)) == [1, 1]

    def test_variants_of_one_prompt_share_a_request(self):
        # What the model sees is the same, so the second variant is not even bought.
        same = tuple(Variant(name, {"place": "a hut"}, {}) for name in ("a", "b"))
        plan = plan_of(replace(of_set([1, 2]), variants=same))
        assert sizes(plan) == [2]

    def test_sequence_takes_keeps_pictures_apart(self):
        of = of_set([1, 2], takes=3, sequence="takes")
        assert [addresses(step.cells) for step in plan_of(of).steps] == [
            [f"anna/p00{n}/snow/master/t{take}" for take in (1, 2, 3)] for n in (1, 2)
        ]

    def test_packing_is_in_address_order(self):
        plan = plan_of(of_set(range(1, 20)))
        assert addresses(cell for step in plan.steps for cell in step.cells) == addresses(
            plan.cells
        )

    def test_cells_that_failed_are_packed_alone_and_the_others_as_ever(self):
        failed = fail(plan_of(of_set([2, 3])))
        plan = plan_of(of_set([1, 2, 3, 4]), failed)
        assert [addresses(step.cells) for step in plan.steps] == [
            ["anna/p001/snow/master/t1", "anna/p004/snow/master/t1"],
            ["anna/p002/snow/master/t1"],
            ["anna/p003/snow/master/t1"],
        ]


class TestPrices:
    def test_each_asked_for_picture_costs(self):
        plan = plan_of(of_set(range(1, 10)))
        assert [step.quote.amount for step in plan.steps] == [7 * UNIT, 2 * UNIT]
        assert (plan.cost, plan.images) == (9 * UNIT, 9)

    def test_a_resolution_has_its_price_and_further_inputs_theirs(self):
        of = of_set([1], reference=9, master=PixelSize(5504, 3072))
        (step,) = plan_of(of, card=replace(RESOLUTION, takes_reference=True)).steps
        assert step.quote.amount == 240_000 + 3_000

    def test_a_price_of_the_workspace_is_used_and_changes_no_key(self):
        dear = replace(PICTURES, price=replace(PICTURES.price, unit=MicroUsd(55_000)))
        cheap, plan = plan_of(of_set([1, 2])), plan_of(of_set([1, 2]), card=dear)
        assert plan.cost == 110_000
        assert [c.key for c in plan.cells] == [c.key for c in cheap.cells]
        assert plan.steps[0].request.job == cheap.steps[0].request.job

    @pytest.mark.parametrize(
        ("cap", "packed"), [("0.04", [1] * 5), ("0.11", [2, 2, 1]), ("0.20", [5]), ("9", [5])]
    )
    def test_no_request_costs_more_than_max_per_job(self, cap, packed):
        budget = Budget(cap=parse_usd("100"), max_per_job=parse_usd(cap))
        plan = plan_of(of_set(range(1, 6), budget=budget))
        assert sizes(plan) == packed
        assert plan.problems == ()

    def test_one_picture_above_max_per_job_is_a_problem_and_not_bought(self):
        budget = Budget(cap=parse_usd("100"), max_per_job=parse_usd("0.039999"))
        plan = plan_of(of_set([1, 2], budget=budget))
        assert plan.steps == ()
        assert [(p.code, p.is_error) for p in plan.problems] == [("P011", True)] * 2
        assert "$0.04" in plan.problems[0].what
        assert "$0.039999" in plan.problems[0].why

    def test_max_per_job_counts_further_inputs(self):
        budget = Budget(cap=parse_usd("100"), max_per_job=parse_usd("0.10"))
        card = replace(PICTURES, price=replace(PICTURES.price, extra_input=MicroUsd(15_000)))
        # Two pictures cost 0.08 and their second input 0.015; a reference makes it 0.11.
        assert sizes(plan_of(of_set([1, 2], budget=budget), card=card)) == [2]
        assert sizes(plan_of(of_set([1, 2], reference=9, budget=budget), card=card)) == [1, 1]


class TestUnpriced:
    def card(self, kind, unit=None):
        return replace(PICTURES, price=replace(PICTURES.price, kind=kind, unit=unit))

    @pytest.mark.parametrize(
        ("kind", "unit"), [("unknown", None), ("unknown", UNIT), ("floor", UNIT)]
    )
    def test_an_unknown_price_or_a_floor_is_refused(self, kind, unit):
        plan = plan_of(of_set([1, 2]), card=self.card(kind, unit))
        assert plan.steps == ()
        assert plan.cost == 0
        assert {(d.action, d.reason) for d in plan.decisions} == {(Action.BLOCKED, Reason.UNPRICED)}
        (problem,) = plan.problems
        assert (problem.code, problem.is_error) == ("P010", True)
        assert problem.what.startswith("2 wanted pictures")

    @pytest.mark.parametrize(("kind", "unit"), [("unknown", None), ("floor", UNIT)])
    def test_a_ceiling_makes_it_buyable_and_is_what_is_held(self, kind, unit):
        of = of_set([1, 2, 3], assume_max=parse_usd("0.25"))
        plan = plan_of(of, card=self.card(kind, unit))
        (step,) = plan.steps
        assert (step.quote.amount, step.quote.most, step.quote.kind) == (750_000, 750_000, "floor")
        assert plan.problems == ()

    def test_a_ceiling_below_a_known_floor_is_refused(self):
        of = of_set([1], assume_max=parse_usd("0.03"))
        plan = plan_of(of, card=self.card("floor", UNIT))
        assert plan.steps == ()
        assert [p.code for p in plan.problems] == ["P010"]

    def test_a_ceiling_does_not_change_a_known_price(self):
        plan = plan_of(of_set([1], assume_max=parse_usd("0.25")))
        assert plan.cost == UNIT

    def test_a_value_without_a_price_is_refused(self):
        card = replace(RESOLUTION, price=replace(RESOLUTION.price, by_value={"1k": MicroUsd(1)}))
        plan = plan_of(of_set([1], master=PixelSize(5504, 3072)), card=card)
        assert [d.reason for d in plan.decisions] == [Reason.UNPRICED]

    def test_duplicates_of_an_unpriced_cell_are_unpriced_too(self):
        same = tuple(Variant(name, {"place": "a hut"}, {}) for name in ("a", "b"))
        plan = plan_of(replace(of_set([1]), variants=same), card=self.card("unknown"))
        assert [d.reason for d in plan.decisions] == [Reason.UNPRICED] * 2


class TestWithout:
    def test_a_step_without_some_cells_is_the_rest_as_a_request_of_its_own(self):
        of = of_set([1, 2, 3], reference=9)
        (step,) = plan_of(of).steps
        packer = Packer(of, PICTURES)
        less = packer.without(step, [step.cells[1].key])
        (same,) = plan_of(of_set([1, 3], reference=9)).steps
        assert less == same

    def test_a_step_without_any_cell_is_nothing(self):
        of = of_set([1, 2])
        (step,) = plan_of(of).steps
        assert Packer(of, PICTURES).without(step, [cell.key for cell in step.cells]) is None

    def test_a_step_without_strangers_is_itself(self):
        of = of_set([1, 2])
        (step,) = plan_of(of).steps
        assert Packer(of, PICTURES).without(step, ["c1-other"]) == step

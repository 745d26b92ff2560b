"""What a change of the manifest costs, with everything bought that stood in it before."""

from dataclasses import replace

import pytest

from pipeline.domain.campaign import Extend, Matrix, PixelSize, Size, Variant, Where
from pipeline.domain.history import Filed
from pipeline.domain.plan import Action, Reason
from tests.support.campaigns import campaign, image_set, picture
from tests.unit.planning.shop import PICTURE, PICTURES, addresses, buy, plan_of

UNIT = 40_000
TWELVE = range(1, 13)
LATER = "2026-11-21T12:00:00Z"


def of_set(numbers, *, reference=None, name="anna", **changes):
    return campaign(sets=(image_set(name, numbers, reference=reference),), **changes)


def bought(of, **options):
    return buy(plan_of(of, **options))


def reasons(plan) -> list[Reason]:
    """Reasons of what is bought, in cell order."""
    return [d.reason for d in plan.decisions if d.action is Action.BUY]


def assert_nothing_to_buy(plan):
    assert plan.steps == ()
    assert {d.action for d in plan.decisions} == {Action.CACHED}


class TestCostsNothing:
    def test_planning_again(self):
        of = of_set(TWELVE, variants=("snow", "beach"), takes=2)
        plan = plan_of(of, bought(of))
        assert_nothing_to_buy(plan)
        assert {d.reason for d in plan.decisions} == {Reason.SATISFIED}

    @pytest.mark.parametrize("left", [range(2, 13), [1, 12], [5]])
    def test_removing_pictures(self, left):
        plan = plan_of(of_set(left), bought(of_set(TWELVE)))
        assert_nothing_to_buy(plan)
        assert len(plan.orphans) == 12 - len(left)

    def test_reordering_everything(self):
        before = campaign(
            sets=(image_set("anna", [1, 2]), image_set("bag", [3])), variants=("snow", "beach")
        )
        after = replace(
            before,
            sets=(image_set("bag", [3]), image_set("anna", [2, 1])),
            variants=before.variants[::-1],
        )
        assert_nothing_to_buy(plan_of(after, bought(before)))

    def test_renaming_the_campaign(self):
        before = of_set(TWELVE)
        after = replace(before, name="summer", title="S", owner="x", tags=("y",), file="z.yaml")
        plan = plan_of(after, bought(before))
        assert_nothing_to_buy(plan)
        assert {d.reason for d in plan.decisions} == {Reason.BOUGHT_ELSEWHERE}

    def test_renaming_sets_variants_and_sizes(self):
        wide = PixelSize(2560, 1450)
        before = of_set([1, 2], sizes=(Size("story", PixelSize(9, 9), native=wide),))
        after = replace(
            before,
            sets=(replace(before.sets[0], id="eve"),),
            variants=(replace(before.variants[0], id="winter"),),
            sizes=(Size("reel", PixelSize(8, 8), native=wide),),
        )
        plan = plan_of(after, bought(before))
        assert addresses(plan.cells)[0] == "eve/p001/winter/reel/t1"
        assert_nothing_to_buy(plan)

    def test_renaming_and_moving_pictures(self):
        before = of_set([1, 2])
        moved = tuple(
            replace(p, id=f"new-{p.id}", path=f"other/{p.path}") for p in before.sets[0].pictures
        )
        after = replace(before, sets=(replace(before.sets[0], pictures=moved),))
        assert_nothing_to_buy(plan_of(after, bought(before)))

    def test_new_delivery_sizes(self):
        sizes = (Size("feed", PixelSize(1080, 1350)), Size("shop", PixelSize(2000, 2000)))
        assert_nothing_to_buy(plan_of(of_set([1, 2], sizes=sizes), bought(of_set([1, 2]))))

    def test_changing_the_prompt_back(self):
        before = of_set(TWELVE)
        filed = bought(before)
        changed = replace(before, prompt=f"{before.prompt} At dusk.")
        assert len(reasons(plan_of(changed, filed))) == 12
        filed += buy(plan_of(changed, filed), at=LATER)
        assert_nothing_to_buy(plan_of(changed, filed))
        assert_nothing_to_buy(plan_of(before, filed))

    def test_a_prompt_written_in_other_words_that_render_alike(self):
        before = of_set([1, 2])
        after = replace(
            before,
            prompt="Put {variant.who} in {variant.place}.",
            variants=(Variant("snow", {"who": "the anna", "place": "a place called snow"}, {}),),
        )
        assert_nothing_to_buy(plan_of(after, bought(before)))

    def test_another_budget_price_or_sequence(self):
        before = of_set([1, 2], takes=2)
        after = replace(before, sequence="takes", assume_max=1, budget=replace(before.budget))
        dear = replace(PICTURES, price=replace(PICTURES.price, unit=99_000))
        assert_nothing_to_buy(plan_of(after, bought(before), card=dear))

    def test_a_copy_in_another_campaign(self):
        before = of_set([1, 2])
        assert_nothing_to_buy(plan_of(replace(before, name="copy"), bought(before)))

    def test_a_picture_that_stands_in_two_sets(self):
        before = of_set([1, 2])
        twice = replace(before, sets=(before.sets[0], replace(before.sets[0], id="eve")))
        plan = plan_of(twice, bought(before))
        assert_nothing_to_buy(plan)
        assert [d.reason for d in plan.decisions] == [Reason.SATISFIED] * 2 + [
            Reason.DUPLICATE_OF
        ] * 2


class TestCostsExactlyThis:
    @pytest.mark.parametrize("reference", [None, 99])
    @pytest.mark.parametrize("new", [0, 6, 13])
    def test_one_picture_added_to_twelve(self, reference, new):
        numbers = sorted([*(n for n in TWELVE), new] if new not in TWELVE else [*TWELVE, 60])
        plan = plan_of(
            of_set(numbers, reference=reference), bought(of_set(TWELVE, reference=reference))
        )
        (step,) = plan.steps
        assert len(step.cells) == 1
        assert len(step.request.inputs) == (1 if reference is None else 2)
        assert plan.cost == UNIT
        assert reasons(plan) == [Reason.NEW_CELL]
        assert plan.count(Action.CACHED) == 12

    def test_one_variant_added(self):
        before = of_set([1, 2])
        after = of_set([1, 2], variants=("snow", "beach"))
        plan = plan_of(after, bought(before))
        assert [addresses(step.cells) for step in plan.steps] == [
            ["anna/p001/beach/master/t1", "anna/p002/beach/master/t1"]
        ]

    def test_one_take_added(self):
        plan = plan_of(of_set([1, 2], takes=2), bought(of_set([1, 2])))
        assert [cell.address.take for step in plan.steps for cell in step.cells] == [2, 2]
        assert plan.cost == 2 * UNIT

    def test_one_native_size_added(self):
        story = Size("story", PixelSize(1080, 1920), native=PixelSize(1440, 2560))
        feed = Size("feed", PixelSize(1080, 1350))
        plan = plan_of(of_set([1, 2], sizes=(feed, story)), bought(of_set([1, 2], sizes=(feed,))))
        assert addresses(cell for step in plan.steps for cell in step.cells) == [
            "anna/p001/snow/story/t1",
            "anna/p002/snow/story/t1",
        ]

    def test_a_changed_word_of_one_variant(self):
        before = of_set([1, 2], variants=("snow", "beach"))
        colder = replace(before.variants[0], values={"place": "deep snow"})
        after = replace(before, variants=(colder, before.variants[1]))
        plan = plan_of(after, bought(before))
        assert {cell.address.variant for step in plan.steps for cell in step.cells} == {"snow"}
        assert len(plan.orphans) == 2

    def test_the_rest_of_a_run_that_stopped_half_way(self):
        of = of_set(range(1, 21))
        plan = plan_of(of, buy(plan_of(of), steps=slice(0, 1)))
        assert [len(step.cells) for step in plan.steps] == [7, 6]

    def test_duplicates_are_bought_once(self):
        same = tuple(Variant(name, {"place": "a hut"}, {}) for name in ("a", "b", "c"))
        plan = plan_of(replace(of_set([1, 2]), variants=same))
        assert plan.cost == 2 * UNIT
        assert [(d.action, d.reason) for d in plan.decisions] == [
            (Action.BUY, Reason.NEW_CELL), (Action.CACHED, Reason.DUPLICATE_OF),
            (Action.CACHED, Reason.DUPLICATE_OF),
        ] * 2  # fmt: skip
        assert plan.decisions[1].detail == "anna/p001/a/master/t1"

    def test_realms_do_not_serve_each_other(self):
        of = of_set([1, 2])
        plan = plan_of(of, bought(of, realm="draft", engine="e-1"), realm="real")
        assert len(reasons(plan)) == 2


class TestReasons:
    def reason(self, before, after, *, bought_with=None, **options):
        filed = buy(plan_of(before, **(bought_with or {})))
        (only,) = set(reasons(plan_of(after, filed, **options)))
        return only

    def test_naming_a_reference_buys_its_set_again(self):
        before, after = of_set(TWELVE), of_set(TWELVE, reference=1)
        plan = plan_of(after, bought(before))
        assert reasons(plan) == [Reason.REFERENCE_CHANGED] * 12

    def test_changing_the_reference(self):
        before, after = of_set([1, 2], reference=8), of_set([1, 2], reference=9)
        assert self.reason(before, after) is Reason.REFERENCE_CHANGED

    def test_changing_the_prompt(self):
        before = of_set([1, 2])
        after = replace(before, prompt="Something else in {variant.place}, {set.subject}.")
        assert self.reason(before, after) is Reason.PROMPT_CHANGED

    def test_changing_a_parameter(self):
        assert self.reason(of_set([1]), of_set([1], params={"a": 1})) is Reason.PARAM_CHANGED

    def test_changing_the_master(self):
        after = of_set([1], master=PixelSize(2560, 1450))
        assert self.reason(of_set([1]), after) is Reason.SIZE_CHANGED

    def test_changing_a_picture_under_its_name(self):
        before = of_set([1])
        edited = replace(picture(1), facts=picture(2).facts)
        after = replace(before, sets=(replace(before.sets[0], pictures=(edited,)),))
        assert self.reason(before, after) is Reason.INPUT_CHANGED

    def test_changing_the_model(self):
        assert self.reason(of_set([1]), of_set([1]), card=PICTURE) is Reason.MODEL_CHANGED

    def test_changing_the_draft_engine(self):
        of = of_set([1])
        draft = {"realm": "draft", "engine": "e-1"}
        reason = self.reason(of, of, bought_with=draft, realm="draft", engine="e-2")
        assert reason is Reason.ENGINE_CHANGED

    def test_a_new_address_is_new(self):
        assert self.reason(of_set([1]), of_set([1, 2])) is Reason.NEW_CELL

    def test_the_key_of_what_was_there_is_told(self):
        before = of_set([1])
        (old,) = plan_of(before).cells
        plan = plan_of(replace(before, prompt="New {variant.place} {set.subject}"), bought(before))
        assert plan.decisions[0].detail == old.key

    def test_it_is_compared_with_what_was_last_at_its_address(self):
        first = of_set([1])
        second = replace(first, prompt=f"{first.prompt} Two.")
        filed = bought(first)
        filed += buy(plan_of(second, filed), at=LATER)
        third = replace(second, params={"seed": 1})
        assert reasons(plan_of(third, filed)) == [Reason.PARAM_CHANGED]

    def test_of_two_at_one_moment_always_the_same_is_last(self):
        one = of_set([1])
        other = replace(one, params={"seed": 1})
        filed = [
            *buy(plan_of(one)),
            *(Filed("winter", r) for _, r in buy(replace(plan_of(other), campaign="autumn"))),
        ]
        third = replace(other, master=PixelSize(2560, 1450))
        for turn in (filed, filed[::-1]):
            # Against the other one it would be its size.
            assert reasons(plan_of(third, turn)) == [Reason.PARAM_CHANGED]

    def test_what_another_campaign_has_at_that_address_does_not_matter(self):
        theirs = replace(of_set([1]), name="autumn")
        mine = replace(of_set([1]), prompt="Mine: {set.subject}, {variant.place}.")
        assert reasons(plan_of(mine, bought(theirs))) == [Reason.NEW_CELL]


class TestOrphans:
    def test_they_say_what_was_paid_for_them(self):
        plan = plan_of(of_set([1]), bought(of_set([1, 2, 3])))
        assert [(o.address, o.charged) for o in plan.orphans] == [
            ("anna/p002/snow/master/t1", UNIT), ("anna/p003/snow/master/t1", UNIT),
        ]  # fmt: skip

    def test_what_another_campaign_bought_is_not_ours_to_lose(self):
        assert plan_of(replace(of_set([1]), name="new"), bought(of_set([1, 2]))).orphans == ()

    def test_failures_and_shortfalls_are_no_orphans(self):
        before = of_set([1, 2, 3])
        plan = plan_of(of_set([9]), buy(plan_of(before), short=1))
        assert plan.orphans == ()


class TestWholeSets:
    def test_a_matrix_rule_added_later_plans_only_what_it_touches(self):
        before = of_set([1, 2, 3])
        rule = Extend(Where(picture="p002"), {"place": "a cave"}, {})
        plan = plan_of(replace(before, matrix=Matrix(extend=(rule,))), bought(before))
        assert addresses(plan.steps[0].cells) == ["anna/p002/snow/master/t1"]
        assert plan.cost == UNIT

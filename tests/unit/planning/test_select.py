"""Selectors: what they mean, what they refuse, and what becomes of what is left out."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.campaign import PixelSize, Size, Variant
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Action, Chosen, Limit, Reason
from pipeline.planning.plan import shares
from pipeline.planning.select import (
    EVERYTHING,
    KEYS,
    match_nothing,
    parse_selection,
    pick,
)
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.shop import PICTURES, addresses, buy, expansion_of, plan_of

STORY = Size("story", PixelSize(1080, 1920), native=PixelSize(1440, 2560))
FEED = Size("feed", PixelSize(1080, 1350))


def shop(**changes):
    """Two sets, two variants, two native sizes, two takes: 3 x 2 x 2 x 2 cells."""
    plain = {
        "sets": (image_set("anna", [1, 2]), image_set("bag", [3])),
        "variants": ("snow", "studio"),
        "sizes": (FEED, STORY),
        "takes": 2,
        "owner": "lena",
        "tags": ("hero", "winter 2026"),
    }
    return campaign(**{**plain, **changes})


def chosen(*select, exclude=()):
    selection, problems = parse_selection(select, exclude)
    assert problems == []
    return selection


def found(of, *select, exclude=(), filed=(), **facts) -> list[str]:
    """Addresses of the cells that are meant."""
    plan = plan_of(of, filed)
    picked = pick(of, plan.cells, plan.decisions, chosen(*select, exclude=exclude), **facts)
    return [
        str(cell.address) for cell, is_meant in zip(plan.cells, picked, strict=True) if is_meant
    ]


def bought(plan) -> list[str]:
    return [address for step in plan.steps for address in addresses(step.cells)]


class TestMeaning:
    @pytest.mark.parametrize(
        ("expression", "number"),
        [
            ("set:anna", 16),
            ("set:an*,variant:snow", 8),
            ("picture:p001", 8),
            ("size:story", 12),
            ("take:2", 12),
            ("take:t2", 12),
            ("take:>1", 12),
            ("take:<=2", 24),
            ("tag:hero", 24),
            ("tag:winter*", 24),
            ("owner:lena", 24),
            ("campaign:winter", 24),
            ("campaign:autumn", 0),
            ("set:anna,set:bag", 0),
            ("anna", 16),
            ("anna/*/snow", 8),
            ("anna/*/snow/", 8),
            ("*/*/*/story/t1", 6),
            ("anna/p00[12]/studio/master/t1", 2),
            ("*", 24),
            ("snow", 0),
            ("anna/p001/snow/master/t1/more", 0),
            (" set : anna , variant:snow ", 8),
            ("action:buy", 24),
            ("action:*", 24),
            ("reason:new_cell", 24),
            ("reason:prompt_*", 0),
            ("verdict:none", 24),
            ("verdict:re*", 0),
        ],
    )
    def test_a_comma_is_and(self, expression, number):
        assert len(found(shop(), expression)) == number

    def test_repeated_is_or(self):
        assert len(found(shop(), "set:bag", "set:anna,variant:snow,take:1,size:master")) == 8 + 2

    def test_excluding_beats_selecting(self):
        of = shop()
        assert found(of, "set:bag", exclude=["set:bag"]) == []
        assert len(found(of, exclude=["set:bag"])) == 16

    def test_a_glob_of_an_address_stays_within_its_part(self):
        assert found(shop(), "an*/t1") == []

    def test_what_is_bought_has_the_action_cached(self):
        of = shop(takes=1, sizes=())
        whole = plan_of(of)
        filed = buy(whole, steps=slice(0, 1))
        assert found(of, "action:cached", filed=filed) == addresses(whole.steps[0].cells)

    def test_verdicts_are_the_callers(self):
        of = shop(takes=1, sizes=())
        cells = plan_of(of).cells
        words = {cells[0].key: "reject", cells[1].key: "reroll"}
        assert found(of, "verdict:reject", verdicts=words) == addresses(cells[:1])
        assert found(of, "verdict:re*", verdicts=words) == addresses(cells[:2])
        assert found(of, "verdict:none", verdicts=words) == addresses(cells[2:])

    @pytest.mark.parametrize(
        ("expression", "number"),
        [
            ("cost:>0.03", 2),
            ("cost:>0.04", 0),
            ("cost:>=$0.04", 2),
            ("cost:0.04 USD", 2),
            ("cost:<0.01", 1),
        ],
    )
    def test_cost_is_the_share_of_the_request_and_nothing_for_what_is_bought(
        self, expression, number
    ):
        of = campaign(pictures=[1, 2, 3])
        filed = buy(plan_of(campaign(pictures=[3])))
        whole = plan_of(of, filed)
        assert found(of, expression, filed=filed, costs=shares(whole.steps)) == addresses(
            whole.cells[:2] if number == 2 else whole.cells[2:] if number else ()
        )
        plan = plan_of(of, filed, selection=chosen(expression))
        assert plan.images == (2 if number == 2 else 0)
        assert plan.count(Action.CACHED) == 1

    @settings(deadline=None, max_examples=30)
    @given(
        st.lists(
            st.sampled_from(["set:anna", "variant:snow", "take:1", "size:story", "p*"]),
            min_size=1,
            max_size=4,
        )
    )
    def test_the_order_of_conditions_does_not_matter(self, terms):
        of = shop()
        forth, back = ",".join(terms), ",".join(reversed(terms))
        assert found(of, forth) == found(of, back)


class TestLeavingOut:
    def test_what_is_not_meant_is_neither_bought_nor_satisfied(self):
        of = campaign(variants=("snow", "studio"))
        plan = plan_of(of, selection=chosen("variant:snow"))
        assert bought(plan) == [f"anna/p00{n}/snow/master/t1" for n in (1, 2, 3)]
        left = [one for one in plan.decisions if one.action is Action.LEFT_OUT]
        assert {(one.reason, one.detail, one.output) for one in left} == {
            (Reason.NOT_SELECTED, "buy", None)
        }
        assert len(left) == 3
        assert plan.chosen == Chosen(("variant:snow",), ())

    def test_a_purchase_that_is_not_meant_stays_as_it_is(self):
        of = campaign(variants=("snow", "studio"))
        filed = buy(plan_of(of), steps=slice(1, 2))
        plan = plan_of(of, filed, selection=chosen("variant:snow"))
        actions = {cell.address.variant: one.action for cell, one in _pairs(plan)}
        assert actions == {"snow": Action.BUY, "studio": Action.CACHED}
        assert plan.count(Action.LEFT_OUT) == 0
        assert all(one.output is not None for cell, one in _pairs(plan) if "studio" in cell.address)

    def test_the_rest_is_packed_anew(self):
        """Not the requests that were packed are cut down: what is meant is packed together."""
        of = campaign(pictures=range(1, 15))
        assert [len(step.cells) for step in plan_of(of).steps] == [7, 7]
        plan = plan_of(of, selection=chosen(exclude=["anna/p00[1-7]"]))
        assert [len(step.cells) for step in plan.steps] == [7]

    def test_of_two_addresses_of_one_cell_one_that_is_meant_is_enough(self):
        same = Variant("frost", {"place": "a place called snow"}, {})
        of = campaign(pictures=[1])
        both = replace(of, variants=(*of.variants, same))
        plan = plan_of(both, selection=chosen("variant:frost"))
        assert plan.images == 1
        assert [one.action for one in plan.decisions] == [Action.BUY, Action.CACHED]
        plan = plan_of(both, selection=chosen("variant:frost,action:buy"))
        assert plan.images == 1
        plan = plan_of(both, selection=chosen(exclude=["variant:frost", "variant:snow"]))
        assert [one.action for one in plan.decisions] == [Action.LEFT_OUT] * 2
        assert {one.reason for one in plan.decisions} == {Reason.NOT_SELECTED}

    def test_what_costs_too_much_for_the_cap_can_be_left_out(self):
        limit = Limit("campaign", "winter", MicroUsd(40_000), None)
        of = campaign()
        assert [one.code for one in plan_of(of, limits=[limit]).problems] == ["P020"]
        plan = plan_of(of, limits=[limit], selection=chosen("anna/p001"))
        assert [one.code for one in plan.problems] == ["P021"]

    def test_nothing_said_changes_nothing(self):
        of = shop()
        assert plan_of(of, selection=EVERYTHING) == plan_of(of)

    def test_everything_selected_buys_the_same(self):
        of = shop()
        assert plan_of(of, selection=chosen("*")).steps == plan_of(of).steps


class TestProblems:
    def test_every_slip_of_an_expression_is_told_with_its_column(self):
        _, problems = parse_selection(["set:anna, colour:red,take:x", "imag:p1"], ["cost:>much,"])
        told = [(one.code, str(one.at)) for one in problems]
        assert told == [
            ("P040", "--select:1:11"),
            ("P041", "--select:1:22"),
            ("P040", "--select:2:1"),
            ("P041", "--exclude:1:1"),
            ("P041", "--exclude:1:12"),
        ]
        assert problems[0].source_line == "set:anna, colour:red,take:x"

    @pytest.mark.parametrize(
        ("wrong", "right"),
        [("varant", "variant"), ("image", "picture"), ("state", "action"), ("price", "cost")],
    )
    def test_an_unknown_key_gets_a_hint(self, wrong, right):
        _, (problem,) = parse_selection([f"{wrong}:x"], [])
        assert f"did you mean `{right}:`?" in problem.fix
        assert all(f"`{key}`" in problem.fix for key in KEYS)

    @pytest.mark.parametrize(
        ("expression", "hint"),
        [("action:bye", "action:buy"), ("verdict:aprove", "verdict:approve"),
         ("reason:new", "reason:new_cell")],
    )  # fmt: skip
    def test_words_of_a_fixed_list_are_checked(self, expression, hint):
        _, (problem,) = parse_selection([expression], [])
        assert problem.code == "P041"
        assert hint in problem.fix

    @pytest.mark.parametrize("expression", ["", ",", "set:", "set:a,,variant:b"])
    def test_an_empty_condition_is_refused(self, expression):
        _, problems = parse_selection([expression], [])
        assert {one.code for one in problems} == {"P041"}
        assert ("is empty" in problems[0].why) is (not expression)

    def dead(self, *select, exclude=()):
        of = shop()
        return match_nothing(
            chosen(*select, exclude=exclude), [(of, expansion_of(of, PICTURES).cells)]
        )

    @pytest.mark.parametrize(
        ("expression", "column", "exists"),
        [
            ("set:ana", 1, "did you mean `anna`? Every set there is: `anna`, `bag`"),
            ("variant:snow,set:hat", 14, "`anna`, `bag`"),
            ("size:square", 1, "Every native size there is: `master`, `story`"),
            ("take:3", 1, "`1`, `2`"),
            ("tag:sale", 1, "`hero`, `winter 2026`"),
            ("owner:jo", 1, "`lena`"),
            ("anna/p009", 1, "`anna/p001/snow/master/t1`"),
            ("snow", 1, "did you mean `variant:snow`? Every address there is: "),
            ("story", 1, "did you mean `size:story`?"),
            ("anna/p0", 1, "did you mean `anna/p0*`?"),
        ],
    )
    def test_a_name_that_matches_nothing_is_told_with_what_exists(self, expression, column, exists):
        (problem,) = self.dead(expression)
        assert (problem.code, str(problem.at)) == ("P042", f"--select:1:{column}")
        assert exists in problem.fix

    def test_names_that_match_nothing_together_are_told(self):
        (problem,) = self.dead("set:bag,picture:p001")
        assert "`set:bag` and `picture:p001` at once" in problem.what

    def test_what_is_excluded_has_to_exist_as_well(self):
        (problem,) = self.dead(exclude=["variant:rain"])
        assert str(problem.at) == "--exclude:1:1"

    def test_one_campaign_that_matches_is_enough(self):
        of, other = shop(), campaign(name="autumn", variants=("rain",))
        wanted = [(one, expansion_of(one, PICTURES).cells) for one in (of, other)]
        assert match_nothing(chosen("variant:rain", "campaign:winter"), wanted) == []

    @pytest.mark.parametrize(
        "expression", ["action:rebuy", "verdict:reject", "cost:>9", "set:a*,cost:>9"]
    )
    def test_a_state_that_nothing_is_in_is_no_slip(self, expression):
        assert self.dead(expression) == []

    def test_a_name_in_such_an_expression_still_has_to_exist(self):
        (problem,) = self.dead("action:rebuy,set:hat")
        assert str(problem.at) == "--select:1:14"


def _pairs(plan):
    return list(zip(plan.cells, plan.decisions, strict=True))

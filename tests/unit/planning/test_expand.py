"""From a campaign to its wanted cells."""

from dataclasses import replace

import pytest

from pipeline.domain.campaign import (
    Add,
    Exclude,
    Extend,
    Matrix,
    PixelSize,
    Size,
    Variant,
    Where,
)
from pipeline.domain.diagnostics import Span
from tests.support.campaigns import campaign, image_set, picture
from tests.unit.planning.shop import (
    PICTURES,
    addresses,
    expansion_of,
    text_campaign,
    text_card,
)

TALL = PixelSize(1440, 2560)


def derived(name: str) -> Size:
    return Size(name, PixelSize(1080, 1350))


def native(name: str, size: PixelSize = TALL) -> Size:
    return Size(name, PixelSize(1080, 1920), native=size)


def codes(expansion) -> list[str]:
    return [problem.code for problem in expansion.problems]


class TestProduct:
    def test_cells_come_in_manifest_order_the_first_axis_slowest(self):
        of = campaign(
            sets=(image_set("zoe", [2, 1]), image_set("anna", [3])),
            variants=("snow", "beach"),
            sizes=(derived("feed"), native("story")),
            takes=2,
        )
        assert addresses(expansion_of(of).cells)[:10] == [
            "zoe/p002/snow/master/t1",
            "zoe/p002/snow/master/t2",
            "zoe/p002/snow/story/t1",
            "zoe/p002/snow/story/t2",
            "zoe/p002/beach/master/t1",
            "zoe/p002/beach/master/t2",
            "zoe/p002/beach/story/t1",
            "zoe/p002/beach/story/t2",
            "zoe/p001/snow/master/t1",
            "zoe/p001/snow/master/t2",
        ]
        assert len(expansion_of(of).cells) == 3 * 2 * 2 * 2

    def test_prompts_are_filled_in_from_set_and_variant(self):
        cells = expansion_of(campaign(pictures=[1], variants=("snow", "beach"))).cells
        assert [cell.recipe.prompt for cell in cells] == [
            "Put the anna in a place called snow.",
            "Put the anna in a place called beach.",
        ]

    def test_a_recipe_says_all_that_a_request_depends_on(self):
        of = campaign(sets=(image_set("anna", [1], reference=9),), params={"seed": 4})
        (cell,) = expansion_of(of, realm="draft", engine="e-1").cells
        recipe = cell.recipe
        assert recipe.reference == picture(9).facts.sha256
        assert cell.source == picture(1).facts.sha256
        assert (recipe.realm, recipe.engine, recipe.size) == ("draft", "e-1", "2560x1440")
        assert recipe.params == {"seed": 4}

    def test_parameters_of_a_variant_outrank_the_campaigns_and_those_the_cards(self):
        hot = Variant("hot", {"place": "a desert"}, {"b": "variant", "c": "variant"})
        of = campaign(pictures=[1], variants=(), params={"a": "campaign", "b": "campaign"})
        of = replace(of, variants=(hot,))
        card = replace(PICTURES, defaults={"a": "card", "b": "card", "c": "card", "d": "card"})
        (cell,) = expansion_of(of, card).cells
        assert cell.recipe.params == {
            "a": "campaign", "b": "variant", "c": "variant", "d": "card",
        }  # fmt: skip

    def test_equal_recipes_of_one_set_are_one_object(self):
        of = campaign(pictures=range(1, 4), variants=("snow", "beach"))
        assert len({id(cell.recipe) for cell in expansion_of(of).cells}) == 2

    def test_text_to_image_has_neither_set_nor_picture(self):
        cells = expansion_of(text_campaign(variants=("snow", "beach"), takes=2), text_card()).cells
        assert addresses(cells) == [
            "snow/master/t1", "snow/master/t2", "beach/master/t1", "beach/master/t2",
        ]  # fmt: skip
        assert {cell.source for cell in cells} == {None}
        assert len({cell.key for cell in cells}) == 4


class TestSizes:
    @pytest.mark.parametrize(
        ("sizes", "wanted"),
        [
            ((), ["master"]),
            ((derived("feed"),), ["master"]),
            ((derived("feed"), derived("shop")), ["master"]),
            ((native("story"),), ["story"]),
            ((derived("feed"), native("story")), ["master", "story"]),
            ((native("story"), derived("feed")), ["master", "story"]),
            ((native("story"), native("reel")), ["story"]),
            ((native("story"), native("wide", PixelSize(2560, 1450))), ["story", "wide"]),
        ],
    )
    def test_the_master_is_wanted_only_if_something_is_derived_from_it(self, sizes, wanted):
        cells = expansion_of(campaign(pictures=[1], sizes=sizes)).cells
        assert [cell.address.size for cell in cells] == wanted

    def test_a_native_size_like_the_master_is_the_master(self):
        of = campaign(pictures=[1], sizes=(native("story", PixelSize(2560, 1440)),))
        (cell,) = expansion_of(of).cells
        (plain,) = expansion_of(campaign(pictures=[1])).cells
        assert (cell.address.size, cell.key) == ("master", plain.key)


class TestMatrix:
    def expansion(self, **rules):
        of = campaign(
            sets=(image_set("anna", [1, 2]), image_set("bag", [3])),
            variants=("snow", "studio"),
            matrix=Matrix(**{kind: tuple(one) for kind, one in rules.items()}),
        )
        return expansion_of(of)

    def test_exclude_takes_cells_away(self):
        found = self.expansion(exclude=[Exclude(Where(set="bag", variant="snow"), "no bags")])
        assert "bag/p003/snow/master/t1" not in addresses(found.cells)
        assert len(found.cells) == 5
        assert found.problems == ()

    def test_names_in_rules_may_be_globs(self):
        found = self.expansion(exclude=[Exclude(Where(picture="p00[12]", variant="s*o"), "")])
        assert addresses(found.cells) == [
            "anna/p001/snow/master/t1",
            "anna/p002/snow/master/t1",
            "bag/p003/snow/master/t1",
            "bag/p003/studio/master/t1",
        ]

    def test_a_glob_means_the_whole_name(self):
        assert codes(self.expansion(exclude=[Exclude(Where(set="ann"), "")])) == ["P001"]

    def test_add_creates_further_takes_where_it_says(self):
        found = self.expansion(add=[Add(Where(set="anna", variant="studio", take=3))])
        assert addresses(found.cells)[1:3] == [
            "anna/p001/studio/master/t1",
            "anna/p001/studio/master/t3",
        ]
        assert len(found.cells) == 6 + 2

    def test_what_exclude_takes_away_no_add_brings_back(self):
        found = self.expansion(
            exclude=[Exclude(Where(variant="snow"), "")],
            add=[Add(Where(picture="p001", variant="snow", take=1), at=Span("c.yaml", 9, 3))],
        )
        assert len(found.cells) == 3
        assert codes(found) == ["P006"]
        assert found.problems[0].at == Span("c.yaml", 9, 3)

    def test_a_broad_add_leaves_out_what_is_excluded(self):
        found = self.expansion(
            exclude=[Exclude(Where(set="bag", variant="snow"), "no bags")],
            add=[Add(Where(variant="snow", take=2))],
        )
        assert found.problems == ()
        assert [one for one in addresses(found.cells) if one.endswith("t2")] == [
            "anna/p001/snow/master/t2",
            "anna/p002/snow/master/t2",
        ]

    def test_an_exclude_that_bars_what_is_added_is_not_dead(self):
        of = campaign(
            pictures=[1, 2],
            matrix=Matrix(
                exclude=(Exclude(Where(picture="p002", take=2), ""),), add=(Add(Where(take=2)),)
            ),
        )
        found = expansion_of(of)
        assert found.problems == ()
        assert len(found.cells) == 3

    def test_optional_rules_may_change_nothing(self):
        found = self.expansion(
            exclude=[Exclude(Where(set="hat"), "", optional=True)],
            extend=[Extend(Where(set="hat"), {"place": "x"}, {}, optional=True)],
            add=[Add(Where(take=1), optional=True)],
        )
        assert found.problems == ()
        assert len(found.cells) == 6

    def test_exclude_may_speak_of_one_take(self):
        of = campaign(pictures=[1], takes=3, matrix=Matrix(exclude=(Exclude(Where(take=2), ""),)))
        assert [cell.address.take for cell in expansion_of(of).cells] == [1, 3]

    def test_extend_changes_values_and_parameters_and_creates_nothing(self):
        rule = Extend(Where(variant="snow", set="bag"), {"place": "the Alps"}, {"seed": 1})
        found = self.expansion(extend=[rule])
        assert len(found.cells) == 6
        changed = [cell for cell in found.cells if "Alps" in cell.recipe.prompt]
        assert addresses(changed) == ["bag/p003/snow/master/t1"]
        assert changed[0].recipe.params == {"seed": 1}

    def test_of_two_extends_the_later_one_wins(self):
        rules = [
            Extend(Where(), {"place": "A"}, {"x": 1, "y": 1}),
            Extend(Where(set="bag"), {"place": "B"}, {"x": 2}),
        ]
        cells = {str(cell.address): cell.recipe for cell in self.expansion(extend=rules).cells}
        bag, anna = cells["bag/p003/snow/master/t1"], cells["anna/p001/snow/master/t1"]
        assert (bag.prompt, bag.params) == ("Put the bag in B.", {"x": 2, "y": 1})
        assert (anna.prompt, anna.params) == ("Put the anna in A.", {"x": 1, "y": 1})

    def test_extend_may_speak_of_one_take_or_one_picture(self):
        of = campaign(
            pictures=[1, 2],
            takes=2,
            matrix=Matrix(
                extend=(
                    Extend(Where(take=2), {"place": "a mirror"}, {}),
                    Extend(Where(picture="p001"), {}, {"seed": 7}),
                )
            ),
        )
        cells = expansion_of(of).cells
        assert ["mirror" in c.recipe.prompt for c in cells] == [False, True, False, True]
        assert [c.recipe.params for c in cells] == [{"seed": 7}, {"seed": 7}, {}, {}]

    @pytest.mark.parametrize(
        "rules",
        [
            {"exclude": [Exclude(Where(set="hat"), "", at=Span("c.yaml", 9, 3))]},
            {"extend": [Extend(Where(variant="beach"), {}, {}, at=Span("c.yaml", 9, 3))]},
            {"add": [Add(Where(set="hat", take=2), at=Span("c.yaml", 9, 3))]},
            {"add": [Add(Where(take=1), at=Span("c.yaml", 9, 3))]},
            {"exclude": [Exclude(Where(take=2), "", at=Span("c.yaml", 9, 3))]},
            {"exclude": [Exclude(Where(size="story"), "", at=Span("c.yaml", 9, 3))]},
        ],
    )
    def test_a_rule_that_changes_nothing_is_a_problem_with_its_place(self, rules):
        found = self.expansion(**rules)
        assert len(found.cells) == 6
        (problem,) = found.problems
        (kind,) = rules
        assert problem.code == "P001"
        assert f"`{kind}`" in problem.what
        assert problem.at == Span("c.yaml", 9, 3)

    def test_an_extend_for_excluded_cells_changes_nothing(self):
        found = self.expansion(
            exclude=[Exclude(Where(set="bag"), "")],
            extend=[Extend(Where(set="bag"), {"place": "x"}, {})],
        )
        assert codes(found) == ["P001"]

    def test_every_dead_rule_is_reported_at_once(self):
        dead = Where(set="hat", take=2)
        found = self.expansion(
            exclude=[Exclude(dead, "")], extend=[Extend(dead, {}, {})], add=[Add(dead)]
        )
        assert codes(found) == ["P001", "P001", "P001"]

    def test_a_campaign_without_any_cell_says_so(self):
        assert codes(self.expansion(exclude=[Exclude(Where(), "")])) == ["P003"]


class TestMissingValues:
    def test_a_value_that_one_variant_lacks_is_one_problem(self):
        of = campaign(pictures=[1, 2], variants=("snow", "beach"))
        bare = Variant("beach", {}, {}, at=Span("c.yaml", 20, 3))
        found = expansion_of(replace(of, variants=(of.variants[0], bare)))
        (problem,) = found.problems
        assert (problem.code, problem.at) == ("P002", Span("c.yaml", 20, 3))
        assert problem.what == "variant `beach` has no value for `{variant.place}`"
        assert {cell.address.variant for cell in found.cells} == {"snow"}

    def test_an_extend_may_supply_it(self):
        of = campaign(pictures=[1], variants=("snow",))
        of = replace(
            of,
            variants=(Variant("snow", {}, {}),),
            matrix=Matrix(extend=(Extend(Where(), {"place": "a hut"}, {}),)),
        )
        found = expansion_of(of)
        assert found.problems == ()
        assert found.cells[0].recipe.prompt == "Put the anna in a hut."

    def test_a_value_that_a_set_lacks_names_the_set(self):
        of = campaign(pictures=[1], prompt="Put {set.subject} and {set.brand} here.")
        (problem,) = expansion_of(of).problems
        assert problem.what == "image set `anna` has no value for `{set.brand}`"

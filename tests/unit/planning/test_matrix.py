"""Axes, zipped groups and the number of cells, counted before they are made."""

import itertools
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.campaign import (
    Add,
    Axes,
    Exclude,
    Extend,
    Matrix,
    PixelSize,
    Size,
    Where,
    Workspace,
)
from pipeline.domain.diagnostics import Span
from pipeline.planning.matrix import Grid
from pipeline.planning.settings import settings
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.shop import addresses, expansion_of, text_campaign, text_card

STORY = Size("story", PixelSize(1080, 1920), native=PixelSize(1440, 2560))
FEED = Size("feed", PixelSize(1080, 1350))


def of(**parts):
    """Two sets with two pictures each, two variants, two paid sizes, two takes: 32 cells."""
    matrix = Matrix(**parts)
    return campaign(
        sets=(image_set("anna", [1, 2]), image_set("bag", [3, 4])),
        variants=("snow", "studio"),
        sizes=(FEED, STORY),
        takes=2,
        matrix=matrix,
    )


def wanted(one):
    found = expansion_of(one)
    assert found.problems == ()
    return addresses(found.cells)


class TestAxes:
    def test_nothing_said_is_everything(self):
        assert len(wanted(of())) == 32

    @pytest.mark.parametrize(
        ("axes", "cells"),
        [
            (Axes(set=("bag",)), 16),
            (Axes(variant=("studio",)), 16),
            (Axes(size=("story",), take=(2,)), 8),
            (Axes(picture={"anna": ("p001",), "bag": ()}), 8),
            (Axes(set=("anna",), picture={"anna": ("p001",), "bag": ("p003",)}), 8),
        ],
    )
    def test_a_list_restricts_its_axis(self, axes, cells):
        one = of(axes=axes)
        assert len(wanted(one)) == cells == Grid(one).count
        assert set(wanted(one)) < set(wanted(of()))

    def test_the_order_of_a_list_does_not_move_cells(self):
        assert wanted(of(axes=Axes(variant=("studio", "snow"), take=(2, 1)))) == wanted(of())


class TestZip:
    def test_two_axes_advance_together(self):
        found = wanted(of(zip=(("variant", "size"),)))
        assert {tuple(one.split("/")[2:4]) for one in found} == {
            ("snow", "master"), ("studio", "story"),
        }  # fmt: skip
        assert len(found) == 16

    def test_axes_say_what_meets_what(self):
        found = wanted(of(axes=Axes(variant=("studio", "snow")), zip=(("variant", "size"),)))
        assert {tuple(one.split("/")[2:4]) for one in found} == {
            ("studio", "master"), ("snow", "story"),
        }  # fmt: skip
        assert found[0] == "anna/p001/snow/story/t1"

    def test_sets_meet_one_variant_each_with_all_their_pictures(self):
        found = wanted(of(zip=(("set", "variant"),)))
        assert {(one.split("/")[0], one.split("/")[2]) for one in found} == {
            ("anna", "snow"), ("bag", "studio"),
        }  # fmt: skip
        assert len(found) == 16

    def test_pictures_of_every_set_begin_at_the_first(self):
        found = wanted(of(zip=(("take", "picture"),)))
        assert {(one.split("/")[1], one[-2:]) for one in found} == {
            ("p001", "t1"), ("p002", "t2"), ("p003", "t1"), ("p004", "t2"),
        }  # fmt: skip

    def test_three_axes_and_two_groups(self):
        assert len(wanted(of(zip=(("variant", "size", "take"),)))) == 8
        assert wanted(of(zip=(("set", "variant"), ("picture", "take")))) == [
            "anna/p001/snow/master/t1",
            "anna/p001/snow/story/t1",
            "anna/p002/snow/master/t2",
            "anna/p002/snow/story/t2",
            "bag/p003/studio/master/t1",
            "bag/p003/studio/story/t1",
            "bag/p004/studio/master/t2",
            "bag/p004/studio/story/t2",
        ]

    def test_text_to_image_zips_what_it_has(self):
        one = text_campaign(
            variants=("snow", "beach"), takes=2, matrix=Matrix(zip=(("variant", "take"),))
        )
        cells = expansion_of(one, text_card()).cells
        assert addresses(cells) == ["snow/master/t1", "beach/master/t2"]

    def test_rules_apply_to_what_is_left(self):
        one = of(zip=(("variant", "size"),), exclude=(Exclude(Where(size="master"), ""),))
        assert {tuple(x.split("/")[2:4]) for x in wanted(one)} == {("studio", "story")}
        dead = of(
            zip=(("variant", "size"),), exclude=(Exclude(Where(variant="snow", size="story"), ""),)
        )
        assert [problem.code for problem in expansion_of(dead).problems] == ["P001"]

    @given(data=st.data())
    @pytest.mark.slow
    def test_a_zipped_product_is_the_part_of_the_product_whose_places_agree(self, data):
        axes = ("set", "picture", "variant", "size", "take")
        groups = data.draw(st.permutations([one for one in axes if one != "picture"]))
        cut = data.draw(st.integers(0, 2))
        zipped = tuple(
            tuple(one) for one in (groups[:2], groups[2:4])[:cut]
        )  # none, one or two pairs
        one = of(zip=zipped)
        place = {
            "set": ["anna", "bag"].index,
            "variant": ["snow", "studio"].index,
            "size": ["master", "story"].index,
            "take": ["t1", "t2"].index,
        }
        part = {"set": 0, "variant": 2, "size": 3, "take": 4}

        def agrees(address):
            parts = address.split("/")
            return all(place[a](parts[part[a]]) == place[b](parts[part[b]]) for a, b in zipped)

        assert wanted(one) == [address for address in wanted(of()) if agrees(address)]
        assert Grid(one).count == len(wanted(one))


class TestAdd:
    def test_it_creates_what_the_axes_leave_out(self):
        one = of(
            axes=Axes(variant=("snow",)),
            add=(Add(Where(set="bag", picture="p003", variant="studio", size="master", take=1)),),
        )
        found = wanted(one)
        assert len(found) == 17
        assert found.index("bag/p003/studio/master/t1") == found.index("bag/p003/snow/story/t2") + 1

    def test_it_creates_what_zip_leaves_out(self):
        one = of(
            zip=(("variant", "size"),),
            add=(Add(Where(set="anna", picture="p001", variant="snow", size="story", take=1)),),
        )
        assert wanted(one)[2] == "anna/p001/snow/story/t1"

    def test_axes_that_it_leaves_out_mean_what_the_matrix_has(self):
        one = of(axes=Axes(variant=("snow",), take=(1,)), add=(Add(Where(set="bag", take=2)),))
        assert [x for x in wanted(one) if x.endswith("t2")] == [
            "bag/p003/snow/master/t2",
            "bag/p003/snow/story/t2",
            "bag/p004/snow/master/t2",
            "bag/p004/snow/story/t2",
        ]

    def test_two_rules_may_add_takes_of_one_shot_beside_the_matrix(self):
        where = {"set": "bag", "picture": "p003", "variant": "studio", "size": "master"}
        one = of(
            axes=Axes(variant=("snow",)),
            add=(Add(Where(**where, take=3)), Add(Where(**where, take=1))),
        )
        assert [x for x in wanted(one) if "studio" in x] == [
            "bag/p003/studio/master/t1", "bag/p003/studio/master/t3",
        ]  # fmt: skip

    def test_extend_never_creates(self):
        one = of(
            axes=Axes(variant=("snow",)),
            extend=(Extend(Where(variant="studio"), {"place": "x"}, {}, at=Span("c.yaml", 3, 1)),),
        )
        found = expansion_of(one)
        assert (len(found.cells), [p.code for p in found.problems]) == (16, ["P001"])


class TestTooMany:
    def test_one_more_than_may_be_wanted_is_a_problem_and_nothing_is_left_out(self):
        fits, over = replace(of(), max_jobs=32), replace(of(), max_jobs=31)
        assert len(wanted(fits)) == 32
        found = expansion_of(over)
        assert found.cells == ()
        (problem,) = found.problems
        assert (problem.code, problem.is_error) == ("P005", True)
        assert "32" in problem.what
        assert "31" in problem.what

    def test_what_is_excluded_does_not_count_and_what_is_added_does(self):
        rules = {"exclude": (Exclude(Where(set="bag"), ""),), "add": (Add(Where(take=3)),)}
        one = of(**rules)
        cells = len(wanted(one))
        assert cells == 16 + 8
        assert len(wanted(replace(one, max_jobs=cells))) == cells
        found = expansion_of(replace(one, max_jobs=cells - 1))
        assert [problem.code for problem in found.problems] == ["P005"]

    @pytest.mark.slow
    @pytest.mark.parametrize("rules", [{}, {"exclude": (Exclude(Where(take=2), ""),)}])
    def test_a_matrix_of_billions_is_refused_before_it_eats_memory(self, rules):
        huge = campaign(
            sets=tuple(image_set(f"s{n}", [1, 2]) for n in range(300)),
            variants=tuple(f"v{n}" for n in range(1000)),
            takes=50,
            matrix=Matrix(**rules),
        )
        one = replace(huge, takes=50_000, max_jobs=10_000)
        tracemalloc.start()
        found = expansion_of(one)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert [problem.code for problem in found.problems] == ["P005"]
        assert "30,000,000,000" in found.problems[0].what
        assert peak < 20_000_000

    def test_rules_stop_at_the_first_cell_too_many(self):
        many = campaign(
            sets=(image_set("anna", range(1, 21)),),
            variants=tuple(f"v{n}" for n in range(100)),
            takes=50,
            matrix=Matrix(exclude=(Exclude(Where(take=2), ""),)),
        )
        found = expansion_of(replace(many, max_jobs=10))
        assert "more than 10 " in found.problems[0].what


def test_a_review_tells_of_a_raised_limit():
    tight, loose = replace(of(), max_jobs=40), replace(of(), max_jobs=60)
    told = list(settings((Workspace(), {"winter": tight}), (Workspace(), {"winter": loose})))
    assert [(one.campaign, one.what, one.loosens) for one in told] == [("winter", "max_jobs", True)]
    told = list(settings((Workspace(), {}), (Workspace(max_jobs=9), {"winter": loose})))
    assert [(one.campaign, one.what, one.loosens) for one in told][:1] == [("", "max_jobs", False)]
    assert "max_jobs" not in [one.what for one in told[1:]]  # a new campaign has its default


def test_the_count_is_the_number_of_cells_for_every_group():
    axes = ("set", "picture", "variant", "size", "take")
    for a, b in itertools.combinations(axes, 2):
        if {a, b} != {"set", "picture"}:
            one = of(zip=((a, b),))
            assert Grid(one).count == len(wanted(one)) == 16

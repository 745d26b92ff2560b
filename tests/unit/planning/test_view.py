"""What lies in the outputs of a campaign, and under which names."""

from dataclasses import replace

import pytest

from pipeline.domain.campaign import PixelSize, Size
from pipeline.domain.plan import Address
from pipeline.planning.view import (
    coming_renders,
    human_name,
    original_name,
    same_names,
    wanted_files,
)
from tests.support.campaigns import campaign, image_set, picture
from tests.unit.planning.shop import buy, expansion_of, plan_of, text_campaign, text_card

FEED = Size("feed", PixelSize(1080, 1350))
SHOP = Size("shop", PixelSize(2000, 2000), fit="contain", format="png", background="#eeeeee")
STORY = Size("story", PixelSize(1080, 1920), native=PixelSize(1440, 2560), format="webp")


def files(of, **options):
    plan = plan_of(of, buy(plan_of(of, **options)), **options)
    return list(wanted_files(of, plan)), plan


class TestNames:
    @pytest.mark.parametrize(
        ("address", "name"),
        [
            (Address("anna", "front", "snow", "master", 1), "anna-front--snow--feed.jpg"),
            (Address("anna", "front", "snow", "master", 3), "anna-front--snow--feed--t3.jpg"),
            (Address("", "", "snow", "master", 1), "snow--feed.jpg"),
        ],
    )
    def test_names_are_for_people(self, address, name):
        assert human_name(address, size="feed", extension="jpg") == name

    def test_the_first_take_needs_no_number(self):
        of = campaign(pictures=[1], takes=2)
        assert [file.name for file in files(of)[0]] == [
            "masters/anna-p001--snow--master.jpg",
            "masters/anna-p001--snow--master--t2.jpg",
        ]

    def test_originals_lie_beside(self):
        assert original_name("anna", picture(1)) == "originals/anna-p001.jpg"
        png = replace(picture(1), facts=replace(picture(1).facts, format="png"))
        assert original_name("anna", png) == "originals/anna-p001.png"

    def test_ids_that_join_alike_are_a_problem(self):
        def one(name, picture_id):
            return replace(
                image_set(name, [1]), pictures=(replace(picture(len(name)), id=picture_id),)
            )

        of = campaign(sets=(one("a-b", "c"), one("a", "b-c")))
        (problem,) = same_names(of, expansion_of(of).cells)
        assert problem.code == "P004"
        assert "`a-b/c/snow/master/t1` and `a/b-c/snow/master/t1`" in problem.what

    def test_ids_that_do_not_are_none(self):
        of = campaign(pictures=range(1, 9), variants=("snow", "beach"), takes=3)
        assert same_names(of, expansion_of(of).cells) == []


class TestFiles:
    def test_each_size_is_derived_from_its_native_size(self):
        found, _ = files(campaign(pictures=[1], sizes=(FEED, STORY, SHOP)))
        assert [(file.name, file.size) for file in found] == [
            ("masters/anna-p001--snow--master.jpg", ""),
            ("feed/anna-p001--snow--feed.jpg", "feed"),
            ("shop/anna-p001--snow--shop.png", "shop"),
            ("masters/anna-p001--snow--story.jpg", ""),
            ("story/anna-p001--snow--story.webp", "story"),
        ]
        assert found[1].master == found[0].master != found[3].master

    def test_equal_native_sizes_are_one_master(self):
        reel = replace(STORY, name="reel")
        found, plan = files(campaign(pictures=[1], sizes=(STORY, reel)))
        assert len(plan.cells) == 1
        assert [file.name for file in found] == [
            "masters/anna-p001--snow--story.jpg",
            "story/anna-p001--snow--story.webp",
            "reel/anna-p001--snow--reel.webp",
        ]

    def test_only_what_has_a_picture_is_there(self):
        of = campaign(pictures=range(1, 9), sizes=(FEED,))
        plan = plan_of(of, buy(plan_of(of), steps=slice(0, 1)))
        assert len(list(wanted_files(of, plan))) == 7 * 2
        assert list(wanted_files(of, plan_of(of))) == []

    def test_a_file_says_whose_it_is(self):
        found, plan = files(campaign(pictures=[1, 2], sizes=(FEED,)))
        assert [file.cell for file in found] == [0, 0, 1, 1]
        assert [file.master for file in found[::2]] == [d.output.sha256 for d in plan.decisions]

    def test_words_alone_give_files_too(self):
        found, _ = files(text_campaign(sizes=(FEED,)), card=text_card())
        assert [file.name for file in found] == ["masters/snow--master.jpg", "feed/snow--feed.jpg"]

    def test_a_focal_point_matters_where_something_is_cropped(self):
        def keys(focus):
            shown = replace(picture(1), focus=focus)
            sets = (replace(image_set("anna", [1]), pictures=(shown,)),)
            found, _ = files(campaign(sets=sets, sizes=(FEED, SHOP)))
            return [file.key for file in found]

        master, feed, shop = keys(None)
        assert keys((500, 350)) == [master, keys((500, 350))[1], shop]
        assert keys((500, 350))[1] != feed

    @pytest.mark.parametrize(
        "change",
        [
            {"size": PixelSize(1080, 1351)},
            {"fit": "contain"},
            {"format": "webp"},
            {"background": "#000000"},
            {"quality": 87},
            {"max_bytes": 500_000},
        ],
    )
    def test_whatever_changes_a_file_changes_its_key(self, change):
        before, _ = files(campaign(pictures=[1], sizes=(FEED,)))
        after, _ = files(campaign(pictures=[1], sizes=(replace(FEED, **change),)))
        assert after[1].key != before[1].key
        assert after[0].key == before[0].key

    def test_names_change_no_key(self):
        before, _ = files(campaign(pictures=[1], sizes=(FEED,)))
        after, _ = files(campaign(pictures=[1], sizes=(replace(FEED, name="post"),)))
        assert [file.key for file in after] == [file.key for file in before]

    def test_renditions_to_come_are_counted(self):
        of = campaign(pictures=[1, 2], sizes=(FEED, SHOP, STORY))
        assert coming_renders(of, plan_of(of)) == 2 * 3
        assert coming_renders(of, plan_of(of, buy(plan_of(of)))) == 0

"""Destinations: the data that ships, a workspace's own, and sizes that are made for one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.campaign import PixelSize
from pipeline.domain.destinations import Box, SafeArea
from pipeline.manifest import codes
from pipeline.manifest.presets import shipped
from pipeline.manifest.schema import campaign_schema, is_valid
from tests.unit.manifest.samples import MANIFEST, load, load_workspace

SIZES = MANIFEST[MANIFEST.index("sizes:\n") : MANIFEST.index("matrix:\n")]


def size_of(text, *, workspace=""):
    """The one size of a campaign that says `one: <text>`."""
    found, problems = load_workspace(f"version: 1\n{workspace}")
    assert problems == []
    loaded = load(MANIFEST.replace(SIZES, f"sizes:\n  one: {text}\n"), workspace=found)
    assert loaded.problems == []
    return loaded.campaign.sizes[0]


class TestData:
    @pytest.mark.parametrize("place", shipped().values(), ids=lambda place: place.name)
    def test_every_row_is_dated_sourced_and_within_what_it_says_itself(self, place):
        assert re.fullmatch(r"[a-z][a-z0-9-]*", place.name)
        assert re.fullmatch(r"202[0-9]-[01][0-9]-[0-3][0-9]", place.as_of)
        assert place.trust in ("reported", "common")
        assert bool(place.sources) == (place.trust == "reported")
        assert all(source.startswith("https://") for source in place.sources)
        assert place.format in place.accepts
        assert max(place.width, place.height) >= place.least
        assert place.title

    def test_what_the_law_of_the_place_is(self):
        banners = [place for place in shipped().values() if place.is_fixed]
        assert len(banners) == 8
        assert {banner.max_bytes for banner in banners} == {150_000}
        amazon = shipped()["amazon-main"]
        assert (amazon.fit, amazon.background, amazon.format) == ("contain", "#ffffff", "jpeg")
        assert (amazon.white_border, amazon.fill) == (True, 85)

    def test_a_strip_is_never_cut_from_a_picture(self):
        for place in shipped().values():
            longer, shorter = sorted((place.width, place.height), reverse=True)
            assert place.fit == "contain" or longer < 3 * shorter, place.name

    def test_what_is_safe_in_a_reel_is_safe_in_a_story(self):
        reel = shipped()["instagram-reel"].safe.box(1080, 1920)
        story = shipped()["instagram-story"].safe.box(1080, 1920)
        assert story.left <= reel.left < reel.right <= story.right
        assert story.top <= reel.top < reel.bottom <= story.bottom


class TestSizes:
    def test_a_name_gives_everything(self):
        size = size_of("amazon-main")
        assert size.size == PixelSize(2000, 2000)
        assert (size.fit, size.format, size.quality) == ("contain", "jpeg", 88)
        assert size.max_bytes == 10_000_000
        assert size.destination is shipped()["amazon-main"]

    def test_what_an_author_says_wins_even_where_it_is_the_default(self):
        size = size_of("{destination: amazon-main, fit: cover, size: 1600x1600, format: webp}")
        assert (size.fit, size.format, size.quality) == ("cover", "webp", 82)
        assert size.size == PixelSize(1600, 1600)
        assert size.background == "#ffffff"

    def test_plain_sizes_are_as_ever(self):
        size = size_of("1080x1350")
        assert (size.size, size.fit, size.destination) == (PixelSize(1080, 1350), "cover", None)


class TestWorkspace:
    OWN = (
        "destinations:\n  tile: {size: 900x1200, format: avif, title: Our tile,"
        " safe: {top: 10%, left: 45px}}\n"
    )

    def test_its_own_places_are_known(self):
        size = size_of("tile", workspace=self.OWN)
        assert (size.size, size.format, size.quality) == (PixelSize(900, 1200), "avif", 60)
        assert size.destination.title == "Our tile"
        assert size.destination.safe == SafeArea(top=100, left=50)
        assert size.destination.trust == "own"

    def test_its_values_lie_over_those_that_ship(self):
        text = "destinations: {instagram-story: {size: 1440x2560, max_bytes: 2MB}}\n"
        place = size_of("instagram-story", workspace=text).destination
        assert (place.width, place.height, place.max_bytes) == (1440, 2560, 2_000_000)
        assert place.safe == shipped()["instagram-story"].safe
        assert place.sources == shipped()["instagram-story"].sources

    def test_of_its_own_places_one_may_be_meant(self):
        found, _ = load_workspace(f"version: 1\n{self.OWN}")
        text = MANIFEST.replace(SIZES, "sizes:\n  one: tiel\n")
        (problem,) = load(text, workspace=found).problems
        assert problem.code == codes.UNKNOWN_DESTINATION
        assert problem.fix.startswith("did you mean `tile`?")

    @pytest.mark.parametrize("margin", ["100%", "-1%", "1.55%", "14 %%", "px", "", "[1]", "1e3"])
    def test_margins_that_are_none(self, margin):
        text = f"version: 1\ndestinations: {{a: {{size: 9x9, safe: {{top: {margin}}}}}}}\n"
        _, problems = load_workspace(text)
        assert problems


class TestSchema:
    @pytest.mark.parametrize(
        ("size", "fits"),
        [
            ("instagram-story", True),
            ("our-tile", True),
            ("1080x1350", True),
            ({"destination": "tiktok", "format": "avif"}, True),
            ("4:5", False),
            ("Instagram Story", False),
            ({"destination": "Not A Name"}, False),
            ({"fit": "stretch"}, False),
        ],
    )
    def test_an_editor_takes_what_the_program_takes(self, size, fits):
        body = {"version": 1, "campaign": "a", "model": "m", "prompt": "p", "sizes": {"one": size}}
        assert is_valid(body, campaign_schema()) is fits

    def test_an_editor_knows_the_names(self):
        entry = campaign_schema()["$defs"]["SizeEntry"]["anyOf"]
        assert [one["enum"] for one in entry if "enum" in one] == [list(shipped())]


PARTS = st.integers(0, 1000)


@given(st.tuples(PARTS, PARTS, PARTS, PARTS), st.integers(1, 9000), st.integers(1, 9000))
def test_what_is_safe_is_inside_and_no_larger_than_told(margins, width, height):
    top, right, bottom, left = margins
    if top + bottom >= 1000 or left + right >= 1000:
        with pytest.raises(ValueError, match="nothing is left"):
            SafeArea(*margins)
        return
    box = SafeArea(*margins).box(width, height)
    assert box.left * 1000 >= left * width
    assert (height - box.bottom) * 1000 >= bottom * height
    assert box.right - box.left <= width
    assert box.left >= 0 <= box.top
    assert box.right <= width
    assert box.bottom <= height


def test_a_safe_box_in_pixels():
    assert SafeArea(140, 60, 350, 60).box(1080, 1920) == Box(65, 269, 1015, 1248)

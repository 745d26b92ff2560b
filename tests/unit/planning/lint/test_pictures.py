"""The best picture first, and the others like each other."""

from dataclasses import replace

import pytest

from tests.unit.planning.lint.cases import (
    FINE,
    SEQUENTIAL,
    a_campaign,
    case_of,
    found,
    image_set,
    picture,
    sharp,
)

SINGLE = "bytedance/seedream-v4.5/edit"


def with_reference(*pictures, reference="front", **others):
    named = {one if isinstance(one, str) else one.id: one for one in pictures}
    chosen = named.get(reference, reference)
    chosen = picture(chosen) if isinstance(chosen, str) else chosen
    return a_campaign(sets=(image_set(*pictures, reference=chosen),), **others)


# L001


def test_a_much_sharper_picture_should_be_the_reference():
    looks = {"front": sharp(50), "side": sharp(150), "back": sharp(149)}
    (one,) = found("L001", case_of(with_reference("back", "front", "side"), looks=looks))
    assert one.what.startswith("picture `side` is 3.0 times as sharp as `front`")
    assert "`reference: images/side.jpg`" not in one.what
    assert "reference: images/side.jpg" in one.fix


@pytest.mark.parametrize("sharpness", [50, 149])
def test_a_little_sharper_is_no_reason(sharpness):
    looks = {"front": sharp(50), "side": sharp(sharpness), "back": sharp(sharpness)}
    assert found("L001", case_of(with_reference("back", "front", "side"), looks=looks)) == []


def test_a_sharp_stamp_is_no_reference():
    looks = {"front": sharp(50), "stamp": sharp(900)}
    stamp = picture("stamp", 400, 600)
    assert found("L001", case_of(with_reference("front", stamp), looks=looks)) == []


def test_a_much_larger_picture_should_be_the_reference():
    small, large = picture("front", 800, 1200), picture("large", 1600, 2400)
    (one,) = found("L001", case_of(with_reference(small, large)))
    assert "`large` has 4.0 times as many pixels as `front`" in one.what
    soft = {"large": sharp(140)}
    assert found("L001", case_of(with_reference(small, large), looks=soft)) == []


def test_a_reference_outside_of_the_set_is_compared_as_well():
    case = case_of(with_reference("back", reference="front"), looks={"front": sharp(10)})
    assert len(found("L001", case)) == 1


def test_without_a_look_nothing_is_said_of_the_reference():
    case = case_of(with_reference("back", "front"), looks={"front": None, "back": sharp(900)})
    assert found("L001", case) == []


# L002


def many(number):
    return a_campaign(sets=(image_set(*(f"p{n:02}" for n in range(number))),))


@pytest.mark.parametrize(("number", "hits"), [(7, 0), (8, 1)])
def test_more_pictures_than_a_request_takes_need_a_reference(number, hits):
    looks = {"p03": sharp(400)}
    result = found("L002", case_of(many(number), looks=looks))
    assert len(result) == hits
    if hits:
        assert "one request takes 7 of them" in result[0].why
        assert "`reference: images/p03.jpg`" in result[0].fix


def test_a_cap_on_pictures_makes_more_requests():
    campaign = many(3)
    capped = replace(campaign, budget=replace(campaign.budget, max_images_per_job=2))
    assert len(found("L002", case_of(capped))) == 1


def test_a_model_of_single_pictures_needs_no_reference():
    assert found("L002", case_of(replace(many(20), model=SINGLE))) == []
    assert found("L002", case_of(replace(many(20), sequence="takes"))) == []
    assert found("L002", case_of(with_reference(*(f"p{n}" for n in range(20))))) == []


# L003, L004


def test_a_panorama_among_portraits():
    wide = picture("wide", 3000, 2000)
    (one,) = found("L003", case_of(a_campaign(sets=(image_set("a", "b", wide),))))
    assert "picture `wide` of image set `bag` is framed" in one.what
    assert "`wide` is 3000x2000" in one.why


def test_shapes_that_differ_less_are_let_be():
    square = picture("square", 2000, 2000)
    assert found("L003", case_of(a_campaign(sets=(image_set("a", "b", square),)))) == []


def test_a_distant_view_among_close_ones():
    looks = {"back": replace(FINE, subject=800), "front": replace(FINE, subject=700)}
    near = {**looks, "side": replace(FINE, subject=320)}
    far = {**looks, "side": replace(FINE, subject=270)}
    unknown = {**looks, "side": FINE}
    assert found("L003", case_of(looks=near)) == []
    assert found("L003", case_of(looks=unknown)) == []
    (one,) = found("L003", case_of(looks=far))
    assert "`side` shows its subject over 27% of its length" in one.why


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (replace(FINE, brightness=801), "is much brighter"),
        (replace(FINE, brightness=199), "is much darker"),
        (replace(FINE, warmth=271), "is much warmer"),
        (replace(FINE, warmth=-231), "is much colder"),
        (replace(FINE, warmth=271, brightness=199), "is much darker and much warmer"),
    ],
)
def test_other_light(look, words):
    (one,) = found("L004", case_of(looks={"side": look}))
    assert f"`side` {words}" in one.why


def test_two_pictures_are_unlike_each_other():
    bright, warm = replace(FINE, brightness=900), replace(FINE, brightness=100, warmth=900)
    case = case_of(a_campaign(sets=(image_set("a", "b"),)), looks={"a": bright, "b": warm})
    (one,) = found("L004", case)
    assert one.what.endswith("in very different light from each other")


def test_light_within_reason():
    look = replace(FINE, brightness=800, warmth=270)
    assert found("L004", case_of(looks={"side": look})) == []
    assert found("L004", case_of(looks={"back": None, "front": None, "side": None})) == []


def test_a_single_picture_is_like_itself():
    case = case_of(a_campaign(sets=(image_set("a"),)), looks={"a": replace(FINE, warmth=900)})
    assert found("L003", case) == found("L004", case) == []


# L014, L016


@pytest.mark.parametrize(("width", "hits"), [(383, 1), (384, 0)])
def test_small_sources(width, hits):
    assert (
        len(found("L014", case_of(a_campaign(sets=(image_set(picture("a", width, 20)),))))) == hits
    )


def test_damaged_pictures_are_told_once_a_set():
    case = case_of(damaged={"back": "cut short", "side": "cut short"})
    (one,) = found("L016", case)
    assert one.what == "pictures `back` and `side` of image set `bag` are damaged"
    assert found("L016", case_of()) == []


def test_long_lists_are_cut():
    small = [picture(f"p{n}", 100, 100) for n in range(9)]
    (one,) = found("L014", case_of(a_campaign(sets=(image_set(*small),))))
    assert "`p5` and 3 more" in one.what
    assert one.why.endswith("; …)")


def test_the_model_of_these_tests_is_sequential():
    assert a_campaign().model == SEQUENTIAL

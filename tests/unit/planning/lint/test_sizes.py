"""Pixels that are paid for and thrown away, and pictures that are paid for in vain."""

import pytest

from pipeline.domain.campaign import PixelSize
from tests.unit.planning.lint.cases import (
    Exclude,
    Matrix,
    Where,
    a_campaign,
    case_of,
    found,
    image_set,
    size,
    variants,
)

NANO = "google/nano-banana-pro/edit"


def with_sizes(*sizes, **others):
    return case_of(a_campaign(sizes=sizes, **others))


# L009


@pytest.mark.parametrize(
    ("text", "hits"), [("1000x1999", 0), ("1000x2000", 0), ("1000x2041", 1), ("3000x600", 1)]
)
def test_a_size_may_cut_half_of_its_picture(text, hits):
    assert len(found("L009", with_sizes(size("cut", text)))) == hits


def test_what_shows_all_cuts_nothing():
    assert found("L009", with_sizes(size("slice", "3000x300", fit="contain"))) == []


def test_what_its_own_shape_would_cost_is_computed():
    (one,) = found("L009", with_sizes(size("story", "1000x2500")))
    assert "60% of what is paid for" in one.why
    assert "`native: 2576x6440` for `story`, which costs $0.24 more" in one.fix


def test_a_native_size_is_held_against_its_own_picture():
    assert found("L009", with_sizes(size("slice", "3000x600", native="8192x1638"))) == []


def test_a_model_of_named_sizes_proposes_one_of_them():
    square = PixelSize(4096, 4096)
    case = with_sizes(size("wide", "2000x800"), model=NANO, master=square)
    (one,) = found("L009", case)
    assert "`native: 6336x2688`" in one.fix


def test_one_finding_for_all_sizes_of_one_picture():
    case = with_sizes(size("a", "3000x600"), size("b", "600x3000"), size("c", "1000x1000"))
    (one,) = found("L009", case)
    assert one.what.startswith("`a` and `b` cut away")


# L010


def test_a_native_that_could_be_cut_from_the_master():
    case = with_sizes(size("feed", "1080x1350"), size("square", "1080x1080", native="2048x2048"))
    (one,) = found("L010", case)
    assert one.saves == 6 * 40_000
    assert "buys 6 pictures for $0.24 that could be cut from `master`" in one.what
    assert "lose nothing of it" in one.why


@pytest.mark.parametrize(("text", "hits"), [("1080x1350", 1), ("1080x1440", 1), ("1080x1460", 0)])
def test_a_quarter_may_be_lost(text, hits):
    case = with_sizes(size("all", "1000x1000"), size("own", text, native="2304x3000"))
    assert len(found("L010", case)) == hits


def test_what_would_be_enlarged_is_worth_its_money():
    case = with_sizes(
        size("all", "1000x1000"),
        size("poster", "3000x3000", native="4096x4096"),
        master=PixelSize(2048, 2048),
    )
    assert [one.what.split("`")[1] for one in found("L010", case)] == ["master"]


def test_without_a_master_one_native_serves_the_other():
    case = with_sizes(
        size("large", "3000x3000", native="4096x4096"),
        size("small", "1000x1000", native="2048x2048"),
        master=PixelSize(2560, 1440),
    )
    (one,) = found("L010", case)
    assert one.what.startswith("size `small`")
    assert one.fix.startswith("write `native: 4096x4096`")


def test_only_pictures_that_are_bought_in_both_sizes_are_counted():
    rule = Exclude(Where(variant="snow", size="master"), "")
    case = with_sizes(
        size("feed", "1080x1350"),
        size("square", "1080x1080", native="2048x2048"),
        matrix=Matrix(exclude=(rule,)),
    )
    assert [one.saves for one in found("L010", case)] == [3 * 40_000]


def test_equal_requests_are_counted_once():
    twins = variants(snow="a street", again="a street")
    case = with_sizes(
        size("feed", "1080x1350"), size("square", "1080x1080", native="2048x2048"), variants=twins
    )
    assert [one.saves for one in found("L010", case)] == [3 * 40_000]


def test_a_price_by_size_is_that_of_the_size():
    four_k, one_k = PixelSize(4096, 4096), "1024x1024"
    case = with_sizes(
        size("feed", "1080x1350"), size("icon", "512x512", native=one_k), model=NANO, master=four_k
    )
    assert [one.saves for one in found("L010", case)] == [6 * 140_000]


def test_one_paid_size_is_never_needless():
    assert found("L010", with_sizes(size("feed", "1080x1350"), size("web", "900x900"))) == []
    assert found("L010", case_of(a_campaign(sets=(image_set("a"),)))) == []

"""The same request twice, and a model for series that makes single pictures."""

from dataclasses import replace

from tests.unit.planning.lint.cases import (
    Add,
    Matrix,
    Where,
    a_campaign,
    case_of,
    found,
    image_set,
    picture,
    variants,
)

SINGLE = "bytedance/seedream-v4.5/edit"


def whats(code, campaign):
    return [one.what for one in found(code, case_of(campaign))]


# L006


def test_variants_with_equal_values():
    twins = variants(snow="a street", again="a street", other="a road")
    assert whats("L006", a_campaign(variants=twins)) == [
        "variants `snow` and `again` ask for the same in 3 cells"
    ]


def test_equal_files_in_one_set():
    pictures = image_set("a", picture("b", content="a"))
    assert whats("L006", a_campaign(sets=(pictures,))) == [
        "pictures `a` and `b` of image set `bag` ask for the same in 2 cells"
    ]


def test_equal_files_in_two_sets():
    sets = (image_set("a", name="x"), image_set(picture("b", content="a"), name="y"))
    assert whats("L006", a_campaign(sets=sets)) == [
        "image sets `x` and `y` ask for the same in 2 cells"
    ]


def test_whatever_else_is_equal_is_told_by_its_address():
    pictures = image_set("a", picture("b", content="a"))
    twins = variants(snow="a street", again="a street")
    told = whats("L006", a_campaign(sets=(pictures,), variants=twins))
    assert "`bag/a/snow/master/t1` and `bag/b/again/master/t1` ask for the same" in told


def test_takes_are_meant():
    assert whats("L006", a_campaign(takes=3)) == []


# L011


def test_a_series_of_one():
    alone = a_campaign(sets=(image_set("a"), image_set("b", name="hat")))
    (one,) = found("L011", case_of(alone))
    assert f"`model: {SINGLE}`" in one.fix
    assert one.words == alone.model


def test_a_series_is_a_series():
    assert found("L011", case_of()) == []
    alone = a_campaign(sets=(image_set("a"),))
    assert found("L011", case_of(replace(alone, model=SINGLE))) == []
    assert found("L011", case_of(replace(alone, sequence="takes", takes=2))) == []


def test_takes_of_one_picture_are_single_requests_unless_said_otherwise():
    alone = a_campaign(sets=(image_set("a"),), takes=2)
    assert len(found("L011", case_of(alone))) == 1
    more = Matrix(add=(Add(Where(take=3)),))
    assert len(found("L011", case_of(replace(alone, matrix=more)))) == 1


def test_without_a_sibling_there_is_no_advice():
    case = case_of(a_campaign(sets=(image_set("a"),)))
    assert found("L011", replace(case, others=())) == []

"""What a shared prompt can say, and how it comes out."""

import pytest

from pipeline import catalog
from tests.unit.planning.lint.cases import (
    Matrix,
    a_campaign,
    case_of,
    extend,
    found,
    image_set,
    picture,
    variants,
)

SINGLE = "bytedance/seedream-v4.5/edit"
TEXT = "bytedance/seedream-v4.5"


def prompt(text, **others):
    return case_of(a_campaign(prompt=text, **others))


# L005


@pytest.mark.parametrize(
    "words",
    [
        "image 3",
        "Image 12",
        "picture two",
        "figure no. 2",
        "photo #4",
        "second picture",
        "the 3rd source photo",
        "the left photo",
        "the last image",
        "the other picture",
        "respectively",
        "image 1",
        "the first image",
    ],
)
def test_one_picture_is_spoken_of(words):
    (one,) = found("L005", prompt(f"Make {words} darker. Keep {{set.subject}}, {{variant.place}}."))
    assert words.split()[-1] in one.words


@pytest.mark.parametrize(
    "words",
    [
        "hang a photo on the left wall",
        "the left picture frame",
        "a photo 35 mm wide",
        "a 35mm photo",
        "each image alike",
        "in the first light of day",
        "make it the picture of health",
        "take two photos' worth of light",
        "the second shot of espresso",
        "the images",
    ],
)
def test_words_that_mean_no_picture(words):
    assert found("L005", prompt(f"Put it in {{variant.place}}, {words}.")) == []


def test_what_is_first_in_every_request_can_be_spoken_of():
    text = "Keep the face of image 1. {set.subject} {variant.place}"
    front = picture("front")
    referenced = image_set("back", "front", "side", reference=front)
    assert found("L005", prompt(text, sets=(referenced,))) == []
    assert found("L005", prompt(text, sets=(referenced, image_set("x", "y", name="hat"))))
    assert found("L005", prompt(text, sets=(image_set("front"),))) == []
    assert found("L005", prompt(text, model=SINGLE)) == []
    assert found("L005", prompt(text.replace("image 1", "image 2"), model=SINGLE))
    apart = image_set("back", reference=picture("front"))
    assert (
        found("L005", prompt(text.replace("image 1", "image 2"), sets=(apart,), model=SINGLE)) == []
    )


def test_values_are_read_as_well_and_words_alone_are_let_be():
    case = case_of(a_campaign(variants=variants(snow="the snow of image 2", studio="a studio")))
    (one,) = found("L005", case)
    assert "value `place`" in one.what
    assert (
        found("L005", prompt("A hat like picture 2 in {variant.place}", model=TEXT, sets=())) == []
    )


# L007


@pytest.mark.parametrize(
    ("template", "place", "said"),
    [
        ("Put it in {variant.place}.", "in a street", "in in"),
        ("Put it in the {variant.place}.", "The street", "the The"),
        ("In {variant.place} street.", "a snowy street", "street street"),
        ("In {variant.place}.", "a street.", "street.."),
        ("In {variant.place}, cold.", "a street,", "street,,"),
        ("In {variant.place} , cold.", "a street.", "street. ,"),
        ("At dusk {variant.place}.", ", in the rain", "dusk ,"),
    ],
)
def test_values_that_clash_with_the_words_around(template, place, said):
    (one,) = found("L007", prompt(template, variants=variants(snow=place)))
    assert one.what.endswith(f"the prompt says `{said}`")


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("At dusk{variant.place}.", ", in the rain"),
        ("Put it {variant.place}.", "in a street"),
        ("In {variant.place}.", "a street..."),
        ("{variant.place}", "a street."),
        ("Lens {variant.place}", ".5 wide"),
        ("Scale 2 {variant.place}", "2 metres"),
        ("In {variant.place}\nKeep it.", "a street."),
        ("{set.subject} {variant.place}", "bag in a street"),
    ],
)
def test_values_that_fit(template, place):
    assert found("L007", prompt(template, variants=variants(snow=place))) == []


@pytest.mark.parametrize("place", ["-", "...", "TBD", "n/a", "?", "xxx"])
def test_values_that_say_nothing(place):
    (one,) = found("L007", prompt("In {variant.place}.", variants=variants(snow=place)))
    assert "says nothing" in one.what


def test_values_of_rules_are_read_as_well():
    campaign = a_campaign(matrix=Matrix(extend=(extend(place="in the rain"),)))
    assert found("L007", case_of(campaign))[0].what.endswith("`in in`")


# L008


@pytest.mark.parametrize(("words", "hits"), [(593, 0), (594, 1)])
def test_the_length_is_that_of_the_filled_prompt(words, hits):
    text = "Put {set.subject} in {variant.place} " + "word " * words
    result = found("L008", prompt(text, variants=variants(snow="a snowy street", dusk="dusk")))
    assert len(result) == hits
    if hits:
        assert "`bag/back/snow/master/t1`" in result[0].what
        assert "1 words less" in result[0].fix


def test_characters_without_spaces_count_double():
    assert found("L008", prompt("把包放在{variant.place}" + "雪" * 290)) == []
    assert len(found("L008", prompt("把包放在{variant.place}" + "雪" * 300))) == 1


def test_without_advice_there_is_no_length():
    model = "google/nano-banana-pro/edit"
    assert catalog.card(model).advised_words is None
    assert found("L008", prompt("word " * 5000, model=model, master=_square())) == []


def _square():
    return catalog.card("google/nano-banana-pro/edit").size.named[0].size


# L012


@pytest.mark.parametrize(
    "other",
    ["A snowy street", "a  snowy street", "a snowy\u00a0street"],
)
def test_look_alikes_are_bought_twice(other):
    case = case_of(a_campaign(variants=variants(snow="a snowy street", again=other)))
    (one,) = found("L012", case)
    assert one.saves == 3 * 40_000
    assert "3 pictures are bought a second time for $0.12" in one.why


def test_a_full_stop_at_the_end_is_no_difference():
    places = variants(snow="a snowy street", again="a snowy street.")
    assert len(found("L012", prompt("Keep it, in {variant.place}", variants=places))) == 1


def test_quotes_and_dashes_are_alike():
    places = {"a": "a 'snowy' street - cold", "b": "a \u2018snowy\u2019 street \u2013 cold"}
    assert len(found("L012", case_of(a_campaign(variants=variants(**places))))) == 1


def test_equal_and_different_prompts_are_no_look_alikes():
    places = {"a": "a snowy street", "b": "a snowy street", "c": "a snowy road"}
    assert found("L012", case_of(a_campaign(variants=variants(**places)))) == []


def test_look_alikes_of_different_pictures_cost_nothing_more():
    sets = (
        image_set("a", name="x", subject="the bag"),
        image_set("b", name="y", subject="The bag"),
    )
    assert found("L012", case_of(a_campaign(sets=sets))) == []


def test_look_alikes_of_one_picture_in_two_sets_do():
    sets = (
        image_set("a", name="x", subject="the bag"),
        image_set(picture("b", content="a"), name="y", subject="The bag"),
    )
    assert [one.saves for one in found("L012", case_of(a_campaign(sets=sets)))] == [40_000, 40_000]


# L013


@pytest.mark.parametrize(
    "words",
    [
        "Keep the label.",
        "Label unchanged.",
        "Same pose.",
        "Do not change the face.",
        "Only replace the background.",
        "Change nothing else.",
        "Leave the logo as it is.",
        "without altering the face",
    ],
)
def test_a_prompt_that_says_what_stays(words):
    assert found("L013", prompt(f"Put {{set.subject}} in {{variant.place}}. {words}")) == []


def test_a_prompt_that_does_not():
    assert len(found("L013", prompt("Put {set.subject} in {variant.place}."))) == 1
    assert found("L013", prompt("把包放在{variant.place}")) == []
    assert found("L013", prompt("A hat in {variant.place}.", model=TEXT, sets=())) == []
    keeping = variants(snow="a snowy street, face unchanged")
    assert found("L013", prompt("Put it in {variant.place}.", variants=keeping)) == []


# L015


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("In {variant.place}. \nKeep it.", "a space at the end of a line in the prompt"),
        ("In  {variant.place}.", "2 spaces in the prompt, behind `In`"),
        ("In\u00a0{variant.place}.", "a special space (U+00A0) in the prompt, behind `In`"),
        ("In {variant.place}\tx.", "a tab in the prompt"),
    ],
)
def test_spaces_that_nobody_sees(text, kind):
    if "\t" in text:
        text = text.replace("\t", "\t\t")
    (one,) = found("L015", prompt(text))
    assert one.what.startswith(kind)


def test_plain_spaces_are_fine():
    assert found("L015", prompt("In {variant.place}.\n  - keep it\n\n包\u3000包")) == []
    values = variants(snow="a  street")
    assert found("L015", case_of(a_campaign(variants=values)))[0].what.startswith(
        "2 spaces in value"
    )

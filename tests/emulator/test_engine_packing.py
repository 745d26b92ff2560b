"""The planner's own sentences: dropped from the words, used for the order of inputs."""

import pytest

from pipeline.emulator.engine.packing import Wanted, authors_words, split_prompt
from pipeline.planning.request import _direction

ONE_EACH = (
    " Make exactly 3 images: one edited version of each of image 1, image 2 and image 3, in this"
    " order, each as a full picture of its own."
)
ONE = " Make exactly 1 image: an edited version of image 2, as a full picture of its own."
IDENTITY = " Image 1 shows the identity to keep and is not edited itself."
TAKES = (
    " Make exactly 4 images: 4 different edited versions of image 1, each as a full picture of its"
    " own."
)


def sources(prompt, *, pictures, wanted):
    words, outputs = split_prompt(prompt, pictures=pictures, wanted=wanted)
    return words, [(output.source, output.round) for output in outputs]


def test_one_of_each_in_the_named_order():
    assert sources("On a beach." + ONE_EACH, pictures=3, wanted=3) == (
        "On a beach.",
        [(0, 0), (1, 0), (2, 0)],
    )


def test_a_reference_is_not_edited():
    named = ONE_EACH.replace("3 images", "2 images").replace("image 1, image 2 and", "image 2 and")
    assert sources("On a beach." + named + IDENTITY, pictures=3, wanted=2) == (
        "On a beach.",
        [(1, 0), (2, 0)],
    )
    assert sources("On a beach." + ONE + IDENTITY, pictures=2, wanted=1) == (
        "On a beach.",
        [(1, 0)],
    )


def test_takes_go_round_the_same_input():
    assert sources("On a beach." + TAKES, pictures=1, wanted=4) == (
        "On a beach.",
        [(0, 0), (0, 1), (0, 2), (0, 3)],
    )


def test_without_a_sentence_inputs_are_taken_in_order_and_again():
    words, outputs = split_prompt("On a beach.", pictures=2, wanted=5)
    assert words == "On a beach."
    assert outputs == tuple(
        Wanted(source=s, round=r) for s, r in [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]
    )


@pytest.mark.parametrize("wanted", [1, 2, 15])
def test_exactly_as_many_as_wanted_whatever_the_sentence_says(wanted):
    for sentence in (ONE_EACH, ONE + IDENTITY, TAKES, ""):
        _, outputs = split_prompt("x" + sentence, pictures=3, wanted=wanted)
        assert len(outputs) == wanted


def test_inputs_that_do_not_exist_are_passed_over():
    assert sources("x" + ONE_EACH, pictures=2, wanted=3)[1] == [(0, 0), (1, 0), (0, 1)]
    assert sources("x" + ONE, pictures=1, wanted=1)[1] == [(0, 0)]


def test_an_authors_own_words_about_images_stay():
    words, _ = split_prompt("Make image 1 golden.", pictures=1, wanted=1)
    assert words == "Make image 1 golden."


def test_every_sentence_that_the_planner_adds_is_taken_off_again():
    for direction, pictures in (
        ("Make exactly 1 image: one picture, as a full picture of its own.", 0),
        (
            "Make exactly 3 images: 3 different versions, each as a full picture of its own.",
            0,
        ),
        ("Edit image 2. Image 1 shows the identity to keep and is not edited itself.", 2),
    ):
        assert authors_words(f"On a beach.\n\n{direction}") == "On a beach."
        if pictures:
            assert sources(f"x {direction}", pictures=pictures, wanted=1)[1] == [(1, 0)]


@pytest.mark.parametrize("outputs", [1, 2, 4])
@pytest.mark.parametrize("wanted", [(), (1,), (2,), (1, 2), (2, 3)])
@pytest.mark.parametrize("is_sequential", [True, False])
def test_the_planners_own_words_and_the_engines_reading_agree(outputs, wanted, is_sequential):
    if len(wanted) > outputs or not (is_sequential or len(wanted) == outputs == 1):
        return  # other models take one picture a request
    added = _direction(outputs, wanted, is_sequential=is_sequential)
    assert authors_words(f"On a beach.\n\n{added}") == "On a beach."
    if wanted and added:
        _, found = sources(f"x {added}", pictures=3, wanted=outputs)
        assert {source + 1 for source, _ in found} == set(wanted)

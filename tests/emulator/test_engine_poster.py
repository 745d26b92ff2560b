"""Text to image: a poster that shows the words and says that it is a draft."""

import cv2
import numpy as np
import pytest

from pipeline.emulator.engine.colours import mentioned, named_colour
from pipeline.emulator.engine.headline import headline
from pipeline.emulator.engine.letters import drawable, is_drawable
from pipeline.emulator.engine.noise import dice
from pipeline.emulator.engine.poster import draw_poster
from pipeline.emulator.interface import EngineError
from tests.emulator.engine_pictures import difference, edit, edited, opened, pixels

WORDS = "A mustard fox on navy hills"


@pytest.mark.slow
def test_posters_have_the_wanted_size_and_number():
    made = edited(WORDS, size=(320, 200), wanted=2).pictures
    assert [opened(raw).size for raw in made] == [(320, 200)] * 2
    assert difference(*made) > 1


@pytest.mark.slow
def test_posters_are_deterministic():
    assert edit(WORDS, size=(160, 200)).pictures == edit(WORDS, size=(160, 200)).pictures


def test_the_words_are_set_on_the_poster():
    with_words = draw_poster(WORDS, None, size=(320, 400), seed=3, place=0)
    other_words = draw_poster("Mustard, navy", None, size=(320, 400), seed=3, place=0)
    lower = slice(200, 400)
    assert np.abs(with_words[lower] - other_words[lower]).mean() > 0.02
    assert (with_words[lower].min(axis=2) > 0.9).mean() > 0.01  # ink


def test_the_prompts_colours_are_used():
    assert mentioned(WORDS) == [named_colour("mustard"), named_colour("navy")]
    poster = draw_poster(WORDS, None, size=(200, 200), seed=3, place=0)
    upper = poster[20:90].reshape(-1, 3)
    assert np.abs(upper - named_colour("mustard")).sum(axis=1).min() < 0.4


@pytest.mark.parametrize("size", [(16, 16), (60, 400), (400, 60)])
@pytest.mark.parametrize("words", ["x", "word " * 300, "Donaudampfschifffahrtsgesellschaft" * 9])
def test_any_words_fit_any_frame(words, size):
    poster = draw_poster(words, None, size=size, seed=1, place=0)
    assert poster.shape == (size[1], size[0], 3)
    assert np.isfinite(poster).all()


@pytest.mark.slow
def test_a_place_in_the_words_becomes_the_ground():
    plain, beach = edited("hello", size=(200, 200)), edited("hello beach", size=(200, 200))
    assert difference(plain.pictures[0], beach.pictures[0]) > 10


def test_every_poster_says_on_a_plate_of_its_own_that_it_is_a_draft():
    for size in ((320, 400), (400, 160), (120, 500)):
        night = np.zeros((size[1], size[0], 3), np.float32)
        poster = draw_poster("A fox", night, size=size, seed=3, place=0)
        margin = round(0.07 * min(size))
        plate = poster[margin + 1 : margin + 4, margin + 1 : margin + 24].reshape(-1, 3)
        assert (plate.min(axis=1) > 0.9).mean() > 0.6  # paper, whatever lies below
        row = poster[margin : margin + 14, margin : margin + 40]
        assert row.max() - row.min() > 0.5  # and ink on it


def test_posters_have_the_light_the_grade_and_the_lettering_of_the_prompt():
    night = draw_poster("hello", None, size=(80, 80), seed=3, place=0, light="night")
    noon = draw_poster("hello", None, size=(80, 80), seed=3, place=0, light="daylight")
    assert night.mean() < noon.mean() - 0.1
    (grey,) = edited("hello, black and white", size=(96, 96)).pictures
    assert np.ptp(pixels(grey), axis=2).max() < 12
    assert headline('with the words "Go"', lettering="Go").large == "Go"


def test_every_poster_is_told_to_be_a_placeholder():
    (note,) = edited("hello, black and white", size=(96, 96)).notes
    assert note.startswith("placeholder")


@pytest.mark.parametrize(
    ("words", "large"),
    [
        ("A product photo of a leather bag in a snowy street, soft light", "A leather bag"),
        ("Photo of a cup on a table", "A cup"),
        ("mountains at dawn", "Mountains"),
        ("雪の街", "雪の街"),
        ("कुत्ता with a red ball", ""),
        ("🏖️🌅", ""),
        ("", ""),
    ],
)
def test_the_headline_is_the_subject_in_letters_that_can_be_set(words, large):
    assert headline(words, lettering="").large == large


def test_letters_that_are_let_through_have_a_shape_and_others_would_not():
    def drawn(character):
        mask = np.zeros((40, 60), np.uint8)
        cv2.putText(mask, character, (8, 30), 255, cv2.FontFace("sans"), 24, 700)
        return mask

    missing = drawn("\u0e01")  # Thai: the font shows a question mark
    for character in drawable("Donau Größe Привет Ελλάδα 雪の街 产品 한국어 Tiếng Việt €…“ŁŐş"):
        if character != " ":
            assert drawn(character).any(), character
            assert (drawn(character) != missing).any(), character
    assert drawable("Hi 🌅 سلام नमस्ते") == "Hi"
    assert is_drawable("Hi 🌅")
    assert not is_drawable("سلام")


def test_an_empty_prompt_is_refused():
    with pytest.raises(EngineError) as caught:
        edit("  ")
    assert caught.value.code == 1401


def test_dice_are_named_and_repeat():
    assert dice(1, "a").random() == dice(1, "a").random()
    assert dice(1, "a").random() != dice(1, "b").random()
    assert dice(1, "a").random() != dice(2, "a").random()

"""Text to image: a poster that shows the words and says that it is a draft."""

import numpy as np
import pytest

from pipeline.emulator.engine.colours import mentioned, named_colour
from pipeline.emulator.engine.noise import dice
from pipeline.emulator.engine.poster import draw_poster
from pipeline.emulator.interface import EngineError
from tests.emulator.engine_pictures import difference, edit, edited, opened

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


def test_an_empty_prompt_is_refused():
    with pytest.raises(EngineError) as caught:
        edit("  ")
    assert caught.value.code == 1401


def test_dice_are_named_and_repeat():
    assert dice(1, "a").random() == dice(1, "a").random()
    assert dice(1, "a").random() != dice(1, "b").random()
    assert dice(1, "a").random() != dice(2, "a").random()

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest import counting
from pipeline.manifest.counting import find_count


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("Create 3 images of the coat", "Create 3 images"),
        ("Generate three pictures of {set.subject}", "Generate three pictures"),
        ("Generate exactly 15 outputs.", "Generate exactly 15 outputs"),
        ("4 photos of {set.subject}", "4 photos"),
        ("Three pictures: front, side, back", "Three pictures"),
        ("Make a series of images of the bag", "Make a series of images"),
        ("A set of 4 photos of it", "A set of 4 photos"),
        ("Show it as a series of shots", "as a series of shots"),
        ("Give me five different studio shots", "Give me five different studio shots"),
        ("Put it there. Produce two variations.", "Produce two variations"),
        ("Show the coat in 3 versions", "3 versions"),
        ("several variations of the coat", "several variations"),
        ("One image for each input", "One image for each"),
        ("a separate photo per input", "a separate photo per"),
        ("Create a single image", "Create a single image"),
        ("We need 2 takes", "We need 2 takes"),
        ("Number of images: 4", "Number of images"),
        ("make multiple\nimages", "make multiple\nimages"),
        ("Create 12 clean, bright product photos", "Create 12 clean, bright product photos"),
    ],
)
def test_a_prompt_that_counts_outputs(prompt, words):
    assert find_count(prompt) == words


@pytest.mark.parametrize(
    "prompt",
    [
        "Keep the two people as they are",
        "Put 3 images of cats on the wall",
        "Put two photos in frames on the desk behind her",
        "Image 1 is the woman, image 2 the coat",
        "Match the light of the two images",
        "Use the style of both images and all three pictures",
        "Make it look like one photo",
        "a 35 mm photo, 100 percent cotton",
        "Create a 3D render",
        "Two shots of espresso on the counter",
        "Two pictures hang above the sofa; replace the sofa",
        "She holds two photographs",
        "a wall with three pictures in gold frames",
        "Keep the two versions of the label and all three variants of the logo",
        "a collage of four photos",
        "Make the 3 bottles larger, change three things in the picture",
        "a set of four chairs and a series of mountains",
        "Create a scene with two people from the picture",
        "Create a photo of two people",
        "a multiple exposure photo",
        "a woman hanging a set of 4 photos on the wall",
        "Replace the one picture behind her",
        "",
    ],
)
def test_a_prompt_that_counts_something_else(prompt):
    assert find_count(prompt) is None


def test_a_value_begins_in_the_middle_of_a_sentence():
    assert find_count("two photos of cats") == "two photos"
    assert find_count("two photos of cats", is_value=True) is None
    assert find_count("oak, in 4 variations", is_value=True) == "4 variations"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["create ", "two ", "a set of ", "images ", "the ", "\n"])))
def test_what_is_found_stands_in_the_text(parts):
    text = "".join(parts)
    found = find_count(text)
    assert found is None or found in text


def test_the_quick_look_misses_no_noun():
    for nouns in (counting._PICTURES, counting._PICTURE, counting._ALTERNATIVES):
        for noun in nouns.strip("(?:)").split("|"):
            assert any(stem in noun for stem in counting._STEMS), noun

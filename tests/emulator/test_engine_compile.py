"""What the lexicon understands, what locks cancel, what is reported."""

import pytest

from pipeline.emulator.engine.colours import named_colour
from pipeline.emulator.engine.compile import compile_prompt, what_is_possible
from pipeline.emulator.engine.grade import GRADES
from pipeline.emulator.engine.lexicon import ENTRIES
from pipeline.emulator.engine.moods import MOODS
from pipeline.emulator.engine.scenes import SCENES
from pipeline.emulator.engine.weather import WEATHERS

KEEP_WOMAN = " Keep face, pose and product label unchanged."
KEEP_BOTTLE = " Keep the label, shape and colours unchanged."


def summary(prompt):
    """Everything drawn, as one short tuple."""
    recipe = compile_prompt(prompt)
    backdrop = recipe.backdrop
    place = "" if backdrop is None else backdrop.scene or backdrop.kind
    return place, recipe.light, recipe.weather, recipe.grades


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("Put the woman in a snowy street, cold morning light", ("snow street", "cold morning")),
        ("Put the woman in a snowy street, blue hour", ("snow street", "blue hour")),
        ("Put the woman in a grey studio, soft studio lighting", ("studio", "soft studio")),
        ("Place the bottle on a wooden table, warm evening light", ("table", "golden hour")),
        ("Place the bottle on a beach, golden hour", ("beach", "golden hour")),
        (
            "Place the bottle in a seamless sand-coloured studio, soft light",
            ("studio", "soft studio"),
        ),
        ("Show the cat in a warm interior, golden hour", ("interior", "golden hour")),
        ("a city street by day, soft daylight", ("street", "daylight")),
        ("Night city bokeh", ("city night", "")),
        ("in a green forest, soft morning light", ("forest", "cold morning")),
        ("Change the background to a winter landscape", ("winter", "")),
        ("blur the background", ("blur", "")),
        ("with a blurred background, golden hour", ("blur", "golden hour")),
        ("White background", ("plain", "")),
        ("Remove the background", ("plain", "")),
        ("background: dark green", ("plain", "")),
        ("dramatic light", ("", "dramatic")),
        ("at night", ("", "night")),
    ],
)
def test_places_and_light(prompt, wanted):
    recipe = compile_prompt(prompt)
    assert summary(prompt)[:2] == wanted
    assert recipe.notes == ()


@pytest.mark.parametrize(
    ("prompt", "weather", "grades"),
    [
        ("add falling snow", ("snow",), ()),
        ("in the rain, film look", ("rain",), ("film",)),
        ("foggy, muted colours", ("fog",), ("pastel",)),
        ("Black and white", (), ("black and white",)),
        ("sepia", (), ("sepia",)),
        ("warmer tones and vivid colors", (), ("warm", "vivid")),
        ("cool grading", (), ("cool",)),
        ("make it cinematic, with snow and rain", ("snow", "rain"), ("film",)),
    ],
)
def test_weather_and_grades(prompt, weather, grades):
    assert summary(prompt)[2:] == (weather, grades)


def test_every_operation_that_is_offered_is_understood_by_its_own_name():
    for offered in what_is_possible().split(", "):
        prompt = offered.replace("any colour", "pale blue")
        recipe = compile_prompt(prompt)
        assert recipe.does_something, offered
        assert recipe.notes == (), offered


def test_every_entry_names_something_that_can_be_drawn():
    known = {
        "scene": SCENES,
        "light": MOODS,
        "weather": WEATHERS,
        "grade": GRADES,
        "studio": {""},
        "plain": {""},
        "blur": {""},
    }
    for entry in ENTRIES:
        assert entry.value in known[entry.slot]
    assert {e.value for e in ENTRIES if e.slot == "scene"} == set(SCENES)
    assert {e.value for e in ENTRIES if e.slot == "light"} == set(MOODS)
    assert {e.value for e in ENTRIES if e.slot == "grade"} == set(GRADES)


@pytest.mark.parametrize(
    ("words", "colour"),
    [
        ("a sand-coloured studio", named_colour("sand")),
        ("a gray studio", named_colour("grey")),
        ("a pale pink seamless backdrop", named_colour("pale pink")),
        ("a studio in navy blue", named_colour("navy blue")),
        ("background #336699", (0x33 / 255, 0x66 / 255, 0x99 / 255)),
        ("on plain terracotta", named_colour("terracotta")),
    ],
)
def test_colours_of_backdrops(words, colour):
    backdrop = compile_prompt(words).backdrop
    assert backdrop is not None
    assert backdrop.colour == pytest.approx(colour)


def test_shades_move_a_colour_the_way_they_say():
    assert sum(named_colour("dark green")) < sum(named_colour("green"))
    assert sum(named_colour("pale blue")) > sum(named_colour("blue"))
    warm, grey = named_colour("warm grey"), named_colour("grey")
    assert warm[0] - warm[2] > grey[0] - grey[2]


@pytest.mark.parametrize(
    "prompt",
    [
        "Put her in a red studio, keep the pose and background",
        "Keep the pose and background, put her in a red studio",
        "Do not change the background. In a red studio.",
        "A red studio, same background",
        "In a red studio. Face, pose and background unchanged.",
        "In a red studio without changing the background",
    ],
)
def test_a_lock_on_the_background_cancels_a_new_one_and_says_so(prompt):
    recipe = compile_prompt(prompt)
    assert recipe.backdrop is None
    assert not recipe.does_something
    assert any("red studio" in note and "keeps the background" in note for note in recipe.notes)


def test_locks_on_colours_and_light_cancel_grades_and_light():
    recipe = compile_prompt("Golden hour, sepia, add snow. Keep the colours and the lighting.")
    assert (recipe.light, recipe.grades, recipe.weather) == ("", (), ("snow",))
    assert len(recipe.notes) == 2


def test_a_lock_ends_where_the_next_order_begins():
    recipe = compile_prompt("Keep the face and pose, change the background to a beach")
    assert summary("Keep the face and pose, change the background to a beach")[0] == "beach"
    assert recipe.keeps == frozenset()


def test_locks_that_cancel_nothing_are_no_notes():
    for lock in (KEEP_WOMAN, KEEP_BOTTLE, " Leave everything else as it is.", " Same pose."):
        assert compile_prompt("On a beach." + lock).notes == ()


@pytest.mark.parametrize(
    ("prompt", "notes"),
    [
        (
            (
                "Change outfit to a black suit, add soft studio lighting, keep poses and background"
                " the same"
            ),
            ("Change outfit to a black suit",),
        ),
        ("add winter outfit and snow ambience", ("add winter outfit",)),
        ("I want to generate 3 images, golden hour", ()),
        ("make her smile. On a beach with a palm tree.", ("make her smile", "with a palm tree")),
        (
            "Snowy Parisian street, gentle snowfall",
            ("Parisian (in: Snowy Parisian street)",),
        ),
        ("Put the woman in a red coat in a forest", ("in a red coat",)),
        ("On a beach, no people, no text", ()),
        ("Golden hour. At night.", ("At night (the light is already golden hour)",)),
        ("on a beach, in a forest", ("forest (there is already another background)",)),
    ],
)
def test_notes_are_the_clauses_that_were_not_understood_in_prompt_order(prompt, notes):
    assert compile_prompt(prompt).notes == notes


def test_the_vendors_own_example_prompts():
    outfit = "Change outfit to a black suit, add soft studio lighting, keep poses and background"
    assert summary(outfit + " the same") == ("", "soft studio", (), ())
    assert summary("add winter outfit and snow ambience")[0] == "winter"


@pytest.mark.parametrize(
    "prompt",
    [
        "make her smile and wear sunglasses",
        "Keep everything as it is",
        "Apply night cream to the model's face",
        "an evening dress",
        "",
        "   ",
        "42",
        "雪の街",
    ],
)
def test_nothing_is_invented(prompt):
    assert not compile_prompt(prompt).does_something


def test_words_inside_the_subject_are_no_orders():
    recipe = compile_prompt("Place the beach bag on a wooden table")
    assert summary("Place the beach bag on a wooden table")[0] == "table"
    assert recipe.notes == ()


def test_no_refuses_what_a_scene_brings_along():
    recipe = compile_prompt("a snowy street, no falling snow")
    assert recipe.refused == {"snow"}
    assert recipe.weather == ()


def test_spelling_hyphens_and_case_do_not_matter():
    assert summary("SNOW-COVERED STREET, Golden-Hour") == summary(
        "snow covered street, golden hour"
    )
    assert summary("a gray studio") == summary("a grey studio")

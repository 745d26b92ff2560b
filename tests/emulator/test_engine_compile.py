"""What the lexicon understands, what locks cancel, what is reported."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.emulator.engine.colours import NAMES, SHADES, name_of, named_colour
from pipeline.emulator.engine.compile import MOST_READ, compile_prompt, what_is_possible
from pipeline.emulator.engine.describe import described, nothing_to_do
from pipeline.emulator.engine.grade import GRADES
from pipeline.emulator.engine.grammar import ALWAYS_KEPT, KEEP_TARGETS
from pipeline.emulator.engine.lexicon import ENTRIES
from pipeline.emulator.engine.moods import MOODS
from pipeline.emulator.engine.scenes import SCENES
from pipeline.emulator.engine.styles import STYLES
from pipeline.emulator.engine.weather import WEATHERS
from tests.emulator.prompts import GOLDEN, prompts

OUTFIT = (
    "Change outfit to a black suit, add soft studio lighting, keep poses and background the same"
)
WINTER = "add winter outfit and snow ambience"
KEEP_WOMAN = " Keep face, pose and product label unchanged."
KEEP_BOTTLE = " Keep the label, shape and colours unchanged."
# One order each that has nothing to do with any other of them.
UNRELATED = (
    "on a beach",
    "golden hour light",
    "snow ambience",
    "soft light",
    "vivid colours",
    "make the dress emerald",
    "as a watercolour",
    "keep the pose",
    "make her smile",
    "no rain",
)
KNOWN = {
    "scene": SCENES,
    "light": MOODS,
    "soft light": MOODS,
    "weather": WEATHERS,
    "grade": GRADES,
    "style": STYLES,
    "season": {"winter", "autumn", "spring", "christmas", "valentine", "halloween"},
    "gloss": {""},
    "garment": {"", "knit"},
    "studio": {"", "dark", "light"},
    "podium": {""},
    "plain": {""},
    "blur": {""},
    "winter outfit": {""},
    "dust": {""},
}


def told(recipe):
    """All that people are told of a recipe."""
    return described(recipe), recipe.locks, tuple(str(note) for note in recipe.notes)


def lines(prompt):
    """A recipe for the golden file."""
    recipe = compile_prompt(prompt)
    yield f"» {prompt}"
    yield from (f"    {line}" for line in described(recipe))
    if recipe.keeps:
        yield f"    keeps {', '.join(sorted(recipe.keeps))}"
    yield from (f"    locked by: {lock}" for lock in recipe.locks)
    if recipe.refused:
        yield f"    refuses {', '.join(sorted(recipe.refused))}"
    yield from (f"    {note}" for note in recipe.notes)


def test_what_people_write_and_what_it_comes_to(golden):
    assert len(prompts()) >= 150
    text = "\n".join(line for prompt in prompts() for line in lines(prompt))
    golden(GOLDEN, text + "\n")


def test_both_prompts_of_the_vendors_page():
    outfit = compile_prompt(OUTFIT)
    assert described(outfit) == (
        "clothes or product: black, shape as it is",
        "light: soft studio",
    )
    assert outfit.keeps >= {"pose", "background"}
    assert outfit.notes == ()
    winter = compile_prompt(WINTER)
    assert winter.garment is not None
    assert winter.garment.knit
    assert winter.dusted
    assert winter.backdrop is not None
    assert winter.backdrop.scene == "winter"
    assert winter.notes == ()


def test_every_operation_that_is_offered_is_understood_by_its_own_name():
    groups = [group.partition(": ") for group in what_is_possible().split("; ")]
    for group, offered in ((name, one) for name, _, all_ in groups for one in all_.split(", ")):
        prompt = f"in {offered} style" if group == "styles" else offered
        prompt = prompt.replace("any colour", "pale blue")
        prompt = prompt.replace("lettering in quotation marks", 'the words "Hello"')
        recipe = compile_prompt(prompt)
        assert recipe.does_something, offered
        assert recipe.notes == (), offered


@pytest.mark.parametrize("slot", sorted({entry.slot for entry in ENTRIES}))
def test_every_entry_names_something_that_can_be_drawn(slot):
    values = {entry.value for entry in ENTRIES if entry.slot == slot}
    assert values <= set(KNOWN[slot])
    if slot in {"scene", "light", "weather", "grade", "style"}:
        owned = {scene.light for scene in SCENES.values()}  # a light may be a place's alone
        assert set(KNOWN[slot]) <= values | owned, "some are drawn and nobody can ask for them"


@pytest.mark.parametrize(
    ("words", "colour"),
    [
        ("a sand-coloured studio", "sand"),
        ("a gray studio", "grey"),
        ("a pale pink seamless backdrop", "pale pink"),
        ("a studio in navy blue", "navy blue"),
        ("a photo studio with a beige backdrop", "beige"),
        ("background #336699", "#336699"),
        ("on plain terracotta", "terracotta"),
        ("an emerald green studio", "emerald"),
        ("a forest green studio", "forest green"),
    ],
)
def test_colours_of_backdrops(words, colour):
    backdrop = compile_prompt(words).backdrop
    assert backdrop is not None
    assert backdrop.colour == pytest.approx(named_colour(colour))


def test_every_name_of_a_colour_is_read_with_every_shade_and_hue():
    for name in NAMES:
        assert named_colour(name_of(named_colour(name))) == named_colour(name)
        for more in (*SHADES, "deep dark"):
            assert len(named_colour(f"{more} {name}")) == 3
        for hue in ("green", "blue", "grey"):
            assert len(named_colour(f"{name} {hue}")) == 3


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
        "A red studio. The background must stay the same.",
    ],
)
def test_a_lock_on_the_background_cancels_a_new_one_and_says_so(prompt):
    recipe = compile_prompt(prompt)
    assert recipe.backdrop is None
    assert not recipe.does_something
    (note,) = recipe.notes
    assert (note.kind, note.why) == ("cancelled", "the prompt keeps the background")
    assert "red studio" in note.clause


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("Golden hour, sepia, add snow. Keep the colours and the lighting.", ("weather: snow",)),
        ("A black suit, golden hour. Keep the outfit.", ("light: golden hour",)),
        ("As a watercolour, golden hour. Keep it photorealistic; keep the style.", None),
        ("Snow ambience, keep the background", ("weather: snow",)),
    ],
)
def test_other_locks_cancel_what_they_name(prompt, left):
    recipe = compile_prompt(prompt)
    assert described(recipe) == (left or ("light: golden hour",))


def test_a_lock_ends_where_the_next_order_begins_and_at_except():
    beach = "background: a beach"
    recipe = compile_prompt("Keep the face and pose, change the background to a beach")
    assert described(recipe) == (beach,)
    assert recipe.keeps == {"face", "pose"}
    recipe = compile_prompt("Keep everything except the background. On a beach.")
    assert described(recipe) == (beach,)
    assert recipe.keeps == frozenset()


def test_locks_that_cancel_nothing_are_no_notes():
    for lock in (KEEP_WOMAN, KEEP_BOTTLE, " Leave everything else as it is.", " Same pose."):
        assert compile_prompt("On a beach." + lock).notes == ()


@pytest.mark.parametrize(
    ("prompt", "why"),
    [
        ("make her smile", "expression"),
        ("wearing sunglasses", "add objects"),
        ("change the pose", "pose"),
        ("add a dog", "add objects"),
        ("add another bottle next to it", "add objects"),
        ("remove the logo", "remove"),
        ("remove the person", "remove"),
        ("get rid of the car", "remove"),
        ("replace the bottle with a can", "exchange"),
        ("zoom out", "camera"),
        ("put her in a summer dress", "only its colour"),
        ("add a headline about our sale", "quotation marks"),
        ("make her tie red", "largest garment"),
        ("change the suit to velvet", "only its colour"),
        ("make it anime", "styles"),
        ("use image 2 as the background", "another picture"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(prompt, why):
    recipe = compile_prompt(prompt)
    assert not recipe.does_something
    assert recipe.notes[0].kind == "not possible"
    assert why in recipe.notes[0].why


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ('Add the text "SALE! 50% off" at the bottom', "SALE! 50% off"),
        ("with the words “Grüße aus Köln”", "Grüße aus Köln"),
        ("title 'Lisbon', golden hour", "Lisbon"),
        ("a banner that says «Bonjour»", "Bonjour"),
        ('keep the label "ACME" unchanged, on a beach', ""),
        ('the text "ACME" stays unchanged, on a beach', ""),
        ('a "dreamy" mood on a beach', ""),
        ('add "golden hour" light', ""),
        ("add the words SUMMER SALE at the top", "SUMMER SALE"),
        ("a big headline BLACK FRIDAY -50%", "BLACK FRIDAY -50%"),
        ("keep the text ACME on the label, on a beach", ""),
        ('replace the text "ONE" with "TWO", on a beach', ""),
        ("make the text Bold and the words Large, on a beach", ""),
        ("it's the model's coat, on a beach", ""),
    ],
)
def test_quoted_words_are_lettering_if_somebody_asks_to_see_them(prompt, words):
    recipe = compile_prompt(prompt)
    assert recipe.lettering == words
    assert recipe.notes == () or not words


@pytest.mark.parametrize(
    ("prompt", "where"),
    [
        ('the words "SALE" at the top', "top"),
        ('At the top of the picture add the title "SALE"', "top"),
        ('"SALE" is not asked for; headline "NEW" across the bottom in white', "bottom"),
        ('on the top shelf. The words "SALE"', ""),
        ('the words "SALE"', ""),
    ],
)
def test_where_words_are_to_stand(prompt, where):
    recipe = compile_prompt(prompt)
    assert recipe.lettering
    assert recipe.lettering_at == where
    assert recipe.garment is None, "a headline across the top in white is no white top"


def test_lettering_that_is_too_long_or_too_much_is_left_out_and_told():
    (note,) = compile_prompt(f'the text "{"long " * 30}", on a beach').notes
    assert "80 characters" in note.why
    recipe = compile_prompt('the text "ONE" and the text "TWO"')
    assert (recipe.lettering, recipe.notes[0].clause) == ("ONE", "TWO")


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
        "🏖️🌅",
        "\x00\x07\x1b[31m",
        "\u202e\u2066",
    ],
)
def test_nothing_is_invented(prompt):
    assert not compile_prompt(prompt).does_something


def test_clothes_that_only_say_who_is_meant_keep_their_colour():
    recipe = compile_prompt("Put the woman in the red coat on a beach")
    assert (recipe.garment, recipe.notes) == (None, ())


def test_no_refuses_what_a_scene_brings_along():
    recipe = compile_prompt("a snowy street, no falling snow")
    assert recipe.refused == {"snow"}
    assert recipe.weather == ()


def test_spelling_hyphens_and_case_do_not_matter():
    for one, other in (
        ("SNOW-COVERED STREET, Golden-Hour", "snow covered street, golden hour"),
        ("a gray studio, vivid colors", "a grey studio, vivid colours"),
        ("a cozy kitchen", "a cosy kitchen"),
        ("as a watercolor", "as a watercolour"),
    ):
        assert described(compile_prompt(one)) == described(compile_prompt(other))


def test_notes_are_short_and_few_whatever_is_written():
    notes = compile_prompt(", ".join(f"blorple{n} " * 40 for n in range(30))).notes
    assert len(notes) == 15  # what is read of it, and that the rest is not
    assert all(len(str(note)) < 200 for note in notes)
    notes = compile_prompt(", ".join(f"blorple{n}" for n in range(300))).notes
    assert len(notes) == 21
    assert "280 more clauses" in notes[-1].clause


@pytest.mark.parametrize(
    "word",
    [
        "make her smile, ",
        "keep ",
        "the same ",
        "not ",
        '"',
        "in a ",
        "雪",
        "a" * 99 + " ",
        "\x00, ",
    ],
)
def test_a_prompt_of_100_kb_is_read_in_a_moment(word):
    prompt = word * (100_000 // len(word))
    started = time.process_time()
    recipe = compile_prompt(prompt)
    assert time.process_time() - started < 3
    assert any(f"{MOST_READ:,}" in note.clause for note in recipe.notes)


WORDS = st.sampled_from(
    sorted({word for prompt in prompts() for word in re.findall(r"\S+", prompt)})
)
SENTENCES = st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=80)


@settings(max_examples=120, deadline=None)
@given(SENTENCES)
def test_any_words_are_read_and_always_alike(prompt):
    recipe = compile_prompt(prompt)
    assert recipe == compile_prompt(prompt)
    assert all(str(note).isprintable() for note in recipe.notes)
    assert all(line.isprintable() for line in (*described(recipe), *recipe.locks))


@settings(max_examples=60, deadline=None)
@given(st.permutations(UNRELATED))
def test_the_order_of_unrelated_clauses_does_not_matter(clauses):
    first, other = compile_prompt(". ".join(UNRELATED)), compile_prompt(". ".join(clauses))
    assert described(other) == described(first)
    assert (other.keeps, other.refused) == (first.keeps, first.refused)
    assert set(other.notes) == set(first.notes)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(prompts()), min_size=1, max_size=2).map(" ".join),
    st.sampled_from(["background", "colours", "lighting", "outfit", "pose", "face", "product"]),
)
def test_a_lock_never_adds_an_operation(prompt, kept):
    free, locked = compile_prompt(prompt), compile_prompt(f"{prompt}. Keep the {kept}.")
    # A season is falling snow where it may not be a place.
    lesser = {line for line in described(locked) if line != "weather: snow"}
    assert lesser <= set(described(free))


@pytest.mark.parametrize(
    ("prompt", "scene", "soft"),
    [
        ("blurred city background", "street", True),
        ("Corporate portrait, blurred office background", "interior", True),
        ("blurred background", "", False),
    ],
)
def test_a_place_between_the_words_of_a_blur_is_a_place(prompt, scene, soft):
    backdrop = compile_prompt(prompt).backdrop
    assert (backdrop.scene, backdrop.soft) == (scene, soft)
    assert backdrop.kind == ("scene" if scene else "blur")


def test_a_plinth_takes_the_colour_of_its_background():
    for prompt in ("on a podium, lilac background", "a lilac studio with a pedestal"):
        backdrop = compile_prompt(prompt).backdrop
        assert (backdrop.kind, backdrop.podium, name_of(backdrop.colour)) == (
            "studio",
            True,
            "lilac",
        )


def test_a_colour_that_is_named_replaces_the_white_of_a_removed_background():
    assert compile_prompt("remove the background, use teal instead").backdrop.colour == (
        named_colour("teal")
    )
    two = compile_prompt("red background, blue background")
    assert two.backdrop.colour == named_colour("red")
    assert [note.kind for note in two.notes] == ["left out"]


def test_what_an_outfit_keeps_but_for_its_colour_is_recoloured():
    assert compile_prompt("same outfit but in pink").garment.colour == named_colour("pink")
    assert "clothes" in compile_prompt("same outfit, snowy street").keeps


def test_another_point_of_view_is_told_though_each_of_its_words_is_harmless():
    notes = compile_prompt("Top-down shot of the cup on a table").notes
    assert [note.kind for note in notes] == ["not possible"]


def test_a_slip_of_the_pen_is_told():
    [note] = compile_prompt("make the backgorund blurry, golden hour").notes
    assert note.why == "did you mean `background`?"


@pytest.mark.parametrize(
    ("prompt", "foreign"),
    [
        ("mach den Hintergrund weiß", True),
        ("Fond blanc, lumière douce", True),
        ("Cambia el fondo a una playa al atardecer", True),
        ("雪の街、柔らかい光", True),
        ("ضع المنتج على الشاطئ", True),
        ("put a slice of lemon beside the glass and make the liquid glow", False),
        ("Make her smile", False),
        ("42", False),
    ],
)
def test_who_writes_in_another_language_is_told_that_it_is_the_language(prompt, foreign):
    recipe = compile_prompt(prompt)
    assert not recipe.does_something
    assert ("another language" in nothing_to_do(recipe)) == foreign


@pytest.mark.parametrize(
    "word",
    sorted({word for names in (KEEP_TARGETS | ALWAYS_KEPT).values() for word in names}),
)
def test_everything_that_may_be_kept_is_kept_in_a_list_of_two(word):
    for prompt in (f"Keep the face and {word}. On a beach.", f"Keep {word} and identity, beach"):
        recipe = compile_prompt(prompt)
        kept = {name for name, words in (KEEP_TARGETS | ALWAYS_KEPT).items() if word in words}
        assert kept <= recipe.keeps
        assert word in recipe.locks[0]


def test_what_is_kept_and_unknown_is_told_with_the_lock():
    recipe = compile_prompt("Keep logo and frobnication. On a beach.")
    assert recipe.locks == ("Keep logo and frobnication",)


@pytest.mark.parametrize(
    ("prompt", "keeps", "does"),
    [
        ("Keep the face, snowy street", {"face"}, "background: a snowy street"),
        ("keep label, white background, soft shadow", {"label"}, "background: plain white"),
        ("Keep pose and face: golden hour, film look", {"pose", "face"}, "light: golden hour"),
        ("Keep everything but the light: golden hour", set(), "light: golden hour"),
    ],
)
def test_an_order_without_a_verb_ends_a_lock(prompt, keeps, does):
    recipe = compile_prompt(prompt)
    assert recipe.keeps == keeps
    assert does in described(recipe)


def test_what_a_list_keeps_is_no_order():
    for prompt in ("Keep the face, the white background, pose", "Keep her smile, blue suit, hair"):
        recipe = compile_prompt(prompt)
        assert not recipe.does_something
        assert len(recipe.keeps) == 3


def test_an_order_after_and_ends_a_lock_though_its_word_may_be_kept_too():
    recipe = compile_prompt("Keep the face and dress her in red")
    assert recipe.keeps == {"face"}
    assert recipe.garment is not None
    assert compile_prompt("Keep the face and dress. Golden hour.").keeps == {"face", "clothes"}


@pytest.mark.parametrize(
    ("prompt", "light"),
    [
        ("on a table, morning light from the left", "light: cold morning, from the left"),
        ("white studio, softbox from the right", "light: soft studio, from the right"),
        ("low sun coming from the upper left", "light: golden hour, from the left"),
        ("light from the right", "light: daylight, from the right"),
        ("left side lighting", "light: dramatic, from the left"),
        ("a studio with the window on the left", "light: from the left"),
    ],
)
def test_the_side_that_light_comes_from_is_read(prompt, light):
    recipe = compile_prompt(prompt)
    assert light in described(recipe)
    assert recipe.notes == ()


def test_light_from_above_is_told():
    [note] = compile_prompt("soft overhead light").notes
    assert "from the left or from the right" in note.why


def test_light_from_two_sides_is_told_and_locked_light_stays():
    recipe = compile_prompt("soft light from the left, rim light from the right")
    assert recipe.side == -1
    assert "left out" in {note.kind for note in recipe.notes}
    assert compile_prompt("on a beach, sun from the left. Keep the lighting.").side == 0
    assert compile_prompt("put the bag on the left of a table").side == 0


def test_a_finish_is_told_and_its_colour_is_done():
    recipe = compile_prompt("change the suit color to matte black")
    assert recipe.garment.colour == named_colour("black")
    [note] = recipe.notes
    assert (note.kind, note.clause[:5]) == ("not possible", "matte")


def test_a_glossy_ground_needs_a_new_background():
    assert compile_prompt("white background with a reflection below").glossy
    assert compile_prompt("black glossy background").glossy
    assert compile_prompt("glossy black background").glossy
    assert not compile_prompt("make the bottle glossy, on a beach").glossy
    assert not compile_prompt("keep the background, reflections on the floor").glossy


@pytest.mark.parametrize(
    ("prompt", "does"),
    [
        ("Christmas card, red background, snow", ("background: plain red", "weather: snow")),
        ("Christmas card", ("background: festive lights",)),
        ("Valentine's Day", ("background: a studio in blush", "weather: petals")),
        (
            "Halloween mood on a beach",
            ("background: a beach", "light: night", "weather: fog"),
        ),
        ("Easter theme, keep the colours", ("weather: petals",)),
    ],
)
def test_a_feast_is_a_place_only_where_none_is_named(prompt, does):
    assert described(compile_prompt(prompt)) == does


def test_pale_colours_stay_colours():
    assert min(named_colour("pastel peach")) < 0.82
    red, _, blue = named_colour("pastel peach")
    assert red - blue > 0.12

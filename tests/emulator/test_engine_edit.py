"""Whole edits: sizes, sameness, difference, faces, notes and refusals."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from pipeline.emulator.engine import draft
from pipeline.emulator.engine.draft import DraftEngine
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.emulator.interface import Engine, EngineError
from tests.emulator.engine_pictures import (
    CUP,
    FACE,
    PICTURES,
    WOMAN,
    as_file,
    difference,
    edit,
    edited,
    opened,
    pixels,
    remembered_subject,
)

STREET = "Put the woman in a snowy street, cold morning light. Keep face and pose unchanged."
STUDIO = "Put the woman in a grey studio, soft studio lighting. Keep face and pose unchanged."
TABLE = "Place the cup on a wooden table, warm evening light. Keep the colours unchanged."


@pytest.fixture(autouse=True)
def _remembered_masks(request, monkeypatch):
    if request.cls is not TestSameness:  # sameness is about the network, too
        monkeypatch.setattr(draft, "find_subject", remembered_subject)


def covered(raw, size):
    """The input as it would look if nothing were edited."""
    image = opened(raw).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    return as_file(image)


def test_it_is_an_engine_with_the_published_version():
    engine: Engine = DraftEngine()
    assert engine.version == DRAFT_ENGINE


@pytest.mark.slow
class TestSizes:
    @pytest.mark.parametrize(
        "size", [(256, 256), (301, 199), (64, 512), (512, 33), (16, 16), (511, 40)]
    )
    @pytest.mark.parametrize("prompt", [STREET, "black and white, add snow"])
    def test_every_output_has_exactly_the_wanted_size(self, prompt, size):
        raw = edited(prompt, WOMAN, size=size).pictures[0]
        assert opened(raw).size == size
        assert opened(raw).format == "JPEG"

    @pytest.mark.parametrize("size", [(0, 100), (100, 15), (5000, 5000), (20_000, 100)])
    def test_impossible_sizes_are_refused(self, size):
        with pytest.raises(EngineError) as caught:
            edit("on a beach", WOMAN, size=size)
        assert caught.value.code == 1401

    def test_the_largest_size(self):
        raw = edit(TABLE, CUP, size=(4096, 4096)).pictures[0]
        assert opened(raw).size == (4096, 4096)


@pytest.mark.slow
class TestSameness:
    @pytest.mark.parametrize("prompt", [STREET, "in the rain, film look, blue hour"])
    def test_the_same_request_gives_the_same_bytes(self, prompt):
        assert edit(prompt, WOMAN).pictures == edited(prompt, WOMAN).pictures

    def test_side_by_side_edits_do_not_disturb_each_other(self):
        alone = edited(STREET, WOMAN).pictures, edited(TABLE, CUP).pictures
        made = {}

        def work(name, prompt, picture):
            made[name] = edit(prompt, picture).pictures

        threads = [
            threading.Thread(target=work, args=("street", STREET, WOMAN)),
            threading.Thread(target=work, args=("table", TABLE, CUP)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (made["street"], made["table"]) == alone


@pytest.mark.slow
class TestVariation:
    def test_another_seed_gives_another_scene(self):
        one, other = edited(STREET, WOMAN), edited(STREET, WOMAN, seed=8)
        assert difference(one.pictures[0], other.pictures[0]) > 3

    def test_outputs_of_one_job_share_their_backdrop(self):
        pair = edited(TABLE.replace("cup", "things"), CUP, CUP, wanted=2).pictures
        top = [pixels(raw)[:20] for raw in pair]
        assert np.abs(top[0] - top[1]).mean() < 6

    def test_takes_of_one_input_differ(self):
        prompt = (
            "On a beach. Make exactly 3 images: 3 different edited versions of image 1, each as a"
            " full picture of its own."
        )
        takes = edited(prompt, CUP, wanted=3).pictures
        assert len(takes) == 3
        assert min(difference(takes[i], takes[j]) for i, j in ((0, 1), (1, 2), (0, 2))) > 2


@pytest.mark.slow
class TestPrompt:
    @pytest.mark.parametrize(
        "prompt",
        [
            STREET,
            STUDIO,
            "on a beach, golden hour",
            "in the city at night",
            "in a green forest",
            "winter landscape",
            "in a kitchen",
            "blur the background",
            "add snow",
            "add rain",
            "add fog",
            "soft studio lighting, keep the background",
            "golden hour",
            "cold morning light",
            "blue hour",
            "at night",
            "dramatic light",
            "daylight",
            "black and white",
            "sepia",
            "warm colours",
            "cool colours",
            "vivid colours",
            "pastel colours",
            "film look",
        ],
    )
    def test_every_operation_changes_the_picture(self, prompt):
        raw = edited(prompt, WOMAN).pictures[0]
        assert difference(raw, covered(WOMAN, (256, 256))) > 2.5

    def test_black_and_white_has_no_colour(self):
        shown = pixels(edited("black and white", WOMAN).pictures[0])
        assert (shown.max(axis=2) - shown.min(axis=2)).max() < 6

    def test_golden_hour_is_warmer_than_a_cold_morning(self):
        def warmth(prompt):
            shown = pixels(edited(prompt, WOMAN).pictures[0])
            return (shown[..., 0] - shown[..., 2]).mean()

        assert warmth("golden hour") > warmth("cold morning light") + 20

    def test_night_is_darker_than_day(self):
        dark = pixels(edited("at night", WOMAN).pictures[0]).mean()
        assert dark < 0.7 * pixels(edited("daylight", WOMAN).pictures[0]).mean()

    @pytest.mark.parametrize(("name", "code"), [("white", 255), ("black", 20)])
    def test_a_plain_background_is_exactly_its_colour(self, name, code):
        shown = pixels(edited(f"plain {name} background", CUP).pictures[0])
        corners = np.concatenate([shown[:12, :12], shown[:12, -12:]])
        assert np.abs(corners - code).max() <= 4

    def test_a_studio_has_the_colour_asked_for(self):
        shown = pixels(edited("in a red studio", CUP).pictures[0])[:20].mean(axis=(0, 1))
        assert shown[0] > 2 * shown[1]
        assert shown[0] > 2 * shown[2]

    def test_a_background_that_is_kept_stays(self):
        raw = edited("soft studio lighting, keep the background", WOMAN).pictures[0]
        corner = (slice(0, 40), slice(190, 250))
        kept = pixels(raw)[corner] - pixels(covered(WOMAN, (256, 256)))[corner]
        assert np.abs(kept).mean() < 20

    def test_a_blurred_background_keeps_the_subject_sharp(self):
        before = pixels(covered(WOMAN, (256, 256))).mean(axis=2)
        after = pixels(edited("blur the background", WOMAN).pictures[0]).mean(axis=2)

        def detail(image, box):
            left, top, right, bottom = box
            return np.abs(np.diff(image[top:bottom, left:right], n=2)).mean()

        assert detail(after, FACE) > 0.75 * detail(before, FACE)
        flag = (0, 20, 40, 120)
        assert detail(after, flag) < 0.5 * detail(before, flag)

    def test_no_snow_means_no_flakes_in_a_snowy_street(self):
        with_flakes = pixels(edited("a snowy street", WOMAN).pictures[0])
        without = pixels(edited("a snowy street, no snow", WOMAN).pictures[0])
        rough = [
            np.abs(np.diff(shown[:40].mean(axis=2))).mean() for shown in (with_flakes, without)
        ]
        assert rough[0] > 1.5 * rough[1]


def _best_match(shown, face):
    """Where a face lies in a larger picture, by brightness, and how well it correlates there."""
    import cv2  # noqa: PLC0415 - only here

    best = (-1.0, 1.0)
    for scale in np.linspace(0.8, 1.2, 21):
        small = cv2.resize(face.astype(np.float32), None, fx=scale, fy=scale)
        found = cv2.matchTemplate(shown.astype(np.float32), small, cv2.TM_CCOEFF_NORMED)
        best = max(best, (float(found.max()), float(scale)))
    return best


@pytest.mark.slow
class TestFaces:
    @pytest.mark.parametrize(
        "prompt", [STUDIO, STREET, "a snowy street, blue hour", "on a beach, golden hour"]
    )
    def test_a_face_is_never_redrawn(self, prompt):
        left, top, right, bottom = FACE
        face = pixels(WOMAN).mean(axis=2)[top:bottom, left:right]
        shown = pixels(edited(prompt, WOMAN).pictures[0]).mean(axis=2)
        assert _best_match(shown, face)[0] > 0.95

    def test_a_studio_leaves_its_colours_nearly_alone(self):
        left, top, right, bottom = FACE
        face = pixels(WOMAN)[top:bottom, left:right].mean(axis=(0, 1))
        shown = pixels(edited(STUDIO, WOMAN).pictures[0])
        # The portrait keeps nearly its size and place in a frame of the same shape.
        there = shown[top:bottom, left:right].mean(axis=(0, 1))
        assert np.abs(there - face).max() < 25


@pytest.mark.slow
class TestInputs:
    def test_several_inputs_give_one_output_each_in_order(self):
        made = edited("on a plain white background", CUP, WOMAN, wanted=2).pictures
        red = [(pixels(raw)[..., 0] - pixels(raw)[..., 2]).mean() for raw in made]
        assert len(made) == 2
        alone = edited("on a plain white background", CUP).pictures[0]
        assert difference(made[0], alone) < difference(made[1], alone)
        assert red[0] != red[1]

    def test_a_named_input_is_the_one_that_is_edited(self):
        prompt = (
            "On a plain white background. Make exactly 1 image: an edited version of image 2, as a"
            " full picture of its own. Image 1 shows the identity to keep and is not edited itself."
        )
        chosen = edited(prompt, WOMAN, CUP).pictures[0]
        assert difference(chosen, edited("on a plain white background", CUP).pictures[0]) < 2

    @pytest.mark.parametrize("prompt", ["on a beach", "golden hour", "blur the background"])
    @pytest.mark.parametrize("kind", ["grey field", "one column", "cut-out", "cmyk"])
    def test_odd_inputs_are_edited_like_any_other(self, prompt, kind):
        image = opened(CUP).convert("RGB")
        if kind == "grey field":
            raw = as_file(Image.new("RGB", (120, 90), "grey"))
        elif kind == "one column":
            raw = as_file(image.resize((1, 90)))
        elif kind == "cmyk":
            raw = as_file(image.convert("CMYK"), "JPEG")
        else:
            cut = image.convert("RGBA")
            cut.putalpha(Image.fromarray(_oval(image.size)))
            raw = as_file(cut)
        made = edited(prompt, raw, size=(120, 160)).pictures[0]
        assert opened(made).size == (120, 160)

    def test_one_unreadable_input_fails_the_job(self):
        with pytest.raises(EngineError) as caught:
            edit("on a beach", CUP, b"no picture", wanted=1)
        assert caught.value.code == 1402
        assert "image 2" in caught.value.message


def _oval(size):
    y, x = np.mgrid[: size[1], : size[0]]
    inside = ((x - size[0] / 2) / 60) ** 2 + ((y - size[1] / 2) / 60) ** 2 < 1
    return (inside * 255).astype(np.uint8)


def _box():
    """A bright box that stands by itself: cut out already, so that no network need look."""
    image = Image.new("RGBA", (120, 120), (0, 0, 0, 0))
    image.paste((210, 190, 60, 255), (42, 20, 78, 100))
    return as_file(image)


BOX = _box()


@pytest.mark.slow
class TestWhatIsNamed:
    @pytest.mark.parametrize("seed", [7, 8, 9])
    def test_light_comes_from_the_side_that_is_named(self, seed):
        prompts = [f"a grey studio, dramatic light from the {side}" for side in ("left", "right")]
        left, right = (
            pixels(edit(prompt, BOX, size=(96, 96), seed=seed).pictures[0]).mean(axis=2)
            for prompt in prompts
        )
        for shown, bright in ((left, slice(0, 30)), (right, slice(66, 96))):
            dark = slice(66, 96) if bright.start == 0 else slice(0, 30)
            assert shown[:40, bright].mean() > shown[:40, dark].mean() + 4

    def test_a_glossy_ground_mirrors_what_stands_on_it(self):
        matt, glossy = (
            pixels(edit(f"black background{more}", BOX, size=(128, 128)).pictures[0])
            for more in ("", ", reflection on the floor")
        )
        more = (glossy - matt).mean(axis=2)
        assert np.flatnonzero((more > 12).any(axis=1)).min() > 90
        assert more.max() > 30

    @pytest.mark.parametrize("where", ["top", "bottom"])
    def test_a_subject_makes_room_for_words(self, where):
        prompt = f'a white studio, the words "NEW IN" at the {where}'
        shown = pixels(edit(prompt, BOX, size=(200, 200)).pictures[0])
        middle = shown[:, 80:120]  # the words' panel has a bar in the box's colour at its left
        yellow = (middle[..., 0] - middle[..., 2] > 60).any(axis=1)
        dark = (shown.max(axis=2) < 90).mean(axis=1) > 0.15
        rows = np.flatnonzero(dark)
        assert not (yellow & dark).any()
        assert (rows.mean() < 60) == (where == "top")


class TestRefusals:
    def test_nothing_understood_fails_with_what_is_possible(self):
        with pytest.raises(EngineError) as caught:
            edit("make her smile", WOMAN)
        assert caught.value.code == 1401
        assert "make her smile" in caught.value.message
        assert "a snowy street" in caught.value.message

    def test_a_prompt_that_only_locks_fails(self):
        with pytest.raises(EngineError) as caught:
            edit("Keep everything as it is.", WOMAN)
        assert caught.value.code == 1401

    def test_locks_that_cancel_everything_fail_and_say_so(self):
        with pytest.raises(EngineError, match="keeps the background"):
            edit("In a grey studio. Keep the background.", WOMAN)

    @pytest.mark.slow
    def test_what_was_not_understood_is_reported_beside_the_pictures(self):
        made = edited("add winter outfit and a sledge", WOMAN)
        assert made.notes == ("not understood: a sledge",)
        assert len(made.pictures) == 1


@pytest.mark.slow
class TestDetail:
    def test_a_large_input_keeps_detail_that_the_working_size_lacks(self, monkeypatch):
        monkeypatch.setattr(draft, "_WORKING_PIXELS", 128 * 128)
        rng = np.random.default_rng(1)
        stripes = np.kron(rng.integers(60, 200, (256, 256)), np.ones((2, 2))).astype(np.uint8)
        raw = as_file(Image.fromarray(np.repeat(stripes[..., None], 3, axis=2)))
        shown = pixels(edit("black and white", raw, size=(512, 512)).pictures[0]).mean(axis=2)
        coarse = np.asarray(
            Image.fromarray(shown.astype(np.uint8)).resize((128, 128)).resize((512, 512)), float
        )
        assert np.corrcoef(shown.ravel(), stripes.ravel())[0, 1] > 0.9
        assert (
            np.corrcoef(shown.ravel(), stripes.ravel())[0, 1]
            > np.corrcoef(coarse.ravel(), stripes.ravel())[0, 1]
        )


def test_the_test_pictures_stay_small_and_say_where_they_come_from():
    readme = (PICTURES / "README.md").read_text(encoding="utf-8")
    for file in PICTURES.glob("*.jpg"):
        assert file.stat().st_size < 40_000
        assert max(Image.open(io.BytesIO(file.read_bytes())).size) <= 256
        assert file.name in readme

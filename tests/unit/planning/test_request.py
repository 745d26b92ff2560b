"""The exact request: words, order of pictures, fields, key."""

from dataclasses import replace

from pipeline.domain.campaign import PixelSize
from tests.support.campaigns import SEQUENTIAL, campaign, image_set, picture
from tests.unit.planning.shop import (
    PICTURE,
    PICTURES,
    RESOLUTION,
    buy,
    plan_of,
    text_campaign,
    text_card,
)

AUTHORS = "Put the anna in a place called snow."
WHOLE = "as a full picture of its own."
IDENTITY = "Image 1 shows the identity to keep and is not edited itself."


def of_set(numbers, *, reference=None, **changes):
    return campaign(sets=(image_set("anna", numbers, reference=reference),), **changes)


def only_request(of, card=PICTURES, filed=()):
    (step,) = plan_of(of, filed, card=card).steps
    return step.request


def added(request) -> str:
    """What the planner added to the author's prompt."""
    assert request.prompt.startswith(AUTHORS)
    return request.prompt.removeprefix(AUTHORS)


def shown(request) -> list[tuple[str, str]]:
    name = {picture(n).facts.sha256: f"p{n}" for n in range(20)}
    return [(role, name[digest]) for role, digest in request.inputs]


class TestWords:
    def test_one_picture(self):
        assert added(only_request(of_set([1]))) == (
            f"\n\nMake exactly 1 image: an edited version of image 1, {WHOLE}"
        )

    def test_two_pictures(self):
        assert added(only_request(of_set([1, 2]))) == (
            "\n\nMake exactly 2 images: one edited version of each of image 1 and image 2, "
            f"in this order, each {WHOLE}"
        )

    def test_three_pictures(self):
        assert added(only_request(of_set([1, 2, 3]))) == (
            "\n\nMake exactly 3 images: one edited version of each of image 1, image 2 and "
            f"image 3, in this order, each {WHOLE}"
        )

    def test_a_reference_that_is_not_wanted_is_for_identity_only(self):
        assert added(only_request(of_set([1, 2], reference=9))) == (
            "\n\nMake exactly 2 images: one edited version of each of image 2 and image 3, "
            f"in this order, each {WHOLE} {IDENTITY}"
        )

    def test_a_reference_and_one_picture(self):
        assert added(only_request(of_set([1], reference=9))) == (
            f"\n\nMake exactly 1 image: an edited version of image 2, {WHOLE} {IDENTITY}"
        )

    def test_a_reference_that_is_wanted_is_named_where_its_cell_stands(self):
        assert added(only_request(of_set([1, 2, 3], reference=2))) == (
            "\n\nMake exactly 3 images: one edited version of each of image 2, image 1 and "
            f"image 3, in this order, each {WHOLE}"
        )

    def test_a_wanted_reference_that_is_bought_already_is_for_identity_only(self):
        small = of_set([2], reference=2)
        request = only_request(of_set([1, 2], reference=2), filed=buy(plan_of(small)))
        assert added(request) == (
            f"\n\nMake exactly 1 image: an edited version of image 2, {WHOLE} {IDENTITY}"
        )

    def test_takes_of_one_picture(self):
        request = only_request(of_set([1], takes=3, sequence="takes"))
        assert added(request) == (
            f"\n\nMake exactly 3 images: 3 different edited versions of image 1, each {WHOLE}"
        )

    def test_takes_of_one_picture_with_a_reference(self):
        request = only_request(of_set([1], reference=9, takes=2, sequence="takes"))
        assert added(request) == (
            "\n\nMake exactly 2 images: 2 different edited versions of image 2, "
            f"each {WHOLE} {IDENTITY}"
        )

    def test_a_model_of_one_picture_needs_no_words(self):
        assert added(only_request(of_set([1]), PICTURE)) == ""

    def test_a_model_of_one_picture_is_told_which_one_to_edit(self):
        request = only_request(of_set([1], reference=9), PICTURE)
        assert added(request) == f"\n\nEdit image 2. {IDENTITY}"

    def test_the_reference_itself_on_a_model_of_one_picture(self):
        assert added(only_request(of_set([9], reference=9), PICTURE)) == ""

    def test_words_alone(self):
        (step,) = plan_of(text_campaign(), card=text_card()).steps
        assert step.request.prompt == "A product shot in a place called snow."

    def test_words_alone_on_a_sequential_model(self):
        (step,) = plan_of(text_campaign(), card=text_card(most=15)).steps
        assert step.request.prompt == (
            f"A product shot in a place called snow.\n\nMake exactly 1 image: one picture, {WHOLE}"
        )

    def test_takes_of_words_alone(self):
        of = text_campaign(takes=4, sequence="takes")
        (step,) = plan_of(of, card=text_card(most=15)).steps
        assert step.request.prompt == (
            "A product shot in a place called snow.\n\n"
            f"Make exactly 4 images: 4 different versions, each {WHOLE}"
        )


class TestPictures:
    def test_the_reference_is_sent_first_in_every_request(self):
        plan = plan_of(of_set(range(1, 17), reference=9))
        assert len(plan.steps) == 3
        assert {shown(step.request)[0] for step in plan.steps} == {("reference", "p9")}

    def test_a_wanted_reference_is_sent_once(self):
        assert shown(only_request(of_set([1, 2, 3], reference=2))) == [
            ("reference", "p2"), ("source", "p1"), ("source", "p3"),
        ]  # fmt: skip

    def test_several_takes_of_one_picture_send_it_once(self):
        assert shown(only_request(of_set([1], takes=5, sequence="takes"))) == [("source", "p1")]

    def test_outputs_come_in_the_order_of_the_cells(self):
        (step,) = plan_of(of_set([3, 1, 2])).steps
        assert [cell.source for cell in step.cells] == [i.sha256 for i in step.request.inputs]


class TestFields:
    def test_a_sequential_request_states_size_and_count(self):
        request = only_request(of_set([1, 2], params={"seed": 5}))
        assert request.params == {"seed": 5, "size": "2560*1440", "max_images": 2}
        assert (request.field, request.many) == ("images", True)

    def test_a_request_for_one_picture_states_no_count(self):
        assert only_request(of_set([1]), PICTURE).params == {"size": "2560*1440"}

    def test_a_resolution_and_an_aspect(self):
        request = only_request(of_set([1], master=PixelSize(5504, 3072)), RESOLUTION)
        assert request.params == {"resolution": "4k", "aspect_ratio": "16:9"}

    def test_the_job_key_is_made_of_the_request_as_sent(self):
        (step,) = plan_of(of_set([1, 2], reference=9)).steps
        request = step.request
        assert request.components(step.cells[0].recipe) == {
            "schema": 1,
            "provider": "wavespeed",
            "realm": "real",
            "model": SEQUENTIAL,
            "prompt": request.prompt,
            "inputs": [
                {"role": "reference", "sha256": picture(9).facts.sha256},
                {"role": "source", "sha256": picture(1).facts.sha256},
                {"role": "source", "sha256": picture(2).facts.sha256},
            ],
            "params": {"size": "2560*1440", "max_images": 2},
            "takes": [1, 1],
        }
        assert request.job.startswith("j1-")

    def test_packing_changes_job_keys_and_never_cell_keys(self):
        together = plan_of(of_set([1, 2]))
        alone = plan_of(of_set([1, 2]), card=replace(PICTURE, model=SEQUENTIAL))
        assert len(alone.steps) == 2
        assert [c.key for c in together.cells] == [c.key for c in alone.cells]
        assert together.steps[0].request.job not in {s.request.job for s in alone.steps}

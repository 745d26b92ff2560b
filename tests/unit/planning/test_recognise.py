"""Our own requests are recognised by what they ask for, and nobody else's are."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.fingerprint import Sha256
from pipeline.planning.expand import expand
from pipeline.planning.pack import Packer
from pipeline.planning.recognise import Echo, Recogniser
from tests.property.strategies import law
from tests.support.campaigns import SINGLE, campaign, image_set
from tests.unit.planning.shop import PICTURE, PICTURES, text_card


def known(of, card=PICTURES):
    cells = expand(of, card, realm="real", engine=None).cells
    packed = Packer(of, card).pack("buy", cells, frozenset())
    return Recogniser(of, card, cells), packed.steps


def echo_of(step, **changes) -> Echo:
    request = step.request
    pictures = tuple(picture.sha256 for picture in request.inputs)
    plain = Echo(step.cells[0].recipe.model, request.prompt, request.params, pictures)
    return replace(plain, **changes)


def keys(step):
    return [cell.key for cell in step.cells]


@st.composite
def campaigns(draw):
    pictures = range(1, draw(st.integers(1, 12)) + 1)
    reference = draw(st.sampled_from([None, 1, 99]))
    return campaign(
        variants=draw(st.sampled_from([("snow",), ("snow", "studio")])),
        takes=draw(st.integers(1, 3)),
        sequence=draw(st.sampled_from(["pictures", "takes"])),
        sets=(image_set("anna", pictures, reference=reference),),
    )


@law
@given(campaigns(), st.sampled_from([PICTURES, PICTURE]))
def test_every_request_of_a_plan_is_recognised(of, card):
    of = replace(of, model=card.model)
    recogniser, steps = known(of, card)
    taken: set[str] = set()
    for step in steps:
        found = recogniser.step(echo_of(step), taken=taken)
        assert found.request.prompt == step.request.prompt
        assert found.request.inputs == step.request.inputs
        # Takes of one picture are the same request: each is recognised once, in whatever order.
        assert taken.isdisjoint(keys(found))
        taken.update(keys(found))
    assert taken == {cell.key for step in steps for cell in step.cells}


def test_a_request_from_words_alone_is_recognised():
    card = text_card(most=4)
    of = campaign(sets=(), prompt="A cup in {variant.place}.", model=card.model)
    recogniser, (step,) = known(of, card)
    assert keys(recogniser.step(echo_of(step), taken=())) == keys(step)


def test_fields_that_the_provider_adds_and_numbers_for_decimals_do_not_matter():
    recogniser, (step,) = known(campaign())
    more = {**step.request.params, "enable_sync_mode": False}
    more["max_images"] = str(more["max_images"])
    assert recogniser.step(echo_of(step, params=more), taken=()) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"model": SINGLE},
        {"prompt": "Put a stranger in a place called snow."},
        {"params": {}},
        {"inputs": ()},
        {"inputs": (Sha256("0" * 64),)},
    ],
)
def test_whatever_differs_is_not_ours(changes):
    recogniser, (step,) = known(campaign())
    assert recogniser.step(echo_of(step, **changes), taken=()) is None


def test_cells_follow_the_order_in_which_their_pictures_were_sent():
    """The manifest may have been reordered since."""
    recogniser, (step,) = known(campaign())
    turned = echo_of(step).inputs[::-1]
    found = recogniser.step(echo_of(step, inputs=turned), taken=())
    assert keys(found) == keys(step)[::-1]


def test_another_number_of_outputs_is_not_ours():
    recogniser, (step,) = known(campaign(pictures=[1]))
    params = {**step.request.params, "max_images": 2}
    assert recogniser.step(echo_of(step, params=params), taken=()) is None


def test_a_prompt_that_only_begins_like_ours_is_worth_a_look_and_no_more():
    recogniser, (step,) = known(campaign())
    longer = step.request.prompt + " Add a dog."
    assert recogniser.may_know(step.cells[0].recipe.model, longer)
    assert recogniser.step(echo_of(step, prompt=longer), taken=()) is None
    assert not recogniser.may_know(step.cells[0].recipe.model, "A dog.")

"""What the provider makes of all cards, and of cards unlike any."""

from dataclasses import replace

import pytest

from pipeline import catalog
from pipeline.domain.campaign import PixelSize
from pipeline.domain.card import NamedSize, OutputRule, SizeRule
from pipeline.domain.money import MicroUsd
from pipeline.emulator.engine.draft import _refuse_impossible
from pipeline.emulator.interface import EditRequest
from pipeline.emulator.pricing import formula, pictures_in, price_of, usd
from pipeline.emulator.validation import IllegalError, RefusedError, output_size, read_inputs
from tests.emulator.world import SEQUENTIAL
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.shop import plan_of

PIXELS = catalog.card(SEQUENTIAL)
NAMED = replace(
    PIXELS,
    model="test/named",
    schema={
        "type": "object",
        "properties": {
            "prompt": {"type": "string"},
            "image": {"type": "string"},
            "resolution": {"type": "string", "default": "1k"},
            "aspect_ratio": {"type": "string"},
        },
        "required": ["prompt", "image"],
    },
    inputs=replace(PIXELS.inputs, field="image", many=False, most=1),
    outputs=OutputRule(most=1, count_field=None, inputs_plus_outputs=None),
    size=SizeRule(
        form="resolution",
        field="resolution",
        aspect_field="aspect_ratio",
        named=(
            NamedSize("1k", "1:1", PixelSize(1024, 1024)),
            NamedSize("1k", "16:9", PixelSize(1376, 768)),
            NamedSize("4k", "1:1", PixelSize(4096, 4096)),
            NamedSize("4k", "4:5", PixelSize(3712, 4608)),
        ),
    ),
    price=replace(
        PIXELS.price,
        unit=None,
        by_field="resolution",
        by_value={"1k": MicroUsd(140_000), "4k": MicroUsd(240_000)},
    ),
)
IMAGE = {"prompt": "p", "image": "a"}


@pytest.mark.parametrize(
    ("inputs", "size"),
    [
        ({}, (1024, 1024)),
        ({"aspect_ratio": "auto"}, (1024, 1024)),
        ({"resolution": "4k"}, (4096, 4096)),
        ({"resolution": "4k", "aspect_ratio": "4:5"}, (3712, 4608)),
        ({"aspect_ratio": "16:9"}, (1376, 768)),
    ],
)
def test_a_named_size_has_its_own_pixels(inputs, size):
    assert output_size(NAMED, {**IMAGE, **inputs}) == size


@pytest.mark.parametrize(
    "inputs", [{"resolution": "8k"}, {"aspect_ratio": "3:1"}, {"aspect_ratio": "4:5"}]
)
def test_a_name_that_the_model_does_not_have_is_illegal(inputs):
    with pytest.raises(IllegalError, match=next(iter(inputs))):
        output_size(NAMED, {**IMAGE, **inputs})


@pytest.mark.parametrize("size", ["255*1024", "1024*255", "1537*1024", "1024*1537"])
def test_sides_out_of_bounds_are_illegal(size):
    card = catalog.card("wavespeed-ai/qwen-image/edit")
    with pytest.raises(IllegalError, match="sides must be 256 to 1536"):
        output_size(card, {**IMAGE, "size": size})
    assert output_size(card, {**IMAGE, "size": "256*1536"}) == (256, 1536)


def test_a_size_that_is_left_out_is_always_legal():
    small = replace(PIXELS, size=replace(PIXELS.size, min_pixels=65_536, max_pixels=2_359_296))
    assert output_size(small, {"images": ["a"]}) == (1536, 1536)


def test_a_singular_picture_counts_as_one():
    assert pictures_in(NAMED, IMAGE) == ["a"]
    with pytest.raises(RefusedError, match="image"):
        read_inputs(NAMED, {"prompt": "p", "image": ["a"]})


def test_more_pictures_than_the_card_takes_are_illegal_even_if_its_schema_lets_them_in():
    single = replace(PIXELS, inputs=replace(PIXELS.inputs, most=1))
    with pytest.raises(IllegalError, match="2 images; takes 1 to 1"):
        output_size(single, {"images": ["a", "b"]})
    one = replace(PIXELS, outputs=replace(PIXELS.outputs, most=1))
    with pytest.raises(IllegalError, match="2 images wanted; makes at most 1"):
        output_size(one, {"images": ["a"], "max_images": 2})


@pytest.mark.parametrize(
    ("inputs", "price"),
    [({}, 140_000), ({"resolution": "4k"}, 240_000), ({"resolution": "9k"}, 140_000)],
)
def test_a_price_by_value_falls_back_to_the_floor(inputs, price):
    assert price_of(NAMED, {**IMAGE, **inputs}) == price


def test_a_price_that_nobody_knows_is_no_price():
    unknown = replace(NAMED.price, kind="unknown", by_field=None, by_value={})
    card = replace(NAMED, price=unknown)
    assert price_of(card, IMAGE) is None
    assert formula(card) == ""


def test_formulas_state_the_rule_of_the_card():
    assert formula(NAMED) == '(resolution = "1k" ? 0.14 : resolution = "4k" ? 0.24 : 0.14)'
    extra = replace(PIXELS, price=replace(PIXELS.price, extra_input=MicroUsd(3000)))
    assert formula(extra).endswith(" + 0.003 * $max([0, $count(images) - 1])")
    assert price_of(extra, {"images": ["a", "b", "c"], "max_images": 2}) == 86_000


@pytest.mark.parametrize("amount", [0, 1, 27_000, 40_000, 123_456_789, 999_999_960_000])
def test_money_is_written_exactly(amount):
    whole, rest = divmod(amount, 1_000_000)
    assert f"{usd(MicroUsd(amount)):.6f}" == f"{whole}.{rest:06d}"


def _bought(card):
    """Sizes, and steps that buy them: as many as a request holds of one, a few of the others."""
    masters = [one.size for one in card.size.named] or list(card.size.advised)
    for master, most in zip(masters, [17] + [2] * len(masters), strict=False):
        of = campaign(pictures=range(1, most + 1), prompt="In {variant.place}.", model=card.model)
        of = replace(of, master=master)
        if card.operation == "text":
            of = replace(of, sets=(), takes=most, sequence="takes")
        elif card.takes_reference:
            of = replace(of, sets=(*of.sets, image_set("bag", range(20, 20 + most), reference=40)))
        plan = plan_of(of, card=card)
        assert plan.problems == ()
        assert plan.images == len(plan.cells) > 0
        yield from ((master, step) for step in plan.steps)


@pytest.mark.slow
@pytest.mark.parametrize("model", catalog.models())
def test_what_is_planned_is_accepted_sized_and_priced_alike(model):
    card = catalog.card(model)
    for master, step in _bought(card):
        request = step.request
        addresses = [f"http://x/{n}" for n in range(len(request.inputs))]
        body = {"prompt": request.prompt, **request.params}
        if addresses:
            body[request.field] = addresses if request.many else addresses[0]
        asked = read_inputs(card, body)
        assert asked.dropped == 0
        assert output_size(card, asked.inputs) == (master.width, master.height)
        assert price_of(card, asked.inputs) == step.quote.most


@pytest.mark.parametrize("model", catalog.models())
@pytest.mark.parametrize("kind", ["floor", "unknown"])
def test_a_price_that_is_not_certain_buys_only_under_a_stated_ceiling(model, kind):
    card = catalog.card(model)
    unsure = replace(card, price=replace(card.price, kind=kind))
    master = card.size.named[-1].size if card.size.named else card.size.advised[0]
    of = campaign(pictures=[1], prompt="In {variant.place}.", model=model)
    of = replace(of, master=master, sets=of.sets if card.operation == "edit" else ())
    refused = plan_of(of, card=unsure)
    assert (refused.steps, [p.code for p in refused.problems]) == ((), ["P010"])
    (step,) = plan_of(replace(of, assume_max=MicroUsd(300_000)), card=unsure).steps
    assert (step.quote.most, step.quote.kind) == (300_000, "floor")


def test_the_draft_engine_makes_every_size_that_a_card_names():
    for model in catalog.models():
        for one in catalog.card(model).size.named:
            size = {"width": one.size.width, "height": one.size.height}
            _refuse_impossible(EditRequest(model, "p", **size, wanted=1, seed=0))

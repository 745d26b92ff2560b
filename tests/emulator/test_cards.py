"""What the provider makes of cards that are not like the first two."""

from dataclasses import replace

import pytest

from pipeline import catalog
from pipeline.domain.card import OutputRule, SizeRule
from pipeline.domain.money import MicroUsd
from pipeline.emulator.pricing import formula, pictures_in, price_of, usd
from pipeline.emulator.validation import IllegalError, RefusedError, output_size, read_inputs
from tests.emulator.world import SEQUENTIAL

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
        resolutions=(("1k", 1024), ("4k", 4096)),
        aspects=("1:1", "4:5", "16:9"),
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
        ({"resolution": "4k"}, (4096, 4096)),
        ({"resolution": "4k", "aspect_ratio": "4:5"}, (3277, 4096)),
        ({"aspect_ratio": "16:9"}, (1024, 576)),
    ],
)
def test_a_named_resolution_is_the_longest_side(inputs, size):
    assert output_size(NAMED, {**IMAGE, **inputs}) == size


@pytest.mark.parametrize("inputs", [{"resolution": "8k"}, {"aspect_ratio": "3:1"}])
def test_a_name_that_the_model_does_not_have_is_illegal(inputs):
    with pytest.raises(IllegalError, match=next(iter(inputs))):
        output_size(NAMED, {**IMAGE, **inputs})


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

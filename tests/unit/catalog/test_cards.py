"""What holds for every bundled card, and the facts of the provider's contract that they state."""

import re
from dataclasses import replace
from datetime import date

import jsonschema
import pytest

from pipeline import catalog
from pipeline.domain.card import NO_INPUTS, quote
from pipeline.domain.money import MicroUsd
from pipeline.manifest.parameters import fitted, owned_by_plan, settable
from pipeline.planning.sizes import size_fields

CARDS = [catalog.card(model) for model in catalog.models()]
each_card = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.model)

SEEDREAM = "bytedance/seedream-"
FOUR_OF = ("", "/edit", "/sequential", "/edit-sequential")
ALL = [f"{SEEDREAM}{version}{kind}" for version in ("v4.5", "v4", "v5.0-lite") for kind in FOUR_OF]
ALL += [f"{SEEDREAM}v5.0-pro", f"{SEEDREAM}v5.0-pro/edit"]
ALL += ["google/nano-banana-pro/text-to-image", "google/nano-banana-pro/edit"]
ALL += ["wavespeed-ai/qwen-image/edit", "wavespeed-ai/qwen-image/edit-plus"]


def test_there_is_a_card_for_each_model_of_the_page_and_its_siblings():
    assert sorted(ALL) == list(catalog.models())


def test_an_unknown_model_is_refused_with_those_that_are_known():
    with pytest.raises(catalog.UnknownModelError) as caught:
        catalog.card("bytedance/seedream-v9")
    assert caught.value.known == catalog.models()


@each_card
def test_every_part_says_where_it_comes_from(card):
    topics = {"request", "outputs", "sizes"}
    if card.operation == "edit":
        topics |= {"inputs", "files", "reference"}
    if card.advised_words is not None:
        topics.add("prompt")
    assert {fact.about for fact in card.facts} == topics
    for fact in card.facts:
        assert fact.trust in {"verified", "elsewhere", "inferred"}
        assert fact.source
        assert fact.says.endswith(".")
        assert date.fromisoformat(fact.as_of) >= date(2026, 9, 1)
    assert card.price.source
    assert date.fromisoformat(card.price.as_of) >= date(2026, 9, 1)


@each_card
def test_the_schema_is_one_and_knows_every_field_that_is_sent(card):
    jsonschema.Draft202012Validator.check_schema(card.schema)
    properties = card.schema["properties"]
    sent = {"prompt", card.size.field, card.size.aspect_field, card.outputs.count_field}
    sent |= {card.inputs.field, *card.defaults}
    assert sent - {None, ""} <= set(properties)
    assert set(card.schema["required"]) <= set(properties)
    for name, rule in properties.items():
        jsonschema.validate(rule["default"], rule) if "default" in rule else None
        assert name in owned_by_plan(card) or rule["description"].endswith(".")


@each_card
def test_what_is_always_sent_is_what_an_author_could_write(card):
    for name, value in card.defaults.items():
        assert name in settable(card)
        assert fitted(value, card.schema["properties"][name]) == value
        # Pinned, so that a changed default of the vendor's changes no picture.
        assert card.schema["properties"][name].get("default", value) == value


@each_card
def test_the_limits_of_the_rules_and_of_the_schema_are_the_same(card):
    properties = card.schema["properties"]
    field, count = card.inputs.field, card.outputs.count_field
    if card.operation == "text":
        assert card.inputs == NO_INPUTS
        assert not {"image", "images"} & set(properties)
        assert not card.takes_reference
    elif card.inputs.many:
        assert properties[field]["maxItems"] == card.inputs.most
        assert (field in card.schema["required"]) == (card.inputs.least > 0)
    else:
        assert (properties[field]["type"], card.inputs.least, card.inputs.most) == ("string", 1, 1)
        assert not card.takes_reference
    if count is None:
        assert card.outputs.most == 1
    else:
        assert properties[count]["maximum"] == card.outputs.most == 15
        assert card.outputs.inputs_plus_outputs == 15
    if card.size.form == "resolution":
        assert properties[card.size.field]["enum"] == list(card.size.resolutions)
        assert set(card.size.aspects) <= set(properties[card.size.aspect_field]["enum"])


@each_card
def test_each_size_is_legal_and_the_only_one_of_its_kind(card):
    rule = card.size
    if rule.form == "pixels":
        assert 0 < rule.min_pixels < rule.max_pixels
        assert rule.max_ratio > 1
        for size in rule.advised:
            shorter, longer = sorted((size.width, size.height))
            assert rule.min_pixels <= size.width * size.height <= rule.max_pixels
            assert rule.min_side <= shorter <= longer <= (rule.max_side or longer)
            assert longer <= rule.max_ratio * shorter
        return
    assert len(rule.named) == len(rule.resolutions) * len(rule.aspects)
    assert len({one.size for one in rule.named}) == len(rule.named)
    for one in rule.named:
        wide, high = map(int, one.aspect.split(":"))
        assert abs(one.size.width * high / (one.size.height * wide) - 1) < 0.02
        assert size_fields(card, one.size) == {
            rule.field: one.resolution,
            rule.aspect_field: one.aspect,
        }
    areas = [
        max(one.size.width * one.size.height for one in rule.named if one.resolution == name)
        for name in rule.resolutions
    ]
    assert areas == sorted(areas)


@each_card
def test_every_request_has_a_price(card):
    rule = card.price
    assert rule.kind in {"exact", "table"}
    assert (rule.unit is None) == (rule.by_field is not None)
    if rule.by_field is not None:
        assert list(rule.by_value) == card.schema["properties"][rule.by_field]["enum"]
    assert all(price > 0 for price in (rule.unit, *rule.by_value.values()) if price is not None)


@each_card
def test_no_family_is_part_of_another_models_id(card):
    assert card.family in card.model
    strangers = [other.model for other in CARDS if other.family != card.family]
    assert not any(card.family in model for model in strangers)


@each_card
def test_no_parameter_is_a_decimal_number(card):
    """Those are text in keys, and the provider's module would have to send them as numbers."""
    assert '"number"' not in re.sub(r"\s", "", str(card.schema).replace("'", '"'))


@pytest.mark.parametrize(
    ("model", "fields", "inputs", "outputs", "price"),
    [
        ("bytedance/seedream-v4.5/edit-sequential", {}, 4, 5, 200_000),
        ("bytedance/seedream-v4.5", {}, 0, 1, 40_000),
        ("bytedance/seedream-v4/sequential", {}, 0, 3, 81_000),
        ("bytedance/seedream-v4/edit", {}, 10, 1, 27_000),
        ("bytedance/seedream-v5.0-lite/edit-sequential", {}, 1, 2, 70_000),
        ("bytedance/seedream-v5.0-pro", {"resolution": "1.5k"}, 0, 1, 45_000),
        ("bytedance/seedream-v5.0-pro/edit", {"resolution": "1k"}, 1, 1, 45_000),
        ("bytedance/seedream-v5.0-pro/edit", {"resolution": "2k"}, 3, 1, 96_000),
        ("google/nano-banana-pro/edit", {"resolution": "2k"}, 14, 1, 140_000),
        ("google/nano-banana-pro/text-to-image", {"resolution": "4k"}, 0, 1, 240_000),
        ("wavespeed-ai/qwen-image/edit", {}, 1, 1, 20_000),
        ("wavespeed-ai/qwen-image/edit-plus", {}, 3, 1, 20_000),
    ],
)
def test_prices_are_those_of_the_contract(model, fields, inputs, outputs, price):
    found = quote(catalog.card(model), fields, inputs=inputs, outputs=outputs)
    assert found.amount == found.most == MicroUsd(price)


@pytest.mark.parametrize(
    ("version", "least"), [("v4.5", 3_686_400), ("v4", 921_600), ("v5.0-lite", 3_686_400)]
)
def test_seedreams_true_size_rules(version, least):
    for kind in FOUR_OF:
        rule = catalog.card(f"{SEEDREAM}{version}{kind}").size
        assert (rule.min_pixels, rule.max_pixels, rule.max_ratio) == (least, 16_777_216, 16)
        assert (rule.min_side, rule.max_side) == (0, 0)


@each_card
def test_a_floor_or_an_unknown_price_is_never_quoted_as_exact(card):
    fields = {one: next(iter(card.price.by_value)) for one in [card.price.by_field] if one}
    floor = replace(card, price=replace(card.price, kind="floor"))
    assert quote(floor, fields, inputs=1, outputs=1).kind == "floor"
    unknown = replace(card, price=replace(card.price, kind="unknown"))
    assert quote(unknown, fields, inputs=1, outputs=1) is None

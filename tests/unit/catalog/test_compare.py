"""What differs between cards and provider, and the price that covers what rises."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import catalog
from pipeline.catalog.compare import compare, probes
from pipeline.commands.loading import priced
from pipeline.domain.campaign import Workspace
from pipeline.domain.card import quote
from pipeline.domain.money import MicroUsd
from pipeline.domain.offers import Asked
from pipeline.emulator.pricing import price_of
from pipeline.emulator.validation import output_size, read_inputs
from tests.unit.catalog.provider import TODAY, answers, listing, offer

EDIT = "bytedance/seedream-v4.5/edit"
SEQUENTIAL = "bytedance/seedream-v4.5/edit-sequential"
PRO = "bytedance/seedream-v5.0-pro/edit"
NANO = "google/nano-banana-pro/edit"
CARDS = [catalog.card(model) for model in catalog.models()]


def found(catalogue, asked):
    return compare(CARDS, catalogue, asked, base="https://api.example", on=TODAY)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.model)
def test_every_price_of_a_card_is_asked_for_with_a_legal_request(card):
    asked = list(probes(card))
    values = list(card.price.by_value) or [None]
    assert [probe.body.get(card.price.by_field) for probe in asked[: len(values)]] == values
    assert any(probe.inputs == 2 for probe in asked) == (card.inputs.most > 1)
    assert any(probe.outputs == 2 for probe in asked) == card.outputs.is_sequential
    for probe in asked:
        inputs = read_inputs(card, probe.body)
        assert inputs.dropped == 0
        assert output_size(card, inputs.inputs)
        assert price_of(card, inputs.inputs) == probe.listed.amount


def test_a_model_without_a_known_price_is_not_asked_for():
    card = catalog.card(EDIT)
    assert not list(probes(replace(card, price=replace(card.price, kind="unknown", unit=None))))


def test_nothing_differs():
    result = found(listing(), answers(listing(), {}))
    assert not any(one.differs for one in result.asked)
    assert (result.fields, result.vanished, result.related, result.others) == ({}, (), (), ())
    assert result.raises == {}


@pytest.mark.parametrize(
    ("model", "changed", "price"),
    [
        (EDIT, {"1 picture": 50_000, "2 inputs": 50_000}, 50_000),
        (EDIT, {"1 picture": 40_001}, 40_001),
        # A surcharge that the card does not know: ten inputs cost nine of them.
        (EDIT, {"2 inputs": 45_000}, 40_000 + 9 * 5_000),
        (PRO, {"2 inputs": 49_000}, 90_000 + 9 * 1_000),
        (SEQUENTIAL, {"2 pictures": 90_001}, 45_001),
        (NANO, {"4k, 1 picture": 300_000}, 300_000),
        (NANO, {"1k, 1 picture": 150_000, "2 inputs": 150_000}, 240_000),
    ],
)
def test_a_price_that_rises_is_covered(model, changed, price):
    assert found(listing(), answers(listing(), {model: changed})).raises == {model: price}


@pytest.mark.parametrize("now", [39_999, 1, "HTTP 503"])
def test_a_price_that_falls_or_is_not_told_raises_nothing(now):
    result = found(listing(), answers(listing(), {EDIT: {"1 picture": now, "2 inputs": now}}))
    assert result.raises == {}
    assert any(one.differs for one in result.asked)


def test_what_the_workspace_covers_already_raises_nothing():
    changed = {EDIT: {"1 picture": 50_000, "2 inputs": 50_000}}
    for own, raises in ((50_000, {}), (49_999, {EDIT: 50_000})):
        asked = answers(listing(), changed, own={EDIT: MicroUsd(own)})
        assert found(listing(), asked).raises == raises


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    model=st.sampled_from(catalog.models()),
    prices=st.lists(st.integers(1, 400_000), min_size=6, max_size=6),
    own=st.none() | st.integers(300_000, 400_000),
)
def test_after_a_raise_no_plan_promises_too_little_for_what_was_asked(model, prices, own):
    mine = {} if own is None else {model: MicroUsd(own)}
    whats = [probe.what for probe in probes(catalog.card(model))]
    changed = {model: dict(zip(whats, prices, strict=False))}
    asked = answers(listing(), changed, own=mine)
    raises = found(listing(), asked).raises
    assert set(raises) <= {model}
    assert bool(raises) == any(one.rises for one in asked)
    assert all(price > mine.get(model, 0) for price in raises.values())
    card = priced(catalog.card(model), Workspace(prices={**mine, **raises}))
    for one in asked:
        if one.probe.card.model == model:
            probe = one.probe
            planned = quote(card, probe.body, inputs=probe.inputs, outputs=probe.outputs)
            assert planned.amount >= one.now


def test_models_come_and_go():
    catalogue = listing(
        without=[NANO],
        more=[offer("bytedance/seedream-v6/edit"), offer("kling/video"), offer("a/flux")],
        odd=3,
    )
    result = found(catalogue, answers(catalogue, {}))
    assert result.vanished == (NANO,)
    assert [one.model for one in result.related] == ["bytedance/seedream-v6/edit"]
    assert result.others == ("a/flux", "kling/video")
    assert result.odd == 3
    assert NANO not in {one.probe.card.model for one in result.asked}


def test_fields_that_are_not_as_on_the_card():
    ours = catalog.card(SEQUENTIAL).schema["properties"]
    theirs = {
        **{name: rule for name, rule in ours.items() if name != "size"},
        "max_images": {"type": "integer", "minimum": 1, "maximum": 20},
        "seed": {"type": "integer"},
    }
    del theirs["enable_sync_mode"]
    catalogue = listing(fields={SEQUENTIAL: theirs, EDIT: None})
    result = found(catalogue, answers(catalogue, {}))
    assert result.fields == {
        SEQUENTIAL: (
            "`seed` is new",
            "`size` is gone",
            "`max_images` at most 20; by the card 15",
            "`max_images` its default: nothing; by the card 1",
        ),
        EDIT: ("the catalogue has no schema for it",),
    }


def test_fields_that_became_required():
    schema = catalog.card(EDIT).schema
    changed = offer(EDIT, fields=schema["properties"], required=["prompt", "size"])
    catalogue = listing(more=[changed])
    assert found(catalogue, []).fields == {
        EDIT: ("`images` is optional now", "`size` is required now")
    }


def test_an_answer_knows_what_it_means():
    (probe, *_) = probes(catalog.card(EDIT))
    one = Asked(probe, MicroUsd(45_000), MicroUsd(44_000))
    assert (one.differs, one.rises, one.listed) == (True, False, 40_000)
    assert not replace(one, now=None).rises

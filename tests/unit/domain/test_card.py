from dataclasses import replace

import pytest

from pipeline import catalog
from pipeline.domain.card import PriceRule, quote
from pipeline.domain.money import MicroUsd
from tests.support.campaigns import SEQUENTIAL


def priced(**rule):
    plain = PriceRule("exact", MicroUsd(40_000), None, {}, MicroUsd(0), "2026-11-01", "a page")
    return replace(catalog.card(SEQUENTIAL), price=replace(plain, **rule))


def test_what_is_asked_for_is_charged():
    found = quote(priced(), {}, inputs=10, outputs=5)
    assert (found.amount, found.most, found.kind, found.as_of) == (
        200_000, 200_000, "exact", "2026-11-01",
    )  # fmt: skip


def test_inputs_beyond_the_first_may_cost():
    card = priced(extra_input=MicroUsd(3_000))
    assert [quote(card, {}, inputs=n, outputs=1).amount for n in (0, 1, 2, 4)] == [
        40_000, 40_000, 43_000, 49_000,
    ]  # fmt: skip


def test_a_field_may_select_the_price():
    card = priced(
        unit=None,
        by_field="resolution",
        by_value={"2k": MicroUsd(140_000), "4k": MicroUsd(240_000)},
    )
    assert quote(card, {"resolution": "4k"}, inputs=1, outputs=1).amount == 240_000
    assert quote(card, {"resolution": "8k"}, inputs=1, outputs=1) is None
    assert quote(card, {}, inputs=1, outputs=1) is None


@pytest.mark.parametrize("rule", [{"unit": None}, {"kind": "unknown"}])
def test_an_unknown_price_is_none_and_never_zero(rule):
    assert quote(priced(**rule), {}, inputs=1, outputs=1) is None


def test_a_floor_says_that_it_is_one():
    assert quote(priced(kind="floor"), {}, inputs=1, outputs=1).kind == "floor"

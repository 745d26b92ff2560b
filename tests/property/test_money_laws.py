from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.money import MicroUsd, format_usd, parse_usd, split_evenly
from tests.property.strategies import amounts, law

pytestmark = pytest.mark.slow


@law
@given(amounts, st.integers(1, 500))
def test_shares_add_up_fall_and_differ_by_a_millionth_at_most(amount, shares):
    split = split_evenly(amount, shares)
    assert len(split) == shares
    assert sum(split) == amount
    assert split == sorted(split, reverse=True)
    assert split[0] - split[-1] <= 1


@law
@given(st.integers(-(10**15), 10**15))
def test_what_is_written_is_exact(micro):
    text = format_usd(MicroUsd(micro)).replace("$", "").replace(",", "")
    assert Decimal(text) * 1_000_000 == micro


@law
@given(st.integers(0, 10**15))
def test_what_is_written_can_be_read(micro):
    assert parse_usd(format_usd(MicroUsd(micro)).replace(",", "")) == micro

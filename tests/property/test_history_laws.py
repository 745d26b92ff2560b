"""The sum of receipts does not depend on their order or on how often they were copied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.history import Filed, fold
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.receipts import (
    Assume,
    Charge,
    Foreign,
    Lost,
    Match,
    Use,
    Waive,
    attempt_of,
)
from tests.property.strategies import law
from tests.unit.domain.samples import AT, LATER, cell, doubt, failed, gen, order, output, recipe

pytestmark = pytest.mark.slow

CAMPAIGNS = ["", "autumn", "spring", "winter"]
MOMENTS = st.sampled_from([AT, LATER])
attempts = st.sampled_from([f"a-{n}" for n in range(4)])
numbers = st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True).map(tuple)
some_outputs = st.lists(st.integers(101, 104), max_size=4)
keys = st.none() | st.integers(1, 4).map(lambda number: cell(number).key)


@st.composite
def orders(draw):
    """Few attempts and few cells, so that receipts meet each other."""
    attempt = draw(attempts)
    # What an attempt asked for is decided when it is made.
    cells = {"a-0": (1, 2), "a-1": (2, 3), "a-2": (1,), "a-3": (4, 3, 1)}[attempt]
    return order(attempt, cells=cells)


receipts = st.one_of(
    st.builds(
        lambda of, outputs, at: gen(of, outputs=outputs, at=at), orders(), some_outputs, MOMENTS
    ),
    st.builds(lambda of, at: failed(of, at=at), orders(), MOMENTS),
    st.builds(lambda of, at: doubt(of, at=at), orders(), MOMENTS),
    st.builds(
        Charge,
        attempts,
        st.sampled_from(["row-1", "row-2", "row-3"]),
        st.integers(-100_000, 100_000).map(MicroUsd),
        MOMENTS,
    ),
    st.builds(
        Match,
        attempts,
        MOMENTS,
        st.lists(keys, max_size=3).map(tuple),
        st.sampled_from(["assumed", "content", "person"]),
        st.integers(0, 100),
    ),
    st.builds(
        lambda attempt, number, shown, at: Use(
            attempt, at, cell(number), recipe(), output(shown), at
        ),
        attempts,
        st.integers(1, 4),
        st.integers(101, 104),
        MOMENTS,
    ),
    st.builds(Waive, attempts, MOMENTS, st.sampled_from(["proof", "person"]), st.just("gone")),
    st.builds(Assume, orders(), MOMENTS, st.just("support says so")),
    st.builds(
        lambda attempt, number, shown, at: Lost(
            attempt, at, cell(number).key, output(shown).sha256, "the disk burned"
        ),
        attempts,
        st.integers(1, 4),
        st.integers(101, 104),
        MOMENTS,
    ),
    st.builds(Foreign, st.sampled_from(["p-1", "p-2"]), MOMENTS, st.just("the intern's")),
)
locks = st.lists(st.builds(Filed, st.sampled_from(CAMPAIGNS), receipts), max_size=12)


@law
@given(locks, st.data())
def test_order_and_copies_do_not_matter(filed, data):
    copies = data.draw(st.lists(st.sampled_from(filed), max_size=5)) if filed else []
    shuffled = data.draw(st.permutations([*filed, *copies]))
    assert fold(shuffled) == fold(filed)


@law
@given(locks)
def test_shares_of_an_attempt_add_up_to_its_charge(filed):
    for money in fold(filed).attempts.values():
        shares = sum(money.share_of(asked.key) for asked in money.cells)
        assert shares == max(money.charged, ZERO)


@law
@given(locks)
def test_every_attempt_with_a_receipt_has_its_money_and_its_order(filed):
    history = fold(filed)
    assert set(history.attempts) == set(history.orders)
    filed_attempts = frozenset().union(*history.attempts_filed.values())
    assert filed_attempts == set(history.attempts)


@law
@given(locks)
def test_a_cell_with_a_picture_is_neither_open_nor_doubtful(filed):
    history = fold(filed)
    assert not set(history.deliveries) & set(history.unassigned)
    assert not set(history.deliveries) & set(history.doubts)
    assert not set(history.deliveries) & set(history.lost)


@law
@given(locks)
def test_an_attempt_in_doubt_is_neither_assumed_nor_ended(filed):
    history = fold(filed)
    doubtful = {attempt for attempt, money in history.attempts.items() if money.in_doubt}
    assert set(history.open_doubts) == doubtful
    assert not history.refunds_due & doubtful


@law
@given(locks, locks)
def test_more_receipts_never_make_a_delivery_of_another_attempt_vanish(filed, more):
    before, after = fold(filed), fold([*filed, *more])
    told = {attempt_of(receipt) for _, receipt in more}
    for key, deliveries in before.deliveries.items():
        kept = {d.attempt for d in after.deliveries.get(key, ())}
        assert {d.attempt for d in deliveries if d.attempt not in told} <= kept

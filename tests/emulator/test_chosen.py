"""Which numbers a switch strikes."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.emulator.chosen import ALL, NOBODY, Cases, Chosen
from pipeline.emulator.faults import NONE, Faults

NUMBERS = range(1, 13)


def struck(choice, numbers=NUMBERS):
    return [number for number in numbers if choice.has(number)]


@pytest.mark.parametrize(
    ("choice", "numbers", "words"),
    [
        (ALL, list(NUMBERS), "all"),
        (NOBODY, [], "none"),
        (Chosen(numbers=frozenset({9, 3})), [3, 9], "3, 9"),
        (Chosen(first=5, last=7), [5, 6, 7], "5 to 7"),
        (Chosen(first=11), [11, 12], "11 and all after it"),
        (Chosen(every=4), [4, 8, 12], "multiples of 4"),
        (Chosen(first=5, every=4), [8, 12], "5 and all after it, multiples of 4"),
        (Chosen(share=0), [], "a share of 0"),
        (Chosen(first=7, last=5), [], "7 to 5"),
    ],
)
def test_a_choice_strikes_what_it_says(choice, numbers, words):
    assert struck(choice) == numbers
    assert str(choice) == words
    assert choice.is_nobody == (not numbers)


@given(number=st.integers(max_value=0))
def test_what_has_no_number_is_never_struck(number):
    assert not ALL.has(number)
    assert not Chosen(share=0.9).has(number)


@given(seed=st.integers(0, 10**9), share=st.floats(0, 1))
def test_lots_are_the_same_for_the_same_seed_and_a_larger_share_strikes_more(seed, share):
    first, again, more = (
        Faults(seed=seed, nonsense=Chosen(share=part)).nonsense
        for part in (share, share, (1 + share) / 2)
    )
    assert struck(first) == struck(again)
    assert set(struck(first)) <= set(struck(more))


def test_lots_differ_by_seed_by_switch_and_by_rule():
    numbers = range(1, 2001)
    tenth = Chosen(share=0.1)
    faults = Faults(
        seed=1, nonsense=tenth, drop_answer=tenth, delay=Cases(rules=((tenth, 1.0), (tenth, 2.0)))
    )
    other = Faults(seed=2, nonsense=tenth)
    (rule, _), (next_rule, _) = faults.delay.rules
    drawn = [faults.nonsense, faults.drop_answer, other.nonsense, rule, next_rule]
    sets = [struck(choice, numbers) for choice in drawn]
    assert all(150 <= len(numbers) <= 250 for numbers in sets)
    assert len({tuple(numbers) for numbers in sets}) == len(sets)


def test_of_several_cases_the_first_that_matches_counts_and_single_numbers_come_first():
    found = Cases({4: "four"}, ((Chosen(every=2), "even"), (ALL, "any")))
    assert [found.of(number) for number in (1, 2, 4, 0)] == ["any", "even", "four", None]
    assert str(found) == "4; multiples of 2; all"


def test_plain_sets_lists_and_mappings_will_do():
    faults = Faults(drop_answer={2}, nonsense=[1, 3], refuse={1: 429}, missing={1: {2}})
    assert struck(faults.drop_answer) == [2]
    assert struck(faults.nonsense) == [1, 3]
    assert (faults.refuse.of(1), faults.refuse.of(2)) == (429, None)
    assert faults.withheld(1, wanted=3) == {2}
    assert pickle.loads(pickle.dumps(faults)) == faults  # noqa: S301 - our own bytes


def test_the_switches_that_are_on_are_told():
    assert NONE.on == ()
    assert Faults(drop_answer=set(), refuse={}, seed=3, retry_after_s=None).on == ()
    faults = Faults(hide_inputs=True, forget_after_s=0.0, refuse={1: 500}, empty={1})
    assert faults.on == ("refuse", "empty", "hide_inputs", "forget_after_s")


@given(
    usual=st.integers(0, 10**7),
    price=st.none() | st.integers(0, 1000),
    charge=st.none() | st.integers(0, 1000),
)
def test_a_price_that_moved_is_a_whole_number_that_is_never_too_low(usual, price, charge):
    faults = Faults(
        price={} if price is None else {2: price}, charge={} if charge is None else {2: charge}
    )
    assert faults.quoted(usual, 1) == faults.charged(usual, 1) == usual
    quoted, charged = faults.quoted(usual, 2), faults.charged(usual, 2)
    assert 0 <= 100 * quoted - usual * (100 if price is None else price) < 100
    assert 0 <= 100 * charged - quoted * (100 if charge is None else charge) < 100

"""Owners of outputs are the best whole answer, with a confidence that means something."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.imaging.matching.assign import FLOOR, NOBODY, assign, highest_sum

worths = st.integers(1, 4).flatmap(
    lambda rows: st.integers(rows, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(-20, 20), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
)


@given(worths)
def test_no_other_answer_is_worth_more(worth):
    found = highest_sum(worth)
    assert len(set(found)) == len(worth)
    best = max(
        sum(row[column] for row, column in zip(worth, columns, strict=True))
        for columns in itertools.permutations(range(len(worth[0])), len(worth))
    )
    assert sum(row[column] for row, column in zip(worth, found, strict=True)) == best


def sources(owners):
    return [owner.source for owner in owners]


def test_shuffled_outputs_find_their_sources():
    likeness = [[0.1, 0.8, 0.2], [0.7, 0.1, 0.1], [0.0, 0.2, 0.9]]
    owners = assign(likeness, [1, 1, 1])
    assert sources(owners) == [1, 0, 2]
    assert all(owner.serves and owner.confidence > 0.99 for owner in owners)


def test_the_whole_answer_counts_not_the_best_pair():
    # Greedy would give the first source to the first output and leave a poor pair.
    owners = assign([[0.80, 0.75], [0.78, 0.2]], [1, 1])
    assert sources(owners) == [1, 0]


def test_a_short_delivery_leaves_a_source_without_output():
    owners = assign([[0.1, 0.1, 0.8], [0.7, 0.2, 0.1]], [1, 1, 1])
    assert sources(owners) == [2, 0]


def test_of_two_copies_the_one_more_alike_serves():
    owners = assign([[0.70, 0.1], [0.85, 0.1]], [1, 1])
    assert sources(owners) == [0, 0]
    assert [owner.serves for owner in owners] == [False, True]
    assert all(owner.confidence > 0.95 for owner in owners)


def test_of_two_equal_copies_the_first_serves():
    owners = assign([[0.8, 0.1], [0.8, 0.1]], [1, 1])
    assert [owner.serves for owner in owners] == [True, False]


def test_a_source_asked_for_twice_is_served_twice():
    owners = assign([[0.8, 0.1], [0.8, 0.1], [0.1, 0.8]], [2, 1])
    assert [owner.serves for owner in owners] == [True, True, True]


def test_what_shows_a_decoy_serves_nobody():
    owners = assign([[0.1, 0.9], [0.8, 0.1]], [1, 0])
    assert sources(owners) == [1, 0]
    assert [owner.serves for owner in owners] == [False, True]


def test_what_is_like_nothing_is_nobodys():
    (owner,) = assign([[FLOOR / 4, FLOOR / 3]], [1, 1])
    assert (owner.source, owner.serves) == (NOBODY, False)


def test_a_toss_up_is_not_sure():
    for owner in assign([[0.80, 0.80], [0.80, 0.79]], [1, 1]):
        assert owner.confidence < 0.7


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), max_size=4))
def test_no_source_is_served_twice_and_confidence_is_a_share(likeness):
    owners = assign(likeness, [1, 1, 0])
    served = [owner.source for owner in owners if owner.serves]
    assert len(served) == len(set(served))
    assert 2 not in served
    assert all(0.5 <= owner.confidence <= 1 for owner in owners)


def test_no_outputs_have_no_owners():
    assert assign([], [1, 1]) == ()


def test_fifteen_of_each_are_quick_and_right():
    count = 15
    likeness = [
        [0.9 if (row * 7 + 3) % count == column else 0.3 for column in range(count)]
        for row in range(count)
    ]
    owners = assign(likeness, [1] * count)
    assert sources(owners) == [(row * 7 + 3) % count for row in range(count)]
    assert min(owner.confidence for owner in owners) == pytest.approx(1.0, abs=0.01)

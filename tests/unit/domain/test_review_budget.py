import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.money import MicroUsd
from pipeline.domain.review_budget import MEANINGS, Measured, Rule, Rules, judge, stricter

NOTHING = Measured(
    increase=MicroUsd(0),
    gross_before=MicroUsd(100),
    orphaned=MicroUsd(0),
    dearest=MicroUsd(0),
    models=(),
    lost=0,
    over=0,
    unpriced=0,
)
ALL = Rules(
    max_increase_usd=MicroUsd(10),
    max_increase_pct=10,
    max_orphaned_usd=MicroUsd(10),
    max_usd_per_image=MicroUsd(10),
    forbid_models=("a/b",),
)


def result(rule, rules=ALL, **measured):
    judged = {one.rule: one for one in judge(rules, NOTHING._replace(**measured))}
    return judged[rule]


@pytest.mark.parametrize(
    ("rule", "field", "fine", "wrong"),
    [
        (Rule.MAX_INCREASE_USD, "increase", 10, 11),
        (Rule.MAX_INCREASE_PCT, "increase", 10, 11),
        (Rule.MAX_ORPHANED_USD, "orphaned", 10, 11),
        (Rule.MAX_USD_PER_IMAGE, "dearest", 10, 11),
        (Rule.FORBID_MODELS, "models", ("a/c",), ("a/b", "a/c")),
        (Rule.LOST_RECEIPTS, "lost", 0, 1),
        (Rule.CAPS, "over", 0, 1),
        (Rule.PRICES, "unpriced", 0, 1),
    ],
)
def test_each_rule_passes_up_to_its_limit_and_fails_above(rule, field, fine, wrong):
    assert result(rule, **{field: fine}).passed
    assert not result(rule, **{field: wrong}).passed


def test_every_rule_says_what_it_asks_for():
    assert set(MEANINGS) == set(Rule)


def test_rules_without_a_limit_are_not_judged():
    assert [one.rule for one in judge(Rules(), NOTHING)] == [
        Rule.LOST_RECEIPTS,
        Rule.CAPS,
        Rule.PRICES,
    ]


def test_zero_is_a_limit():
    assert not result(Rule.MAX_ORPHANED_USD, Rules(max_orphaned_usd=MicroUsd(0)), orphaned=1).passed
    assert not result(Rule.MAX_INCREASE_PCT, Rules(max_increase_pct=0), increase=1).passed


@given(st.integers(-500, 500), st.integers(1, 1000), st.integers(0, 300))
def test_per_cent_are_exact_although_they_are_shown_rounded_up(increase, gross, limit):
    rules = Rules(max_increase_pct=limit)
    found = result(Rule.MAX_INCREASE_PCT, rules, increase=increase, gross_before=gross)
    assert found.passed == (increase * 100 <= limit * gross)
    assert isinstance(found.measured, int)
    assert found.measured * gross >= increase * 100 > (found.measured - 1) * gross


def test_per_cent_of_nothing_are_not_judged_and_that_is_said():
    found = result(Rule.MAX_INCREASE_PCT, increase=50, gross_before=0)
    assert (found.measured, found.passed) == (None, True)
    assert "nothing to compare with" in found.why


@pytest.mark.parametrize(
    "rule", [Rule.MAX_INCREASE_USD, Rule.MAX_INCREASE_PCT, Rule.MAX_USD_PER_IMAGE]
)
def test_no_sum_with_an_unknown_price_meets_a_limit(rule):
    assert not result(rule, unpriced=1).passed
    assert "no known price" in result(rule, unpriced=1).why


def test_what_fails_the_review():
    usual = {one.rule for one in judge(ALL, NOTHING) if one.fails}
    assert usual == set(Rule) - {Rule.CAPS, Rule.PRICES}
    warned = judge(Rules(lost_receipts="warn"), NOTHING)
    assert not any(one.fails for one in warned)
    chosen = judge(ALL, NOTHING, fail_on=[Rule.CAPS])
    assert [one.rule for one in chosen if one.fails] == [Rule.CAPS]


amounts = st.none() | st.integers(0, 5)
some_rules = st.builds(
    Rules,
    max_increase_usd=amounts,
    max_increase_pct=amounts,
    max_orphaned_usd=amounts,
    max_usd_per_image=amounts,
    forbid_models=st.sets(st.sampled_from(["a/b", "a/c"])).map(lambda s: tuple(sorted(s))),
    lost_receipts=st.sampled_from(["fail", "warn"]),
)
some_facts = st.builds(
    Measured,
    increase=st.integers(-3, 9),
    gross_before=st.integers(0, 100),
    orphaned=st.integers(0, 9),
    dearest=st.integers(0, 9),
    models=st.sets(st.sampled_from(["a/b", "a/c"])).map(lambda s: tuple(sorted(s))),
    lost=st.integers(0, 1),
    over=st.just(0),
    unpriced=st.integers(0, 1),
)


def failed(rules, facts):
    return {one.rule for one in judge(rules, facts) if one.fails and not one.passed}


@given(some_rules, some_rules, some_facts)
def test_the_stricter_of_two_fails_wherever_one_of_them_does(one, other, facts):
    assert failed(stricter(one, other), facts) == failed(one, facts) | failed(other, facts)
    assert stricter(one, other) == stricter(other, one)

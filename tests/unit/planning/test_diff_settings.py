from dataclasses import replace

import pytest

from pipeline.domain.campaign import Account, Budget, Workspace
from pipeline.domain.money import parse_usd
from pipeline.domain.review_budget import Rules
from pipeline.planning.settings import settings
from tests.support.campaigns import SINGLE, campaign

EMPTY = Workspace()


def of_workspaces(old, new):
    return [one[1:] for one in settings((old, {}), (new, {}))]


def of_campaigns(old, new):
    return [one[1:] for one in settings((EMPTY, {"winter": old}), (EMPTY, {"winter": new}))]


FIVE, NINE = parse_usd("5"), parse_usd("9")


@pytest.mark.parametrize(
    ("field", "what", "values", "is_money"),
    [
        ("cap", "cap", (FIVE, NINE), True),
        ("max_images", "max_images", (5, 9), False),
        ("month_cap", "month cap", (FIVE, NINE), True),
        ("month_images", "month max_images", (5, 9), False),
    ],
)
def test_a_limit_that_rises_or_goes_allows_more(field, what, values, is_money):
    low, high = (Workspace(**{field: value}) for value in values)
    assert of_workspaces(low, high) == [(what, *values, is_money, True)]
    assert of_workspaces(high, low) == [(what, values[1], values[0], is_money, False)]
    assert of_workspaces(low, EMPTY) == [(what, values[0], None, is_money, True)]
    assert of_workspaces(EMPTY, low) == [(what, None, values[0], is_money, False)]


@pytest.mark.parametrize(
    ("field", "values", "is_money"),
    [
        ("max_increase_usd", (FIVE, NINE), True),
        ("max_increase_pct", (5, 9), False),
        ("max_orphaned_usd", (FIVE, NINE), True),
        ("max_usd_per_image", (FIVE, NINE), True),
    ],
)
def test_rules_are_settings_too(field, values, is_money):
    low, high = (Workspace(rules=Rules(**{field: value})) for value in values)
    assert of_workspaces(low, high) == [(f"rule {field}", *values, is_money, True)]


def test_prices_models_and_words():
    old = Workspace(
        prices={"a/x": FIVE, "a/y": NINE},
        forbidden=("a/b", "a/c"),
        rules=Rules(forbid_models=("a/d",), lost_receipts="fail"),
        account=Account(exclusive=True),
    )
    new = Workspace(
        prices={"a/x": NINE},
        forbidden=("a/c",),
        rules=Rules(forbid_models=("a/d", "a/e"), lost_receipts="warn"),
    )
    assert of_workspaces(old, new) == [
        ("price of a/x", FIVE, NINE, True, False),
        ("price of a/y", NINE, None, True, True),
        ("forbidden models", "a/b, a/c", "a/c", False, True),
        ("rule forbid_models", "a/d", "a/d, a/e", False, False),
        ("rule lost_receipts", "fail", "warn", False, True),
        ("exclusive key", "yes", "no", False, True),
    ]
    assert of_workspaces(old, old) == []


def test_a_campaigns_model_and_limits():
    old = campaign(cap="5")
    new = replace(
        old,
        model=SINGLE,
        budget=Budget(cap=NINE, max_images=3, max_per_job=FIVE, max_images_per_job=2),
        assume_max=FIVE,
        canary=2,
    )
    assert of_campaigns(old, new) == [
        ("model", old.model, SINGLE, False, False),
        ("cap", FIVE, NINE, True, True),
        ("max_images", None, 3, False, False),
        ("max_per_job", None, FIVE, True, False),
        ("max_images_per_job", None, 2, False, False),
        ("assume_max_usd", None, FIVE, True, True),
        ("canary", None, 2, False, False),
    ]
    assert ("assume_max_usd", FIVE, None, True, False) in of_campaigns(new, old)


def test_a_new_campaign_says_its_model_and_its_caps_and_loosens_nothing():
    new = campaign(cap="5")
    assert [tuple(one) for one in settings((EMPTY, {}), (EMPTY, {"winter": new}))] == [
        ("winter", "model", None, new.model, False, False),
        ("winter", "cap", None, FIVE, True, False),
    ]

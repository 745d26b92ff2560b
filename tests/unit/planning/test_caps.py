"""Caps as the plan sees them; the ledger checks them again when it counts."""

from dataclasses import replace

import pytest

from pipeline.domain.campaign import Budget
from pipeline.domain.money import MicroUsd, parse_usd
from pipeline.domain.plan import Limit
from tests.support.campaigns import campaign
from tests.unit.planning.shop import PICTURES, buy, plan_of


def limit(money=None, images=None, *, scope="campaign", name="winter", spent="0", bought=0):
    cap = None if money is None else parse_usd(money)
    return Limit(scope, name, cap, images, parse_usd(spent), bought)


def problems(*limits, pictures=range(1, 6), **changes):
    """Problems of a plan that costs $0.20 for five pictures."""
    return plan_of(campaign(pictures=pictures, **changes), limits=limits).problems


@pytest.mark.parametrize(
    ("cap", "spent", "found"),
    [
        ("0.20", "0", ["P021"]),
        ("0.199999", "0", ["P020"]),
        ("1.00", "0.80", ["P021"]),
        ("1.00", "0.800001", ["P020"]),
        ("1.00", "2.00", ["P020"]),
        ("0.25", "0", ["P021"]),  # exactly 80%
        ("0.250001", "0", []),
        ("100", "0", []),
    ],
)
def test_a_cap_is_passed_by_a_millionth_and_warned_of_at_80_per_cent(cap, spent, found):
    assert [p.code for p in problems(limit(cap, spent=spent))] == found


def test_a_passed_cap_stops_and_a_near_one_does_not():
    (over,), (near,) = problems(limit("0.10")), problems(limit("0.20"))
    assert over.is_error
    assert not near.is_error


def test_a_passed_cap_says_how_much_and_what_to_do():
    (problem,) = problems(limit("0.50", spent="0.35"))
    assert problem.what == "the plan costs $0.20 and campaign `winter` has $0.15 left"
    assert problem.why == "its cap is $0.50, of which $0.35 is spent or held"
    assert problem.fix.startswith("raise the cap by $0.05")


def test_warn_at_is_the_authors():
    budget = Budget(cap=parse_usd("1"), warn_at=20)
    assert [p.code for p in problems(limit("1.00"), budget=budget)] == ["P021"]
    assert problems(limit("1.00"), budget=replace(budget, warn_at=21)) == ()


@pytest.mark.parametrize("scope", ["run", "month", "workspace"])
def test_other_scopes_stop_and_do_not_warn(scope):
    assert problems(limit("0.20", scope=scope, name="")) == ()
    (problem,) = problems(limit("0.10", scope=scope, name=""))
    assert problem.code == "P020"
    assert f"and {scope} has" in problem.what


def test_the_number_of_pictures_is_capped_as_well():
    assert problems(limit(images=5)) == ()
    assert problems(limit(images=15, bought=10)) == ()
    (problem,) = problems(limit(images=15, bought=11))
    assert (problem.code, problem.is_error) == ("P022", True)
    assert "at least 16" in problem.fix


def test_every_cap_that_would_be_passed_is_named():
    found = problems(
        limit("0.10", images=1),
        limit("0.15", scope="month", name="2026-11"),
        limit(images=4, scope="month", name="2026-11"),
    )
    assert [p.code for p in found] == ["P020", "P022", "P020", "P022"]


def test_a_plan_that_buys_nothing_passes_no_cap():
    of = campaign()
    plan = plan_of(of, buy(plan_of(of)), limits=[limit("0.01", images=1, spent="5", bought=9)])
    assert plan.problems == ()


def test_what_is_left_is_never_below_zero():
    assert limit("1", spent="3").left == 0
    assert limit("3", spent="1").left == 2_000_000
    assert limit(None, images=3).left is None


def test_the_highest_possible_price_is_held_against_the_cap():
    of = campaign(pictures=[1], assume_max=MicroUsd(250_000))
    floor = replace(PICTURES, price=replace(PICTURES.price, kind="floor"))
    plan = plan_of(of, card=floor, limits=[limit("0.24")])
    assert [p.code for p in plan.problems] == ["P020"]

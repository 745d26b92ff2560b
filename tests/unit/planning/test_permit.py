"""A plan under a permit: what it lets be bought, what it refuses, and what it keeps quiet about."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.campaign import Budget
from pipeline.domain.card import PriceRule
from pipeline.domain.history import Filed
from pipeline.domain.money import MicroUsd, parse_usd
from pipeline.domain.permit import (
    ChangedPlanError,
    NewerPlanError,
    NoPermitError,
    OldPlanError,
    read_permit,
    sealed,
    unit_price,
)
from pipeline.domain.plan import Action, Limit
from pipeline.domain.receipts import Lost
from pipeline.planning.permit import limit_of, under_permit
from pipeline.planning.select import parse_selection
from pipeline.reporting.plan_json import plans_document
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.shop import (
    AT,
    PICTURES,
    addresses,
    buy,
    fail,
    plan_of,
)

UNIT = 40_000


def permit_of(*plans):
    """As it is read back from the file that a plan is saved in."""
    return read_permit(json.loads(json.dumps(plans_document([(plan, 0) for plan in plans]))))


def carried_out(of, permit, filed=(), *, spent=0, card=PICTURES, limits=(), **facts):
    """The plan of a run under a permit."""
    own = limit_of(permit, spent=MicroUsd(spent), images=0)
    plan = plan_of(of, filed, card=card, limits=[*limits, own], **facts)
    return under_permit(plan, permit, permit.parts[of.name], of, card)


def codes(plan):
    return [problem.code for problem in plan.problems]


def bought(plan):
    return [addresses(step.cells) for step in plan.steps]


class TestListed:
    def test_a_permit_that_was_just_made_buys_what_it_lists(self):
        of = campaign(pictures=range(1, 10), variants=("snow", "studio"))
        plan = plan_of(of)
        under = carried_out(of, permit_of(plan))
        assert under.steps == plan.steps
        assert under.problems == ()
        assert under.permit[2:] == (18, 0, 0, 0, 0)

    def test_a_job_that_is_partly_bought_runs_with_the_rest_and_is_never_mixed(self):
        """Nine pictures are a job of seven and one of two; packed anew, the rest would be one."""
        of = campaign(pictures=range(1, 10))
        plan = plan_of(of)
        assert [len(step.cells) for step in plan.steps] == [7, 2]
        filed = buy(plan_of(campaign(pictures=[1, 2, 3, 4])))
        assert [len(step.cells) for step in plan_of(of, filed).steps] == [5]
        under = carried_out(of, permit_of(plan), filed)
        assert bought(under) == [
            [f"anna/p00{n}/snow/master/t1" for n in (5, 6, 7)],
            [f"anna/p00{n}/snow/master/t1" for n in (8, 9)],
        ]
        assert under.permit.bought == 4

    def test_cells_of_a_failed_job_are_packed_alone(self):
        of = campaign(pictures=[1, 2])
        plan = plan_of(of)
        under = carried_out(of, permit_of(plan), fail(plan))
        assert [len(step.cells) for step in under.steps] == [1, 1]
        assert codes(under) == []

    @settings(deadline=None, max_examples=50)
    @given(st.sets(st.integers(1, 20)), st.sets(st.integers(1, 20)))
    def test_whatever_was_bought_every_step_is_part_of_one_listed_job(self, before, between):
        of = campaign(pictures=range(1, 21))
        first = buy(plan_of(campaign(pictures=sorted(before)))) if before else []
        permit = permit_of(plan_of(of, first))
        later = [*first, *(buy(plan_of(campaign(pictures=sorted(between)))) if between else [])]
        under = carried_out(of, permit, later)
        assert under.problems == ()
        jobs = [set(job.cells) for job in permit.parts["winter"].jobs]
        for step in under.steps:
            assert sum({cell.key for cell in step.cells} <= job for job in jobs) == 1
        keys = [cell.key for step in under.steps for cell in step.cells]
        assert set(keys) == {cell.key for step in plan_of(of, later).steps for cell in step.cells}
        assert len(keys) == len(set(keys))
        assert under.cost <= permit.total

    def test_what_is_listed_and_not_wanted_any_more_is_skipped_and_counted(self):
        permit = permit_of(plan_of(campaign(pictures=[1, 2, 3])))
        under = carried_out(campaign(pictures=[2]), permit)
        assert bought(under) == [["anna/p002/snow/master/t1"]]
        assert (under.permit.listed, under.permit.unwanted) == (3, 2)

    def test_what_is_blocked_meanwhile_waits(self):
        of = campaign(pictures=[1])
        plan = plan_of(of)
        under = carried_out(of, permit_of(plan), fail(plan, code=1200))
        assert (under.steps, under.permit.waiting) == ((), 1)
        assert codes(under) == []

    def test_a_tighter_cap_of_one_request_holds(self):
        of = campaign(pictures=range(1, 5))
        permit = permit_of(plan_of(of))
        tight = replace(of, budget=Budget(cap=of.budget.cap, max_per_job=parse_usd("0.08")))
        assert [len(step.cells) for step in carried_out(tight, permit).steps] == [2, 2]

    def test_caps_are_held_against_what_the_permit_lets_be_bought(self):
        of = campaign(pictures=range(1, 4))
        permit = permit_of(plan_of(campaign(pictures=[1])))
        selected, _ = parse_selection(["anna/p001"], [])
        limit = Limit("campaign", "winter", MicroUsd(UNIT), None)
        under = carried_out(of, permit, limits=[limit], selection=selected)
        assert codes(under) == ["P021"]
        dear = carried_out(of, permit_of(plan_of(of)), limits=[limit])
        assert codes(dear) == ["P020"]


class TestUnlisted:
    def test_a_wanted_cell_that_is_not_listed_is_refused(self):
        permit = permit_of(plan_of(campaign(pictures=[1, 2])))
        under = carried_out(campaign(pictures=[1, 2, 3]), permit)
        (problem,) = [one for one in under.problems if one.is_error]
        assert problem.code == "P035"
        assert "anna/p003/snow/master/t1" in problem.what
        assert permit.digest[:15] in problem.why

    def test_a_changed_prompt_makes_other_cells_and_is_said(self):
        of = campaign()
        permit = permit_of(plan_of(of))
        other = replace(of, prompt="Draw {set.subject} in {variant.place}.", manifest="1" * 64)
        under = carried_out(other, permit)
        assert sorted(codes(under)) == ["P035", "P038"]
        assert under.steps == ()
        assert "the manifest has changed" in next(p for p in under.problems if p.code == "P035").why

    def test_a_changed_manifest_alone_is_a_warning(self):
        of = campaign()
        under = carried_out(replace(of, manifest="1" * 64), permit_of(plan_of(of)))
        assert codes(under) == ["P038"]
        assert not under.problems[0].is_error
        assert under.images == 3

    def test_what_who_made_the_plan_left_out_stays_out_and_is_no_surprise(self):
        of = campaign(variants=("snow", "studio"))
        selection, _ = parse_selection(["variant:snow"], [])
        permit = permit_of(plan_of(of, selection=selection))
        under = carried_out(of, permit)
        assert codes(under) == []
        assert under.count(Action.LEFT_OUT) == 3
        assert under.images == 3

    def test_and_is_bought_by_nobody_but_counts_if_somebody_did(self):
        of = campaign(variants=("snow", "studio"))
        whole = plan_of(of)
        selection, _ = parse_selection(["variant:snow"], [])
        permit = permit_of(plan_of(of, selection=selection))
        under = carried_out(of, permit, buy(whole, steps=slice(1, 2)))
        assert under.count(Action.LEFT_OUT) == 0
        assert under.count(Action.CACHED) == 3

    def test_a_selection_of_the_run_narrows_the_permit_further(self):
        of = campaign()
        selection, _ = parse_selection(["anna/p001"], [])
        under = carried_out(of, permit_of(plan_of(of)), selection=selection)
        assert bought(under) == [["anna/p001/snow/master/t1"]]
        assert under.permit.waiting == 2

    @pytest.mark.parametrize(
        ("listed", "now"),
        [("buy", "top-up"), ("buy", "rebuy"), ("top-up", "rebuy"), ("rebuy", "top-up")],
    )
    def test_paying_again_must_be_listed_as_that(self, listed, now):
        of = campaign(pictures=[1])
        permit = permit_of(_plan_with(of, listed))
        under = carried_out(of, permit, _leading_to(of, now))
        assert (under.steps, under.permit.again) == ((), 1)
        assert codes(under) == []

    @pytest.mark.parametrize("action", ["top-up", "rebuy"])
    def test_and_then_it_is_bought(self, action):
        of = campaign(pictures=[1])
        permit = permit_of(_plan_with(of, action))
        under = carried_out(of, permit, _leading_to(of, action))
        assert [step.action for step in under.steps] == [Action(action)]

    def test_who_agreed_to_pay_again_agreed_to_pay(self):
        """A doubt that a person waived: what would have been a top-up is wanted anew."""
        of = campaign(pictures=[1])
        under = carried_out(of, permit_of(_plan_with(of, "top-up")))
        assert [step.action for step in under.steps] == [Action.BUY]


def _leading_to(of, action):
    """Receipts after which the one cell has an action."""
    plan = plan_of(of)
    if action == "buy":
        return []
    if action == "top-up":
        return buy(plan, short=1)
    filed = buy(plan)
    gen = filed[0].receipt
    lost = Lost(gen.order.attempt, AT, gen.order.cells[0].key, gen.outputs[0].sha256, "gone")
    return [*filed, Filed(of.name, lost)]


def _plan_with(of, action):
    plan = plan_of(of, _leading_to(of, action))
    assert [step.action.value for step in plan.steps] == [action]
    return plan


class TestPrice:
    def test_a_price_above_the_listed_one_is_refused(self):
        of = campaign()
        permit = permit_of(plan_of(of))
        under = carried_out(of, permit, card=_at(UNIT + 1))
        (problem,) = under.problems
        assert problem.code == "P036"
        assert "$0.120003 for 3 pictures, where $0.12 was shown" in problem.what

    def test_a_lower_price_is_welcome(self):
        of = campaign()
        under = carried_out(of, permit_of(plan_of(of)), card=_at(UNIT - 1))
        assert under.problems == ()
        assert under.cost == 3 * (UNIT - 1)

    def test_a_price_is_held_against_one_picture_not_against_the_whole_job(self):
        """One picture left of three, at twice its price, would be cheaper than the listed job."""
        of = campaign()
        permit = permit_of(plan_of(of))
        filed = buy(plan_of(campaign(pictures=[1, 2])))
        assert codes(carried_out(of, permit, filed, card=_at(2 * UNIT))) == ["P036"]

    @given(st.integers(0, 10**9), st.integers(1, 15))
    def test_unit_prices_never_forbid_the_job_that_they_are_of(self, most, pictures):
        unit = unit_price(MicroUsd(most), pictures)
        assert most <= unit * pictures < most + pictures


def _at(unit: int):
    price = replace(PICTURES.price, unit=MicroUsd(unit))
    assert isinstance(price, PriceRule)
    return replace(PICTURES, price=price)


class TestTotal:
    def test_what_was_spent_under_it_is_not_there_any_more(self):
        of = campaign()
        plan = plan_of(of)
        permit = permit_of(plan)
        under = carried_out(of, permit, fail(plan), spent=3 * UNIT)
        (problem,) = under.problems
        assert problem.code == "P037"
        assert "costs $0.12 and the permit has $0.00 left" in problem.what

    def test_to_the_millionth(self):
        of = campaign()
        permit = permit_of(plan_of(of))
        assert codes(carried_out(of, permit, spent=0)) == []
        assert codes(carried_out(of, permit, spent=1)) == ["P037"]

    def test_the_total_is_that_of_all_campaigns(self):
        one, other = campaign(), campaign(name="autumn", sets=(image_set("bag", [7]),))
        permit = permit_of(plan_of(one), plan_of(other))
        assert permit.total == 4 * UNIT
        assert codes(carried_out(other, permit, spent=3 * UNIT)) == []
        assert codes(carried_out(one, permit, spent=3 * UNIT)) == ["P037"]


class TestReading:
    @pytest.fixture
    def document(self):
        return json.loads(json.dumps(plans_document([(plan_of(campaign()), 0)])))

    def test_what_was_saved_is_read_back(self, document):
        plan = plan_of(campaign())
        permit = read_permit(document)
        (job,) = permit.parts["winter"].jobs
        assert job.cells == tuple(cell.key for cell in plan.cells)
        assert (job.action, job.unit, job.most) == (Action.BUY, UNIT, 3 * UNIT)
        assert (permit.total, permit.parts["winter"].realm) == (3 * UNIT, "real")
        assert permit.digest.startswith("p1-")

    def test_layout_and_order_of_keys_do_not_count(self, document):
        assert read_permit(dict(reversed(document.items()))) == read_permit(document)

    def test_the_same_plan_is_the_same_permit(self, document):
        assert plans_document([(plan_of(campaign()), 0)]) == document

    def test_any_change_is_noticed(self, document):
        """Every value of the document, changed by itself."""
        for path in _paths(document):
            changed = json.loads(json.dumps(document))
            _change(changed, path)
            with pytest.raises(NoPermitError):
                read_permit(changed)

    @pytest.mark.parametrize("version", [1, 3, 999])
    def test_other_formats_are_refused_whatever_they_hold(self, version):
        refusal = OldPlanError if version == 1 else NewerPlanError
        for name in ("plan", "plans"):
            with pytest.raises(refusal):
                read_permit(sealed({name: version, "anything": []}))

    @pytest.mark.parametrize(
        "document", [None, [], "x", {}, {"plan": "2"}, {"plan": True}, {"plans": []}, {"plan": -1}]
    )
    def test_what_is_no_plan_is_refused(self, document):
        with pytest.raises(NoPermitError):
            read_permit(document)

    @pytest.mark.parametrize(
        "edit",
        [
            lambda d: d.update(total=d["total"] + 1),
            lambda d: d["steps"][0].update(unit=d["steps"][0]["unit"] + 1),
            lambda d: d["steps"][0].update(action="cached"),
            lambda d: d["steps"][0]["cells"].append(d["steps"][0]["cells"][0]),
            lambda d: d["steps"][0]["cells"].append("c1-short"),
            lambda d: d["steps"].append(d["steps"][0]),
            lambda d: d["steps"][0]["quote"].update(most=-1),
            lambda d: d["steps"][0]["quote"].update(most=True),
            lambda d: d.pop("steps"),
            lambda d: d.update(cells=[3]),
            lambda d: d.update(campaign=7),
        ],
    )
    def test_one_that_does_not_agree_with_itself_is_refused_though_it_is_sealed(
        self, document, edit
    ):
        edit(document)
        with pytest.raises(NoPermitError):
            read_permit(sealed(document))

    def test_a_float_is_no_money(self, document):
        document["total"] = 120000.0
        with pytest.raises(ChangedPlanError):
            read_permit(document)

    def test_a_campaign_that_stands_in_it_twice_is_refused(self):
        plan = plan_of(campaign())
        with pytest.raises(NoPermitError, match="each of its campaigns once"):
            permit_of(plan, plan)


def _paths(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))
    else:
        yield path


def _change(document, path):
    *way, last = path
    for part in way:
        document = document[part]
    old = document[last]
    document[last] = old + 1 if isinstance(old, int) else f"{old}0"

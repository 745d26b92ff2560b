"""A plan that was saved and read again is the permit of that plan, and of no other."""

import copy
import functools
import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.commands.sheet_facts import read_address
from pipeline.domain.permit import NoPermitError, read_permit, unit_price
from pipeline.domain.plan import Action, Address
from pipeline.reporting.plan_json import plans_document
from tests.functional.documents import hold
from tests.property.strategies import law, words
from tests.property.test_planning_laws import cards, wanted
from tests.unit.planning.shop import buy, fail, plan_of

pytestmark = pytest.mark.slow


@st.composite
def plans(draw):
    """One or two plans, some of them after purchases and failures."""
    found = []
    for number in range(draw(st.integers(1, 2))):
        card = draw(cards)
        campaign = replace(draw(wanted), name=f"campaign-{number}")
        first = plan_of(campaign, card=card)
        cut = draw(st.integers(0, 3))
        filed = [*buy(first, steps=slice(0, cut)), *fail(first)[cut : cut + 1]]
        found.append((plan_of(campaign, filed, card=card), draw(st.integers(0, 99))))
    return found


def saved(drawn):
    return json.loads(json.dumps(plans_document(drawn), indent=2, ensure_ascii=False))


@law
@given(plans())
def test_what_was_saved_is_read_back(drawn):
    document = saved(drawn)
    permit = read_permit(document)
    assert permit.digest == document["digest"]
    assert permit.total == sum(step.quote.most for plan, _ in drawn for step in plan.steps)
    assert list(permit.parts) == [plan.campaign for plan, _ in drawn]
    for plan, _ in drawn:
        part = permit.parts[plan.campaign]
        assert (part.realm, part.manifest) == (plan.realm, plan.manifest)
        assert [(job.action, job.cells, job.unit, job.most) for job in part.jobs] == [
            (
                step.action,
                tuple(cell.key for cell in step.cells),
                unit_price(step.quote.most, len(step.cells)),
                step.quote.most,
            )
            for step in plan.steps
        ]
        assert part.left_out == {
            cell.key
            for cell, decision in zip(plan.cells, plan.decisions, strict=True)
            if decision.action is Action.LEFT_OUT
        }
    hold(document, "a saved plan")


@law
@given(plans(), st.randoms(use_true_random=True))
def test_layout_and_order_of_keys_do_not_count(drawn, chance):
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in chance.sample(list(value), len(value))}
        return [turned(item) for item in value] if isinstance(value, list) else value

    document = saved(drawn)
    assert read_permit(turned(document)) == read_permit(document)


def _paths(value, path=()):
    yield path
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from _paths(item, (*path, key))
    for index, item in enumerate(value) if isinstance(value, list) else ():
        yield from _paths(item, (*path, index))


@law
@given(plans(), st.randoms(use_true_random=True), st.sampled_from([0, 1, "x", None, [], True]))
def test_a_saved_plan_that_was_changed_anywhere_allows_nothing(drawn, chance, other):
    document = saved(drawn)
    changed = copy.deepcopy(document)
    *way, last = chance.choice([path for path in _paths(document) if path])
    around = functools.reduce(lambda value, part: value[part], way, changed)
    assume(json.dumps(around[last]) != json.dumps(other))
    around[last] = other
    with pytest.raises(NoPermitError):
        read_permit(changed)


addresses = st.builds(Address, words, words, words, words, st.integers(1, 10**6))


@law
@given(addresses, st.booleans())
def test_an_address_is_read_back(address, is_text):
    shown = address._replace(set="", picture="") if is_text else address
    assert read_address(str(shown)) == shown

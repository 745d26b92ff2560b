"""Laws of planning, over small campaigns of every shape."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.campaign import (
    Add,
    Budget,
    Exclude,
    Extend,
    Matrix,
    PixelSize,
    Size,
    Variant,
    Where,
)
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import PAID, Action
from tests.property.strategies import law
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.shop import PICTURE, PICTURES, buy, fail, lose, plan_of

NAMES = ["anna", "bag", "carl"]
VARIANTS = [Variant(v, {"place": place}, {}) for v, place in zip("abc", "xyx", strict=True)]
SIZES = [
    Size("feed", PixelSize(1080, 1350)),
    Size("story", PixelSize(1080, 1920), native=PixelSize(1440, 2560)),
    Size("wide", PixelSize(1920, 1080), native=PixelSize(2560, 1440)),
]
LATER = "2026-11-21T12:00:00Z"

wheres = st.builds(
    Where,
    set=st.none() | st.sampled_from([*NAMES, "*"]),
    picture=st.none() | st.sampled_from(["p001", "p00*"]),
    variant=st.none() | st.sampled_from(["a", "b", "[bc]"]),
    take=st.none() | st.integers(1, 2),
)

pytestmark = pytest.mark.slow
matrices = st.builds(
    Matrix,
    exclude=st.lists(st.builds(Exclude, wheres, st.just("")), max_size=1).map(tuple),
    extend=st.lists(
        st.builds(Extend, wheres, st.just({"place": "z"}), st.just({"seed": 1})), max_size=2
    ).map(tuple),
    add=st.lists(st.builds(lambda where: Add(replace(where, take=3)), wheres), max_size=1).map(
        tuple
    ),
)


@st.composite
def campaigns(draw):
    sets = tuple(
        image_set(
            name,
            draw(st.lists(st.integers(0, 15), min_size=1, max_size=10, unique=True)),
            reference=draw(st.none() | st.integers(0, 15)),
        )
        for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    )
    per_job = draw(st.none() | st.sampled_from([40_000, 100_000, 200_000]))
    return campaign(
        sets=sets,
        sizes=tuple(draw(st.lists(st.sampled_from(SIZES), max_size=3, unique_by=lambda s: s.name))),
        takes=draw(st.integers(1, 3)),
        matrix=draw(matrices),
        sequence=draw(st.sampled_from(["pictures", "takes"])),
        budget=Budget(max_per_job=None if per_job is None else MicroUsd(per_job)),
    ), draw(st.lists(st.sampled_from(VARIANTS), min_size=1, max_size=3, unique_by=lambda v: v.id))


wanted = campaigns().map(lambda drawn: replace(drawn[0], variants=tuple(drawn[1])))
cards = st.sampled_from([PICTURES, PICTURE])


def paid(plan):
    return [c.key for c, d in zip(plan.cells, plan.decisions, strict=True) if d.action in PAID]


@law
@given(wanted, cards)
def test_planning_is_a_function(of, card):
    assert plan_of(of, card=card) == plan_of(of, card=card)


@law
@given(wanted, cards)
def test_each_address_is_once_and_each_key_is_bought_once(of, card):
    plan = plan_of(of, card=card)
    assert max(Counter(cell.address for cell in plan.cells).values(), default=0) <= 1
    assert max(Counter(paid(plan)).values(), default=0) <= 1
    assert set(paid(plan)) == {cell.key for cell in plan.cells}


@law
@given(wanted, cards)
def test_every_cell_to_buy_is_in_exactly_one_step(of, card):
    plan = plan_of(of, card=card)
    packed = [cell.key for step in plan.steps for cell in step.cells]
    assert sorted(packed) == sorted(paid(plan))


@law
@given(wanted, cards)
def test_every_request_is_legal(of, card):
    for step in plan_of(of, card=card).steps:
        inputs, outputs = len(step.request.inputs), len(step.cells)
        assert card.inputs.least <= inputs <= card.inputs.most
        assert 1 <= outputs <= card.outputs.most
        if card.outputs.inputs_plus_outputs is not None:
            assert inputs + outputs <= card.outputs.inputs_plus_outputs
        if of.budget.max_per_job is not None:
            assert step.quote.most <= of.budget.max_per_job
        (recipe,) = {id(cell.recipe): cell.recipe for cell in step.cells}.values()
        if recipe.reference is not None:
            assert step.request.inputs[0] == ("reference", recipe.reference)
        sent = {picture.sha256 for picture in step.request.inputs}
        assert {cell.source for cell in step.cells} <= sent
        assert len(sent) == inputs


@law
@given(wanted, cards)
def test_the_total_is_the_sum_over_all_cells(of, card):
    plan = plan_of(of, card=card)
    assert plan.cost == len(paid(plan)) * 40_000
    assert plan.cost == sum(step.quote.amount for step in plan.steps)
    assert plan.images == len(paid(plan))


@law
@given(wanted, cards)
def test_after_a_full_purchase_all_is_cached(of, card):
    plan = plan_of(of, card=card)
    again = plan_of(of, buy(plan), card=card)
    assert {d.action for d in again.decisions} <= {Action.CACHED}
    assert again.steps == ()


@law
@given(wanted, cards, st.integers(0, 5))
def test_a_purchase_in_two_runs_buys_the_same_as_in_one(of, card, cut):
    whole = plan_of(of, card=card)
    first = buy(whole, steps=slice(0, cut))
    rest = plan_of(of, first, card=card)
    assert sorted(paid(whole)) == sorted(
        [*paid(rest), *(c.key for _, r in first for c in r.order.cells)]
    )
    assert plan_of(of, [*first, *buy(rest, at=LATER)], card=card).steps == ()


@law
@given(wanted, cards, st.sampled_from([fail, lose, lambda plan: buy(plan, short=1)]))
def test_nothing_is_asked_for_while_it_is_unclear_and_nothing_is_forgotten(of, card, trouble):
    plan = plan_of(of, card=card)
    again = plan_of(of, trouble(plan), card=card)
    assert len(again.decisions) == len(again.cells)
    for step in again.steps:
        assert len(step.cells) == 1  # what went wrong is packed alone
    assert set(paid(again)) <= set(paid(plan))


@law
@given(wanted, cards)
def test_splitting_a_campaign_in_two_changes_no_total(of, card):
    whole = plan_of(of, card=card)
    halves = [
        replace(of, name=f"half-{n}", sets=(one,), matrix=of.matrix)
        for n, one in enumerate(of.sets)
    ]
    filed, cost = [], 0
    for half in halves:
        plan = plan_of(half, filed, card=card)
        cost += plan.cost
        filed += buy(plan)
    assert cost == whole.cost
    assert plan_of(of, filed, card=card).steps == ()


def _halves(of, by):
    """A campaign in two: its variants, or the pictures of each set, shared out among them."""
    for part in (0, 1):
        if by == "variants":
            half = replace(of, variants=of.variants[part::2])
        else:
            sets = [replace(one, pictures=one.pictures[part::2]) for one in of.sets]
            half = replace(of, sets=tuple(one for one in sets if one.pictures))
        if half.variants and half.sets:
            yield replace(half, name=f"half-{part}", matrix=Matrix())


@law
@given(wanted, cards, st.sampled_from(["variants", "pictures"]))
def test_sharing_variants_or_pictures_out_changes_no_total(of, card, by):
    plain = replace(of, matrix=Matrix())
    whole = plan_of(plain, card=card)
    filed, cost, images = [], 0, 0
    for half in _halves(plain, by):
        plan = plan_of(half, filed, card=card)
        cost += plan.cost
        images += plan.images
        filed += buy(plan)
    assert (cost, images) == (whole.cost, whole.images)
    assert plan_of(plain, filed, card=card).steps == ()


@law
@given(wanted, cards, st.randoms(use_true_random=True))
def test_order_and_names_change_no_key(of, card, chance):
    def shuffled(items):
        return tuple(chance.sample(items, len(items)))

    other = replace(
        of,
        name="other",
        title="Other",
        owner="somebody",
        tags=("new",),
        file="elsewhere.yaml",
        manifest="f" * 64,
        budget=Budget(cap=MicroUsd(1)),
        sets=shuffled([replace(one, pictures=shuffled(one.pictures)) for one in of.sets]),
        variants=shuffled(of.variants),
        matrix=Matrix(exclude=of.matrix.exclude, extend=of.matrix.extend, add=of.matrix.add),
    )
    one, two = plan_of(of, card=card), plan_of(other, card=card)
    assert sorted(c.key for c in one.cells) == sorted(c.key for c in two.cells)
    assert plan_of(other, buy(one), card=card).steps == ()

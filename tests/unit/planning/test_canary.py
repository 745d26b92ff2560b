"""A few pictures that stand for all."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.planning.canary import canary, only, outstanding
from pipeline.planning.expand import expand
from pipeline.planning.fit import fitting
from pipeline.planning.pack import Packer
from tests.property.strategies import law
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.shop import PICTURES, addresses, buy, plan_of

WIDE = campaign(
    sets=(image_set("anna", range(1, 4)), image_set("bag", range(11, 14))),
    variants=("snow", "studio", "beach"),
    takes=2,
)


def cells_of(of):
    return expand(of, PICTURES, realm="real", engine=None).cells


def test_it_shows_every_variant_before_it_shows_anything_twice():
    assert addresses(canary(cells_of(WIDE), 4)) == [
        "anna/p001/snow/master/t1",
        "bag/p011/studio/master/t1",
        "anna/p002/beach/master/t1",
        "bag/p012/snow/master/t1",
    ]


@law
@given(st.integers(1, 30))
def test_it_is_as_large_as_asked_and_has_nothing_twice(number):
    cells = cells_of(WIDE)
    chosen = canary(cells, number)
    assert len(chosen) == min(number, 18)  # further takes show nothing new
    assert len({cell.key for cell in chosen}) == len(chosen)
    assert canary(cells, number + 1)[: len(chosen)] == chosen


def test_what_is_bought_of_it_is_not_outstanding_and_the_rest_is_left_out_of_the_plan():
    plan = plan_of(WIDE)
    missing = outstanding(plan, 3)
    cut = only(plan, missing, Packer(WIDE, PICTURES).without)
    assert {cell.key for step in cut.steps for cell in step.cells} == missing
    assert cut.images == 3
    again = plan_of(WIDE, buy(cut))
    assert outstanding(again, 3) == frozenset()
    assert again.images == plan.images - 3


@law
@given(st.integers(0, 12), st.integers(0, 40))
def test_what_fits_is_the_longest_beginning_that_does(dollars, images):
    steps = plan_of(WIDE).steps
    limit = Limit("campaign", "winter", MicroUsd(dollars * 100_000), images, MicroUsd(1), 1)
    fits, over = fitting(steps, [limit])
    assert fits == steps[: len(fits)]
    assert _room(fits, limit)
    if over is None:
        assert fits == steps
    else:
        assert over == limit
        assert not _room(steps[: len(fits) + 1], limit)


def _room(steps, limit):
    money = limit.spent + sum(step.quote.most for step in steps)
    images = limit.spent_images + sum(len(step.cells) for step in steps)
    return not steps or (money <= limit.money and images <= limit.images)

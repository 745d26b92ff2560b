"""A permit over power cuts: whatever dies when, its runs never spend more than its total."""

import itertools

import pytest

from pipeline.commands.books import Books
from pipeline.domain.permit import Permit, read_permit
from pipeline.domain.plan import Action
from pipeline.emulator.faults import Faults
from pipeline.execution.outcome import Outcome
from pipeline.reporting.plan_json import plans_document
from tests.support.campaigns import campaign
from tests.support.lives import Fuse, World
from tests.support.slices import torture_but

# A cut leaves files open, as it must; Python says so when it cleans up.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
UNIT = 40_000
_CUTS = torture_but([9], [9, 2])
"""Each how many-th moment is cut; `test_power_cut` tries every single one, without a permit."""


def permit_for(world: World, wanted) -> Permit:
    """As it would be read from a file."""
    return read_permit(plans_document([(world.plan(wanted), 0)]))


def spent(world: World, permit: Permit) -> int:
    books = Books(world.places, world.realm)
    try:
        return books.spent(books.history(), "permit", permit.digest).total
    finally:
        books.close()


@pytest.mark.parametrize("every", _CUTS)
def test_a_power_cut_anywhere_leaves_what_the_permit_has_spent_in_the_books(tmp_path, every):
    """Two jobs; after each cut the permit goes on with what is left, and with that alone."""
    wanted = campaign(pictures=range(1, 3), variants=("snow", "studio"))
    for moments in itertools.count(1, every):
        world = World(tmp_path / str(moments))
        world.permit = permit = permit_for(world, wanted)
        fuse = Fuse(moments)
        world.run(wanted, fuse)
        assert world.bill() <= permit.total
        for _ in range(4):
            world.clock.jump(minutes=20)
            world.run(wanted)
            plan = world.plan(wanted)
            if plan.count(Action.CACHED) == len(plan.cells):
                break
        assert plan.count(Action.CACHED) == 4, moments
        assert world.bill() == permit.total == 4 * UNIT, moments
        assert spent(world, permit) == permit.total, moments
        if not fuse.is_blown:
            break
    assert moments > 40


@pytest.mark.parametrize("every", _CUTS)
def test_cut_around_a_short_delivery_it_spends_no_more_than_its_total(tmp_path, every):
    """Three asked for, two came; and after any cut nobody pays for the third under this permit."""
    wanted = campaign(pictures=range(1, 4))
    for moments in itertools.count(1, every):
        world = World(tmp_path / str(moments), faults=Faults(missing={1: frozenset({2})}))
        world.permit = permit = permit_for(world, wanted)
        fuse = Fuse(moments)
        world.run(wanted, fuse)
        for _ in range(3):
            world.clock.jump(minutes=20)
            world.run(wanted)
        assert world.bill() == permit.total == 3 * UNIT, moments
        assert spent(world, permit) == permit.total, moments
        if not fuse.is_blown:
            break
    assert moments > 20


def test_a_doubt_keeps_its_money_under_the_permit(tmp_path):
    """What nobody knows of may be charged, so the permit has that much less left."""
    wanted = campaign(pictures=[1], variants=("snow", "studio"))
    world = World(tmp_path, faults=Faults(drop_answer={1}, hide_inputs=True))
    world.permit = permit = permit_for(world, wanted)
    first = world.run(wanted)
    assert isinstance(first, Outcome)
    assert spent(world, permit) == permit.total == 2 * UNIT
    assert world.bill() == permit.total
    plan = world.plan(wanted)
    assert plan.count(Action.BLOCKED) == 1


def test_failures_that_are_charged_use_the_permit_up_and_no_run_goes_past_it(tmp_path):
    """Each run tries again what failed; without the permit's total that would never end."""
    wanted = campaign(pictures=[1, 2, 3], model="bytedance/seedream-v4.5/edit")
    every = dict.fromkeys(range(1, 30), 5000)
    world = World(tmp_path, faults=Faults(fail=every, refund_never=set(every)))
    world.permit = permit = permit_for(world, wanted)
    for _ in range(4):
        world.run(wanted, heeds=False)
        world.clock.jump(minutes=20)
        assert world.bill() <= permit.total
    assert world.bill() == permit.total == spent(world, permit)


def test_what_only_the_history_tells_of_counts_under_the_permit_that_lists_it(tmp_path):
    """The ledger is lost with a request under way; the next run under the permit finds it."""
    wanted = campaign(pictures=[1, 2])
    for moments in itertools.count(1):
        world = World(tmp_path / str(moments))
        world.permit = permit = permit_for(world, wanted)
        world.run(wanted, Fuse(moments))
        if world.bill():
            break
    for file in (world.root / ".campaign").rglob("ledger.sqlite3*"):
        file.unlink()
    world.clock.jump(minutes=20)
    world.run(wanted)
    assert world.plan(wanted).count(Action.CACHED) == 2
    assert world.bill() == permit.total == spent(world, permit)

"""The power is cut before and after every single side effect of a run, one after the other."""

import itertools

import pytest

from pipeline.commands.books import Books
from pipeline.domain.plan import Action
from pipeline.execution.events import Happened
from tests.support.campaigns import campaign
from tests.support.lives import Fuse, World
from tests.support.slices import torture_but


def small_campaign():
    """Two jobs: three pictures together, and the same three again in another place."""
    return campaign(pictures=range(1, 3), variants=("snow", "studio"))


@pytest.mark.slow
# A cut leaves files open, as it must; Python says so when it cleans up.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("every", torture_but([5], [5, 1]))
def test_a_power_cut_anywhere_buys_nothing_twice_and_forgets_no_charge(tmp_path, every):
    wanted = small_campaign()
    cost = 4 * 40_000
    for moments in itertools.count(1, every):
        world = World(tmp_path / str(moments))
        fuse = Fuse(moments)
        world.run(wanted, fuse)
        for _ in range(4):
            world.clock.jump(minutes=20)
            world.run(wanted)
            plan = world.plan(wanted)
            if plan.count(Action.CACHED) == len(plan.cells):
                break
        assert [d.action for d in plan.decisions] == [Action.CACHED] * 4, moments
        assert world.bill() == cost, moments
        assert spent(world, wanted) == cost, moments
        if not fuse.is_blown:
            break
    assert moments > 40


def spent(world, wanted) -> int:
    books = Books(world.places, world.realm)
    try:
        return books.spent(books.history(), "campaign", wanted.name).total
    finally:
        books.close()


def test_an_undisturbed_run_buys_each_picture_once(tmp_path):
    world = World(tmp_path)
    outcome = world.run(small_campaign())
    assert [ended.kind for ended in outcome.ended] == [Happened.SETTLE] * 2
    assert world.bill() == 4 * 40_000
    again = world.run(small_campaign())
    assert again.ended == []
    assert world.bill() == 4 * 40_000

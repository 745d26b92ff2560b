"""A rename costs nothing, and takes the money that was spent along."""

import pytest

from pipeline.domain.plan import Action
from tests.support.campaigns import campaign
from tests.support.lives import World

PICTURE = 40_000


@pytest.fixture
def renamed(tmp_path):
    """A world in which `winter` was bought and its folder is called `summer` now."""
    world = World(tmp_path, realm="real")
    world.run(campaign())
    campaigns = world.places.campaigns
    (campaigns / "winter").rename(campaigns / "summer")
    return world


def test_a_renamed_campaign_buys_nothing(renamed):
    plan = renamed.plan(campaign(name="summer"))
    assert plan.count(Action.CACHED) == 3
    assert plan.steps == ()


def test_a_rename_does_not_make_room_under_the_cap(renamed):
    tight = campaign(name="summer", pictures=range(1, 6), cap="0.16")
    plan = renamed.plan(tight)
    (limit,) = plan.limits
    assert (limit.name, limit.spent) == ("summer", 3 * PICTURE)
    assert [problem.code for problem in plan.problems] == ["P020"]


def test_the_ledger_itself_refuses_what_would_pass_the_cap_after_a_rename(renamed):
    tight = campaign(name="summer", pictures=range(1, 6), cap="0.16")
    outcome = renamed.run(tight, heeds=False)
    assert outcome.over is not None
    assert renamed.bill() == 3 * PICTURE

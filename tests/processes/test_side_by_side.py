"""Runs beside each other: one holds a campaign, and what two want is bought once."""

import json
import socket
import threading

import pytest

from pipeline.emulator.faults import Faults
from tests.emulator.plain_engine import HeldEngine
from tests.functional.provider import SHRINK
from tests.functional.workspace import SINGLE, add_up, receipts
from tests.processes.vendor import assert_nothing_leaked
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.slow


def test_a_held_campaign_is_refused_and_the_holder_is_named(workspace, serve, start, here):
    engine = HeldEngine(shrink=SHRINK)
    provider = serve(engine=engine)
    workspace.campaign()
    holder = start(provider, "run", "winter", "--yes", "--events")
    holder.until("submit")
    second = here(provider, "run", "winter", "--yes")
    assert second.code == 8
    assert "campaign `winter` is held by another run" in second.err
    held = json.loads((workspace.state(provider.realm) / "held" / "winter.json").read_text())
    assert held["pid"] == holder.pid
    assert f"run {held['run']}, process {holder.pid} on {socket.gethostname()}" in second.err
    assert "nothing was charged" in second.err
    # Looking does not disturb, and is not held up.
    looked = here(provider, "status", "--json")
    (status,) = looked.document["campaigns"]
    assert (status["charged"], status["reserved"]) == (0, 80_000)

    holder.kill()
    engine.let_go.set()
    third = here(provider, "run", "winter", "--yes")
    assert third.code == 0, "a killed run holds nothing"
    assert provider.bill() == 80_000


def test_cells_that_another_run_is_buying_are_waited_for_and_used(workspace, serve, start):
    engine = HeldEngine(shrink=SHRINK)
    provider = serve(engine=engine)
    workspace.share("account: {requests_per_minute: 1000, concurrent: 4}")
    workspace.campaign("winter", model=SINGLE, pictures=(1, 2))
    workspace.campaign("autumn", model=SINGLE, pictures=(1, 2, 3))
    first = start(provider, "run", "winter", "--yes", "--events")
    first.until("submit", times=2)
    second = start(provider, "run", "autumn", "--yes", "--events")
    second.until("submit")
    engine.let_go.set()
    told = first.ended(), second.ended()
    assert [one.code for one in told] == [0, 0]
    kinds = [event["kind"] for event in told[1].events]
    assert kinds.count("submit") == 1
    assert kinds.count("wait") <= 2, "said once for each request, however long it takes"
    assert provider.bill() == 120_000
    locks = [workspace.lock(name, provider.realm) for name in ("winter", "autumn")]
    assert add_up(*locks) == 120_000
    assert len(receipts(locks[1], "use")) == 2
    assert "3 of 3 pictures here, 1 of them new" in told[1].err
    assert len(workspace.delivered("autumn", provider.realm)) == 6


def test_cells_of_a_run_that_dies_meanwhile_are_taken_over(workspace, serve, start):
    engine = HeldEngine(shrink=SHRINK)
    provider = serve(engine=engine)
    workspace.campaign("winter", pictures=(1, 2))
    workspace.campaign("autumn", pictures=(1, 2))
    first = start(provider, "run", "winter", "--yes", "--events")
    first.until("submit")
    second = start(provider, "run", "autumn", "--events")
    second.until("wait")
    first.kill()
    engine.let_go.set()
    told = second.ended()
    assert told.code == 0
    assert provider.bill() == 80_000
    assert len(provider.predictions()) == 1
    assert len(workspace.delivered("autumn", provider.realm)) == 4


def test_cells_that_another_run_failed_to_get_are_said_to_be_missing(workspace, serve, start):
    provider = serve(gate=threading.Event(), faults=Faults(fail={1: 5000}))
    for name in ("winter", "autumn"):
        workspace.campaign(name, pictures=(1,))
    first = start(provider, "run", "winter", "--yes", "--events")
    assert provider.reached.wait(PATIENCE_S)
    second = start(provider, "run", "autumn", "--events")
    second.until("wait")
    provider.gate.set()
    assert [one.ended().code for one in (first, second)] == [5, 5]
    assert len(provider.predictions()) == 1, "and not bought behind the back of who said no to it"


def test_two_runs_begun_at_the_same_moment_buy_each_cell_once(workspace, provider, start):
    workspace.share("account: {requests_per_minute: 1000, concurrent: 8}")
    names = ("winter", "autumn")
    for name in names:
        workspace.campaign(name, model=SINGLE, pictures=range(1, 6))
    runs = [start(provider, "run", name, "--yes", "--events") for name in names]
    told = [one.ended() for one in runs]
    assert [one.code for one in told] == [0, 0]
    assert provider.bill() == 200_000
    assert sum(one.out.count('"kind":"submit"') for one in told) == 5
    assert add_up(*(workspace.lock(name, provider.realm) for name in names)) == 200_000
    for name in names:
        assert len(workspace.delivered(name, provider.realm)) == 10


def test_caps_hold_for_runs_beside_each_other(workspace, provider, start):
    """Three runs, each within the cap of the workspace, together above it."""
    workspace.share("account: {requests_per_minute: 1000}\nbudget: {cap: 0.10 USD}")
    names = [f"campaign-{number}" for number in range(3)]
    for number, name in enumerate(names):
        workspace.campaign(name, pictures=(number,))
    runs = [start(provider, "run", name, "--yes") for name in names]
    codes = sorted(one.ended().code for one in runs)
    assert provider.bill() == 80_000
    assert codes[:2] == [0, 0]
    assert set(codes[2:]) <= {3, 4}


ONE_AFTER_THE_OTHER = "account: {requests_per_minute: 1000, concurrent: 1}"
FOUR = {"winter": (1, 5), "spring": (3, 7), "summer": (5, 9), "autumn": (7, 11)}
"""Four campaigns that want ten pictures, most of them in two campaigns."""


@pytest.fixture
def four_at_once(workspace, provider, start):
    """Run all four under one cap: each has planned before the first of them buys."""
    for name, (first, last) in FOUR.items():
        workspace.campaign(name, model=SINGLE, pictures=range(first, last))

    def run(cap: str) -> set[int]:
        workspace.share(f"{ONE_AFTER_THE_OTHER}\nbudget: {{cap: {cap} USD}}")
        people = [start(provider, "run", name, has_terminal=True) for name in FOUR]
        for person in people:
            person.says("Buy 4 pictures for $0.16?")
        for person in people:
            person.type("y\n")
        return {person.ended().code for person in people}

    return run


@pytest.mark.torture
@pytest.mark.parametrize("_again", range(1, 6))
def test_four_at_once_buy_what_they_share_once(workspace, provider, four_at_once, here, _again):
    assert four_at_once("0.40") == {0}
    assert here(provider, "reconcile").code == 0
    assert_nothing_leaked(here, workspace, provider, names=FOUR)
    assert provider.bill() == 400_000


@pytest.mark.torture
@pytest.mark.parametrize("_again", range(1, 6))
def test_four_at_once_do_not_pass_the_cap_that_they_share(
    workspace, provider, four_at_once, here, _again
):
    """There is room for five of the ten: whoever wants more than is left is stopped."""
    codes = four_at_once("0.20")
    assert 4 in codes
    assert codes <= {0, 4}
    assert provider.bill() == 200_000

    workspace.share(f"{ONE_AFTER_THE_OTHER}\nbudget: {{cap: 0.40 USD}}")
    assert here(provider, "run", "--all", "--yes").code == 0
    assert here(provider, "reconcile").code == 0
    assert_nothing_leaked(here, workspace, provider, names=FOUR)
    assert provider.bill() == 400_000


def test_worktrees_of_a_repository_share_what_is_bought(workspace, provider, here, tmp_path):
    """The state lies with the main worktree, so that a branch buys nothing twice."""
    workspace.campaign()
    (workspace.root / ".git").mkdir()
    told = here(provider, "run", "winter", "--yes")
    assert told.code == 0
    branch = tmp_path / "branch"
    inside = workspace.root / ".git" / "worktrees" / "branch"
    inside.mkdir(parents=True)
    (inside / "commondir").write_text("../..\n")
    (branch / "campaigns" / "winter" / "images").mkdir(parents=True)
    for file in ("campaigns/winter/campaign.yaml", "campaigns/workspace.yaml"):
        (branch / file).write_text((workspace.root / file).read_text())
    for picture in (workspace.folder("winter") / "images").iterdir():
        (branch / "campaigns/winter/images" / picture.name).write_bytes(picture.read_bytes())
    (branch / ".git").write_text(f"gitdir: {inside}\n")
    again = here(provider, "run", "winter", root=branch)
    assert again.code == 0
    assert "nothing was bought" in again.err
    assert provider.bill() == 80_000

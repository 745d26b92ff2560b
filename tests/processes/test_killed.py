"""Runs and providers that are killed: nothing is bought twice, and no charge is forgotten."""

import itertools
import os
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.functional.cli import campaign
from tests.functional.provider import bill, predictions, realm_of
from tests.functional.workspace import FAST_ACCOUNT, SINGLE, Workspace, add_up, cells_bought
from tests.processes.program import EAGER, ROOT, Program, run
from tests.support.patience import PATIENCE_S
from tests.support.slices import torture_but

pytestmark = pytest.mark.slow

RUN = ("run", "winter", "--yes", "--events")


def money(here, provider, **where):
    """What the books say: charged, and what is not settled."""
    (found,) = here(provider, "status", "winter", "--json", **where).document["campaigns"]
    return found["charged"], found["reserved"] + found["in_doubt"]


def see_through(here, hurry, provider, **where):
    """Run again to the end; a request of which nobody can know yet is left alone until then."""
    again = here(provider, *RUN, **where)
    if again.code == 6:
        assert "look again 15 minutes after the send" in again.err
        hurry.pass_by(minutes=16)
        assert here(provider, "reconcile", **where).code == 0
        again = here(provider, *RUN, **where)
    assert again.code == 0
    assert here(provider, "reconcile", **where).code == 0


def assert_in_step(here, workspace, provider, *, cost, requests):
    """Bill, books and receipts tell the same, and no cell was bought twice."""
    assert here(provider, "reconcile").code == 0
    lock = workspace.lock("winter", provider.realm)
    assert provider.bill() == add_up(lock) == cost
    assert money(here, provider) == (cost, 0)
    assert len(provider.predictions()) == requests
    bought = cells_bought(lock)
    assert len(bought) == len(set(bought)) == cost // 40_000


@pytest.mark.parametrize(
    "moments",
    [(1, 4, 8), pytest.param((3, 5, 7), marks=pytest.mark.torture)],
    ids=["some", "others"],
)
def test_a_run_killed_at_any_moment_is_finished_by_the_next(
    *, tmp_path, provider, here, hurry, moments
):
    """Killed after so many of the ten events of an undisturbed run of two requests."""

    def short_life(moment: int) -> Workspace:
        workspace = Workspace.make(tmp_path / f"killed-{moment}")
        workspace.campaign(pictures=(moment, 10 + moment), variants=("snow", "studio"))
        with Program(*RUN, cwd=workspace.root, environment=provider.environment) as first:
            assert first.events(moment), first.ended()
            first.kill()
        return workspace

    # All share one account: each finds its own predictions among those of the others.
    with ThreadPoolExecutor(max_workers=len(moments)) as lives:
        workspaces = list(lives.map(short_life, moments))
    for moment, workspace in zip(moments, workspaces, strict=True):
        see_through(here, hurry, provider, root=workspace.root)
        lock = workspace.lock("winter", provider.realm)
        assert len(set(cells_bought(lock))) == len(cells_bought(lock)) == 4, moment
        assert money(here, provider, root=workspace.root) == (160_000, 0), moment
        assert add_up(lock) == 160_000, moment
    assert provider.bill() == len(moments) * 160_000
    assert len(provider.predictions()) == len(moments) * 2


@pytest.mark.torture
def test_a_run_killed_again_and_again_ends_all_the_same(workspace, provider, here, hurry):
    workspace.campaign(model=SINGLE)
    for number in itertools.count(1, 2):
        with Program(*RUN, cwd=workspace.root, environment=provider.environment) as life:
            if not life.events(number):
                assert life.ended().code in {0, 6}
                break
            life.kill()
    assert number > 2
    see_through(here, hurry, provider)
    assert_in_step(here, workspace, provider, cost=80_000, requests=2)


@pytest.fixture
def killed_while_sending(workspace, serve, start):
    """Kill a run whose only request has left and whose answer has not come."""

    def kill(**parts):
        provider = serve(gate=threading.Event(), **parts)
        workspace.campaign()
        sending = start(provider, *RUN)
        assert provider.reached.wait(PATIENCE_S)
        sending.kill()
        provider.gate.set()
        provider.gate = None
        return provider

    return kill


def test_a_request_whose_answer_was_never_read_is_found_and_not_repeated(
    workspace, killed_while_sending, here
):
    provider = killed_while_sending()
    again = run(*RUN, cwd=workspace.root, environment=provider.environment, module=EAGER)
    assert again.code == 0
    assert "was submitting when its run ended" in again.err
    assert "its input address was uploaded for this attempt alone" in again.err
    assert_in_step(here, workspace, provider, cost=80_000, requests=1)


def test_reconcile_alone_finds_it_too(workspace, killed_while_sending, here):
    provider = killed_while_sending()
    told = here(provider, "reconcile")
    assert told.code == 0
    assert "recovered  1 attempt" in told.out
    assert_in_step(here, workspace, provider, cost=80_000, requests=1)


def test_without_proof_it_stays_in_doubt_and_is_not_repeated(killed_while_sending, here):
    provider = killed_while_sending(hide_inputs=True)
    for command in (RUN, RUN, ("reconcile",)):
        assert here(provider, *command).code == 6
    assert provider.submits == 1
    assert provider.bill() == 80_000
    assert money(here, provider) == (0, 80_000)


def test_a_request_that_never_arrived_is_in_doubt_for_a_quarter_of_an_hour(
    workspace, killed_while_sending, here, hurry
):
    provider = killed_while_sending(gate_is_before=True)
    told = here(provider, *RUN)
    assert told.code == 6
    assert "look again 15 minutes after the send" in told.err
    assert provider.submits == 1
    assert provider.bill() == 0
    assert money(here, provider) == (0, 80_000)
    hurry.pass_by(minutes=16)
    assert here(provider, *RUN).code == 0
    assert_in_step(here, workspace, provider, cost=80_000, requests=1)


# The provider dies


@pytest.fixture
def mortal(tmp_path, free_port):
    """Start a provider process, and one that takes its port and its state over when it is gone.

    That one stands ready: a run waits for the provider for a quarter of a minute, and on a busy
    machine a process may take longer to start.
    """
    started = []

    def process(dies: int) -> Program:
        argv = (str(tmp_path / "provider"), str(free_port), str(dies))
        started.append(Program(*argv, cwd=ROOT, environment={}, module="tests.processes.served"))
        return started[-1]

    def begin(*, dies: int = 0) -> tuple[str, Program]:
        first = process(dies)
        assert first.events(1)
        process(0).says("standing by")
        return f"http://127.0.0.1:{free_port}", first

    yield begin
    for process in started:
        process.kill()
        process.ended()


@pytest.mark.torture
def test_a_provider_killed_while_it_works_is_waited_for(workspace, mortal):
    base_url, provider = mortal()
    environment = {"WAVESPEED_BASE_URL": base_url, "WAVESPEED_API_KEY": "any"}
    workspace.campaign(variants=("snow", "studio"))
    with Program(*RUN, cwd=workspace.root, environment=environment) as buying:
        buying.until("submit", times=2)
        provider.kill()
        told = buying.ended()
    assert told.code == 0
    assert bill(base_url) == add_up(workspace.lock("winter", realm_of(base_url))) == 160_000
    assert len(predictions(base_url)) == 2


def test_a_provider_killed_after_it_took_the_money_is_asked_and_not_paid_again(workspace, mortal):
    base_url, provider = mortal(dies=1)
    environment = {"WAVESPEED_BASE_URL": base_url, "WAVESPEED_API_KEY": "any"}
    workspace.campaign()
    with Program(*RUN, cwd=workspace.root, environment=environment, module=EAGER) as buying:
        provider.wait_for_end()
        told = buying.ended()
    assert told.code == 0
    assert "looking into the provider's history" in told.err
    assert bill(base_url) == add_up(workspace.lock("winter", realm_of(base_url))) == 80_000
    assert len(predictions(base_url)) == 1


# The checkout is lost


def git(folder: Path, *argv: str) -> None:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(["git", *identity, *argv], cwd=folder, check=True, env=environment | nobody)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


@pytest.fixture
def origin(tmp_path):
    """A repository with a campaign of two requests."""
    made = Workspace.make(tmp_path / "origin", shared=f"{FAST_ACCOUNT}\nexclusive: true")
    made.campaign(variants=("snow", "studio"))
    (made.root / ".gitignore").write_text(".campaign/\noutputs/\n")
    git(made.root, "init", "--quiet", "--initial-branch=main")
    commit(made.root, "A campaign")
    return made


@pytest.fixture
def clone(tmp_path, origin):
    """Check the repository out, where it was checked out before."""

    def cloned() -> Workspace:
        folder = tmp_path / "checkout"
        if folder.exists():
            shutil.rmtree(folder)
        git(tmp_path, "clone", "--quiet", str(origin.root), str(folder))
        return Workspace(folder)

    return cloned


@pytest.mark.torture
def test_a_killed_run_whose_checkout_is_cloned_again_buys_nothing_twice(
    tmp_path, provider, origin, clone, monkeypatch
):
    environment = {**provider.environment, "CAMPAIGN_STATE": str(tmp_path / "state")}
    vendor = {"module": "tests.processes.as_vendor", "environment": environment}
    checkout = clone()
    with Program(*RUN, cwd=checkout.root, **vendor) as first:
        first.until("settle")
        first.kill()
    assert cells_bought(checkout.lock("winter")), "a receipt is filed as soon as a job settles"

    checkout = clone()
    assert not checkout.lock("winter").exists()
    again = run(*RUN, cwd=checkout.root, **vendor)
    assert again.code == 0
    lock = checkout.lock("winter")
    assert len(set(cells_bought(lock))) == len(cells_bought(lock)) == 4
    assert provider.bill() == add_up(lock) == 160_000
    assert len(provider.predictions()) == 2

    # Committed, the lock alone tells everybody what is bought.
    commit(checkout.root, "Bought")
    git(checkout.root, "push", "--quiet", "origin", "HEAD:bought")
    git(origin.root, "merge", "--quiet", "bought")
    monkeypatch.chdir(origin.root)
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 0


MOMENTS_OF_PAYING = [("submit", 1), ("submit", 2), ("deliver", 1), ("settle", 1), ("settle", 2)]


@pytest.mark.parametrize("moment", torture_but([("submit", 2)], MOMENTS_OF_PAYING))
def test_without_its_state_folder_a_killed_run_is_found_in_the_history(provider, clone, moment):
    """What it bought stands in no committed lock, and in no ledger; the key is exclusive."""
    vendor = {"module": "tests.processes.as_vendor", "environment": provider.environment}
    with Program(*RUN, cwd=clone().root, **vendor) as first:
        kind, times = moment
        first.until(kind, times=times)
        first.kill()

    checkout = clone()
    assert not checkout.lock("winter").exists()
    assert not checkout.state().exists()
    again = run(*RUN, cwd=checkout.root, **vendor)
    assert again.code == 0
    assert run("reconcile", cwd=checkout.root, **vendor).code == 0
    bought = cells_bought(checkout.lock("winter"))
    assert len(set(bought)) == len(bought) == 4
    assert provider.bill() == add_up(checkout.lock("winter")) == 160_000
    assert len(provider.predictions()) == 2

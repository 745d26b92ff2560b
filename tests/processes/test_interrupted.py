"""Ctrl-C: once sees through what is under way, twice stops at once; both lose nothing."""

import os
import signal
import subprocess
import sys

import pytest

from tests.emulator.plain_engine import HeldEngine, PlainEngine
from tests.functional.provider import SHRINK
from tests.functional.workspace import SINGLE, add_up
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.slow

ONE_AT_A_TIME = "account: {requests_per_minute: 1000, concurrent: 1}"
RUN = ("run", "winter", "--yes", "--events")


@pytest.fixture
def finished(here):
    """Run again to the end; everything is bought once."""

    def finish(provider, *, cost):
        told = here(provider, "run", "--all", "--yes")
        assert told.code == 0
        assert provider.bill() == cost
        return told

    return finish


def test_once_what_is_under_way_is_seen_through_and_nothing_else_is_begun(
    workspace, serve, start, finished
):
    engine = HeldEngine(shrink=SHRINK)
    provider = serve(engine=engine)
    workspace.share(ONE_AT_A_TIME)
    workspace.campaign(model=SINGLE)
    buying = start(provider, *RUN)
    buying.until("submit")
    buying.send(signal.SIGINT)
    buying.says("Stopping")
    engine.let_go.set()
    told = buying.ended()
    assert told.code == 130
    kinds = [event["kind"] for event in told.events]
    assert kinds == ["reserve", "submit", "deliver", "settle"]
    assert "Stopping: what is under way is seen through" in told.err
    assert "1 of 2 pictures here, 1 of them new" in told.err
    assert "1 request not begun" in told.err
    assert provider.bill() == add_up(workspace.lock("winter", provider.realm)) == 40_000
    finished(provider, cost=80_000)


def test_twice_it_stops_at_once_and_the_next_run_takes_up_what_was_paid(
    workspace, serve, start, finished
):
    engine = HeldEngine(shrink=SHRINK)
    provider = serve(engine=engine)
    workspace.campaign()
    buying = start(provider, *RUN)
    buying.until("submit")
    buying.send(signal.SIGINT)
    buying.says("Ctrl-C again stops at once")
    buying.send(signal.SIGINT)
    told = buying.ended()
    assert told.code == 130
    assert "Interrupted" in told.err
    assert [event["kind"] for event in told.events] == ["reserve", "submit"]
    engine.let_go.set()
    again = finished(provider, cost=80_000)
    assert "was submitted when its run ended" in again.err
    assert len(provider.predictions()) == 1


def test_a_stopped_run_does_not_begin_the_next_campaign(workspace, serve, start, finished):
    engine = HeldEngine(shrink=SHRINK)
    provider = serve(engine=engine)
    workspace.campaign("autumn", pictures=(1,))
    workspace.campaign("winter", pictures=(2,))
    buying = start(provider, "run", "--all", "--yes", "--events")
    buying.until("submit")
    buying.send(signal.SIGTERM)  # as a supervisor does
    buying.says("Stopping")
    engine.let_go.set()
    told = buying.ended()
    assert told.code == 130
    assert {event["campaign"] for event in told.events} == {"autumn"}
    assert provider.bill() == 40_000
    finished(provider, cost=80_000)


def test_stopped_while_the_files_are_made_the_next_run_makes_the_rest(
    workspace, serve, start, finished
):
    provider = serve(engine=PlainEngine())  # files of large pictures take a while
    workspace.campaign(pictures=range(1, 5))
    buying = start(provider, *RUN)
    buying.says("files: ")
    buying.send(signal.SIGINT)
    told = buying.ended()
    assert told.code in {0, 130, -signal.SIGINT}, "so late that it may have been done already"
    assert provider.bill() == 160_000
    finished(provider, cost=160_000)
    assert len(workspace.delivered("winter", provider.realm)) == 8


_AT_ITS_END = """
import atexit, os, signal
from pipeline.cli import main
atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))
main()
"""


def test_while_python_ends_it_stops_without_a_page_of_calls():
    argv = [sys.executable, "-c", _AT_ITS_END, "--version"]
    ended = subprocess.run(argv, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")
    assert ended.stdout.startswith("campaign, version ")


def test_who_stops_reading_does_not_stop_the_purchase(workspace, provider):
    """As `campaign run NAME --yes --events 2>&1 | head -1` does."""
    workspace.campaign(variants=("snow", "studio"))
    ours, theirs = os.pipe()
    buying = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *RUN],
        cwd=workspace.root,
        env={**os.environ, **provider.environment},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    assert os.read(ours, 1)
    os.close(ours)
    assert buying.wait(PATIENCE_S) == 0
    assert provider.bill() == add_up(workspace.lock("winter", provider.realm)) == 160_000
    assert len(workspace.delivered("winter", provider.realm)) == 8

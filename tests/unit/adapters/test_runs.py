"""Runs and holds die with their process, whatever kills it."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from pipeline.adapters.runs import Runs, hold_campaign, new_id
from pipeline.domain.diagnostics import CampaignError

_BE_ALIVE = """
import sys
from pathlib import Path
from pipeline.adapters.runs import Runs, hold_campaign
Runs(Path(sys.argv[1])).begin("r-other")
hold_campaign(Path(sys.argv[2]), "winter", run="r-other", since="2026-11-20T12:00:00Z")
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(runs, held):
    """A process that lives in a run and holds the campaign `winter`."""
    process = subprocess.Popen(
        [sys.executable, "-c", _BE_ALIVE, str(runs), str(held)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.kill()


def end(process, how):
    if how == "exit":
        process.stdin.close()
    else:
        process.send_signal(how)
    process.wait(20)


def test_ids_are_never_the_same():
    made = {new_id("r-") for _ in range(1000)}
    assert len(made) == 1000
    assert {len(one) for one in made} == {14}


def test_a_run_is_alive_until_it_ends(tmp_path):
    runs, others = Runs(tmp_path / "runs"), Runs(tmp_path / "runs")
    runs.begin("r-1")
    assert runs.is_alive("r-1")
    assert others.is_alive("r-1")
    assert not others.is_alive("r-2")
    runs.end("r-1")
    assert not runs.is_alive("r-1")
    assert not others.is_alive("r-1")
    assert list((tmp_path / "runs").iterdir()) == []


def test_looking_does_not_end_a_run(tmp_path):
    runs = Runs(tmp_path)
    runs.begin("r-1")
    for _ in range(3):
        assert Runs(tmp_path).is_alive("r-1")
    runs.end("r-1")


def test_nobody_lives_where_no_run_ever_was(tmp_path):
    assert not Runs(tmp_path / "none").is_alive("r-1")
    Runs(tmp_path).end("r-1")


def test_one_id_is_one_run(tmp_path):
    Runs(tmp_path).begin("r-1")
    with pytest.raises(BlockingIOError):
        Runs(tmp_path).begin("r-1")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exit", signal.SIGKILL])
def test_a_run_in_another_process_dies_with_it(tmp_path, how):
    runs, held = tmp_path / "runs", tmp_path / "held"
    with another_process(runs, held) as process:
        assert Runs(runs).is_alive("r-other")
        with pytest.raises(CampaignError) as refused:
            hold_campaign(held, "winter", run="r-1", since="2026-11-20T13:00:00Z")
        assert refused.value.exit_code == 8
        end(process, how)
        assert not Runs(runs).is_alive("r-other")
        hold_campaign(held, "winter", run="r-1", since="2026-11-20T13:00:00Z").release()


def test_whoever_comes_second_is_told_who_holds_the_campaign(tmp_path):
    held = hold_campaign(tmp_path, "winter", run="r-1", since="2026-11-20T12:00:00Z")
    with pytest.raises(CampaignError) as refused:
        hold_campaign(tmp_path, "winter", run="r-2", since="2026-11-20T13:00:00Z")
    assert refused.value.exit_code == 8
    (problem,) = refused.value.problems
    assert problem.what == "campaign `winter` is held by another run"
    assert "run r-1" in problem.why
    assert f"process {os.getpid()}" in problem.why
    assert "since 2026-11-20T12:00:00Z" in problem.why
    assert problem.money == "nothing was charged"
    held.release()
    again = hold_campaign(tmp_path, "winter", run="r-2", since="2026-11-20T13:00:00Z")
    assert json.loads((tmp_path / "winter.json").read_text())["run"] == "r-2"
    again.release()


def test_a_shorter_name_leaves_nothing_of_a_longer_one(tmp_path):
    hold_campaign(tmp_path, "winter", run="r-" + "x" * 200, since="2026").release()
    hold_campaign(tmp_path, "winter", run="r-2", since="2026").release()
    assert json.loads((tmp_path / "winter.json").read_text())["run"] == "r-2"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"run": 1}', b"\xff"])
def test_a_holder_that_has_not_said_who_it_is_is_still_a_holder(tmp_path, content):
    held = hold_campaign(tmp_path, "winter", run="r-1", since="2026")
    (tmp_path / "winter.json").write_bytes(content)
    with pytest.raises(CampaignError) as refused:
        hold_campaign(tmp_path, "winter", run="r-2", since="2026")
    assert "only just begun" in refused.value.problems[0].why
    held.release()


def test_campaigns_are_held_one_by_one(tmp_path):
    hold_campaign(tmp_path, "winter", run="r-1", since="2026")
    hold_campaign(tmp_path, "autumn", run="r-1", since="2026")


def test_a_run_that_was_killed_is_known_until_it_is_buried(tmp_path):
    runs = Runs(tmp_path / "runs")
    assert runs.died() == frozenset()
    with another_process(tmp_path / "runs", tmp_path / "held") as process:
        assert runs.died() == frozenset()  # it lives
        end(process, signal.SIGKILL)
        runs.begin("r-mine")
        assert runs.died() == {"r-other"}
    runs.bury(runs.died())
    assert runs.died() == frozenset()
    assert runs.is_alive("r-mine")
    runs.end("r-mine")

"""What survives the end of the process."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pipeline.emulator.database import StateFormatError
from pipeline.emulator.faults import Faults
from pipeline.emulator.state import State
from tests.emulator.plain_engine import HeldEngine, PlainEngine
from tests.emulator.world import PICTURE, SEQUENTIAL, SIZE, running
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


async def test_pending_work_is_finished_after_a_restart(tmp_path):
    held = HeldEngine()
    with State(tmp_path) as state:
        async with running(state, engine=held, at_once=1) as world:
            images = [await world.upload()]
            ids = [(await world.submit(images=images))["id"] for _ in range(3)]
            await held.begun()
        held.let_go.set()
        assert [state.prediction(one).status for one in ids] == ["processing", "created", "created"]
    with State(tmp_path) as state:
        async with running(state) as world:
            done = [await world.finish(one) for one in ids]
            assert [one["status"] for one in done] == ["completed"] * 3
            assert state.spent() == 120_000
            assert len({request.seed for request, _ in world.engine.requests}) == 3


async def test_work_begun_in_one_event_loop_is_taken_up_in_the_next(tmp_path):
    def once(state, engine):
        async def talk():
            async with running(state, engine=engine) as world:
                return (await world.submit())["id"]

        return asyncio.run(talk())

    with State(tmp_path) as state:
        one = await asyncio.to_thread(once, state, PlainEngine())
        async with running(state) as world:
            assert (await world.finish(one))["status"] == "completed"


async def test_a_closed_provider_accepts_nothing_more(tmp_path):
    async with running() as world:
        body = {"prompt": "p", "images": [await world.upload()]}
        await world.provider.aclose()
        assert (await world.refusal("POST", SEQUENTIAL, json=body))[0] == 503
        assert world.state.spent() == 0


async def test_two_processes_may_share_a_state_and_end_each_prediction_once(tmp_path):
    held = HeldEngine()
    with State(tmp_path) as ours, State(tmp_path) as theirs:
        fail = Faults(fail={1: 1403})
        async with running(ours, engine=held) as first, running(theirs, faults=fail) as second:
            await second.data("GET", "balance")
            ids = [(await first.submit())["id"] for _ in range(2)]
            await held.begun()
            seen = [await second.data("GET", f"predictions/{one}/result") for one in ids]
            assert {one["status"] for one in seen} <= {"created", "processing"}
            ends = [await second.finish(one) for one in ids]
            assert [end["status"] for end in ends] == ["failed", "completed"]
            held.let_go.set()
            assert [await first.finish(one) for one in ids] == ends
            assert ours.spent() == theirs.spent() == 40_000


async def test_a_moment_without_a_disk_puts_a_prediction_off_and_does_not_lose_it(tmp_path):
    with State(tmp_path) as state:
        complete = state.complete

        def full_disk(*_args, **_facts):
            state.complete = complete
            raise sqlite3.OperationalError("database or disk is full")

        state.complete = full_disk
        async with running(state) as world:
            accepted = await world.submit()
            await world.provider.drained()
            assert state.prediction(accepted["id"]).is_pending
            asked = await world.data("GET", f"predictions/{accepted['id']}/result")
            assert asked["status"] == "processing"
            assert (await world.finish(accepted["id"]))["status"] == "completed"


def test_state_of_another_version_is_refused_untouched(tmp_path):
    State(tmp_path).close()
    database = tmp_path / "provider.sqlite3"
    db = sqlite3.connect(database)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = database.read_bytes()
    with pytest.raises(StateFormatError, match="format 99; this program reads format 3"):
        State(tmp_path)
    assert database.read_bytes() == before


def test_temporary_state_leaves_nothing_behind():
    with State.temporary() as state:
        folder = state.folder
        assert folder.is_dir()
    assert not folder.exists()


def test_work_that_outlives_its_state_does_not_bring_it_back():
    held = HeldEngine()

    async def leave_in_the_middle():
        async with running(engine=held) as world:
            await world.submit()
            await held.begun()
        held.let_go.set()
        return world.state.folder

    folder = asyncio.run(leave_in_the_middle())  # which waits for the engine's thread
    assert len(held.requests) == 1
    assert not folder.exists()


@pytest.fixture
def served(tmp_path):
    """Start the provider as a process of its own; its base address and the process."""
    started = []

    def start(engine):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.emulator.served", str(tmp_path), engine],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process.stdout.readline().strip(), process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.slow
async def test_an_answered_submit_survives_a_kill(tmp_path, served):
    url, process = served("held")
    headers = {"Authorization": "Bearer any"}
    async with httpx.AsyncClient(
        base_url=f"{url}/api/v3", headers=headers, timeout=PATIENCE_S
    ) as client:
        files = {"file": ("a.jpg", PICTURE, "image/jpeg")}
        sent = (await client.post("/media/upload/binary", files=files)).json()["data"]
        assert sent["download_url"].startswith(f"{url}/media/")
        body = {"prompt": "p", "images": [sent["download_url"]], "size": SIZE}
        accepted = (await client.post(f"/{SEQUENTIAL}", json=body)).json()["data"]
    process.kill()
    process.wait()
    with State(tmp_path) as state:
        assert state.spent() == 40_000
        async with running(state) as world:
            done = await world.finish(accepted["id"])
            assert done["status"] == "completed"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_served_provider_stops_gracefully_and_silently(served, number):
    url, process = served("plain")
    headers = {"Authorization": "Bearer any"}
    assert (
        httpx.get(f"{url}/api/v3/balance", headers=headers, timeout=PATIENCE_S).status_code == 200
    )
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err) == (0, "stopped\n", "")


@pytest.mark.slow
def test_a_dropped_answer_breaks_the_connection_of_a_served_provider(served):
    url, process = served("plain-drop")
    body = {"prompt": "p", "images": ["a"]}
    headers = {"Authorization": "Bearer any"}
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{url}/api/v3/{SEQUENTIAL}", json=body, headers=headers, timeout=PATIENCE_S)
    found = httpx.post(
        f"{url}/api/v3/billings/search", json={}, headers=headers, timeout=PATIENCE_S
    ).json()
    assert "deduct" in {row["billing_type"] for row in found["data"]["items"]}
    process.terminate()
    assert process.communicate(timeout=PATIENCE_S) == ("stopped\n", "")

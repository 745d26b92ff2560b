"""The provider's own file: formats, running totals, and what a power cut may not take."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

from pipeline.emulator.database import log_of
from pipeline.emulator.state import State
from pipeline.emulator.syncing import LogSync
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import running

pytestmark = pytest.mark.anyio
FORMAT_1 = Path(__file__).with_name("format-1.sql")
FORMAT_2 = Path(__file__).with_name("format-2.sql")
NOW_US = 1_763_640_000_000_000
FIRST, SECOND = "1" * 32, "2" * 32


def old_state(folder: Path, form: Path = FORMAT_1) -> None:
    """State as format 1 left it: a prediction that failed and was refunded, one under way.

    As format 2 left it: one that completed and somebody else's, one whose refund is yet to come, a
    moderated one, and one under way.
    """
    db = sqlite3.connect(folder / "provider.sqlite3", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(form.read_text("utf-8"))
    db.close()


def structure(folder: Path) -> list[tuple]:
    db = sqlite3.connect(folder / "provider.sqlite3")
    tables = ("predictions", "billings", "uploads", "rounds", "accounts", "secrets")
    found = [tuple(db.execute(f"PRAGMA table_xinfo({table})")) for table in tables]
    found += db.execute("SELECT type, name FROM sqlite_master ORDER BY name").fetchall()
    db.close()
    return found


async def test_state_of_the_first_format_is_brought_up_to_date_in_place(tmp_path):
    old_state(tmp_path)
    with State(tmp_path) as state:
        assert state.spent() == 40_000
        assert state.accounts.spent_by_others() == 0
        assert [state.prediction(one).own for one in (FIRST, SECOND)] == [1, 2]
        listed = state.predictions(
            after_us=0, before_us=NOW_US * 2, model=None, status=None, limit=9, offset=0
        )
        assert [one.id for one in listed] == [SECOND, FIRST]
        assert state.pending() == [SECOND]
    with State(tmp_path) as state:
        async with running(state, engine=QuickEngine()) as world:
            third = await world.submit()
            await world.provider.drained()
            assert state.prediction(third["id"]).own == 3
            # The one that was under way has no input file any more, so its money comes back.
            assert state.prediction(SECOND).code == 1402
            assert state.spent() == 40_000


async def test_state_of_the_second_format_is_brought_up_to_date_in_place(tmp_path):
    old_state(tmp_path, FORMAT_2)
    ids = {number: f"{number:032x}" for number in (3, 7, 10, 14, 17)}
    with State(tmp_path) as state:
        found = {number: state.prediction(one) for number, one in ids.items()}
        assert [one.own for one in found.values()] == [1, 0, 2, 3, 4]
        statuses = [one.status for one in found.values()]
        assert statuses == ["completed", "completed", "failed", "failed", "created"]
        assert {(one.organisation, one.webhook, one.flagged) for one in found.values()} == {
            ("", "", ())
        }
        refund_us = 1_795_179_660_123_456
        assert (state.spent(at_us=refund_us - 1), state.spent()) == (200_000, 160_000)
        assert state.accounts.spent_by_others() == 40_000
        async with running(state, engine=QuickEngine()) as world:
            assert (await world.finish(ids[17]))["code"] == 1402
            own = await world.submit()
            assert state.prediction(own["id"]).own == 5
            found = await world.data("POST", "billings/search", json={"page_size": 100})
            assert {row["access_key_name"] for row in found["items"]} == {"embedded"}


@pytest.mark.parametrize("form", [1, 2])
def test_an_old_state_becomes_what_a_new_one_is(tmp_path, form):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    old_state(old, {1: FORMAT_1, 2: FORMAT_2}[form])
    State(old).close()
    State(new).close()
    assert structure(old) == structure(new)


async def test_an_answer_that_takes_money_waits_until_the_disk_has_it(tmp_path, monkeypatch):
    log = log_of(tmp_path / "provider.sqlite3")
    synced: list[int] = []
    real = os.fsync

    def fsync(handle):
        is_log = os.fstat(handle).st_ino == log.stat().st_ino
        real(handle)
        if is_log:
            synced.append(_spent_in_a_copy(tmp_path))

    with State(tmp_path) as state:
        async with running(state, engine=QuickEngine()) as world:
            images = [await world.upload()]
            monkeypatch.setattr(os, "fsync", fsync)
            for taken in (1, 2):
                await world.submit(images=images)
                assert synced[-1] == taken * 40_000


def _spent_in_a_copy(folder: Path) -> int:
    """What a machine that lost its power now would find."""
    copy = folder / "copy"
    copy.mkdir(exist_ok=True)
    for name in ("provider.sqlite3", "provider.sqlite3-wal"):
        (copy / name).write_bytes((folder / name).read_bytes())
    db = sqlite3.connect(copy / "provider.sqlite3")
    (spent,) = db.execute("SELECT SUM(spent) FROM accounts").fetchone()
    db.close()
    return spent


async def test_one_sync_serves_all_who_wait_but_none_who_came_later(tmp_path, monkeypatch):
    file = tmp_path / "log"
    file.touch()
    log = LogSync(file)
    calls = []
    monkeypatch.setattr(os, "fsync", calls.append)
    await asyncio.gather(*(log.synced() for _ in range(20)))
    assert len(calls) == 1

    begun, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(handle):
        calls.append(handle)
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(10)

    monkeypatch.setattr(os, "fsync", slow)
    early = asyncio.create_task(log.synced())
    await begun.wait()
    late = [asyncio.create_task(log.synced()) for _ in range(5)]
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(calls) == 2
    assert not any(task.done() for task in late)
    go_on.set()
    await asyncio.gather(early, *late)
    assert len(calls) == 3
    log.close()


async def test_a_client_that_leaves_does_not_take_the_sync_of_others_along(tmp_path):
    file = tmp_path / "log"
    file.touch()
    log = LogSync(file)
    leaves = asyncio.create_task(log.synced())
    stays = asyncio.create_task(log.synced())
    await asyncio.sleep(0)
    leaves.cancel()
    await stays
    assert leaves.cancelled()
    log.close()


async def test_a_disk_that_refuses_is_an_error_for_all_who_wait(tmp_path, monkeypatch):
    file = tmp_path / "log"
    file.touch()
    log = LogSync(file)

    def refuse(_handle):
        raise OSError(5, "input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", refuse)
        errors = await asyncio.gather(log.synced(), log.synced(), return_exceptions=True)
    assert [type(error) for error in errors] == [OSError, OSError]
    await log.synced()
    log.close()


async def test_no_call_of_a_run_reads_the_whole_history():
    async with running(engine=QuickEngine()) as world:
        one = (await world.submit())["id"]
        images = [await world.upload()]
        statements: list[str] = []
        world.state._db.set_trace_callback(statements.append)
        await world.submit(images=images)
        await world.finish(one)
        recent = {"created_after": "2026-11-20T11:00:00Z", "include_inputs": True}
        await world.data("POST", "predictions", json=recent)
        await world.data("POST", "billings/search", json={"prediction_uuids": [one]})
        since = {"start_time": "2026-11-20T11:00:00Z"}
        await world.data("POST", "billings/search", json=since)
        await world.data("GET", "balance")
        world.state._db.set_trace_callback(None)
        steps = {
            step["detail"]
            for statement in statements
            if statement.startswith(("SELECT", "UPDATE"))
            for step in world.state._db.execute(f"EXPLAIN QUERY PLAN {statement}")
        }
    assert len(steps) > 5
    read_whole = {step for step in steps if step.startswith("SCAN")}
    assert read_whole <= {"SCAN account", "SCAN json_each VIRTUAL TABLE INDEX 1:"}

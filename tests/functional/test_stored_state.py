"""Locks and ledgers that are torn, in conflict, damaged or from a newer program."""

import json
import shutil
import sqlite3

import pytest

from tests.functional.cli import campaign
from tests.functional.hurry import Hurry
from tests.functional.provider import Provider
from tests.functional.workspace import Workspace, add_up

pytestmark = pytest.mark.slow

READING = [("plan", "winter"), ("status",), ("report", "winter")]


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A campaign of two requests, bought; and its provider, which is gone."""
    folder = tmp_path_factory.mktemp("bought")
    workspace = Workspace.make(folder / "shop")
    workspace.campaign(variants=("snow", "studio"))
    with pytest.MonkeyPatch.context() as patch, Provider(folder / "provider") as provider:
        Hurry(patch)
        patch.chdir(workspace.root)
        for name, value in provider.environment.items():
            patch.setenv(name, value)
        assert campaign("run", "winter", "--yes").code == 0
    return workspace, provider


@pytest.fixture
def bought(once, workspace, monkeypatch):
    """A copy of it to damage; nothing can be bought unnoticed."""
    original, provider = once
    shutil.copytree(original.root, workspace.root, dirs_exist_ok=True)
    for name, value in provider.environment.items():
        monkeypatch.setenv(name, value)
    return workspace


@pytest.fixture
def lock(bought, once):
    """Its only lock file."""
    (file,) = bought.lock("winter", once[1].realm).glob("*.jsonl")
    return file


@pytest.fixture
def ledger(bought, once):
    """The file of its ledger, with everything in it."""
    path = bought.state(once[1].realm) / "ledger.sqlite3"
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path


def lose(ledger):
    """Leave the lock alone to tell what was bought."""
    for file in ledger.parent.glob("ledger.sqlite3*"):
        file.unlink()


def write_real_lock(workspace, *lines):
    """A lock of real money."""
    folder = workspace.lock("winter")
    folder.mkdir()
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    (folder / "20261101-r-1.jsonl").write_text(text, "utf-8")


# From a newer program


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ([{"lock": 2}, {"kind": "gen"}], "the lock holds format 2"),
        ([{"lock": 1}, {"kind": "promise", "at": "2027"}], "a receipt of kind 'promise'"),
        ([{"lock": "1.5"}], "the lock holds format '1.5'"),
    ],
    ids=["format", "kind", "odd format"],
)
@pytest.mark.parametrize("command", [*READING, ("run", "winter", "--yes")])
def test_a_lock_of_a_newer_program_is_refused_with_both_versions(
    workspace, monkeypatch, command, lines, named
):
    monkeypatch.setenv("WAVESPEED_API_KEY", "a-key-of-nobody")
    workspace.campaign()
    write_real_lock(workspace, *lines)
    ran = campaign(*command)
    assert ran.code == 12
    assert named in ran.err
    assert "this program reads lock format 1" in ran.err
    assert "update campaign-pipeline" in ran.err
    assert "campaigns/winter/lock/20261101-r-1.jsonl:" in ran.err
    assert not (workspace.root / "outputs").exists()


@pytest.mark.parametrize("command", [*READING, ("run", "winter", "--yes"), ("reconcile",)])
def test_a_ledger_of_a_newer_program_is_refused_with_both_versions(bought, ledger, command):
    db = sqlite3.connect(ledger)
    with db:
        db.execute("UPDATE meta SET value = '9' WHERE name = 'format'")
    db.close()
    before = ledger.read_bytes()
    ran = campaign(*command)
    assert ran.code == 12
    assert "has format 9" in ran.err
    assert "this program reads format 1" in ran.err
    assert ledger.read_bytes() == before


# Damaged


@pytest.mark.parametrize("command", [*READING, ("run", "winter", "--yes"), ("reconcile",)])
def test_a_ledger_that_is_no_database_is_refused_and_left_as_it_is(bought, ledger, command):
    ledger.write_bytes(b"this is no database, and it is long enough to look like one" * 100)
    before = ledger.read_bytes()
    ran = campaign(*command)
    assert ran.code == 12
    assert "cannot be read" in ran.err
    assert "do not delete it, it may hold open charges" in ran.err
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("command", [*READING, ("run", "winter", "--yes"), ("reconcile",)])
def test_a_ledger_with_rotten_pages_is_refused(bought, ledger, command):
    whole = ledger.read_bytes()
    page = int.from_bytes(whole[16:18], "big")
    ledger.write_bytes(whole[: 3 * page] + b"\xa5" * (len(whole) - 3 * page))
    ran = campaign(*command)
    assert ran.code == 12
    assert "cannot be read" in ran.err


@pytest.mark.parametrize("command", [*READING, ("run", "winter", "--yes"), ("reconcile",)])
def test_a_ledger_that_lost_its_tables_is_refused(bought, ledger, command):
    db = sqlite3.connect(ledger)
    with db:
        db.execute("DROP TABLE billing")
    db.close()
    assert campaign(*command).code == 12


@pytest.mark.parametrize(
    "line",
    ["no json\n", "[]\n", '{"kind": "gen", "at": "x"}\n', '{"kind":"charge","attempt":1}\n'],
)
def test_a_damaged_receipt_in_the_middle_is_refused_with_its_place(workspace, line):
    workspace.campaign()
    write_real_lock(workspace, {"lock": 1}, line, {"kind": "waive", "attempt": "a"})
    ran = campaign("plan", "winter")
    assert ran.code == 12
    assert "campaigns/winter/lock/20261101-r-1.jsonl:2:1" in ran.err
    assert "restore the file from git" in ran.err


# Torn and in conflict: read, said


def test_a_torn_tail_is_said_and_bought_nothing_is_bought_again(bought, lock, ledger, once):
    whole = lock.read_bytes()
    lock.write_bytes(whole[:-40])
    planned = campaign("plan", "winter", "--json")
    assert planned.document["totals"]["cost"] == 0
    assert "warning[S003]: the last line of this lock file is torn" in planned.err
    ran = campaign("run", "winter")
    assert ran.code == 0
    assert "torn" in ran.err
    assert "nothing was bought" in ran.err
    # The ledger filed the receipt again, so that the locks alone know everything.
    (again,) = [file for file in lock.parent.glob("*.jsonl") if file != lock]
    there = {line for file in (lock, again) for line in file.read_text().splitlines()}
    assert set(whole.decode().splitlines()) <= there
    lose(ledger)
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 0


def test_a_last_line_without_its_newline_is_whole(bought, lock, ledger):
    lock.write_bytes(lock.read_bytes().rstrip(b"\n"))
    lose(ledger)
    planned = campaign("plan", "winter", "--json")
    assert planned.document["totals"]["cost"] == 0
    assert "torn" not in planned.err


def test_conflict_markers_keep_both_sides_and_are_said(bought, lock, ledger):
    head, ours, *rest = lock.read_text().splitlines()
    theirs = "\n".join(rest)
    lock.write_text(f"{head}\n<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> branch\n", "utf-8")
    lose(ledger)
    planned = campaign("plan", "winter", "--json")
    assert planned.code == 0
    assert planned.document["totals"]["cost"] == 0
    assert "warning[S004]: this lock file has conflict markers; both sides were kept" in planned.err
    ran = campaign("run", "winter")
    assert ran.code == 0
    assert "conflict markers" in ran.err


def test_a_lock_and_its_copies_count_once(bought, lock, ledger):
    shutil.copy(lock, lock.with_name("20990101-r-copy.jsonl"))
    lose(ledger)
    (status,) = campaign("status", "winter", "--json").document["campaigns"]
    assert (status["charged"], status["cost"]) == (160_000, 0)


def test_the_lock_alone_knows_everything(bought, lock, ledger):
    lose(ledger)
    (status,) = campaign("status", "winter", "--json").document["campaigns"]
    assert status["charged"] == add_up(lock.parent) == 160_000
    assert campaign("run", "winter").code == 0


def test_the_ledger_alone_knows_everything_and_files_it_again(bought, lock):
    before = lock.read_text()
    lock.unlink()
    (status,) = campaign("status", "winter", "--json").document["campaigns"]
    assert (status["charged"], status["cost"]) == (160_000, 0)
    assert campaign("run", "winter").code == 0
    (again,) = lock.parent.glob("*.jsonl")
    assert sorted(again.read_text().splitlines()) == sorted(before.splitlines())


@pytest.mark.parametrize("content", [b"", b"garbage " * 1000])
def test_caches_may_start_over(bought, once, content):
    (bought.state() / "cache.sqlite3").write_bytes(content)
    (bought.outputs("winter", once[1].realm) / "view.json").write_bytes(content)
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 0
    assert campaign("run", "winter").code == 0


def test_bytes_that_are_not_here_are_absent_and_never_bought(bought, once, hurry):
    shutil.rmtree(bought.state(once[1].realm) / "store")
    bought.forget_outputs()
    planned = campaign("plan", "winter", "--json").document
    assert planned["totals"]["cost"] == 0
    assert {cell["reason"] for cell in planned["cells"]} == {"result_absent"}
    ran = campaign("run", "winter", "--yes")
    assert "absent    4 pictures bought, but not on this machine" in ran.err

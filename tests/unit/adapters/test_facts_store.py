"""Facts are remembered, never trusted when damaged, and never in the way."""

import os
import sqlite3
from contextlib import closing

import pytest

from pipeline.adapters.facts_store import FactsStore

FACTS = {"a": {"x": 1.5}, "b": {"y": [1, 2], "z": None}}


def test_facts_come_back_by_kind_and_key(tmp_path):
    store = FactsStore(tmp_path / "state" / "checks.sqlite3")
    assert store.get("alone-1", ["a"]) == {}
    store.put("alone-1", FACTS)
    assert store.get("alone-1", ["a", "b", "c"]) == FACTS
    assert store.get("alone-2", ["a", "b"]) == {}


def test_what_is_measured_again_replaces_what_was_known(tmp_path):
    store = FactsStore(tmp_path / "f")
    store.put("k", {"a": {"x": 1}})
    store.put("k", {"a": {"x": 2}})
    assert store.get("k", ["a"]) == {"a": {"x": 2}}


def test_thousands_of_keys_at_once(tmp_path):
    store = FactsStore(tmp_path / "f")
    many = {f"{number:05d}": {"n": number} for number in range(1_200)}
    store.put("k", many)
    assert store.get("k", sorted(many)) == many


@pytest.mark.parametrize(
    "damage", [b"not a database at all, but long enough" * 40, b"", b"\0" * 8192]
)
def test_a_damaged_file_starts_over(tmp_path, damage):
    path = tmp_path / "f"
    store = FactsStore(path)
    store.put("k", FACTS)
    path.write_bytes(damage)
    assert store.get("k", ["a"]) == {}
    store.put("k", FACTS)
    store.put("k", FACTS)
    assert store.get("k", ["a", "b"]) == FACTS


def test_a_damaged_fact_starts_over(tmp_path):
    path = tmp_path / "f"
    store = FactsStore(path)
    store.put("k", FACTS)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE facts SET body = '[1, 2'")
    assert store.get("k", ["a"]) == {}
    assert not path.exists()


def test_another_format_starts_over(tmp_path):
    path = tmp_path / "f"
    store = FactsStore(path)
    store.put("k", FACTS)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA user_version = 99")
    assert store.get("k", ["a"]) == {}


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_is_done_without(tmp_path):
    tmp_path.chmod(0o500)
    store = FactsStore(tmp_path / "f")
    store.put("k", FACTS)
    assert store.get("k", ["a"]) == {}


def test_a_file_in_the_way_is_done_without(tmp_path):
    (tmp_path / "state").write_text("a file, not a folder")
    store = FactsStore(tmp_path / "state" / "f")
    store.put("k", FACTS)
    assert store.get("k", ["a"]) == {}


def test_somebody_else_who_writes_is_not_waited_for_long(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.adapters.facts_store._PATIENCE_S", 0.01)
    store = FactsStore(tmp_path / "f")
    store.put("k", FACTS)
    with closing(sqlite3.connect(tmp_path / "f")) as db:
        db.execute("BEGIN EXCLUSIVE")
        store.put("k", {"c": {}})
        assert store.get("k", ["a"]) == {}
    assert store.get("k", ["a", "c"]) == {"a": FACTS["a"]}

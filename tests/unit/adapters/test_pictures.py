"""The cache of picture facts: quick where nothing changed, never wrong, never in the way."""

import os
import sqlite3

import pytest

from pipeline.adapters import pictures
from pipeline.adapters.pictures import facts_of
from pipeline.imaging.inspect import inspect
from tests.support.campaigns import picture_bytes


class Measuring:
    """Measures, and remembers what was measured."""

    def __init__(self) -> None:
        self.loaded = 0
        self.measured = []

    def __call__(self):
        self.loaded += 1

        def measure(path):
            self.measured.append(path.name)
            return inspect(path)

        return measure


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two pictures that were not changed for a while, as far as the cache can tell."""
    monkeypatch.setattr(pictures, "_SETTLED_NS", -1)
    for number in (1, 2):
        (tmp_path / f"p{number}.jpg").write_bytes(picture_bytes(number))
    return tmp_path


def look(folder, names=("p1.jpg", "p2.jpg"), measuring=None):
    """Facts by name, and what had to be measured for them."""
    measuring = measuring or Measuring()
    paths = [str(folder / name) for name in names]
    found = facts_of(paths, cache=folder / "state" / "cache.sqlite3", inspect=measuring)
    assert list(found) == paths
    return list(found.values()), measuring.measured


def test_what_was_measured_once_is_known(folder):
    first, measured = look(folder)
    assert measured == ["p1.jpg", "p2.jpg"]
    assert first == [inspect(folder / "p1.jpg"), inspect(folder / "p2.jpg")]
    measuring = Measuring()
    assert look(folder, measuring=measuring) == (first, [])
    assert measuring.loaded == 0  # the pixel library is not even loaded


@pytest.mark.parametrize("keep_times", [True, False])
def test_a_changed_file_is_noticed_whatever_its_times_say(folder, keep_times):
    before, _ = look(folder)
    path = folder / "p1.jpg"
    times = path.stat()
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)  # same length, same inode
    if keep_times:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    after, measured = look(folder)
    assert measured == ["p1.jpg"]
    assert after[0].sha256 != before[0].sha256


def test_a_file_that_took_anothers_place_is_noticed(folder):
    before, _ = look(folder)
    (folder / "p2.jpg").replace(folder / "p1.jpg")
    after, measured = look(folder, ["p1.jpg"])
    assert measured == ["p1.jpg"]
    assert after == [before[1]]


def test_a_file_that_changed_just_now_is_not_remembered(folder, monkeypatch):
    monkeypatch.setattr(pictures, "_SETTLED_NS", 3600 * 10**9)
    look(folder)
    assert look(folder)[1] == ["p1.jpg", "p2.jpg"]
    assert not (folder / "state").exists()


def test_what_is_no_picture_is_told_and_not_remembered(folder):
    (folder / "p1.jpg").write_bytes(b"text")
    for _ in range(2):
        (why, good), measured = look(folder)
        assert isinstance(why, str)
        assert "p1.jpg" in measured
        assert good.format == "jpeg"


def test_what_is_not_there_is_told(folder):
    (why,), measured = look(folder, ["none.jpg"])
    assert why == "it cannot be read: No such file or directory"
    assert measured == []


@pytest.mark.parametrize("content", [b"", b"not a database", b"\x00" * 100, b"SQLite format 3\x00"])
def test_a_damaged_cache_is_made_again(folder, content):
    cache = folder / "state" / "cache.sqlite3"
    cache.parent.mkdir()
    cache.write_bytes(content)
    first, _ = look(folder)
    for _ in range(2):  # it may take one run to clear away and one to learn again
        look(folder)
    assert look(folder) == (first, [])


@pytest.mark.parametrize("version", [0, 2])
def test_a_cache_of_another_format_is_made_again(folder, version):
    look(folder)
    with sqlite3.connect(folder / "state" / "cache.sqlite3") as db:
        db.execute("DROP TABLE pictures")
        db.execute("CREATE TABLE pictures (other TEXT)")
        db.execute(f"PRAGMA user_version = {version}")
    db.close()
    assert look(folder)[1] == ["p1.jpg", "p2.jpg"]
    assert look(folder)[1] == []


def test_a_cache_that_cannot_be_written_is_done_without(folder):
    (folder / "state" / "cache.sqlite3").mkdir(parents=True)
    first, measured = look(folder)
    assert len(first) == len(measured) == 2


def test_names_that_are_no_text_are_measured_every_time(folder):
    name = os.fsdecode(b"\xff.jpg")
    (folder / name).write_bytes(picture_bytes(3))
    for _ in range(2):
        found, _ = look(folder, [name, "p1.jpg"])
        assert [facts.format for facts in found] == ["jpeg", "jpeg"]


def test_a_cache_for_which_there_is_no_place_is_done_without(folder):
    (folder / "state").write_text("in the way")
    found, measured = look(folder)
    assert found == [inspect(folder / "p1.jpg"), inspect(folder / "p2.jpg")]
    assert look(folder) == (found, measured)

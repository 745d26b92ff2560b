"""Looks are remembered by digest, and damage is not."""

import sqlite3
from contextlib import closing

from pipeline.adapters import pictures
from pipeline.adapters.pictures import facts_of, looks_of
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.look import Look

ONE = Look(sharpness=300, brightness=500, warmth=-20, subject=None)
OTHER = Look(sharpness=1, brightness=0, warmth=900, subject=640)


class Seeing:
    """Knows the looks of paths; text stands for damage."""

    def __init__(self, known):
        self.known = known
        self.loaded = 0
        self.seen = []

    def __call__(self):
        self.loaded += 1

        def see(path):
            self.seen.append(path.name)
            found = self.known[path.name]
            if isinstance(found, str):
                raise ValueError(found)  # noqa: TRY004 (what a damaged file raises)
            return found

        return see


def look(cache, known, *names):
    seeing = Seeing(known)
    paths = {Sha256(name * 8): f"/pictures/{name}" for name in names}
    found = looks_of(paths, cache=cache, see=seeing)
    return {digest[:4]: look for digest, look in found.items()}, sorted(seeing.seen), seeing.loaded


def test_what_was_seen_once_is_known(tmp_path):
    cache = tmp_path / "state" / "cache.sqlite3"
    known = {"aaaa": ONE, "bbbb": OTHER, "cccc": "cut short"}
    first, seen, _ = look(cache, known, "aaaa", "bbbb", "cccc")
    assert (first, seen) == (known, ["aaaa", "bbbb", "cccc"])
    again, seen, _ = look(cache, known, "aaaa", "bbbb", "cccc")
    assert (again, seen) == (known, ["cccc"])  # it may have been mended, or be readable now
    assert look(cache, {}, "aaaa") == ({"aaaa": ONE}, [], 0)


def test_another_way_of_measuring_forgets_the_old_numbers(tmp_path, monkeypatch):
    cache = tmp_path / "cache.sqlite3"
    look(cache, {"aaaa": ONE}, "aaaa")
    monkeypatch.setattr(pictures, "LOOK_VERSION", pictures.LOOK_VERSION + 1)
    assert look(cache, {"aaaa": OTHER}, "aaaa") == ({"aaaa": OTHER}, ["aaaa"], 1)
    assert look(cache, {}, "aaaa") == ({"aaaa": OTHER}, [], 0)


def test_a_cache_that_is_none_is_no_obstacle(tmp_path):
    cache = tmp_path / "cache.sqlite3"
    cache.write_bytes(b"no database" * 100)
    assert look(cache, {"aaaa": ONE}, "aaaa")[0] == {"aaaa": ONE}
    assert look(cache, {"aaaa": ONE}, "aaaa")[0] == {"aaaa": ONE}


def test_facts_and_looks_share_a_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "_SETTLED_NS", -1)
    from pipeline.imaging.inspect import inspect  # noqa: PLC0415 (loads the pixel library)
    from tests.support.campaigns import picture_bytes  # noqa: PLC0415

    cache, path = tmp_path / "cache.sqlite3", tmp_path / "p.jpg"
    path.write_bytes(picture_bytes(1))
    look(cache, {"aaaa": ONE}, "aaaa")
    facts_of([str(path)], cache=cache, inspect=lambda: inspect)
    assert look(cache, {}, "aaaa")[0] == {"aaaa": ONE}
    with closing(sqlite3.connect(cache)) as db:
        assert db.execute("SELECT count(*) FROM pictures").fetchone() == (1,)


def test_no_more_pictures_are_decoded_at_once_than_memory_has_room_for(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures.os, "cpu_count", lambda: 64)
    asked = []

    class Threads(pictures.ThreadPoolExecutor):
        def __init__(self, number):
            asked.append(number)
            super().__init__(number)

    monkeypatch.setattr(pictures, "ThreadPoolExecutor", Threads)
    names = [f"{n:04}" for n in range(40)]
    found, seen, _ = look(tmp_path / "c", dict.fromkeys(names, ONE), *names)
    assert (len(found), seen, asked) == (40, names, [4])

"""Objects go from store to store whole or not at all, however often it is tried."""

import contextlib
import errno
import hashlib
import itertools
import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.store import Store
from pipeline.adapters.transfer import CannotWriteError, Fate, check, copy, each
from tests.support.lives import Fuse, PowerCut

PAID = b"paid" * 1000


def fill(root: Path, *contents: bytes) -> Store:
    store = Store(root)
    root.mkdir(exist_ok=True)
    for content in contents:
        store.make_room(digest_of(content)).write_bytes(content)
    return store


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def damage(store: Store, digest: str, content: bytes = b"rotten") -> None:
    store.path_of(digest).write_bytes(content)


def copy_all(source: Store, target: Store) -> list:
    return [copy(digest, source=source, target=target) for digest in sorted(source.present())]


def contents(store: Store) -> dict[str, bytes]:
    return {digest: store.path_of(digest).read_bytes() for digest in store.present()}


def leftovers(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.startswith(".")]


# Copying


def test_a_copy_has_the_layout_the_bytes_and_no_right_to_be_written(tmp_path):
    source, target = fill(tmp_path / "a", PAID), fill(tmp_path / "b")
    digest = digest_of(PAID)
    done = copy(digest, source=source, target=target)
    assert done == (digest, Fate.COPIED, len(PAID), "")
    place = tmp_path / "b" / "sha256" / digest[:2] / digest
    assert place.read_bytes() == PAID
    assert place.stat().st_mode & 0o777 == 0o444
    assert leftovers(tmp_path) == []


def test_what_is_there_is_neither_read_nor_written(tmp_path):
    source, target = fill(tmp_path / "a", PAID), fill(tmp_path / "b", PAID)
    digest = digest_of(PAID)
    damage(source, digest)
    before = target.path_of(digest).stat()
    assert copy(digest, source=source, target=target).fate is Fate.WHOLE
    assert target.path_of(digest).stat() == before
    assert target.is_whole(digest), "a damaged object is never copied over a good one"


@pytest.mark.parametrize("content", [b"", b"rotten", PAID[:-1], PAID + b"x"])
def test_damaged_bytes_are_never_taken(tmp_path, content):
    source, target = fill(tmp_path / "a", PAID), fill(tmp_path / "b")
    damage(source, digest_of(PAID), content)
    assert copy(digest_of(PAID), source=source, target=target).fate is Fate.DAMAGED
    assert target.present() == frozenset()
    assert leftovers(tmp_path) == []


def test_what_vanishes_is_said(tmp_path):
    source, target = fill(tmp_path / "a"), fill(tmp_path / "b")
    assert copy("a" * 64, source=source, target=target).fate is Fate.GONE
    assert target.present() == frozenset()


@pytest.mark.parametrize("kind", ["link", "folder", "linked folder"])
def test_what_stands_in_the_way_is_left_alone(tmp_path, kind):
    source, target = fill(tmp_path / "a", PAID), fill(tmp_path / "b")
    precious = tmp_path / "precious"
    precious.mkdir()
    place = target.path_of(digest_of(PAID))
    if kind == "linked folder":
        place.parent.parent.mkdir()
        place.parent.symlink_to(precious)
    else:
        place.parent.mkdir(parents=True)
        place.mkdir() if kind == "folder" else place.symlink_to(precious / "file")
    done = copy(digest_of(PAID), source=source, target=target)
    assert done.fate is Fate.IN_THE_WAY
    assert str(place if kind != "linked folder" else place.parent) in done.why
    assert list(precious.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_target_that_takes_nothing_stops_everything_and_has_no_half_file(
    tmp_path, monkeypatch, number
):
    source, target = fill(tmp_path / "a", PAID), fill(tmp_path / "b")

    def refuse(_handle):
        raise OSError(number, "no more")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(CannotWriteError) as stopped:
        copy(digest_of(PAID), source=source, target=target)
    assert (stopped.value.root, stopped.value.errno) == (tmp_path / "b", number)
    monkeypatch.undo()
    assert target.present() == frozenset()
    assert leftovers(tmp_path) == []


def test_a_source_that_cannot_be_read_stops_nothing(tmp_path, monkeypatch):
    source, target = fill(tmp_path / "a", PAID), fill(tmp_path / "b")

    class Broken:
        def __enter__(self):
            return self

        def __exit__(self, *_exception):
            pass

        def read(self, _length):
            raise OSError(errno.EIO, "bad sector")

    monkeypatch.setattr(source, "open", lambda _digest: Broken())
    done = copy(digest_of(PAID), source=source, target=target)
    assert (done.fate, done.why) == (Fate.UNREADABLE, "bad sector")
    assert check(digest_of(PAID), source).fate is Fate.UNREADABLE
    assert leftovers(tmp_path) == []


# Checking


def test_checking_changes_nothing(tmp_path):
    store = fill(tmp_path / "a", PAID, b"other")
    damage(store, digest_of(b"other"))
    assert check(digest_of(PAID), store) == (digest_of(PAID), Fate.WHOLE, len(PAID), "")
    assert check(digest_of(b"other"), store).fate is Fate.DAMAGED
    assert len(store.present()) == 2


# Power cuts


class Wires:
    """The calls by which copying changes a disk, each passing a fuse before and after."""

    CHANGES = ("fsync", "fchmod", "chmod", "mkdir", "replace", "rename", "unlink", "write", "open")

    def __init__(self, monkeypatch, fuse: Fuse) -> None:
        for name in self.CHANGES:
            monkeypatch.setattr(os, name, self._guard(getattr(os, name), fuse))

    def _guard(self, real, fuse):
        def guarded(*args, **kwargs):
            fuse.burn()
            result = real(*args, **kwargs)
            fuse.burn()
            return result

        return guarded


def test_bytes_are_durable_before_they_have_their_name_and_the_name_at_the_end(
    tmp_path, monkeypatch
):
    source, target = fill(tmp_path / "a", PAID), fill(tmp_path / "b", PAID[1:])
    target.make_room(digest_of(PAID))
    told = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def noted(what, *args, real=real, name=name):
            is_folder = name == "fsync" and stat.S_ISDIR(os.fstat(what).st_mode)
            told.append("folder" if is_folder else name)
            return real(what, *args)

        monkeypatch.setattr(os, name, noted)
    copy(digest_of(PAID), source=source, target=target)
    assert told == ["fsync", "replace", "folder"]


@pytest.mark.slow
def test_a_power_cut_anywhere_leaves_whole_objects_or_none_and_the_next_try_ends_it(
    tmp_path, monkeypatch
):
    source = fill(tmp_path / "source", b"one", b"two", b"three")
    for moments in itertools.count(1):
        target = fill(tmp_path / f"target-{moments}")
        fuse = Fuse(moments)
        with monkeypatch.context() as patch:
            Wires(patch, fuse)
            with contextlib.suppress(PowerCut):
                copy_all(source, target)
        assert contents(target).items() <= contents(source).items(), moments
        assert {one.fate for one in copy_all(source, target)} <= {Fate.COPIED, Fate.WHOLE}
        assert contents(target) == contents(source), moments
        if not fuse.is_blown:
            break
    assert moments > 20
    assert target.unfinished() == []


# Laws


objects = st.sets(st.binary(max_size=50), max_size=6)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(here=objects, there=objects, rotten_here=objects, rotten_there=objects)
def test_push_then_pull_into_an_empty_store_gives_every_whole_object(
    here, there, rotten_here, rotten_there
):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        own, shared = fill(root / "own", *here), fill(root / "shared", *there)
        for content in here & rotten_here:
            damage(own, digest_of(content))
        for content in there & rotten_there:
            damage(shared, digest_of(content))
        copy_all(own, shared)
        fresh = fill(root / "fresh")
        copy_all(shared, fresh)
        whole = (there - rotten_there) | (here - rotten_here - (there & rotten_there))
        # What was rotten there before stays so: its name is taken until somebody verifies it.
        assert contents(fresh) == {digest_of(content): content for content in whole}
        assert all(fresh.is_whole(digest) for digest in fresh.present())


# Several at once


def test_results_come_in_order_and_all_are_counted():
    told = []
    found = list(each(lambda n: n * n, range(100), workers=3, progress=told.append))
    assert found == [n * n for n in range(100)]
    assert sum(told) == 100


def test_an_error_begins_no_more():
    begun = []

    def work(number):
        begun.append(number)
        if number == 5:
            raise CannotWriteError(Path("x"), OSError(errno.ENOSPC, "full"))

    with pytest.raises(CannotWriteError):
        list(each(work, range(1000), workers=2, progress=lambda _more: None))
    assert len(begun) < 30

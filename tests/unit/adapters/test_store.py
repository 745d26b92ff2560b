import errno
import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.adapters import durable_files
from pipeline.adapters.store import InTheWayError, Store


def arrive(store, content: bytes) -> str:
    path = store.incoming()
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    store.keep(path, digest)
    assert not path.exists()
    return digest


def test_what_is_kept_lies_under_its_digest_and_cannot_be_written(tmp_path):
    store = Store(tmp_path / "store")
    digest = arrive(store, b"paid")
    path = store.path_of(digest)
    assert path == tmp_path / "store" / "sha256" / digest[:2] / digest
    assert path.read_bytes() == b"paid"
    assert path.stat().st_mode & 0o777 == 0o444
    assert store.is_whole(digest)


def test_what_is_here_already_stays_as_it_is(tmp_path):
    store = Store(tmp_path)
    before = store.path_of(arrive(store, b"paid")).stat()
    after = store.path_of(arrive(store, b"paid")).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_all_digests_that_are_here(tmp_path):
    store = Store(tmp_path / "store")
    assert store.present() == frozenset()
    digests = {arrive(store, bytes([n])) for n in range(20)}
    assert store.present() == digests
    store.path_of(min(digests)).unlink()
    assert store.present() == digests - {min(digests)}


def test_what_is_still_arriving_is_not_here(tmp_path):
    store = Store(tmp_path)
    one, other = store.incoming(), store.incoming()
    assert one != other
    one.write_bytes(b"half of it")
    assert store.present() == frozenset()
    digest = arrive(store, b"x")
    # A write that a power cut interrupted.
    store.path_of(digest).with_name(f".{digest}.abc.tmp").write_bytes(b"half")
    assert store.present() == {digest}


def test_changed_bytes_are_noticed(tmp_path):
    store = Store(tmp_path)
    digest = arrive(store, b"paid")
    path = store.path_of(digest)
    path.chmod(0o644)
    path.write_bytes(b"pa1d")
    assert not store.is_whole(digest)


# Durability


class Syncs:
    """The disk's side of syncing: what was synced, in order."""

    def __init__(self, monkeypatch) -> None:
        self.done: list[tuple[int, int]] = []
        real = os.fsync

        def noted(handle: int) -> None:
            real(handle)
            self.done.append(self._name(os.fstat(handle)))

        monkeypatch.setattr(os, "fsync", noted)

    def has(self, path) -> bool:
        return self._name(path.stat()) in self.done

    @staticmethod
    def _name(found: os.stat_result) -> tuple[int, int]:
        return found.st_dev, found.st_ino


def test_what_a_killed_run_had_only_renamed_is_synced_before_it_counts(tmp_path, monkeypatch):
    """Its name may be in memory alone, and the ledger is about to call the picture stored."""
    store = Store(tmp_path / "store")
    digest = hashlib.sha256(b"paid").hexdigest()
    place = store.path_of(digest)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"paid")
    monkeypatch.setattr(durable_files, "_durable", set())  # nothing of this was made here
    syncs = Syncs(monkeypatch)
    assert arrive(store, b"paid") == digest
    assert syncs.has(place)
    assert syncs.has(place.parent)
    assert syncs.has(place.parent.parent)


def test_a_sync_that_fails_does_not_count_as_kept(tmp_path, monkeypatch):
    store = Store(tmp_path)
    digest = arrive(store, b"paid")
    again = store.incoming()
    again.write_bytes(b"paid")

    def fail(_handle):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="broken"):
        store.keep(again, digest)
    assert again.exists()


def at_once(*works) -> None:
    """Do all of it in threads of their own that begin together."""
    begin = threading.Barrier(len(works))

    def one(work) -> None:
        begin.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for ended in [pool.submit(one, work) for work in works]:
            ended.result()


@pytest.mark.parametrize("before", [None, b"paid", b"pa1d"])
def test_the_same_bytes_may_arrive_several_times_at_once(tmp_path, before):
    for number in range(4):
        store = Store(tmp_path / str(number))
        digest = hashlib.sha256(b"paid").hexdigest()
        if before is not None:
            arrive(store, b"paid")
            damage(store, digest, before)
        at_once(*[lambda store=store: arrive(store, b"paid")] * 4)
        assert store.is_whole(digest)
        assert store.present() == {digest}
        aside = list(store.damaged().values())
        assert [file.read_bytes() for file in aside] == ([b"pa1d"] if before == b"pa1d" else [])


def test_what_has_just_been_kept_is_never_set_aside(tmp_path, monkeypatch):
    """Not even for a moment: a power cut in it would take a picture that was told to be stored."""
    store, taken = Store(tmp_path), []
    digest = arrive(store, b"paid")
    damage(store, digest)
    other = threading.Thread(target=arrive, args=(store, b"paid"))

    def slow(digest):
        if not other.ident:
            other.start()
            other.join(0.05)  # as far as it gets between judging and moving
        taken.append(store.path_of(digest).read_bytes())
        return Store.set_aside(store, digest)

    monkeypatch.setattr(store, "set_aside", slow)
    arrive(store, b"paid")
    other.join()
    assert taken == [b"pa1d"]
    assert store.is_whole(digest)


def test_damaged_bytes_that_another_process_sets_aside_first_are_no_trouble(tmp_path, monkeypatch):
    store, other = Store(tmp_path), Store(tmp_path)
    digest = arrive(store, b"paid")
    damage(store, digest)

    def too_late(digest):
        Store.set_aside(other, digest)
        return Store.set_aside(store, digest)

    monkeypatch.setattr(store, "set_aside", too_late)
    assert arrive(store, b"paid") == digest
    assert store.is_whole(digest)


# What does not belong


def test_links_and_foreign_things_are_no_objects(tmp_path):
    store = Store(tmp_path / "store")
    digest = arrive(store, b"paid")
    folder = store.path_of(digest).parent
    linked = "a" * 64
    store.path_of(linked).parent.mkdir(exist_ok=True)
    store.path_of(linked).symlink_to(store.path_of(digest))
    (tmp_path / "store/sha256/bb").symlink_to(folder)
    (tmp_path / "store/sha256/.DS_Store").write_bytes(b"")
    (tmp_path / "store/sha256/README").write_bytes(b"")
    (tmp_path / "store/sha256/notes").mkdir()
    (folder / "thumbs.db").write_bytes(b"")
    (folder / digest.upper()).write_bytes(b"paid")
    (folder / f"{digest}.bak").write_bytes(b"paid")
    (folder / (digest[:2] + "0" * 62)).mkdir()
    misplaced = "cd" + "0" * 62
    (folder / misplaced).write_bytes(b"in the wrong folder")
    assert store.present() == {digest}
    assert digest in store
    assert linked not in store
    assert misplaced not in store


def test_a_link_is_not_read(tmp_path):
    store = Store(tmp_path / "store")
    digest = arrive(store, b"paid")
    other = "b" * 64
    store.make_room(other).symlink_to(store.path_of(digest))
    with pytest.raises(OSError, match="symbolic"):
        store.open(other)


def test_a_pipe_is_not_waited_for(tmp_path):
    store = Store(tmp_path / "store")
    os.mkfifo(store.make_room("b" * 64))
    with pytest.raises(InTheWayError):
        store.is_whole("b" * 64)


# Damage


def damage(store, digest, content=b"pa1d"):
    path = store.path_of(digest)
    path.chmod(0o644)
    path.write_bytes(content)


def test_damaged_bytes_are_set_aside_and_never_deleted(tmp_path):
    store = Store(tmp_path)
    digest = arrive(store, b"paid")
    damage(store, digest)
    aside = store.set_aside(digest)
    assert aside.parent == tmp_path / "damaged"
    assert aside.read_bytes() == b"pa1d"
    assert store.present() == frozenset()
    assert store.damaged() == {digest: aside}
    assert arrive(store, b"paid") == digest
    damage(store, digest, b"")
    store.set_aside(digest)
    contents = {file.read_bytes() for file in (tmp_path / "damaged").iterdir()}
    assert contents == {b"pa1d", b""}, "the first one is still there"


def test_whole_bytes_are_never_set_aside(tmp_path):
    store = Store(tmp_path)
    digest = arrive(store, b"paid")
    assert store.set_aside(digest) is None
    assert store.is_whole(digest)
    assert store.damaged() == {}


def test_good_bytes_that_arrive_take_the_place_of_damaged_ones(tmp_path):
    store = Store(tmp_path)
    digest = arrive(store, b"paid")
    damage(store, digest)
    assert arrive(store, b"paid") == digest
    assert store.is_whole(digest)
    assert store.damaged().keys() == {digest}


# Sharing


def test_folders_are_as_open_to_others_as_the_one_they_are_in(tmp_path):
    root = tmp_path / "drive"
    root.mkdir()
    root.chmod(0o2775)
    place = Store(root).make_room("c" * 64)
    assert place.parent.stat().st_mode & 0o777 == 0o775
    assert not place.exists()


def test_no_room_is_made_where_something_is(tmp_path):
    store = Store(tmp_path / "store")
    digest = arrive(store, b"paid")
    with pytest.raises(InTheWayError):
        store.make_room(digest)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "store/sha256/dd").symlink_to(elsewhere)
    with pytest.raises(InTheWayError):
        store.make_room("d" * 64)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EOPNOTSUPP])
def test_a_drive_that_cannot_sync_folders_is_good_enough(tmp_path, monkeypatch, number):
    def refuse(_folder):
        raise OSError(number, "not here")

    monkeypatch.setattr("pipeline.adapters.store.sync_folder", refuse)
    Store(tmp_path).make_room("e" * 64)


def test_a_drive_that_fails_to_sync_is_not(tmp_path, monkeypatch):
    def fail(_folder):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr("pipeline.adapters.store.sync_folder", fail)
    with pytest.raises(OSError, match="broken"):
        Store(tmp_path).make_room("e" * 64)

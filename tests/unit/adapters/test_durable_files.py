import os
from pathlib import Path

import pytest

from pipeline.adapters import durable_files
from pipeline.adapters.durable_files import (
    Appender,
    adopt_durably,
    make_folder,
    rename_durably,
    temporary_beside,
    write_durably,
)


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_file_is_written_whole_with_its_folders(tmp_path):
    target = tmp_path / "a" / "b" / "file"
    write_durably(target, b"one")
    write_durably(target, b"two", mode=0o600)
    assert target.read_bytes() == b"two"
    assert target.stat().st_mode & 0o777 == 0o600
    assert names(target.parent) == ["file"]


def test_a_write_that_fails_changes_nothing_and_leaves_nothing(tmp_path, monkeypatch):
    target = tmp_path / "file"
    write_durably(target, b"old")

    def broken(handle):
        raise OSError("the disk is gone")

    monkeypatch.setattr(durable_files.os, "fsync", broken)
    with pytest.raises(OSError, match="gone"):
        write_durably(target, b"new")
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_content_is_synced_before_it_gets_its_name_and_the_name_after(tmp_path, monkeypatch):
    """Otherwise a power cut may leave a name with nothing behind it."""
    synced = []
    real = os.fsync

    def noted(handle):
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()).removeprefix(f"{tmp_path}/"))
        synced.append((tmp_path / "file").exists())
        real(handle)

    monkeypatch.setattr(durable_files.os, "fsync", noted)
    write_durably(tmp_path / "file", b"new")
    temporary, is_named, folder, is_there = synced[-4:]
    assert temporary.startswith(".file.")
    assert not is_named
    assert folder == str(tmp_path)
    assert is_there


def test_adopting_makes_a_file_read_only_at_its_place(tmp_path):
    source = tmp_path / "arrived"
    source.write_bytes(b"paid")
    adopt_durably(source, tmp_path / "aa" / "digest")
    assert names(tmp_path) == ["aa"]
    assert (tmp_path / "aa" / "digest").read_bytes() == b"paid"
    assert (tmp_path / "aa" / "digest").stat().st_mode & 0o777 == 0o444


def test_a_temporary_name_goes_away_unless_it_was_renamed(tmp_path):
    with temporary_beside(tmp_path / "x") as temporary:
        temporary.write_bytes(b"1")
        assert temporary.parent == tmp_path
    assert names(tmp_path) == []
    with temporary_beside(tmp_path / "x") as temporary:
        temporary.write_bytes(b"1")
        temporary.replace(tmp_path / "x")
    assert names(tmp_path) == ["x"]


def test_folders_may_exist(tmp_path):
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a")
    assert (tmp_path / "a" / "b").is_dir()


@pytest.fixture
def synced(monkeypatch):
    """What was synced, in order."""
    found = []
    monkeypatch.setattr(durable_files, "sync_folder", found.append)
    return found


def test_each_new_name_is_synced_from_the_top_down_and_only_once(tmp_path, synced):
    make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]
    make_folder(tmp_path / "a" / "b")
    assert len(synced) == 2


def test_a_folder_that_was_only_found_is_synced_for_whoever_made_it_may_have_died(tmp_path, synced):
    (tmp_path / "a").mkdir()
    make_folder(tmp_path / "a")
    assert synced == [tmp_path]


def test_a_folder_that_was_removed_is_made_and_synced_again(tmp_path, synced):
    make_folder(tmp_path / "a")
    (tmp_path / "a").rmdir()
    make_folder(tmp_path / "a")
    assert (tmp_path / "a").is_dir()
    assert synced == [tmp_path] * 2


def test_a_folder_is_known_by_where_it_is_and_not_by_how_it_was_called(
    tmp_path, synced, monkeypatch
):
    for place in ("one", "other"):
        (tmp_path / place / "a").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / place)
        make_folder(Path("a"))
    assert len(synced) == 2


def test_a_sync_that_failed_is_tried_again(tmp_path, monkeypatch):
    synced = []

    def first_broken(folder):
        synced.append(folder)
        if len(synced) == 1:
            raise OSError("the disk is gone")

    monkeypatch.setattr(durable_files, "sync_folder", first_broken)
    with pytest.raises(OSError, match="gone"):
        make_folder(tmp_path / "a")
    make_folder(tmp_path / "a")
    assert synced == [tmp_path] * 2


def test_an_appender_never_opens_what_exists(tmp_path):
    (tmp_path / "log").write_bytes(b"")
    with pytest.raises(FileExistsError):
        Appender(tmp_path / "log")


def test_what_was_appended_is_there_in_order(tmp_path):
    log = Appender(tmp_path / "log")
    assert log.is_empty
    for piece in (b"one\n", b"two\n", b""):
        log.append(piece)
    assert not log.is_empty
    log.close()
    assert (tmp_path / "log").read_bytes() == b"one\ntwo\n"


def test_an_appender_that_could_not_be_made_can_be_made_later(tmp_path, monkeypatch):
    """Otherwise the next receipt of the run would find a file that nobody has open."""

    def broken(folder):
        raise OSError("the disk is gone")

    make_folder(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(durable_files, "sync_folder", broken)
        with pytest.raises(OSError, match="gone"):
            Appender(tmp_path / "log")
    assert names(tmp_path) == []
    log = Appender(tmp_path / "log")
    log.append(b"one\n")
    log.close()
    assert (tmp_path / "log").read_bytes() == b"one\n"


def test_a_new_name_is_made_durable_where_it_is_and_where_it_was(tmp_path, synced):
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
    (tmp_path / "here" / "old").write_bytes(b"paid")
    rename_durably(tmp_path / "here" / "old", tmp_path / "here" / "new")
    assert synced == [tmp_path / "here"]
    rename_durably(tmp_path / "here" / "new", tmp_path / "there" / "new")
    assert synced[1:] == [tmp_path / "there", tmp_path / "here"]
    assert (tmp_path / "there" / "new").read_bytes() == b"paid"

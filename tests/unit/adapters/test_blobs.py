import hashlib
import sqlite3

import pytest

from pipeline.adapters.blobs import (
    LfsFiles,
    Measuring,
    Pointer,
    assumed_facts,
    facts_of_blobs,
    read_pointer,
)
from pipeline.adapters.git import Repository
from pipeline.imaging.inspect import inspect
from tests.support.campaigns import picture, picture_bytes
from tests.support.review import Clone

PICTURE = picture_bytes(1)
LENGTH = len(PICTURE)
DIGEST = hashlib.sha256(PICTURE).hexdigest()


def pointer_text(digest=DIGEST, size=LENGTH, more=""):
    head = "version https://git-lfs.github.com/spec/v1\n"
    return f"{head}{more}oid sha256:{digest}\nsize {size}\n".encode()


def test_a_pointer_is_digest_and_length_of_what_it_stands_for():
    assert read_pointer(pointer_text()) == (DIGEST, len(PICTURE))
    extended = pointer_text(more="ext-0-foo sha256:" + "0" * 64 + "\n")
    assert read_pointer(extended) == (DIGEST, len(PICTURE))
    old = pointer_text().replace(b"git-lfs.github.com", b"hawser.github.com")
    assert read_pointer(old) == (DIGEST, len(PICTURE))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        PICTURE,
        b"x" + pointer_text(),
        pointer_text(digest="0" * 63),
        pointer_text(digest=DIGEST.upper()),
        pointer_text(size="many"),
        pointer_text().replace(b"\n", b"\r\n"),
        pointer_text() + b"\n" * 1024,
    ],
)
def test_anything_else_is_none(content):
    assert read_pointer(content) is None


def test_what_a_pointer_does_not_say_is_taken_as_good():
    facts = assumed_facts(Pointer(DIGEST, 5_000_000), "images/a.JPG")
    assert (facts.sha256, facts.size, facts.format) == (DIGEST, 5_000_000, "jpeg")
    assert assumed_facts(Pointer(DIGEST, 1), "images/a.tif").format == "tiff"


@pytest.fixture
def clone(tmp_path):
    return Clone.make(tmp_path / "here")


def measure(clone, tmp_path, *names, inspecting=inspect):
    """Facts by name."""
    repository = Repository(clone.root)
    files = {entry.path: entry.blob for entry in repository.files(repository.commit("HEAD"), ".")}
    measuring = Measuring(
        tmp_path / "state" / "blobs.sqlite3", LfsFiles(repository.common), lambda: inspecting
    )
    with repository.objects() as objects:
        blobs = {name: files.get(name, "f" * 40) for name in names}
        found = facts_of_blobs(blobs.values(), objects, measuring)
    return [found[blobs[name]] for name in names]


def never(path):
    raise AssertionError(f"{path} was measured again")


def test_pictures_are_measured_once_for_ever(clone, tmp_path):
    for number in range(3):
        (clone.root / f"p{number}.jpg").write_bytes(picture_bytes(number))
    clone.commit()
    names = [f"p{number}.jpg" for number in range(3)]
    wanted = [picture(number).facts for number in range(3)]
    assert measure(clone, tmp_path, *names) == wanted
    assert measure(clone, tmp_path, *names, inspecting=never) == wanted


def test_a_cache_that_is_damaged_or_of_another_format_starts_over(clone, tmp_path):
    (clone.root / "p.jpg").write_bytes(PICTURE)
    clone.commit()
    cache = tmp_path / "state" / "blobs.sqlite3"
    cache.parent.mkdir()
    cache.write_bytes(b"no database at all" * 100)
    for _ in range(2):
        assert measure(clone, tmp_path, "p.jpg") == [picture(1).facts]
    with sqlite3.connect(cache) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert measure(clone, tmp_path, "p.jpg") == [picture(1).facts]
    assert measure(clone, tmp_path, "p.jpg", inspecting=never) == [picture(1).facts]


def test_what_is_no_picture_and_what_is_not_there(clone, tmp_path):
    (clone.root / "note.jpg").write_text("a text")
    clone.commit()
    why, absent = measure(clone, tmp_path, "note.jpg", "gone.jpg")
    assert why.startswith("it is ")
    assert absent is None
    assert measure(clone, tmp_path, "note.jpg") == [why]


def test_behind_a_pointer_the_file_is_measured_where_it_was_fetched(clone, tmp_path):
    (clone.root / "p.jpg").write_bytes(pointer_text())
    clone.commit()
    assert measure(clone, tmp_path, "p.jpg") == [Pointer(DIGEST, len(PICTURE))]
    there = clone.root / ".git" / "lfs" / "objects" / DIGEST[:2] / DIGEST[2:4] / DIGEST
    there.parent.mkdir(parents=True)
    there.write_bytes(picture_bytes(2))
    assert measure(clone, tmp_path, "p.jpg") == [Pointer(DIGEST, len(PICTURE))], "another file"
    there.write_bytes(PICTURE)
    assert measure(clone, tmp_path, "p.jpg") == [picture(1).facts]


def test_a_cache_for_which_there_is_no_place_is_done_without(clone, tmp_path):
    (clone.root / "p.jpg").write_bytes(PICTURE)
    clone.commit()
    (tmp_path / "state").write_text("in the way")
    for _ in range(2):
        assert measure(clone, tmp_path, "p.jpg") == [picture(1).facts]

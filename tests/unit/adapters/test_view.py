"""The view: made once, made again when it must be, and nothing of others removed."""

import json
import os
import threading

import pytest

from pipeline.adapters.view import INDEX, View, Wanted
from pipeline.domain.rendition import RenditionSpec

SPEC = RenditionSpec(width=10, height=10)


class Painter:
    """Draws renditions and thumbnails as text files; fails where it is told to."""

    def __init__(self, *bad: str) -> None:
        self.bad = bad
        self.drawn = []

    def draw(self, master, wanted):
        found = []
        for spec, target in wanted:
            if target.name in self.bad:
                found.append("the master is broken")
                continue
            self.drawn.append(target.name)
            target.write_text(f"{master.name} {spec.width}")
            found.append((spec.width, spec.height, spec.quality, False, False))
        return found

    def shrink(self, source, target, side):
        if target.name in self.bad:
            raise ValueError("no picture")
        self.drawn.append(target.name)
        target.write_text(f"{source.name} {side}")
        return side, side


@pytest.fixture
def outputs(tmp_path):
    for name in ("m1", "m2"):
        (tmp_path / name).write_bytes(name.encode() * 100)
    return tmp_path / "outputs"


def wanted(outputs, *, key="r1-a"):
    """A copy, a rendition and a thumbnail of one master, and a copy of another."""
    one, two = (str(outputs.parent / name) for name in ("m1", "m2"))
    return [
        Wanted("masters/one.jpg", "m1", one, None),
        Wanted("feed/one.jpg", key, one, SPEC),
        Wanted("thumbs/aa/one.webp", "thumb", one, 64),
        Wanted("masters/two.jpg", "m2", two, None),
    ]


def bring_up(outputs, items, painter=None):
    """Open the view, make what is missing; returns names made and what could not be."""
    view = View(outputs)
    missing = view.missing(items)
    painter = painter or Painter()
    counted = []
    failed = view.make(
        missing, draw=painter.draw, shrink=painter.shrink, workers=2, progress=counted.append
    )
    assert sum(counted) == len(missing)
    return [item.name for item in missing], failed


def test_everything_is_made_once(outputs):
    items = wanted(outputs)
    assert bring_up(outputs, items) == ([item.name for item in items], [])
    assert (outputs / "masters/one.jpg").read_bytes() == b"m1" * 100
    assert (outputs / "feed/one.jpg").read_text() == "m1 10"
    assert (outputs / "thumbs/aa/one.webp").read_text() == "m1 64"
    assert bring_up(outputs, items) == ([], [])


def test_another_key_makes_a_file_again(outputs):
    bring_up(outputs, wanted(outputs))
    assert bring_up(outputs, wanted(outputs, key="r1-b")) == (["feed/one.jpg"], [])
    assert bring_up(outputs, wanted(outputs, key="r1-b")) == ([], [])


@pytest.mark.parametrize("name", ["masters/one.jpg", "feed/one.jpg"])
def test_a_file_that_somebody_changed_or_removed_is_made_again(outputs, name):
    bring_up(outputs, wanted(outputs))
    content = (outputs / name).read_bytes()
    status = (outputs / name).stat()
    (outputs / name).write_bytes(b"x" * len(content))
    os.utime(outputs / name, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert bring_up(outputs, wanted(outputs))[0] == [name]
    assert (outputs / name).read_bytes() == content
    (outputs / name).unlink()
    assert bring_up(outputs, wanted(outputs))[0] == [name]


def test_a_thumbnail_that_was_removed_is_made_again(outputs):
    bring_up(outputs, wanted(outputs))
    (outputs / "thumbs/aa/one.webp").unlink()
    assert bring_up(outputs, wanted(outputs))[0] == ["thumbs/aa/one.webp"]


def test_what_cannot_be_made_is_told_and_the_rest_is_in_place(outputs):
    painter = Painter("one.jpg", "one.webp")
    items = wanted(outputs)
    (outputs.parent / "m2").unlink()
    made, failed = bring_up(outputs, items, painter)
    assert made == [item.name for item in items]
    assert {(one.name, one.reason.split(":")[0]) for one in failed} == {
        ("feed/one.jpg", "the master is broken"),
        ("thumbs/aa/one.webp", "no picture"),
        ("masters/two.jpg", "it cannot be made"),
    }
    # They are tried again, and only they.
    (outputs.parent / "m2").write_bytes(b"m2")
    assert bring_up(outputs, items) == (
        ["feed/one.jpg", "thumbs/aa/one.webp", "masters/two.jpg"],
        [],
    )


def test_a_failure_keeps_what_was_made_before_it_in_the_index(outputs):
    class Stopped(Painter):
        def draw(self, master, wanted):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_up(outputs, wanted(outputs), Stopped())
    left, _ = bring_up(outputs, wanted(outputs))
    assert "feed/one.jpg" in left
    assert "masters/one.jpg" not in left


def test_files_nobody_wants_any_more_are_removed_and_those_of_others_stay(outputs):
    bring_up(outputs, wanted(outputs))
    (outputs / "feed/mine.jpg").write_text("mine")
    (outputs / "notes.txt").write_text("mine")
    view = View(outputs)
    view.missing([])
    assert view.prune(["masters/one.jpg"]) == 3
    left = sorted(str(p.relative_to(outputs)) for p in outputs.rglob("*") if p.is_file())
    assert left == ["feed/mine.jpg", "masters/one.jpg", "notes.txt", "view.json"]
    assert set(View(outputs).files) == {"masters/one.jpg"}
    assert view.prune(["masters/one.jpg"]) == 0


def test_pruning_what_is_gone_already_is_no_error(outputs):
    bring_up(outputs, wanted(outputs))
    (outputs / "feed/one.jpg").unlink()
    view = View(outputs)
    assert view.prune(["masters/one.jpg", "masters/two.jpg"]) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"7", b"null", b"\xff", b'{"view": 2, "files": {}}', b'{"view": 1}',
        b'{"view": 1, "files": []}', b'{"view": 1, "files": {"a": 1}}',
        b'{"view": 1, "files": {"a": ["k"]}}', b'{"view": 1, "files": {"a": {"key": "k"}}}',
    ],
)  # fmt: skip
def test_an_index_that_cannot_be_read_makes_everything_again(outputs, content):
    items = wanted(outputs)
    bring_up(outputs, items)
    (outputs / INDEX).write_bytes(content)
    made, failed = bring_up(outputs, items)
    assert made == ["masters/one.jpg", "feed/one.jpg", "masters/two.jpg"]
    assert failed == []
    assert bring_up(outputs, items) == ([], [])


def test_an_index_knows_no_thumbnails(outputs):
    bring_up(outputs, wanted(outputs))
    body = json.loads((outputs / INDEX).read_bytes())
    assert set(body["files"]) == {"masters/one.jpg", "feed/one.jpg", "masters/two.jpg"}


def test_pages_are_current_for_the_key_they_were_written_for(outputs):
    view = View(outputs)
    view.write("index.html", "<p>ü")
    view.remember(["index.html"], "page-1")
    assert (outputs / "index.html").read_text("utf-8") == "<p>ü"
    again = View(outputs)
    assert again.is_current("index.html", "page-1")
    assert not again.is_current("index.html", "page-2")
    assert not again.is_current("other.html", "page-1")
    (outputs / "index.html").write_text("changed by hand")
    assert not View(outputs).is_current("index.html", "page-1")
    (outputs / "index.html").unlink()
    assert not View(outputs).is_current("index.html", "page-1")


def test_copies_are_copies(outputs):
    """Writing to a delivered file must never reach the paid bytes."""
    bring_up(outputs, wanted(outputs))
    copy = outputs / "masters/one.jpg"
    assert copy.stat().st_ino != (outputs.parent / "m1").stat().st_ino
    copy.chmod(0o644)
    copy.write_bytes(b"scribble")
    assert (outputs.parent / "m1").read_bytes() == b"m1" * 100


def test_no_temporary_files_are_left(outputs):
    bring_up(outputs, wanted(outputs))
    assert not list(outputs.rglob(".*"))


def test_a_folder_that_cannot_be_made_stops_nothing_else(outputs):
    outputs.mkdir()
    (outputs / "feed").write_text("in the way")
    made, failed = bring_up(outputs, wanted(outputs))
    assert "feed/one.jpg" in made
    assert {one.name for one in failed} == {"feed/one.jpg"}
    assert failed[0].reason.startswith("it cannot be made: ")
    assert (outputs / "masters/one.jpg").is_file()
    assert (outputs / "masters/two.jpg").is_file()


def test_a_run_that_is_killed_has_written_down_most_of_what_it_made(outputs):
    later = threading.Event()
    done = []

    def progress(more):
        done.append(more)
        if len(done) > 50:
            later.set()

    class Slow(Painter):
        def draw(self, master, wanted):
            if master.name == "s59":
                assert later.wait(20)
                self.known = set(View(outputs).files)
            return super().draw(master, wanted)

    items = []
    for number in range(60):
        source = outputs.parent / f"s{number}"
        source.write_bytes(b"x")
        items.append(Wanted(f"feed/{number:02}.jpg", "k", str(source), SPEC))
    view, painter = View(outputs), Slow()
    view.make(
        view.missing(items), draw=painter.draw, shrink=painter.shrink, workers=2, progress=progress
    )
    assert {f"feed/{number:02}.jpg" for number in range(50)} <= painter.known
    assert len(View(outputs).files) == 60

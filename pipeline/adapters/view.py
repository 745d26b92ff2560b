"""The outputs folder: a rebuildable view of the store under human names, brought up to date.

An index in the folder says which key each file was made for, so that nothing is made twice and
files that nobody wants any more are removed; files that are not in the index are never touched.
"""

import fcntl
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from pipeline.adapters.durable_files import temporary_beside
from pipeline.domain.rendition import RenditionSpec

_INDEX_FORMAT = 1
INDEX = "view.json"
THUMBS = "thumbs/"
_EVERY = 50
"""After so many masters what was made so far is written down."""
_FICLONE = 0x40049409
"""Linux: make one file share another's blocks until either is written to."""


class Made(NamedTuple):
    """A file of the view.

    Attributes:
        key: for which it was made.
        bytes: its size.
        mtime: its time of change in ns; a file with another one was changed by somebody.
        width: px; 0 for copies.
        height: px; 0 for copies.
        quality: that was used; None where none was.
        upscaled: whether the master was too small for it.
        over_bytes: whether it is larger than allowed all the same.
    """

    key: str
    bytes: int
    mtime: int
    width: int = 0
    height: int = 0
    quality: int | None = None
    upscaled: bool = False
    over_bytes: bool = False


class Wanted(NamedTuple):
    """A file that the view should hold.

    Attributes:
        name: below the folder.
        key: names its content.
        source: path of the file that it is derived from.
        spec: how; None for a copy, and a side length for a thumbnail.
    """

    name: str
    key: str
    source: str
    spec: RenditionSpec | int | None


class NotMade(NamedTuple):
    """A file that could not be made, and why."""

    name: str
    reason: str


Drawn = tuple[int, int, int | None, bool, bool]
"""Width, height, quality, upscaled, over_bytes."""
Draw = Callable[[Path, Sequence[tuple[RenditionSpec, Path]]], Sequence[Drawn | str]]
"""Draws renditions of one master; for each its facts, or why there is none."""
Shrink = Callable[[Path, Path, int], tuple[int, int]]
"""Draws a thumbnail into a side length and tells its size; raises ValueError or OSError."""


class View:
    """One campaign's outputs in one realm.

    Attributes:
        folder: where it lies.
        thumbs: names of thumbnails that are there; each is named by the digest of its source, so
            its name alone says what it is, and the index does not list it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Rows of the index as they are read: most runs only compare them.
        self._rows: dict[str, Sequence[Any]] = _read_index(folder / INDEX)
        self.thumbs: set[str] = set()
        self._failed = False

    @property
    def files(self) -> dict[str, Made]:
        """What the index knows, by name."""
        return {name: Made._make(row) for name, row in self._rows.items()}

    def missing(self, wanted: Iterable[Wanted]) -> list[Wanted]:
        """What is not there, or was changed since, or was made for another key."""
        there, self.thumbs = _look_below(self.folder)
        rows, thumbs = self._rows, self.thumbs
        found: list[Wanted] = []
        for item in wanted:
            name, key, _, spec = item
            if isinstance(spec, int):
                if name not in thumbs:
                    found.append(item)
                continue
            row = rows.get(name)
            if row is None or row[0] != key or there.get(name) != (row[1], row[2]):
                found.append(item)
        return found

    def is_current(self, name: str, key: str) -> bool:
        """Whether one file is there as it was made for this key."""
        try:
            status = (self.folder / name).stat()
        except OSError:
            return False
        row = self._rows.get(name)
        return row is not None and tuple(row[:3]) == (key, status.st_size, status.st_mtime_ns)

    def make(
        self,
        missing: Sequence[Wanted],
        *,
        draw: Draw,
        shrink: Shrink,
        workers: int,
        progress: Callable[[int], None],
    ) -> list[NotMade]:
        """Make what is missing, one master at a time on each worker.

        Args:
            missing: from `missing`.
            draw: makes the renditions of one master.
            shrink: makes a thumbnail.
            workers: threads; the pixel library lets go of the interpreter.
            progress: told how many more files are done.

        Returns:
            What could not be made; everything else is in place and in the index.
        """
        by_source: dict[str, list[Wanted]] = defaultdict(list)
        for item in missing:
            by_source[item.source].append(item)
        failed: list[NotMade] = []

        def work(source: str) -> list[NotMade]:
            return self._from_source(Path(source), by_source[source], draw=draw, shrink=shrink)

        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (often nothing is made)

        try:
            with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
                made = zip(by_source, pool.map(work, by_source), strict=True)
                for number, (source, problems) in enumerate(made, start=1):
                    failed += problems
                    progress(len(by_source[source]))
                    if number % _EVERY == 0:
                        self._write_index()  # who kills a long run loses little of it
        finally:
            self._failed = bool(failed)
            self._write_index()
        return failed

    def prune(self, wanted: Sequence[str], *, pages: Sequence[str] = ()) -> int:
        """Remove files of the view that nobody wants any more; returns how many.

        Args:
            wanted: names, each once.
            pages: names of written pages, which stay as well.
        """
        there = len(self._rows) + len(self.thumbs) - sum(name in self._rows for name in pages)
        if there == len(wanted) and not self._failed:
            return 0  # everything wanted is there, and nothing else
        keep = frozenset((*wanted, *pages))
        stale = [name for name in (*self._rows, *self.thumbs) if name not in keep]
        for name in stale:
            with suppress(FileNotFoundError):
                (self.folder / name).unlink()
            with suppress(OSError):
                (self.folder / name).parent.rmdir()  # gone where it is empty, else it stays
            self._rows.pop(name, None)
            self.thumbs.discard(name)
        if stale:
            self._write_index()
        return len(stale)

    def write(self, name: str, content: str) -> None:
        """Write a page; it replaces the old one at once."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary_beside(target) as temporary:
            temporary.write_text(content, "utf-8")
            temporary.replace(target)

    def remember(self, names: Iterable[str], key: str) -> None:
        """Note that written pages are made for this key."""
        for name in names:
            self._note(Wanted(name, key, "", None), (0, 0, None, False, False))
        self._write_index()

    def _from_source(
        self, source: Path, items: Sequence[Wanted], *, draw: Draw, shrink: Shrink
    ) -> list[NotMade]:
        failed: list[NotMade] = []
        renditions: list[tuple[RenditionSpec, Path]] = []
        names: list[Wanted] = []
        for item in items:
            target = self.folder / item.name
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(item.spec, RenditionSpec):
                    renditions.append((item.spec, target))
                    names.append(item)
                elif item.spec is None:
                    _copy(source, target)
                    self._note(item, (0, 0, None, False, False))
                else:
                    shrink(source, target, item.spec)
                    self.thumbs.add(item.name)
            except (OSError, ValueError) as error:
                failed.append(NotMade(item.name, _reason(error)))
        if renditions:
            for item, drawn in zip(names, draw(source, renditions), strict=True):
                if isinstance(drawn, str):
                    failed.append(NotMade(item.name, drawn))
                else:
                    self._note(item, drawn)
        return failed

    def _note(self, item: Wanted, drawn: Drawn) -> None:
        status = (self.folder / item.name).stat()
        self._rows[item.name] = Made(item.key, status.st_size, status.st_mtime_ns, *drawn)

    def _write_index(self) -> None:
        # A copy: threads may add rows meanwhile.
        body = {"view": _INDEX_FORMAT, "files": dict(self._rows)}
        self.write(INDEX, json.dumps(body, separators=(",", ":")))


def _read_index(path: Path) -> dict[str, Sequence[Any]]:
    """Rows of the index; none where it cannot be read: everything can be made again."""
    try:
        body = orjson.loads(path.read_bytes())
        if body["view"] != _INDEX_FORMAT:
            return {}
        rows: dict[str, Sequence[Any]] = body["files"]
        if any(len(row) != len(Made._fields) for row in rows.values()):
            return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return rows


def _look_below(folder: Path) -> tuple[Mapping[str, tuple[int, int]], set[str]]:
    """Size and time of change of all files below a folder, by name; and names of thumbnails."""
    stamps: dict[str, tuple[int, int]] = {}
    thumbs: set[str] = set()
    waiting = [("", str(folder))]
    while waiting:
        prefix, path = waiting.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    name = prefix + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if not Path(entry.path, INDEX).exists():  # another realm's view
                            waiting.append((f"{name}/", entry.path))
                    elif prefix.startswith(THUMBS):
                        thumbs.add(name)
                    else:
                        status = entry.stat(follow_symlinks=False)
                        stamps[name] = (status.st_size, status.st_mtime_ns)
        except FileNotFoundError:
            continue
    return stamps, thumbs


def _reason(error: OSError | ValueError) -> str:
    """Why a file could not be made, for people, without paths."""
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be made: {error.strerror}"
    return str(error)


def _copy(source: Path, target: Path) -> None:
    """Copy a file; where the file system can, the copy shares its blocks and costs no space."""
    with temporary_beside(target) as temporary:
        with source.open("rb") as old, temporary.open("xb") as new:
            try:
                fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
            except OSError:
                shutil.copyfileobj(old, new)
        temporary.replace(target)

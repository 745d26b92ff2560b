"""Facts of pictures as commits hold them: by blob, or by the Git LFS pointer that stands for one.

What a blob is never changes, so its facts are remembered by its id in a cache that may start over.
"""

import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from pipeline.adapters.git import Objects
from pipeline.adapters.pictures import Inspect
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.picture import PictureFacts

MOST_POINTER = 1024
"""Longest pointer file in bytes, by the Git LFS specification."""

_CACHE_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS blobs (
  blob TEXT PRIMARY KEY, sha256 TEXT, size INTEGER, width INTEGER, height INTEGER, format TEXT
) WITHOUT ROWID
"""
_POINTER = re.compile(
    rb"version https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v1\n"
    rb"(?:ext-[^\n]+\n)*oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,15})\n"
)
_SIDE = 1024


class Pointer(NamedTuple):
    """A Git LFS pointer: digest and length of the file that it stands for."""

    sha256: Sha256
    size: int


def read_pointer(content: bytes) -> Pointer | None:
    """The pointer that a small file holds, None if it is none.

    Source: the Git LFS specification, version 1.
    """
    found = _POINTER.match(content) if len(content) < MOST_POINTER else None
    return None if found is None else Pointer(Sha256(found[1].decode()), int(found[2]))


def assumed_facts(pointer: Pointer, path: str) -> PictureFacts:
    """Facts of a picture of which only the pointer is here.

    Digest and length are the true ones, the format is what the file's name says, and the shape is
    one that every model takes: what cannot be seen here is checked where the file is.
    """
    ending = path.rpartition(".")[2].lower()
    form = {"jpg": "jpeg", "jpe": "jpeg", "tif": "tiff"}.get(ending, ending)
    return PictureFacts(pointer.sha256, pointer.size, _SIDE, _SIDE, form)


class LfsFiles:
    """Files that Git LFS has fetched for this clone."""

    def __init__(self, common: Path) -> None:
        """Look for them below the folder `.git` that all worktrees share."""
        self._folder = common / "lfs" / "objects"

    def path_of(self, pointer: Pointer) -> Path | None:
        """Where the file lies that a pointer stands for, None if it is not here."""
        name = pointer.sha256
        path = self._folder / name[:2] / name[2:4] / name
        return path if path.is_file() else None


class Measuring(NamedTuple):
    """What measuring needs.

    Attributes:
        cache: database of what is known; made, replaced or ignored as need be.
        lfs: files behind pointers.
        inspect: called once, and only if something has to be measured.
    """

    cache: Path
    lfs: LfsFiles
    inspect: Callable[[], Inspect]


def facts_of_blobs(
    blobs: Iterable[str], objects: Objects, measuring: Measuring
) -> Mapping[str, PictureFacts | Pointer | str | None]:
    """Measure pictures.

    Args:
        blobs: their ids.
        objects: to read them from.
        measuring: what else is needed.

    Returns:
        For each blob its facts; the pointer where it is one and its file is not here; why it
        cannot be read; or None where this clone does not have it.
    """
    wanted = sorted(set(blobs))
    known = _load(measuring.cache)
    found: dict[str, PictureFacts | Pointer | str | None] = {
        blob: known[blob] for blob in wanted if blob in known
    }
    unknown = [blob for blob in wanted if blob not in found]
    if not unknown:
        return found
    learned: dict[str, PictureFacts] = {}
    with tempfile.TemporaryDirectory(prefix="campaign-blobs-") as folder:
        for blob, facts in _measured(unknown, objects, measuring, Path(folder) / "picture"):
            found[blob] = facts
            if isinstance(facts, PictureFacts):
                learned[blob] = facts
    _save(measuring.cache, learned)
    return found


def _measured(
    blobs: Sequence[str], objects: Objects, measuring: Measuring, desk: Path
) -> Iterator[tuple[str, PictureFacts | Pointer | str | None]]:
    inspect: Inspect | None = None
    for blob, pieces in objects.each(blobs):
        if pieces is None:
            yield blob, None
            continue
        # A file of its own: some file systems sync one that is emptied and written anew.
        desk.unlink(missing_ok=True)
        with desk.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        path, pointer = desk, None
        if desk.stat().st_size < MOST_POINTER:
            pointer = read_pointer(desk.read_bytes())
        if pointer is not None:
            there = measuring.lfs.path_of(pointer)
            if there is None:
                yield blob, pointer
                continue
            path = there
        inspect = inspect or measuring.inspect()
        try:
            facts = inspect(path)
        except ValueError as error:
            yield blob, str(error)
            continue
        is_other = pointer is not None and pointer.sha256 != facts.sha256  # a damaged LFS store
        yield blob, pointer if is_other else facts


def _load(cache: Path) -> dict[str, PictureFacts]:
    if not cache.exists():
        return {}
    try:
        with closing(sqlite3.connect(cache)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version != _CACHE_FORMAT:
                return {}
            return {row[0]: PictureFacts(*row[1:]) for row in db.execute("SELECT * FROM blobs")}
    except sqlite3.DatabaseError:
        return {}


def _save(cache: Path, learned: Mapping[str, PictureFacts]) -> None:
    if not learned:
        return
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(cache)) as db, db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version != _CACHE_FORMAT:
                db.execute("DROP TABLE IF EXISTS blobs")
                db.execute(f"PRAGMA user_version = {_CACHE_FORMAT}")
            db.execute(_SCHEMA)
            db.executemany(
                "INSERT OR REPLACE INTO blobs VALUES (?,?,?,?,?,?)",
                [
                    (blob, facts.sha256, facts.size, facts.width, facts.height, facts.format)
                    for blob, facts in learned.items()
                ],
            )
    except sqlite3.OperationalError:
        return  # somebody else is writing; what was learned will be learned again
    except sqlite3.DatabaseError:
        cache.unlink(missing_ok=True)
    except OSError:
        return  # a folder that may only be read

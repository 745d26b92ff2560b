"""Facts of source pictures, remembered by (path, inode, size, mtime, ctime); looks, by digest.

The only cache on the way to a plan; it may start over at any time. A file that changed in the last
second is not remembered: it could change again without its times showing it. Looks are of no use to
a plan; they are measured for `campaign check` alone.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from pipeline.domain.fingerprint import Sha256
from pipeline.domain.look import LOOK_VERSION, Look
from pipeline.domain.picture import PictureFacts

_CACHE_FORMAT = 1
_SETTLED_NS = 1_000_000_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pictures (
  path TEXT PRIMARY KEY, inode INTEGER, size INTEGER, mtime INTEGER, ctime INTEGER,
  sha256 TEXT, width INTEGER, height INTEGER, format TEXT
) WITHOUT ROWID
"""

_LOOKS_SCHEMA = """
CREATE TABLE IF NOT EXISTS looks (
  sha256 TEXT PRIMARY KEY, version INTEGER,
  sharpness INTEGER, brightness INTEGER, warmth INTEGER, subject INTEGER
) WITHOUT ROWID
"""
_AT_ONCE = 4
"""Most pictures that are decoded at the same time, to bound memory."""

Inspect = Callable[[Path], PictureFacts]
"""Measures a picture; raises ValueError with the reason where it is none."""
Seeing = Callable[[Path], Look]
"""Looks at a picture; raises ValueError with the reason where its pixels cannot be read."""
_Row = tuple[str, int, int, int, int, str, int, int, str]


def facts_of(
    paths: Iterable[str], *, cache: Path, inspect: Callable[[], Inspect]
) -> Mapping[str, PictureFacts | str]:
    """Measure pictures.

    Args:
        paths: files.
        cache: the cache's database; made, replaced or ignored as need be.
        inspect: called once, and only if some picture is not in the cache, to get the measuring
            function: loading it takes time.

    Returns:
        For each path its facts, or why it cannot be read.
    """
    known = _load(cache)
    measure: Inspect | None = None
    found: dict[str, PictureFacts | str] = {}
    learned: list[_Row] = []
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116 (thousands of files: a Path each is too slow)
        except OSError as error:
            found[path] = f"it cannot be read: {error.strerror}"
            continue
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        row = known.get(path)
        if row is not None and row[1:5] == stamp:
            found[path] = PictureFacts(Sha256(row[5]), row[2], row[6], row[7], row[8])
            continue
        measure = measure or inspect()
        try:
            facts = measure(Path(path))
        except ValueError as error:
            found[path] = str(error)
            continue
        found[path] = facts
        is_settled = time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _SETTLED_NS
        if is_settled and _is_text(path):
            learned.append((path, *stamp, facts.sha256, facts.width, facts.height, facts.format))
    if learned:
        _save(cache, _SCHEMA, "INSERT OR REPLACE INTO pictures VALUES (?,?,?,?,?,?,?,?,?)", learned)
    return found


def looks_of(
    pictures: Mapping[Sha256, str], *, cache: Path, see: Callable[[], Seeing]
) -> Mapping[Sha256, Look | str]:
    """Look at pictures, several at a time.

    Args:
        pictures: paths by the digest of their bytes.
        cache: as for `facts_of`.
        see: called once, and only if some picture is not in the cache, to get the measuring
            function.

    Returns:
        For each digest its look, or why there is none.
    """
    known = _load_looks(cache)
    found: dict[Sha256, Look | str] = {one: known[one] for one in pictures if one in known}
    missing = [one for one in pictures if one not in known]
    if missing:
        seeing = see()
        with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as threads:
            looks = threads.map(lambda one: _seen(seeing, pictures[one]), missing)
            found.update(zip(missing, looks, strict=True))
        _save_looks(cache, {one: look for one, look in found.items() if one not in known})
    return found


def _seen(see: Seeing, path: str) -> Look | str:
    try:
        return see(Path(path))
    except ValueError as error:
        return str(error)


def _load_looks(cache: Path) -> dict[str, Look]:
    query = "SELECT sha256, sharpness, brightness, warmth, subject FROM looks WHERE version = ?"
    if not cache.exists():
        return {}
    try:
        with closing(sqlite3.connect(cache)) as db:
            return {row[0]: Look(*row[1:]) for row in db.execute(query, [LOOK_VERSION])}
    except sqlite3.DatabaseError:
        return {}


def _save_looks(cache: Path, found: Mapping[Sha256, Look | str]) -> None:
    rows = [
        (digest, LOOK_VERSION, look.sharpness, look.brightness, look.warmth, look.subject)
        for digest, look in found.items()
        if isinstance(look, Look)
    ]
    _save(cache, _LOOKS_SCHEMA, "INSERT OR REPLACE INTO looks VALUES (?,?,?,?,?,?)", rows)


def _is_text(path: str) -> bool:
    """Whether a path can be stored; a name of other bytes than UTF-8 cannot."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _load(cache: Path) -> dict[str, _Row]:
    if not cache.exists():
        return {}
    try:
        with closing(sqlite3.connect(cache)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version != _CACHE_FORMAT:
                return {}
            return {row[0]: row for row in db.execute("SELECT * FROM pictures")}
    except sqlite3.DatabaseError:
        return {}


def _save(cache: Path, schema: str, insert: str, rows: Sequence[tuple[object, ...]]) -> None:
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        _write(cache, schema, insert, rows)
    except sqlite3.OperationalError:
        return  # somebody else is writing; what was learned will be learned again
    except sqlite3.DatabaseError:
        cache.unlink(missing_ok=True)
    except OSError:
        return  # a folder that may only be read


def _write(cache: Path, schema: str, insert: str, rows: Sequence[tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(cache)) as db, db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version != _CACHE_FORMAT:
            db.execute("DROP TABLE IF EXISTS pictures")
            db.execute(f"PRAGMA user_version = {_CACHE_FORMAT}")
        db.execute(schema)
        db.executemany(insert, rows)

"""Opening a ledger: made where there is none, brought up to date, refused where it is damaged."""

import fcntl
import itertools
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipeline.adapters.durable_files import make_folder, rename_durably
from pipeline.adapters.ledger import money, schema
from pipeline.adapters.ledger.trouble import UnreadableError, in_use, is_busy, newer, told
from pipeline.adapters.ledger.writer import transaction

_BUSY_S = 60.0
_AGAIN_S = 0.01
_SMALL = 4 << 20
"""Up to this many bytes a ledger is looked through whenever it is opened; it takes some 10 ms."""
_HEADER = 100
_LOG = "-wal"
_ALL = ("", _LOG, "-shm")
# Where SQLite locks a database file while it is open: 510 bytes from here.
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
_T = TypeVar("_T")


class Opened(NamedTuple):
    """Connections to one ledger.

    Attributes:
        writes: for the one thread that writes.
        reads: for everything else; it would see what is not yet committed otherwise.
    """

    writes: sqlite3.Connection
    reads: sqlite3.Connection


def open_ledger(path: Path, *, thoroughly: bool = False) -> Opened:
    """Open a ledger, making a new one where there is no file or one of no bytes.

    A ledger that a process left behind when it died is looked through first, and so is a small one;
    others show damage when they come to the damaged place.

    Args:
        path: of the ledger.
        thoroughly: look through it in any case.

    Raises:
        CampaignError: exit 12; it is damaged, from a newer program, or cannot be opened or
            written. Nothing was changed. Exit 8; another process keeps it busy.
    """
    connections: list[sqlite3.Connection] = []
    try:
        make_folder(path.parent)
        with _alone_in(path.parent):
            _refuse_a_stump(path)
            _keep_lost_log(path)
            was_left = _size(_log_of(path)) > 0
            connections += [_patiently(lambda: _connect(path)) for _ in Opened._fields]
            opened = Opened(*connections)
            _patiently(lambda: _bring_to_format(opened.writes, path))
        thoroughly |= was_left
        if thoroughly or _size(path) <= _SMALL:
            _look_through(opened.reads)
        if not money.agrees(opened.reads, thoroughly=thoroughly):
            _patiently(lambda: money.recount(opened.writes))
    except Exception as error:
        for connection in connections:
            connection.close()
        raise told(error, path) from error
    return opened


def examine(path: Path) -> None:
    """Look through a whole ledger.

    Raises:
        CampaignError: as `open_ledger`.
    """
    for connection in open_ledger(path, thoroughly=True):
        connection.close()


def set_aside(path: Path, at: str) -> Path:
    """Take a damaged ledger out of the way, with what lies beside it; it is never deleted.

    Args:
        path: of the ledger.
        at: when; becomes part of the new name.

    Returns:
        Where it lies now. Durable.

    Raises:
        CampaignError: exit 8; a process has it open. Exit 12; it cannot be renamed. It can be
            called again after either.
    """
    try:
        if _is_open_somewhere(path):
            raise in_use(path)
        target = _free_name(path, f"damaged-{at}")
        # The log after it: without its log a ledger may look whole and lack its newest writes.
        for ending in _ALL:
            source = path.with_name(path.name + ending)
            if source.exists():
                rename_durably(source, target.with_name(target.name + ending))
    except OSError as error:
        raise told(error, path) from error
    return target


def _free_name(path: Path, what: str) -> Path:
    """A name beside it that says what it is, and that nothing has yet, nor with an ending."""
    for number in itertools.count(1):
        again = f"-{number}" if number > 1 else ""
        target = path.with_name(f"{path.name}.{what}{again}")
        if not any(target.with_name(target.name + ending).exists() for ending in _ALL):
            return target
    raise AssertionError("numbers do not end")


def _is_open_somewhere(path: Path) -> bool:
    """Whether another process has the database open: SQLite holds a lock on it meanwhile."""
    if not path.is_file():
        return False
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(handle)
    return False


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let no other process open or make a ledger meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _refuse_a_stump(path: Path) -> None:
    """Refuse a file too short for a database's header; one of a single byte is new to SQLite."""
    if path.is_file() and 0 < _size(path) < _HEADER:
        raise UnreadableError("it is cut short")


def _keep_lost_log(path: Path) -> None:
    """Rename a write-ahead log whose ledger is gone: SQLite would delete it, and begin anew."""
    log = _log_of(path)
    if _size(log) > 0 and _size(path) == 0:
        rename_durably(log, _log_of(_free_name(path, "lost")))


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + _LOG)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA cell_size_check = ON")
        # Undoing one write of a group needs a short journal of its own; on the disk or in pieces of
        # 64 KiB it would cost more than the write.
        db.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        db.close()
        raise
    return db


def _bring_to_format(db: sqlite3.Connection, path: Path) -> None:
    if _format(db) != str(schema.LEDGER_FORMAT):
        with transaction(db):
            # Two processes may find the same at once; the second waits, and then finds it done.
            found = _format(db)
            if not found:
                schema.make(db)
            elif found in schema.OLDER_FORMATS:
                schema.bring_up(db, found)
            elif found != str(schema.LEDGER_FORMAT):
                raise newer(path, found)
    if not schema.is_signed(db):
        raise UnreadableError(schema.NOT_THOSE_THAT_WERE_MADE)


def _format(db: sqlite3.Connection) -> str:
    """The format that a database states; empty for one without tables.

    Raises:
        UnreadableError: it is no ledger.
    """
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
    if not tables:
        return ""
    if "meta" not in tables:
        raise UnreadableError("it is a database of something else")
    row = db.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    if row is None:
        raise UnreadableError("it states no format")
    return str(row[0]) or "''"


def _look_through(db: sqlite3.Connection) -> None:
    """Look at every page.

    Raises:
        UnreadableError: something is damaged.
    """
    (found,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise UnreadableError(f"SQLite says: {found}")


def _patiently(work: Callable[[], _T]) -> _T:
    """Do something that SQLite refuses at once, without waiting, while another process does it."""
    until = time.monotonic() + _BUSY_S
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
        time.sleep(_AGAIN_S)

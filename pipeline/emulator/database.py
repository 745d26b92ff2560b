"""The embedded provider's SQLite file: its form, its version and its transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FORMAT = 1

_SCHEMA = """
CREATE TABLE predictions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'created',
    created_us INTEGER NOT NULL,
    inputs TEXT NOT NULL,
    sources TEXT NOT NULL,
    dropped INTEGER NOT NULL,
    outputs INTEGER NOT NULL DEFAULT 0,
    code INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    engine TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '[]',
    inference_ms INTEGER NOT NULL DEFAULT 0,
    tidied INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX predictions_by_time ON predictions (created_us);
CREATE INDEX predictions_pending ON predictions (number)
    WHERE status IN ('created', 'processing');
CREATE TABLE rounds (
    prediction TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    round INTEGER NOT NULL,
    UNIQUE (request, round)
) STRICT;
CREATE TABLE billings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    order_uuid TEXT NOT NULL,
    prediction TEXT NOT NULL REFERENCES predictions (id),
    billing_type TEXT NOT NULL CHECK (billing_type IN ('deduct', 'refund')),
    price INTEGER NOT NULL CHECK (price >= 0),
    created_us INTEGER NOT NULL,
    UNIQUE (prediction, billing_type)
) STRICT;
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    ticket TEXT NOT NULL UNIQUE,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    received INTEGER NOT NULL,
    tidied INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX uploads_by_time ON uploads (created_us);
"""
_BUSY_S = 10.0


class StateFormatError(Exception):
    """The stored state is from another version of the program."""

    def __init__(self, path: Path, found: int) -> None:
        super().__init__(f"`{path}` has format {found}; this program reads format {FORMAT}")
        self.path = path
        self.found = found


def connect(path: Path, *, durable: bool) -> sqlite3.Connection:
    """Open the database, making it where there is none.

    Args:
        path: the file; its folder exists.
        durable: whether a commit waits for the disk. Off only for state that is thrown away.

    Raises:
        StateFormatError: written by another version.
    """
    # Handlers run on the loop's thread, which need not be the one that opened the state.
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        db.execute("PRAGMA foreign_keys = ON")
        _bring_to_format(db, path)
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; taken for writing at once, so that what is read in it cannot move."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _bring_to_format(db: sqlite3.Connection, path: Path) -> None:
    with transaction(db):
        found: int = db.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            # `executescript` would commit first and let another process in between.
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {FORMAT}")
        elif found != FORMAT:
            raise StateFormatError(path, found)

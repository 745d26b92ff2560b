"""The embedded provider's SQLite file: its form, its version and its transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FORMAT = 3

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
    tidied INTEGER NOT NULL DEFAULT 0,
    own INTEGER NOT NULL DEFAULT 0,
    shown_us INTEGER NOT NULL DEFAULT 0
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
    shown_us INTEGER NOT NULL DEFAULT 0,
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
_TOTALS = """
CREATE INDEX billings_by_time ON billings (created_us, number);
CREATE INDEX billings_late ON billings (shown_us) WHERE shown_us > 0;
CREATE INDEX predictions_own ON predictions (own) WHERE own > 0;
CREATE TABLE account (
    spent INTEGER NOT NULL,
    own INTEGER NOT NULL
) STRICT;
INSERT INTO account
    SELECT COALESCE(SUM(CASE billing_type WHEN 'deduct' THEN price ELSE -price END), 0),
    (SELECT COUNT(*) FROM predictions) FROM billings;
"""
"""Running totals, so that no submit adds up the whole bill: money, and predictions of our own."""
_FROM_1 = """
ALTER TABLE predictions ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
ALTER TABLE predictions ADD COLUMN shown_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE billings ADD COLUMN shown_us INTEGER NOT NULL DEFAULT 0;
UPDATE predictions SET own = number;
"""
"""Columns that format 2 added: which of the account's own it is, 0 for somebody else's; and since
when lists show something, 0 for always."""
_FROM_2 = """
ALTER TABLE predictions ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE predictions ADD COLUMN access_key TEXT NOT NULL DEFAULT 'embedded';
ALTER TABLE predictions ADD COLUMN flagged TEXT NOT NULL DEFAULT '[]';
ALTER TABLE predictions ADD COLUMN webhook TEXT NOT NULL DEFAULT '';
ALTER TABLE predictions ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE predictions ADD COLUMN call_ended INTEGER NOT NULL DEFAULT 0;
CREATE INDEX predictions_to_call ON predictions (number)
    WHERE webhook <> '' AND call_ended = 0 AND status IN ('completed', 'failed');
CREATE TABLE secrets (
    organisation TEXT NOT NULL,
    access_key TEXT NOT NULL,
    secret TEXT NOT NULL,
    PRIMARY KEY (organisation, access_key)
) STRICT;
CREATE TABLE accounts (
    organisation TEXT PRIMARY KEY,
    spent INTEGER NOT NULL,
    own INTEGER NOT NULL
) STRICT;
INSERT INTO accounts SELECT '', spent, own FROM account;
DROP TABLE account;
"""
"""What format 3 added: whose a prediction is, which of its outputs are flagged, whom to call at its
end, how often that was tried and whether it is over; secrets of webhooks; totals by organisation.
Predictions of our own are counted together, in the account without a name."""
_TO_FORMAT = {
    0: _SCHEMA + _TOTALS + _FROM_2,
    1: _FROM_1 + _TOTALS + _FROM_2,
    2: _FROM_2,
}
"""What brings each earlier format, or a new file, to the present one."""
_BUSY_S = 10.0


class StateFormatError(Exception):
    """The stored state is from another version of the program."""

    def __init__(self, path: Path, found: int) -> None:
        super().__init__(f"`{path}` has format {found}; this program reads format {FORMAT}")
        self.path = path
        self.found = found


def connect(path: Path | str, *, durable: bool) -> sqlite3.Connection:
    """Open the database, making it where there is none; an earlier format is brought up to date.

    A commit is there for whoever opens the file afterwards, also after a kill. Only a power cut
    can lose it, and only as long as nothing has synced the file's log since: `log_of` says where
    that is, `syncing.LogSync` does it.

    Args:
        path: the file; its folder exists. `:memory:` keeps it in memory.
        durable: whether the file is whole after a power cut. Off only for what is thrown away.

    Raises:
        StateFormatError: written by a later version of the program.
    """
    # Handlers run on the loop's thread, which need not be the one that opened the state.
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    try:
        db.execute("PRAGMA journal_mode = WAL")
        # In this mode the log is synced before it is copied and the copy before the log starts
        # over, so the database is whole at every moment: https://sqlite.org/wal.html, section 3.1.
        db.execute(f"PRAGMA synchronous = {'NORMAL' if durable else 'OFF'}")
        db.execute("PRAGMA foreign_keys = ON")
        _bring_to_format(db, Path(path))
    except BaseException:
        db.close()
        raise
    return db


def log_of(path: Path) -> Path:
    """The file whose sync makes all earlier commits of this database durable."""
    return path.with_name(f"{path.name}-wal")


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
        if found not in _TO_FORMAT and found != FORMAT:
            raise StateFormatError(path, found)
        if found != FORMAT:
            # `executescript` would commit first and let another process in between.
            for statement in _TO_FORMAT[found].split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {FORMAT}")

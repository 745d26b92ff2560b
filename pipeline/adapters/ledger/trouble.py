"""What is said when the ledger cannot be read or written: file, disk, or another process."""

import sqlite3
from pathlib import Path

from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import HELD, STATE_DAMAGED

NOTHING_SENT = "nothing was sent for it, so nothing was charged"
BEING_SENT = (
    "the request was sent and may have been charged; the ledger says that it was being sent, so the"
    " next run looks for it in the provider's history before it buys anything"
)
AS_BEFORE = (
    "what was paid is in the ledger as it was before this write; the next run goes on from there"
    " for free"
)
NOTHING_CHARGED = "nothing was charged by this command"

# The first byte of SQLite's error codes; the others are details.
_PRIMARY = 0xFF
_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_MISMATCH,
    }
)
_DISK = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_REBUILD = (
    "`campaign reconcile --rebuild` sets it aside and makes a new one from the receipts and the"
    " provider's history"
)


class UnreadableError(ValueError):
    """Something in the ledger is not what a ledger of this format holds; the message says what."""


def told(error: Exception, path: Path, *, money: str = NOTHING_CHARGED) -> Exception:
    """An error as people should hear of it; one that is a bug stays as it is.

    Args:
        error: by SQLite, by the file system, or `UnreadableError`.
        path: of the ledger.
        money: what happened to the money.
    """
    if isinstance(error, CampaignError):
        return error
    # SQLite quotes damaged text when it complains, and Python cannot decode that.
    if isinstance(error, UnreadableError | UnicodeDecodeError):
        return CampaignError(STATE_DAMAGED, [_damaged(path, str(error))])
    if isinstance(error, OSError):
        return CampaignError(STATE_DAMAGED, [_disk(path, str(error), money)])
    if not isinstance(error, sqlite3.DatabaseError):
        return error
    code = code_of(error)
    # Without a code it is Python's word, not SQLite's: a text that is no UTF-8.
    if code in _DAMAGE or (code is None and isinstance(error, sqlite3.OperationalError)):
        return CampaignError(STATE_DAMAGED, [_damaged(path, f"SQLite says: {error}")])
    if code in _DISK:
        return CampaignError(STATE_DAMAGED, [_disk(path, f"SQLite says: {error}", money)])
    if code in _BUSY:
        return CampaignError(HELD, [_busy(path, money)])
    return error


def code_of(error: sqlite3.Error) -> int | None:
    """SQLite's primary code of an error, None where it has none."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def is_busy(error: sqlite3.Error) -> bool:
    """Whether somebody else was at it, and trying again may help."""
    return code_of(error) in _BUSY


def newer(path: Path, found: str) -> CampaignError:
    """The ledger is of a format that this program does not know."""
    problem = Problem(
        code="S011",
        what=f"the ledger `{path}` has format {found}",
        why="this program reads format 1, format 2 and format 3; a newer one wrote it",
        fix="update campaign-pipeline to the version that your team uses",
        money=NOTHING_CHARGED,
    )
    return CampaignError(STATE_DAMAGED, [problem])


def in_use(path: Path) -> CampaignError:
    """The ledger cannot be set aside while a process has it open."""
    problem = Problem(
        code="S014",
        what=f"the ledger `{path}` is in use",
        why="another process has it open; what that one books would be set aside with it",
        fix="wait until that process ends, or stop it with Ctrl-C, then try again",
        money=NOTHING_CHARGED,
    )
    return CampaignError(HELD, [problem])


def _damaged(path: Path, why: str) -> Problem:
    return Problem(
        code="S010",
        what=f"the ledger `{path}` cannot be read",
        why=f"{why}; money is never guessed, so nothing is bought",
        fix=f"do not delete it, it may hold open charges: restore it from a backup, or {_REBUILD}",
        money=NOTHING_CHARGED,
    )


def _disk(path: Path, why: str, money: str) -> Problem:
    return Problem(
        code="S012",
        what=f"the ledger `{path}` cannot be opened or written",
        why=f"{why}; without it nothing is bought",
        fix="make room on its disk and let this user read and write the file and its folder, then"
        f" run again; only if the file itself is beyond that, {_REBUILD}",
        money=money,
    )


def _busy(path: Path, money: str) -> Problem:
    return Problem(
        code="S015",
        what=f"the ledger `{path}` is busy",
        why="another process has been writing to it for a minute without a pause",
        fix="run again; if it stays like this, look for a process that hangs",
        money=money,
    )

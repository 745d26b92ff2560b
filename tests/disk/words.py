"""What a command must say when it cannot write: what it means for the money, and not "a bug"."""

import re

from tests.processes.program import Ended

TABLE = frozenset({0, 2, 3, 4, 5, 6, 7, 8, 9, 12, 130})
"""Exit codes that a run may have: those of the design, without 1, which means a bug."""
_DAMAGE = "restore it from a backup"
_MONEY = re.compile(r"^money: |charged|bought|what was paid for is safe", re.MULTILINE)


class UnsaidError(AssertionError):
    """The command ended as a bug does, or did not say what happened to the money."""


def assert_said(ended: Ended) -> None:
    """Whoever reads the end of a command knows what it means for the money.

    Raises:
        UnsaidError: they do not.
    """
    if ended.code not in TABLE or "Traceback" in ended.err or "This is a bug" in ended.err:
        raise UnsaidError(f"exit {ended.code}\n{ended.err}")
    if _DAMAGE in ended.err:
        raise UnsaidError(f"a full disk is told as a damaged file\n{ended.err}")
    if ended.code and not _MONEY.search(ended.err):
        raise UnsaidError(f"exit {ended.code}, and not a word of money\n{ended.err}")

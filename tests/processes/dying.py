"""A command that dies at one commit of its ledger: written to the log, and nobody was told so.

`python -m tests.processes.dying COMMIT NOTES MODULE [ARGUMENT]...` runs a module; its process is
killed as soon as that commit stands in the log of the ledger. COMMIT is its number, from 1, or a
state, such as `submitted`: then it is the one by which an attempt comes to it. A power cut at that
moment may leave any part of it. NOTES gets, a line each, how long the log was after each commit.
"""

import os
import signal
import sqlite3
import sys
from pathlib import Path

from tests.processes.hurried import VARIABLE, SharedTime, run_module
from tests.processes.left import LEDGER
from tests.processes.program import size_of


class Dying(sqlite3.Connection):
    """A connection to the ledger that counts its commits.

    Attributes:
        number: commits so far.
        last: number or state at which it dies.
        has_come: whether an attempt comes to that state by the next commit.
    """

    number = 0
    last = ""
    has_come = False
    notes: Path
    log: Path

    def execute(self, query: str, *values: object) -> sqlite3.Cursor:
        """As ever, but for the last commit of this life."""
        done = super().execute(query, *values)
        if query.startswith("INSERT INTO steps"):
            Dying.has_come |= any(self.last in told for told in values)
        if query == "COMMIT":
            Dying.number += 1
            with self.notes.open("a") as notes:
                notes.write(f"{size_of(self.log)}\n")
            if Dying.has_come or str(Dying.number) == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return done


def put_in_place(last: str, notes: Path) -> None:
    """Let this process die at a commit."""
    connect = sqlite3.connect

    def connecting(path: Path | str, *args: object, **how: object) -> sqlite3.Connection:
        if Path(path).name == LEDGER:
            Dying.log = Path(f"{path}-wal")
            how["factory"] = Dying
        return connect(path, *args, **how)

    Dying.last, Dying.notes = last, notes
    sqlite3.connect = connecting


if __name__ == "__main__":
    _, commit, notes, *sys.argv = sys.argv
    put_in_place(commit, Path(notes))
    SharedTime(Path(os.environ[VARIABLE])).put_in_place()
    run_module(sys.argv[0])

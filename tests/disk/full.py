"""A command on a disk that is full from some moment on, or on which no file grows beyond a size.

`python -m tests.disk.full MOMENT MODULE [ARGUMENT]...` runs a module. MOMENT is `bytes:N`, most
bytes of any file; or `KIND:N`, where the disk is full from the N-th time on that a file of that
kind is about to be written: `commit` of the ledger, or a file whose path holds that word (`/lock/`,
`/store/`, `/outputs/`, `cache.sqlite3`, `view.json`); or `write:N`, whatever it is.

No privilege helps against a limit of the process, so this works for root too.
"""

import os
import resource
import signal
import sqlite3
import sys
from pathlib import Path

from tests.processes.hurried import VARIABLE, SharedTime, run_module
from tests.processes.left import LEDGER

ANY = "write"
COMMIT = "commit"
BYTES = "bytes"
_WRITING = os.O_WRONLY | os.O_RDWR


class FillingDisk:
    """Counts what is written, and is full from a moment on."""

    def __init__(self, kind: str, number: int) -> None:
        self._kind = kind
        self._left = number

    def written(self, what: str) -> None:
        """Something is about to be written."""
        if self._kind == ANY or self._kind in what:
            self._left -= 1
            if self._left == 0:
                let_files_grow(to=0)

    def put_in_place(self) -> None:
        """Watch this process: its ledger's commits, and every file that Python opens to write."""
        disk, connect = self, sqlite3.connect

        class Connection(sqlite3.Connection):
            def execute(self, query: str, *values: object) -> sqlite3.Cursor:
                if query == "COMMIT":
                    disk.written(COMMIT)
                return super().execute(query, *values)

        def connecting(path: Path | str, *args: object, **how: object) -> sqlite3.Connection:
            disk.written(str(path))
            if Path(path).name == LEDGER:
                how["factory"] = Connection
            return connect(path, *args, **how)

        def listen(event: str, args: tuple[object, ...]) -> None:
            if event == "open" and isinstance(args[2], int) and args[2] & _WRITING:
                self.written(str(args[0]))

        sqlite3.connect = connecting
        sys.addaudithook(listen)


def let_files_grow(*, to: int) -> None:
    """Let no file of this process become longer; writing beyond that is an OSError."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (to, most))


if __name__ == "__main__":
    _, moment, *sys.argv = sys.argv
    kind, _, number = moment.partition(":")
    # Without this the first write beyond the limit would end the process; a full disk does not.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    time = SharedTime(Path(os.environ[VARIABLE]))
    time.pass_by(seconds=0)
    time.put_in_place()
    if kind == BYTES:
        let_files_grow(to=int(number))
    else:
        FillingDisk(kind, int(number)).put_in_place()
    run_module(sys.argv[0])

"""One time for several processes, and it runs ahead: whoever sleeps moves it for all of them.

`python -m tests.processes.hurried MODULE [ARGUMENT]...` runs a module in it; `HURRY_FILE` names the
file by which the processes agree on how far ahead they are. A killed process leaves the time as it
is, as a killed process does.
"""

import asyncio
import fcntl
import os
import runpy
import struct
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from pipeline.adapters.clock import SystemClock

VARIABLE = "HURRY_FILE"
_TRUE_SHARE = 0.001
_MOST_S = 0.01
_AHEAD = struct.Struct("<d")


class SharedTime:
    """How far ahead of the true time some processes live."""

    def __init__(self, path: Path) -> None:
        """Agree with whoever uses the same file; it begins with the true time."""
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self.environment = {VARIABLE: str(path)}

    @property
    def ahead_s(self) -> float:
        """Seconds; never less than before."""
        told = os.pread(self._handle, _AHEAD.size, 0)
        return _AHEAD.unpack(told)[0] if len(told) == _AHEAD.size else 0.0

    def pass_by(self, **span: float) -> None:
        """Let time pass for all; the arguments are those of a `timedelta`."""
        fcntl.lockf(self._handle, fcntl.LOCK_EX)
        later = self.ahead_s + timedelta(**span).total_seconds()
        os.pwrite(self._handle, _AHEAD.pack(later), 0)
        fcntl.lockf(self._handle, fcntl.LOCK_UN)

    def put_in_place(self, put: Callable[[object, str, object], object] = setattr) -> None:
        """Make it the time of this process; `put` may be one that can be undone."""
        now, elapsed = SystemClock.now, SystemClock.elapsed

        async def sleep(_clock: SystemClock, seconds: float) -> None:
            self.pass_by(seconds=seconds)
            # Others, in other processes too, need true time to get on with their work.
            await asyncio.sleep(min(seconds * _TRUE_SHARE, _MOST_S))

        put(SystemClock, "now", lambda clock: now(clock) + timedelta(seconds=self.ahead_s))
        put(SystemClock, "elapsed", lambda clock: elapsed(clock) + self.ahead_s)
        put(SystemClock, "sleep", sleep)


def run_module(name: str) -> None:
    """Do in this process what `python -m` does."""
    runpy.run_module(name, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _, *sys.argv = sys.argv
    SharedTime(Path(os.environ[VARIABLE])).put_in_place()
    run_module(sys.argv[0])

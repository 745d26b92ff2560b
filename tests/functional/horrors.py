"""Check one campaign in a process of its own and say what that took: `python -m … NAME`.

Counts calls of functions instead of seconds, which depend on the machine. Prints one JSON object.
"""

import io
import json
import os
import resource
import sys
from contextlib import redirect_stderr, redirect_stdout

from pipeline.cli import main

_MOST_SECONDS = 120
"""Of processor time, after which the system ends the process: it hangs."""


def check(name: str) -> tuple[int, str]:
    """The program's exit code and what it says."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as err:
        try:
            main(["check", name])
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, err.getvalue()


def peak() -> int:
    """The most memory so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Calls:
    """How many functions were called."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, frame, event: str, argument) -> None:
        if event in ("call", "c_call"):
            self.number += 1


def told(name: str) -> dict:
    """All about one check."""
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    assert check("plain")[0] == 0
    check("wrong")  # loads what only mistakes need
    before = peak()
    calls = Calls()
    sys.setprofile(calls)
    code, screen = check(name)
    sys.setprofile(None)
    return {"code": code, "screen": screen, "memory": peak() - before, "calls": calls.number}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(told(sys.argv[1])))
    sys.stdout.flush()
    os._exit(0)

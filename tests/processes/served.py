"""A provider in a process of its own, to be killed: `FOLDER PORT [DIES]` are its arguments.

It prints its base address when it listens. With DIES it kills itself when that submit, counted from
1, is accepted and not yet answered. One that is started while another serves the same folder takes
its place when that one is gone.
"""

import fcntl
import os
import signal
import sys
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.adapters.clock import SystemClock
from pipeline.emulator.app import create_app
from pipeline.emulator.serve import serve
from pipeline.emulator.state import State
from tests.emulator.plain_engine import PlainEngine
from tests.functional.provider import SHRINK


class Mortal:
    """Passes everything on until its hour has come."""

    def __init__(self, app: ASGIApp, dies: int) -> None:
        self._app = app
        self._left = dies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dying(_message) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        if scope["type"] == "http" and "seedream" in scope["path"]:
            self._left -= 1
            if self._left == 0:
                send = dying
        await self._app(scope, receive, send)


def main(folder: str, port: str, dies: str = "0") -> None:
    Path(folder).mkdir(exist_ok=True)
    with Path(folder, "alive").open("w") as alive:
        print("standing by", file=sys.stderr, flush=True)  # noqa: T201 (the test reads it)
        fcntl.flock(alive, fcntl.LOCK_EX)  # the system lets go of it for whoever dies
        _serve(Path(folder), int(port), int(dies))


def _serve(folder: Path, port: int, dies: int) -> None:
    with State(folder) as state:
        serve(
            lambda base_url: Mortal(
                create_app(
                    state=state,
                    engine=PlainEngine(shrink=SHRINK),
                    base_url=base_url,
                    clock=SystemClock().now,
                ),
                dies,
            ),
            port=port,
            on_ready=lambda base_url: print(base_url, flush=True),  # noqa: T201 (the test reads it)
        )


if __name__ == "__main__":
    main(*sys.argv[1:])

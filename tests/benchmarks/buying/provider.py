"""The embedded provider in a process of its own: `FOLDER` is its argument.

Its engine takes no time: it answers with one tiny picture, made different by what follows its end.
Nothing of its state waits for a disk, so that as little of a figure as possible is the provider's.
It prints its base address when it listens, and ends on SIGTERM.
"""

import functools
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.emulator.app import create_app
from pipeline.emulator.interface import Edited, EditRequest
from pipeline.emulator.serve import serve
from pipeline.emulator.state import State
from tests.emulator.plain_engine import jpeg

_SIDE = 16


class InstantEngine:
    """Makes a picture out of nothing, the same for the same job."""

    version = "instant-1"

    def edit(self, request: EditRequest, pictures: Sequence[bytes]) -> Edited:
        # What follows the end of a JPEG is not looked at, and makes each file another one.
        mark = request.seed.to_bytes(8)
        return Edited(tuple(_picture() + mark + bytes([n]) for n in range(request.wanted)))


@functools.cache
def _picture() -> bytes:
    return jpeg(_SIDE, _SIDE)


def main(folder: str) -> None:
    with State(Path(folder), durable=False) as state:
        serve(
            lambda base_url: create_app(
                state=state, engine=InstantEngine(), base_url=base_url, clock=SystemClock().now
            ),
            on_ready=lambda base_url: print(base_url, flush=True),
        )


if __name__ == "__main__":
    main(*sys.argv[1:])

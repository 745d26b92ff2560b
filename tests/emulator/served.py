"""A provider in a process of its own: `python -m tests.emulator.served FOLDER ENGINE [KEY]`."""

import sys
from pathlib import Path

from pipeline.emulator.app import create_app
from pipeline.emulator.faults import Faults
from pipeline.emulator.serve import serve
from pipeline.emulator.state import State
from tests.emulator.plain_engine import HeldEngine, PlainEngine
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import Clock

ENGINES = {"held": HeldEngine, "quick": QuickEngine}


def main(folder: str, engine: str, key: str | None = None) -> None:
    with State(Path(folder)) as state:
        serve(
            lambda base_url: create_app(
                state=state,
                engine=ENGINES.get(engine, PlainEngine)(),
                accepted_key=key,
                base_url=base_url,
                clock=Clock(),
                faults=Faults(drop_answer={1} if engine.endswith("drop") else set()),
            ),
            on_ready=lambda base_url: print(base_url, flush=True),  # noqa: T201 - the test reads it
        )
    print("stopped", flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(*sys.argv[1:])

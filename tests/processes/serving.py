"""`campaign serve` in the shared time, with plain pictures: nobody looks at them here.

`python -m tests.processes.serving [ARGUMENT]...`
"""

import functools
import os
import sys
from pathlib import Path

from pipeline.emulator import engine
from tests.emulator.plain_engine import PlainEngine
from tests.functional.provider import SHRINK
from tests.processes.hurried import VARIABLE, SharedTime, run_module

if __name__ == "__main__":
    SharedTime(Path(os.environ[VARIABLE])).put_in_place()
    engine.DraftEngine = functools.partial(PlainEngine, shrink=SHRINK)
    sys.argv.insert(1, "serve")
    run_module("pipeline")

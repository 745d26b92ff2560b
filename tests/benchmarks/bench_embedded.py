"""The served provider with an engine that takes no time, beside a bare loop on the same server.

A prediction is a submit, the looks until its end, and a download. The bare loop answers the same
requests out of memory without reading them: what it takes is the web server's own part. Both are
processes of their own and take turns; the client is one for both and costs little. The figure that
counts is processor time: on a busy machine a prediction takes longer, but needs no more of it.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.bench_buying import Took, module, processor_s, serving, together

MANY = 1000
WIDTH = 128
ROUNDS = 2
_MEMORY = Path("/dev/shm")  # noqa: S108 (the provider's files, so that no disk of its own counts)
_SERVERS = {
    "embedded provider": "tests.benchmarks.buying.provider",
    "bare loop": "tests.benchmarks.buying.light",
}


def main(count: int = MANY) -> None:
    """Print predictions a second of processor time, and how many times the bare loop's that is."""
    took: dict[str, list[Took]] = {name: [] for name in _SERVERS}
    for _ in range(ROUNDS):
        for name, server in _SERVERS.items():
            took[name].append(_buy(server, count))
    theirs, floor = (together(rounds) for rounds in took.values())
    for name, one in zip(_SERVERS, (theirs, floor), strict=True):
        each_s = one.provider_s / one.count
        print(f"{name}: {1000 * each_s:.2f} ms of processor a prediction,")
        print(f"  {1 / each_s:.0f} a second of one core, {one.rate:.0f} of the clock")
    print(f"  the provider takes {theirs.provider_s / floor.provider_s:.2f} times the bare loop's")


def _buy(server: str, count: int) -> Took:
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as state:
        argument = "0" if server.endswith("light") else state
        with serving([sys.executable, "-m", server, argument]) as (base, process):
            argv = [*module("raw"), base, str(count), str(WIDTH)]
            _run([*argv[:-2], "50", str(WIDTH)])  # imports, compiled checks, first connections
            ready = processor_s(process)
            said = _run(argv)
            return Took(**json.loads(said), provider_s=processor_s(process) - ready)


def _run(argv: list[str]) -> str:
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

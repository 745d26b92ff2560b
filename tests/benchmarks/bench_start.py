"""`campaign --help` beside `python -c "import click"`."""

import sys
from pathlib import Path

from tests.benchmarks.bench_noop import best


def main() -> None:
    """Print seconds of whole processes, the best of fifteen, in turns."""
    here = Path.cwd()
    ours = [sys.executable, "-m", "pipeline", "--help"]
    peer = [sys.executable, "-c", "import click"]
    mine = theirs = 1e9
    for _ in range(15):
        mine = min(mine, best(ours, here, rounds=1))
        theirs = min(theirs, best(peer, here, rounds=1))
    print(f"campaign --help: {mine:.3f} s")
    print(f"  import click: {theirs:.3f} s; ours takes {mine / theirs:.2f} of it")


if __name__ == "__main__":
    main()

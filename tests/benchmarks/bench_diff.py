"""`campaign diff` of two commits of a 10,000-cell campaign, beside two plans of it.

Base is bought; head changes the prompt, so that all of it is discarded and bought anew. What is
measured twice is the process from its start to its end, with all facts of pictures in the cache.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.bench_noop import CELLS, best, lay_out_workspace
from tests.support.review import Clone


def main() -> None:
    """Print seconds and ratios, the best of three."""
    with tempfile.TemporaryDirectory(prefix="diff-") as folder:
        root = Path(folder) / "workspace"
        lay_out_workspace(root, CELLS)
        change(root)
        diff = [sys.executable, "-m", "pipeline", "diff", "HEAD~1..HEAD"]
        begun = time.perf_counter()
        subprocess.run(diff, cwd=root, check=True, capture_output=True)
        cold = time.perf_counter() - begun
        plan = [sys.executable, "-m", "pipeline", "plan", "big"]
        two = sum(best(plan, root, rounds=3) for _ in range(2))
        ours = best(diff, root, rounds=3)
        tree = best([*diff[:-1], "HEAD~1"], root, rounds=3)
        print(f"two plans of {CELLS:,} cells: {two:.2f} s")
        print(f"  diff of two commits: {ours:.2f} s, {ours / two:.2f} of it")
        print(f"  diff with the working tree: {tree:.2f} s, {tree / two:.2f} of it")
        print(f"  the first diff, which reads every picture from git: {cold:.2f} s")


def change(root: Path) -> None:
    """Commit a bought campaign, then another prompt for it."""
    clone = Clone.make(root)
    clone.commit("bought")
    manifest = root / "campaigns" / "big" / "campaign.yaml"
    manifest.write_text(manifest.read_text().replace("Put {", "Set {"))
    clone.commit("another prompt")


if __name__ == "__main__":
    main()

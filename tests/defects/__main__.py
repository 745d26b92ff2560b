"""`make defects`: the whole suite, its figures as tables."""

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.defects import measured, suite


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    scale = suite.Scale()
    parser.add_argument("--count", type=int, default=scale.count, help="defects of each kind")
    parser.add_argument("--side", type=int, default=scale.side, help="longest side, px")
    parser.add_argument("--predictions", type=int, default=scale.predictions)
    parser.add_argument("--only", default="", help="`checks`, `matching`, or names of tasks")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--write", action="store_true", help="keep the figures, write the page")
    told = parser.parse_args()
    scale = suite.Scale(told.count, told.side, told.predictions)
    names = suite.tasks(scale, only=told.only)
    if told.only not in {"", "checks", "matching"}:
        names = [name for name in names if name in told.only.split(",")]
    document = suite.added(_all(names, scale, told.workers))
    print("Measured on draft edits and seeded defects, not on a paid model.\n")
    print(measured.table(document))
    if told.write:
        measured.write(document)
    short = measured.verdict(document)
    print("\n".join(["", *short]))
    return 1 if short else 0


def _all(names, scale, workers):
    started = time.monotonic()
    found = []
    # Processes, since making the specimens is most of the work; each computes on one core.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool:
        waiting = {pool.submit(suite.run_apart, name, scale): name for name in names}
        for done in as_completed(waiting):
            found.append(done.result())
            print(f"{time.monotonic() - started:5.0f} s  {waiting[done]}", file=sys.stderr)
    return found


if __name__ == "__main__":
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    sys.exit(main())

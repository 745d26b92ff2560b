"""Planning: 100,000 cells beside 10,000, and beside the bare work of naming them."""

import gc
import hashlib
import itertools
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from pipeline.commands.session import Subject
from pipeline.domain.campaign import Variant
from pipeline.domain.history import History
from pipeline.planning.decide import Facts
from pipeline.planning.expand import expand
from pipeline.planning.plan import make_plan
from tests.support.campaigns import SINGLE, campaign, image_set, subject


def main() -> None:
    """Print processor seconds and ratios, the best of three."""
    # First of all: a process begins with the peak of the one that starts it.
    for cells in (10_000, 100_000, 1_000_000):
        seconds, megabytes = alone(cells)
        print(f"{cells:,} cells in a process of their own: {seconds:.1f} s, {megabytes} MB at most")
    gc.disable()  # as the command line does while it plans
    small, large = of_cells(10_000), of_cells(100_000)
    few, many = best(lambda: plan(small)), best(lambda: plan(large))
    bare = best(lambda: name_all(large))
    print(f"plan 10,000 cells to buy: {few:.2f} s; 100,000 cells: {many:.2f} s")
    print(f"  100,000 take {many / few:.1f} times as long as 10,000")
    print(
        f"  bare product, canonical JSON and SHA-256 of 100,000: {bare:.2f} s;"
        f" ours takes {many / bare:.2f} of it"
    )


def alone(cells: int) -> tuple[float, int]:
    """Plan so many in a new process: processor seconds of planning, peak memory in MB."""
    command = [sys.executable, "-m", __spec__.name, str(cells)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, kilobytes = told.split()
    return float(seconds), int(kilobytes) // 1024


def tell_about(cells: int) -> None:
    """What `alone` reads."""
    gc.disable()
    seconds = best(lambda: plan(of_cells(cells)), rounds=1)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def of_cells(cells: int) -> Subject:
    """A campaign of 100 pictures and as many variants as it takes."""
    variants = tuple(
        Variant(f"v{number}", {"place": f"place {number}"}, {}) for number in range(cells // 100)
    )
    sets = (image_set("anna", range(100)),)
    plain = campaign(model=SINGLE, sets=sets, cap="100000")
    return subject(replace(plain, variants=variants))


def plan(of: Subject) -> None:
    """Plan it, with nothing bought yet."""
    expansion = expand(of.campaign, of.card, realm="real", engine=None)
    facts = Facts(History())
    made = make_plan(of.campaign, of.card, expansion, facts, realm="real", limits=())
    assert made.images == len(expansion.cells)


def name_all(of: Subject) -> None:
    """What cannot be done without: each cell and each job named by its content."""
    for picture, variant in itertools.product(of.campaign.sets[0].pictures, of.campaign.variants):
        for _ in ("cell", "job"):
            body = {"picture": picture.facts.sha256, "prompt": variant.values["place"], "take": 1}
            text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            hashlib.sha256(text.encode()).hexdigest()


def best(work: Callable[[], None], rounds: int = 3) -> float:
    """Processor seconds of the quickest of some rounds."""
    seconds = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return min(seconds)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        tell_about(int(sys.argv[1]))
    else:
        main()

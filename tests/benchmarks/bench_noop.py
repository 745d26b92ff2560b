"""A run with nothing to buy over 10,000 satisfied cells, beside ninja and Snakemake.

All three are told of 10,000 targets, each made from a file of its own, all up to date. Ours also
reads 10,000 receipts, finds 10,000 pictures in the store and checks the whole outputs folder.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.lock_files import LockWriter
from pipeline.adapters.places import REAL, find_places
from pipeline.commands.books import Books
from pipeline.commands.loading import load, open_workspace
from pipeline.commands.session import Session
from pipeline.domain.identity import own_parts
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Step
from pipeline.domain.receipts import AskedCell, Gen, Order, Output
from tests.emulator.plain_engine import jpeg

CELLS = 10_000
_MANIFEST = """\
version: 1
campaign: big
model: bytedance/seedream-v4.5/edit
images:
  things: {files: [images/*.jpg], subject: the thing}
prompt: Put {set.subject} in {variant.place}.
variants: {snow: {place: a snowy street}}
budget: {cap: 1000 USD}
"""


def main() -> None:
    """Print seconds and ratios, the best of five."""
    with tempfile.TemporaryDirectory(prefix="noop-") as folder:
        root = Path(folder)
        workspace, targets = root / "workspace", root / "targets"
        lay_out_workspace(workspace, CELLS)
        ours = [sys.executable, "-m", "pipeline", "run", "big", "--quiet"]
        subprocess.run(ours, cwd=workspace, check=True)  # makes the outputs; not measured
        mine = best(ours, workspace)
        lay_out_targets(targets, CELLS)
        print(f"campaign run, nothing to buy, {CELLS:,} cells: {mine:.2f} s")
        for name, command in peers().items():
            theirs = best(command, targets, rounds=5 if name == "ninja" else 1)
            print(f"  {name}: {theirs:.2f} s; ours takes {mine / theirs:.2f} of it")


def peers() -> dict[str, list[str]]:
    """Commands of the peers that are installed."""
    here = Path(sys.prefix) / "peers" / "bin"
    found: dict[str, list[str]] = {}
    ninja = shutil.which("ninja", path=str(here)) or shutil.which("ninja")
    if ninja:
        found["ninja"] = [ninja]
    snakemake = shutil.which("snakemake", path=str(here)) or shutil.which("snakemake")
    if snakemake:
        found["snakemake"] = [snakemake, "--dry-run", "--quiet", "--cores", "2"]
    return found


def best(command: list[str], folder: Path, *, rounds: int = 5) -> float:
    """Seconds of the quickest of some rounds, of the whole process."""
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def lay_out_workspace(root: Path, cells: int) -> None:
    """A campaign of so many pictures, all of them bought and in the store."""
    images = root / "campaigns" / "big" / "images"
    images.mkdir(parents=True)
    (images.parent / "campaign.yaml").write_text(_MANIFEST)
    picture = jpeg(32, 24)
    for number in range(cells):
        # What follows the end of a JPEG is not looked at, and makes each file another one.
        (images / f"p{number:06}.jpg").write_bytes(picture + number.to_bytes(4))
    time.sleep(1.1)  # files younger than a second are not remembered by the cache
    places, workspace = open_workspace(root)
    subject = load(places, workspace, "big").subject
    assert subject is not None
    books = Books(places, REAL)
    session = Session(subject, books, engine=None, clock=SystemClock())
    writer = LockWriter(places.lock(REAL, "big"), run="r-bench", day="20261122")
    writer.append([_bought(step, books, n) for n, step in enumerate(session.plan().steps)])
    writer.close()
    books.close()
    assert find_places(root) == places


def _bought(step: Step, books: Books, number: int) -> Gen:
    cell = step.cells[0]
    content = jpeg(40, 40) + number.to_bytes(4)
    digest = hashlib.sha256(content).hexdigest()
    target = books.store.path_of(digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    asked = AskedCell(cell.key, str(cell.address), cell.source, cell.address.take)
    order = Order(
        f"a-{number}",
        step.request.job,
        cell.recipe,
        own_parts(step.request.components(step.cells[0].recipe)),
        (asked,),
        MicroUsd(step.quote.amount),
    )
    output = Output(digest, len(content), 40, 40, "image/jpeg")
    return Gen(order, f"p-{number}", "2026-11-20T12:00:00Z", (output,))


def lay_out_targets(root: Path, targets: int) -> None:
    """As many targets for ninja and Snakemake, each up to date with a source of its own."""
    (root / "in").mkdir(parents=True)
    (root / "out").mkdir()
    names = [f"p{number:06}" for number in range(targets)]
    for name in names:
        (root / "in" / name).write_text(name)
    for name in names:
        (root / "out" / name).write_text(name)
    rules = ["rule copy", "  command = cp $in $out"]
    rules += [f"build out/{name}: copy in/{name}" for name in names]
    (root / "build.ninja").write_text("\n".join(rules) + "\n")
    ninja = peers().get("ninja")
    if ninja:
        subprocess.run(ninja, cwd=root, check=True, capture_output=True)  # writes its own log
    (root / "Snakefile").write_text(
        f"NAMES = [f'p{{n:06}}' for n in range({targets})]\n"
        "rule all:\n    input: expand('out/{name}', name=NAMES)\n"
        "rule copy:\n    input: 'in/{name}'\n    output: 'out/{name}'\n"
        "    shell: 'cp {input} {output}'\n"
    )


if __name__ == "__main__":
    main()

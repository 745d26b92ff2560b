"""How long a contact sheet takes to render and to open, and how large it gets; run as a module.

First, for each number of cells: seconds of processor time (the best of three runs), megabytes of
HTML and of JSON, bytes of HTML per cell. Then, in the system's Chromium, from disk and without
pictures: seconds until the page is usable, milliseconds until a filter, a sort and a verdict are
painted (the best of five), megabytes of browser memory above an empty page, pictures that are asked
for before anybody scrolls, and elements. Compare lines of one run with each other; the aims are for
a quiet laptop: at 10,000 cells HTML within 1 s, usable within 1.2 s, a filter painted within 50 ms,
less than 300 MB, at most 60 pictures.
"""

import gzip
import os
import tempfile
import time
import uuid
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pipeline.domain.money import MicroUsd
from pipeline.reporting.sheet.facts import SheetFacts
from pipeline.reporting.sheet.page import latest_marker, render_sheet
from tests.browser.conftest import find_chromium
from tests.unit.sheet import samples
from tests.unit.sheet.markup import read

RUNS = 3
SIZES = (10, 100, 1_000, 10_000)

# Milliseconds from a deed until the frame after it was painted.
PAINTED = """async (deed) => {
  const node = (name) => document.getElementById(name);
  const tell = (name) => node(name).dispatchEvent(new Event("input", { bubbles: true }));
  const deeds = {
    filter: (n) => { node("by-variant").value = n % 2 ? "" : "v03"; tell("by-variant"); },
    sort: (n) => { node("sort").value = n % 2 ? "" : "charge"; tell("sort"); },
    verdict: () => document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key: "p", bubbles: true })),
  };
  document.querySelector("main li > a").focus();
  let best = Infinity;
  for (let n = 0; n < 6; n++) {
    await new Promise(requestAnimationFrame);
    const start = performance.now();
    deeds[deed](n);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    best = Math.min(best, performance.now() - start);
  }
  return best;
}"""


def main() -> None:
    """Print the figures."""
    render_sheet(samples.every_state())  # reads and compiles the template
    page = read(render_sheet(samples.every_state()).html)
    code = (page.raw["script", None] + page.raw["style", None]).encode()
    print(f"script and style: {len(code):,} bytes, {len(gzip.compress(code)):,} compressed")
    _render()
    _browse()


def _render() -> None:
    print(f"{'cells':>7}  {'seconds':>8}  {'HTML MB':>8}  {'JSON MB':>8}  {'HTML B/cell':>11}")
    for cells in SIZES:
        facts = samples.many(cells)
        best = float("inf")
        for _ in range(RUNS):
            start = time.process_time()
            sheet = render_sheet(facts)
            best = min(best, time.process_time() - start)
        html, document = len(sheet.html.encode()), len(sheet.json.encode())
        print(
            f"{cells:>7}  {best:>8.3f}  {html / 1e6:>8.2f}  {document / 1e6:>8.2f}"
            f"  {html // cells:>11}"
        )


def _browse() -> None:
    print(
        f"{'cells':>7}  {'usable s':>8}  {'filter ms':>9}  {'sort ms':>8}  {'verdict ms':>10}"
        f"  {'memory MB':>9}  {'pictures':>8}  {'elements':>8}"
    )
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        for cells in SIZES:
            # A browser of its own for each, so that the memory is the page's.
            mark = f"--bench-mark={uuid.uuid4()}"
            chromium = find_chromium()
            browser = playwright.chromium.launch(executable_path=chromium, args=[mark])
            print(f"{cells:>7}  {_opened(browser, Path(folder), cells, mark)}", flush=True)
            browser.close()


def _uneven(cells: int) -> SheetFacts:
    """A sheet whose cells cost this and that, so that sorting by charge moves all of it."""
    facts = samples.many(cells)
    groups = tuple(
        replace(
            group,
            cells=tuple(
                replace(cell, charge=MicroUsd(1_000 * int(samples.sha(cell.key)[:3], 16)))
                for cell in group.cells
            ),
        )
        for group in facts.groups
    )
    return replace(facts, groups=groups)


def _opened(browser: Browser, folder: Path, cells: int, mark: str) -> str:
    sheet = render_sheet(_uneven(cells))
    file = folder / "index.html"
    file.write_text(sheet.html, encoding="utf-8")
    (folder / "latest.svg").write_text(latest_marker(sheet), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto("about:blank")
    empty = _memory(mark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    usable = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000
    pictures = sum(".webp" in url for url in asked)
    page.wait_for_timeout(1_000)
    memory = (_memory(mark) - empty) / 1000
    nodes = page.evaluate("document.querySelectorAll('*').length")
    took = [page.evaluate(PAINTED, deed) for deed in ("filter", "sort", "verdict")]
    return (
        f"{usable:>8.2f}  {took[0]:>9.0f}  {took[1]:>8.0f}  {took[2]:>10.0f}  {memory:>9.0f}"
        f"  {pictures:>8}  {nodes:>8}"
    )


def _memory(mark: str) -> int:
    """Memory in kB of the browser that was started with this mark, all its processes together."""
    parents: dict[int, int] = {}
    roots: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
            if mark in (entry / "cmdline").read_text().split("\0"):
                roots.add(int(entry.name))
        except OSError:
            continue
        parents[int(entry.name)] = int(status[1])
    own = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
    return sum(_pss(pid) for pid in own if pid != os.getpid())


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()

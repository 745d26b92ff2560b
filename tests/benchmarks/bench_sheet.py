"""How long a contact sheet takes to render, and how large it gets; run as a module.

Prints one line for each number of cells: seconds of processor time (the best of three runs),
megabytes of HTML and of JSON, bytes of HTML per cell. Compare lines of one run with each other.
"""

import time

from pipeline.reporting.sheet.page import render_sheet
from tests.unit.sheet import samples

RUNS = 3
SIZES = (10, 100, 1_000, 10_000)


def main() -> None:
    """Print the figures."""
    render_sheet(samples.every_state())  # reads and compiles the template
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


if __name__ == "__main__":
    main()

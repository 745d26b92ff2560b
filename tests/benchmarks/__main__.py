"""`make bench`: all benchmarks, one after the other; figures are ratios within one run."""

from tests.benchmarks import (
    bench_buying,
    bench_checks,
    bench_diff,
    bench_draft,
    bench_embedded,
    bench_noop,
    bench_planning,
    bench_renditions,
    bench_sheet,
    bench_start,
)

BENCHES = (
    bench_start,
    bench_planning,
    bench_noop,
    bench_diff,
    bench_renditions,
    bench_checks,
    bench_sheet,
    bench_buying,
    bench_embedded,
    bench_draft,
)


def main() -> None:
    """Run them all."""
    for bench in BENCHES:
        print(f"\n== {(bench.__doc__ or '').splitlines()[0]}")
        bench.main()


if __name__ == "__main__":
    main()

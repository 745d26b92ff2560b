"""Buying: a whole run beside a bare loop, the vendor's client and a ledger in memory.

Each contender is a process of its own, and so is the provider, which is new for each of them; all
speak HTTP over loopback. They take turns, since the speed of a machine wanders while one measures.
On two processors provider and contender have one each: what the provider needs for a prediction
bounds everybody's rate alike, so processor time is told beside it.

The name of a part as argument runs that part alone. `--share 0.1` lets ours buy a tenth of what it
would, for a machine that is slow or shared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.buying.wanted import sources

WIDTH, NARROW = 32, 8
MANY = 2000
VENDORS_RATE = 83
"""Submits a second: the highest rate that the provider sells is 5,000 a minute."""
IN_FLIGHT = 10_000
_CLIENT = Path(__file__).parent / "buying" / "official.py"
_PEER = Path(sys.prefix) / "peers" / "bin" / "python"
_EMBEDDED, _LIGHT = ("tests.benchmarks.buying.provider",), ("tests.benchmarks.buying.light", "0")
_MEMORY = Path("/dev/shm")  # noqa: S108 (the provider's files, so that no disk of its own counts)


class Took(NamedTuple):
    """What one purchase took, or several together.

    Attributes:
        count: pictures.
        wall_s: of the contender.
        processor_s: of the contender.
        provider_s: processor time of the provider.
        begun_mb: most memory before the first purchase, in millions of bytes.
        most_mb: most memory of all.
    """

    count: int
    wall_s: float
    processor_s: float
    provider_s: float
    begun_mb: float
    most_mb: float

    @property
    def rate(self) -> float:
        """Pictures a second."""
        return self.count / self.wall_s

    @property
    def each_ms(self) -> float:
        """The contender's processor time for a picture."""
        return 1000 * self.processor_s / self.count

    def __str__(self) -> str:
        provider = 1000 * self.provider_s / self.count
        times = f"{self.each_ms:.1f} ms of processor each, the provider's {provider:.1f} ms"
        return f"{self.rate:.1f} a second, {times}"


def main(argv: Sequence[str] = ()) -> None:
    """Print all figures, or those that are asked for."""
    parts = {part.__name__: part for part in (beside_others, in_flight, beside_a_ledger_in_memory)}
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="*", choices=[*parts, []], default=[])
    parser.add_argument("--share", type=float, default=1.0)
    said = parser.parse_args(argv)
    print(f"this disk appends a line and syncs it in {sync_ms():.2f} ms")
    for name in said.part or parts:
        parts[name](said.share)


def hundreds(count: int, share: float) -> int:
    """A share of a count, as a multiple of 100 and not less than that."""
    return max(1, round(count * share / 100)) * 100


def beside_others(share: float = 1.0) -> None:
    """A run of 2,000 on the served embedded provider; the others before and after it."""
    many = hundreds(MANY, share)
    others: Mapping[str, Sequence[str]] = {
        "bare httpx loop": [*module("bare"), "{base}", "{folder}", "300", str(WIDTH)],
        **clients(),
    }
    before = {name: buy(command) for name, command in others.items()}
    narrow = buy([*module("ours"), "{base}", "{folder}", "300", str(NARROW)])
    mine = buy([*module("ours"), "{base}", "{folder}", str(many), str(WIDTH)])
    after = {name: buy(command) for name, command in reversed(others.items())}
    print(f"ours, {many:,} predictions, {WIDTH} at once: {mine}")
    print(f"ours, 300 predictions, {NARROW} at once: {narrow}")
    for name in others:
        theirs = together([before[name], after[name]])
        own = narrow if name.endswith(f"{NARROW} threads") else mine
        print(f"  {name}: {theirs}")
        ratio, cost = own.rate / theirs.rate, own.each_ms / theirs.each_ms
        print(f"    ours buys {ratio:.2f} times as fast with {cost:.2f} of the processor time")


def clients() -> dict[str, list[str]]:
    """The vendor's client, if it is installed: as it comes, and looking as often as it can."""
    if not any(_PEER.parents[1].glob("lib/python*/site-packages/wavespeed")):
        return {}
    found = {}
    for width in (NARROW, WIDTH):
        for interval, words in ((1.0, "looking every second"), (0.0, "looking all the time")):
            command = [str(_PEER), str(_CLIENT), "{base}", "{folder}", "80", str(width)]
            found[f"vendor's client, {words}, {width} threads"] = [*command, str(interval)]
    return found


def in_flight(share: float = 1.0) -> None:
    """Memory of one process with 10,000 predictions under way at the same moment."""
    count = hundreds(IN_FLIGHT, share)
    light = ("tests.benchmarks.buying.light", str(count))
    pace = ["--first-look", "30", "--most-between-looks", "60"]
    command = [*module("ours"), "{base}", "{folder}", str(count), str(count), *pace]
    took = buy(command, provider=light)
    each = (took.most_mb - took.begun_mb) * 1000 / count
    print(f"{count:,} in flight: {took.most_mb:.0f} MB, {took.begun_mb:.0f} MB of them before")
    print(f"  {each:.1f} kB each; {took}")


def beside_a_ledger_in_memory(share: float = 1.0) -> None:
    """The same run with the ledger on the disk and in memory, evenly paced and then as it can."""
    for rate, most in ((VENDORS_RATE, 800), (0, 400)):
        count = hundreds(most, share)
        took: dict[str, list[Took]] = {"disk": [], "memory": []}
        for ledger in ("disk", "memory", "memory", "disk"):
            options = ["--ledger", ledger, "--per-second", str(rate)]
            command = [*module("ours"), "{base}", "{folder}", str(count), "200", *options]
            took[ledger].append(buy(command, provider=_LIGHT))
        disk, memory = together(took["disk"]), together(took["memory"])
        print(f"{f'{rate} submits a second' if rate else 'no pacing'}, ledger on disk: {disk}")
        print(f"  in memory: {memory}")
        wall, processor = disk.wall_s / memory.wall_s - 1, disk.each_ms / memory.each_ms - 1
        print(f"    the ledger takes {wall:+.1%} of the time, {processor:+.1%} of the processor's")


def module(name: str) -> list[str]:
    """Command of a contender of ours."""
    return [sys.executable, "-m", f"tests.benchmarks.buying.{name}"]


def buy(command: Sequence[str], *, provider: Sequence[str] = _EMBEDDED) -> Took:
    """Let a contender buy from a new provider, into a new folder that has the sources.

    Args:
        command: with `{base}` and `{folder}` in the places of the two.
        provider: module and arguments; the embedded one gets a folder beside.
    """
    with (
        tempfile.TemporaryDirectory(prefix="buying-") as folder,
        tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as state,
    ):
        sources(Path(folder))
        more = [state] if provider is _EMBEDDED else []
        with serving([sys.executable, "-m", *provider, *more]) as (base, server):
            ready = processor_s(server)
            argv = [part.format(base=base, folder=folder) for part in command]
            said = subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout
            return Took(**json.loads(said), provider_s=processor_s(server) - ready)


@contextmanager
def serving(command: Sequence[str]) -> Iterator[tuple[str, int]]:
    """A provider in a process of its own: base address and process id."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()


def processor_s(process: int) -> float:
    """Processor seconds of a process so far, by Linux."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def together(took: Sequence[Took]) -> Took:
    """Several turns as one."""
    sums = [sum(values) for values in zip(*(one[:4] for one in took), strict=True)]
    return Took(*sums, min(one.begun_mb for one in took), max(one.most_mb for one in took))


def sync_ms(times: int = 100) -> float:
    """How long the disk takes for what a ledger and a lock do all the time."""
    with tempfile.NamedTemporaryFile(buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(times):
            file.write(b"x" * 1000)
            os.fsync(file.fileno())
        return 1000 * (time.perf_counter() - begun) / times


if __name__ == "__main__":
    main(sys.argv[1:])

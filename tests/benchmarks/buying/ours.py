"""Our own run over the same pictures: `BASE FOLDER COUNT WIDTH`, and what options say."""

import argparse
import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import Places
from pipeline.adapters.runs import new_id
from pipeline.commands.books import Books
from pipeline.commands.buying import make_runner
from pipeline.commands.realms import KEY_VARIABLE, Realm
from pipeline.commands.session import Session
from pipeline.commands.wiring import connect
from pipeline.domain.fingerprint import Json
from pipeline.domain.moment import moment
from pipeline.execution.decisions import PollPace
from pipeline.execution.events import Happened
from pipeline.execution.outcome import Brake
from pipeline.execution.ports import Provider
from tests.benchmarks.buying import wanted
from tests.benchmarks.buying.memory_ledger import MemoryLedger
from tests.benchmarks.buying.stopwatch import Stopwatch
from tests.support.campaigns import lay_out, subject


class Evenly:
    """A provider to which submits leave evenly; everything else passes through.

    Our own pacing allows so many in any minute, and so lets the first minute's worth leave at once.
    """

    def __init__(self, provider: Provider, per_second: float) -> None:
        """Let so many leave a second."""
        self._provider = provider
        self._gap = 1 / per_second
        self._next = 0.0

    def __getattr__(self, name: str):
        return getattr(self._provider, name)

    async def submit(self, model: str, body: Mapping[str, Json]) -> str:
        now = asyncio.get_running_loop().time()
        self._next = max(now, self._next + self._gap)
        await asyncio.sleep(self._next - now)
        return await self._provider.submit(model, body)


async def buy_all(
    base: str,
    folder: Path,
    *,
    count: int,
    width: int,
    per_second: float,
    pace: PollPace,
    disk: bool,
) -> None:
    """Buy a campaign of so many pictures from a provider.

    Args:
        base: address of the provider.
        folder: an empty one, for workspace and state.
        count: of pictures.
        width: how many at once.
        per_second: submits a second, evenly; 0 for as many as can be.
        pace: how often to look.
        disk: whether the ledger lies on the disk, as it does for users, or in memory.
    """
    os.environ[KEY_VARIABLE] = wanted.KEY
    campaign = wanted.of(count)
    lay_out(campaign, folder)
    wants = subject(campaign, wanted.workspace(width))
    clock, run = SystemClock(), new_id("r-")
    books = Books(Places(folder, folder / ".campaign"), "bench", run=run)
    session = Session(wants, books, engine=None, clock=clock)
    plan = session.plan()
    lock = books.lock_files(campaign.name, day=moment(clock.now())[:10])
    async with connect(Realm("bench", base), books.places, [wants], books.store, clock) as outside:
        provider = Evenly(outside.provider, per_second) if per_second else outside.provider
        runner = make_runner(
            session,
            replace(outside, provider=provider, pace=pace),
            ledger=books.open_ledger if disk else MemoryLedger(run),
            lock=lock,
            plan=plan,
            brake=Brake(),
            listen=lambda _event: None,
        )
        with Stopwatch(count):
            outcome = await runner.buy(plan.steps)
    lock.close()
    books.close()
    assert len(outcome.of(Happened.SETTLE)) == count, outcome
    assert len(books.store.present()) == count


def main() -> None:
    """Read the options and buy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("width", type=int)
    parser.add_argument("--per-second", type=float, default=0.0)
    parser.add_argument("--first-look", type=float, default=wanted.PACE.first_s)
    parser.add_argument("--most-between-looks", type=float, default=wanted.PACE.most_s)
    parser.add_argument("--ledger", choices=("disk", "memory"), default="disk")
    said = parser.parse_args()
    asyncio.run(
        buy_all(
            said.base,
            said.folder,
            count=said.count,
            width=said.width,
            per_second=said.per_second,
            pace=replace(wanted.PACE, first_s=said.first_look, most_s=said.most_between_looks),
            disk=said.ledger == "disk",
        )
    )


if __name__ == "__main__":
    main()

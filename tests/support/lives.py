"""A workspace and a provider that outlive the program, and lives of the program that end early."""

import asyncio
import contextlib
import inspect
import itertools
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.adapters.http_client import HttpClient
from pipeline.adapters.intake import StoreIntake
from pipeline.adapters.places import Places
from pipeline.commands.books import Books
from pipeline.commands.buying import Outside, make_runner
from pipeline.commands.session import Session
from pipeline.domain.campaign import Campaign
from pipeline.domain.moment import moment
from pipeline.emulator.app import IN_PROCESS_URL, create_app
from pipeline.emulator.faults import NONE, Faults
from pipeline.emulator.interface import Engine
from pipeline.emulator.state import State
from pipeline.execution.decisions import PollPace
from pipeline.execution.events import Event
from pipeline.execution.outcome import Brake, Outcome
from pipeline.imaging.inspect import inspect as inspect_picture
from pipeline.providers.wavespeed import WaveSpeed
from tests.emulator.plain_engine import PlainEngine
from tests.support.campaigns import lay_out, subject
from tests.support.clock import JumpingClock

FOR_EVER = PollPace(patience_s=1e12)


class PowerCut(BaseException):
    """Not an Exception, so that no handler of the program can swallow it."""


@dataclass
class Fuse:
    """Blows at one of the moments before and after each side effect; then nothing works."""

    left: int
    burned: int = 0

    @property
    def is_blown(self) -> bool:
        return self.burned >= self.left

    def burn(self) -> None:
        if self.is_blown:
            raise PowerCut
        self.burned += 1
        if self.is_blown:
            raise PowerCut


class Fused:
    """A port whose every call passes the fuse before and after its effect."""

    def __init__(self, inner: object, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str):
        found = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def guarded(*args, **kwargs):
            self._fuse.burn()
            result = await found(*args, **kwargs)
            self._fuse.burn()
            return result

        return guarded


@dataclass
class World:
    """What outlives the program: folders, the provider's records, the time."""

    root: Path
    realm: str = "test"
    remote: State = field(default_factory=State.temporary)
    clock: JumpingClock = field(default_factory=JumpingClock)
    engine: Engine = field(default_factory=PlainEngine)
    faults: Faults = NONE
    events: list[Event] = field(default_factory=list)
    exclusive: bool = False
    _runs: itertools.count = field(default_factory=lambda: itertools.count(1))
    _attempts: itertools.count = field(default_factory=lambda: itertools.count(1))

    @property
    def places(self) -> Places:
        return Places(self.root, self.root / ".campaign")

    @asynccontextmanager
    async def outside(self, books: Books, campaign: Campaign):
        app = create_app(
            state=self.remote,
            engine=self.engine,
            base_url=IN_PROCESS_URL,
            clock=self.clock.now,
            faults=self.faults,
        )
        client = HttpClient(app=app, user_agent="test")
        folder = self.places.campaign(campaign.name)
        by_digest = {
            p.facts.sha256: (folder / p.path, p.facts)
            for s in campaign.sets
            for p in (*s.pictures, *filter(None, [s.reference]))
        }
        provider = WaveSpeed(
            client,
            base=IN_PROCESS_URL,
            key="k",
            locate=by_digest.__getitem__,
            clock=self.clock,
        )
        intake = StoreIntake(
            client,
            books.store,
            verify=inspect_picture,
            inspect=inspect_picture,
            is_official=False,
        )
        try:
            yield Outside(
                provider=provider,
                seller=provider,
                intake=intake,
                pace=FOR_EVER,
                per_minute=1000,
                concurrent=2,
                exclusive=self.exclusive,
            )
        finally:
            await client.aclose()
            await app.state.provider.aclose()

    async def life(
        self, campaign: Campaign, fuse: Fuse | None = None, *, brake: Brake | None = None
    ) -> Outcome:
        """One run of the program, ended by the fuse or by itself."""
        fuse = fuse or Fuse(left=10**9)
        lay_out(campaign, self.root)
        run = f"r{next(self._runs)}"
        books = Books(self.places, self.realm, run=run)
        session = Session(subject(campaign), books, engine=None, clock=self.clock)
        files = books.lock_files(campaign.name, day=moment(self.clock.now())[:10])
        ledger, lock = Fused(books.ledger, fuse), Fused(files, fuse)
        try:
            async with self.outside(books, campaign) as outside:
                edges = Outside(
                    provider=Fused(outside.provider, fuse),
                    seller=outside.seller,
                    intake=Fused(outside.intake, fuse),
                    pace=outside.pace,
                    per_minute=outside.per_minute,
                    concurrent=outside.concurrent,
                    exclusive=outside.exclusive,
                )

                def runner(plan):
                    return make_runner(
                        session,
                        edges,
                        ledger=ledger,
                        lock=lock,
                        plan=plan,
                        brake=brake or Brake(),
                        listen=self.events.append,
                        attempt_ids=lambda: f"a-{next(self._attempts):04}",
                    )

                outcome = await runner(None).recover()
                plan = session.plan()
                overdue = session.overdue(plan)
                if overdue:
                    await lock.file(campaign.name, overdue)
                await books.bring_ledger_up(session.history)
                bought = await runner(plan).buy(plan.steps)
                bought.ended[:0] = outcome.ended
                return bought
        finally:
            await _die(books, files)

    def run(self, campaign: Campaign, fuse: Fuse | None = None) -> Outcome | None:
        """A life in a process of its own, as it were; None where the power was cut."""
        with contextlib.suppress(PowerCut):
            return asyncio.run(self.life(campaign, fuse))
        return None

    def plan(self, campaign: Campaign):
        """What a run would do now."""
        lay_out(campaign, self.root)
        books = Books(self.places, self.realm)
        try:
            return Session(subject(campaign), books, engine=None, clock=self.clock).plan()
        finally:
            books.close()

    def bill(self) -> int:
        """What the provider has taken, in micro-dollars."""
        return self.remote.spent()


async def _die(books: Books, files) -> None:
    """Let go as a killed process does: locks fall, nothing is tidied."""
    files.close()
    for handle in books.runs._mine.values():
        os.close(handle)
    books.ledger.close()

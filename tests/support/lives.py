"""A workspace and a provider that outlive the program, and lives of the program that end early."""

import asyncio
import contextlib
import inspect
import itertools
import os
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.adapters.http_client import HttpClient
from pipeline.adapters.intake import StoreIntake
from pipeline.adapters.places import Places
from pipeline.commands.books import Books
from pipeline.commands.buying import Outside
from pipeline.commands.progress import Telling
from pipeline.commands.purchase import Purchase
from pipeline.commands.reconcile import Reconciled, Reconciliation
from pipeline.commands.session import Session, Subject
from pipeline.commands.settling import Decisions
from pipeline.domain.campaign import Account, Campaign, Workspace
from pipeline.domain.moment import moment
from pipeline.domain.permit import Permit
from pipeline.emulator.app import IN_PROCESS_URL, create_app
from pipeline.emulator.faults import NONE, Faults
from pipeline.emulator.interface import Engine
from pipeline.emulator.state import State
from pipeline.execution.decisions import PollPace
from pipeline.execution.events import Event
from pipeline.execution.outcome import Brake, Outcome
from pipeline.imaging.inspect import inspect as inspect_picture
from pipeline.providers.wavespeed import WaveSpeed
from tests.support.campaigns import lay_out, subject
from tests.support.clock import JumpingClock
from tests.support.tiny import TinyEngine

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
    engine: Engine = field(default_factory=TinyEngine)
    faults: Faults = NONE
    events: list[Event] = field(default_factory=list)
    exclusive: bool = False
    campaigns: Sequence[Campaign] = ()
    workspace: Workspace = field(default_factory=lambda: Workspace(Account(1000, 2)))
    permit: Permit | None = None
    _runs: itertools.count = field(default_factory=lambda: itertools.count(1))

    @property
    def places(self) -> Places:
        return Places(self.root, self.root / ".campaign")

    @asynccontextmanager
    async def outside(self, books: Books, campaigns):
        app = create_app(
            state=self.remote,
            engine=self.engine,
            base_url=IN_PROCESS_URL,
            clock=self.clock.now,
            sleep=self.clock.sleep,
            faults=self.faults,
        )
        client = HttpClient(app=app, user_agent="test")
        by_digest = {
            p.facts.sha256: (self.places.campaign(campaign.name) / p.path, p.facts)
            for campaign in campaigns
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
                per_minute=self.workspace.account.requests_per_minute,
                concurrent=self.workspace.account.concurrent,
                exclusive=self.exclusive,
            )
        finally:
            await client.aclose()
            await app.state.provider.aclose()

    async def life(
        self,
        campaign: Campaign,
        fuse: Fuse | None = None,
        *,
        brake: Brake | None = None,
        heeds: bool = True,
    ) -> Outcome:
        """One run of the program, ended by the fuse or by itself; its user agrees to its plan.

        With `heeds` off it goes on although the plan itself says that it must not.
        """
        async with self.at_work(campaign, fuse) as (session, files, outside):
            purchase = Purchase(
                session,
                outside,
                files,
                brake or Brake(),
                listen=self.events.append,
                is_draft=False,
            )
            ledger, died = session.books.open_ledger, session.books.runs.died()
            outcome = Outcome()
            if not ledger.needs_looking_back():
                outcome = await purchase.recover()
            if ledger.needs_looking_back() or died:
                found = await purchase.look_back(self.subjects(campaign))
                outcome.ended += found.outcome.ended
                problems = found.problems(exclusive=self.exclusive)
                if any(problem.is_error for problem in problems):
                    return outcome
                await ledger.looked_back(moment(self.clock.now()))
                session.books.runs.bury(died)
            plan = session.plan()
            overdue = session.overdue(plan)
            if overdue:
                await files.file(campaign.name, overdue)
            if heeds and any(problem.is_error for problem in plan.problems):
                plan = replace(plan, steps=())
            bought = await purchase.buy(plan, {})
            bought.ended[:0] = outcome.ended
            return bought

    async def reconcile(self, campaign: Campaign, decisions: Decisions = Decisions()) -> Reconciled:  # noqa: B008 (frozen)
        """One `campaign reconcile`."""
        async with self.at_work(campaign) as (session, files, outside):
            return await Reconciliation(
                session.books,
                files,
                self.subjects(campaign),
                outside,
                telling=Telling(events=False, quiet=True),
                clock=self.clock,
                is_draft=False,
            ).reconcile(decisions, set_aside="")

    def subjects(self, campaign: Campaign) -> list[Subject]:
        """All campaigns of the workspace, the running one first."""
        others = [one for one in self.campaigns if one.name != campaign.name]
        return [subject(one, self.workspace) for one in (campaign, *others)]

    @asynccontextmanager
    async def at_work(self, campaign: Campaign, fuse: Fuse | None = None):
        """A process of the program: its session, lock files and provider, all behind the fuse."""
        fuse = fuse or Fuse(left=10**9)
        for one in (campaign, *self.campaigns):
            lay_out(one, self.root)
        books = Books(self.places, self.realm, run=f"r{next(self._runs)}")
        ledger = books.open_ledger
        books.ledger = Fused(ledger, fuse)
        session = Session(
            subject(campaign, self.workspace),
            books,
            engine=None,
            clock=self.clock,
            permit=self.permit,
        )
        files = books.lock_files(campaign.name, day=moment(self.clock.now())[:10])
        try:
            async with self.outside(books, self.campaigns or (campaign,)) as outside:
                guarded = replace(
                    outside,
                    provider=Fused(outside.provider, fuse),
                    intake=Fused(outside.intake, fuse),
                )
                yield session, Fused(files, fuse), guarded
        finally:
            _die(books, ledger, files)

    def run(
        self, campaign: Campaign, fuse: Fuse | None = None, *, heeds: bool = True
    ) -> Outcome | None:
        """A life in a process of its own, as it were; None where the power was cut."""
        with contextlib.suppress(PowerCut):
            return asyncio.run(self.life(campaign, fuse, heeds=heeds))
        return None

    def plan(self, campaign: Campaign):
        """What a run would do now."""
        lay_out(campaign, self.root)
        books = Books(self.places, self.realm)
        try:
            return Session(
                subject(campaign, self.workspace), books, engine=None, clock=self.clock
            ).plan()
        finally:
            books.close()

    def bill(self) -> int:
        """What the provider has taken, in micro-dollars."""
        return self.remote.spent()


def _die(books: Books, ledger, files) -> None:
    """Let go as a killed process does: locks fall, nothing is tidied."""
    files.close()
    for handle in books.runs._mine.values():
        os.close(handle)
    ledger.close()

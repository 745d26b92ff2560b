"""A campaign held against runs by somebody who writes receipts and buys nothing."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.lock_files import LockFiles
from pipeline.adapters.places import Places
from pipeline.adapters.runs import hold_campaign, new_id
from pipeline.commands.books import Books
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.realms import Realm, choose_realm
from pipeline.commands.session import Session
from pipeline.domain.diagnostics import Problem
from pipeline.domain.moment import moment
from pipeline.domain.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Held:
    """What is held.

    Attributes:
        places: of the workspace.
        realm: whose money and pictures.
        session: of the campaign, on books that look only.
        engine: version of the embedded engine, for drafts only.
        at: now, for receipts.
        files: the locks.
        problems: of the manifest, to know.
    """

    places: Places
    realm: Realm
    session: Session
    engine: str | None
    at: str
    files: LockFiles
    problems: Sequence[Problem]

    def file(self, receipts: Sequence[Receipt]) -> None:
        """File receipts in the campaign's lock; durable when this returns."""
        asyncio.run(self.files.file(self.session.subject.campaign.name, receipts))


@contextmanager
def held_campaign(name: str, *, draft: bool, start: Path) -> Iterator[Held]:
    """Hold a campaign while receipts are written.

    Raises:
        CampaignError: exit 2, it cannot be read; exit 8, a run of it is under way.
    """
    places, workspace = open_workspace(start)
    (subject,), problems = load_subjects(places, workspace, [name])
    realm = choose_realm(draft=draft)
    clock = SystemClock()
    run, now = new_id("r-"), moment(clock.now())
    hold = hold_campaign(places.of_realm(realm.name) / "held", name, run=run, since=now)
    # To look only: a ledger that is not there must not seem to be an empty one afterwards.
    books = Books(places, realm.name)
    files = books.lock_files(name, day=now[:10].replace("-", ""), run=run)
    try:
        session = Session(subject, books, engine=realm.engine, clock=clock)
        yield Held(places, realm, session, realm.engine, now, files, problems)
    finally:
        files.close()
        books.close()
        hold.release()

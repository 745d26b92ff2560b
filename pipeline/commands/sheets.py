"""Campaigns with outputs and contact sheets brought up to date; buys nothing and needs no key."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import Places
from pipeline.adapters.view import NotMade
from pipeline.commands.books import Books
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.outputs import Outputs, Refreshed
from pipeline.commands.own_copies import plan_with_copies
from pipeline.commands.pages import Pages
from pipeline.commands.progress import Telling
from pipeline.commands.realms import Realm, choose_realm
from pipeline.commands.rehearsal import rehearse
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import Problem
from pipeline.domain.plan import Plan, Reason


@dataclass(frozen=True, slots=True)
class UpToDate:
    """One campaign whose outputs are as they should be.

    Attributes:
        session: of the campaign, on books that look only.
        plan: as the books are now.
        pages: what its sheet was made from.
        refreshed: what was done.
        folder: of the outputs.
    """

    session: Session
    plan: Plan
    pages: Pages
    refreshed: Refreshed
    folder: Path

    @property
    def name(self) -> str:
        """Of the campaign."""
        return self.plan.campaign

    @property
    def absent(self) -> int:
        """Pictures that were bought and are not on this machine."""
        return sum(one.reason is Reason.RESULT_ABSENT for one in self.plan.decisions)

    @property
    def failed(self) -> tuple[NotMade, ...]:
        """Files that could not be made."""
        return self.refreshed.failed


@dataclass(frozen=True, slots=True)
class Sheets:
    """Campaigns of one realm, to be brought up to date.

    Attributes:
        places: of the workspace.
        realm: whose pictures.
        books: of the realm, to look only.
        subjects: the campaigns, in the order in which they were named.
        problems: of their manifests, to know.
    """

    places: Places
    realm: Realm
    books: Books
    subjects: Sequence[Subject]
    problems: Sequence[Problem]

    def bring_up(self, subject: Subject, telling: Telling, *, force_page: bool) -> UpToDate:
        """Bring one campaign's outputs up to date.

        Args:
            subject: one of these.
            telling: shows the progress.
            force_page: write the sheet even if nothing on it changed.
        """
        session = Session(subject, self.books, engine=self.realm.engine, clock=SystemClock())
        plan = plan_with_copies(session, session.plan(), telling)
        engine = self.realm.engine or ""
        outputs = Outputs(subject, plan, self.books, history=session.history, engine=engine)
        rehearsal = None
        if self.realm.is_draft:
            rehearsal = rehearse(subject, self.places, session.clock)
        with telling.work("files", len(outputs.missing)) as progress:
            refreshed = outputs.refresh(
                rehearsal=rehearsal, progress=progress, force_page=force_page
            )
        pages = outputs.pages(rehearsal, refreshed.failed)
        folder = self.places.outputs(self.realm.name, plan.campaign)
        return UpToDate(session, plan, pages, refreshed, folder)


@contextmanager
def open_sheets(names: Sequence[str], *, draft: bool, start: Path) -> Iterator[Sheets]:
    """Read the campaigns that a command means; no names are all.

    Raises:
        CampaignError: exit 2, there is none, or a manifest has errors; exit 12, stored state is
            damaged.
    """
    places, workspace = open_workspace(start)
    subjects, problems = load_subjects(places, workspace, names)
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    try:
        yield Sheets(places, realm, books, subjects, problems)
    finally:
        books.close()

"""`campaign report`: rebuild the view and the contact sheet from what is bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.commands.books import Books
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.outputs import Outputs
from pipeline.commands.progress import Telling
from pipeline.commands.realms import choose_realm
from pipeline.commands.rehearsal import rehearse
from pipeline.commands.session import Session
from pipeline.domain.diagnostics import Problem
from pipeline.domain.plan import Reason
from pipeline.reporting.words import count

DONE, USAGE, UNFINISHED = 0, 2, 5
_HOW = "`campaign store pull DIR`, or `campaign run` while the provider keeps them"


@dataclass(frozen=True, slots=True)
class Reported:
    """Contact sheets that were written, as paths to open, and what was odd."""

    pages: tuple[str, ...]
    problems: tuple[Problem, ...]
    not_made: int

    @property
    def exit_code(self) -> int:
        """5 where a file could not be made, else 0."""
        return UNFINISHED if self.not_made else DONE


def report(names: Sequence[str], *, draft: bool, telling: Telling, start: Path) -> Reported:
    """Rebuild outputs; buys nothing and needs no key.

    Raises:
        CampaignError: exit 2; a manifest has problems.
    """
    places, workspace = open_workspace(start)
    subjects, problems = load_subjects(places, workspace, names)
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    pages: list[str] = []
    not_made = 0
    try:
        for subject in subjects:
            session = Session(subject, books, engine=realm.engine, clock=SystemClock())
            plan = session.plan()
            outputs = Outputs(
                subject, plan, books, history=session.history, engine=realm.engine or ""
            )
            rehearsal = rehearse(subject, places, session.clock) if realm.is_draft else None
            with telling.work("files", len(outputs.missing)) as progress:
                done = outputs.refresh(rehearsal=rehearsal, progress=progress, force_page=True)
            for one in done.failed:
                telling.say(f"not made  {one.name}: {one.reason}")
            absent = sum(one.reason is Reason.RESULT_ABSENT for one in plan.decisions)
            if absent:
                pictures = count(absent, "picture")
                telling.say(f"absent    {pictures} bought, but not on this machine: {_HOW}")
            not_made += len(done.failed)
            pages.append(places.shown(done.page))
        return Reported(tuple(pages), (*problems, *books.warnings), not_made)
    finally:
        books.close()

"""`campaign status --flags`: what the checks say about every delivered picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.commands.books import Books
from pipeline.commands.checking import Checking
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.progress import Telling
from pipeline.commands.realms import choose_realm
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.flags import Docket
from pipeline.domain.history import History
from pipeline.domain.plan import Plan
from pipeline.reporting.flags_text import OfCampaign, flags_document, flags_line, flags_text

DONE = 0


@dataclass(frozen=True, slots=True)
class Flags:
    """What was found; never an error: flags are for people."""

    realm: str
    campaigns: tuple[OfCampaign, ...]
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return DONE

    @property
    def text(self) -> str:
        """For people."""
        return flags_text(self.campaigns)

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return flags_document(self.realm, self.campaigns)


def flags(names: Sequence[str], *, draft: bool, telling: Telling, start: Path) -> Flags:
    """Check every delivered picture of campaigns; measures only what is not known yet.

    Raises:
        CampaignError: exit 2; a manifest has problems.
    """
    places, workspace = open_workspace(start)
    subjects, problems = load_subjects(places, workspace, names)
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    found: list[OfCampaign] = []
    try:
        for subject in subjects:
            session = Session(subject, books, engine=realm.engine, clock=SystemClock())
            plan = session.plan()
            delivered = sum(decision.output is not None for decision in plan.decisions)
            with telling.work("checks", delivered) as progress:
                looked = Checking(subject, plan, books, session.history).look(progress)
            found.append(OfCampaign(subject.campaign.name, looked))
        return Flags(realm.name, tuple(found), (*problems, *books.warnings))
    finally:
        books.close()


def kept_flags(
    subject: Subject, plan: Plan, books: Books, *, history: History | None = None
) -> Mapping[CellKey, Docket]:
    """What is known already of a plan's pictures; measures nothing and opens no picture.

    Args:
        subject: the campaign; its `checks` decide what is judged, so that other settings give
            other answers from the same numbers.
        plan: of it.
        books: of the realm.
        history: that the plan was made by; read from the books where it is not given.

    Returns:
        The answers by cell (`Docket.report()`). A cell that is not there has no picture on this
        machine, or one that nobody looked at: its checks are not run, which is not a pass.
    """
    known = books.history() if history is None else history
    return Checking(subject, plan, books, known).recall()


def new_flags(
    session: Session,
    plan: Plan,
    cells: frozenset[CellKey],
    *,
    progress: Callable[[int], None] = lambda _more: None,
) -> str:
    """Look at new pictures with what needs no network, and say in one line what was found.

    The numbers are kept, so `status --flags` does not measure them again. Never fails, whatever
    the pictures are.

    Args:
        session: planned.
        plan: of it.
        cells: whose pictures are new.
        progress: told how many more pictures are done.

    Returns:
        One line, without the campaign's name; empty where nothing was flagged.
    """
    checking = Checking(session.subject, plan, session.books, session.history)
    looked = checking.glance(cells, progress)
    return flags_line(plan.campaign, looked, is_draft=checking.is_draft)

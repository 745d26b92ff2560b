"""`campaign status --flags`: what the checks say about every delivered picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.commands.checking import Checking
from pipeline.commands.index_page import refresh_index
from pipeline.commands.outputs import PAGE, Outputs
from pipeline.commands.progress import Telling
from pipeline.commands.rehearsal import rehearse
from pipeline.commands.session import Session, Subject
from pipeline.commands.sheets import Sheets, open_sheets
from pipeline.domain.diagnostics import Problem
from pipeline.domain.exit_codes import DONE
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.plan import Plan, Reason
from pipeline.reporting.flags_text import OfCampaign, flags_document, flags_line, flags_text
from pipeline.reporting.words import count


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

    Where a contact sheet lies already it is written anew if it does not show what was found. No
    other file is made or removed, nothing is bought and no verdict is touched.

    Raises:
        CampaignError: exit 2; a manifest has problems.
    """
    with open_sheets(names, draft=draft, start=start) as sheets:
        found = tuple(_look(sheets, subject, telling) for subject in sheets.subjects)
        problems = (*sheets.problems, *sheets.books.warnings)
        remarks = tuple(remark for one in found for remark in one.remarks)
        return Flags(sheets.realm.name, found, (*problems, *remarks))


def _look(sheets: Sheets, subject: Subject, telling: Telling) -> OfCampaign:
    """Check one campaign, and tell its sheet if it has one."""
    books = sheets.books
    session = Session(subject, books, engine=sheets.realm.engine, clock=SystemClock())
    plan = session.plan()
    delivered = sum(decision.output is not None for decision in plan.decisions)
    with telling.work("checks", delivered) as progress:
        looked = Checking(subject, plan, books, session.history).look(progress)
    return OfCampaign(plan.campaign, looked, _laid_out(sheets, session, plan, telling))


def _laid_out(
    sheets: Sheets, session: Session, plan: Plan, telling: Telling
) -> tuple[Problem, ...]:
    """Write the sheet anew where that is due; returns what is to be said about finished files."""
    places, realm = sheets.places, sheets.realm
    outputs = Outputs(
        session.subject, plan, sheets.books, history=session.history, engine=realm.engine or ""
    )
    page = places.outputs(realm.name, plan.campaign) / PAGE
    if page.is_file():
        rehearsal = None
        if realm.is_draft:
            rehearsal = rehearse(session.subject, places, session.clock)
        if outputs.retell(rehearsal=rehearsal):
            refresh_index(places)
            telling.say(f"sheet     {places.shown(page)} shows it now")
    draft = " --draft" if realm.is_draft else ""
    if outputs.missing:
        how = f"`campaign report {plan.campaign}{draft}` makes what it can"
        telling.say(f"lacking   {count(len(outputs.missing), 'file')}: {how}")
    absent = sum(one.reason is Reason.RESULT_ABSENT for one in plan.decisions)
    if absent:
        telling.say(f"absent    {count(absent, 'picture')} bought, but not on this machine")
    return tuple(outputs.remarks())


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

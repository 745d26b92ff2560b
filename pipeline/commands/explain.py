"""`campaign plan NAME --explain CELL`: why one cell is as it is; reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import Places
from pipeline.commands.books import Books
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.realms import choose_realm
from pipeline.commands.session import Session
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import USAGE
from pipeline.domain.explanation import Explanation
from pipeline.planning.explain import explain, find_cell
from pipeline.planning.view import wanted_files
from pipeline.reporting.explain_json import explain_document
from pipeline.reporting.explain_text import explain_text


@dataclass(frozen=True, slots=True)
class Explained:
    """One cell explained.

    Attributes:
        explanation: of it.
        file: where its picture lies, as the user may open it; empty where there is none.
        is_here: whether the file is there.
        manifest: the campaign's file, as the user may open it.
        problems: of the manifest and the books, to be known.
    """

    explanation: Explanation
    file: str
    is_here: bool
    manifest: str
    problems: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """For people."""
        file = self.file if self.is_here or not self.file else f"{self.file} (not there yet)"
        return explain_text(self.explanation, file=file, manifest=self.manifest)

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return explain_document(self.explanation, file=self.file)


def explain_cell(
    name: str, cell: str, *, draft: bool, retry_failed: bool, start: Path
) -> Explained:
    """Explain one cell of a campaign; reads only, needs no key.

    Args:
        name: of the campaign.
        cell: its address, a glob of addresses that means one cell, or its key.
        draft: look at the books of the drafts.
        retry_failed: plan blocked failures once more.
        start: where the user stands.

    Raises:
        CampaignError: exit 2; the manifest has errors, or no cell or several are called so.
            Exit 12; stored state cannot be read.
    """
    places, workspace = open_workspace(start)
    (subject,), problems = load_subjects(places, workspace, [name])
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    try:
        clock = SystemClock()
        session = Session(
            subject, books, engine=realm.engine, clock=clock, retry_failed=retry_failed
        )
        plan = session.plan()
        found = find_cell(plan, cell)
        if isinstance(found, Problem):
            raise CampaignError(USAGE, [found])
        explanation = explain(plan, found, session.history, subject.campaign)
        masters = [
            file.name
            for file in wanted_files(subject.campaign, plan)
            if file.cell == found and not file.size
        ]
        file = _file(places, realm.name, name, masters)
        return Explained(
            explanation,
            places.shown(file) if file else "",
            file is not None and file.is_file(),
            subject.campaign.file,
            (*problems, *books.warnings),
        )
    finally:
        books.close()


def _file(places: Places, realm: str, campaign: str, masters: list[str]) -> Path | None:
    return places.outputs(realm, campaign) / masters[0] if masters else None

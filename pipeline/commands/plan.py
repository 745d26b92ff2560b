"""`campaign plan`: what a run would do, never doing it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.commands.advice import spent_in_vain
from pipeline.commands.books import Books
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.outputs import Outputs
from pipeline.commands.realms import Realm, choose_realm
from pipeline.commands.rehearsal import read_prompts
from pipeline.commands.selecting import check_selection
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import Problem
from pipeline.domain.plan import Plan
from pipeline.planning.select import EVERYTHING, Selection
from pipeline.planning.view import coming_renders
from pipeline.reporting.draft_reading import DraftReading
from pipeline.reporting.plan_json import plans_document
from pipeline.reporting.plan_text import plan_text

DONE, USAGE, REFUSED, SOMETHING_TO_BUY = 0, 2, 3, 10


@dataclass(frozen=True, slots=True)
class Planned:
    """Plans of campaigns, each with the number of files to derive.

    Attributes:
        readings: for each plan what the draft engine makes of its prompts; None for real money.
    """

    plans: tuple[tuple[Plan, int], ...]
    warnings: tuple[Problem, ...]
    readings: tuple[tuple[DraftReading, ...] | None, ...]

    @property
    def text(self) -> str:
        """For people."""
        return "\n".join(
            plan_text(plan, renders=renders, readings=read or ())
            for (plan, renders), read in zip(self.plans, self.readings, strict=True)
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands in the way of buying, and what to know."""
        return (*self.warnings, *(one for plan, _ in self.plans for one in plan.problems))

    def document(self) -> Mapping[str, object]:
        """For machines: one plan, or a list of them where there are several; a permit."""
        return plans_document(self.plans, readings=self.readings)

    def save(self, target: Path) -> None:
        """Write the document to a file."""
        target.write_text(json.dumps(self.document(), indent=2, ensure_ascii=False), "utf-8")

    def exit_code(self, *, detailed: bool) -> int:
        """0; 2 or 3 where a problem stands in the way; 10 where asked for and there is a step."""
        errors = [problem.code for problem in self.problems if problem.is_error]
        if errors:
            return REFUSED if all(code >= "P010" for code in errors) else USAGE
        return SOMETHING_TO_BUY if detailed and any(p.steps for p, _ in self.plans) else DONE


def plan(
    names: Sequence[str],
    *,
    draft: bool,
    retry_failed: bool,
    start: Path,
    selection: Selection = EVERYTHING,
) -> Planned:
    """Plan campaigns, all of the workspace where no name is given; reads only.

    Raises:
        CampaignError: manifests have problems, a selector matches nothing, or stored state cannot
            be read.
    """
    places, workspace = open_workspace(start)
    subjects, problems = load_subjects(places, workspace, names)
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    try:
        plans = tuple(_plan(subject, books, realm, retry_failed, selection) for subject in subjects)
        check_selection(selection, subjects, [made for made, _ in plans])
        if realm.is_real:
            for subject, (made, _) in zip(subjects, plans, strict=True):
                problems += spent_in_vain(subject, made)
        readings = tuple(
            read_prompts(subject, made.cells) if realm.is_draft else None
            for subject, (made, _) in zip(subjects, plans, strict=True)
        )
        return Planned(plans, (*problems, *books.warnings), readings)
    finally:
        books.close()


def _plan(
    subject: Subject,
    books: Books,
    realm: Realm,
    retry_failed: bool,  # noqa: FBT001 (private)
    selection: Selection,
) -> tuple[Plan, int]:
    session = Session(
        subject,
        books,
        engine=realm.engine,
        clock=SystemClock(),
        retry_failed=retry_failed,
        selection=selection,
    )
    made = session.plan()
    outputs = Outputs(subject, made, books, history=session.history, engine=realm.engine or "")
    return made, outputs.renders + coming_renders(subject.campaign, made)

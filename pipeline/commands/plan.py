"""`campaign plan`: what a run would do, never doing it."""

import errno
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.durable_files import write_durably
from pipeline.commands.advice import spent_in_vain
from pipeline.commands.books import Books
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.outputs import Outputs
from pipeline.commands.realms import Realm, choose_realm
from pipeline.commands.rehearsal import read_prompts
from pipeline.commands.selecting import check_selection
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import DONE, REFUSED, SOMETHING_TO_BUY, USAGE
from pipeline.domain.plan import Plan
from pipeline.planning.select import EVERYTHING, Selection
from pipeline.planning.view import coming_renders
from pipeline.reporting.draft_reading import DraftReading
from pipeline.reporting.plan_json import plans_document
from pipeline.reporting.plan_text import plan_text, totals_text

_PLAN = re.compile(rb'\s*\{\s*"plans?"\s*:')
"""How everything begins that `save` wrote."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Plans of campaigns, each with the number of files to derive.

    Attributes:
        plans: each with the number of files to derive, which is free.
        warnings: what to know, of whatever campaign.
        readings: for each plan what the draft engine makes of its prompts; None for real money.
    """

    plans: tuple[tuple[Plan, int], ...]
    warnings: tuple[Problem, ...]
    readings: tuple[tuple[DraftReading, ...] | None, ...]

    @property
    def text(self) -> str:
        """For people."""
        each = [
            plan_text(plan, renders=renders, readings=read or (), is_alone=len(self.plans) == 1)
            for (plan, renders), read in zip(self.plans, self.readings, strict=True)
        ]
        if len(each) > 1:
            each.append(totals_text([plan for plan, _ in self.plans]))
        return "\n".join(each)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands in the way of buying, and what to know."""
        return (*self.warnings, *(one for plan, _ in self.plans for one in plan.problems))

    def document(self) -> Mapping[str, object]:
        """For machines: one plan, or a list of them where there are several; a permit."""
        return plans_document(self.plans, readings=self.readings)

    def save(self, target: Path) -> None:
        """Write the document to a file; one of that name gives way if it is a saved plan, or empty.

        Raises:
            CampaignError: exit 2; a file of that name holds something else. It was left alone.
            OSError: it cannot be written.
        """
        text = json.dumps(self.document(), indent=2, ensure_ascii=False)
        if target.exists() and not target.is_file():
            target.write_text(text, "utf-8")  # a pipe, a terminal
            return
        if target.is_file() and not _may_give_way(target):
            raise CampaignError(USAGE, [_in_use(target)])
        if not target.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(target.parent))
        write_durably(target.resolve(), text.encode("utf-8"))

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


def _may_give_way(file: Path) -> bool:
    with file.open("rb") as opened:
        start = opened.read(64)
    return not start or _PLAN.match(start) is not None


def _in_use(file: Path) -> Problem:
    return Problem(
        code="P047",
        what=f"`{file}` holds something else than a plan",
        why="a saved plan is written over an older one, and over nothing else",
        fix="choose another name, such as `--out plan.json`; the file was left alone",
        money="nothing was charged",
    )


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

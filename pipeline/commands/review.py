"""`campaign review`: say which picture is whose where fewer came than were paid for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.commands.held import held_campaign
from pipeline.commands.matching import Matched, match_short
from pipeline.commands.outputs import Outputs, unassigned_name
from pipeline.commands.rehearsal import rehearse
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import DONE, UNFINISHED, USAGE
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.history import History
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Plan
from pipeline.domain.receipts import Gen, Match
from pipeline.manifest.wording import nearest
from pipeline.reporting.verdicts_text import REVIEW_FORMAT
from pipeline.reporting.words import count

NOBODY = "none"
_CERTAIN = 100


@dataclass(frozen=True, slots=True)
class Assignment:
    """One output of an attempt, and whose it is.

    Attributes:
        attempt: its id.
        output: number of the picture, from 1, in the order in which it was delivered.
        cell: address or cell key; `none` for nobody's.
    """

    attempt: str
    output: int
    cell: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery of fewer pictures than were paid for, nobody having said which is whose.

    Attributes:
        attempt: its id.
        charged: what it cost.
        cells: addresses of the cells that it asked for, in output order.
        pictures: where to look at what came, one path for each output.
        said: what content says of each output, in words; empty where it says nothing.
        unsaid: why content says nothing, in words; empty where it does.
    """

    attempt: str
    charged: MicroUsd
    cells: tuple[str, ...]
    pictures: tuple[str, ...]
    said: tuple[str, ...] = ()
    unsaid: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What waits for a person, and what was decided.

    Attributes:
        campaign: name.
        assigned: what was written down.
        waiting: deliveries that nobody has assigned yet.
        top_up: pictures that were paid for, did not come, and are wanted again.
        cost: of these.
        problems: to know.
    """

    campaign: str
    assigned: tuple[Match, ...]
    waiting: tuple[Waiting, ...]
    top_up: int
    cost: MicroUsd
    problems: tuple[Problem, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """5 while a delivery waits, else 0."""
        return UNFINISHED if self.waiting else DONE

    @property
    def text(self) -> str:
        """For people."""
        lines = [
            f"assigned  {count(len(match.outputs), 'picture')} of attempt {match.attempt}"
            for match in self.assigned
        ]
        for one in self.waiting:
            came = f"{len(one.pictures)} of {count(len(one.cells), 'picture')}"
            lines.append(
                f"waiting   attempt {one.attempt}: {came} came for {format_usd(one.charged)}"
            )
            said = one.said or ("",) * len(one.pictures)
            lines += [
                f"  {number}  {path}{words and f'  looks like {words}'}"
                for number, (path, words) in enumerate(
                    zip(one.pictures, said, strict=True), start=1
                )
            ]
            if one.unsaid:
                lines.append(f"  content says nothing: {one.unsaid}")
            lines.append(f"  asked for: {', '.join(one.cells)}")
        if self.waiting:
            first = self.waiting[0]
            named = " ".join(
                f"--assign {first.attempt}/{number}=CELL"
                for number in range(1, len(first.pictures) + 1)
            )
            lines += [
                "",
                "Look at the pictures, then say whose each of an attempt is (`none`: nobody's):",
                f"  campaign review {self.campaign} {named}",
            ]
        if self.top_up:
            missing = f"{count(self.top_up, 'picture')} for {format_usd(self.cost)}"
            lines.append(f"top-up    {missing}: `campaign run {self.campaign}` asks for it")
        return "\n".join(lines or ["Nothing waits for a review."]) + "\n"

    def document(self) -> Mapping[str, object]:
        """For machines; money in micro-dollars."""
        return {
            "review": REVIEW_FORMAT,
            "what": "waiting",
            "campaign": self.campaign,
            "assigned": [
                {"attempt": match.attempt, "outputs": list(match.outputs)}
                for match in self.assigned
            ],
            "waiting": [
                {
                    "attempt": one.attempt,
                    "charged": one.charged,
                    "cells": list(one.cells),
                    "pictures": list(one.pictures),
                    "said": list(one.said),
                }
                for one in self.waiting
            ],
            "top_up": self.top_up,
            "cost": self.cost,
        }


def review(name: str, assignments: Sequence[Assignment], *, draft: bool, start: Path) -> Reviewed:
    """List deliveries that wait for a person, or write down what the person says.

    Args:
        name: of the campaign; receipts go into its lock.
        assignments: all outputs of each attempt that is named.
        draft: whether drafts are meant.
        start: the working directory.

    Raises:
        CampaignError: exit 2, an assignment does not fit, all problems at once; exit 8, a run of
            the campaign is under way. Nothing was written.
    """
    with held_campaign(name, draft=draft, start=start) as held:
        session, books = held.session, held.session.books
        plan = session.plan()
        matches: list[Match] = []
        if assignments:
            matches = _matches(assignments, session.history, plan, at=held.at)
            held.file(matches)
            plan = session.plan()
        subject = session.subject
        rehearsal = None
        if held.realm.is_draft:
            rehearsal = rehearse(subject, held.places, session.clock)
        outputs = Outputs(subject, plan, books, history=session.history, engine=held.engine or "")
        outputs.refresh(rehearsal=rehearsal, progress=lambda _more: None)
        folder = held.places.shown(held.places.outputs(held.realm.name, name))
        problems = (*held.problems, *books.warnings)
        said = {one.attempt: one for one in match_short(session, plan)}
        return _reviewed(session.history, plan, matches, folder, problems, said=said)


def _reviewed(
    history: History,
    plan: Plan,
    matches: Sequence[Match],
    folder: str,
    problems: tuple[Problem, ...],
    *,
    said: Mapping[str, Matched],
) -> Reviewed:
    top_ups = [step for step in plan.steps if step.action is Action.TOP_UP]
    return Reviewed(
        campaign=plan.campaign,
        assigned=tuple(matches),
        waiting=tuple(
            Waiting(
                attempt=attempt,
                charged=history.attempts[attempt].charged,
                cells=tuple(cell.address for cell in history.orders[attempt].cells),
                pictures=tuple(
                    f"{folder}/{unassigned_name(attempt, number, output)}"
                    for number, output in enumerate(history.gens[attempt].outputs, start=1)
                ),
                said=tuple(one.text for one in said[attempt].outputs),
                unsaid=said[attempt].why,
            )
            for attempt in waiting_attempts(history, plan)
        ),
        top_up=sum(len(step.cells) for step in top_ups),
        cost=MicroUsd(sum(step.quote.amount for step in top_ups)),
        problems=problems,
    )


def waiting_attempts(history: History, plan: Plan) -> list[str]:
    """Attempts with pictures of which nobody knows whose they are, for cells that a plan wants."""
    found = {history.unassigned[c.key] for c in plan.cells if c.key in history.unassigned}
    return sorted(found, key=lambda attempt: (history.gens[attempt].at, attempt))


def _matches(
    assignments: Sequence[Assignment], history: History, plan: Plan, *, at: str
) -> list[Match]:
    """One receipt for each attempt that is named.

    Raises:
        CampaignError: exit 2; all that does not fit.
    """
    now_called = {str(cell.address): cell.key for cell in plan.cells}
    problems: list[Problem] = []
    matches: list[Match] = []
    by_attempt: dict[str, list[Assignment]] = {}
    for one in assignments:
        by_attempt.setdefault(one.attempt, []).append(one)
    for attempt, own in by_attempt.items():
        gen = history.gens.get(attempt)
        if gen is None:
            problems.append(_no_delivery(attempt, history))
            continue
        desk = _Assigning(gen, now_called)
        for one in own:
            desk.take(one)
        problems += desk.wrong()
        matches.append(Match(attempt, at, tuple(desk.owners), "person", _CERTAIN))
    if problems:
        raise CampaignError(USAGE, problems)
    return matches


class _Assigning:
    """Whose the outputs of one attempt are, as far as it was said."""

    def __init__(self, gen: Gen, now_called: Mapping[str, CellKey]) -> None:
        self._gen = gen
        asked = {cell.key for cell in gen.order.cells}
        # A cell may be called by its present name, by the one it had, or by its key.
        self._known = {cell.address: cell.key for cell in gen.order.cells}
        self._known |= {name: key for name, key in now_called.items() if key in asked}
        self._known |= {str(cell.key): cell.key for cell in gen.order.cells}
        self.owners: list[CellKey | None] = [None] * len(gen.outputs)
        self._said: set[int] = set()
        self._problems: list[Problem] = []

    def take(self, one: Assignment) -> None:
        """Note one output's owner."""
        if not 1 <= one.output <= len(self.owners):
            self._problems.append(_no_output(one, len(self.owners)))
        elif one.output in self._said:
            self._problems.append(_said_twice(one))
        elif one.cell != NOBODY and one.cell not in self._known:
            self._said.add(one.output)
            self._problems.append(_not_asked(one, self._gen))
        else:
            self._said.add(one.output)
            self.owners[one.output - 1] = self._known.get(one.cell)

    def wrong(self) -> list[Problem]:
        """All that does not fit together."""
        attempt = self._gen.order.attempt
        owned = [key for key in self.owners if key is not None]
        twice = {key for key in owned if owned.count(key) > 1}
        names = {cell.key: cell.address for cell in self._gen.order.cells}
        found = [*self._problems, *(_two_for_one(attempt, names[key]) for key in sorted(twice))]
        unsaid = [n for n in range(1, len(self.owners) + 1) if n not in self._said]
        if unsaid and not self._problems:
            found.append(_unsaid(attempt, unsaid))
        return found


def _no_delivery(attempt: str, history: History) -> Problem:
    near = nearest(attempt, sorted(history.gens))
    hint = f"did you mean `{near}`?" if near else "`campaign review NAME` lists those that wait"
    return Problem(
        code="R050",
        what=f"there is no delivery of attempt `{attempt}`",
        why="no receipt tells of one",
        fix=hint,
        money="nothing was changed",
    )


def _no_output(one: Assignment, outputs: int) -> Problem:
    return Problem(
        code="R051",
        what=f"attempt `{one.attempt}` has no picture number {one.output}",
        why=f"{count(outputs, 'picture')} came, counted from 1 in the order of their delivery",
        fix="look at the numbers in `campaign review NAME`",
        money="nothing was changed",
    )


def _said_twice(one: Assignment) -> Problem:
    return Problem(
        code="R052",
        what=f"picture {one.output} of attempt `{one.attempt}` is assigned twice",
        why="a picture serves one cell",
        fix="name it once",
        money="nothing was changed",
    )


def _not_asked(one: Assignment, gen: Gen) -> Problem:
    names = [cell.address for cell in gen.order.cells]
    near = nearest(one.cell, names)
    hint = f"did you mean `{near}`? " if near else ""
    return Problem(
        code="R053",
        what=f"attempt `{one.attempt}` did not ask for `{one.cell}`",
        why="a picture can only serve a cell that its request was sent for",
        fix=f"{hint}it asked for: {', '.join(names)}; `{NOBODY}` for nobody's",
        money="nothing was changed",
    )


def _two_for_one(attempt: str, address: str) -> Problem:
    return Problem(
        code="R054",
        what=f"two pictures of attempt `{attempt}` for `{address}`",
        why="a request asks for each cell once",
        fix=f"give it one of them, and the other `{NOBODY}`",
        money="nothing was changed",
    )


def _unsaid(attempt: str, numbers: Sequence[int]) -> Problem:
    named = " ".join(f"--assign {attempt}/{number}={NOBODY}" for number in numbers)
    return Problem(
        code="R055",
        what=f"nothing is said about {count(len(numbers), 'picture')} of attempt `{attempt}`",
        why="what is left open now would count as nobody's, and its cell as not delivered",
        fix=f"say whose they are; for nobody's: {named}",
        money="nothing was changed",
    )

"""`campaign store lost`: a person declares pictures lost; the only door to buying them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.commands.held import held_campaign
from pipeline.commands.holdings import Holding, absent, holdings
from pipeline.commands.own_copies import take_back
from pipeline.commands.progress import Telling
from pipeline.commands.session import Session
from pipeline.commands.store import STORE_FORMAT
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import DONE, USAGE
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Cell, Decision, Plan, Reason
from pipeline.domain.receipts import Lost
from pipeline.manifest.wording import nearest
from pipeline.reporting.words import REASON_WORDS, count


@dataclass(frozen=True, slots=True)
class Declared:
    """What was declared lost, and what comes of it.

    Attributes:
        realm: whose pictures.
        campaign: in whose lock it stands.
        cells: the cells, as they were asked for.
        lost: the receipts that were written.
        others: campaigns that bought some of them or use them too, and for which it holds as well.
        requests: in which the cells will be bought again.
        images: pictures of those requests.
        cost: of those requests.
        problems: what was odd on the way.
    """

    realm: str
    campaign: str
    cells: tuple[Cell, ...]
    lost: tuple[Lost, ...]
    others: tuple[str, ...]
    requests: int
    images: int
    cost: MicroUsd
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """0: whatever stands in the way is refused before anything is written."""
        return DONE

    @property
    def text(self) -> str:
        """For people."""
        lines = [f"lost     {cell.address}" for cell in self.cells]
        if self.others:
            names = ", ".join(f"`{name}`" for name in self.others)
            lines.append(f"shared   with {names}: receipts add up, so it holds there as well")
        if self.requests:
            pictures, requests = count(self.images, "picture"), count(self.requests, "request")
            lines.append(f"rebuy    {pictures} in {requests} for {format_usd(self.cost)}")
            lines.append(f"         `campaign run {self.campaign}` asks; `--yes` does not buy it")
        else:
            lines.append("rebuy    nothing: another delivery serves")
        return "\n".join(lines) + "\n"

    def document(self) -> Mapping[str, object]:
        """For machines; money in micro-dollars."""
        return {
            "store": STORE_FORMAT,
            "what": "lost",
            "realm": self.realm,
            "campaign": self.campaign,
            "cells": [{"address": str(cell.address), "key": cell.key} for cell in self.cells],
            "lost": [
                {"attempt": one.attempt, "key": one.cell, "sha256": one.sha256} for one in self.lost
            ],
            "shared_with": list(self.others),
            "requests": self.requests,
            "images": self.images,
            "cost": self.cost,
        }


def lost(
    name: str, cells: Sequence[str], *, reason: str, even_so: bool, draft: bool, start: Path
) -> Declared:
    """Declare cells lost, so that their next purchase is a `rebuy` that a person agrees to.

    Args:
        name: of the campaign; the receipts go into its lock.
        cells: addresses as the plan shows them, or cell keys.
        reason: in the person's words; kept in the receipt.
        even_so: give up also what the provider may still have.
        draft: whether drafts are meant.
        start: the working directory.

    Raises:
        CampaignError: exit 2, some of it cannot be lost, all problems at once; exit 8, a run of the
            campaign is under way. Nothing was written.
    """
    with held_campaign(name, draft=draft, start=start) as held:
        session = held.session
        # What lies in the outputs is not lost, and nobody pays for it again.
        quiet = Telling(events=False, quiet=True)
        known = holdings(session.books)
        take_back(session.books, absent(known, session.books), quiet)
        plan = session.plan()
        chosen = _chosen(plan, cells, session, even_so=even_so)
        receipts = _receipts(chosen, session, at=held.at, reason=reason)
        held.file(receipts)
        problems = [*held.problems, *session.books.warnings]
        return _declared(chosen, receipts, known, session, problems)


def _chosen(plan: Plan, names: Sequence[str], session: Session, *, even_so: bool) -> list[Cell]:
    """The cells that are meant, each key once.

    Raises:
        CampaignError: exit 2; one is unknown or is not lost, all problems at once.
    """
    by_name: dict[str, tuple[Cell, Decision]] = {}
    by_key: dict[CellKey, tuple[Cell, Decision]] = {}
    for cell, decision in zip(plan.cells, plan.decisions, strict=True):
        # The first cell of a key is decided on; the others follow it.
        first = by_key.setdefault(cell.key, (cell, decision))
        by_name[str(cell.address)] = (cell, first[1])
        by_name.setdefault(cell.key, first)
    problems: list[Problem] = []
    found: dict[CellKey, Cell] = {}
    for name in dict.fromkeys(names):
        if name not in by_name:
            problems.append(_unknown(name, plan, list(by_name)))
            continue
        cell, decision = by_name[name]
        problem = _not_lost(cell, decision, session, even_so=even_so)
        if problem is not None:
            problems.append(problem)
        found.setdefault(cell.key, cell)
    if problems:
        raise CampaignError(USAGE, problems)
    return list(found.values())


def _not_lost(cell: Cell, decision: Decision, session: Session, *, even_so: bool) -> Problem | None:
    if decision.reason is Reason.RESULT_LOST:
        return _lost_already(cell, session.subject.campaign.name)
    if decision.output is None:
        return _never_came(cell, decision)
    if decision.reason is not Reason.RESULT_ABSENT:
        path = session.books.store.path_of(decision.output.sha256)
        return _is_here(cell, session.books.places.shown(path))
    if decision.action is Action.RECOVER and not even_so:
        return _can_be_fetched(cell, session.subject.campaign.name)
    return None


def _receipts(cells: Sequence[Cell], session: Session, *, at: str, reason: str) -> list[Lost]:
    """One for each delivery of a cell whose bytes are not here."""
    present = session.books.store.present()
    return [
        Lost(delivery.attempt, at, cell.key, delivery.output.sha256, reason)
        for cell in cells
        for delivery in session.history.deliveries[cell.key]
        if delivery.output.sha256 not in present
    ]


def _declared(
    cells: Sequence[Cell],
    receipts: Sequence[Lost],
    known: Mapping[Sha256, Holding],
    session: Session,
    problems: Sequence[Problem],
) -> Declared:
    name = session.subject.campaign.name
    keys = {cell.key for cell in cells}
    steps = [step for step in session.plan().steps if any(cell.key in keys for cell in step.cells)]
    others = {
        campaign
        for one in receipts
        if one.sha256 in known
        for campaign in known[one.sha256].campaigns - {name}
    }
    return Declared(
        realm=session.books.realm,
        campaign=name,
        cells=tuple(cells),
        lost=tuple(receipts),
        others=tuple(sorted(others)),
        requests=len(steps),
        images=sum(len(step.cells) for step in steps),
        cost=MicroUsd(sum(step.quote.amount for step in steps)),
        problems=tuple(problems),
    )


def _unknown(name: str, plan: Plan, known: Sequence[str]) -> Problem:
    near = nearest(name, known)
    hint = f"did you mean `{near}`? " if near else ""
    return Problem(
        code="S040",
        what=f"campaign `{plan.campaign}` wants no cell `{name}`",
        why="a cell is named by its address, such as `anna/front/snow/master/t1`, or by its key",
        fix=f"{hint}`campaign plan {plan.campaign} --json` lists all cells",
    )


def _never_came(cell: Cell, decision: Decision) -> Problem:
    return Problem(
        code="S041",
        what=f"`{cell.address}` has no picture that could be lost",
        why=REASON_WORDS[decision.reason],
        fix="nothing to declare; the plan says what a run will do with it",
    )


def _lost_already(cell: Cell, name: str) -> Problem:
    return Problem(
        code="S042",
        what=f"`{cell.address}` is declared lost already",
        why="a receipt of this workspace says so",
        fix=f"buy it again: `campaign run {name}`",
    )


def _is_here(cell: Cell, path: str) -> Problem:
    return Problem(
        code="S043",
        what=f"the picture of `{cell.address}` is not lost",
        why=f"its bytes are on this machine: {path}",
        fix="if the file is damaged, `campaign store verify` gets it again; for another picture, "
        "raise `takes` or change the prompt",
    )


def _can_be_fetched(cell: Cell, name: str) -> Problem:
    return Problem(
        code="S044",
        what=f"the picture of `{cell.address}` is not lost yet",
        why="the provider may still have it, and fetching it again is free",
        fix=f"fetch it: `campaign run {name}`; to pay for it again all the same, add `--even-so`",
    )

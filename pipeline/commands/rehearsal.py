"""What a rehearsal can say before it begins: its real cost, and what the engine can draw of it."""

from collections import Counter
from collections.abc import Sequence

from pipeline.adapters.places import REAL, Places
from pipeline.commands.books import Books
from pipeline.commands.outputs import Rehearsal
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import Problem, Severity
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Cell
from pipeline.execution.ports import Clock
from pipeline.planning.select import EVERYTHING, Selection
from pipeline.reporting.draft_reading import DraftReading

_MOST_READ = 500
"""Prompts that are read before a run; more than anybody reads in turn, within a second."""
_NO_MONEY = "drafts are free"
_LONGEST = 70


def rehearse(
    subject: Subject, places: Places, clock: Clock, *, selection: Selection = EVERYTHING
) -> Rehearsal:
    """Plan the same campaign, or what is selected of it, for real money; reads only."""
    real = Books(places, REAL)
    try:
        session = Session(subject, real, engine=None, clock=clock, selection=selection)
        plan = session.plan()
        cap = subject.campaign.budget.cap
        spent = real.spent(session.history, "campaign", subject.campaign.name).total
        return Rehearsal(plan, None if cap is None else MicroUsd(cap - spent))
    finally:
        real.close()


def read_prompts(subject: Subject, cells: Sequence[Cell]) -> tuple[DraftReading, ...]:
    """Read each distinct prompt as the draft engine will, the first five hundred of them.

    Args:
        subject: whose model says whether pictures are edited or made from words alone.
        cells: whose prompts, in plan order.
    """
    from pipeline.emulator.engine.compile import (  # noqa: PLC0415 (drafts only)
        compile_prompt,
        what_is_possible,
    )
    from pipeline.emulator.engine.describe import (  # noqa: PLC0415 (as above)
        PLACEHOLDER,
        described,
        nothing_to_do,
    )

    pictures = Counter(cell.recipe.prompt for cell in cells)
    found: list[DraftReading] = []
    for prompt, number in list(pictures.items())[:_MOST_READ]:
        recipe = compile_prompt(prompt)
        notes = tuple(map(str, recipe.notes))
        if subject.card.operation == "text":
            shown, told = described(recipe.on_a_poster()), (PLACEHOLDER,)
            found.append(DraftReading(prompt, number, shown, (), told, is_placeholder=True))
        elif recipe.does_something:
            found.append(DraftReading(prompt, number, described(recipe), recipe.locks, notes))
        else:
            why = nothing_to_do(recipe)
            can = what_is_possible()
            found.append(DraftReading(prompt, number, (), recipe.locks, notes, why, possible=can))
    return tuple(found)


def warnings_of(readings: Sequence[DraftReading], campaign: str) -> list[Problem]:
    """What to know before a draft is run: prompts that come to less than they say, or to nothing.

    Args:
        readings: of the prompts; those of text-to-image models are placeholders always.
        campaign: its name.
    """
    look = f"`campaign plan {campaign} --draft` shows what is read of every prompt"
    return [
        Problem(
            code="R018",
            what=f"the draft engine can draw nothing of the prompt `{_short(one.prompt)}`",
            why=f"{_listed(one.notes)}; so drafts of it fail",
            fix=f"reword it if a draft matters; the real model is asked all the same. {look}, and "
            "what can be drawn",
            money=_NO_MONEY,
            severity=Severity.WARNING,
        )
        if one.fails
        else Problem(
            code="R019",
            what=f"the draft engine draws only a part of the prompt `{_short(one.prompt)}`",
            why=_listed(one.notes),
            fix=f"nothing has to be done: the real model is asked all of it. {look}",
            money=_NO_MONEY,
            severity=Severity.WARNING,
        )
        for one in readings
        if not one.is_placeholder and (one.notes or one.fails)
    ]


def _listed(notes: Sequence[str]) -> str:
    shown = "; ".join(notes[:3]) or "it asks for no change"
    return f"{shown}; and {len(notes) - 3:,} more" if len(notes) > 3 else shown  # noqa: PLR2004


def _short(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"

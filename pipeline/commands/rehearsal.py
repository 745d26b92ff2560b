"""What the real run of a draft would cost, by the real books."""

from pipeline.adapters.places import REAL, Places
from pipeline.commands.books import Books
from pipeline.commands.outputs import Rehearsal
from pipeline.commands.session import Session, Subject
from pipeline.domain.money import MicroUsd
from pipeline.execution.ports import Clock
from pipeline.planning.select import EVERYTHING, Selection


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

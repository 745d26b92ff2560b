"""Ledgers on a real database for tests, and attempts brought to any state."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.adapters.ledger import SqliteLedger, add_up
from pipeline.adapters.runs import Runs
from pipeline.domain.attempt import State
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.execution.ports import Reserved
from tests.unit.domain.samples import AT, gen, order, output


@dataclass
class Desk:
    """Ledgers of several runs on one file; all are closed in the end."""

    path: Path
    open: list = field(default_factory=list)

    def ledger(self, run: str = "r-1") -> SqliteLedger:
        runs = Runs(self.path.parent / "runs")
        runs.begin(run)
        found = SqliteLedger(self.path, run=run, runs=runs)
        self.open.append((found, runs, run))
        return found

    def end(self, ledger: SqliteLedger) -> None:
        """The run of a ledger ends."""
        for entry in [one for one in self.open if one[0] is ledger]:
            self.open.remove(entry)
            ledger.close()
            entry[1].end(entry[2])


def cap(money=None, *, images=None, scope="campaign", name="winter") -> Limit:
    return Limit(scope, name, None if money is None else MicroUsd(money), images)


async def reserve(ledger, attempt="a-1", *, cells=(1, 2), limits=(), campaign="winter", at=AT):
    """Reserve at the price of the cells."""
    of = order(attempt, cells=cells)
    return await ledger.reserve(of, campaign=campaign, hold=of.quote, limits=limits, at=at)


async def send(ledger, attempt="a-1", *, upto=State.SETTLED, **what):
    """Reserve an attempt and bring it to a state, all of it well."""
    assert isinstance(await reserve(ledger, attempt, **what), Reserved)
    of = order(attempt, cells=what.get("cells", (1, 2)))
    for state, step in (
        (State.SUBMITTING, lambda: ledger.submitting(attempt, fresh=f"u-{attempt}", at=AT)),
        (State.SUBMITTED, lambda: ledger.submitted(attempt, prediction=f"p-{attempt}")),
        (State.READY, lambda: ledger.ready(attempt, addresses=["https://x/1"])),
        (State.STORED, lambda: ledger.stored(attempt, outputs=[output(7), None])),
        (State.SETTLED, lambda: ledger.settled(attempt, gen(of))),
        (State.FILED, lambda: ledger.filed(attempt)),
    ):
        if (await ledger.state_of(attempt)).state is not upto:
            await step()
        if state is upto:
            break
    return of


def spent(ledger, scope="campaign", name="winter"):
    found = add_up(ledger.booked(), scope, name)
    return (found.charged, found.reserved, found.in_doubt, found.images)

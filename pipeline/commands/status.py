"""`campaign status`: pictures and money of campaigns, from the books alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.commands.books import Books
from pipeline.commands.loading import load, open_workspace
from pipeline.commands.realms import choose_realm
from pipeline.commands.session import Session
from pipeline.domain.attempt import Spent
from pipeline.domain.diagnostics import Problem
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Reason
from pipeline.emulator.engine_version import DRAFT_ENGINE

STATUS_FORMAT = 1
DONE, USAGE, IN_DOUBT = 0, 2, 6
_COLUMNS = ("campaign", "pictures", "to buy", "charged", "reserved", "in doubt", "left")


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign.

    Attributes:
        campaign: name.
        here: wanted pictures that are bought.
        wanted: all wanted pictures; None where the manifest cannot be read.
        cost: of what is left to buy.
        spent: money.
        cap: None without one, and for drafts, whose money is held against it run by run.
    """

    campaign: str
    here: int
    wanted: int | None
    cost: MicroUsd
    spent: Spent
    cap: MicroUsd | None

    @property
    def left(self) -> MicroUsd | None:
        """Of the cap; negative when it is passed."""
        return None if self.cap is None else MicroUsd(self.cap - self.spent.total)


@dataclass(frozen=True, slots=True)
class Status:
    """All campaigns asked for."""

    realm: str
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    is_in_doubt: bool

    @property
    def exit_code(self) -> int:
        """6 where charges are in doubt, 2 where a manifest cannot be read, else 0."""
        if self.is_in_doubt:
            return IN_DOUBT
        return USAGE if any(problem.is_error for problem in self.problems) else DONE

    @property
    def text(self) -> str:
        """A table for people."""
        rows = [_COLUMNS, *(_row(line) for line in self.lines)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
        lines = [
            "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        return "\n".join((f"realm: {self.realm}", *lines)) + "\n"

    def document(self) -> Mapping[str, object]:
        """For machines; money in micro-dollars."""
        return {
            "status": STATUS_FORMAT,
            "realm": self.realm,
            "campaigns": [
                {
                    "campaign": line.campaign,
                    "pictures": line.here,
                    "wanted": line.wanted,
                    "cost": line.cost,
                    "charged": line.spent.charged,
                    "reserved": line.spent.reserved,
                    "in_doubt": line.spent.in_doubt,
                    "images": line.spent.images,
                    "cap": line.cap,
                    "left": line.left,
                }
                for line in self.lines
            ],
        }


def status(names: Sequence[str], *, draft: bool, start: Path) -> Status:
    """Look at the books; reads only."""
    places, workspace = open_workspace(start)
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    problems: list[Problem] = []
    lines: list[Line] = []
    is_in_doubt = False
    try:
        for name in names or places.names():
            loaded = load(places, workspace, name)
            problems += loaded.problems
            if loaded.subject is None:
                spent = books.spent(books.history(), "campaign", name)
                lines.append(Line(name, 0, None, MicroUsd(0), spent, None))
                continue
            engine = DRAFT_ENGINE if realm.is_draft else None
            session = Session(loaded.subject, books, engine=engine, clock=SystemClock())
            plan = session.plan()
            spent = books.spent(session.history, "campaign", name)
            cap = None if realm.is_draft else loaded.subject.campaign.budget.cap
            here = plan.count(Action.CACHED)
            lines.append(Line(name, here, len(plan.cells), plan.cost, spent, cap))
            is_in_doubt |= any(d.reason is Reason.UNKNOWN_CHARGE for d in plan.decisions)
        return Status(realm.name, tuple(lines), (*problems, *books.warnings), is_in_doubt)
    finally:
        books.close()


def _row(line: Line) -> tuple[str, ...]:
    wanted = "?" if line.wanted is None else f"{line.wanted:,}"
    return (
        line.campaign,
        f"{line.here:,} of {wanted}",
        format_usd(line.cost),
        format_usd(line.spent.charged),
        format_usd(line.spent.reserved),
        format_usd(line.spent.in_doubt),
        "" if line.left is None else format_usd(line.left),
    )

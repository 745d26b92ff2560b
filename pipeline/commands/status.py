"""`campaign status`: pictures and money of campaigns, from the books alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import Places
from pipeline.commands.books import Books
from pipeline.commands.loading import load, open_workspace
from pipeline.commands.realms import choose_realm
from pipeline.commands.session import Session
from pipeline.domain.attempt import Spent
from pipeline.domain.campaign import Workspace
from pipeline.domain.diagnostics import Problem
from pipeline.domain.exit_codes import DONE, IN_DOUBT, USAGE
from pipeline.domain.money import ZERO
from pipeline.domain.plan import Action, Reason
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.reporting.money_table import (
    SCOPES,
    Line,
    Scope,
    money_csv,
    money_document,
    money_table,
    together,
)

STATUS_FORMAT = 1
_HERE = frozenset({Action.CACHED, Action.RECOVER})


@dataclass(frozen=True, slots=True)
class Status:
    """Money and pictures, asked for by campaign.

    Attributes:
        realm: whose money.
        by: what the table for people begins with.
        lines: of all scopes.
        problems: of manifests and books.
        is_in_doubt: whether an attempt in doubt holds money anywhere in the realm.
    """

    realm: str
    by: Scope
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
        """A table for people: what was asked for, then the workspace as a whole."""
        shown = [line for line in self.lines if line.scope in {self.by, "workspace"}]
        return f"realm: {self.realm}\n\n{money_table(shown)}"

    @property
    def csv(self) -> str:
        """All scopes, for spreadsheets."""
        return money_csv(self.lines)

    def document(self) -> Mapping[str, object]:
        """For machines; money in micro-dollars."""
        plural = {"campaign": "campaigns", "owner": "owners", "tag": "tags", "month": "months"}
        found: dict[str, object] = {"status": STATUS_FORMAT, "realm": self.realm}
        for scope in SCOPES:
            told = money_document([line for line in self.lines if line.scope == scope])
            found[plural.get(scope, scope)] = told if scope in plural else told[0]
        return found


def status(names: Sequence[str], *, draft: bool, start: Path, by: Scope = "campaign") -> Status:
    """Look at the books; reads only.

    Args:
        names: campaigns; all where none is named.
        draft: look at the books of the drafts.
        start: where the user stands.
        by: what the table begins with.
    """
    places, workspace = open_workspace(start)
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    try:
        found = _Look(books, places, workspace, is_draft=realm.is_draft)
        for name in names or places.names():
            found.add(name)
        return Status(
            realm.name,
            by,
            tuple(found.lines()),
            (*found.problems, *books.warnings),
            found.is_in_doubt,
        )
    finally:
        books.close()


class _Look:
    """The lines while they are gathered."""

    def __init__(
        self, books: Books, places: Places, workspace: Workspace, *, is_draft: bool
    ) -> None:
        self._books = books
        self._places = places
        self._workspace = workspace
        self._is_draft = is_draft
        self._clock = SystemClock()
        self._history = books.history()
        self._campaigns: list[Line] = []
        self._of_owner: dict[str, list[Line]] = {}
        self._of_tag: dict[str, list[Line]] = {}
        self.problems: list[Problem] = []
        self.is_in_doubt = False

    def add(self, name: str) -> None:
        """Look at one campaign."""
        loaded = load(self._places, self._workspace, name)
        self.problems += loaded.problems
        if loaded.subject is None:
            spent = self._spent("campaign", name)
            self._campaigns.append(Line("campaign", name, 0, None, ZERO, spent, None))
            return
        engine = DRAFT_ENGINE if self._is_draft else None
        session = Session(loaded.subject, self._books, engine=engine, clock=self._clock)
        plan = session.plan()
        spent = self._books.spent(session.history, "campaign", name)
        campaign = loaded.subject.campaign
        cap = None if self._is_draft else campaign.budget.cap
        here = sum(1 for decision in plan.decisions if decision.action in _HERE)
        line = Line("campaign", name, here, len(plan.cells), plan.cost, spent, cap)
        self._campaigns.append(line)
        if campaign.owner:
            self._of_owner.setdefault(campaign.owner, []).append(line)
        for tag in campaign.tags:
            self._of_tag.setdefault(tag, []).append(line)
        self.is_in_doubt |= any(d.reason is Reason.UNKNOWN_CHARGE for d in plan.decisions)

    def lines(self) -> list[Line]:
        """All lines, scope by scope."""
        found = list(self._campaigns)
        found += [together("owner", owner, own) for owner, own in sorted(self._of_owner.items())]
        found += [together("tag", tag, own) for tag, own in sorted(self._of_tag.items())]
        found += [self._month(month) for month in self._months()]
        whole = self._spent("workspace", "")
        self.is_in_doubt |= whole.in_doubt > 0
        cap = None if self._is_draft else self._workspace.cap
        found.append(Line("workspace", "", None, None, None, whole, cap))
        return found

    def _months(self) -> Sequence[str]:
        now = self._clock.now().strftime("%Y-%m")
        return sorted({*self._books.months(self._history), now})

    def _month(self, month: str) -> Line:
        spent = self._spent("month", month)
        cap = None if self._is_draft else self._workspace.month_cap
        return Line("month", month, None, None, None, spent, cap)

    def _spent(self, scope: str, name: str) -> Spent:
        return self._books.spent(self._history, scope, name)

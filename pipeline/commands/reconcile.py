"""`campaign reconcile`: history and bill of the provider against our books. Never buys."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.ledger import examine, set_aside
from pipeline.adapters.lock_files import LockFiles
from pipeline.adapters.places import Places
from pipeline.adapters.runs import new_id
from pipeline.commands.bill import book_bill
from pipeline.commands.books import Books
from pipeline.commands.buying import Outside, make_runner
from pipeline.commands.loading import chosen, load_all, open_workspace
from pipeline.commands.lookback import LookBack, LookedBack
from pipeline.commands.progress import Telling
from pipeline.commands.realms import Realm, choose_realm
from pipeline.commands.session import Session, Subject
from pipeline.commands.settling import Decisions, Settling
from pipeline.commands.wiring import connect
from pipeline.domain.attempt import State
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import DONE, IN_DOUBT, UNUSABLE, USAGE
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.execution.events import Happened
from pipeline.execution.outcome import Brake, Outcome
from pipeline.execution.ports import Clock, ProviderError
from pipeline.execution.run import Runner
from pipeline.reporting.words import count

RECONCILE_FORMAT = 1
_DAMAGED = frozenset({"S010"})


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An attempt of which nobody knows.

    Attributes:
        attempt: its id.
        campaign: for whom it was.
        cells: addresses.
        hold: money reserved for it.
        why: what proof is missing.
    """

    attempt: str
    campaign: str
    cells: tuple[str, ...]
    hold: MicroUsd
    why: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found.

    Attributes:
        recovered: attempts that were taken up and ended.
        released: attempts that surely never arrived.
        in_doubt: attempts of which nobody knows.
        elsewhere: attempts of runs that are alive, which look after them.
        adopted: predictions that were in no book.
        rows: new rows of the bill.
        changed: by how much they changed what the books say was taken.
        charged: what the books say was taken now.
        overruns: attempts that cost more than was held for them, with both amounts.
        unexplained: predictions and charges without an owner.
        set_aside: where a damaged ledger lies now; empty where none was.
        decided: what a person said and is in the lock now, a line each.
    """

    recovered: int
    released: int
    in_doubt: Sequence[Doubtful]
    elsewhere: int
    adopted: Sequence[str]
    rows: int
    changed: MicroUsd
    charged: MicroUsd
    overruns: Sequence[tuple[str, MicroUsd, MicroUsd]]
    unexplained: Sequence[Problem] = field(default=())
    set_aside: str = ""
    decided: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """6 while an attempt is in doubt or a charge is unexplained, else 0."""
        is_unexplained = any(problem.is_error for problem in self.unexplained)
        return IN_DOUBT if self.in_doubt or is_unexplained else DONE

    @property
    def text(self) -> str:
        """For people."""
        lines = [
            f"recovered  {count(self.recovered, 'attempt')}",
            f"released   {count(self.released, 'attempt')} that never arrived",
            f"billed     {count(self.rows, 'new row')}, {format_usd(self.changed)} beside quotes",
            f"charged    {format_usd(self.charged)} in all",
        ]
        lines += [f"decided    {one}; noted in a receipt" for one in self.decided]
        if self.set_aside:
            lines.insert(0, f"rebuilt    the ledger; the damaged one is `{self.set_aside}`")
        if self.adopted:
            found = count(len(self.adopted), "prediction")
            lines.append(f"adopted    {found} that stood in no book: {', '.join(self.adopted)}")
        if self.elsewhere:
            lines.append(f"under way  {count(self.elsewhere, 'attempt')} of other runs")
        lines += [
            f"overrun    {attempt}: {format_usd(actual)} taken, {format_usd(hold)} held"
            for attempt, hold, actual in self.overruns
        ]
        for one in self.in_doubt:
            more = f" and {len(one.cells) - 1} more" if len(one.cells) > 1 else ""
            where = f"{one.campaign}: {one.cells[0]}{more}"
            lines.append(f"in doubt   {one.attempt}: {where}, {format_usd(one.hold)}: {one.why}")
        if self.in_doubt:
            lines += ["", *_WAYS_OUT]
        return "\n".join(lines) + "\n"

    def document(self) -> Mapping[str, object]:
        """For machines; money in micro-dollars."""
        return {
            "reconcile": RECONCILE_FORMAT,
            "recovered": self.recovered,
            "released": self.released,
            "adopted": list(self.adopted),
            "rows": self.rows,
            "changed": self.changed,
            "charged": self.charged,
            "under_way_elsewhere": self.elsewhere,
            "overruns": [
                {"attempt": attempt, "hold": hold, "charged": actual}
                for attempt, hold, actual in self.overruns
            ],
            "in_doubt": [
                {
                    "attempt": one.attempt,
                    "campaign": one.campaign,
                    "cells": list(one.cells),
                    "hold": one.hold,
                    "why": one.why,
                }
                for one in self.in_doubt
            ],
            "unexplained": [
                {"code": one.code, "what": one.what, "money": one.money} for one in self.unexplained
            ],
        }


_WAYS_OUT = (
    "What is in doubt keeps its money reserved until it is found, or until you decide:",
    "  campaign reconcile --adopt ATTEMPT=PREDICTION      it made this prediction",
    "  campaign reconcile --assume-charged ATTEMPT        book its money; its pictures are lost",
    "  campaign reconcile --waive ATTEMPT --reason WHY    it never arrived; want it again",
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user said.

    Attributes:
        draft: look at the books of the drafts.
        rebuild: set a damaged ledger aside first.
        decisions: what a person knows.
    """

    draft: bool = False
    rebuild: bool = False
    decisions: Decisions = field(default_factory=Decisions)


def reconcile(options: Options, *, telling: Telling, start: Path) -> Reconciled:
    """Bring the books of a realm in line with the provider's records.

    Raises:
        CampaignError: exit 2, a decision does not fit; exit 9, the provider cannot be asked; exit
            12, the ledger is damaged and `rebuild` was not asked for. Nothing was changed by then
            that is not true.
    """
    places, workspace = open_workspace(start)
    loaded = load_all(places, workspace, chosen(places, ()))
    subjects = [one.subject for one in loaded if one.subject is not None]
    if not subjects:
        problems = [problem for one in loaded for problem in one.problems]
        raise CampaignError(USAGE, problems)
    realm = choose_realm(draft=options.draft)
    clock = SystemClock()
    aside = _rebuilt(places, realm, clock) if options.rebuild else ""
    books = Books(places, realm.name, run=new_id("r-"))
    files = books.lock_files(
        subjects[0].campaign.name, day=moment(clock.now())[:10].replace("-", "")
    )

    async def work() -> Reconciled:
        async with connect(realm, places, subjects, books.store, clock) as outside:
            desk = Reconciliation(
                books,
                files,
                subjects,
                outside,
                telling=telling,
                clock=clock,
                is_draft=realm.is_draft,
            )
            try:
                return await desk.reconcile(options.decisions, set_aside=aside)
            except ProviderError as error:
                raise CampaignError(UNUSABLE, [_unreadable(error)]) from error

    try:
        return asyncio.run(work())
    finally:
        files.close()
        books.close()


def _rebuilt(places: Places, realm: Realm, clock: Clock) -> str:
    """Set a damaged ledger aside; returns where it lies now, or nothing where there was none.

    Raises:
        CampaignError: exit 2; it is not damaged. Exit 8 or 12; it is in use, from a newer program,
            or cannot be read for a reason that a new one would have as well. It was not touched.
    """
    path = places.of_realm(realm.name) / "ledger.sqlite3"
    if not path.exists():
        return ""
    try:
        examine(path)
    except CampaignError as refused:
        if not any(problem.code in _DAMAGED for problem in refused.problems):
            raise
        at = moment(clock.now()).replace(":", "").replace("-", "")
        return places.shown(set_aside(path, at))
    raise CampaignError(USAGE, [_not_damaged(places.shown(path))])


class Reconciliation:
    """One reconciliation."""

    def __init__(
        self,
        books: Books,
        files: LockFiles,
        subjects: Sequence[Subject],
        outside: Outside,
        *,
        telling: Telling,
        clock: Clock,
        is_draft: bool,
    ) -> None:
        self._books = books
        self._files = files
        self._subjects = subjects
        self._outside = outside
        self._telling = telling
        self._clock = clock
        self._engine = DRAFT_ENGINE if is_draft else None

    async def reconcile(self, decisions: Decisions, *, set_aside: str) -> Reconciled:
        """Find, decide, book, add up."""
        before = self._charged()
        died = self._books.runs.died()
        found = await self._look_back()
        outcomes = [found.outcome]
        if decisions:
            home = self._subjects[0].campaign.name
            provider = self._outside.provider
            settling = Settling(self._books, self._files, provider, self._clock, home=home)
            unexplained = {one.id for one in found.strangers}
            unexplained |= {row.prediction for row in found.charges}
            await settling.carry_out(decisions, unexplained=unexplained)
            # What was decided may explain what nothing explained before.
            found = await self._look_back()
            outcomes.append(found.outcome)
        rows = await book_bill(
            self._books,
            self._files,
            self._outside.provider,
            owners=self._books.open_ledger.predictions(),
            in_locks=self._books.rows_in_locks(),
        )
        problems = found.problems(exclusive=self._outside.exclusive)
        if not any(problem.is_error for problem in problems):
            await self._books.open_ledger.looked_back(moment(self._clock.now()))
            self._books.runs.bury(died)
        return self._summary(
            outcomes,
            found,
            rows=len(rows),
            before=before,
            unexplained=problems,
            decided=decisions.told,
            set_aside=set_aside,
        )

    async def _look_back(self) -> LookedBack:
        looking = LookBack(
            self._books,
            self._subjects,
            provider=self._outside.provider,
            intake=self._outside.intake,
            runner=self._runner(),
            clock=self._clock,
            engine=self._engine,
            exclusive=self._outside.exclusive,
        )
        return await looking.look()

    def _runner(self) -> Runner:
        session = Session(self._subjects[0], self._books, engine=self._engine, clock=self._clock)
        return make_runner(
            session,
            self._outside,
            ledger=self._books.open_ledger,
            lock=self._files,
            plan=None,
            brake=Brake(),
            listen=self._telling.event(""),
        )

    def _charged(self) -> MicroUsd:
        spent = self._books.spent(self._books.history(), "workspace", "")
        return MicroUsd(spent.charged + spent.refund_pending)

    def _summary(
        self,
        outcomes: Sequence[Outcome],
        found: LookedBack,
        *,
        rows: int,
        before: MicroUsd,
        unexplained: Sequence[Problem],
        decided: Sequence[str],
        set_aside: str,
    ) -> Reconciled:
        open_attempts = self._books.open_ledger.list_open()
        doubts = [attempt for attempt in open_attempts if attempt.state is State.IN_DOUBT]
        why = {ended.attempt: ended.message for one in outcomes for ended in one.of(Happened.DOUBT)}
        charged = self._charged()
        return Reconciled(
            recovered=sum(len(one.of(Happened.SETTLE, Happened.FAIL)) for one in outcomes),
            released=sum(len(one.of(Happened.RELEASE)) for one in outcomes),
            in_doubt=[
                Doubtful(
                    attempt.id,
                    attempt.campaign,
                    tuple(cell.address for cell in attempt.order.cells),
                    attempt.hold,
                    why.get(attempt.id, "no proof either way"),
                )
                for attempt in doubts
            ],
            elsewhere=len(open_attempts) - len(doubts),
            adopted=found.adopted,
            rows=rows,
            changed=MicroUsd(charged - before),
            charged=charged,
            overruns=[
                (one.attempt, one.hold, one.actual) for one in self._books.open_ledger.overruns()
            ],
            unexplained=unexplained,
            decided=decided,
            set_aside=set_aside,
        )


def _unreadable(error: ProviderError) -> Problem:
    return Problem(
        code="R015",
        what="the provider's records could not be read",
        why=error.reason,
        fix="try again later; what is in doubt stays reserved until then",
        money="nothing was charged by this command",
    )


def _not_damaged(path: str) -> Problem:
    return Problem(
        code="S013",
        what=f"the ledger `{path}` is not damaged",
        why="it opens and every page of it can be read; making a new one would lose what only it "
        "knows",
        fix="leave `--rebuild` out",
        money="nothing was changed",
    )

"""`campaign reconcile`: history and bill of the provider against our books. Never buys."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.lock_files import LockFiles
from pipeline.adapters.runs import new_id
from pipeline.commands.books import Books
from pipeline.commands.buying import Outside, make_runner
from pipeline.commands.loading import chosen, load_all, open_workspace
from pipeline.commands.progress import Telling
from pipeline.commands.realms import UNUSABLE, choose_realm
from pipeline.commands.session import Session
from pipeline.commands.wiring import connect
from pipeline.domain.attempt import State
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.receipts import Charge
from pipeline.execution.events import Happened
from pipeline.execution.outcome import Brake, Outcome
from pipeline.execution.ports import ProviderError
from pipeline.reporting.words import count

DONE, USAGE, IN_DOUBT = 0, 2, 6


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found.

    Attributes:
        recovered: attempts that were taken up and ended.
        released: attempts that surely never arrived.
        in_doubt: attempts of which nobody knows.
        elsewhere: attempts of runs that are alive, which look after them.
        rows: new rows of the bill.
        changed: by how much they changed what the books say was charged.
        charged: what the books say was charged now.
    """

    recovered: int
    released: int
    in_doubt: Sequence[str]
    elsewhere: int
    rows: int
    changed: MicroUsd
    charged: MicroUsd

    @property
    def exit_code(self) -> int:
        """6 while an attempt is in doubt, else 0."""
        return IN_DOUBT if self.in_doubt else DONE

    @property
    def text(self) -> str:
        """For people."""
        lines = [
            f"recovered  {count(self.recovered, 'attempt')}",
            f"released   {count(self.released, 'attempt')} that never arrived",
            f"billed     {count(self.rows, 'new row')}, {format_usd(self.changed)} beside quotes",
            f"charged    {format_usd(self.charged)} in all",
        ]
        if self.elsewhere:
            lines.append(f"under way  {count(self.elsewhere, 'attempt')} of other runs")
        lines += [f"in doubt   {line}" for line in self.in_doubt]
        return "\n".join(lines) + "\n"


def reconcile(*, draft: bool, telling: Telling, start: Path) -> Reconciled:
    """Bring the books of a realm in line with the provider's records.

    Raises:
        CampaignError: exit 9; the provider cannot be asked. Nothing was changed by then that is
            not true.
    """
    places, workspace = open_workspace(start)
    loaded = load_all(places, workspace, chosen(places, ()))
    subjects = [one.subject for one in loaded if one.subject is not None]
    if not subjects:
        problems = [problem for one in loaded for problem in one.problems]
        raise CampaignError(USAGE, problems)
    realm = choose_realm(draft=draft)
    clock = SystemClock()
    books = Books(places, realm.name, run=new_id("r-"))
    files = books.lock_files(
        subjects[0].campaign.name, day=moment(clock.now())[:10].replace("-", "")
    )

    async def work() -> Reconciled:
        async with connect(realm, places, subjects, books.store, clock) as outside:
            session = Session(subjects[0], books, engine=None, clock=clock)
            try:
                return await _reconcile(session, files, outside, telling)
            except ProviderError as error:
                raise CampaignError(UNUSABLE, [_unreadable(error)]) from error

    try:
        return asyncio.run(work())
    finally:
        files.close()
        books.close()


async def _reconcile(
    session: Session, files: LockFiles, outside: Outside, telling: Telling
) -> Reconciled:
    books = session.books
    runner = make_runner(
        session,
        outside,
        ledger=books.open_ledger,
        lock=files,
        plan=None,
        brake=Brake(),
        listen=telling.event(""),
    )
    outcome = await runner.recover()
    before = books.spent(books.history(), "workspace", "").charged
    rows = await _book(books, files, outside)
    after = books.spent(books.history(), "workspace", "").charged
    return _summary(books, outcome, rows=rows, changed=MicroUsd(after - before), charged=after)


async def _book(books: Books, files: LockFiles, outside: Outside) -> int:
    """Book all rows of the bill that belong to our predictions; each also goes into a lock."""
    ledger = books.open_ledger
    owners = ledger.predictions()
    bill = await outside.provider.billing(list(owners))
    ours = [(owners[row.prediction], row) for row in bill if row.prediction in owners]
    new = await ledger.billed([(attempt, row) for (attempt, _), row in ours])
    filed = books.rows_in_locks()
    by_campaign: dict[str, list[Charge]] = defaultdict(list)
    for (attempt, campaign), row in ours:
        if row.row not in filed:
            by_campaign[campaign].append(Charge(attempt, row.row, row.amount, row.at))
    for campaign, charges in sorted(by_campaign.items()):
        await files.file(campaign, charges)
    return len(new)


def _summary(
    books: Books, outcome: Outcome, *, rows: int, changed: MicroUsd, charged: MicroUsd
) -> Reconciled:
    open_attempts = books.open_ledger.list_open()
    doubts = [attempt for attempt in open_attempts if attempt.state is State.IN_DOUBT]
    why = {ended.attempt: ended.message for ended in outcome.of(Happened.DOUBT)}
    return Reconciled(
        recovered=len(outcome.of(Happened.SETTLE, Happened.FAIL)),
        released=len(outcome.of(Happened.RELEASE)),
        in_doubt=[
            f"{attempt.id}: {attempt.order.cells[0].address}, {format_usd(attempt.hold)}: "
            f"{why.get(attempt.id, 'no proof either way')}"
            for attempt in doubts
        ],
        elsewhere=len(open_attempts) - len(doubts),
        rows=rows,
        changed=changed,
        charged=charged,
    )


def _unreadable(error: ProviderError) -> Problem:
    return Problem(
        code="R015",
        what="the provider's records could not be read",
        why=error.reason,
        fix="try again later; what is in doubt stays reserved until then",
        money="nothing was charged by this command",
    )

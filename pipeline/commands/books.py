"""The books of one realm: ledger, locks and store, read together and kept together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.adapters.ledger import Booked, SqliteLedger, add_up
from pipeline.adapters.lock_files import LockFiles, LockFolder
from pipeline.adapters.places import DRAFT, Places, prepare_state
from pipeline.adapters.review_files import ReviewFolder
from pipeline.adapters.runs import Runs
from pipeline.adapters.store import Store
from pipeline.domain.attempt import Claim, Spent, State
from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.history import AttemptMoney, Filed, History, fold
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import Charge, Match, Receipt, attempt_of
from pipeline.domain.verdicts import Verdict
from pipeline.execution.decisions import RETENTION
from pipeline.planning.decide import Facts

_ONLY_IN_LEDGER = ""
"""Under this name the history files what stands in no lock of this tree."""


def kept_since(now: datetime) -> str:
    """The provider may still have what was delivered at this moment or later."""
    return moment(now - RETENTION)


@dataclass(frozen=True, slots=True)
class RunCaps:
    """What the user allows one run to spend beside the manifest's caps."""

    money: MicroUsd | None = None
    images: int | None = None


class Books:
    """Reads the books of a realm; with a run it may also write them."""

    def __init__(self, places: Places, realm: str, *, run: str = "") -> None:
        """Open the books.

        Args:
            places: of the workspace.
            realm: whose money.
            run: id of the run that writes; empty to look only.

        Raises:
            CampaignError: exit 12; stored state is damaged or from a newer program.
        """
        state = places.of_realm(realm)
        self.places = places
        self.realm = realm
        self.run = run
        self.warnings: list[Problem] = []
        self.store = Store(state / "store")
        self.runs = Runs(state / "runs")
        self.ledger: SqliteLedger | None = None
        path = state / "ledger.sqlite3"
        if run:
            prepare_state(places.state)
            self.runs.begin(run)
        if run or path.exists():
            self.ledger = SqliteLedger(path, run=run, runs=self.runs)
        self._in_ledger: list[Filed] = []
        self._rows_filed: frozenset[str] = frozenset()
        self._added: tuple[History, list[Booked]] | None = None

    @property
    def open_ledger(self) -> SqliteLedger:
        """The ledger of a run, which always has one."""
        if self.ledger is None:
            raise LookupError("these books were opened to look only")
        return self.ledger

    async def bring_ledger_up(self, history: History) -> None:
        """Tell the ledger what only receipts know, before it judges caps: see the two below."""
        await self.open_ledger.learn(
            self.elsewhere(history), predictions=history.predictions, foreign=history.foreign
        )
        await self.open_ledger.rehome(self.renamed(history))

    def elsewhere(self, history: History) -> dict[str, AttemptMoney]:
        """Money of attempts that other ledgers made and only receipts tell of."""
        own = self.open_ledger.attempts()
        return {attempt: m for attempt, m in history.attempts.items() if attempt not in own}

    def history(self) -> History:
        """All receipts: of every lock of this tree and of the ledger."""
        filed = self._locks()
        self._rows_filed = frozenset(r.row for _, r in filed if isinstance(r, Charge))
        if self.ledger is not None:
            self.ledger.mark_seen(self.ledger.filings())
            self._in_ledger = self.ledger.receipts()
            filed += [Filed(_ONLY_IN_LEDGER, receipt) for _, receipt in self._in_ledger]
        return fold(filed)

    def receipts(self) -> list[Filed]:
        """All receipts, each under the campaign whose lock has it, or that the ledger names."""
        return [*self._locks(), *([] if self.ledger is None else self.ledger.receipts())]

    def rows_in_locks(self) -> frozenset[str]:
        """Ids of all billing rows that some lock of this tree has."""
        receipts = (receipt for _, receipt in self._locks())
        return frozenset(receipt.row for receipt in receipts if isinstance(receipt, Charge))

    def _locks(self) -> list[Filed]:
        filed: list[Filed] = []
        self.warnings = []
        for name in self.places.lock_names(self.realm):
            folder = self.places.lock(self.realm, name)
            receipts, odd = LockFolder(folder, shown_as=self.places.shown(folder)).read()
            filed += [Filed(name, receipt) for receipt in receipts]
            self.warnings += odd
        return filed

    def verdicts(self, campaign: str) -> list[Verdict]:
        """All verdicts of a campaign, in no particular order, each once; adds to the warnings.

        Raises:
            CampaignError: exit 12; a file of verdicts is damaged or from a newer program.
        """
        folder = self.places.reviews(self.realm, campaign)
        found, odd = ReviewFolder(folder, shown_as=self.places.shown(folder)).read()
        self.warnings += odd
        return found

    def claims(self) -> dict[CellKey, Claim]:
        """Cells of open attempts."""
        return {} if self.ledger is None else dict(self.ledger.claims())

    def facts(self, history: History, *, now: datetime, retry_failed: bool = False) -> Facts:
        """What planning needs to know."""
        present = self.store.present()
        return Facts(history, self.claims(), present, retry_failed, kept_since=kept_since(now))

    def spent(self, history: History, scope: str, name: str) -> Spent:
        """Money and pictures of a scope, by ledger and receipts together, each attempt once."""
        if self._added is None or self._added[0] is not history:
            self._added = (history, self._booked(history))
        booked = self._added[1]
        spent = add_up(booked, scope, name)
        due = add_up([row for row in booked if row.attempt in history.refunds_due], scope, name)
        return spent._replace(
            charged=MicroUsd(spent.charged - due.charged), refund_pending=due.charged
        )

    def months(self, history: History) -> Sequence[str]:
        """UTC months in which something was bought, `2026-11`, oldest first."""
        self.spent(history, "workspace", "")
        booked = () if self._added is None else self._added[1]
        return sorted({row.month for row in booked})

    def renamed(self, history: History) -> dict[str, str]:
        """Attempts of campaigns that are not in this tree, and in whose lock they stand now."""
        here = frozenset(self.places.names())
        found: dict[str, str] = {}
        for row in [] if self.ledger is None else self.ledger.booked():
            money = history.attempts.get(row.attempt)
            if row.campaign not in here and money is not None and money.campaign:
                found[row.attempt] = money.campaign
        return found

    def _booked(self, history: History) -> list[Booked]:
        own = [] if self.ledger is None else self.ledger.booked()
        renamed = self.renamed(history)
        found = [
            row._replace(campaign=renamed.get(row.attempt, row.campaign))
            for row in own
            if row.attempt not in history.twins
        ]
        ids = frozenset() if self.ledger is None else self.ledger.attempts()
        for attempt, money in history.attempts.items():
            if attempt not in ids:
                state = State.IN_DOUBT if money.in_doubt else State.FILED
                where = (money.campaign, "", money.at[:7])
                amounts = (state, money.images, money.charged)
                found.append(Booked(attempt, *where, *amounts, permit=money.permit))
        return found

    def limits(
        self,
        campaign: Campaign,
        workspace: Workspace,
        history: History,
        *,
        now: datetime,
        caps: RunCaps,
    ) -> tuple[Limit, ...]:
        """All caps that a run of a campaign is under, with what is spent of them.

        Drafts cost nothing real, so only the campaign's own cap is held against each run alone.
        """
        budget = campaign.budget
        if self.realm == DRAFT:
            money = min(filter(None, (budget.cap, caps.money)), default=None)
            images = min(filter(None, (budget.max_images, caps.images)), default=None)
            return (Limit("run", self.run, money, images),)
        month = now.strftime("%Y-%m")
        found = (
            Limit("campaign", campaign.name, budget.cap, budget.max_images),
            Limit("run", self.run, caps.money, caps.images),
            Limit("month", month, workspace.month_cap, workspace.month_images),
            Limit("workspace", "", workspace.cap, workspace.max_images),
        )
        return tuple(
            self._with_spent(limit, history)
            for limit in found
            if limit.money is not None or limit.images is not None
        )

    def _with_spent(self, limit: Limit, history: History) -> Limit:
        spent = self.spent(history, limit.scope, limit.name)
        return Limit(limit.scope, limit.name, limit.money, limit.images, spent.total, spent.images)

    def lock_files(self, campaign: str, *, day: str, run: str = "") -> LockFiles:
        """The locks that this run writes.

        Receipts of a campaign that is no longer in this tree, such as one that was renamed, go to
        the campaign that is running: they are paid.

        Args:
            campaign: that is running.
            day: UTC, `20261122`.
            run: names the files where these books look only and have no run of their own.
        """
        here = frozenset(self.places.names())

        def folder_of(name: str) -> Path:
            return self.places.lock(self.realm, name if name in here else campaign)

        return LockFiles(folder_of, run=self.run or run, day=day)

    def unfiled(
        self, history: History, campaign: str, wanted: frozenset[CellKey]
    ) -> Sequence[Receipt]:
        """Receipts that the ledger has and no lock of this tree, and that belong to a campaign.

        They belong to it when it bought them under this name, or wants one of their cells.
        """
        in_locks: set[str] = set()
        for name, attempts in history.attempts_filed.items():
            if name != _ONLY_IN_LEDGER:
                in_locks |= attempts
        ours: set[str] = set()
        for owner, receipt in self._in_ledger:
            attempt = attempt_of(receipt)
            if attempt in in_locks or isinstance(receipt, Charge | Match):
                continue
            cells = history.attempts[attempt].cells if attempt in history.attempts else ()
            if owner == campaign or any(cell.key in wanted for cell in cells):
                ours.add(attempt)
        own = history.attempts_filed.get(campaign, frozenset()) | ours
        return [
            receipt
            for _, receipt in self._in_ledger
            if attempt_of(receipt) in ours
            or (
                isinstance(receipt, Charge)
                and receipt.attempt in own
                and receipt.row not in self._rows_filed
            )
        ]

    def close(self) -> None:
        """Let go of everything; to be called once no write is under way."""
        if self.ledger is not None:
            self.ledger.close()
        if self.run:
            self.runs.end(self.run)

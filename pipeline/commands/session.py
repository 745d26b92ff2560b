"""One campaign bought in one realm: recover, plan, buy, and keep the books in step."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.commands.books import Books, RunCaps
from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.card import Card
from pipeline.domain.history import History
from pipeline.domain.moment import moment
from pipeline.domain.plan import Cell, Plan, Reason
from pipeline.domain.receipts import AskedCell, Assume, Doubt, Failed, Gen, Receipt, Use
from pipeline.execution.ports import Clock
from pipeline.planning.expand import Expansion, expand
from pipeline.planning.plan import make_plan


@dataclass(frozen=True, slots=True)
class Subject:
    """What is planned: a campaign with its model and what its workspace says."""

    campaign: Campaign
    card: Card
    workspace: Workspace


class Session:
    """Plans and buys one campaign on the books of one realm."""

    def __init__(
        self,
        subject: Subject,
        books: Books,
        *,
        engine: str | None,
        clock: Clock,
        caps: RunCaps | None = None,
        retry_failed: bool = False,
    ) -> None:
        """Begin.

        Args:
            subject: what to plan.
            books: of the realm.
            engine: version of the embedded engine, for drafts only.
            clock: for months and receipts.
            caps: what this run may spend.
            retry_failed: whether blocked failures are tried once more.
        """
        self.subject = subject
        self.books = books
        self.clock = clock
        self._caps = caps or RunCaps()
        self._retry_failed = retry_failed
        self.history = History()
        self.expansion: Expansion = expand(
            subject.campaign, subject.card, realm=books.realm, engine=engine
        )

    @property
    def now(self) -> datetime:
        """Wall clock, UTC."""
        return self.clock.now()

    def plan(self) -> Plan:
        """What a run would do, by the books as they are now."""
        campaign, books = self.subject.campaign, self.books
        self.history = books.history()
        return make_plan(
            campaign,
            self.subject.card,
            self.expansion,
            books.facts(self.history, now=self.now, retry_failed=self._retry_failed),
            realm=books.realm,
            limits=books.limits(
                campaign, self.subject.workspace, self.history, now=self.now, caps=self._caps
            ),
        )

    def overdue(self, plan: Plan) -> list[Receipt]:
        """Receipts that this campaign's lock should have and has not.

        Those of attempts that only the ledger knows, and a `use` line for each cell that another
        campaign's purchase serves, so that deleting that campaign re-buys nothing.
        """
        keys = frozenset(cell.key for cell in plan.cells)
        found = list(self.books.unfiled(self.history, plan.campaign, keys))
        own = {asked.key for receipt in found for asked in _cells_of(receipt)}
        own |= self.history.filed.get(plan.campaign, frozenset())
        for cell, decision in zip(plan.cells, plan.decisions, strict=True):
            if decision.reason in _SERVED and cell.key not in own:
                own.add(cell.key)
                found.append(self._use(cell))
        return found

    def _use(self, cell: Cell) -> Use:
        delivery = self.history.deliveries[cell.key][0]
        asked = AskedCell(cell.key, str(cell.address), cell.source, cell.address.take)
        return Use(
            attempt=delivery.attempt,
            at=moment(self.now),
            cell=asked,
            recipe=cell.recipe,
            output=delivery.output,
            delivered=delivery.at,
        )


_SERVED = frozenset({Reason.BOUGHT_ELSEWHERE, Reason.RESULT_ABSENT})


def _cells_of(receipt: Receipt) -> tuple[AskedCell, ...]:
    return receipt.order.cells if isinstance(receipt, Gen | Failed | Doubt | Assume) else ()

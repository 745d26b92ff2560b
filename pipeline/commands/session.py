"""One campaign bought in one realm: recover, plan, buy, and keep the books in step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.commands.books import Books, RunCaps
from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.card import Card
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.history import History
from pipeline.domain.moment import moment
from pipeline.domain.permit import Permit
from pipeline.domain.plan import Cell, Limit, Plan, Reason
from pipeline.domain.receipts import AskedCell, Assume, Doubt, Failed, Gen, Receipt, Use
from pipeline.domain.verdicts import About, Ruling, current_first, resolve
from pipeline.execution.ports import Clock
from pipeline.planning.expand import Expansion, expand
from pipeline.planning.permit import limit_of, under_permit
from pipeline.planning.plan import PERMIT_SCOPE, make_plan
from pipeline.planning.rerolls import paid_for, picture_in, takes_asked, with_takes
from pipeline.planning.select import EVERYTHING, Selection


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
        selection: Selection = EVERYTHING,
        permit: Permit | None = None,
    ) -> None:
        """Begin.

        Args:
            subject: what to plan.
            books: of the realm.
            engine: version of the embedded engine, for drafts only.
            clock: for months and receipts.
            caps: what this run may spend.
            retry_failed: whether blocked failures are tried once more.
            selection: which cells the user means; others are not bought.
            permit: a saved plan that speaks of this campaign; no more than it lists is bought.
        """
        self.subject = subject
        self.books = books
        self.clock = clock
        self._caps = caps or RunCaps()
        self._retry_failed = retry_failed
        self.selection = selection
        self.permit = permit
        self.history = History()
        self.rulings: Mapping[About, Ruling] = {}
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
        wanted = self.wanted(books.history())
        limits = books.limits(
            campaign, self.subject.workspace, self.history, now=self.now, caps=self._caps
        )
        plan = make_plan(
            campaign,
            self.subject.card,
            wanted,
            books.facts(self.history, now=self.now, retry_failed=self._retry_failed),
            realm=books.realm,
            limits=(*limits, *self._limit_of_permit()),
            selection=self.selection,
            verdicts=self.verdict_words(),
        )
        if self.permit is None:
            return plan
        part = self.permit.parts[campaign.name]
        return under_permit(plan, self.permit, part, campaign, self.subject.card)

    def verdict_words(self) -> dict[CellKey, str]:
        """What all reviewers together say about the current picture of each cell, as one word.

        Cells without a picture, a verdict or a decision are left out. True of the last plan.
        """
        return {
            about.cell: ruling.word.value
            for about, ruling in self.rulings.items()
            if ruling.word is not None and self._is_current(about)
        }

    def _is_current(self, about: About) -> bool:
        deliveries = self.history.deliveries.get(about.cell, ())
        return any(one.output.sha256 == about.picture for one in deliveries[:1])

    def _limit_of_permit(self) -> tuple[Limit, ...]:
        """The cap that the permit is, with what was spent under it by ledger and receipts."""
        permit = self.permit
        if permit is None:
            return ()
        spent = self.books.spent(self.history, PERMIT_SCOPE, permit.digest)
        return (limit_of(permit, spent=spent.total, images=spent.images),)

    def wanted(self, history: History) -> Expansion:
        """The cells of the manifest, and the takes that rerolls ask for.

        Remembers the verdicts, and the history with the deliveries first that they choose.
        """
        campaign = self.subject.campaign
        verdicts = self.books.verdicts(campaign.name)
        self.rulings = resolve(verdicts, need=campaign.review_need)
        pinned = {one.key: one.pin for one in self.expansion.cells if one.pin is not None}
        self.history = current_first(history, self.rulings, pinned=pinned)
        asked = takes_asked(
            self.expansion.cells,
            self.rulings,
            picture=picture_in(self.history),
            is_bought=paid_for(self.history, self.books.claims()),
        )
        if not asked:
            return self.expansion
        return replace(self.expansion, cells=with_takes(self.expansion.cells, asked))

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
            # A pinned cell's recipe is not what its picture was made by, so it needs no line.
            if decision.reason in _SERVED and cell.pin is None and cell.key not in own:
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

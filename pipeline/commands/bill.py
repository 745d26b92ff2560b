"""The provider's bill, booked: each row once in the ledger and once in a lock."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from pipeline.adapters.lock_files import LockFiles
from pipeline.commands.books import Books
from pipeline.domain.money import format_usd
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import Charge
from pipeline.execution.events import Event, Happened, Listener
from pipeline.execution.ports import BillingRow, Provider


async def book_bill(
    books: Books,
    files: LockFiles,
    provider: Provider,
    *,
    owners: Mapping[str, tuple[str, str]],
    in_locks: Collection[str],
) -> Sequence[BillingRow]:
    """Book the rows of some predictions.

    Args:
        books: open for writing.
        files: where receipts go.
        provider: whose bill.
        owners: attempt and campaign of each prediction to ask for.
        in_locks: ids of rows that some lock has already.

    Returns:
        The rows that were new to the ledger.

    Raises:
        ProviderError: the bill could not be read; nothing was booked.
    """
    bill = await provider.billing(list(owners))
    ours = [row for row in bill if row.prediction in owners]
    new = frozenset(
        await books.open_ledger.billed([(owners[row.prediction][0], row) for row in ours])
    )
    by_campaign: dict[str, list[Charge]] = defaultdict(list)
    for row in ours:
        attempt, campaign = owners[row.prediction]
        if row.row not in in_locks:
            by_campaign[campaign].append(Charge(attempt, row.row, row.amount, row.at))
    for campaign, charges in sorted(by_campaign.items()):
        await files.file(campaign, charges)
    return [row for row in ours if row.row in new]


class RunAudit:
    """Compares a run with the provider's bill on the way: quotes become what was really taken."""

    def __init__(
        self,
        books: Books,
        files: LockFiles,
        provider: Provider,
        limits: Sequence[Limit],
        listen: Listener,
    ) -> None:
        """Prepare.

        Args:
            books: open for writing.
            files: where receipts go.
            provider: whose bill.
            limits: caps that the run is under.
            listen: hears of requests that cost more than was held for them.
        """
        self._books = books
        self._files = files
        self._provider = provider
        self._limits = limits
        self._listen = listen
        self._filed: set[str] = set()
        self._told: set[str] = set()

    async def __call__(self, attempts: Sequence[str]) -> Limit | None:
        """Book the bill of some attempts; returns the cap that is passed by it, if one is.

        Raises:
            ProviderError: the bill could not be read; nothing was booked.
        """
        ledger = self._books.open_ledger
        wanted = frozenset(attempts)
        owners = {
            prediction: owner
            for prediction, owner in ledger.predictions().items()
            if owner[0] in wanted
        }
        new = await book_bill(
            self._books, self._files, self._provider, owners=owners, in_locks=self._filed
        )
        self._filed.update(row.row for row in new)
        for attempt, _, hold, actual in ledger.overruns():
            if attempt in wanted and attempt not in self._told:
                self._told.add(attempt)
                words = f"{format_usd(actual)} was taken where {format_usd(hold)} was held"
                self._listen(Event(Happened.OVERRUN, attempt, (), words, actual))
        return ledger.passed(self._limits)

"""The ledger's port without a disk: what a run costs that keeps no account of money."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.domain.attempt import ENDED, OpenAttempt, State
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import Failed, Order, Output, Receipt, write
from pipeline.execution.ports import BillingRow, OverCap, Reserved, Taken


class MemoryLedger:
    """Attempts in a dictionary, forgotten with the process; keeps claims, and counts to caps."""

    def __init__(self, run: str) -> None:
        """Start empty, for one run."""
        self._run = run
        self._attempts: dict[str, OpenAttempt] = {}
        self._claims: dict[CellKey, str] = {}
        self._booked = 0
        self._images = 0
        self._uploads: dict[str, tuple[Sha256, str, bool]] = {}
        self._rows: dict[str, BillingRow] = {}

    async def reserve(
        self, order: Order, *, campaign: str, hold: MicroUsd, limits: Sequence[Limit], at: str
    ) -> Reserved | Taken | OverCap:
        taken = self._taken(order)
        if taken:
            return Taken(taken)
        for limit in limits:
            if limit.money is not None and self._booked + hold > limit.money:
                return OverCap(limit, would_wait=False)
            if limit.images is not None and self._images + len(order.cells) > limit.images:
                return OverCap(limit, would_wait=False)
        return Reserved(self._begin(order, campaign, hold, State.RESERVED, at))

    async def adopt(
        self, order: Order, *, campaign: str, hold: MicroUsd, prediction: str, at: str
    ) -> OpenAttempt | Taken:
        taken = self._taken(order)
        if taken:
            return Taken(taken)
        self._begin(order, campaign, hold, State.SUBMITTED, at)
        return self._change(order.attempt, prediction=prediction)

    async def submitting(self, attempt: str, *, fresh: str, at: str) -> None:
        self._change(attempt, state=State.SUBMITTING, fresh=fresh, sent_at=at)

    async def submitted(self, attempt: str, *, prediction: str) -> None:
        self._change(attempt, state=State.SUBMITTED, prediction=prediction)

    async def ready(self, attempt: str, *, addresses: Sequence[str]) -> None:
        self._change(attempt, state=State.READY, addresses=tuple(addresses))

    async def stored(self, attempt: str, *, outputs: Sequence[Output | None]) -> None:
        self._change(attempt, state=State.STORED, outputs=tuple(outputs))

    async def settled(self, attempt: str, receipt: Receipt) -> None:
        state = State.FAILED if isinstance(receipt, Failed) else State.SETTLED
        self._change(attempt, state=state, receipt=write(receipt))

    async def filed(self, attempt: str) -> None:
        self._end(attempt, State.FILED)

    async def refused(self, attempt: str, reason: str) -> None:
        self._end(attempt, State.REFUSED)

    async def abandoned(self, attempt: str, reason: str) -> None:
        self._end(attempt, State.ABANDONED)

    async def in_doubt(self, attempt: str, receipt: Receipt) -> None:
        self._change(attempt, state=State.IN_DOUBT, receipt=write(receipt))

    async def billed(self, rows: Sequence[tuple[str, BillingRow]]) -> Sequence[str]:
        new = [row.row for _, row in rows if row.row not in self._rows]
        self._rows.update((row.row, row) for _, row in rows)
        return new

    async def take_over(self, attempt: str, *, dead: str) -> bool:
        return False  # no other run ever wrote here

    async def open_attempts(self) -> Sequence[OpenAttempt]:
        return [found for found in self._attempts.values() if found.state not in ENDED]

    async def state_of(self, attempt: str) -> OpenAttempt | None:
        found = self._attempts.get(attempt)
        return None if found is None or found.state in ENDED else found

    async def owned(self) -> frozenset[str]:
        return frozenset(found.prediction for found in self._attempts.values()) - {""}

    async def upload_of(self, digest: Sha256, *, since: str) -> str | None:
        for address, (known, at, reusable) in reversed(self._uploads.items()):
            if known == digest and reusable and at >= since:
                return address
        return None

    async def uploads(self) -> frozenset[str]:
        return frozenset(self._uploads)

    async def uploaded(self, digest: Sha256, address: str, at: str, *, reusable: bool) -> None:
        self._uploads[address] = (digest, at, reusable)

    def is_alive(self, run: str) -> bool:
        return run == self._run

    def _taken(self, order: Order) -> Mapping[CellKey, str]:
        return {c.key: self._claims[c.key] for c in order.cells if c.key in self._claims}

    def _begin(
        self, order: Order, campaign: str, hold: MicroUsd, state: State, at: str
    ) -> OpenAttempt:
        begun = OpenAttempt(order, campaign, self._run, state, hold=hold, reserved_at=at)
        self._attempts[order.attempt] = begun
        self._claims.update((cell.key, order.attempt) for cell in order.cells)
        self._booked += hold
        self._images += len(order.cells)
        return begun

    def _change(self, attempt: str, **values: object) -> OpenAttempt:
        changed = replace(self._attempts[attempt], **values)
        self._attempts[attempt] = changed
        return changed

    def _end(self, attempt: str, state: State) -> None:
        ended = self._change(attempt, state=state)
        if state is not State.FILED:
            for key in ended.keys:
                self._claims.pop(key)
            self._booked -= ended.hold
            self._images -= len(ended.keys)

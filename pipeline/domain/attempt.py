"""The states of an attempt, and what is known of those that are still open."""

import enum
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.domain.fingerprint import CellKey, JobKey
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.receipts import Order, Output


class State(enum.StrEnum):
    """How far an attempt has come; each is durable before the next effect happens.

    `reserved`: money is held, nothing was sent. `submitting`: the request may leave from here on.
    `submitted`: the provider's id is known. `ready`: the provider says where the pictures are.
    `stored`: their bytes are in the store. `settled`: the receipt is written down in the ledger.
    `filed`: the receipt is durable in the lock; the claim ends. `failed`: the provider says that
    there will be no pictures; its receipt is filed as well. `refused`, `abandoned`: nothing was
    bought and nothing charged. `in doubt`: sent, and nobody knows.
    """

    RESERVED = "reserved"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    READY = "ready"
    STORED = "stored"
    SETTLED = "settled"
    FILED = "filed"
    FAILED = "failed"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    IN_DOUBT = "in doubt"


ENDED = frozenset({State.FILED, State.REFUSED, State.ABANDONED})
"""States whose attempts claim no cell and hold no money any more."""


class Claim(NamedTuple):
    """Who holds a cell: an open attempt, its state, its run and whether that run is alive."""

    attempt: str
    state: State
    run: str
    is_alive: bool


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt that has not ended, as the ledger tells it.

    Attributes:
        order: what it asks for.
        campaign: for whom.
        run: the run that works on it, or did until it died.
        state: the last durable state.
        hold: money reserved.
        reserved_at: UTC, ISO.
        sent_at: when the request left or was about to; empty before.
        fresh: address of the input that was uploaded for this attempt alone; empty where there is
            none. Echoed by the provider's history, it proves whose prediction one is.
        prediction: the provider's id, empty before.
        addresses: where the pictures are; empty before `ready`.
        outputs: pictures in the store, in the provider's order, None for one that is gone; empty
            before `stored`.
        receipt: the receipt as a line, empty before `settled` and `failed`.
        notes: clauses that a draft did not do; known while its prediction was just looked at, and
            not kept by the ledger.
        flagged: for each address whether the provider called the picture unsafe; known and kept as
            `notes` are, and a run that dies in between leaves it unknown, which is not harmless.
    """

    order: Order
    campaign: str
    run: str
    state: State
    hold: MicroUsd
    reserved_at: str
    sent_at: str = ""
    fresh: str = ""
    prediction: str = ""
    addresses: tuple[str, ...] = ()
    outputs: tuple[Output | None, ...] = ()
    receipt: str = ""
    notes: tuple[str, ...] = ()
    flagged: tuple[bool | None, ...] = ()

    @property
    def id(self) -> str:
        """Id of the attempt."""
        return self.order.attempt

    @property
    def job(self) -> JobKey:
        """Its job key."""
        return self.order.job

    @property
    def keys(self) -> tuple[CellKey, ...]:
        """Keys of the cells that it claims, in output order."""
        return tuple(cell.key for cell in self.order.cells)


class Spent(NamedTuple):
    """Money of one campaign, or of any other scope, in one realm; its parts do not overlap.

    Attributes:
        charged: taken, by billing rows or else by quotes.
        reserved: held by attempts under way.
        in_doubt: held by attempts of which nobody knows.
        images: pictures asked for by all of them.
        refund_pending: taken for attempts that failed, and to be given back unless it is not.
    """

    charged: MicroUsd
    reserved: MicroUsd
    in_doubt: MicroUsd
    images: int
    refund_pending: MicroUsd = ZERO

    @property
    def total(self) -> MicroUsd:
        """All that a cap has to count."""
        return MicroUsd(self.charged + self.reserved + self.in_doubt + self.refund_pending)

    def plus(self, other: "Spent") -> "Spent":
        """The money of two scopes that have no attempt in common."""
        return Spent(
            MicroUsd(self.charged + other.charged),
            MicroUsd(self.reserved + other.reserved),
            MicroUsd(self.in_doubt + other.in_doubt),
            self.images + other.images,
            MicroUsd(self.refund_pending + other.refund_pending),
        )


NOTHING_SPENT = Spent(ZERO, ZERO, ZERO, 0)

"""What execution asks of the world. Adapters and providers implement it; tests supply fakes."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from pipeline.domain.attempt import OpenAttempt
from pipeline.domain.fingerprint import CellKey, Json, Sha256
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import Order, Output, Receipt


class Failure(enum.Enum):
    """What a failed call says about the money, which is all that repeating may depend on."""

    NOT_SENT = "the provider never saw the request"
    BUSY = "the provider turned it away and says that nothing was done"
    REFUSED = "the provider rejected it and would again"
    UNUSABLE = "the provider rejects this account: key, balance or permission"
    UNKNOWN = "the request left, and no answer says what became of it"


class ProviderError(Exception):
    """A call to the provider failed.

    Attributes:
        failure: what that says about the money.
        reason: for people; never holds the key.
        retry_after_s: the provider's own hint, 0 where it gave none.
    """

    def __init__(self, failure: Failure, reason: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.retry_after_s = retry_after_s


class Progress(enum.Enum):
    """How far a prediction is; a status that nobody documented counts as under way."""

    UNDER_WAY = enum.auto()
    COMPLETED = enum.auto()
    FAILED = enum.auto()


@dataclass(frozen=True, slots=True)
class Prediction:
    """A prediction as the provider tells it.

    Attributes:
        id: the provider's.
        progress: how far it is.
        addresses: of the pictures, in order.
        code: the provider's number for a failure, 0 otherwise.
        message: the provider's words on a failure.
        model: id; empty where not told.
        created_at: UTC; None where not told.
        inputs: addresses of the input pictures, as echoed by the history; empty where not told.
        asked: the request's body as echoed by the history; None where not told.
        notes: what the embedded provider did not do of the prompt, one clause each; others say
            nothing of the kind.
        flagged: for each address whether the provider calls the picture unsafe, None where it does
            not say; empty where it says nothing of any.
    """

    id: str
    progress: Progress
    addresses: tuple[str, ...] = ()
    code: int = 0
    message: str = ""
    model: str = ""
    created_at: datetime | None = None
    inputs: tuple[str, ...] = ()
    asked: Mapping[str, Json] | None = None
    notes: tuple[str, ...] = ()
    flagged: tuple[bool | None, ...] = ()


class BillingRow(NamedTuple):
    """One line of the provider's bill; negative for money given back."""

    row: str
    prediction: str
    amount: MicroUsd
    at: str


class Provider(Protocol):
    """A paid image API. Reads repeat themselves as long as that makes sense; submits never do."""

    async def upload(self, digest: Sha256, name: str) -> str:
        """Send a source picture; returns its address. Costs nothing, so it may be repeated."""

    async def submit(self, model: str, body: Mapping[str, Json]) -> str:
        """Buy. One request leaves at most.

        Returns:
            The prediction's id.

        Raises:
            ProviderError: with what is known about the money.
        """

    async def result(self, prediction: str) -> Prediction:
        """Look at a prediction.

        Raises:
            ProviderError: it could not be told; the prediction goes on.
        """

    async def history(self, since: datetime, until: datetime) -> Sequence[Prediction]:
        """All predictions created in a window, of all models, with their inputs where told.

        Raises:
            ProviderError: the listing is not complete.
        """

    async def billing(self, predictions: Sequence[str]) -> Sequence[BillingRow]:
        """All rows of the bill for these predictions."""

    async def bill_between(self, since: datetime, until: datetime) -> Sequence[BillingRow]:
        """All rows of the bill in a window, whoever's."""


class Seller(Protocol):
    """What a provider says about money before anything is bought."""

    async def price(self, model: str, body: Mapping[str, object]) -> MicroUsd:
        """What one request would cost now, undiscounted.

        Raises:
            ProviderError: no price could be had.
        """

    async def balance(self) -> MicroUsd:
        """Money in the account.

        Raises:
            ProviderError: it could not be told.
        """


class Intake(Protocol):
    """Takes delivered pictures in: download, verify that they decode, hash, store durably."""

    async def take_in(self, address: str) -> Output:
        """Fetch one picture into the store.

        Raises:
            NotYetError: it could not be fetched now, or what came was no picture. Trying again
                costs nothing.
            GoneError: the provider does not have it any more.
        """

    async def digest_of(self, address: str) -> Sha256:
        """Digest of whatever lies at an address, such as a source picture that was uploaded.

        Nothing is kept.

        Raises:
            NotYetError: it could not be fetched now.
            GoneError: the provider does not have it any more.
        """


class NotYetError(Exception):
    """A paid picture could not be fetched now; the message says why."""


class GoneError(Exception):
    """A paid picture is gone from the provider; the message says why."""


class OwnedError(Exception):
    """A prediction belongs to another attempt already, so it says nothing about this one."""


class Taken(NamedTuple):
    """A reservation failed because other attempts hold, or meanwhile bought, some cells."""

    cells: Mapping[CellKey, str]


class OverCap(NamedTuple):
    """A reservation failed because a cap has no room for it.

    Attributes:
        limit: the cap, with what is spent of it now.
        would_wait: whether only holds of attempts under way are in the way.
    """

    limit: Limit
    would_wait: bool


class Reserved(NamedTuple):
    """Money is held and the cells are claimed."""

    attempt: OpenAttempt


class Ledger(Protocol):
    """The account of money. What a call returned from is durable."""

    async def reserve(
        self, order: Order, *, campaign: str, hold: MicroUsd, limits: Sequence[Limit], at: str
    ) -> Reserved | Taken | OverCap:
        """Check all caps and claim the cells in one transaction."""

    async def adopt(
        self, order: Order, *, campaign: str, hold: MicroUsd, prediction: str, at: str
    ) -> OpenAttempt | Taken:
        """Book a prediction that is ours although this ledger has no attempt for it.

        No cap is asked: the money is spent. The attempt starts as `submitted`, and claims its cells
        like any other; `Taken` where one of them is claimed or bought already.
        """

    async def submitting(self, attempt: str, *, fresh: str, at: str) -> None:
        """The intent: from here on the request may leave."""

    async def submitted(self, attempt: str, *, prediction: str) -> None:
        """The provider's id.

        Raises:
            OwnedError: another attempt has it; this one is as it was.
        """

    async def ready(self, attempt: str, *, addresses: Sequence[str]) -> None:
        """Where the pictures are."""

    async def stored(self, attempt: str, *, outputs: Sequence[Output | None]) -> None:
        """Their bytes are in the store; None where one is gone for good."""

    async def settled(self, attempt: str, receipt: Receipt) -> None:
        """The receipt of a delivery or a failure."""

    async def filed(self, attempt: str) -> None:
        """The receipt is durable in the lock; the claim ends."""

    async def refused(self, attempt: str, reason: str) -> None:
        """Rejected before anything was bought; the hold ends."""

    async def abandoned(self, attempt: str, reason: str) -> None:
        """Nothing was sent, or nothing arrived; the hold ends."""

    async def in_doubt(self, attempt: str, receipt: Receipt) -> None:
        """Sent, and nobody knows; keeps hold and claim. The receipt is a `Doubt`."""

    async def billed(self, rows: Sequence[tuple[str, BillingRow]]) -> Sequence[str]:
        """Book rows of the bill, with their attempts.

        Returns:
            Ids of the rows that were new.
        """

    async def take_over(self, attempt: str, *, dead: str) -> bool:
        """Make an attempt of a dead run ours; False when another run was faster."""

    async def open_attempts(self) -> Sequence[OpenAttempt]:
        """All attempts that have not ended, oldest first."""

    async def state_of(self, attempt: str) -> OpenAttempt | None:
        """One attempt if it has not ended."""

    async def owned(self) -> frozenset[str]:
        """Ids of all predictions that belong to some attempt."""

    async def upload_of(self, digest: Sha256, *, since: str) -> str | None:
        """Address of a picture that was uploaded for reuse at or after a moment."""

    async def uploads(self) -> frozenset[str]:
        """Addresses of all remembered uploads."""

    async def uploaded(self, digest: Sha256, address: str, at: str, *, reusable: bool) -> None:
        """Remember an upload."""

    def is_alive(self, run: str) -> bool:
        """Whether the process of a run still exists."""


class Lock(Protocol):
    """Where receipts are filed."""

    async def file(self, campaign: str, receipts: Iterable[Receipt]) -> None:
        """Append receipts to the campaign's lock; durable when this returns."""


class Clock(Protocol):
    """Time, so that tests can move it."""

    def now(self) -> datetime:
        """Wall clock, UTC."""

    def elapsed(self) -> float:
        """Seconds on a clock that never jumps."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""

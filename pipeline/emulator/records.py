"""What the embedded provider remembers, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.domain.money import MicroUsd

Status = Literal["created", "processing", "completed", "failed", "deleted"]
BillingType = Literal["deduct", "refund"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """One accepted request and what became of it.

    Attributes:
        number: its place among all that this state ever accepted, from 1.
        own: its place among the account holder's own, from 1; 0 for somebody else's.
        id: 32 hex digits.
        inputs: the body as accepted, without the keys that the model does not know.
        sources: for each input picture the file inside the state folder, None where its address
            is not one of ours or has nothing behind it.
        dropped: number of unknown keys that the body had.
        outputs: number of delivered pictures.
        code: 0, or why it failed.
        error: empty, or why it failed, in words.
        engine: version of the engine that made it; empty before the end.
        notes: clauses of the prompt that the engine did not understand.
        inference_ms: time from start to end of the work.
        organisation: whose it is; empty where nobody told organisations apart.
        access_key: name of the key that asked for it.
        flagged: places from 1 of the delivered pictures that are not safe for work.
        webhook: address that is called at its end; empty for none.
        calls: how often that was tried.
    """

    number: int
    own: int
    id: str
    model: str
    status: Status
    created_us: int
    inputs: Mapping[str, Any]
    sources: tuple[str | None, ...]
    dropped: int
    outputs: int
    code: int
    error: str
    engine: str
    notes: tuple[str, ...]
    inference_ms: int
    organisation: str = ""
    access_key: str = "embedded"
    flagged: tuple[int, ...] = ()
    webhook: str = ""
    calls: int = 0

    @property
    def is_pending(self) -> bool:
        """Whether there is still work to do."""
        return self.status in {"created", "processing"}


@dataclass(frozen=True, slots=True)
class BillingRow:
    """One movement of money; `price` is positive in both directions."""

    uuid: str
    order: str
    billing_type: BillingType
    price: MicroUsd
    created_us: int
    prediction: str
    model: str
    status: Status
    organisation: str = ""
    access_key: str = "embedded"

    @property
    def signed(self) -> MicroUsd:
        """The price as the monthly export writes it: what was taken is negative."""
        return MicroUsd(-self.price) if self.billing_type == "deduct" else self.price


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What one model was used for in some span of time; `last_us` is the last submit."""

    model: str
    spent: MicroUsd
    count: int
    completed: int
    last_us: int


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What one day (UTC, as `2026-11-22`) took."""

    day: str
    spent: MicroUsd
    count: int


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file, or the ticket for one that has not arrived (`received` is false)."""

    id: str
    ticket: str
    filename: str
    content_type: str
    size: int
    created_us: int
    received: bool

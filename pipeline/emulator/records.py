"""What the embedded provider remembers, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.domain.money import MicroUsd

Status = Literal["created", "processing", "completed", "failed"]
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

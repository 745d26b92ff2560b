"""Receipts: lines that say what an attempt produced and cost. The lock is the union of them all.

Format 1, one JSON object a line, the first line of a file being `{"lock": 1}`. Facts are never
edited or removed; what changes later (a refund, an assignment, a doubt that ended) is a line of its
own. An attempt's id or a billing row's id is the identity, so copies count once and order does not
matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from pipeline.domain.fingerprint import CellKey, JobKey, Json, Sha256, canonical
from pipeline.domain.identity import Recipe
from pipeline.domain.money import MicroUsd

LOCK_FORMAT = 1
HEADER: Mapping[str, Json] = {"lock": LOCK_FORMAT}

MatchHow = Literal["assumed", "content", "person"]


class Output(NamedTuple):
    """One delivered picture: its bytes' digest, length in bytes, size in px and media type."""

    sha256: Sha256
    bytes: int
    width: int
    height: int
    mime: str


class AskedCell(NamedTuple):
    """A cell as an attempt asked for it.

    Attributes:
        key: its cell key.
        address: a label for people; where the cell was when it was asked for.
        source: digest of the picture to edit, None for text-to-image.
        take: 1 or more.
    """

    key: CellKey
    address: str
    source: Sha256 | None
    take: int


@dataclass(frozen=True, slots=True)
class Order:
    """What an attempt asked for; the part that `gen`, `failed` and `doubt` share.

    Attributes:
        attempt: id, unique for ever.
        job: its job key.
        recipe: common components of the cells.
        asked: components of the job key that are not the recipe's: `identity.own_parts`.
        cells: one for each output asked for, in output order.
        quote: what it should cost.
        permit: digest of the saved plan under which it is bought; empty where a person or `--yes`
            agreed. What a permit has spent is added up by it, wherever the receipts are read.
    """

    attempt: str
    job: JobKey
    recipe: Recipe
    asked: Mapping[str, Json]
    cells: tuple[AskedCell, ...]
    quote: MicroUsd
    permit: str = ""


@dataclass(frozen=True, slots=True)
class Gen:
    """An attempt ended with a delivery, which may be short or even empty.

    Attributes:
        order: what was asked.
        prediction: the provider's id.
        at: UTC, ISO, seconds.
        outputs: in the provider's order. As many as cells: the position assigns them. Fewer:
            nobody knows which is which until a `Match` says so.
        notes: of a draft, what of the prompt was not done, a clause each; the delivery is
            `partial` then. Empty for pictures of the real model.
        flagged: for each output whether the provider called it unsafe, None where it did not say;
            empty where it said nothing of any, and in what older programs wrote.
    """

    order: Order
    prediction: str
    at: str
    outputs: tuple[Output, ...]
    notes: tuple[str, ...] = ()
    flagged: tuple[bool | None, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether a draft did only a part of what the prompt asks for."""
        return bool(self.notes)

    @property
    def is_short(self) -> bool:
        """Whether fewer pictures came than were asked for."""
        return len(self.outputs) < len(self.order.cells)


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt ended without pictures. Charged until billing shows the refund.

    Attributes:
        prediction: the provider's id.
        at: UTC, ISO, seconds.
        code: the provider's number for the failure, 0 where it gave none.
        message: the provider's words.
    """

    order: Order
    prediction: str
    at: str
    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """An attempt was sent and nobody knows what became of it; its quote stays reserved.

    Attributes:
        sent: when it left, UTC, ISO; empty where an older program wrote it. Says where in the
            provider's history to look, should the ledger be lost.
    """

    order: Order
    at: str
    message: str
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Assume:
    """A person books an attempt in doubt as charged; its cells count as lost.

    A later row of the bill corrects the amount, a later delivery the loss.
    """

    order: Order
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Charge:
    """One billing row of an attempt; positive for money taken, negative for money given back."""

    attempt: str
    row: str
    amount: MicroUsd
    at: str


@dataclass(frozen=True, slots=True)
class Match:
    """Which output of an attempt is whose.

    Attributes:
        outputs: for each output in the provider's order its cell, None for nobody's.
        how: a person outranks content, content outranks position.
        confidence: per cent.
    """

    attempt: str
    at: str
    outputs: tuple[CellKey | None, ...]
    how: MatchHow
    confidence: int


@dataclass(frozen=True, slots=True)
class Use:
    """A cell of this campaign is served by a purchase that another one made; costs nothing.

    Attributes:
        attempt: the attempt that bought it.
        cell: as this campaign calls it.
        recipe: common components.
        output: the picture.
        delivered: when it was bought, UTC, ISO.
    """

    attempt: str
    at: str
    cell: AskedCell
    recipe: Recipe
    output: Output
    delivered: str


@dataclass(frozen=True, slots=True)
class Waive:
    """An attempt in doubt counts as free and its cells are wanted again.

    Attributes:
        by: `proof` (the provider's records show that nothing arrived) or `person`.
        reason: in words.
    """

    attempt: str
    at: str
    by: Literal["proof", "person"]
    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A person declares a delivered picture lost: its bytes are nowhere; the cell is wanted again.

    Attributes:
        attempt: that delivered it.
        cell: that it served.
        sha256: of the picture.
    """

    attempt: str
    at: str
    cell: CellKey
    sha256: Sha256
    reason: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """A person declares that a prediction of this account is not this workspace's."""

    prediction: str
    at: str
    reason: str


# A lock has thousands of these: all fields at once, in the order of the tuples above.
_CELL = itemgetter("key", "address", "source", "take")
_OUTPUT = itemgetter("sha256", "bytes", "width", "height", "mime")

Receipt = Gen | Failed | Doubt | Assume | Charge | Match | Use | Waive | Lost | Foreign


class ReceiptError(ValueError):
    """A line that is no receipt of this format; the message says what is wrong with it."""


class UnknownKindError(ReceiptError):
    """A line of a kind that this program does not know: written by a newer one."""


def attempt_of(receipt: Receipt) -> str:
    """Id of the attempt that a receipt speaks of; empty where it speaks of none."""
    if isinstance(receipt, Gen | Failed | Doubt | Assume):
        return receipt.order.attempt
    return "" if isinstance(receipt, Foreign) else receipt.attempt


def write(receipt: Receipt) -> str:
    """One line, without its newline; `read` is the way back."""
    return canonical(_body(receipt))


def read(body: Mapping[str, Any]) -> Receipt:
    """A receipt from a parsed line.

    Raises:
        UnknownKindError: a newer program wrote it.
        ReceiptError: a field is missing or of the wrong type.
    """
    kind = body.get("kind")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise UnknownKindError(f"unknown kind of receipt {kind!r}")
    try:
        receipt: Receipt = reader(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReceiptError(f"damaged `{kind}` receipt: {error!r}") from error
    return receipt


def _body(receipt: Receipt) -> dict[str, Json]:
    if isinstance(receipt, Gen | Failed | Doubt | Assume):
        return _end_body(receipt)
    return _fact_body(receipt)


def _end_body(receipt: Gen | Failed | Doubt | Assume) -> dict[str, Json]:
    """What an attempt came to, with what it asked for."""
    own: dict[str, Json]
    match receipt:
        case Gen(order, prediction, at, outputs):
            kind = "gen"
            delivered: list[Json] = [_output_body(output) for output in outputs]
            own = {"prediction": prediction, "outputs": delivered}
            if receipt.notes:
                own["notes"] = list(receipt.notes)
            if receipt.flagged:
                own["flagged"] = list(receipt.flagged)
        case Failed(order, prediction, at, code, message):
            kind = "failed"
            own = {"prediction": prediction, "code": code, "message": message}
        case Doubt(order, at, message, sent):
            kind = "doubt"
            own = {"message": message, "sent": sent} if sent else {"message": message}
        case Assume(order, at, reason):
            kind, own = "assume", {"reason": reason}
    return {"kind": kind, "at": at, **order_body(order), **own}


def _fact_body(receipt: Charge | Match | Use | Waive | Lost | Foreign) -> dict[str, Json]:
    """What is learned about an attempt, a cell or a prediction later."""
    match receipt:
        case Charge(attempt, row, amount, at):
            return {"kind": "charge", "at": at, "attempt": attempt, "row": row, "amount": amount}
        case Match(attempt, at, outputs_of, how, confidence):
            return {
                "kind": "match",
                "at": at,
                "attempt": attempt,
                "outputs": list(outputs_of),
                "how": how,
                "confidence": confidence,
            }
        case Use(attempt, at, cell, recipe, output, delivered_at):
            return {
                "kind": "use",
                "at": at,
                "attempt": attempt,
                "cell": _cell_body(cell),
                "recipe": recipe.components(),
                "output": _output_body(output),
                "delivered": delivered_at,
            }
        case Waive(attempt, at, by, reason):
            return {"kind": "waive", "at": at, "attempt": attempt, "by": by, "reason": reason}
        case Lost(attempt, at, key, sha256, reason):
            named: dict[str, Json] = {"attempt": attempt, "cell": key, "sha256": sha256}
            return {"kind": "lost", "at": at, **named, "reason": reason}
        case Foreign(prediction, at, reason):
            return {"kind": "foreign", "at": at, "prediction": prediction, "reason": reason}


def order_body(order: Order) -> dict[str, Json]:
    """An order as JSON; `read_order` is the way back."""
    body: dict[str, Json] = {
        "attempt": order.attempt,
        "job": order.job,
        "recipe": order.recipe.components(),
        "asked": dict(order.asked),
        "cells": [_cell_body(cell) for cell in order.cells],
        "quote": order.quote,
    }
    return {**body, "permit": order.permit} if order.permit else body


def read_order(body: Mapping[str, Any]) -> Order:
    """An order from its JSON.

    Raises:
        KeyError: a field is missing.
        TypeError: a field is of the wrong type.
    """
    return Order(
        _text(body["attempt"]),
        JobKey(_text(body["job"])),
        Recipe.read(body["recipe"]),
        body["asked"],
        tuple([AskedCell._make(_CELL(cell)) for cell in body["cells"]]),
        MicroUsd(_whole(body["quote"])),
        _text(body.get("permit", "")),
    )


def _cell_body(cell: AskedCell) -> dict[str, Json]:
    return {"key": cell.key, "address": cell.address, "source": cell.source, "take": cell.take}


def _output_body(output: Output) -> dict[str, Json]:
    return {
        "sha256": output.sha256,
        "bytes": output.bytes,
        "width": output.width,
        "height": output.height,
        "mime": output.mime,
    }


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _answers(found: Sequence[object]) -> tuple[bool | None, ...]:
    """Answers of yes, no or nothing; whatever else a newer program wrote there is no answer."""
    return tuple([one if isinstance(one, bool) else None for one in found])


def _read_outputs(bodies: Sequence[Mapping[str, Any]]) -> tuple[Output, ...]:
    return tuple([Output._make(_OUTPUT(body)) for body in bodies])


_READERS: Mapping[str, Any] = {
    "gen": lambda b: Gen(
        read_order(b),
        b["prediction"],
        b["at"],
        _read_outputs(b["outputs"]),
        notes=tuple([_text(note) for note in b.get("notes", ())]),
        flagged=_answers(b.get("flagged", ())),
    ),
    "failed": lambda b: Failed(
        read_order(b), b["prediction"], b["at"], _whole(b["code"]), b["message"]
    ),
    "doubt": lambda b: Doubt(read_order(b), b["at"], b["message"], b.get("sent", "")),
    "assume": lambda b: Assume(read_order(b), b["at"], b["reason"]),
    "charge": lambda b: Charge(
        _text(b["attempt"]), _text(b["row"]), MicroUsd(_whole(b["amount"])), b["at"]
    ),
    "match": lambda b: Match(
        _text(b["attempt"]), b["at"], tuple(b["outputs"]), b["how"], _whole(b["confidence"])
    ),
    "use": lambda b: Use(
        _text(b["attempt"]),
        b["at"],
        AskedCell._make(_CELL(b["cell"])),
        Recipe.read(b["recipe"]),
        Output._make(_OUTPUT(b["output"])),
        b["delivered"],
    ),
    "waive": lambda b: Waive(_text(b["attempt"]), b["at"], b["by"], b["reason"]),
    "lost": lambda b: Lost(_text(b["attempt"]), b["at"], b["cell"], b["sha256"], b["reason"]),
    "foreign": lambda b: Foreign(_text(b["prediction"]), b["at"], b["reason"]),
}

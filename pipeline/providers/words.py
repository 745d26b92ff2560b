"""What WaveSpeedAI's answers mean. Pure, and believes nothing of them.

Every text that leaves here is printable where it is shown, free of the API key, and can be written
down: no halves of surrogate pairs, no number that a file format here could not hold.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from pipeline.adapters.http_client import Reply
from pipeline.domain.fingerprint import Json
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd
from pipeline.execution.ports import BillingRow, Failure, Prediction, Progress, ProviderError

_OK = 200
_REDIRECTION = 300
_CLIENT_ERROR = 400
_SERVER_ERROR = 500
_TOO_MANY = 429
_SEND_ELSEWHERE = frozenset({307, 308})
_ACCOUNT = frozenset({401, 402, 403})
# Client errors that also gateways say which have passed the request on: timeout, conflict, and what
# two widespread gateways say of a client that went away.
_AMBIGUOUS = frozenset({408, 409, 460, 499})
# Prices in whole numbers of at least this many are micro-dollars (one edition of the vendor's
# documentation writes $0.027 as 27000); no single prediction costs a thousand dollars.
_LEAST_MICRO = 1000
_PER_USD = 1_000_000
_MOST_USD = 10**9
_HIDDEN = "***"
_LOST = "\ufffd"
"""Stands for half of a surrogate pair."""
_SHOWN = 300
_MOST_NOTES = 50
_MOST_NOTE = 300
_LONGEST_ID = 200
_LONGEST_ADDRESS = 4000
_MOST_OUTPUTS = 64
_MOST_CODE = 10**6
_MOST_WHOLE = 2**63
_OUTPUT_NAMES = ("url", "uri", "image_url")


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as JSON.

    Attributes:
        status: HTTP status.
        body: decimals exact; None where it is no JSON.
        retry_after_s: the vendor's hint, 0 where there is none.
        size: bytes of the body.
    """

    status: int
    body: Any
    retry_after_s: float
    size: int

    @property
    def is_ok(self) -> bool:
        """Whether the HTTP status is 2xx."""
        return _OK <= self.status < _REDIRECTION


def answer_of(reply: Reply, secret: str) -> Answer:
    """Read a reply.

    Args:
        reply: from outside.
        secret: taken out wherever it occurs; empty for none.
    """
    try:
        text = reply.body.decode("utf-8-sig")  # strictly, and no other encoding is guessed
        body = json.loads(text, parse_float=Decimal, parse_constant=_none)
        # Escapes can spell the key, and halves of surrogate pairs, which nothing can write down.
        if "\\u" in text or (secret and secret in text):
            body = _clean(body, secret)
    except (ValueError, RecursionError):
        body = None
    return Answer(reply.status, body, reply.retry_after_s, len(reply.body))


def hidden(text: str, secret: str) -> str:
    """A text without the API key."""
    return text.replace(secret, _HIDDEN) if secret else text


def _clean(value: Any, secret: str) -> Any:
    if isinstance(value, str):
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return hidden(whole, secret)
    if isinstance(value, list):
        return [_clean(inner, secret) for inner in value]
    if isinstance(value, dict):
        return {_clean(name, secret): _clean(inner, secret) for name, inner in value.items()}
    return value


def _none(_: str) -> None:
    """What `NaN` and `Infinity` are in an answer: nothing that can be used."""


def printable(value: object, most: int) -> str:
    """What a stranger said, for people: one line, short, nothing that a terminal obeys."""
    try:
        text = str(value)
    except RecursionError:
        text = "something very deep"
    return "".join(c if c.isprintable() else " " for c in text[:most])


def data_of(answer: Answer) -> Any:
    """The envelope's data where both HTTP status and envelope say success, else None."""
    if answer.is_ok and isinstance(answer.body, Mapping) and answer.body.get("code") == _OK:
        return answer.body.get("data")
    return None


def data_or_raise(answer: Answer) -> Mapping[str, Any]:
    """The envelope's data, which is an object.

    Raises:
        ProviderError: it is not, or the answer is no success.
    """
    data = data_of(answer)
    if isinstance(data, Mapping):
        return data
    raise ProviderError(read_failure(answer), words_of(answer), retry_after_s=answer.retry_after_s)


def is_id(value: object) -> bool:
    """Whether something can be an id: it is written down, and becomes part of a path."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST_ID
        and value.isprintable()
        and bool(value.strip("."))
        and _HIDDEN not in value
        and _LOST not in value
    )


def is_address(value: object) -> bool:
    """Whether something can be written down as an address; where it leads is judged elsewhere."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST_ADDRESS
        and value.isprintable()
        and _LOST not in value
    )


def path_of(prediction: str) -> str:
    """An id as one segment of a path, whatever is in it."""
    return quote(prediction, safe="")


def id_in(answer: Answer) -> str | None:
    """A prediction's id, wherever a successful answer has one: it is proof of acceptance."""
    body = answer.body
    if not answer.is_ok or not isinstance(body, Mapping):
        return None
    inner = body.get("data")
    if isinstance(inner, Mapping) and is_id(inner.get("id")):
        return str(inner["id"])
    # Without an envelope; one that reports an error may carry an id of the request.
    if body.get("code", _OK) == _OK and is_id(body.get("id")):
        return str(body["id"])
    return None


def submit_failure(answer: Answer) -> Failure:
    """What an answer without a usable id says about the money of a submit."""
    if isinstance(answer.body, Mapping) and _names_prediction(answer.body.get("data")):
        # It says no and names a prediction: one of the two is wrong.
        return Failure.UNKNOWN
    status = answer.status
    if status == _TOO_MANY:
        return Failure.BUSY
    if status in _ACCOUNT:
        return Failure.UNUSABLE
    is_turned_away = _CLIENT_ERROR <= status < _SERVER_ERROR and status not in _AMBIGUOUS
    # Other redirects are also said by servers that have done the work and show where it lies.
    if is_turned_away or status in _SEND_ELSEWHERE:
        return Failure.REFUSED
    return Failure.UNKNOWN


def _names_prediction(data: object) -> bool:
    return isinstance(data, Mapping) and data.get("id") not in (None, "")


def read_failure(answer: Answer) -> Failure:
    """What an answer says about a call that costs nothing."""
    if answer.status == _TOO_MANY:
        return Failure.BUSY
    if answer.status in _ACCOUNT:
        return Failure.UNUSABLE
    if _CLIENT_ERROR <= answer.status < _SERVER_ERROR and answer.status not in _AMBIGUOUS:
        return Failure.REFUSED
    return Failure.NOT_SENT


def words_of(answer: Answer) -> str:
    """The vendor's words on an error, short; several shapes are known."""
    body = answer.body
    said = ""
    if isinstance(body, Mapping):
        names = ("message", "error", "detail", "errors")
        said = next((printable(body[name], _SHOWN) for name in names if body.get(name)), "")
        if body.get("error_code"):
            said = f"{said} ({printable(body['error_code'], _SHOWN)})"
    else:
        said = "the answer is not the vendor's JSON"
    said = said[:_SHOWN]
    return f"HTTP {answer.status}: {said}" if said else f"HTTP {answer.status}"


def prediction_of(data: Mapping[str, Any]) -> Prediction:
    """A prediction as its own address shows it.

    Raises:
        ProviderError: it has outputs in a form that nobody documented. They are paid for, so they
            are not taken for none.
    """
    return _prediction(data, _addresses(data.get("outputs")))


def listed(item: object) -> Prediction:
    """A prediction as a list shows it.

    One whose id cannot be read has nothing else either: it could be anybody's.
    """
    if not isinstance(item, Mapping) or not is_id(item.get("id")):
        return Prediction("", Progress.UNDER_WAY)
    try:
        addresses = _addresses(item.get("outputs"))
    except ProviderError:
        addresses = ()
    return _prediction(item, addresses)


def _prediction(data: Mapping[str, Any], addresses: tuple[str, ...]) -> Prediction:
    told = _echoed(data)
    model = data.get("model")
    return Prediction(
        id=data["id"],
        progress=_progress(data.get("status")),
        addresses=addresses,
        code=_code(data.get("code")),
        message=printable(data.get("error") or "", 2000),
        model=model if isinstance(model, str) else "",
        created_at=moment_of(data.get("created_at")),
        inputs=tuple(_texts(told)),
        asked=_asked(told) if isinstance(told, Mapping) else None,
        notes=_notes(data.get("embedded")),
        flagged=_flagged(data.get("has_nsfw_contents"), len(addresses)),
    )


def _flagged(told: object, pictures: int) -> tuple[bool | None, ...]:
    """What it says of each picture; nothing where it cannot be told which answer is whose."""
    if not isinstance(told, list) or len(told) != pictures:
        return ()
    said = tuple(one if isinstance(one, bool) else None for one in told)
    return said if any(one is not None for one in said) else ()


def _notes(embedded: object) -> tuple[str, ...]:
    """What a draft did not do of its prompt: the embedded provider's word, never the vendor's."""
    notes = embedded.get("notes") if isinstance(embedded, Mapping) else None
    if not isinstance(notes, list):
        return ()
    return tuple(printable(note, _MOST_NOTE) for note in notes[:_MOST_NOTES] if note)


def _code(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_CODE:
        return value
    return 0


def _progress(status: object) -> Progress:
    """The vendor's rule: what is not one of the terminal statuses is still under way."""
    if status == "completed":
        return Progress.COMPLETED
    if status in ("failed", "cancelled", "timeout", "deleted"):
        return Progress.FAILED
    return Progress.UNDER_WAY


def _addresses(outputs: object) -> tuple[str, ...]:
    """Output addresses: text, or objects that hold one; what is empty was not delivered.

    Raises:
        ProviderError: there is something else among them.
    """
    if isinstance(outputs, str | Mapping):
        outputs = [outputs]
    outputs = outputs or []
    if not isinstance(outputs, list):
        raise _strange(outputs)
    if len(outputs) > _MOST_OUTPUTS:
        raise ProviderError(Failure.NOT_SENT, f"{len(outputs)} outputs, which is absurd")
    return tuple(filter(None, map(_address_in, outputs)))


def _address_in(output: object) -> str:
    found: object = output
    if isinstance(output, Mapping):
        found = next((output[name] for name in _OUTPUT_NAMES if name in output), None)
        if found is None and any(output.values()):
            raise _strange(output)
    if found in (None, "", [], {}):
        return ""
    if not is_address(found):
        raise _strange(found)
    return str(found)


def _strange(value: object) -> ProviderError:
    words = f"an output in an unknown form: {printable(value, 100)}"
    return ProviderError(Failure.NOT_SENT, words)


def _echoed(data: Mapping[str, Any]) -> Any:
    """The request's body as the history tells it, in either spelling, or as JSON in a text."""
    told = data.get("inputs") or data.get("input")
    if isinstance(told, str) and told.lstrip().startswith("{"):
        try:
            return json.loads(told, parse_float=Decimal, parse_constant=_none)
        except (ValueError, RecursionError):
            return told
    return told


def _asked(told: Mapping[str, Any]) -> Mapping[str, Json] | None:
    try:
        return {str(name): _json(value) for name, value in told.items()}
    except RecursionError:
        return None


def _json(value: Any) -> Json:
    """A value as keys are made from: whole numbers stay, other numbers become text."""
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    if isinstance(value, dict):
        return {str(name): _json(inner) for name, inner in value.items()}
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and abs(value) < _MOST_WHOLE:
        return value
    return str(value)


def _texts(value: object) -> Iterator[str]:
    """All addresses anywhere in echoed inputs."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if "://" in one:
                yield one
        elif isinstance(one, Mapping):
            left.extend(reversed([*one.values()]))
        elif isinstance(one, list):
            left.extend(reversed(one))


def row_of(item: object) -> BillingRow:
    """A row of the bill.

    Raises:
        ProviderError: it has no amount or no id. A bill with a row that cannot be read is not
            complete.
    """
    amount = usd(item.get("price"), rounding=ROUND_HALF_EVEN) if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or amount is None or not is_id(item.get("uuid")):
        raise ProviderError(Failure.NOT_SENT, "a row of the bill has no amount or no id")
    prediction = item.get("prediction")
    owner = prediction.get("uuid") if isinstance(prediction, Mapping) else prediction
    # The sign is told by the type of the row; one edition writes deductions negative.
    signed = -abs(amount) if item.get("billing_type") == "refund" else abs(amount)
    at = moment_of(item.get("created_at"))
    when = "" if at is None else moment(at)
    return BillingRow(item["uuid"], owner if isinstance(owner, str) else "", MicroUsd(signed), when)


def price_in(answer: Answer) -> MicroUsd:
    """A quote, rounded up to whole micro-dollars.

    Raises:
        ProviderError: there is none. Zero is none: a quote is never for nothing.
    """
    amount = usd(data_or_raise(answer).get("price"), rounding=ROUND_CEILING)
    if amount is None or amount <= 0:
        raise ProviderError(Failure.NOT_SENT, f"no price in the answer: {words_of(answer)}")
    return amount


def balance_in(answer: Answer) -> MicroUsd:
    """Money in the account; always in dollars.

    Raises:
        ProviderError: it could not be told.
    """
    told = data_or_raise(answer).get("balance")
    amount = usd(told, rounding=ROUND_HALF_EVEN, is_balance=True)
    if amount is None:
        raise ProviderError(Failure.NOT_SENT, f"no balance in the answer: {words_of(answer)}")
    return amount


def usd(value: object, *, rounding: str, is_balance: bool = False) -> MicroUsd | None:
    """An amount in either of the vendor's spellings, in micro-dollars; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    if not amount.is_finite() or abs(amount) > _MOST_USD * _PER_USD:
        return None
    if abs(amount) < _LEAST_MICRO or is_balance:
        return MicroUsd(int((amount * _PER_USD).to_integral_value(rounding=rounding)))
    return MicroUsd(int(amount)) if amount == amount.to_integral_value() else None


_EPOCHS = (
    (Decimal(1), 10),  # digits of a moment of our days in seconds,
    (Decimal(1000), 13),  # milliseconds,
    (Decimal(1_000_000), 16),  # microseconds
    (Decimal(1_000_000_000), 19),  # and nanoseconds since 1970
)


def moment_of(value: object) -> datetime | None:
    """A moment in ISO form, with nanoseconds or without, or since 1970; None for anything else."""
    if isinstance(value, str) and not value.isdecimal():
        return _utc(lambda: datetime.fromisoformat(value))
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    since = _number(value)
    if since is None:
        return None
    digits = len(str(int(since)))
    per_s = next((unit for unit, width in _EPOCHS if digits == width), None)
    if per_s is None:
        return None
    return _utc(lambda: datetime.fromtimestamp(float(since / per_s), UTC))


def _number(value: int | str | Decimal) -> Decimal | None:
    try:
        found = Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    return found if found.is_finite() and 0 <= found < Decimal(10) ** 20 else None


def _utc(read: Callable[[], datetime]) -> datetime | None:
    try:
        found = read()
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None

"""WaveSpeedAI's REST protocol, version 3: what this vendor's words mean for us.

Also spoken by the embedded provider. A submit is sent once and never repeated here: the vendor has
no idempotency key, charges at submit, and says itself that a lost answer may be a running task. The
key goes to the API host and nowhere else.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pipeline.adapters.http_client import ExchangeError, HttpClient, Reply
from pipeline.domain.fingerprint import Json, Sha256
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd
from pipeline.domain.picture import PictureFacts
from pipeline.execution.ports import (
    BillingRow,
    Clock,
    Failure,
    Prediction,
    Progress,
    ProviderError,
)

_API = "/api/v3"
_PAGE = 100
_MOST_PAGES = 1000
_TRIES = 5
_OK = 200
_TOO_MANY = 429
_NO_TICKETS = frozenset({404, 405, 501})
_ACCOUNT = frozenset({401, 402, 403})
# Statuses after which the request may have been carried out all the same.
_AMBIGUOUS = frozenset({303, 408, 409})
_SERVER_ERROR = 500
# Prices in whole numbers of at least this many are micro-dollars (one edition of the vendor's
# documentation writes $0.027 as 27000); no single prediction costs a thousand dollars.
_LEAST_MICRO = 1000
_PER_USD = 1_000_000
_MOST_USD = 10**9
# A shorter key is no secret, and might stand in an answer by chance.
_LEAST_SECRET = 16
_T = TypeVar("_T")

Locate = Callable[[Sha256], tuple[Path, PictureFacts]]
"""Where the source picture with a digest lies, and what it is; KeyError where nobody knows it."""


class WaveSpeed:
    """The vendor, or whoever speaks its protocol."""

    def __init__(
        self, client: HttpClient, *, base: str, key: str, locate: Locate, clock: Clock
    ) -> None:
        """Speak to one host.

        Args:
            client: closed by the caller.
            base: scheme and host, without a trailing slash.
            key: API key; sent to `base` only, never shown.
            locate: finds source pictures.
            clock: to wait between repeated reads.
        """
        self._client = client
        self._base = base
        self._headers = {"Authorization": f"Bearer {key}"}
        self._secret = key.encode() if len(key) >= _LEAST_SECRET else b""
        self._locate = locate
        self._clock = clock

    async def submit(self, model: str, body: Mapping[str, Json]) -> str:
        """Buy; one request leaves at most. Returns the prediction's id."""
        try:
            reply = await self._api("POST", f"/{model}", dict(body))
        except ExchangeError as error:
            raise ProviderError(error.failure, error.reason) from error
        prediction = _id_in(reply)
        if prediction is not None:
            return prediction
        failure = _submit_failure(reply)
        raise ProviderError(failure, _words(reply), retry_after_s=reply.retry_after_s)

    async def result(self, prediction: str) -> Prediction:
        """Look at a prediction once."""
        try:
            reply = await self._api("GET", f"/predictions/{prediction}/result")
        except ExchangeError as error:
            raise ProviderError(Failure.NOT_SENT, error.reason) from error
        data = _data(reply)
        if not isinstance(data, Mapping) or data.get("id") != prediction:
            raise ProviderError(_read_failure(reply), _words(reply))
        return _prediction(data)

    async def upload(self, digest: Sha256, name: str) -> str:
        """Send a source picture and return its address."""
        try:
            path, facts = self._locate(digest)
            content = path.read_bytes()
        except (KeyError, OSError) as error:
            raise ProviderError(Failure.REFUSED, f"a source picture is gone: {error}") from error
        if hashlib.sha256(content).hexdigest() != digest:
            # What is sent is what was hashed, or nothing is sent.
            words = f"`{path.name}` changed since it was planned; plan again"
            raise ProviderError(Failure.REFUSED, words)
        extension = "jpg" if facts.format == "jpeg" else facts.format
        return await self._repeated(
            lambda: self._upload(content, f"{name}.{extension}", facts.mime)
        )

    async def _upload(self, content: bytes, name: str, mime: str) -> str:
        ask = {"filename": name, "size": len(content), "content_type": mime}
        reply = await self._api("POST", "/media/uploads", ask)
        if reply.status in _NO_TICKETS:
            reply = await self._client.send(
                "POST",
                f"{self._base}{_API}/media/upload/binary",
                headers=self._headers,
                file=(name, content, mime),
            )
            return _address(_data_or_raise(reply).get("download_url"), reply)
        ticket = _data_or_raise(reply)
        target = ticket.get("upload")
        if not isinstance(target, Mapping) or not isinstance(target.get("url"), str):
            raise ProviderError(_read_failure(reply), "the upload ticket names no address")
        asked = target.get("headers")
        headers = {str(k): str(v) for k, v in asked.items()} if isinstance(asked, Mapping) else {}
        # The ticket's address is another host's as often as not: the key stays here.
        method = str(target.get("method") or "PUT")
        sent = await self._client.send(method, target["url"], headers=headers, content=content)
        if not sent.is_ok:
            raise ProviderError(_read_failure(sent), f"the upload was refused: {_words(sent)}")
        return _address(ticket.get("download_url"), reply)

    async def history(self, since: datetime, until: datetime) -> Sequence[Prediction]:
        """All predictions created in a window, with their inputs where told."""
        window = {
            "created_after": moment(since),
            "created_before": moment(until),
            "include_inputs": True,
        }
        items = await self._pages("/predictions", window)
        return [_prediction(item) for item in items if isinstance(item.get("id"), str)]

    async def billing(self, predictions: Sequence[str]) -> Sequence[BillingRow]:
        """All rows of the bill for these predictions."""
        found: list[BillingRow] = []
        for start in range(0, len(predictions), _PAGE):
            some = list(predictions[start : start + _PAGE])
            found += _rows(await self._pages("/billings/search", {"prediction_uuids": some}))
        return found

    async def bill_between(self, since: datetime, until: datetime) -> Sequence[BillingRow]:
        """All rows of the bill in a window, whoever's."""
        window = {"start_time": _millis(since), "end_time": _millis(until)}
        return _rows(await self._pages("/billings/search", window))

    async def price(self, model: str, body: Mapping[str, object]) -> MicroUsd:
        """What one request would cost now, undiscounted.

        Raises:
            ProviderError: no price could be had.
        """
        ask = {"model_id": model, "inputs": dict(body)}
        reply = await self._repeated(lambda: self._ok("POST", "/model/price", ask))
        amount = _usd(_data_or_raise(reply).get("price"))
        if amount is None:
            raise ProviderError(Failure.NOT_SENT, f"no price in the answer: {_words(reply)}")
        return amount

    async def balance(self) -> MicroUsd:
        """Money in the account.

        Raises:
            ProviderError: it could not be told.
        """
        reply = await self._repeated(lambda: self._ok("GET", "/balance", None))
        amount = _usd(_data_or_raise(reply).get("balance"), is_balance=True)
        if amount is None:
            raise ProviderError(Failure.NOT_SENT, f"no balance in the answer: {_words(reply)}")
        return amount

    async def _pages(self, path: str, ask: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for page in range(1, _MOST_PAGES + 1):
            asked = partial(self._ok, "POST", path, {**ask, "page": page, "page_size": _PAGE})
            reply = await self._repeated(asked)
            data = _data_or_raise(reply)
            items = data.get("items")
            if not isinstance(items, list):
                raise ProviderError(Failure.NOT_SENT, f"no list in the answer: {_words(reply)}")
            found += [item for item in items if isinstance(item, Mapping)]
            if not items or (len(items) < _PAGE and not _says_more(data, len(found))):
                return found
        raise ProviderError(Failure.NOT_SENT, f"more than {_MOST_PAGES} pages")

    async def _ok(self, method: str, path: str, body: Any) -> Reply:
        reply = await self._api(method, path, body)
        _data_or_raise(reply)
        return reply

    async def _repeated(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """Repeat a call that costs nothing, as long as its failure may pass."""
        tries = 0
        while True:
            tries += 1
            try:
                return await call()
            except ExchangeError as error:
                failed = ProviderError(Failure.NOT_SENT, error.reason)
            except ProviderError as error:
                failed = error
            if tries >= _TRIES or failed.failure in {Failure.REFUSED, Failure.UNUSABLE}:
                raise failed
            await self._clock.sleep(max(failed.retry_after_s, 2.0 ** (tries - 1)))

    async def _api(self, method: str, path: str, body: Any = None) -> Reply:
        address = f"{self._base}{_API}{path}"
        reply = await self._client.send(method, address, headers=self._headers, json=body)
        if self._secret and self._secret in reply.body:
            # Nothing that is shown, logged or written down may hold the key.
            return replace(reply, body=reply.body.replace(self._secret, b"***"))
        return reply


def _says_more(data: Mapping[str, Any], seen: int) -> bool:
    """Whether a page that is not full says all the same that more follow."""
    total = data.get("total")
    return data.get("has_more") is True or (isinstance(total, int) and total > seen)


def _json(reply: Reply) -> Any:
    """The body as JSON, decimals exact; None where it is none."""
    try:
        return json.loads(reply.body, parse_float=Decimal, parse_constant=_none)
    except (ValueError, RecursionError):
        return None


def _none(_: str) -> None:
    """What `NaN` and `Infinity` are in an answer: nothing that can be used."""


def _data(reply: Reply) -> Any:
    """The envelope's data where both HTTP status and envelope say success, else None."""
    body = _json(reply)
    if reply.is_ok and isinstance(body, Mapping) and body.get("code") == _OK:
        return body.get("data")
    return None


def _data_or_raise(reply: Reply) -> Mapping[str, Any]:
    data = _data(reply)
    if isinstance(data, Mapping):
        return data
    raise ProviderError(_read_failure(reply), _words(reply), retry_after_s=reply.retry_after_s)


def _id_in(reply: Reply) -> str | None:
    """A prediction's id, wherever the answer has one: an id is proof that it was accepted."""
    body = _json(reply)
    if not reply.is_ok or not isinstance(body, Mapping):
        return None
    data = body.get("data")
    for place in (data, body):
        if isinstance(place, Mapping) and isinstance(place.get("id"), str) and place["id"]:
            return str(place["id"])
    return None


def _submit_failure(reply: Reply) -> Failure:
    """What an answer without an id says about the money of a submit."""
    status = reply.status
    if status == _TOO_MANY:
        return Failure.BUSY
    if status in _ACCOUNT:
        return Failure.UNUSABLE
    is_turned_away = _OK + 100 <= status < _SERVER_ERROR and status not in _AMBIGUOUS
    return Failure.REFUSED if is_turned_away else Failure.UNKNOWN


def _read_failure(reply: Reply) -> Failure:
    """What an answer says about a call that costs nothing."""
    if reply.status == _TOO_MANY:
        return Failure.BUSY
    if reply.status in _ACCOUNT:
        return Failure.UNUSABLE
    if _OK + 100 <= reply.status < _SERVER_ERROR and reply.status not in _AMBIGUOUS:
        return Failure.REFUSED
    return Failure.NOT_SENT


def _words(reply: Reply) -> str:
    """The vendor's words on an error, short; several shapes are known."""
    body = _json(reply)
    said = ""
    if isinstance(body, Mapping):
        said = next(
            (
                str(body[name])
                for name in ("message", "error", "detail", "errors")
                if body.get(name)
            ),
            "",
        )
        if body.get("error_code"):
            said = f"{said} ({body['error_code']})"
    else:
        said = "the answer is not the vendor's JSON"
    words = "".join(c if c.isprintable() else " " for c in said)[:300]
    return f"HTTP {reply.status}: {words}" if words else f"HTTP {reply.status}"


def _prediction(data: Mapping[str, Any]) -> Prediction:
    code = data.get("code")
    return Prediction(
        id=str(data["id"]),
        progress=_progress(data.get("status")),
        addresses=tuple(_addresses(data.get("outputs"))),
        code=code if isinstance(code, int) else 0,
        message=str(data.get("error") or "")[:2000],
        model=str(data.get("model") or ""),
        created_at=_moment(data.get("created_at")),
        inputs=tuple(_texts(data.get("inputs") or data.get("input"))),
    )


def _progress(status: object) -> Progress:
    """The vendor's rule: what is not one of the terminal statuses is still under way."""
    if status == "completed":
        return Progress.COMPLETED
    if status in {"failed", "cancelled", "timeout", "deleted"}:
        return Progress.FAILED
    return Progress.UNDER_WAY


def _addresses(outputs: object) -> Iterator[str]:
    """Output addresses: text, or objects that hold one under `url`."""
    if not isinstance(outputs, Sequence) or isinstance(outputs, str):
        return
    for output in outputs:
        found = output.get("url") if isinstance(output, Mapping) else output
        if isinstance(found, str) and found:
            yield found


def _texts(value: object) -> Iterator[str]:
    """All addresses anywhere in echoed inputs."""
    if isinstance(value, str):
        if "://" in value:
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)


def _address(value: object, reply: Reply) -> str:
    if isinstance(value, str) and value.startswith(("https://", "http://")):
        return value
    raise ProviderError(
        Failure.NOT_SENT, f"no address of the upload in the answer: {_words(reply)}"
    )


def _rows(items: Sequence[Mapping[str, Any]]) -> list[BillingRow]:
    found: list[BillingRow] = []
    for item in items:
        amount = _usd(item.get("price"))
        prediction = item.get("prediction")
        owner = prediction.get("uuid") if isinstance(prediction, Mapping) else None
        if amount is None or not isinstance(item.get("uuid"), str):
            words = "a row of the bill has no amount or no id"
            raise ProviderError(Failure.NOT_SENT, words)
        # The sign is told by the type of the row; one edition writes deductions negative.
        signed = -abs(amount) if item.get("billing_type") == "refund" else abs(amount)
        at = _moment(item.get("created_at"))
        when = "" if at is None else moment(at)
        found.append(BillingRow(item["uuid"], str(owner or ""), MicroUsd(signed), when))
    return found


def _usd(value: object, *, is_balance: bool = False) -> MicroUsd | None:
    """An amount in either of the vendor's spellings, in micro-dollars; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) > _MOST_USD * _PER_USD:
        return None
    if isinstance(value, int) and abs(value) >= _LEAST_MICRO and not is_balance:
        return MicroUsd(value)
    return MicroUsd(int((amount * _PER_USD).to_integral_value()))


def _moment(value: object) -> datetime | None:
    """A moment in the vendor's ISO form, which may have nanoseconds; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _millis(moment: datetime) -> str:
    return str(int(moment.timestamp()) * 1000)

"""WaveSpeedAI's REST protocol, version 3.

Also spoken by the embedded provider. A submit is sent once and never repeated here: the vendor has
no idempotency key, charges at submit, and says itself that a lost answer may be a running task. The
key goes to the API host and nowhere else.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pipeline import catalog
from pipeline.adapters.http_client import ExchangeError, HttpClient
from pipeline.domain.fingerprint import Json, Sha256
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd
from pipeline.domain.picture import PictureFacts
from pipeline.execution.ports import BillingRow, Clock, Failure, Prediction, ProviderError
from pipeline.providers import words
from pipeline.providers.bodies import as_sent
from pipeline.providers.words import Answer

_API = "/api/v3"
_PAGE = 100
_MOST_PAGES = 1000
_MOST_LIST_BYTES = 256_000_000
"""Of all pages of a list together; ten thousand predictions with long prompts have about 60."""
_TRIES = 5
_NO_TICKETS = frozenset({404, 405, 501})
_TICKET_METHODS = frozenset({"PUT", "POST"})
_MOST_TICKET_HEADERS = 50
# Headers that say who we are or how a body is framed, which a ticket has no business with.
_NOT_FOR_TICKETS = frozenset({
    "authorization", "connection", "content-length", "cookie", "expect", "host",
    "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
# A shorter key is no secret, and might stand in an answer by chance.
_LEAST_SECRET = 16
_T = TypeVar("_T")

Locate = Callable[[Sha256], tuple[Path, PictureFacts]]
"""Where the source picture with a digest lies, and what it is; KeyError where nobody knows it."""
Schemas = Callable[[str], Mapping[str, Any]]
"""JSON Schema of a model's request body; empty where nobody knows it."""


def card_schema(model: str) -> Mapping[str, Any]:
    """The schema on the model's card."""
    try:
        return catalog.card(model).schema
    except catalog.UnknownModelError:
        return {}


class WaveSpeed:
    """The vendor, or whoever speaks its protocol."""

    def __init__(
        self,
        client: HttpClient,
        *,
        base: str,
        key: str,
        locate: Locate,
        clock: Clock,
        schema_of: Schemas = card_schema,
    ) -> None:
        """Speak to one host.

        Args:
            client: closed by the caller.
            base: scheme and host, without a trailing slash.
            key: API key; sent to `base` only, never shown.
            locate: finds source pictures.
            clock: to wait between repeated reads.
            schema_of: says which fields of a body are numbers.
        """
        self._client = client
        self._base = base
        self._headers = {"Authorization": f"Bearer {key}"}
        self._secret = key if len(key) >= _LEAST_SECRET else ""
        self._locate = locate
        self._clock = clock
        self._schema_of = schema_of

    async def submit(self, model: str, body: Mapping[str, Json]) -> str:
        """Buy; one request leaves at most. Returns the prediction's id."""
        try:
            answer = await self._api("POST", f"/{model}", as_sent(body, self._schema_of(model)))
        except ExchangeError as error:
            raise ProviderError(error.failure, error.reason) from error
        prediction = words.id_in(answer)
        if prediction is not None:
            return prediction
        failure = words.submit_failure(answer)
        reason = words.words_of(answer)
        raise ProviderError(failure, reason, retry_after_s=answer.retry_after_s)

    async def result(self, prediction: str) -> Prediction:
        """Look at a prediction once."""
        if not words.is_id(prediction):
            raise ProviderError(Failure.REFUSED, "no prediction can have such an id")
        try:
            path = f"/predictions/{words.path_of(prediction)}/result"
            answer = await self._api("GET", path)
        except ExchangeError as error:
            raise ProviderError(Failure.NOT_SENT, error.reason) from error
        data = words.data_of(answer)
        if not isinstance(data, Mapping) or data.get("id") != prediction:
            raise ProviderError(
                words.read_failure(answer),
                words.words_of(answer),
                retry_after_s=answer.retry_after_s,
            )
        return words.prediction_of(data)

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
        answer = await self._api("POST", "/media/uploads", ask)
        if answer.status in _NO_TICKETS:
            path = "/media/upload/binary"
            answer = await self._api("POST", path, file=(name, content, mime))
            return await self._usable(words.data_or_raise(answer).get("download_url"), answer)
        ticket = words.data_or_raise(answer)
        found = await self._usable(ticket.get("download_url"), answer)
        method, address, headers = _target(ticket.get("upload"), answer)
        # The ticket's address is another host's as often as not: the key stays here.
        reply = await self._client.send(
            method, address, headers=headers, content=content, is_named=True
        )
        sent = words.answer_of(reply, self._secret)
        if not sent.is_ok:
            reason = f"the upload was refused: {words.words_of(sent)}"
            raise ProviderError(words.read_failure(sent), reason)
        return found

    async def _usable(self, address: object, answer: Answer) -> str:
        """The address of an upload, if it is one that pictures may lie at."""
        if not words.is_address(address):
            reason = f"no address of the upload in the answer: {words.words_of(answer)}"
            raise ProviderError(Failure.NOT_SENT, reason)
        await self._client.check(str(address))
        return str(address)

    async def history(self, since: datetime, until: datetime) -> Sequence[Prediction]:
        """All predictions created in a window, with their inputs where told.

        An entry that cannot be read is listed without an id or anything else: it could be
        anybody's, so that nothing is absent beside it, and nobody may adopt it.
        """
        window = {
            "created_after": moment(since),
            "created_before": moment(until),
            "include_inputs": True,
        }
        return _each_once(await self._pages("/predictions", window, words.listed))

    async def billing(self, predictions: Sequence[str]) -> Sequence[BillingRow]:
        """All rows of the bill for these predictions."""
        found: list[BillingRow] = []
        for start in range(0, len(predictions), _PAGE):
            some = list(predictions[start : start + _PAGE])
            rows = await self._bill({"prediction_uuids": some})
            found += [row for row in rows if row.prediction in some]
        return found

    async def bill_between(self, since: datetime, until: datetime) -> Sequence[BillingRow]:
        """All rows of the bill in a window, whoever's."""
        return await self._bill({"start_time": _millis(since), "end_time": _millis(until)})

    async def price(self, model: str, body: Mapping[str, object]) -> MicroUsd:
        """What one request would cost now, undiscounted.

        Raises:
            ProviderError: no price could be had.
        """
        ask = {"model_id": model, "inputs": as_sent(body, self._schema_of(model))}
        return words.price_in(await self._repeated(lambda: self._ok("POST", "/model/price", ask)))

    async def balance(self) -> MicroUsd:
        """Money in the account.

        Raises:
            ProviderError: it could not be told.
        """
        return words.balance_in(await self._repeated(lambda: self._ok("GET", "/balance", None)))

    async def _bill(self, ask: Mapping[str, Any]) -> list[BillingRow]:
        rows: dict[str, BillingRow] = {}
        for row in await self._pages("/billings/search", ask, words.row_of):
            if rows.setdefault(row.row, row) != row:
                reason = f"the bill says two things about the row {row.row}"
                raise ProviderError(Failure.NOT_SENT, reason)
        return list(rows.values())

    async def _pages(
        self, path: str, ask: Mapping[str, Any], read: Callable[[object], _T]
    ) -> list[_T]:
        """All of a list, or an error: what is not complete proves nothing.

        Pages shift while they are read, because new entries come first; then some are read twice.
        """
        found: list[_T] = []
        seen: set[str] = set()
        total: int | None = None
        size = 0
        for page in range(1, _MOST_PAGES + 1):
            asked = partial(self._ok, "POST", path, {**ask, "page": page, "page_size": _PAGE})
            answer = await self._repeated(asked)
            data = words.data_or_raise(answer)
            items = data.get("items")
            if not isinstance(items, list):
                reason = f"no list in the answer: {words.words_of(answer)}"
                raise ProviderError(Failure.NOT_SENT, reason)
            size += answer.size
            if len(items) > _PAGE or size > _MOST_LIST_BYTES:
                raise ProviderError(Failure.NOT_SENT, "the list is not complete: it is too large")
            names = {_name(item) for item in items}
            is_news = bool(names - seen)
            seen |= names
            found += [read(item) for item in items]
            total = _least(total, data.get("total"))
            says_more = data.get("has_more") is True or (total is not None and len(seen) < total)
            if len(items) < _PAGE and not says_more:
                return found
            if not is_news:
                break
        raise ProviderError(
            Failure.NOT_SENT, f"the list is not complete: it does not end after {page} pages"
        )

    async def _ok(self, method: str, path: str, body: Any) -> Answer:
        answer = await self._api(method, path, body)
        words.data_or_raise(answer)
        return answer

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

    async def _api(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        file: tuple[str, bytes, str] | None = None,
    ) -> Answer:
        """Ask the API, and only it, with the key; nothing that comes back holds the key.

        Raises:
            ExchangeError: no whole reply came.
        """
        address = f"{self._base}{_API}{path}"
        try:
            reply = await self._client.send(
                method, address, headers=self._headers, json=body, file=file
            )
        except ExchangeError as error:
            # It may quote an answer that repeats what was sent.
            reason = words.hidden(error.reason, self._secret)
            raise ExchangeError(error.failure, reason) from None
        return words.answer_of(reply, self._secret)


def _target(asked: object, answer: Answer) -> tuple[str, str, dict[str, str]]:
    """Method, address and headers of an upload ticket.

    Raises:
        ProviderError: it is no ticket, or asks for what no upload needs.
    """
    if not isinstance(asked, Mapping) or not isinstance(asked.get("url"), str):
        reason = "the upload ticket names no address"
        raise ProviderError(words.read_failure(answer), reason)
    method = asked.get("method") or "PUT"
    if not isinstance(method, str) or method not in _TICKET_METHODS:
        reason = f"the upload ticket asks for {words.printable(method, 20)}"
        raise ProviderError(Failure.NOT_SENT, reason)
    named = asked.get("headers")
    headers = {str(k): str(v) for k, v in named.items()} if isinstance(named, Mapping) else {}
    strange = _NOT_FOR_TICKETS.intersection(name.strip().lower() for name in headers)
    if strange or len(headers) > _MOST_TICKET_HEADERS:
        reason = f"the upload ticket asks for headers of ours: {', '.join(sorted(strange))}"
        raise ProviderError(Failure.NOT_SENT, reason)
    return method, asked["url"], headers


def _each_once(predictions: Sequence[Prediction]) -> list[Prediction]:
    """Drop what was read twice because the pages shifted; where two differ, both stay."""
    seen: dict[str, list[Prediction]] = {}
    kept: list[Prediction] = []
    for one in predictions:
        alike = seen.setdefault(one.id, [])
        if one.id and any(_is_same(one, other) for other in alike):
            continue
        alike.append(one)
        kept.append(one)
    return kept


def _is_same(one: Prediction, other: Prediction) -> bool:
    """Whether two entries tell the same of a prediction, however far it was when they were read."""
    same = (one.model, one.created_at, one.inputs, one.asked)
    return same == (other.model, other.created_at, other.inputs, other.asked)


def _name(item: object) -> str:
    """What tells an entry of a list from the others."""
    if isinstance(item, Mapping):
        for field in ("id", "uuid"):
            if isinstance(item.get(field), str):
                return str(item[field])
    try:
        return json.dumps(item, sort_keys=True, default=str)
    except RecursionError:
        return ""


def _least(known: int | None, told: object) -> int | None:
    """The least total that the pages tell: new entries raise it, and are on pages read already."""
    if not isinstance(told, int) or isinstance(told, bool):
        return known
    return told if known is None else min(known, told)


def _millis(moment: datetime) -> str:
    return str(int(moment.timestamp()) * 1000)

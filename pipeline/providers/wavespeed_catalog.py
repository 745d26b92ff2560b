"""WaveSpeedAI's catalogue: which models it sells, and what their requests look like.

Odd entries are counted and left out: the catalogue has a thousand entries of other people's making,
and one that cannot be read must not hide the others.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from pipeline.adapters.http_client import ExchangeError, HttpClient
from pipeline.domain.offers import Catalogue, Offer
from pipeline.execution.ports import Clock, Failure, ProviderError
from pipeline.providers import words
from pipeline.providers.words import Answer

MOST_BYTES = 64_000_000
"""Of the answer; a thousand models with their schemas have about five million."""

_PATH = "/api/v3/models"
_TRIES = 3
_MOST_WORDS = 60
_MOST_CHOICES = 100
_LISTS = ("models", "items", "list")
"""Names under which a list may be wrapped."""


async def read_catalogue(client: HttpClient, *, base: str, key: str, clock: Clock) -> Catalogue:
    """Read the whole catalogue; asking costs nothing and is repeated where a failure may pass.

    Args:
        client: closed by the caller; takes answers of `MOST_BYTES`.
        base: scheme and host, without a trailing slash.
        key: API key; sent to `base` only.
        clock: to wait between repeated reads.

    Raises:
        ProviderError: there is no catalogue to be had.
    """
    tries = 0
    while True:
        tries += 1
        try:
            return _catalogue_in(await _ask(client, base, key))
        except ProviderError as error:
            if tries >= _TRIES or error.failure in {Failure.REFUSED, Failure.UNUSABLE}:
                raise
            await clock.sleep(max(error.retry_after_s, 2.0 ** (tries - 1)))


async def _ask(client: HttpClient, base: str, key: str) -> Answer:
    headers = {"Authorization": f"Bearer {key}"}
    try:
        reply = await client.send("GET", f"{base}{_PATH}", headers=headers)
    except ExchangeError as error:
        raise ProviderError(Failure.NOT_SENT, words.hidden(error.reason, key)) from None
    return words.answer_of(reply, key)


def _catalogue_in(answer: Answer) -> Catalogue:
    entries = _entries(words.data_of(answer))
    if entries is None:
        failure = words.read_failure(answer)
        reason = f"no catalogue in the answer: {words.words_of(answer)}"
        raise ProviderError(failure, reason, retry_after_s=answer.retry_after_s)
    offers: dict[str, Offer] = {}
    for entry in entries:
        offer = _offer(entry)
        if offer is not None:
            offers.setdefault(offer.model, offer)
    return Catalogue(offers, odd=len(entries) - len(offers))


def _entries(data: object) -> list[object] | None:
    if isinstance(data, Mapping):
        data = next((data[name] for name in _LISTS if isinstance(data.get(name), list)), None)
    return data if isinstance(data, list) else None


def _offer(entry: object) -> Offer | None:
    if not isinstance(entry, Mapping) or not words.is_id(entry.get("model_id")):
        return None
    schema = _request_schema(entry)
    fields = None if schema is None else schema.get("properties")
    required = None if schema is None else schema.get("required")
    return Offer(
        model=entry["model_id"],
        kind=words.printable(entry.get("type") or "", _MOST_WORDS),
        base_price=words.usd(entry.get("base_price"), rounding=ROUND_CEILING),
        fields=_fields(fields) if isinstance(fields, Mapping) else None,
        required=frozenset(filter(_is_text, required)) if isinstance(required, list) else _NONE,
    )


_NONE: frozenset[str] = frozenset()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _fields(found: Mapping[Any, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        words.printable(name, _MOST_WORDS): _rule(rule) if isinstance(rule, Mapping) else {}
        for name, rule in found.items()
    }


def _rule(found: Mapping[Any, Any]) -> dict[str, Any]:
    """The plain values of a field's schema; they are shown to people."""
    rule: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, list):
            rule[name] = [_plain(one) for one in value[:_MOST_CHOICES]]
        elif not isinstance(value, Mapping):
            rule[name] = _plain(value)
    return rule


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | Decimal):
        return value
    return words.printable(value, _MOST_WORDS)


def _request_schema(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema of a model's request: that of the way to run it, among all that are listed."""
    outer = entry.get("api_schema")
    listed = outer.get("api_schemas") if isinstance(outer, Mapping) else None
    ways = [way for way in listed if isinstance(way, Mapping)] if isinstance(listed, list) else []
    ways.sort(key=lambda way: way.get("type") != "model_run")
    for way in ways:
        schema = way.get("request_schema")
        if isinstance(schema, Mapping):
            return schema
    return None

"""The vendor's catalogue: read whole, and odd entries do not hide the others."""

import json
from decimal import Decimal

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import catalog
from pipeline.adapters.http_client import HttpClient
from pipeline.commands.models_sync import look
from pipeline.domain.campaign import Workspace
from pipeline.domain.money import MicroUsd
from pipeline.emulator.app import IN_PROCESS_URL, create_app
from pipeline.emulator.state import State
from pipeline.execution.ports import Failure, ProviderError
from pipeline.providers.wavespeed_catalog import read_catalogue
from tests.emulator.plain_engine import PlainEngine
from tests.support.clock import JumpingClock
from tests.unit.providers.test_wavespeed import BASE, KEY, Vendor, ok

pytestmark = pytest.mark.anyio

FIELDS = {"prompt": {"type": "string"}, "size": {"type": "string", "default": "2048*2048"}}
ENTRY = {
    "model_id": "bytedance/seedream-v4.5/edit",
    "name": "Seedream",
    "type": "image-to-image",
    "base_price": 0.04,
    "api_schema": {
        "api_schemas": [
            {"type": "other", "request_schema": {"properties": {}}},
            {
                "type": "model_run",
                "request_schema": {"properties": FIELDS, "required": ["prompt", 3]},
            },
        ]
    },
}


async def read(*answers):
    vendor = Vendor(*answers)
    client = HttpClient(transport=httpx.MockTransport(vendor), user_agent="test", base=BASE)
    return vendor, await read_catalogue(client, base=BASE, key=KEY, clock=vendor.clock)


async def test_a_model_with_its_schema_and_price():
    vendor, found = await read(ok([ENTRY]))
    (offer,) = found.offers.values()
    assert (offer.model, offer.kind) == ("bytedance/seedream-v4.5/edit", "image-to-image")
    assert offer.base_price == MicroUsd(40_000)
    assert offer.fields == FIELDS
    assert offer.required == {"prompt"}
    assert found.odd == 0
    (request,) = vendor.requests
    assert (request.method, request.url) == ("GET", f"{BASE}/api/v3/models")
    assert request.headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("wrapped", ["models", "items", "list"])
async def test_a_list_may_be_wrapped(wrapped):
    _, found = await read(ok({wrapped: [ENTRY]}))
    assert list(found.offers) == [ENTRY["model_id"]]


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        "a/b",
        [],
        {},
        {"model_id": None},
        {"model_id": ""},
        {"model_id": "a\nb"},
        {"model_id": "x" * 500},
        ENTRY,
    ],
)
async def test_an_odd_entry_is_counted_and_left_out(odd):
    _, found = await read(ok([odd, {**ENTRY, "model_id": "a/b"}, odd]))
    assert "a/b" in found.offers
    assert found.odd == (1 if odd is ENTRY else 2)


async def test_of_two_entries_of_one_model_the_first_counts():
    _, found = await read(ok([ENTRY, {**ENTRY, "base_price": 9}]))
    assert found.offers[ENTRY["model_id"]].base_price == MicroUsd(40_000)
    assert found.odd == 1


@pytest.mark.parametrize(
    "change",
    [
        {"api_schema": None},
        {"api_schema": {"api_schemas": None}},
        {"api_schema": {"api_schemas": [None, {"request_schema": []}]}},
        {"api_schema": {"api_schemas": [{"request_schema": {"properties": 3}}]}},
        {"type": None, "api_schema": 3},
    ],
)
async def test_a_model_whose_schema_cannot_be_read_is_there_without_one(change):
    _, found = await read(ok([{**ENTRY, **change}]))
    (offer,) = found.offers.values()
    assert (offer.fields, offer.required) == (None, frozenset())


@pytest.mark.parametrize(
    ("told", "price"), [(None, None), ("x", None), ([], None), ("0.5", 500_000)]
)
async def test_a_base_price_may_be_anything(told, price):
    _, found = await read(ok([{**ENTRY, "base_price": told}]))
    assert found.offers[ENTRY["model_id"]].base_price == price


async def test_what_strangers_say_of_fields_is_harmless_on_a_terminal():
    strange = {"a\x1b[2Jb": {"enum": ["\x07", 1, None, {"x": 1}] * 100, "default": 0.5, "x": {}}}
    schema = {"api_schemas": [{"request_schema": {"properties": {**strange, "n": None}}}]}
    _, found = await read(ok([{**ENTRY, "api_schema": schema}]))
    fields = found.offers[ENTRY["model_id"]].fields
    assert list(fields) == ["a [2Jb", "n"]
    assert fields["n"] == {}
    rule = fields["a [2Jb"]
    assert rule["enum"][:3] == [" ", 1, None]
    assert len(rule["enum"]) == 100
    assert rule["default"] == Decimal("0.5")
    assert "x" not in rule


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.ConnectError("gone"), httpx.Response(429), ok("none")]
)
async def test_a_failure_that_may_pass_is_tried_again(answer):
    vendor, found = await read(answer, ok([ENTRY]))
    assert len(found.offers) == 1
    assert vendor.clock.passed > 0


@pytest.mark.parametrize(
    ("answer", "failure", "requests"),
    [
        (httpx.Response(401, json={"message": "bad key"}), Failure.UNUSABLE, 1),
        (httpx.Response(404), Failure.REFUSED, 1),
        (httpx.Response(500), Failure.NOT_SENT, 3),
        (httpx.Response(200, content=b"<html>"), Failure.NOT_SENT, 3),
        (httpx.ReadTimeout("slow"), Failure.NOT_SENT, 3),
    ],
)
async def test_without_a_catalogue_there_is_an_error(answer, failure, requests):
    vendor = Vendor(answer)
    client = HttpClient(transport=httpx.MockTransport(vendor), user_agent="test", base=BASE)
    with pytest.raises(ProviderError) as caught:
        await read_catalogue(client, base=BASE, key=KEY, clock=vendor.clock)
    assert caught.value.failure is failure
    assert len(vendor.requests) == requests


async def test_the_key_is_in_no_error():
    with pytest.raises(ProviderError) as caught:
        await read(httpx.Response(401, json={"message": f"not {KEY}"}))
    assert KEY not in caught.value.reason
    with pytest.raises(ProviderError) as caught:
        await read(httpx.ConnectError(f"no {KEY}"))
    assert KEY not in caught.value.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*ENTRY, "api_schemas", "request_schema", "properties", "required"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(entries=st.lists(JSON, max_size=4))
async def test_no_catalogue_makes_the_reader_stumble(entries):
    answer = httpx.Response(200, content=json.dumps({"code": 200, "data": [*entries, ENTRY]}))
    _, found = await read(answer)
    assert len(found.offers) + found.odd == len(entries) + 1


@pytest.mark.slow
async def test_the_embedded_provider_says_what_the_cards_say():
    """Over the in-process application: the whole way, without a socket."""
    clock = JumpingClock()
    with State.temporary() as state:
        app = create_app(
            state=state, engine=PlainEngine(), base_url=IN_PROCESS_URL, clock=clock.now
        )
        client = HttpClient(app=app, user_agent="test", base=IN_PROCESS_URL)
        found = await look(client, base=IN_PROCESS_URL, key="any", clock=clock, own=Workspace())
        await client.aclose()
        await app.state.provider.aclose()
        assert state.spent() == 0
    assert found.on == "2026-11-20"
    assert {one.probe.card.model for one in found.asked} == set(catalog.models())
    assert [one for one in found.asked if one.differs] == []
    assert (found.fields, found.vanished, found.related, found.raises) == ({}, (), (), {})

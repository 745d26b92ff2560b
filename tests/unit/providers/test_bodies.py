"""Decimals are text with us, and numbers to the model."""

import json

import httpx
import pytest

from pipeline.adapters.http_client import HttpClient
from pipeline.providers.bodies import as_sent
from pipeline.providers.wavespeed import WaveSpeed, card_schema
from tests.support.clock import JumpingClock

SCHEMA = {
    "properties": {
        "prompt": {"type": "string"},
        "strength": {"type": "number", "minimum": 0},
        "either": {"type": ["number", "string"]},
        "count": {"type": "integer"},
        "loras": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"path": {"type": "string"}, "scale": {"type": ["number", "null"]}},
            },
        },
        "weights": {"type": "array", "items": {"type": "number"}},
    }
}
BODY = {
    "prompt": "0.5",
    "strength": "0.65",
    "either": "0.5",
    "count": 3,
    "loras": [{"path": "1.0", "scale": "0.8"}],
    "weights": ["1", "0.25"],
    "size": "2.5",
}
SENT = {
    "prompt": "0.5",
    "strength": 0.65,
    "either": "0.5",
    "count": 3,
    "loras": [{"path": "1.0", "scale": 0.8}],
    "weights": [1, 0.25],
    "size": "2.5",
}


def test_only_what_the_schema_calls_a_number_becomes_one():
    assert as_sent(BODY, SCHEMA) == SENT
    assert json.dumps(as_sent({"weights": ["1", "0.1"]}, SCHEMA)) == '{"weights": [1, 0.1]}'


@pytest.mark.parametrize("text", ["", "high", "NaN", "Infinity", "0,5"])
def test_what_is_no_number_is_left_to_the_model_to_refuse(text):
    assert as_sent({"strength": text}, SCHEMA) == {"strength": text}


def test_a_body_without_a_card_is_sent_as_it_is():
    assert as_sent(BODY, {}) == BODY
    assert card_schema("nobody/knows") == {}
    assert "properties" in card_schema("bytedance/seedream-v4.5/edit")


@pytest.mark.anyio
@pytest.mark.parametrize("what", ["submit", "price"])
async def test_what_is_bought_and_what_is_priced_have_the_same_numbers(what):
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json={"code": 200, "data": {"id": "p1", "price": 0.1}})

    http = HttpClient(
        transport=httpx.MockTransport(answer), user_agent="t", base="https://api.example"
    )
    seller = WaveSpeed(
        http,
        base="https://api.example",
        key="k",
        locate={}.__getitem__,
        clock=JumpingClock(),
        schema_of={"m": SCHEMA}.__getitem__,
    )
    if what == "submit":
        await seller.submit("m", BODY)
        assert asked == [SENT]
    else:
        await seller.price("m", BODY)
        assert asked == [{"model_id": "m", "inputs": SENT}]

"""The OpenAPI document, and a stranger who believes every word of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pipeline import catalog
from tests.emulator.listening import listening
from tests.emulator.world import SEQUENTIAL, running

pytestmark = pytest.mark.anyio
KEY = "a-key-of-sixteen-letters"
ALIKE = (
    r"seedream-v4($|/)|seedream-v4\.5/sequential|seedream-v5"
    "|nano-banana-pro/text|qwen-image/edit$|pricing"
)
"""Calls of the same form as one that is tried."""


async def _document(world):
    return (await world.client.get("/openapi.json")).json()


async def test_the_document_has_every_call_and_every_model(world):
    document = await _document(world)
    assert document["openapi"] == "3.1.0"
    for model in catalog.models():
        operation = document["paths"][f"/api/v3/{model}"]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        assert content["schema"] == catalog.card(model).schema
    routes = {route.path for route in world.client._transport.app.routes}
    template = {re.sub(r":\w+}", "}", path) for path in routes}
    documented = set(document["paths"])
    # The two that stand for all models are written out.
    assert template - documented == {"/api/v3/{model_id}"}
    assert documented - template == {f"/api/v3/{model}" for model in catalog.models()}
    ids = [
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
    ]
    assert len(set(ids)) == len(ids)


async def test_links_lead_to_calls_that_exist(world):
    document = await _document(world)
    ids = {
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
    }
    answers = document["paths"][f"/api/v3/{SEQUENTIAL}"]["post"]["responses"]
    links = answers["200"]["links"].values()
    assert {link["operationId"] for link in links} <= ids
    assert len(links) == 3


async def test_the_document_needs_no_key_and_names_this_server():
    async with running(accepted_key=KEY) as world, world.stranger() as stranger:
        answer = await stranger.get("/openapi.json")
        assert answer.status_code == 200
        assert answer.json()["servers"] == [{"url": world.provider.base_url}]


@pytest.mark.slow
def test_a_stranger_who_believes_the_document_finds_nothing_wrong(tmp_path):
    """Examples, corner cases, random and wrong data, and chains of calls, for each kind of call."""
    with listening(accepted_key=KEY) as (base, provider):
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(Path(__file__).with_name("schemathesis.toml"))),
            *("run", f"{base}/openapi.json"),
            *("--header", f"Authorization: Bearer {KEY}", "--exclude-path-regex", ALIKE),
            *("--max-examples", "3", "--seed", "1", "--workers", "2", "--no-color"),
        ]
        environment = {**os.environ, "PYTHONWARNINGS": "default", "NO_COLOR": "1"}
        told = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout[-8000:] + told.stderr[-2000:]
        tried = re.search(r"(\d+) generated", told.stdout)
        assert tried is not None, told.stdout[-2000:]
        assert int(tried[1]) > 300
        assert provider.state.submits > 20
        headers = {"Authorization": f"Bearer {KEY}"}
        assert httpx.get(f"{base}/api/v3/balance", headers=headers).status_code == 200

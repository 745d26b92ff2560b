"""`campaign serve` as a stranger starts it."""

import signal
import socket
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from pipeline.cli import campaign as command_line
from pipeline.emulator.tiers import TIERS
from tests.support.patience import PATIENCE_S


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--key", "a", "--keys", "b"], "say --key or --keys, not both"),
        (["--state", "x", "--memory"], "say --state or --memory, not both"),
        (["--webhook-to", "localhost"], "not of the form HOST:PORT"),
        (["--tier", "platinum"], "platinum"),
        (["--credit", "much"], "much"),
        (["--keys", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_served(options, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(command_line, ["serve", "--port", "0", *options])
    assert told.exit_code != 0
    assert words in told.output + str(told.exception)
    assert not any(tmp_path.iterdir())


def test_its_page_says_what_it_is_and_is_not():
    told = " ".join(CliRunner().invoke(command_line, ["serve", "--help"]).output.split())
    for words in (
        "It is not the vendor and not a gateway to it",
        "It listens on this machine only, unless --host says otherwise",
        "requests that name one are refused, unless --webhooks",
        "/openapi.json",
        "--memory",
    ):
        assert words in told
    for tier in TIERS:
        assert tier in told


@pytest.mark.slow
def test_a_server_in_memory_with_keys_tier_credit_and_webhooks(tmp_path):
    keys = tmp_path / "keys.yaml"
    keys.write_text("version: 1\nkeys: [{key: secret-of-ann}, {key: secret-of-bob, role: viewer}]")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--memory", "--keys", str(keys), "--tier", "bronze", "--credit", "1.50"]
    options += ["--webhooks", "--url", "https://drafts.example.org/"]
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "serve", "--port", str(port), *options],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = process.stderr.readline()
        assert "listens on https://drafts.example.org; its state is in memory" in first
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE_S
        ) as client:
            document = client.get("/openapi.json").json()
            assert document["servers"] == [{"url": "https://drafts.example.org"}]
            owner = {"Authorization": "Bearer secret-of-ann"}
            viewer = {"Authorization": "Bearer secret-of-bob"}
            balance = client.get("/api/v3/balance", headers=owner).json()
            assert balance["data"] == {"balance": 1.5}
            assert client.get("/api/v3/balance", headers=viewer).status_code == 403
            assert client.get("/api/v3/models", headers=viewer).status_code == 200
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert [one.name for one in tmp_path.iterdir()] == ["keys.yaml"]

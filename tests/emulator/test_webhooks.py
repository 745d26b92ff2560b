"""Calls at the end of predictions: whom, what, signed how, and how often."""

import asyncio
import hashlib
import hmac
import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest

from pipeline.adapters.addresses import Guard
from pipeline.adapters.connecting import GuardedBackend
from pipeline.emulator.calling import HttpCaller
from pipeline.emulator.faults import Faults
from pipeline.emulator.state import State
from pipeline.emulator.webhooks import CallFailedError, TargetError, Targets, place, signature
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import SEQUENTIAL, SIZE, running
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.anyio
HOOK = "https://hooks.example.org/done?attempt=7"


class FakeCaller:
    """Answers with what it was told, in turn; the last one counts for all that follow."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    async def post(self, url, *, headers, body):
        self.calls.append((url, dict(headers), body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def aclose(self):
        pass


@contextmanager
def slept():
    """A sleep that takes no time, and what was slept."""
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    yield waits, sleep


def calling(caller, state=None, **options):
    options = {"targets": Targets(public=True), "engine": QuickEngine(), **options}
    return running(state, caller=caller, **options)


async def submit(world, hook=HOOK, **more):
    body = {"prompt": "p", "images": [await world.upload()], "size": SIZE, **more}
    return await world.client.post(f"/api/v3/{SEQUENTIAL}", json=body, params={"webhook": hook})


async def test_the_end_is_told_as_a_bare_signed_prediction():
    caller = FakeCaller(204)
    async with calling(caller) as world:
        accepted = (await submit(world, max_images=2)).json()["data"]
        await world.provider.drained()
        ((url, headers, body),) = caller.calls
        assert url == HOOK
        told = json.loads(body)
        assert told.pop("input") == world.state.prediction(accepted["id"]).inputs
        assert told == await world.data("GET", f"predictions/{accepted['id']}/result")
        assert (told["status"], len(told["outputs"])) == ("completed", 2)
        secret = (await world.data("GET", "webhook/secret"))["secret"]
        assert secret.startswith("whsec_")
        assert headers["webhook-timestamp"] == str(int(world.clock.now.timestamp()))
        message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(secret.removeprefix("whsec_").encode(), message, hashlib.sha256)
        assert headers["webhook-signature"] == f"v3,{digest.hexdigest()}"
        assert headers["content-type"] == "application/json"
        assert "authorization" not in headers


def test_a_signature_by_hand():
    # echo -n 'msg_1.1700000000.{}' | openssl dgst -sha256 -hmac abc
    assert signature("whsec_abc", webhook_id="msg_1", timestamp=1_700_000_000, body=b"{}") == (
        "v3,75607373a5aad6a6374615e9b109af35452535a370c370767b897a18b0c93192"
    )


async def test_a_failure_is_told_too():
    caller = FakeCaller(200)
    async with calling(caller, faults=Faults(fail={1: 1200})) as world:
        await submit(world)
        await world.provider.drained()
        ((_, _, body),) = caller.calls
        told = json.loads(body)
        assert (told["status"], told["code"], told["outputs"]) == ("failed", 1200, [])


@pytest.mark.parametrize("answer", [500, 302, 404, CallFailedError("nobody there")])
async def test_a_call_is_repeated_three_times_further_and_further_apart(answer):
    caller = FakeCaller(answer)
    with slept() as (waits, sleep):
        async with calling(caller, sleep=sleep) as world:
            await submit(world)
            await world.provider.drained()
            assert waits == [5.0, 25.0, 125.0]
            assert len({headers["webhook-id"] for _, headers, _ in caller.calls}) == 1
            assert len(caller.calls) == 4
            assert world.state.webhooks.due() == []


async def test_the_first_good_answer_is_the_last_call():
    caller = FakeCaller(503, 200)
    with slept() as (waits, sleep):
        async with calling(caller, sleep=sleep) as world:
            await submit(world)
            await world.provider.drained()
    assert (waits, len(caller.calls)) == ([5.0], 2)


async def test_an_answer_does_not_wait_for_a_call():
    reached, go_on = asyncio.Event(), asyncio.Event()

    class SlowCaller(FakeCaller):
        async def post(self, url, *, headers, body):
            reached.set()
            await go_on.wait()
            return await super().post(url, headers=headers, body=body)

    caller = SlowCaller(200)
    async with calling(caller) as world:
        accepted = (await submit(world)).json()["data"]
        await reached.wait()
        shown = await world.data("GET", f"predictions/{accepted['id']}/result")
        assert shown["status"] == "completed"
        assert caller.calls == []
        go_on.set()
        await world.provider.drained()
        assert len(caller.calls) == 1


async def test_a_restarted_server_goes_on_calling_where_it_was(tmp_path):
    asleep = asyncio.Event()

    async def for_ever(_seconds):
        asleep.set()
        await asyncio.Event().wait()

    first, second = FakeCaller(500), FakeCaller(500)
    with State(tmp_path) as state:
        async with calling(first, state, sleep=for_ever) as world:
            await submit(world)
            await world.provider.worker.drained()
            await asyncio.wait_for(asleep.wait(), PATIENCE_S)
    with State(tmp_path) as state, slept() as (waits, sleep):
        async with calling(second, state, sleep=sleep) as world:
            await world.data("GET", "balance")
            await world.provider.drained()
    assert (len(first.calls), len(second.calls), waits) == (1, 3, [25.0, 125.0])


async def test_a_deleted_prediction_calls_nobody():
    caller = FakeCaller(200)
    async with calling(caller, at_once=1) as world:
        accepted = (await submit(world)).json()["data"]
        world.state.delete(accepted["id"], now_us=0)
        await world.provider.drained()
    assert caller.calls == []


async def test_base64_and_a_webhook_do_not_go_together():
    async with calling(FakeCaller(200)) as world:
        answer = await submit(world, enable_base64_output=True)
        assert answer.status_code == 400
        assert set(answer.json()) == {"error"}
        assert "does not support base64" in answer.json()["error"]
        assert world.state.spent() == 0


@pytest.mark.parametrize(
    "hook",
    [
        "http://hooks.example.org/", "https://127.0.0.1/", "https://10.0.0.1/x", "https://[::1]/",
        "https://169.254.169.254/latest", "https://me@hooks.example.org/", "ftp://example.org/",
        "hooks.example.org", "", "https://", "https://example.org:99999/", "https://exa mple.org/",
        "https://example.org/\u00e9", f"https://example.org/{'a' * 2000}", "https://[::1/",
    ],
)  # fmt: skip
async def test_an_address_that_will_not_be_called_is_refused_at_once(hook):
    async with calling(FakeCaller(200)) as world:
        answer = await submit(world, hook)
        assert answer.status_code == 400
        assert set(answer.json()) == {"error"}
        assert world.state.spent() == 0


async def test_webhooks_are_off_unless_they_are_switched_on():
    async with running(engine=QuickEngine()) as world:
        answer = await submit(world)
        assert (answer.status_code, set(answer.json())) == (400, {"error"})
        document = await world.client.get("/openapi.json")
        assert '"webhook"' not in json.dumps(document.json()["paths"][f"/api/v3/{SEQUENTIAL}"])


def test_only_hosts_that_were_named_are_called_in_the_open():
    targets = Targets(hosts={("hooks.internal", 8080)})
    targets.check("http://hooks.internal:8080/x")
    for other in ("http://hooks.internal/x", "https://hooks.example.org/", "http://other:8080/"):
        with pytest.raises(TargetError):
            targets.check(other)


def test_the_parts_of_an_address():
    assert place("https://Hooks.Example.org/x?y#z") == ("https", "hooks.example.org", 443)
    assert place("http://[2001:db8::1]:81/") == ("http", "2001:db8::1", 81)


class Listener(BaseHTTPRequestHandler):
    """Notes what arrives, and redirects."""

    def do_POST(self):
        content = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append((self.path, dict(self.headers), content))
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_args):
        pass


@contextmanager
def listener():
    server = HTTPServer(("127.0.0.1", 0), Listener)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def guarded(*addresses):
    async def resolve(_host, _port):
        return [ip_address(one) for one in addresses]

    return GuardedBackend(Guard(None, resolve=resolve))


async def test_a_call_arrives_once_and_follows_nothing():
    with listener() as server:
        port = server.server_address[1]
        caller = HttpCaller(guarded=guarded(), hosts={("127.0.0.1", port)})
        url = f"http://127.0.0.1:{port}/hook?a=1"
        assert await caller.post(url, headers={"webhook-id": "m"}, body=b"{}") == 302
        ((path, headers, content),) = server.seen
        assert (path, content, headers["webhook-id"]) == ("/hook?a=1", b"{}", "m")
        assert headers["host"] == f"127.0.0.1:{port}"
        await caller.aclose()


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:7f00:1"])
async def test_a_name_that_leads_inside_is_not_connected_to(address):
    caller = HttpCaller(guarded=guarded(address), hosts=())
    with pytest.raises(CallFailedError, match="is at"):
        await caller.post("https://hooks.example.org/", headers={}, body=b"{}")
    await caller.aclose()


async def test_an_address_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        caller = HttpCaller(guarded=guarded(), hosts={("127.0.0.1", port)}, within_s=0.05)
        with pytest.raises(CallFailedError):
            await caller.post(f"http://127.0.0.1:{port}/", headers={}, body=b"{}")
        await caller.aclose()

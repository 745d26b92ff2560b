"""The embedded provider on a socket of this process, with ways to look into it and to meddle."""

import asyncio
import functools
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

import httpx
import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.adapters.clock import SystemClock
from pipeline.domain.money import MicroUsd
from pipeline.emulator.app import create_app
from pipeline.emulator.faults import NONE, Faults
from pipeline.emulator.interface import Engine
from pipeline.emulator.state import State
from tests.emulator.plain_engine import PlainEngine
from tests.support.patience import PATIENCE_S

PLENTY = MicroUsd(1_000_000_000)
SHRINK = 8
"""How much smaller than asked for pictures are, where no test asks for more."""


def ask(base_url: str, method: str, path: str, body: object = None, *, key: str = "any-key"):
    """Ask a provider for data, as another client of the same account."""
    # Nothing is encrypted on loopback, and loading the certificates takes time.
    with httpx.Client(trust_env=False, verify=False, timeout=PATIENCE_S) as client:  # noqa: S501 (as above)
        answer = client.request(
            method,
            f"{base_url}/api/v3/{path}",
            json=body,
            headers={"Authorization": f"Bearer {key}", "User-Agent": "the test"},
        )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def predictions(base_url: str, *, key: str = "any-key") -> list[dict]:
    """All predictions of an account, newest first, with their inputs."""
    body = {"page_size": 100, "include_inputs": True, "created_before": "2100-01-01T00:00:00Z"}
    return ask(base_url, "POST", "predictions", body, key=key)["items"]


def bill(base_url: str, *, key: str = "any-key") -> int:
    """What an account was charged less what was given back, in micro-dollars."""
    rows = ask(base_url, "POST", "billings/search", {"page_size": 100}, key=key)["items"]
    signs = {"deduct": 1, "refund": -1}
    return sum(signs[row["billing_type"]] * round(row["price"] * 1_000_000) for row in rows)


def realm_of(base_url: str) -> str:
    """The realm that the program makes of an address."""
    return base_url.removeprefix("http://").replace(".", "-").replace(":", "-")


class Call(NamedTuple):
    """One request that arrived."""

    method: str
    path: str


Meddle = Callable[[Call], Response | None]
"""Answers in the provider's place; None lets the request through."""


def straight(_call: Call) -> None:
    """Meddle with nothing."""


def nonsense_at(*, method: str, path: str, answer: Response) -> Meddle:
    """Answer all requests to paths with this beginning."""

    def meddle(call: Call) -> Response | None:
        return answer if call.method == method and call.path.startswith(path) else None

    return meddle


def said(status: int, body: object, *, media_type: str = "application/json") -> Response:
    """An answer with a body as it is, or as JSON."""
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return Response(content, status, media_type=media_type)


@dataclass
class Provider:
    """A provider that listens on loopback while it is entered."""

    folder: Path
    engine: Engine = field(default_factory=lambda: PlainEngine(shrink=SHRINK))
    faults: Faults = NONE
    meddle: Meddle = straight
    accepted_key: str | None = None
    balance: MicroUsd = PLENTY
    hide_inputs: bool = False
    """Whether the history tells no inputs, as newer editions of the vendor's own tools suppose."""
    calls: list[Call] = field(default_factory=list)
    gate: threading.Event | None = None
    """Where there is one, submits are accepted, and their answers wait for it."""
    gate_is_before: bool = False
    """Whether they wait for it before they are accepted, and never are."""
    reached: threading.Event = field(default_factory=threading.Event)
    """Set when a submit or its answer waits at the gate."""

    def __enter__(self) -> Self:
        self._house = _house()
        self.base_url = self._house.base_url
        self._house.call(self._open())
        return self

    def __exit__(self, *_exception) -> None:
        if self.gate is not None:
            self.gate.set()
        self._house.call(self._close())

    @property
    def realm(self) -> str:
        """The realm that the program makes of the address."""
        return realm_of(self.base_url)

    @property
    def environment(self) -> Mapping[str, str]:
        return {"WAVESPEED_BASE_URL": self.base_url, "WAVESPEED_API_KEY": "any-key"}

    @property
    def submits(self) -> int:
        """Requests to models that arrived, whatever was answered."""
        return sum(call.method == "POST" and "seedream" in call.path for call in self.calls)

    def predictions(self) -> list[dict]:
        """All predictions, newest first, with their inputs."""
        return predictions(self.base_url, key=self.accepted_key or "any-key")

    def bill(self) -> int:
        """What the account was charged less what was given back, in micro-dollars."""
        return bill(self.base_url, key=self.accepted_key or "any-key")

    async def wait_at_the_gate(self) -> None:
        # Once the gate has been taken away, what still waits before it may pass.
        gate = self.gate
        self.reached.set()
        if gate is not None:
            await asyncio.to_thread(gate.wait, PATIENCE_S)

    async def _open(self) -> None:
        self._state = State(self.folder)
        self._app = create_app(
            state=self._state,
            engine=self.engine,
            base_url=self.base_url,
            clock=SystemClock().now,
            accepted_key=self.accepted_key,
            balance=self.balance,
            faults=self.faults,
        )
        self._house.app = _Watched(self._app, self)

    async def _close(self) -> None:
        self._house.app = _gone
        await self._app.state.provider.aclose()
        self._state.close()


@functools.cache
def _house() -> "_House":
    return _House()


class _House:
    """One server for all tests of this process; starting one for each would take most of the time.

    It ends with the process.
    """

    def __init__(self) -> None:
        self.app: ASGIApp = _gone
        self._socket = socket.create_server(("127.0.0.1", 0))
        # Otherwise the second half of an answer waits 40 ms for the client's receipt.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        threading.Thread(target=self._serve, name="provider", daemon=True).start()
        assert self._is_up.wait(PATIENCE_S)

    def call(self, work: Coroutine[None, None, None]) -> None:
        """Do something in the server's thread, where its state belongs."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def _serve(self) -> None:
        async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
            await self.app(scope, receive, send)

        config = uvicorn.Config(
            entrance, log_config=None, log_level="critical", access_log=False, lifespan="off"
        )
        server = uvicorn.Server(config)
        asyncio.set_event_loop(self._loop)
        self._loop.call_soon(self._is_up.set)
        self._loop.run_until_complete(server.serve(sockets=[self._socket]))


async def _gone(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(status_code=502)(scope, receive, send)


class _Watched:
    """Notes who calls, and lets the test answer instead."""

    def __init__(self, app: ASGIApp, owner: Provider) -> None:
        self._app = app
        self._owner = owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_the_test(scope):
            await self._app(scope, receive, send)
            return
        call = Call(scope["method"], scope["path"].removeprefix("/api/v3/"))
        self._owner.calls.append(call)
        answer = self._owner.meddle(call)
        if answer is not None:
            await answer(scope, receive, send)
            return
        if self._owner.hide_inputs and call.path == "predictions":
            receive = _asking_for_no_inputs(receive)
        if self._owner.gate is not None and "seedream" in call.path:
            if self._owner.gate_is_before:
                await self._owner.wait_at_the_gate()
                await said(502, "gone")(scope, receive, send)
                return
            send = _gated(send, self._owner)
        await self._app(scope, receive, send)


def _is_the_test(scope: Scope) -> bool:
    return (b"user-agent", b"the test") in scope["headers"]


def _asking_for_no_inputs(receive: Receive) -> Receive:
    async def changed():
        message = await receive()
        if message["type"] == "http.request":
            # Of the same length, so that the length that was announced stays true.
            asked = message.get("body", b"").replace(b"include_inputs", b"exclude_inputs")
            message = {**message, "body": asked}
        return message

    return changed


def _gated(send: Send, owner: Provider) -> Send:
    async def gated(message) -> None:
        await owner.wait_at_the_gate()
        await send(message)

    return gated

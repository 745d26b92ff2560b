"""A provider to talk to in tests: its clock is moved by hand, its engine is plain."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx

from pipeline.emulator.app import IN_PROCESS_URL, create_app
from pipeline.emulator.provider import Provider
from pipeline.emulator.state import State
from tests.emulator.plain_engine import PlainEngine, jpeg

SEQUENTIAL = "bytedance/seedream-v4.5/edit-sequential"
SINGLE = "bytedance/seedream-v4.5/edit"
SIZE = "2560*1440"
"""Exactly the fewest pixels that the model makes: the cheapest legal picture to encode."""
PICTURE = jpeg(64, 48)
MULTIPART = {"content-type": "multipart/form-data; boundary=xx"}


@dataclass
class Clock:
    """The present, moved by hand."""

    now: datetime = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    """One running provider and the client side of it."""

    client: httpx.AsyncClient
    provider: Provider
    state: State
    clock: Clock
    engine: PlainEngine = field(default_factory=PlainEngine)

    async def call(self, method: str, path: str, **body) -> httpx.Response:
        return await self.client.request(method, f"/api/v3/{path}", **body)

    async def data(self, method: str, path: str, **body):
        """The data of a call that must work."""
        answer = await self.call(method, path, **body)
        assert answer.status_code == 200, answer.text
        envelope = answer.json()
        assert set(envelope) == {"code", "message", "data"}
        assert (envelope["code"], envelope["message"]) == (200, "success")
        return envelope["data"]

    async def refusal(self, method: str, path: str, **body) -> tuple[int, str]:
        """Status and message of a call that must not work."""
        answer = await self.call(method, path, **body)
        envelope = answer.json()
        assert set(envelope) == {"code", "message", "data"}
        assert envelope["data"] is None
        assert envelope["code"] == answer.status_code
        return answer.status_code, envelope["message"]

    async def upload(self, content: bytes = PICTURE, name: str = "a.jpg") -> str:
        """Send a picture by ticket; its address."""
        announced = {"filename": name, "size": len(content), "content_type": "image/jpeg"}
        ticket = await self.data("POST", "media/uploads", json=announced)
        how = ticket["upload"]
        async with self.stranger() as stranger:
            sent = await stranger.request(
                how["method"], how["url"], content=content, headers=how["headers"]
            )
        assert sent.status_code == 200
        return ticket["download_url"]

    async def submit(self, model: str = SEQUENTIAL, **inputs):
        """Submit a request; the prediction as answered."""
        if "images" not in inputs:
            inputs["images"] = [await self.upload()]
        body = {"prompt": "make it blue", "size": SIZE, **inputs}
        return await self.data("POST", model, json=body)

    async def finish(self, prediction: str):
        """The prediction after all work is done."""
        await self.provider.drained()
        return await self.data("GET", f"predictions/{prediction}/result")

    def having(self, key: str) -> "World":
        """The same for somebody with another key."""
        client = httpx.AsyncClient(
            transport=self.client._transport,
            base_url=IN_PROCESS_URL,
            headers={"Authorization": f"Bearer {key}"},
        )
        return replace(self, client=client)

    def stranger(self) -> httpx.AsyncClient:
        """A client without a key."""
        return httpx.AsyncClient(transport=self.client._transport, base_url=IN_PROCESS_URL)


@asynccontextmanager
async def running(state: State | None = None, *, clock: Clock | None = None, **options):
    """A provider in this process; state that is passed in stays open."""
    own = State.temporary() if state is None else None
    clock = clock or Clock()
    engine = options.pop("engine", None) or PlainEngine()
    app = create_app(
        state=state or own, engine=engine, base_url=IN_PROCESS_URL, clock=clock, **options
    )
    provider = app.state.provider
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=IN_PROCESS_URL,
        headers={"Authorization": f"Bearer {options.get('accepted_key') or 'any'}"},
    )
    try:
        async with client:
            yield World(client, provider, state or own, clock, engine)
    finally:
        await provider.aclose()
        if own is not None:
            own.close()

"""The embedded provider as an ASGI application that speaks the vendor's protocol."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.domain.money import MicroUsd
from pipeline.emulator import downloads, queries, uploads
from pipeline.emulator import faults as no_faults
from pipeline.emulator.answers import failure
from pipeline.emulator.faults import Faults
from pipeline.emulator.interface import Engine
from pipeline.emulator.provider import Provider
from pipeline.emulator.state import State
from pipeline.emulator.submitting import submit
from pipeline.emulator.worker import Worker

IN_PROCESS_URL = "http://embedded.invalid"
"""Base address where there is no socket; `.invalid` never resolves, so nothing can leak out."""

MOST_WAITING = 20_000
"""Twice what the vendor's largest accounts may have under way."""

_A_MILLION_USD = MicroUsd(1_000_000_000_000)


def create_app(
    *,
    state: State,
    engine: Engine,
    base_url: str,
    clock: Callable[[], datetime],
    accepted_key: str | None = None,
    balance: MicroUsd = _A_MILLION_USD,
    faults: Faults = no_faults.NONE,
    at_once: int = 2,
    most_waiting: int = MOST_WAITING,
    sync_wait_s: float = 90.0,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Starlette:
    """Build the provider around a state and an engine.

    It needs no lifespan events: work starts with the first request, and whoever mounts it
    in-process ends it with `await app.state.provider.aclose()`. The state stays the caller's.

    Args:
        state: open; what is pending in it is taken up again.
        engine: makes the pictures.
        base_url: where it will be reached, without a slash at the end; part of every address that
            it gives out.
        clock: the present, as an aware moment.
        accepted_key: the only API key that is let in; None lets in any that is not empty.
        balance: the credit that the account ever had; its spending is subtracted.
        faults: what goes wrong, for those who must cope with it.
        at_once: most predictions that are worked on at the same time.
        most_waiting: most predictions that wait for their turn; further submits are HTTP 429.
        sync_wait_s: how long a submit in sync mode waits for its result.
        sleep: waits so many seconds, where `faults` want that something takes long.
    """
    worker = Worker(
        state=state,
        engine=engine,
        clock=clock,
        faults=faults,
        at_once=at_once,
        most_waiting=most_waiting,
    )
    provider = Provider(
        state=state,
        worker=worker,
        base_url=base_url,
        clock=clock,
        sleep=sleep,
        balance=balance,
        faults=faults,
        sync_wait_s=sync_wait_s,
    )
    door = Middleware(_Door, worker=worker, accepted_key=accepted_key)
    app = Starlette(
        routes=[Mount("/api/v3", routes=_api(), middleware=[door]), *_public()],
        exception_handlers={
            HTTPException: _http_problem,
            ClientDisconnect: _client_gone,
            Exception: _bug,
        },
        lifespan=_lifespan,
    )
    app.state.provider = provider
    return app


def _api() -> list[Route]:
    return [
        Route("/predictions", queries.predictions, methods=["POST"]),
        Route("/predictions/{prediction}", queries.result),
        Route("/predictions/{prediction}/result", queries.result),
        Route("/media/uploads", uploads.ticket, methods=["POST"]),
        Route("/media/upload/binary", uploads.multipart, methods=["POST"]),
        Route("/models", queries.models),
        Route("/model/price", queries.price, methods=["POST"]),
        Route("/balance", queries.balance),
        Route("/billings/search", queries.billings, methods=["POST"]),
        Route("/{model_id:path}", submit, methods=["POST"]),
    ]


def _public() -> list[Route]:
    return [
        Route("/tickets/{ticket}", uploads.put, methods=["PUT"]),
        Route("/media/{upload}/{filename}", downloads.media),
        Route("/outputs/{prediction}/{index:int}.jpg", downloads.output),
    ]


class _Door:
    """Lets in who has a key, and sees to it that somebody works."""

    def __init__(self, app: ASGIApp, *, worker: Worker, accepted_key: str | None) -> None:
        self._app = app
        self._worker = worker
        self._accepted_key = accepted_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            kind, _, key = Headers(scope=scope).get("authorization", "").partition(" ")
            if kind.lower() != "bearer" or not self._is_accepted(key.strip()):
                await failure(401, "Invalid API key")(scope, receive, send)
                return
            self._worker.wake()
        await self._app(scope, receive, send)

    def _is_accepted(self, key: str) -> bool:
        if self._accepted_key is None:
            return bool(key)
        return secrets.compare_digest(key.encode(), self._accepted_key.encode())


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Served, it takes up pending work at once and stops it at the end."""
    app.state.provider.worker.wake()
    yield
    await app.state.provider.aclose()


async def _http_problem(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):  # pragma: no cover (registered for nothing else)
        raise error
    return failure(error.status_code, error.detail, error.headers)


async def _client_gone(_request: Request, _error: Exception) -> JSONResponse:
    """Nobody reads this; it only keeps a vanished client from looking like a bug."""
    return failure(400, "the client went away")


async def _bug(_request: Request, _error: Exception) -> JSONResponse:
    return failure(500, "internal error")

"""The embedded provider as an ASGI application that speaks the vendor's protocol."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from pipeline.domain.money import MicroUsd
from pipeline.emulator import faults as no_faults
from pipeline.emulator.access import AccessError, AccessKey, Keys
from pipeline.emulator.answers import failure
from pipeline.emulator.bodies import Room
from pipeline.emulator.calls import routes
from pipeline.emulator.faults import Faults
from pipeline.emulator.interface import Engine
from pipeline.emulator.moments import micros
from pipeline.emulator.protocol import EVERYTHING
from pipeline.emulator.provider import Provider
from pipeline.emulator.records import Prediction
from pipeline.emulator.state import State
from pipeline.emulator.tiers import Pace, Tier
from pipeline.emulator.webhooks import NOWHERE, Caller, Targets, Webhooks
from pipeline.emulator.worker import Worker

IN_PROCESS_URL = "http://embedded.invalid"
"""Base address where there is no socket; `.invalid` never resolves, so nothing can leak out."""

MOST_WAITING = 20_000
"""Twice what the vendor's largest accounts may have under way."""

PLENTY = MicroUsd(1_000_000_000_000)
"""A million dollars: more than anybody rehearses with."""


def create_app(
    *,
    state: State,
    engine: Engine,
    base_url: str,
    clock: Callable[[], datetime],
    accepted_key: str | None = None,
    keys: Sequence[AccessKey] = (),
    tier: Tier | None = None,
    targets: Targets = NOWHERE,
    caller: Caller | None = None,
    balance: MicroUsd = PLENTY,
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
        accepted_key: the only API key that is let in.
        keys: all keys that are let in, where there is no `accepted_key`. Without any of both,
            whoever brings a key that is not empty is let in and may do everything.
        tier: how many predictions may be started a minute, and at once; None for no limit.
        targets: which addresses may be called at the end of predictions.
        caller: calls them; None where webhooks are refused.
        balance: the credit that every organisation ever had; its spending is subtracted.
        faults: what goes wrong, for those who must cope with it.
        at_once: most predictions that are worked on at the same time.
        most_waiting: most predictions that wait for their turn; further submits are HTTP 429.
        sync_wait_s: how long a submit in sync mode waits for its result.
        sleep: waits so many seconds, where `faults` want that something takes long.
    """

    def now_us() -> int:
        return micros(clock())

    webhooks = None
    if caller is not None:
        webhooks = Webhooks(state=state, targets=targets, caller=caller, now_us=now_us, sleep=sleep)
    worker = Worker(
        state=state,
        engine=engine,
        clock=clock,
        faults=faults,
        at_once=at_once if tier is None else min(at_once, tier.concurrent),
        most_waiting=most_waiting,
        on_end=_nobody if webhooks is None else webhooks.ended,
    )
    provider = Provider(
        state=state,
        worker=worker,
        keys=Keys(keys if accepted_key is None else [AccessKey(key=accepted_key)]),
        pace=Pace(tier, now_us),
        webhooks=webhooks,
        base_url=base_url,
        clock=clock,
        sleep=sleep,
        balance=balance,
        faults=faults,
        sync_wait_s=sync_wait_s,
    )
    if webhooks is not None:
        webhooks.show_with(provider.shown)
    app = Starlette(
        routes=routes(EVERYTHING),
        exception_handlers={
            HTTPException: _http_problem,
            ClientDisconnect: _client_gone,
            Exception: _bug,
        },
        lifespan=_lifespan,
    )
    app.state.provider = provider
    app.state.room = Room()
    return app


def _nobody(_prediction: Prediction) -> None:
    """Nobody is called."""


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Served, it takes up pending work at once and stops it at the end."""
    app.state.provider.wake()
    yield
    await app.state.provider.aclose()


async def _http_problem(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):  # pragma: no cover (registered for nothing else)
        raise error
    error_code = error.error_code if isinstance(error, AccessError) else ""
    return failure(error.status_code, error.detail, error.headers, error_code=error_code)


async def _client_gone(_request: Request, _error: Exception) -> JSONResponse:
    """Nobody reads this; it only keeps a vanished client from looking like a bug."""
    return failure(400, "the client went away")


async def _bug(_request: Request, _error: Exception) -> JSONResponse:
    return failure(500, "internal error")

"""Submitting a request to a model: the one call that takes money."""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from pipeline import catalog
from pipeline.domain.card import Card
from pipeline.emulator.access import AccessKey
from pipeline.emulator.accounts import InsufficientCreditError
from pipeline.emulator.answers import failure, success, too_many
from pipeline.emulator.bodies import read_json
from pipeline.emulator.broken import BrokenAnswer
from pipeline.emulator.foreign import follow
from pipeline.emulator.pricing import price_of
from pipeline.emulator.provider import Provider, key_of, provider_of
from pipeline.emulator.records import Prediction
from pipeline.emulator.validation import RefusedError, read_inputs
from pipeline.emulator.webhooks import TargetError

_SYNC_TIMEOUT = 5004
_TOO_MANY = 429
_BUSY_RETRY_S = 5
_ANNOUNCED = 999
"""Length of an answer that never comes."""


async def submit(request: Request) -> Response:
    """Accept a request, then answer once it is durable; the work goes on in the background.

    From the reading of the body to the commit nothing is awaited, so a client that goes away in
    between cannot leave a half-taken request behind.
    """
    provider = provider_of(request)
    body = await read_json(request)
    number = provider.next_submit()
    _refuse_if_told(provider, number)
    if provider.worker.is_closed:
        raise HTTPException(503, "the server is shutting down")
    if provider.worker.is_full:
        raise too_many(_BUSY_RETRY_S)
    card = card_or_404(request.path_params["model_id"])
    webhook = request.query_params.get("webhook", "")
    if "webhook" in request.query_params:
        wrong = _wrong_webhook(provider, webhook, body)
        if wrong:
            return JSONResponse({"error": wrong}, status_code=400)
    key = key_of(request)
    wait_s = provider.pace.wait_s(key.organisation)
    if wait_s:
        raise too_many(wait_s)
    accepted = _accept(provider, card, body, number=number, key=key, webhook=webhook)
    provider.pace.started(key.organisation)
    model = provider.faults.foreign.of(number)
    if model is not None:
        follow(provider, accepted, model=model)
    await provider.state.saved()
    await provider.sleep_if_told(number)
    return _instead(provider, accepted, number) or await _answer(provider, accepted)


def card_or_404(model: str) -> Card:
    """The card of a model that someone asked for by name."""
    try:
        return catalog.card(model)
    except catalog.UnknownModelError:
        raise HTTPException(404, f"model not found: {model[:200]}") from None


def _accept(
    provider: Provider,
    card: Card,
    body: dict[str, object],
    *,
    number: int,
    key: AccessKey,
    webhook: str,
) -> Prediction:
    try:
        asked = read_inputs(card, body)
    except RefusedError as error:
        raise HTTPException(400, str(error)) from None
    usual = price_of(card, asked.inputs)
    if usual is None:
        raise HTTPException(503, "the model has no price")
    charge = provider.faults.charged(usual, number)
    try:
        return provider.accept(card, asked, charge, key=key, webhook=webhook)
    except InsufficientCreditError:
        raise HTTPException(402, "Insufficient credits. Please top up.") from None


def _refuse_if_told(provider: Provider, number: int) -> None:
    status = provider.faults.refuse.of(number)
    if status == _TOO_MANY:
        raise too_many(provider.faults.retry_after_s)
    if status is not None:
        raise HTTPException(status, "the request was turned away")


def _instead(provider: Provider, accepted: Prediction, number: int) -> Response | None:
    """What the client of an accepted submit gets in place of its answer, if anything."""
    faults = provider.faults
    if faults.drop_answer.has(number):
        return BrokenAnswer(b"", announced=_ANNOUNCED)
    if faults.nonsense.has(number):
        return HTMLResponse("<html><body>upstream is having a moment</body></html>")
    status = faults.error_after.of(number)
    if status is not None:
        return failure(status, "the upstream server did not answer in time")
    before = provider.state.own_before(accepted) if faults.duplicate_id.has(number) else None
    if before is not None:
        return success(provider.shown(replace(accepted, id=before.id)))
    return None


async def _answer(provider: Provider, accepted: Prediction) -> JSONResponse:
    if accepted.inputs.get("enable_sync_mode") is True:
        return await _answer_in_sync(provider, accepted)
    return success(provider.shown(accepted))


def _wrong_webhook(provider: Provider, webhook: str, body: dict[str, object]) -> str:
    """Why a request for a call is refused; empty where it is not."""
    if body.get("enable_base64_output") is True:
        return "webhook callback does not support base64 output; poll for the result instead"
    if provider.webhooks is None:
        return "webhooks are not enabled on this server"
    try:
        provider.webhooks.targets.check(webhook)
    except TargetError as error:
        return str(error)
    return ""


async def _answer_in_sync(provider: Provider, accepted: Prediction) -> JSONResponse:
    await provider.worker.ended(accepted.id, within_s=provider.sync_wait_s)
    now = provider.prediction(accepted.id) or accepted
    shown = await provider.shown_in_full(now)
    if now.is_pending:
        waited = f"{provider.sync_wait_s:g}"
        shown |= {
            "status": "processing",
            "code": _SYNC_TIMEOUT,
            "error": f"Sync mode timed out after {waited} seconds; query the result later.",
        }
    return success(shown)

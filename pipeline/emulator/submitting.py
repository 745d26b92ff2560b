"""Submitting a request to a model: the one call that takes money."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline import catalog
from pipeline.domain.card import Card
from pipeline.emulator.answers import prediction_object, result_object, success
from pipeline.emulator.bodies import read_json
from pipeline.emulator.pricing import price_of
from pipeline.emulator.provider import Provider, provider_of
from pipeline.emulator.records import Prediction
from pipeline.emulator.state import InsufficientCreditError
from pipeline.emulator.validation import RefusedError, read_inputs

_SYNC_TIMEOUT = 5004
_TOO_MANY = 429
_BUSY_RETRY_S = 5


async def submit(request: Request) -> Response:
    """Accept a request durably, then answer; the work goes on in the background.

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
        raise _too_many(_BUSY_RETRY_S)
    card = card_or_404(request.path_params["model_id"])
    if "webhook" in request.query_params:
        return _refuse_webhook(is_base64=body.get("enable_base64_output") is True)
    accepted = _accept(provider, card, body)
    fault = provider.faults.instead_of_answer(number)
    if fault is not None:
        return fault
    if accepted.inputs.get("enable_sync_mode") is True:
        return await _answer_in_sync(provider, accepted)
    return success(prediction_object(accepted, base_url=provider.base_url))


def card_or_404(model: str) -> Card:
    """The card of a model that someone asked for by name."""
    try:
        return catalog.card(model)
    except catalog.UnknownModelError:
        raise HTTPException(404, f"model not found: {model[:200]}") from None


def _accept(provider: Provider, card: Card, body: dict[str, object]) -> Prediction:
    try:
        asked = read_inputs(card, body)
    except RefusedError as error:
        raise HTTPException(400, str(error)) from None
    charge = price_of(card, asked.inputs)
    if charge is None:
        raise HTTPException(503, "the model has no price")
    try:
        return provider.accept(card, asked, charge)
    except InsufficientCreditError:
        raise HTTPException(402, "Insufficient credits. Please top up.") from None


def _refuse_if_told(provider: Provider, number: int) -> None:
    status = provider.faults.refuse.get(number)
    if status == _TOO_MANY:
        raise _too_many(provider.faults.retry_after_s)
    if status is not None:
        raise HTTPException(status, "the request was turned away")


def _too_many(retry_after_s: int) -> HTTPException:
    return HTTPException(_TOO_MANY, "Too Many Requests", {"Retry-After": str(retry_after_s)})


def _refuse_webhook(*, is_base64: bool) -> JSONResponse:
    """Say no rather than never call: nothing here reaches out to another address."""
    message = (
        "webhook callback does not support base64 output"
        if is_base64
        else "webhooks are not available on the embedded provider"
    )
    return JSONResponse({"error": message}, status_code=400)


async def _answer_in_sync(provider: Provider, accepted: Prediction) -> JSONResponse:
    await provider.worker.ended(accepted.id, within_s=provider.sync_wait_s)
    now = provider.prediction(accepted.id) or accepted
    shown = await result_object(now, base_url=provider.base_url, state=provider.state)
    if now.is_pending:
        waited = f"{provider.sync_wait_s:g}"
        shown |= {
            "status": "processing",
            "code": _SYNC_TIMEOUT,
            "error": f"Sync mode timed out after {waited} seconds; query the result later.",
        }
    return success(shown)

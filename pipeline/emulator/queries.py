"""Predictions and models: looking at them, and letting go of them."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from pipeline import catalog
from pipeline.emulator.answers import model_object, success, too_many
from pipeline.emulator.bodies import read_shape
from pipeline.emulator.faults import STRANGE
from pipeline.emulator.provider import key_of, provider_of
from pipeline.emulator.records import Prediction
from pipeline.emulator.shapes import DeleteQuery, PredictionQuery


async def result(request: Request) -> JSONResponse:
    """One prediction; forgotten ones are as unknown as those that never were."""
    provider = provider_of(request)
    found = _found(request)
    if provider.is_busy_for(found):
        raise too_many(provider.faults.retry_after_s)
    shown = await provider.shown_in_full(found)
    if provider.is_strange_for(found):
        shown |= {"status": STRANGE, "outputs": []}
    return success(shown)


async def predictions(request: Request) -> JSONResponse:
    """The predictions of the last seven days, newest first."""
    provider = provider_of(request)
    query = await read_shape(request, PredictionQuery)
    now, horizon = provider.now_us(), provider.memory_us()
    found = provider.state.predictions(
        after_us=horizon if query.created_after is None else max(horizon, query.created_after),
        before_us=now if query.created_before is None else query.created_before,
        model=query.model,
        status=query.status,
        limit=query.page_size,
        offset=query.offset,
        now_us=now,
        organisation=key_of(request).organisation,
    )
    items = []
    for prediction in found:
        item = provider.shown(prediction)
        if query.include_inputs and not provider.faults.hide_inputs:
            item["inputs"] = dict(prediction.inputs)
        items.append(item)
    return success({"page": query.page, "items": items})


async def delete(request: Request) -> JSONResponse:
    """Cancel or delete one prediction; doing it again is no error."""
    found = _found(request)
    await _delete(request, [found])
    return success({"id": found.id, "status": "deleted"})


async def delete_many(request: Request) -> JSONResponse:
    """Cancel or delete predictions; ids that nobody knows are passed over."""
    provider, key = provider_of(request), key_of(request)
    query = await read_shape(request, DeleteQuery)
    known = (provider.prediction(one, key) for one in dict.fromkeys(query.ids))
    gone = await _delete(request, [one for one in known if one is not None])
    return success({"deleted": gone})


async def models(request: Request) -> JSONResponse:
    """The catalogue: one entry a card."""
    base_url = provider_of(request).base_url
    entries = [
        model_object(catalog.card(model), rank=rank, base_url=base_url)
        for rank, model in enumerate(catalog.models())
    ]
    return success(entries)


def _found(request: Request) -> Prediction:
    found = provider_of(request).prediction(request.path_params["prediction"], key_of(request))
    if found is None:
        raise HTTPException(404, "prediction not found")
    return found


async def _delete(request: Request, found: list[Prediction]) -> list[str]:
    """Delete what is not deleted yet, durably; ids of those."""
    provider = provider_of(request)
    now = provider.now_us()
    gone = [one.id for one in found if provider.state.delete(one.id, now_us=now)]
    if gone:
        await provider.state.saved()
    return gone

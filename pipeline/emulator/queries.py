"""Everything the embedded provider can be asked without money changing hands."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from pipeline import catalog
from pipeline.domain.money import MicroUsd
from pipeline.emulator.answers import billing_object, model_object, success, too_many
from pipeline.emulator.bodies import read_shape
from pipeline.emulator.faults import STRANGE
from pipeline.emulator.moments import read_moment
from pipeline.emulator.pricing import price_of, usd
from pipeline.emulator.provider import provider_of
from pipeline.emulator.submitting import card_or_404

Moment = Annotated[int | None, BeforeValidator(read_moment)]
_MOST_PAGES = 10**9


class _Query(BaseModel):
    """A page of something; what is not known is ignored, as at the vendor."""

    model_config = ConfigDict(strict=True, frozen=True)

    page: int = Field(default=1, ge=1, le=_MOST_PAGES)
    page_size: int = Field(default=20, ge=1, le=100)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size


class PredictionQuery(_Query):
    """Body of the predictions list."""

    model: str | None = None
    status: str | None = None
    created_after: Moment = None
    created_before: Moment = None
    include_inputs: bool = False


class BillingQuery(_Query):
    """Body of the billing search."""

    billing_type: Literal["deduct", "refund"] | None = None
    prediction_uuids: list[str] = []
    model_uuid: str | None = None
    sort: Literal["created_at ASC", "created_at DESC"] = "created_at DESC"
    start_time: Moment = None
    end_time: Moment = None


class PriceQuery(BaseModel):
    """Body of a quote."""

    model_config = ConfigDict(strict=True, frozen=True, protected_namespaces=())

    model_id: str
    inputs: dict[str, Any] = {}


async def result(request: Request) -> JSONResponse:
    """One prediction; forgotten ones are as unknown as those that never were."""
    provider = provider_of(request)
    found = provider.prediction(request.path_params["prediction"])
    if found is None:
        raise HTTPException(404, "prediction not found")
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
    )
    items = []
    for prediction in found:
        item = provider.shown(prediction)
        if query.include_inputs and not provider.faults.hide_inputs:
            item["inputs"] = dict(prediction.inputs)
        items.append(item)
    return success({"page": query.page, "items": items})


async def billings(request: Request) -> JSONResponse:
    """Deductions and refunds."""
    provider = provider_of(request)
    query = await read_shape(request, BillingQuery)
    rows, total = provider.state.billings(
        predictions=query.prediction_uuids,
        billing_type=query.billing_type,
        model=query.model_uuid,
        start_us=query.start_time,
        end_us=query.end_time,
        newest_first=query.sort.endswith("DESC"),
        limit=query.page_size,
        offset=query.offset,
        now_us=provider.now_us(),
    )
    return success(
        {
            "page": query.page,
            "items": [billing_object(row) for row in rows],
            "total": total,
            "has_more": query.offset + len(rows) < total,
        }
    )


async def balance(request: Request) -> JSONResponse:
    """What is left of the account's credit, in USD."""
    provider = provider_of(request)
    spent = provider.state.spent(at_us=provider.now_us())
    return success({"balance": usd(MicroUsd(provider.balance - spent))})


async def price(request: Request) -> JSONResponse:
    """A quote; missing inputs collapse to the least price without a complaint."""
    provider = provider_of(request)
    query = await read_shape(request, PriceQuery)
    usual = price_of(card_or_404(query.model_id), query.inputs)
    if usual is None:
        raise HTTPException(503, "the model has no price")
    amount = provider.faults.quoted(usual, provider.state.submits + 1)
    quoted = {
        "model_id": query.model_id,
        "price": usd(amount),
        "discounted_price": usd(amount),
        "currency": "USD",
    }
    return success(quoted)


async def models(request: Request) -> JSONResponse:
    """The catalogue: one entry a card."""
    base_url = provider_of(request).base_url
    entries = [
        model_object(catalog.card(model), rank=rank, base_url=base_url)
        for rank, model in enumerate(catalog.models())
    ]
    return success(entries)

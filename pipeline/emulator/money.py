"""Prices, credit, bills and usage: what can be asked about money without any changing hands."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from pipeline import catalog
from pipeline.domain.money import MicroUsd
from pipeline.emulator.answers import billing_object, exported_object, model_type, success
from pipeline.emulator.bodies import read_shape
from pipeline.emulator.moments import iso, month
from pipeline.emulator.pricing import base_price, price_of, usd
from pipeline.emulator.provider import key_of, provider_of
from pipeline.emulator.records import ModelUsage
from pipeline.emulator.shapes import BillingQuery, ExportQuery, PriceQuery, UsageQuery
from pipeline.emulator.submitting import card_or_404

MOST_EXPORTED = 100_000


async def balance(request: Request) -> JSONResponse:
    """What is left of the organisation's credit, in USD."""
    provider = provider_of(request)
    organisation = key_of(request).organisation
    spent = provider.state.spent(at_us=provider.now_us(), organisation=organisation)
    return success({"balance": usd(MicroUsd(provider.balance - spent))})


async def price(request: Request) -> JSONResponse:
    """A quote; missing inputs collapse to the least price without a complaint."""
    query = await read_shape(request, PriceQuery)
    amount = _quoted(request, query)
    quoted = {
        "model_id": query.model_id,
        "price": usd(amount),
        "discounted_price": usd(amount),
        "currency": "USD",
    }
    return success(quoted)


async def legacy_price(request: Request) -> JSONResponse:
    """The same as an older edition has it; the unit is one whole request."""
    query = await read_shape(request, PriceQuery)
    amount = usd(_quoted(request, query))
    return success({"model_id": query.model_id, "unit_price": amount, "currency": "USD"})


async def billings(request: Request) -> JSONResponse:
    """Deductions and refunds."""
    provider, key = provider_of(request), key_of(request)
    query = await read_shape(request, BillingQuery)
    asked_key = None
    if query.access_key_uuid is not None:
        named = provider.keys.named(query.access_key_uuid)
        asked_key = named.name if named and named.organisation == key.organisation else ""
    rows, total = provider.state.bills.search(
        predictions=query.prediction_uuids,
        billing_type=query.billing_type,
        model=query.model_uuid,
        start_us=query.start_time,
        end_us=query.end_time,
        newest_first=query.sort.endswith("DESC"),
        limit=query.page_size,
        offset=query.offset,
        now_us=provider.now_us(),
        organisation=key.organisation,
        access_key=asked_key,
    )
    return success(
        {
            "page": query.page,
            "items": [billing_object(row) for row in rows],
            "total": total,
            "has_more": query.offset + len(rows) < total,
        }
    )


async def export(request: Request) -> JSONResponse:
    """The movements of one month (UTC), oldest first; the first hundred thousand of them."""
    provider = provider_of(request)
    query = await read_shape(request, ExportQuery)
    start_us, end_us = month(query.year_month)
    offset = (query.page - 1) * query.page_size
    rows, total = provider.state.bills.search(
        start_us=start_us,
        end_us=end_us,
        newest_first=False,
        limit=max(0, min(query.page_size, MOST_EXPORTED - offset)),
        offset=offset,
        now_us=provider.now_us(),
        organisation=key_of(request).organisation,
    )
    items = [exported_object(row) for row in rows]
    return success({"page": query.page, "total": min(total, MOST_EXPORTED), "items": items})


async def usage(request: Request) -> JSONResponse:
    """What was used in a span of time: by model, by day, and together."""
    provider = provider_of(request)
    query = await read_shape(request, UsageQuery)
    models, days = provider.state.bills.usage(
        start_us=query.start_time,
        end_us=query.end_time,
        model=query.model_uuid,
        now_us=provider.now_us(),
        organisation=key_of(request).organisation,
    )
    return success(
        {
            "per_model_usage": [_model_usage(one) for one in models],
            "daily_usage": [
                {"date": one.day, "amount": usd(one.spent), "count": one.count} for one in days
            ],
            "summary": {
                "total_cost": usd(MicroUsd(sum(one.spent for one in models))),
                "total_requests": sum(one.count for one in models),
                "success_requests": sum(one.completed for one in models),
            },
        }
    )


def _model_usage(one: ModelUsage) -> dict[str, object]:
    card = catalog.card(one.model)
    unit = base_price(card)
    return {
        "model_uuid": one.model,
        "model_type": model_type(card),
        "unit_price": None if unit is None else usd(unit),
        "total_cost": usd(one.spent),
        "total_count": one.count,
        "last_used_date": iso(one.last_us),
    }


def _quoted(request: Request, query: PriceQuery) -> MicroUsd:
    provider = provider_of(request)
    usual = price_of(card_or_404(query.model_id), query.inputs)
    if usual is None:
        raise HTTPException(503, "the model has no price")
    return provider.faults.quoted(usual, provider.state.submits + 1)

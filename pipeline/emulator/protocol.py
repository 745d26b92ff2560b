"""All calls of the embedded provider, in the order in which the router tries them."""

import re

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline import catalog
from pipeline.emulator import downloads, forms, money, queries, uploads
from pipeline.emulator.access import May
from pipeline.emulator.answers import success
from pipeline.emulator.calls import API, Call
from pipeline.emulator.openapi import document
from pipeline.emulator.provider import key_of, provider_of
from pipeline.emulator.shapes import (
    BillingQuery,
    DeleteQuery,
    ExportQuery,
    PredictionQuery,
    PriceQuery,
    TicketRequest,
    UsageQuery,
)
from pipeline.emulator.submitting import submit


async def webhook_secret(request: Request) -> JSONResponse:
    """What calls for this key's predictions are signed with."""
    provider, key = provider_of(request), key_of(request)
    secret = provider.state.webhooks.secret(key.organisation, key.name)
    await provider.state.saved()
    return success({"secret": secret})


async def openapi(request: Request) -> JSONResponse:
    """This server's own description."""
    provider = provider_of(request)
    has_webhooks = provider.webhooks is not None
    return JSONResponse(document(CALLS, base_url=provider.base_url, has_webhooks=has_webhooks))


async def nothing(request: Request) -> Response:
    """There is nothing here; a POST is taken for a request to a model."""
    if request.method == "POST":
        return await submit(request)
    raise HTTPException(404, "not found")


CALLS = (
    Call(
        method="GET",
        path=f"{API}/predictions/{{prediction}}/result",
        handler=queries.result,
        says="Show one prediction.",
        may=May.LOOK,
        answer=forms.PREDICTION,
        refusals=(404, 429),
    ),
    Call(
        method="GET",
        path="/outputs/{prediction}/{index:int}.jpg",
        handler=downloads.output,
        says="Fetch a picture.",
        media_type="image/jpeg",
        refusals=(404, 410),
    ),
    Call(
        method="POST",
        path=f"{API}/predictions",
        handler=queries.predictions,
        says="List the predictions of the last seven days, newest first.",
        may=May.LOOK,
        body=PredictionQuery,
        answer=forms.PREDICTIONS,
    ),
    Call(
        method="POST",
        path=f"{API}/predictions/delete",
        handler=queries.delete_many,
        says="Delete predictions, cancelling those that nobody works on yet.",
        may=May.RUN,
        body=DeleteQuery,
        answer=forms.DELETED_MANY,
    ),
    Call(
        method="GET",
        path=f"{API}/predictions/{{prediction}}",
        handler=queries.result,
        says="Show one prediction; the same as its result.",
        may=May.LOOK,
        answer=forms.PREDICTION,
        refusals=(404, 429),
    ),
    Call(
        method="DELETE",
        path=f"{API}/predictions/{{prediction}}",
        handler=queries.delete,
        says="Delete one prediction, cancelling it if nobody works on it yet.",
        may=May.RUN,
        answer=forms.DELETED,
        refusals=(404,),
    ),
    Call(
        method="POST",
        path=f"{API}/media/uploads",
        handler=uploads.ticket,
        says="Get an address to which one file may be sent.",
        may=May.RUN,
        body=TicketRequest,
        answer=forms.TICKET,
        refusals=(413,),
    ),
    Call(
        method="POST",
        path=f"{API}/media/upload/binary",
        handler=uploads.multipart,
        says="Send a file in one call.",
        may=May.RUN,
        raw_body="multipart/form-data",
        answer=forms.UPLOAD,
    ),
    Call(
        method="GET",
        path=f"{API}/models",
        handler=queries.models,
        says="List all models with schemas and prices.",
        may=May.LOOK,
        answer=forms.MODELS,
    ),
    Call(
        method="POST",
        path=f"{API}/model/price",
        handler=money.price,
        says="Quote a request; what is missing in it collapses to the least price.",
        may=May.LOOK,
        body=PriceQuery,
        answer=forms.PRICE,
        refusals=(404, 503),
    ),
    Call(
        method="POST",
        path=f"{API}/model/pricing",
        handler=money.legacy_price,
        says="Quote a request, in an older form.",
        may=May.LOOK,
        body=PriceQuery,
        answer=forms.LEGACY_PRICE,
        refusals=(404, 503),
    ),
    Call(
        method="GET",
        path=f"{API}/balance",
        handler=money.balance,
        says="Tell what is left of the credit.",
        may=May.MONEY,
        answer=forms.BALANCE,
    ),
    Call(
        method="POST",
        path=f"{API}/billings/search",
        handler=money.billings,
        says="List deductions and refunds.",
        may=May.MONEY,
        body=BillingQuery,
        answer=forms.BILLINGS,
    ),
    Call(
        method="POST",
        path=f"{API}/scheduler/billings/query",
        handler=money.export,
        says="Export one month's deductions and refunds, oldest first.",
        may=May.MONEY,
        body=ExportQuery,
        answer=forms.EXPORT,
    ),
    Call(
        method="POST",
        path=f"{API}/user/usage_stats",
        handler=money.usage,
        says="Sum up usage by model and by day.",
        may=May.MONEY,
        body=UsageQuery,
        answer=forms.USAGE,
    ),
    Call(
        method="GET",
        path=f"{API}/webhook/secret",
        handler=webhook_secret,
        says="Tell the secret that webhook calls are signed with.",
        may=May.SECRETS,
        answer=forms.SECRET,
    ),
    Call(
        method="PUT",
        path="/tickets/{ticket}",
        handler=uploads.put,
        says="Send the file of a ticket, with exactly its headers and without a key.",
        raw_body="*/*",
        refusals=(403, 404, 412),
    ),
    Call(
        method="GET",
        path="/media/{upload}/{filename}",
        handler=downloads.media,
        says="Fetch an upload.",
        media_type="*/*",
        refusals=(404,),
    ),
    Call(
        method="GET",
        path="/openapi.json",
        handler=openapi,
        says="This document.",
        answer={"type": "object"},
    ),
)
"""What stands in the OpenAPI document as it is; the models are added to it from the cards.

What is asked for most comes first: the router tries one after the other.
"""

SUBMIT = Call(
    method="POST",
    path=f"{API}/{{model_id:model}}",
    handler=submit,
    says="Ask a model for pictures.",
    may=May.RUN,
)
"""A request to a model that has a card."""

NOTHING = tuple(
    Call(
        method=method,
        path=f"{API}/{{model_id:path}}",
        handler=nothing,
        says="Ask for what there is not.",
        may=May.LOOK,
    )
    for method in ("POST", "GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
)
"""Whatever else is asked for below the API."""


EVERYTHING = (SUBMIT, *CALLS, *NOTHING)
"""For the router."""


class _ModelConvertor(Convertor[str]):
    """The part of a path that is the id of a model."""

    regex = "|".join(re.escape(model) for model in catalog.models())

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("model", _ModelConvertor())

"""What the embedded provider says: envelopes and the objects in them, in the vendor's words."""

import asyncio
import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from pipeline.domain.card import Card
from pipeline.emulator.access import key_uuid
from pipeline.emulator.files import output_file
from pipeline.emulator.moments import iso
from pipeline.emulator.pricing import base_price, formula, properties, usd
from pipeline.emulator.records import BillingRow, Prediction, Upload


class Answer(JSONResponse):
    """JSON, written fast."""

    def render(self, content: Any) -> bytes:
        """Write JSON as ever; whole numbers of any size, but nothing that is not JSON."""
        try:
            return orjson.dumps(content)
        except TypeError:  # a whole number of more than 64 bits, which a request may well have
            return super().render(content)


def success(data: object) -> JSONResponse:
    """An answer to a call that worked."""
    return Answer({"code": 200, "message": "success", "data": data})


def failure(
    status: int,
    message: str,
    headers: Mapping[str, str] | None = None,
    *,
    error_code: str = "",
) -> JSONResponse:
    """An answer to a call that did not; `code` repeats the HTTP status.

    Failures of permission have an `error_code` beside it, in words.
    """
    body = {"code": status, "message": message, "data": None}
    if error_code:
        body["error_code"] = error_code
    return JSONResponse(body, status_code=status, headers=headers)


def too_many(retry_after_s: int | None) -> HTTPException:
    """HTTP 429, with `Retry-After` unless that is None."""
    hint = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return HTTPException(429, "Too Many Requests", hint)


def prediction_object(
    prediction: Prediction, *, base_url: str, as_objects: bool = False
) -> dict[str, Any]:
    """A prediction as the vendor shows it, its outputs as texts or `as_objects` with a `url`.

    The member `embedded` is ours: what the draft engine did not understand and how many unknown
    keys were dropped, which the vendor never says. No client of the vendor expects it.
    """
    urls = output_urls(prediction, base_url=base_url)
    shown: dict[str, Any] = {
        "id": prediction.id,
        "model": prediction.model,
        "status": prediction.status,
        "outputs": [{"url": url} for url in urls] if as_objects else urls,
        "urls": {"get": f"{base_url}/api/v3/predictions/{prediction.id}/result"},
        "has_nsfw_contents": [
            place in prediction.flagged for place in range(1, prediction.outputs + 1)
        ],
        "created_at": iso(prediction.created_us),
        "error": prediction.error,
        "executionTime": prediction.inference_ms,
        "timings": {"inference": prediction.inference_ms},
        "embedded": {
            "engine": prediction.engine,
            "notes": list(prediction.notes),
            "dropped_inputs": prediction.dropped,
        },
    }
    if prediction.code:
        shown["code"] = prediction.code
    return shown


async def base64_outputs(prediction: Prediction, folder: Path) -> list[str]:
    """A prediction's outputs as naked base64, read from the state's folder."""
    files = [folder / output_file(prediction.id, index) for index in range(prediction.outputs)]
    contents = await asyncio.to_thread(lambda: [file.read_bytes() for file in files])
    return [base64.b64encode(content).decode() for content in contents]


def output_urls(prediction: Prediction, *, base_url: str) -> list[str]:
    """Public addresses of a prediction's outputs, in order."""
    return [
        f"{base_url}/outputs/{prediction.id}/{index}.jpg" for index in range(prediction.outputs)
    ]


def download_url(upload: Upload, *, base_url: str) -> str:
    """Public address of an upload."""
    return f"{base_url}/media/{upload.id}/{upload.filename}"


def upload_object(upload: Upload, *, base_url: str) -> dict[str, Any]:
    """An upload, or the ticket for one, without how to send it."""
    return {
        "type": upload.content_type.partition("/")[0],
        "download_url": download_url(upload, base_url=base_url),
        "filename": upload.filename,
        "size": upload.size,
    }


def exported_object(row: BillingRow) -> dict[str, Any]:
    """A movement of money as the monthly export has it: what was taken is negative."""
    return {
        "uuid": row.uuid,
        "billing_type": row.billing_type,
        "price": usd(row.signed),
        "created_at": iso(row.created_us),
        "updated_at": iso(row.created_us),
        "access_key_name": row.access_key,
        "prediction": {"uuid": row.prediction, "model_uuid": row.model, "status": row.status},
    }


def billing_object(row: BillingRow) -> dict[str, Any]:
    """A movement of money; prices are positive in both directions, in USD."""
    return {
        "uuid": row.uuid,
        "billing_type": row.billing_type,
        "price": usd(row.price),
        "created_at": iso(row.created_us),
        "updated_at": iso(row.created_us),
        "access_key_name": row.access_key,
        "access_key_uuid": key_uuid(row.organisation, row.access_key),
        "order": {
            "uuid": row.order,
            "state": "pre" if row.status in {"created", "processing"} else "done",
            "price": usd(row.price),
            "origin_price": usd(row.price),
            "status": row.status,
        },
        "prediction": {"uuid": row.prediction, "model_uuid": row.model, "status": row.status},
    }


def model_type(card: Card) -> str:
    """What a model does, as the catalogue and the usage say it."""
    return "image-to-image" if card.operation == "edit" else "text-to-image"


def model_object(card: Card, *, rank: int, base_url: str) -> dict[str, Any]:
    """A model as the catalogue lists it; `rank` is its place, from 0."""
    cheapest = base_price(card)
    return {
        "model_id": card.model,
        "name": card.title,
        "description": card.title,
        "type": model_type(card),
        "base_price": None if cheapest is None else usd(cheapest),
        "sort_order": rank,
        "formula": formula(card),
        "api_schema": {
            "api_schemas": [
                {
                    "type": "model_run",
                    "method": "POST",
                    "server": base_url,
                    "api_path": f"/api/v3/{card.model}",
                    "request_schema": {**card.schema, "x-order-properties": [*properties(card)]},
                }
            ]
        },
    }

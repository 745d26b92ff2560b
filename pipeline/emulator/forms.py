"""JSON Schemas of what the embedded provider answers, for its OpenAPI document.

They are closed: an answer with a member that is not written here does not fit them.
"""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
USD: Schema = {"type": "number", "description": "US dollars."}
MOMENT: Schema = {"type": "string", "format": "date-time"}


def named(name: str) -> Schema:
    """The schema of this name among `NAMED`."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(members: Schema, *, optional: Schema | None = None) -> Schema:
    """An object with exactly these members."""
    return {
        "type": "object",
        "properties": {**members, **(optional or {})},
        "required": list(members),
        "additionalProperties": False,
    }


def many(item: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": item}


def envelope(data: Schema) -> Schema:
    """What surrounds the data of a call that worked."""
    return record({"code": {"const": 200}, "message": {"const": "success"}, "data": data})


_INFERENCE = {"inference": {"type": "integer", "description": "Milliseconds."}}
_OUTPUTS = {
    "description": "Addresses, or naked base64 where that was asked for.",
    "type": "array",
    "items": {"anyOf": [TEXT, record({"url": TEXT})]},
}
_PREDICTION = {
    "id": TEXT,
    "model": TEXT,
    "status": {
        "type": "string",
        "description": "created, processing, completed, failed or deleted; treat any other as"
        " processing.",
    },
    "outputs": _OUTPUTS,
    "urls": record({"get": TEXT}),
    "has_nsfw_contents": many(FLAG),
    "created_at": MOMENT,
    "error": TEXT,
    "executionTime": {"type": "integer", "description": "Milliseconds."},
    "timings": record(_INFERENCE),
    "embedded": record(
        {"engine": TEXT, "notes": many(TEXT), "dropped_inputs": WHOLE},
    ),
}
_CODE = {"type": "integer", "description": "Why it failed: 1200, 1400 to 1405, 5000 to 5004."}
_BILLED = record({"uuid": TEXT, "model_uuid": TEXT, "status": TEXT})
_TICKET = record(
    {
        "method": {"const": "PUT"},
        "url": TEXT,
        "headers": {"type": "object", "additionalProperties": TEXT},
    }
)
_UPLOAD = {"type": TEXT, "download_url": TEXT, "filename": TEXT, "size": WHOLE}
_MOVEMENT = {
    "uuid": TEXT,
    "billing_type": {"enum": ["deduct", "refund"]},
    "price": USD,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "access_key_name": TEXT,
}
_ORDER = {
    "uuid": TEXT,
    "state": {"enum": ["pre", "done"]},
    "price": USD,
    "origin_price": USD,
    "status": TEXT,
}
_MODEL = {
    "model_id": TEXT,
    "name": TEXT,
    "description": TEXT,
    "type": TEXT,
    "base_price": {"type": ["number", "null"]},
    "sort_order": WHOLE,
    "formula": {"type": "string", "description": "JSONata over the inputs; the price in USD."},
    "api_schema": {"type": "object"},
}
_USED = {
    "model_uuid": TEXT,
    "model_type": TEXT,
    "unit_price": {"type": ["number", "null"]},
    "total_cost": USD,
    "total_count": WHOLE,
    "last_used_date": MOMENT,
}

NAMED: Schema = {
    "Prediction": record(_PREDICTION, optional={"code": _CODE}),
    "ListedPrediction": record(_PREDICTION, optional={"code": _CODE, "inputs": {"type": "object"}}),
    "Upload": record(_UPLOAD),
    "Failure": record(
        {"code": WHOLE, "message": TEXT, "data": {"type": "null"}}, optional={"error_code": TEXT}
    ),
    "WebhookFailure": record({"error": TEXT}),
}
"""Schemas that stand in the document once."""

PREDICTION = envelope(named("Prediction"))
PREDICTIONS = envelope(record({"page": WHOLE, "items": many(named("ListedPrediction"))}))
DELETED = envelope(record({"id": TEXT, "status": {"const": "deleted"}}))
DELETED_MANY = envelope(record({"deleted": many(TEXT)}))
TICKET = envelope(record({**_UPLOAD, "upload": _TICKET}))
UPLOAD = envelope(named("Upload"))
MODELS = envelope(many(record(_MODEL)))
BALANCE = envelope(record({"balance": USD}))
PRICE = envelope(
    record({"model_id": TEXT, "price": USD, "discounted_price": USD, "currency": {"const": "USD"}})
)
LEGACY_PRICE = envelope(record({"model_id": TEXT, "unit_price": USD, "currency": {"const": "USD"}}))
BILLINGS = envelope(
    record(
        {
            "page": WHOLE,
            "items": many(
                record(
                    {
                        **_MOVEMENT,
                        "access_key_uuid": TEXT,
                        "order": record(_ORDER),
                        "prediction": _BILLED,
                    }
                )
            ),
            "total": WHOLE,
            "has_more": FLAG,
        }
    )
)
EXPORT = envelope(
    record(
        {
            "page": WHOLE,
            "total": WHOLE,
            "items": many(record({**_MOVEMENT, "prediction": _BILLED})),
        }
    )
)
USAGE = envelope(
    record(
        {
            "per_model_usage": many(record(_USED)),
            "daily_usage": many(record({"date": TEXT, "amount": USD, "count": WHOLE})),
            "summary": record(
                {"total_cost": USD, "total_requests": WHOLE, "success_requests": WHOLE}
            ),
        }
    )
)
SECRET = envelope(record({"secret": TEXT}))

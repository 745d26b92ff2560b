"""The OpenAPI document, made from the calls, the forms of their bodies, and the model cards.

Requests are checked with the same forms and cards.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline import catalog
from pipeline.domain.card import Card
from pipeline.emulator import forms
from pipeline.emulator.calls import API, Call

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_WORDS = {
    400: "The request makes no sense.",
    401: "No key, a wrong one, or one that is not active yet.",
    402: "The credit does not cover it.",
    403: "The key may not do this, or the account is suspended.",
    404: "There is nothing here, or not any more.",
    405: "Not with this method.",
    410: "It is gone.",
    412: "It is there already.",
    413: "The body is too large.",
    415: "The body is compressed.",
    416: "There is no such part of it.",
    429: "Too many at once; `Retry-After` says when to come back.",
    503: "Not now.",
}
_LINKS = {
    name: {"operationId": name, "parameters": {"prediction": "$response.body#/data/id"}}
    for name in (
        "get-predictions-prediction-result",
        "get-predictions-prediction",
        "delete-predictions-prediction",
    )
}
_TEXT = "What a client of the vendor can call, served by `campaign serve`."


def document(calls: Sequence[Call], *, base_url: str, has_webhooks: bool) -> dict[str, Any]:
    """Describe the server.

    Args:
        calls: all calls but requests to models.
        base_url: where it is reached.
        has_webhooks: whether requests may name an address to call.
    """
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(_template(call.path), {})[call.method.lower()] = _operation(call)
    for model in catalog.models():
        card = catalog.card(model)
        paths[f"{API}/{model}"] = {"post": _submit(card, has_webhooks=has_webhooks)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Embedded provider", "version": "3", "description": _TEXT},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": forms.NAMED,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _template(path: str) -> str:
    return _PARAMETER.sub(r"{\1}", path)


def _operation(call: Call) -> dict[str, Any]:
    has_body = call.body is not None or bool(call.raw_body)
    operation: dict[str, Any] = {
        "summary": call.says,
        "operationId": f"{call.method.lower()}-{_name(call.path)}",
        "security": [] if call.may is None else [{"key": []}],
        "parameters": [*_parameters(call.path)],
        "responses": {
            "200": _answer(call),
            **_refusals(call.refusals, is_open=call.may is None, has_body=has_body),
        },
    }
    if call.media_type:
        operation["responses"]["206"] = {**_answer(call), "description": "A part of it."}
        operation["responses"]["416"] = {"description": _WORDS[416]}
    if call.body is not None:
        schema = call.body.model_json_schema()
        operation["requestBody"] = _json_body(schema)
    elif call.raw_body:
        operation["requestBody"] = {"required": True, "content": {call.raw_body: _raw(call)}}
    return operation


def _raw(call: Call) -> Mapping[str, Any]:
    if call.raw_body == "multipart/form-data":
        members = {"file": {"type": "string", "format": "binary"}}
        form = {"type": "object", "properties": members, "required": ["file"]}
        return {"schema": form}
    return {"schema": {"type": "string", "format": "binary"}}


def _submit(card: Card, *, has_webhooks: bool) -> dict[str, Any]:
    responses = {"200": {**_json("A prediction.", forms.PREDICTION), "links": _LINKS}}
    responses |= _refusals((402, 429, 503), is_open=False, has_body=True)
    if has_webhooks:
        both = {"anyOf": [forms.named("Failure"), forms.named("WebhookFailure")]}
        responses["400"] = _json(_WORDS[400], both)
    webhook = {
        "name": "webhook",
        "in": "query",
        "schema": {"type": "string", "format": "uri"},
        "description": "Address that is called once the prediction has ended.",
    }
    return {
        "summary": f"Ask {card.title} for pictures.",
        "operationId": f"run-{card.model.replace('/', '-')}",
        "security": [{"key": []}],
        "parameters": [webhook] if has_webhooks else [],
        "requestBody": _json_body(dict(card.schema)),
        "responses": responses,
    }


def _json_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _parameters(path: str) -> Iterator[dict[str, Any]]:
    for found in re.finditer(r"\{(\w+)(:int)?\}", path):
        schema = {"type": "integer", "minimum": 0} if found[2] else {"type": "string"}
        yield {"name": found[1], "in": "path", "required": True, "schema": schema}


def _answer(call: Call) -> dict[str, Any]:
    if call.answer:
        return _json("It worked.", call.answer)
    if call.media_type:
        content = {call.media_type: {"schema": {"type": "string", "format": "binary"}}}
        return {"description": "The file.", "content": content}
    return {"description": "It worked."}


def _refusals(statuses: Sequence[int], *, is_open: bool, has_body: bool) -> dict[str, Any]:
    always = [405, *([] if is_open else [401, 403]), *([400, 413, 415, 503] if has_body else [])]
    return {
        str(status): _json(_WORDS[status], forms.named("Failure"))
        for status in sorted({*always, *statuses})
    }


def _json(words: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _name(path: str) -> str:
    return re.sub(r"\W+", "-", _template(path).removeprefix(API)).strip("-")

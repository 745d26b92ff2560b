"""What a call of the embedded provider is, for its router and for its OpenAPI document alike."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pipeline.emulator.access import AccessError, May

API = "/api/v3"

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call.

    Attributes:
        method: HTTP method; whoever may GET may HEAD.
        path: as the router has it, such as `/api/v3/predictions/{prediction}`.
        handler: answers.
        says: what it does, as a sentence.
        may: what a key must allow; None for calls that need no key.
        body: form of its JSON body; None for none.
        raw_body: media type of a body that is not JSON; empty for none.
        answer: schema of a JSON answer; empty where it is not JSON.
        media_type: of an answer that is not JSON; empty where it has no content.
        refusals: HTTP statuses with which it can be refused, but for those that all have.
    """

    method: str
    path: str
    handler: Handler
    says: str
    may: May | None = None
    body: type[BaseModel] | None = None
    raw_body: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)
    media_type: str = ""
    refusals: Sequence[int] = ()


def routes(calls: Sequence[Call]) -> list[Route]:
    """Routes of calls; one that comes earlier is taken first."""
    places: dict[str, dict[str, Call]] = {}
    for call in calls:
        places.setdefault(call.path, {})[call.method] = call
    return [Route(path, _Place(methods), methods=None) for path, methods in places.items()]


class _Place:
    """All calls of one path: lets in who has a key for what is asked, and answers."""

    def __init__(self, calls: Mapping[str, Call]) -> None:
        self._calls = {**calls, **({"HEAD": calls["GET"]} if "GET" in calls else {})}
        self._is_api = any(call.may is not None for call in calls.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        if self._is_api:
            let_in(scope)
        call = self._calls.get(scope["method"])
        if call is None:
            allowed = {"Allow": ", ".join(self._calls)}
            raise HTTPException(405, "Method Not Allowed", allowed)
        if call.may is not None:
            scope["access_key"].require(call.may)
        response = await call.handler(request)
        await response(scope, receive, send)


def let_in(scope: Scope) -> None:
    """Find out whose request this is; HTTP 401 for nobody's. Sees to it that somebody works."""
    provider = scope["app"].state.provider
    said = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    kind, _, sent = said.partition(b" ")
    key = provider.keys.of(sent.strip()) if kind.lower() == b"bearer" else None
    if key is None:
        raise AccessError(401, "Invalid API key", "")
    scope["access_key"] = key
    provider.wake()

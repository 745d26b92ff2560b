"""Ways to make the embedded provider misbehave, for tests of those who must cope with it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import httpx
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, by number; numbers count from 1.

    Submits are counted from the start of the process, refused ones included; predictions over the
    life of the state.

    Attributes:
        drop_answer: submits that are accepted and charged, but whose connection breaks before the
            answer.
        nonsense: submits that are accepted and charged, but answered with a page that is not JSON.
        refuse: HTTP status for submits that are turned away before anything is accepted; 429
            carries `Retry-After`.
        retry_after_s: its value.
        short: how many outputs fewer than wanted a prediction delivers; the charge stays.
        fail: code with which a prediction fails instead of reaching the engine.
    """

    drop_answer: AbstractSet[int] = frozenset()
    nonsense: AbstractSet[int] = frozenset()
    refuse: Mapping[int, int] = field(default_factory=dict)
    retry_after_s: int = 1
    short: Mapping[int, int] = field(default_factory=dict)
    fail: Mapping[int, int] = field(default_factory=dict)

    def instead_of_answer(self, submit: int) -> Response | None:
        """What the client of an accepted submit gets in place of its answer, if anything."""
        if submit in self.drop_answer:
            return BrokenConnection()
        if submit in self.nonsense:
            return HTMLResponse("<html><body>upstream is having a moment</body></html>")
        return None


NONE = Faults()


class BrokenConnection(Response):
    """An answer that breaks off before its first byte of content.

    A server closes the connection when an application gives up half-way; in-process there is no
    connection, so the exception is the one that an HTTP client raises in that case.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the form is ASGI's
        """Start an answer and give up."""
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"999")]}
        )
        raise httpx.RemoteProtocolError("the connection was closed without a complete answer")

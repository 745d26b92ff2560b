"""Calling the addresses that requests name, once their predictions have ended.

A server that calls whatever address it is told can be sent into the network behind it. So nothing
is called unless whoever serves says so, and then only public addresses over HTTPS, or the hosts
that were named. `Caller` is the only way out; it judges an address when it connects to it.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

from pipeline.emulator.records import Prediction
from pipeline.emulator.state import State

WAITS_S = (5.0, 25.0, 125.0)
"""Before each repetition: the vendor tries up to three times more, further and further apart."""
TIMEOUT_S = 10.0
"""How long an address has to answer."""
_AT_ONCE = 8
_LONGEST = 2000
_OK = range(200, 300)
_SECRET_PREFIX = "whsec_"  # noqa: S105 - the form of a secret, not one
_PLAIN = re.compile(r"[!-~]+")
_PORTS = {"http": 80, "https": 443}
_log = logging.getLogger(__name__)


class TargetError(Exception):
    """This address is not called; the message says why."""


class CallFailedError(Exception):
    """No answer came."""


class Caller(Protocol):
    """The way out."""

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> int:
        """Send once, follow nothing; the HTTP status.

        Raises:
            CallFailedError: the address is not called, or there was no answer in `TIMEOUT_S`.
        """
        ...

    async def aclose(self) -> None:
        """Let go of all connections."""
        ...


@dataclass(frozen=True, slots=True)
class Targets:
    """Which addresses may be called.

    Attributes:
        public: whether all public ones may, over HTTPS.
        hosts: pairs of host and port that may be called wherever they are, and in the open.
    """

    public: bool = False
    hosts: Collection[tuple[str, int]] = ()

    def check(self, url: str) -> None:
        """Refuse an address that will not be called, as far as its text tells.

        Where a name leads is judged when it is called, and may have changed by then.

        Raises:
            TargetError: it will not be.
        """
        scheme, host, port = place(url)
        if (host, port) in self.hosts:
            return
        if not self.public:
            raise TargetError(f"webhooks to {host} are not enabled on this server")
        if scheme != "https":
            raise TargetError("the webhook must be an https address")
        with suppress(ValueError):
            if not ip_address(host).is_global:
                raise TargetError(f"{host} is not on the public internet")


NOWHERE = Targets()


def place(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address.

    Raises:
        TargetError: it is none that can be called.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetError("the webhook is not an address") from None
    is_whole = parts.scheme in _PORTS and parts.hostname and parts.username is None
    if not is_whole or len(url) > _LONGEST or not _PLAIN.fullmatch(url):
        raise TargetError("the webhook is not a plain http or https address")
    return parts.scheme, parts.hostname or "", port or _PORTS[parts.scheme]


def signature(secret: str, *, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature` of a call.

    The key is the secret without its prefix, as a text: it is not base64.
    """
    key = secret.removeprefix(_SECRET_PREFIX).encode()
    message = f"{webhook_id}.{timestamp}.".encode() + body
    return f"v3,{hmac.new(key, message, hashlib.sha256).hexdigest()}"


class Webhooks:
    """Calls at the end of predictions, off every request's way; belongs to one loop at a time.

    A call that a restart cut short is made again, so an address may hear twice of one end. What was
    tried is counted in the state.
    """

    def __init__(
        self,
        *,
        state: State,
        targets: Targets,
        caller: Caller,
        now_us: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.targets = targets
        self._state = state
        self._caller = caller
        self._now_us = now_us
        self._sleep = sleep
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._show: Callable[[Prediction], dict[str, Any]] = _nothing

    def show_with(self, show: Callable[[Prediction], dict[str, Any]]) -> None:
        """Say how a prediction is shown."""
        self._show = show

    def wake(self) -> None:
        """Take up the calls that an earlier process, or loop, left open."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._tasks.clear()
        for prediction in self._state.webhooks.due():
            self.ended(prediction)

    def ended(self, prediction: Prediction) -> None:
        """Call who wanted to know, if anybody did."""
        if prediction.webhook and prediction.id not in self._tasks:
            task = asyncio.create_task(self._call(prediction))
            self._tasks[prediction.id] = task
            task.add_done_callback(lambda _task: self._tasks.pop(prediction.id, None))

    async def drained(self) -> None:
        """Wait until every call was answered or given up."""
        while self._tasks:
            await asyncio.wait([*self._tasks.values()])

    async def aclose(self) -> None:
        """Stop for good; open calls are made when the state is next opened."""
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._caller.aclose()

    async def _call(self, prediction: Prediction) -> None:
        while True:
            async with self._free:
                is_answered = await self._send(prediction)
            is_over = is_answered or prediction.calls >= len(WAITS_S)
            self._state.webhooks.called(prediction.id, is_over=is_over)
            if is_over:
                return
            wait_s = WAITS_S[prediction.calls]
            prediction = replace(prediction, calls=prediction.calls + 1)
            await self._sleep(wait_s)

    async def _send(self, prediction: Prediction) -> bool:
        shown = {**self._show(prediction), "input": dict(prediction.inputs)}
        body = json.dumps(shown).encode()
        webhook_id = f"msg_{prediction.id}"
        timestamp = self._now_us() // 1_000_000
        secret = self._state.webhooks.secret(prediction.organisation, prediction.access_key)
        signed = signature(secret, webhook_id=webhook_id, timestamp=timestamp, body=body)
        headers = {
            "content-type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signed,
        }
        try:
            self.targets.check(prediction.webhook)
            return await self._caller.post(prediction.webhook, headers=headers, body=body) in _OK
        except (CallFailedError, TargetError) as error:
            _log.debug("webhook of %s", prediction.id, exc_info=error)
            return False


def _nothing(_prediction: Prediction) -> dict[str, Any]:
    return {}

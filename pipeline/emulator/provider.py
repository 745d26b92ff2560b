"""The embedded provider as one value: what every request handler works with."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, cast

from starlette.requests import Request

from pipeline.domain.card import Card
from pipeline.domain.money import MicroUsd
from pipeline.emulator.access import AccessKey, Keys
from pipeline.emulator.answers import base64_outputs, prediction_object
from pipeline.emulator.faults import Faults
from pipeline.emulator.files import output_file, upload_file
from pipeline.emulator.moments import RETENTION, in_micros, micros
from pipeline.emulator.pricing import pictures_in
from pipeline.emulator.records import Prediction, Upload
from pipeline.emulator.state import State
from pipeline.emulator.tiers import Pace
from pipeline.emulator.validation import Asked
from pipeline.emulator.webhooks import Webhooks
from pipeline.emulator.worker import Worker

_UPLOADED = re.compile(r"/media/([0-9a-f]{32})/[^/]+")
_MADE = re.compile(r"/outputs/([0-9a-f]{32})/([0-9]{1,4})\.jpg")


class Provider:
    """The embedded provider: one account, or one for each organisation that its keys name."""

    def __init__(
        self,
        *,
        state: State,
        worker: Worker,
        keys: Keys,
        pace: Pace,
        webhooks: Webhooks | None,
        base_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        balance: MicroUsd,
        faults: Faults,
        sync_wait_s: float,
    ) -> None:
        self.state = state
        self.worker = worker
        self.keys = keys
        self.pace = pace
        self.webhooks = webhooks
        self.base_url = base_url
        self.sleep = sleep
        self.balance = balance
        self.faults = faults
        self.sync_wait_s = sync_wait_s
        self._clock = clock
        self._looks: Counter[tuple[str, str]] = Counter()

    async def drained(self) -> None:
        """Wait until every accepted prediction has ended and whom it was to call was called."""
        await self.worker.drained()
        if self.webhooks is not None:
            await self.webhooks.drained()

    async def aclose(self) -> None:
        """Stop the background work; the state keeps what is pending and stays open."""
        await self.worker.aclose()
        if self.webhooks is not None:
            await self.webhooks.aclose()

    def wake(self) -> None:
        """Work on what is pending, and call who is to be called, if that is not done yet."""
        self.worker.wake()
        if self.webhooks is not None:
            self.webhooks.wake()

    def now_us(self) -> int:
        """The moment, in microseconds since 1970."""
        return micros(self._clock())

    def horizon_us(self) -> int:
        """The moment before which uploads are forgotten, in microseconds since 1970."""
        return micros(self._clock() - RETENTION)

    def memory_us(self) -> int:
        """The moment before which predictions are forgotten, in microseconds since 1970."""
        after_s = self.faults.forget_after_s
        return self.horizon_us() if after_s is None else self.now_us() - in_micros(after_s)

    def next_submit(self) -> int:
        """Number of the submit that has just come in, from 1."""
        self.state.submits += 1
        return self.state.submits

    def accept(
        self, card: Card, asked: Asked, charge: MicroUsd, *, key: AccessKey, webhook: str = ""
    ) -> Prediction:
        """Take a request, its money and its place in the queue.

        Args:
            card: the model.
            asked: what of it.
            charge: what it costs.
            key: who asks.
            webhook: address to call at its end; empty for none.

        Raises:
            InsufficientCreditError: nothing was accepted.
        """
        accepted = self.state.accept(
            model=card.model,
            inputs=asked.inputs,
            sources=self._sources(pictures_in(card, asked.inputs)),
            dropped=asked.dropped,
            charge=charge,
            credit=self.balance,
            now_us=self.now_us(),
            hidden_us=lambda own: in_micros(self.faults.history_lag.of(own) or 0),
            organisation=key.organisation,
            access_key=key.name,
            webhook=webhook,
        )
        self.worker.add(accepted.id)
        return accepted

    async def sleep_if_told(self, submit: int) -> None:
        """Wait as long as the answer to this submit is held back."""
        late_s = self.faults.delay.of(submit)
        if late_s is not None:
            await self.sleep(late_s)

    def prediction(self, prediction: str, key: AccessKey | None = None) -> Prediction | None:
        """A prediction that is not forgotten; a pending one is sure to be worked on.

        Args:
            prediction: its id.
            key: who asks; another organisation's is unknown to it. None asks for nobody.
        """
        found = self.state.prediction(prediction)
        if found is None or found.created_us < self.memory_us():
            return None
        if key is not None and found.organisation != key.organisation:
            return None
        if found.is_pending and not self.worker.is_closed:
            self.worker.add(found.id)
        return found

    def shown(self, prediction: Prediction) -> dict[str, Any]:
        """A prediction as the vendor shows it."""
        return prediction_object(
            prediction,
            base_url=self.base_url,
            as_objects=self.faults.output_objects.has(prediction.own),
        )

    async def shown_in_full(self, prediction: Prediction) -> dict[str, Any]:
        """A prediction as its own address shows it: as naked base64 if that was asked for."""
        shown = self.shown(prediction)
        if prediction.inputs.get("enable_base64_output") is True:
            shown["outputs"] = await base64_outputs(prediction, self.state.folder)
        return shown

    def is_busy_for(self, prediction: Prediction) -> bool:
        """Whether this look at a result is to be turned away."""
        return self.is_among_first("busy", prediction.id, self.faults.busy_looks.of(prediction.own))

    def is_strange_for(self, prediction: Prediction) -> bool:
        """Whether this look at a result is to see a status that nobody knows."""
        looks = self.faults.strange_status.of(prediction.own)
        return self.is_among_first("strange", prediction.id, looks)

    def is_among_first(self, switch: str, name: str, first: int | None) -> bool:
        """Count one use of a switch on something; whether it is one of the first so many.

        Uses are counted since the application was made.
        """
        if first is None:
            return False
        self._looks[switch, name] += 1
        return self._looks[switch, name] <= first

    def upload(self, upload: str) -> Upload | None:
        """An upload that arrived and is not forgotten."""
        found = self.state.uploads.of_id(upload)
        is_there = found is not None and found.received and found.created_us >= self.horizon_us()
        return found if is_there else None

    def source(self, address: str) -> str | None:
        """File behind an address of ours, relative to the state folder; None for any other."""
        if not address.startswith(self.base_url):
            return None
        path = address.removeprefix(self.base_url)
        if found := _UPLOADED.fullmatch(path):
            return upload_file(found[1]) if self.upload(found[1]) is not None else None
        if found := _MADE.fullmatch(path):
            made = self.prediction(found[1])
            is_there = made is not None and int(found[2]) < made.outputs
            return output_file(found[1], int(found[2])) if is_there else None
        return None

    def _sources(self, addresses: Sequence[str]) -> list[str | None]:
        return [self.source(address) for address in addresses]


def key_of(request: Request) -> AccessKey:
    """The key that a request came with; its endpoint was not reached without one."""
    return cast(AccessKey, request.scope["access_key"])


def provider_of(request: Request) -> Provider:
    """The provider that a request came to."""
    return cast(Provider, request.app.state.provider)

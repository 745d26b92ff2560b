"""The embedded provider as one value: what every request handler works with."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from starlette.requests import Request

from pipeline.domain.card import Card
from pipeline.domain.money import MicroUsd
from pipeline.emulator.faults import Faults
from pipeline.emulator.files import output_file, upload_file
from pipeline.emulator.moments import RETENTION, micros
from pipeline.emulator.pricing import pictures_in
from pipeline.emulator.records import Prediction, Upload
from pipeline.emulator.state import State
from pipeline.emulator.validation import Asked
from pipeline.emulator.worker import Worker

_UPLOADED = re.compile(r"/media/([0-9a-f]{32})/[^/]+")
_MADE = re.compile(r"/outputs/([0-9a-f]{32})/([0-9]{1,4})\.jpg")


class Provider:
    """One account at the embedded provider."""

    def __init__(
        self,
        *,
        state: State,
        worker: Worker,
        base_url: str,
        clock: Callable[[], datetime],
        balance: MicroUsd,
        faults: Faults,
        sync_wait_s: float,
    ) -> None:
        self.state = state
        self.worker = worker
        self.base_url = base_url
        self.balance = balance
        self.faults = faults
        self.sync_wait_s = sync_wait_s
        self._clock = clock
        self._submits = 0

    async def drained(self) -> None:
        """Wait until every accepted prediction has ended."""
        await self.worker.drained()

    async def aclose(self) -> None:
        """Stop the background work; the state keeps what is pending and stays open."""
        await self.worker.aclose()

    def now_us(self) -> int:
        """The moment, in microseconds since 1970."""
        return micros(self._clock())

    def horizon_us(self) -> int:
        """The moment before which everything is forgotten, in microseconds since 1970."""
        return micros(self._clock() - RETENTION)

    def next_submit(self) -> int:
        """Number of the submit that has just come in, from 1."""
        self._submits += 1
        return self._submits

    def accept(self, card: Card, asked: Asked, charge: MicroUsd) -> Prediction:
        """Take a request, its money and its place in the queue, durably.

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
        )
        self.worker.add(accepted.id)
        return accepted

    def prediction(self, prediction: str) -> Prediction | None:
        """A prediction that is not forgotten; a pending one is sure to be worked on."""
        found = self.state.prediction(prediction)
        if found is None or found.created_us < self.horizon_us():
            return None
        if found.is_pending and not self.worker.is_closed:
            self.worker.add(found.id)
        return found

    def upload(self, upload: str) -> Upload | None:
        """An upload that arrived and is not forgotten."""
        found = self.state.upload(upload)
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
            return self.output(found[1], int(found[2]))
        return None

    def output(self, prediction: str, index: int) -> str | None:
        """File of one delivered output that is not forgotten, relative to the state folder."""
        made = self.prediction(prediction)
        if made is None or index >= made.outputs:
            return None
        return output_file(made.id, index)

    def _sources(self, addresses: Sequence[str]) -> list[str | None]:
        return [self.source(address) for address in addresses]


def provider_of(request: Request) -> Provider:
    """The provider that a request came to."""
    return cast(Provider, request.app.state.provider)

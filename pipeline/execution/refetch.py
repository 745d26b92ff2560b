"""Fetching delivered pictures once more: free, for as long as the provider keeps them."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.domain.fingerprint import Sha256
from pipeline.execution.outcome import Brake
from pipeline.execution.ports import (
    Clock,
    Failure,
    GoneError,
    Intake,
    NotYetError,
    Prediction,
    Progress,
    Provider,
    ProviderError,
)

AT_ONCE = 8
_TRIES = 3
_WAIT_S = 2.0


class Kept(NamedTuple):
    """A delivery of which the provider may still have the pictures.

    Attributes:
        prediction: the provider's id.
        outputs: digests in the provider's order, as far as the receipt tells; a hint where to look
            first, since pictures that were gone before they were fetched are not among them.
        wanted: those that are to be fetched.
    """

    prediction: str
    outputs: tuple[Sha256, ...]
    wanted: frozenset[Sha256]


@dataclass(slots=True)
class Refetched:
    """What came of it.

    Attributes:
        found: digests that are in the store now.
        failed: the others, with the reason.
        stopped: why the provider could not be asked at all; empty where it could.
    """

    found: set[Sha256] = field(default_factory=set)
    failed: dict[Sha256, str] = field(default_factory=dict)
    stopped: str = ""


class _OverError(Exception):
    """Nothing more can be fetched from this provider, or be kept here; the message says why."""


async def fetch_again(
    kept: Sequence[Kept],
    *,
    provider: Provider,
    intake: Intake,
    clock: Clock,
    at_once: int = AT_ONCE,
    brake: Brake | None = None,
    progress: Callable[[int], None] = lambda _more: None,
) -> Refetched:
    """Fetch pictures again; buys nothing, and each prediction is looked at once.

    A picture counts as found only when bytes with its digest arrived. Nothing that goes wrong is
    raised: what could not be had is told.

    Args:
        kept: what to fetch, each prediction once.
        provider: is asked where the pictures are.
        intake: takes them into the store.
        clock: to wait between tries.
        at_once: how many predictions at a time, at most.
        brake: begin no more once it is pulled.
        progress: told how many more pictures are found or given up.
    """
    hunt = _Hunt(provider, intake, clock, brake or Brake(), progress)
    waiting = deque(kept)

    async def worker() -> None:
        while waiting:
            await hunt.follow(waiting.popleft())

    await asyncio.gather(*(worker() for _ in range(min(at_once, len(kept)))))
    return hunt.result


class _Hunt:
    def __init__(
        self,
        provider: Provider,
        intake: Intake,
        clock: Clock,
        brake: Brake,
        progress: Callable[[int], None],
    ) -> None:
        self._provider = provider
        self._intake = intake
        self._clock = clock
        self._brake = brake
        self._progress = progress
        self.result = Refetched()

    async def follow(self, kept: Kept) -> None:
        """Look at one prediction and fetch what is wanted of it."""
        why = "stopped by the user" if self._brake.is_pulled else self.result.stopped
        missing = set(kept.wanted)
        if not why:
            try:
                why = await self._fetch(kept, missing)
            except _OverError as over:
                why = self.result.stopped = str(over)
        for digest in sorted(missing):
            self.result.failed[digest] = why
            self._progress(1)

    async def _fetch(self, kept: Kept, missing: set[Sha256]) -> str:
        """Fetch until nothing is missing; returns why something still is."""
        seen = await self._look(kept.prediction)
        if isinstance(seen, str):
            return seen
        if seen.progress is not Progress.COMPLETED or not seen.addresses:
            return "the provider keeps no pictures of it any more"
        why = "what the provider has now is another picture"
        for position in _likely_first(kept, len(seen.addresses)):
            if not missing:
                break
            found = await self._take_in(seen.addresses[position])
            if isinstance(found, _Trouble):
                why = found.why
            elif found in missing:
                missing.remove(found)
                self.result.found.add(found)
                self._progress(1)
        return why

    async def _look(self, prediction: str) -> Prediction | str:
        """The prediction, or why the provider does not tell it."""
        tries = 0
        while True:
            tries += 1
            try:
                return await self._provider.result(prediction)
            except ProviderError as error:
                if error.failure is Failure.REFUSED:
                    return f"the provider does not know it any more: {error.reason}"
                if error.failure is Failure.UNUSABLE or tries >= _TRIES:
                    raise _OverError(error.reason) from error
                await self._clock.sleep(max(error.retry_after_s, _WAIT_S * tries))

    async def _take_in(self, address: str) -> "Sha256 | _Trouble":
        tries = 0
        while True:
            tries += 1
            try:
                return (await self._intake.take_in(address)).sha256
            except GoneError as gone:
                return _Trouble(f"the provider has it no more: {gone}")
            except NotYetError as error:
                if tries >= _TRIES:
                    return _Trouble(str(error))
            except OSError as error:
                raise _OverError(f"it cannot be kept here: {error.strerror or error}") from error
            await self._clock.sleep(_WAIT_S * tries)


class _Trouble(NamedTuple):
    why: str


def _likely_first(kept: Kept, addresses: int) -> Iterator[int]:
    """Positions, those first at which something wanted lay when it was bought."""
    known = range(min(addresses, len(kept.outputs)))
    likely = [position for position in known if kept.outputs[position] in kept.wanted]
    yield from likely
    yield from (position for position in range(addresses) if position not in likely)

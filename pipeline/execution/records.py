"""The provider's records, read as seldom as proof allows.

After a crash thousands of attempts may have to be looked for. One listing of the history serves all
of them, as long as it is fresh and was begun after the request left that it is to prove something
about.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pipeline.execution.ports import BillingRow, Clock, Prediction, Provider

SKEW = timedelta(minutes=5)
"""How far the provider's clock and ours may be apart."""
_FRESH_S = 5.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Reading(Generic[_T]):
    since: datetime
    begun: datetime
    ended: float
    items: Sequence[_T]


class _Readings(Generic[_T]):
    """The last two complete readings of one kind of record."""

    def __init__(
        self, read: Callable[[datetime, datetime], Awaitable[Sequence[_T]]], clock: Clock
    ) -> None:
        self._read = read
        self._clock = clock
        self._kept: list[_Reading[_T]] = []
        self._turn = asyncio.Lock()

    async def last(self, number: int, *, since: datetime, sent: datetime) -> list[Sequence[_T]]:
        """So many readings that go back to `since` and were all begun after `sent`."""
        async with self._turn:
            fit = [one for one in self._kept if self._fits(one, since, sent)]
            while len(fit) < number:
                fit.append(await self._again(since))
            self._kept = fit[-2:]
            return [one.items for one in fit[-number:]]

    def _fits(self, one: _Reading[_T], since: datetime, sent: datetime) -> bool:
        is_fresh = self._clock.elapsed() - one.ended < _FRESH_S
        return is_fresh and one.since <= since and one.begun >= sent

    async def _again(self, since: datetime) -> _Reading[_T]:
        begun = self._clock.now()
        items = await self._read(since, begun + SKEW)
        return _Reading(since, begun, self._clock.elapsed(), items)


class Records:
    """History and bill of one provider."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        self._history = _Readings(provider.history, clock)
        self._bill = _Readings(provider.bill_between, clock)

    async def listing(self, since: datetime, *, sent: datetime) -> Sequence[Prediction]:
        """All predictions created since then, as told after a request left.

        Raises:
            ProviderError: the listing is not complete.
        """
        return (await self._history.last(1, since=since, sent=sent))[0]

    async def two_listings(self, since: datetime, *, sent: datetime) -> list[Prediction]:
        """What two complete listings tell, both begun after a request left; some twice.

        Raises:
            ProviderError: one of them is not complete.
        """
        one, two = await self._history.last(2, since=since, sent=sent)
        return [*one, *two]

    async def bill(self, since: datetime, *, sent: datetime) -> list[BillingRow]:
        """All rows of the bill since then, whoever's, as told after a request left.

        Raises:
            ProviderError: the bill is not complete.
        """
        (rows,) = await self._bill.last(1, since=since, sent=sent)
        # A reading that goes back further for the sake of another attempt says nothing about ours.
        return [row for row in rows if not row.at or datetime.fromisoformat(row.at) >= since]

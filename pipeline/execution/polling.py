"""Polling: when each of many predictions is looked at, decided by one task for all of them."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from pipeline.domain.fingerprint import digest
from pipeline.execution.decisions import PollPace
from pipeline.execution.ports import Clock

_JITTER = 0.25
"""By up to this share a wait is longer or shorter: what was sent together drifts apart."""
_MOST_STRETCH = 8.0
_STRETCH_LOST_A_MINUTE = 1.0
_MINUTE_S = 60.0
_HEX_DIGITS = 8
_HEX_MOST = 0xFFFF_FFFF


class _Waiter(NamedTuple):
    """Who waits for a look; in a heap the one that is due first, then the one that came first."""

    due: float
    number: int
    may_look: "asyncio.Future[None]"


class Poller:
    """Lets looks happen when they are due, a bounded number at once.

    The task that watches the time exists only while somebody waits. It never sleeps longer than the
    shortest wait there is, so that whoever comes while it sleeps is not due before it wakes.
    """

    def __init__(self, clock: Clock, pace: PollPace) -> None:
        """Prepare; nobody waits yet.

        Args:
            clock: to wait on; only how much time has passed matters, never the time of day.
            pace: how often to look, and how many at once.
        """
        self._clock = clock
        self._pace = pace
        self._waiters: list[_Waiter] = []
        self._numbers = 0
        self._free = asyncio.Semaphore(pace.at_once)
        self._watch: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._stretch, self._stretched_at = 1.0, 0.0

    @asynccontextmanager
    async def look(self, name: str, looks: int) -> AsyncIterator[None]:
        """Wait until somebody's next look is due; the block is the look.

        Args:
            name: whose; with `looks` it decides by how much the wait differs from the pace.
            looks: which look it is, from 1.
        """
        await self._until_due(self._clock.elapsed() + self._wait(name, looks))
        try:
            yield
        finally:
            self._free.release()

    def turned_away(self, *, hint_s: float) -> None:
        """The provider was too busy for a look: all looks pause, and get rarer for a while.

        Args:
            hint_s: the provider's Retry-After, 0 where it gave none.
        """
        now = self._clock.elapsed()
        # What was asked before a pause began cannot say that it was too short.
        if now >= self._not_before:
            self._stretch = min(_MOST_STRETCH, 2 * self._stretch_at(now))
            self._stretched_at = now
            self._not_before = now + self._pace.wait(1) * self._stretch
        self._not_before = max(self._not_before, now + hint_s)

    def _wait(self, name: str, looks: int) -> float:
        share = int(digest(f"{name} {looks}")[:_HEX_DIGITS], 16) / _HEX_MOST
        stretch = self._stretch_at(self._clock.elapsed())
        return self._pace.wait(looks) * stretch * (1 - _JITTER + 2 * _JITTER * share)

    def _stretch_at(self, now: float) -> float:
        lost = _STRETCH_LOST_A_MINUTE * (now - self._stretched_at) / _MINUTE_S
        return max(1.0, self._stretch - lost)

    async def _until_due(self, due: float) -> None:
        may_look: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._numbers += 1
        heapq.heappush(self._waiters, _Waiter(due, self._numbers, may_look))
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watch_over())
        try:
            await may_look
        except asyncio.CancelledError:
            if may_look.done() and not may_look.cancelled():
                self._free.release()  # it was our turn, and nobody takes it
            raise

    async def _watch_over(self) -> None:
        try:
            while self._waiters:
                await self._let_one_look()
        except Exception as error:  # noqa: BLE001 (everybody who waits gets it)
            self._let_go(error)
        except BaseException:
            self._let_go(None)
            raise

    def _let_go(self, error: Exception | None) -> None:
        """Wake everybody: without the task that watches nobody else would."""
        for waiter in self._waiters:
            if error is None:
                waiter.may_look.cancel()
            elif not waiter.may_look.done():
                waiter.may_look.set_exception(error)
        self._waiters.clear()

    async def _let_one_look(self) -> None:
        """Sleep, or let the one look that is due first."""
        wait = max(self._waiters[0].due, self._not_before) - self._clock.elapsed()
        if wait > 0:
            await self._clock.sleep(min(wait, (1 - _JITTER) * self._pace.wait(1)))
            return
        await self._free.acquire()
        if self._clock.elapsed() < self._not_before:
            self._free.release()  # turned away meanwhile
            return
        may_look = heapq.heappop(self._waiters).may_look
        if may_look.done():
            self._free.release()  # cancelled meanwhile
        else:
            may_look.set_result(None)

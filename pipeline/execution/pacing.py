"""Pacing: as many submits as the account's tier allows, and fewer while the provider is busy."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipeline.execution.ports import Clock

_MINUTE_S = 60.0
_FIRST_PAUSE_S = 1.0
_MOST_PAUSE_S = 60.0
_REGAINED_SHARE = 0.1
"""Of the tier's rate, how much comes back a minute; at least one submit a minute more."""
_PERSISTENT = 3
"""From so many slow-downs in a row on, the rate is not what the provider objects to."""
_AT_ONCE = 32
"""Submits that wait for their turn or their answer; further ones take no connection."""
PATIENCE_S = 1800.0
"""For how long the provider may turn everybody away before the run gives up."""


class TooBusyError(Exception):
    """The provider turned away every submit for longer than anybody waits; the words say so."""


class Place:
    """Leave to submit once, and from then on a place among the predictions under way."""

    def __init__(self, number: int) -> None:
        """Remember which one it is.

        Args:
            number: how many were given until then, this one included.
        """
        self.number = number
        self.is_answered = False
        self.is_accepted = False


class Pacer:
    """Lets submits pass one at a time, and no more in any minute than the tier allows.

    A bucket that fills up evenly would let nearly twice as many pass in its first minute: what it
    held in the beginning, and what has dripped in since.

    When the provider says that it is busy, that holds for everybody at once: nobody submits before
    the moment that it names, or for a pause that doubles each time; the rate is halved and comes
    back evenly over time. Where that does not help, fewer predictions may be under way, and each
    that ends makes room for one more. What was sent before a slow-down cannot say that it was not
    enough, so a hundred answers to one burst count as one.
    """

    def __init__(self, clock: Clock, *, per_minute: int, concurrent: int) -> None:
        """Start as if nobody had passed before.

        Args:
            clock: to wait on; only how much time has passed matters, never the time of day.
            per_minute: submits a minute of the account's tier, 1 or more.
            concurrent: predictions under way at once of the account's tier, 1 or more.
        """
        self._clock = clock
        self._tier_rate = float(per_minute)
        self._tier_places = concurrent
        self._passed: deque[float] = deque(maxlen=per_minute)
        self._line = asyncio.Lock()
        self._submits = asyncio.Semaphore(_AT_ONCE)
        self._one_left = asyncio.Event()
        self._rate, self._slowed_at = self._tier_rate, 0.0
        self._places, self._taken, self._given = concurrent, 0, 0
        self._not_before = 0.0
        self._in_a_row, self._last_before = 0, 0
        self._busy_since: float | None = None
        self._gave_up = ""

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        """Wait until one more submit may be sent, first come, first served.

        The block sends it once and says what came of it with `accepted` or `turned_away`; an
        accepted one stays in the block until its prediction has ended.

        Raises:
            TooBusyError: nobody was accepted for `PATIENCE_S`; nothing may be sent.
        """
        await self._submits.acquire()
        try:
            place = await self._pass()
        except BaseException:
            self._submits.release()
            raise
        try:
            yield place
        finally:
            self._answered(place)
            self._taken -= 1
            if place.is_accepted and self._places < self._tier_places:
                self._places += 1
            self._one_left.set()

    def accepted(self, place: Place) -> None:
        """The provider took the submit."""
        place.is_accepted = True
        self._answered(place)
        self._busy_since = None
        if place.number > self._last_before:
            self._in_a_row = 0

    def turned_away(self, place: Place, *, hint_s: float, reason: str) -> float:
        """The provider was too busy for the submit.

        Args:
            place: with which it was sent.
            hint_s: the provider's Retry-After, 0 where it gave none.
            reason: the provider's words.

        Returns:
            For how many seconds nobody may submit now.
        """
        self._answered(place)
        now = self._clock.elapsed()
        if self._busy_since is None:
            self._busy_since = now
        if place.number > self._last_before:
            self._slow_down(now)
        self._not_before = max(self._not_before, now + hint_s)
        # It is the provider that is given up on, not one submit: in a long line nobody's own
        # waiting tells anything, and while anybody is accepted all others wait for their turn.
        busy_s = now - self._busy_since
        if busy_s > PATIENCE_S and self._in_a_row > _PERSISTENT:
            minutes = f"{busy_s / _MINUTE_S:.0f} minutes"
            self._gave_up = f"every request was turned away for {minutes}: {reason}"
        return self._not_before - now

    def _slow_down(self, now: float) -> None:
        self._in_a_row += 1
        self._last_before = self._given
        self._rate, self._slowed_at = max(1.0, self._rate_at(now) / 2), now
        pause = min(_MOST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(self._in_a_row - 1, 10))
        self._not_before = max(self._not_before, now + pause)
        if self._in_a_row >= _PERSISTENT:
            # Those under way beside the one that was turned away are as many as it bears.
            self._places = max(1, min(self._places // 2, self._taken - 1))

    def _answered(self, place: Place) -> None:
        if not place.is_answered:
            place.is_answered = True
            self._submits.release()

    async def _pass(self) -> Place:
        async with self._line:
            while True:
                if self._gave_up:
                    raise TooBusyError(self._gave_up)
                if self._taken >= self._places:
                    # At least one is under way, so this ends.
                    self._one_left.clear()
                    await self._one_left.wait()
                    continue
                wait = self._soonest() - self._clock.elapsed()
                if wait <= 0:
                    break
                await self._clock.sleep(wait)
            self._passed.append(self._clock.elapsed())
            self._taken += 1
            self._given += 1
            return Place(self._given)

    def _soonest(self) -> float:
        """When the next one may pass, as far as can be told now."""
        soonest = self._not_before
        if len(self._passed) == self._passed.maxlen:
            soonest = max(soonest, self._passed[0] + _MINUTE_S)
        rate = self._rate_at(self._clock.elapsed())
        if self._passed and rate < self._tier_rate:
            soonest = max(soonest, self._passed[-1] + _MINUTE_S / rate)
        return soonest

    def _rate_at(self, now: float) -> float:
        """Submits a minute that are allowed at a moment; the tier's, unless it was slowed down."""
        a_minute = max(1.0, _REGAINED_SHARE * self._tier_rate)
        regained = a_minute * (now - self._slowed_at) / _MINUTE_S
        return min(self._tier_rate, self._rate + regained)

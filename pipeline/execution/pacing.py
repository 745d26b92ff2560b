"""Pacing: a token bucket for submits, as the account's tier allows."""

import asyncio

from pipeline.execution.ports import Clock

_MINUTE_S = 60.0


class Pacer:
    """Lets one submit pass at a time, and no more in a minute than allowed.

    The bucket starts full and holds one minute's worth, as the provider resets its limits every
    minute.
    """

    def __init__(self, clock: Clock, *, per_minute: int) -> None:
        """Start with a full bucket.

        Args:
            clock: to wait on.
            per_minute: submits a minute, 1 or more.
        """
        self._clock = clock
        self._capacity = float(per_minute)
        self._per_second = per_minute / _MINUTE_S
        self._tokens = self._capacity
        self._filled = clock.elapsed()
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until one more submit may be sent; first come, first served."""
        async with self._turn:
            self._fill()
            while self._tokens < 1.0:
                await self._clock.sleep((1.0 - self._tokens) / self._per_second)
                self._fill()
            self._tokens -= 1.0

    async def back_off(self, seconds: float) -> None:
        """Let nobody pass for a while: the provider says that it is busy."""
        async with self._turn:
            await self._clock.sleep(seconds)

    def _fill(self) -> None:
        now = self._clock.elapsed()
        grown = self._tokens + (now - self._filled) * self._per_second
        self._tokens, self._filled = min(self._capacity, grown), now

"""Pacing: as many submits a minute as the account's tier allows."""

import asyncio
from collections import deque

from pipeline.execution.ports import Clock

_MINUTE_S = 60.0


class Pacer:
    """Lets one submit pass at a time, and no more in any minute than allowed.

    A bucket that fills up evenly would let nearly twice as many pass in its first minute: what it
    held in the beginning, and what has dripped in since.
    """

    def __init__(self, clock: Clock, *, per_minute: int) -> None:
        """Start as if nobody had passed before.

        Args:
            clock: to wait on.
            per_minute: submits a minute, 1 or more.
        """
        self._clock = clock
        self._passed: deque[float] = deque(maxlen=per_minute)
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until one more submit may be sent; first come, first served."""
        async with self._turn:
            while len(self._passed) == self._passed.maxlen:
                wait = self._passed[0] + _MINUTE_S - self._clock.elapsed()
                if wait <= 0:
                    break
                await self._clock.sleep(wait)
            self._passed.append(self._clock.elapsed())

    async def back_off(self, seconds: float) -> None:
        """Let nobody pass for a while: the provider says that it is busy."""
        async with self._turn:
            await self._clock.sleep(seconds)

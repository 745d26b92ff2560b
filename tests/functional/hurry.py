"""Time that runs ahead: whoever sleeps moves it, and waits in truth for a moment only."""

import asyncio
from datetime import timedelta

import pytest

from pipeline.adapters.clock import SystemClock

_TRUE_SHARE = 0.001
_MOST_S = 0.01


class Hurry:
    """The program's own clock, made to run ahead; a served provider of this process follows it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead_s = 0.0
        now, elapsed = SystemClock.now, SystemClock.elapsed

        async def sleep(_clock, seconds: float) -> None:
            self.ahead_s += seconds
            # Others, in other threads too, need real time to get on with their work.
            await asyncio.sleep(min(seconds * _TRUE_SHARE, _MOST_S))

        monkeypatch.setattr(
            SystemClock, "now", lambda clock: now(clock) + timedelta(seconds=self.ahead_s)
        )
        monkeypatch.setattr(SystemClock, "elapsed", lambda clock: elapsed(clock) + self.ahead_s)
        monkeypatch.setattr(SystemClock, "sleep", sleep)

    def pass_by(self, **span: float) -> None:
        self.ahead_s += timedelta(**span).total_seconds()

"""A clock that jumps instead of waiting."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


class JumpingClock:
    """Sleeping moves the time and lets others run once; nobody ever waits."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def elapsed(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds
        await asyncio.sleep(0)

    def jump(self, **span: float) -> None:
        self.passed += timedelta(**span).total_seconds()

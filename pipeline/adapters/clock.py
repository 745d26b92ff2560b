"""The real clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Time as it passes."""

    def now(self) -> datetime:
        """Wall clock, UTC."""
        return datetime.now(UTC)  # noqa: TID251 (this is the clock)

    def elapsed(self) -> float:
        """Seconds on a clock that never jumps."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import asyncio  # noqa: PLC0415 (whoever only asks for the time need not load it)

        await asyncio.sleep(seconds)

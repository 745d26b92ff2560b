"""Account levels: how many predictions may be started a minute, and worked on at once.

The published levels are those of the vendor. It says that limits reset every minute and that what
is above the concurrency waits; so here the start of each minute of the clock brings the full number
back, a submit above it is HTTP 429, and a prediction above the concurrency waits in the queue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Tier:
    """What an account may do: images a minute, and predictions under way at the same time."""

    per_minute: int
    concurrent: int


TIERS: Mapping[str, Tier] = {
    "bronze": Tier(2, 2),
    "silver": Tier(500, 300),
    "gold": Tier(3_000, 3_000),
    "ultra": Tier(5_000, 10_000),
}
"""By name, as of 2026. A request counts as one, whatever number of pictures it asks for."""


class Pace:
    """Counts submits by organisation and minute; forgets with the process."""

    def __init__(self, tier: Tier | None, now_us: Callable[[], int]) -> None:
        """Hold everybody to a level; None for no limit."""
        self._tier = tier
        self._now_us = now_us
        self._minute = 0
        self._started: dict[str, int] = {}

    def wait_s(self, organisation: str) -> int:
        """Seconds until one more may start: 0 for now."""
        if self._tier is None:
            return 0
        now_us = self._now_us()
        if now_us // _MINUTE_US != self._minute:
            self._minute = now_us // _MINUTE_US
            self._started.clear()
        if self._started.get(organisation, 0) < self._tier.per_minute:
            return 0
        return -(-((self._minute + 1) * _MINUTE_US - now_us) // 1_000_000)

    def started(self, organisation: str) -> None:
        """Count a prediction that was accepted."""
        if self._tier is not None:
            self._started[organisation] = self._started.get(organisation, 0) + 1

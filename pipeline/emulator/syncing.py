"""Durability of many answers at the price of one: a sync of the log that they share."""

import asyncio
import os
from pathlib import Path


class LogSync:
    """Syncs one file in a thread, once for all who wait; belongs to one event loop at a time.

    Whoever comes while a sync is under way waits for the next one, since what it wrote may have
    come too late for this one.
    """

    def __init__(self, log: Path) -> None:
        """Watch over a file that exists; nobody may delete it while this is open."""
        self._handle = os.open(log, os.O_RDONLY)
        self._next: asyncio.Task[None] | None = None
        self._current: asyncio.Task[None] | None = None

    async def synced(self) -> None:
        """Return once everything that was written before the call survives a power cut.

        Raises:
            OSError: the disk refused, and none of it is sure to survive.
        """
        loop = asyncio.get_running_loop()
        if self._next is None or self._next.get_loop() is not loop:
            before = self._current
            if before is not None and (before.done() or before.get_loop() is not loop):
                before = None
            self._next = loop.create_task(self._sync_after(before))
        # One who goes away must not take the sync of the others along.
        await asyncio.shield(self._next)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)

    async def _sync_after(self, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait([before])
        self._current, self._next = self._next, None
        await asyncio.to_thread(os.fsync, self._handle)

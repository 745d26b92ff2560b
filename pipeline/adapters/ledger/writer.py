"""Group commit: one thread writes, and commits together what has gathered meanwhile."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

if TYPE_CHECKING:  # looking needs neither loop nor thread, and loading them takes time
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

_T = TypeVar("_T")
Work = Callable[[], object]

MOST_AT_ONCE = 256
"""Writes in one commit. More of them are hardly cheaper, and meanwhile the first ones and all other
processes wait, and those give up after a minute."""


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; taken for writing at once, so that what is read in it cannot move."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # Where the disk is full SQLite ends it by itself; and the first error is the one to tell.
        if db.in_transaction:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        raise


class _Waiting(NamedTuple):
    """A write in the queue.

    Attributes:
        work: does it, on the writing thread.
        money: what is true of the money should it fail.
        done: its caller waits for this.
    """

    work: Work
    money: str
    done: "asyncio.Future[object]"


class GroupCommit:
    """Writes of one process, in the order in which they were asked for.

    At most `MOST_AT_ONCE` are committed together. A write is durable when its caller goes on. One
    that fails is undone alone; if the commit fails, all that were in it are undone, and the next
    ones are tried as if nothing had been.
    """

    def __init__(
        self, db: sqlite3.Connection, *, tell: Callable[[Exception, str], Exception]
    ) -> None:
        """Prepare; threads start with the first write.

        Args:
            db: used by the writing thread alone from here on.
            tell: turns an error, with what is true of the money, into what the caller gets.
        """
        self._db = db
        self._tell = tell
        self._thread: ThreadPoolExecutor | None = None
        self._queue: list[_Waiting] = []
        self._flusher: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[], _T], *, money: str) -> _T:
        """Do some work in a transaction with whatever else is waiting.

        Args:
            work: reads and writes the database.
            money: what is true of the money should it fail.
        """
        import asyncio  # noqa: PLC0415 (as above)

        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(work, money, done))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        # Shielded: a cancelled caller must not cancel what others wait for in the same commit.
        return cast("_T", await asyncio.shield(done))

    async def finish(self) -> None:
        """Wait until nothing is being written."""
        if self._flusher is not None:
            await self._flusher

    def close(self) -> None:
        """Let the thread go; no write may be under way."""
        if self._thread is not None:
            self._thread.shutdown()

    async def _flush(self) -> None:
        import asyncio  # noqa: PLC0415 (as above)
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (as above)

        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        while self._queue:
            batch = self._queue[:MOST_AT_ONCE]
            del self._queue[:MOST_AT_ONCE]
            works = [waiting.work for waiting in batch]
            results: Sequence[object]
            try:
                results = await loop.run_in_executor(self._thread, self._commit, works)
            except Exception as error:  # noqa: BLE001 (each caller gets it)
                results = [error] * len(batch)
            for waiting, result in zip(batch, results, strict=True):
                if waiting.done.cancelled():
                    continue
                if isinstance(result, Exception):
                    waiting.done.set_exception(self._tell(result, waiting.money))
                else:
                    waiting.done.set_result(result)

    def _commit(self, works: Sequence[Work]) -> list[object]:
        with transaction(self._db):
            return [self._one(work) for work in works]

    def _one(self, work: Work) -> object:
        self._db.execute("SAVEPOINT one")
        try:
            result = work()
        except Exception as error:
            if not self._db.in_transaction:
                raise  # SQLite has undone the whole group: no write of it may be told as done
            self._db.execute("ROLLBACK TO one")
            result = error
        self._db.execute("RELEASE one")
        return result

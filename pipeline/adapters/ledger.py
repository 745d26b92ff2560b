"""The ledger: attempts, claims and money in SQLite, written ahead of every effect.

Format 1. Write-ahead log with `synchronous=FULL`, so what was committed survives a power cut. All
writes of one process go through one thread that commits whatever has gathered meanwhile (group
commit); a caller continues only when its own write is durable. A ledger is never thrown away: a
damaged one, or one from the future, stops the command.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from pipeline.adapters.durable_files import make_folder
from pipeline.adapters.runs import Runs
from pipeline.domain.attempt import ENDED, Claim, OpenAttempt, Spent, State
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.fingerprint import CellKey, Sha256, canonical
from pipeline.domain.history import AttemptMoney, Filed
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import (
    Failed,
    Order,
    Output,
    Receipt,
    order_body,
    read,
    read_order,
    write,
)
from pipeline.execution.ports import BillingRow, OverCap, Reserved, Taken

if TYPE_CHECKING:  # looking needs neither loop nor thread, and loading them takes time
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

LEDGER_FORMAT = 1
STATE_DAMAGED = 12
_T = TypeVar("_T")
_BUSY_S = 60
# What SQLite says of a file that is not what was written: its first byte; the rest are details.
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
_PRIMARY = 0xFF

_ENDED = ", ".join(f"'{state}'" for state in sorted(ENDED))
_FREE = f"'{State.REFUSED}', '{State.ABANDONED}'"
_SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  run TEXT NOT NULL,
  job TEXT NOT NULL,
  state TEXT NOT NULL,
  hold INTEGER NOT NULL,
  images INTEGER NOT NULL,
  month TEXT NOT NULL,
  reserved_at TEXT NOT NULL,
  sent_at TEXT NOT NULL DEFAULT '',
  fresh TEXT NOT NULL DEFAULT '',
  prediction TEXT NOT NULL DEFAULT '',
  addresses TEXT NOT NULL DEFAULT '[]',
  outputs TEXT NOT NULL DEFAULT '[]',
  receipt TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  filing INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_open_job ON attempts (job) WHERE state NOT IN ({_ENDED});
CREATE UNIQUE INDEX one_owner ON attempts (prediction) WHERE prediction <> '';
CREATE INDEX by_state ON attempts (state);
CREATE TABLE cells (
  cell TEXT NOT NULL,
  attempt TEXT NOT NULL REFERENCES attempts (id),
  is_open INTEGER NOT NULL,
  PRIMARY KEY (cell, attempt)
) STRICT;
CREATE UNIQUE INDEX one_claim ON cells (cell) WHERE is_open = 1;
CREATE TABLE billing (
  bill_row TEXT PRIMARY KEY, attempt TEXT NOT NULL, amount INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX billing_of ON billing (attempt);
CREATE TABLE known (
  attempt TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  month TEXT NOT NULL,
  charged INTEGER NOT NULL,
  is_doubt INTEGER NOT NULL,
  images INTEGER NOT NULL
) STRICT;
CREATE TABLE uploads (
  address TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at TEXT NOT NULL, reusable INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_of ON uploads (sha256, at);
CREATE TABLE steps (attempt TEXT NOT NULL, state TEXT NOT NULL, run TEXT NOT NULL) STRICT;
INSERT INTO meta VALUES ('format', '{LEDGER_FORMAT}'), ('filings', '0');
"""
_ATTEMPT = (
    "SELECT body, campaign, run, state, hold, reserved_at, sent_at, fresh, prediction, addresses,"
    " outputs, receipt FROM attempts"
)
# An attempt books its billing rows once there are any, and what was quoted until then; one that was
# taken for free books nothing until a row of the bill says otherwise.
_BOOKED = f"""
SELECT a.id, a.campaign, a.run, a.month, a.state, a.images,
  COALESCE((SELECT SUM(b.amount) FROM billing b WHERE b.attempt = a.id), a.hold)
FROM attempts a WHERE a.state NOT IN ({_FREE}) OR a.id IN (SELECT attempt FROM billing)
"""
_BOOKED_OR_KNOWN = f"""{_BOOKED}
UNION ALL
SELECT k.attempt, k.campaign, '', k.month,
  iif(k.is_doubt, '{State.IN_DOUBT}', '{State.FILED}'), k.images, k.charged
FROM known k WHERE k.attempt NOT IN (SELECT id FROM attempts)
"""
_SETTLED = frozenset(
    {State.STORED, State.SETTLED, State.FILED, State.FAILED, State.REFUSED, State.ABANDONED}
)


class Booked(NamedTuple):
    """What one attempt books.

    Attributes:
        attempt: its id.
        campaign: for whom.
        run: which run; empty for receipts from elsewhere.
        month: UTC, `2026-11`.
        state: of the attempt; tells whether the amount is taken, held or in doubt.
        images: pictures asked for.
        amount: billing rows once there are any, until then what was quoted; micro-dollars.
    """

    attempt: str
    campaign: str
    run: str
    month: str
    state: str
    images: int
    amount: int


class SqliteLedger:
    """The ledger of one realm on this machine, seen from one run."""

    def __init__(self, path: Path, *, run: str, runs: Runs) -> None:
        """Open the ledger, making a new one where there is none.

        Args:
            path: of the database file.
            run: id under which this process acts.
            runs: tells which runs are alive.

        Raises:
            CampaignError: exit 12; damaged or from a newer program.
        """
        self._path = path
        self._run = run
        self._runs = runs
        self._writer: ThreadPoolExecutor | None = None
        self._waiting: list[tuple[Callable[[], object], asyncio.Future[object]]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._db = _open(path)
        # Readers have a connection of their own, or they would see what is not yet committed.
        self._reads = _open(path)
        self._seen = self.filings()

    # Reading

    def filings(self) -> int:
        """How many receipts were ever filed through this ledger; grows with each."""
        ((value,),) = self._rows("SELECT value FROM meta WHERE name = 'filings'")
        return int(value)

    def mark_seen(self, filings: int) -> None:
        """Say how many filings the facts of the coming plan include."""
        self._seen = filings

    def receipts(self) -> list[Filed]:
        """Receipts of all attempts that have one, with their billing rows."""
        found = [
            Filed(campaign, read(json.loads(line)))
            for campaign, line in self._rows(
                "SELECT campaign, receipt FROM attempts"
                f" WHERE receipt <> '' AND state NOT IN ({_FREE}) ORDER BY reserved_at, id"
            )
        ]
        rows = self._rows(
            "SELECT a.campaign, b.attempt, b.bill_row, b.amount, b.at FROM billing b"
            " JOIN attempts a ON a.id = b.attempt ORDER BY b.at, b.bill_row"
        )
        for campaign, attempt, row, amount, at in rows:
            body = {"kind": "charge", "attempt": attempt, "row": row, "amount": amount, "at": at}
            found.append(Filed(campaign, read(body)))
        return found

    def claims(self) -> Mapping[CellKey, Claim]:
        """Cells of open attempts."""
        alive: dict[str, bool] = {}
        found: dict[CellKey, Claim] = {}
        rows = self._rows(
            "SELECT c.cell, a.id, a.state, a.run FROM cells c JOIN attempts a ON a.id = c.attempt"
            " WHERE c.is_open = 1"
        )
        for cell, attempt, state, run in rows:
            if run not in alive:
                alive[run] = run != self._run and self._runs.is_alive(run)
            found[CellKey(cell)] = Claim(attempt, State(state), run, alive[run])
        return found

    def booked(self) -> list[Booked]:
        """What each attempt of this ledger books, those that ended for free left out."""
        return [Booked._make(row) for row in self._rows(_BOOKED)]

    def attempts(self) -> frozenset[str]:
        """Ids of all attempts that were ever made through this ledger."""
        return frozenset(found for (found,) in self._rows("SELECT id FROM attempts"))

    async def open_attempts(self) -> Sequence[OpenAttempt]:
        """All attempts that have not ended, oldest first."""
        return self.list_open()

    def list_open(self) -> Sequence[OpenAttempt]:
        """As `open_attempts`, for callers that do not wait."""
        rows = self._rows(f"{_ATTEMPT} WHERE state NOT IN ({_ENDED}) ORDER BY reserved_at, id")
        return [_attempt(row) for row in rows]

    async def state_of(self, attempt: str) -> OpenAttempt | None:
        """One attempt if it has not ended."""
        rows = self._rows(f"{_ATTEMPT} WHERE id = ? AND state NOT IN ({_ENDED})", (attempt,))
        return _attempt(rows[0]) if rows else None

    async def owned(self) -> frozenset[str]:
        """Ids of all predictions that belong to some attempt."""
        rows = self._rows("SELECT prediction FROM attempts WHERE prediction <> ''")
        return frozenset(prediction for (prediction,) in rows)

    def predictions(self) -> Mapping[str, tuple[str, str]]:
        """Attempt and campaign of each prediction."""
        rows = self._rows("SELECT prediction, id, campaign FROM attempts WHERE prediction <> ''")
        return {prediction: (attempt, campaign) for prediction, attempt, campaign in rows}

    async def upload_of(self, digest: Sha256, *, since: str) -> str | None:
        """Address of a picture that was uploaded for reuse at or after a moment."""
        rows = self._rows(
            "SELECT address FROM uploads WHERE sha256 = ? AND at >= ? AND reusable"
            " ORDER BY at DESC LIMIT 1",
            (digest, since),
        )
        return str(rows[0][0]) if rows else None

    async def uploads(self) -> frozenset[str]:
        """Addresses of all remembered uploads."""
        rows = self._rows("SELECT address FROM uploads")
        return frozenset(address for (address,) in rows)

    def is_alive(self, run: str) -> bool:
        """Whether the process of a run still exists; this run counts as alive."""
        return run == self._run or self._runs.is_alive(run)

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            return self._reads.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> Exception:
        """Damage as a problem of stored state; any other error as it is."""
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _DAMAGE:
            return CampaignError(STATE_DAMAGED, [_damaged(self._path, str(error))])
        return error

    # Writing

    async def reserve(
        self, order: Order, *, campaign: str, hold: MicroUsd, limits: Sequence[Limit], at: str
    ) -> Reserved | Taken | OverCap:
        """Check all caps and claim the cells in one transaction."""
        return await self._write(
            lambda: self._reserve(order, campaign=campaign, hold=hold, limits=limits, at=at)
        )

    def _reserve(
        self, order: Order, *, campaign: str, hold: MicroUsd, limits: Sequence[Limit], at: str
    ) -> Reserved | Taken | OverCap:
        taken = self._taken(order)
        if taken:
            return Taken(taken)
        over = self._over(limits, hold=hold, images=len(order.cells))
        if over is not None:
            return over
        self._db.execute(
            "INSERT INTO attempts (id, campaign, run, job, state, hold, images, month, reserved_at,"
            " body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                order.attempt,
                campaign,
                self._run,
                order.job,
                State.RESERVED,
                hold,
                len(order.cells),
                at[:7],
                at,
                canonical(order_body(order)),
            ),
        )
        self._db.executemany(
            "INSERT INTO cells VALUES (?, ?, 1)", [(c.key, order.attempt) for c in order.cells]
        )
        self._step(order.attempt, State.RESERVED)
        return Reserved(
            OpenAttempt(order, campaign, self._run, State.RESERVED, hold=hold, reserved_at=at)
        )

    def _taken(self, order: Order) -> Mapping[CellKey, str]:
        """Cells that another attempt holds, or that one bought since the plan's facts were read."""
        found: dict[CellKey, str] = {}
        for cell in order.cells:
            row = self._db.execute(
                "SELECT c.attempt FROM cells c JOIN attempts a ON a.id = c.attempt"
                " WHERE c.cell = ? AND (c.is_open = 1 OR a.filing > ?) LIMIT 1",
                (cell.key, self._seen),
            ).fetchone()
            if row is not None:
                found[cell.key] = row[0]
        return found

    def _over(self, limits: Sequence[Limit], *, hold: MicroUsd, images: int) -> OverCap | None:
        booked = [Booked._make(row) for row in self._db.execute(_BOOKED_OR_KNOWN)]
        for limit in limits:
            spent = add_up(booked, limit.scope, limit.name)
            now = Limit(
                limit.scope, limit.name, limit.money, limit.images, spent.total, spent.images
            )
            if limit.money is not None and spent.total + hold > limit.money:
                settled = spent.charged + spent.in_doubt
                return OverCap(now, would_wait=settled + hold <= limit.money)
            if limit.images is not None and spent.images + images > limit.images:
                return OverCap(now, would_wait=False)
        return None

    async def submitting(self, attempt: str, *, fresh: str, at: str) -> None:
        """The intent: from here on the request may leave."""
        await self._advance(attempt, State.SUBMITTING, {"fresh": fresh, "sent_at": at})

    async def submitted(self, attempt: str, *, prediction: str) -> None:
        """The provider's id."""
        await self._advance(attempt, State.SUBMITTED, {"prediction": prediction, "receipt": ""})

    async def ready(self, attempt: str, *, addresses: Sequence[str]) -> None:
        """Where the pictures are."""
        await self._advance(attempt, State.READY, {"addresses": json.dumps(list(addresses))})

    async def stored(self, attempt: str, *, outputs: Sequence[Output | None]) -> None:
        """Their bytes are in the store; None where one is gone for good."""
        await self._advance(attempt, State.STORED, {"outputs": json.dumps(outputs)})

    async def settled(self, attempt: str, receipt: Receipt) -> None:
        """The receipt of a delivery or a failure."""
        state = State.FAILED if isinstance(receipt, Failed) else State.SETTLED
        await self._advance(attempt, state, {"receipt": write(receipt)})

    async def filed(self, attempt: str) -> None:
        """The receipt is durable in the lock; the claim ends."""
        await self._write(lambda: self._end(attempt, State.FILED, ""))

    async def refused(self, attempt: str, reason: str) -> None:
        """Rejected before anything was bought; the hold ends."""
        await self._write(lambda: self._end(attempt, State.REFUSED, reason))

    async def abandoned(self, attempt: str, reason: str) -> None:
        """Nothing was sent, or nothing arrived; the hold ends."""
        await self._write(lambda: self._end(attempt, State.ABANDONED, reason))

    async def in_doubt(self, attempt: str, receipt: Receipt) -> None:
        """Sent, and nobody knows; keeps hold and claim."""
        await self._advance(attempt, State.IN_DOUBT, {"receipt": write(receipt)})

    async def billed(self, rows: Sequence[tuple[str, BillingRow]]) -> Sequence[str]:
        """Book rows of the bill, with their attempts; returns the ids of the new ones."""

        def book() -> list[str]:
            return [
                row.row
                for attempt, row in rows
                if self._db.execute(
                    "INSERT OR IGNORE INTO billing VALUES (?, ?, ?, ?)",
                    (row.row, attempt, row.amount, row.at),
                ).rowcount
            ]

        return await self._write(book)

    async def take_over(self, attempt: str, *, dead: str) -> bool:
        """Make an attempt of a dead run ours; False when another run was faster."""

        def take() -> bool:
            done = self._db.execute(
                f"UPDATE attempts SET run = ? WHERE id = ? AND run = ? AND state NOT IN ({_ENDED})",
                (self._run, attempt, dead),
            )
            return done.rowcount == 1

        return await self._write(take)

    async def uploaded(self, digest: Sha256, address: str, at: str, *, reusable: bool) -> None:
        """Remember an upload."""
        await self._write(
            lambda: self._db.execute(
                "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?)",
                (address, digest, at, reusable),
            )
        )

    async def learn(self, attempts: Mapping[str, AttemptMoney]) -> None:
        """Take over the money of receipts, so that caps count what was bought elsewhere too."""
        rows = [
            (attempt, money.campaign, money.at[:7], money.charged, money.in_doubt, money.images)
            for attempt, money in attempts.items()
        ]
        await self._write(
            lambda: self._db.executemany("INSERT OR REPLACE INTO known VALUES (?,?,?,?,?,?)", rows)
        )

    async def rehome(self, campaigns: Mapping[str, str]) -> None:
        """Book attempts on the campaign that their receipts stand in now, after a rename."""
        rows = [(campaign, attempt) for attempt, campaign in campaigns.items()]
        await self._write(
            lambda: self._db.executemany("UPDATE attempts SET campaign = ? WHERE id = ?", rows)
        )

    async def aclose(self) -> None:
        """Finish what is being written and let go of the file."""
        if self._flusher is not None:
            await self._flusher
        self.close()

    def close(self) -> None:
        """As `aclose`, when nothing was ever written."""
        if self._writer is not None:
            self._writer.shutdown()
        self._db.close()
        self._reads.close()

    async def _advance(self, attempt: str, state: State, values: Mapping[str, str]) -> None:
        columns = "".join(f", {column} = ?" for column in values)

        def advance() -> None:
            done = self._db.execute(
                f"UPDATE attempts SET state = ?{columns} WHERE id = ? AND state NOT IN ({_ENDED})",
                (state, *values.values(), attempt),
            )
            if done.rowcount != 1:
                raise LookupError(f"attempt {attempt} is not open")
            self._step(attempt, state)

        await self._write(advance)

    def _end(self, attempt: str, state: State, note: str) -> None:
        self._db.execute("UPDATE meta SET value = value + 1 WHERE name = 'filings'")
        done = self._db.execute(
            "UPDATE attempts SET state = ?, note = ?, filing ="
            " (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'filings') * ?"
            f" WHERE id = ? AND state NOT IN ({_ENDED})",
            (state, note, state is State.FILED, attempt),
        )
        if done.rowcount != 1:
            raise LookupError(f"attempt {attempt} is not open")
        self._db.execute("UPDATE cells SET is_open = 0 WHERE attempt = ?", (attempt,))
        self._step(attempt, state)

    def _step(self, attempt: str, state: State) -> None:
        self._db.execute("INSERT INTO steps VALUES (?, ?, ?)", (attempt, state, self._run))

    async def _write(self, work: Callable[[], _T]) -> _T:
        import asyncio  # noqa: PLC0415 (as above)

        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        # Shielded: a cancelled caller must not cancel what others wait for in the same commit.
        return cast("_T", await asyncio.shield(done))

    async def _flush(self) -> None:
        import asyncio  # noqa: PLC0415 (as above)
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (as above)

        loop = asyncio.get_running_loop()
        if self._writer is None:
            self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        while self._waiting:
            batch, self._waiting = self._waiting, []
            works = [work for work, _ in batch]
            try:
                results = await loop.run_in_executor(self._writer, self._commit, works)
            except Exception as error:  # noqa: BLE001 (each caller gets it)
                results = [self._told(error)] * len(batch)
            for (_, done), result in zip(batch, results, strict=True):
                if done.cancelled():
                    continue
                if isinstance(result, Exception):
                    done.set_exception(result)
                else:
                    done.set_result(result)

    def _commit(self, works: Iterable[Callable[[], object]]) -> list[object]:
        results: list[object] = []
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for work in works:
                self._db.execute("SAVEPOINT one")
                try:
                    results.append(work())
                except Exception as error:  # noqa: BLE001 (the caller of this one gets it)
                    self._db.execute("ROLLBACK TO one")
                    results.append(self._told(error))
                self._db.execute("RELEASE one")
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite ends it by itself where the disk is full
                self._db.execute("ROLLBACK")
            raise
        return results


def add_up(booked: Iterable[Booked], scope: str, name: str) -> Spent:
    """Money and pictures of a scope.

    Args:
        booked: each attempt once.
        scope: `campaign`, `run`, `month` or `workspace`.
        name: campaign name, run id, `2026-11`, or empty.
    """
    charged = reserved = in_doubt = images = 0
    for row in booked:
        where = {"campaign": row.campaign, "run": row.run, "month": row.month}
        if where.get(scope, name) != name:
            continue
        images += row.images
        if row.state in _SETTLED:
            charged += row.amount
        elif row.state == State.IN_DOUBT:
            in_doubt += row.amount
        else:
            reserved += row.amount
    return Spent(MicroUsd(charged), MicroUsd(reserved), MicroUsd(in_doubt), images)


def _attempt(row: Sequence[object]) -> OpenAttempt:
    body, campaign, run, state, hold, reserved_at, sent_at, fresh, prediction, *rest = row
    addresses, outputs, line = rest
    return OpenAttempt(
        order=read_order(json.loads(str(body))),
        campaign=str(campaign),
        run=str(run),
        state=State(str(state)),
        hold=MicroUsd(int(str(hold))),
        reserved_at=str(reserved_at),
        sent_at=str(sent_at),
        fresh=str(fresh),
        prediction=str(prediction),
        addresses=tuple(json.loads(str(addresses))),
        outputs=tuple(o and Output(*o) for o in json.loads(str(outputs))),
        receipt=str(line),
    )


def _open(path: Path) -> sqlite3.Connection:
    make_folder(path.parent)
    try:
        db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            # Two processes may find no ledger at once; the second waits and then finds one.
            db.execute("BEGIN IMMEDIATE")
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
            db.execute("COMMIT")
        row = db.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    except sqlite3.DatabaseError as error:
        raise CampaignError(STATE_DAMAGED, [_damaged(path, str(error))]) from error
    if row is None:
        db.close()
        raise CampaignError(STATE_DAMAGED, [_damaged(path, "it states no format")])
    (found,) = row
    if found != str(LEDGER_FORMAT):
        db.close()
        raise CampaignError(STATE_DAMAGED, [_newer(path, found)])
    return db


def _damaged(path: Path, why: str) -> Problem:
    return Problem(
        code="S010",
        what=f"the ledger `{path}` cannot be read",
        why=f"SQLite says: {why}; money is never guessed, so nothing is bought",
        fix="restore it from a backup if you have one; do not delete it, it may hold open charges",
    )


def _newer(path: Path, found: str) -> Problem:
    return Problem(
        code="S011",
        what=f"the ledger `{path}` has format {found}",
        why=f"this program reads format {LEDGER_FORMAT}; a newer one wrote it",
        fix="update campaign-pipeline to the version that your team uses",
    )

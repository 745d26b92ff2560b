"""The ledger of one realm on this machine, as one run reads and writes it."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.adapters.ledger.money import Booked, Overrun, over, passed
from pipeline.adapters.ledger.opening import open_ledger
from pipeline.adapters.ledger.trouble import (
    AS_BEFORE,
    BEING_SENT,
    NOTHING_CHARGED,
    NOTHING_SENT,
    UnreadableError,
    told,
)
from pipeline.adapters.ledger.writer import GroupCommit
from pipeline.adapters.runs import Runs
from pipeline.domain.attempt import Claim, OpenAttempt, State
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
from pipeline.execution.ports import BillingRow, OverCap, OwnedError, Reserved, Taken

_NO_PREDICTIONS: Mapping[str, str] = MappingProxyType({})


_NO_RUN = ""
"""Of attempts that no run of this ledger made; nobody is alive under it, so they are recovered."""


class SqliteLedger:
    """The ledger of one realm on this machine, seen from one run."""

    def __init__(self, path: Path, *, run: str, runs: Runs) -> None:
        """Open the ledger, making a new one where there is none.

        Args:
            path: of the database file.
            run: id under which this process acts.
            runs: tells which runs are alive.

        Raises:
            CampaignError: exit 12; damaged, from a newer program, or not to be opened or written.
        """
        self._path = path
        self._run = run
        self._runs = runs
        self._db, self._reads = open_ledger(path)
        self._writer = GroupCommit(self._db, tell=self._tell)
        # What attempts of this run asked for, while they are open: looked at after every step.
        self._orders: dict[str, Order] = {}
        self._owned: frozenset[str] = frozenset()
        self._owned_upto = 0
        self._seen = self.filings()

    # Reading

    def filings(self) -> int:
        """How many receipts were ever filed through this ledger; grows with each."""
        filings = self._meta("filings")
        with self._understanding("the number of filings"):
            return int(filings)

    def mark_seen(self, filings: int) -> None:
        """Say how many filings the facts of the coming plan include."""
        self._seen = filings

    def needs_looking_back(self) -> bool:
        """Whether it was made new and nobody has read the provider's history and bill since.

        An older ledger may have been lost, and with it predictions that are paid and unknown here.
        """
        return not self._meta("looked_back")

    def receipts(self) -> list[Filed]:
        """Receipts of all attempts that have one, and all billing rows."""
        rows = self._rows(
            "SELECT campaign, receipt FROM attempts"
            " WHERE receipt <> '' AND counts <> 'free' ORDER BY reserved_at, id"
        )
        with self._understanding("a receipt"):
            found = [Filed(campaign, read(json.loads(line))) for campaign, line in rows]
        charges = self._rows(
            "SELECT coalesce(a.campaign, k.campaign, ''), b.attempt, b.bill_row, b.amount, b.at"
            " FROM billing b LEFT JOIN attempts a ON a.id = b.attempt"
            " LEFT JOIN known k ON k.attempt = b.attempt ORDER BY b.at, b.bill_row"
        )
        for campaign, attempt, row, amount, at in charges:
            body = {"kind": "charge", "attempt": attempt, "row": row, "amount": amount, "at": at}
            found.append(Filed(campaign, read(body)))
        return found

    def claims(self) -> Mapping[CellKey, Claim]:
        """Cells of open attempts."""
        alive: dict[str, bool] = {}
        found: dict[CellKey, Claim] = {}
        rows = self._rows(
            "SELECT c.cell, a.id, a.state, a.run FROM cells c JOIN attempts a ON a.id = c.attempt"
            " WHERE c.is_open"
        )
        for cell, attempt, state, run in rows:
            if run not in alive:
                alive[run] = run != self._run and self._runs.is_alive(run)
            with self._understanding(f"attempt `{attempt}`"):
                found[CellKey(cell)] = Claim(attempt, State(state), run, alive[run])
        return found

    def booked(self) -> list[Booked]:
        """What each attempt of this ledger books, those that ended for free left out."""
        rows = self._rows(
            "SELECT id, campaign, run, month, state, images, charged + reserved + in_doubt,"
            " iif(counts IN ('reserved', 'in doubt'), charged, 0), permit FROM attempts"
            " WHERE counts <> 'free' OR billed IS NOT NULL"
        )
        return [Booked._make(row) for row in rows]

    def overruns(self) -> list[Overrun]:
        """Attempts whose rows of the bill come to more than was held for them; by their ids."""
        rows = self._rows(
            "SELECT id, campaign, hold, billed FROM attempts WHERE billed > hold ORDER BY id"
        )
        return [Overrun._make(row) for row in rows]

    def passed(self, limits: Sequence[Limit]) -> Limit | None:
        """The first cap that the bill has carried us past, with what is spent of it."""
        try:
            return passed(self._reads, limits)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._tell(error) from error

    def attempts(self) -> frozenset[str]:
        """Ids of all attempts that were ever made through this ledger."""
        return frozenset(found for (found,) in self._rows("SELECT id FROM attempts"))

    async def open_attempts(self) -> Sequence[OpenAttempt]:
        """All attempts that have not ended, oldest first."""
        return self.list_open()

    def list_open(self) -> Sequence[OpenAttempt]:
        """As `open_attempts`, for callers that do not wait."""
        rows = self._rows(
            "SELECT id, body, campaign, run, state, hold, reserved_at, sent_at, fresh, prediction,"
            " addresses, outputs, receipt FROM attempts WHERE is_open ORDER BY reserved_at, id"
        )
        return [self._attempt(row) for row in rows]

    async def state_of(self, attempt: str) -> OpenAttempt | None:
        """One attempt if it has not ended."""
        rows = self._rows(
            "SELECT id, iif(?, '', body), campaign, run, state, hold, reserved_at, sent_at, fresh,"
            " prediction, addresses, outputs, receipt FROM attempts WHERE id = ? AND is_open",
            (attempt in self._orders, attempt),
        )
        if not rows:
            return None
        found = self._attempt(rows[0])
        if found.run == self._run:
            self._orders[attempt] = found.order
        return found

    async def owned(self) -> frozenset[str]:
        """Ids of all predictions that are some attempt's, here or elsewhere, or surely not ours."""
        # Asked once for each attempt that is looked for, and nothing is ever taken from the list.
        new = self._rows(
            "SELECT rowid, prediction FROM owners WHERE rowid > ? ORDER BY rowid",
            (self._owned_upto,),
        )
        if new:
            self._owned |= {prediction for _, prediction in new}
            self._owned_upto = new[-1][0]
        return self._owned

    def predictions(self) -> Mapping[str, tuple[str, str]]:
        """Attempt and campaign of each prediction that is ours, made here or elsewhere."""
        rows = self._rows(
            "SELECT o.prediction, o.attempt, coalesce(a.campaign, k.campaign, '') FROM owners o"
            " LEFT JOIN attempts a ON a.id = o.attempt LEFT JOIN known k ON k.attempt = o.attempt"
            " WHERE o.attempt <> ''"
        )
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

    def _attempt(self, row: Sequence[Any]) -> OpenAttempt:
        attempt, body, campaign, run, state, hold, reserved_at, sent_at, fresh, *rest = row
        prediction, addresses, outputs, receipt = rest
        with self._understanding(f"attempt `{attempt}`"):
            return OpenAttempt(
                order=self._orders.get(attempt) or read_order(json.loads(body)),
                campaign=campaign,
                run=run,
                state=State(state),
                hold=MicroUsd(hold),
                reserved_at=reserved_at,
                sent_at=sent_at,
                fresh=fresh,
                prediction=prediction,
                addresses=tuple(json.loads(addresses)),
                outputs=tuple(output and Output(*output) for output in json.loads(outputs)),
                receipt=receipt,
            )

    def _meta(self, name: str) -> str:
        rows = self._rows("SELECT value FROM meta WHERE name = ?", (name,))
        with self._understanding("what it says of itself"):
            return str(rows[0][0])

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            return self._reads.execute(query, values).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._tell(error) from error

    @contextmanager
    def _understanding(self, what: str) -> Iterator[None]:
        """Turn what cannot be read as what it should be into damage."""
        try:
            yield
        except (LookupError, TypeError, ValueError) as error:
            raise self._tell(UnreadableError(f"{what} makes no sense: {error!r}")) from error

    def _tell(self, error: Exception, money: str = NOTHING_CHARGED) -> Exception:
        return told(error, self._path, money=money)

    # Writing

    async def reserve(
        self, order: Order, *, campaign: str, hold: MicroUsd, limits: Sequence[Limit], at: str
    ) -> Reserved | Taken | OverCap:
        """Check all caps and claim the cells in one transaction."""
        made = OpenAttempt(order, campaign, self._run, State.RESERVED, hold=hold, reserved_at=at)

        def reserve() -> Reserved | Taken | OverCap:
            taken = self._taken(order, but="")
            if taken:
                return Taken(taken)
            too_much = over(self._db, limits, hold=hold, images=len(order.cells))
            if too_much is not None:
                return too_much
            return Reserved(self._insert(made))

        answer = await self._writer.write(reserve, money=NOTHING_SENT)
        if isinstance(answer, Reserved):
            self._orders[made.id] = order
        return answer

    async def adopt(
        self, order: Order, *, campaign: str, hold: MicroUsd, prediction: str, at: str
    ) -> OpenAttempt | Taken:
        """Book a prediction that is ours although this ledger has no attempt for it.

        No cap is asked: the money is spent. The attempt starts as `submitted`, and claims its cells
        like any other; `Taken` where one of them is claimed or bought already, or where the
        prediction has an owner. An attempt that ended without a prediction, waived or assumed
        charged by a person, goes on as if it had not ended.
        """
        made = OpenAttempt(
            order,
            campaign,
            _NO_RUN,
            State.SUBMITTED,
            hold=hold,
            reserved_at=at,
            sent_at=at,
            prediction=prediction,
        )

        def adopt() -> OpenAttempt | Taken:
            taken = self._owned_or_at_work(prediction, order) or self._taken(
                order, but=order.attempt
            )
            if taken:
                return Taken(taken)
            return self._reopen(made) if self._has(order.attempt) else self._insert(made)

        answer = await self._writer.write(adopt, money=AS_BEFORE)
        if isinstance(answer, OpenAttempt):
            self._orders[made.id] = order
        return answer

    async def take_in_doubt(
        self, order: Order, *, campaign: str, hold: MicroUsd, sent_at: str, receipt: Receipt
    ) -> bool:
        """Book an attempt in doubt whose ledger was lost: only its receipt tells of it.

        Args:
            order: what it asked for.
            campaign: for whom.
            hold: what it may have cost.
            sent_at: when it left, UTC, ISO; empty where the receipt does not tell.
            receipt: the `doubt`.

        Returns:
            False where nothing was done: this ledger has the attempt, or a cell of it is claimed.
        """
        made = OpenAttempt(
            order,
            campaign,
            _NO_RUN,
            State.IN_DOUBT,
            hold=hold,
            reserved_at=sent_at or receipt.at,
            sent_at=sent_at,
            receipt=write(receipt),
        )

        def take() -> bool:
            if self._has(order.attempt) or self._claimed(order, but=""):
                return False
            self._insert(made)
            return True

        return await self._writer.write(take, money=AS_BEFORE)

    async def submitting(self, attempt: str, *, fresh: str, at: str) -> None:
        """The intent: from here on the request may leave."""
        sql = "UPDATE attempts SET state = ?, fresh = ?, sent_at = ? WHERE id = ? AND is_open"
        await self._advance(sql, attempt, State.SUBMITTING, fresh, at, money=NOTHING_SENT)

    async def submitted(self, attempt: str, *, prediction: str) -> None:
        """The provider's id.

        Raises:
            OwnedError: another attempt has it; this one is as it was.
        """
        sql = (
            "UPDATE attempts SET state = ?, counts = 'reserved', prediction = ?, receipt = ''"
            " WHERE id = ? AND is_open"
        )
        try:
            await self._advance(sql, attempt, State.SUBMITTED, prediction, money=BEING_SENT)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_TRIGGER:
                raise
            raise OwnedError(f"prediction {prediction} is another attempt's") from error

    async def ready(self, attempt: str, *, addresses: Sequence[str]) -> None:
        """Where the pictures are."""
        sql = "UPDATE attempts SET state = ?, addresses = ? WHERE id = ? AND is_open"
        await self._advance(sql, attempt, State.READY, json.dumps(list(addresses)))

    async def stored(self, attempt: str, *, outputs: Sequence[Output | None]) -> None:
        """Their bytes are in the store; None where one is gone for good."""
        sql = (
            "UPDATE attempts SET state = ?, counts = 'charged', outputs = ?"
            " WHERE id = ? AND is_open"
        )
        await self._advance(sql, attempt, State.STORED, json.dumps(outputs))

    async def settled(self, attempt: str, receipt: Receipt) -> None:
        """The receipt of a delivery or a failure."""
        state = State.FAILED if isinstance(receipt, Failed) else State.SETTLED
        sql = (
            "UPDATE attempts SET state = ?, counts = 'charged', receipt = ?"
            " WHERE id = ? AND is_open"
        )
        await self._advance(sql, attempt, state, write(receipt))

    async def in_doubt(self, attempt: str, receipt: Receipt) -> None:
        """Sent, and nobody knows; keeps hold and claim."""
        sql = (
            "UPDATE attempts SET state = ?, counts = 'in doubt', receipt = ?"
            " WHERE id = ? AND is_open"
        )
        await self._advance(sql, attempt, State.IN_DOUBT, write(receipt), money=BEING_SENT)

    async def filed(self, attempt: str) -> None:
        """The receipt is durable in the lock; the claim ends."""
        await self._end(attempt, State.FILED, "")

    async def refused(self, attempt: str, reason: str) -> None:
        """Rejected before anything was bought; the hold ends."""
        await self._end(attempt, State.REFUSED, reason)

    async def abandoned(self, attempt: str, reason: str) -> None:
        """Nothing was sent, or nothing arrived; the hold ends."""
        await self._end(attempt, State.ABANDONED, reason)

    async def billed(self, rows: Sequence[tuple[str, BillingRow]]) -> Sequence[str]:
        """Book rows of the bill, with their attempts; returns the ids of the new ones."""

        def book() -> list[str]:
            return [
                row.row
                for attempt, row in rows
                if self._db.execute(
                    "INSERT INTO billing VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (row.row, attempt, row.amount, row.at),
                ).rowcount
            ]

        return await self._writer.write(book, money=NOTHING_CHARGED)

    async def take_over(self, attempt: str, *, dead: str) -> bool:
        """Make an attempt of a dead run ours; False when another run was faster."""

        def take() -> bool:
            done = self._db.execute(
                "UPDATE attempts SET run = ? WHERE id = ? AND run = ? AND is_open",
                (self._run, attempt, dead),
            )
            return done.rowcount == 1

        return await self._writer.write(take, money=AS_BEFORE)

    async def uploaded(self, digest: Sha256, address: str, at: str, *, reusable: bool) -> None:
        """Remember an upload."""
        await self._writer.write(
            lambda: self._db.execute(
                "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?)",
                (address, digest, at, reusable),
            ),
            money=NOTHING_SENT,
        )

    async def learn(
        self,
        attempts: Mapping[str, AttemptMoney],
        *,
        predictions: Mapping[str, str] = _NO_PREDICTIONS,
        foreign: Collection[str] = (),
    ) -> None:
        """Take over what receipts tell of other ledgers' attempts, so that caps count them too.

        What was learned before is corrected. Attempts of this ledger are left alone, as it knows
        them better, and so are those whose prediction one of them has: it was found twice, and was
        charged once. Learning the same again writes nothing.

        Args:
            attempts: money of each attempt.
            predictions: the provider's id of each attempt that has one.
            foreign: predictions of the account that a person said are not this workspace's.
        """
        known = [
            (
                attempt,
                money.campaign,
                money.at[:7],
                money.charged,
                money.in_doubt,
                money.images,
                predictions.get(attempt, ""),
                money.permit,
            )
            for attempt, money in attempts.items()
        ]
        owners = [(prediction, attempt) for attempt, prediction in predictions.items()]
        strangers = [(prediction,) for prediction in foreign]

        def learn() -> None:
            self._db.executemany(
                "INSERT INTO known"
                " (attempt, campaign, month, told, is_doubt, images, permit, billed)"
                " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?8,"
                " (SELECT sum(amount) FROM billing WHERE attempt = ?1)"
                " WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE id = ?1 OR id ="
                " (SELECT attempt FROM owners WHERE prediction = ?7))"
                " ON CONFLICT DO UPDATE SET campaign = ?2, month = ?3, told = ?4, is_doubt = ?5,"
                " images = ?6, permit = ?8"
                " WHERE (campaign, month, told, is_doubt, images, permit)"
                " <> (?2, ?3, ?4, ?5, ?6, ?8)",
                known,
            )
            self._db.executemany(
                "INSERT INTO owners VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET attempt = excluded.attempt WHERE attempt = ''",
                owners,
            )
            self._db.executemany(
                "INSERT INTO owners VALUES (?, '') ON CONFLICT DO NOTHING", strangers
            )

        await self._writer.write(learn, money=NOTHING_CHARGED)

    async def rehome(self, campaigns: Mapping[str, str]) -> None:
        """Book attempts on the campaign that their receipts stand in now, after a rename."""
        rows = [(campaign, attempt) for attempt, campaign in campaigns.items()]
        await self._writer.write(
            lambda: self._db.executemany("UPDATE attempts SET campaign = ? WHERE id = ?", rows),
            money=NOTHING_CHARGED,
        )

    async def looked_back(self, at: str) -> None:
        """Say that the provider's history and bill were read and nothing in them is unknown here.

        Args:
            at: when, UTC, ISO.
        """
        await self._writer.write(
            lambda: self._db.execute("UPDATE meta SET value = ? WHERE name = 'looked_back'", (at,)),
            money=NOTHING_CHARGED,
        )

    async def aclose(self) -> None:
        """Finish what is being written and let go of the file."""
        await self._writer.finish()
        self.close()

    def close(self) -> None:
        """As `aclose`, when nothing was ever written."""
        self._writer.close()
        self._db.close()
        self._reads.close()

    # Parts of a write; on the writing thread, in its transaction

    def _taken(self, order: Order, *, but: str) -> dict[CellKey, str]:
        """Cells that any attempt but one holds, or has bought since the plan's facts were read."""
        found = self._claimed(order, but=but)
        for cell in order.cells:
            row = self._db.execute(
                "SELECT c.attempt FROM cells c JOIN attempts a ON a.id = c.attempt"
                " WHERE c.cell = ? AND c.attempt <> ? AND a.filing > ? LIMIT 1",
                (cell.key, but, self._seen),
            ).fetchone()
            if row is not None:
                found.setdefault(cell.key, row[0])
        return found

    def _claimed(self, order: Order, *, but: str) -> dict[CellKey, str]:
        """Cells that any open attempt but one holds; all where one is at the very same job."""
        found: dict[CellKey, str] = {}
        for cell in order.cells:
            row = self._db.execute(
                "SELECT attempt FROM cells WHERE cell = ? AND is_open AND attempt <> ?",
                (cell.key, but),
            ).fetchone()
            if row is not None:
                found[cell.key] = row[0]
        if not found:
            row = self._db.execute(
                "SELECT id FROM attempts WHERE job = ? AND is_open AND id <> ?",
                (order.job, but),
            ).fetchone()
            if row is not None:
                found = dict.fromkeys((cell.key for cell in order.cells), row[0])
        return found

    def _has(self, attempt: str) -> bool:
        found = self._db.execute("SELECT 1 FROM attempts WHERE id = ?", (attempt,))
        return found.fetchone() is not None

    def _owned_or_at_work(self, prediction: str, order: Order) -> dict[CellKey, str]:
        """All cells of an order, if its prediction is another's or its attempt is under way."""
        row = self._db.execute(
            "SELECT attempt FROM owners WHERE prediction = ?1 AND attempt NOT IN ('', ?2)"
            " UNION ALL"
            " SELECT id FROM attempts WHERE id = ?2 AND (prediction <> '' OR counts = 'reserved')",
            (prediction, order.attempt),
        ).fetchone()
        return {} if row is None else dict.fromkeys((cell.key for cell in order.cells), row[0])

    def _reopen(self, made: OpenAttempt) -> OpenAttempt:
        """Let an attempt go on with a prediction; what it was before stays in `steps`."""
        ((body, reserved_at, sent_at, fresh),) = self._db.execute(
            "SELECT body, reserved_at, sent_at, fresh FROM attempts WHERE id = ?", (made.id,)
        )
        if body != canonical(order_body(made.order)):
            raise LookupError(f"attempt {made.id} asked for something else")
        again = replace(made, reserved_at=reserved_at, sent_at=sent_at or made.sent_at, fresh=fresh)
        self._db.execute(
            "UPDATE attempts SET state = ?, is_open = 1, counts = 'reserved', run = ?, hold = ?,"
            " campaign = ?, prediction = ?, sent_at = ?, receipt = '', note = '', filing = 0"
            " WHERE id = ?",
            (
                again.state,
                again.run,
                again.hold,
                again.campaign,
                again.prediction,
                again.sent_at,
                again.id,
            ),
        )
        self._db.execute("UPDATE cells SET is_open = 1 WHERE attempt = ?", (again.id,))
        self._step(again.id, again.state)
        return again

    def _insert(self, made: OpenAttempt) -> OpenAttempt:
        """Write a new attempt down; it may be one that so far only receipts told of."""
        self._db.execute("DELETE FROM known WHERE attempt = ?", (made.id,))
        self._db.execute(
            "INSERT INTO attempts (id, campaign, run, job, state, is_open, counts, hold, images,"
            " month, reserved_at, sent_at, receipt, body, permit, billed)"
            " VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
            " (SELECT sum(amount) FROM billing WHERE attempt = ?1))",
            (
                made.id,
                made.campaign,
                made.run,
                made.job,
                made.state,
                "in doubt" if made.state is State.IN_DOUBT else "reserved",
                made.hold,
                len(made.order.cells),
                made.reserved_at[:7],
                made.reserved_at,
                made.sent_at,
                made.receipt,
                canonical(order_body(made.order)),
                made.order.permit,
            ),
        )
        if made.prediction:  # an update of its own, which makes the attempt its owner
            self._db.execute(
                "UPDATE attempts SET prediction = ? WHERE id = ?", (made.prediction, made.id)
            )
        self._db.executemany(
            "INSERT INTO cells VALUES (?, ?, 1)", [(key, made.id) for key in made.keys]
        )
        self._step(made.id, made.state)
        return made

    async def _advance(
        self, sql: str, attempt: str, state: State, *values: str, money: str = AS_BEFORE
    ) -> None:
        def advance() -> None:
            self._must_be_open(attempt, self._db.execute(sql, (state, *values, attempt)))
            self._step(attempt, state)

        await self._writer.write(advance, money=money)

    async def _end(self, attempt: str, state: State, note: str) -> None:
        counts = "charged" if state is State.FILED else "free"

        def end() -> None:
            self._db.execute("UPDATE meta SET value = value + 1 WHERE name = 'filings'")
            done = self._db.execute(
                "UPDATE attempts SET state = ?, is_open = 0, counts = ?, note = ?, filing ="
                " (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'filings') * ?"
                " WHERE id = ? AND is_open",
                (state, counts, note, state is State.FILED, attempt),
            )
            self._must_be_open(attempt, done)
            self._db.execute("UPDATE cells SET is_open = 0 WHERE attempt = ?", (attempt,))
            self._step(attempt, state)

        await self._writer.write(end, money=AS_BEFORE)
        self._orders.pop(attempt, None)

    @staticmethod
    def _must_be_open(attempt: str, changed: sqlite3.Cursor) -> None:
        if changed.rowcount != 1:
            raise LookupError(f"attempt {attempt} is not open")

    def _step(self, attempt: str, state: State) -> None:
        self._db.execute("INSERT INTO steps VALUES (?, ?, ?)", (attempt, state, self._run))

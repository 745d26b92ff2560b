"""The embedded provider's memory: predictions, money and uploads, in one SQLite file and a folder.

What `accept` returned survives a kill at any moment after it; so does every end of a prediction. It
survives a power cut as well once `saved` has returned, which is waited for before any answer that
takes money or a file. All methods are short and belong on one thread at a time; the files are read
and written elsewhere.
"""

import json
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import orjson

from pipeline.domain.money import MicroUsd
from pipeline.emulator.bills import LISTED, NEVER_US, Bills, where
from pipeline.emulator.database import connect, log_of, transaction
from pipeline.emulator.files import KINDS, ensure_folder, output_file, remove_folder, upload_file
from pipeline.emulator.records import BillingType, Prediction, Upload
from pipeline.emulator.syncing import LogSync

_OPEN = "status IN ('created', 'processing')"


class InsufficientCreditError(Exception):
    """The balance does not cover the charge; nothing was accepted."""


class State:
    """Everything that outlives the process, below one folder.

    Several processes may open the same folder: each end of a prediction is written once.

    Attributes:
        folder: where files are.
        durable: whether it survives a power cut.
        submits: how many requests to models came in since it was opened, refused ones included.
    """

    def __init__(self, folder: Path, *, durable: bool = True, in_memory: bool = False) -> None:
        """Open the state below a folder, making both where there is none.

        Args:
            folder: where.
            durable: whether it survives a power cut. Off only for state that is thrown away.
            in_memory: whether all but pictures is kept in memory; then it is not `durable`.

        Raises:
            StateFormatError: written by another version of the program.
        """
        for kind in KINDS:
            ensure_folder(folder / kind)
        self.folder = folder
        self.durable = durable
        file = folder / "provider.sqlite3"
        self._db = connect(":memory:" if in_memory else file, durable=durable)
        self._log = LogSync(log_of(file)) if durable else None
        self.submits = 0

    @classmethod
    def temporary(cls) -> Self:
        """State that is thrown away with the value, or when the process ends.

        Only uploads and pictures touch the disk, below the system's folder for temporary files.
        """
        folder = Path(tempfile.mkdtemp(prefix="embedded-"))
        state = cls(folder, durable=False, in_memory=True)
        state._remove = weakref.finalize(state, remove_folder, folder)
        return state

    _remove: Callable[[], object] | None = None

    def close(self) -> None:
        """Let go of the file; temporary state is removed."""
        if self._log is not None:
            self._log.close()
        self._db.close()
        if self._remove is not None:
            self._remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Predictions and their money

    def accept(
        self,
        *,
        model: str,
        inputs: Mapping[str, Any],
        sources: Sequence[str | None],
        dropped: int,
        charge: MicroUsd,
        credit: MicroUsd,
        now_us: int,
        hidden_us: Callable[[int], int] | None = None,
        is_own: bool = True,
        organisation: str = "",
        access_key: str = "embedded",
        webhook: str = "",
    ) -> Prediction:
        """Take a request and its money in one step.

        Args:
            model: a model with a card.
            inputs: what the model will see.
            sources: as in `Prediction.sources`.
            dropped: number of keys that were left out of `inputs`.
            charge: what it costs.
            credit: what the organisation ever had; less what it spent this must cover `charge`.
            now_us: the moment.
            hidden_us: given its place among the account's own, for how long lists pass over it;
                None for not at all.
            is_own: whether the account holder asked for it, and not somebody else.
            organisation: who pays.
            access_key: name of the key that asked.
            webhook: address to call at its end; empty for none.

        Raises:
            InsufficientCreditError: it does not.
        """
        prediction = uuid4().hex
        with transaction(self._db):
            if self._spent_of(organisation, now_us) + charge > credit:
                raise InsufficientCreditError
            own = self._next_own() if is_own else 0
            hidden = 0 if hidden_us is None else hidden_us(own)
            number = self._db.execute(
                "INSERT INTO predictions (id, model, created_us, inputs, sources, dropped, own,"
                " shown_us, organisation, access_key, webhook)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    prediction,
                    model,
                    now_us,
                    json.dumps(inputs),
                    json.dumps(sources),
                    dropped,
                    own,
                    now_us + hidden if hidden else 0,
                    organisation,
                    access_key,
                    webhook,
                ),
            ).lastrowid
            order = uuid4().hex
            self._book(prediction, organisation, "deduct", charge, order=order, now_us=now_us)
        return Prediction(
            number=number or 0,
            own=own,
            id=prediction,
            model=model,
            status="created",
            created_us=now_us,
            inputs=inputs,
            sources=tuple(sources),
            dropped=dropped,
            outputs=0,
            code=0,
            error="",
            engine="",
            notes=(),
            inference_ms=0,
            organisation=organisation,
            access_key=access_key,
            webhook=webhook,
        )

    def _next_own(self) -> int:
        (own,) = self._db.execute(
            "INSERT INTO accounts VALUES ('', 0, 1)"
            " ON CONFLICT (organisation) DO UPDATE SET own = own + 1 RETURNING own"
        ).fetchall()[0]
        return int(own)

    async def saved(self) -> None:
        """Return once everything that was done so far survives a power cut too.

        Raises:
            OSError: the disk refused.
        """
        if self._log is not None:
            await self._log.synced()

    def begin(self, prediction: str, request: str) -> int | None:
        """Mark a prediction as being worked on.

        Args:
            prediction: its id.
            request: digest that names what was asked for.

        Returns:
            How many other predictions asked for exactly the same, 0 for the first; None where its
            end is known already. The number is kept, so that work that is repeated after a crash
            makes the same pictures.
        """
        with transaction(self._db):
            begun = self._db.execute(
                f"UPDATE predictions SET status = 'processing' WHERE id = ? AND {_OPEN}",  # noqa: S608 - a constant of ours
                (prediction,),
            )
            if not begun.rowcount:
                return None
            ((found,),) = self._db.execute(
                "INSERT INTO rounds SELECT ?1, ?2, COUNT(*) FROM rounds WHERE request = ?2"
                " ON CONFLICT (prediction) DO UPDATE SET round = round RETURNING round",
                (prediction, request),
            ).fetchall()
        return int(found)

    def complete(
        self,
        prediction: str,
        *,
        outputs: int,
        engine: str,
        notes: Sequence[str],
        inference_ms: int,
        flagged: Sequence[int] = (),
    ) -> bool:
        """Record the delivery of outputs whose files are durable.

        Returns:
            Whether this was its end; a known end stays as it is.
        """
        ended = self._db.execute(
            "UPDATE predictions SET status = 'completed', outputs = ?, engine = ?, notes = ?,"  # noqa: S608 - as above
            f" inference_ms = ?, flagged = ? WHERE id = ? AND {_OPEN}",
            (outputs, engine, json.dumps(notes), inference_ms, json.dumps(flagged), prediction),
        )
        return ended.rowcount > 0

    def fail(
        self,
        prediction: str,
        *,
        code: int,
        error: str,
        engine: str,
        inference_ms: int,
        now_us: int,
        refund_after_us: int | None,
        outputs: int = 0,
    ) -> bool:
        """Record a failure and, in the same step, its refund.

        Args:
            prediction: its id.
            code: why.
            error: why, in words.
            engine: version of the engine.
            inference_ms: time that was spent on it.
            now_us: the moment.
            refund_after_us: how long after it the refund is booked; None for no refund.
            outputs: number of outputs whose files are durable all the same.

        Returns:
            Whether this was its end; a known end stays as it is, and its money too.
        """
        with transaction(self._db):
            ended = self._db.execute(
                "UPDATE predictions SET status = 'failed', code = ?, error = ?, engine = ?,"  # noqa: S608 - as above
                f" inference_ms = ?, outputs = ? WHERE id = ? AND {_OPEN}",
                (code, error, engine, inference_ms, outputs, prediction),
            )
            if refund_after_us is not None and ended.rowcount:
                self._give_back(prediction, now_us=now_us, after_us=refund_after_us)
        return ended.rowcount > 0

    def delete(self, prediction: str, *, now_us: int) -> bool:
        """Take a prediction from the lists, and cancel it if nobody works on it yet.

        One that was never begun is refunded in the same step. One that is being worked on has
        cost somebody something, so it keeps its charge; its outputs are not delivered any more.
        Those that were delivered before stay where they are.

        Returns:
            Whether this call did it; False where it is unknown or deleted already.
        """
        with transaction(self._db):
            before = self._db.execute(
                "SELECT status FROM predictions WHERE id = ? AND status <> 'deleted'", (prediction,)
            ).fetchone()
            if before is None:
                return False
            self._db.execute(
                "UPDATE predictions SET status = 'deleted' WHERE id = ?", (prediction,)
            )
            if before["status"] == "created":
                self._give_back(prediction, now_us=now_us, after_us=0)
        return True

    def _give_back(self, prediction: str, *, now_us: int, after_us: int) -> None:
        taken = self._db.execute(
            "SELECT b.price, b.order_uuid, p.organisation FROM billings b"
            " JOIN predictions p ON p.id = b.prediction"
            " WHERE b.prediction = ? AND b.billing_type = 'deduct'",
            (prediction,),
        ).fetchone()
        self._book(
            prediction,
            taken["organisation"],
            "refund",
            MicroUsd(taken["price"]),
            order=taken["order_uuid"],
            now_us=now_us + after_us,
            is_late=after_us > 0,
        )

    def _book(
        self,
        prediction: str,
        organisation: str,
        kind: BillingType,
        price: MicroUsd,
        *,
        order: str,
        now_us: int,
        is_late: bool = False,
    ) -> None:
        self._db.execute(
            "INSERT INTO billings"
            " (uuid, order_uuid, prediction, billing_type, price, created_us, shown_us)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (uuid4().hex, order, prediction, kind, price, now_us, now_us if is_late else 0),
        )
        self._db.execute(
            "INSERT INTO accounts VALUES (?, ?, 0)"
            " ON CONFLICT (organisation) DO UPDATE SET spent = spent + excluded.spent",
            (organisation, price if kind == "deduct" else -price),
        )

    def prediction(self, prediction: str) -> Prediction | None:
        """One prediction by its id."""
        row = self._db.execute("SELECT * FROM predictions WHERE id = ?", (prediction,)).fetchone()
        return None if row is None else _prediction(row)

    def own_before(self, prediction: Prediction) -> Prediction | None:
        """The account's own prediction before one of its own; None for the first."""
        row = self._db.execute(
            "SELECT * FROM predictions WHERE own = ? AND own > 0", (prediction.own - 1,)
        ).fetchone()
        return None if row is None else _prediction(row)

    def pending(self) -> list[str]:
        """Ids of all predictions that still have to be worked on, oldest first."""
        rows = self._db.execute(
            "SELECT id FROM predictions WHERE status IN ('created', 'processing') ORDER BY number"
        )
        return [row["id"] for row in rows]

    def predictions(
        self,
        *,
        after_us: int,
        before_us: int,
        model: str | None,
        status: str | None,
        limit: int,
        offset: int,
        now_us: int | None = None,
        organisation: str | None = None,
    ) -> list[Prediction]:
        """Predictions created in a span of time, both ends included, newest first.

        Those that are not listed yet at `now_us` are passed over; None stands for the end of time.
        Deleted ones are listed only where their status is asked for.
        """
        asked = {
            "after": after_us,
            "before": before_us,
            "now": NEVER_US if now_us is None else now_us,
            "model": model,
            "status": status,
            "any": status is None or None,
            "organisation": organisation,
        }
        rows = self._db.execute(
            f"SELECT * FROM predictions {where(LISTED, asked)}"  # noqa: S608 - constants of ours
            " ORDER BY created_us DESC, number DESC LIMIT :limit OFFSET :offset",
            {**asked, "limit": limit, "offset": offset},
        )
        return [_prediction(row) for row in rows]

    def spent(self, *, at_us: int | None = None, organisation: str | None = None) -> MicroUsd:
        """All deductions less all refunds, but for late ones that are booked only after `at_us`.

        Args:
            at_us: None stands for the end of time.
            organisation: who spent it; None for all together.
        """
        if organisation is not None:
            at = NEVER_US if at_us is None else at_us
            return MicroUsd(self._spent_of(organisation, at))
        names = self._db.execute("SELECT organisation FROM accounts").fetchall()
        at_us = NEVER_US if at_us is None else at_us
        return MicroUsd(sum(self._spent_of(name, at_us) for (name,) in names))

    def _spent_of(self, organisation: str, at_us: int) -> int:
        booked = self._db.execute(
            "SELECT spent FROM accounts WHERE organisation = ?", (organisation,)
        ).fetchone()
        (to_come,) = self._db.execute(
            "SELECT COALESCE(SUM(b.price), 0) FROM billings b"
            " JOIN predictions p ON p.id = b.prediction"
            " WHERE b.shown_us > 0 AND b.shown_us > ? AND p.organisation = ?",
            (at_us, organisation),
        ).fetchone()
        return int((0 if booked is None else booked["spent"]) + to_come)

    def spent_by_others(self) -> MicroUsd:
        """The part of `spent` that somebody else's predictions took."""
        row = self._db.execute(
            "SELECT COALESCE(SUM(CASE billing_type WHEN 'deduct' THEN price ELSE -price END), 0)"
            " FROM billings JOIN predictions p ON p.id = prediction WHERE p.own = 0"
        ).fetchone()
        return MicroUsd(row[0])

    @property
    def bills(self) -> Bills:
        """Movements of money, to be read."""
        return Bills(self._db)

    # Calls at a prediction's end

    def webhook_secret(self, organisation: str, access_key: str) -> str:
        """What calls for this key's predictions are signed with; made when first asked for."""
        self._db.execute(
            "INSERT OR IGNORE INTO secrets VALUES (?, ?, ?)",
            (organisation, access_key, f"whsec_{token_hex(32)}"),
        )
        (secret,) = self._db.execute(
            "SELECT secret FROM secrets WHERE organisation = ? AND access_key = ?",
            (organisation, access_key),
        ).fetchone()
        return str(secret)

    def to_call(self) -> list[Prediction]:
        """Predictions that have ended and whose webhook is still to be called, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM predictions WHERE webhook <> '' AND call_ended = 0"
            " AND status IN ('completed', 'failed') ORDER BY number"
        )
        return [_prediction(row) for row in rows]

    def called(self, prediction: str, *, is_over: bool) -> None:
        """Count a call; `is_over` where there will be no other."""
        self._db.execute(
            "UPDATE predictions SET calls = calls + 1, call_ended = ? WHERE id = ?",
            (is_over, prediction),
        )

    # Uploads

    def add_upload(self, *, filename: str, content_type: str, size: int, now_us: int) -> Upload:
        """Make room for a file that is about to arrive."""
        upload = Upload(
            id=uuid4().hex,
            ticket=uuid4().hex,
            filename=filename,
            content_type=content_type,
            size=size,
            created_us=now_us,
            received=False,
        )
        self._db.execute(
            "INSERT INTO uploads (id, ticket, filename, content_type, size, created_us, received)"
            " VALUES (:id, :ticket, :filename, :content_type, :size, :created_us, :received)",
            asdict(upload),
        )
        return upload

    def receive_upload(self, upload: str) -> None:
        """Record that an upload's file is durable."""
        self._db.execute("UPDATE uploads SET received = 1 WHERE id = ?", (upload,))

    def upload(self, upload: str) -> Upload | None:
        """One upload by the id in its address."""
        row = self._db.execute("SELECT * FROM uploads WHERE id = ?", (upload,)).fetchone()
        return _upload(row)

    def upload_of_ticket(self, ticket: str) -> Upload | None:
        """One upload by the secret in its ticket's address."""
        row = self._db.execute("SELECT * FROM uploads WHERE ticket = ?", (ticket,)).fetchone()
        return _upload(row)

    # Forgetting

    def outlived(self, before_us: int) -> list[Path]:
        """Folders of uploads and outputs from before a moment that were not tidied away yet."""
        rows = self._db.execute(
            "SELECT 'upload' AS kind, id FROM uploads WHERE tidied = 0 AND created_us < :before"
            " UNION ALL SELECT 'output', id FROM predictions"
            " WHERE tidied = 0 AND created_us < :before"
            " AND status IN ('completed', 'failed', 'deleted')",
            {"before": before_us},
        )
        return [
            self.folder / Path(upload_file(i) if kind == "upload" else output_file(i, 0)).parent
            for kind, i in rows
        ]

    def mark_tidied(self, folders: Sequence[Path]) -> None:
        """Record that these folders of `outlived` are gone; rows and money stay."""
        ids = json.dumps([folder.name for folder in folders])
        with transaction(self._db):
            for table in ("uploads", "predictions"):
                self._db.execute(
                    f"UPDATE {table} SET tidied = 1"  # noqa: S608 - one of two constants
                    " WHERE id IN (SELECT value FROM json_each(?))",
                    (ids,),
                )


def _prediction(row: sqlite3.Row) -> Prediction:
    return Prediction(
        number=row["number"],
        own=row["own"],
        id=row["id"],
        model=row["model"],
        status=row["status"],
        created_us=row["created_us"],
        inputs=orjson.loads(row["inputs"]),
        sources=_list(row["sources"]),
        dropped=row["dropped"],
        outputs=row["outputs"],
        code=row["code"],
        error=row["error"],
        engine=row["engine"],
        notes=_list(row["notes"]),
        inference_ms=row["inference_ms"],
        organisation=row["organisation"],
        access_key=row["access_key"],
        flagged=_list(row["flagged"]),
        webhook=row["webhook"],
        calls=row["calls"],
    )


def _list(text: str) -> tuple[Any, ...]:
    return () if text == "[]" else tuple(orjson.loads(text))


def _upload(row: sqlite3.Row | None) -> Upload | None:
    if row is None:
        return None
    names = (field.name for field in fields(Upload) if field.name != "received")
    return Upload(**{name: row[name] for name in names}, received=bool(row["received"]))

"""The embedded provider's memory: predictions, money and uploads, in one SQLite file and a folder.

What `accept` returned survives a kill at any moment after it; so does every end of a prediction.
All methods are short and belong on one thread at a time; the files are read and written elsewhere.
"""

import json
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from pipeline.domain.money import MicroUsd
from pipeline.emulator.database import connect, transaction
from pipeline.emulator.files import KINDS, ensure_folder, output_file, remove_folder, upload_file
from pipeline.emulator.records import BillingRow, BillingType, Prediction, Upload

_BILLED = (
    " FROM billings b JOIN predictions p ON p.id = b.prediction"
    " WHERE (:ids = '[]' OR b.prediction IN (SELECT value FROM json_each(:ids)))"
    " AND (:kind IS NULL OR b.billing_type = :kind)"
    " AND (:model IS NULL OR p.model = :model)"
    " AND (:start IS NULL OR b.created_us >= :start)"
    " AND (:end IS NULL OR b.created_us <= :end)"
)


class InsufficientCreditError(Exception):
    """The balance does not cover the charge; nothing was accepted."""


class State:
    """Everything that outlives the process, below one folder.

    Several processes may open the same folder: each end of a prediction is written once.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Open the state below a folder, making both where there is none.

        Raises:
            StateFormatError: written by another version of the program.
        """
        for kind in KINDS:
            ensure_folder(folder / kind)
        self.folder = folder
        self._durable = durable
        self._db = self._connect()

    @classmethod
    def temporary(cls) -> Self:
        """State that is thrown away with the value, or when the process ends."""
        folder = Path(tempfile.mkdtemp(prefix="embedded-"))
        state = cls(folder, durable=False)
        state._remove = weakref.finalize(state, remove_folder, folder)
        return state

    def _connect(self) -> sqlite3.Connection:
        return connect(self.folder / "provider.sqlite3", durable=self._durable)

    _remove: Callable[[], object] | None = None

    def close(self) -> None:
        """Let go of the file; temporary state is removed."""
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
    ) -> Prediction:
        """Take a request and its money in one durable step.

        Args:
            model: a model with a card.
            inputs: what the model will see.
            sources: as in `Prediction.sources`.
            dropped: number of keys that were left out of `inputs`.
            charge: what it costs.
            credit: what the account ever had; less what it spent this must cover `charge`.
            now_us: the moment.

        Raises:
            InsufficientCreditError: it does not.
        """
        prediction = uuid4().hex
        with transaction(self._db):
            if self.spent() + charge > credit:
                raise InsufficientCreditError
            self._db.execute(
                "INSERT INTO predictions (id, model, created_us, inputs, sources, dropped)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (prediction, model, now_us, json.dumps(inputs), json.dumps(sources), dropped),
            )
            self._book(prediction, "deduct", charge, order=uuid4().hex, now_us=now_us)
        accepted = self.prediction(prediction)
        if accepted is None:  # pragma: no cover (rows are never deleted)
            raise LookupError(prediction)
        return accepted

    def begin(self, prediction: str) -> Prediction | None:
        """Mark a prediction as being worked on; None where its end is known already."""
        self._db.execute(
            "UPDATE predictions SET status = 'processing'"
            " WHERE id = ? AND status IN ('created', 'processing')",
            (prediction,),
        )
        begun = self.prediction(prediction)
        return begun if begun is not None and begun.is_pending else None

    def round_of(self, prediction: str, request: str) -> int:
        """How many other predictions asked for exactly the same, 0 for the first.

        The answer is kept, so that work that is repeated after a crash makes the same pictures.
        May be called from any thread.
        """
        with closing(self._connect()) as db, transaction(db):
            (others,) = db.execute(
                "SELECT COUNT(*) FROM rounds WHERE request = ?", (request,)
            ).fetchone()
            db.execute(
                "INSERT OR IGNORE INTO rounds VALUES (?, ?, ?)", (prediction, request, others)
            )
            row = db.execute(
                "SELECT round FROM rounds WHERE prediction = ?", (prediction,)
            ).fetchone()
        return int(row[0])

    def complete(
        self, prediction: str, *, outputs: int, engine: str, notes: Sequence[str], inference_ms: int
    ) -> None:
        """Record the delivery of outputs whose files are durable; a known end stays as it is."""
        self._db.execute(
            "UPDATE predictions SET status = 'completed', outputs = ?, engine = ?, notes = ?,"
            " inference_ms = ? WHERE id = ? AND status IN ('created', 'processing')",
            (outputs, engine, json.dumps(notes), inference_ms, prediction),
        )

    def fail(
        self,
        prediction: str,
        *,
        code: int,
        error: str,
        engine: str,
        inference_ms: int,
        refund: bool,
        now_us: int,
    ) -> None:
        """Record a failure and, in the same step, its refund; a known end stays as it is."""
        with transaction(self._db):
            ended = self._db.execute(
                "UPDATE predictions SET status = 'failed', code = ?, error = ?, engine = ?,"
                " inference_ms = ? WHERE id = ? AND status IN ('created', 'processing')",
                (code, error, engine, inference_ms, prediction),
            )
            if refund and ended.rowcount:
                taken = self._db.execute(
                    "SELECT price, order_uuid FROM billings"
                    " WHERE prediction = ? AND billing_type = 'deduct'",
                    (prediction,),
                ).fetchone()
                order, price = taken["order_uuid"], MicroUsd(taken["price"])
                self._book(prediction, "refund", price, order=order, now_us=now_us)

    def _book(
        self, prediction: str, kind: BillingType, price: MicroUsd, *, order: str, now_us: int
    ) -> None:
        self._db.execute(
            "INSERT INTO billings (uuid, order_uuid, prediction, billing_type, price, created_us)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (uuid4().hex, order, prediction, kind, price, now_us),
        )

    def prediction(self, prediction: str) -> Prediction | None:
        """One prediction by its id."""
        row = self._db.execute("SELECT * FROM predictions WHERE id = ?", (prediction,)).fetchone()
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
    ) -> list[Prediction]:
        """Predictions created in a span of time, both ends included, newest first."""
        rows = self._db.execute(
            "SELECT * FROM predictions WHERE created_us BETWEEN :after AND :before"
            " AND (:model IS NULL OR model = :model) AND (:status IS NULL OR status = :status)"
            " ORDER BY created_us DESC, number DESC LIMIT :limit OFFSET :offset",
            {
                "after": after_us,
                "before": before_us,
                "model": model,
                "status": status,
                "limit": limit,
                "offset": offset,
            },
        )
        return [_prediction(row) for row in rows]

    def spent(self) -> MicroUsd:
        """All deductions less all refunds."""
        row = self._db.execute(
            "SELECT COALESCE(SUM(CASE billing_type WHEN 'deduct' THEN price ELSE -price END), 0)"
            " FROM billings"
        ).fetchone()
        return MicroUsd(row[0])

    def billings(
        self,
        *,
        predictions: Sequence[str],
        billing_type: BillingType | None,
        model: str | None,
        start_us: int | None,
        end_us: int | None,
        newest_first: bool,
        limit: int,
        offset: int,
    ) -> tuple[list[BillingRow], int]:
        """Movements of money, and how many there are on all pages together.

        Args:
            predictions: only theirs; empty for all.
            billing_type: only this direction.
            model: only of this model's predictions.
            start_us: first moment, included.
            end_us: last moment, included.
            newest_first: order by time.
            limit: most rows to return.
            offset: rows to pass over first.
        """
        wanted = {
            # One JSON text instead of a question mark an id: SQLite bounds the number of those.
            "ids": json.dumps(list(predictions)),
            "kind": billing_type,
            "model": model,
            "start": start_us,
            "end": end_us,
        }
        rows = self._db.execute(
            "SELECT b.uuid, b.order_uuid, b.billing_type, b.price, b.created_us, b.prediction,"
            " p.model, p.status"
            + _BILLED
            + " ORDER BY b.created_us * :direction, b.number * :direction"
            " LIMIT :limit OFFSET :offset",
            {**wanted, "direction": -1 if newest_first else 1, "limit": limit, "offset": offset},
        ).fetchall()
        total: int = self._db.execute("SELECT COUNT(*)" + _BILLED, wanted).fetchone()[0]
        return [BillingRow(*row) for row in rows], total

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
            " WHERE tidied = 0 AND created_us < :before AND status IN ('completed', 'failed')",
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
        id=row["id"],
        model=row["model"],
        status=row["status"],
        created_us=row["created_us"],
        inputs=json.loads(row["inputs"]),
        sources=tuple(json.loads(row["sources"])),
        dropped=row["dropped"],
        outputs=row["outputs"],
        code=row["code"],
        error=row["error"],
        engine=row["engine"],
        notes=tuple(json.loads(row["notes"])),
        inference_ms=row["inference_ms"],
    )


def _upload(row: sqlite3.Row | None) -> Upload | None:
    if row is None:
        return None
    names = (field.name for field in fields(Upload) if field.name != "received")
    return Upload(**{name: row[name] for name in names}, received=bool(row["received"]))

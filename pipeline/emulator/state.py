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
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from pipeline.domain.money import MicroUsd
from pipeline.emulator.database import connect, log_of, transaction
from pipeline.emulator.files import KINDS, ensure_folder, output_file, remove_folder, upload_file
from pipeline.emulator.records import BillingRow, BillingType, Prediction, Upload
from pipeline.emulator.syncing import LogSync

_NEVER_US = 2**63 - 1

_LISTED = (
    ("created_us BETWEEN :after AND :before", None),
    ("shown_us <= :now", None),
    ("model = :model", "model"),
    ("status = :status", "status"),
)
_BILLED = (
    ("b.shown_us <= :now", None),
    ("b.prediction IN (SELECT value FROM json_each(:ids))", "ids"),
    ("b.billing_type = :kind", "kind"),
    ("p.model = :model", "model"),
    ("b.created_us >= :start", "start"),
    ("b.created_us <= :end", "end"),
)
"""Conditions of the two lists, each with the argument that it needs, or None if it always holds."""


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

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Open the state below a folder, making both where there is none.

        Args:
            folder: where.
            durable: whether it survives a power cut. Off only for state that is thrown away.

        Raises:
            StateFormatError: written by another version of the program.
        """
        for kind in KINDS:
            ensure_folder(folder / kind)
        self.folder = folder
        self.durable = durable
        file = folder / "provider.sqlite3"
        self._db = connect(file, durable=durable)
        self._log = LogSync(log_of(file)) if durable else None
        self.submits = 0

    @classmethod
    def temporary(cls) -> Self:
        """State that is thrown away with the value, or when the process ends."""
        folder = Path(tempfile.mkdtemp(prefix="embedded-"))
        state = cls(folder, durable=False)
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
    ) -> Prediction:
        """Take a request and its money in one step.

        Args:
            model: a model with a card.
            inputs: what the model will see.
            sources: as in `Prediction.sources`.
            dropped: number of keys that were left out of `inputs`.
            charge: what it costs.
            credit: what the account ever had; less what it spent this must cover `charge`.
            now_us: the moment.
            hidden_us: given its place among the account's own, for how long lists pass over it;
                None for not at all.
            is_own: whether the account holder asked for it, and not somebody else.

        Raises:
            InsufficientCreditError: it does not.
        """
        prediction = uuid4().hex
        with transaction(self._db):
            if self.spent(at_us=now_us) + charge > credit:
                raise InsufficientCreditError
            own = self._next_own() if is_own else 0
            hidden = 0 if hidden_us is None else hidden_us(own)
            self._db.execute(
                "INSERT INTO predictions"
                " (id, model, created_us, inputs, sources, dropped, own, shown_us)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    prediction,
                    model,
                    now_us,
                    json.dumps(inputs),
                    json.dumps(sources),
                    dropped,
                    own,
                    now_us + hidden if hidden else 0,
                ),
            )
            self._book(prediction, "deduct", charge, order=uuid4().hex, now_us=now_us)
            accepted = self.prediction(prediction)
        if accepted is None:  # pragma: no cover (rows are never deleted)
            raise LookupError(prediction)
        return accepted

    def _next_own(self) -> int:
        self._db.execute("UPDATE account SET own = own + 1")
        own: int = self._db.execute("SELECT own FROM account").fetchone()[0]
        return own

    async def saved(self) -> None:
        """Return once everything that was done so far survives a power cut too.

        Raises:
            OSError: the disk refused.
        """
        if self._log is not None:
            await self._log.synced()

    def begin(self, prediction: str) -> Prediction | None:
        """Mark a prediction as being worked on; None where its end is known already."""
        begun = self._db.execute(
            "UPDATE predictions SET status = 'processing'"
            " WHERE id = ? AND status IN ('created', 'processing') RETURNING *",
            (prediction,),
        ).fetchall()
        return _prediction(begun[0]) if begun else None

    def round_of(self, prediction: str, request: str) -> int:
        """How many other predictions asked for exactly the same, 0 for the first.

        The answer is kept, so that work that is repeated after a crash makes the same pictures.
        """
        with transaction(self._db):
            (others,) = self._db.execute(
                "SELECT COUNT(*) FROM rounds WHERE request = ?", (request,)
            ).fetchone()
            self._db.execute(
                "INSERT OR IGNORE INTO rounds VALUES (?, ?, ?)", (prediction, request, others)
            )
            row = self._db.execute(
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
        now_us: int,
        refund_after_us: int | None,
        outputs: int = 0,
    ) -> None:
        """Record a failure and, in the same step, its refund; a known end stays as it is.

        Args:
            prediction: its id.
            code: why.
            error: why, in words.
            engine: version of the engine.
            inference_ms: time that was spent on it.
            now_us: the moment.
            refund_after_us: how long after it the refund is booked; None for no refund.
            outputs: number of outputs whose files are durable all the same.
        """
        with transaction(self._db):
            ended = self._db.execute(
                "UPDATE predictions SET status = 'failed', code = ?, error = ?, engine = ?,"
                " inference_ms = ?, outputs = ? WHERE id = ?"
                " AND status IN ('created', 'processing')",
                (code, error, engine, inference_ms, outputs, prediction),
            )
            if refund_after_us is not None and ended.rowcount:
                taken = self._db.execute(
                    "SELECT price, order_uuid FROM billings"
                    " WHERE prediction = ? AND billing_type = 'deduct'",
                    (prediction,),
                ).fetchone()
                order, price = taken["order_uuid"], MicroUsd(taken["price"])
                self._book(
                    prediction,
                    "refund",
                    price,
                    order=order,
                    now_us=now_us + refund_after_us,
                    is_late=refund_after_us > 0,
                )

    def _book(
        self,
        prediction: str,
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
            "UPDATE account SET spent = spent + ?", (price if kind == "deduct" else -price,)
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
    ) -> list[Prediction]:
        """Predictions created in a span of time, both ends included, newest first.

        Those that are not listed yet at `now_us` are passed over; None stands for the end of time.
        """
        asked = {
            "after": after_us,
            "before": before_us,
            "now": _NEVER_US if now_us is None else now_us,
            "model": model,
            "status": status,
        }
        rows = self._db.execute(
            f"SELECT * FROM predictions {_where(_LISTED, asked)}"  # noqa: S608 - constants of ours
            " ORDER BY created_us DESC, number DESC LIMIT :limit OFFSET :offset",
            {**asked, "limit": limit, "offset": offset},
        )
        return [_prediction(row) for row in rows]

    def spent(self, *, at_us: int | None = None) -> MicroUsd:
        """All deductions less all refunds, but for late ones that are booked only after `at_us`.

        None stands for the end of time.
        """
        (spent,) = self._db.execute("SELECT spent FROM account").fetchone()
        if at_us is None:
            return MicroUsd(spent)
        (to_come,) = self._db.execute(
            "SELECT COALESCE(SUM(price), 0) FROM billings WHERE shown_us > 0 AND shown_us > ?",
            (at_us,),
        ).fetchone()
        return MicroUsd(spent + to_come)

    def spent_by_others(self) -> MicroUsd:
        """The part of `spent` that somebody else's predictions took."""
        row = self._db.execute(
            "SELECT COALESCE(SUM(CASE billing_type WHEN 'deduct' THEN price ELSE -price END), 0)"
            " FROM billings JOIN predictions p ON p.id = prediction WHERE p.own = 0"
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
        now_us: int | None = None,
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
            now_us: late refunds after it are not booked yet; None for the end of time.
        """
        asked = {
            # One JSON text instead of a question mark an id: SQLite bounds the number of those.
            "ids": json.dumps(list(predictions)) if predictions else None,
            "kind": billing_type,
            "model": model,
            "start": start_us,
            "end": end_us,
            "now": _NEVER_US if now_us is None else now_us,
        }
        found = (
            f"FROM billings b JOIN predictions p ON p.id = b.prediction {_where(_BILLED, asked)}"
        )
        order = "DESC" if newest_first else "ASC"
        rows = self._db.execute(
            "SELECT b.uuid, b.order_uuid, b.billing_type, b.price, b.created_us, b.prediction,"
            f" p.model, p.status {found} ORDER BY b.created_us {order}, b.number {order}"
            " LIMIT :limit OFFSET :offset",
            {**asked, "limit": limit, "offset": offset},
        ).fetchall()
        count = f"SELECT COUNT(*) {found}"
        total: int = self._db.execute(count, asked).fetchone()[0]
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


def _where(conditions: Sequence[tuple[str, str | None]], asked: Mapping[str, object]) -> str:
    """A clause of those conditions whose argument is there, so that the indexes can be used."""
    used = [text for text, needs in conditions if needs is None or asked[needs] is not None]
    return f"WHERE {' AND '.join(used)}"


def _prediction(row: sqlite3.Row) -> Prediction:
    return Prediction(
        number=row["number"],
        own=row["own"],
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

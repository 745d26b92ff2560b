"""The embedded provider's memory: predictions, money and uploads, in one SQLite file and a folder.

What becomes of a prediction stands here, from its request to its end; `accounts` has its money,
`bills` reads that, and two registers keep uploads and webhooks. All share one database, so that a
prediction and its money are taken in one step.

What `accept` returned survives a kill at any moment after it; so does every end of a prediction. It
survives a power cut as well once `saved` has returned, which is waited for before any answer that
takes money or a file. All methods are short and belong on one thread at a time; the files are read
and written elsewhere.
"""

import json
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from pipeline.domain.money import MicroUsd
from pipeline.emulator.accounts import Accounts
from pipeline.emulator.bills import LISTED, NEVER_US, Bills, where
from pipeline.emulator.database import connect, log_of, transaction
from pipeline.emulator.files import KINDS, ensure_folder, output_file, remove_folder, upload_file
from pipeline.emulator.records import Prediction
from pipeline.emulator.rows import prediction_of
from pipeline.emulator.syncing import LogSync
from pipeline.emulator.upload_register import UploadRegister
from pipeline.emulator.webhook_register import WebhookRegister

_OPEN = "status IN ('created', 'processing')"


class State:
    """Everything that outlives the process, below one folder.

    Several processes may open the same folder: each end of a prediction is written once.

    Attributes:
        folder: where files are.
        durable: whether it survives a power cut.
        submits: how many requests to models came in since it was opened, refused ones included.
        accounts: who spent what.
        bills: movements of money, to be read.
        uploads: files that arrived, and tickets for them.
        webhooks: whom to call at a prediction's end.
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
        self.accounts = Accounts(self._db)
        self.bills = Bills(self._db)
        self.uploads = UploadRegister(self._db)
        self.webhooks = WebhookRegister(self._db)
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

    # A prediction from its request to its end, with its money

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
            self.accounts.demand(organisation, charge, credit=credit, now_us=now_us)
            own = self.accounts.next_own() if is_own else 0
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
            self.accounts.take(prediction, organisation, charge, now_us=now_us)
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
                self.accounts.give_back(prediction, now_us=now_us, after_us=refund_after_us)
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
                self.accounts.give_back(prediction, now_us=now_us, after_us=0)
        return True

    # Reading

    def prediction(self, prediction: str) -> Prediction | None:
        """One prediction by its id."""
        row = self._db.execute("SELECT * FROM predictions WHERE id = ?", (prediction,)).fetchone()
        return None if row is None else prediction_of(row)

    def own_before(self, prediction: Prediction) -> Prediction | None:
        """The account's own prediction before one of its own; None for the first."""
        row = self._db.execute(
            "SELECT * FROM predictions WHERE own = ? AND own > 0", (prediction.own - 1,)
        ).fetchone()
        return None if row is None else prediction_of(row)

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
        return [prediction_of(row) for row in rows]

    def spent(self, *, at_us: int | None = None, organisation: str | None = None) -> MicroUsd:
        """What was spent, as in `Accounts.spent`."""
        return self.accounts.spent(at_us=at_us, organisation=organisation)

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

"""Who is still to be called at a prediction's end, and what the calls are signed with."""

import sqlite3
from secrets import token_hex

from pipeline.emulator.records import Prediction
from pipeline.emulator.rows import prediction_of


class WebhookRegister:
    """Webhooks of one state; others make the calls."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Keep them in an open database."""
        self._db = db

    def secret(self, organisation: str, access_key: str) -> str:
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

    def due(self) -> list[Prediction]:
        """Predictions that have ended and whose webhook is still to be called, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM predictions WHERE webhook <> '' AND call_ended = 0"
            " AND status IN ('completed', 'failed') ORDER BY number"
        )
        return [prediction_of(row) for row in rows]

    def called(self, prediction: str, *, is_over: bool) -> None:
        """Count a call; `is_over` where there will be no other."""
        self._db.execute(
            "UPDATE predictions SET calls = calls + 1, call_ended = ? WHERE id = ?",
            (is_over, prediction),
        )

"""Reading the embedded provider's books: movements of money, usage, conditions of lists."""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from pipeline.domain.money import MicroUsd
from pipeline.emulator.records import BillingRow, BillingType, DayUsage, ModelUsage

NEVER_US = 2**63 - 1

LISTED = (
    ("created_us BETWEEN :after AND :before", None),
    ("shown_us <= :now", None),
    ("model = :model", "model"),
    ("status = :status", "status"),
    ("status <> 'deleted'", "any"),
    ("organisation = :organisation", "organisation"),
)
_BILLED = (
    ("b.shown_us <= :now", None),
    ("b.prediction IN (SELECT value FROM json_each(:ids))", "ids"),
    ("b.billing_type = :kind", "kind"),
    ("p.model = :model", "model"),
    ("b.created_us >= :start", "start"),
    ("b.created_us <= :end", "end"),
    ("p.organisation = :organisation", "organisation"),
    ("p.access_key = :key", "key"),
)
"""Conditions of the lists, each with the argument that it needs, or None if it always holds."""

_NET = "SUM(CASE b.billing_type WHEN 'deduct' THEN b.price ELSE -b.price END)"


def where(conditions: Sequence[tuple[str, str | None]], asked: Mapping[str, object]) -> str:
    """A clause of those conditions whose argument is there, so that the indexes can be used."""
    used = [text for text, needs in conditions if needs is None or asked[needs] is not None]
    return f"WHERE {' AND '.join(used)}"


class Bills:
    """Movements of money in one state; reads only."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Read from an open database."""
        self._db = db

    def search(
        self,
        *,
        predictions: Sequence[str] = (),
        billing_type: BillingType | None = None,
        model: str | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        newest_first: bool = True,
        limit: int,
        offset: int,
        now_us: int | None = None,
        organisation: str | None = None,
        access_key: str | None = None,
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
            organisation: only of its predictions.
            access_key: only of predictions that the key of this name asked for.
        """
        asked = {
            # One JSON text instead of a question mark an id: SQLite bounds the number of those.
            "ids": json.dumps(list(predictions)) if predictions else None,
            "kind": billing_type,
            "model": model,
            "start": start_us,
            "end": end_us,
            "now": NEVER_US if now_us is None else now_us,
            "organisation": organisation,
            "key": access_key,
        }
        found = f"FROM billings b JOIN predictions p ON p.id = b.prediction {where(_BILLED, asked)}"
        order = "DESC" if newest_first else "ASC"
        rows = self._db.execute(
            "SELECT b.uuid, b.order_uuid, b.billing_type, b.price, b.created_us, b.prediction,"
            f" p.model, p.status, p.organisation, p.access_key {found}"
            f" ORDER BY b.created_us {order}, b.number {order} LIMIT :limit OFFSET :offset",
            {**asked, "limit": limit, "offset": offset},
        ).fetchall()
        count = f"SELECT COUNT(*) {found}"
        total: int = self._db.execute(count, asked).fetchone()[0]
        return [BillingRow(*row) for row in rows], total

    def usage(
        self,
        *,
        start_us: int,
        end_us: int,
        model: str | None,
        now_us: int,
        organisation: str,
    ) -> tuple[list[ModelUsage], list[DayUsage]]:
        """What was used in a span of time, both ends included: by model, then by day.

        A prediction counts where its request came in, with all that it cost and got back so far;
        so the two lists have the same sums.
        """
        asked = {
            "start": start_us,
            "end": end_us,
            "model": model,
            "now": now_us,
            "organisation": organisation,
        }
        chosen = "" if model is None else " AND p.model = :model"
        found = (
            " FROM predictions p LEFT JOIN billings b"
            " ON b.prediction = p.id AND b.shown_us <= :now"
            " WHERE p.created_us BETWEEN :start AND :end AND p.organisation = :organisation"
            f"{chosen}"
        )
        counted = f"COALESCE({_NET}, 0), COUNT(DISTINCT p.id)"
        models = self._db.execute(
            f"SELECT p.model, {counted},"
            " COUNT(DISTINCT CASE p.status WHEN 'completed' THEN p.id END), MAX(p.created_us)"
            f"{found} GROUP BY p.model ORDER BY 2 DESC, p.model",
            asked,
        )
        days = self._db.execute(
            f"SELECT date(p.created_us / 1000000, 'unixepoch') AS day, {counted}"
            f"{found} GROUP BY day ORDER BY day",
            asked,
        )
        return (
            [ModelUsage(name, MicroUsd(spent), *rest) for name, spent, *rest in models],
            [DayUsage(day, MicroUsd(spent), count) for day, spent, count in days],
        )

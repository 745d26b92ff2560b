"""What the organisations of the embedded provider spent: taken, given back, added up.

Each movement is a row of the bill, and in the same step it moves the running total of its
organisation, so that no submit adds up the whole bill.
"""

import sqlite3
from uuid import uuid4

from pipeline.domain.money import MicroUsd
from pipeline.emulator.bills import NEVER_US
from pipeline.emulator.records import BillingType


class InsufficientCreditError(Exception):
    """The balance does not cover the charge; nothing was accepted."""


class Accounts:
    """Money of one state. What writes is called within a transaction of the caller's."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Keep it in an open database."""
        self._db = db

    def demand(self, organisation: str, charge: MicroUsd, *, credit: MicroUsd, now_us: int) -> None:
        """Make sure that a charge is covered.

        Args:
            organisation: who pays.
            charge: what it costs.
            credit: what the organisation ever had; less what it spent this must cover `charge`.
            now_us: the moment.

        Raises:
            InsufficientCreditError: it does not.
        """
        if self._spent_of(organisation, now_us) + charge > credit:
            raise InsufficientCreditError

    def next_own(self) -> int:
        """Count one more prediction of the account holder's own; its place among them, from 1."""
        (own,) = self._db.execute(
            "INSERT INTO accounts VALUES ('', 0, 1)"
            " ON CONFLICT (organisation) DO UPDATE SET own = own + 1 RETURNING own"
        ).fetchall()[0]
        return int(own)

    def take(self, prediction: str, organisation: str, charge: MicroUsd, *, now_us: int) -> None:
        """Charge for a prediction that was accepted just now."""
        order = uuid4().hex
        self._book(prediction, organisation, "deduct", charge, order=order, now_us=now_us)

    def give_back(self, prediction: str, *, now_us: int, after_us: int) -> None:
        """Refund all that a prediction cost; `after_us` later, where that is more than 0."""
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

    def spent(self, *, at_us: int | None = None, organisation: str | None = None) -> MicroUsd:
        """All deductions less all refunds, but for late ones that are booked only after `at_us`.

        Args:
            at_us: None stands for the end of time.
            organisation: who spent it; None for all together.
        """
        at = NEVER_US if at_us is None else at_us
        if organisation is not None:
            return MicroUsd(self._spent_of(organisation, at))
        names = self._db.execute("SELECT organisation FROM accounts").fetchall()
        return MicroUsd(sum(self._spent_of(name, at) for (name,) in names))

    def spent_by_others(self) -> MicroUsd:
        """The part of `spent` that somebody else's predictions took."""
        row = self._db.execute(
            "SELECT COALESCE(SUM(CASE billing_type WHEN 'deduct' THEN price ELSE -price END), 0)"
            " FROM billings JOIN predictions p ON p.id = prediction WHERE p.own = 0"
        ).fetchone()
        return MicroUsd(row[0])

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

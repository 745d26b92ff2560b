"""What the ledger knows of money: what each attempt books, and what that comes to."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.adapters.ledger.writer import transaction
from pipeline.domain.attempt import Spent, State
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.plan import Limit
from pipeline.execution.ports import OverCap

_FREE_TO_GO = frozenset({State.RESERVED, State.SUBMITTING, State.SUBMITTED, State.READY})
"""States whose money may come back: what they hold is in the way of a cap for a while only."""

_SCOPES = 5
"""Campaign, run, month, permit, workspace: each attempt is in one of each."""


class Booked(NamedTuple):
    """What one attempt books.

    Attributes:
        attempt: its id.
        campaign: for whom.
        run: which run; empty for receipts from elsewhere.
        month: UTC, `2026-11`.
        state: of the attempt; tells whether the amount is taken, held or in doubt.
        images: pictures asked for.
        amount: billing rows once there are any, until then the hold; the higher of the two while it
            is under way or in doubt. Micro-dollars.
        billed: how much of the amount is charged although the rest is held or in doubt.
        permit: digest of the saved plan under which it was bought, or empty.
    """

    attempt: str
    campaign: str
    run: str
    month: str
    state: str
    images: int
    amount: int
    billed: int = 0
    permit: str = ""


class Overrun(NamedTuple):
    """An attempt that the provider took more for than was held.

    Attributes:
        attempt: its id.
        campaign: for whom.
        hold: what the caps had let through.
        actual: sum of its rows of the bill.
    """

    attempt: str
    campaign: str
    hold: MicroUsd
    actual: MicroUsd


_OF_ROWS = frozenset({"campaign", "run", "month", "permit"})


def add_up(booked: Iterable[Booked], scope: str, name: str) -> Spent:
    """Money and pictures of a scope.

    Args:
        booked: each attempt once.
        scope: `campaign`, `run`, `month`, `permit` or `workspace`.
        name: campaign name, run id, `2026-11`, a permit's digest, or empty.
    """
    charged = reserved = in_doubt = images = 0
    for row in booked:
        if scope in _OF_ROWS and getattr(row, scope) != name:
            continue
        images += row.images
        if row.state in _FREE_TO_GO:
            charged += row.billed
            reserved += row.amount - row.billed
        elif row.state == State.IN_DOUBT:
            charged += row.billed
            in_doubt += row.amount - row.billed
        else:
            charged += row.amount
    return Spent(MicroUsd(charged), MicroUsd(reserved), MicroUsd(in_doubt), images)


class Total(NamedTuple):
    """What a scope has come to; `held_images` of the images are of attempts under way."""

    images: int = 0
    held_images: int = 0
    charged: int = 0
    reserved: int = 0
    in_doubt: int = 0


def total_of(db: sqlite3.Connection, scope: str, name: str) -> Total:
    """Money and pictures of a scope by the running totals; receipts from elsewhere included."""
    row = db.execute(
        "SELECT images, held_images, charged, reserved, in_doubt FROM totals"
        " WHERE scope = ? AND name = ?",
        (scope, name),
    ).fetchone()
    return Total() if row is None else Total._make(row)


def over(
    db: sqlite3.Connection, limits: Iterable[Limit], *, hold: MicroUsd, images: int
) -> OverCap | None:
    """The first cap that has no room for one more attempt, None where all have.

    Waiting helps where all that is in the way is held by attempts under way, whichever run's. A cap
    of a job holds for this one alone.
    """
    for limit in limits:
        total = total_of(db, limit.scope, limit.name)
        spent = total.charged + total.reserved + total.in_doubt
        if not limit.has_room(spent + hold, total.images + images):
            now = Limit(
                limit.scope, limit.name, limit.money, limit.images, MicroUsd(spent), total.images
            )
            to_stay = spent - total.reserved, total.images - total.held_images
            would_wait = limit.has_room(to_stay[0] + hold, to_stay[1] + images)
            return OverCap(now, would_wait=would_wait)
    return None


def passed(db: sqlite3.Connection, limits: Iterable[Limit]) -> Limit | None:
    """The first cap that is passed by what is booked now, with what is spent of it, or None.

    Only a bill that is higher than what was held can do that.
    """
    found = over(db, limits, hold=ZERO, images=0)
    return None if found is None else found.limit


def agrees(db: sqlite3.Connection, *, thoroughly: bool) -> bool:
    """Whether the running totals can be right.

    Args:
        db: the ledger.
        thoroughly: compare with a recount of all attempts, which takes a look at each. Otherwise
            only whether all scopes come to the same, and to as many attempts as there are.
    """
    sums = db.execute(
        "SELECT sum(attempts), sum(images), sum(held_images), sum(charged), sum(reserved),"
        " sum(in_doubt) FROM totals GROUP BY scope"
    ).fetchall()
    (attempts,) = db.execute(
        "SELECT (SELECT count(*) FROM attempts) + (SELECT count(*) FROM known)"
    ).fetchone()
    alike = not sums or (len(sums) == _SCOPES and len(set(sums)) == 1)
    if not alike or attempts != (sums[0][0] if sums else 0):
        return False
    return not thoroughly or _is_as_recounted(db)


def _is_as_recounted(db: sqlite3.Connection) -> bool:
    (is_odd,) = db.execute(
        """
        SELECT EXISTS (SELECT * FROM recounted EXCEPT SELECT * FROM totals)
          OR EXISTS (
            SELECT * FROM totals
            WHERE (attempts, images, held_images, charged, reserved, in_doubt) <> (0, 0, 0, 0, 0, 0)
            EXCEPT SELECT * FROM recounted)
          OR EXISTS (
            SELECT 1 FROM attempts
            WHERE billed IS NOT (SELECT sum(amount) FROM billing WHERE attempt = id))
          OR EXISTS (
            SELECT 1 FROM known WHERE billed IS NOT
              (SELECT sum(amount) FROM billing WHERE billing.attempt = known.attempt))
        """
    ).fetchone()
    return not is_odd


def recount(db: sqlite3.Connection) -> None:
    """Make the running totals anew from all attempts and all rows of the bill."""
    with transaction(db):
        db.execute(
            "UPDATE attempts SET billed = (SELECT sum(amount) FROM billing WHERE attempt = id)"
        )
        db.execute(
            "UPDATE known SET billed ="
            " (SELECT sum(amount) FROM billing WHERE billing.attempt = known.attempt)"
        )
        db.execute("DELETE FROM totals")
        db.execute("INSERT INTO totals SELECT * FROM recounted")

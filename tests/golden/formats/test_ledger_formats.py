"""Ledgers of every format that was ever written are read for good, and book what they booked.

`ledger-v1-money.sql` was written by a program of format 1, `ledger-v2.sql` by one of format 2 and
`ledger-v3.sql` by one of format 3; none is ever written again. The `.txt` beside each says what it
adds up to.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters.ledger import SqliteLedger, add_up, examine
from pipeline.adapters.runs import Runs
from pipeline.domain.money import format_usd
from pipeline.domain.receipts import attempt_of

HERE = Path(__file__).parent
FORMATS = ["ledger-v1-money", "ledger-v2", "ledger-v3"]


@pytest.fixture(params=FORMATS)
def name(request):
    return request.param


@pytest.fixture
def path(tmp_path, name):
    """The database that was written down."""
    found = tmp_path / "ledger.sqlite3"
    db = sqlite3.connect(found)
    db.executescript((HERE / f"{name}.sql").read_text("utf-8"))
    db.close()
    return found


@pytest.fixture
def ledger(path, tmp_path):
    found = SqliteLedger(path, run="r-9", runs=Runs(tmp_path / "runs"))
    yield found
    found.close()


def test_what_it_holds(golden, name, ledger):
    golden(HERE / f"{name}.txt", "\n".join(told(ledger)) + "\n")


def test_its_totals_are_what_a_recount_comes_to(path, ledger):
    before = totals(ledger)
    examine(path)
    assert totals(ledger) == before


def test_it_can_be_worked_on(ledger):
    async def finish() -> list[str]:
        for attempt in await ledger.open_attempts():
            assert await ledger.take_over(attempt.id, dead=attempt.run)
            await ledger.abandoned(attempt.id, "nothing came of it")
        return [one.id for one in await ledger.open_attempts()]

    assert asyncio.run(finish()) == []
    assert ledger.claims() == {}


def test_format_1_books_the_same_in_both_formats_but_for_what_was_billed_while_open(tmp_path):
    """By the arithmetic of the program that wrote it, on its own tables."""
    db = sqlite3.connect(tmp_path / "ledger.sqlite3")
    db.executescript((HERE / "ledger-v1-money.sql").read_text("utf-8"))
    rows = db.execute(
        "SELECT id, coalesce((SELECT sum(amount) FROM billing WHERE attempt = id), hold)"
        " FROM attempts WHERE state NOT IN ('refused', 'abandoned')"
        " OR id IN (SELECT attempt FROM billing)"
    )
    before = dict(rows.fetchall())
    db.close()
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3", run="r-9", runs=Runs(tmp_path / "runs"))
    after = {row.attempt: row.amount for row in ledger.booked()}
    ledger.close()
    assert before.pop("a-billed-while-open") == 40_000
    assert after.pop("a-billed-while-open") == 120_000
    assert after == before


def told(ledger: SqliteLedger) -> Iterator[str]:
    """All money of a ledger as text."""
    yield "attempts"
    for row in sorted(ledger.booked()):
        note = f", {format_usd(row.billed)} of it billed" if row.billed else ""
        yield f"  {row.attempt}  {row.state}  {row.campaign}  {row.run}  {row.month}  {row.images}"
        under = f", under {row.permit}" if row.permit else ""
        yield f"    {format_usd(row.amount)}{note}{under}"
    yield "totals: charged, reserved, in doubt, pictures, of which held"
    for scope, name, images, held, charged, reserved, in_doubt in totals(ledger):
        amounts = " ".join(map(format_usd, (charged, reserved, in_doubt)))
        yield f"  {scope} {name}  {amounts}  {images} {held}"
    yield "added up"
    for scope, name in (("workspace", ""), ("campaign", "winter"), ("run", "r-2")):
        spent = add_up(ledger.booked(), scope, name)
        amounts = " ".join(map(format_usd, (spent.charged, spent.reserved, spent.in_doubt)))
        yield f"  {scope} {name}  {amounts}  {spent.images}"
    yield "overruns"
    for attempt, campaign, hold, actual in ledger.overruns():
        yield f"  {attempt}  {campaign}  {format_usd(actual)} where {format_usd(hold)} was held"
    yield "receipts"
    for campaign, receipt in ledger.receipts():
        yield f"  {campaign}  {type(receipt).__name__}  {attempt_of(receipt)}"
    yield "predictions"
    for prediction, (attempt, campaign) in sorted(ledger.predictions().items()):
        yield f"  {prediction}  {attempt}  {campaign}"
    strangers = asyncio.run(ledger.owned()) - set(ledger.predictions())
    yield f"not ours {sorted(strangers)}"
    yield "open"
    for attempt in ledger.list_open():
        yield f"  {attempt.id}  {attempt.state}  {attempt.run}  {attempt.sent_at or 'not sent'}"
    yield f"cells claimed {len(ledger.claims())}"
    yield f"filings {ledger.filings()}, needs looking back {ledger.needs_looking_back()}"


def totals(ledger: SqliteLedger) -> list:
    rows = ledger._reads.execute(
        "SELECT scope, name, images, held_images, charged, reserved, in_doubt FROM totals"
    )
    return rows.fetchall()

"""Files of every format that was ever written are read for good.

`*.jsonl` and `*.sql` are what programs of that format wrote, and are never written again; the
`.txt` beside each says what it adds up to. A new format gets files of its own.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pipeline.adapters.ledger import SqliteLedger, add_up
from pipeline.adapters.lock_files import read_lines
from pipeline.adapters.runs import Runs
from pipeline.domain.attempt import OpenAttempt
from pipeline.domain.history import Filed, History, fold
from pipeline.domain.identity import cell_key, job_key
from pipeline.domain.money import format_usd
from pipeline.domain.receipts import Doubt, Failed, Gen, attempt_of, write
from tests.unit.domain.samples import AT, LATER, sha

HERE = Path(__file__).parent
LOCK = HERE / "lock-v1.jsonl"
LEDGER = HERE / "ledger-v1.sql"


def lock_receipts():
    warnings = []
    found = list(read_lines(LOCK.read_bytes(), "lock-v1.jsonl", warnings))
    assert warnings == []
    return found


def test_what_a_lock_of_format_1_adds_up_to(golden):
    receipts = lock_receipts()
    history = fold(Filed("winter", receipt) for receipt in receipts)
    golden(HERE / "lock-v1.txt", "\n".join(told(history)) + "\n")


def test_a_lock_of_format_1_is_written_as_it_was():
    lines = LOCK.read_text("utf-8").splitlines()
    assert lines[0] == '{"lock":1}'
    assert [write(receipt) for receipt in lock_receipts()] == lines[1:]


def test_keys_can_be_computed_again_from_the_components_in_a_lock():
    """So that a newer key schema could be, too."""
    for receipt in lock_receipts():
        if not isinstance(receipt, Gen | Failed | Doubt):
            continue
        order = receipt.order
        for cell in order.cells:
            assert cell_key(order.recipe, cell.source, cell.take) == cell.key
        if order.attempt != "a-text":  # whose job key was made up
            parts = order.recipe.components()
            shared = {name: parts[name] for name in ("schema", "provider", "realm", "model")}
            shared |= {name: parts[name] for name in ("engine",) if name in parts}
            assert job_key({**shared, **order.asked}) == order.job


def test_what_a_ledger_of_format_1_holds(golden, tmp_path):
    path = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(path) as db:
        db.executescript(LEDGER.read_text("utf-8"))
    db.close()
    ledger = SqliteLedger(path, run="r-9", runs=Runs(tmp_path / "runs"))
    try:
        text = "\n".join(asyncio.run(_ledger_told(ledger))) + "\n"
    finally:
        ledger.close()
    golden(HERE / "ledger-v1.txt", text)


def test_a_ledger_of_format_1_can_be_worked_on(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(path) as db:
        db.executescript(LEDGER.read_text("utf-8"))
    db.close()

    async def finish() -> set[str]:
        ledger = SqliteLedger(path, run="r-9", runs=Runs(tmp_path / "runs"))
        try:
            for attempt in await ledger.open_attempts():
                assert await ledger.take_over(attempt.id, dead="r-1")
                await ledger.filed(attempt.id)
            return {one.id for one in await ledger.open_attempts()}
        finally:
            await ledger.aclose()

    assert asyncio.run(finish()) == set()


def told(history: History) -> Iterator[str]:
    """A history as text, everything in it."""
    yield "attempts"
    for attempt, money in sorted(history.attempts.items()):
        notes = [format_usd(money.charged), f"{money.images} asked", money.at]
        notes += ["billed"] * money.is_confirmed + ["in doubt"] * money.in_doubt
        yield f"  {attempt}  {', '.join(notes)}"
    yield "deliveries"
    for key, deliveries in sorted(history.deliveries.items()):
        for found in deliveries:
            picture = f"{int(found.output.sha256, 16)} {found.output.mime}"
            yield f"  {key[:11]}  {found.attempt}  {found.how}  picture {picture}  {found.at}"
    for name, cells in (("unassigned", history.unassigned), ("doubts", history.doubts)):
        yield name
        for key, attempt in sorted(cells.items()):
            yield f"  {key[:11]}  {attempt}"
    yield "failures"
    for key, failures in sorted(history.failures.items()):
        for lost in failures:
            yield f"  {key[:11]}  {lost.attempt}  {lost.code}  {lost.message!r}"
    yield "served by this lock"
    for key in sorted(history.filed["winter"]):
        yield f"  {key[:11]}"


async def _ledger_told(ledger: SqliteLedger) -> list[str]:
    lines = ["open"]
    lines += [_open_told(attempt) for attempt in await ledger.open_attempts()]
    lines.append("claims")
    lines += [
        f"  {key[:11]}  {claim.attempt}  {claim.state}  {claim.run}  alive {claim.is_alive}"
        for key, claim in sorted(ledger.claims().items(), key=lambda found: found[1].attempt)
    ]
    lines.append("receipts")
    lines += [
        f"  {campaign}  {type(receipt).__name__}  {attempt_of(receipt)}"
        for campaign, receipt in ledger.receipts()
    ]
    lines.append("money")
    for scope, name in (("workspace", ""), ("campaign", "winter"), ("month", "2026-11")):
        spent = add_up(ledger.booked(), scope, name)
        amounts = map(format_usd, (spent.charged, spent.reserved, spent.in_doubt))
        lines.append(f"  {scope} {name}  {' '.join(amounts)}  {spent.images} pictures")
    lines.append("rest")
    lines.append(f"  attempts {sorted(ledger.attempts())}")
    lines.append(f"  predictions {json.dumps(dict(sorted(ledger.predictions().items())))}")
    lines.append(f"  uploads {sorted(await ledger.uploads())}")
    lines.append(f"  reusable {await ledger.upload_of(sha(1), since=AT)}")
    lines.append(f"  reusable later {await ledger.upload_of(sha(1), since=LATER)}")
    lines.append(f"  filings {ledger.filings()}")
    return lines


def _open_told(attempt: OpenAttempt) -> str:
    parts = [
        attempt.id,
        attempt.state,
        attempt.run,
        format_usd(attempt.hold),
        attempt.sent_at or "not sent",
        attempt.fresh or "-",
        attempt.prediction or "-",
        ",".join(attempt.addresses) or "-",
        ",".join("gone" if o is None else o.mime for o in attempt.outputs) or "-",
        attempt.receipt[:20] or "-",
        attempt.order.cells[0].address,
    ]
    return "  " + "  ".join(parts)

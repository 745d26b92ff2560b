"""Receipts of drafts that are partial: a field that programs before it left out and overlook."""

import json
from pathlib import Path

from pipeline.adapters.lock_files import read_lines
from pipeline.domain.history import Filed, fold
from pipeline.domain.receipts import Gen, read, write

HERE = Path(__file__).parent
LOCK = HERE / "lock-v1-drafts.jsonl"


def receipts():
    warnings = []
    found = list(read_lines(LOCK.read_bytes(), LOCK.name, warnings))
    assert warnings == []
    return found


def test_what_drafts_of_format_1_say_that_they_did_not_do(golden):
    history = fold(Filed("winter", receipt) for receipt in receipts())
    told = []
    for attempt, gen in sorted(history.gens.items()):
        told.append(f"{attempt}: {'partial' if gen.is_partial else 'whole'}")
        told += [f"  {note}" for note in gen.notes]
    golden(HERE / "lock-v1-drafts.txt", "\n".join(told) + "\n")


def test_receipts_of_drafts_are_written_as_they_were():
    lines = LOCK.read_text("utf-8").splitlines()
    assert [write(receipt) for receipt in receipts()] == lines[1:]


def test_a_receipt_without_notes_has_no_field_for_them():
    whole = next(one for one in receipts() if isinstance(one, Gen) and not one.notes)
    assert "notes" not in json.loads(write(whole))


def test_what_is_delivered_does_not_depend_on_notes():
    bare = [json.loads(write(one)) for one in receipts()]
    for body in bare:
        body.pop("notes", None)
    deliveries = fold(Filed("winter", one) for one in receipts()).deliveries
    assert fold(Filed("winter", read(body)) for body in bare).deliveries == deliveries

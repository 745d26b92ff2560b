"""A lock of format 1 that says what the provider called unsafe, and one that does not.

`lock-v1-flagged.jsonl` was written when the field began, and is never written again.
"""

import json
from pathlib import Path

from pipeline.adapters.lock_files import read_lines
from pipeline.domain.receipts import Gen, read, write

HERE = Path(__file__).parent
FLAGGED = HERE / "lock-v1-flagged.jsonl"


def receipts():
    warnings = []
    found = list(read_lines(FLAGGED.read_bytes(), FLAGGED.name, warnings))
    assert warnings == []
    return found


def test_what_it_says_of_each_output(golden):
    told = [
        f"{one.order.attempt}  {len(one.outputs)} outputs  flagged {list(one.flagged)}"
        for one in receipts()
        if isinstance(one, Gen)
    ]
    golden(HERE / "lock-v1-flagged.txt", "\n".join(told) + "\n")


def test_it_is_written_as_it_was():
    lines = FLAGGED.read_text("utf-8").splitlines()
    assert lines[0] == '{"lock":1}'
    assert [write(receipt) for receipt in receipts()] == lines[1:]


def test_lines_of_older_programs_say_nothing_and_stay_as_they_are():
    for line in (HERE / "lock-v1.jsonl").read_text("utf-8").splitlines()[1:]:
        receipt = read(json.loads(line))
        if isinstance(receipt, Gen):
            assert receipt.flagged == ()
            assert "flagged" not in write(receipt)


def test_what_a_newer_program_might_write_there_is_no_answer():
    line = json.loads(FLAGGED.read_text("utf-8").splitlines()[1])
    receipt = read({**line, "flagged": ["maybe", True, {"nsfw": 1}]})
    assert receipt.flagged == (None, True, None)

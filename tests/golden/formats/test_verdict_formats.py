"""Files of verdicts of every format that was ever written are read for good; see `test_formats`."""

import json
import shutil
from pathlib import Path

from pipeline.adapters.review_files import ReviewFolder
from pipeline.domain.verdicts import resolve, write
from tests.functional.documents import hold

HERE = Path(__file__).parent
FILE = HERE / "verdicts-v1.jsonl"


def stored(tmp_path):
    target = tmp_path / "reviews" / "anna" / "20261122-v-1.jsonl"
    target.parent.mkdir(parents=True)
    shutil.copy(FILE, target)
    verdicts, warnings = ReviewFolder(tmp_path / "reviews", shown_as="reviews").read()
    assert warnings == []
    return verdicts


def told(verdicts, need):
    for about, ruling in resolve(verdicts, need=need).items():
        votes = "; ".join(f"{one.reviewer} {one.word}" for one in ruling.votes)
        where = ruling.votes[0].address
        yield f"{where} {about.picture[-3:]}: {ruling.word or f'open, {ruling.missing} missing'}"
        yield f"  {votes}; asks for {sorted(ruling.asks)}, asked for {sorted(ruling.asked)}"


def test_what_verdicts_of_format_1_come_to(golden, tmp_path):
    verdicts = stored(tmp_path)
    lines = ["one approval needed", *told(verdicts, 1), "", "two needed", *told(verdicts, 2)]
    golden(HERE / "verdicts-v1.txt", "\n".join(lines) + "\n")


def test_verdicts_of_format_1_are_written_as_they_were(tmp_path):
    lines = FILE.read_text("utf-8").splitlines()
    assert lines[0] == '{"verdicts":1,"campaign":"winter"}'
    assert [write(verdict) for verdict in stored(tmp_path)] == lines[1:]


def test_lines_of_format_1_are_what_their_schema_says():
    for line in FILE.read_text("utf-8").splitlines():
        hold(json.loads(line), line[:60])

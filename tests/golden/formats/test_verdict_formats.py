"""Files of verdicts of every format that was ever written are read for good; see `test_formats`."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.adapters.review_files import ReviewFolder
from pipeline.domain.verdicts import format_of, header, resolve, write
from tests.functional.documents import hold

HERE = Path(__file__).parent
each_format = pytest.mark.parametrize("version", [1, 2])


def file_of(version):
    return HERE / f"verdicts-v{version}.jsonl"


def stored(tmp_path, version):
    target = tmp_path / "reviews" / "anna" / "20261122-v-1.jsonl"
    target.parent.mkdir(parents=True)
    shutil.copy(file_of(version), target)
    verdicts, warnings = ReviewFolder(tmp_path / "reviews", shown_as="reviews").read()
    assert warnings == []
    return verdicts


def told(verdicts, need):
    for about, ruling in resolve(verdicts, need=need).items():
        votes = "; ".join(f"{one.reviewer} {one.word}" for one in ruling.votes)
        where = next(one.address for one in verdicts if one.about == about)
        yield f"{where} {about.picture[-3:]}: {ruling.word or f'open, {ruling.missing} missing'}"
        yield f"  {votes}; asks for {sorted(ruling.asks)}, asked for {sorted(ruling.asked)}"


@each_format
def test_what_verdicts_come_to(version, golden, tmp_path):
    verdicts = stored(tmp_path, version)
    lines = ["one approval needed", *told(verdicts, 1), "", "two needed", *told(verdicts, 2)]
    golden(HERE / f"verdicts-v{version}.txt", "\n".join(lines) + "\n")


@each_format
def test_verdicts_are_written_as_they_were(version, tmp_path):
    lines = file_of(version).read_text("utf-8").splitlines()
    verdicts = stored(tmp_path, version)
    assert format_of(verdicts) == version
    assert [header("winter", version=version), *map(write, verdicts)] == lines


@each_format
def test_lines_are_what_their_schema_says(version):
    for line in file_of(version).read_text("utf-8").splitlines():
        hold(json.loads(line), line[:60])

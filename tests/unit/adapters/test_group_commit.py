"""Writes are committed together, but never so many that the first ones and other processes wait."""

import asyncio
import sqlite3
from itertools import pairwise

import pytest

from pipeline.adapters.ledger import writer
from pipeline.adapters.ledger.writer import GroupCommit

pytestmark = pytest.mark.anyio

MOST = 4


class Sheet:
    """A database with a table of numbers, and what was told to it."""

    def __init__(self, path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.execute("CREATE TABLE numbers (number INTEGER CHECK (number >= 0))")
        self.told: list[str] = []
        self.db.set_trace_callback(self.told.append)
        self.commits = GroupCommit(self.db, tell=lambda error, _money: error)

    async def add(self, number: int) -> int:
        """Write a number; how many commits there were when its caller went on."""
        await self.commits.write(
            lambda: self.db.execute("INSERT INTO numbers VALUES (?)", (number,)), money=""
        )
        return self.told.count("COMMIT")

    def written(self) -> list[int]:
        return [n for (n,) in self.db.execute("SELECT number FROM numbers ORDER BY rowid")]

    def sizes(self) -> list[int]:
        """Writes of each commit."""
        ends = [-1, *(place for place, said in enumerate(self.told) if said == "COMMIT")]
        inserts = [said.startswith("INSERT") for said in self.told]
        return [sum(inserts[begin + 1 : end]) for begin, end in pairwise(ends)]


@pytest.fixture
async def sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "MOST_AT_ONCE", MOST)
    made = Sheet(tmp_path / "sheet.sqlite3")
    yield made
    await made.commits.finish()
    made.commits.close()
    made.db.close()


async def test_a_crowd_is_committed_in_parts_and_in_its_order(sheet):
    await asyncio.gather(*(sheet.add(number) for number in range(10)))
    assert sheet.sizes() == [4, 4, 2]
    assert sheet.written() == list(range(10))


async def test_nobody_waits_for_the_commits_of_those_behind(sheet):
    seen = await asyncio.gather(*(sheet.add(number) for number in range(3 * MOST)))
    # The next part may be on the disk already when a caller gets its turn, but never all of them.
    assert all(n // MOST + 1 <= commits <= n // MOST + 2 for n, commits in enumerate(seen[:-MOST]))


async def test_who_comes_meanwhile_gets_into_the_part_that_is_not_full(sheet):
    first = [asyncio.create_task(sheet.add(number)) for number in range(MOST + 1)]
    await first[0]
    await asyncio.gather(*first, *(sheet.add(number) for number in range(10, 10 + MOST)))
    assert max(sheet.sizes()) <= MOST
    assert sorted(sheet.written()) == [0, 1, 2, 3, 4, 10, 11, 12, 13]


async def test_one_that_fails_is_undone_alone(sheet):
    answers = await asyncio.gather(
        *(sheet.add(number) for number in (0, 1, -1, 3, 4, -5)), return_exceptions=True
    )
    failed = [isinstance(answer, sqlite3.IntegrityError) for answer in answers]
    assert failed == [False, False, True, False, False, True]
    assert sheet.written() == [0, 1, 3, 4]


async def test_a_commit_that_fails_fails_those_in_it_and_no_others(sheet, monkeypatch):
    real, left = sheet.commits._commit, ["the first one"]

    def failing(works):
        if left:
            left.pop()
            raise sqlite3.OperationalError("disk I/O error")
        return real(works)

    monkeypatch.setattr(sheet.commits, "_commit", failing)
    answers = await asyncio.gather(
        *(sheet.add(number) for number in range(6)), return_exceptions=True
    )
    failed = [isinstance(answer, sqlite3.OperationalError) for answer in answers]
    assert failed == [True] * MOST + [False] * 2
    assert sheet.written() == [4, 5]

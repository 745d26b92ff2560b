"""Verdicts that tests are made of."""

from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.verdicts import Verdict, Word
from tests.unit.domain.samples import cell, sha

NOON = "2026-11-22T12:00:00Z"
CELL = cell(1).key
OTHER = cell(2).key
PICTURE = sha(101)


def said(
    reviewer: str,
    word: Word,
    *,
    of: CellKey = CELL,
    picture: Sha256 = PICTURE,
    second: int = 0,
    take: int | None = None,
    address: str = "anna/p1/snow/master/t1",
    note: str = "",
) -> Verdict:
    """A verdict about one picture, at noon and so many seconds."""
    at = f"{NOON[:-4]}:{second:02}Z"
    return Verdict(of, picture, word, reviewer, at, address, note, take)

"""What a reviewer sees at two commits, and what of it differs, case by case."""

from dataclasses import replace

import pytest

from pipeline.domain.verdicts import Word, resolve
from pipeline.planning.shown import Shown, changes, shown
from tests.support.campaigns import campaign
from tests.unit.domain.said import said
from tests.unit.domain.samples import output
from tests.unit.planning.comparing import bought, side
from tests.unit.planning.shop import expansion_of

WHERE = "anna/p001/snow/master/t1"
CELL = expansion_of(campaign()).cells[0]


def cell(key: str = "a", picture: int | None = 1, word: Word | None = None) -> Shown:
    one = CELL._replace(key=f"c1-{key * 64}")
    if picture is None:
        return Shown(one, None, None)
    ruling = None
    if word is not None:
        vote = said("Anna", word, of=one.key, picture=output(picture).sha256, take=2)
        (ruling,) = resolve([vote]).values()
    return Shown(one, output(picture), ruling)


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        (None, None, None),
        (None, cell(picture=None), None),
        (None, cell(), "new"),
        (cell(picture=None), cell(), "new"),
        (cell(), cell(), None),
        (cell(word=Word.APPROVE), cell(), None),
        (cell(), cell(picture=2), "changed"),
        (cell(word=Word.APPROVE), cell(picture=2), "changed"),
        (cell(), cell("b", picture=2), "changed"),
        (cell(), cell("b", picture=None), "lost"),
        (cell(word=Word.REJECT), cell("b", picture=None), "stale"),
        (cell(word=Word.APPROVE), cell("b"), "stale"),
        (cell(), cell("b"), None),
        (cell(), None, "lost"),
        (cell(word=Word.APPROVE), None, "lost"),
        (cell(picture=None), None, None),
    ],
)
def test_what_happened_to_a_cell(then, now, change):
    before = {} if then is None else {WHERE: then}
    after = {} if now is None else {WHERE: now}
    assert dict(changes(before, after)) == ({} if change is None else {WHERE: change})


def test_the_order_is_of_what_is_there_now():
    before = {"z": cell(), "c": cell(), "b": cell()}
    after = {"b": cell(picture=2), "a": cell(), "c": cell()}
    assert list(changes(before, after)) == [("b", "changed"), ("a", "new"), ("z", "lost")]


def test_a_side_shows_what_its_own_receipts_and_verdicts_say():
    wanted = campaign()
    bare, full = side(wanted), side(wanted, filed=bought(wanted))
    addresses = list(map(str, (one.address for one in expansion_of(wanted).cells)))
    assert list(shown(full, wanted.name)) == addresses
    assert {one.picture for one in shown(bare, wanted.name).values()} == {None}
    there = shown(full, wanted.name)
    assert all(one.picture is not None and not one.is_decided for one in there.values())
    first = there[addresses[0]]
    vote = said("Anna", Word.APPROVE, of=first.cell.key, picture=first.picture)
    judged = shown(replace(full, verdicts={wanted.name: [vote]}), wanted.name)
    assert [one.is_decided for one in judged.values()] == [True] + [False] * (len(addresses) - 1)
    assert shown(full, "another") == {}

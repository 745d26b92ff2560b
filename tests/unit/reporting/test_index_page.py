"""The page over all campaigns: what it shows, and that nothing in it can do anything."""

import json
import re
from pathlib import Path

import pytest

from pipeline.domain.money import MicroUsd
from pipeline.domain.verdicts import Word
from pipeline.reporting.index.entries import Entry, NotASheetError, read_entry
from pipeline.reporting.index.page import render_index
from pipeline.reporting.sheet.document import write_document
from pipeline.reporting.sheet.facts import CellState
from tests.unit.sheet.samples import every_state

GOLDEN = Path(__file__).parents[2] / "golden" / "sheets" / "campaigns.html"


def entry(name: str = "winter", **changes) -> Entry:
    parts = {
        "name": name,
        "title": f"The campaign {name}",
        "model": "Seedream 4.5 Edit",
        "realm": "real",
        "is_draft": False,
        "folder": name,
        "cover": "thumbs/ab/ab12.webp",
        "states": {CellState.DELIVERED: 8, CellState.WANTED: 3, CellState.DOUBT: 1},
        "verdicts": {Word.APPROVE: 5, Word.REJECT: 1},
        "cap": MicroUsd(12_000_000),
        "charged": MicroUsd(400_000),
        "reserved": MicroUsd(0),
        "in_doubt": MicroUsd(40_000),
        "left": MicroUsd(11_560_000),
        "real_cost": None,
        "newest": "2026-11-20",
    }
    return Entry(**{**parts, **changes})


def draft(name: str, **changes) -> Entry:
    parts = {"realm": "draft", "is_draft": True, "folder": f"{name}/draft", "cap": None}
    return entry(name, **{**parts, "left": None, "real_cost": MicroUsd(480_000), **changes})


def test_a_page_of_fixed_entries(golden):
    page = render_index(
        [
            entry(),
            entry("spent", left=MicroUsd(-40_000), verdicts={}, in_doubt=MicroUsd(0)),
            entry("empty", cover="", states={CellState.WANTED: 4}, verdicts={}, newest=""),
            draft("winter"),
            draft("trial", real_cost=None),
        ],
        without=["spring"],
        unread=["old/draft"],
    )
    golden(GOLDEN, page)


def test_nothing_at_all_is_said():
    assert "No campaign has a contact sheet yet." in render_index([])


def test_real_money_and_play_money_are_never_added():
    page = render_index([entry(), draft("winter", charged=MicroUsd(7_000_000))])
    assert "1 campaign \u00b7 8 pictures bought and here \u00b7 $0.40 charged" in page
    assert "$7.00" not in page
    assert page.index('id="bought"') < page.index('id="drafts"')


def test_a_provider_of_ones_own_is_not_real_money():
    own = entry("own", realm="127-0-0-1-8123", folder="own/127-0-0-1-8123")
    page = render_index([entry(), own])
    assert "2 campaigns \u00b7 8 pictures bought and here \u00b7 $0.40 charged" in page
    assert page.index('id="bought"') < page.index('id="elsewhere"')
    assert "realm <bdi>127-0-0-1-8123</bdi>" in page


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x00'


@pytest.mark.parametrize("field", ["name", "title", "model", "realm", "newest"])
def test_hostile_words_are_words(field):
    page = render_index(
        [entry(**{"folder": "winter", field: HOSTILE})], without=[HOSTILE], unread=[HOSTILE]
    )
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert page.count("<img ") == 1


@pytest.mark.parametrize(
    "cover",
    ["../../../etc/passwd", "/etc/passwd", "a//b", "..", "a\\b", "javascript:alert(1)", "a\nb"],
)
def test_covers_stay_below_the_outputs(cover):
    page = render_index([entry(cover=cover)])
    for source in re.findall(r'src="([^"]*)"', page):
        assert source.startswith("winter/")
        assert ".." not in source
        assert "javascript:" not in source


def test_the_policy_lets_nothing_run():
    page = render_index([entry()])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src &#x27;none&#x27;; ")
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_an_entry_says_what_its_sheet_says():
    facts = every_state()
    found = read_entry(json.loads(write_document(facts)), folder="winter-lookbook")
    wanted = [cell for cell in facts.cells if cell.state is not CellState.ORPHAN]
    assert found.title == facts.campaign.title
    assert found.wanted == len(wanted)
    assert found.delivered == sum(cell.state is CellState.DELIVERED for cell in wanted)
    assert (found.charged, found.left) == (facts.money.charged, facts.money.left)
    assert found.cover in {cell.thumb for cell in facts.cells}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"sheet": 99},
        {"sheet": 1},
        {"sheet": 1, "campaign": {}, "money": {}, "cells": []},
        {"sheet": 1, "campaign": [], "money": {}, "cells": {}},
        {"sheet": 1, "campaign": {"name": 1}, "money": {"charged": 0.5}, "cells": [{}]},
    ],
)
def test_what_is_no_sheet(document):
    with pytest.raises(NotASheetError):
        read_entry(document, folder="winter")

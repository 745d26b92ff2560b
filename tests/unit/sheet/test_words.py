from dataclasses import replace

import pytest

from pipeline.domain.plan import Address
from pipeline.reporting.sheet import words
from pipeline.reporting.sheet.facts import CellState, ChargeBasis
from tests.unit.sheet import samples

CELL = samples.cell(Address("anna", "front", "snow", "master", 1))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("bell\x07", "bell␇"),
        ("\x7f", "␡"),
        ("\x9b31m", "⟨U+009B⟩31m"),
        ("\u202eevil", "⟨U+202E⟩evil"),
        ("\ud800", "⟨U+D800⟩"),
        ("خوب\u200cتر", "خوب\u200cتر"),
        ("👩\u200d🎤", "👩\u200d🎤"),
    ],
)
def test_what_nobody_sees_is_shown_and_what_scripts_need_stays(text, shown):
    assert words.visible(text) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1540, "1.5 kB"),
        (9_960, "10 kB"),
        (184_233, "184 kB"),
        (999_949, "1000 kB"),
        (999_950, "1 MB"),
        (2_234_567, "2.2 MB"),
        (24_800_000, "25 MB"),
        (24_849_999, "25 MB"),
    ],
)
def test_lengths_are_short(count, shown):
    assert words.file_size(count) == shown


@pytest.mark.parametrize(
    ("reason", "quote", "said"),
    [
        ("", None, ""),
        ("refused", None, "refused"),
        ("", samples.PRICE, "Would cost $0.04"),
        ("refused before", samples.PRICE, "refused before (would cost $0.04)"),
    ],
)
def test_a_reason_names_the_price_where_there_is_one(reason, quote, said):
    cell = replace(CELL, state=CellState.WANTED, reason=reason, quote=quote)
    assert words.why(cell) == said


@pytest.mark.parametrize(
    ("changes", "is_draft", "said"),
    [
        ({}, False, "$0.04, confirmed by billing"),
        ({"basis": ChargeBasis.QUOTED}, False, "$0.04 as quoted, not yet confirmed by billing"),
        ({}, True, "$0.04 of play money; nothing was paid"),
        ({"charge": None}, False, ""),
    ],
)
def test_a_charge_says_how_sure_it_is(changes, is_draft, said):
    assert words.charge(replace(CELL, **changes), is_draft=is_draft) == said

"""No cell of a table is ever a formula, whoever wrote its text."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting.spreadsheet import neutral, table

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize("sign", SIGNS)
def test_what_starts_like_a_formula_becomes_text(sign):
    assert neutral(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"
    assert neutral(f"  {sign}1+1").startswith("'")


@pytest.mark.parametrize("text", ["", "anna", "1080x1350", "a=b", "x@y.z", "'quoted", "#fff"])
def test_other_text_stays(text):
    assert neutral(text) == text


@given(st.text())
def test_it_only_ever_adds_an_apostrophe(text):
    made = neutral(text)
    assert made in {text, f"'{text}"}
    assert not made.lstrip(" \u00a0").startswith(SIGNS)
    assert neutral(made) == made


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_a_table_is_read_back_as_it_was_written(rows):
    written = table(["one", "two"], rows)
    back = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert back == [["one", "two"], *[[neutral(cell) for cell in row] for row in rows]]

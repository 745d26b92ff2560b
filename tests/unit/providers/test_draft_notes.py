"""What a draft says that it did not do, as the client reads it from a stranger's answer."""

import pytest

from pipeline.providers.words import prediction_of

TOLD = {"id": "p-1", "status": "completed", "outputs": []}


def notes(embedded):
    return prediction_of({**TOLD, "embedded": embedded}).notes


def test_notes_of_the_embedded_provider_are_read_in_order():
    assert notes({"notes": ["not understood: a", "not possible: b"]}) == (
        "not understood: a",
        "not possible: b",
    )


def test_the_vendor_says_nothing_of_the_kind():
    assert prediction_of(TOLD).notes == ()


@pytest.mark.parametrize(
    "embedded", [None, "notes", [], {}, {"notes": None}, {"notes": "abc"}, {"notes": {"a": 1}}, 7]
)
def test_what_is_no_list_of_notes_is_none(embedded):
    assert notes(embedded) == ()


def test_notes_are_few_short_and_printable_whoever_wrote_them():
    hostile = ["\x1b[31mred\u202e", "x" * 10_000, 7, None, "", {"a": []}, *["n"] * 500]
    found = notes({"notes": hostile})
    assert found[0] == " [31mred "
    assert len(found) <= 50
    assert all(note.isprintable() and 0 < len(note) <= 300 for note in found)

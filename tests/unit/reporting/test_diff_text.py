"""Reviews as terminals and programs see them: golden files, read by people in `git diff`."""

import json
from pathlib import Path

import pytest

from pipeline.reporting.diff_json import diff_document
from pipeline.reporting.diff_markdown import diff_markdown
from pipeline.reporting.diff_text import diff_text
from tests.unit.reporting import reviews

GOLDEN = Path(__file__).parents[2] / "golden" / "diff"


@pytest.mark.parametrize("name", ["everything", "nothing", "first", "empty"])
def test_reviews_read_well(name, golden):
    diff = getattr(reviews, name)()
    golden(GOLDEN / f"{name}.txt", diff_text(diff))
    golden(GOLDEN / f"{name}.md", diff_markdown(diff))
    document = json.dumps(diff_document(diff), indent=2, ensure_ascii=False)
    golden(GOLDEN / f"{name}.json", f"{document}\n")


def test_the_terminal_gets_all_campaigns_and_counts_receipts():
    said = diff_text(reviews.many(60))
    assert said.count("(new)") == said.count("(removed)") == 60
    assert "60 receipts of base are missing" in said
    assert "… and 40 more" in said


def test_a_document_holds_no_float_and_its_rules_are_whole():
    document = diff_document(reviews.everything())

    def walk(value):
        assert not isinstance(value, float), value
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list | tuple | float):
                walk(inner)

    walk(document)
    for rule in document["rules"]:
        assert set(rule) == {"id", "unit", "measured", "limit", "passed", "fails", "message"}
        assert rule["message"]
    assert document["passed"] is False

"""Reviews as terminals and programs see them: golden files, read by people in `git diff`."""

import json
from dataclasses import replace
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


def test_no_line_is_wider_than_a_narrow_terminal():
    diff = reviews.everything()
    long = [row._replace(name=f"{row.name}-{'x' * 50}") for row in diff.rows]
    large = [row._replace(orphaned=10**12, after=row.after._replace(gross=10**12)) for row in long]
    for one in (diff, replace(diff, rows=tuple(long)), replace(diff, rows=tuple(large))):
        lines = diff_text(one).splitlines()
        assert max(map(len, lines)) <= 80
        assert [line for line in lines if line.split() == [f"winter-{'x' * 50}"]] == (
            [] if one is diff else [f"  winter-{'x' * 50}"] * 2
        )


def test_what_was_counted_is_said_in_words():
    said = {line.split()[0]: line.split(None, 1)[1] for line in _rules(reviews.everything())}
    assert said["caps"] == "warning: 1 cap would be passed"
    assert said["lost_receipts"] == "failed: 1 receipt of base is missing"
    assert said["prices"] == "passed: every price is known"


def _rules(diff):
    return diff_text(diff).partition("\n  rules\n")[2].partition("\n\n")[0].splitlines()


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

"""Rules of disclosure: sound data, dated and sourced, and the tables that are made from them."""

import csv
import datetime as dt
import io
import re

import pytest

from pipeline.catalog.disclosure import rules
from pipeline.domain.disclosure import ANYWHERE, Declaration, Delivered, rules_for
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.labels import Label
from pipeline.domain.marks import Credentials, Marks, Seal
from pipeline.manifest.presets import shipped
from pipeline.reporting.disclosure import disclosure_csv, disclosure_name, disclosure_text

EDIT = "compositeWithTrainedAlgorithmicMedia"
OPINIONS = re.compile(r"\b(?:should|recommend|safe to|no need|you may ignore)\b", re.IGNORECASE)


def delivered(*, name="feed/a.jpg", types=(EDIT,), seal=Seal.NONE, **label):
    return Delivered(
        name=name,
        sha256=Sha256("0" * 64),
        address="anna/front/snow/master/t1",
        model="bytedance/seedream",
        label=Label(EDIT, "winter", **label),
        marks=Marks("jpeg", types, (), Credentials(seal)),
        master=Marks("jpeg"),
    )


def declaration(*files, destination="instagram-story"):
    return Declaration(
        campaign="winter",
        realm="real",
        destination=destination,
        title="Instagram story",
        day="2026-11-22",
        rules=rules_for(rules(), destination),
        files=files or (delivered(),),
    )


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_is_dated_sourced_and_no_opinion(rule):
    assert re.fullmatch(r"[a-z0-9-]+", rule.id)
    dt.date.fromisoformat(rule.as_of)
    assert all(one.startswith("https://") for one in rule.sources)
    assert rule.sources
    assert re.fullmatch(r"(?:20\d\d(?:-\d\d){0,2}(?:;.*)?)?", rule.since), rule.since
    assert (rule.kind == "law") == (rule.destinations == ())
    assert rule.title
    assert rule.where
    assert rule.whom
    assert rule.declare
    assert not OPINIONS.search(rule.declare)


def test_ids_are_told_apart():
    assert len({rule.id for rule in rules()}) == len(rules())


@pytest.mark.parametrize(
    ("destination", "platforms"),
    [
        ("instagram-story", {"meta-ads", "meta-political-ads"}),
        ("google-banner-300x250", {"google-ads", "google-merchant-center"}),
        ("tiktok", {"tiktok-ads"}),
        ("pinterest-pin", {"pinterest"}),
        ("x-post", set()),
        (ANYWHERE, set()),
    ],
)
def test_rules_of_a_destination_are_its_platforms_and_all_laws(destination, platforms):
    found = rules_for(rules(), destination)
    assert {rule.id for rule in found if rule.kind == "platform"} == platforms
    assert [rule for rule in found if rule.kind == "law"] == [
        rule for rule in rules() if rule.kind == "law"
    ]
    assert [rule.kind for rule in found] == sorted((rule.kind for rule in found), reverse=True)


def test_rules_of_platforms_are_about_destinations_that_there_are():
    names = tuple(shipped())
    for rule in rules():
        for start in rule.destinations:
            assert any(name.startswith(start) for name in names), start


def test_what_a_file_lacks():
    assert delivered().lacking == ""
    assert delivered(types=()).lacking == "the digital source type is missing"
    assert delivered(signed_by="f").lacking == "content credentials are wanted: none"
    assert delivered(signed_by="f", seal=Seal.VALID).lacking == ""
    for seal in (Seal.INVALID, Seal.DAMAGED, Seal.UNREAD):
        assert delivered(signed_by="f", seal=seal).lacking


def test_a_table_has_a_row_for_each_file_and_rule_and_no_formula():
    one = declaration(delivered(name="=cmd|calc.jpg"), delivered(is_draft=True))
    rows = list(csv.DictReader(io.StringIO(disclosure_csv(one))))
    assert len(rows) == 2 * len(one.rules)
    assert rows[0]["file"] == "'=cmd|calc.jpg"
    assert rows[0]["note"] == "not legal advice"
    assert rows[-1]["note"] == "draft, not for publication; not legal advice"
    assert all(row["sources"] and row["read on"] and row["since"] for row in rows)
    assert disclosure_name(one) == "disclosure-2026-11-22-instagram-story.csv"
    assert not re.search(r"\d\d:\d\d", disclosure_csv(one)), "no time of day"


def test_the_words_for_people():
    text = disclosure_text([declaration(delivered(types=()))])
    assert "NOT AS WANTED  feed/a.jpg: the digital source type is missing" in text
    assert "Remove the files that are not as wanted; `campaign report` makes them anew." in text
    assert text.endswith("this is not legal advice.\n")
    assert disclosure_text([]) == ""

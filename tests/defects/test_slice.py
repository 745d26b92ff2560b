"""A slice of the defect suite: the checks see what they are for, and leave honest edits alone.

The whole suite is `make defects`; what it measured last is kept, and so is the page that says it.
"""

import pytest

from pipeline.domain.flags import CHECKS
from tests.defects import cases, measured, suite
from tests.defects.bench import Desk
from tests.defects.matches import matching

COUNT, SIDE = 4, 384
SCALE = suite.Scale(COUNT, SIDE)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("specimens"), workers=1)


@pytest.mark.slow
def test_honest_edits_are_left_alone(desk):
    found = desk.reports(cases.clean(4, SIDE), networks=True)
    flagged = [flag.check for one in found for flag in one.flags]
    assert len(flagged) <= 1, flagged


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(cases.ALONE))
def test_what_arithmetic_sees(name, desk):
    assert suite.caught(name, desk, SCALE).flagged >= COUNT - 1


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(cases.WITH_NETWORKS))
def test_what_networks_see(name, desk):
    assert suite.caught(name, desk, suite.Scale(2, 512)).flagged == 2


@pytest.mark.slow
def test_copies_are_told_from_look_alikes(desk):
    found = suite.run("pairs", desk, SCALE)
    assert found["caught"]["near-duplicate"].flagged >= COUNT - 1
    assert found["alarms"]["near-duplicate"].flagged == 0


@pytest.mark.slow
@pytest.mark.torture  # it cuts a dozen subjects out first; `test_content.py` shows what it is for
def test_outputs_find_their_sources_by_geometry_alone():
    found = matching(120, each=1, drafts=False, networks=False)
    assert found.predictions == 120
    assert found.labelled > 0.95 * found.outputs
    assert found.filed_wrong == 0
    assert found.filed > 0.3 * found.predictions


def test_every_check_has_a_task_or_a_reason_why_not():
    counted = {*cases.DEFECTS, "near-duplicate", *suite.SET_CHECKS}
    assert counted | {*measured.NOT_MEASURED} == {*CHECKS}
    assert not counted & {*measured.NOT_MEASURED}


def test_the_page_says_what_was_measured_last_and_that_was_good_enough():
    if not measured.KEPT.exists() and not measured.PAGE.exists():
        pytest.skip("nothing was measured yet: `make defects` writes both")
    document = measured.kept()
    assert measured.PAGE.read_text("utf-8") == measured.page(document)
    assert {*document["checks"]} == {*CHECKS} - {*measured.NOT_MEASURED}
    assert measured.verdict(document) == []
    for counts in document["checks"].values():
        assert counts["caught"][1] >= 40
        assert counts["alarms"][1] >= 40
    assert document["matching"]["predictions"] >= 500


def test_what_falls_short_is_said():
    counts = {"caught": [30, 40], "alarms": [3, 40]}
    matched = {"right": 90, "outputs": 100, "filed_wrong": 1}
    found = measured.verdict({"checks": {"blur": counts}, "matching": matched})
    assert len(found) == 4
    assert measured.verdict({"checks": {"blur": {"caught": [40, 40], "alarms": [0, 40]}}}) == []

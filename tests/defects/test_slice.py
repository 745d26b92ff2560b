"""A slice of the defect suite: the checks see what they are for, and leave honest edits alone."""

import pytest

from tests.defects import cases, suite
from tests.defects.bench import Desk, counted
from tests.defects.matches import matching

pytestmark = [pytest.mark.slow, pytest.mark.defects]

COUNT, SIDE = 4, 384


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("specimens"))


@pytest.fixture(scope="module")
def honest(desk):
    return desk.reports(cases.clean(7, SIDE), networks=True)


def test_honest_edits_are_left_alone(honest):
    flagged = [flag.check for one in honest for flag in one.flags]
    assert len(flagged) <= 1, flagged


@pytest.mark.parametrize("name", sorted(cases.ALONE))
def test_what_arithmetic_sees(name, desk):
    side = 1536 if name == "false-resolution" else SIDE
    found = desk.reports(cases.ALONE[name](COUNT, side), networks=False)
    assert counted(found, name).flagged >= COUNT - 1


@pytest.mark.parametrize("name", sorted(cases.WITH_NETWORKS))
def test_what_networks_see(name, desk):
    found = desk.reports(cases.WITH_NETWORKS[name](2, 512), networks=True)
    assert counted(found, name).flagged == 2


def test_copies_are_told_from_look_alikes(desk):
    ((copies, alarms),) = suite.near_duplicates(desk, COUNT, SIDE).values()
    assert copies.flagged >= COUNT - 1
    assert alarms.flagged == 0


def test_outputs_find_their_sources():
    found = matching(120, each=1, drafts=False)
    assert found.predictions == 120
    assert found.right > 0.95
    assert found.filed_wrong == 0
    assert found.filed > 0.5 * found.predictions

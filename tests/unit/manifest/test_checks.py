"""The key `checks`: every check can be switched, and a child overrides its parent by name."""

import pytest

from pipeline.domain.flags import CHECKS, Setting
from pipeline.manifest.checks import ChecksEntry
from tests.unit.manifest.samples import load

HEAD = """\
version: 1
campaign: spring
model: bytedance/seedream-v4.5/edit-sequential
images: {anna: images/anna/*.jpg}
prompt: Put {set.subject} in a snowy street.
"""


def settings(lines, **others):
    loaded = load(f"{HEAD}{lines}\n", **others)
    assert loaded.codes == []
    return loaded.campaign.checks


def test_there_is_a_key_for_every_check_and_no_other():
    names = [field.alias or name for name, field in ChecksEntry.model_fields.items()]
    assert names == list(CHECKS)


@pytest.mark.parametrize(
    ("written", "setting"),
    [
        ("off", Setting(is_on=False)),
        ("warn", Setting(severity="warn")),
        ("fail", Setting(severity="fail")),
        ("{warn: 0.5}", Setting(warn=0.5)),
        ("{warn: 1, fail: 2.25}", Setting(warn=1.0, fail=2.25)),
        ("{warn: '0.5', severity: fail}", Setting(warn=0.5, severity="fail")),
        ("{severity: off, warn: 0.5}", Setting(is_on=False, warn=0.5)),
    ],
)
def test_what_can_be_written(written, setting):
    assert settings(f"checks: {{face-drift: {written}}}") == {"face-drift": setting}


def test_nothing_is_switched_where_nothing_is_said():
    assert settings("") == {}
    assert settings("checks: {}") == {}


def test_checks_of_a_parent_are_merged_by_name():
    parent = "version: 1\nchecks: {blur: off, letterbox: warn, collage: {warn: 0.9}}\n"
    child = "extends: ../_base.yaml\nchecks: {blur: fail, collage: {fail: 0.95}}\n"
    found = settings(child, others={"_base.yaml": parent})
    assert found == {
        "blur": Setting(severity="fail"),
        "letterbox": Setting(severity="warn"),
        "collage": Setting(warn=0.9, fail=0.95),
    }

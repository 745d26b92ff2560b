"""From numbers to flags: every check answers once; what is not measured is never a pass."""

import numpy as np
import pytest

from pipeline.domain.flags import CHECKS, Docket, Setting
from pipeline.imaging.checks import judge as judging
from pipeline.imaging.checks.alone import Alone
from pipeline.imaging.checks.change import Change
from pipeline.imaging.checks.judge import Case, judge
from pipeline.imaging.checks.keptfacts import Kept
from pipeline.imaging.checks.seenfacts import Seen, pack
from pipeline.vision.faces import OTHER_PERSON, SAME_PERSON

GOOD = Alone(
    width=2048,
    height=2048,
    transparent=0.0,
    oddities=(),
    spread=60.0,
    sharpness=60.0,
    finest=40.0,
    blocks=1.1,
    bars=0.0,
    seams=0.1,
    phash=1,
    dhash=2,
    layout=(50,) * 192,
)


def unit(*values):
    vector = np.asarray([*values, *([0.0] * (8 - len(values)))], np.float32)
    return pack(vector / np.linalg.norm(vector))


def seen(**changes):
    base = Seen(0, "", 0.3, unit(1), (), (50, 0, 0), (50, 0, 0))
    return base._replace(**changes)


def report(settings=None, **case):
    docket = Docket(settings=settings or {})
    judge(Case(**case), docket)
    return docket.report()


def flags(**case):
    return {flag.check: flag.severity for flag in report(**case).flags}


def test_codes_are_unique_and_in_order():
    codes = [check.code for check in CHECKS.values()]
    assert codes == [f"C{number:03d}" for number in range(1, len(codes) + 1)]


def test_every_check_answers_exactly_once():
    for case in (
        {},
        {"error": "torn"},
        {"change": Change(1.0)},
        {"alone": GOOD, "wanted": (2048, 2048)},
    ):
        found = report(**case)
        answers = [
            *(flag.check for flag in found.flags),
            *found.passed,
            *(gap.check for gap in found.not_run),
        ]
        assert sorted(answers) == sorted(CHECKS)


def test_a_good_picture_has_no_flag():
    found = report(alone=GOOD, wanted=(2048, 2048), change=Change(30.0))
    assert found.flags == ()
    assert "face-drift" not in found.passed


def test_what_cannot_be_decoded_is_judged_no_further():
    found = report(error="its data is damaged", alone=None)
    assert [(flag.check, flag.detail) for flag in found.flags] == [
        ("undecodable", "its data is damaged")
    ]
    assert found.passed == ()


@pytest.mark.parametrize(
    ("change", "check", "severity"),
    [
        ({"width": 2047}, "wrong-size", None),
        ({"width": 2040}, "wrong-size", "fail"),
        ({"width": 1900}, "wrong-aspect", "fail"),
        ({"oddities": ("CMYK",)}, "unusual-file", "warn"),
        ({"transparent": 0.2}, "unexpected-alpha", "warn"),
        ({"spread": 2.0}, "blank", "fail"),
        ({"spread": 6.0}, "blank", "warn"),
        ({"seams": 0.9}, "collage", "warn"),
        ({"bars": 0.1}, "letterbox", "warn"),
        ({"blocks": 2.0}, "jpeg-damage", "warn"),
        ({"sharpness": 0.1}, "blur", "warn"),
        ({"sharpness": None}, "blur", "warn"),
        ({"finest": 0.3}, "false-resolution", "warn"),
    ],
)
def test_limits_of_one_picture(change, check, severity):
    found = flags(alone=GOOD._replace(**change), wanted=(2048, 2048))
    assert found.get(check) == severity


def test_drafts_and_small_pictures_promise_no_detail():
    enlarged = GOOD._replace(finest=0.1)
    assert "false-resolution" not in flags(alone=enlarged, is_draft=True)
    small = enlarged._replace(width=1024, height=1024)
    assert "false-resolution" not in flags(alone=small)
    why = {gap.check: gap.why for gap in report(alone=enlarged, is_draft=True).not_run}
    assert why["false-resolution"] == "drafts are enlarged, by design"


def test_a_copy_of_the_source_is_found_by_either_comparison():
    kept = Kept(points=300, copies=1, gone=0.0, most=2.0)
    assert flags(alone=GOOD, change=Change(2.0))["nothing-changed"] == "fail"
    assert flags(alone=GOOD, change=Change(60.0), kept=kept)["nothing-changed"] == "fail"
    assert "nothing-changed" not in flags(alone=GOOD, change=Change(60.0))


def test_a_face_is_compared_where_the_source_has_one():
    face, other = unit(1), unit(0.2, 1)
    kept = Kept(points=50, copies=1, gone=0.0, most=40.0)
    person = seen(faces=1, face=face)
    same = {"alone": GOOD, "kept": kept, "source": person}
    assert flags(**same, seen=person) == {}
    assert flags(**same, seen=seen(faces=1, face=other)) == {"face-drift": "fail"}
    assert flags(**same, seen=seen()) == {"no-face": "warn"}
    assert flags(**same, seen=seen(faces=3, face=face)) == {"several-subjects": "warn"}


def test_a_face_that_the_border_cuts_is_left_open_where_it_is_doubtful():
    def person(distance, **cut):
        turned = np.asarray([1.0, distance, *[0.0] * 6], np.float32)
        return seen(faces=1, face=pack(turned), **cut)

    case = {"alone": GOOD, "kept": Kept(50, 1, 0.0, 40.0), "source": person(0.0)}
    for distance, cut, whole in ((0.3, None, None), (0.5, None, "warn"), (0.7, "fail", "fail")):
        assert flags(**case, seen=person(distance, cut=0.3)).get("face-drift") == cut
        assert flags(**case, seen=person(distance, cut=0.1)).get("face-drift") == whole
    (gap,) = [
        one
        for one in report(**case, seen=person(0.5, cut=0.3)).not_run
        if one.check == "face-drift"
    ]
    assert gap.why == "the border cuts the face"
    limits = CHECKS["face-drift"].warn, CHECKS["face-drift"].fail
    assert limits == (SAME_PERSON, OTHER_PERSON) == (judging.SAME_PERSON, judging.OTHER_PERSON)


def test_a_thing_is_the_same_by_features_or_by_points():
    lost = seen(subject=unit(0.1, 1))
    case = {"alone": GOOD, "source": seen(), "seen": lost}
    few = Kept(points=5, copies=0, gone=0.2, most=None)
    many = Kept(points=60, copies=1, gone=0.0, most=40.0)
    assert flags(**case, kept=few)["subject-drift"] == "fail"
    assert flags(**case, kept=many) == {}
    assert flags(**case, kept=many._replace(copies=2))["several-subjects"] == "warn"


def test_nothing_left_of_the_source_is_flagged_unless_its_subject_is_there():
    gone = Kept(points=3, copies=0, gone=0.9, most=None)
    other = seen(subject=unit(0.1, 1))
    assert "changed-everywhere" in flags(alone=GOOD, kept=gone, seen=other, source=seen())
    assert "changed-everywhere" not in flags(alone=GOOD, kept=gone, seen=seen(), source=seen())


def test_without_networks_their_checks_are_not_run():
    found = report(alone=GOOD, no_networks="the extra `checks` is not installed")
    gaps = {gap.check: gap.why for gap in found.not_run}
    for name, check in CHECKS.items():
        if check.needs == "checks":
            assert name in gaps
            assert name not in found.passed
    assert gaps["face-drift"] == "the extra `checks` is not installed"


def test_an_author_switches_checks_and_moves_limits():
    soft = GOOD._replace(sharpness=6.0)
    assert "blur" not in {f.check for f in report({"blur": Setting(is_on=False)}, alone=soft).flags}
    assert "blur" not in {f.check for f in report({"blur": Setting(warn=5.0)}, alone=soft).flags}
    strict = report({"blur": Setting(warn=90.0, fail=80.0)}, alone=GOOD)
    assert [(f.check, f.severity, f.limit) for f in strict.flags] == [("blur", "fail", 80.0)]


def test_an_author_says_how_bad_a_finding_is():
    soft = GOOD._replace(sharpness=6.0)
    (worse,) = report({"blur": Setting(severity="fail")}, alone=soft).flags
    assert (worse.severity, worse.limit) == ("fail", 10.0)
    plain = GOOD._replace(spread=1.0)
    found = report({"blank": Setting(severity="warn")}, alone=plain).flags
    assert [flag.severity for flag in found if flag.check == "blank"] == ["warn"]
    assert "blank" in report({"blank": Setting(severity="fail")}, alone=GOOD).passed


def test_what_was_not_compared_with_all_others_is_no_pass():
    found = report(alone=GOOD, no_twin="not looked at yet")
    assert "near-duplicate" not in found.passed
    alike = report(alone=GOOD, look_alike=(1.0, "anna/p1"), no_twin="not looked at yet")
    assert "near-duplicate" in [flag.check for flag in alike.flags]


def test_the_worst_flag_comes_first():
    found = report(alone=GOOD._replace(bars=0.02, seams=1.0, spread=1.0), wanted=(2048, 2048))
    assert [flag.check for flag in found.flags] == ["blank", "letterbox", "collage"]

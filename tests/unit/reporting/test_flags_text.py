"""Flags as people and programs read them: worst first, and what was not run with its reason."""

from pipeline.domain.diagnostics import Problem, Severity
from pipeline.domain.flags import Flag, NotRun, Report
from pipeline.reporting.flags_text import Looked, OfCampaign, flags_document, flags_line, flags_text


def looked(address, *flags, not_run=()):
    return Looked(address, f"c1-{address}", "ab" * 32, Report(tuple(flags), ("blank",), not_run))


SOFT = Flag("blur", "warn", 5.0, 10.0)
SOFTER = Flag("blur", "warn", 1.0, 10.0)
TORN = Flag("undecodable", "fail", 1.0, 1.0, "it is cut short")


def test_the_worst_comes_first_whichever_picture_it_is_of():
    one = OfCampaign("winter", (looked("a/1", SOFT), looked("a/2", SOFTER), looked("a/3", TORN)))
    *lines, more = flags_text([one]).splitlines()
    assert more == "More about a code: `campaign check --explain C001`"
    assert lines[0] == "winter: 3 pictures, 3 flagged"
    assert [line.split()[:3] for line in lines[1:]] == [
        ["fail", "C001", "a/3"],
        ["warn", "C011", "a/2"],
        ["warn", "C011", "a/1"],
    ]
    assert lines[1].endswith("; it is cut short")
    document = flags_document("real", [one])
    assert document["campaigns"][0]["worst"] == ["a/3", "a/2", "a/1"]


def test_what_no_picture_has_an_answer_to_is_said_once_with_its_reason():
    gap = NotRun("face-drift", "the extra `checks` is not installed")
    other = NotRun("no-face", "its source is not here")
    pictures = (looked("a/1", not_run=(gap, other)), looked("a/2", not_run=(gap,)))
    text = flags_text([OfCampaign("winter", pictures)])
    assert text.count("not run") == 1
    assert "--explain" not in text  # nothing is flagged, so no code is shown
    assert "  not run  face-drift: the extra `checks` is not installed\n" in text


def test_a_line_about_new_pictures():
    pictures = [looked("a/1", SOFT), looked("a/2"), looked("a/3", SOFT, TORN)]
    assert flags_line("winter", pictures, is_draft=False) == (
        "2 of 3 new pictures want a look (2 blur, 1 undecodable): `campaign status winter --flags`"
    )
    assert flags_line("winter", pictures[:1], is_draft=True) == (
        "1 of 1 new picture wants a look (1 blur): `campaign status winter --flags --draft`"
    )
    assert flags_line("winter", [pictures[1]], is_draft=False) == ""


def test_programs_get_every_answer_of_every_picture():
    gap = NotRun("no-face", "its source is not here")
    document = flags_document(
        "real", [OfCampaign("winter", (looked("a/1", SOFT, not_run=(gap,)),))]
    )
    (picture,) = document["campaigns"][0]["pictures"]
    assert [flag["check"] for flag in picture["flags"]] == ["blur"]
    assert picture["passed"] == ["blank"]
    assert picture["not_run"] == [{"check": "no-face", "why": "its source is not here"}]


def test_what_is_to_be_said_about_finished_files_comes_along():
    remark = Problem("L021", "2 files are not white", "why", "fix", severity=Severity.WARNING)
    one = OfCampaign("winter", (looked("a/1"),), (remark,))
    (campaign,) = flags_document("real", [one])["campaigns"]
    assert [problem["code"] for problem in campaign["problems"]] == ["L021"]
    assert flags_text([one]).endswith("`campaign check --explain L021`\n")

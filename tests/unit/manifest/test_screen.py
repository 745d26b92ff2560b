import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.diagnostics import Problem, Severity, Span
from pipeline.domain.screen import render, render_all

PROBLEM = Problem(
    code="M012",
    what="unknown image set `hereos`",
    why="no such set",
    fix="did you mean `heroes`?",
    at=Span("campaigns/spring.yaml", 14, 16),
    source_line="    image_set: hereos",
)


def test_a_problem_is_laid_out_for_people():
    assert render(PROBLEM) == (
        "error[M012]: unknown image set `hereos`\n"
        " --> campaigns/spring.yaml:14:16\n"
        "14 |     image_set: hereos\n"
        "                    ^\n"
        "why: no such set\n"
        "fix: did you mean `heroes`?"
    )


def test_money_and_warnings_are_shown():
    problem = Problem("R031", "no answer", "it broke", "look", money="may have been charged, $0.04")
    assert render(problem).splitlines()[1:] == [
        "why: it broke",
        "money: may have been charged, $0.04",
        "fix: look",
    ]
    warning = Problem("M066", "a", "b", "c", severity=Severity.WARNING)
    assert render(warning).startswith("warning[M066]: a\n")


def lines_of(source, column):
    at = Span("f", 3, column)
    _, _, line, caret, *_ = render(Problem("M001", "a", "b", "c", at, source)).splitlines()
    return line, caret


@pytest.mark.parametrize(
    ("source", "column", "line", "caret"),
    [
        ("abc", 1, "3 | abc", "    ^"),
        ("abc", 4, "3 | abc", "       ^"),
        ("東京: x", 5, "3 | 東京: x", "          ^"),
        ("cafe\u0301: x", 8, "3 | cafe\u0301: x", "          ^"),
        ("👜: x", 4, "3 | 👜: x", "        ^"),
        ("\ta: x", 2, "3 |     a: x", "        ^"),
        ("a\x1b[31mb", 7, "3 | a<U+001B>[31mb", "                 ^"),
        ("a\u202eb", 3, "3 | a<U+202E>b", "             ^"),
        ("a\udc80b", 3, "3 | a<U+DC80>b", "             ^"),
        ("abc   ", 2, "3 | abc", "     ^"),
    ],
)
def test_the_caret_stands_below_the_place(source, column, line, caret):
    assert lines_of(source, column) == (line, caret)


def width(text):
    return sum(
        0
        if unicodedata.category(one) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(one) in ("W", "F"))
        for one in text
    )


@settings(max_examples=60, deadline=None)
@given(st.text("ab 東é\u0301", min_size=1, max_size=400), st.data())
def test_long_lines_are_cut_around_the_place(source, data):
    column = data.draw(st.integers(1, len(source)))
    if not source.strip():
        return
    line, caret = lines_of(source, column)
    assert width(line) <= 100
    assert len(caret) <= 101
    under = ""
    for character in line:
        if width(under) == len(caret) - 1 and width(character):
            assert character in (source[column - 1], "…", source[column - 1 :].lstrip("\u0301")[:1])
            break
        under += character


def test_texts_cannot_steer_the_terminal():
    shown = render(Problem("M001", "a\x1b[2Jb", "c\nd", "e\u2028f", Span("x\ny", 1, 1), "z"))
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 6


def test_problems_come_in_file_order_with_an_empty_line_between():
    last = Problem("M001", "no place", "b", "c")
    first = Problem("M020", "early", "b", "c", Span("campaigns/spring.yaml", 2, 1), "x")
    shown = render_all([last, PROBLEM, first])
    assert shown == f"{render(first)}\n\n{render(PROBLEM)}\n\n{render(last)}\n"
    assert render_all([]) == ""


def test_repeats_of_one_code_are_folded_after_five():
    many = [Problem("M054", f"p{n}", "b", "c", Span("f", n, 1), "x") for n in range(1, 40)]
    other = Problem("M001", "other", "b", "c", Span("f", 40, 1), "x")
    paragraphs = render_all([*many, other]).split("\n\n")
    assert len(paragraphs) == 7
    assert [part.splitlines()[0] for part in paragraphs[4:]] == [
        "error[M054]: p5",
        "error[M054]: 34 more like these",
        "error[M001]: other",
    ]
    assert paragraphs[5].splitlines()[1] == " --> f:6:1"
    assert paragraphs[5].splitlines()[-1] == " --> and 24 more places"
    same_place = [Problem("M051", f"p{n}", "b", "c", Span("f", 1, 1), "x") for n in range(9)]
    assert render_all(same_place).endswith("error[M051]: 4 more like these\n --> f:1:1\n")

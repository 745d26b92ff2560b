"""What the draft engine makes of prompts, as a plan shows it."""

from dataclasses import replace

from pipeline.reporting.draft_reading import DraftReading, readings_json, readings_text

PALM = "not possible: with a palm tree (it cannot add objects)"
WHOLE = DraftReading("On a beach.", 3, ("background: a beach",), ("Keep the pose",), ())
PARTIAL = DraftReading("On a beach with a palm tree.", 1, ("background: a beach",), (), (PALM,))
FAILING = DraftReading("Smile.", 1, (), (), ("not possible: Smile",), "nothing can be drawn")


def text(*readings, of=None):
    return "\n".join(readings_text(readings, of=of or len(readings)))


def test_each_prompt_is_a_paragraph_of_what_is_done_kept_and_not_done():
    assert text(WHOLE, PARTIAL, FAILING).splitlines() == [
        "",
        "What the draft engine makes of 3 prompts:",
        "",
        "  3 pictures: On a beach.",
        "    does    background: a beach",
        "    keeps   Keep the pose",
        "",
        "  1 picture: On a beach with a palm tree.",
        "    does    background: a beach",
        f"    not     {PALM}",
        "",
        "  1 picture: Smile.",
        "    fails   nothing of it can be drawn",
        "    not     not possible: Smile",
    ]


def test_what_can_be_drawn_is_listed_once_where_something_cannot():
    possible = "light: golden hour, night; styles: " + ", ".join(["oil painting"] * 12)
    failing = replace(FAILING, possible=possible)
    assert text(failing, WHOLE, failing).splitlines()[-5:] == [
        "",
        "The draft engine reads English and can draw:",
        "  light: golden hour, night",
        "  styles: " + "oil painting, " * 5 + "oil painting,",
        "    " + "oil painting, " * 5 + "oil painting",
    ]
    assert "can draw:" not in text(WHOLE, PARTIAL)


def test_nothing_is_said_where_nothing_was_read():
    assert text() == ""
    assert readings_json([]) == []


def test_many_prompts_are_counted_by_what_becomes_of_them():
    last = text(*[WHOLE] * 12, *[PARTIAL] * 3, *[FAILING] * 2, WHOLE).splitlines()[-1]
    assert last == "  … and 6 more prompts: 3 drawn in part, 2 not at all"


def test_it_is_said_where_not_all_prompts_were_read():
    assert "makes of the first 2 of 800 prompts:" in text(WHOLE, PARTIAL, of=800)


def test_long_prompts_are_cut_and_nothing_in_them_is_obeyed():
    shown = text(DraftReading("a\x1b[31m\n" + "b" * 500, 1, (), (), ("c\u202e",)))
    assert not any(c in shown for c in "\x1b\u202e")
    assert max(map(len, shown.splitlines())) < 110


def test_json_says_that_a_prompt_fails_only_where_it_does():
    whole, failing = readings_json([WHOLE, FAILING])
    assert "fails" not in whole
    assert failing["fails"] == "nothing can be drawn"
    assert (whole["prompt"], whole["pictures"], whole["keeps"]) == (
        "On a beach.",
        3,
        ["Keep the pose"],
    )

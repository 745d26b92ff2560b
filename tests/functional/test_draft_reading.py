"""What a rehearsal says of prompts: before it runs, in its receipts and on its sheet."""

import json
import sys

import pytest

from tests.functional.cli import campaign
from tests.functional.workspace import SEQUENTIAL, manifest

SMALL = "wavespeed-ai/qwen-image/edit-plus"
TEXT = "bytedance/seedream-v4.5"
PALM = "not possible: with a palm tree (it cannot add objects)"


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch, hurry):
    monkeypatch.setenv("WAVESPEED_BASE_URL", "nonsense")


def written(workspace, prompt, places, *, model=SMALL, master="256x256", sets=True):
    """A campaign of one picture and some places."""
    workspace.campaign(pictures=(1,) if sets else ())
    text = manifest("winter", model=model, prompt=prompt, variants=list(places))
    text = text.replace("master: 2560x1440", f"master: {master}")
    if not sets:
        start, end = text.index("images:"), text.index("prompt:")
        text = text[:start] + text[end:]
    for name, place in places.items():
        text = text.replace(f"{{place: a place called {name}}}", f"{{place: {place}}}")
    (workspace.root / "campaigns/winter/campaign.yaml").write_text(text, "utf-8")


def readings(*argv):
    planned = campaign("plan", "winter", "--draft", "--json", *argv)
    assert planned.code == 0, planned.err
    return {one["prompt"]: one for one in planned.document["draft"]}


def test_a_plan_of_drafts_says_what_of_each_prompt_is_done_kept_and_not_done(
    workspace, monkeypatch
):
    places = {
        "beach": "a beach with a palm tree",
        "studio": "a sand studio",
        "moon": "a crater while smiling",
    }
    written(workspace, "Put {set.subject} in {variant.place}. Keep the pose.", places)
    found = readings()
    beach, studio, moon = found.values()
    assert beach["does"] == ["background: a beach"]
    assert beach["keeps"] == ["Keep the pose"]
    assert beach["notes"] == [PALM]
    assert "fails" not in beach
    assert (studio["does"], studio["notes"]) == (["background: a studio in sand"], [])
    assert moon["does"] == []
    assert "a studio in any colour" in moon["fails"]
    text = campaign("plan", "winter", "--draft").out
    assert "What the draft engine makes of 3 prompts:" in text
    assert f"not     {PALM}" in text
    assert "fails   nothing of it can be drawn" in text
    monkeypatch.delenv("WAVESPEED_BASE_URL")
    real = campaign("plan", "winter")
    assert "draft" not in real.out
    assert "draft" not in campaign("plan", "winter", "--json").document


def test_what_a_terminal_would_obey_in_a_prompt_is_shown_and_not_obeyed(workspace):
    written(
        workspace, "Put {set.subject} on {variant.place}.", {"a": '"a \\u202e\\u001b[31m moon"'}
    )
    text = campaign("plan", "winter", "--draft").out
    assert not any(c in text for c in "\x1b\u202e")


def test_drafts_from_words_alone_are_said_to_be_placeholders(workspace):
    prompt = "A leather bag in {variant.place}, golden hour"
    written(workspace, prompt, {"a": "a beach"}, model=TEXT, master="2560x1440", sets=False)
    (one,) = readings().values()
    assert one["does"] == ["background: a beach", "light: golden hour"]
    assert one["notes"][0].startswith("placeholder")


@pytest.mark.slow
def test_a_rehearsal_warns_and_marks_what_is_partial_in_receipt_and_sheet(workspace):
    places = {"beach": "a beach with a palm tree", "moon": "a crater while smiling"}
    written(workspace, "Put {set.subject} in {variant.place}.", places)
    ran = campaign("run", "winter", "--draft")
    assert ran.code == 5  # one of both cannot be drawn
    assert "warning[R019]: the draft engine draws only a part of the prompt" in ran.err
    assert "warning[R018]: the draft engine can draw nothing of the prompt" in ran.err
    assert ran.err.index("R018") < ran.err.index("submitted")
    assert "nothing of this prompt can be drawn by the draft engine" in ran.err
    assert max(map(len, ran.err.splitlines())) < 450, "what can be drawn is for the plan to list"
    assert "  backgrounds: a snowy street, " in campaign("plan", "winter", "--draft").out
    (lock,) = (workspace.state() / "draft/lock/winter").glob("*.jsonl")
    receipts = [json.loads(line) for line in lock.read_text("utf-8").splitlines()]
    (gen,) = [one for one in receipts if one.get("kind") == "gen"]
    assert gen["notes"] == [PALM]
    assert gen["recipe"]["engine"].startswith("draft-")
    (failed,) = [one for one in receipts if one.get("kind") == "failed"]
    assert (failed["code"], "notes" in failed) == (1401, False)
    page = (workspace.outputs("winter", "draft") / "index.html").read_text("utf-8")
    assert "palm tree (it cannot add objects)" in page
    assert gen["recipe"]["engine"] in page

    # Nothing is left to buy that can be drawn, so nothing is left to warn of.
    again = campaign("run", "winter", "--draft")
    assert "R019" not in again.err


@pytest.mark.parametrize(
    "argv",
    [
        ("plan", "winter"),
        ("plan", "winter", "--explain", "anna/p1/snow/master/t1"),
        ("run", "winter"),
        ("status",),
        ("status", "--flags"),
        ("report", "winter"),
        ("review", "winter"),
        ("reconcile",),
        ("store", "push", "there"),
        ("store", "pull", "there"),
        ("store", "verify"),
        ("store", "lost", "winter", "anna/p1/snow/master/t1", "--reason", "fire"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("package", ["cv2", "onnxruntime", "starlette"])
def test_without_the_extra_every_command_says_what_to_install(
    workspace, monkeypatch, argv, package
):
    workspace.campaign(pictures=(1,), model=SEQUENTIAL)
    for name in [*sys.modules]:
        if name.partition(".")[0] == package:
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    ran = campaign(*argv, "--draft")
    assert ran.code == 9, ran.err
    assert ran.err.count("pip install") == 1
    assert 'pip install "campaign-pipeline[draft]"' in ran.err
    assert "Traceback" not in ran.err
    assert not (workspace.state() / "draft").exists()

"""Bad manifests: every problem at once, each with its place, exit 2, and nothing is sent."""

import pytest

from tests.functional.cli import campaign

BAD = """\
version: 1
campaign: winter
title: Winter
titel: Winter
model: bytedance/seedream-v4.5/edit-sequential
images:
  anna: {files: ["images/*.jpg"], subject: the woman}
  bag: {files: ["missing/*.png"], subject: the bag}
prompt: "Make 4 images of {set.subject} in {variant.plaice}."
variants:
  snow: {place: a snowy street}
master: 2000x1000
budget: {cap: lots}
"""


@pytest.mark.parametrize(
    "command", [("check",), ("plan",), ("run", "--yes"), ("run", "--draft"), ("report",)]
)
def test_all_problems_come_at_once_with_their_places_and_nothing_is_sent(
    workspace, provider, command
):
    workspace.campaign()
    (workspace.folder("winter") / "campaign.yaml").write_text(BAD)
    ran = campaign(command[0], "winter", *command[1:])
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("error[M") >= 5
    for line in (4, 8, 9, 12, 13):
        assert f" --> campaigns/winter/campaign.yaml:{line}:" in ran.err
    assert provider.calls == []
    assert not (workspace.root / "outputs").exists()


def test_a_check_for_machines_has_the_same_problems(workspace):
    workspace.campaign()
    (workspace.folder("winter") / "campaign.yaml").write_text(BAD)
    document = campaign("check", "winter", "--json").document
    assert document["check"] == 1
    lines = {problem["at"]["line"] for problem in document["problems"]}
    assert lines >= {4, 8, 9, 12, 13}
    for problem in document["problems"]:
        assert problem["what"]
        assert problem["why"]
        assert problem["fix"]


@pytest.mark.parametrize(
    ("text", "said_so"),
    [
        ("version: 1\nimages: [unclosed\n", "error[M001]"),
        ("", "error[M013]"),
        ("version: 1\nversion: 1\ncampaign: winter\n", "winter/campaign.yaml:2:1"),
        ("\x00\x01\x02", "error[M002]"),
    ],
    ids=["broken", "empty", "a key twice", "not text"],
)
def test_what_cannot_be_read_at_all_is_a_problem_too(workspace, provider, text, said_so):
    workspace.campaign()
    (workspace.folder("winter") / "campaign.yaml").write_text(text)
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 2
    assert said_so in ran.err
    assert provider.calls == []


def test_one_bad_campaign_keeps_all_that_were_named_from_running(workspace, provider):
    workspace.campaign("winter")
    workspace.campaign("autumn")
    workspace.edit("winter", "version: 1", "version: 1\ntitel: x")
    ran = campaign("run", "autumn", "winter", "--yes")
    assert ran.code == 2
    assert provider.calls == []


def test_a_bad_workspace_file_stops_everything(workspace, provider):
    workspace.campaign()
    workspace.share("budget: {month: lots}")
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 2
    assert "campaigns/workspace.yaml:2:" in ran.err
    assert provider.calls == []


def test_a_picture_that_is_none_is_a_located_problem(workspace, provider):
    workspace.campaign()
    (workspace.folder("winter") / "images" / "p003.jpg").write_text("not a picture")
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 2
    assert "`images/p003.jpg`" in ran.err
    assert "campaigns/winter/campaign.yaml:6:" in ran.err
    assert provider.calls == []


def test_a_link_out_of_the_campaign_is_a_problem(workspace, provider, tmp_path):
    workspace.campaign()
    secret = tmp_path / "secret.jpg"
    secret.write_bytes((workspace.folder("winter") / "images/p001.jpg").read_bytes())
    (workspace.folder("winter") / "images" / "p003.jpg").symlink_to(secret)
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 2
    assert "error[M047]" in ran.err
    assert provider.calls == []


@pytest.mark.slow
def test_a_picture_that_changes_after_the_plan_is_not_sent(workspace, serve):
    provider = serve()
    workspace.campaign(pictures=(1,))
    picture = workspace.folder("winter") / "images" / "p001.jpg"

    def swap(call):
        if call.path == "balance":
            picture.write_bytes(picture.read_bytes() + b"\x00")

    provider.meddle = swap
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "`p001.jpg` changed since it was planned" in ran.err
    assert (provider.submits, provider.bill()) == (0, 0)

"""A campaign is bought once; everything that follows is free."""

import shutil

import pytest

from tests.functional.cli import campaign
from tests.functional.workspace import SINGLE, add_up, cells_bought, receipts

pytestmark = pytest.mark.slow


def test_a_run_buys_what_the_plan_said_and_the_bill_is_the_books(workspace, provider):
    workspace.campaign(pictures=(1, 2, 3), variants=("snow", "studio"))
    planned = campaign("plan", "winter", "--json").document["totals"]
    assert (planned["requests"], planned["images"], planned["cost"]) == (2, 6, 240_000)
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 0
    assert "6 of 6 pictures here, 6 of them new" in ran.err
    assert "paid      $0.24 for 2 requests" in ran.err
    lock = workspace.lock("winter", provider.realm)
    assert provider.bill() == add_up(lock) == 240_000
    assert len(set(cells_bought(lock))) == len(cells_bought(lock)) == 6
    (status,) = campaign("status", "winter", "--json").document["campaigns"]
    assert (status["charged"], status["reserved"], status["in_doubt"]) == (240_000, 0, 0)
    assert (status["pictures"], status["wanted"], status["cost"]) == (6, 6, 0)
    assert len(workspace.delivered("winter", provider.realm)) == 12
    assert f"outputs/winter/{provider.realm}/index.html" in ran.err
    assert (workspace.outputs("winter", provider.realm) / "index.html").is_file()


def test_a_second_run_buys_nothing_asks_nothing_and_says_so(workspace, provider):
    workspace.campaign()
    campaign("run", "winter", "--yes")
    calls = len(provider.calls)
    again = campaign("run", "winter", "--events")
    assert (again.code, again.out) == (0, "")
    assert "2 of 2 pictures here; nothing was bought" in again.err
    assert len(provider.calls) == calls, "not even the price is asked for"


def test_deleted_outputs_are_made_again_for_free_without_a_key(workspace, provider, monkeypatch):
    workspace.campaign()
    campaign("run", "winter", "--yes")
    delivered = workspace.delivered("winter", provider.realm)
    monkeypatch.delenv("WAVESPEED_API_KEY")
    calls = len(provider.calls)
    for command in (("run", "winter"), ("report", "winter")):
        workspace.forget_outputs()
        assert campaign(*command).code == 0
        assert workspace.delivered("winter", provider.realm) == delivered
    assert len(provider.calls) == calls


def test_report_prints_the_page_and_nothing_else_on_stdout(workspace, provider):
    workspace.campaign()
    campaign("run", "winter", "--yes")
    reported = campaign("report", "winter")
    assert (reported.code, reported.out) == (0, f"outputs/winter/{provider.realm}/index.html\n")


def test_events_tell_the_whole_story_in_json_lines(workspace, provider):
    workspace.campaign(pictures=(1, 2))
    told = campaign("run", "winter", "--yes", "--events").events
    assert [event["kind"] for event in told] == [
        "reserve", "submit", "deliver", "deliver", "settle",
    ]  # fmt: skip
    assert [event["number"] for event in told] == [1, 2, 3, 4, 5]
    assert {event["event"] for event in told} == {1}
    assert {event["campaign"] for event in told} == {"winter"}
    (prediction,) = provider.predictions()
    assert told[-1]["prediction"] == prediction["id"]
    assert told[-1]["money"] == 80_000
    assert told[-1]["cells"] == ["anna/p001/snow/master/t1", "anna/p002/snow/master/t1"]


def test_quiet_says_nothing_and_works_all_the_same(workspace, provider):
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert provider.bill() == 40_000


def test_the_provider_gets_the_reference_first_and_once(workspace, provider):
    workspace.campaign(
        pictures=(1, 2, 3),
        model=SINGLE,
        sets=('anna: {files: ["images/*.jpg"], reference: images/p001.jpg, subject: the woman}',),
    )
    assert campaign("run", "winter", "--yes").code == 0
    sent = [prediction["inputs"]["images"] for prediction in provider.predictions()]
    firsts = {images[0] for images in sent if len(images) > 1}
    assert len(sent) == 3
    assert len(firsts) == 1, "an upload of the reference serves all requests of a day"
    lasts = [images[-1] for images in sent]
    assert len(set(lasts)) == 3, "the last input proves whose prediction one is"


def test_another_campaign_is_served_by_the_same_purchase(workspace, provider):
    workspace.campaign("winter")
    workspace.campaign("autumn")
    campaign("run", "winter", "--yes")
    ran = campaign("run", "autumn")
    assert ran.code == 0
    assert "2 of 2 pictures here; nothing was bought" in ran.err
    assert provider.bill() == 80_000
    uses = receipts(workspace.lock("autumn", provider.realm), "use")
    assert len(uses) == 2
    (status,) = campaign("status", "autumn", "--json").document["campaigns"]
    assert status["charged"] == 0
    # The other campaign and its lock may go; what is used stays bought.
    shutil.rmtree(workspace.folder("winter"))
    shutil.rmtree(workspace.lock("winter", provider.realm))
    assert campaign("plan", "autumn", "--json").document["totals"]["cost"] == 0


def test_several_campaigns_run_one_after_the_other(workspace, provider):
    workspace.campaign("winter", pictures=(1,))
    workspace.campaign("autumn", pictures=(2,))
    ran = campaign("run", "--all", "--yes")
    assert ran.code == 0
    assert "winter: 1 of 1 picture here" in ran.err
    assert "autumn: 1 of 1 picture here" in ran.err
    assert provider.bill() == 80_000


def test_two_pictures_alike_are_one_purchase(workspace, provider):
    folder = workspace.campaign(pictures=(1,))
    shutil.copy(folder / "images/p001.jpg", folder / "images/copy.jpg")
    assert campaign("run", "winter", "--yes").code == 0
    assert provider.bill() == 40_000
    assert len(workspace.delivered("winter", provider.realm)) == 4
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 0

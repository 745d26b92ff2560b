"""The free rehearsal, with the engine that users get: no key, no account, no money."""

import pytest

from tests.functional.cli import campaign

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch, hurry):
    """A rehearsal needs no key and no address; a wrong one must not matter either."""
    monkeypatch.setenv("WAVESPEED_BASE_URL", "nonsense")


def test_a_rehearsal_ends_with_a_sheet_and_what_the_real_run_would_cost(workspace):
    workspace.campaign(pictures=(1,), budget="cap: 0.05 USD")
    ran = campaign("run", "winter", "--draft")
    assert ran.code == 0
    assert "1 of 1 picture here, 1 of them new" in ran.err
    assert "paid      $0.04 for 1 request (play money at catalogue prices)" in ran.err
    assert "for real  $0.04, leaving $0.01 of $0.05" in ran.err
    assert "sheet     outputs/winter/draft/index.html" in ran.err
    assert (workspace.outputs("winter", "draft") / "index.html").is_file()
    assert len(workspace.delivered("winter", "draft")) == 2
    # Nothing of it is real: no lock under git, no real ledger, and the campaign still wants it.
    assert not workspace.lock("winter").exists()
    assert not (workspace.state() / "ledger.sqlite3").exists()

    again = campaign("run", "winter", "--draft")
    assert again.code == 0
    assert "1 of 1 picture here; nothing was bought" in again.err
    status = campaign("status", "--draft", "--json").document
    (books,) = status["campaigns"]
    assert (status["realm"], books["charged"], books["cap"]) == ("draft", 40_000, None)
    assert campaign("reconcile", "--draft").code == 0

    # The cap is held against each rehearsal alone.
    workspace.edit("winter", "Put", "Gently put")
    events = campaign("run", "winter", "--draft", "--events").events
    assert [event["kind"] for event in events] == ["reserve", "submit", "deliver", "settle"]
    workspace.pictures("winter", [2])
    workspace.edit("winter", "Gently put", "Place")
    refused = campaign("run", "winter", "--draft")
    assert refused.code == 3
    assert "the plan costs $0.08" in refused.err


def test_a_rehearsal_needs_no_cap_and_plans_in_its_own_realm(workspace):
    workspace.campaign(pictures=(1,), budget="")
    planned = campaign("plan", "winter", "--draft", "--json").document
    assert (planned["realm"], planned["totals"]["cost"]) == ("draft", 40_000)
    assert planned["problems"] == []

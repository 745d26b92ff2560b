"""What stops a run on purpose: a canary, a cap, a breaker."""

import pytest

from pipeline.emulator.faults import Faults
from tests.functional.cli import campaign
from tests.functional.workspace import SINGLE

pytestmark = pytest.mark.slow


def here(name="winter") -> int:
    (found,) = campaign("status", name, "--json").document["campaigns"]
    return found["pictures"]


def test_a_canary_is_bought_first_and_the_run_stops_for_a_look(workspace, provider):
    workspace.campaign(pictures=range(1, 5), variants=("snow", "studio"), more=["canary: 2"])
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 4
    assert "canary: this run buys 2 pictures for $0.08 and stops for a look" in ran.err
    assert "`campaign run winter --continue` buys the other 6 pictures" in ran.err
    assert (provider.bill(), here()) == (80_000, 2)
    variants = {p["inputs"]["prompt"].split(".")[0] for p in provider.predictions()}
    assert len(variants) == 2

    again = campaign("run", "winter", "--yes")
    assert again.code == 4
    assert provider.bill() == 80_000

    assert campaign("run", "winter", "--yes", "--continue").code == 0
    assert (provider.bill(), here()) == (320_000, 8)


def test_a_purchase_no_larger_than_the_canary_needs_none(workspace, provider):
    workspace.campaign(pictures=(1, 2), more=["canary: 2"])
    assert campaign("run", "winter", "--yes").code == 0
    assert here() == 2


def test_a_budget_that_cannot_hold_the_whole_plan_refuses_it_even_for_a_canary(workspace, provider):
    workspace.campaign(pictures=range(1, 5), budget="cap: 0.10 USD", more=["canary: 1"])
    assert campaign("run", "winter", "--yes").code == 3
    assert provider.bill() == 0


def test_partial_buys_in_plan_order_until_the_cap(workspace, provider):
    workspace.campaign(pictures=range(1, 6), model=SINGLE, budget="cap: 0.13 USD")
    assert campaign("run", "winter", "--yes").code == 3
    assert provider.bill() == 0
    ran = campaign("run", "winter", "--yes", "--partial")
    assert ran.code == 4
    assert "3 pictures for $0.12 fit under the cap; 2 requests left out" in ran.err
    assert (provider.bill(), here()) == (120_000, 3)
    assert workspace.delivered("winter", provider.realm)[:3] == [
        f"masters/anna-p00{n}--snow--master.jpg" for n in (1, 2, 3)
    ]
    full = campaign("run", "winter", "--yes", "--partial")
    assert full.code == 3
    assert provider.bill() == 120_000


def test_caps_in_images_hold_for_the_workspace_too(workspace, provider):
    workspace.share(
        "account: {requests_per_minute: 100000, concurrent: 2}\nbudget: {max_images: 2}"
    )
    workspace.campaign(pictures=range(1, 4), model=SINGLE)
    refused = campaign("run", "winter", "--yes")
    assert refused.code == 3
    assert "workspace allows 2 in all" in refused.err
    assert campaign("run", "winter", "--yes", "--partial").code == 4
    assert here() == 2


def test_a_cap_on_images_in_one_request_makes_more_requests(workspace, provider):
    workspace.campaign(pictures=range(1, 6), budget="cap: 1.00 USD, max_images_per_job: 2")
    assert campaign("run", "winter", "--yes").code == 0
    assert (provider.submits, here()) == (3, 5)


def test_the_breaker_stops_buying_what_fails_again_and_again(workspace, serve):
    provider = serve(faults=Faults(fail=dict.fromkeys(range(1, 30), 5000)))
    workspace.campaign(pictures=range(1, 15), model=SINGLE)
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 4
    assert "the same 5 times in a row" in ran.err
    assert "--keep-going" in ran.err
    assert provider.submits < 14
    went_on = campaign("run", "winter", "--yes", "--keep-going")
    assert went_on.code == 5


def test_a_charge_above_its_quote_is_booked_flagged_and_stops_the_run_at_the_cap(workspace, serve):
    provider = serve(faults=Faults(charge={1: 1000}))
    workspace.campaign(pictures=(1,), budget="cap: 0.20 USD")
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 4
    assert "$0.40 was taken where $0.04 was held" in ran.err
    (found,) = campaign("status", "winter", "--json").document["campaigns"]
    assert found["charged"] == provider.bill() == 400_000
    assert found["left"] == -200_000
    told = campaign("reconcile")
    assert "overrun" in told.out

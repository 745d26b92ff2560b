"""One permit in the hands of several processes at once."""

import json

import pytest

from pipeline.emulator.faults import Faults
from tests.functional.workspace import SINGLE

pytestmark = pytest.mark.slow

NAMES = ("autumn", "summer", "winter")


@pytest.fixture
def permit(workspace, here):
    """Save a plan of three campaigns, each of pictures of its own; the permit's document."""

    def save(provider, *, pictures: int) -> dict:
        workspace.share("account: {requests_per_minute: 1000, concurrent: 4}")
        for number, name in enumerate(NAMES):
            first = 1 + number * pictures
            workspace.campaign(name, model=SINGLE, pictures=range(first, first + pictures))
        assert here(provider, "plan", *NAMES, "--out", "plan.json").code == 0
        return json.loads((workspace.root / "plan.json").read_text("utf-8"))

    return save


def test_three_processes_under_one_permit_buy_everything_once(provider, start, permit):
    total = permit(provider, pictures=2)["total"]
    runs = [start(provider, "run", name, "--plan", "plan.json") for name in NAMES]
    assert [one.ended().code for one in runs] == [0, 0, 0]
    assert provider.bill() == total == 6 * 40_000


def test_two_of_the_same_campaign_do_not_run_at_once(provider, start, permit):
    total = permit(provider, pictures=2)["total"]
    runs = [start(provider, "run", "winter", "--plan", "plan.json") for _ in range(2)]
    codes = sorted(one.ended().code for one in runs)
    assert codes in ([0, 0], [0, 8])
    assert provider.bill() == total // 3


def test_what_fails_in_one_process_is_missing_to_the_others(serve, start, permit):
    """Every request of the first round fails and stays charged, so nothing is left for a second."""
    failed = dict.fromkeys(range(1, 7), 5000)
    provider = serve(faults=Faults(fail=failed, refund_never=set(failed)))
    total = permit(provider, pictures=2)["total"]
    for expected in ({5}, {4, 7}):
        runs = [
            start(provider, "run", name, "--plan", "plan.json", "--keep-going") for name in NAMES
        ]
        assert {one.ended().code for one in runs} <= expected
        assert provider.bill() <= total
    assert provider.bill() == total


@pytest.mark.torture
def test_half_of_it_gone_the_rest_is_never_bought_twice_over(serve, start, permit):
    """Three processes try for the half that is left; together they get no more than that."""
    failed = {1: 5000, 2: 5000, 3: 5000}
    provider = serve(faults=Faults(fail=failed, refund_never=set(failed)))
    total = permit(provider, pictures=2)["total"]
    for _ in range(3):
        runs = [
            start(provider, "run", name, "--plan", "plan.json", "--keep-going", "--partial")
            for name in NAMES
        ]
        assert {one.ended().code for one in runs} <= {0, 4, 5, 7}
        assert provider.bill() <= total
    assert provider.bill() == total

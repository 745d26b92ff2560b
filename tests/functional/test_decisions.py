"""What a person decides about money: each decision is a receipt, and a later bill corrects it."""

import re

import pytest

from pipeline.emulator.faults import Faults
from tests.functional.cli import campaign
from tests.functional.workspace import FAST_ACCOUNT, SINGLE, cells_bought, receipts

pytestmark = pytest.mark.slow

EXCLUSIVE = f"{FAST_ACCOUNT}\nexclusive: true"


def money(name="winter"):
    """Charged, in doubt and refund pending."""
    (found,) = campaign("status", name, "--json").document["campaigns"]
    return found["charged"], found["in_doubt"], found["refund_pending"]


@pytest.fixture
def doubt(workspace, serve):
    """A campaign whose only request was sent, accepted, and cannot be found; and the attempt."""
    provider = serve(faults=Faults(drop_answer={1}, hide_inputs=True, foreign={1: SINGLE}))
    workspace.campaign(pictures=(1,), model=SINGLE)
    assert campaign("run", "winter", "--yes").code == 6
    told = campaign("reconcile", "--json")
    assert told.code == 6
    (one,) = told.document["in_doubt"]
    return provider, one["attempt"], re.findall(r"\b[0-9a-f]{32}\b", one["why"])


def lock_of(workspace, provider):
    return workspace.lock("winter", provider.realm)


def test_what_is_in_doubt_is_listed_with_the_ways_out(doubt):
    _, attempt, candidates = doubt
    told = campaign("reconcile")
    assert f"in doubt   {attempt}: winter: anna/p001/snow/master/t1, $0.04: " in told.out
    assert len(candidates) == 2
    assert "campaign reconcile --adopt ATTEMPT=PREDICTION" in told.out


def test_an_adopted_prediction_is_fetched_and_charged(doubt, workspace):
    provider, attempt, _ = doubt
    ours = next(one["id"] for one in provider.predictions() if one["id"] in _own(provider))
    told = campaign("reconcile", "--adopt", f"{attempt}={ours}")
    assert told.code == 0, told.out + told.err
    assert money() == (40_000, 0, 0)
    assert len(cells_bought(lock_of(workspace, provider))) == 1
    again = campaign("run", "winter", "--yes")
    assert again.code == 0
    assert "1 of 1 picture here" in again.err
    assert provider.submits == 1


def _own(provider) -> set[str]:
    rows = provider._state._db.execute("SELECT id FROM predictions WHERE own > 0").fetchall()
    return {row["id"] for row in rows}


def test_what_is_assumed_charged_is_booked_and_its_picture_is_only_bought_again_on_a_word(
    doubt, workspace
):
    provider, attempt, _ = doubt
    assert campaign("reconcile", "--assume-charged", attempt, "--reason", "I am late").code == 0
    assert money() == (40_000, 0, 0)
    (assumed,) = receipts(lock_of(workspace, provider), "assume")
    assert (assumed["attempt"], assumed["reason"]) == (attempt, "I am late")
    planned = campaign("plan", "winter")
    assert "! rebuy" in planned.out
    ran = campaign("run", "winter", "--yes")
    assert "run without --yes to decide" in ran.err
    assert provider.submits == 1
    assert money() == (40_000, 0, 0)


def test_a_waived_attempt_frees_its_money_and_its_picture_is_wanted_again(doubt, workspace):
    provider, attempt, _ = doubt
    refused = campaign("reconcile", "--waive", attempt)
    assert refused.code == 2
    assert "a waiver needs a reason" in refused.err
    assert campaign("reconcile", "--waive", attempt, "--reason", "support says no").code == 0
    assert money() == (0, 0, 0)
    (waived,) = receipts(lock_of(workspace, provider), "waive")
    assert (waived["by"], waived["reason"]) == ("person", "support says no")
    assert "+ buy" in campaign("plan", "winter").out


def test_a_waived_attempt_that_turns_up_is_adopted_after_all(doubt, workspace):
    provider, attempt, _ = doubt
    campaign("reconcile", "--waive", attempt, "--reason", "support says no")
    (ours,) = _own(provider)
    assert campaign("reconcile", "--adopt", f"{attempt}={ours}").code == 0
    assert money() == (40_000, 0, 0)
    assert campaign("run", "winter", "--yes").code == 0
    assert provider.submits == 1


def test_decisions_survive_a_lost_ledger(doubt, workspace):
    provider, attempt, _ = doubt
    campaign("reconcile", "--assume-charged", attempt)
    for file in workspace.state(provider.realm).glob("ledger.sqlite3*"):
        file.unlink()
    assert money() == (40_000, 0, 0)
    assert campaign("reconcile").code == 0
    assert money() == (40_000, 0, 0)


def test_a_doubt_of_a_lost_ledger_is_an_attempt_again(doubt, workspace):
    provider, attempt, _ = doubt
    for file in workspace.state(provider.realm).glob("ledger.sqlite3*"):
        file.unlink()
    told = campaign("reconcile", "--json")
    assert told.code == 6
    assert [one["attempt"] for one in told.document["in_doubt"]] == [attempt]
    assert campaign("reconcile", "--waive", attempt, "--reason", "x").code == 0
    assert money() == (0, 0, 0)


def test_decisions_that_do_not_fit_are_told_all_at_once_and_none_is_carried_out(doubt, workspace):
    provider, attempt, candidates = doubt
    told = campaign(
        "reconcile",
        *("--waive", attempt, "--assume-charged", attempt),
        *("--waive", "a-nobody", "--adopt", f"a-none={candidates[0]}"),
        *("--not-mine", candidates[0]),
    )
    assert told.code == 2
    for code in ("R040", "R041", "R043", "R044"):
        assert f"error[{code}]" in told.err
    assert f"in doubt are: `{attempt}`" in told.err
    assert money() == (0, 40_000, 0)
    assert receipts(lock_of(workspace, provider), "waive", "assume", "foreign") == []


def test_an_unknown_prediction_cannot_be_adopted(doubt):
    _, attempt, _ = doubt
    told = campaign("reconcile", "--adopt", f"{attempt}={'0' * 32}")
    assert told.code == 2
    assert "the provider does not know prediction" in told.err


@pytest.mark.slow
def test_what_nobody_has_seen_cannot_be_disowned_and_what_is_disowned_is_told(workspace, serve):
    provider = serve(faults=Faults(foreign={1: SINGLE}))
    workspace.campaign(pictures=(1,), model=SINGLE)
    assert campaign("run", "winter", "--yes").code == 0
    told = campaign("reconcile", "--not-mine", "0" * 32, "--reason", "a slip")
    assert told.code == 2
    assert "error[R048]" in told.err
    assert receipts(lock_of(workspace, provider), "foreign") == []
    (stranger,) = {one["id"] for one in provider.predictions()} - _own(provider)
    for _ in range(2):  # what is disowned already may be named once more
        told = campaign("reconcile", "--not-mine", stranger)
        assert told.code == 0, told.err
        assert f"decided    prediction {stranger} is not this workspace's" in told.out


# Charges that no book explains


def test_under_an_exclusive_key_a_charge_without_an_owner_is_exit_6_until_it_is_disowned(
    workspace, serve
):
    provider = serve(faults=Faults(foreign={1: SINGLE}))
    workspace.share(EXCLUSIVE)
    workspace.campaign(pictures=(1,), model=SINGLE)
    assert campaign("run", "winter", "--yes").code == 0
    told = campaign("reconcile")
    assert told.code == 6
    assert "belongs to no attempt" in told.err
    assert "$0.04 was charged for it and stands in no book" in told.err
    (stranger,) = {one["id"] for one in provider.predictions()} - _own(provider)
    assert campaign("reconcile", "--not-mine", stranger).code == 0
    assert campaign("reconcile").code == 0
    (foreign,) = receipts(lock_of(workspace, provider), "foreign")
    assert foreign["prediction"] == stranger


def test_under_a_shared_key_it_is_only_told(workspace, serve):
    serve(faults=Faults(foreign={1: SINGLE}))
    workspace.campaign(pictures=(1,), model=SINGLE)
    assert campaign("run", "winter", "--yes").code == 0
    told = campaign("reconcile")
    assert told.code == 0
    assert "warning[R031]: 1 prediction of this account are nobody's here" in told.err


# A ledger that is not there


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_run_without_its_ledger_takes_up_what_the_history_tells(workspace, serve, exclusive):
    provider = serve(faults=Faults(drop_answer={1}, history_lag={1: 300.0}))
    if exclusive:
        workspace.share(EXCLUSIVE)
    workspace.campaign()
    assert campaign("run", "winter", "--yes").code == 6
    for file in (
        *workspace.state(provider.realm).glob("ledger*"),
        *lock_of(workspace, provider).glob("*"),
    ):
        file.unlink()
    hurried = campaign("run", "winter", "--yes")
    assert hurried.code in {0, 6}


def test_a_run_without_its_ledger_adopts_what_asks_for_the_same(workspace, serve, hurry):
    provider = serve(faults=Faults(drop_answer={1}, history_lag={1: 60.0}))
    workspace.campaign()
    assert campaign("run", "winter", "--yes").code == 6
    hurry.pass_by(minutes=5)
    for file in workspace.state(provider.realm).glob("ledger*"):
        file.unlink()
    for file in lock_of(workspace, provider).glob("*"):
        file.unlink()
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 0, ran.err
    assert "reading the provider's history first" in ran.err
    assert provider.submits == 1
    assert money() == (80_000, 0, 0)
    assert len(set(cells_bought(lock_of(workspace, provider)))) == 2


def test_what_nobody_can_recognise_stops_a_run_under_an_exclusive_key(workspace, serve):
    provider = serve(faults=Faults(foreign={1: ""}))
    workspace.share(EXCLUSIVE)
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--yes").code == 0
    for file in workspace.state(provider.realm).glob("ledger*"):
        file.unlink()
    workspace.pictures("winter", [1, 2])
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 6
    assert "belongs to no attempt" in ran.err
    assert provider.submits == 1
    (stranger,) = {one["id"] for one in provider.predictions()} - _own(provider)
    assert campaign("reconcile", "--not-mine", stranger, "--reason", "a test").code == 0
    assert campaign("run", "winter", "--yes").code == 0
    assert provider.submits == 2


def test_a_run_that_has_nothing_to_buy_needs_neither_ledger_nor_key(
    workspace, provider, monkeypatch
):
    workspace.campaign()
    assert campaign("run", "winter", "--yes").code == 0
    for file in workspace.state(provider.realm).glob("ledger*"):
        file.unlink()
    monkeypatch.delenv("WAVESPEED_API_KEY")
    assert campaign("run", "winter").code == 0


# Refunds


def test_a_refund_is_pending_until_the_bill_shows_it(workspace, serve, hurry):
    serve(faults=Faults(fail={1: 5000}, refund_later={1: 7200.0}))
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--yes").code == 5
    assert money() == (0, 0, 40_000)
    shown = campaign("status")
    assert "refund pending" in shown.out
    hurry.pass_by(hours=3)
    assert campaign("reconcile").code == 0
    assert money() == (0, 0, 0)


# A damaged ledger


def test_a_damaged_ledger_is_set_aside_and_made_anew_from_receipts_and_history(workspace, provider):
    workspace.campaign()
    assert campaign("run", "winter", "--yes").code == 0
    ledger = workspace.state(provider.realm) / "ledger.sqlite3"
    ledger.write_bytes(b"\0" * 4096)
    for stale in ledger.parent.glob("ledger.sqlite3-*"):
        stale.unlink()
    refused = campaign("run", "winter", "--yes")
    assert refused.code == 12
    assert "campaign reconcile --rebuild" in refused.err
    rebuilt = campaign("reconcile", "--rebuild")
    assert rebuilt.code == 0, rebuilt.err
    assert "rebuilt    the ledger; the damaged one is `.campaign/" in rebuilt.out
    assert list(ledger.parent.glob("ledger.sqlite3.damaged-*"))
    assert money() == (80_000, 0, 0)
    workspace.pictures("winter", [3])
    assert campaign("run", "winter", "--yes").code == 0
    assert (provider.submits, money()) == (2, (120_000, 0, 0))


def test_a_good_ledger_is_not_made_anew(workspace, provider):
    workspace.campaign()
    assert campaign("run", "winter", "--yes").code == 0
    told = campaign("reconcile", "--rebuild")
    assert told.code == 2
    assert "is not damaged" in told.err
    assert money() == (80_000, 0, 0)

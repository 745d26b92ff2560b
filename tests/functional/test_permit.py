"""`run --plan`: a saved plan as a permit, from the file to the bill."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters.ledger import SqliteLedger
from pipeline.adapters.runs import Runs
from pipeline.emulator.faults import Faults
from tests.functional.cli import campaign
from tests.functional.provider import nonsense_at, said
from tests.functional.workspace import SINGLE, receipts
from tests.support.patience import PATIENCE_S
from tests.unit.domain.samples import AT, gen, order

FIRST, SECOND, THIRD = (f"anna/p00{n}/snow/master/t1" for n in (1, 2, 3))


def save(*names, file="plan.json", options=()):
    """Plan and save; returns the document."""
    planned = campaign("plan", *names, "--out", file, *options)
    assert planned.code == 0, planned.err
    return read(file)


def read(file="plan.json"):
    return json.loads(Path(file).read_text("utf-8"))


def write(document, file="plan.json"):
    Path(file).write_text(json.dumps(document), "utf-8")


def spent(workspace, realm, permit) -> int:
    """What the locks say was bought under a permit, by quotes and rows of the bill."""
    folders = [workspace.lock(name, realm) for name in ("winter", "autumn")]
    found = [one for folder in folders for one in receipts(folder, "gen", "failed", "charge")]
    quotes = {one["attempt"]: one["quote"] for one in found if one.get("permit") == permit}
    rows: dict[str, int] = {}
    for one in found:
        if one["kind"] == "charge":
            rows[one["attempt"]] = rows.get(one["attempt"], 0) + one["amount"]
    return sum(rows.get(attempt, quote) for attempt, quote in quotes.items())


@pytest.mark.slow
def test_it_buys_what_it_lists_without_a_question(workspace, provider):
    workspace.campaign(pictures=(1, 2))
    permit = save("winter")
    ran = campaign("run", "winter", "--plan", "plan.json")
    assert ran.code == 0, ran.err
    assert f"permit {permit['digest'][:15]}: $0.00 of $0.08 spent, $0.08 left" in ran.err
    assert provider.bill() == permit["total"] == 80_000
    (gen,) = receipts(workspace.lock("winter", provider.realm), "gen")
    assert gen["permit"] == permit["digest"]


@pytest.mark.slow
def test_a_second_run_under_it_has_nothing_to_do(workspace, provider):
    workspace.campaign(pictures=(1, 2))
    save("winter")
    assert campaign("run", "--plan", "plan.json").code == 0
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 0
    assert "2 pictures listed; 2 bought already" in ran.err
    assert provider.bill() == 80_000


@pytest.mark.slow
def test_around_a_short_delivery_two_runs_spend_no_more_than_its_total(workspace, serve):
    """The one that never came is a top-up, which this permit does not list; the next one does."""
    provider = serve(faults=Faults(missing={1: frozenset({1})}))
    workspace.campaign(pictures=(1, 2, 3))
    permit = save("winter")
    assert campaign("run", "--plan", "plan.json").code == 5
    assert campaign("run", "--plan", "plan.json").code == 5, "nobody knows yet which one came"
    (one,) = campaign("review", "winter", "--json").document["waiting"]
    words = [f"{one['attempt']}/{n}={cell}" for n, cell in ((1, SECOND), (2, THIRD))]
    assert campaign("review", "winter", "--assign", words[0], "--assign", words[1]).code == 0
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 5
    assert "1 not bought, since it would be paid for again and is not listed as that" in ran.err
    assert provider.bill() == permit["total"] == 120_000
    assert spent(workspace, provider.realm, permit["digest"]) == 120_000

    again = save("winter", file="again.json")
    assert [step["action"] for step in again["steps"]] == ["top-up"]
    assert campaign("run", "--plan", "again.json").code == 0
    assert campaign("run", "--plan", "again.json").code == 0
    assert campaign("run", "--plan", "plan.json").code == 0
    assert provider.bill() == 160_000
    assert spent(workspace, provider.realm, again["digest"]) == 40_000


@pytest.mark.slow
def test_a_failure_counts_until_its_refund_is_seen(workspace, serve, hurry):
    provider = serve(faults=Faults(fail={1: 5000}, refund_later={1: 7200.0}))
    workspace.campaign(pictures=(1,))
    permit = save("winter")
    assert campaign("run", "--plan", "plan.json").code == 5
    refused = campaign("run", "--plan", "plan.json")
    assert refused.code == 7
    assert "error[P037]" in refused.err
    assert "costs $0.04 and the permit has $0.00 left" in refused.err
    assert provider.submits == 1
    hurry.pass_by(hours=3)
    campaign("reconcile")
    assert campaign("run", "--plan", "plan.json").code == 0
    assert provider.bill() == permit["total"] == 40_000


@pytest.mark.slow
def test_another_clone_knows_what_was_spent_by_the_receipts(workspace, serve):
    """Its ledger is empty; the failed request stands in the lock, with its permit."""
    provider = serve(faults=Faults(fail={1: 5000}, refund_never={1}))
    workspace.campaign(pictures=(1,))
    save("winter")
    assert campaign("run", "--plan", "plan.json").code == 5
    for file in workspace.state(provider.realm).glob("ledger.sqlite3*"):
        file.unlink()
    refused = campaign("run", "--plan", "plan.json")
    assert refused.code == 7
    assert "the permit has $0.00 left" in refused.err
    assert provider.submits == 1


@pytest.mark.slow
def test_a_wanted_picture_that_is_not_listed_refuses_everything(workspace, provider):
    workspace.campaign(pictures=(1, 2))
    save("winter")
    workspace.pictures("winter", [3])
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 7
    assert f"error[P035]: 1 wanted picture is not permitted: `{THIRD}`" in ran.err
    assert provider.submits == 0
    assert campaign("run", "--plan", "plan.json", "--exclude", THIRD).code == 0
    assert provider.bill() == 80_000


@pytest.mark.slow
def test_even_where_everything_that_is_listed_is_bought(workspace, provider):
    workspace.campaign(pictures=(1, 2))
    save("winter")
    assert campaign("run", "--plan", "plan.json").code == 0
    workspace.pictures("winter", [3])
    assert campaign("run", "--plan", "plan.json").code == 7
    assert provider.bill() == 80_000


@pytest.mark.slow
def test_what_is_listed_and_not_wanted_any_more_is_skipped_and_said(workspace, provider):
    workspace.campaign(pictures=(1, 2, 3))
    save("winter")
    (workspace.folder("winter") / "images" / "p002.jpg").unlink()
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 0
    assert "3 pictures listed; 1 no longer wanted, so skipped" in ran.err
    assert provider.bill() == 80_000


@pytest.mark.slow
def test_a_manifest_that_changed_is_said_and_what_is_listed_counts(workspace, provider):
    workspace.campaign(pictures=(1,))
    save("winter")
    workspace.edit("winter", "The campaign winter", "Another title")
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 0
    assert "warning[P038]: the manifest of `winter` has changed" in ran.err


def test_a_price_that_rose_at_the_provider_is_refused(workspace, serve):
    provider = serve()
    answer = said(200, {"code": 200, "message": "success", "data": {"price": 0.05}})
    provider.meddle = nonsense_at(method="POST", path="model/price", answer=answer)
    workspace.campaign(pictures=(1,))
    save("winter")
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 7
    assert "the provider now asks $0.05 where $0.04 was shown" in ran.err
    assert provider.submits == 0


def test_a_price_that_the_workspace_raised_since_is_refused(workspace, provider):
    workspace.campaign(pictures=(1,), model=SINGLE)
    save("winter")
    workspace.share(f"prices: {{{SINGLE}: 0.05 USD}}")
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 7
    assert "error[P036]" in ran.err
    assert "$0.05 for 1 picture, where $0.04 was shown" in ran.err
    assert provider.calls == []


def _edited(document):
    document["steps"][0]["unit"] = 1_000_000


def _cut(_document):
    Path("plan.json").write_bytes(Path("plan.json").read_bytes()[:100])


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda d: write({**d, "total": 1}), "P031"),
        (lambda d: (_edited(d), write(d)), "P031"),
        (_cut, "P030"),
        (lambda _: write([]), "P030"),
        (lambda _: write("x"), "P030"),
        (lambda d: write({**d, "plan": 3}), "P032"),
        (lambda d: write({**d, "plan": 1}), "P034"),
        (lambda _: Path("plan.json").write_text("[" * 100_000), "P030"),
    ],
)
def test_what_is_no_permit_is_refused(workspace, provider, spoil, code):
    workspace.campaign(pictures=(1,))
    spoil(save("winter"))
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 7
    assert f"error[{code}]" in ran.err
    assert "money: nothing was charged by this run" in ran.err
    assert provider.calls == []


def test_money_of_one_realm_is_not_money_of_another(workspace, provider):
    workspace.campaign(pictures=(1,))
    save("winter", options=["--draft"])
    ran = campaign("run", "winter", "--plan", "plan.json")
    assert ran.code == 7
    assert "error[P033]: the permit is for drafts, not for the provider `127-0-0-1-" in ran.err
    assert provider.calls == []


def test_a_campaign_that_it_does_not_speak_of_is_refused(workspace, provider):
    workspace.campaign("winter", pictures=(1,))
    workspace.campaign("autumn", pictures=(2,))
    save("winter")
    ran = campaign("run", "winter", "autumn", "--plan", "plan.json")
    assert ran.code == 7
    assert "error[P039]: the permit does not speak of campaign `autumn`" in ran.err
    assert provider.calls == []


def test_a_file_that_is_not_there_is_a_slip(workspace):
    workspace.campaign()
    assert campaign("run", "--plan", "nowhere.json").code == 2
    assert campaign("run", "winter", "--locked", "--yes").code == 2


@pytest.mark.slow
def test_a_draft_can_be_rehearsed_under_a_permit(workspace):
    workspace.campaign(pictures=(1,))
    save("winter", options=["--draft"])
    ran = campaign("run", "--draft", "--plan", "plan.json")
    assert ran.code == 0
    assert "1 picture listed" in ran.err


class TestSeveralCampaigns:
    @pytest.fixture
    def permit(self, workspace):
        workspace.campaign("winter", pictures=(1, 2))
        workspace.campaign("autumn", pictures=(3,))
        return save("winter", "autumn")

    @pytest.mark.slow
    def test_one_permit_has_one_total(self, workspace, provider, permit):
        assert permit["total"] == 120_000
        assert campaign("run", "autumn", "--plan", "plan.json").code == 0
        ran = campaign("run", "--plan", "plan.json")
        assert ran.code == 0
        assert "$0.04 of $0.12 spent, $0.08 left" in ran.err
        assert provider.bill() == 120_000
        assert spent(workspace, provider.realm, permit["digest"]) == 120_000

    @pytest.mark.slow
    def test_what_one_of_them_lacks_is_told_before_anything_is_sent_for_another(
        self, workspace, provider, permit
    ):
        workspace.pictures("autumn", [4])
        ran = campaign("run", "winter", "autumn", "--plan", "plan.json")
        assert ran.code == 7
        assert "error[P035]" in ran.err
        assert (provider.submits, provider.bill()) == (0, 0)

    @pytest.mark.slow
    def test_so_is_a_price(self, workspace, provider, permit):
        answer = said(200, {"code": 200, "message": "success", "data": {"price": 0.05}})
        provider.meddle = nonsense_at(method="POST", path="model/price", answer=answer)
        ran = campaign("run", "--plan", "plan.json")
        assert ran.code == 7
        assert provider.submits == 0

    @pytest.mark.slow
    def test_what_fails_in_one_is_not_there_for_the_other(self, workspace, serve):
        provider = serve(faults=Faults(fail={1: 5000, 2: 5000}, refund_never={1, 2}))
        workspace.campaign("winter", pictures=(1, 2), model=SINGLE)
        workspace.campaign("autumn", pictures=(3,))
        save("winter", "autumn")
        assert campaign("run", "winter", "--plan", "plan.json", "--keep-going").code == 5
        refused = campaign("run", "winter", "--plan", "plan.json")
        assert refused.code == 7
        assert "costs $0.08 and the permit has $0.04 left" in refused.err
        assert campaign("run", "winter", "--plan", "plan.json", "--partial").code == 4
        assert campaign("run", "autumn", "--plan", "plan.json").code == 7
        assert provider.bill() == 120_000


@pytest.mark.slow
def test_what_others_spend_under_it_meanwhile_stops_the_run(workspace, serve):
    """Another process uses the permit up between this one's plan and its first request."""
    provider = serve()
    workspace.campaign(pictures=(1, 2))
    permit = save("winter")["digest"]
    path = workspace.state(provider.realm) / "ledger.sqlite3"

    async def buy_something_else() -> None:
        of = replace(order("a-other", cells=(90, 91)), permit=permit)
        ledger = SqliteLedger(path, run="r-other", runs=Runs(path.parent / "runs"))
        await ledger.reserve(of, campaign="autumn", hold=of.quote, limits=(), at=AT)
        await ledger.submitting(of.attempt, fresh="u", at=AT)
        await ledger.submitted(of.attempt, prediction="p-other")
        await ledger.settled(of.attempt, gen(of))
        await ledger.filed(of.attempt)
        await ledger.aclose()

    def meddle(call):
        if call.path == "balance":
            with ThreadPoolExecutor(1) as beside:
                beside.submit(asyncio.run, buy_something_else()).result(PATIENCE_S)

    provider.meddle = meddle
    ran = campaign("run", "--plan", "plan.json")
    assert ran.code == 4, ran.err
    assert "error[P037]: what is left to buy costs $0.08 and the permit has $0.00 left" in ran.err
    assert (provider.submits, provider.bill()) == (0, 0)


class TestLocked:
    def test_a_lock_that_lacks_something_is_told(self, workspace, provider):
        workspace.campaign(pictures=(1, 2))
        ran = campaign("run", "winter", "--locked")
        assert ran.code == 11
        assert f"error[P045]: the lock of `winter` is not complete: `{FIRST}` and 1 more" in ran.err
        assert provider.calls == []

    @pytest.mark.slow
    def test_a_complete_one_gives_the_outputs_without_a_provider(
        self, workspace, provider, monkeypatch
    ):
        workspace.campaign(pictures=(1, 2))
        assert campaign("run", "winter", "--yes").code == 0
        before = workspace.delivered("winter", provider.realm)
        workspace.forget_outputs()
        calls = len(provider.calls)
        monkeypatch.delenv("WAVESPEED_API_KEY")
        assert campaign("run", "winter", "--locked").code == 0
        assert workspace.delivered("winter", provider.realm) == before
        assert len(provider.calls) == calls

    @pytest.mark.slow
    def test_what_another_campaign_bought_has_to_be_written_down_first(self, workspace, provider):
        workspace.campaign("winter", pictures=(1,))
        workspace.campaign("autumn", pictures=(1,))
        assert campaign("run", "winter", "--yes").code == 0
        ran = campaign("run", "autumn", "--locked")
        assert ran.code == 11
        assert "error[P046]: the lock of `autumn` lacks 1 receipt" in ran.err
        assert not workspace.lock("autumn", provider.realm).exists()
        assert campaign("run", "autumn").code == 0
        assert campaign("run", "autumn", "--locked").code == 0

    @pytest.mark.slow
    def test_a_part_can_be_complete(self, workspace, provider):
        workspace.campaign(pictures=(1, 2))
        assert campaign("run", "winter", "--yes", "--select", FIRST).code == 0
        assert campaign("run", "winter", "--locked", "--select", FIRST).code == 0
        assert campaign("run", "winter", "--locked").code == 11

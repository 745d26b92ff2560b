"""What refuses before any money moves: keys, terminals, caps, prices, balances, other runs."""

import pytest

from pipeline.domain.money import parse_usd
from tests.functional.cli import campaign
from tests.functional.provider import nonsense_at, said
from tests.functional.workspace import SINGLE

OVER_CAP = "cap: 0.05 USD"


@pytest.fixture
def real(monkeypatch):
    """Point the command line at the vendor's own host, which no test may reach."""
    monkeypatch.delenv("WAVESPEED_BASE_URL", raising=False)
    monkeypatch.setenv("WAVESPEED_API_KEY", "a-key-of-nobody")


@pytest.mark.parametrize("yes", [(), ("--yes",)], ids=["asking", "--yes"])
def test_without_a_key_both_ways_on_are_told(workspace, yes):
    workspace.campaign()
    ran = campaign("run", "winter", *yes)
    assert ran.code == 9
    assert "there is no API key, so the provider cannot be asked" in ran.err
    assert "set `WAVESPEED_API_KEY` to a key of your account (wavespeed.ai/accesskey)" in ran.err
    assert "rehearse for free with the embedded provider: `campaign run NAME --draft`" in ran.err
    assert "money: nothing was charged" in ran.err
    assert not workspace.lock("winter").exists()


@pytest.mark.parametrize("key", ["two words", "ключ", "   "])
def test_what_is_no_key_is_never_sent_nor_shown(workspace, provider, monkeypatch, key):
    monkeypatch.setenv("WAVESPEED_API_KEY", key)
    workspace.campaign()
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 9
    assert key.strip() == "" or key not in ran.err
    assert provider.calls == []


def test_a_wrong_key_is_said_and_nothing_is_sent_that_costs(workspace, serve, monkeypatch):
    provider = serve(accepted_key="the-right-one")
    monkeypatch.setenv("WAVESPEED_API_KEY", "the-wrong-one")
    workspace.campaign()
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 9
    assert "check the API key, the account's balance and the key's role" in ran.err
    assert "the-wrong-one" not in ran.err
    assert (provider.submits, provider.bill()) == (0, 0)


def test_without_a_terminal_and_without_yes_the_plan_is_shown_and_nothing_is_sent(
    workspace, provider
):
    workspace.campaign()
    ran = campaign("run", "winter")
    assert ran.code == 2
    assert "2 pictures wanted: 2 to buy in 1 request for $0.08." in ran.err
    assert "nobody is here to agree to $0.08" in ran.err
    assert "run again with `--yes`" in ran.err
    assert provider.calls == []


def test_real_money_without_a_cap_is_refused(workspace, real):
    workspace.campaign(budget="")
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 3
    assert "error[P023]: campaign `winter` has no cap, so no real money is spent on it" in ran.err
    assert "budget: {cap: 12.00 USD}" in ran.err


def test_a_plan_over_the_cap_is_refused_before_any_spend(workspace, real):
    workspace.campaign(budget=OVER_CAP)
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 3
    assert "the plan costs $0.08 and campaign `winter` has $0.05 left" in ran.err
    assert "raise the cap by $0.03" in ran.err
    assert "campaigns/winter/campaign.yaml:" in ran.err
    assert campaign("plan", "winter").code == 3


@pytest.mark.parametrize(
    ("shared", "said_so"),
    [
        ("budget: {month: 0.05 USD}", "the plan costs $0.08 and month `20"),
        ("budget: {cap: 0.05 USD}", "the plan costs $0.08 and workspace has $0.05 left"),
        ("budget: {month_images: 1}", "the plan buys 2 pictures and month `20"),
    ],
)
def test_the_workspace_caps_what_a_campaign_allows(workspace, provider, shared, said_so):
    workspace.share(shared)
    workspace.campaign()
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 3
    assert said_so in ran.err
    assert provider.calls == []


@pytest.mark.parametrize(
    ("option", "said_so"),
    [
        (("--max-usd", "0.07"), "has $0.07 left"),
        (("--max-images", "1"), "allows 1 in all"),
    ],
)
def test_the_user_caps_a_run(workspace, provider, option, said_so):
    workspace.campaign()
    ran = campaign("run", "winter", "--yes", *option)
    assert ran.code == 3
    assert said_so in ran.err
    assert provider.calls == []


@pytest.mark.slow
def test_a_cap_counts_what_was_spent_before(workspace, provider):
    workspace.campaign(pictures=(1,), budget="cap: 0.07 USD")
    assert campaign("run", "winter", "--yes").code == 0
    workspace.pictures("winter", [2])
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 3
    assert "its cap is $0.07, of which $0.04 is spent or held" in ran.err
    assert provider.bill() == 40_000


@pytest.mark.parametrize("amount", ["much", "-1", "5 EUR", "0.0000001"])
def test_what_is_no_amount_of_money_is_no_cap(workspace, amount):
    workspace.campaign()
    ran = campaign("run", "winter", f"--max-usd={amount}")
    assert ran.code == 2
    assert "is not an amount of US dollars" in ran.err


def test_a_price_above_the_one_shown_is_refused_even_with_yes(workspace, serve):
    provider = serve()
    answer = said(200, {"code": 200, "message": "success", "data": {"price": 0.05}})
    provider.meddle = nonsense_at(method="POST", path="model/price", answer=answer)
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 7
    assert "the provider now asks $0.05 where $0.04 was shown" in ran.err
    assert "raise it under `prices` in `campaigns/workspace.yaml`" in ran.err
    assert (provider.submits, provider.bill()) == (0, 0)


@pytest.mark.slow
def test_the_workspace_may_raise_a_price_and_then_it_is_what_is_planned_with(workspace, serve):
    provider = serve()
    answer = said(200, {"code": 200, "message": "success", "data": {"price": 0.05}})
    provider.meddle = nonsense_at(method="POST", path="model/price", answer=answer)
    workspace.share(f"prices: {{{SINGLE}: 0.05 USD}}")
    workspace.campaign(pictures=(1,), model=SINGLE)
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 50_000
    assert campaign("run", "winter", "--yes").code == 0
    campaign("reconcile")
    (status,) = campaign("status", "winter", "--json").document["campaigns"]
    assert status["charged"] == provider.bill() == 40_000


def test_an_account_with_too_little_money_is_said_before_anything_is_sent(workspace, serve):
    provider = serve(balance=parse_usd("0.05"))
    workspace.campaign()
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 9
    assert "the account holds $0.05 and the plan costs $0.08" in ran.err
    assert provider.submits == 0


def test_a_provider_that_is_not_there_is_said(workspace, monkeypatch, free_port, hurry):
    monkeypatch.setenv("WAVESPEED_BASE_URL", f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("WAVESPEED_API_KEY", "any")
    workspace.campaign()
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 9
    assert "the provider cannot be used" in ran.err
    assert "nothing was charged" in ran.err


@pytest.mark.parametrize(
    "address", ["ftp://x", "nonsense", "http://x/api", "http://api.wavespeed.ai"]
)
def test_an_address_that_is_none_is_refused(workspace, monkeypatch, address):
    monkeypatch.setenv("WAVESPEED_BASE_URL", address)
    monkeypatch.setenv("WAVESPEED_API_KEY", "any")
    workspace.campaign()
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 2
    assert "nothing was charged" in ran.err


@pytest.mark.slow
def test_a_campaign_that_is_refused_does_not_keep_the_next_one_from_being_bought(
    workspace, provider
):
    workspace.campaign("autumn", budget=OVER_CAP)
    workspace.campaign("winter")
    ran = campaign("run", "autumn", "winter", "--yes")
    assert ran.code == 3
    assert "the plan costs $0.08 and campaign `autumn` has $0.05 left" in ran.err
    assert "winter: 2 of 2 pictures here, 2 of them new" in ran.err


@pytest.mark.parametrize("verb", ["check", "plan", "run", "report"])
def test_a_workspace_without_campaigns_says_how_to_start_one(workspace, verb):
    ran = campaign(verb, "--all")
    assert ran.code == 2
    assert "error[M105]: this workspace has no campaign" in ran.err
    assert "campaign init NAME" in ran.err


def test_each_kind_of_request_is_priced_anew_even_where_the_card_prices_them_alike(
    workspace, serve
):
    """1k and 2k cost the same by the card; only one of them may have become dearer since."""
    provider = serve(balance=parse_usd("0.01"))
    text = "feed: 1024x1024", "wide: {size: 2048x2048, native: 2048x2048}"
    workspace.campaign(model="google/nano-banana-pro/edit", pictures=(1, 2, 3), sizes=text)
    workspace.edit("winter", "master: 2560x1440", "master: 1024x1024")
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 9, ran.err
    assert sum(call.path == "model/price" for call in provider.calls) == 2
    assert provider.submits == 0

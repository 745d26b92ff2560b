"""A short delivery whose pictures say surely whose they are ends without a person."""

import json

import pytest

from pipeline import vision
from pipeline.adapters.lock_files import LockFiles
from pipeline.domain.receipts import Match
from pipeline.emulator.faults import Faults
from tests.functional.cli import campaign
from tests.functional.content import CELLS, Relighting, stocked
from tests.functional.workspace import receipts

pytestmark = pytest.mark.slow

SHORT = Faults(missing={1: frozenset({1})})


@pytest.fixture
def shop(workspace):
    return stocked(workspace)


@pytest.fixture
def no_networks(monkeypatch):
    """The extra `checks` is not installed."""
    monkeypatch.setattr(vision, "is_available", lambda: False)


def actions():
    document = campaign("plan", "winter", "--json").document
    return [cell["action"] for cell in document["cells"]]


def matches(shop, provider):
    return receipts(shop.lock("winter", provider.realm), "match")


def forget_pictures(shop, provider):
    for path in (shop.state(provider.realm) / "store" / "sha256").rglob("*"):
        if path.is_file():
            path.unlink()


def test_a_run_assigns_a_short_delivery_by_content_and_buys_nothing_for_it(shop, serve):
    provider = serve(engine=Relighting(), faults=SHORT)
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5  # a picture was paid for and did not come
    (match,) = matches(shop, provider)
    assert match["how"] == "content"
    assert match["confidence"] >= 95
    assert f"matched    {CELLS[1]}: picture 1 of attempt {match['attempt']} (" in ran.err
    assert "2 of 3 pictures here, 2 of them new" in ran.err
    assert shop.delivered("winter", provider.realm)[:2] == [
        f"masters/anna-p00{number}--snow--master.jpg" for number in (2, 3)
    ]
    assert campaign("review", "winter").out.startswith("top-up ")
    # What did not come is never bought without being asked for.
    assert actions() == ["top-up", "cached", "cached"]
    assert campaign("run", "winter", "--yes").code == 5
    assert provider.submits == 1
    assert len(matches(shop, provider)) == 1


def test_a_person_outranks_what_the_run_assigned(shop, serve):
    provider = serve(engine=Relighting(), faults=SHORT)
    campaign("run", "winter", "--yes")
    (match,) = matches(shop, provider)
    said = [f"{match['attempt']}/1={CELLS[0]}", f"{match['attempt']}/2={CELLS[2]}"]
    told = campaign("review", "winter", *(word for one in said for word in ("--assign", one)))
    assert told.code == 0, told.err
    assert actions() == ["cached", "top-up", "cached"]
    assert campaign("run", "winter", "--yes").code == 5
    assert actions() == ["cached", "top-up", "cached"]
    assert provider.submits == 1


@pytest.mark.parametrize("is_filed", [False, True], ids=["before", "after"])
def test_a_power_cut_at_the_receipt_loses_nothing(shop, serve, monkeypatch, is_filed):
    class PowerCutError(BaseException):
        """The power is gone."""

    class Cut(LockFiles):
        async def file(self, campaign, found):
            found = list(found)
            is_match = any(isinstance(one, Match) for one in found)
            if not is_match or is_filed:
                await super().file(campaign, found)
            if is_match:
                raise PowerCutError

    provider = serve(engine=Relighting(), faults=SHORT)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.commands.books.LockFiles", Cut)
        with pytest.raises(PowerCutError):
            campaign("run", "winter", "--yes")
    assert len(matches(shop, provider)) == is_filed
    assert campaign("run", "winter", "--yes").code == 5
    assert len(matches(shop, provider)) == 1
    assert actions() == ["top-up", "cached", "cached"]
    assert provider.submits == 1
    assert provider.bill() == 120_000


def test_what_shows_nothing_that_was_sent_is_left_to_a_person(shop, serve):
    provider = serve(faults=SHORT)  # plain colours, edits of nothing
    ran = campaign("run", "winter", "--yes")
    assert "unsure     " in ran.err
    assert ran.err.count(" shows nothing that was sent\n") == 2
    assert matches(shop, provider) == []
    told = campaign("review", "winter")
    assert told.code == 5
    assert told.out.count("  looks like nothing that was sent\n") == 2
    (waiting,) = campaign("review", "winter", "--json").document["waiting"]
    assert waiting["said"] == ["nothing that was sent"] * 2


def test_what_could_be_two_is_told_and_left_to_a_person(shop, serve):
    first, second = (shop.folder("winter") / f"images/p00{number}.jpg" for number in (1, 2))
    second.write_bytes(first.read_bytes() + b"the same picture in another file")
    provider = serve(engine=Relighting(), faults=SHORT)
    ran = campaign("run", "winter", "--yes")
    assert "unsure     " in ran.err
    assert matches(shop, provider) == []
    assert set(actions()) == {"blocked"}
    assert "% sure)" in campaign("review", "winter").out


def test_without_the_networks_nothing_is_guessed(shop, serve, no_networks):
    provider = serve(engine=Relighting(), faults=SHORT)
    ran = campaign("run", "winter", "--yes")
    assert "content says nothing (the extra `checks` is not installed)" in ran.err
    assert matches(shop, provider) == []
    told = campaign("review", "winter").out
    assert "  content says nothing: the extra `checks` is not installed" in told


def test_pictures_that_are_not_here_say_nothing(shop, serve):
    provider = serve(faults=SHORT)
    campaign("run", "winter", "--yes")
    forget_pictures(shop, provider)
    told = campaign("review", "winter").out
    assert "content says nothing: its pictures are not on this machine" in told
    assert matches(shop, provider) == []


def test_what_the_provider_calls_unsafe_stands_in_the_receipt(shop, serve, no_networks):
    provider = serve(faults=Faults(nsfw={1: frozenset({2})}))
    campaign("run", "winter", "--yes")
    (gen,) = receipts(shop.lock("winter", provider.realm), "gen")
    assert gen["flagged"] == [False, True, False]
    (one,) = campaign("status", "winter", "--flags", "--json").document["campaigns"]
    by_address = {picture["address"]: picture for picture in one["pictures"]}
    flagged = {
        address
        for address, picture in by_address.items()
        if "provider-flagged" in [flag["check"] for flag in picture["flags"]]
    }
    assert flagged == {CELLS[1]}
    assert "provider-flagged" in by_address[CELLS[0]]["passed"]


def test_what_the_provider_does_not_say_is_not_run(shop, serve, no_networks):
    provider = serve()
    campaign("run", "winter", "--yes")
    (file,) = shop.lock("winter", provider.realm).iterdir()
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for line in lines:
        line.pop("flagged", None)  # as a program wrote it that did not know of it
    file.chmod(0o644)
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    (shop.state(provider.realm) / "ledger.sqlite3").unlink()
    (one,) = campaign("status", "winter", "--flags", "--json").document["campaigns"]
    for picture in one["pictures"]:
        assert "provider-flagged" not in picture["passed"]
        assert "provider-flagged" in [gap["check"] for gap in picture["not_run"]]

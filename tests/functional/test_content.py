"""Content says whose a picture is, and checks say where to look; neither ever costs anything."""

import io

import numpy as np
import pytest
from PIL import Image

from pipeline.commands.held import held_campaign
from pipeline.commands.matching import match_short, settle_short, sure_receipts
from pipeline.emulator.faults import Faults
from pipeline.emulator.interface import Edited
from tests.defects.edits import as_jpeg, relit
from tests.defects.scenes import scene
from tests.functional.cli import campaign
from tests.functional.workspace import receipts

pytestmark = [pytest.mark.slow, pytest.mark.defects]

NAMES = ("cup", "flower", "china")


class Relighting:
    """Edits each input for real: other light, and its middle cut to the asked size."""

    version = "relighting-1"

    def __init__(self, order=None):
        self._order = order

    def edit(self, request, pictures):
        made = []
        for index in self._order or range(request.wanted):
            image = Image.open(io.BytesIO(pictures[index])).convert("RGB")
            rng = np.random.default_rng([request.seed % 1000, index])
            lit = Image.fromarray(relit(np.asarray(image), rng))
            made.append(as_jpeg(np.asarray(lit.resize((request.width, request.height)))))
        return Edited(tuple(made))


@pytest.fixture
def shop(workspace):
    """A campaign of three things, in the smallest picture that the model makes."""
    folder = workspace.campaign(pictures=(1, 2, 3))
    for number, name in enumerate(NAMES, start=1):
        whole = Image.fromarray(scene(name, 640)).resize((640, 360))
        (folder / f"images/p{number:03}.jpg").write_bytes(as_jpeg(np.asarray(whole), quality=95))
    return workspace


def matched(workspace):
    """What content says of short deliveries, written down where it is sure."""
    with held_campaign("winter", draft=False, start=workspace.root) as held:
        found = match_short(held.session, held.session.plan())
        held.file(sure_receipts(found, held.at))
    return found


def actions():
    document = campaign("plan", "winter", "--json").document
    return [cell["action"] for cell in document["cells"]]


def test_a_short_delivery_is_assigned_by_content_and_the_rest_is_a_top_up(shop, serve):
    provider = serve(engine=Relighting(), faults=Faults(missing={1: frozenset({1})}))
    assert campaign("run", "winter", "--yes").code == 5
    (found,) = matched(shop)
    assert [one.address for one in found.outputs] == [
        f"anna/p00{number}/snow/master/t1" for number in (2, 3)
    ]
    assert found.confidence >= 95
    (match,) = receipts(shop.lock("winter", provider.realm), "match")
    assert (match["how"], match["confidence"]) == ("content", found.confidence)
    # Never a purchase of its own: what is missing is asked about.
    assert actions() == ["top-up", "cached", "cached"]
    assert provider.submits == 1


def test_a_person_outranks_content(shop, serve):
    provider = serve(engine=Relighting(), faults=Faults(missing={1: frozenset({1})}))
    campaign("run", "winter", "--yes")
    (found,) = matched(shop)
    cells = [f"anna/p00{number}/snow/master/t1" for number in (1, 2, 3)]
    said = [f"{found.attempt}/1={cells[0]}", f"{found.attempt}/2={cells[2]}"]
    told = campaign("review", "winter", *(word for one in said for word in ("--assign", one)))
    assert told.code == 0, told.err
    assert actions() == ["cached", "top-up", "cached"]
    assert provider.submits == 1


def test_what_shows_nothing_that_was_sent_is_never_given_up_by_content(shop, serve):
    provider = serve(faults=Faults(missing={1: frozenset({1})}))  # plain colours, edits of nothing
    campaign("run", "winter", "--yes")
    (found,) = matched(shop)
    assert [one.cell for one in found.outputs] == [None, None]
    assert not found.is_sure
    assert receipts(shop.lock("winter", provider.realm), "match") == []


def test_what_is_decided_is_told(shop, serve):
    serve(engine=Relighting(), faults=Faults(missing={1: frozenset({1})}))
    campaign("run", "winter", "--yes")
    lines = []
    with held_campaign("winter", draft=False, start=shop.root) as held:
        matches = settle_short(held.session, held.session.plan(), at=held.at, say=lines.append)
    assert len(matches) == 1
    assert lines[0].startswith(
        f"matched   attempt {matches[0].attempt}: by content 1 is anna/p002/"
    )


def test_pictures_that_are_not_here_say_nothing(shop, serve):
    provider = serve(engine=Relighting(), faults=Faults(missing={1: frozenset({1})}))
    campaign("run", "winter", "--yes")
    for path in (shop.state(provider.realm) / "store" / "sha256").rglob("*"):
        if path.is_file():
            path.unlink()
    (found,) = matched(shop)
    assert found.outputs == ()
    assert not found.is_sure
    assert "not on this machine" in found.text
    assert receipts(shop.lock("winter", provider.realm), "match") == []


def flags_by_address(*words):
    told = campaign("status", "winter", "--flags", "--json", *words)
    assert told.code == 0, told.err
    (one,) = told.document["campaigns"]
    return {picture["address"]: picture for picture in one["pictures"]}


def test_a_whole_delivery_in_another_order_is_flagged_and_not_changed(shop, serve):
    provider = serve(engine=Relighting(order=(1, 0, 2)))
    assert campaign("run", "winter", "--yes").code == 0
    found = flags_by_address()
    flagged = {
        address: [flag["detail"] for flag in one["flags"] if flag["check"] == "wrong-position"]
        for address, one in found.items()
    }
    first, second, third = (f"anna/p00{number}/snow/master/t1" for number in (1, 2, 3))
    assert flagged == {first: [f"looks like {second}"], second: [f"looks like {first}"], third: []}
    assert actions() == ["cached"] * 3
    assert receipts(shop.lock("winter", provider.realm), "match") == []


def test_flags_are_for_people_and_remembered(shop, serve):
    provider = serve(engine=Relighting())
    campaign("run", "winter", "--yes")
    told = campaign("status", "winter", "--flags")
    assert told.code == 0
    assert told.out.startswith("winter: 3 pictures, ")
    assert "not run  nsfw: the extra `nsfw` is not installed" in told.out
    assert (shop.state(provider.realm) / "checks.sqlite3").is_file()
    assert campaign("status", "winter", "--flags").out == told.out


def test_absent_pictures_are_not_run_and_never_passed(shop, serve):
    provider = serve(engine=Relighting())
    campaign("run", "winter", "--yes")
    for path in (shop.state(provider.realm) / "store" / "sha256").rglob("*"):
        if path.is_file():
            path.unlink()
    for one in flags_by_address().values():
        assert (one["flags"], one["passed"]) == ([], [])
        assert {gap["why"] for gap in one["not_run"]} == {"its bytes are not on this machine"}


def test_damaged_bytes_are_a_flag(shop, serve):
    provider = serve(engine=Relighting())
    campaign("run", "winter", "--yes")
    digest = flags_by_address()["anna/p001/snow/master/t1"]["picture"]
    (path,) = (shop.state(provider.realm) / "store").rglob(digest)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:5000])
    (shop.state(provider.realm) / "checks.sqlite3").unlink()
    found = flags_by_address()["anna/p001/snow/master/t1"]
    assert [flag["check"] for flag in found["flags"]] == ["undecodable"]
    assert found["passed"] == []

"""The contact sheet of a real run: what it is told by books, reviewers and checks."""

import json
import re

import pytest

from pipeline.commands import purchase
from pipeline.emulator.faults import Faults
from tests.functional.cli import campaign
from tests.functional.documents import hold

pytestmark = pytest.mark.slow


def sheet_of(workspace, realm):
    """`sheet.json`, held to its schema."""
    folder = workspace.outputs("winter", realm)
    body = json.loads((folder / "sheet.json").read_text("utf-8"))
    hold(body, "sheet.json")
    return folder, body


def test_a_sheet_knows_verdicts_prices_flags_and_what_is_left(workspace, provider, monkeypatch):
    made = []
    real = purchase.make_thumb

    def make_thumb(books, name, picture):
        made.append(picture)
        return real(books, name, picture)

    monkeypatch.setattr(purchase, "make_thumb", make_thumb)
    workspace.campaign(pictures=(1, 2, 3), budget="cap: 0.30 USD")
    assert campaign("run", "winter", "--yes").code == 0
    folder, before = sheet_of(workspace, provider.realm)
    pictures = [cell["sha256"] for cell in before["cells"]]
    assert made[0] in pictures  # previews are begun as pictures land
    assert set(made) <= set(pictures)
    assert all((folder / cell["thumb"]).is_file() for cell in before["cells"])
    assert [cell["reroll"] for cell in before["cells"]] == [40_000] * 3
    assert all(cell["checked"] for cell in before["cells"])
    assert not any("verdict" in cell for cell in before["cells"])
    assert (before["money"]["room"], before["money"]["room_of"]) == (180_000, "campaign")

    first, second, third = (cell["address"] for cell in before["cells"])
    said = campaign("review", "winter", "--approve", first, "--note", "yes", "--as", "Anna")
    assert said.code == 0, said.err
    assert campaign("review", "winter", "--reroll", second, "--as", "Anna").code == 0
    assert campaign("report", "winter").code == 0
    _, after = sheet_of(workspace, provider.realm)
    by_address = {cell["address"]: cell for cell in after["cells"]}
    assert by_address[first]["verdict"] == "approve"
    (vote,) = by_address[first]["votes"]
    assert (vote["reviewer"], vote["note"]) == ("Anna", "yes")
    assert by_address[second]["verdict"] == "reroll"
    assert "verdict" not in by_address[third]
    assert len(after["cells"]) == 4  # the take that the reroll asks for
    assert after["money"]["to_buy"] == 40_000


def test_a_new_verdict_makes_a_new_page_and_the_marker_says_so(workspace, provider):
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--yes").code == 0
    folder, before = sheet_of(workspace, provider.realm)

    def marked():
        found = re.search(r'width="(\d+)" height="(\d+)"', (folder / "latest.svg").read_text())
        page = (folder / "index.html").read_text("utf-8")
        told = re.search(r'"marker":\[(\d+),(\d+)\]', page)
        assert found.groups() == told.groups()
        return found.groups()

    old = marked()
    address = before["cells"][0]["address"]
    assert campaign("review", "winter", "--reject", address, "--as", "Anna").code == 0
    assert campaign("run", "winter", "--yes").code == 0  # nothing to buy, and a page to write
    assert marked() != old
    page = (folder / "index.html").read_bytes()
    assert campaign("run", "winter", "--yes").code == 0
    assert (folder / "index.html").read_bytes() == page


def test_trouble_with_previews_never_touches_a_run(workspace, provider, monkeypatch):
    def trouble(*_parts):
        raise MemoryError

    monkeypatch.setattr(purchase, "make_thumb", trouble)
    workspace.campaign(pictures=(1, 2))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 0, ran.err
    folder, body = sheet_of(workspace, provider.realm)
    assert all((folder / cell["thumb"]).is_file() for cell in body["cells"])
    assert provider.bill() == 80_000


def test_what_the_provider_said_comes_before_what_can_be_done(workspace, serve):
    provider = serve(faults=Faults(fail={1: 1401}))
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--yes").code == 5
    _, body = sheet_of(workspace, provider.realm)
    (cell,) = body["cells"]
    assert cell["state"] == "failed"
    said, _, advice = cell["reason"].rpartition(". ")
    assert said
    assert "--retry-failed" not in said
    assert advice == "The provider refused it; change it, or try again with --retry-failed"

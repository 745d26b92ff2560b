"""`plan --explain`: one picture, why it is to be bought, and what would keep the old one."""

import json

import pytest
import yaml

from pipeline.domain.identity import Recipe, cell_key
from tests.functional.cli import campaign

CELL = "anna/p001/snow/master/t1"


def test_a_picture_that_is_new(workspace):
    workspace.campaign()
    told = campaign("plan", "winter", "--explain", "anna/p001")
    assert told.code == 0
    assert told.out.splitlines()[2].split() == ["buy", "new"]
    assert "$0.04, its share of one request for 2 pictures at $0.08" in told.out
    assert "Nothing like it was ever asked for here." in told.out


@pytest.mark.slow
def test_a_picture_that_is_bought_names_who_paid(workspace, provider):
    workspace.campaign()
    assert campaign("run", "winter", "--yes").code == 0
    (prediction,) = provider.predictions()
    told = campaign("plan", "winter", "--explain", CELL)
    assert told.code == 0
    assert prediction["id"] in told.out
    assert "paid        $0.04, by the bill" in told.out
    name = "anna-p001--snow--master.jpg"
    assert f"outputs/winter/{provider.realm}/masters/{name}\n" in told.out
    workspace.forget_outputs()
    assert "(not there yet)" in campaign("plan", "winter", "--explain", CELL).out


@pytest.mark.slow
def test_a_changed_picture_shows_words_parameters_and_files(workspace, provider):
    workspace.campaign()
    assert campaign("run", "winter", "--yes").code == 0
    workspace.edit("winter", "a place called snow", "a quiet place called snow")
    workspace.pictures("winter", [3])
    old = workspace.folder("winter") / "images" / "p001.jpg"
    (workspace.folder("winter") / "images" / "p003.jpg").replace(old)
    told = campaign("plan", "winter", "--explain", CELL)
    assert "buy         its prompt changed" in told.out
    assert "in a {+quiet +}place" in told.out or "in a {+quiet+} place" in told.out
    assert "source      a file that is not here (" in told.out
    assert ") -> images/p001.jpg (" in told.out
    document = campaign("plan", "winter", "--explain", CELL, "--json").document
    assert document["explain"] == 1
    assert document["inputs"][0]["after"]["file"] == "images/p001.jpg"
    assert document["partner"]["picture"]["sha256"]
    assert document["pin"] is None, "pins are of the real realm alone"


@pytest.mark.parametrize(("cell", "code"), [("anna", "P043"), ("anna/p009", "P044"), ("", "P044")])
def test_what_means_no_one_picture_is_told(workspace, cell, code):
    workspace.campaign()
    told = campaign("plan", "winter", "--explain", cell)
    assert told.code == 2
    assert f"error[{code}]" in told.err


@pytest.mark.parametrize(
    "words",
    [("--all",), ("winter", "autumn"), ("winter", "--select", "anna"), ("winter", "--out", "x")],
)
def test_it_is_about_one_picture_of_one_campaign(workspace, words):
    workspace.campaign("winter")
    workspace.campaign("autumn")
    assert campaign("plan", *words, "--explain", CELL).code == 2


def test_it_needs_neither_key_nor_network(workspace, provider):
    workspace.campaign()
    assert campaign("plan", "winter", "--explain", CELL).code == 0
    assert provider.calls == []


@pytest.mark.slow
def test_the_pin_that_it_prints_keeps_the_picture(workspace):
    """On receipts of real money, which a test may read and never make."""
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--draft").code == 0
    lock = workspace.lock("winter")
    lock.mkdir()
    for file in workspace.lock("winter", "draft").glob("*.jsonl"):
        lines = file.read_text("utf-8").splitlines()
        (lock / file.name).write_text("\n".join(map(_as_real, lines)) + "\n", "utf-8")
    workspace.edit("winter", "a place called snow", "another place")
    told = campaign("plan", "winter", "--explain", CELL)
    _, _, pins = told.out.partition("add to campaigns/winter/campaign.yaml:\n\n")
    assert yaml.safe_load(pins)["pins"][CELL]["key"].startswith("c1-")
    manifest = workspace.folder("winter") / "campaign.yaml"
    manifest.write_text(manifest.read_text("utf-8") + pins, "utf-8")
    document = campaign("plan", "winter", "--json").document
    assert [cell["reason"] for cell in document["cells"]] == ["result_absent"]
    assert document["totals"]["cost"] == 0


def _as_real(line: str) -> str:
    """A receipt of a draft as one of real money; its keys are computed anew."""
    body = json.loads(line)
    if body.get("kind") != "gen":
        return line
    body["recipe"] = {k: v for k, v in body["recipe"].items() if k != "engine"} | {"realm": "real"}
    recipe = Recipe.read(body["recipe"])
    for cell in body["cells"]:
        cell["key"] = cell_key(recipe, cell["source"], cell["take"])
    return json.dumps(body)

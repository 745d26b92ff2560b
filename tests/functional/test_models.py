"""`campaign models`: the list, one model, and a comparison with a provider that has changed."""

import os

import pytest

from pipeline import catalog
from pipeline.emulator.chosen import ALL, Cases
from pipeline.emulator.faults import Faults
from tests.functional.cli import campaign
from tests.functional.provider import ask, nonsense_at, said
from tests.functional.workspace import SEQUENTIAL, SINGLE

NANO = "google/nano-banana-pro/edit"


def dearer(per_cent: int) -> Faults:
    """A provider whose prices are a part or a multiple of those of the cards."""
    return Faults(price=Cases(rules=((ALL, per_cent),)))


def test_the_list_has_every_model():
    ran = campaign("models", "list")
    assert (ran.code, ran.err) == (0, "")
    rows = ran.out.partition("\n\n")[0].splitlines()[1:]
    assert {row.split()[0] for row in rows} == set(catalog.models())
    (nano,) = (row for row in rows if row.startswith(NANO))
    assert nano.split()[1:4] == ["edit", "1-14", "1"]
    assert "$0.14 to $0.24" in nano
    assert "1k 2k 4k in 10 shapes" in nano


def test_the_list_says_what_the_workspace_says(workspace):
    workspace.share(f"prices: {{{SINGLE}: 0.05}}\nforbid_models: [{NANO}]")
    out = campaign("models", "list").out
    assert "$0.05!" in next(line for line in out.splitlines() if line.startswith(f"{SINGLE} "))
    assert next(line for line in out.splitlines() if NANO in line).endswith("forbidden here")
    document = campaign("models", "show", SINGLE, NANO, "--json").document
    single, nano = document["model"]
    assert (single["price"]["unit"], single["price"]["workspace"]) == (50_000, True)
    assert (single["forbidden"], nano["forbidden"]) == (False, True)


def test_a_broken_workspace_file_hides_no_model(workspace):
    workspace.share("pices: {}")
    ran = campaign("models", "list")
    assert ran.code == 0
    assert SEQUENTIAL in ran.out
    assert "did you mean `prices`" in ran.err


def test_one_model_for_machines():
    document = campaign("models", "show", NANO, "--json").document
    assert document["models"] == 1
    (model,) = document["model"]
    assert model["sizes"]["named"]["4k"]["16:9"] == "5504x3072"
    assert model["price"]["by_value"] == {"1k": 140_000, "2k": 140_000, "4k": 240_000}
    assert model["inputs"]["most"] == 14
    assert {fact["trust"] for fact in model["facts"]} <= {"verified", "elsewhere", "inferred"}
    assert model["manifest"].startswith("version: 1\n")


def test_a_slip_in_a_models_name_is_met_with_the_nearest():
    ran = campaign("models", "show", "bytedance/seedream-4.5/edit")
    assert (ran.code, ran.out) == (2, "")
    assert "error[M130]" in ran.err
    assert f"did you mean `{SINGLE}`?" in ran.err
    assert "campaign models list" in ran.err


def test_a_part_of_a_models_name_is_met_with_all_that_have_it():
    ran = campaign("models", "show", "Qwen")
    assert ran.code == 2
    both = "`wavespeed-ai/qwen-image/edit`, `wavespeed-ai/qwen-image/edit-plus`"
    assert f"did you mean one of {both}?" in ran.err


@pytest.mark.parametrize("model", catalog.models())
def test_the_manifest_to_start_from_is_one(workspace, model):
    shown = campaign("models", "show", model, "--json").document["model"][0]["manifest"]
    folder = workspace.folder("first-try")
    (folder / "images").mkdir(parents=True)
    (folder / "campaign.yaml").write_text(shown, "utf-8")
    if catalog.card(model).operation == "edit":
        workspace.pictures("first-try", [1, 2])
    ran = campaign("check", "first-try")
    # The pictures here are tiny and few, of which there is advice to give.
    assert (ran.code, "error[" in ran.err, "warning[" in ran.err) == (0, False, False), ran.err
    planned = campaign("plan", "first-try", "--json").document
    assert planned["problems"] == []
    assert 0 < planned["totals"]["cost"] <= 5_000_000


@pytest.mark.slow
def test_a_sync_with_a_provider_that_is_as_the_cards_say(workspace, provider):
    before = {path: path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()}
    ran = campaign("models", "sync")
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing differs from the cards." in ran.out
    assert f"{len(catalog.models())} models with a card" in ran.out
    assert campaign("models", "sync", "--write").out == ran.out
    assert {path: path.read_bytes() for path in before} == before
    assert provider.bill() == 0


@pytest.mark.slow
def test_what_rises_is_written_when_told_and_never_what_falls(workspace, serve):
    workspace.share(f"# ours\nprices:\n  {SINGLE}: 0.045   # agreed\nexclusive: true")
    file = workspace.root / "campaigns" / "workspace.yaml"
    before = file.read_text("utf-8")
    serve(faults=dearer(125))
    ran = campaign("models", "sync")
    assert ran.code == 0
    assert "rises by $0.005" in ran.out
    assert f"    {SINGLE}: 0.05 USD" in ran.out.replace("      ", "    ")
    assert file.read_text("utf-8") == before

    os.chmod(file, 0o640)  # noqa: PTH101 (as a user would)
    ran = campaign("models", "sync", "--write")
    assert (ran.code, ran.err) == (0, "")
    assert f"Wrote {len(catalog.models())} prices to `campaigns/workspace.yaml`" in ran.out
    after = file.read_text("utf-8")
    assert f"  {SINGLE}: 0.05 USD   # agreed\n" in after
    assert f"  {NANO}: 0.30 USD\n" in after
    assert after.endswith("exclusive: true\n")
    assert file.stat().st_mode & 0o777 == 0o640
    assert "should say" not in campaign("models", "sync").out

    serve(faults=dearer(50))
    ran = campaign("models", "sync", "--write")
    assert "falls; plans keep the card's price" in ran.out
    assert "Wrote" not in ran.out
    assert file.read_text("utf-8") == after


@pytest.mark.slow
def test_what_was_written_is_what_a_plan_costs(workspace, serve):
    workspace.campaign(pictures=(1, 2))
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 80_000
    serve(faults=dearer(125))
    refused = campaign("run", "winter", "--yes")
    assert refused.code == 7
    campaign("models", "sync", "--write")
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 100_000
    assert campaign("run", "winter", "--yes").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("text", ["{version: 1}\n", "version: 1\n...\n"])
def test_a_file_that_a_program_should_not_edit_is_left_alone(workspace, serve, text):
    file = workspace.root / "campaigns" / "workspace.yaml"
    file.write_text(text, "utf-8")
    assert campaign("models", "list").err == ""
    serve(faults=dearer(125))
    ran = campaign("models", "sync", "--write")
    assert (ran.code, ran.out) == (2, "")
    assert "error[M131]" in ran.err
    assert f"{SINGLE}: 0.05 USD" in ran.err
    assert file.read_text("utf-8") == text


@pytest.mark.slow
def test_without_a_workspace_file_one_is_made(workspace, serve):
    file = workspace.root / "campaigns" / "workspace.yaml"
    file.unlink()
    serve(faults=dearer(125))
    assert campaign("models", "sync", "--write").code == 0
    assert file.read_text("utf-8").startswith("version: 1\nprices:\n")
    assert campaign("models", "list").err == ""


@pytest.mark.slow
def test_a_catalogue_that_has_changed(workspace, serve):
    real = serve()
    entries = ask(real.base_url, "GET", "models")
    changed = [entry for entry in entries if entry["model_id"] != NANO]
    changed += [{**entries[0], "model_id": "bytedance/seedream-v6"}, {"odd": True}, None]
    meddle = nonsense_at(
        method="GET", path="models", answer=said(200, {"code": 200, "data": changed})
    )
    serve(meddle=meddle)
    ran = campaign("models", "sync")
    assert ran.code == 0
    assert f"does not list any more\n  {NANO}\n" in ran.out
    assert "bytedance/seedream-v6" in ran.out
    assert "2 entries of the catalogue could not be read" in ran.out
    document = campaign("models", "sync", "--json").document
    assert document["vanished"] == [NANO]
    assert [one["model"] for one in document["related"]] == ["bytedance/seedream-v6"]
    assert document["written"] is False


@pytest.mark.slow
def test_a_price_that_is_not_told_is_said_and_hides_no_other(workspace, serve):
    meddle = nonsense_at(method="POST", path="model/price", answer=said(404, {"message": "no"}))
    serve(meddle=meddle)
    ran = campaign("models", "sync")
    assert ran.code == 0
    assert "Prices that the provider did not tell" in ran.out
    assert "HTTP 404: no" in ran.out


@pytest.mark.slow
def test_a_provider_that_cannot_be_asked(workspace, serve):
    ran = campaign("models", "sync")
    assert (ran.code, ran.out) == (9, "")
    assert "error[R061]" in ran.err
    serve(accepted_key="another")
    ran = campaign("models", "sync", "--json")
    assert (ran.code, ran.out) == (9, "")
    assert "error[R060]" in ran.err
    assert "nothing was charged" in ran.err


@pytest.mark.slow
def test_writing_needs_a_workspace(tmp_path, monkeypatch, provider):
    monkeypatch.chdir(tmp_path)
    assert campaign("models", "sync").code == 0
    ran = campaign("models", "sync", "--write")
    assert (ran.code, ran.out) == (2, "")
    assert provider.calls[-1].path != "models"

"""The commands around a run: starting, checking, planning, looking, and being taught."""

import json
import re
from pathlib import Path

import pytest

from pipeline.adapters import pictures
from tests.functional.cli import campaign

ROOT = Path(__file__).parents[2]


# init


def test_init_makes_a_workspace_where_there_is_none_and_says_what_to_do_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = campaign("init", "spring-shoes")
    assert made.code == 0
    assert "Made campaigns/spring-shoes/campaign.yaml." in made.out
    assert "campaign check spring-shoes\n  campaign run spring-shoes --draft" in made.out
    assert (tmp_path / "campaigns/spring-shoes/images").is_dir()
    assert (tmp_path / "outputs/.gitignore").read_text() == "*\n!.gitignore\n"
    manifest = tmp_path / "campaigns/spring-shoes/campaign.yaml"
    (schema,) = re.findall(r"\$schema=(\S+)", manifest.read_text("utf-8"))
    assert (manifest.parent / schema).read_text("utf-8") == campaign("schema").out


def test_init_leaves_schemas_alone_that_are_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/campaign.schema.json").write_text("{}")
    assert campaign("init", "spring-shoes").code == 0
    assert (tmp_path / "schemas/campaign.schema.json").read_text() == "{}"


@pytest.mark.parametrize(
    ("name", "better"),
    [("Frühling 2027", "fruhling-2027"), ("../up", "up"), ("ربيع", "spring-shoes")],
)
def test_init_names_a_name_that_can_be(workspace, name, better):
    told = campaign("init", name)
    assert told.code == 2
    assert f"fix: for example `campaign init {better}`" in told.err


@pytest.mark.slow
def test_a_fresh_campaign_wants_pictures_and_nothing_else(workspace, provider):
    assert campaign("init", "spring-shoes").code == 0
    checked = campaign("check", "spring-shoes")
    assert checked.code == 2
    assert checked.err.count("error[") == 1
    assert "error[M046]" in checked.err
    workspace.pictures("spring-shoes", [1])
    assert campaign("check", "spring-shoes").code == 0
    assert campaign("plan", "spring-shoes", "--json").document["totals"]["images"] == 2


@pytest.mark.parametrize("name", ["Spring", "a b", "../up", "-x", "a" * 61, ""])
def test_init_refuses_what_cannot_be_a_name_and_makes_nothing(workspace, name):
    before = sorted(workspace.root.rglob("*"))
    assert campaign("init", "--", name).code == 2
    assert sorted(workspace.root.rglob("*")) == before


def test_init_never_touches_what_is_there(workspace):
    workspace.campaign()
    refused = campaign("init", "winter")
    assert refused.code == 2
    assert "there is a campaign `winter` already" in refused.err


def test_init_from_something_that_is_not_there_makes_nothing(workspace):
    refused = campaign("init", "autumn", "--from", "winter")
    assert refused.code == 2
    assert "there is no campaign `winter`" in refused.err
    assert not workspace.folder("autumn").exists()


@pytest.mark.slow
def test_init_from_another_copies_no_lock_and_is_served_by_its_purchase(workspace, provider):
    workspace.campaign()
    (workspace.folder("winter") / "lock").mkdir()
    (workspace.folder("winter") / "lock" / "20260101-r-1.jsonl").write_text('{"lock":1}\n')
    assert campaign("run", "winter", "--yes").code == 0
    made = campaign("init", "autumn", "--from", "winter")
    assert made.code == 0
    assert "Copied `winter` to campaigns/autumn." in made.out
    assert not (workspace.folder("autumn") / "lock").exists()
    assert "campaign: autumn" in (workspace.folder("autumn") / "campaign.yaml").read_text()
    plan = campaign("plan", "autumn", "--json").document
    assert (plan["totals"]["cost"], plan["totals"]["cells"]) == (0, 2)
    assert {cell["reason"] for cell in plan["cells"]} == {"bought_elsewhere"}
    assert campaign("run", "autumn").code == 0
    assert provider.bill() == 80_000
    assert len(workspace.delivered("autumn", provider.realm)) == 4


# schema


@pytest.mark.parametrize("which", ["campaign", "workspace"])
def test_the_printed_schema_is_the_published_one(which):
    printed = campaign("schema", which)
    assert printed.code == 0
    assert printed.out == (ROOT / "schemas" / f"{which}.schema.json").read_text("utf-8")


# plan


@pytest.mark.slow
def test_a_plan_tells_with_its_exit_code_whether_there_is_something_to_buy(workspace, provider):
    workspace.campaign()
    assert campaign("plan", "winter").code == 0
    assert campaign("plan", "winter", "--detailed-exitcode").code == 10
    assert campaign("run", "winter", "--yes").code == 0
    assert campaign("plan", "winter", "--detailed-exitcode").code == 0


def test_a_plan_is_the_same_document_on_stdout_and_in_a_file_and_has_a_version(workspace):
    workspace.campaign()
    planned = campaign("plan", "winter", "--json", "--out", "plan.json")
    saved = json.loads((workspace.root / "plan.json").read_text("utf-8"))
    assert saved == planned.document
    assert (saved["plan"], saved["campaign"], saved["realm"]) == (2, "winter", "real")
    assert saved["totals"]["cost"] == sum(step["quote"]["amount"] for step in saved["steps"])
    wanted = {cell["key"] for cell in saved["cells"]}
    assert {key for step in saved["steps"] for key in step["cells"]} == wanted


def test_several_plans_are_one_document(workspace):
    workspace.campaign("winter")
    workspace.campaign("autumn", pictures=(3,))
    document = campaign("plan", "--all", "--json").document
    assert document["plans"] == 2
    assert [plan["campaign"] for plan in document["plan"]] == ["autumn", "winter"]


def test_a_plan_needs_no_key_sends_nothing_and_writes_no_ledger(workspace):
    workspace.campaign()
    planned = campaign("plan", "winter")
    assert planned.code == 0
    assert "2 pictures wanted: 2 to buy in 1 request for $0.08." in planned.out
    assert not (workspace.state() / "ledger.sqlite3").exists()


def test_a_plan_into_a_place_that_cannot_be_written_is_a_problem_not_a_bug(workspace):
    workspace.campaign()
    told = campaign("plan", "winter", "--out", "missing/plan.json")
    assert told.code == 2
    assert "cannot write `missing/plan.json`" in told.err
    assert not (workspace.root / "missing").exists()


def test_a_plan_is_written_over_an_older_one_and_over_nothing_else(workspace):
    workspace.campaign()
    manifest = workspace.root / "campaigns" / "winter" / "campaign.yaml"
    before = manifest.read_bytes()
    told = campaign("plan", "winter", "--out", "campaigns/winter/campaign.yaml")
    assert told.code == 2
    assert "error[P047]: `campaigns/winter/campaign.yaml` holds something else" in told.err
    assert manifest.read_bytes() == before
    plan = workspace.root / "plan.json"
    plan.touch()
    for _ in range(2):
        assert campaign("plan", "winter", "--out", "plan.json").code == 0
        assert json.loads(plan.read_text("utf-8"))["plan"] == 2


def test_what_is_no_permit_is_not_called_one_to_make(workspace):
    workspace.campaign()
    told = campaign("run", "winter", "--plan", "campaigns/winter/campaign.yaml")
    assert told.code == 7
    assert "why: it is not JSON" in told.err
    assert "--out plan.json" in told.err


# status, check


def test_status_without_names_shows_all_campaigns(workspace):
    workspace.campaign("winter")
    workspace.campaign("autumn", pictures=(1, 2, 3))
    shown = campaign("status")
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[0] == "realm: real"
    pictures = ["0", "of", "3", "$0.12"]
    assert lines[3].split() == ["autumn", *pictures, *["$0.00"] * 4, "$10.00"]
    assert lines[4].startswith("winter")
    document = campaign("status", "--json").document
    assert (document["status"], document["realm"]) == (1, "real")
    assert [one["left"] for one in document["campaigns"]] == [10_000_000, 10_000_000]


def test_status_survives_a_campaign_that_cannot_be_read(workspace):
    workspace.campaign("winter")
    workspace.campaign("autumn")
    workspace.edit("autumn", "version: 1", "version: 1\ntitel: x")
    shown = campaign("status")
    assert shown.code == 2
    rows = [line.split()[:4] for line in shown.out.splitlines()[3:5]]
    assert rows == [["autumn", "0", "of", "?"], ["winter", "0", "of", "2"]]
    assert "campaigns/autumn/campaign.yaml:2:1" in shown.err


def test_check_says_what_is_fine(workspace):
    workspace.campaign("winter", more=["lint: {L013: off, L014: off}"])
    checked = campaign("check", "winter")
    assert (checked.code, checked.err) == (0, "No problems: winter (2 pictures).\n")
    assert campaign("check", "winter", "--json").document == {
        "check": 1,
        "campaigns": {"winter": 2},
        "problems": [],
    }


# Being taught

HELP = {
    (): ["campaign init NAME", "campaign run NAME --draft", "Exit codes:", "130  interrupted"],
    ("init",): ["--from", "never its lock"],
    ("check",): ["sends and costs nothing", "--json", "--explain", "lint: {L003: off}"],
    ("plan",): ["never spends, needs no key", "--out", "--detailed-exitcode", "--draft"],
    ("run",): [
        "WAVESPEED_API_KEY",
        "public, unsigned addresses for seven days",
        "--draft",
        "--yes",
    ],
    ("status",): ["charged, reserved, in doubt", "--json"],
    ("report",): ["costs nothing"],
    ("reconcile",): ["Never buys", "in doubt"],
    ("review",): ["Nothing is assigned by position", "--assign ATTEMPT/N=CELL", "top-up"],
    ("store",): ["push", "pull", "verify", "lost"],
    ("models",): ["list", "show", "sync"],
    ("destinations",): ["campaign destinations instagram-story", "`destinations:`"],
    ("provenance",): ["show", "init"],
    ("diff",): ["BASE", "--fail-on"],
    ("serve",): ["WAVESPEED_BASE_URL=http://127.0.0.1:8123", "play money", "--port", "--state"],
    ("schema",): ["campaign schema verdicts", "JSON Schema", "--write"],
}


@pytest.mark.parametrize("command", HELP)
def test_help_teaches_on_one_screen(command):
    helped = campaign(*command, "--help")
    assert helped.code == 0
    words = " ".join(helped.out.split())
    for phrase in HELP[command]:
        assert " ".join(phrase.split()) in words
    # The switches of `serve` are a reference; everything else is a screen.
    assert len(helped.out.splitlines()) <= (120 if command == ("serve",) else 45)
    assert max(map(len, helped.out.splitlines())) <= 90


def test_every_command_is_taught():
    commands = campaign("--help").out.partition("\nCommands:\n")[2].partition("\n\n")[0]
    assert {line.split()[0] for line in commands.splitlines()} == {
        command[0] for command in HELP if command
    }


def test_the_version_is_told():
    assert campaign("--version").out.startswith("campaign, version ")


@pytest.mark.parametrize("command", ["check", "plan", "run", "status", "report"])
def test_a_name_that_is_almost_right_gets_a_hint(workspace, command):
    workspace.campaign("winter")
    told = campaign(command, "wintre")
    assert told.code == 2
    assert "there is no campaign `wintre`" in told.err
    assert "did you mean `winter`?" in told.err


@pytest.mark.parametrize("command", ["check", "plan", "run", "status", "report"])
def test_in_an_empty_workspace_the_first_step_is_named(workspace, command):
    told = campaign(command, "winter")
    assert told.code == 2
    assert "make it: `campaign init winter`" in told.err
    told = campaign(command, "Winter 2027")
    assert "make it: `campaign init winter-2027`" in told.err


@pytest.mark.parametrize(
    "command",
    [("check", "x"), ("plan", "x"), ("run", "x"), ("status",), ("report", "x"), ("reconcile",)],
)
def test_outside_of_a_workspace_the_first_step_is_named(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    told = campaign(*command)
    assert told.code == 2
    assert "there is no workspace here" in told.err
    assert "`campaign init NAME`" in told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "plan", "run", "report"])
def test_which_campaign_is_never_guessed(workspace, command):
    workspace.campaign()
    assert "name a campaign, or say --all" in campaign(command).err
    assert "give names or --all, not both" in campaign(command, "winter", "--all").err
    assert campaign(command).code == campaign(command, "winter", "--all").code == 2


@pytest.mark.parametrize(
    "command", [("plan", "--nope"), ("nope",), ("run", "winter", "--max-images", "0")]
)
def test_usage_mistakes_are_exit_2(workspace, command):
    assert campaign(*command).code == 2


def test_commands_work_from_any_folder_of_the_workspace(workspace, monkeypatch):
    workspace.campaign()
    monkeypatch.chdir(workspace.folder("winter") / "images")
    planned = campaign("plan", "winter")
    assert planned.code == 0
    assert "2 pictures wanted" in planned.out


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["check", "plan", "status", "run --locked"])
def test_where_nothing_can_be_kept_looking_works_all_the_same(workspace, monkeypatch, verb):
    """As in a checkout that may only be read: what would be remembered is measured again."""
    monkeypatch.setattr(pictures, "_SETTLED_NS", -1)
    workspace.campaign()
    workspace.state().write_text("in the way")
    told = campaign(*verb.split(), "winter")
    assert told.code == (12 if verb.startswith("run") else 0)
    assert ("error[S016]" in told.err) == (told.code == 12)

"""The GitHub Action, step by step in a shell as a runner would run it, with a `gh` of our own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.functional.cli import campaign
from tests.functional.workspace import Workspace
from tests.support.review import Clone, purchase

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

GH = """#!{python}
import json, os, pathlib, sys
kept = pathlib.Path(os.environ["COMMENTS"])
known = json.loads(kept.read_text()) if kept.exists() else {{}}
argv = sys.argv[1:]
method = argv[argv.index("--method") + 1] if "--method" in argv else "GET"
if os.environ.get("MAY") == "nothing" or (os.environ.get("MAY") and method != "GET"):
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
where = next(one for one in argv if one.startswith("repos/"))
if method == "GET":
    tag = "<!-- campaign-diff -->"
    assert tag in argv[argv.index("--jq") + 1]
    print("\\n".join(number for number, body in known.items() if body.startswith(tag)))
else:
    field = argv[argv.index("-F") + 1]
    assert field.startswith("body=@")
    body = pathlib.Path(field.removeprefix("body=@")).read_text()
    assert len(body) < 65536
    number = where.rpartition("/")[2] if method == "PATCH" else str(len(known) + 1)
    known[number] = body
    kept.write_text(json.dumps(known))
"""


class Runner:
    """Runs the action's own steps on a clone."""

    def __init__(self, folder, clone):
        self.folder = folder
        self.clone = clone
        self.comments = folder / "comments.json"
        self.outputs = {}
        tools = folder / "bin"
        tools.mkdir(parents=True)
        (tools / "gh").write_text(GH.format(python=sys.executable))
        (tools / "gh").chmod(0o755)
        self.environment = {
            "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "RUNNER_TEMP": str(folder / "temp"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "GITHUB_REPOSITORY": "shop/campaigns",
            "COMMENTS": str(self.comments),
            "NUMBER": "7",
            "ARTIFACT": "campaign-diff",
            "RUN": "https://example.org/run/1",
            "BASE": "",
            "FAIL_ON": "",
        }

    def step(self, name, **more):
        """Run one step; returns its exit code, and keeps its outputs."""
        output = self.folder / f"output-{name}"
        output.write_text("")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", STEPS[name]["run"]],
            cwd=self.clone.root,
            env={**self.environment, "GITHUB_OUTPUT": str(output), **more},
            capture_output=True,
            text=True,
            check=False,
        )
        self.said = done.stdout + done.stderr
        self.outputs |= dict(line.split("=", 1) for line in output.read_text().splitlines())
        return done.returncode

    def all(self, **more):
        """Check, compare, comment, verdict; only the last may fail."""
        assert self.step("Check", **more) == 0, self.said
        checked = self.outputs["code"]
        assert self.step("Compare", **more) == 0, self.said
        compared = self.outputs["code"]
        assert self.step("Comment", REPORT=self.outputs["report"], **more) == 0, self.said
        warned = self.said
        code = self.step("Verdict", CHECKED=checked, COMPARED=compared)
        self.said = warned
        return code

    def posted(self):
        return list(json.loads(self.comments.read_text()).values())


@pytest.fixture
def runner(tmp_path, monkeypatch):
    """A pull request that makes a bought campaign's pictures useless, checked out as merged."""
    clone = Clone.make(tmp_path / "shop")
    (clone.root / ".gitignore").write_text(".campaign/\n")
    workspace = Workspace.make(clone.root, shared="rules: {max_orphaned_usd: 0.01 USD}")
    monkeypatch.chdir(clone.root)
    workspace.campaign("winter", pictures=(1, 2))
    purchase(workspace, "winter")
    clone.commit()
    clone.branch("topic")
    workspace.edit("winter", "Put {", "Set {")
    clone.commit()
    clone.go("main")
    (clone.root / "README").write_text("main has moved on")
    clone.commit("other")
    clone.git("checkout", "--quiet", "--detach")
    clone.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    made = Runner(tmp_path / "runner", clone)
    made.workspace = workspace
    made.environment |= {
        "GITHUB_SHA": clone.git("rev-parse", "HEAD"),
        "GITHUB_BASE_REF": "main",
    }
    return made


def test_it_posts_first_and_fails_after(runner):
    assert runner.all() == 3
    (comment,) = runner.posted()
    assert comment.startswith("<!-- campaign-diff -->\n")
    assert "buys 2 pictures for $0.08 now" in comment
    assert "2 paid pictures ($0.08) are discarded" in comment
    assert Path(runner.environment["GITHUB_STEP_SUMMARY"]).read_text() == comment
    assert runner.outputs["passed"] == "false"
    amounts = [runner.outputs[name] for name in ("remaining", "change", "orphaned")]
    assert amounts == ["80000"] * 3
    report = {path.name for path in Path(runner.outputs["report"]).iterdir()}
    assert {"diff.txt", "diff.md", "diff.json"} <= report


def test_a_later_push_updates_the_comment(runner):
    runner.comments.write_text(json.dumps({"1": "a person's own words"}))
    runner.all()
    runner.workspace.edit("winter", "Set {", "Put {")
    runner.clone.commit("back again")
    runner.environment["GITHUB_SHA"] = "another"
    runner.clone.git("update-ref", "refs/remotes/origin/main", "main")
    assert runner.all() == 0
    person, comment = runner.posted()
    assert person == "a person's own words"
    assert "buys nothing" in comment
    assert runner.outputs["passed"] == "true"


@pytest.mark.parametrize("may", ["read", "nothing"])
def test_without_the_right_to_comment_the_verdict_is_the_same(runner, may):
    assert runner.all(MAY=may) == 3
    assert "::warning::" in runner.said
    assert not runner.comments.exists()
    assert "discarded" in Path(runner.environment["GITHUB_STEP_SUMMARY"]).read_text()


def test_only_the_rules_that_are_named_fail(runner):
    assert runner.all(FAIL_ON="lost_receipts caps") == 0


def test_problems_are_posted_as_they_are_and_as_nothing_else(runner):
    runner.workspace.edit("winter", "version: 1", "version: 1\n<b>@everybody</b>: 1")
    runner.clone.commit("broken")
    assert runner.all(BASE="HEAD~1..HEAD") == 2
    (comment,) = runner.posted()
    assert comment.startswith("<!-- campaign-diff -->\n")
    assert "&lt;b&gt;@everybody&lt;/b&gt;" in comment
    assert "<b>" not in comment
    assert runner.outputs.get("passed") is None


def test_the_action_is_described_and_keeps_strangers_words_out_of_its_scripts():
    assert ACTION["runs"]["using"] == "composite"
    for name, described in {**ACTION["inputs"], **ACTION["outputs"]}.items():
        assert described["description"], name
    for name, step in STEPS.items():
        if "run" in step:
            assert step["shell"] == "bash", name
            assert "${{" not in step["run"], f"{name}: give it to the script as a variable"
    order = list(STEPS)
    assert order.index("Comment") < order.index("Verdict") == len(order) - 1
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"])


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_run_and_refuse(hook, runner):
    program, *argv = hook["entry"].split()
    assert program == "campaign"
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "campaigns/winter/campaign.yaml")
    assert campaign(*argv).code == 0
    for file in (*runner.workspace.lock("winter").iterdir(), *runner.clone.root.rglob("*.jpg")):
        file.unlink()
    assert campaign(*argv).code == {"campaign-check": 2, "campaign-receipts": 2}[hook["id"]]


def test_the_hook_for_receipts_refuses_what_the_other_does_not_see(runner):
    entry = next(hook["entry"] for hook in HOOKS if hook["id"] == "campaign-receipts")
    for file in runner.workspace.lock("winter").iterdir():
        file.unlink()
    assert campaign("check", "--all").code == 0
    assert campaign(*entry.split()[1:]).code == 3

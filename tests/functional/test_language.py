"""The manifest language as its users meet it: parents, the matrix, pins, and where values stand."""

import json

import pytest

from pipeline.adapters.clock import SystemClock
from pipeline.commands.books import Books
from pipeline.commands.loading import load as load_campaign
from pipeline.commands.loading import open_workspace
from pipeline.commands.session import Session
from pipeline.planning.expand import expand
from tests.functional.cli import campaign
from tests.functional.workspace import SEQUENTIAL, Workspace, receipts
from tests.support.review import Clone, purchase
from tests.unit.manifest.samples import CARDS, load
from tests.unit.manifest.samples import SEQUENTIAL as CARD

BASE = f"""\
version: 1
model: {SEQUENTIAL}
images: {{anna: {{files: ["images/*.jpg"], subject: the woman}}}}
prompt: "Put {{set.subject}} in {{variant.place}}. Keep her face unchanged."
variants:
  snow: {{place: a street}}
  studio: {{place: a studio}}
master: 2560x1440
sizes: {{small: {{size: 320x180, upscale: true}}}}
budget: {{cap: 10.00 USD}}
"""
EACH = 40_000


@pytest.fixture
def house(workspace):
    """Two campaigns with two pictures each, and what they share."""
    base_of(workspace).write_text(BASE, "utf-8")
    for name in ("autumn", "winter"):
        workspace.pictures(name, (1, 2))
        write(workspace, name, f"campaign: {name}\nextends: ../_base.yaml\n")
    return workspace


def write(workspace, name, text):
    (workspace.folder(name) / "campaign.yaml").write_text(text, "utf-8")


def base_of(workspace):
    return workspace.root / "campaigns" / "_base.yaml"


def addresses(name):
    return [cell["address"] for cell in campaign("plan", name, "--json").document["cells"]]


@pytest.mark.slow
class TestExtends:
    def test_campaigns_are_planned_with_what_they_extend(self, house):
        assert addresses("winter") == addresses("autumn")
        assert len(addresses("winter")) == 4
        write(house, "winter", "campaign: winter\nextends: ../_base.yaml\nvariants: {snow: ~}\n")
        assert addresses("winter") == ["anna/p001/studio/master/t1", "anna/p002/studio/master/t1"]

    def test_what_is_wrong_in_a_parent_is_said_once(self, house):
        text = BASE.replace("cap:", "capp:").replace("320x180", "9x")
        base_of(house).write_text(text, "utf-8")
        checked = campaign("check", "--all")
        assert checked.code == 2
        assert checked.err.count("unknown key `capp`") == 1
        assert checked.err.count("campaigns/_base.yaml:9:23") == 1
        assert "2 problems" in checked.err
        problems = campaign("check", "--all", "--json").document["problems"]
        assert [one["at"]["file"] for one in problems] == ["campaigns/_base.yaml"] * 2

    def test_what_is_wrong_with_one_campaign_alone_names_it(self, house):
        for picture in house.folder("autumn").glob("images/*"):
            picture.unlink()
        checked = campaign("check", "--all")
        assert "matches nothing" in checked.err
        assert "(in campaign `autumn`)" in checked.err
        assert "(in campaign `winter`)" not in checked.err

    def test_a_link_may_lead_to_a_parent_but_not_out_of_the_campaigns(self, house, tmp_path):
        base = base_of(house)
        (house.folder("winter") / "_here.yaml").symlink_to(base)
        write(house, "winter", "campaign: winter\nextends: _here.yaml\n")
        assert campaign("check", "winter").code == 0
        outside = tmp_path / "outside.yaml"
        outside.write_text(BASE, "utf-8")
        base.unlink()
        base.symlink_to(outside)
        checked = campaign("check", "winter")
        assert checked.code == 2
        assert "M141" in checked.err

    def test_init_from_another_campaign_keeps_its_parent(self, house):
        assert campaign("init", "spring", "--from", "winter").code == 0
        assert len(addresses("spring")) == 4


@pytest.mark.slow
def test_review_sees_what_a_changed_parent_costs_in_every_campaign(tmp_path, monkeypatch):
    clone = Clone.make(tmp_path / "shop")
    workspace = Workspace.make(clone.root, shared="")
    monkeypatch.chdir(clone.root)
    base = base_of(workspace)
    base.write_text(BASE, "utf-8")
    (base.parent / "_link.yaml").symlink_to("_base.yaml")
    for name, parent in (("autumn", "_base.yaml"), ("winter", "_link.yaml")):
        workspace.pictures(name, (1, 2))
        write(workspace, name, f"campaign: {name}\nextends: ../{parent}\n")
    (clone.root / ".gitignore").write_text(".campaign/\noutputs/\n")
    purchase(workspace, "autumn")
    clone.commit()
    base.write_text(BASE.replace("a street", "a snowy street"), "utf-8")
    clone.commit()
    found = campaign("diff", "HEAD~1..HEAD", "--format", "json").document
    # Both campaigns want the same four pictures, which are bought once: two of them change.
    assert found["totals"]["after"]["remaining"] == 2 * EACH
    assert found["totals"]["orphaned"] == 2 * EACH
    base.write_text(BASE.replace("10.00 USD", "20.00 USD"), "utf-8")
    found = campaign("diff", "HEAD", "--format", "json").document
    caps = {(one["campaign"], one["what"]) for one in found["settings"]}
    assert caps == {("autumn", "cap"), ("winter", "cap")}


class TestOrigin:
    @pytest.mark.slow
    def test_every_value_has_its_file_and_line(self, house):
        house.share("max_jobs: 50\nbudget: {month: 100.00 USD}")
        write(
            house,
            "winter",
            "campaign: winter\nextends: ../_base.yaml\ntags: [a, b]\nbudget: {cap: 12.00 USD}\n",
        )
        shown = campaign("plan", "winter", "--show-origin")
        assert shown.code == 0
        rows = {line.split()[0]: line for line in shown.out.splitlines() if line.startswith("  ")}
        assert rows["tags"].endswith("[a, b]" + rows["tags"].partition("[a, b]")[2])
        assert rows["tags"].endswith("campaigns/winter/campaign.yaml:3")
        assert rows["model"].endswith("campaigns/_base.yaml:2")
        assert rows["takes"].split() == ["takes", "1", "default"]
        assert rows["max_jobs"].split() == ["max_jobs", "50", "campaigns/workspace.yaml:2"]
        assert rows["budget.cap"].split()[1:] == ["10.00", "USD", "campaigns/_base.yaml:10"]
        assert "M143" in shown.err
        document = campaign("plan", "winter", "--show-origin", "--json").document
        winter, shared = document["files"]
        assert (winter["name"], shared["name"]) == ("winter", "workspace")
        by_path = {one["path"]: one for one in winter["values"]}
        assert by_path["prompt"]["value"] == (
            "Put {set.subject} in {variant.place}. Keep her face unchanged."
        )
        assert by_path["prompt"] | {"value": ""} == {
            "path": "prompt",
            "value": "",
            "written": "parent",
            "file": "campaigns/_base.yaml",
            "line": 4,
            "column": 9,
        }
        assert by_path["matrix.axes.take"] == {
            "path": "matrix.axes.take", "value": "all", "written": "default",
        }  # fmt: skip
        assert by_path["max_jobs"]["written"] == "workspace"
        assert json.dumps(document)

    @pytest.mark.slow
    def test_a_manifest_with_errors_has_none(self, house):
        write(house, "winter", "campaign: winter\nextends: ../_bass.yaml\n")
        assert campaign("plan", "winter", "--show-origin").code == 2
        assert campaign("plan", "autumn", "--show-origin", "--draft").code == 2


FRUIT = """\
version: 1
campaign: spring
model: bytedance/seedream-v4.5
prompt: A {variant.kind} in {variant.color} light, cut to a {variant.shape}.
variants:
  apple: {kind: apple, color: white, shape: square}
  pear: {kind: pear, color: white, shape: square}
  banana: {kind: banana, color: white, shape: square}
takes: 2
matrix:
  axes: {variant: [apple, pear]}
"""


def cells_of(text, **others):
    """Cells of a manifest, and the codes of all problems up to them."""
    loaded = load(text, **others)
    if loaded.campaign is None:
        return [], loaded.codes
    found = expand(loaded.campaign, CARDS[loaded.campaign.model], realm="real", engine=None)
    codes = [*loaded.codes, *(problem.code for problem in found.problems)]
    return list(found.cells), codes


def prompts(text):
    cells, codes = cells_of(text)
    assert codes == []
    return {str(cell.address).replace("/master", ""): cell.recipe.prompt for cell in cells}


class TestWorkedExamples:
    """Those of GitHub's documentation of `strategy.matrix`, as this language says them.

    A fruit is a variant here and an animal a take; `include` is split in two: `extend` gives values
    and never creates, `add` creates and gives nothing.
    """

    def test_a_matrix_is_the_product_of_its_axes(self):
        assert list(prompts(FRUIT)) == ["apple/t1", "apple/t2", "pear/t1", "pear/t2"]

    def test_values_for_all_for_some_and_for_one(self):
        text = f"""{FRUIT}\
  extend:
    - {{where: {{}}, with: {{color: green}}}}
    - {{where: {{take: 1}}, with: {{color: pink}}}}
    - {{where: {{variant: apple}}, with: {{shape: circle}}}}
"""
        assert prompts(text) == {
            "apple/t1": "A apple in pink light, cut to a circle.",
            "apple/t2": "A apple in green light, cut to a circle.",
            "pear/t1": "A pear in pink light, cut to a square.",
            "pear/t2": "A pear in green light, cut to a square.",
        }

    def test_what_is_not_in_the_matrix_is_never_created_by_values(self):
        rule = "  extend: [{where: {variant: banana}, with: {color: green}}]\n"
        cells, codes = cells_of(FRUIT + rule)
        assert (len(cells), codes) == (4, ["P001"])
        cells, codes = cells_of(FRUIT + rule.replace("banana", "cherry"))
        assert (cells, codes) == ([], ["M090"])

    def test_it_is_created_by_saying_so(self):
        rule = "  add: [{variant: banana, take: 1}, {variant: banana, take: 2}]\n"
        found = prompts(FRUIT + rule)
        assert list(found)[4:] == ["banana/t1", "banana/t2"]
        assert found["banana/t2"] == "A banana in white light, cut to a square."

    def test_adding_one_version_to_one_system(self):
        """`os: [macos, windows, ubuntu]`, `version: [12, 14, 16]`, one more: ten jobs."""
        rule = "  add: [{set: windows, picture: side, variant: v17, size: master, take: 1}]\n"
        cells, codes = cells_of(_systems("v12, v14, v16") + rule, files=_FILES)
        assert (len(cells), codes) == (10, [])

    def test_excluding_one_and_a_row(self):
        """`environment` is a take here: 2 x 3 x 2 jobs, less one, less two."""
        text = _systems("v12, v14, v16", systems="[macos, windows]", takes=2)
        rules = "  exclude: [{set: macos, variant: v12, take: 2}, {set: windows, variant: v16}]\n"
        cells, codes = cells_of(text + rules, files=_FILES)
        assert (len(cells), codes) == (12 - 1 - 2, [])

    def test_what_is_excluded_stays_excluded(self):
        """There an `include` brings back what was excluded; here that is a contradiction."""
        rules = "  exclude: [{variant: pear}]\n  add: [{variant: pear, take: 1}]\n"
        cells, codes = cells_of(FRUIT + rules)
        assert (len(cells), codes) == (2, ["P006"])

    def test_adding_what_is_there_already_is_dead(self):
        cells, codes = cells_of(FRUIT + "  add: [{variant: pear, take: 1}]\n")
        assert (len(cells), codes) == (4, ["P001"])

    def test_nothing_is_cut_to_fit(self):
        cells, codes = cells_of(FRUIT.replace("matrix:", "max_jobs: 3\nmatrix:"))
        assert (cells, codes) == ([], ["P005"])


_FILES = tuple(f"images/{name}/side.jpg" for name in ("macos", "windows", "ubuntu"))


def _systems(versions, *, systems="all", takes=1):
    variants = "\n".join(f"  {name}: {{surface: {name}}}" for name in ("v12", "v14", "v16", "v17"))
    sets = "\n".join(f"  {name}: images/{name}/*.jpg" for name in ("macos", "windows", "ubuntu"))
    return f"""\
version: 1
campaign: spring
model: {CARD.model}
prompt: Put {{set.subject}} on {{variant.surface}}.
images:
{sets}
variants:
{variants}
takes: {takes}
matrix:
  axes: {{set: {systems}, variant: [{versions}]}}
"""


@pytest.mark.slow
class TestMostCells:
    def test_the_workspace_may_be_tighter(self, workspace):
        workspace.campaign(pictures=(1, 2), variants=("snow", "studio"), more=("max_jobs: 4",))
        assert campaign("check", "winter").code == 0
        workspace.share("max_jobs: 3")
        checked = campaign("check", "winter")
        assert checked.code == 2
        assert "P005" in checked.err
        assert campaign("run", "winter", "--draft", "--yes").code == 2
        assert campaign("plan", "winter").code == 2


@pytest.mark.slow
class TestPins:
    def pinned(self, workspace, address="anna/p001/snow/master/t1"):
        """A bought campaign whose prompt changed, and the pin that keeps one picture."""
        workspace.campaign(pictures=(1, 2))
        assert purchase(workspace, "winter") == 2
        (cell, _) = campaign("plan", "winter", "--json").document["cells"]
        workspace.edit("winter", "Put {set.subject}", "Set {set.subject}")
        picture = _picture(workspace, cell["key"])
        pin = f"pins: {{{address}: {{key: {cell['key']}, picture: {picture}}}}}\n"
        file = workspace.folder("winter") / "campaign.yaml"
        file.write_text(file.read_text("utf-8") + pin, "utf-8")
        return cell["key"], picture

    def test_a_pinned_picture_stays_in_plan_status_and_sheet(self, workspace):
        key, picture = self.pinned(workspace)
        document = campaign("plan", "winter", "--json").document
        first, second = document["cells"]
        # Nothing but the receipt is here: its bytes are fetched, and that is free.
        assert (first["action"], first["key"]) == ("recover", key)
        assert (second["action"], second["reason"]) == ("buy", "prompt_changed")
        assert document["totals"]["cost"] == EACH
        (status,) = campaign("status", "winter", "--json").document["campaigns"]
        assert (status["pictures"], status["wanted"], status["cost"]) == (1, 2, EACH)
        assert campaign("report", "winter").code == 0
        sheet = json.loads((workspace.outputs("winter") / "sheet.json").read_text("utf-8"))
        shown = next(cell for cell in sheet["cells"] if cell["key"] == key)
        assert shown["sha256"] == picture
        # It is shown with the words that it was made by, and not with those of today.
        assert sheet["prompts"][shown["prompt"]]["text"].startswith("Put the woman")

    def test_of_two_deliveries_of_one_key_the_pinned_one_is_shown(self, workspace):
        key, picture = self.pinned(workspace)
        (first,) = workspace.lock("winter").glob("*.jsonl")
        text = first.read_text("utf-8")
        later = text.replace("2026-11-20T12:00:00Z", "2026-11-21T12:00:00Z")
        later = later.replace(picture, "5" * 64)
        (first.parent / "20261121-r-2.jsonl").write_text(later, "utf-8")
        workspace.edit("winter", f"picture: {picture}", f"picture: {'5' * 64}")
        assert campaign("report", "winter").code == 0
        sheet = json.loads((workspace.outputs("winter") / "sheet.json").read_text("utf-8"))
        shown = next(cell for cell in sheet["cells"] if cell["key"] == key)
        assert (shown["sha256"], shown["day"], shown["others"]) == ("5" * 64, "2026-11-21", 1)

    def test_no_receipt_says_that_a_pinned_picture_was_made_by_todays_words(self, workspace):
        self.pinned(workspace)
        text = (workspace.folder("winter") / "campaign.yaml").read_text("utf-8")
        workspace.pictures("autumn", (1, 2))
        write(workspace, "autumn", text.replace("campaign: winter", "campaign: autumn"))
        places, shared = open_workspace(workspace.root)
        subject = load_campaign(places, shared, "autumn").subject
        assert subject is not None
        books = Books(places, "real")
        session = Session(subject, books, engine=None, clock=SystemClock())
        plan = session.plan()
        overdue = session.overdue(plan)
        books.close()
        assert plan.decisions[0].output is not None
        assert overdue == []

    def test_a_dead_pin_stops_before_anything_is_sent(self, workspace):
        self.pinned(workspace, address="anna/p003/snow/master/t1")
        for command in ("check", "plan"):
            ran = campaign(command, "winter")
            assert ran.code == 2
            assert "P007" in ran.err


def _picture(workspace, key):
    """Digest of the picture that was delivered for a cell."""
    for gen in receipts(workspace.lock("winter"), "gen"):
        keys = [cell["key"] for cell in gen["cells"]]
        if key in keys:
            return str(gen["outputs"][keys.index(key)]["sha256"])
    raise AssertionError(key)

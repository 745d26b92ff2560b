"""Flags are for people: remembered, judged anew by other settings, and never a purchase."""

import io
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline import vision
from pipeline.commands.checking import kept_flags
from pipeline.commands.held import held_campaign
from pipeline.domain.flags import CHECKS
from pipeline.emulator.faults import Faults
from pipeline.emulator.interface import Edited
from tests.functional.cli import campaign
from tests.functional.content import CELLS, Relighting, stocked
from tests.functional.provider import Provider
from tests.functional.workspace import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """A workspace whose pictures came in another order, each looked at once by everything."""
    root = tmp_path_factory.mktemp("checked")
    shop = stocked(Workspace.make(root / "shop"))
    provider = Provider(
        root / "provider", engine=Relighting(order=(1, 0, 2)), faults=Faults(nsfw={1: {3}})
    )
    with pytest.MonkeyPatch.context() as patch, provider:
        patch.chdir(shop.root)
        for name, value in provider.environment.items():
            patch.setenv(name, value)
        ran = campaign("run", "winter", "--yes")
        assert ran.code == 0, ran.err
        first = kept()
        told = campaign("status", "winter", "--flags")
    return shop.root, dict(provider.environment), ran, first, told


@pytest.fixture
def shop(checked, tmp_path, monkeypatch):
    """A copy of it; the pictures in its store are gone bad, so nobody can measure them again."""
    root, environment, *_ = checked
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    for folder, _, names in os.walk(copy / ".campaign"):
        for name in names:
            if Path(folder).parent.name == "sha256":
                file = Path(folder) / name
                file.chmod(0o644)
                file.write_bytes(b"no picture")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(copy)
    return Workspace(copy)


def kept():
    """What is remembered, by address."""
    with held_campaign("winter", draft=False, start=Path.cwd()) as held:
        session = held.session
        plan = session.plan()
        found = kept_flags(session.subject, plan, session.books)
        names = {cell.key: str(cell.address) for cell in plan.cells}
    return {names[key]: docket.report() for key, docket in found.items()}


def by_address(*words):
    told = campaign("status", "winter", "--flags", "--json", *words)
    assert told.code == 0, told.err
    (one,) = told.document["campaigns"]
    return {picture["address"]: picture for picture in one["pictures"]}


def test_a_run_looks_at_what_it_brought_without_networks(checked):
    _, _, ran, first, _ = checked
    # They were enlarged from 640 px, and the provider flags one.
    found = "3 of 3 new pictures want a look (3 false-resolution, 1 provider-flagged)"
    assert f"  flags     {found}: `campaign status winter --flags`" in ran.err
    assert ran.err.index("  flags ") < ran.err.index("  sheet ")
    for report in first.values():
        assert {"blank", "blur", "wrong-size", "nothing-changed"} <= {*report.passed}
        waiting = {gap.check: gap.why for gap in report.not_run}
        for name in ("face-drift", "set-colour", "wrong-position"):
            assert waiting[name].startswith("not looked at yet")


def test_what_is_remembered_is_what_was_measured(shop, checked):
    assert checked[-1].out == campaign("status", "winter", "--flags").out
    found, known = by_address(), kept()
    assert {name: set(one["passed"]) for name, one in found.items()} == {
        name: set(report.passed) for name, report in known.items()
    }
    assert "wrong-position" in [flag.check for flag in known[CELLS[0]].flags]


def test_an_order_that_looks_wrong_is_flagged_and_not_changed(shop, checked):
    details = {
        address: [flag["detail"] for flag in one["flags"] if flag["check"] == "wrong-position"]
        for address, one in by_address().items()
    }
    first, second, third = CELLS
    assert details == {first: [f"looks like {second}"], second: [f"looks like {first}"], third: []}
    document = campaign("plan", "winter", "--json").document
    assert [cell["action"] for cell in document["cells"]] == ["cached"] * 3


def test_other_settings_judge_the_same_numbers_anew(shop):
    assert any(flag["check"] == "wrong-position" for flag in by_address()[CELLS[0]]["flags"])
    file = shop.folder("winter") / "campaign.yaml"
    switches = "checks: {wrong-position: off, blank: {warn: 250}, provider-flagged: fail}\n"
    file.write_text(file.read_text("utf-8") + switches, "utf-8")
    found = by_address()
    for one in found.values():
        assert [gap["why"] for gap in one["not_run"] if gap["check"] == "wrong-position"] == [
            "switched off"
        ]
        assert "blank" in [flag["check"] for flag in one["flags"]]
    (flag,) = [one for one in found[CELLS[2]]["flags"] if one["check"] == "provider-flagged"]
    assert flag["severity"] == "fail"
    told = campaign("status", "winter", "--flags").out.splitlines()
    severities = [line.split()[0] for line in told[1:] if line.split()[0] in {"fail", "warn"}]
    assert severities == sorted(severities)  # the worst first
    assert any(line.startswith("  fail  C020  anna/p003") for line in told)
    # Settings are no part of what was bought.
    document = campaign("plan", "winter", "--json").document
    assert [cell["action"] for cell in document["cells"]] == ["cached"] * 3


def outputs():
    """Where the realm of the provider has its outputs."""
    (sheet,) = Path("outputs/winter").rglob("sheet.json")
    return sheet.parent


def on_the_sheet():
    """Names of the flags of each picture, as the contact sheet's data has them."""
    sheet = json.loads((outputs() / "sheet.json").read_text("utf-8"))
    return {
        cell["address"]: [flag["name"] for flag in cell.get("flags", ())] for cell in sheet["cells"]
    }


def test_what_was_found_reaches_the_sheet_and_touches_nothing_else(shop):
    """The run's own sheet knew nothing that networks see; `status --flags` wrote it anew."""

    def others():
        folders = [shop.root / name for name in ("outputs", "campaigns", ".campaign")]
        files = [one for folder in folders for one in sorted(folder.rglob("*")) if one.is_file()]
        return {
            one: one.read_bytes()
            for one in files
            if one.name not in {"index.html", "sheet.json", "latest.svg", "view.json"}
            and not one.name.startswith(("checks.sqlite3", "cache.sqlite3"))
        }

    assert "wrong-position" in on_the_sheet()[CELLS[0]]
    file = shop.folder("winter") / "campaign.yaml"
    file.write_text(file.read_text("utf-8") + "checks: {wrong-position: off}\n", "utf-8")
    before = others()
    told = campaign("status", "winter", "--flags")
    assert f"sheet     {outputs()}/index.html shows it now" in told.err
    assert "wrong-position" not in on_the_sheet()[CELLS[0]]
    assert others() == before
    page = outputs() / "index.html"
    written = page.stat().st_mtime_ns
    assert "sheet  " not in campaign("status", "winter", "--flags").err
    assert page.stat().st_mtime_ns == written


def test_where_no_sheet_lies_none_is_made(shop):
    shutil.rmtree("outputs/winter")
    told = campaign("status", "winter", "--flags")
    assert "`campaign report winter` makes what it can" in told.err
    assert not Path("outputs/winter").exists()


def test_a_misspelt_check_is_a_problem_with_a_hint(shop):
    file = shop.folder("winter") / "campaign.yaml"
    file.write_text(file.read_text("utf-8") + "checks: {blurr: off}\n", "utf-8")
    told = campaign("status", "winter", "--flags")
    assert told.code == 2
    assert "error[M021]: unknown key `blurr` in `checks`" in told.err
    assert "did you mean `blur`?" in told.err


def test_without_the_extra_its_checks_are_listed_as_not_run(shop, monkeypatch):
    monkeypatch.setattr(vision, "is_available", lambda: False)
    told = campaign("status", "winter", "--flags").out
    line = next(one for one in told.splitlines() if one.endswith("`checks` is not installed"))
    for name, check in CHECKS.items():
        assert (name in line) == (check.needs == "checks")
    for one in by_address().values():
        assert not {name for name in one["passed"] if CHECKS[name].needs}


def test_absent_pictures_are_not_run_and_never_passed(shop):
    for folder, _, names in os.walk(shop.root / ".campaign"):
        for name in names:
            if Path(folder).parent.name == "sha256":
                (Path(folder) / name).unlink()
    assert kept() == {}
    for one in by_address().values():
        assert (one["flags"], one["passed"]) == ([], [])
        assert {gap["why"] for gap in one["not_run"]} == {"its bytes are not on this machine"}


def test_nothing_is_known_without_facts_and_nothing_is_opened(shop):
    for file in (shop.root / ".campaign").rglob("checks.sqlite3*"):
        file.unlink()
    assert kept() == {}


def test_damaged_bytes_are_a_flag(shop):
    for file in (shop.root / ".campaign").rglob("checks.sqlite3*"):
        file.unlink()
    for one in by_address().values():  # the store's bytes are no pictures
        assert [flag["check"] for flag in one["flags"]] == ["undecodable"]
        assert one["passed"] == []


class Odd:
    """Delivers what no check was made for: CMYK, an animation, sixteen bits, a sliver."""

    version = "odd-1"

    def edit(self, request, pictures):
        size = (request.width, request.height)
        plain = Image.fromarray(np.random.default_rng(3).integers(0, 256, (36, 64, 3), np.uint8))
        made = []
        for kind in range(request.wanted):
            buffer = io.BytesIO()
            if kind == 0:
                plain.resize(size).convert("CMYK").save(buffer, "JPEG")
            elif kind == 1:
                frames = [plain.rotate(9), plain.rotate(20)]
                plain.save(buffer, "WEBP", save_all=True, append_images=frames, duration=50)
            else:
                grey = np.asarray(plain)[..., 0].astype(np.uint16) * 257
                Image.fromarray(grey).save(buffer, "PNG")
            made.append(buffer.getvalue())
        return Edited(tuple(made))


def test_whatever_is_delivered_a_run_ends_with_all_masters_and_a_word_about_them(workspace, serve):
    provider = serve(engine=Odd())
    workspace.campaign(pictures=(1, 2, 3))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 0, ran.err
    assert "  flags     3 of 3 new pictures want a look (" in ran.err
    assert "3 unusual-file" in ran.err
    assert (
        len([one for one in workspace.delivered("winter", provider.realm) if "masters" in one]) == 3
    )

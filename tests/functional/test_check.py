"""`campaign check` as its users meet it: advice beside problems, switches, and what codes mean."""

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from pipeline.manifest.codes import MEANINGS
from tests.functional.cli import campaign
from tests.support.campaigns import picture_bytes

QUIET = "lint: {L013: off, L014: off}"


@pytest.fixture
def shop(workspace):
    """A campaign that nothing is to be said about."""
    workspace.campaign("winter", more=[QUIET])
    return workspace


def remembered(shop):
    """Looks in the cache."""
    with closing(sqlite3.connect(shop.state() / "cache.sqlite3")) as db:
        is_there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'looks'").fetchone()
        return db.execute("SELECT * FROM looks").fetchall() if is_there else []


def codes(ran):
    return [problem["code"] for problem in ran.document["problems"]]


def test_advice_is_no_problem(workspace):
    workspace.campaign("winter")
    checked = campaign("check", "winter")
    assert checked.code == 0
    assert "advice[L013]: the prompt does not say what stays as it is\n" in checked.err
    assert ' --> campaigns/winter/campaign.yaml:7:9\n7 | prompt: "Put {set' in checked.err
    assert checked.err.endswith(
        "Nothing stands in the way of winter (2 pictures); 2 pieces of advice.\n"
        "More about a code: `campaign check --explain L014`\n"
    )
    first = campaign("check", "winter", "--json").document["problems"][0]
    assert (first["severity"], first["code"]) == ("advice", "L014")


def test_a_campaign_is_switched_by_itself_and_by_its_workspace(shop):
    assert codes(campaign("check", "winter", "--json")) == []
    shop.edit("winter", QUIET, "lint: {L014: off}")
    shop.share("lint: {L013: error, L014: error}")
    checked = campaign("check", "winter")
    assert checked.code == 2
    assert "error[L013]" in checked.err
    assert "L014" not in checked.err
    assert "1 problem. Nothing was sent.\n" in checked.err


@pytest.mark.parametrize(
    ("switch", "code", "said"),
    [
        ("{L031: off}", "M021", "did you mean `L0"),
        ("{L013: quiet}", "M024", "`off`, `advice`, `warning` and `error`"),
        ("{L013: false}", "M023", ""),
        ("off", "M023", ""),
    ],
)
def test_a_switch_that_is_none_is_a_problem(shop, switch, code, said):
    shop.edit("winter", QUIET, f"lint: {switch}")
    checked = campaign("check", "winter")
    assert checked.code == 2
    assert f"error[{code}]" in checked.err
    assert said in checked.err
    shop.edit("winter", f"lint: {switch}", QUIET)
    shop.share(f"lint: {switch}")
    assert f"error[{code}]" in campaign("check", "winter").err


def test_pictures_are_looked_at_for_a_check_alone(shop):
    folder = shop.folder("winter") / "images"
    photograph = Image.effect_noise((900, 700), 90).convert("RGB")
    photograph.save(folder / "p001.jpg")
    photograph.filter(ImageFilter.GaussianBlur(8)).save(folder / "p002.jpg")
    shop.edit("winter", "subject: the woman", "subject: the woman, reference: images/p002.jpg")
    for command in (("plan", "winter"), ("run", "winter", "--yes")):
        assert "L001" not in campaign(*command).err
    assert not remembered(shop)
    checked = campaign("check", "winter")
    assert "advice[L001]: picture `p001` is " in checked.err
    assert "reference: images/p002.jpg" in checked.err
    assert len(remembered(shop)) == 2


def test_damage_behind_the_header_is_found_before_it_is_paid_for(shop):
    path = shop.folder("winter") / "images" / "p002.jpg"
    photograph = Image.effect_noise((900, 700), 90).convert("RGB")
    photograph.save(path)
    path.write_bytes(path.read_bytes()[:60_000])
    checked = campaign("check", "winter")
    assert (checked.code, "warning[L016]" in checked.err) == (0, True)
    shop.edit("winter", QUIET, "lint: {L013: off, L014: off, L016: error}")
    assert campaign("check", "winter").code == 2


def test_a_plan_warns_of_what_it_would_buy_in_vain(shop):
    shop.edit("winter", "  snow: {place: a place called snow}", "  snow: {place: a street}")
    shop.edit(
        "winter", "snow: {place: a street}", "snow: {place: a street}\n  b: {place: A street}"
    )
    planned = campaign("plan", "winter")
    assert planned.code == 0
    assert "warning[L012]" in planned.err
    assert "2 pictures are bought a second time for $0.08" in planned.err
    assert "L012" not in campaign("plan", "winter", "--draft").err
    shop.edit("winter", QUIET, "lint: {L012: error}")
    assert campaign("plan", "winter").code == 0
    assert campaign("check", "winter").code == 2
    shop.edit("winter", "lint: {L012: error}", "lint: {L012: off}")
    assert "L012" not in campaign("plan", "winter").err


def test_problems_of_the_matrix_show_their_line(shop):
    shop.edit("winter", QUIET, "matrix: {exclude: [{set: anna, take: 7}]}")
    checked = campaign("check", "winter")
    assert checked.code == 2
    assert "error[P001]" in checked.err
    assert " | matrix: {exclude: [{set: anna, take: 7}]}" in checked.err


def test_there_is_nothing_to_say_of_the_examples(tmp_path, monkeypatch):
    examples = Path(__file__).parents[2] / "campaigns"
    shutil.copytree(examples, tmp_path / "campaigns", ignore=shutil.ignore_patterns("lock"))
    monkeypatch.chdir(tmp_path)
    checked = campaign("check", "--all")
    assert (checked.code, checked.err[:13]) == (0, "No problems: "), checked.err


def test_there_is_nothing_to_say_of_a_new_campaign(workspace):
    assert campaign("init", "spring").code == 0
    photograph = Image.effect_noise((900, 700), 90).convert("RGB")
    for name in ("front.jpg", "side.jpg"):
        photograph = photograph.transpose(Image.Transpose.ROTATE_180)
        photograph.save(workspace.folder("spring") / "images" / name)
    checked = campaign("check", "spring")
    assert checked.err == "No problems: spring (4 pictures).\n"


# What codes mean


@pytest.mark.parametrize(
    "code", ["M041", "m041", " M041", "[M041]", "L001", "R002", "S010", "P023"]
)
def test_a_code_is_explained(code):
    told = campaign("check", "--explain", code)
    bare = code.strip(" []").upper()
    assert told.code == 0
    assert told.out.startswith(f"{bare}: ")
    assert all(part in told.out for part in ("\nwhy: ", "\nexample:\n", f"[{bare}]: ", "\nfix: "))
    document = campaign("check", "--explain", code, "--json").document
    assert (document["explain"], document["code"]) == (1, bare)
    assert set(document) == {"explain", "code", "title", "means", "why", "example", "fix"}


def test_all_codes_have_a_line():
    told = campaign("check", "--explain", "all").out
    assert all(f"  {code}  {meaning}\n" in told for code, meaning in MEANINGS.items())
    listed = campaign("check", "--explain", "ALL", "--json").document["codes"]
    assert [one["code"] for one in listed] == sorted(one["code"] for one in listed)
    assert {"code": "M041", "title": MEANINGS["M041"]} in listed


@pytest.mark.parametrize(
    ("wanted", "near"),
    [("M042x", "M042"), ("M044", "M042"), ("X041", "M041"), ("sequential", "L011")],
)
def test_an_unknown_code_is_met_with_the_nearest(wanted, near):
    told = campaign("check", "--explain", wanted)
    if wanted == "M044":
        near = "M045"
    assert (told.code, told.out) == (2, "")
    assert "error[M106]" in told.err
    assert f"did you mean `{near}`?" in told.err


def test_without_anything_near_the_list_is_named():
    told = campaign("check", "--explain", "?")
    assert "did you mean" not in told.err
    assert "campaign check --explain all" in told.err


def test_a_code_and_a_campaign_are_two_questions(shop):
    assert campaign("check", "winter", "--explain", "M041").code == 2
    assert campaign("check", "--all", "--explain", "M041").code == 2


# Its cost


@pytest.mark.slow
def test_fifty_photographs_take_a_second_or_two_once_and_then_hardly_any(shop):
    """Photographs of two megapixels, in seconds of all processors together, of a busy machine."""
    folder = shop.folder("winter") / "images"
    noise = Image.effect_noise((425, 300), 60).resize((1700, 1200)).convert("RGB")
    noise.save(folder / "photograph.jpg", quality=85)
    content = (folder / "photograph.jpg").read_bytes()
    for number in range(49):  # bytes behind the end of a JPEG make it another file
        (folder / f"q{number:03}.jpg").write_bytes(content + bytes([number]))
    begun = time.process_time()
    first = campaign("check", "winter", "--json")
    looked = time.process_time()
    again = campaign("check", "winter", "--json")
    done = time.process_time()
    assert json.dumps(first.document) == json.dumps(again.document)
    assert len(remembered(shop)) == 52
    assert looked - begun < 5
    assert done - looked < (looked - begun) / 2


def test_the_pictures_of_these_tests_are_previews():
    assert len(picture_bytes(1)) < 2000

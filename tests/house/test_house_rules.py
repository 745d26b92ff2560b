"""Rules of the house that no linter knows."""

import re
from collections import Counter
from pathlib import Path

from pipeline.manifest.codes import MEANINGS

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "pipeline").rglob("*.py"))
_CODE = re.compile(r'code="([MPRS]\d{3})"')
# Said from two places because it is one thing: there is no campaign of that name.
_SHARED = {"M101": 2}


def codes_outside_the_manifest_room() -> Counter[str]:
    return Counter(code for path in SOURCES for code in _CODE.findall(path.read_text("utf-8")))


def test_a_problem_code_means_one_thing():
    found = codes_outside_the_manifest_room()
    assert len(found) > 25
    assert {code: n for code, n in found.items() if n > 1} == _SHARED
    assert not set(found) & set(MEANINGS)


def test_problems_that_involve_a_provider_say_what_happened_to_the_money():
    for path in SOURCES:
        for call in re.findall(r"Problem\((.*?)\n    \)", path.read_text("utf-8"), re.DOTALL):
            if 'code="R' in call:
                assert "money=" in call, f"{path.name}: {call[:60]}"


def test_every_code_begins_with_the_letter_of_its_kind():
    letters = {code[0] for code in codes_outside_the_manifest_room()}
    assert letters == {"M", "P", "R", "S"}


def test_no_float_ever_holds_money():
    for path in SOURCES:
        if "engine" in path.parts:
            continue  # pixels, and amounts of light
        text = path.read_text("utf-8")
        assert not re.search(r"(usd|price|cost|charge|amount|money)\w*: float", text), path


def test_the_top_level_is_the_one_that_was_asked_for():
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")}
    built = {"build", "dist"}
    assert folders - built == {"campaigns", "pipeline", "schemas", "tests", "outputs"}

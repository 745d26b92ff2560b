"""Every rule of craft and thrift has a screen: `lint/<CODE>-<slug>/screen.txt`.

A case holds `campaign.yaml`, and may hold `files.txt` as in `test_problems`, and `looks.txt`: a
picture a line, `id sharpness brightness warmth [subject]` or `id damaged why`. `shown.txt` is what
finished files show: a file a line, `size file bytes off_white fill`.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.campaign import Workspace
from pipeline.domain.card import Fact
from pipeline.domain.lint import LINT_RULES
from pipeline.domain.look import Look
from pipeline.domain.screen import render_all
from pipeline.domain.shown import Shown
from pipeline.manifest.presets import shipped
from pipeline.planning.expand import expand
from pipeline.planning.lint.case import Case, sent_pictures
from pipeline.planning.lint.rules import levels, lint
from tests.golden.test_problems import _listing
from tests.unit.manifest.samples import CARDS, load

CASES = Path(__file__).parent / "lint"
FILE = "campaigns/spring/campaign.yaml"
MANUAL = Fact("prompt", "Say it in 600 words.", "elsewhere", "the maker's manual", "2026-11-01")
OTHERS = [
    replace(card, family="seedream", advised_words=600, facts=(MANUAL,)) for card in CARDS.values()
]


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_the_screen_of(case, golden):
    problems = lint_of(CASES / case)
    golden(CASES / case / "screen.txt", render_all(problems))
    code = case.partition("-")[0]
    if code in LINT_RULES:
        assert {problem.code for problem in problems} == {code}


def test_every_rule_has_a_screen():
    assert {path.name.partition("-")[0] for path in CASES.iterdir()} >= set(LINT_RULES)


def lint_of(folder):
    """Problems of a case; the manifest itself has none."""
    text = (folder / "campaign.yaml").read_text("utf-8")
    files, escaping, facts = _listing(folder / "files.txt")
    loaded = load(text, files=files, escaping=escaping, facts=facts, folder="spring")
    assert loaded.problems == [], loaded.problems
    campaign = loaded.campaign
    card = next(card for card in OTHERS if card.model == campaign.model)
    looks, damaged = _looks(folder / "looks.txt", campaign)
    case = Case(
        campaign=campaign,
        card=card,
        cells=expand(campaign, card, realm="real", engine=None).cells,
        looks=looks,
        damaged=damaged,
        others=OTHERS,
        places=tuple(shipped().values()),
        shown=_shown(folder / "shown.txt"),
    )
    return lint(case, levels(campaign, Workspace()), texts={FILE: text})


def _shown(path):
    lines = path.read_text("utf-8").splitlines() if path.exists() else ()
    return [Shown(size, file, *map(int, rest)) for size, file, *rest in map(str.split, lines)]


def _looks(path, campaign):
    digests = {
        picture.id: picture.facts.sha256
        for image_set in campaign.sets
        for picture in sent_pictures(image_set)
    }
    looks, damaged = {}, {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        name, _, numbers = line.partition(" ")
        if numbers.startswith("damaged "):
            damaged[digests[name]] = numbers.removeprefix("damaged ")
        else:
            looks[digests[name]] = Look(*map(int, numbers.split()))
    return looks, damaged

"""The command line says the same in all places."""

import re
from pathlib import Path

import click
import pytest

from pipeline import cli
from pipeline.cli import campaign
from pipeline.domain import exit_codes
from pipeline.domain.exit_codes import MEANINGS

ROOT = Path(__file__).parents[2]
SHARED = {"__init__", "door", "options", "root", "screen"}


def first_paragraph(text):
    return " ".join(text.partition("\n\n")[0].split())


def verb(name):
    """The command that a name calls."""
    return campaign.resolve_command(click.Context(campaign), [name])[1]


def test_each_module_of_a_verb_is_listed():
    modules = {path.stem for path in Path(cli.__file__).parent.glob("*.py")}
    assert modules - SHARED == set(campaign.commands)


@pytest.mark.parametrize("name", sorted(campaign.commands))
def test_the_list_says_of_a_verb_what_its_own_help_says(name):
    assert campaign.commands[name].help == first_paragraph(verb(name).help)
    assert verb(name).name == name


def test_each_exit_code_has_one_meaning():
    codes = [value for name, value in vars(exit_codes).items() if type(value) is int]
    assert sorted(codes) == list(MEANINGS)
    assert len(set(MEANINGS.values())) == len(codes)


def test_the_table_in_help_and_readme_is_the_table():
    told = campaign.get_help(click.Context(campaign, terminal_width=100))
    listed = re.findall(r"(?<!\S) {0,2}(\d+)  (\S+(?: \S+)*)", told.partition("Exit codes:")[2])
    assert {int(code): meaning for code, meaning in listed} == MEANINGS
    readme = " ".join((ROOT / "README.md").read_text("utf-8").replace("`", "").split())
    sentence = "; ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items())
    assert sentence in readme, f"README.md is to say: {sentence}"


def test_no_command_has_numbers_of_its_own():
    sources = [*(ROOT / "pipeline" / "commands").glob("*.py"), *Path(cli.__file__).parent.glob("*")]
    names = "|".join(name for name in vars(exit_codes) if name.isupper() and name != "MEANINGS")
    own = re.compile(rf"^[A-Z_, ]*\b({names})\b[A-Z_, ]* = \d", re.MULTILINE)
    bare = re.compile(r"(CampaignError\(\s*|exit_code = )\d")
    for path in sources:
        if path.suffix == ".py":
            text = path.read_text("utf-8")
            assert not own.search(text), f"{path.name}: import it from domain.exit_codes"
            assert not bare.search(text), f"{path.name}: name the exit code"

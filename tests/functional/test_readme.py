"""What README.md and CI.md tell people to write and to type is what the program takes."""

import re
import shlex
from pathlib import Path

import click
import pytest

from pipeline.cli import campaign as command_line
from pipeline.commands.schema import NAMES
from tests.functional.cli import campaign
from tests.support.campaigns import picture_bytes

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
TEXTS = (README, (ROOT / "CI.md").read_text("utf-8"))
_COMMAND = re.compile(r"`campaign ([^`]+)`|^ {4}campaign (.+)$", re.MULTILINE)


def verb(name: str, of: click.Group = command_line) -> click.Command:
    """The command that a name calls."""
    found = of.resolve_command(click.Context(of), [name])[1]
    assert found is not None, f"no command {name}"
    return found


def commands() -> list[str]:
    """Every `campaign …` that is to be typed, without what a shell does with it."""
    found = {one or other for text in TEXTS for one, other in _COMMAND.findall(text)}
    return sorted(re.split(r"  +[#>]| > ", one)[0].strip() for one in found)


@pytest.mark.slow
def test_its_first_manifest_has_no_problems_and_can_be_drafted(workspace):
    (text,) = re.findall(r"```yaml\n(# yaml-language-server.*?)```", README, re.DOTALL)
    (name,) = re.findall(r"^campaign: (\S+)", text, re.MULTILINE)
    images = workspace.folder(name) / "images"
    images.mkdir(parents=True)
    for number, picture in enumerate(("front", "side", "sole-left")):
        (images / f"{picture}.jpg").write_bytes(picture_bytes(number))
    (workspace.folder(name) / "campaign.yaml").write_text(text, "utf-8")
    checked = campaign("check", name)
    assert checked.code == 0, checked.err
    planned = campaign("plan", name, "--draft", "--json")
    assert planned.code == 0, planned.err
    read = planned.document["draft"]
    assert [one["prompt"] for one in read if "fails" in one or one["notes"]] == []


@pytest.mark.parametrize("line", commands())
def test_its_commands_and_options_exist(line):
    command: click.Command = command_line
    for word in shlex.split(line):
        if isinstance(command, click.Group) and word.islower() and not word.startswith("-"):
            command = verb(word, command)
        elif word.startswith("--"):
            known = {option for one in command.params for option in one.opts + one.secondary_opts}
            assert word in known | {"--help", "--version"}, word


def test_the_help_of_schema_names_every_schema():
    text = " ".join((verb("schema").help or "").split())
    named = re.findall(r"[a-z]+", text.partition("People write")[2])
    assert {name for name in NAMES if name not in named} == set()

"""Every code has a screen: what an author sees, as `problems/<CODE>-<slug>/screen.txt`.

A case holds `campaign.yaml`, `workspace.yaml` or both, and may hold `files.txt`, the campaign's
folder: one file a line, `path [WxH] [format] [bytes]`, `path unreadable: why`, or `path -> outside`
for a link. Other `.yaml` files stand beside the workspace file, to be extended. `pad.txt` holds a
number of characters to put behind the manifest.
"""

from pathlib import Path

import pytest

from pipeline.domain.campaign import Workspace
from pipeline.domain.screen import render_all
from pipeline.manifest.codes import MEANINGS
from tests.unit.manifest.samples import facts_of, load, load_workspace

CASES = Path(__file__).parent / "problems"
FOLDER = "spring"
OUTSIDE = " -> outside"
UNREADABLE = " unreadable: "


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_the_screen_of(case, golden):
    folder = CASES / case
    screen = render_all(_problems(folder))
    golden(folder / "screen.txt", screen)
    code = case.partition("-")[0]
    assert (f"[{code}]: " in screen) == (code in MEANINGS)


def test_every_code_has_a_screen():
    shown = {path.name.partition("-")[0] for path in CASES.iterdir()}
    assert set(MEANINGS) <= shown


def _problems(folder):
    workspace, problems = Workspace(), []
    if (folder / "workspace.yaml").exists():
        found, problems = load_workspace(_text(folder / "workspace.yaml"))
        workspace = found or workspace
    if (folder / "campaign.yaml").exists():
        text = _text(folder / "campaign.yaml")
        if (folder / "pad.txt").exists():
            text += "#" * int(_text(folder / "pad.txt"))
        files, escaping, facts = _listing(folder / "files.txt")
        loaded = load(
            text,
            files=files,
            escaping=escaping,
            facts=facts,
            folder=FOLDER,
            workspace=workspace,
            others={path.name: _text(path) for path in folder.glob("*.yaml")},
        )
        problems = [*problems, *loaded.problems]
    return problems


def _text(path):
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _listing(path):
    files, escaping, facts = [], [], {}
    text = _text(path) if path.exists() else "images/bag/side.jpg\nimages/bag/top.jpg\n"
    for line in text.splitlines():
        if line.endswith(OUTSIDE):
            escaping.append(line.removesuffix(OUTSIDE))
        elif UNREADABLE in line:
            name, _, why = line.partition(UNREADABLE)
            files.append(name)
            facts[name] = why
        else:
            name, *details = line.split(" ")
            files.append(name)
            facts[name] = facts_of(name, **_details(details))
    return files, escaping, facts


def _details(words):
    known = {}
    for word in words:
        width, _, height = word.partition("x")
        if height:
            known |= {"width": int(width), "height": int(height)}
        elif word.isdecimal():
            known["size"] = int(word)
        else:
            known["format"] = word
    return known

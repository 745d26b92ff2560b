"""`campaign init`: a folder with a manifest to fill in, or a copy of another campaign."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.adapters.places import Places, find_places
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import USAGE
from pipeline.manifest.files import slug

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_NAME_LINE = re.compile(r"^campaign:.*$", re.MULTILINE)
_NOT_COPIED = ("lock", "reviews")

_MANIFEST = """\
# yaml-language-server: $schema=../../schemas/campaign.schema.json
version: 1
campaign: {name}
title: {title}
model: bytedance/seedream-v4.5/edit-sequential

images:                          # image sets: put your pictures below images/
  subject:
    files: [images/*]            # or some of them: [images/shoe-*.jpg, images/box.png]
    subject: the subject         # what {{set.subject}} says in the prompt
    # reference: images/best.jpg # sent first in every request, to keep the identity

prompt: |
  Put {{set.subject}} in {{variant.place}}. Keep face, pose and labels unchanged.

variants:                        # named values for the prompt's placeholders
  studio: {{place: a grey studio}}
  snow: {{place: a snowy street}}

master: 4096x4096                # the size that is paid for
sizes:                           # cut from the master here, for free
  feed: 1080x1350
  story: 1080x1920

budget: {{cap: 5.00 USD}}          # the most that this campaign may ever cost
"""


def init(name: str, source: str | None, *, start: Path) -> str:
    """Make a campaign; returns what to do next.

    Args:
        name: a slug, free in this workspace.
        source: campaign to copy manifest and pictures from, never its lock; None for a new one.
        start: the working directory; becomes a workspace where there is none.

    Raises:
        CampaignError: exit 2; nothing was made.
    """
    if not _SLUG.fullmatch(name):
        raise CampaignError(USAGE, [_no_slug(name)])
    try:
        places = find_places(start)
    except CampaignError:
        if source is not None:
            raise
        places = Places(start, start / ".campaign")
    folder = places.campaign(name)
    if folder.exists():
        raise CampaignError(USAGE, [_taken(name, places)])
    if source is None:
        _make(folder, name)
    else:
        _copy(places.campaign(source), folder, name, source=source)
    _merge_locks(places.campaigns)
    _ignore_outputs(places.root / "outputs")
    _teach_editors(places.root / "schemas")
    shown = places.shown(folder)
    first = f"Copied `{source}` to {shown}." if source else f"Made {shown}/campaign.yaml."
    second = "" if source else f"\nPut your pictures into {shown}/images/, then:"
    return f"{first}{second}\n  campaign check {name}\n  campaign run {name} --draft"


def _make(folder: Path, name: str) -> None:
    (folder / "images").mkdir(parents=True)
    title = name.replace("-", " ").capitalize()
    (folder / "campaign.yaml").write_text(_MANIFEST.format(name=name, title=title), "utf-8")


def _copy(old: Path, new: Path, name: str, *, source: str) -> None:
    manifest = old / "campaign.yaml"
    if not manifest.is_file():
        raise CampaignError(USAGE, [_no_source(source)])
    shutil.copytree(old, new, ignore=_not_at_the_top(old), symlinks=True)
    text = manifest.read_text("utf-8")
    (new / "campaign.yaml").write_text(_NAME_LINE.sub(f"campaign: {name}", text, count=1), "utf-8")


def _not_at_the_top(top: Path) -> Callable[[str, list[str]], tuple[str, ...]]:
    def ignored(folder: str, _names: list[str]) -> tuple[str, ...]:
        return _NOT_COPIED if Path(folder) == top else ()

    return ignored


def _ignore_outputs(outputs: Path) -> None:
    """Outputs can be rebuilt for free, so they stay out of git."""
    if not outputs.exists():
        outputs.mkdir()
        (outputs / ".gitignore").write_text("*\n!.gitignore\n", "utf-8")


def _merge_locks(campaigns: Path) -> None:
    """Receipts are facts, one a line: git keeps those of both sides."""
    rules = campaigns / ".gitattributes"
    if not rules.exists():
        rules.write_text("*/lock/*.jsonl merge=union linguist-generated=true\n", "utf-8")


def _teach_editors(schemas: Path) -> None:
    """The first line of a manifest tells editors where its schema is, so it has to be there."""
    if schemas.exists() and not schemas.is_dir():
        return
    from pipeline.manifest.schema import (  # noqa: PLC0415 (takes as long as all the rest)
        as_text,
        campaign_schema,
        workspace_schema,
    )

    for name, make in (("campaign", campaign_schema), ("workspace", workspace_schema)):
        file = schemas / f"{name}.schema.json"
        if not file.exists():
            schemas.mkdir(exist_ok=True)
            file.write_text(as_text(make()), "utf-8")


def _no_slug(name: str) -> Problem:
    return Problem(
        code="M103",
        what=f"`{name}` cannot be a campaign's name",
        why="it names a folder and stands in addresses: lower-case letters, digits and `-`, at "
        "most 60, the first one no `-`",
        fix=f"for example `campaign init {slug(name) or 'spring-shoes'}`",
    )


def _taken(name: str, places: Places) -> Problem:
    return Problem(
        code="M104",
        what=f"there is a campaign `{name}` already",
        why=f"`{places.shown(places.campaign(name))}` exists; nothing was changed",
        fix="choose another name",
    )


def _no_source(source: str) -> Problem:
    return Problem(
        code="M101",
        what=f"there is no campaign `{source}`",
        why="there is nothing to copy from; nothing was made",
        fix="`campaign status` lists the campaigns of this workspace",
    )

"""From a campaign's folder, on disk or in a commit, to a campaign with all its problems at once."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline import catalog
from pipeline.adapters.listing import list_folder
from pipeline.adapters.pictures import Inspect, facts_of
from pipeline.adapters.places import Places, find_places, prepare_state
from pipeline.commands.session import Subject
from pipeline.commands.tree import Facts, Files
from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import USAGE
from pipeline.manifest.files import Listing, slug
from pipeline.manifest.inherit import Parents
from pipeline.manifest.load import Read, build, pictures_wanted, read, read_workspace
from pipeline.manifest.wording import nearest

CAMPAIGNS = "campaigns"
MANIFEST = "campaign.yaml"
WORKSPACE = f"{CAMPAIGNS}/workspace.yaml"
_MOST_BYTES = 1_000_000
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Loaded:
    """A campaign as far as it could be read.

    Attributes:
        name: the folder's name.
        subject: None if a problem is an error.
        problems: in file order.
    """

    name: str
    subject: Subject | None
    problems: tuple[Problem, ...]


def open_workspace(start: Path, *, strict: bool = False) -> tuple[Places, Workspace]:
    """Find the workspace and read what all campaigns share.

    Raises:
        CampaignError: exit 2; there is none, or its file has problems.
    """
    places = find_places(start)
    workspace, problems = read_shared(Disk(places), strict=strict)
    if workspace is None:
        raise CampaignError(USAGE, problems)
    if workspace.state is not None:
        places = find_places(start, state=workspace.state)
    return places, workspace


class Disk:
    """The workspace as it lies on disk; pictures are what their own bytes say."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def text(self, path: str) -> str | None:
        """A file's text, None if there is none.

        Raises:
            CampaignError: exit 2; it is there and cannot be read.
        """
        file = self._places.root / path
        if not file.is_file():
            return None
        try:
            with file.open("rb") as opened:
                return opened.read(_MOST_BYTES + 1).decode("utf-8", "surrogateescape")
        except OSError as error:
            raise CampaignError(USAGE, [_unreadable(self.shown(path), error)]) from error

    def parent(self, below: str) -> str | None:
        """Text of a file that a manifest extends, None if there is none in `campaigns/`."""
        campaigns = self._places.campaigns
        inside = os.path.realpath(campaigns)
        real = os.path.realpath(campaigns / below)
        is_inside = os.path.commonpath([inside, real]) == inside
        return self.text(f"{CAMPAIGNS}/{below}") if is_inside else None

    def shown(self, path: str) -> str:
        """A path relative to the working directory."""
        return self._places.shown(self._places.root / path)

    def listing(self, name: str) -> Listing:
        """What lies below a campaign's folder."""
        return list_folder(self._places.campaign(name))

    def facts(self, name: str, paths: Sequence[str]) -> Facts:
        """What pictures are; makes the state folder that remembers them, where that is allowed."""
        folder = self._places.campaign(name)
        by_file = {f"{folder}/{path}": path for path in paths}
        with suppress(OSError):
            prepare_state(self._places.state)
        measured = facts_of(by_file, cache=self._places.cache, inspect=_inspect)
        return {by_file[file]: facts for file, facts in measured.items()}


def read_shared(files: Files, *, strict: bool = False) -> tuple[Workspace | None, list[Problem]]:
    """What all campaigns share, and the problems with it; nothing special where no file says so."""
    text = files.text(WORKSPACE)
    if text is None:
        return Workspace(), []
    return read_workspace(
        text,
        file=files.shown(WORKSPACE),
        card_of=find_card,
        models=catalog.models(),
        strict=strict,
    )


def read_manifest(files: Files, name: str, *, strict: bool = False) -> Read:
    """The manifest of a campaign, with all that it extends; an empty one where there is none."""
    path = f"{CAMPAIGNS}/{name}/{MANIFEST}"
    parents = Parents(
        path=f"{name}/{MANIFEST}",
        text_of=files.parent,
        shown=lambda below: files.shown(f"{CAMPAIGNS}/{below}"),
    )
    return read(files.text(path) or "", file=files.shown(path), parents=parents, strict=strict)


def read_campaign(
    files: Files, workspace: Workspace, name: str, *, strict: bool = False
) -> tuple[Campaign | None, list[Problem]]:
    """One campaign, None if a problem is an error; and its problems in file order."""
    manifest = read_manifest(files, name, strict=strict)
    wanted = pictures_wanted(manifest, files.listing(name))
    return build(
        manifest,
        wanted,
        facts=files.facts(name, wanted.paths),
        card_of=find_card,
        models=catalog.models(),
        folder=name,
        workspace=workspace,
    )


def find_card(model: str) -> Card | None:
    """The card of a model, None if there is none."""
    try:
        return catalog.card(model)
    except catalog.UnknownModelError:
        return None


def load(places: Places, workspace: Workspace, name: str, *, strict: bool = False) -> Loaded:
    """Read one campaign.

    Raises:
        CampaignError: exit 2; there is no campaign of this name.
    """
    require(places, name)
    campaign, problems = read_campaign(Disk(places), workspace, name, strict=strict)
    subject = None
    if campaign is not None:
        card = priced(catalog.card(campaign.model), workspace)
        subject = Subject(campaign, card, workspace)
    return Loaded(name, subject, tuple(problems))


def require(places: Places, name: str) -> None:
    """Make sure that there is such a campaign.

    Raises:
        CampaignError: exit 2; there is none.
    """
    if not (places.campaign(name) / MANIFEST).is_file():
        raise CampaignError(USAGE, [_no_campaign(places, name)])


def chosen(places: Places, names: Sequence[str]) -> Sequence[str]:
    """The campaigns that a command means: those named, else all of the workspace.

    Raises:
        CampaignError: exit 2; there is none.
    """
    found = names or places.names()
    if not found:
        raise CampaignError(USAGE, [_no_campaigns(places)])
    return found


def load_all(places: Places, workspace: Workspace, names: Sequence[str]) -> list[Loaded]:
    """Read several campaigns, all problems of all of them together."""
    return list(map(partial(load, places, workspace), names))


def load_subjects(
    places: Places, workspace: Workspace, names: Sequence[str]
) -> tuple[list[Subject], list[Problem]]:
    """Read the campaigns that a command means; returns them with what is to be known of them.

    Raises:
        CampaignError: exit 2; there is none, or a manifest has errors: all problems at once.
    """
    loaded = load_all(places, workspace, chosen(places, names))
    problems = [problem for one in loaded for problem in one.problems]
    subjects = [one.subject for one in loaded if one.subject is not None]
    if len(subjects) < len(loaded):
        raise CampaignError(USAGE, problems)
    return subjects, problems


def _inspect() -> Inspect:
    from pipeline.imaging.inspect import inspect  # noqa: PLC0415 (loads the pixel library)

    return inspect


def priced(card: Card, workspace: Workspace) -> Card:
    """A card with the workspace's own price, which may only raise the card's."""
    own = workspace.prices.get(card.model)
    if own is None:
        return card
    rule = card.price
    if rule.by_field is not None:
        dearer = {value: max(own, price) for value, price in rule.by_value.items()}
        return replace(card, price=replace(rule, by_value=dearer))
    if rule.unit is not None and own <= rule.unit:
        return card
    return replace(card, price=replace(rule, unit=own, kind="exact"))


def _unreadable(shown: str, error: OSError) -> Problem:
    return Problem(
        code="M102",
        what=f"`{shown}` cannot be read",
        why=str(error.strerror),
        fix="check the file and its permissions",
    )


def _no_campaigns(places: Places) -> Problem:
    return Problem(
        code="M105",
        what="this workspace has no campaign",
        why=f"no folder in `{places.shown(places.campaigns)}` holds a `{MANIFEST}`",
        fix="start one: `campaign init NAME`",
    )


def _no_campaign(places: Places, name: str) -> Problem:
    known = places.names()
    near = nearest(name, known)
    hint = f"did you mean `{near}`? " if near else ""
    listed = ", ".join(f"`{one}`" for one in known[:_MOST_LISTED])
    more = f" and {len(known) - _MOST_LISTED:,} more" if len(known) > _MOST_LISTED else ""
    return Problem(
        code="M101",
        what=f"there is no campaign `{name}`",
        why=f"`{places.shown(places.campaign(name) / MANIFEST)}` does not exist",
        fix=f"{hint}known campaigns: {listed}{more}"
        if known
        else f"make it: `campaign init {slug(name) or 'NAME'}`",
    )

"""From a campaign's folder to a campaign, with all its problems at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline import catalog
from pipeline.adapters.listing import list_folder
from pipeline.adapters.pictures import Inspect, facts_of
from pipeline.adapters.places import Places, find_places, prepare_state
from pipeline.commands.session import Subject
from pipeline.domain.campaign import Workspace
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.manifest.load import build, pictures_wanted, read, read_workspace
from pipeline.manifest.wording import nearest

USAGE = 2
MANIFEST = "campaign.yaml"
_MOST_BYTES = 1_000_000


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
    file = places.workspace_file
    if not file.is_file():
        return places, Workspace()
    workspace, problems = read_workspace(
        _text(file, places),
        file=places.shown(file),
        card_of=find_card,
        models=catalog.models(),
        strict=strict,
    )
    if workspace is None:
        raise CampaignError(USAGE, problems)
    if workspace.state is not None:
        places = find_places(start, state=workspace.state)
    return places, workspace


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
    folder = places.campaign(name)
    file = folder / MANIFEST
    if not file.is_file():
        raise CampaignError(USAGE, [_no_campaign(places, name)])
    manifest = read(_text(file, places), file=places.shown(file), strict=strict)
    wanted = pictures_wanted(manifest, list_folder(folder))
    paths = {f"{folder}/{path}": path for path in wanted.paths}
    prepare_state(places.state)
    measured = facts_of(paths, cache=places.cache, inspect=_inspect)
    campaign, problems = build(
        manifest,
        wanted,
        facts={paths[path]: facts for path, facts in measured.items()},
        card_of=find_card,
        models=catalog.models(),
        folder=name,
        workspace=workspace,
    )
    subject = None
    if campaign is not None:
        card = priced(catalog.card(campaign.model), workspace)
        subject = Subject(campaign, card, workspace)
    return Loaded(name, subject, tuple(problems))


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


def _text(file: Path, places: Places) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CampaignError(USAGE, [_unreadable(file, places, error)]) from error
    return raw.decode("utf-8", "surrogateescape")


def _unreadable(file: Path, places: Places, error: OSError) -> Problem:
    return Problem(
        code="M102",
        what=f"`{places.shown(file)}` cannot be read",
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
    listed = ", ".join(f"`{one}`" for one in known)
    return Problem(
        code="M101",
        what=f"there is no campaign `{name}`",
        why=f"`{places.shown(places.campaign(name) / MANIFEST)}` does not exist",
        fix=f"{hint}known campaigns: {listed}" if known else f"make it: `campaign init {name}`",
    )

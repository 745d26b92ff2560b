"""Names: the campaign's, those that become part of addresses, and the model's."""

import re
from typing import Literal

from pipeline.domain.campaign import MASTER, OUTPUT_FOLDERS
from pipeline.manifest import codes
from pipeline.manifest.files import in_plain_letters
from pipeline.manifest.places import Problems
from pipeline.manifest.rules.case import Case
from pipeline.manifest.wording import MOST_LISTED, did_you_mean, quoted

MAX_NAME = 60

_CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9-]*")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_UNSAFE = re.compile(r"[^a-z0-9_-]+")


def check_names(case: Case) -> None:
    """The campaign is called what its folder is, and all ids can stand in addresses."""
    if case.is_sound("campaign"):
        _campaign(case)
    kinds: tuple[tuple[Literal["images", "variants", "sizes"], str], ...] = (
        ("images", "image set"),
        ("variants", "variant"),
        ("sizes", "size"),
    )
    for key, kind in kinds:
        for name in case.names(key):
            _id(case, (key, name), kind)
    for name in case.names("sizes"):
        if name == MASTER:
            case.problems.add(
                codes.MASTER_NAME,
                case.source.locate_key(("sizes", MASTER)),
                what="a size cannot be called `master`",
                why="that is what the picture is called which the sizes are derived from",
                fix="give it another name; the size of the master itself is the key `master:`",
            )
        elif name in OUTPUT_FOLDERS:
            case.problems.add(
                codes.MASTER_NAME,
                case.source.locate_key(("sizes", name)),
                what=f"a size cannot be called `{name}`",
                why="each size has a folder of its name among the outputs, and this one is taken",
                fix="give it another name",
            )


def check_model(case: Case) -> None:
    """The model exists, is allowed, and is of the kind that the manifest needs."""
    if not case.is_sound("model"):
        return
    model = case.manifest.model
    if case.card is None:
        case.problems.add(
            codes.UNKNOWN_MODEL,
            ("model",),
            what=f"unknown model {quoted(model)}",
            why="only models with a card are used: it holds their limits and prices",
            fix=did_you_mean(
                model, case.models, kind="models", otherwise="`campaign models list` shows them"
            )
            + ("; `campaign models list` shows them" if len(case.models) > MOST_LISTED else ""),
        )
        return
    if model in case.workspace.forbidden:
        case.problems.add(
            codes.FORBIDDEN_MODEL,
            ("model",),
            what=f"model {quoted(model)} is not allowed here",
            why="`forbid_models` in the workspace file names it",
            fix="choose another model, or ask whoever keeps `campaigns/workspace.yaml`",
        )
    if case.card.operation == "edit" and not case.names("images"):
        case.problems.add(
            codes.NO_IMAGES,
            ("model",),
            what="there are no `images`",
            why=f"{quoted(model)} edits pictures",
            fix="add the pictures, such as `images: {bag: images/bag/*.jpg}`, or choose a model"
            " that makes pictures from words",
        )
    if case.card.operation == "text" and case.names("images"):
        case.problems.add(
            codes.NEEDLESS_IMAGES,
            case.source.locate_key(("images",)),
            what="there are `images`, and the model takes none",
            why=f"{quoted(model)} makes pictures from words alone",
            fix="delete `images`, or choose a model that edits pictures",
        )


def check_models_exist(
    problems: Problems, written: list[tuple[tuple[str | int, ...], str]], models: list[str]
) -> None:
    """Models that a workspace file speaks of have cards."""
    for pointer, model in written:
        if model not in models:
            problems.add(
                codes.UNKNOWN_MODEL,
                problems.source.locate_key(pointer),
                what=f"unknown model {quoted(model)}",
                why="what is said about a model that does not exist would hold for none",
                fix=did_you_mean(model, models, kind="models", otherwise="delete it"),
            )


def _campaign(case: Case) -> None:
    name, folder = case.manifest.campaign, case.folder
    if _CAMPAIGN.fullmatch(name) is None or len(name) > MAX_NAME:
        safe = _UNSAFE.sub("-", in_plain_letters(name).replace("_", "-")).strip("-")[:MAX_NAME]
        case.problems.add(
            codes.NAME,
            ("campaign",),
            what=f"{quoted(name)} cannot be a campaign's name",
            why="it is the name of folders and part of addresses: small letters, digits and `-`,"
            f" at most {MAX_NAME} characters",
            fix=_new_name(safe, folder),
        )
    elif name != folder:
        case.problems.add(
            codes.FOLDER,
            ("campaign",),
            what=f"campaign {quoted(name)} is in folder {quoted(folder)}",
            why="a campaign is called what its folder is called",
            fix=f"write `campaign: {folder}`, or rename the folder"
            if _CAMPAIGN.fullmatch(folder)
            else f"rename the folder to `{name}`",
        )


def _new_name(safe: str, folder: str) -> str:
    if safe and safe == folder:
        return f"write `campaign: {safe}`"
    return f"call it `{safe}`, and its folder too" if safe else "give it and its folder such a name"


def _id(case: Case, pointer: tuple[str, str], kind: str) -> None:
    name = pointer[1]
    if _ID.fullmatch(name) is not None and len(name) <= MAX_NAME:
        return
    safe = _UNSAFE.sub("-", in_plain_letters(name)).strip("-_")[:MAX_NAME]
    case.problems.add(
        codes.ID,
        case.source.locate_key(pointer),
        what=f"{quoted(name)} cannot be the name of {'an' if kind[0] == 'i' else 'a'} {kind}",
        why="it becomes part of addresses and file names: small letters, digits, `-` and `_`, a"
        f" letter or digit first, at most {MAX_NAME} characters",
        fix=f"call it `{safe}`" if safe else "give it such a name",
    )

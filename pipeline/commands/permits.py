"""Saved plans as permits: read from a file, and refused where they do not fit the run."""

import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import NOT_PERMITTED
from pipeline.domain.permit import (
    PLAN_FORMAT,
    ChangedPlanError,
    NewerPlanError,
    NoPermitError,
    OldPlanError,
    Permit,
    read_permit,
)

_NOTHING = "nothing was charged by this run"


def load_permit(file: Path) -> Permit:
    """Read a permit from what `campaign plan --out` wrote.

    Raises:
        CampaignError: exit 7; it is no permit, was changed, or is of another format.
    """
    try:
        return read_permit(json.loads(file.read_bytes()))
    except NewerPlanError as newer:
        problem = _newer(file, str(newer))
    except OldPlanError as old:
        problem = _old(file, str(old))
    except ChangedPlanError as changed:
        problem = _changed(file, str(changed))
    except OSError as error:
        problem = _no_permit(file, str(error.strerror))
    except NoPermitError as error:
        problem = _no_permit(file, str(error))
    except (ValueError, RecursionError):
        problem = _no_permit(file, "it is not JSON")
    raise CampaignError(NOT_PERMITTED, [problem])


def campaigns_of(permit: Permit, names: Sequence[str]) -> Sequence[str]:
    """The campaigns that a run under a permit means: those named, else all that it speaks of.

    Raises:
        CampaignError: exit 7; it does not speak of one of them.
    """
    strangers = [name for name in names if name not in permit.parts]
    if strangers:
        raise CampaignError(NOT_PERMITTED, [_stranger(permit, name) for name in strangers])
    return names or tuple(permit.parts)


def check_realm(permit: Permit, realm: str) -> None:
    """Refuse a permit for other money.

    Raises:
        CampaignError: exit 7; it was made for another realm.
    """
    others = sorted({part.realm for part in permit.parts.values()} - {realm})
    if others:
        raise CampaignError(NOT_PERMITTED, [_other_realm(others[0], realm)])


def _no_permit(file: Path, why: str) -> Problem:
    return Problem(
        code="P030",
        what=f"`{file}` is not a permit",
        why=why,
        # Not under the name that was given: what is there may be somebody's work.
        fix="make one: `campaign plan NAME --out plan.json`",
        money=_NOTHING,
    )


def _changed(file: Path, why: str) -> Problem:
    return Problem(
        code="P031",
        what=f"the permit `{file}` was changed after it was saved, or is damaged",
        why=f"{why}; what was approved is what was saved, to the letter",
        fix="take it from git again, or have a new plan approved; `--exclude` leaves cells out",
        money=_NOTHING,
    )


def _newer(file: Path, found: str) -> Problem:
    return Problem(
        code="P032",
        what=f"the permit `{file}` has format {found}",
        why=f"this program reads format {PLAN_FORMAT}; a newer one wrote it",
        fix="update campaign-pipeline to the version that your team uses",
        money=_NOTHING,
    )


def _old(file: Path, why: str) -> Problem:
    return Problem(
        code="P034",
        what=f"the plan `{file}` was saved before plans were permits",
        why=why,
        fix=f"save it again: `campaign plan NAME --out {file}`",
        money=_NOTHING,
    )


def _other_realm(found: str, realm: str) -> Problem:
    told = {"real": "real money", "draft": "drafts"}
    here = told.get(realm, f"the provider `{realm}`")
    return Problem(
        code="P033",
        what=f"the permit is for {told.get(found, f'the provider `{found}`')}, not for {here}",
        why="each realm has books of its own, and money approved for one is not money for another",
        fix="make one where it is to be used: "
        f"`campaign plan NAME{' --draft' if realm == 'draft' else ''} --out plan.json`",
        money=_NOTHING,
    )


def _stranger(permit: Permit, name: str) -> Problem:
    known = ", ".join(f"`{one}`" for one in permit.parts)
    every = " ".join((*permit.parts, name))
    return Problem(
        code="P039",
        what=f"the permit does not speak of campaign `{name}`",
        why=f"it lists {known}",
        fix=f"plan them together: `campaign plan {every} --out plan.json`",
        money=_NOTHING,
    )

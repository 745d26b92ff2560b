"""Permits: saved plans that allow spending, read from what `plan --out` wrote.

A permit lists the cells that may be bought, grouped in jobs, with the most that one picture may
cost, and the most that may be spent in all. Its digest, over everything else in the document, names
it: what was bought under it is added up by that name over all runs, and a document that was changed
by hand, or damaged, is no permit any more.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.domain.fingerprint import CellKey, NotCanonicalError, canonical, digest
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import PAID, Action

PLAN_FORMAT = 2
"""Format of saved plans. Those of format 1 have no digest, so they allow nothing."""

DIGEST = "digest"
_CELL_KEY = re.compile(r"c1-[0-9a-f]{64}")


class NoPermitError(ValueError):
    """A document that is no permit; the message says what is wrong with it."""


class OldPlanError(NoPermitError):
    """A plan that was saved before plans were permits."""


class NewerPlanError(NoPermitError):
    """A plan of a format that this program does not know; the message is the format."""


class ChangedPlanError(NoPermitError):
    """A plan whose digest is not that of what it says."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One job of a permit.

    Attributes:
        action: `buy`, `top-up` or `rebuy`.
        cells: what it may buy, in output order.
        unit: the most that one picture of it may cost.
        most: the most that the whole job may cost.
    """

    action: Action
    cells: tuple[CellKey, ...]
    unit: MicroUsd
    most: MicroUsd


@dataclass(frozen=True, slots=True)
class Part:
    """What a permit says of one campaign.

    Attributes:
        campaign: its name.
        realm: whose money.
        manifest: SHA-256 of the manifest that was planned.
        jobs: in plan order; no cell stands in two of them.
        left_out: cells that were wanted and were left out by who made the plan.
    """

    campaign: str
    realm: str
    manifest: str
    jobs: tuple[Listed, ...]
    left_out: frozenset[CellKey]


@dataclass(frozen=True, slots=True)
class Permit:
    """A saved plan of one or more campaigns.

    Attributes:
        digest: its name: `p1-` and 64 hex digits.
        total: the most that may ever be spent under it, all campaigns and runs together.
        parts: by campaign.
    """

    digest: str
    total: MicroUsd
    parts: Mapping[str, Part]

    def lists(self, campaign: str, cells: Iterable[CellKey]) -> bool:
        """Whether it lets all of some cells be bought for a campaign."""
        part = self.parts.get(campaign)
        listed = {key for job in part.jobs for key in job.cells} if part is not None else set()
        return listed.issuperset(cells)


def unit_price(most: MicroUsd, pictures: int) -> MicroUsd:
    """The most that one picture of a job costs, rounded up to a whole micro-dollar.

    Args:
        most: that the job may cost.
        pictures: that it buys, 1 or more.
    """
    return MicroUsd(-(-most // pictures))


def sealed(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document with the digest of all that it says; layout and order of keys do not count.

    Args:
        document: JSON without floats.
    """
    body = {name: value for name, value in document.items() if name != DIGEST}
    return {**body, DIGEST: f"p1-{digest(canonical(body))}"}


def read_permit(document: object) -> Permit:
    """Read a saved plan as a permit.

    Args:
        document: parsed JSON, from anywhere.

    Raises:
        OldPlanError: it was saved by a program whose plans were no permits.
        NewerPlanError: it is of a format from the future.
        ChangedPlanError: its digest is not that of what it says.
        NoPermitError: it is no saved plan at all, or does not agree with itself.
    """
    if not isinstance(document, dict):
        raise NoPermitError("it does not hold a plan")
    is_of_several = "plans" in document
    _check_format(document.get("plans" if is_of_several else "plan"))
    _check_digest(document)
    try:
        bodies = document["plan"] if is_of_several else [document]
        parts = [_part(body) for body in _list(bodies)]
        total = _money(document["total"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoPermitError(f"it is not as plans are saved: {error!r}") from error
    by_name = {part.campaign: part for part in parts}
    if len(by_name) < len(parts) or not parts:
        raise NoPermitError("it does not name each of its campaigns once")
    if total != sum(job.most for part in parts for job in part.jobs):
        raise NoPermitError("its total is not the sum of its jobs")
    return Permit(document[DIGEST], total, by_name)


def _check_format(found: object) -> None:
    if found is None:
        raise NoPermitError("it does not hold a plan")
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise NoPermitError("it does not say of which format it is")
    if found > PLAN_FORMAT:
        raise NewerPlanError(str(found))
    if found < PLAN_FORMAT:
        raise OldPlanError("plans of that format have no digest")


def _check_digest(document: Mapping[str, Any]) -> None:
    try:
        is_right = sealed(document)[DIGEST] == document.get(DIGEST)
    except (NotCanonicalError, UnicodeEncodeError, TypeError) as error:
        raise ChangedPlanError(f"it holds what no plan holds: {error}") from error
    if not is_right:
        raise ChangedPlanError("its digest is not that of what it says")


def _part(body: Mapping[str, Any]) -> Part:
    jobs = tuple(_job(step) for step in _list(body["steps"]))
    listed = [key for job in jobs for key in job.cells]
    if len(set(listed)) < len(listed):
        raise ValueError("a cell stands in two jobs")
    cells = _list(body["cells"])
    left_out = [_key(cell["key"]) for cell in cells if cell["action"] == Action.LEFT_OUT]
    return Part(
        _text(body["campaign"]),
        _text(body["realm"]),
        _text(body["manifest"]),
        jobs,
        frozenset(left_out),
    )


def _job(step: Mapping[str, Any]) -> Listed:
    action = Action(step["action"])
    cells = tuple(_key(key) for key in _list(step["cells"]))
    unit, most = _money(step["unit"]), _money(step["quote"]["most"])
    if action not in PAID or not cells or unit != unit_price(most, len(cells)):
        raise ValueError("a job whose cells, price and action do not agree")
    return Listed(action, cells, unit, most)


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _key(value: object) -> CellKey:
    if not isinstance(value, str) or not _CELL_KEY.fullmatch(value):
        raise ValueError(f"{value!r} is not a cell key")
    return CellKey(value)


def _money(value: object) -> MicroUsd:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is not an amount in micro-dollars")
    return MicroUsd(value)

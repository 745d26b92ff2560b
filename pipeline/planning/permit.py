"""A plan under a permit: no more than a saved plan lists, no dearer, never above its total.

Cells are what is permitted, not requests: a listed job of which some cells are bought meanwhile
runs with the rest, so every step is a subset of one listed job and never a mix of two.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.domain.campaign import Campaign
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import Problem, Severity
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.permit import Listed, Part, Permit
from pipeline.domain.plan import PAID, Action, Cell, Decision, Limit, Plan, Step, UnderPermit
from pipeline.planning.pack import Packer
from pipeline.planning.plan import PERMIT_SCOPE, over_limits, packed_alone
from pipeline.planning.select import not_selected

UNPERMITTED = frozenset({"P035", "P036"})
"""Codes of what a permit refuses whatever else is true."""
NO_ROOM = "P037"
"""Code of a permit whose money does not suffice; as much as fits may still be bought."""

_OF_CAPS = frozenset({"P020", "P021", "P022"})
_MOST_NAMED = 5


def limit_of(permit: Permit, *, spent: MicroUsd, images: int) -> Limit:
    """The cap that a permit is: its total, over all its campaigns and runs.

    Args:
        permit: whose.
        spent: charged, reserved and in doubt so far under it.
        images: pictures asked for so far under it.
    """
    return Limit(PERMIT_SCOPE, permit.digest, permit.total, None, spent, images)


def under_permit(plan: Plan, permit: Permit, part: Part, campaign: Campaign, card: Card) -> Plan:
    """The same plan with no more to buy than a permit lists.

    Args:
        plan: whole, with the permit's limit among its limits.
        permit: a saved plan.
        part: what it says of this campaign.
        campaign: as declared now.
        card: of its model.

    Returns:
        Steps that are subsets of listed jobs, in the permit's order. What the permit left out is
        left out. What it lists and nobody wants, and what would be paid for again without being
        listed as that, is not bought and counted. A wanted cell that it does not list, a price
        above the listed one, and too little money left are problems.
    """
    decisions = _left_out(plan, part)
    job_of = {key: number for number, job in enumerate(part.jobs) for key in job.cells}
    paid = [
        (cell, decision)
        for cell, decision in zip(plan.cells, decisions, strict=True)
        if decision.action in PAID
    ]
    unlisted = [(cell, one) for cell, one in paid if cell.key not in job_of]
    open_jobs: dict[int, list[tuple[Cell, Action]]] = {}
    again = 0
    for cell, decision in paid:
        number = job_of.get(cell.key)
        if number is None:
            continue
        if _covers(part.jobs[number], decision.action):
            open_jobs.setdefault(number, []).append((cell, decision.action))
        else:
            again += 1
    apart = packed_alone(plan.cells, plan.decisions)
    steps, dearer = _steps(part, open_jobs, Packer(campaign, card), apart)
    problems = [one for one in plan.problems if one.code not in _OF_CAPS]
    if plan.manifest != part.manifest:
        problems.append(_manifest_changed(campaign))
    if unlisted:
        problems.append(_unlisted(campaign, permit, part, unlisted))
    problems += [_dearer(*dearer)] if dearer is not None else no_room(plan.limits, steps)
    problems += over_limits(campaign, steps, plan.limits)
    return replace(
        plan,
        decisions=tuple(decisions),
        steps=tuple(steps),
        problems=tuple(problems),
        permit=_told(plan.cells, decisions, permit, job_of, again),
    )


def _left_out(plan: Plan, part: Part) -> list[Decision]:
    """Decisions in which what the permit left out is left out, unless it was bought meanwhile."""
    out: dict[CellKey, Decision] = {}
    found: list[Decision] = []
    for cell, decision in zip(plan.cells, plan.decisions, strict=True):
        if decision.action in PAID and cell.key in part.left_out:
            out[cell.key] = not_selected(decision)
        found.append(out.get(cell.key, decision))
    return found


def _covers(job: Listed, action: Action) -> bool:
    """Whether a job lists a purchase of this kind; who agreed to pay again agreed to pay."""
    return action is Action.BUY or action is job.action


def _steps(
    part: Part,
    open_jobs: Mapping[int, Sequence[tuple[Cell, Action]]],
    packer: Packer,
    apart: frozenset[CellKey],
) -> tuple[list[Step], tuple[Step, Listed] | None]:
    """What is left of each listed job, and the first step that is dearer than listed."""
    steps: list[Step] = []
    dearer: tuple[Step, Listed] | None = None
    for number in sorted(open_jobs):
        job = part.jobs[number]
        place = {key: position for position, key in enumerate(job.cells)}
        wanted = sorted(open_jobs[number], key=lambda one: place[one[0].key])
        for action in dict.fromkeys(action for _, action in wanted):
            cells = [cell for cell, own in wanted if own is action]
            for step in packer.pack(action, cells, apart).steps:
                steps.append(step)
                if dearer is None and step.quote.most > job.unit * len(step.cells):
                    dearer = step, job
    return steps, dearer


def _told(
    cells: Sequence[Cell],
    decisions: Sequence[Decision],
    permit: Permit,
    listed: Mapping[CellKey, int],
    again: int,
) -> UnderPermit:
    now = {
        cell.key: "bought" if decision.output is not None else decision.action.value
        for cell, decision in reversed(list(zip(cells, decisions, strict=True)))
    }
    fate = Counter(now.get(key, "unwanted") for key in listed)
    paid = sum(fate[action.value] for action in PAID)
    return UnderPermit(
        digest=permit.digest,
        total=permit.total,
        listed=len(listed),
        bought=fate["bought"],
        unwanted=fate["unwanted"],
        waiting=len(listed) - fate["bought"] - fate["unwanted"] - paid,
        again=again,
    )


def _unlisted(
    campaign: Campaign, permit: Permit, part: Part, cells: Sequence[tuple[Cell, Decision]]
) -> Problem:
    shown = ", ".join(f"`{cell.address}`" for cell, _ in cells[:_MOST_NAMED])
    more = f" and {len(cells) - _MOST_NAMED:,} more" if len(cells) > _MOST_NAMED else ""
    is_one = len(cells) == 1
    why = f"the permit `{permit.digest[:15]}` does not list {'it' if is_one else 'them'}"
    if campaign.manifest != part.manifest:
        why += ", and the manifest has changed since it was made"
    return Problem(
        code="P035",
        what=f"{len(cells):,} wanted {'picture is' if is_one else 'pictures are'} not permitted: "
        f"{shown}{more}",
        why=why,
        fix=f"have a new plan approved: `campaign plan {campaign.name} --out plan.json`; or leave "
        "them out with `--exclude`",
        money="nothing was charged by this run",
    )


def _dearer(step: Step, job: Listed) -> Problem:
    number = len(step.cells)
    most = MicroUsd(job.unit * number)
    pictures = "1 picture" if number == 1 else f"{number:,} pictures"
    return Problem(
        code="P036",
        what=f"`{step.cells[0].address}` now costs more than the permit allows: "
        f"{format_usd(step.quote.most)} for {pictures}, where {format_usd(most)} was shown",
        why=f"the permit allows {format_usd(job.unit)} for one picture of this job",
        fix="have a new plan approved, with the price of today",
        money="nothing was charged by this run",
    )


def no_room(limits: Sequence[Limit], steps: Sequence[Step]) -> list[Problem]:
    """The problem of steps that a permit among some limits has too little money left for."""
    most = sum(step.quote.most for step in steps)
    limit = next((one for one in limits if one.scope == PERMIT_SCOPE), None)
    if limit is None or limit.left is None or most <= limit.left:
        return []
    total = limit.money or MicroUsd(0)
    return [
        Problem(
            code="P037",
            what=f"what is left to buy costs {format_usd(MicroUsd(most))} and the permit has "
            f"{format_usd(limit.left)} left",
            why=f"of its {format_usd(total)}, {format_usd(limit.spent)} is charged, reserved or in "
            "doubt, failed requests among them until the bill shows their refund",
            fix="have a new plan approved for the rest; `--partial` buys what fits",
            money="nothing was charged by this run",
        )
    ]


def _manifest_changed(campaign: Campaign) -> Problem:
    return Problem(
        code="P038",
        what=f"the manifest of `{campaign.name}` has changed since the permit was made",
        why="what may be bought is decided cell by cell, so what is listed and wanted still counts",
        fix="nothing to do, if that is meant; else have a new plan approved",
        severity=Severity.WARNING,
    )

"""The plan: expand, decide, pack, price, and hold it against the caps."""

from collections.abc import Mapping, Sequence

from pipeline.domain.campaign import Campaign
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import Problem, Severity
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.money import MicroUsd, format_usd, split_evenly
from pipeline.domain.plan import Action, Cell, Decision, Limit, Plan, Reason, Step
from pipeline.planning.decide import Facts, decide, orphans
from pipeline.planning.expand import Expansion
from pipeline.planning.pack import Packer
from pipeline.planning.pins import check_pins
from pipeline.planning.select import EVERYTHING, NO_VERDICTS, Selection, leave_out, pick

PERMIT_SCOPE = "permit"
"""Scope of the limit that a permit is to the runs under it; its name is the permit's digest."""


def make_plan(
    campaign: Campaign,
    card: Card,
    expansion: Expansion,
    facts: Facts,
    *,
    realm: str,
    limits: Sequence[Limit],
    selection: Selection = EVERYTHING,
    verdicts: Mapping[CellKey, str] = NO_VERDICTS,
) -> Plan:
    """Say what a run would do.

    Args:
        campaign: as declared.
        card: of its model, with the workspace's prices.
        expansion: its wanted cells.
        facts: what is known of purchases, all of this realm.
        realm: whose money.
        limits: caps with what is spent of them.
        selection: which cells the user means; what would be bought and is not meant is left out,
            after deciding and before packing.
        verdicts: the word of each cell that has a verdict, for the selection.

    Returns:
        A plan whose problems include every cap that its steps would pass.
    """
    cells = expansion.cells
    decisions = decide(cells, facts, campaign=campaign.name)
    if not selection.is_everything:
        costs = _costs(campaign, card, cells, decisions) if selection.asks_cost else {}
        picked = pick(campaign, cells, decisions, selection, verdicts=verdicts, costs=costs)
        decisions = leave_out(cells, decisions, picked)
    steps, unpriced, problems = _pack(campaign, card, cells, decisions)
    if unpriced:
        decisions = [
            Decision(Action.BLOCKED, Reason.UNPRICED) if cell.key in unpriced else decision
            for cell, decision in zip(cells, decisions, strict=True)
        ]
    pins = check_pins(campaign, cells, decisions, facts.history) if campaign.pins else ()
    problems = [*expansion.problems, *pins, *problems]
    problems += over_limits(campaign, steps, limits)
    return Plan(
        campaign=campaign.name,
        realm=realm,
        model=card.model,
        manifest=campaign.manifest,
        cells=cells,
        decisions=tuple(decisions),
        steps=tuple(steps),
        orphans=tuple(orphans(cells, facts.history, campaign=campaign.name)),
        limits=tuple(limits),
        problems=tuple(problems),
        chosen=selection.chosen,
    )


def shares(steps: Sequence[Step]) -> dict[CellKey, MicroUsd]:
    """What of the quotes of some jobs falls on each of their cells."""
    found: dict[CellKey, MicroUsd] = {}
    for step in steps:
        each = split_evenly(step.quote.amount, len(step.cells))
        found.update(zip((cell.key for cell in step.cells), each, strict=True))
    return found


def packed_alone(cells: Sequence[Cell], decisions: Sequence[Decision]) -> frozenset[CellKey]:
    """Cells of failed or empty jobs: each gets a request of its own the next time."""
    return frozenset(
        cell.key
        for cell, decision in zip(cells, decisions, strict=True)
        if decision.reason in {Reason.FAILED_BEFORE, Reason.UNDER_DELIVERED}
    )


def _costs(
    campaign: Campaign, card: Card, cells: Sequence[Cell], decisions: Sequence[Decision]
) -> Mapping[CellKey, MicroUsd]:
    """What each cell would cost if all that can be bought were bought."""
    return shares(_pack(campaign, card, cells, decisions)[0])


def _pack(
    campaign: Campaign, card: Card, cells: Sequence[Cell], decisions: Sequence[Decision]
) -> tuple[list[Step], frozenset[str], list[Problem]]:
    packer = Packer(campaign, card)
    steps: list[Step] = []
    unpriced: set[str] = set()
    problems: list[Problem] = []
    alone = packed_alone(cells, decisions)
    for action in (Action.BUY, Action.TOP_UP, Action.REBUY):
        wanted = [
            cell
            for cell, decision in zip(cells, decisions, strict=True)
            if decision.action is action
        ]
        if wanted:
            packed = packer.pack(action, wanted, alone)
            steps += packed.steps
            unpriced |= packed.unpriced
            problems += packed.problems
    return steps, frozenset(unpriced), problems


def over_limits(
    campaign: Campaign, steps: Sequence[Step], limits: Sequence[Limit]
) -> list[Problem]:
    """Problems of caps that the steps would pass, and warnings of those that come near."""
    cost = sum(step.quote.most for step in steps)
    images = sum(len(step.cells) for step in steps)
    found: list[Problem] = []
    if not steps:
        return found
    for limit in limits:
        if limit.scope == PERMIT_SCOPE:
            continue  # what a permit has left is no matter of the manifest's: `planning.permit`
        if limit.money is not None and limit.spent + cost > limit.money:
            found.append(_over_money(campaign, limit, MicroUsd(cost)))
        elif _is_near(campaign, limit, cost):
            found.append(_near(campaign, limit, MicroUsd(cost)))
        if limit.images is not None and limit.spent_images + images > limit.images:
            found.append(_over_images(campaign, limit, images))
    return found


def _is_near(campaign: Campaign, limit: Limit, cost: int) -> bool:
    if limit.money is None or limit.scope != "campaign":
        return False
    return (limit.spent + cost) * 100 >= limit.money * campaign.budget.warn_at


def _scope(limit: Limit) -> str:
    return f"{limit.scope} `{limit.name}`" if limit.name else limit.scope


def _over_money(campaign: Campaign, limit: Limit, cost: MicroUsd) -> Problem:
    cap, left = limit.money or MicroUsd(0), limit.left or MicroUsd(0)
    over = MicroUsd(limit.spent + cost - cap)
    return Problem(
        code="P020",
        what=f"the plan costs {format_usd(cost)} and {_scope(limit)} has {format_usd(left)} left",
        why=f"its cap is {format_usd(cap)}, of which {format_usd(limit.spent)} is spent or held",
        fix=f"raise the cap by {format_usd(over)}, or want fewer pictures",
        at=campaign.budget_at,
    )


def _near(campaign: Campaign, limit: Limit, cost: MicroUsd) -> Problem:
    cap = limit.money or MicroUsd(0)
    after = MicroUsd(limit.spent + cost)
    return Problem(
        code="P021",
        what=f"after this plan {format_usd(after)} of {format_usd(cap)} is spent",
        why=f"`warn_at` is {campaign.budget.warn_at}%",
        fix="nothing to do, if that is meant",
        at=campaign.budget_at,
        severity=Severity.WARNING,
    )


def _over_images(campaign: Campaign, limit: Limit, images: int) -> Problem:
    most = limit.images or 0
    return Problem(
        code="P022",
        what=f"the plan buys {images} pictures and {_scope(limit)} allows {most} in all",
        why=f"{limit.spent_images} are bought already",
        fix=f"raise `max_images` to at least {limit.spent_images + images}, or want fewer pictures",
        at=campaign.budget_at,
    )

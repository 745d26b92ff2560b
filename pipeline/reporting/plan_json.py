"""The plan for machines: versioned JSON, format 2. Money in micro-dollars, order as planned.

A document is a permit as it stands: `steps` list the cells that may be bought, grouped in jobs,
with the most that one picture may cost (`unit`); `total` is the most that may be spent in all;
`digest` is that of everything else. `domain.permit` reads it.
"""

from collections.abc import Mapping, Sequence

from pipeline.domain.diagnostics import as_json
from pipeline.domain.permit import PLAN_FORMAT, sealed, unit_price
from pipeline.domain.plan import Action, Cell, Decision, Limit, Plan, Step
from pipeline.reporting.draft_reading import DraftReading, readings_json

__all__ = ["PLAN_FORMAT", "plan_document", "plans_document"]

_OF_CELLS = tuple(action for action in Action if action not in {Action.RENDER, Action.ORPHAN})


def plans_document(
    plans: Sequence[tuple[Plan, int]],
    *,
    readings: Sequence[Sequence[DraftReading] | None] = (),
) -> Mapping[str, object]:
    """One document of one or more plans, sealed, so that it can serve as a permit.

    Args:
        plans: each with the number of files to derive, which is free; one or more.
        readings: for each plan of drafts what the engine makes of its prompts; of others None, or
            nothing at all.

    Returns:
        For one plan `plan_document` and its digest; for several `plans` (the format), `total` and
        `digest` of all together, and the documents in a list under `plan`.
    """
    read = readings or [None] * len(plans)
    documents = [
        plan_document(plan, renders=renders, readings=own)
        for (plan, renders), own in zip(plans, read, strict=True)
    ]
    if len(documents) == 1:
        return sealed(documents[0])
    total = sum(_most(plan) for plan, _ in plans)
    return sealed({"plans": PLAN_FORMAT, "total": total, "plan": documents})


def plan_document(
    plan: Plan, *, renders: int, readings: Sequence[DraftReading] | None = None
) -> Mapping[str, object]:
    """One plan as JSON, without a digest.

    Args:
        plan: what would be done.
        renders: files to derive, which is free.
        readings: what the draft engine makes of the prompts; None for plans of real money.
    """
    jobs = {cell.key: step.request.job for step in plan.steps for cell in step.cells}
    return {
        "plan": PLAN_FORMAT,
        "campaign": plan.campaign,
        "realm": plan.realm,
        "model": plan.model,
        "manifest": plan.manifest,
        "total": _most(plan),
        "chosen": {"select": list(plan.chosen.select), "exclude": list(plan.chosen.exclude)},
        "totals": {
            "cells": len(plan.cells),
            "actions": {action.value: plan.count(action) for action in _OF_CELLS},
            "requests": len(plan.steps),
            "images": plan.images,
            "cost": plan.cost,
            "renders": renders,
            "orphaned": sum(orphan.charged for orphan in plan.orphans),
        },
        "limits": [_limit(limit) for limit in plan.limits],
        "steps": [_step(step) for step in plan.steps],
        "cells": [
            _cell(cell, decision, jobs.get(cell.key))
            for cell, decision in zip(plan.cells, plan.decisions, strict=True)
        ],
        "orphans": [
            {"address": orphan.address, "key": orphan.key, "charged": orphan.charged}
            for orphan in plan.orphans
        ],
        "problems": [as_json(problem) for problem in plan.problems],
        **({} if readings is None else {"draft": readings_json(readings)}),
    }


def _most(plan: Plan) -> int:
    """The most that buying all steps may cost."""
    return sum(step.quote.most for step in plan.steps)


def _limit(limit: Limit) -> Mapping[str, object]:
    return {
        "scope": limit.scope,
        "name": limit.name,
        "money": limit.money,
        "images": limit.images,
        "spent": limit.spent,
        "spent_images": limit.spent_images,
    }


def _step(step: Step) -> Mapping[str, object]:
    return {
        "action": step.action.value,
        "job": step.request.job,
        "cells": [cell.key for cell in step.cells],
        "prompt": step.request.prompt,
        "inputs": [{"role": role, "sha256": sha256} for role, sha256 in step.request.inputs],
        "params": dict(step.request.params),
        "unit": unit_price(step.quote.most, len(step.cells)),
        "quote": {
            "amount": step.quote.amount,
            "most": step.quote.most,
            "kind": step.quote.kind,
            "as_of": step.quote.as_of,
        },
    }


def _cell(cell: Cell, decision: Decision, job: str | None) -> Mapping[str, object]:
    body: dict[str, object] = {
        "address": str(cell.address),
        "key": cell.key,
        "action": decision.action.value,
        "reason": decision.reason.value,
    }
    if decision.detail:
        body["detail"] = decision.detail
    if decision.output is not None:
        body["sha256"] = decision.output.sha256
    if job is not None:
        body["job"] = job
    return body

"""The plan for people: what would be bought, why, what it costs and what stands in the way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.domain.fingerprint import CellKey
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Cell, Chosen, Limit, Plan, Reason, Step, UnderPermit
from pipeline.reporting.draft_reading import DraftReading, readings_text
from pipeline.reporting.words import REASON_WORDS, count

_MOST_ROWS = 30
_PICTURE = 1
"""Place of the picture among the parts of an address."""
_DRAFT = "draft"
_SHARED = frozenset({"month", "workspace"})
"""Scopes of caps that all campaigns share."""
_OF_DIGEST = 15
"""Characters of a permit's digest that tell it from others."""


def plan_text(
    plan: Plan,
    *,
    renders: int,
    readings: Sequence[DraftReading] = (),
    is_alone: bool = True,
) -> str:
    """Lay a plan out for a terminal; readable without colour.

    Args:
        plan: what would be done; its problems are shown by whoever shows problems.
        renders: files to derive, which is free.
        readings: what the draft engine makes of the prompts; of drafts only.
        is_alone: whether `totals_text` of several plans follows, which has the caps they share.
    """
    lines = [f"{plan.campaign}  {plan.realm}  {plan.model}", ""]
    lines += _steps(plan)
    lines += _totals(plan, renders)
    lines += _chosen(plan.chosen)
    if plan.permit is not None:
        lines.append(f"  {permit_text(plan.permit)}")
    limits = [one for one in plan.limits if is_alone or one.scope not in _SHARED]
    lines += _limits(limits, plan.cost)
    prompts = {cell.recipe.prompt for cell in plan.cells}
    lines += readings_text(readings, of=len(prompts))
    return "\n".join(lines) + "\n"


def totals_text(plans: Sequence[Plan]) -> str:
    """All of one realm's plans added up, with the caps that they share; ends with a line break."""
    wanted = count(sum(len(plan.cells) for plan in plans), "picture")
    requests = sum(len(plan.steps) for plan in plans)
    images = sum(plan.images for plan in plans)
    cost = MicroUsd(sum(plan.cost for plan in plans))
    money = _money(cost, plans[0].realm)
    what = f"{images:,} to buy in {count(requests, 'request')} for {money}"
    shared = dict.fromkeys(one for plan in plans for one in plan.limits if one.scope in _SHARED)
    head = f"{count(len(plans), 'campaign')}, {wanted} wanted"
    first = f"{head}: {what if requests else 'nothing to buy'}."
    return "\n".join([first, *_limits(shared, cost)]) + "\n"


def _limits(limits: Iterable[Limit], cost: MicroUsd) -> Iterator[str]:
    return (f"  {line}" for limit in limits if (line := _limit(limit, cost)))


def _steps(plan: Plan) -> Iterator[str]:
    reasons: dict[CellKey, Reason] = {}
    for cell, decision in zip(plan.cells, plan.decisions, strict=True):
        reasons.setdefault(cell.key, decision.reason)  # a duplicate has a decision of its own
    groups = _alike(plan.steps, reasons)
    rows = [_row(group, reasons) for group in groups[:_MOST_ROWS]]
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield f"  {'  '.join(padded)}".rstrip()
    rest = [step for group in groups[_MOST_ROWS:] for step in group]
    if rest:
        cost = MicroUsd(sum(step.quote.amount for step in rest))
        yield f"  … and {count(len(rest), 'more request')} for {format_usd(cost)}"
    yield ""


def _alike(steps: Sequence[Step], reasons: Mapping[CellKey, Reason]) -> list[list[Step]]:
    """Requests by the line that stands for them, in plan order.

    Requests of several pictures share a line where nothing but the pictures differs: hundreds of
    equal lines say less than one. Those of one picture are named each, unless there are too many.
    """
    groups = _grouped(steps, reasons, names_one=True)
    return groups if len(groups) <= _MOST_ROWS else _grouped(steps, reasons, names_one=False)


def _grouped(
    steps: Sequence[Step], reasons: Mapping[CellKey, Reason], *, names_one: bool
) -> list[list[Step]]:
    found: dict[tuple[object, ...], list[Step]] = {}
    for step in steps:
        axes = [set(values) for values in _axes(step.cells)]
        if len(step.cells) > 1 or not names_one:
            axes[_PICTURE] = set()
        alike = tuple(next(iter(values)) if len(values) == 1 else "" for values in axes)
        found.setdefault((step.action, alike, _said(step, reasons)), []).append(step)
    return list(found.values())


def _row(group: Sequence[Step], reasons: Mapping[CellKey, Reason]) -> tuple[str, ...]:
    sign = {Action.BUY: "+", Action.TOP_UP: "^", Action.REBUY: "!"}[group[0].action]
    cells = [cell for step in group for cell in step.cells]
    requests = f" in {len(group):,} requests" if len(group) > 1 else ""
    return (
        f"{sign} {group[0].action}",
        _where(cells),
        f"{count(len(cells), 'picture')}{requests}",
        format_usd(MicroUsd(sum(step.quote.amount for step in group))),
        _said(group[0], reasons),
    )


def _said(step: Step, reasons: Mapping[CellKey, Reason]) -> str:
    """Why a request is made, each reason once."""
    why = dict.fromkeys(reasons[cell.key] for cell in step.cells)
    return ", ".join(REASON_WORDS[reason] for reason in why)


def _where(cells: Sequence[Cell]) -> str:
    """The address that all cells share, the differing part as a count."""
    if len(cells) == 1:
        return str(cells[0].address)
    parts = (
        values[0] if len(set(values)) == 1 else f"{{{len(set(values)):,}}}"
        for values in _axes(cells)
        if values[0]
    )
    return "/".join(parts)


def _axes(cells: Sequence[Cell]) -> tuple[list[str], ...]:
    """Parts of the cells' addresses: sets, pictures, variants, sizes, takes."""
    return (
        [str(cell.address.set) for cell in cells],
        [str(cell.address.picture) for cell in cells],
        [str(cell.address.variant) for cell in cells],
        [str(cell.address.size) for cell in cells],
        [f"t{cell.address.take}" for cell in cells],
    )


def _totals(plan: Plan, renders: int) -> Iterator[str]:
    wanted = count(len(plan.cells), "picture")
    if plan.steps:
        requests = count(len(plan.steps), "request")
        cost = _money(plan.cost, plan.realm)
        yield f"{wanted} wanted: {plan.images:,} to buy in {requests} for {cost}."
    else:
        yield f"{wanted} wanted: nothing to buy."
    for (action, reason), number in sorted(_others(plan).items()):
        yield f"  {action:<8} {number:>6,}  {REASON_WORDS[reason]}"
    if renders:
        yield f"  {Action.RENDER:<8} {renders:>6,}  files derived here, free"
    if plan.orphans:
        money = MicroUsd(sum(orphan.charged for orphan in plan.orphans))
        words = f"bought for {format_usd(money)} and no longer wanted"
        yield f"  {Action.ORPHAN:<8} {len(plan.orphans):>6,}  {words}"


def _money(amount: MicroUsd, realm: str) -> str:
    return format_usd(amount) + (" of play money" if realm == _DRAFT else "")


def _others(plan: Plan) -> Counter[tuple[Action, Reason]]:
    """Cells by what happens to them, but for those that are bought."""
    paid = {cell.key for step in plan.steps for cell in step.cells}
    return Counter(
        (decision.action, decision.reason)
        for cell, decision in zip(plan.cells, plan.decisions, strict=True)
        if cell.key not in paid or decision.reason is Reason.DUPLICATE_OF
    )


def _chosen(chosen: Chosen) -> Iterator[str]:
    """What the user said of which cells to buy; nothing where nothing was said."""
    options = [("--select", one) for one in chosen.select]
    options += [("--exclude", one) for one in chosen.exclude]
    if options:
        yield f"  chosen by {' '.join(f'{name} {text}' for name, text in options)}"


def permit_text(permit: UnderPermit) -> str:
    """One line on what a permit lists and what becomes of it."""
    parts = [f"{count(permit.listed, 'picture')} listed"]
    others = (
        (permit.bought, "bought already"),
        (permit.unwanted, "no longer wanted, so skipped"),
        (permit.waiting, "not to be bought now"),
        (permit.again, "not bought, since it would be paid for again and is not listed as that"),
    )
    parts += [f"{number:,} {words}" for number, words in others if number]
    return f"permit {permit.digest[:_OF_DIGEST]}: {'; '.join(parts)}"


def _limit(limit: Limit, cost: MicroUsd) -> str:
    shown = limit.name[:_OF_DIGEST] if limit.scope == "permit" else limit.name
    name = f"{limit.scope} {shown}".strip()
    parts = []
    if limit.money is not None and limit.left is not None:
        spent, cap, left = map(format_usd, (limit.spent, limit.money, limit.left))
        parts.append(f"{spent} of {cap} spent, {left} left{_afterwards(limit.left, cost)}")
    if limit.images is not None:
        parts.append(f"{limit.spent_images:,} of {count(limit.images, 'picture')} bought")
    return f"{name}: {'; '.join(parts)}" if parts else ""


def _afterwards(left: MicroUsd, cost: MicroUsd) -> str:
    if not cost:
        return ""
    if cost > left:
        return f", {format_usd(MicroUsd(cost - left))} too little"
    return f", {format_usd(MicroUsd(left - cost))} afterwards"

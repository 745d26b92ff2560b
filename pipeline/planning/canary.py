"""The canary: a few pictures that stand for all, bought first, so a bad prompt costs little."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.domain.fingerprint import CellKey
from pipeline.domain.plan import PAID, Cell, Plan, Step


def canary(cells: Sequence[Cell], number: int) -> tuple[Cell, ...]:
    """Choose cells that show as much as possible of what a campaign wants.

    One after the other, the cell is taken that shows what was shown least before it: its variant
    first, then its image set, size and picture. The choice depends on the wanted cells alone, so
    that it stays the same from run to run.

    Args:
        cells: wanted, in address order.
        number: how many; fewer where fewer differ.
    """
    left = list({cell.key: cell for cell in cells if cell.address.take == 1}.values())
    chosen: list[Cell] = []
    shown: Counter[tuple[str, ...]] = Counter()
    while left and len(chosen) < number:
        rarest = min(range(len(left)), key=lambda n: [shown[one] for one in _shows(left[n])])
        cell = left.pop(rarest)
        chosen.append(cell)
        shown.update(_shows(cell))
    return tuple(chosen)


def _shows(cell: Cell) -> tuple[tuple[str, ...], ...]:
    address = cell.address
    return (
        ("variant", address.variant),
        ("set", address.set),
        ("size", address.size),
        ("picture", address.set, address.picture),
    )


def outstanding(plan: Plan, number: int) -> frozenset[CellKey]:
    """Cells of the canary that are still to be paid for."""
    chosen = {cell.key for cell in canary(plan.cells, number)}
    return frozenset(
        cell.key
        for cell, decision in zip(plan.cells, plan.decisions, strict=True)
        if cell.key in chosen and decision.action in PAID
    )


def only(
    plan: Plan,
    keys: frozenset[CellKey],
    without: Callable[[Step, Sequence[CellKey]], Step | None],
) -> Plan:
    """The same plan with no more to buy than some cells.

    Args:
        plan: whole.
        keys: what may be bought.
        without: the same job without some cells.
    """
    cut = [
        without(step, [cell.key for cell in step.cells if cell.key not in keys])
        for step in plan.steps
        if any(cell.key in keys for cell in step.cells)
    ]
    return replace(plan, steps=tuple(step for step in cut if step is not None))

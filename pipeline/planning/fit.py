"""As much of a plan as its caps have room for, in plan order."""

from collections.abc import Sequence

from pipeline.domain.plan import Limit, Step


def fitting(
    steps: Sequence[Step], limits: Sequence[Limit]
) -> tuple[tuple[Step, ...], Limit | None]:
    """Steps up to the first that some cap has no room for, and that cap.

    Smaller steps behind it are not tried: which pictures are there shall follow from the plan's
    order, not from what happens to fit.
    """
    cost = images = 0
    for position, step in enumerate(steps):
        cost += step.quote.most
        images += len(step.cells)
        for limit in limits:
            if not limit.has_room(limit.spent + cost, limit.spent_images + images):
                return tuple(steps[:position]), limit
    return tuple(steps), None

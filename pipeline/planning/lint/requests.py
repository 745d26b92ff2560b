"""Rules about requests: the same one twice, and a model that makes more than is asked for."""

from collections import Counter
from collections.abc import Iterator

from pipeline.domain.card import Card
from pipeline.domain.diagnostics import Span
from pipeline.domain.money import format_usd
from pipeline.domain.plan import Address, Cell
from pipeline.planning.lint.case import Case, Finding

_AXES = ("set", "picture", "variant", "size", "take")


def same_requests(case: Case) -> Iterator[Finding]:
    """Cells that ask for the same picture: bought once, and mostly a slip."""
    first: dict[str, Cell] = {}
    groups: dict[tuple[tuple[str, str, str], ...], list[tuple[Address, Address]]] = {}
    for cell in case.cells:
        twin = first.setdefault(cell.key, cell)
        if twin is not cell:
            apart = _apart(twin.address, cell.address)
            groups.setdefault(apart, []).append((twin.address, cell.address))
    for apart, pairs in groups.items():
        one, other = pairs[0]
        number = len(pairs)
        counted = f" in {number} cells" if number > 1 else ""
        yield Finding(
            what=f"{_who(apart, one, other)} ask for the same{counted}",
            why="equal requests are bought once, and the picture is delivered under both names",
            fix="delete one of them, or give it what makes it different; for another try of the"
            " same, `takes: 2` says so",
            at=_place(case, apart, other),
        )


def _apart(one: Address, other: Address) -> tuple[tuple[str, str, str], ...]:
    """Axes in which two addresses differ, with both values; of pictures in two sets the sets."""
    found = tuple(
        (axis, str(a), str(b)) for axis, a, b in zip(_AXES, one, other, strict=True) if a != b
    )
    if found[0][0] == "set" and len(found) > 1:
        return tuple(part for part in found if part[0] != "picture")
    return found


def _who(apart: tuple[tuple[str, str, str], ...], one: Address, other: Address) -> str:
    axis, first, second = apart[0]
    match axis:
        case "variant" if len(apart) == 1:
            return f"variants `{first}` and `{second}`"
        case "picture" if len(apart) == 1:
            return f"pictures `{first}` and `{second}` of image set `{one.set}`"
        case "set" if len(apart) == 1:
            return f"image sets `{first}` and `{second}`"
        case _:
            return f"`{one}` and `{other}`"


def _place(case: Case, apart: tuple[tuple[str, str, str], ...], other: Address) -> Span | None:
    axes = {axis for axis, _, _ in apart}
    if "variant" in axes:
        return case.variants[other.variant].at
    image_set = case.sets.get(other.set)
    return case.campaign.prompt_at if image_set is None else image_set.at


def sequence_of_one(case: Case) -> Iterator[Finding]:
    """A model for series that is always asked for one picture."""
    card = case.card
    if not card.outputs.is_sequential or not case.cells:
        return
    is_takes = case.campaign.sequence == "takes"
    together = Counter(
        (cell.address.set, id(cell.recipe), cell.source if is_takes else cell.address.take)
        for cell in case.cells
    )
    if max(together.values()) > 1:
        return
    other = _plain(case)
    if other is None:
        return
    unit = "" if card.price.unit is None else f" ({format_usd(card.price.unit)})"
    yield Finding(
        what=f"every request asks `{card.model}` for one picture",
        why="a sequential model decides by the prompt how many pictures it makes; its sibling makes"
        f" exactly one, at the same price{unit}",
        fix=f"write `model: {other.model}`; the model is part of every request, so change it before"
        " the first run",
        at=Span(case.campaign.file, 1, 1),
        words=card.model,
    )


def _plain(case: Case) -> Card | None:
    """The sibling that makes one picture of the same inputs at the same price."""
    card = case.card
    found = [
        one
        for one in case.others
        if (one.provider, one.family, one.operation) == (card.provider, card.family, card.operation)
        and not one.outputs.is_sequential
        and one.price.unit == card.price.unit
        and card.model.startswith(one.model)
    ]
    return max(found, key=lambda one: len(one.model), default=None)

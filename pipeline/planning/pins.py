"""Pins: old deliveries that serve cells, whatever the manifest asks for now."""

from collections.abc import Iterator, Sequence

from pipeline.domain.campaign import Campaign, Pin
from pipeline.domain.diagnostics import Problem, Severity
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.history import History
from pipeline.domain.identity import cell_key
from pipeline.domain.plan import Cell, Decision

PINNED_REALM = "real"
"""Whose pictures pins speak of: a draft of a pinned cell is made like any other."""


def with_pins(cells: Sequence[Cell], campaign: Campaign) -> tuple[list[Cell], list[Problem]]:
    """The cells, those that are pinned under the key of what serves them.

    So that key is wanted wherever keys are counted: by orphans, by budget review, in the outputs.

    Args:
        cells: in address order, under their own keys.
        campaign: with pins.

    Returns:
        The cells in the same order, and a problem for each pin that no cell has.
    """
    pins = {pin.address: pin for pin in campaign.pins}
    found: list[Cell] = []
    for cell in cells:
        pin = pins.pop(str(cell.address), None)
        found.append(cell if pin is None else cell._replace(key=pin.key, pin=pin.picture))
    return found, [_not_wanted(pin) for pin in pins.values()]


def check_pins(
    campaign: Campaign, cells: Sequence[Cell], decisions: Sequence[Decision], history: History
) -> Iterator[Problem]:
    """Problems of pins that nothing serves, and warnings of those that change nothing.

    Args:
        campaign: with pins.
        cells: with pins.
        decisions: one for each cell.
        history: all receipts of the realm that can be seen.
    """
    pins = {pin.address: pin for pin in campaign.pins}
    for cell, decision in zip(cells, decisions, strict=True):
        if cell.pin is None:
            continue
        pin = pins[str(cell.address)]
        deliveries = history.deliveries.get(cell.key, ())
        if decision.output is None:
            digests = [delivery.output.sha256 for delivery in deliveries]
            yield _not_delivered(pin, digests)
        elif cell.key == own_key(cell) and len({one.output.sha256 for one in deliveries}) == 1:
            # Where there are several, the pin may be what chooses one of them.
            yield _needless(pin)


def own_key(cell: Cell) -> CellKey:
    """The key of what the manifest asks for now, whether the cell is pinned or not."""
    return cell_key(cell.recipe, cell.source, cell.address.take)


def _not_wanted(pin: Pin) -> Problem:
    return Problem(
        code="P007",
        what=f"pin for `{pin.address}`, which the campaign does not want",
        why="it would keep a picture for a cell that is not there, so it is a slip or left over",
        fix="correct the address, or remove the pin",
        at=pin.at,
    )


def _not_delivered(pin: Pin, digests: Sequence[str]) -> Problem:
    other = f"; of that key there is the picture `{digests[0]}`" if digests else ""
    return Problem(
        code="P008",
        what=f"pin for `{pin.address}`, and no receipt has its picture",
        why=f"no delivery of the cell key `{pin.key}` is the picture `{pin.picture}`{other}",
        fix="copy key and picture from a receipt in `lock/`, or remove the pin; while it stands,"
        " the cell is not bought",
        at=pin.at,
    )


def _needless(pin: Pin) -> Problem:
    return Problem(
        code="P009",
        what=f"the pin for `{pin.address}` is not needed any more",
        why="the manifest asks for this very picture again",
        fix="remove the pin",
        at=pin.at,
        severity=Severity.WARNING,
    )

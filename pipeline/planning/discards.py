"""Paid pictures that a change makes useless, and why."""

from collections.abc import Iterable, Mapping

from pipeline.domain.difference import Discard
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.history import History
from pipeline.domain.money import ZERO, MicroUsd, split_evenly
from pipeline.domain.plan import Address, Cell, Reason
from pipeline.planning.expand import Expansion
from pipeline.planning.plan import shares
from pipeline.planning.wishes import Judged


def discards(
    before: Mapping[str, Judged],
    after: Mapping[str, Judged],
    now: Mapping[str, str],
    history: History,
) -> list[Discard]:
    """Paid pictures that base wants and no campaign of head does, by campaign and reason.

    Args:
        before: base's campaigns.
        after: head's.
        now: for each campaign of base its name in head, if it is still there.
        history: receipts of both sides.

    Returns:
        Those that are bought anew first, then by money.
    """
    charged = _charged(history, _keys(before) - _keys(after))
    sums: dict[tuple[str, Reason], list[int]] = {}
    for name, one in before.items():
        gone = [cell for cell in one.cells if cell.key in charged]
        if not gone:
            continue
        successor = after.get(now.get(name, ""))
        here = {} if successor is None else _by_address(successor.wish.expansion)
        buying = {} if successor is None else shares(successor.plan.steps)
        counted: set[CellKey] = set()
        for cell in gone:
            new = here.get(cell.address)
            reason = Reason.NO_LONGER_WANTED if new is None else difference(cell, new)
            total = sums.setdefault((now.get(name, name), reason), [0, 0, 0, 0])
            total[0] += 1
            total[1] += charged[cell.key]
            if new is not None and new.key in buying and new.key not in counted:
                counted.add(new.key)
                total[2] += 1
                total[3] += buying[new.key]
    found = [
        Discard(name, reason, pictures, MicroUsd(orphaned), anew, MicroUsd(cost))
        for (name, reason), (pictures, orphaned, anew, cost) in sums.items()
    ]
    return sorted(found, key=lambda d: (not d.anew, -d.orphaned, d.campaign, d.reason))


def _keys(judged: Mapping[str, Judged]) -> set[CellKey]:
    """All that some campaigns want."""
    return {cell.key for one in judged.values() for cell in one.cells}


def _charged(history: History, keys: Iterable[CellKey]) -> dict[CellKey, MicroUsd]:
    """What was paid for some cells that have a picture, over all attempts that asked for them."""
    left = {key for key in keys if key in history.deliveries}
    found = dict.fromkeys(sorted(left), ZERO)
    if not left:
        return found
    for money in history.attempts.values():
        asked = [cell.key for cell in money.cells]
        if left.isdisjoint(asked):
            continue
        each = split_evenly(MicroUsd(max(money.charged, ZERO)), len(asked))
        for key, share in zip(asked, each, strict=True):
            if key in left:
                found[key] = MicroUsd(found[key] + share)
    return found


def _by_address(expansion: Expansion) -> dict[Address, Cell]:
    return {cell.address: cell for cell in expansion.cells}


def difference(old: Cell, new: Cell) -> Reason:
    """What first differs between two cells that stand at one address."""
    ours, theirs = new.recipe, old.recipe
    checks = (
        (Reason.PINNED, new.pin is not None),
        (Reason.MODEL_CHANGED, (ours.provider, ours.model) != (theirs.provider, theirs.model)),
        (Reason.PROMPT_CHANGED, ours.prompt != theirs.prompt),
        (Reason.PARAM_CHANGED, ours.params != theirs.params),
        (Reason.SIZE_CHANGED, ours.size != theirs.size),
        (Reason.REFERENCE_CHANGED, ours.reference != theirs.reference),
        (Reason.INPUT_CHANGED, new.source != old.source),
    )
    return next((reason for reason, differs in checks if differs), Reason.NO_LONGER_WANTED)

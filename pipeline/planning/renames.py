"""Which campaign of one side is which of the other: a rename costs nothing and is shown as one."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.domain.fingerprint import CellKey
from pipeline.domain.receipts import Assume, Doubt, Failed, Gen
from pipeline.planning.wishes import Side


def names_in_base(base: Side, head: Side) -> dict[str, str]:
    """For each campaign of head its name in base; empty for those that are new.

    One that is gone and one that is new are the same, renamed, if at least half of their pictures
    or of their purchases are: a rename costs nothing and is shown as one.
    """
    found = {name: name if name in base.wishes else "" for name in head.wishes}
    gone = [name for name in sorted(base.wishes) if name not in head.wishes]
    new = [name for name in sorted(head.wishes) if not found[name]]
    if not gone or not new:
        return found
    ours, theirs = _traits(base, gone), _traits(head, new)
    pairs = sorted(
        (-shared, old, name)
        for old, name in _meeting(ours, theirs)
        if (shared := _in_common(ours[old], theirs[name]))
    )
    taken: set[str] = set()
    for _, old, name in pairs:
        if not found[name] and old not in taken:
            found[name] = old
            taken.add(old)
    return found


class _Traits(NamedTuple):
    keys: frozenset[CellKey]
    attempts: frozenset[str]


def _traits(side: Side, names: Sequence[str]) -> dict[str, _Traits]:
    attempts: dict[str, set[str]] = {name: set() for name in names}
    for campaign, receipt in side.filed:
        if campaign in attempts and isinstance(receipt, Gen | Failed | Doubt | Assume):
            attempts[campaign].add(receipt.order.attempt)
    return {
        name: _Traits(
            frozenset(cell.key for cell in side.wishes[name].expansion.cells),
            frozenset(attempts[name]),
        )
        for name in names
    }


def _meeting(ours: Mapping[str, _Traits], theirs: Mapping[str, _Traits]) -> set[tuple[str, str]]:
    """Pairs of campaigns that share anything at all."""
    having: dict[str, list[str]] = {}
    for name, traits in theirs.items():
        for trait in (*traits.keys, *traits.attempts):
            having.setdefault(trait, []).append(name)
    return {
        (old, name)
        for old, traits in ours.items()
        for trait in (*traits.keys, *traits.attempts)
        for name in having.get(trait, ())
    }


def _in_common(old: _Traits, new: _Traits) -> int:
    """How much two campaigns share; 0 where it is less than half of either."""
    kinds: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
        (old.keys, new.keys),
        (old.attempts, new.attempts),
    )
    shared = 0
    for ours, theirs in kinds:
        both = len(ours & theirs)
        if both * 2 >= max(len(ours), len(theirs)):
            shared += both
    return shared

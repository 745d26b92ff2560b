"""Which output was made from which source: looks at the files, and asks for the best answer.

Geometry is asked first; it settles nearly everything in a fraction of the time. Where it leaves a
doubt, or an output that nothing matches, networks look as well.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.imaging.checks.reading import Bytes8, UnreadablePictureError, read_small
from pipeline.imaging.matching.assign import NOBODY, Owner, assign
from pipeline.imaging.matching.likeness import (
    Outline,
    likeness,
    points_of,
    with_networks,
)

__all__ = ["ENOUGH", "NOBODY", "Owner", "owners"]

ENOUGH = 0.95
"""Confidence from which nobody else needs to be asked; see `tests/defects` for what it is worth."""
_SIDE = 1024


def owners(
    outputs: Sequence[Path],
    sources: Sequence[Path],
    places: Sequence[int],
    *,
    workers: int | None = None,
) -> tuple[Owner, ...]:
    """Find out whose each output of one request is.

    Args:
        outputs: files, in the order of their delivery.
        sources: files that the request sent.
        places: for each source how many outputs were asked for; 0 for one that is sent along.
        workers: at once; None for one a core.

    Returns:
        One owner for each output. An output that cannot be read is nobody's, without confidence;
        a source that cannot be read is nobody's source.
    """
    with ThreadPoolExecutor(max_workers=workers or len(os.sched_getaffinity(0))) as pool:
        pixels = list(pool.map(_pixels, [*outputs, *sources]))
        outlines = list(pool.map(_if_read(points_of), pixels))
        found = _decide(outlines, len(outputs), places)
        is_settled = all(
            outline is None
            or outline.is_plain
            or (owner.confidence >= ENOUGH and owner.source != NOBODY)
            for owner, outline in zip(found, outlines, strict=False)
        )
        if is_settled:
            return found
        whole = list(pool.map(_whole, pixels, outlines))
    return _decide(whole, len(outputs), places)


def _decide(
    outlines: Sequence[Outline | None], outputs: int, places: Sequence[int]
) -> tuple[Owner, ...]:
    edits, originals = outlines[:outputs], outlines[outputs:]
    readable = [index for index, edit in enumerate(edits) if edit is not None]
    matrix = [
        [
            0.0 if edit is None or original is None else likeness(edit, original)
            for original in originals
        ]
        for edit in edits
    ]
    decided = assign([matrix[index] for index in readable], places)
    found = [Owner(NOBODY, serves=False, confidence=0.0)] * outputs
    for index, owner in zip(readable, decided, strict=True):
        found[index] = owner
    return tuple(found)


def _pixels(path: Path) -> Bytes8 | None:
    try:
        return read_small(path, side=_SIDE)
    except (UnreadablePictureError, OSError):
        return None


def _if_read(look: Callable[[Bytes8], Outline]) -> Callable[[Bytes8 | None], Outline | None]:
    return lambda rgb: None if rgb is None else look(rgb)


def _whole(rgb: Bytes8 | None, outline: Outline | None) -> Outline | None:
    return None if rgb is None or outline is None else with_networks(rgb, outline)

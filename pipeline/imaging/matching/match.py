"""Which output was made from which source: looks at the files, and asks for the best answer.

Geometry is asked first; it settles nearly everything in a fraction of the time. Where it leaves a
doubt, or an output that nothing matches, networks look as well. A picture that is put together from
several is nobody's for sure, however well a part of it fits.
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
from pipeline.imaging.matching.mixed import POSSIBLE, Grid, doubted, evidence, is_seamed, seam

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
        seamed = list(pool.map(_is_seamed, pixels))
        found = _decide(outlines, seamed, places)
        is_settled = all(
            outline is None
            or outline.is_plain
            or has_seam
            or (owner.confidence >= ENOUGH and owner.source != NOBODY)
            for owner, outline, has_seam in zip(found, outlines, seamed, strict=False)
        )
        if is_settled:
            return found
        whole = list(pool.map(_whole, pixels, outlines))
    return _decide(whole, seamed, places)


def _decide(
    outlines: Sequence[Outline | None], seamed: Sequence[bool], places: Sequence[int]
) -> tuple[Owner, ...]:
    outputs = len(seamed) - len(places)
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
    parts = [
        _parts(edit, originals, row, places) if owner.confidence >= ENOUGH else {}
        for edit, row, owner in zip(edits, matrix, found, strict=True)
    ]
    return doubted(found, seamed[:outputs], parts, seamed[outputs:])


def _parts(
    edit: Outline | None,
    originals: Sequence[Outline | None],
    row: Sequence[float],
    places: Sequence[int],
) -> dict[int, Grid]:
    """What in an output speaks for each source that it was asked for; a reference may be in all."""
    found: dict[int, Grid] = {}
    for index, (original, alike, asked) in enumerate(zip(originals, row, places, strict=True)):
        if edit is not None and original is not None and asked and alike >= POSSIBLE:
            grid = evidence(edit.points, original.points)
            if grid is not None:
                found[index] = grid
    return found


def _is_seamed(rgb: Bytes8 | None) -> bool:
    return rgb is not None and is_seamed(seam(rgb))


def _pixels(path: Path) -> Bytes8 | None:
    try:
        return read_small(path, side=_SIDE)
    except (UnreadablePictureError, OSError):
        return None


def _if_read(look: Callable[[Bytes8], Outline]) -> Callable[[Bytes8 | None], Outline | None]:
    return lambda rgb: None if rgb is None else look(rgb)


def _whole(rgb: Bytes8 | None, outline: Outline | None) -> Outline | None:
    return None if rgb is None or outline is None else with_networks(rgb, outline)

"""Which output was made from which source: looks at the files, and asks for the best answer.

Geometry is asked first; it settles nearly everything in a fraction of the time. Where it leaves a
doubt, or an output that nothing matches, networks look as well. A picture that is put together from
several is nobody's for sure, however well a part of it fits.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.imaging.checks.reading import Bytes8, UnreadablePictureError, read_small
from pipeline.imaging.matching.assign import NOBODY, Owner, assign
from pipeline.imaging.matching.likeness import Outline, likeness, points_of, with_networks
from pipeline.imaging.matching.mixed import (
    POSSIBLE,
    Lines,
    doubted,
    is_cut_off,
    is_seamed,
    seam,
    shows_another,
    soft_lines,
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
        looks = list(pool.map(_look, [*outputs, *sources]))
        found, put_together = _decide(looks, places)
        is_settled = all(
            look is None
            or look.outline.is_plain
            or look.is_seamed
            or is_mixed
            or (owner.confidence >= ENOUGH and owner.source != NOBODY)
            for owner, look, is_mixed in zip(found, looks, put_together, strict=False)
        )
        if is_settled:
            return found
        looks = list(pool.map(_closer, looks))
    return _decide(looks, places)[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What is seen of one file.

    Attributes:
        rgb: [h, w, 3] uint8, reduced.
        outline: what of it survives an edit.
        is_seamed: whether it looks put together.
        lines: that might part it.
    """

    rgb: Bytes8
    outline: Outline
    is_seamed: bool
    lines: Lines


def _decide(
    looks: Sequence[_Look | None], places: Sequence[int]
) -> tuple[tuple[Owner, ...], list[bool]]:
    """The owners, and of which outputs it is doubted since they are put together."""
    outputs = len(looks) - len(places)
    edits, originals = looks[:outputs], looks[outputs:]
    readable = [index for index, edit in enumerate(edits) if edit is not None]
    matrix = [
        [
            0.0 if edit is None or original is None else likeness(edit.outline, original.outline)
            for original in originals
        ]
        for edit in edits
    ]
    decided = assign([matrix[index] for index in readable], places)
    found = [Owner(NOBODY, serves=False, confidence=0.0)] * outputs
    for index, owner in zip(readable, decided, strict=True):
        found[index] = owner
    put_together = [
        owner.confidence >= ENOUGH and _is_put_together(edit, originals, row, places, owner.source)
        for edit, row, owner in zip(edits, matrix, found, strict=True)
    ]
    return doubted(found, put_together), put_together


def _is_put_together(
    edit: _Look | None,
    originals: Sequence[_Look | None],
    row: Sequence[float],
    places: Sequence[int],
    source: int,
) -> bool:
    """Whether an output shows more than the source that it was given to.

    It is held against each source that it was asked for; a reference may be in all.
    """
    own = None if source == NOBODY else originals[source]
    if edit is None or own is None:
        return False
    if edit.is_seamed and not own.is_seamed:
        return True
    others = (
        original.outline.points
        for index, (original, alike, asked) in enumerate(zip(originals, row, places, strict=True))
        if index != source and original is not None and asked and alike >= POSSIBLE
    )
    points, mine = edit.outline.points, own.outline.points
    return is_cut_off(points, mine, edit.lines) or shows_another(points, mine, others)


def _look(path: Path) -> _Look | None:
    """A first look, at its points alone; None where it cannot be read."""
    try:
        rgb = read_small(path, side=_SIDE)
    except (UnreadablePictureError, OSError):
        return None
    return _Look(rgb, points_of(rgb), is_seamed(seam(rgb)), soft_lines(rgb))


def _closer(look: _Look | None) -> _Look | None:
    """The same with what networks see."""
    return look and replace(look, outline=with_networks(look.rgb, look.outline))

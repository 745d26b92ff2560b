"""What only several pictures together show: look-alikes, and what drifts from its set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.checks.alone import Alone
from pipeline.imaging.checks.seenfacts import Seen, unpack

Vector = NDArray[np.float32]

FEWEST = 3
"""Pictures that a set needs before anything can drift from it."""
_HASH_BITS = 14  # of 128; a copy that was cropped by a hundredth has up to 12
_COLOUR = 8.0
_MIDDLES = 200
_CHANNELS = 3


@dataclass(frozen=True, slots=True)
class Drift:
    """How far one picture is from its set, beyond what the sources differ by.

    Attributes:
        colour: of the subject, delta E, the mean over the tenths of its colours.
        light: brightness and warmth, delta E.
        subject: 0 to 1; None where there are no subjects to compare.
    """

    colour: float
    light: float
    subject: float | None


def look_alikes(pictures: Sequence[Alone]) -> Mapping[int, int]:
    """For each picture the one that is most like it, where any may be nearly the same.

    Hashes find candidates, and are blind to colour and to small things: whether they are the same
    is for a comparison of their pixels to say.
    """
    if len(pictures) < 2:  # noqa: PLR2004 - nothing to compare with
        return {}
    phash = np.asarray([one.phash for one in pictures], np.uint64)
    dhash = np.asarray([one.dhash for one in pictures], np.uint64)
    layouts = np.asarray([one.layout for one in pictures], np.float32).reshape(len(pictures), -1, 3)
    found: dict[int, int] = {}
    for index in range(len(pictures)):
        bits = np.bitwise_count(phash ^ phash[index]) + np.bitwise_count(dhash ^ dhash[index])
        near = np.flatnonzero(bits <= _HASH_BITS)
        near = near[near != index]
        off = np.sqrt(np.square(layouts[near] - layouts[index]).sum(axis=2)).mean(axis=1)
        near, off = near[off <= _COLOUR], off[off <= _COLOUR]
        if len(near):
            found[index] = int(near[int(np.argmin(off + bits[near]))])
    return found


def drifts(outputs: Sequence[Seen], sources: Sequence[Seen | None]) -> list[Drift]:
    """How far each output of one set and variant is from their median.

    Sources differ too: from above a bottle is not what it is from the front. So what the sources
    differ by, measured in the same way, is taken off.

    Args:
        outputs: at least `FEWEST`.
        sources: of each output, None where there is none.
    """
    whole = [source for source in sources if source is not None]
    same = whole if len(whole) == len(outputs) else []
    colour = _beyond([one.colour for one in outputs], [one.colour for one in same])
    light = _beyond([one.light for one in outputs], [one.light for one in same])
    subject = _subjects(outputs, same)
    return [
        Drift(colour=float(colour[index]), light=float(light[index]), subject=subject[index])
        for index in range(len(outputs))
    ]


def _beyond(
    outputs: Sequence[tuple[float, ...]],
    sources: Sequence[tuple[float, ...]],
) -> NDArray[np.float64]:
    """Distance from the median, less the sources' own."""
    off = _from_median(np.asarray(outputs, np.float64))
    if not sources:
        return off
    return np.maximum(0.0, off - _from_median(np.asarray(sources, np.float64)))


def _from_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean distance of each row's colours from those of the median row."""
    off = (values - np.median(values, axis=0)).reshape(len(values), -1, _CHANNELS)
    return np.asarray(np.linalg.norm(off, axis=2).mean(axis=1), np.float64)


def _subjects(outputs: Sequence[Seen], sources: Sequence[Seen]) -> list[float | None]:
    """Faces where all have one, else what the subject looks like."""
    for read in (_face, _subject):
        vectors = [read(one) for one in outputs]
        if any(vector is None for vector in vectors):
            continue
        off = _from_middle([vector for vector in vectors if vector is not None])
        before = [read(one) for one in sources]
        if len(before) == len(vectors) and all(vector is not None for vector in before):
            off = off - _from_middle([vector for vector in before if vector is not None])
        return [max(0.0, float(value)) for value in off]
    return [None] * len(outputs)


def _face(one: Seen) -> Vector | None:
    return unpack(one.face)


def _subject(one: Seen) -> Vector | None:
    return unpack(one.subject)


def _from_middle(vectors: Sequence[Vector]) -> NDArray[np.float64]:
    """Half the squared distance to the vector that is nearest to all others.

    Of a large set the nearest is looked for among some, spread evenly, so that memory is bounded.
    """
    stack = np.asarray(vectors, np.float32)
    some = stack[:: max(1, len(stack) // _MIDDLES)]
    lengths = np.square(stack).sum(axis=1)
    apart = np.maximum(0.0, (np.square(some).sum(axis=1)[:, None] + lengths) / 2 - some @ stack.T)
    middle = int(np.median(apart, axis=1).argmin())
    return np.asarray(apart[middle], np.float64)

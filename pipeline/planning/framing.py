"""Where a point of a source picture lies in the picture that a model made of it."""

from pipeline.domain.rendition import SCALE

Point = tuple[int, int]
"""How far right and how far down, per mille of width and height."""


def in_frame(point: Point, *, source: tuple[int, int], master: tuple[int, int]) -> Point:
    """A point of a source picture, in a frame that may have another shape.

    Nobody says how a model brings a picture into another shape: it crops what is too long, or adds
    what is missing. Either way the middle stays the middle. The answer is half way between the
    two, so that it is never far from either; of frames of one shape it is the point itself.

    Args:
        point: of the source.
        source: its width and height, px.
        master: width and height of what was made of it, px.
    """
    wide, high = source[0] * master[1], source[1] * master[0]
    across = _stretched(point[0], wide, high)
    down = _stretched(point[1], high, wide)
    return across, down


def _stretched(part: int, times: int, over: int) -> int:
    """A point on a side that the new frame has `times / over` of, but for half of the change.

    Cropping leaves `over / times` of the side and moves its points away from the middle, adding
    does the opposite; along the other side nothing happens.
    """
    middle = SCALE // 2
    # The mean of `times / over` and 1, in whole numbers and rounded to the nearest.
    moved = (part - middle) * (times + over)
    found = middle + (2 * moved + 2 * over) // (4 * over)
    return min(max(found, 0), SCALE)

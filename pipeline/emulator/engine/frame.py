"""Where the source lies in the new frame: cropped to fill it, or its subject set anew."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.raster import Bytes8, Plane

_PRESENT = 0.5
_HEADROOM = 0.075
_EXACT = 1e-6  # px that are rounding, and nothing to resample for
_ROUNDS = (1.0, 0.93, 1.05, 0.88, 1.02)
_FILLS, _CLOSER = 0.7, 1.3
"""Share of a tall frame's height that a bust should fill, and how far it may be enlarged for it."""
_SHIFTS = (0.0, -0.035, 0.04, 0.02, -0.05)


@dataclass(frozen=True, slots=True)
class Placement:
    """Maps source to frame: frame position = source position x scale + offset, both in px.

    Attributes:
        scale: frame px for each source px.
        left: frame position of the source's left border; may lie outside the frame.
        top: frame position of the source's upper border.
    """

    scale: float
    left: float
    top: float

    def enlarged(self, by: float) -> "Placement":
        """The same placement in a frame `by` times as large."""
        return Placement(self.scale * by, self.left * by, self.top * by)


@dataclass(frozen=True, slots=True)
class Extent:
    """The box round a subject, in source px, and which borders of the source cut through it.

    Attributes:
        cut_from: first row, from the top, in which a side border cuts the subject; `bottom` if
            neither does. What lies above it is whole.
        from_above: whether it looks like a round thing seen from above: a cup on its saucer.
    """

    left: float
    top: float
    right: float
    bottom: float
    cuts_left: bool
    cuts_right: bool
    cuts_top: bool
    cuts_bottom: bool
    cut_from: float
    from_above: bool = False

    @property
    def width(self) -> float:
        """Of the box, px."""
        return max(self.right - self.left, 1.0)

    @property
    def height(self) -> float:
        """Of the box, px."""
        return max(self.bottom - self.top, 1.0)

    @property
    def middle(self) -> float:
        """Of the box from side to side, px."""
        return (self.left + self.right) / 2

    @property
    def stands(self) -> bool:
        """Whether it ends inside the source, so that it needs a ground to stand on."""
        return not self.cuts_bottom


@dataclass(frozen=True, slots=True)
class Stage:
    """How a backdrop wants its subject, in shares of the frame.

    Attributes:
        ground: height of the line a standing subject touches, from the top.
        tallest: of a standing subject, as a share of the frame's height.
        widest: of any subject, as a share of the frame's width.
    """

    ground: float = 0.83
    tallest: float = 0.66
    widest: float = 0.8


def measure(alpha: Plane, *, width: int, height: int) -> Extent:
    """Find the extent of a subject.

    Args:
        alpha: its mask, at any size.
        width: px of the source the mask belongs to.
        height: px of the source.
    """
    rows, columns = alpha.shape
    solid = alpha > _PRESENT
    ys, xs = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if not len(ys):
        ys, xs = np.array([0, rows - 1]), np.array([0, columns - 1])
    by_x, by_y = width / columns, height / rows

    def runs(border: NDArray[np.bool_]) -> bool:
        return int(border.sum()) > 0.02 * len(border)

    edge_x, edge_y = max(1, columns // 400), max(1, rows // 400)
    left, right = _any(solid[:, :edge_x], axis=1), _any(solid[:, -edge_x:], axis=1)
    sides = np.flatnonzero(left | right)
    cuts_left, cuts_right = runs(left), runs(right)
    cut_from = float(sides[0]) if (cuts_left or cuts_right) and len(sides) else float(ys[-1] + 1)
    return Extent(
        left=float(xs[0]) * by_x,
        top=float(ys[0]) * by_y,
        right=float(xs[-1] + 1) * by_x,
        bottom=float(ys[-1] + 1) * by_y,
        cuts_left=cuts_left,
        cuts_right=cuts_right,
        cuts_top=runs(_any(solid[:edge_y], axis=0)),
        cuts_bottom=runs(_any(solid[-edge_y:], axis=0)),
        cut_from=cut_from * by_y,
        from_above=_looks_round(solid, first=int(ys[0]), last=int(ys[-1]), by=by_x / by_y),
    )


def _any(solid: NDArray[np.bool_], *, axis: int) -> NDArray[np.bool_]:
    return np.asarray(solid.any(axis=axis), np.bool_)


def _looks_round(solid: NDArray[np.bool_], *, first: int, last: int, by: float) -> bool:
    """Whether the lower outline is that of a disc: what stands level ends in a flatter curve."""
    widths = solid.sum(axis=1) * by
    widest = float(widths.max())
    if last - first > 1.5 * widest:  # taller things stand
        return False

    def share(height: float) -> float:
        return float(widths[max(first, last - round(height * widest))]) / widest

    # A disc is 0.47 of its width at 0.06 above its lowest point, and 0.87 at a quarter.
    return 0.28 < share(0.06) < 0.66 and share(0.25) > 0.76  # noqa: PLR2004


def cover(
    extent: Extent, *, source: tuple[int, int], frame: tuple[int, int], again: int = 0
) -> Placement:
    """Fill the frame with the source, its subject as central as the borders allow.

    Args:
        extent: of the subject; the crop follows it.
        source: width and height in px.
        frame: width and height in px.
        again: how often this source was framed before in the job; each time a little closer.
    """
    width, height = frame
    closer = (1.0, 1.12, 1.25, 1.06, 1.18)[again % 5]
    scale = max(width / source[0], height / source[1]) * closer
    left = width / 2 - extent.middle * scale
    # A head needs its room above; a lower border may cut.
    top = min(height * 0.5 - (extent.top + extent.bottom) / 2 * scale, height * 0.12)
    if extent.height * scale > height * 0.9:
        top = height * 0.06 - extent.top * scale
    left = float(np.clip(left, width - source[0] * scale, 0.0))
    top = float(np.clip(top, height - source[1] * scale, 0.0))
    return Placement(scale, left, top)


def stage_subject(
    extent: Extent,
    *,
    source: tuple[int, int],
    frame: tuple[int, int],
    stage: Stage,
    again: int = 0,
) -> Placement:
    """Set a cut-out subject into a new frame, whole, so that no cut edge shows.

    A subject that a border of the source cuts through keeps to that border of the frame.

    Args:
        extent: of the subject.
        source: width and height in px.
        frame: width and height in px.
        stage: how the backdrop wants it.
        again: how often this source was framed before in the job; varies size and place.
    """
    if extent.cuts_top and not (extent.cuts_bottom and _fits_by_sides(extent, frame)):
        return _hung(extent, source=source, frame=frame, stage=stage)
    if extent.cuts_left and extent.cuts_right and not extent.cuts_bottom:
        return cover(extent, source=source, frame=frame, again=again)
    if extent.stands:
        return _standing(extent, frame=frame, stage=stage, again=again)
    return _bust(extent, source=source, frame=frame, again=again)


def _fits_by_sides(extent: Extent, frame: tuple[int, int]) -> bool:
    return extent.height * frame[0] / extent.width <= frame[1]


def _standing(extent: Extent, *, frame: tuple[int, int], stage: Stage, again: int) -> Placement:
    width, height = frame
    size = _ROUNDS[again % len(_ROUNDS)]
    scale = size * min(stage.tallest * height / extent.height, stage.widest * width / extent.width)
    scale = min(scale, 0.96 * stage.ground * height / extent.height, 0.96 * width / extent.width)
    middle = width * (0.5 + _SHIFTS[again % len(_SHIFTS)])
    left = middle - extent.middle * scale
    if extent.cuts_left:
        left = -extent.left * scale - 1.0
    elif extent.cuts_right:
        left = width - extent.right * scale + 1.0
    return Placement(scale, left, stage.ground * height - extent.bottom * scale)


def _hung(
    extent: Extent, *, source: tuple[int, int], frame: tuple[int, int], stage: Stage
) -> Placement:
    """Cut at the top: it keeps to the upper border; if it then fits badly, the source fills."""
    height = frame[1]
    scale = stage.ground * height / extent.height
    fits = extent.width * scale <= frame[0]
    if extent.cuts_bottom or extent.cuts_left or extent.cuts_right or not fits:
        return cover(extent, source=source, frame=frame)
    return Placement(scale, frame[0] / 2 - extent.middle * scale, -extent.top * scale - 1.0)


def _bust(
    extent: Extent, *, source: tuple[int, int], frame: tuple[int, int], again: int
) -> Placement:
    """Cut at the bottom, as portraits are: head below the upper border, body past the lower one."""
    width, height = frame
    size = min(1.0, _ROUNDS[again % len(_ROUNDS)])
    shift = width * _SHIFTS[again % len(_SHIFTS)]
    sides = extent.cuts_left or extent.cuts_right
    tall = (1 - _HEADROOM) * height
    if not sides:
        # In a tall frame shoulders may pass its sides: better that than a head far down.
        fits = 0.94 * width / extent.width
        closer = float(np.clip(_FILLS * height / (fits * extent.height), 1.0, _CLOSER))
        scale = size * min(tall / extent.height, closer * fits)
        spare = max(0.0, (width - extent.width * scale) / 2)
        middle = width / 2 + float(np.clip(shift, -spare, spare))
        return Placement(
            scale, middle - extent.middle * scale, height - extent.bottom * scale + 1.0
        )
    # First choice: the whole subject, its cut sides on the frame's sides.
    scale = min(tall / extent.height, width / extent.width)
    slack = width - extent.width * scale
    both = extent.cuts_left and extent.cuts_right
    if slack <= (0.01 if both else 0.2) * width:
        if both:
            scale = width / extent.width  # a hundredth of the headroom, rather than a cut edge
        if slack < 1.0:
            scale *= float(np.clip(_FILLS * height / (scale * extent.height), 1.0, _CLOSER))
            middle = width / 2 - extent.middle * scale
            return Placement(scale, middle, height - extent.bottom * scale + 1.0)
        left = -extent.left * scale
        if extent.cuts_right and not extent.cuts_left:
            left = width - extent.right * scale
        return Placement(scale, left, height - extent.bottom * scale + 1.0)
    # Second: what is whole above the first cut row; the rest falls below the frame.
    whole = extent.cut_from - extent.top
    if whole > 0.45 * extent.height:  # less would leave a head alone
        # Its sides may pass the frame's sides, but a face must not.
        scale = size * min(tall / whole, 1.25 * width / extent.width)
        middle = width / 2 - extent.middle * scale
        return Placement(scale, middle, height - extent.cut_from * scale)
    if not both:
        left = -extent.left * scale
        if extent.cuts_right:
            left = width - extent.right * scale
        return Placement(scale, left, height - extent.bottom * scale + 1.0)
    return cover(extent, source=source, frame=frame, again=again)


def place(
    image: Bytes8,
    placement: Placement,
    *,
    source: tuple[int, int],
    frame: tuple[int, int],
) -> Bytes8:
    """Lay a picture or plane of a source into a frame; beyond the source its border repeats.

    Args:
        image: of the source, 8-bit, at any size of the same proportions.
        placement: of the source in the frame.
        source: width and height in px that `placement` is measured in.
        frame: width and height in px.
    """
    rows, columns = image.shape[:2]
    tall, wide = placement.scale * source[1], placement.scale * source[0]
    if max(abs(wide - columns), abs(tall - rows)) < _EXACT:
        cut = _cut(image, placement, frame)
        if cut is not None:
            return cut
    if wide < 0.8 * columns and tall < 0.8 * rows:  # cubic sampling would skip pixels
        rows, columns = max(1, round(tall)), max(1, round(wide))
        small = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
        image = np.asarray(small, np.uint8)
    across, down = wide / columns, tall / rows
    # OpenCV counts from the middle of the first pixel, placements from its corner.
    left, top = placement.left + 0.5 * across - 0.5, placement.top + 0.5 * down - 0.5
    matrix = np.array([[across, 0.0, left], [0.0, down, top]], np.float64)
    laid = cv2.warpAffine(
        image, matrix, frame, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(laid, np.uint8)


def _cut(image: Bytes8, placement: Placement, frame: tuple[int, int]) -> Bytes8 | None:
    """The frame's part of an image that needs no resampling; None where it reaches beyond it."""
    column, row = -round(placement.left), -round(placement.top)
    if max(abs(placement.left + column), abs(placement.top + row)) > _EXACT:
        return None
    inside = 0 <= column <= image.shape[1] - frame[0] and 0 <= row <= image.shape[0] - frame[1]
    return image[row : row + frame[1], column : column + frame[0]] if inside else None


def within(placement: Placement, *, source: tuple[int, int], frame: tuple[int, int]) -> Plane:
    """1 where a placed source reaches, 0 beyond; a pixel of tolerance, so borders stay whole."""
    x = np.arange(frame[0], dtype=np.float32) + 0.5
    y = np.arange(frame[1], dtype=np.float32) + 0.5
    right = placement.left + source[0] * placement.scale
    bottom = placement.top + source[1] * placement.scale
    across = (x > placement.left - 1.0) & (x < right + 1.0)
    down = (y > placement.top - 1.0) & (y < bottom + 1.0)
    return np.outer(down, across).astype(np.float32)

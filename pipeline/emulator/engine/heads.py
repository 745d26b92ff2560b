"""Where faces lie in a frame: what is never redrawn, and where cloth cannot be."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pipeline.emulator.engine.frame import Placement
from pipeline.emulator.engine.raster import Plane, smoothstep
from pipeline.vision.faces import Face

_SMALLEST = 0.0004  # of the picture's area; smaller ones are specks that only look like faces


@dataclass(frozen=True, slots=True)
class Head:
    """One face as an oval, in px of the frame it was laid into.

    Attributes:
        x: of its middle.
        y: of its middle, which lies between eyes and mouth.
        across: half its width from ear to ear.
        down: half its height from hairline to chin.
    """

    x: float
    y: float
    across: float
    down: float

    @property
    def chin(self) -> float:
        """Where the face ends below."""
        return self.y + self.down

    def scaled(self, by: float) -> "Head":
        """The same oval in a frame `by` times as large."""
        return Head(self.x * by, self.y * by, self.across * by, self.down * by)


def heads(faces: Iterable[Face], *, plate: tuple[int, int]) -> tuple[Head, ...]:
    """The ovals of found faces, in px of the picture they were found in.

    Args:
        faces: the largest first.
        plate: width and height of that picture.
    """
    least = _SMALLEST * plate[0] * plate[1]
    return tuple(_head(face) for face in faces if face.area >= least)


def _head(face: Face) -> Head:
    # The network's box ends at brows and mouth; a face reaches from the hairline to the chin.
    left, top, right, bottom = face.box
    eyes = (face.points[0][1] + face.points[1][1]) / 2
    mouth = face.points[3][1]
    drop = max(mouth - eyes, 0.2 * (bottom - top))
    upper, lower = eyes - 1.15 * drop, mouth + 0.85 * drop
    return Head(
        x=(left + right) / 2,
        y=(upper + lower) / 2,
        across=0.5 * (right - left),
        down=(lower - upper) / 2,
    )


def laid(ovals: Iterable[Head], placement: Placement, *, by: float) -> tuple[Head, ...]:
    """The same ovals in the frame.

    Args:
        ovals: in px of a plate.
        placement: of the source in the frame.
        by: px of the source for each px of the plate.
    """
    scale = placement.scale * by
    return tuple(
        Head(
            x=one.x * scale + placement.left,
            y=one.y * scale + placement.top,
            across=one.across * scale,
            down=one.down * scale,
        )
        for one in ovals
    )


def covering(ovals: Iterable[Head], shape: tuple[int, int], *, grown: float, soft: float) -> Plane:
    """How far each pixel belongs to a face: 1 inside, falling to 0 around it.

    Args:
        ovals: in px of the plane.
        shape: height and width of the plane.
        grown: radius of the plateau, in radii of the oval.
        soft: width of the fall, in radii of the oval.
    """
    height, width = shape
    plane = np.zeros(shape, np.float32)
    for one in ovals:
        reach = grown + soft
        left, right = one.x - reach * one.across, one.x + reach * one.across
        top, bottom = one.y - reach * one.down, one.y + reach * one.down
        rows = slice(max(0, int(top)), max(0, min(height, int(bottom) + 2)))
        columns = slice(max(0, int(left)), max(0, min(width, int(right) + 2)))
        y = np.arange(rows.start, max(rows.start, rows.stop), dtype=np.float32) + 0.5 - one.y
        x = np.arange(columns.start, max(columns.start, columns.stop), dtype=np.float32) + 0.5
        x = x - one.x
        far = np.hypot((y / max(one.down, 1e-3))[:, None], (x / max(one.across, 1e-3))[None, :])
        here = smoothstep(reach, grown, far)
        plane[rows, columns] = np.maximum(plane[rows, columns], here)
    return plane

"""What dark cloth hides: the opening of a jacket over a shirt, and the lapels beside it.

In a photograph a black jacket, its lapels and a black tie are one black area. In a lighter colour
that would look cut from paper: the tie stays as it is, and the lapels get an edge.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.heads import Head
from pipeline.emulator.engine.raster import Picture, Plane, blur, luma, smoothstep

_BRIGHT = 0.42  # encoded; a shirt is brighter
_PRESENT = 0.5
_LEAST = 0.1  # of a face's width times height: buttons and badges are smaller than a shirt's parts
_GAP = 0.6  # of a face's height between two parts of one shirt: a tie lies across


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """Where a jacket lies open over a shirt.

    Attributes:
        outline: its convex outline, [n, 2], px.
        face: of the wearer.
    """

    outline: NDArray[np.int32]
    face: Head

    def scaled(self, across: float, down: float) -> "Opening":
        """The same opening in another size of the picture."""
        outline = np.round(self.outline * np.array([across, down])).astype(np.int32)
        return Opening(outline, self.face.scaled(down))

    def covered(self, shape: tuple[int, int]) -> Plane:
        """How far each pixel lies within it, 0 to 1."""
        plane = np.zeros(shape, np.uint8)
        cv2.fillConvexPoly(plane, self.outline, 255, cv2.LINE_AA)
        return np.asarray(plane, np.float32) / 255.0


def find_opening(picture: Picture, share: Plane, cloth: Plane, face: Head) -> Opening | None:
    """Find a shirt below a face, with all that lies on it.

    Args:
        picture: encoded.
        share: the subject in it.
        cloth: the dark cloth that was found, with the tie.
        face: of the wearer, px.

    Returns:
        None where there is no bright part that narrows downwards, as in a pullover.
    """
    height, width = share.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    aside = np.abs(x - face.x) / max(face.across, 1.0)
    down = (y - face.chin) / max(face.down, 1.0)
    near = (aside < 1.15) & (down > -0.25) & (down < 2.6)  # noqa: PLR2004 - where a shirt may show
    shirt = near & (cloth < _PRESENT) & (share > _PRESENT) & (luma(picture) > _BRIGHT)
    parts = _parts(shirt, least=_LEAST * face.across * face.down)
    outline = _joined(parts, face)
    if outline is None:
        return None
    low = float(outline[:, 1].max())
    wide = float(np.ptp(outline[:, 0]))
    foot = outline[outline[:, 1] > low - 0.25 * face.down]
    deep = (low - face.chin) / max(face.down, 1.0)
    narrows = float(np.ptp(foot[:, 0])) < 0.55 * wide
    return Opening(outline, face) if narrows and 0.5 < deep < 2.6 else None  # noqa: PLR2004


def _parts(shirt: NDArray[np.bool_], least: float) -> list[NDArray[np.int32]]:
    """Outlines of all parts that are large enough, from the top down."""
    found, _ = cv2.findContours(shirt.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    large = [np.asarray(one, np.int32)[:, 0] for one in found if cv2.contourArea(one) >= least]
    return sorted(large, key=lambda part: int(part[:, 1].min()))


def _joined(parts: list[NDArray[np.int32]], face: Head) -> NDArray[np.int32] | None:
    """One outline round the parts that follow each other downwards from the neck."""
    whole: list[NDArray[np.int32]] = []
    reach = face.chin + 0.6 * face.down
    for part in parts:
        if part[:, 1].min() > reach:
            break
        whole.append(part)
        reach = max(reach, float(part[:, 1].max()) + _GAP * face.down)
    if not whole:
        return None
    return np.asarray(cv2.convexHull(np.concatenate(whole)), np.int32)[:, 0]


def lapels(shape: tuple[int, int], opening: Opening) -> Plane:
    """Light and shade of two lapels and of the edge that buttons over, about 1.

    Args:
        shape: height and width of the plate.
        opening: in px of it.
    """
    face = opening.face
    points = opening.outline.astype(np.float32)
    bottom = points[points[:, 1].argmax()]
    button = bottom + np.array([0.0, 0.3 * face.down], np.float32)
    thin = max(1.0, 0.02 * face.across)
    shade = np.ones(shape, np.float32)
    for side in (-1.0, 1.0):
        edge = _edge(points, side, bottom)
        outline = _lapel(edge, side, bottom, button, face)
        inside = _filled(shape, outline)
        # It lies on the jacket: bright itself along its edge, and a shadow beside it.
        line = _stroked(shape, outline[1:], thin)
        beyond = blur(inside, 2.4 * thin) * (1.0 - inside)
        shade = shade * (1.0 - 0.42 * beyond) * (1.0 + 0.03 * inside)
        shade = shade * (1.0 + 0.1 * blur(line, 1.6 * thin) * inside) * (1.0 - 0.2 * line)
    end = np.array([button[0] + 0.12 * face.across, shape[0] + 5.0], np.float32)
    closed = _stroked(shape, np.stack([button, end]), thin)
    return np.asarray(shade * (1.0 - 0.3 * blur(closed, 0.6 * thin)), np.float32)


def _edge(points: NDArray[np.float32], side: float, bottom: NDArray[np.float32]) -> Picture:
    """Where the opening begins at the neck on one side: the outermost point above its middle."""
    middle = 0.5 * (points[:, 1].min() + bottom[1])
    upper = points[points[:, 1] <= middle]
    outermost = upper[:, 0] * side
    near = upper[outermost >= outermost.max() - 0.04 * np.ptp(points[:, 0])]
    return np.asarray(near[near[:, 1].argmin()], np.float32)


def _lapel(
    start: Picture,
    side: float,
    bottom: NDArray[np.float32],
    button: NDArray[np.float32],
    face: Head,
) -> NDArray[np.float32]:
    """Collar, notch and lapel of one side as a polygon that begins and ends at the opening."""
    run = bottom - start
    out = np.array([side * face.across, 0.0], np.float32)
    below = np.array([0.0, face.down], np.float32)
    collar = start + 0.3 * run + 0.42 * out - 0.1 * below
    notch = start + 0.36 * run + 0.27 * out
    tip = start + 0.38 * run + 0.62 * out - 0.02 * below
    belly = start + 0.8 * run + 0.36 * out
    corners = [bottom, start, start + 0.1 * out - 0.05 * below, collar, notch, tip, belly, button]
    return np.asarray(np.stack(corners), np.float32)


def _filled(shape: tuple[int, int], outline: NDArray[np.float32]) -> Plane:
    plane = np.zeros(shape, np.uint8)
    points = np.round(outline * 16).astype(np.int32)
    cv2.fillPoly(plane, [points], 255, cv2.LINE_AA, 4)
    return np.asarray(plane, np.float32) / 255.0


def _stroked(shape: tuple[int, int], path: NDArray[np.float32], thin: float) -> Plane:
    plane = np.zeros(shape, np.uint8)
    points = np.round(path * 16).astype(np.int32)
    wide = max(1, round(thin))
    cv2.polylines(plane, [points], False, 255, wide, cv2.LINE_AA, 4)  # noqa: FBT003 - theirs
    return smoothstep(0.0, 1.0, blur(np.asarray(plane, np.float32) / 255.0, 0.5 * thin))

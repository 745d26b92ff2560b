"""Finds the subject: a segmentation network, its edge refined on the picture itself.

The network is U-2-Net (small), 320 px, cut behind its second side output, which is half the work:
what the rest of it adds at the edges is found anew on the picture. See `weights/NOTICE`.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.vision import networks
from pipeline.vision.arrays import (
    Bytes8,
    Picture,
    Plane,
    resize,
    resize_bytes,
    smoothstep,
    to_float,
)
from pipeline.vision.glance import rough_subject

_Exact = NDArray[np.float64]

_SIDE, _ROUGH_SIDE = 320, 272
_LENIENT = 0.9  # the second side output is a little less sure of soft parts than the last one
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
_EDGE_SIDE, _SOFT_SIDE = 1024, 512
_LARGE = 800  # px of a side from which on a quarter of it still shows every edge
_NEAR = 32  # px of the network's answer that count as lying along the frame
_MUCH = 0.0075  # share of undecided pixels there from which on a second look changes something
_SURE = 0.9  # mean answer from which on a second look does not count
_WIDE = 9  # px of the network's answer; the ramps of plain edges are narrower
_SOFTNESS = 1e-4  # colour variance that still counts as flat: a hundredth of full brightness


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What was found in one picture.

    Attributes:
        alpha: share of the subject in each pixel, 0 to 1, size of the picture looked at.
        found: whether something stands out; otherwise `alpha` is 1 everywhere.
    """

    alpha: Plane
    found: bool


def find_subject(pixels: Bytes8) -> Subject:
    """Cut the subject out.

    Args:
        pixels: 8-bit RGB, any size from 1 x 1 on.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    return _outlined(pixels, subject_at_a_glance(pixels), _guide_of(pixels, _EDGE_SIDE))


def weigh_subject(pixels: Bytes8) -> Subject:
    """Find how much of each pixel is subject, where nothing is cut out: at a third of the price.

    Light falls softly across an outline, so a rough look and soft edges are enough for it.

    Args:
        pixels: 8-bit RGB, any size from 1 x 1 on.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    guide = _guide_of(pixels, _SOFT_SIDE)
    return _outlined(pixels, _largest_parts(_run_network(guide, _ROUGH_SIDE)), guide, shrink=4)


def _guide_of(pixels: Bytes8, side: int) -> Bytes8:
    """A picture that is no larger than `side`."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    return resize_bytes(pixels, width=wide, height=tall)


def _outlined(pixels: Bytes8, coarse: Plane, shown: Bytes8, *, shrink: int = 0) -> Subject:
    """A network's answer with the picture's own edges, as `shown` has them."""
    height, width = pixels.shape[:2]
    share = float((coarse > 0.5).mean())  # noqa: PLR2004 - the network's own middle
    if not 0.004 < share < 0.97 or min(height, width) < 8:  # noqa: PLR2004
        return Subject(np.ones((height, width), np.float32), found=False)
    rough = resize(_decided(coarse), width=shown.shape[1], height=shown.shape[0])
    fine = _refine(rough, to_float(shown), shrink)
    return Subject(np.clip(resize(fine, width=width, height=height), 0.0, 1.0), found=True)


def subject_at_a_glance(pixels: Bytes8) -> Plane:
    """How likely each part of a picture is subject, 0 to 1, at the network's own 320 x 320.

    `find_subject` without its edges.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    return _largest_parts(_look_twice(pixels))


def _look_twice(pixels: Bytes8) -> Plane:
    """Run the network, and look again with a margin where the frame seems to have misled it.

    A frame that cuts through the subject misleads the network about what lies beside it; what only
    one look sees there is rather background. A first look that is sure of what lies along the
    frame is hardly ever corrected by a second. Where the frame cuts, a rough look is enough.
    """
    first = _run_network(pixels, _SIDE)
    if not _is_doubtful_at_the_frame(first):
        return first
    height, width = pixels.shape[:2]
    pad = max(1, max(height, width) // 10)
    padded = cv2.copyMakeBorder(pixels, pad, 0, pad, pad, cv2.BORDER_REPLICATE)
    second = rough_subject(np.asarray(padded, np.uint8))
    second = resize(second, width=width + 2 * pad, height=height + pad)
    second = resize(second[pad:, pad:-pad], width=_SIDE, height=_SIDE)
    both = np.minimum(first, second)
    return np.where(_beside(first, both), both, first)


def _beside(first: Plane, both: Plane) -> NDArray[np.bool_]:
    """Strips along the sides that only the first look takes for subject, and not for sure.

    Anything else that the second look leaves out (an ear, a saucer) is rather the subject's.
    """
    lost = ((first > 0.35) & (both < 0.35)).astype(np.uint8)  # noqa: PLR2004 - as for parts
    lost = np.asarray(cv2.morphologyEx(lost, cv2.MORPH_OPEN, np.ones((3, 3))), np.uint8)
    _, labels, facts, _ = cv2.connectedComponentsWithStats(lost, connectivity=8)
    left, across = facts[:, cv2.CC_STAT_LEFT], facts[:, cv2.CC_STAT_WIDTH]
    strips = (across <= _NEAR) & ((left == 0) | (left + across == _SIDE))
    sure = np.bincount(labels.ravel(), first.ravel()) / facts[:, cv2.CC_STAT_AREA]
    chosen = 1 + np.flatnonzero((strips & (sure < _SURE))[1:])
    there = cv2.dilate(np.isin(labels, chosen).astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.asarray(there, np.bool_)


def _is_doubtful_at_the_frame(coarse: Plane) -> bool:
    """Whether a subject meets the frame at a side or below, and much beside it is undecided."""
    rim = max(float(part.max()) for part in (coarse[-2:], coarse[:, :2], coarse[:, -2:]))
    if rim < 0.3:  # noqa: PLR2004 - well clear of the frame
        return False
    undecided = (coarse > 0.2) & (coarse < 0.9)  # noqa: PLR2004
    undecided[:-_NEAR, _NEAR:-_NEAR] = False
    return bool(np.count_nonzero(undecided) > _MUCH * undecided.size)


def _run_network(pixels: Bytes8, side: int) -> Plane:
    small = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    small /= max(float(small.max()), 1.0)
    tensor = ((small - _MEAN) / _SPREAD).transpose(2, 0, 1)[None]
    coarse = networks.run("u2netp_cut_h.onnx", "m", side=side, x=tensor).reshape(side, side)
    low, high = float(coarse.min()), float(coarse.max())
    # Stretching an answer of almost nothing would turn its noise into a subject.
    if high < 0.5:  # noqa: PLR2004
        return coarse
    stretched = np.maximum(coarse - low, 0.0) / (high - low)
    return np.asarray(np.power(stretched, _LENIENT), np.float32)


def _largest_parts(coarse: Plane) -> Plane:
    """Drop specks: keep parts of at least a twelfth of the largest one."""
    solid = (coarse > 0.35).astype(np.uint8)  # noqa: PLR2004
    count, labels, facts, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count <= 2:  # noqa: PLR2004 - background and one part
        return coarse
    areas = facts[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero(areas >= areas.max() / 12)
    near = cv2.dilate(np.isin(labels, kept).astype(np.uint8), np.ones((9, 9), np.uint8))
    return np.asarray(coarse * near, np.float32)


def _decided(coarse: Plane) -> Plane:
    """Settle what the network is unsure of: doubt is not transparency, it belongs to one side.

    Along an edge it is the width of the edge. Where it is wider, something unusual was seen, and
    that is more often a part of the subject (a white cap, an ear) than not.
    """
    unsure = ((coarse > 0.2) & (coarse < 0.9)).astype(np.uint8)  # noqa: PLR2004
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_WIDE, _WIDE))
    broad = cv2.dilate(cv2.morphologyEx(unsure, cv2.MORPH_OPEN, disc), np.ones((3, 3), np.uint8))
    share = np.asarray(cv2.blur(broad.astype(np.float32), (5, 5)), np.float32)
    strict, lenient = smoothstep(0.3, 0.8, coarse), smoothstep(0.2, 0.5, coarse)
    return np.asarray(strict + (lenient - strict) * share, np.float32)


def _refine(rough: Plane, guide: Picture, shrink: int = 0) -> Plane:
    """Let the edge follow the picture: a colour-guided filter, then a firmer ramp."""
    side = max(guide.shape[:2])
    shrink = shrink or (4 if side >= _LARGE else 2)
    wide = _guided(rough, guide, radius=max(2, side // 90), shrink=shrink)
    fine = _guided(wide, guide, radius=max(1, side // 300), shrink=shrink)
    # The filter leaks a veil into plain background and thins plain foreground; both end here.
    sure_in = cv2.erode(rough, np.ones((3, 3)), iterations=max(1, side // 110))
    sure_out = cv2.dilate(rough, np.ones((3, 3)), iterations=max(1, side // 80))
    fine = np.maximum(fine, smoothstep(0.85, 0.98, np.asarray(sure_in, np.float32)))
    fine = np.minimum(fine, smoothstep(0.02, 0.25, np.asarray(sure_out, np.float32)))
    return smoothstep(0.08, 0.92, fine)


def _guided(plane: Plane, guide: Picture, *, radius: int, shrink: int) -> Plane:
    """Fast guided filter with a colour guide (He and Sun 2015), box windows.

    The plane is taken to depend on the guide's colour linearly within each window; those lines are
    found on copies of 1 / `shrink` of the side, where double precision costs little: in single
    precision flat dark places come out as noise.
    """
    rows, columns = plane.shape
    wide, tall = max(1, columns // shrink), max(1, rows // shrink)
    small = np.asarray(resize(guide, width=wide, height=tall), np.float64)
    lines = _lines(
        small,
        np.asarray(resize(plane, width=wide, height=tall), np.float64),
        reach=max(1, round(radius / shrink)),
    )
    *slopes, answer = (resize(line, width=columns, height=rows, smooth=True) for line in lines)
    for slope, colour in zip(slopes, cv2.split(guide), strict=True):
        answer += slope * colour
    return np.asarray(np.clip(answer, 0.0, 1.0, out=answer), np.float32)


def _lines(guide: _Exact, plane: _Exact, *, reach: int) -> list[Plane]:
    """Slope along each of three colours, then the offset, of the plane round every pixel."""
    window = (2 * reach + 1, 2 * reach + 1)

    def box(values: _Exact) -> _Exact:
        return np.asarray(cv2.blur(values, window, borderType=cv2.BORDER_REFLECT), np.float64)

    r, g, b = (np.ascontiguousarray(guide[..., one]) for one in range(3))
    mean_r, mean_g, mean_b, mean = box(r), box(g), box(b), box(plane)
    rp, gp, bp = (
        box(colour * plane) - middle * mean
        for colour, middle in ((r, mean_r), (g, mean_g), (b, mean_b))
    )
    rr = box(r * r) - mean_r * mean_r + _SOFTNESS
    gg = box(g * g) - mean_g * mean_g + _SOFTNESS
    bb = box(b * b) - mean_b * mean_b + _SOFTNESS
    rg, rb, gb = (
        box(r * g) - mean_r * mean_g,
        box(r * b) - mean_r * mean_b,
        box(g * b) - mean_g * mean_b,
    )
    # Inverse of the symmetric 3 x 3 covariance, written out: a tenth of the time of a solver.
    irr, irg, irb = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    igg, igb, ibb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    scale = 1.0 / (rr * irr + rg * irg + rb * irb)
    along_r = (irr * rp + irg * gp + irb * bp) * scale
    along_g = (irg * rp + igg * gp + igb * bp) * scale
    along_b = (irb * rp + igb * gp + ibb * bp) * scale
    offset = mean - along_r * mean_r - along_g * mean_g - along_b * mean_b
    return [np.asarray(box(one), np.float32) for one in (along_r, along_g, along_b, offset)]

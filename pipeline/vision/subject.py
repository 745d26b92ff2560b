"""Finds the subject: a segmentation network, its edge refined on the picture itself.

The network is U-2-Net (small), 320 px; see `weights/NOTICE`.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.vision import networks
from pipeline.vision.arrays import Bytes8, Picture, Plane, resize, smoothstep, to_float

_SIDE = 320
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
_EDGE_SIDE = 1024


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
    height, width = pixels.shape[:2]
    coarse = subject_at_a_glance(pixels)
    share = float((coarse > 0.5).mean())  # noqa: PLR2004 - the network's own middle
    if not 0.004 < share < 0.97 or min(height, width) < 8:  # noqa: PLR2004
        return Subject(np.ones((height, width), np.float32), found=False)
    scale = min(1.0, _EDGE_SIDE / max(height, width))
    edge_width, edge_height = max(1, round(width * scale)), max(1, round(height * scale))
    guide = resize(to_float(pixels), width=edge_width, height=edge_height)
    # The network's doubt is not transparency: what it is unsure of belongs to one side.
    rough = smoothstep(0.3, 0.8, resize(coarse, width=edge_width, height=edge_height))
    fine = _refine(rough, guide)
    return Subject(np.clip(resize(fine, width=width, height=height), 0.0, 1.0), found=True)


def subject_at_a_glance(pixels: Bytes8) -> Plane:
    """How likely each part of a picture is subject, 0 to 1, at the network's own 320 x 320.

    A fifth of the work of `find_subject`, without its edges.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    return _largest_parts(_look_twice(pixels))


def _look_twice(pixels: Bytes8) -> Plane:
    """Run the network, and once more with a margin where the subject meets the frame.

    A frame that cuts through the subject misleads the network about what lies beside it; the part
    that both looks agree on is right more often than either.
    """
    first = _run_network(pixels)
    rim = np.concatenate([first[-2:].ravel(), first[:, :2].ravel(), first[:, -2:].ravel()])
    if float(rim.max()) < 0.3:  # noqa: PLR2004 - well clear of the frame
        return first
    height, width = pixels.shape[:2]
    pad = max(1, max(height, width) // 10)
    padded = cv2.copyMakeBorder(pixels, pad, 0, pad, pad, cv2.BORDER_REPLICATE)
    second = resize(
        _run_network(np.asarray(padded, np.uint8)), width=width + 2 * pad, height=height + pad
    )
    second = resize(second[pad:, pad:-pad], width=_SIDE, height=_SIDE)
    return np.minimum(first, second)


def _run_network(pixels: Bytes8) -> Plane:
    small = cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    small /= max(float(small.max()), 1.0)
    tensor = ((small - _MEAN) / _SPREAD).transpose(2, 0, 1)[None]
    answer = networks.run("u2netp.onnx", "1959", **{"input.1": tensor})
    coarse = answer.reshape(_SIDE, _SIDE)
    low, high = float(coarse.min()), float(coarse.max())
    # Stretching an answer of almost nothing would turn its noise into a subject.
    if high < 0.5:  # noqa: PLR2004
        return coarse
    return np.asarray((coarse - low) / (high - low), np.float32)


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


def _refine(rough: Plane, guide: Picture) -> Plane:
    """Let the edge follow the picture: a colour-guided filter, then a firmer ramp."""
    side = max(guide.shape[:2])
    wide = _guided(rough, guide, radius=max(2, side // 90), softness=1e-4)
    fine = _guided(wide, guide, radius=max(1, side // 300), softness=1e-5)
    # The filter leaks a veil into plain background and thins plain foreground; both end here.
    sure_in = cv2.erode(rough, np.ones((3, 3)), iterations=max(1, side // 110))
    sure_out = cv2.dilate(rough, np.ones((3, 3)), iterations=max(1, side // 80))
    fine = np.maximum(fine, smoothstep(0.85, 0.98, np.asarray(sure_in, np.float32)))
    fine = np.minimum(fine, smoothstep(0.02, 0.25, np.asarray(sure_out, np.float32)))
    return smoothstep(0.08, 0.92, fine)


def _guided(plane: Plane, guide: Picture, *, radius: int, softness: float) -> Plane:
    """Guided filter with a colour guide (He, Sun and Tang 2010), box windows."""
    window = (2 * radius + 1, 2 * radius + 1)

    def box(values: Plane) -> Plane:
        return np.asarray(cv2.blur(values, window, borderType=cv2.BORDER_REFLECT), np.float32)

    mean_guide = box(guide)
    mean_plane = box(plane)
    across = box(guide * plane[..., None]) - mean_guide * mean_plane[..., None]
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    rr, rg, rb, gg, gb, bb = (
        box(guide[..., i] * guide[..., j]) - mean_guide[..., i] * mean_guide[..., j]
        for i, j in pairs
    )
    rr, gg, bb = rr + softness, gg + softness, bb + softness
    # Inverse of the symmetric 3 x 3 covariance, written out: a tenth of the time of a solver.
    irr, irg, irb = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    igg, igb, ibb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    det = rr * irr + rg * irg + rb * irb
    c0, c1, c2 = across[..., 0], across[..., 1], across[..., 2]
    slope = (
        np.stack(
            [
                irr * c0 + irg * c1 + irb * c2,
                irg * c0 + igg * c1 + igb * c2,
                irb * c0 + igb * c1 + ibb * c2,
            ],
            axis=-1,
        )
        / np.maximum(det, 1e-12)[..., None]
    )
    offset = mean_plane - np.sum(slope * mean_guide, axis=-1)
    answer = np.sum(box(slope.astype(np.float32)) * guide, axis=-1) + box(offset)
    return np.asarray(np.clip(answer, 0.0, 1.0), np.float32)

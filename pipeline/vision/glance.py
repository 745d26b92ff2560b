"""Where the subject roughly is: what the checks ask of every picture, at a third of the price.

The same network as `vision.subject`, cut behind its second side output and made for 256 px; see
`weights/NOTICE`. Its outline is coarse: it says what belongs to the subject, not where that ends.
"""

import cv2
import numpy as np

from pipeline.vision import networks
from pipeline.vision.arrays import Bytes8, Plane, large_parts, resize_bytes

_SIDE = 256
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
_LIKELY = 0.35
_SPECK = 1 / 12  # of the largest part; what is smaller is none of the subject
_RIM = 7  # px round a part that belong to it


def rough_subject(rgb: Bytes8) -> Plane:
    """How likely each part of a picture is subject, 0 to 1, at 256 x 256.

    Args:
        rgb: [h, w, 3] uint8, any size from 1 x 1 on.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    coarse = _looked(rgb)
    parts = large_parts(coarse > _LIKELY, _SPECK)
    if not parts:
        return coarse
    solid = np.logical_or.reduce(parts).astype(np.uint8)
    near = cv2.dilate(solid, np.ones((_RIM, _RIM), np.uint8))
    return np.asarray(coarse * near, np.float32)


def _looked(rgb: Bytes8) -> Plane:
    small = resize_bytes(rgb, width=_SIDE, height=_SIDE).astype(np.float32)
    small /= max(float(small.max()), 1.0)
    tensor = ((small - _MEAN) / _SPREAD).transpose(2, 0, 1)[None]
    coarse = networks.run("u2netp_glance_h.onnx", "m", x=tensor).reshape(_SIDE, _SIDE)
    low, high = float(coarse.min()), float(coarse.max())
    # Stretching an answer of almost nothing would turn its noise into a subject.
    if high < 0.5:  # noqa: PLR2004
        return coarse
    return np.asarray((coarse - low) / (high - low), np.float32)

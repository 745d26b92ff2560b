"""Puts a cut-out subject before a new background without a trace of the old one."""

import cv2
import numpy as np

from pipeline.emulator.engine.raster import Picture, Plane, blur, mix, resize, smoothstep


def clean_colours(picture: Picture, alpha: Plane) -> Picture:
    """Colours of the subject alone, also where the old background shines through its edge.

    Blur-fusion foreground estimation (Forte 2021), a wide pass and a narrow one.

    Args:
        picture: subject and old background together.
        alpha: share of the subject in each pixel.

    Returns:
        Picture that equals `picture` inside the subject; meaningless far outside.
    """
    inside = smoothstep(0.9, 1.0, alpha)
    # Only the soft edge needs work: the frame is cut down to the subject first.
    rows, columns = np.flatnonzero(alpha.max(axis=1) > 0), np.flatnonzero(alpha.max(axis=0) > 0)
    if not len(rows) or float(alpha.min()) > 0.99:  # noqa: PLR2004 - no edge, no work
        return picture
    reach = max(8, max(picture.shape[:2]) // 100)
    box = (
        slice(max(0, int(rows[0]) - reach), int(rows[-1]) + reach),
        slice(max(0, int(columns[0]) - reach), int(columns[-1]) + reach),
    )
    part, share = picture[box], alpha[box]
    height, width = share.shape
    wide, tall = max(1, width // 4), max(1, height // 4)
    small, small_share = (
        resize(part, width=wide, height=tall),
        resize(share, width=wide, height=tall),
    )
    coarse = _fused(small, small, small, small_share, max(3, max(wide, tall) // 16))
    front, behind = (resize(c, width=width, height=height, smooth=True) for c in coarse)
    front, _ = _fused(part, front, behind, share, max(2, max(width, height) // 170))
    done = picture.copy()
    done[box] = np.clip(mix(front, part, inside[box]), 0.0, 1.0)
    return done


def _fused(
    picture: Picture, foreground: Picture, background: Picture, alpha: Plane, radius: int
) -> tuple[Picture, Picture]:
    window = (2 * radius + 1, 2 * radius + 1)
    near = np.asarray(cv2.blur(alpha, window), np.float32)
    # Three equal colours rather than one plane: such arrays meet pixel by pixel, without a detour.
    share, rest = cv2.merge([alpha] * 3), cv2.merge([1 - alpha] * 3)
    front = cv2.blur(cv2.multiply(foreground, share), window)
    cv2.multiply(front, cv2.merge([1 / (near + 1e-4)] * 3), front)
    behind = cv2.blur(cv2.multiply(background, rest), window)
    cv2.multiply(behind, cv2.merge([1 / (1.0 + 1e-4 - near)] * 3), behind)
    left = cv2.subtract(picture, cv2.multiply(front, share))
    cv2.subtract(left, cv2.multiply(behind, rest, rest), left)
    cv2.add(front, cv2.multiply(left, share, left), front)
    return _limited(np.asarray(front, np.float32)), _limited(np.asarray(behind, np.float32))


def _limited(picture: Picture) -> Picture:
    """Values brought to 0 to 1, in place."""
    return np.clip(picture, 0.0, 1.0, out=picture)


def without_subject(picture: Picture, alpha: Plane) -> Picture:
    """The background with the subject's place filled from around it, softly.

    Made to be blurred: a filled place has colours but no detail.
    """
    height, width = picture.shape[:2]
    reach = max(1, max(height, width) // 90)
    grown = cv2.dilate(alpha, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    known = (1.0 - smoothstep(0.02, 0.2, np.asarray(grown, np.float32)))[..., None]
    levels = [(picture * known, known)]
    while min(levels[-1][0].shape[:2]) > 4:  # noqa: PLR2004 - a handful of pixels is the end
        colour, weight = levels[-1]
        rows, columns = (colour.shape[0] + 1) // 2, (colour.shape[1] + 1) // 2
        smaller = resize(colour, width=columns, height=rows)
        lighter = resize(weight[..., 0], width=columns, height=rows)[..., None]
        levels.append((smaller, lighter))
    colour, weight = levels[-1]
    filled = colour / np.maximum(weight, 1e-3)
    for colour, weight in reversed(levels[:-1]):
        rows, columns = colour.shape[:2]
        guess = resize(filled, width=columns, height=rows, smooth=True)
        guess = blur(guess, 1.2)
        filled = colour + guess * (1.0 - np.clip(weight, 0.0, 1.0))
    return np.asarray(np.clip(filled, 0.0, 1.0), np.float32)


def wrapped(colours: Picture, alpha: Plane, behind: Picture, strength: float) -> Picture:
    """Let bright surroundings bleed a little over the subject's edge, as lenses do."""
    unit = float(np.sqrt(alpha.size))
    band = alpha * (1.0 - blur(alpha, 0.007 * unit))
    around = blur(behind, 0.02 * unit)
    share = np.clip(strength * 1.1 * band, 0.0, 0.6).astype(np.float32)
    return mix(colours, np.maximum(colours, around), share)

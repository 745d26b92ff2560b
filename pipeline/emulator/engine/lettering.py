"""Words on a finished picture: a lower third, as television sets names.

The typeface is the one that OpenCV carries: Rubik, and WenQuanYi for Chinese and Japanese.
"""

import cv2
import numpy as np

from pipeline.emulator.engine.heads import Head
from pipeline.emulator.engine.letters import drawable
from pipeline.emulator.engine.raster import Bytes8, Rgb, as_array
from pipeline.emulator.engine.typeset import broken, font, width_of

_LONGEST = 120
_MOST_LINES = 3
_LEADING = 1.28
_BOLD = 600
_SMALLER = (1.0, 0.8, 0.62, 0.48)


def lettered(
    pixels: Bytes8, words: str, faces: tuple[Head, ...], accent: Rgb, *, high: bool = False
) -> Bytes8:
    """Set words on a panel in the lower third, or in the upper one if that hides less of faces.

    Where either would hide one, the words are set smaller.

    Args:
        pixels: 8-bit RGB; altered in place.
        words: what to set; what has no glyph is left out.
        faces: in px of the picture.
        accent: colour of the bar beside the words.
        high: whether the upper third comes first.

    Returns:
        The same array; unaltered if it is too small for letters.
    """
    height, width = pixels.shape[:2]
    text = drawable(words)
    if not text or min(height, width) < 48:  # noqa: PLR2004 - no letter could be read
        return pixels
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    margin = round(0.055 * min(width, height))
    for by in _SMALLER:
        unit = round(by * min(width, height))
        lines, size = _set_type(text, width=width - 4 * margin, unit=unit)
        pad = round(0.62 * size)
        bar = max(2, round(0.13 * size))
        step = round(_LEADING * size)
        panel_height = 2 * pad + step * (len(lines) - 1) + round(0.74 * size)
        panel_width = min(
            width - 2 * margin,
            2 * pad + bar + max(width_of(line, size, weight=_BOLD) for line in lines),
        )
        low = height - margin - panel_height
        hidden = {
            top: sum(_hidden(face, margin, top, panel_width, panel_height) for face in faces)
            for top in (low, margin)
        }
        wanted, other = (margin, low) if high else (low, margin)
        top = wanted if hidden[wanted] <= hidden[other] else other
        if not hidden[top]:
            break
    panel = pixels[top : top + panel_height, margin : margin + panel_width]
    _veil(panel)
    panel[:, :bar] = np.round(as_array(accent) * 255.0).astype(np.uint8)
    mask = np.zeros(panel.shape[:2], np.uint8)
    baseline = pad + round(0.72 * size)
    for number, line in enumerate(lines):
        at = (bar + pad, baseline + number * step)
        cv2.putText(mask, line, at, 255, font(), size, _BOLD)
    share = mask[..., None].astype(np.float32) / 255.0
    ink = np.array([250.0, 248.0, 243.0], np.float32)
    panel[:] = np.round(panel + (ink - panel) * share).astype(np.uint8)
    return pixels


def accent_of(pixels: Bytes8) -> Rgb:
    """A strong colour of the picture itself; a warm yellow where it has none."""
    small = cv2.resize(pixels, (48, 48), interpolation=cv2.INTER_AREA)
    hsv = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2HSV), np.float32).reshape(-1, 3)
    worth = hsv[:, 1] * hsv[:, 2] * (hsv[:, 1] > 70) * (hsv[:, 2] > 60)  # noqa: PLR2004
    if float((worth > 0).mean()) < 0.02:  # noqa: PLR2004 - grey all over
        return 0.96, 0.77, 0.26
    hues = np.bincount((hsv[:, 0] // 10).astype(np.int64), weights=worth, minlength=18)
    main = int(hues.argmax())
    chosen = np.array([[[main * 10 + 5, 190, 240]]], np.uint8)
    red, green, blue = (float(v) / 255.0 for v in cv2.cvtColor(chosen, cv2.COLOR_HSV2RGB)[0, 0])
    return red, green, blue


def _veil(panel: Bytes8) -> None:
    """Darken and calm what lies behind the words."""
    calm = cv2.blur(panel, (max(3, panel.shape[0] // 6) | 1, max(3, panel.shape[0] // 6) | 1))
    panel[:] = np.round(np.asarray(calm, np.float32) * 0.24 + 9.0).astype(np.uint8)


def _hidden(face: Head, left: int, top: int, width: int, height: int) -> float:
    """Area of a face's box that a panel would cover, px²."""
    across = min(face.x + face.across, left + width) - max(face.x - face.across, left)
    down = min(face.chin, top + height) - max(face.y - face.down, top)
    return max(0.0, across) * max(0.0, down)


def _set_type(text: str, *, width: int, unit: int) -> tuple[list[str], int]:
    """Break a text into few lines at the largest size that fits."""
    size = max(9, round(0.075 * unit))
    while size > 9:  # noqa: PLR2004 - the smallest letters that can be read
        lines = broken(text, size, width, weight=_BOLD)
        if len(lines) <= (1 if len(text) <= 24 else _MOST_LINES):  # noqa: PLR2004
            return lines, size
        size = max(9, int(size * 0.9))
    return broken(text, size, width, weight=_BOLD)[:_MOST_LINES], size

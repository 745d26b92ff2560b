"""Text to image: a poster of the prompt's colours, place and words, plainly marked as a draft."""

import cv2
import numpy as np

from pipeline.emulator.engine.colours import mentioned
from pipeline.emulator.engine.noise import cloud, dice
from pipeline.emulator.engine.raster import (
    Bytes8,
    Picture,
    Rgb,
    as_array,
    blur,
    grid,
    mix,
    rgb,
    smoothstep,
)

_PALETTES = (
    ("#1f3a4d", "#e3b23c", "#f2ead8"),
    ("#3b2c4a", "#e26d5c", "#f4e1c9"),
    ("#234436", "#d9a05b", "#efe9d9"),
    ("#22333b", "#c6ac8f", "#eae0d5"),
    ("#2b2d42", "#ef476f", "#edf2f4"),
)
_LEADING = 1.2


def draw_poster(
    words: str, backdrop: Picture | None, *, size: tuple[int, int], seed: int, place: int
) -> Picture:
    """Compose one poster.

    Args:
        words: of the prompt; shown.
        backdrop: a drawn scene to set them on, of the wanted size; None for shapes in the
            prompt's colours.
        size: width and height, px.
        seed: of the job; chooses palette and shapes.
        place: number of this output; varies the composition.
    """
    ground = backdrop if backdrop is not None else _shapes(words, size, seed, place)
    picture = ground.copy()
    width, height = size
    unit = float(np.sqrt(width * height))
    margin = 0.07 * min(width, height)
    if min(size) < 48:  # noqa: PLR2004 - no room for letters
        return picture
    text = " ".join(words.split())[:220]
    box = (margin, height * 0.56, width - 2 * margin, height * 0.32)
    lines, letter = _set_type(text, width=box[2], height=box[3], largest=0.085 * unit)
    mask = np.zeros((height, width), np.uint8)
    font = cv2.FontFace("sans")
    baseline = height - margin - _LEADING * letter * (len(lines) - 1) - 0.055 * unit
    for line in lines:
        cv2.putText(mask, line, (round(margin), round(baseline)), 255, font, letter, 700)
        baseline += _LEADING * letter
    _mark(mask, margin, unit)
    # Words stay readable on any ground: it is darkened behind them first.
    shade = np.asarray(mask, np.float32) / 255.0
    veil = np.clip(blur(cv2.dilate(shade, np.ones((9, 9))).astype(np.float32), 0.03 * unit), 0, 1)
    _, y = grid(height, width)
    low = 0.62 * smoothstep(0.42, 0.95, np.broadcast_to(y, (height, width)))
    picture *= (1.0 - np.clip(0.45 * veil + low, 0, 0.8))[..., None]
    ink = np.broadcast_to(as_array(rgb("#fbf7ee")), picture.shape)
    return np.clip(mix(picture, ink, shade), 0.0, 1.0).astype(np.float32)


def _mark(mask: Bytes8, margin: float, unit: float) -> None:
    """The word that keeps a draft from passing for a paid picture."""
    size = max(9, round(0.026 * unit))
    font = cv2.FontFace("sans")
    cv2.putText(mask, "DRAFT", (round(margin), round(margin + size)), 255, font, size, 700)
    right = round(margin + 3.7 * size)
    line = round(margin + 0.62 * size)
    end = min(mask.shape[1] - round(margin), right + 6 * size)
    if end > right:
        cv2.line(mask, (right, line), (end, line), 255, max(1, size // 12), cv2.LINE_AA)


def _set_type(text: str, *, width: float, height: float, largest: float) -> tuple[list[str], int]:
    """Break a text into lines at the largest size that fits; long texts lose their end."""
    letter = max(9, round(largest))
    while True:
        lines = _broken(text, letter, width)
        if len(lines) * letter * _LEADING <= height:
            return lines, letter
        if letter <= 9:  # noqa: PLR2004 - the smallest letters that can be read
            room = max(1, int(height / (letter * _LEADING)))
            return [*lines[: room - 1], lines[room - 1][:-1] + "…"], letter
        letter = max(9, int(letter * 0.88))


def _broken(text: str, letter: int, width: float) -> list[str]:
    lines, current = [], ""
    for word in text.split(" "):
        longer = f"{current} {word}".strip()
        if current and _width(longer, letter) > width:
            lines.append(current)
            current = word
        else:
            current = longer
        while _width(current, letter) > width and len(current) > 1:
            fits = max(1, int(len(current) * width / _width(current, letter)))
            lines.append(current[:fits])
            current = current[fits:]
    return [*lines, current]


def _width(text: str, letter: int) -> float:
    box = cv2.getTextSize((1, 1), text, (0, 0), cv2.FontFace("sans"), letter, 700)
    return float(box[2])


def _shapes(words: str, size: tuple[int, int], seed: int, place: int) -> Picture:
    """Sun, hills and paper in the palette of the prompt's own colours."""
    width, height = size
    rng = dice(seed, "poster")
    own = mentioned(words)
    base = [rgb(code) for code in _PALETTES[int(rng.integers(len(_PALETTES)))]]
    palette: list[Rgb] = [*own, *base][: max(3, len(own))]
    palette.sort(key=sum)
    dark, *middle, light = palette
    vary = dice(seed, "poster", place)
    x, y = grid(height, width)
    field = np.broadcast_to(y, (height, width))
    picture = mix(
        np.broadcast_to(as_array(light), (height, width, 3)).astype(np.float32),
        np.broadcast_to(as_array(middle[0]), (height, width, 3)).astype(np.float32),
        0.45 * smoothstep(0.0, 0.75, field),
    )
    unit = float(np.sqrt(width * height))
    centre_x, centre_y = float(vary.uniform(0.32, 0.68)), float(vary.uniform(0.26, 0.4))
    away = np.hypot((x - centre_x) * width, (y - centre_y) * height) / unit
    sun = np.broadcast_to(as_array(middle[-1]), picture.shape).astype(np.float32)
    picture = mix(picture, sun, smoothstep(0.2 + 1.5 / unit, 0.2 - 1.5 / unit, away))
    for layer in range(3):
        ridge = cloud(vary, 1, width, cell=(1, width / (1.6 + layer)), octaves=3 + layer)[0]
        crest = 0.5 + 0.13 * layer + 0.04 * ridge[None, :]
        share = (layer + 1) / 3
        colour = as_array(middle[0]) * (1 - share) + as_array(dark) * share
        hill = np.broadcast_to(colour, picture.shape).astype(np.float32)
        picture = mix(picture, hill, smoothstep(-1.5 / height, 1.5 / height, field - crest))
    paper = vary.standard_normal((height, width), np.float32)
    return np.clip(picture * (1.0 + 0.018 * paper)[..., None], 0.0, 1.0).astype(np.float32)

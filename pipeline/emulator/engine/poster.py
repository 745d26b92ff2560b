"""Text to image: a poster of the prompt's colours, place and words, plainly marked as a draft."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.emulator.engine.colours import mentioned
from pipeline.emulator.engine.headline import Headline, headline
from pipeline.emulator.engine.moods import MOODS
from pipeline.emulator.engine.noise import cloud, dice
from pipeline.emulator.engine.raster import (
    Bytes8,
    Picture,
    Rgb,
    as_array,
    blur,
    grid,
    mix,
    resize,
    rgb,
    smoothstep,
)
from pipeline.emulator.engine.typeset import broken, font, width_of

_PALETTES = (
    ("#1f3a4d", "#e3b23c", "#f2ead8"),
    ("#3b2c4a", "#e26d5c", "#f4e1c9"),
    ("#234436", "#d9a05b", "#efe9d9"),
    ("#22333b", "#c6ac8f", "#eae0d5"),
    ("#2b2d42", "#ef476f", "#edf2f4"),
)
_LEADING = 1.2
_BOLD = 700
_SMALLEST = 9  # px of letters that can be read
_INK, _PAPER = rgb("#fbf7ee"), rgb("#15181b")
_MARK, _WHAT = "DRAFT", "placeholder, not the model's picture"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of type: where it starts on its baseline, and how high its letters are, in px."""

    text: str
    x: float
    baseline: float
    letter: int


def draw_poster(
    words: str,
    backdrop: Picture | None,
    *,
    size: tuple[int, int],
    seed: int,
    place: int,
    light: str = "",
    lettering: str = "",
    ground: Rgb | None = None,
) -> Picture:
    """Compose one poster.

    Args:
        words: of the prompt; shown.
        backdrop: a drawn scene to set them on, of the wanted size; None for shapes in the
            prompt's colours.
        size: width and height, px.
        seed: of the job; chooses palette and shapes.
        place: number of this output; varies the composition.
        light: key of `moods.MOODS` that colours the shapes; empty for none.
        lettering: words that the prompt wants to read on the picture; empty for none.
        ground: the one colour of a backdrop that has no more; the next colour that the prompt names
            stands before it, where the subject would.
    """
    if backdrop is None:
        picture = _shapes(words, size, seed, place, light)
    else:
        picture = _seen_anew(backdrop, place)
    others = [colour for colour in mentioned(words) if colour != ground]
    if ground is not None and others:
        picture = _disc(picture, others[place % len(others)], 0.5, 0.36)
    width, height = size
    if min(size) < 48:  # noqa: PLR2004 - no room for letters
        return picture
    unit = float(np.sqrt(width * height))
    margin = 0.07 * min(width, height)
    lines = _set(headline(words, lettering=lettering), size, margin, unit)
    mask = np.zeros((height, width), np.uint8)
    for line in lines:
        _write(mask, line)
    # Words stay readable on any ground: it is darkened behind them first.
    shade = np.asarray(mask, np.float32) / 255.0
    veil = np.clip(blur(cv2.dilate(shade, np.ones((9, 9))).astype(np.float32), 0.03 * unit), 0, 1)
    top = min((line.baseline - 1.6 * line.letter for line in lines), default=0.9 * height) / height
    _, y = grid(height, width)
    low = 0.62 * smoothstep(top - 0.16, top + 0.3, np.broadcast_to(y, (height, width)))
    picture *= (1.0 - np.clip(0.4 * veil + low, 0, 0.8))[..., None]
    ink = np.broadcast_to(as_array(_INK), picture.shape)
    picture = mix(picture, ink, shade)
    return np.clip(_marked(picture, margin, unit), 0.0, 1.0).astype(np.float32)


def _seen_anew(backdrop: Picture, place: int) -> Picture:
    """A drawn scene for one of several posters: another part of it, every second time mirrored."""
    height, width = backdrop.shape[:2]
    part = 1.0 - 0.07 * (place % 5)
    rows, columns = max(1, round(height * part)), max(1, round(width * part))
    top, left = (height - rows) // 2, (width - columns) // 2
    picture = backdrop[top : top + rows, left : left + columns]
    picture = resize(np.ascontiguousarray(picture), width=width, height=height, smooth=True)
    return np.ascontiguousarray(picture[:, ::-1] if place % 2 else picture)


def _write(mask: Bytes8, line: _Line) -> None:
    at = (round(line.x), round(line.baseline))
    cv2.putText(mask, line.text, at, 255, font(), line.letter, _BOLD)


def _set(said: Headline, size: tuple[int, int], margin: float, unit: float) -> list[_Line]:
    """Lines from the lower edge up: the prompt small, its subject large above it."""
    width, height = size
    room, bottom = width - 2 * margin, height - margin
    lines: list[_Line] = []
    parts = ((said.small, 0.2, 0.03), (said.large, 0.3, 0.1))
    for text, share, largest in parts:
        if not text:
            continue
        rows, letter = _set_type(text, width=room, height=share * height, largest=largest * unit)
        for number, row in enumerate(reversed(rows)):
            lines.append(_Line(row, margin, bottom - _LEADING * letter * number, letter))
        bottom -= _LEADING * letter * len(rows) + 0.6 * letter
    return lines


def _marked(picture: Picture, margin: float, unit: float) -> Picture:
    """The sign that keeps a draft from passing for a paid picture: a plate of its own."""
    height, width = picture.shape[:2]
    letter = max(_SMALLEST, round(0.034 * unit))
    small = max(_SMALLEST, round(0.6 * letter))
    pad = 0.5 * letter
    left, top = round(margin), round(margin)
    wide = width_of(_MARK, letter, weight=_BOLD)
    more = width_of(_WHAT, small, weight=_BOLD) + pad
    long = wide + more <= width - 2 * margin - 2 * pad
    right = round(left + wide + 2 * pad + (more if long else 0))
    bottom = round(top + letter + 1.1 * pad)
    if right > width or bottom > height:
        return picture
    picture[top:bottom, left:right] = as_array(_INK)
    mask = np.zeros((height, width), np.uint8)
    baseline = top + 0.5 * pad + 0.88 * letter
    _write(mask, _Line(_MARK, left + pad, baseline, letter))
    if long:
        _write(mask, _Line(_WHAT, left + 2 * pad + wide, baseline, small))
    paper = np.broadcast_to(as_array(_PAPER), picture.shape)
    return mix(picture, paper, np.asarray(mask, np.float32) / 255.0)


def _set_type(text: str, *, width: float, height: float, largest: float) -> tuple[list[str], int]:
    """Break a text into lines at the largest size that fits; long texts lose their end."""
    letter = max(_SMALLEST, round(largest))
    while True:
        lines = broken(text, letter, width, weight=_BOLD)
        if len(lines) * letter * _LEADING <= height:
            return lines, letter
        if letter <= _SMALLEST:
            room = max(1, int(height / (letter * _LEADING)))
            return [*lines[: room - 1], lines[room - 1][:-1] + "…"], letter
        letter = max(_SMALLEST, int(letter * 0.88))


def _palette(words: str, seed: int, light: str) -> list[Rgb]:
    """Three or more colours, dark to light: the prompt's own, its light's, or one of ours."""
    own = mentioned(words)
    choice = dice(seed, "poster").integers(len(_PALETTES))
    base = [rgb(code) for code in _PALETTES[int(choice)]]
    if light in MOODS:
        dark = [value * 0.45 for value in MOODS[light].sky[0]]
        base = [(dark[0], dark[1], dark[2]), *MOODS[light].sky[1:]]
    return sorted([*own, *base][: max(3, len(own))], key=sum)


def _shapes(words: str, size: tuple[int, int], seed: int, place: int, light: str) -> Picture:
    """Sun, hills and paper."""
    width, height = size
    dark, *middle, bright = _palette(words, seed, light)
    vary = dice(seed, "poster", place)
    _, y = grid(height, width)
    field = np.broadcast_to(y, (height, width))
    picture = mix(
        np.broadcast_to(as_array(bright), (height, width, 3)).astype(np.float32),
        np.broadcast_to(as_array(middle[0]), (height, width, 3)).astype(np.float32),
        0.45 * smoothstep(0.0, 0.75, field),
    )
    centre_x, centre_y = float(vary.uniform(0.42, 0.72)), float(vary.uniform(0.3, 0.4))
    picture = _disc(picture, middle[-1], centre_x, centre_y)
    for layer in range(3):
        ridge = cloud(vary, 1, width, cell=(1, width / (1.6 + layer)), octaves=3 + layer)[0]
        crest = 0.5 + 0.13 * layer + 0.04 * ridge[None, :]
        share = (layer + 1) / 3
        colour = as_array(middle[0]) * (1 - share) + as_array(dark) * share
        hill = np.broadcast_to(colour, picture.shape).astype(np.float32)
        picture = mix(picture, hill, smoothstep(-1.5 / height, 1.5 / height, field - crest))
    paper = vary.standard_normal((height, width), np.float32)
    return np.clip(picture * (1.0 + 0.018 * paper)[..., None], 0.0, 1.0).astype(np.float32)


def _disc(picture: Picture, colour: Rgb, centre_x: float, centre_y: float) -> Picture:
    """A flat disc, its centre in shares of the frame."""
    height, width = picture.shape[:2]
    short, edge = min(width, height), 1.5 / float(np.sqrt(width * height))
    x, y = grid(height, width)
    away = np.hypot((x - centre_x) * width, (y - centre_y) * height) / short
    flat = np.broadcast_to(as_array(colour), picture.shape).astype(np.float32)
    return mix(picture, flat, smoothstep(0.2 + edge, 0.2 - edge, away))

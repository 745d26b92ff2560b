"""Paints or draws a finished picture: styles of a network, and two drawn by rule.

The network was trained on paintings and knows nothing of faces: over them its strokes are finer,
and the photograph's own light and shade come back, so that a person stays the same person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.emulator.engine.heads import Head, covering
from pipeline.emulator.engine.noise import Dice
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    Values,
    blur,
    luma,
    mix,
    resize,
    smoothstep,
)
from pipeline.vision import networks

_MOST_PX = 1024
_MULTIPLE = 4
_FACE_PX = 320  # a face is painted this wide, so that strokes are small beside its features
_STYLES = 26


@dataclass(frozen=True, slots=True)
class Style:
    """What a style takes.

    Attributes:
        network: its number in the network; None for a style drawn by rule.
        paint: share of the network's picture, 0 to 1; the rest is the photograph.
        tone: share of the photograph's own light and shade in the painted part, 0 to 1.
        colour: share of the photograph's own colours in it, 0 to 1.
        fine: height in px of a picture that is painted at once; strokes grow as it shrinks.
    """

    network: int | None
    paint: float = 1.0
    tone: float = 0.25
    colour: float = 0.0
    fine: int = 768


STYLES: Mapping[str, Style] = {
    "oil painting": Style(25, paint=0.88, tone=0.5, colour=0.6, fine=576),
    "watercolour": Style(14, tone=0.2, colour=0.42),
    "van gogh": Style(19, fine=640),
    "impressionist": Style(12, tone=0.3, colour=0.25),
    "expressionist": Style(5),
    "fauvist": Style(7),
    "pop art": Style(21, tone=0.45, fine=512),
    "stained glass": Style(15, tone=0.5, colour=0.3, fine=512),
    "mosaic": Style(9, tone=0.45, colour=0.4, fine=640),
    "woodblock print": Style(4),
    "japanese print": Style(24),
    "woodcut": Style(18),
    "linocut": Style(13),
    "engraving": Style(11),
    "ink wash": Style(2),
    "bold ink": Style(1, tone=0.5),
    "graphic novel": Style(22),
    "coloured pencil": Style(8, tone=0.35, colour=0.35),
    "wax crayon": Style(16, tone=0.7, colour=0.5),
    "gouache": Style(0),
    "old master": Style(10),
    "renaissance": Style(23),
    "scarlet": Style(20),
    "comic": Style(None),
    "sketch": Style(None),
}
"""By the name that a person would use. Three of the network's (3, 6, 17) bury every picture."""


def stylise(picture: Picture, name: str, *, faces: tuple[Head, ...], rng: Dice) -> Picture:
    """Paint or draw a picture.

    Args:
        picture: encoded, finished but for its grades.
        name: a key of `STYLES`.
        faces: in px of the picture; their features are kept.
        rng: of paper and dots.

    Returns:
        A picture of the same size; every face in it is still the same person's.

    Raises:
        DamagedWeightsError: the network's file is missing or altered.
    """
    style = STYLES[name]
    if style.network is None:
        return _BY_RULE[name](picture, covering(faces, _shape(picture), grown=0.7, soft=0.6), rng)
    painted = _painted(picture, style)
    for face in faces:
        painted = _with_finer_face(painted, picture, style, face)
    near = covering(faces, _shape(picture), grown=0.75, soft=0.4)
    tone = style.tone + (_FACE_TONE - style.tone) * near
    paint = style.paint * (1.0 - (1.0 - _FACE_PAINT) * near)
    return mix(picture, _toned(painted, picture, tone=tone, colour=style.colour), paint)


def _shape(picture: Picture) -> tuple[int, int]:
    return picture.shape[0], picture.shape[1]


def _painted(picture: Picture, style: Style) -> Picture:
    """The network's picture, at the picture's size."""
    height, width = _shape(picture)
    scale = min(1.0, style.fine / min(height, width), _MOST_PX / max(height, width))
    rows, columns = (max(32, _whole(length * scale)) for length in (height, width))
    small = resize(picture, width=columns, height=rows)
    chosen = np.zeros(_STYLES, np.float32)
    chosen[style.network] = 1.0
    image = small.transpose(2, 0, 1)[None]
    made = networks.run("multistyle26.onnx", "stylized", image=image, style_weights=chosen)
    return np.clip(resize(made[0].transpose(1, 2, 0), width=width, height=height), 0.0, 1.0)


def _whole(length: float) -> int:
    return max(_MULTIPLE, round(length / _MULTIPLE) * _MULTIPLE)


def _with_finer_face(painted: Picture, picture: Picture, style: Style, face: Head) -> Picture:
    """Paint one head anew from close by, in the colours that it has in the whole."""
    height, width = _shape(picture)
    reach = 2.0 * max(face.across, face.down)
    left, right = max(0, int(face.x - reach)), min(width, int(face.x + reach) + 1)
    top, bottom = max(0, int(face.y - reach)), min(height, int(face.y + reach) + 1)
    if min(right - left, bottom - top) < 24:  # noqa: PLR2004 - no strokes fit in
        return painted
    here = np.s_[top:bottom, left:right]
    part = np.ascontiguousarray(picture[here])
    zoom = _FACE_PX / max(2.0 * face.across, 1.0)
    if zoom > 1.0:
        part = resize(part, width=round((right - left) * zoom), height=round((bottom - top) * zoom))
    fine = _painted(part, Style(style.network, fine=_MOST_PX))
    fine = resize(fine, width=right - left, height=bottom - top)
    sigma = 0.35 * face.across
    fine = np.clip(fine + blur(painted[here], sigma) - blur(fine, sigma), 0.0, 1.0)
    share = covering((face,), (height, width), grown=0.95, soft=0.45)[here]
    done = painted.copy()
    done[here] = mix(painted[here], fine, share)
    return done


def _toned(painted: Picture, picture: Picture, *, tone: Plane, colour: float) -> Picture:
    """Give a painting some of the photograph's own light, shade and colours."""
    own, new = luma(picture), luma(painted)
    # The photograph's tones in the painting's range: a dark style stays dark.
    wide = max(float(new.std()), 0.8 * float(own.std()))
    level = float(new.mean())
    fitted = np.clip((own - own.mean()) / (float(own.std()) + 1e-3) * wide + level, 0.0, 1.0)
    wanted = new + (fitted - new) * tone
    hue = painted - new[..., None]
    hue = hue + (picture - own[..., None] - hue) * colour
    return np.asarray(np.clip(wanted[..., None] + hue, 0.0, 1.0), np.float32)


_FACE_TONE = 0.8
_FACE_PAINT = 0.8


def _comic(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Flat colours in few tones, ink lines, and dots in the half-shade."""
    del rng
    height, width = _shape(picture)
    unit = float(np.sqrt(height * width))
    flat = _flattened(picture)
    tone = luma(flat)
    steps = _stepped(tone, 5)
    share = 0.85 - 0.7 * faces
    ratio = (tone + (steps - tone) * share) / np.maximum(tone, 0.04)
    colour = np.clip(flat * np.clip(ratio, 0.4, 1.7)[..., None], 0.0, 1.0)
    grey = luma(np.asarray(colour, np.float32))[..., None]
    rich = (1.35 - 0.25 * faces)[..., None]
    colour = np.clip(grey + (colour - grey) * rich, 0.0, 1.0)
    dots = _dots(tone, unit) * (1.0 - faces)
    colour = colour * (1.0 - 0.16 * dots)[..., None]
    ink = _ink(luma(picture), unit)
    # Lines across a small face would be lines through its features.
    dark = (0.9 - 0.4 * faces) * ink
    return np.asarray(colour * (1.0 - dark)[..., None], np.float32)


def _flattened(picture: Picture) -> Picture:
    """Small differences gone, edges kept."""
    height, width = _shape(picture)
    shrink = min(1.0, 640 / max(height, width))
    small = resize(
        picture, width=max(8, round(width * shrink)), height=max(8, round(height * shrink))
    )
    for _ in range(3):
        small = np.asarray(cv2.bilateralFilter(small, 9, 0.11, 4.0), np.float32)
    return np.clip(resize(small, width=width, height=height), 0.0, 1.0)


def _stepped(tone: Plane, count: int) -> Plane:
    """Tones drawn together to a few levels, with narrow ramps between them."""
    at = tone * count
    whole = np.floor(at)
    level = (whole + smoothstep(0.4, 0.6, at - whole)) / count
    return np.clip(level, 0.0, 1.0)


def _dots(tone: Plane, unit: float) -> Plane:
    """A printer's screen, turned by 45 degrees, in the half-shade alone."""
    height, width = tone.shape
    pitch = max(4.0, 0.008 * unit)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    wave = np.cos((x + y) * (np.pi / pitch)) * np.cos((x - y) * (np.pi / pitch))
    half_shade = smoothstep(0.62, 0.4, tone) * smoothstep(0.1, 0.25, tone)
    return np.asarray(smoothstep(0.1, 0.45, np.abs(wave)) * half_shade, np.float32)


def _ink(tone: Plane, unit: float) -> Plane:
    """Lines where light meets dark (extended difference of Gaussians, Winnemoeller 2011)."""
    sigma = max(0.6, 0.0011 * unit)
    calm = np.asarray(cv2.bilateralFilter(tone, 7, 0.08, 3.0), np.float32)
    narrow, wide = blur(calm, sigma), blur(calm, 1.6 * sigma)
    edge = narrow - 0.975 * wide
    line = -np.tanh(90.0 * (edge - 0.004))
    return blur(np.clip(line, 0.0, 1.0).astype(np.float32), 0.35 * sigma)


def _sketch(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Graphite on paper: contours, and hatching where it is dark."""
    height, width = _shape(picture)
    unit = float(np.sqrt(height * width))
    tone = np.asarray(cv2.bilateralFilter(luma(picture), 7, 0.06, 3.0), np.float32)
    around = blur(tone, 0.011 * unit)
    contour = np.clip((tone + 0.02) / np.maximum(around + 0.02, 0.03), 0.0, 1.0)
    contour = np.asarray(np.power(contour, 1.9 + 0.6 * faces), np.float32)
    light = smoothstep(0.02, 0.8, blur(tone, 0.002 * unit))
    shade: Values = np.ones_like(tone)
    for number, (angle, limit) in enumerate(((0.9, 0.85), (0.62, 0.55), (1.2, 0.3))):
        stroke = _hatching(rng, tone.shape, angle, 0.0042 * unit)
        dark = smoothstep(limit, limit - 0.5, light) * (0.42 - 0.06 * number)
        shade = shade * (1.0 - dark * (0.35 + 0.65 * stroke) * (1.0 - 0.35 * faces))
    # A face is drawn in soft tones as well, or it would be a mask of lines.
    shade = shade * (1.0 - 0.75 * faces * (1.0 - smoothstep(-0.1, 0.85, tone)))
    grain = rng.standard_normal(tone.shape, np.float32)
    tooth = blur(grain, 0.0007 * unit)
    tooth /= max(float(tooth.std()), 1e-6)
    drawn = contour * shade
    drawn = drawn + 0.45 * faces * (np.square(tone) * 0.35 + tone * 0.65 - drawn)
    # Graphite catches on the paper's tooth: where it lies, not where the paper is bare.
    drawn = drawn + 0.05 * tooth * (1.0 - drawn) * (0.4 + 0.6 * drawn)
    paper = np.array([0.972, 0.962, 0.94], np.float32)
    lead = np.array([0.16, 0.16, 0.175], np.float32)
    return np.asarray(lead + (paper - lead) * np.clip(drawn, 0.0, 1.0)[..., None], np.float32)


def _hatching(rng: Dice, shape: tuple[int, int], angle: float, pitch: float) -> Plane:
    """Pencil strokes side by side, each a little off its line, 0 to 1."""
    height, width = shape
    long = max(8, int(pitch * 14))
    noise = rng.standard_normal(shape, np.float32)
    kernel = np.zeros((2 * long + 1, 2 * long + 1), np.float32)
    run = (np.cos(angle) * long, -np.sin(angle) * long)
    centre = (long, long)
    end, start = (
        (round(centre[0] + sign * run[0]), round(centre[1] + sign * run[1])) for sign in (1, -1)
    )
    cv2.line(kernel, start, end, 1.0, max(1, round(pitch * 0.35)), cv2.LINE_AA)
    small = max(1.0, pitch / 3)
    rows, columns = max(8, round(height / small)), max(8, round(width / small))
    coarse = resize(noise, width=columns, height=rows)
    kernel = np.asarray(
        cv2.resize(kernel, None, fx=1 / small, fy=1 / small, interpolation=cv2.INTER_AREA)
    )
    drawn = np.asarray(cv2.filter2D(coarse, -1, kernel / kernel.sum()), np.float32)
    drawn /= max(float(drawn.std()), 1e-6)
    return resize(smoothstep(-1.0, 1.0, drawn), width=width, height=height, smooth=True)


_BY_RULE: Mapping[str, Callable[[Picture, Plane, Dice], Picture]] = {
    "comic": _comic,
    "sketch": _sketch,
}

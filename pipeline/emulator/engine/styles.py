"""Paints or draws a finished picture: styles of a network, and those of `drawn`.

The network was trained on paintings and knows nothing of faces: over them its strokes are finer,
and the photograph's own light and shade come back, so that a person stays the same person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.emulator.engine.drawn import BY_RULE, flattened, varnished
from pipeline.emulator.engine.heads import Head, covering
from pipeline.emulator.engine.noise import Dice
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    blur,
    luma,
    mix,
    resize,
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
        varnish: whether it hangs under old varnish.
        fine: height in px of a picture that is painted at once; strokes grow as it shrinks.
    """

    network: int | None
    paint: float = 1.0
    tone: float = 0.25
    colour: float = 0.0
    fine: int = 768
    varnish: bool = False


STYLES: Mapping[str, Style] = {
    "oil painting": Style(25, paint=0.88, tone=0.5, colour=0.6, fine=576),
    "watercolour": Style(None),
    "van gogh": Style(19, fine=640),
    "impressionist": Style(12, tone=0.3, colour=0.25),
    "expressionist": Style(5),
    "fauvist": Style(7),
    "pop art": Style(21, tone=0.45, fine=512),
    "stained glass": Style(None),
    "mosaic": Style(None),
    "woodblock print": Style(4),
    "japanese print": Style(24),
    "woodcut": Style(18),
    "linocut": Style(13, colour=0.35),
    "engraving": Style(None),
    "ink wash": Style(None),
    "bold ink": Style(None),
    "graphic novel": Style(22),
    "coloured pencil": Style(8, tone=0.35, colour=0.35),
    "wax crayon": Style(None),
    "gouache": Style(0, tone=0.35, colour=0.4),
    "old master": Style(25, paint=0.8, tone=0.6, colour=0.7, fine=576, varnish=True),
    "renaissance": Style(25, paint=0.7, tone=0.7, colour=0.75, varnish=True),
    "red ink": Style(20),
    "comic": Style(None),
    "sketch": Style(None),
}
"""By the name that a person would use.

Of the network's, 3, 6 and 17 bury every picture, and 1, 2, 9 to 11, 14 to 16 and 23 are not known
for what they are called: those techniques are drawn by rule instead.
"""


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
        return BY_RULE[name](picture, covering(faces, _shape(picture), grown=0.7, soft=0.6), rng)
    painted = _painted(picture, style)
    for face in faces:
        painted = _with_finer_face(painted, picture, style, face)
    near = covering(faces, _shape(picture), grown=0.75, soft=0.4)
    tone = style.tone + (_FACE_TONE - style.tone) * near
    paint = style.paint * (1.0 - (1.0 - _FACE_PAINT) * near)
    # Pores and single hairs would give a face away as a photograph pasted into the painting.
    calm = mix(picture, flattened(picture), 0.8 * near) if faces else picture
    done = mix(calm, _toned(painted, calm, tone=tone, colour=style.colour), paint)
    return varnished(done, rng) if style.varnish else done


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


_FACE_TONE = 0.68
_FACE_PAINT = 0.9

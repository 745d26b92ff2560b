"""Lights a subject: shades its form, tints it, catches its edge, drops its shadow."""

import cv2
import numpy as np

from pipeline.emulator.engine.canvas import Setting
from pipeline.emulator.engine.moods import Mood
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    as_array,
    blur,
    by_rows,
    encoded,
    grid,
    linear,
    luma,
    mix,
    paint,
    resize,
    shade,
    smoothstep,
)

_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)


def facing(alpha: Plane, side: int) -> Plane:
    """How far each pixel of a subject faces the light, -1 to 1.

    The form is guessed from the outline alone, blown up like a cushion: enough for broad light.

    Args:
        alpha: the subject.
        side: where the light comes from, a little from above: -1 left, 1 right.
    """
    height, width = alpha.shape
    # The form is smooth: a quarter of the size loses nothing.
    rows, columns = max(2, height // 4), max(2, width // 4)
    small = resize(alpha, width=columns, height=rows)
    unit = float(np.sqrt(rows * columns))
    form = np.zeros_like(small)
    for weight, sigma in ((0.5, 0.02), (1.6, 0.06), (2.6, 0.13)):
        form = form + weight * blur(small, sigma * unit)
    down, right = np.gradient(form)
    slope = -(right * (0.85 * side) - down * 0.4) * unit
    # A wide body turns as a whole, too: its far side faces away from the light.
    mass = small.sum(axis=0)
    across = np.arange(columns, dtype=np.float32)
    centre = float((mass * across).sum() / max(float(mass.sum()), 1e-6))
    spread = float(
        np.sqrt((mass * np.square(across - centre)).sum() / max(float(mass.sum()), 1e-6))
    )
    ramp = side * (across - centre) / max(2.0 * spread, 1.0)
    inside = np.abs(slope)[small > 0.5]  # noqa: PLR2004
    steepest = float(np.percentile(inside, 96)) if inside.size else 1.0
    # Linear from rim to rim, as on a cylinder: no line where light turns into shade.
    turned = 0.85 * slope / max(steepest, 1e-3) + 0.45 * np.clip(ramp, -1, 1)[None, :]
    turned = blur(np.clip(turned, -1.0, 1.0).astype(np.float32), 0.008 * unit)
    return resize(turned, width=width, height=height)


def relight(
    picture: Picture, alpha: Plane, mood: Mood, *, side: int, tint: float, rim: float = 1.0
) -> Picture:
    """Light a subject as the mood says.

    Args:
        picture: encoded colours of the subject; what lies far from it stays as it is.
        alpha: the subject.
        mood: the light.
        side: where it comes from.
        tint: share of the light's colour that reaches the subject, 0 to 1; brightness and form
            change all the same.
        rim: share of the mood's edge light, 0 to 1.
    """
    towards = facing(alpha, side)
    # Hard light leaves what faces the viewer half in shade.
    middle = 0.58 - 0.3 * max(0.0, mood.relief - 0.6)
    key, fill = _tinted(mood.key, tint), _tinted(mood.fill, tint)
    counter = _tinted(mood.counter, tint)
    unit = float(np.sqrt(alpha.size))

    def lit_rows(part: Picture, towards: Plane, alpha: Plane, near: Plane) -> Picture:
        lit = middle + 0.5 * towards * (0.35 + 0.95 * mood.relief)
        bare = linear(part)
        surface = _washed(bare, mood.wash)
        light = surface * (fill + (key - fill) * np.clip(lit, 0.0, 1.15))
        edge = alpha * np.clip(1.0 - near * 1.05, 0.0, 1.0) * (3.0 * mood.rim * rim)
        # A rim is the light's own colour over the surface's: dark cloth catches it too.
        surface_and_sheen = 0.3 * bare + 0.12
        light += surface_and_sheen * (key * (edge * smoothstep(0.1, 0.9, towards)))
        if any(mood.counter):
            away = np.square(np.clip(0.35 - towards, 0.0, 1.0))
            light += (0.03 + surface) * (counter * away)
            other = edge * smoothstep(0.05, 0.8, -towards)
            light += surface_and_sheen * (paint(mood.counter) * other)
        return encoded(_held(_lifted(light, mood.lift)))

    here = _around(alpha)  # nobody looks at the rest
    near = blur(alpha, 0.006 * unit)
    done = picture.copy()
    done[here] = by_rows(lit_rows, picture[here], towards[here], alpha[here], near[here])
    return done


def _around(alpha: Plane) -> tuple[slice, slice]:
    """Rows and columns of the frame in which there is something of a subject."""
    rows, columns = np.flatnonzero(alpha.max(axis=1)), np.flatnonzero(alpha.max(axis=0))
    if not len(rows):
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _washed(light: Picture, amount: float) -> Picture:
    """Surfaces ([3, ...]) under light of few colours: their own colours fade."""
    if amount == 0.0:
        return light
    return np.asarray(light + (shade(light) - light) * amount, np.float32)


def _held(light: Picture) -> Picture:
    """Light whose brightest parts still differ: what would burn out is drawn together."""
    over = np.maximum(light - 0.8, 0.0)
    return np.asarray(np.minimum(light, 0.8) + 0.2 * np.tanh(over / 0.24), np.float32)


def _lifted(light: Picture, amount: float) -> Picture:
    """Raise middle tones towards white; black and white stay."""
    if amount == 0.0:
        return light
    return np.asarray(light + amount * light * np.maximum(1.0 - light, 0.0), np.float32)


def _tinted(colour: tuple[float, float, float], tint: float) -> Picture:
    """A light's colour as [3, 1, 1], closer to grey as `tint` falls from 1."""
    full = paint(colour)
    grey = float(shade(full).item())
    return np.asarray(grey + (full - grey) * tint, np.float32)


def light_picture(
    picture: Picture, alpha: Plane, mood: Mood, *, side: int, tint: float, background: bool
) -> Picture:
    """Relight a whole picture that keeps its own background.

    Args:
        picture: encoded.
        alpha: its subject.
        mood: the light.
        side: where it comes from.
        tint: as in `relight`.
        background: whether the background may change as well.
    """
    rim = 0.3 if background else 0.12
    subject = relight(softened(picture, mood), alpha, mood, side=side, tint=tint, rim=rim)
    if not background:
        firm = 1.0 + 0.5 * (mood.contrast - 1.0)

        def locked_rows(part: Picture, subject: Picture, alpha: Plane) -> Picture:
            # Nothing beyond the subject's edge, and little at it: the old light is around it.
            inner = smoothstep(0.5, 1.0, alpha)
            return np.asarray(part + (contrasted(subject, firm) - part) * inner, np.float32)

        return by_rows(locked_rows, picture, subject, alpha)
    cast = _cast(mood, tint)
    behind = _relit_background(picture, mood, cast, side=side, tint=tint)
    gain = 1.0 + (np.power(cast, 0.8) - 1.0) * 0.45
    x, _ = grid(*alpha.shape)
    towards = 0.5 + 0.5 * side * (2 * x - 1)
    veil = linear(paint(mood.sky[2])) * (0.045 * mood.sun * np.square(towards))

    def open_rows(behind: Picture, subject: Picture, alpha: Plane) -> Picture:
        front = encoded(linear(subject) * gain)
        lit = linear(behind + (front - behind) * alpha)
        return contrasted(encoded(lit + veil), mood.contrast)

    return by_rows(open_rows, behind, subject, alpha)


def _relit_background(
    picture: Picture, mood: Mood, cast: Picture, *, side: int, tint: float
) -> Picture:
    height, width = picture.shape[:2]
    x, y = grid(height, width)
    towards = 0.5 + 0.5 * side * (2 * x - 1)
    aside, flank = np.square((x - 0.5) * 1.1), np.square((1 - towards) / 0.42)
    counter = _tinted(mood.counter, tint)
    low = linear(paint(mood.sky[2]))

    def lit_rows(day: Picture, y: Plane) -> Picture:
        light = _washed(day, mood.wash)
        # The light is on the subject: the frame's corners get less of it.
        far = aside + np.square((y - 0.45) * 0.9)
        fall = (0.78 + 0.3 * towards) * (1.0 - (0.35 + 0.6 * mood.relief) * far)
        behind = _lifted(light * cast * (1.0 if mood.lift > 0 else fall), mood.lift)
        if any(mood.counter):
            second = np.square(1.0 - towards) * (1.0 - 0.5 * far)
            behind = behind + (0.02 + 0.6 * light) * (counter * second)
        if mood.sun:
            glow = 0.4 * mood.sun * np.exp(-flank - np.square((y - 0.3) / 0.5))
            behind = behind + low * glow * (1.0 - 0.6 * np.clip(behind, 0, 1))
        behind = behind + (0.75 * low - behind) * (0.16 * mood.haze)
        return encoded(_held(np.asarray(behind, np.float32)))

    return by_rows(lit_rows, _darkened_sky(linear(picture), mood.dusk), y)


def _darkened_sky(light: Picture, amount: float) -> Picture:
    """After sunset the brightest parts of a day, skies above all, lose the most."""
    if amount == 0.0:
        return light
    tone = np.asarray(light @ _WEIGHTS, np.float32)
    height, width = tone.shape
    rows, columns = max(2, height // 4), max(2, width // 4)
    reach = max(1, round(0.012 * float(np.sqrt(rows * columns))))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    # Lamps are small and stay; no halo is left round what stands before the sky.
    small = cv2.morphologyEx(resize(tone, width=columns, height=rows), cv2.MORPH_OPEN, disc)
    wide = np.asarray(cv2.dilate(small, disc), np.float32)
    around = np.minimum(tone, resize(wide, width=width, height=height, smooth=True))
    return np.asarray(light / (1.0 + 4.0 * amount * np.square(around))[..., None], np.float32)


def _cast(mood: Mood, tint: float) -> Picture:
    """Gain of the whole air in a mood: its brightness held back, its colour brought forward."""
    ground = paint(mood.ground)
    level = max(float(shade(ground).item()), 1e-3)
    red, green, blue = (one / level for one in mood.ground)
    colour = _tinted((red, green, blue), tint)
    return np.asarray(np.power(colour, 1.3) * level**0.7, np.float32)


def softened(picture: Picture, mood: Mood) -> Picture:
    """Large soft light fills shadows in; hard light leaves them."""
    if mood.relief > 0.45:  # noqa: PLR2004 - moods from golden hour on are hard
        return picture
    height, width = picture.shape[:2]
    # So wide a blur loses nothing on a quarter of the size.
    rows, columns = max(1, height // 4), max(1, width // 4)
    small = resize(luma(picture), width=columns, height=rows)
    around = np.maximum(blur(small, 0.035 * float(np.sqrt(rows * columns))), 0.06)
    lift = np.clip(np.power(0.58 / around, 0.36), 0.93, 1.34)
    lift = resize(lift.astype(np.float32), width=width, height=height, smooth=True)
    return by_rows(lambda part, lift: np.minimum(part * lift, 1.0), picture, lift)


def contrasted(picture: Picture, amount: float) -> Picture:
    """Steepen or flatten around the middle; 1 leaves the picture."""
    if amount == 1.0:
        return picture
    return np.asarray(np.clip(0.46 + (picture - 0.46) * amount, 0.0, 1.0), np.float32)


def with_shadow(
    setting: Setting, alpha: Plane, mood: Mood, *, side: int, base: float, above: bool
) -> Picture:
    """Darken the ground where a standing subject meets it and where it keeps the light off.

    Args:
        setting: the backdrop.
        alpha: the subject in the frame.
        mood: the light.
        side: where it comes from; the shadow falls to the other side.
        base: lowest point of the subject, px from the top.
        above: whether it is seen from above, so that its shadow lies around it.
    """
    height, width = alpha.shape
    unit = float(np.sqrt(height * width))
    first = int(np.clip(base - 0.04 * unit, 0, height - 1))
    columns = np.flatnonzero(alpha[first:].max(axis=0) > 0.5)  # noqa: PLR2004
    wide = float(columns[-1] - columns[0]) if len(columns) else 0.1 * unit
    _, y = grid(height, width)
    # Where it touches, the shadow follows the foot's own outline, just outside it.
    foot = smoothstep(base - 0.22 * wide, base - 0.03 * wide, y * height)
    foot = np.ones_like(foot) if above else foot
    tight = blur(_moved(alpha, 0.0, 0.005 * unit), 0.0045 * unit) * foot
    loose = blur(_moved(alpha, 0.0, 0.012 * unit), 0.02 * unit) * foot
    # Seen from slightly above, a round foot reaches further back than its lowest point.
    pivot = base - 0.06 * wide
    cast = _laid_down(alpha, pivot, flat=0.16 + 0.12 * mood.reach, lean=-side * 1.25 * mood.reach)
    if above:
        cast = _moved(alpha, -0.04 * side * (1 + mood.reach) * unit, 0.022 * unit)
    cast = 0.55 * blur(cast, 0.016 * unit) + 0.45 * blur(cast, 0.045 * unit)
    depth = mood.shadow
    dark = 1.0 - (1.0 - (0.35 + 0.6 * depth) * tight) * (1.0 - 0.8 * depth * loose)
    if not above and len(columns):
        middle = 0.5 * float(columns[0] + columns[-1])
        dark = 1.0 - (1.0 - dark) * (1.0 - (0.3 + 0.45 * depth) * _pool(alpha, middle, base, wide))
    dark = 1.0 - (1.0 - dark) * (1.0 - 0.8 * depth * cast)
    # Shadow is filled by the sky: it takes its tint rather than plain black.
    tint = as_array(mood.fill) / max(float(as_array(mood.fill) @ _WEIGHTS), 1e-3)
    left = 1.0 - dark[..., None] * (1.0 - 0.12 * np.clip(tint, 0.6, 1.5))
    ground = linear(setting.picture) * left
    return encoded(np.asarray(ground, np.float32))


def _pool(alpha: Plane, middle: float, base: float, wide: float) -> Plane:
    """The dark that gathers under and round a foot, whatever the light: 1 where it touches."""
    height, width = alpha.shape
    x, y = grid(height, width)
    across = (x * width - middle) / (0.62 * wide)
    down = (y * height - (base - 0.05 * wide)) / (0.15 * wide)
    far = np.square(across) + np.square(down)
    return np.asarray(np.exp(-1.6 * np.square(far)) * 0.75 + 0.25 * np.exp(-far), np.float32)


def grounded(subject: Picture, alpha: Plane, mood: Mood, *, base: float) -> Picture:
    """Darken a standing subject just above the ground, where its own shadow reaches up."""
    height, width = alpha.shape
    unit = float(np.sqrt(height * width))
    _, y = grid(height, width)
    low = smoothstep(base - 0.1 * unit, base - 0.02 * unit, y * height)
    faces_down = np.clip(alpha - _moved(alpha, 0.0, -0.009 * unit), 0.0, 1.0)
    share = 0.6 * (0.4 + mood.shadow) * blur(faces_down, 0.003 * unit) * low
    return np.asarray(subject * (1.0 - np.clip(share, 0, 0.7))[..., None], np.float32)


def _moved(alpha: Plane, right: float, down: float) -> Plane:
    """The silhouette, some px further right and down."""
    height, width = alpha.shape
    matrix = np.array([[1.0, 0.0, right], [0.0, 1.0, down]], np.float64)
    return np.asarray(cv2.warpAffine(alpha, matrix, (width, height)), np.float32)


def _laid_down(alpha: Plane, pivot: float, *, flat: float, lean: float) -> Plane:
    """The silhouette folded onto the ground about the line at `pivot`, away from the viewer."""
    height, width = alpha.shape
    # Maps ground to silhouette: a point `d` px above the pivot shows the subject `d / flat` above.
    matrix = np.array(
        [[1.0, lean / flat, -lean / flat * pivot], [0.0, 1.0 / flat, pivot - pivot / flat]],
        np.float64,
    )
    laid = cv2.warpAffine(
        alpha,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0.0,
    )
    return np.asarray(laid, np.float32)


def with_reflection(
    ground: Picture, subject: Picture, alpha: Plane, *, base: float, gloss: float
) -> Picture:
    """Mirror the subject's foot in a polished ground."""
    if gloss <= 0:
        return ground
    height, width = alpha.shape
    unit = float(np.sqrt(height * width))
    matrix = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 2.0 * base - 1.0]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    mirrored = cv2.warpAffine(subject * alpha[..., None], matrix, (width, height), flags=flags)
    share = cv2.warpAffine(alpha, matrix, (width, height), flags=flags)
    soft = blur(np.asarray(mirrored, np.float32), 0.004 * unit)
    cover = blur(np.asarray(share, np.float32), 0.004 * unit)
    _, y = grid(height, width)
    fade = gloss * np.exp(-np.maximum(y * height - base, 0.0) / (0.1 * unit))
    cover = cover * fade * (y * height > base - 0.01 * unit)
    colours = soft / np.maximum(blur(np.asarray(share, np.float32), 0.004 * unit), 1e-3)[..., None]
    return mix(ground, np.clip(colours, 0, 1).astype(np.float32), np.asarray(cover, np.float32))

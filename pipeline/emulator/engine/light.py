"""Lights a subject: shades its form, tints it, catches its edge, drops its shadow."""

from collections.abc import Callable

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
    near = _near(alpha)
    lit = _on_a_subject(mood, tint=tint, rim=rim)
    here = _around(alpha)  # nobody looks at the rest
    done = picture.copy()
    done[here] = by_rows(
        lambda *rows: encoded(lit(*rows)), picture[here], towards[here], alpha[here], near[here]
    )
    return done


def _on_a_subject(mood: Mood, *, tint: float, rim: float) -> Callable[..., Picture]:
    """What a mood makes of some rows of a subject.

    Returns:
        From encoded colours, how far they face the light, the subject's share, and that share
        around each pixel, to light of 0 to 1.
    """
    # Hard light leaves what faces the viewer half in shade.
    middle = 0.58 - 0.3 * max(0.0, mood.relief - 0.6)
    steep = 0.5 * (0.35 + 0.95 * mood.relief)
    key, fill = _tinted(mood.key, tint), _tinted(mood.fill, tint)
    counter = _tinted(mood.counter, tint)

    def lit_rows(part: Picture, towards: Plane, alpha: Plane, near: Plane) -> Picture:
        bare = linear(part)
        surface = _washed(bare, mood.wash)
        light = (key - fill) * np.clip(middle + steep * towards, 0.0, 1.15)
        light += fill
        light *= surface
        edge = np.clip(1.0 - near * 1.05, 0.0, 1.0)
        edge *= alpha * (3.0 * mood.rim * rim)
        # A rim is the light's own colour over the surface's: dark cloth catches it too.
        sheen = 0.3 * bare
        sheen += 0.12
        if any(mood.counter):
            away = np.square(np.clip(0.35 - towards, 0.0, 1.0))
            light += (0.03 + surface) * (counter * away)
            other = edge * smoothstep(0.05, 0.8, -towards)
            light += sheen * (paint(mood.counter) * other)
        edge *= smoothstep(0.1, 0.9, towards)
        sheen *= edge
        sheen *= key
        light += sheen
        return _held(_lifted(light, mood.lift))

    return lit_rows


def _near(alpha: Plane) -> Plane:
    """The subject's share around each pixel: less than all of it just inside the outline."""
    height, width = alpha.shape
    rows, columns = max(1, height // 2), max(1, width // 2)
    small = resize(alpha, width=columns, height=rows)
    near = blur(small, 0.006 * float(np.sqrt(rows * columns)))
    return resize(near, width=width, height=height, smooth=True)


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
    """Light whose brightest parts still differ: what would burn out is drawn together.

    Args:
        light: the caller has no further use for it.
    """
    over = np.maximum(light - np.float32(0.8), 0.0)
    if not over.any():
        return light
    over *= np.float32(1 / 0.24)
    np.tanh(over, out=over)
    over *= np.float32(0.2)
    np.minimum(light, np.float32(0.8), out=light)
    light += over
    return light


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
    towards, near = facing(alpha, side), _near(alpha)
    lift = _fill_light(picture, mood)
    on_subject = _on_a_subject(mood, tint=tint, rim=0.3 if background else 0.12)
    if not background:
        firm = 1.0 + 0.5 * (mood.contrast - 1.0)

        def locked_rows(
            part: Picture, lift: Plane, towards: Plane, alpha: Plane, near: Plane
        ) -> Picture:
            # Nothing beyond the subject's edge, and little at it: the old light is around it.
            inner = smoothstep(0.5, 1.0, alpha)
            if not inner.any():
                return part
            lit = encoded(on_subject(np.minimum(part * lift, 1.0), towards, alpha, near))
            return np.asarray(part + (contrasted(lit, firm) - part) * inner, np.float32)

        return by_rows(locked_rows, picture, lift, towards, alpha, near)
    cast = _cast(mood, tint)
    on_background = _on_a_background(mood, cast, alpha.shape, side=side, tint=tint)
    gain = 1.0 + (np.power(cast, 0.8) - 1.0) * 0.45
    x, y = grid(*alpha.shape)
    from_side = 0.5 + 0.5 * side * (2 * x - 1)
    veil = linear(paint(mood.sky[2])) * (0.045 * mood.sun * np.square(from_side))

    def open_rows(part: Picture, *planes: Plane) -> Picture:
        lift, towards, alpha, near, dusk, y = planes
        lit = on_background(linear(part) * dusk if mood.dusk else linear(part), y)
        here = _columns(alpha)  # of the rest nothing is seen
        share = alpha[:, here]
        soft = np.minimum(part[..., here] * lift[:, here], 1.0)
        front = on_subject(soft, towards[:, here], share, near[:, here])
        front *= gain
        front -= lit[..., here]
        front *= share
        lit[..., here] += front
        lit += veil
        return contrasted(encoded(lit), mood.contrast)

    dusk = _dusk(picture, mood.dusk)
    return by_rows(open_rows, picture, lift, towards, alpha, near, dusk, y)


def _columns(alpha: Plane) -> slice:
    """Columns in which there is something of a subject."""
    columns = np.flatnonzero(alpha.max(axis=0))
    return slice(int(columns[0]), int(columns[-1]) + 1) if len(columns) else slice(0, 0)


def _on_a_background(
    mood: Mood, cast: Picture, shape: tuple[int, ...], *, side: int, tint: float
) -> Callable[[Picture, Plane], Picture]:
    """What a mood makes of some rows of a background.

    Returns:
        From light, and the rows' places as shares of the frame's height, to light of 0 to 1.
    """
    x, _ = grid(*shape)
    towards = 0.5 + 0.5 * side * (2 * x - 1)
    aside = np.square((x - 0.5) * 1.1)
    counter = _tinted(mood.counter, tint)
    low = linear(paint(mood.sky[2]))
    haze = 0.16 * mood.haze
    glow_x = (0.4 * mood.sun) * np.exp(-np.square((1 - towards) / 0.42))

    def lit_rows(day: Picture, y: Plane) -> Picture:
        light = _washed(day, mood.wash)
        # The light is on the subject: the frame's corners get less of it.
        far = aside + np.square((y - 0.45) * 0.9)
        fall = (0.78 + 0.3 * towards) * (1.0 - (0.35 + 0.6 * mood.relief) * far)
        behind = light * cast
        if mood.lift <= 0:
            behind *= fall
        behind = _lifted(behind, mood.lift)
        if any(mood.counter):
            second = np.square(1.0 - towards) * (1.0 - 0.5 * far)
            behind += (0.02 + 0.6 * light) * (counter * second)
        if mood.sun:
            glow = glow_x * np.exp(-np.square((y - 0.3) / 0.5))
            room = 1.0 - 0.6 * np.clip(behind, 0.0, 1.0)
            room *= glow
            room *= low
            behind += room
        behind *= 1.0 - haze
        behind += (0.75 * haze) * low
        return _held(behind)

    return lit_rows


def _dusk(picture: Picture, amount: float) -> Plane:
    """Share of its light that each pixel keeps after sunset: skies, above all, lose the most."""
    if amount == 0.0:
        return np.ones((len(picture), 1), np.float32)
    tone = np.asarray(cv2.transform(np.square(picture), _WEIGHTS[None]), np.float32)
    height, width = picture.shape[:2]
    tone = tone.reshape(height, width)
    rows, columns = max(2, height // 4), max(2, width // 4)
    reach = max(1, round(0.012 * float(np.sqrt(rows * columns))))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    # Lamps are small and stay; no halo is left round what stands before the sky.
    small = cv2.morphologyEx(resize(tone, width=columns, height=rows), cv2.MORPH_OPEN, disc)
    wide = np.asarray(cv2.dilate(small, disc), np.float32)
    around = np.minimum(tone, resize(wide, width=width, height=height, smooth=True))
    return np.asarray(1.0 / (1.0 + 4.0 * amount * np.square(around)), np.float32)


def _cast(mood: Mood, tint: float) -> Picture:
    """Gain of the whole air in a mood: its brightness held back, its colour brought forward."""
    ground = paint(mood.ground)
    level = max(float(shade(ground).item()), 1e-3)
    red, green, blue = (one / level for one in mood.ground)
    colour = _tinted((red, green, blue), tint)
    return np.asarray(np.power(colour, 1.3) * level**0.7, np.float32)


def _fill_light(picture: Picture, mood: Mood) -> Plane:
    """How far large soft light raises each pixel, in shadows the most; hard light leaves them."""
    height, width = picture.shape[:2]
    if mood.relief > 0.45:  # noqa: PLR2004 - moods from golden hour on are hard
        return np.ones((height, width), np.float32)
    # So wide a blur loses nothing on a quarter of the size.
    rows, columns = max(1, height // 4), max(1, width // 4)
    small = luma(resize(picture, width=columns, height=rows))
    around = np.maximum(blur(small, 0.035 * float(np.sqrt(rows * columns))), 0.06)
    lift = np.clip(np.power(0.58 / around, 0.36), 0.93, 1.34)
    return resize(lift.astype(np.float32), width=width, height=height, smooth=True)


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

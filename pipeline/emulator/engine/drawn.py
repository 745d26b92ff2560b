"""Paintings and drawings by rule: each known at a glance, and none of them touches who a face is.

Every technique takes a finished picture, how far each pixel belongs to a face, and dice.
"""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.noise import Dice, cloud, mottle
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    Values,
    as_array,
    blur,
    grid,
    linear,
    luma,
    mix,
    resize,
    rgb,
    smoothstep,
)


def comic(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Flat colours in few tones, ink lines, and dots in the half-shade."""
    del rng
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    flat = flattened(picture)
    tone = luma(flat)
    steps = _stepped(tone, 5)
    share = 0.85 - 0.7 * faces
    ratio = (tone + (steps - tone) * share) / np.maximum(tone, 0.04)
    colour = np.clip(flat * np.clip(ratio, 0.4, 1.7)[..., None], 0.0, 1.0)
    grey = luma(np.asarray(colour, np.float32))[..., None]
    rich = (1.35 - 0.25 * faces)[..., None]
    colour = np.clip(grey + (colour - grey) * rich, 0.0, 1.0)
    dots = _dots(tone, unit) * (1.0 - faces)
    colour = colour * (1.0 - 0.22 * dots)[..., None]
    # Grain and weave are no outlines.
    ink = _ink(0.45 * luma(picture) + 0.55 * tone, unit)
    # Lines across a small face would be lines through its features.
    dark = (0.9 - 0.4 * faces) * ink
    return np.asarray(colour * (1.0 - dark)[..., None], np.float32)


def flattened(picture: Picture) -> Picture:
    """Small differences gone, edges kept."""
    height, width = picture.shape[:2]
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
    pitch = max(4.0, 0.01 * unit)
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


def watercolour(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Washes on rough paper: pigment gathers at their edges, lights are the paper itself."""
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    wash = mix(_run(rng, flattened(picture), 0.006 * unit), flattened(picture), faces)
    # A face keeps its features: finer washes, no more.
    wash = mix(wash, picture, 0.3 * faces)
    tone = luma(wash)
    # Light tones are left out: the paper shows.
    grey = tone[..., None]
    colour = np.clip(grey + (wash - grey) * 1.3, 0.0, 1.0)
    density = -np.log(np.clip(0.15 + 0.9 * colour, 0.0, 1.0))
    pools = cloud(rng, height, width, cell=(0.16 * unit, 0.16 * unit), octaves=4)
    tooth = mottle(rng, height, width, size=max(2.5, 0.006 * unit), flat=1.0, octaves=2)
    uneven = 1.0 + (0.16 * pools + 0.07 * tooth) * (1.0 - 0.75 * faces)
    steps = _stepped(blur(tone, 0.0015 * unit), 6)
    down, right = np.gradient(steps)
    rim = np.clip(np.hypot(down, right) * (0.0035 * unit), 0.0, 1.0)
    uneven = uneven + 0.42 * rim * (1.0 - 0.6 * faces)
    layer = np.asarray(0.86 * density * np.clip(uneven, 0.3, 1.9)[..., None], np.float32)
    line = _ink(luma(picture), unit) * (0.3 - 0.12 * faces)
    layer = layer + np.array([0.75, 0.7, 0.62], np.float32) * line[..., None]
    layer = layer * _margin(rng, height, width)[..., None]
    paper = np.array([0.985, 0.975, 0.95], np.float32)
    relief = np.gradient(tooth, axis=1)
    lit = 1.0 + np.clip(relief * 0.012, -0.03, 0.03)[..., None]
    return np.asarray(np.clip(paper * np.exp(-layer) * lit, 0.0, 1.0), np.float32)


def _run(rng: Dice, picture: Picture, reach: float) -> Picture:
    """Outlines that wander a little, as water does."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    cell = (7.0 * reach, 7.0 * reach)
    aside = cloud(rng, height, width, cell=cell, octaves=2) * (0.5 * reach)
    down = cloud(rng, height, width, cell=cell, octaves=2) * (0.5 * reach)
    moved = cv2.remap(
        picture, x + aside, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)


def _margin(rng: Dice, height: int, width: int) -> Plane:
    """Where the brush went: 1, and 0 on the bare paper along the borders."""
    unit = float(np.sqrt(height * width))
    x, y = grid(height, width)
    away = np.minimum(
        np.minimum(x, 1.0 - x) * (width / unit), np.minimum(y, 1.0 - y) * (height / unit)
    )
    rough = cloud(rng, height, width, cell=(0.2 * unit, 0.2 * unit), octaves=5)
    return smoothstep(0.008, 0.03, np.asarray(away - 0.014 * rough - 0.012, np.float32))


def sketch(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Graphite on paper: contours, and hatching where it is dark."""
    height, width = picture.shape[:2]
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


_TILES_ACROSS_A_FACE = 0.5  # of the size of a tile elsewhere


def _cells(rng: Dice, shape: tuple[int, int], size: float, *, loose: float) -> NDArray[np.int32]:
    """Number of the cell that each pixel lies in; cells are about `size` px wide.

    Args:
        rng: of where their middles lie.
        shape: height and width of the frame.
        size: px from one middle to the next.
        loose: how far middles leave an even grid, 0 to 1.
    """
    height, width = shape
    rows, columns = max(2, round(height / size)), max(2, round(width / size))
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    y = (y + 0.5 + loose * rng.uniform(-0.5, 0.5, y.shape)) * (height / rows)
    x = (x + 0.5 + loose * rng.uniform(-0.5, 0.5, x.shape)) * (width / columns)
    seeds = np.ones(shape, np.uint8)
    at = np.clip(y, 0, height - 1).astype(int), np.clip(x, 0, width - 1).astype(int)
    seeds[at] = 0
    _, labels = cv2.distanceTransformWithLabels(
        seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    return np.asarray(labels, np.int32)


def _tiled(picture: Picture, cells: NDArray[np.int32]) -> Picture:
    """Every cell in the mean of its colours."""
    flat = cells.ravel()
    count = np.maximum(np.bincount(flat), 1)
    means = [np.bincount(flat, weights=picture[..., c].ravel()) / count for c in range(3)]
    return np.stack([mean[cells] for mean in means], axis=-1).astype(np.float32)


def _seams(cells: NDArray[np.int32], wide: float) -> Plane:
    """Lines between cells, `wide` px, 0 to 1."""
    apart = np.zeros(cells.shape, np.float32)
    apart[:, 1:] = cells[:, 1:] != cells[:, :-1]
    apart[1:] = np.maximum(apart[1:], cells[1:] != cells[:-1])
    reach = max(1, round(wide))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return blur(np.asarray(cv2.dilate(apart, disc), np.float32), 0.6)


def stained_glass(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Panes of deep glowing colour between lead; outlines are lead as well."""
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    flat = flattened(picture)
    panes = _cells(rng, (height, width), 0.062 * unit, loose=0.95)
    colour = mix(_tiled(flat, panes), flat, np.full((height, width), 0.42, np.float32))
    ripple = cloud(rng, height, width, cell=(0.02 * unit, 0.05 * unit), octaves=3)
    chosen = rng.integers(0, 3, int(panes.max()) + 1)[panes]
    # Last of all that takes dice: a face alters nothing beyond itself.
    if faces.any():
        small = _cells(rng, (height, width), 0.034 * unit, loose=0.9)
        face = mix(_tiled(flat, small), flat, np.full((height, width), 0.7, np.float32))
        colour = mix(colour, face, faces)
    grey = luma(colour)[..., None]
    rich = np.clip(grey + (colour - grey) * (1.9 - 0.8 * faces)[..., None], 0.0, 1.0)
    # Panes that would be grey or white are stained as well, each in one of three pale colours.
    stains = as_array(rgb("#8fb8de")), as_array(rgb("#f3d58c")), as_array(rgb("#e3a5a0"))
    stain = np.stack(stains)[chosen]
    dull = smoothstep(0.3, 0.05, rich.max(axis=-1) - rich.min(axis=-1)) * (1.0 - faces)
    rich = np.asarray(rich * (1.0 + (stain - 1.0) * (0.75 * dull)[..., None]), np.float32)
    # Glass is lit from behind: never black, brightest in the middle of a pane.
    body = blur(1.0 - _seams(panes, 0.004 * unit), 0.008 * unit)
    glow = (0.72 + 0.42 * body + 0.045 * ripple)[..., None]
    shown = np.clip((0.1 + 0.92 * rich) * glow, 0.0, 1.0)
    lead = _seams(panes, 0.0062 * unit) * (1.0 - 0.85 * faces)
    drawn = 0.85 * _ink(luma(blur(flat, 0.0016 * unit)), 1.9 * unit) * (1.0 - 0.7 * faces)
    dark = np.clip(np.maximum(lead, drawn), 0.0, 1.0)
    return mix(shown, np.broadcast_to(as_array(rgb("#14130f")), picture.shape), 0.95 * dark)


def mosaic(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Small stones set in mortar, each a little off its neighbour's colour."""
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    grey = luma(picture)[..., None]
    rich = np.clip(grey + (picture - grey) * 1.25, 0.0, 1.0).astype(np.float32)
    done: list[Picture] = []
    mortar = np.broadcast_to(as_array(rgb("#8f867a")), picture.shape)
    for size in (0.0185 * unit, _TILES_ACROSS_A_FACE * 0.0185 * unit):
        cells = _cells(rng, (height, width), max(4.0, size), loose=0.38)
        stones = _tiled(rich, cells)
        vary = rng.uniform(0.86, 1.12, int(cells.max()) + 1).astype(np.float32)[cells]
        line = _seams(cells, max(1.0, 0.13 * size))
        # Stones stand out of the mortar: their upper edges catch light.
        edge = np.gradient(blur(line, 0.12 * size), axis=0)
        stones = np.clip(stones * (vary + 1.2 * edge)[..., None], 0.0, 1.0)
        done.append(mix(stones.astype(np.float32), mortar, 0.8 * line))
        if not faces.any():
            return done[0]
    kept = mix(done[1], picture, np.full((height, width), 0.45, np.float32))
    return mix(done[0], kept, smoothstep(0.35, 0.75, faces))


def engraving(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Lines cut in copper: their thickness is the tone, and they bend with the form."""
    del rng
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    tone = _balanced(luma(picture), unit)
    form = blur(tone, 0.02 * unit)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pitch = max(3.2, 0.0056 * unit)
    fine = 1.0 + 0.45 * smoothstep(0.4, 0.6, faces)
    bend = 7.0 * pitch * form
    dark = np.zeros((height, width), np.float32)
    # Half-shade has one row of lines, shade a second across it, the deepest a third.
    for turn, limit in ((0.35, 1.02), (-0.65, 0.5), (1.35, 0.27)):
        along = (y * np.cos(turn) + x * np.sin(turn) + bend) / pitch * fine
        wave = 0.5 + 0.5 * np.cos(2 * np.pi * along)
        share = np.clip((limit - tone) / limit, 0.0, 1.0) * 0.92
        dark = np.maximum(dark, smoothstep(1.0 - share - 0.16, 1.0 - share + 0.16, wave))
        dark = dark * smoothstep(0.0, 0.04, np.maximum(share, dark))
    outline = _ink(blur(luma(picture), 0.0008 * unit), unit)
    dark = np.maximum(dark * smoothstep(0.98, 0.86, tone), 0.8 * outline * (1.0 - 0.4 * faces))
    # Between its lines a face keeps some of its own tones.
    dark = dark + 0.35 * faces * (1.0 - tone - dark)
    paper, ink = as_array(rgb("#f3ecdb")), as_array(rgb("#1d1a18"))
    return np.asarray(paper + (ink - paper) * np.clip(dark, 0.0, 1.0)[..., None], np.float32)


def pen_and_ink(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Black lines of a pen, hatching in the shade, solid black in the depths."""
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    tone = _balanced(luma(flattened(picture)), unit)
    line = _ink(0.5 * luma(picture) + 0.5 * luma(flattened(picture)), 1.25 * unit)
    dark = np.asarray(line * (1.0 - 0.35 * faces), np.float32)
    for angle, limit in ((0.8, 0.6), (2.2, 0.38)):
        stroke = smoothstep(0.35, 0.65, _hatching(rng, tone.shape, angle, 0.0034 * unit))
        shade = smoothstep(limit, limit - 0.16, tone) * (1.0 - 0.45 * faces)
        dark = np.maximum(dark, stroke * shade)
    dark = np.maximum(dark, smoothstep(0.2, 0.12, tone) * (1.0 - 0.3 * faces))
    dark = dark + 0.3 * faces * (1.0 - tone - dark)
    paper, ink = as_array(rgb("#faf7f0")), as_array(rgb("#121114"))
    return np.asarray(paper + (ink - paper) * np.clip(dark, 0.0, 1.0)[..., None], np.float32)


def _balanced(tone: Plane, unit: float) -> Plane:
    """Tones spread over the whole range, so that dark pictures are not drawn black."""
    low, high = float(np.percentile(tone, 2)), float(np.percentile(tone, 97))
    spread = np.clip((tone - low) / max(high - low, 0.1), 0.0, 1.0)
    around = blur(np.asarray(spread, np.float32), 0.12 * unit)
    return np.asarray(np.clip(np.power(spread, 0.72) + 0.12 * (0.5 - around), 0, 1), np.float32)


def ink_wash(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """One ink in many dilutions on rice paper."""
    tone = luma(picture)
    grey = np.repeat(np.power(tone, 0.85)[..., None], 3, axis=2).astype(np.float32)
    washed = watercolour(grey, faces, rng)
    paper, ink = as_array(rgb("#f1ebdd")), as_array(rgb("#1c1d22"))
    share = smoothstep(0.06, 0.97, luma(washed))[..., None]
    return np.asarray(ink + (paper - ink) * share, np.float32)


def crayon(picture: Picture, faces: Plane, rng: Dice) -> Picture:
    """Wax on rough paper: bright colours in strokes, the paper showing through."""
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    flat = mix(flattened(picture), picture, 0.35 * faces)
    grey = luma(flat)[..., None]
    wax = np.clip(0.06 + 0.96 * (grey + (flat - grey) * 1.5), 0.0, 1.0)
    tooth = mottle(rng, height, width, size=max(2.5, 0.0075 * unit), flat=1.0, octaves=2)
    stroke = _hatching(rng, (height, width), 0.85, 0.009 * unit)
    across = _hatching(rng, (height, width), 2.1, 0.011 * unit)
    dense = 1.0 - luma(flat)
    held = 0.62 * stroke + 0.38 * across + 0.16 * tooth
    cover = smoothstep(0.62, 0.95, np.asarray(held + 0.75 * dense, np.float32))
    cover = 0.45 + 0.55 * cover
    cover = cover + (0.9 - cover) * 0.7 * faces
    shade = (0.9 + 0.16 * stroke)[..., None]
    paper = np.broadcast_to(as_array(rgb("#fbf8f0")), picture.shape)
    drawn = mix(paper, np.clip(wax * shade, 0.0, 1.0).astype(np.float32), 0.94 * cover)
    line = 0.55 * _ink(luma(flat), 1.8 * unit) * (1.0 - 0.4 * faces) * (0.4 + 0.6 * stroke)
    return np.asarray(drawn * (1.0 - line)[..., None], np.float32)


def varnished(picture: Picture, rng: Dice) -> Picture:
    """Centuries over a painting: amber varnish, dark corners, fine cracks."""
    height, width = picture.shape[:2]
    unit = float(np.sqrt(height * width))
    x, y = grid(height, width)
    far = np.square((x - 0.5) * 1.25) + np.square((y - 0.44) * 1.1)
    light = linear(picture) * as_array((1.0, 0.83, 0.52)) * (1.02 - 1.25 * far)[..., None]
    light = light + np.array([0.012, 0.006, 0.0], np.float32)
    cells = _cells(rng, (height, width), 0.016 * unit, loose=0.95)
    worn = smoothstep(-0.6, 1.2, cloud(rng, height, width, cell=(unit / 3, unit / 3), octaves=2))
    cracks = 0.3 * _seams(cells, 1.0) * worn
    return np.asarray(np.sqrt(np.clip(light * (1.0 - cracks)[..., None], 0, 1)), np.float32)


BY_RULE: Mapping[str, Callable[[Picture, Plane, Dice], Picture]] = {
    "comic": comic,
    "sketch": sketch,
    "watercolour": watercolour,
    "stained glass": stained_glass,
    "mosaic": mosaic,
    "engraving": engraving,
    "bold ink": pen_and_ink,
    "ink wash": ink_wash,
    "wax crayon": crayon,
}
"""By the name of a style."""

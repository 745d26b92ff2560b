"""Finds the clothes of a person, or the main surface of a thing, and gives them another colour.

Only the cloth of the largest part changes: shirt, tie, patches, flags, skin and hair keep theirs.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.emulator.engine.heads import Head, covering
from pipeline.emulator.engine.paint import Paint, find_paint, repainted, where_painted
from pipeline.emulator.engine.raster import (
    Picture,
    Plane,
    Rgb,
    Values,
    as_array,
    blur,
    develop,
    encoded,
    linear,
    luma,
    mix,
    resize,
    smoothstep,
    to_float,
)
from pipeline.emulator.engine.recipe import Garment
from pipeline.emulator.engine.tailoring import Opening, find_opening, lapels

_SIDE = 640
_CLUSTERS = 6
_SAMPLES = 6000
_ROUNDS = 12
_BRIGHTNESS = 50.0  # how much lightness counts beside colour: folds are still the same cloth
_DARK = 0.012  # linear light below which a colour is not trusted
_DARK_PAINT = 0.0015
_SAME_CLOTH = 16.0
_SAME_PAINT = 12.0  # of a thing: its label is closer to it than a shirt to a suit
_PRESENT = 0.5
_DARK_CLOTH = 0.22  # encoded; above, a tie can be told from a jacket
_PALEST = 0.82  # of a dye, in linear light; held by all of it, so that cream stays cream


@dataclass(frozen=True, slots=True, eq=False)
class Cloth:
    """The clothes in one picture.

    Attributes:
        share: of cloth in each pixel, 0 to 1.
        stitch: width of a knitted stitch that suits the wearer, px.
        paint: of a thing whose surface has a colour; None for cloth.
        opening: of a dark jacket over a shirt; None where there is none.
    """

    share: Plane
    stitch: float
    paint: Paint | None = None
    opening: Opening | None = None


def find_cloth(picture: Picture, alpha: Plane, faces: tuple[Head, ...]) -> Cloth | None:
    """Find the cloth of the largest garment; without a face, the subject's largest surface.

    Args:
        picture: encoded.
        alpha: the subject in it.
        faces: of the people in it, px; may be empty.

    Returns:
        None where no cloth can be told from the rest.
    """
    height, width = alpha.shape
    scale = min(1.0, _SIDE / max(height, width))
    rows, columns = max(8, round(height * scale)), max(8, round(width * scale))
    small = resize(picture, width=columns, height=rows)
    share = resize(alpha, width=columns, height=rows)
    ovals = tuple(one.scaled(scale) for one in faces)
    reach, weight = _where_cloth_may_be(share, ovals)
    reach = reach * (1.0 - _skin(small, ovals))
    if float((reach * weight).sum()) < 0.004 * share.size:
        return None
    alike = _SAME_CLOTH if faces else _SAME_PAINT
    dark = _DARK if faces else _DARK_PAINT
    cloth = _largest_surface(_dyes(small, dark), reach, weight, alike)
    fine = _followed(cloth * smoothstep(0.0, 0.6, reach), small)
    solid = _without_specks(fine, 0.006 if faces else 0.015) * smoothstep(0.1, 0.55, share)
    stitch = 0.1 * max((one.across for one in faces), default=0.16 * float(np.sqrt(alpha.size)))
    paint = None if faces else find_paint(small, share, solid)
    if paint is not None:
        near = resize(_with_its_gloss(solid, share), width=width, height=height, smooth=True)
        known = where_painted(picture, paint) * near * smoothstep(0.1, 0.55, alpha)
        return Cloth(known, max(3.0, stitch), paint)
    if faces:
        solid = np.maximum(solid, _to_the_edge(solid, share) * reach)
    opening = _opening(small, share, solid, ovals)
    if opening is not None:
        solid = solid * (1.0 - opening.covered(solid.shape))
        opening = opening.scaled(width / columns, height / rows)
    whole = resize(solid, width=width, height=height, smooth=True)
    return Cloth(whole, max(3.0, stitch), opening=opening)


def _opening(
    picture: Picture, share: Plane, solid: Plane, faces: tuple[Head, ...]
) -> Opening | None:
    """Only in dark cloth are a jacket and a tie one; only one person's are looked for."""
    inside = solid > _PRESENT
    if len(faces) != 1 or not inside.any():
        return None
    if float(np.median(luma(picture)[inside])) > _DARK_CLOTH:
        return None
    return find_opening(picture, share, solid, faces[0])


def _with_its_gloss(solid: Plane, share: Plane) -> Plane:
    """A surface with the highlights that it encloses, and those along its outer edge."""
    radius = max(2, round(0.03 * min(solid.shape)))
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    whole = np.asarray(cv2.morphologyEx(solid, cv2.MORPH_CLOSE, window), np.float32)
    return blur(np.maximum(whole, _to_the_edge(whole, share)), 1.0)


def _to_the_edge(solid: Plane, share: Plane) -> Plane:
    """Cloth just inside the subject's outline: light from behind it has changed its colour."""
    reach = np.ones((2 * (min(solid.shape) // 110) + 1,) * 2, np.uint8)
    grown = np.asarray(cv2.dilate(solid, reach), np.float32)
    edge = 1.0 - np.asarray(cv2.erode(smoothstep(0.3, 0.7, share), reach), np.float32)
    return grown * edge * smoothstep(0.1, 0.55, share)


def dressed(picture: Picture, cloth: Cloth, garment: Garment) -> Picture:
    """Recolour and knit the cloth, with its folds and highlights.

    Args:
        picture: encoded; the one that `cloth` was found in.
        cloth: where.
        garment: how.
    """
    done = picture
    if garment.knit:
        done = _softened(done, cloth)
    if garment.colour is not None and cloth.paint is not None:
        done = repainted(done, cloth.paint, garment.colour)
    elif garment.colour is not None:
        done = _recoloured(done, cloth.share, garment.colour)
        if cloth.opening is not None and not garment.knit:
            shade = lapels(cloth.share.shape, cloth.opening)
            done = np.clip(done * shade[..., None], 0.0, 1.0).astype(np.float32)
    if garment.knit:
        done = _knitted(done, cloth)
    return mix(picture, done, cloth.share)


def _where_cloth_may_be(share: Plane, faces: tuple[Head, ...]) -> tuple[Plane, Plane]:
    """Below the chins, inside the subject; and how far each place is worth asking."""
    height, width = share.shape
    solid = smoothstep(0.4, 0.9, share)
    if not faces:
        return solid, np.ones_like(share)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    below, weight = np.zeros_like(share), np.zeros_like(share)
    for face in faces:
        # A neck is narrower than the face above it: collars beside it may reach up to the ears.
        aside = np.abs(x - face.x) / max(face.across, 1.0)
        line = face.y + face.down * (1.0 - 0.36 * smoothstep(0.5, 0.8, aside))
        mine = smoothstep(0.0, 0.12 * face.down, y - line) * (aside < 8.0)  # noqa: PLR2004
        below = np.maximum(below, mine)
        down = (y - face.chin) / max(face.down, 1.0)
        torso = np.exp(-np.square(aside / 2.4) - np.square((down - 1.6) / 2.6))
        weight = np.maximum(weight, torso * mine)
    below = below * (1.0 - covering(faces, share.shape, grown=1.0, soft=0.08))
    return solid * below, weight


def _skin(picture: Picture, faces: tuple[Head, ...]) -> Plane:
    """How far each pixel has the colour of the faces' own skin."""
    lab = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), np.float32)
    height, width = picture.shape[:2]
    found = np.zeros((height, width), np.float32)
    for face in faces:
        core = covering((face,), (height, width), grown=0.55, soft=0.05) > _PRESENT
        if int(core.sum()) < 12:  # noqa: PLR2004 - too small to tell a colour
            continue
        sample = lab[core]
        tone = np.median(sample, axis=0)
        spread = np.median(np.abs(sample - tone), axis=0) * 1.5
        limit = np.array(
            [np.clip(spread[0] * 3.0, 14, 34), *np.clip(spread[1:] * 2.2, 4.5, 8.5)], np.float32
        )
        far = np.sqrt(np.square((lab - tone) / limit).sum(axis=-1))
        found = np.maximum(found, smoothstep(1.55, 1.15, np.asarray(far, np.float32)))
    return blur(found, 1.0)


def _dyes(picture: Picture, dark: float) -> Picture:
    """Red, green and blue as shares of the light, and some of the light itself.

    A fold in shade sends less light back, but the same mixture of it.
    """
    light = linear(picture)
    total = light.sum(axis=-1, keepdims=True)
    # What is nearly black has no colour that could be trusted.
    shares = 100.0 * (light + dark) / (total + 3.0 * dark)
    bright = _BRIGHTNESS * luma(picture)[..., None]
    return np.concatenate([shares, bright], axis=-1).astype(np.float32)


def _largest_surface(dyes: Picture, reach: Plane, weight: Plane, alike: float) -> Plane:
    """Share of the largest surface in each pixel, by colour alone."""
    inside = np.flatnonzero((reach * (weight > 0.02)).ravel() > _PRESENT)  # noqa: PLR2004
    step = max(1, len(inside) // _SAMPLES)
    picked = inside[::step]
    points = dyes.reshape(-1, 4)[picked]
    worth = (reach * weight).ravel()[picked]
    centres = _centres(points, worth)
    nearest = _nearest(points, centres)
    mass = np.array([worth[nearest == at].sum() for at in range(len(centres))])
    # The shaded and the lit side of one cloth fall into several clusters.
    gaps = (centres[:, None] - centres[None]) * np.array([1.0, 1.0, 1.0, 0.6], np.float32)
    same = np.linalg.norm(gaps, axis=-1) < alike
    cloth = same[int((same @ mass).argmax())]
    flat = dyes.reshape(-1, 4)
    own = np.min([np.linalg.norm(flat - c, axis=1) for c in centres[cloth]], axis=0)
    others = centres[~cloth]
    if len(others):
        other = np.min([np.linalg.norm(flat - c, axis=1) for c in others], axis=0)
    else:
        other = np.full(len(flat), 30.0)
    # What is near to nothing known is a patch or a button.
    share = smoothstep(0.35, 0.62, other / np.maximum(own + other, 1e-3))
    share = share * smoothstep(34.0, 22.0, own)
    return np.asarray(share, np.float32).reshape(reach.shape)


def _centres(points: NDArray[np.float32], worth: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weighted k-means that begins at the points farthest apart; always the same answer."""
    chosen = [np.average(points, axis=0, weights=worth + 1e-6).astype(np.float32)]
    gap = np.linalg.norm(points - chosen[0], axis=1)
    for _ in range(min(_CLUSTERS, len(points)) - 1):
        chosen.append(points[int((gap * np.sqrt(worth + 0.05)).argmax())])
        gap = np.minimum(gap, np.linalg.norm(points - chosen[-1], axis=1))
    centres = np.array(chosen, np.float32)
    for _ in range(_ROUNDS):
        nearest = _nearest(points, centres)
        for at in range(len(centres)):
            mine = nearest == at
            if mine.any():
                centres[at] = np.average(points[mine], axis=0, weights=worth[mine] + 1e-6)
    return centres


def _nearest(points: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.intp]:
    gaps = [np.square(points - centre).sum(axis=1) for centre in centres]
    return np.asarray(np.argmin(np.array(gaps), axis=0))


def _followed(share: Plane, picture: Picture) -> Plane:
    """Let the edge of the cloth follow the picture's own edges; pinholes close."""
    closed = to_float(np.asarray(cv2.medianBlur((share * 255).astype(np.uint8), 5), np.uint8))
    grey = luma(picture)
    window = (9, 9)

    def box(plane: Values) -> Plane:
        return np.asarray(cv2.blur(plane, window), np.float32)

    mean, level = box(grey), box(closed)
    slope = (box(grey * closed) - mean * level) / (box(grey * grey) - mean * mean + 4e-4)
    offset = level - slope * mean
    fine = box(slope) * grey + box(offset)
    return smoothstep(0.15, 0.85, np.asarray(0.5 * fine + 0.5 * blur(closed, 0.8), np.float32))


def _without_specks(share: Plane, least: float) -> Plane:
    """Large parts, and smaller ones close to them: a handle, a cuff, a strap."""
    solid = (share > 0.4).astype(np.uint8)  # noqa: PLR2004
    count, labels, facts, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count < 2:  # noqa: PLR2004 - nothing there
        return share
    areas = facts[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    large = np.isin(labels, np.flatnonzero(areas >= max(12, 0.1 * areas.max())))
    reach = np.ones((2 * (min(share.shape) // 60) + 3,) * 2, np.uint8)
    beside = np.unique(labels[cv2.dilate(large.astype(np.uint8), reach) > 0])
    kept = beside[areas[beside] >= max(12, least * areas.max())]
    near = cv2.dilate(np.isin(labels, kept).astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.asarray(share * near, np.float32)


def _recoloured(picture: Picture, share: Plane, colour: Rgb) -> Picture:
    """The same folds in another dye: light is what it was, what it falls on is new."""
    light = luma(picture)
    light = np.square(light)
    inside = share > _PRESENT
    if not inside.any():
        return picture
    level = float(np.median(light[inside]))
    dye = np.maximum(linear(as_array(colour)), 0.005)
    dye = dye * min(1.0, _PALEST / float(dye.max()))
    bright = float(luma(np.sqrt(dye)[None, None])[0, 0])
    folds = np.log((light + 0.012) / (level + 0.012)).astype(np.float32)
    # In dark cloth much of the structure is noise, which a light dye would bring out; on a dark
    # dye the same noise passes for its weave.
    dim = float(smoothstep(0.08, 0.015, np.array(level, np.float32)))
    if dim > 0.0:
        calm = np.asarray(cv2.bilateralFilter(folds, 9, 0.5, 3.0), np.float32)
        calm = np.asarray(cv2.bilateralFilter(calm, 9, 0.35, 4.0), np.float32)
        folds = folds + (calm - folds) * (0.8 * dim * min(1.0, 0.3 + 2.5 * bright))
    spread = float(folds[inside].std()) + 1e-3
    # Dark cloth shows its folds as sheen, light cloth as soft shade.
    wanted = 0.62 - 0.42 * bright
    steep = float(np.clip(wanted / spread, 0.3, 1.35))
    # Cloth that is all but black shows no folds to go by: what lights its parts apart, and its
    # outline, tell how it is turned.
    known = float(smoothstep(0.0, 0.03, np.array(level, np.float32)))
    steep *= 0.3 + 0.7 * known
    form = _form(share) * (0.14 + (0.12 + 0.16 * bright) * dim)
    form = form + (1.0 - known) * (0.4 + 0.6 * bright) * _lit_parts(light, share)
    # White cloth has no light to spare above its own tone: what turns away gets darker instead.
    form = form - 0.3 * dim * bright * bright
    shade = np.exp(np.clip(folds * steep + form, -2.0, 1.5))
    cloth = dye * shade[..., None]
    sheen = (0.012 + 0.02 * (1.0 - bright)) * (1.0 - 0.7 * dim) * np.clip(shade - 1.0, 0.0, 3.0)
    return np.clip(develop(cloth + sheen[..., None]), 0.0, 1.0)


def _lit_parts(light: Plane, share: Plane) -> Plane:
    """What is left of light and shade in cloth that is all but black, without its noise."""
    height, width = share.shape
    # It is smooth: a small copy loses nothing.
    by = min(1.0, _SIDE / max(height, width))
    small = {"width": max(8, round(width * by)), "height": max(8, round(height * by))}
    light, share = resize(light, **small), resize(share, **small)
    unit = float(np.sqrt(share.size))
    total: Values = np.zeros_like(light)
    # Only cloth is averaged: a white shirt would shine through it.
    for sigma, weight in ((0.01, 0.05), (0.028, 0.17)):
        room = np.maximum(blur(share, sigma * unit), 0.02)
        mean = blur(np.minimum(light, 0.1) * share, sigma * unit) / room
        inside = share > _PRESENT
        middle, spread = float(mean[inside].mean()), float(mean[inside].std()) + 1e-4
        total = total + weight * np.clip((mean - middle) / spread, -2.0, 2.0)
    return resize(np.asarray(total, np.float32), width=width, height=height, smooth=True)


def _form(share: Plane) -> Plane:
    """How far cloth faces the sky, -1 to 1: shoulders do, flanks and hems turn away."""
    unit = float(np.sqrt(share.size))
    # Badges and buttons are no edges of the body.
    radius = max(1, round(0.035 * unit))
    whole = cv2.morphologyEx(share, cv2.MORPH_CLOSE, np.ones((2 * radius + 1,) * 2, np.uint8))
    body = blur(np.asarray(whole, np.float32), 0.045 * unit)
    down, right = np.gradient(body)
    slope = (down - 0.35 * np.abs(right)) * unit
    steepest = max(float(np.abs(slope).max()), 1e-3)
    depth = np.clip(2.0 * body - 1.0, 0.0, 1.0)
    return np.asarray(np.clip(1.6 * slope / steepest + 0.35 * depth, -1.0, 1.0), np.float32)


def _softened(picture: Picture, cloth: Cloth) -> Picture:
    """Wool hides the fine structure of what it replaces: seams and weave go, folds stay."""
    share = cloth.share[..., None]
    sigma = 0.55 * cloth.stitch
    # Only cloth is averaged: no patch or skin bleeds into it.
    around = blur(picture * share, sigma) / np.maximum(blur(cloth.share, sigma), 0.02)[..., None]
    return mix(picture, np.clip(around, 0, 1).astype(np.float32), 0.7 * cloth.share)


def _knitted(picture: Picture, cloth: Cloth) -> Picture:
    """Rows of stitches, each a small V, that bend with the folds."""
    height, width = cloth.share.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    form = blur(luma(picture), 2.0 * cloth.stitch)
    bend = 9.0 * cloth.stitch * (form - float(form.mean()))
    column = (x + bend) / cloth.stitch
    across = np.abs(column - np.floor(column) - 0.5) * 2.0
    row = (y + 0.4 * bend) / (0.8 * cloth.stitch) - 0.55 * across
    up = np.abs(row - np.floor(row) - 0.5) * 2.0
    strand = np.sqrt(np.clip(1.0 - np.square(up), 0.0, 1.0)) * smoothstep(1.0, 0.72, across)
    centre = smoothstep(0.0, 0.25, across)
    relief = strand * (0.45 + 0.55 * centre)
    relief = relief - float(relief.mean())
    light = linear(picture) * (1.0 + 0.62 * relief)[..., None] + (0.006 * relief)[..., None]
    return encoded(light)

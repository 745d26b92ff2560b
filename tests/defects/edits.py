"""Edits as an honest model makes them: other light, colours, background and framing."""

import functools
import io

import cv2
import numpy as np
from PIL import Image, ImageFilter

from pipeline.emulator.engine.draft import DraftEngine
from pipeline.emulator.interface import EditRequest
from tests.defects.scenes import NAMES, PEOPLE, alpha, face, scene

PROMPTS = (
    "Put the subject on a snowy street, cold morning light. Keep face, pose and label unchanged.",
    "On a beach at golden hour.",
    "On a wooden table, warm light.",
    "In a forest in autumn, soft light.",
    "Studio backdrop in light grey, soft studio lighting.",
    "Dramatic light on a dark background.",
    "Make the light warm, golden hour.",
    "Blue hour, cold light, light snow.",
)
"""What the draft engine is asked for; each changes the background, the light, or both."""
_CHIN = 0.12  # of the picture's height, below the face's box: the neck


def edited(name, seed, *, side=1024, reframe=True):
    """One source picture under one to four honest changes.

    Args:
        name: of the source.
        seed: of everything random.
        side: of the source, px.
        reframe: whether the picture may be framed anew.
    """
    rng = np.random.default_rng([seed, *name.encode()])
    picture = scene(name, side)
    mask = alpha(name, side)
    if rng.random() < 0.5:
        picture = behind(picture, mask, rng)
    if rng.random() < 0.4:
        cloth = mask.copy()
        if name in PEOPLE:  # skin keeps its colour: no honest model turns a face green
            cloth[: int(len(cloth) * (face(name)[3] + _CHIN))] = 0
        picture = recoloured(picture, cloth, rng)
    picture = relit(picture, rng)
    if reframe and rng.random() < 0.6:
        picture = reframed(picture, rng, keep=face(name) if name in PEOPLE else None)
    if rng.random() < 0.3:
        picture = grainy(picture, rng)
    return picture


def behind(picture, mask, rng):
    """The subject before something else: a plain wall, a lit one, or another photograph's blur."""
    height, width = mask.shape
    kind = rng.integers(3)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    low, high = rng.uniform(20, 140, 3), rng.uniform(120, 245, 3)
    if kind == 0:
        ground = np.broadcast_to(high, picture.shape).astype(np.float32)
    elif kind == 1:
        light = np.hypot(x / width - rng.random(), y / height - rng.random())[..., None]
        ground = high + (low - high) * np.clip(light, 0, 1)
    else:
        other = NAMES[rng.integers(len(NAMES))]
        blurred = Image.fromarray(scene(other)).resize((width, height))
        sigma = width * rng.uniform(0.004, 0.02)
        ground = np.asarray(blurred.filter(ImageFilter.GaussianBlur(sigma)), np.float32)
    ground = ground + rng.normal(0, 1.2, picture.shape)
    return _bytes(picture * mask[..., None] + ground * (1 - mask[..., None]))


def recoloured(picture, mask, rng):
    """The subject's colours turned; its light stays."""
    hsv = np.asarray(Image.fromarray(picture).convert("HSV")).astype(np.int16)
    hsv[..., 0] = (hsv[..., 0] + rng.integers(20, 235)) % 256
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.4, 1.3), 0, 255)
    turned = Image.frombytes("HSV", (mask.shape[1], mask.shape[0]), hsv.astype(np.uint8).tobytes())
    share = mask[..., None]
    return _bytes(np.asarray(turned.convert("RGB")) * share + picture * (1 - share))


def relit(picture, rng):
    """Other exposure, contrast, warmth, and a lamp from one side."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    lamp = (x / width - 0.5) * np.cos(turn) + (y / height - 0.5) * np.sin(turn)
    warmth = rng.uniform(-0.18, 0.18)
    gains = np.array([1 + warmth, 1.0, 1 - warmth]) * rng.uniform(0.75, 1.2)
    value = (picture / 255.0) ** rng.uniform(0.7, 1.45)
    value = value * gains * (1 + rng.uniform(0.15, 0.6) * lamp[..., None])
    if rng.random() < 0.12:
        value = np.repeat(value.mean(axis=2, keepdims=True), 3, axis=2)
    return _bytes(value * 255)


def reframed(picture, rng, *, keep=None):
    """A crop, or more room around it, in another shape.

    Args:
        picture: to frame anew.
        rng: numbers.
        keep: left, top, right, bottom as shares of what no crop may cut: nobody who frames a
            portrait anew cuts through the eyes, and what is cut off there is a defect, not an edit.
    """
    height, width = picture.shape[:2]
    image = Image.fromarray(picture)
    if rng.random() < 0.7:
        share = rng.uniform(0.6, 0.95)
        wide, high = int(width * share), int(height * min(1, share * rng.uniform(0.85, 1.2)))
        left, top = int(rng.integers(width - wide + 1)), int(rng.integers(height - high + 1))
        if keep is not None:
            left = _shifted(left, wide, keep[0] * width, keep[2] * width)
            top = _shifted(top, high, keep[1] * height, keep[3] * height)
        part = image.crop((left, top, left + wide, top + high))
        grow = max(width, height) / max(wide, high)
        return np.asarray(part.resize((round(wide * grow), round(high * grow)), Image.LANCZOS))
    share = rng.uniform(0.65, 0.9)
    wide, high = int(width * share), int(height * share)
    # Room as a model paints it: what is at the rim goes on, without detail.
    ground = image.resize((width // 16, height // 16)).resize((width, height), Image.BICUBIC)
    ground = ground.filter(ImageFilter.GaussianBlur(width / 40))
    left, top = int(rng.integers(width - wide + 1)), int(rng.integers(height - high + 1))
    soft = Image.new("L", (wide, high), 0)
    rim = max(2, wide // 16)
    soft.paste(255, (rim, rim, wide - rim, high - rim))
    soft = soft.filter(ImageFilter.GaussianBlur(rim / 2))
    ground.paste(image.resize((wide, high), Image.LANCZOS), (left, top), soft)
    return np.asarray(ground)


def _shifted(start, length, first, last):
    """Where a crop begins that holds what lies between two places; its beginning if in doubt."""
    return int(max(0, min(max(start, last - length), first)))


def grainy(picture, rng):
    """Film grain."""
    return _bytes(picture + rng.normal(0, rng.uniform(1.5, 5), picture.shape[:2])[..., None])


@functools.cache
def drafted(name, prompt, *, width=1024, height=1024, seed=7):
    """What the draft engine makes of a source; the decoded JPEG."""
    raw = as_jpeg(scene(name), quality=92)
    request = EditRequest("m", PROMPTS[prompt], width, height, 1, seed)
    made = DraftEngine().edit(request, [raw])
    return np.asarray(Image.open(io.BytesIO(made.pictures[0])).convert("RGB"))


def as_jpeg(picture, *, quality=90, **options):
    """A picture as a JPEG file's bytes."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality, **options)
    return buffer.getvalue()


def _bytes(values):
    return np.clip(values, 0, 255).astype(np.uint8)


def redrawn(picture, rng):
    """The picture drawn anew: detail lost and invented, outlines not quite where they were."""
    height, width = picture.shape[:2]
    bend = rng.uniform(0.002, 0.008) * width
    fields = rng.normal(0, 1, (2, 6, 6)).astype(np.float32)
    moved = [
        np.asarray(Image.fromarray(one).resize((width, height), Image.BICUBIC)) * bend
        for one in fields
    ]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    soft = cv2.bilateralFilter(picture, 7, 40, 5)
    bent = cv2.remap(soft, x + moved[0], y + moved[1], cv2.INTER_CUBIC, None, cv2.BORDER_REFLECT)
    small = cv2.resize(bent, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    again = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    sharp = again + 0.6 * (again.astype(np.float32) - cv2.GaussianBlur(again, (0, 0), 2))
    return grainy(_bytes(sharp), rng)

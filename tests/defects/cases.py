"""Seeded defects and clean pictures, per check: what is delivered, what it was made from."""

import functools
import io
import struct
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageFilter

from pipeline.vision.faces import find_faces
from pipeline.vision.subject import find_subject
from tests.defects.edits import (
    PROMPTS,
    as_jpeg,
    behind,
    drafted,
    edited,
    recoloured,
    reframed,
    relit,
)
from tests.defects.scenes import BOTTLES, NAMES, PEOPLE, THINGS, alpha, scene, texture


@dataclass(frozen=True)
class Specimen:
    """One delivered file.

    Attributes:
        raw: its bytes.
        source: name of the scene that it is said to be made from, None where that does not matter.
        wanted: width and height that were paid for, None for whatever came.
    """

    raw: bytes
    source: str | None = None
    wanted: tuple[int, int] | None = None


def clean(count, side, *, first=0):
    """Honest edits: our own, and the draft engine's; each with its source."""
    found = []
    for index in range(first, first + count):
        name = NAMES[index % len(NAMES)]
        if index % 3 == 2:
            prompt = index // 3 % len(PROMPTS)
            picture = drafted(name, prompt, width=side, height=side)
        else:
            picture = edited(name, 500 + index, side=side)
        found.append(Specimen(as_jpeg(picture, quality=92 - index % 3 * 2), name))
    return found


def clean_people(count, side, *, first=0):
    """Honest edits of people, for what is judged of them alone."""
    found = []
    for index in range(first, first + count):
        name = PEOPLE[index % len(PEOPLE)]
        picture = edited(name, 4500 + index, side=side, reframe=index % 2 == 0)
        found.append(Specimen(as_jpeg(picture, quality=90), name))
    return found


def clean_large(count, side, *, first=0):
    """Pictures as sharp as their size says."""
    found = []
    for seed in range(first, first + count):
        if seed % 3:
            picture = texture(seed, side)
        else:  # our own renders, in the size in which they were made
            rng = np.random.default_rng([seed, 31])
            picture = relit(scene(BOTTLES[seed // 3 % len(BOTTLES)], 1400), rng)
        found.append(Specimen(as_jpeg(picture, quality=92)))
    return found


def _damaged(make):
    """A family of defects: `make(rng, name, picture) -> Specimen`, over honest edits."""

    @functools.wraps(make)
    def family(count, side, *, first=0):
        found = []
        for index in range(first, first + count):
            name = NAMES[index % len(NAMES)]
            rng = np.random.default_rng([index, 77])
            found.append(make(rng, name, edited(name, 900 + index // 13, side=side, reframe=False)))
        return found

    return family


@_damaged
def undecodable(rng, name, picture):
    raw = bytearray(as_jpeg(picture))
    kind = rng.integers(4)
    if kind == 0:
        return Specimen(bytes(raw[: int(len(raw) * rng.uniform(0.05, 0.95))]))
    if kind == 1:
        # An APNG-like bomb: a header that claims more than is ever decoded.
        header = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", _size(60_000, 60_000) + b"\x08\x02\0\0\0")
        return Specimen(
            header + _chunk(b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01") + _chunk(b"IEND", b"")
        )
    if kind == 2:
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "PNG")
        torn = bytearray(buffer.getvalue())
        start = int(len(torn) * rng.uniform(0.2, 0.8))
        torn[start : start + 64] = rng.bytes(64)
        return Specimen(bytes(torn))
    return Specimen(b"<html>not found</html>" + rng.bytes(40))


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _size(width, height):
    return struct.pack(">II", width, height)


@_damaged
def wrong_size(rng, name, picture):
    height, width = picture.shape[:2]
    factor = rng.choice([0.5, 0.75, 1.25, 1.01])
    small = Image.fromarray(picture).resize((round(width * factor), round(height * factor)))
    return Specimen(as_jpeg(np.asarray(small)), wanted=(width, height))


@_damaged
def wrong_aspect(rng, name, picture):
    height, width = picture.shape[:2]
    bent = Image.fromarray(picture).resize((round(width * rng.uniform(0.6, 0.97)), height))
    return Specimen(as_jpeg(np.asarray(bent)), wanted=(width, height))


@_damaged
def unusual_file(rng, name, picture):
    image, buffer = Image.fromarray(picture), io.BytesIO()
    kind = rng.integers(4)
    if kind == 0:
        image.convert("CMYK").save(buffer, "JPEG")
    elif kind == 1:
        Image.fromarray(picture[..., 0].astype(np.uint16) * 257).save(buffer, "PNG")
    elif kind == 2:
        image.save(buffer, "WEBP", save_all=True, append_images=[image.rotate(5)], duration=80)
    else:
        image.convert("L").save(buffer, "JPEG")
    return Specimen(buffer.getvalue())


@_damaged
def blank(rng, name, picture):
    colour = rng.integers(0, 256, 3)
    plain = colour + rng.normal(0, rng.uniform(0, 2), picture.shape)
    if rng.random() < 0.4:
        plain = plain + np.linspace(-4, 4, picture.shape[1])[None, :, None]
    return Specimen(as_jpeg(np.clip(plain, 0, 255).astype(np.uint8)))


@_damaged
def nothing_changed(rng, name, picture):
    source = Image.fromarray(scene(name))
    width, height = source.size
    kind = rng.integers(3)
    if kind == 1:
        factor = rng.uniform(0.6, 1.4)
        source = source.resize((round(width * factor), round(height * factor)))
    if kind == 2:
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        source = source.crop((left, top, left + side, top + side))
    return Specimen(as_jpeg(np.asarray(source), quality=int(rng.integers(60, 96))), name)


@_damaged
def changed_everywhere(rng, name, picture):
    other = NAMES[(NAMES.index(name) + int(rng.integers(1, 7))) % len(NAMES)]
    if other.startswith("bottle") and name.startswith("bottle"):
        other = "china"
    return Specimen(as_jpeg(edited(other, int(rng.integers(50)), side=512)), name)


@_damaged
def collage(rng, name, picture):
    panels = [
        edited(name, 1200 + int(rng.integers(6)) + 10 * at, side=384, reframe=False)
        for at in range(4)
    ]
    gutter = int(rng.choice([0, 0, 4, 10]))
    kind = rng.integers(3)
    if kind == 0:
        return Specimen(
            as_jpeg(
                _beside(
                    [_beside(panels[:2], gutter), _beside(panels[2:], gutter)], gutter, down=True
                )
            )
        )
    if kind == 1:
        return Specimen(as_jpeg(_beside(panels[:3], gutter)))
    return Specimen(as_jpeg(_beside(panels[:2], gutter, down=rng.random() < 0.5)))


def _beside(parts, gutter, *, down=False):
    axis = 0 if down else 1
    wall = list(parts[0].shape)
    wall[axis] = gutter
    joined = []
    for part in parts:
        joined += [part, np.full(wall, 255, np.uint8)]
    return np.concatenate(joined[:-1], axis=axis)


@_damaged
def blur(rng, name, picture):
    side = max(picture.shape)
    if rng.random() < 0.7:
        sigma = side * rng.uniform(0.0035, 0.009)
        soft = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma))
    else:
        factor = rng.uniform(5, 10)
        small = Image.fromarray(picture).resize(
            (round(picture.shape[1] / factor), round(picture.shape[0] / factor))
        )
        soft = small.resize((picture.shape[1], picture.shape[0]), Image.BICUBIC)
    return Specimen(as_jpeg(np.asarray(soft), quality=92))


def false_resolution(count, side, *, first=0):
    found = []
    for seed in range(first, first + count):
        factor = (2, 2.5, 3, 4)[seed % 4]
        small = texture(100 + seed, side // 2) if seed % 2 else scene(NAMES[seed % len(NAMES)])
        image = Image.fromarray(small)
        image = image.resize((round(side / factor), round(side / factor)), Image.LANCZOS)
        how = (Image.BICUBIC, Image.LANCZOS)[seed // 4 % 2]
        found.append(Specimen(as_jpeg(np.asarray(image.resize((side, side), how)), quality=92)))
    return found


@_damaged
def jpeg_damage(rng, name, picture):
    torn = Image.open(io.BytesIO(as_jpeg(picture, quality=int(rng.integers(5, 14)))))
    return Specimen(as_jpeg(np.asarray(torn), quality=95))


@_damaged
def unexpected_alpha(rng, name, picture):
    share = alpha(name, max(picture.shape))
    if rng.random() < 0.4 or share.shape != picture.shape[:2]:
        share = np.ones(picture.shape[:2], np.float32)
        rim = max(1, int(min(share.shape) * rng.uniform(0.01, 0.1)))
        share[:rim] = rng.uniform(0, 0.8)
    buffer = io.BytesIO()
    whole = np.dstack([picture, (share * 255).astype(np.uint8)])
    Image.fromarray(whole).save(buffer, rng.choice(["PNG", "WEBP"]))
    return Specimen(buffer.getvalue())


@_damaged
def letterbox(rng, name, picture):
    height, width = picture.shape[:2]
    colour = (0, 0, 0) if rng.random() < 0.5 else (255, 255, 255)
    if np.abs(np.median(picture[:3], axis=(0, 1)) - colour).max() < 60:
        colour = tuple(255 - value for value in colour)
    bar = rng.uniform(0.02, 0.15)
    down, across = int(height * bar), int(width * bar)
    kind = rng.integers(3)
    wide = (across, across) if kind != 0 else (0, 0)
    high = (down, down) if kind != 1 else (0, 0)
    boxed = np.stack(
        [np.pad(picture[..., c], (high, wide), constant_values=colour[c]) for c in range(3)], -1
    )
    return Specimen(as_jpeg(boxed))


def face_drift(count, side, *, first=0):
    return [
        Specimen(
            as_jpeg(edited(PEOPLE[index % 2], 700 + index, side=side, reframe=index % 3 == 0)),
            PEOPLE[1 - index % 2],
        )
        for index in range(count)
    ]


def subject_drift(count, side, *, first=0):
    found = []
    for index in range(first, first + count):
        name = THINGS[index % len(THINGS)]
        others = [one for one in THINGS if one.split("-")[0] != name.split("-")[0]]
        found.append(
            Specimen(
                as_jpeg(edited(name, 800 + index, side=side, reframe=False)),
                others[index % len(others)],
            )
        )
    return found


def no_face(count, side, *, first=0):
    found = []
    for index in range(first, first + count):
        name = PEOPLE[index % 2]
        rng = np.random.default_rng([index, 5])
        left, top, right, bottom = (round(value) for value in find_faces(scene(name))[0].box)
        picture = scene(name).copy()
        if index % 2:  # cut off above the chin
            picture = picture[bottom + 4 :]
        else:  # turned away: hair, cloth or a hand where the face was
            reach = (bottom - top) // 4
            part = np.s_[max(0, top - 2 * reach) : bottom + reach, left - reach : right + reach]
            picture[part] = cv2.GaussianBlur(picture[part], (0, 0), (bottom - top) / 3)
        found.append(Specimen(as_jpeg(relit(picture, rng)), name))
    return found


def several_subjects(count, side, *, first=0):
    names = (
        "cup",
        "flower",
        "bottle-front",
        "bottle-left",
        "bottle-high",
        "eileen",
        "grace",
        "cat",
    )
    found = []
    for index in range(first, first + count):
        name = names[index % len(names)]
        rng = np.random.default_rng([index, 9])
        picture, mask = scene(name, side), alpha(name, side)
        columns = np.flatnonzero((mask > 0.5).any(axis=0))
        part = np.s_[:, columns[0] : columns[-1] + 1]
        cut, share = picture[part], mask[part]
        other = relit(cut, rng) if index % 2 else cut
        room = np.zeros((cut.shape[0], max(4, cut.shape[1] // 6)), np.float32)
        both = np.concatenate([cut, np.zeros((*room.shape, 3), np.uint8), other], axis=1)
        shares = np.concatenate([share, room, share], axis=1)
        found.append(Specimen(as_jpeg(behind(both, shares, rng)), name))
    return found


ALONE = {
    "undecodable": undecodable,
    "wrong-size": wrong_size,
    "wrong-aspect": wrong_aspect,
    "unusual-file": unusual_file,
    "blank": blank,
    "nothing-changed": nothing_changed,
    "collage": collage,
    "blur": blur,
    "false-resolution": false_resolution,
    "jpeg-damage": jpeg_damage,
    "unexpected-alpha": unexpected_alpha,
    "letterbox": letterbox,
}
"""Families of defects that show in one picture, or in it and its source, by check."""
WITH_NETWORKS = {
    "changed-everywhere": changed_everywhere,
    "face-drift": face_drift,
    "subject-drift": subject_drift,
    "no-face": no_face,
    "several-subjects": several_subjects,
}
"""Those that networks see."""
DEFECTS = {**ALONE, **WITH_NETWORKS}


def pairs(count, side, *, first=0):
    """Two pictures that are the same, and two that only look alike; near-duplicates and not."""
    same, apart = [], []
    for index in range(first, first + count):
        name = NAMES[index % len(NAMES)]
        rng = np.random.default_rng([index, 3])
        picture = edited(name, 600 + index, side=side, reframe=False)
        image = Image.fromarray(picture)
        kind = index % 4
        if kind == 1:
            factor = rng.uniform(0.5, 1.5)
            image = image.resize([round(length * factor) for length in image.size])
        if kind == 2:
            image = Image.fromarray(
                np.clip(picture * rng.uniform(0.985, 1.015), 0, 255).astype(np.uint8)
            )
        quality = int(rng.integers(60, 90))
        same.append((as_jpeg(picture), as_jpeg(np.asarray(image), quality=quality)))
        if index % 2:  # two views of one product in one scene
            views = [BOTTLES[index % 6], BOTTLES[(index + 1) % 6]]
            apart.append(
                tuple(
                    as_jpeg(drafted(view, index // 2 % 4, width=side, height=side))
                    for view in views
                )
            )
        else:  # the same picture in another light or colour
            apart.append(
                (as_jpeg(picture), as_jpeg(edited(name, 650 + index, side=side, reframe=False)))
            )
    return same, apart


def sets(count, side, *, first=0):
    """Sets of five bottles, and for each check one picture that drifted from the others."""
    found = []
    for index in range(first, first + count):
        rng = np.random.default_rng([index, 21])
        views = [BOTTLES[at] for at in rng.permutation(6)[:5]]
        prompt = index % 4
        pictures = [drafted(view, prompt, width=side, height=side) for view in views]
        odd = int(rng.integers(5))
        mask = _mask_of(pictures[odd])
        turned = recoloured(pictures[odd], mask, _Turning(rng))
        gamma = rng.choice([0.42, 2.1])
        lit = ((pictures[odd] / 255.0) ** gamma * np.array([1.0, 1.0, 1.0]) * 255).astype(np.uint8)
        other = drafted(
            ("cup", "flower", "china", "cat")[index % 4], prompt, width=side, height=side
        )
        found.append(
            (views, pictures, odd, {"set-colour": turned, "set-light": lit, "set-subject": other})
        )
    return found


class _Turning:
    """Numbers for `recoloured` that surely change the hue."""

    def __init__(self, rng):
        self._rng = rng

    def integers(self, low, high):
        return self._rng.integers(90, 170)

    def uniform(self, low, high):
        return 1.3


def _mask_of(picture):
    return find_subject(picture).alpha


__all__ = [
    "ALONE",
    "DEFECTS",
    "WITH_NETWORKS",
    "Specimen",
    "clean",
    "clean_large",
    "pairs",
    "reframed",
    "sets",
]

"""What is wanted of a file derived from a master, and the key that says whether it exists."""

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.domain.fingerprint import Json, Sha256, canonical, digest

Fit = Literal["cover", "contain"]
RenditionFormat = Literal["jpeg", "png", "webp"]

MAX_SIDE = 16_383
"""Longest side in px: WebP's limit, held for all formats so that a size may change its format."""
ENCODER = "libvips-8"
"""Name and major version of what draws renditions; imaging's tests hold it to the library."""
DEFAULT_QUALITY = {"jpeg": 88, "webp": 82}

_FITS = ("cover", "contain")
_FORMATS = ("jpeg", "png", "webp")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PER_MILLE = 1000
_MOST_QUALITY = 100


@dataclass(frozen=True, slots=True)
class RenditionSpec:
    """One delivery file to derive.

    Attributes:
        width: px, 1 or more.
        height: px, 1 or more.
        fit: `cover` fills the size and crops what is left over; `contain` shows the whole picture
            on the background.
        format: of the file.
        background: `#rrggbb`; behind a contained picture, and behind transparency where the file
            cannot be transparent.
        quality: 1..100, or None for the format's default, which is then filled in; always None
            for `png`, which loses nothing.
        max_bytes: most bytes of the file, or None; met by lowering the quality.
        focus: the point to keep in view, in whole per mille of the displayed width and height, so
            that no float enters a key; None for the centre. Used by `cover`.

    Raises:
        ValueError: a value out of range.
    """

    width: int
    height: int
    fit: Fit = "cover"
    format: RenditionFormat = "jpeg"
    background: str = "#ffffff"
    quality: int | None = None
    max_bytes: int | None = None
    focus: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        quality = DEFAULT_QUALITY.get(self.format) if self.quality is None else self.quality
        object.__setattr__(self, "quality", None if self.format == "png" else quality)
        object.__setattr__(self, "background", self.background.lower())
        for what, holds in (
            (f"size {self.width}x{self.height}", _is_size(self.width, self.height)),
            (f"fit `{self.fit}`", self.fit in _FITS),
            (f"format `{self.format}`", self.format in _FORMATS),
            (f"background `{self.background}`", _COLOUR.fullmatch(self.background) is not None),
            (f"quality {self.quality}", self.quality is None or _is_quality(self.quality)),
            (f"max_bytes {self.max_bytes}", self.max_bytes is None or self.max_bytes > 0),
            (f"focus {self.focus}", self.focus is None or _is_point(self.focus)),
        ):
            if not holds:
                raise ValueError(f"a rendition cannot have {what}")

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The background's red, green and blue, 0..255."""
        red, green, blue = bytes.fromhex(self.background[1:])
        return red, green, blue


def render_key(master: Sha256, spec: RenditionSpec, encoder: str) -> str:
    """Name one rendition by everything that decides its bytes: `r1-` and 64 hex digits.

    Args:
        master: digest of the picture it is derived from.
        spec: what is wanted.
        encoder: name and major version of what draws it; another one draws other bytes.
    """
    parts: dict[str, Json] = {
        "background": spec.background,
        "encoder": encoder,
        "fit": spec.fit,
        "focus": None if spec.focus is None else list(spec.focus),
        "format": spec.format,
        "height": spec.height,
        "master": master,
        "max_bytes": spec.max_bytes,
        "quality": spec.quality,
        "width": spec.width,
    }
    return "r1-" + digest(canonical(parts))


def _is_size(width: int, height: int) -> bool:
    return 1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE


def _is_quality(quality: int) -> bool:
    return 1 <= quality <= _MOST_QUALITY


def _is_point(focus: tuple[int, int]) -> bool:
    return all(0 <= part <= _PER_MILLE for part in focus)

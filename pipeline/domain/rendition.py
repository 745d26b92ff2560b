"""What is wanted of a file derived from a master, and the key that says whether it exists."""

import functools
import re
from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.domain.fingerprint import Json, Sha256, canonical, digest
from pipeline.domain.labels import Label

Fit = Literal["cover", "contain", "exact"]
RenditionFormat = Literal["jpeg", "png", "webp", "avif"]

MAX_SIDE = 16_383
"""Longest side in px: WebP's limit, held for all formats so that a size may change its format;
AVIF as the encoder writes it has one px more, JPEG four times as many."""
ENCODER = "libvips-8"
"""Name and major version of what draws renditions; imaging's tests hold it to the library."""
DEFAULT_QUALITY = {"jpeg": 88, "webp": 82, "avif": 60}
"""Where nobody says one. Measured on photographs of 1080x1350: AVIF at 60 is as close to the
original as JPEG at 88 (45 dB) in a quarter of its bytes."""
EXTENSIONS = {"jpeg": "jpg", "png": "png", "webp": "webp", "avif": "avif"}
"""What names of files end with."""
SCALE = 1000
"""Parts of a side that focal points and safe areas are told in: per mille."""

_FITS = get_args(Fit)
_FORMATS = get_args(RenditionFormat)
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_MOST_QUALITY = 100


@dataclass(frozen=True, slots=True)
class RenditionSpec:
    """One delivery file to derive.

    Attributes:
        width: px, 1 or more.
        height: px, 1 or more.
        fit: `cover` fills the size and crops what is left over; `contain` shows the whole picture
            on the background; `exact` does neither, and a picture of another shape is a problem.
        format: of the file.
        background: `#rrggbb`; behind a contained picture, and behind transparency where the file
            cannot be transparent.
        quality: 1..100, or None for the format's default, which is then filled in; always None
            for `png`, which loses nothing.
        max_bytes: most bytes of the file, or None; met by lowering the quality.
        focus: the point to keep in view, in whole per mille of the displayed width and height, so
            that no float enters a key; None for the centre. Used by `cover`.
        upscale: whether a picture that is too small may be enlarged; otherwise it is a problem.
        label: what the file says about itself; None for a file without any metadata.

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
    upscale: bool = False
    label: Label | None = None

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


def same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two sizes are of one shape, but for whole pixels that the smaller one is rounded to.

    Args:
        one: width and height, px.
        other: width and height, px.
    """
    (wide, high), (small_wide, small_high) = max(one, other), min(one, other)
    # Scaled to the other's width, its height is right to a pixel; or the other way round.
    return (
        abs(small_wide * high - small_high * wide) <= wide
        or abs(small_high * wide - small_wide * high) <= high
    )


def render_key(master: Sha256, spec: RenditionSpec, encoder: str) -> str:
    """Name one rendition by everything that decides its bytes: `r1-` and 64 hex digits.

    What a spec leaves at its default is not in the key if it was not there from the beginning, so
    that keys of old files stay.

    Args:
        master: digest of the picture it is derived from.
        spec: what is wanted.
        encoder: name and major version of what draws it; another one draws other bytes.
    """
    before, after = _around_master(spec, encoder)
    return "r1-" + digest(f"{before}{master}{after}")


@functools.lru_cache(maxsize=4096)
def _around_master(spec: RenditionSpec, encoder: str) -> tuple[str, str]:
    """The canonical form of all components, cut where the master's digest stands.

    Thousands of files share a spec; only the digest differs between them.
    """
    parts: dict[str, Json] = {
        "background": spec.background,
        "encoder": encoder,
        "fit": spec.fit,
        "focus": None if spec.focus is None else list(spec.focus),
        "format": spec.format,
        "height": spec.height,
        "master": "",
        "max_bytes": spec.max_bytes,
        "quality": spec.quality,
        "width": spec.width,
    }
    if spec.label is not None:
        parts["label"] = spec.label.components()
    if spec.upscale:
        parts["upscale"] = True
    # No text of a part can look like this one: quotation marks inside texts are escaped.
    before, found, after = canonical(parts).partition('"master":"')
    return before + found, after


def _is_size(width: int, height: int) -> bool:
    return 1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE


def _is_quality(quality: int) -> bool:
    return 1 <= quality <= _MOST_QUALITY


def _is_point(focus: tuple[int, int]) -> bool:
    return all(0 <= part <= SCALE for part in focus)

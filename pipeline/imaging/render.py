"""Masters to renditions: one decode feeds every format that is wanted of a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyvips

from pipeline.domain.rendition import RenditionSpec, same_shape
from pipeline.imaging import loading, memory, pixels, writing
from pipeline.imaging.encoding import encode
from pipeline.imaging.loading import MAX_PIXELS, UnreadablePictureError

__all__ = ["Rendered", "RenditionProblem", "Sign", "render_all"]

_CENTRE = (500, 500)
_ROUNDING = 1.01
"""Models round the sides of what they make; a hundredth more is not called enlarging."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendition that is in place.

    Attributes:
        path: of the file.
        width: px, as wanted.
        height: px, as wanted.
        bytes: size of the file.
        quality: that was used; None for `png`.
        upscaled: whether the master was too small and had to be enlarged, as the spec allows.
        over_bytes: whether the file is larger than `max_bytes` allows all the same.
    """

    path: Path
    width: int
    height: int
    bytes: int
    quality: int | None
    upscaled: bool
    over_bytes: bool


@dataclass(frozen=True, slots=True)
class RenditionProblem:
    """A rendition that could not be made; no part of it is left behind.

    Attributes:
        path: of the file that is missing, or still the old one.
        reason: for people, without the path.
    """

    path: Path
    reason: str


class Sign(Protocol):
    """Signs a file that is finished but for that; what it returns is what is written."""

    @property
    def room(self) -> int:
        """Most bytes that a signature adds; a file's ceiling leaves them free."""

    def __call__(
        self, data: bytes, *, mime: str, master: Path, spec: RenditionSpec, name: str
    ) -> bytes:
        """Sign.

        Args:
            data: the file, with its label in it.
            mime: media type of the file.
            master: the picture that it is derived from, byte for byte as it was delivered.
            spec: what was made of it.
            name: of the file, without its folder.

        Raises:
            ValueError: it cannot be signed, and why, for people; no file is written.
        """


def render_all(
    master: Path,
    wanted: Sequence[tuple[RenditionSpec, Path]],
    *,
    max_pixels: int = MAX_PIXELS,
    sign: Sign | None = None,
) -> list[Rendered | RenditionProblem]:
    """Derive files from one master: upright, sRGB, exactly as large as asked, with their label.

    A crop goes round the spec's focal point, else round the centre; what else is known of the
    subject, such as `attention_point` of the original, is for the caller to put there, so that
    the render key knows it too. Of metadata the label is written, and nothing else.

    A picture smaller than the target is enlarged and flagged where the spec allows it; otherwise
    that file is a problem.

    Args:
        master: any picture that can be read; its first frame. It is never changed.
        wanted: what to make, and where; missing folders are made, existing files replaced.
        max_pixels: a larger master is a problem and is not decoded.
        sign: signs finished files; None to leave them as they are.

    Returns:
        One result for each wanted file, in the same order.
    """
    if not wanted:
        return []
    try:
        with loading.opened(master) as file:
            found = loading.header(file)
            loading.check_size(found, max_pixels)
            with memory.ROOM.taken(memory.to_decode(found)):
                picture = loading.decode(file, max_pixels=max_pixels)
                return [_render(picture, spec, target, master, sign) for spec, target in wanted]
    except UnreadablePictureError as error:
        reason = f"the master cannot be used: {error}"
        return [RenditionProblem(path=target, reason=reason) for _, target in wanted]


def _render(
    picture: pyvips.Image, spec: RenditionSpec, target: Path, master: Path, sign: Sign | None
) -> Rendered | RenditionProblem:
    unfit = _unfit(picture, spec)
    if unfit:
        return RenditionProblem(target, unfit)
    try:
        encoded = encode(_drawn(picture, spec), spec, room=0 if sign is None else sign.room)
        data = encoded.data
        # The order counts: pixels, label, signature. Nothing may touch the bytes behind this line.
        if sign is not None:
            mime = f"image/{spec.format}"
            data = sign(data, mime=mime, master=master, spec=spec, name=target.name)
        writing.replace(target, data)
    except pyvips.Error as error:
        return RenditionProblem(target, f"it cannot be drawn: {loading.complaint(error)}")
    except OSError as error:
        return RenditionProblem(target, f"it cannot be written: {error.strerror}")
    except ValueError as error:
        return RenditionProblem(target, f"it cannot be signed: {error}")
    size = len(data)
    return Rendered(
        path=target,
        width=spec.width,
        height=spec.height,
        bytes=size,
        quality=encoded.quality,
        upscaled=_is_enlarged(picture, spec),
        over_bytes=spec.max_bytes is not None and size > spec.max_bytes,
    )


def _unfit(picture: pyvips.Image, spec: RenditionSpec) -> str:
    """Why a master cannot serve a spec; empty where it can."""
    have = f"the picture is {picture.width}x{picture.height}"
    want = f"{spec.width}x{spec.height}"
    if spec.fit == "exact" and not same_shape(
        (picture.width, picture.height), (spec.width, spec.height)
    ):
        return f"{have}, which is not the shape of {want}, and `fit: exact` neither crops nor pads"
    if _is_enlarged(picture, spec) and not spec.upscale:
        return (
            f"{have}, too small for {want}; `upscale: true` of the size would have it enlarged,"
            " which looks soft"
        )
    return ""


def _is_enlarged(picture: pyvips.Image, spec: RenditionSpec) -> bool:
    return _scale(picture, spec) > _ROUNDING


def _drawn(picture: pyvips.Image, spec: RenditionSpec) -> pyvips.Image:
    # Colour is converted after scaling: most masters have far more pixels than their renditions.
    if spec.fit == "contain":
        width, height = _scaled_size(picture, spec)
        drawn = pixels.to_srgb(
            pixels.resize(picture, min(width, spec.width), min(height, spec.height))
        )
        flat = pixels.flatten(drawn, spec.rgb)
        return pixels.pad(flat, spec.width, spec.height, spec.rgb)
    if spec.fit == "exact":
        drawn = pixels.to_srgb(pixels.resize(picture, spec.width, spec.height))
    else:
        drawn = pixels.to_srgb(_cropped(picture, spec))
    return pixels.flatten(drawn, spec.rgb) if spec.format == "jpeg" else drawn


def _cropped(picture: pyvips.Image, spec: RenditionSpec) -> pyvips.Image:
    # Scale first, then cut: what is cut away is never computed, and a crop of whole pixels of the
    # master would bend the proportions of small ones.
    width, height = _scaled_size(picture, spec)
    width, height = max(width, spec.width), max(height, spec.height)
    across, down = spec.focus or _CENTRE
    return pixels.resize(picture, width, height).extract_area(
        _start(across, width, spec.width),
        _start(down, height, spec.height),
        spec.width,
        spec.height,
    )


def _start(per_mille: int, length: int, window: int) -> int:
    """First px of a window centred on a point as far as the picture's edges allow."""
    wanted = (per_mille * length) // 1000 - window // 2
    return min(max(wanted, 0), length - window)


def _scaled_size(picture: pyvips.Image, spec: RenditionSpec) -> tuple[int, int]:
    scale = _scale(picture, spec)
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def _scale(picture: pyvips.Image, spec: RenditionSpec) -> float:
    ratios = spec.width / picture.width, spec.height / picture.height
    return min(ratios) if spec.fit == "contain" else max(ratios)

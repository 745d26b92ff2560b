"""Where pictures go: what a place asks of a file, and what it lays over it."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.domain.rendition import SCALE, Fit, RenditionFormat

Trust = Literal["reported", "common", "own"]
"""`reported`: guides agree or name the place's own manual; `common`: the usual size, without a
source that says more; `own`: the workspace says so."""


class Box(NamedTuple):
    """A rectangle in px of a picture; right and bottom are the first column and row outside it."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class SafeArea:
    """What stays free at each edge, since a place lays buttons or words over it.

    Attributes:
        top: per mille of the height.
        right: per mille of the width.
        bottom: per mille of the height.
        left: per mille of the width.

    Raises:
        ValueError: a margin out of range, or nothing would be left.
    """

    top: int = 0
    right: int = 0
    bottom: int = 0
    left: int = 0

    def __post_init__(self) -> None:
        if min(self.top, self.right, self.bottom, self.left) < 0:
            raise ValueError(f"a margin is negative: {self}")
        if self.top + self.bottom >= SCALE or self.left + self.right >= SCALE:
            raise ValueError(f"nothing is left: {self}")

    def box(self, width: int, height: int) -> Box:
        """What is safe of a picture of so many px; margins are rounded up."""
        return Box(
            left=_up(self.left * width),
            top=_up(self.top * height),
            right=width - _up(self.right * width),
            bottom=height - _up(self.bottom * height),
        )


def _up(product: int) -> int:
    return -(-product // SCALE)


@dataclass(frozen=True, slots=True)
class Destination:
    """A place and what it asks for; everything but the size has a value that asks for nothing.

    Attributes:
        name: as manifests call it.
        title: for people.
        width: px of the file to deliver.
        height: px of the file to deliver.
        fit: how pictures are brought into the size unless an author says otherwise.
        format: of the file unless an author says otherwise.
        background: behind `contain`, unless an author says otherwise.
        quality: encoder quality, None for the format's own.
        max_bytes: most bytes that the place takes, None where it does not say.
        accepts: formats of ours that the place takes; empty for all.
        safe: what stays free; None where nothing is laid over.
        is_fixed: whether another size is refused; elsewhere any size of the shape will do.
        least: fewest px of the longer side, 0 where it does not say.
        white_border: whether the picture has to end in pure white on all sides.
        fill: per cent of the picture's longer side that the product has to fill, 0 where any will
            do.
        note: more for people; may be empty.
        trust: how far to believe all this.
        sources: where it was read.
        as_of: day on which it was read, ISO; empty for a workspace's own.
    """

    name: str
    title: str
    width: int
    height: int
    fit: Fit = "cover"
    format: RenditionFormat = "jpeg"
    background: str = "#ffffff"
    quality: int | None = None
    max_bytes: int | None = None
    accepts: tuple[RenditionFormat, ...] = ()
    safe: SafeArea | None = None
    is_fixed: bool = False
    least: int = 0
    white_border: bool = False
    fill: int = 0
    note: str = ""
    trust: Trust = "own"
    sources: tuple[str, ...] = ()
    as_of: str = ""

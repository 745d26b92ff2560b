"""What a finished file shows, as far as destinations ask: its border, its product, its bytes."""

from dataclasses import dataclass

SHOWN_VERSION = 1
"""Raised whenever the same file would get other numbers, so that old ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Numbers of one file.

    Attributes:
        size: name of the delivery size that it was made for.
        file: its name below the outputs.
        bytes: its length.
        off_white: per mille of the pixels along its edges that are not pure white, rounded up.
        fill: per cent of its width or of its height, whichever is more, that is covered by what is
            not white.
    """

    size: str
    file: str
    bytes: int
    off_white: int
    fill: int

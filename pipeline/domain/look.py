"""How a source picture looks, as far as a few numbers can say; for advice, never for money."""

from dataclasses import dataclass

LOOK_VERSION = 1
"""Raised whenever the same picture would get other numbers, so that old ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Look:
    """Numbers of one picture, all read off a copy of the same size.

    Attributes:
        sharpness: contrast between neighbouring pixels in the sharpest parts of the picture, 0 or
            more, without a unit; of two pictures of one thing, the softer one has far less.
        brightness: mean lightness in per mille: 0 is black, 1000 white.
        warmth: how much more red than blue there is, in per mille of both: -1000..1000; 0 is
            neutral, lamp light is well above, open shade well below.
        subject: the longer side of what stands out from the background, in per mille of the
            picture's; None where the background is not plain enough to tell.
    """

    sharpness: int
    brightness: int
    warmth: int
    subject: int | None = None

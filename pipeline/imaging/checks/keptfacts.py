"""What of a source is still in its edit, as a record; reading it needs no OpenCV."""

from typing import NamedTuple

VERSION = 3
"""Raised whenever the same pictures would get other numbers."""


class Kept(NamedTuple):
    """Numbers of an edit and its source.

    Attributes:
        points: that agree on where the source lies in the edit.
        copies: how often the source's subject is in the edit, as far as points tell; 0 or more.
        gone: share of the source's detail that is not where it should be in the edit.
        most: colour difference of the most changed hundredth where both show the same, delta E;
            None where it is not known how the source lies in the edit.
    """

    points: int
    copies: int
    gone: float
    most: float | None

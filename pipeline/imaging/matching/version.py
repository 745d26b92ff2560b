"""Which matching made a remembered answer; reading it loads nothing."""

from typing import Final

MATCHING_VERSION: Final = 4
"""Raised whenever the same pictures would get other owners or confidences."""

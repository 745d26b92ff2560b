"""The keys of the page and the reasons for a reject or reroll, as its list of keys shows them."""

from typing import Final

KEYS: Final = (
    ("← → ↑ ↓", "previous, next; the same variant of the previous, next source picture"),
    ("Home End PgUp PgDn", "ends of the row; a screen up, down"),
    ("Enter Space", "compare with the original"),
    ("P A", "approve"),
    ("X", "reject, then 1 to 9 for a reason"),
    ("R", "reroll, then 1 to 9 for a reason"),
    ("U", "take your verdict back"),
    ("1 2 3 4 5 0", "stars, none"),
    ("N", "note"),
    (".", "the last verdict again"),
    ("S", "select; Shift and arrows extend"),
    ("Ctrl+A", "select all that are shown"),
    ("Shift+P Shift+X Shift+R Shift+U", "verdict for the whole selection"),
    ("Ctrl+Z Shift+Ctrl+Z", "undo, redo"),
    ("C", "compare the selected pictures, 2 to 4"),
    ("M", "next way to compare"),
    ("B", "hold: show the original"),
    ("Z", "whole picture or one pixel to one"),
    ("+ -", "closer, farther; Shift and arrows move the picture"),
    ("O", "next overlay: crops, safe areas, thirds"),
    ("F", "set the focal point: click or arrows, then Enter"),
    ("I", "the whole story of a picture"),
    ("/", "find"),
    ("G", "go on to the next undecided picture by itself"),
    ("?", "this list"),
    ("Esc", "close, then clear the selection"),
)
"""Keys, several of a kind with spaces between, and what they do."""

REASONS: Final = (
    "product changed",
    "face or pose changed",
    "label or text wrong",
    "hands or body wrong",
    "wrong place",
    "wrong light or colour",
    "artefacts",
    "not sharp",
    "other",
)
"""Reasons by their digit, from 1; a reason becomes the note of the verdict."""

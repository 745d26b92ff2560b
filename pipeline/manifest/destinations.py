"""Destinations in manifests: a workspace's own, and sizes that are made for one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.domain.campaign import PixelSize
from pipeline.domain.destinations import Destination, SafeArea
from pipeline.domain.rendition import SCALE
from pipeline.manifest.model.sizes import DestinationEntry, SafeEntry, SizeEntry
from pipeline.manifest.presets import shipped
from pipeline.manifest.values import Margin

_LIKE = ("fit", "format", "background", "quality", "max_bytes")
"""What a size takes from its destination where it does not say it itself, beside the pixels."""


def own_destination(name: str, entry: DestinationEntry) -> Destination | None:
    """A destination as a workspace has it: its own, or one that ships with other values.

    Returns:
        None if nobody says how large it is, or its margins leave nothing.
    """
    base = shipped().get(name)
    size = entry.size
    if base is None:
        if size is None:
            return None
        base = Destination(name=name, title=name, width=size.width, height=size.height)
    elif size is not None:
        base = replace(base, width=size.width, height=size.height)
    said: dict[str, Any] = {
        key: getattr(entry, key)
        for key in (*_LIKE, "title")
        if key in entry.model_fields_set and getattr(entry, key) is not None
    }
    try:
        safe = _safe(entry.safe, base) if entry.safe is not None else base.safe
    except ValueError:
        return None
    return replace(base, **said, safe=safe, trust="own")


def filled(entry: SizeEntry, known: Mapping[str, Destination]) -> SizeEntry | None:
    """A size with what its destination says where it says nothing itself.

    Args:
        entry: as written.
        known: all destinations of the workspace.

    Returns:
        None if nobody says how large it is.
    """
    place = None if entry.destination is None else known.get(entry.destination)
    if place is None:
        return entry if entry.size is not None else None
    missing: dict[str, Any] = {
        key: getattr(place, key) for key in _LIKE if key not in entry.model_fields_set
    }
    if entry.size is None:
        missing["size"] = PixelSize(place.width, place.height)
    return entry.model_copy(update=missing)


def _safe(entry: SafeEntry, place: Destination) -> SafeArea:
    return SafeArea(
        top=_per_mille(entry.top, place.height),
        right=_per_mille(entry.right, place.width),
        bottom=_per_mille(entry.bottom, place.height),
        left=_per_mille(entry.left, place.width),
    )


def _per_mille(margin: Margin, side: int) -> int:
    """A margin as a share of its side, px rounded up."""
    return margin.per_mille if margin.px is None else -(-margin.px * SCALE // side)

"""Destinations for people: which there are, what each asks for, and where that was read."""

import textwrap
from collections.abc import Iterator, Sequence

from pipeline.domain.destinations import Destination, SafeArea
from pipeline.reporting.tables import table

_WIDTH = 100
_LABEL = 12
_KILO, _MEGA = 1_000, 1_000_000
_TRUST = {
    "reported": "said by guides that agree or name the place's own manual",
    "common": "the usual size; no source here says more",
    "own": "`campaigns/workspace.yaml` says so",
}


def destinations_text(places: Sequence[Destination]) -> str:
    """All destinations as a table.

    Args:
        places: in the order to show.
    """
    rows = [("NAME", "SIZE", "FORMAT", "AT MOST", "KEEP FREE", "WHAT IT IS")]
    rows += [
        (
            place.name,
            f"{place.width}x{place.height}",
            place.format,
            _bytes(place.max_bytes),
            "-" if place.safe is None else _margins(place.safe),
            f"{place.title}{'' if place.trust != 'own' else '  (workspace)'}",
        )
        for place in places
    ]
    days = sorted({place.as_of for place in places if place.as_of})
    lines = [*table(rows), ""]
    lines.append("In a manifest: `sizes: {story: instagram-story}`, or with a word of your own:")
    lines.append("`sizes: {story: {destination: instagram-story, format: png}}`.")
    lines.append("KEEP FREE: per cent at the top, right, bottom and left that the place covers.")
    if days:
        lines.append(
            f"As of {days[-1]}; places change: look at their own manuals before it counts."
        )
    lines.append("`campaign destinations NAME` says more, and where it was read.")
    return "\n".join(lines) + "\n"


def destination_text(place: Destination) -> str:
    """Everything about one destination."""
    lines = [place.name, place.title, ""]
    for label, words in (
        ("size", [_size(place)]),
        ("format", _format(place)),
        ("at most", [_bytes(place.max_bytes)] if place.max_bytes else []),
        ("keep free", [] if place.safe is None else _safe(place.safe, place)),
        ("wants", _wants(place)),
        ("note", [place.note] if place.note else []),
        ("how sure", [_TRUST[place.trust] + (f", {place.as_of}" if place.as_of else "")]),
        ("read at", place.sources),
    ):
        head = label
        for sentence in words:
            for line in textwrap.wrap(sentence, _WIDTH - _LABEL, break_long_words=False):
                lines.append(f"{head:<{_LABEL}}{line}")
                head = ""
    return "\n".join(lines) + "\n"


def _size(place: Destination) -> str:
    said = f"{place.width}x{place.height}"
    if place.is_fixed:
        return f"{said}, exactly"
    least = f", at least {place.least:,} px on the longer side" if place.least else ""
    return f"{said}, or larger of the same shape{least}"


def _format(place: Destination) -> Iterator[str]:
    how = f", `fit: {place.fit}`" if place.fit != "cover" else ""
    yield f"{place.format}{how}"
    if place.accepts:
        yield f"takes {', '.join(place.accepts)} of the formats made here"


def _wants(place: Destination) -> Iterator[str]:
    if place.white_border:
        yield "pure white up to all four edges"
    if place.fill:
        yield f"a product that fills {place.fill}% of the longer side or more"


def _safe(safe: SafeArea, place: Destination) -> Iterator[str]:
    box = safe.box(place.width, place.height)
    yield f"{_margins(safe)} per cent at the top, right, bottom and left"
    yield (
        f"safe are {box.right - box.left}x{box.bottom - box.top} px, from {box.left} right and"
        f" {box.top} down"
    )


def _margins(safe: SafeArea) -> str:
    return " ".join(map(_per_cent, (safe.top, safe.right, safe.bottom, safe.left)))


def _per_cent(per_mille: int) -> str:
    whole, tenth = divmod(per_mille, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def _bytes(count: int | None) -> str:
    if count is None:
        return "-"
    if count >= _MEGA and count % _MEGA == 0:
        return f"{count // _MEGA} MB"
    return f"{count // _KILO} kB" if count % _KILO == 0 else f"{count:,} B"

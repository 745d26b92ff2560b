"""Destinations for machines; margins in per mille of the side."""

from collections.abc import Mapping
from dataclasses import asdict

from pipeline.domain.destinations import Destination


def destination_document(place: Destination) -> Mapping[str, object]:
    """One destination, everything that is known of it."""
    return {
        "name": place.name,
        "title": place.title,
        "width": place.width,
        "height": place.height,
        "is_fixed": place.is_fixed,
        "least": place.least,
        "fit": place.fit,
        "format": place.format,
        "accepts": list(place.accepts),
        "background": place.background,
        "quality": place.quality,
        "max_bytes": place.max_bytes,
        "safe": None if place.safe is None else asdict(place.safe),
        "white_border": place.white_border,
        "fill": place.fill,
        "note": place.note,
        "trust": place.trust,
        "sources": list(place.sources),
        "as_of": place.as_of,
    }

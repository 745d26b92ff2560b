"""Campaigns to hold against the rules."""

import hashlib
from dataclasses import replace

from pipeline import catalog
from pipeline.domain.campaign import (
    Add,
    Campaign,
    Exclude,
    Extend,
    ImageSet,
    Matrix,
    Picture,
    PixelSize,
    Size,
    Variant,
    Where,
)
from pipeline.domain.diagnostics import Span
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.look import Look
from pipeline.domain.picture import PictureFacts
from pipeline.planning.expand import expand
from pipeline.planning.lint.case import Case
from pipeline.planning.lint.rules import RULES
from tests.support.campaigns import SEQUENTIAL, campaign

__all__ = ["SEQUENTIAL", "Add", "Exclude", "Matrix", "Where"]

FINE = Look(sharpness=300, brightness=500, warmth=20)
PROMPT = "Put {set.subject} in {variant.place}. Keep the label."


def picture(name: str, width: int = 2000, height: int = 3000, *, content: str = "") -> Picture:
    digest = Sha256(hashlib.sha256((content or name).encode()).hexdigest())
    facts = PictureFacts(digest, 1_000_000, width, height, "jpeg")
    return Picture(name, f"images/{name}.jpg", facts)


def image_set(*pictures, name="bag", reference=None, **values) -> ImageSet:
    return ImageSet(
        name,
        tuple(one if isinstance(one, Picture) else picture(one) for one in pictures),
        reference,
        {"subject": "the bag", **values},
        Span("m.yaml", 4, 3),
    )


def variants(**places) -> tuple[Variant, ...]:
    return tuple(
        Variant(name, {"place": place}, {}, Span("m.yaml", 10, 3)) for name, place in places.items()
    )


def size(name: str, text: str, native: str = "", **others) -> Size:
    def pixels(one: str) -> PixelSize:
        width, height = one.split("x")
        return PixelSize(int(width), int(height))

    return Size(name, pixels(text), native=pixels(native) if native else None, **others)


def a_campaign(**changes) -> Campaign:
    plain = {
        "sets": (image_set("back", "front", "side"),),
        "prompt": PROMPT,
        "variants": variants(snow="a snowy street", studio="a grey studio"),
        "master": PixelSize(4096, 4096),
    }
    return replace(campaign(), **{**plain, **changes})


def case_of(of: Campaign | None = None, *, looks=None, damaged=None, card=None) -> Case:
    """Looks by picture id; those that are not given are fine."""
    of = of or a_campaign()
    card = card or catalog.card(of.model)
    known = {
        one.facts.sha256: (looks or {}).get(one.id, FINE)
        for sets in of.sets
        for one in (*sets.pictures, *filter(None, [sets.reference]))
    }
    broken = {picture(name).facts.sha256: why for name, why in (damaged or {}).items()}
    return Case(
        campaign=of,
        card=card,
        cells=expand(of, card, realm="real", engine=None).cells,
        looks={one: look for one, look in known.items() if look is not None},
        damaged=broken,
        others=[catalog.card(model) for model in catalog.models()],
    )


def found(code: str, case: Case):
    """What one rule finds."""
    rule = next(rule for rule in RULES if rule.code == code)
    return list(rule.find(case))


def extend(**values) -> Extend:
    return Extend(Where(variant="snow"), values, {})


def sharp(number: int) -> Look:
    return replace(FINE, sharpness=number)

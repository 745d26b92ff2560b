"""Which requests the embedded provider refuses, which it accepts only to fail them later.

As at the vendor: what the published schema forbids is refused with HTTP 400; what only the model
forbids (too few pixels, too many pictures) is accepted, charged, failed with code 1401, refunded.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema

from pipeline.domain.card import Card, SizeRule
from pipeline.emulator.pricing import outputs_wanted, pictures_in, properties, with_defaults

_SIZE = re.compile(r"([0-9]{1,5})\*([0-9]{1,5})")
_UNSAID_SIDE = 2048
_UNSAID_ASPECT = "1:1"
_AUTO = "auto"
"""The vendor takes the first picture's shape then, which is not known where sizes are judged."""
_MOST_PIXELS = 16_777_216
_MOST_WORDS = 300


class RefusedError(Exception):
    """The published schema forbids this body; the message names the field."""


class IllegalError(Exception):
    """The model forbids what its schema allows; the message names the limit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A body that the schema allows.

    Attributes:
        inputs: what the model knows of it.
        dropped: number of top-level keys that it does not know.
    """

    inputs: Mapping[str, Any]
    dropped: int


def read_inputs(card: Card, body: Mapping[str, Any]) -> Asked:
    """Drop what the model does not know and check the rest against its schema.

    Raises:
        RefusedError: a field is missing or ill-typed.
    """
    known = {name: value for name, value in body.items() if name in properties(card)}
    found = _validator(card)
    if not found.is_valid(known):
        wrong = jsonschema.exceptions.best_match(found.iter_errors(known))
        place = ".".join(str(part) for part in wrong.absolute_path) or "body"
        raise RefusedError(f"invalid parameter: {place}: {wrong.message[:_MOST_WORDS]}")
    return Asked(inputs=known, dropped=len(body) - len(known))


_validators: dict[int, tuple[Card, jsonschema.Draft202012Validator]] = {}


def _validator(card: Card) -> jsonschema.Draft202012Validator:
    """A card's check, kept because making one takes longer than using it.

    It is kept by the card's identity, and the card with it, so that no other can take its place.
    """
    kept = _validators.get(id(card))
    if kept is None:
        kept = _validators[id(card)] = (card, jsonschema.Draft202012Validator(dict(card.schema)))
    return kept[1]


def output_size(card: Card, inputs: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height in px of every output that an accepted request asks for.

    Raises:
        IllegalError: the model does not make pictures of this size, or not so many.
    """
    full = with_defaults(card, inputs)
    _check_numbers(card, full)
    if card.size.form == "resolution":
        return _named_size(card.size, full)
    return _pixel_size(card.size, full)


def _check_numbers(card: Card, inputs: Mapping[str, Any]) -> None:
    sent, wanted = len(pictures_in(card, inputs)), outputs_wanted(card, inputs)
    together = card.outputs.inputs_plus_outputs
    if not card.inputs.least <= sent <= card.inputs.most:
        raise IllegalError(f"{sent} images; takes {card.inputs.least} to {card.inputs.most}")
    if wanted > card.outputs.most:
        raise IllegalError(f"{wanted} images wanted; makes at most {card.outputs.most}")
    if together is not None and sent + wanted > together:
        raise IllegalError(f"{sent} input and {wanted} output images; at most {together} together")


def _pixel_size(rule: SizeRule, inputs: Mapping[str, Any]) -> tuple[int, int]:
    most = rule.max_pixels or _MOST_PIXELS
    side = min(_UNSAID_SIDE, math.isqrt(most))
    found = _SIZE.fullmatch(str(inputs.get(rule.field, f"{side}*{side}")))
    if found is None:
        raise IllegalError(f"{rule.field} is not width*height")
    width, height = int(found[1]), int(found[2])
    shorter, longer = sorted((width, height))
    if shorter < rule.min_side or longer > (rule.max_side or longer):
        raise IllegalError(f"image sides must be {rule.min_side} to {rule.max_side} pixels")
    if width * height < max(1, rule.min_pixels):
        raise IllegalError(f"image size must be at least {rule.min_pixels} pixels")
    if width * height > most:
        raise IllegalError(f"image size must be at most {most} pixels")
    if rule.max_ratio and longer > rule.max_ratio * shorter:
        raise IllegalError(f"aspect ratio must be within 1/{rule.max_ratio} and {rule.max_ratio}")
    return width, height


def _named_size(rule: SizeRule, inputs: Mapping[str, Any]) -> tuple[int, int]:
    resolution = str(inputs.get(rule.field, rule.resolutions[0]))
    aspect = str(inputs.get(rule.aspect_field or "", _UNSAID_ASPECT))
    if aspect == _AUTO:
        aspect = _UNSAID_ASPECT
    if resolution not in rule.resolutions:
        raise IllegalError(f"{rule.field} is none of {', '.join(rule.resolutions)}")
    for named in rule.named:
        if (named.resolution, named.aspect) == (resolution, aspect):
            return named.size.width, named.size.height
    raise IllegalError(f"{rule.aspect_field} is none of {', '.join(rule.aspects)}")

"""Sizes: what is paid for is what the model makes, what is delivered is within reason."""

from collections.abc import Iterator
from math import gcd, isqrt

from pipeline.domain.campaign import MASTER, PixelSize
from pipeline.domain.card import Card, SizeRule
from pipeline.domain.diagnostics import Severity
from pipeline.manifest import codes
from pipeline.manifest.model import SizeEntry
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import DEFAULT_MASTER, Case, Finding
from pipeline.manifest.wording import listed, number, quoted

MAX_DELIVERY_SIDE = 10_000


def check_sizes(case: Case) -> None:
    """Paid sizes are legal for the model, delivery sizes are possible and not enlarged."""
    _check_master(case)
    for name, size in case.manifest.sizes.items():
        if size.native is not None and case.card is not None:
            pointer: Pointer = ("sizes", name, "native")
            case.note(pointer, _illegal(size.native, case.card))
        if case.is_sound("sizes", name):
            _check_delivery(case, name, size)


def master_of(case: Case) -> PixelSize:
    """The master's size, the default filled in."""
    return case.manifest.master or DEFAULT_MASTER


def _check_master(case: Case) -> None:
    if case.card is None or not case.is_sound("master"):
        return
    master = case.manifest.master
    if master is not None:
        case.note(("master",), _illegal(master, case.card))
        return
    if MASTER not in case.native_names() or not case.is_sound("sizes"):
        return
    rule = case.card.size
    if rule.form == "pixels" and not list(_illegal(DEFAULT_MASTER, case.card)):
        return
    sides = [str(side) for _, side in rule.resolutions]
    case.problems.add(
        codes.MASTER_NEEDED,
        ("model",),
        what="`master` is missing",
        why=f"{quoted(case.card.model)} does not make pictures of {DEFAULT_MASTER}"
        if rule.form == "pixels"
        else f"{quoted(case.card.model)} makes several sizes, which may differ in price",
        fix=f"add `master: {_possible(rule)}`"
        if rule.form == "pixels"
        else f"add `master:` with {_either(sides)} pixels on the longer side, such as"
        f" `master: {_possible(rule)}`",
    )


def _illegal(size: PixelSize, card: Card) -> Iterator[Finding]:
    rule = card.size
    yield from _illegal_pixels(size, card) if rule.form == "pixels" else _no_aspect(size, card)


def _illegal_pixels(size: PixelSize, card: Card) -> Iterator[Finding]:
    rule, model = card.size, quoted(card.model)
    longer, shorter = max(size.width, size.height), min(size.width, size.height)
    if longer > rule.max_ratio * shorter:
        yield Finding(
            code=codes.NATIVE_RATIO,
            what=f"`{size}` is too long for its width",
            why=f"{model} makes pictures whose longer side is at most {rule.max_ratio} times the"
            " shorter one",
            fix=f"buy another shape such as `{_possible(rule)}` and let sizes cut it",
        )
        return
    pixels = size.width * size.height
    if not rule.min_pixels <= pixels <= rule.max_pixels:
        is_small = pixels < rule.min_pixels
        yield Finding(
            code=codes.NATIVE_PIXELS,
            what=f"`{size}` has {number(pixels)} pixels",
            why=f"{model} makes pictures of {number(rule.min_pixels)} to {number(rule.max_pixels)}"
            " pixels",
            fix=f"the {'smallest' if is_small else 'largest'} of this shape is"
            f" `{_scaled(size, rule)}`; delivery sizes are derived from it",
        )


def _no_aspect(size: PixelSize, card: Card) -> Iterator[Finding]:
    rule, model = card.size, quoted(card.model)
    if rule.aspects and not any(_is_aspect(size, aspect) for aspect in rule.aspects):
        nearest = min(rule.aspects, key=lambda aspect: _distance(size, aspect))
        yield Finding(
            code=codes.NATIVE_ASPECT,
            what=f"`{size}` is none of the shapes that the model makes",
            why=f"{model} makes {listed(rule.aspects, most=20)}",
            fix=f"the nearest is {nearest}, such as `{_of_aspect(nearest, rule)}`",
        )
    longest = max(side for _, side in rule.resolutions)
    if max(size.width, size.height) > longest:
        yield Finding(
            code=codes.NATIVE_SIDE,
            what=f"`{size}` is larger than the model makes",
            why=f"the longer side of {model}'s largest pictures has {longest} pixels",
            fix=f"write `{_possible(rule)}` or smaller",
        )


def _check_delivery(case: Case, name: str, entry: SizeEntry) -> None:
    pointer: Pointer = ("sizes", name, "size")
    size, native = entry.size, entry.native
    if max(size.width, size.height) > MAX_DELIVERY_SIDE:
        case.problems.add(
            codes.DELIVERY_SIDE,
            pointer,
            what=f"size `{name}` is {size}",
            why=f"no side of a delivered picture may have more than {number(MAX_DELIVERY_SIDE)}"
            " pixels",
            fix="write a smaller size",
        )
    elif native is not None or case.is_sound("master"):
        bought = native or master_of(case)
        sides = size.width > bought.width, size.height > bought.height
        # What is padded only has to be as large on one side.
        if any(sides) if entry.fit == "cover" else all(sides):
            case.problems.add(
                codes.ENLARGED,
                pointer,
                what=f"size `{name}` is {size}, and the picture it is derived from is {bought}",
                why="it would be enlarged, which looks soft",
                fix="write a smaller size, or give it a larger `native` of its own",
                severity=Severity.WARNING,
            )


def _either(words: list[str]) -> str:
    return " or ".join(word for word in (", ".join(words[:-1]), words[-1]) if word)


def _scaled(size: PixelSize, rule: SizeRule) -> PixelSize:
    """The nearest legal size of about the same shape."""
    pixels = size.width * size.height
    if pixels < rule.min_pixels:
        wide = isqrt(rule.min_pixels * size.width // size.height)
        while wide * -(-wide * size.height // size.width) < rule.min_pixels:
            wide += 1
        return PixelSize(wide, -(-wide * size.height // size.width))
    wide = isqrt(rule.max_pixels * size.width // size.height)
    return PixelSize(wide, min(wide * size.height // size.width, rule.max_pixels // wide))


def _possible(rule: SizeRule) -> PixelSize:
    """Some size that is legal: the default or the largest square, or of the first shape."""
    if rule.form == "pixels":
        return DEFAULT_MASTER if _is_legal(DEFAULT_MASTER, rule) else _scaled(DEFAULT_MASTER, rule)
    if not rule.aspects:
        side = rule.resolutions[-1][1]
        return PixelSize(side, side)
    return _of_aspect(rule.aspects[0], rule)


def _is_legal(size: PixelSize, rule: SizeRule) -> bool:
    return rule.min_pixels <= size.width * size.height <= rule.max_pixels


def _is_aspect(size: PixelSize, aspect: str) -> bool:
    wide, high = _ratio(aspect)
    shared, common = gcd(size.width, size.height), gcd(wide, high)
    return (size.width // shared, size.height // shared) == (wide // common, high // common)


def _ratio(aspect: str) -> tuple[int, int]:
    wide, _, high = aspect.partition(":")
    return int(wide), int(high)


def _distance(size: PixelSize, aspect: str) -> tuple[int, str]:
    wide, high = _ratio(aspect)
    return abs(1000 * size.width * high // (size.height * wide) - 1000), aspect


def _of_aspect(aspect: str, rule: SizeRule) -> PixelSize:
    """The largest size of exactly this shape."""
    wide, high = _ratio(aspect)
    times = rule.resolutions[-1][1] // max(wide, high)
    return PixelSize(wide * times, high * times)

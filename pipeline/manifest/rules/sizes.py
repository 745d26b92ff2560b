"""Sizes: what is paid for is what the model makes, what is delivered is within reason."""

from collections.abc import Iterator
from math import isqrt

from pipeline.domain.campaign import MASTER, PixelSize
from pipeline.domain.card import Card, NamedSize, SizeRule
from pipeline.domain.rendition import same_shape
from pipeline.manifest import codes
from pipeline.manifest.destinations import filled
from pipeline.manifest.model.sizes import SizeEntry
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import DEFAULT_MASTER, Case, Finding
from pipeline.manifest.wording import did_you_mean, listed, number, quoted

MAX_DELIVERY_SIDE = 10_000
_SHAPE_PER_MILLE = 25
"""How far a ratio may be from a shape's and still be meant as it: named sizes are rounded."""


_FEW = 6
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""Names that Windows keeps for devices, in whichever folder."""
_ALL_SIZES = "`campaign models show {}` lists all sizes"


def check_sizes(case: Case) -> None:
    """Paid sizes are legal for the model; delivery sizes are possible and not enlarged unasked."""
    _check_master(case)
    for name, size in case.manifest.sizes.items():
        _check_folder(case, name)
        if size.native is not None and case.card is not None:
            pointer: Pointer = ("sizes", name, "native")
            case.note(pointer, _illegal(size.native, case.card))
        if case.is_sound("sizes", name) and _is_placed(case, name, size):
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
    model = quoted(case.card.model)
    if rule.form == "pixels":
        why = f"{model} does not make pictures of {DEFAULT_MASTER}"
        fix = f"add `master: {_possible(rule)}`"
    else:
        squares = [one.size for one in rule.named if one.size.width == one.size.height]
        lines = [f"`master: {size}`" for size in squares or [rule.named[0].size]]
        why = f"{model} makes several sizes, which may differ in price"
        fix = f"add a line such as {_either(lines)}; {_ALL_SIZES.format(case.card.model)}"
    case.problems.add(codes.MASTER_NEEDED, ("model",), what="`master` is missing", why=why, fix=fix)


def _illegal(size: PixelSize, card: Card) -> Iterator[Finding]:
    is_free = card.size.form == "pixels"
    yield from _illegal_pixels(size, card) if is_free else _unnamed(size, card)


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
    if shorter < rule.min_side or longer > (rule.max_side or longer):
        yield Finding(
            code=codes.NATIVE_SIDE,
            what=f"`{size}` has a side that the model does not make",
            why=f"{model} makes pictures with {number(rule.min_side)} to {number(rule.max_side)}"
            " pixels on each side",
            fix=f"the nearest of this shape is `{_scaled(size, rule)}`; delivery sizes are derived"
            " from it",
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


def _unnamed(size: PixelSize, card: Card) -> Iterator[Finding]:
    rule, model = card.size, quoted(card.model)
    if any(one.size == size for one in rule.named):
        return
    aspect = min(rule.aspects, key=lambda one: (_distance(size, one), one))
    near = _nearest(size, [one for one in rule.named if one.aspect == aspect])
    shown = f"`{near.size}` ({near.resolution} {near.aspect})"
    if _distance(size, aspect) > _SHAPE_PER_MILLE:
        yield Finding(
            code=codes.NATIVE_ASPECT,
            what=f"`{size}` is none of the shapes that the model makes",
            why=f"{model} makes {listed(rule.aspects, most=20)}",
            fix=f"the nearest is {shown}; {_ALL_SIZES.format(card.model)}",
        )
        return
    same = [str(one.size) for one in rule.named if one.aspect == aspect]
    yield Finding(
        code=codes.NATIVE_SIDE,
        what=f"`{size}` is not a size that the model makes",
        why=f"{model} makes {listed(same)} of this shape",
        fix=f"write {shown}; {_ALL_SIZES.format(card.model)}",
    )


def _nearest(size: PixelSize, named: list[NamedSize]) -> NamedSize:
    """The smallest that is large enough on both sides, else the largest."""
    for one in named:
        if one.size.width >= size.width and one.size.height >= size.height:
            return one
    return named[-1]


def _check_folder(case: Case, name: str) -> None:
    if name not in _DEVICES:
        return
    case.problems.add(
        codes.DEVICE_NAME,
        case.source.locate_key(("sizes", name)),
        what=f"a size cannot be called `{name}`",
        why="each size has a folder of its name among the outputs, and on Windows that is the name"
        " of a device",
        fix=f"call it `{name}-size`, say",
    )


def _is_placed(case: Case, name: str, entry: SizeEntry) -> bool:
    """Whether it is known how large a size is; notes the problem where it is not."""
    if entry.destination is not None and entry.destination not in case.destinations:
        case.problems.add(
            codes.UNKNOWN_DESTINATION,
            ("sizes", name, "destination"),
            what=f"there is no destination {quoted(entry.destination)}",
            why="a size is pixels such as `1080x1350`, or the name of a place that says them",
            fix=did_you_mean(
                entry.destination,
                list(case.destinations),
                kind="destinations",
                otherwise="`campaign destinations` lists them",
                most=_FEW,
            )
            + "; `campaign destinations` lists all",
        )
        return False
    if entry.destination is None and entry.size is None:
        case.problems.add(
            codes.MISSING_KEY,
            case.source.locate_key(("sizes", name)),
            what=f"size `{name}` says neither `size` nor `destination`",
            why="one of them has to say how large the delivered file is",
            fix="add `size: 1080x1350`, or a place such as `destination: instagram-story`",
        )
        return False
    return True


def _check_delivery(case: Case, name: str, written: SizeEntry) -> None:
    entry = filled(written, case.destinations)
    if entry is None or entry.size is None:
        return
    pointer: Pointer = ("sizes", name, "size" if written.size is not None else "destination")
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
        is_enlarged = all(sides) if entry.fit == "contain" else any(sides)
        if entry.fit == "exact" and not same_shape(
            (size.width, size.height), (bought.width, bought.height)
        ):
            case.problems.add(
                codes.SHAPE,
                pointer,
                what=f"size `{name}` is {size}, and the picture it is derived from is {bought}",
                why="they are not of one shape, and `fit: exact` neither cuts nor pads",
                fix=f"write `fit: cover` or `fit: contain`, or a size such as"
                f" `{_of_shape(bought, size)}`",
            )
        elif is_enlarged and not entry.upscale:
            case.problems.add(
                codes.ENLARGED,
                pointer,
                what=f"size `{name}` is {size}, and the picture it is derived from is {bought}",
                why="it would have to be enlarged, which looks soft and happens only where you say"
                " so",
                fix="write a smaller size, give it a larger `native` of its own, or add"
                " `upscale: true`",
            )


def _of_shape(shape: PixelSize, wanted: PixelSize) -> PixelSize:
    """A size as wide as is wanted, as far as it has to be, and of another one's shape."""
    width = min(wanted.width, shape.width)
    return PixelSize(width, max(1, (width * shape.height + shape.width // 2) // shape.width))


def _either(words: list[str]) -> str:
    return " or ".join(word for word in (", ".join(words[:-1]), words[-1]) if word)


def _scaled(size: PixelSize, rule: SizeRule) -> PixelSize:
    """The nearest legal size of about the same shape."""
    if rule.max_side:
        size = _within_sides(size, rule)
    pixels = size.width * size.height
    if pixels < rule.min_pixels:
        wide = isqrt(rule.min_pixels * size.width // size.height)
        while wide * -(-wide * size.height // size.width) < rule.min_pixels:
            wide += 1
        return PixelSize(wide, -(-wide * size.height // size.width))
    if pixels <= rule.max_pixels:
        return size
    wide = isqrt(rule.max_pixels * size.width // size.height)
    return PixelSize(wide, min(wide * size.height // size.width, rule.max_pixels // wide))


def _within_sides(size: PixelSize, rule: SizeRule) -> PixelSize:
    longer, shorter = max(size.width, size.height), min(size.width, size.height)
    times, by = (rule.max_side, longer) if longer > rule.max_side else (rule.min_side, shorter)
    if longer <= rule.max_side and shorter >= rule.min_side:
        return size
    sides = (-(-side * times // by) for side in (size.width, size.height))
    return PixelSize(*(min(max(side, rule.min_side), rule.max_side) for side in sides))


def _possible(rule: SizeRule) -> PixelSize:
    """Some size that is legal: the default if it is, else the largest square."""
    return _scaled(DEFAULT_MASTER, rule)


def _distance(size: PixelSize, aspect: str) -> int:
    """How far a size's ratio is from a shape's, per mille of it."""
    wide, _, high = aspect.partition(":")
    return abs(1000 * size.width * int(high) // (size.height * int(wide)) - 1000)

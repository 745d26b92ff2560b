"""Rules about sizes: pixels that are paid for and thrown away, and pictures paid for in vain."""

from collections import Counter
from collections.abc import Iterator
from math import isqrt

from pipeline.domain.campaign import PixelSize, Size
from pipeline.domain.card import SizeRule
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.planning.lint.case import Case, Finding, named, per_cent
from pipeline.planning.sizes import native_name

_MOST_LOST = 50
_LITTLE_LOST = 25
_STEP = 16


def cut_away(case: Case) -> Iterator[Finding]:
    """A story cut from a panorama shows a slice of it."""
    by_native: dict[str, list[tuple[int, Size]]] = {}
    for size in case.campaign.sizes:
        name = native_name(case.campaign, size)
        lost = _lost(size, case.natives[name])
        if lost > _MOST_LOST:
            by_native.setdefault(name, []).append((lost, size))
    for name, found in by_native.items():
        native = case.natives[name]
        worst = max(found, key=lambda one: one[0])[1]
        shares = ", ".join(f"`{size.name}` throws away {lost}%" for lost, size in found)
        yield Finding(
            what=f"{named([size.name for _, size in found])}"
            f" {'cuts' if len(found) == 1 else 'cut'} away most of a picture of {native}",
            why=f"{shares} of what is paid for, and with it whatever the picture shows at its"
            " edges",
            fix=f"show all of it with `fit: contain`{_own_native(case, name, worst)}",
            at=found[0][1].at,
        )


def _lost(size: Size, native: PixelSize) -> int:
    """Per cent of a picture that a delivery size cuts away, rounded down."""
    if size.fit != "cover":
        return 0
    wide, high = size.size.width, size.size.height
    # Equal shapes multiply across to the same number; otherwise the smaller product is what stays.
    one, other = wide * native.height, high * native.width
    return per_cent(abs(one - other), max(one, other))


def _own_native(case: Case, name: str, size: Size) -> str:
    own = _of_shape(size.size, case.natives[name], case.card.size)
    if own is None:
        return ""
    price = case.price(own)
    cells = len({cell.key for cell in case.cells if cell.address.size == name})
    cost = f", which costs {format_usd(MicroUsd(price * cells))} more" if price else ""
    return f", or buy its shape: `native: {own}` for `{size.name}`{cost}"


def _of_shape(wanted: PixelSize, like: PixelSize, rule: SizeRule) -> PixelSize | None:
    """A size that the model makes, of one size's shape and about another's area; None for none."""
    if rule.form == "resolution":
        near = min(rule.named, key=lambda one: _apart(one.size, wanted), default=None)
        return None if near is None or near.size == like else near.size
    pixels = min(like.width * like.height, rule.max_pixels)
    width = isqrt(pixels * wanted.width // wanted.height) // _STEP * _STEP
    height = width * wanted.height // wanted.width if width else 0
    found = PixelSize(width, height)
    longer, shorter = max(width, height), min(width, height)
    is_legal = (
        shorter > max(rule.min_side - 1, 0)
        and longer <= (rule.max_side or longer)
        and rule.min_pixels <= width * height <= rule.max_pixels
        and longer <= rule.max_ratio * shorter
        and width >= wanted.width
        and height >= wanted.height
    )
    return found if is_legal else None


def _apart(one: PixelSize, other: PixelSize) -> tuple[int, int]:
    """How unlike two shapes are, per mille; of equally unlike ones the larger comes first."""
    first, second = one.width * other.height, one.height * other.width
    return abs(first - second) * 1000 // max(first, second), -one.width * one.height


def needless_natives(case: Case) -> Iterator[Finding]:
    """Sizes that are paid for one by one where cutting one picture would do."""
    derived: dict[str, list[Size]] = {}
    for size in case.campaign.sizes:
        derived.setdefault(native_name(case.campaign, size), []).append(size)
    counts = Counter(cell.address.size for cell in case.cells)
    by_area = sorted(
        (name for name in case.natives if counts[name]),
        key=lambda name: (-_area(case.natives[name]), name),
    )
    kept: list[str] = []
    for name in by_area:
        sizes = derived.get(name, [])
        bases = [base for base in kept if sizes and _serves(case, base, sizes)]
        if not bases:
            kept.append(name)
            continue
        base = min(bases, key=lambda one: max(_lost(size, case.natives[one]) for size in sizes))
        finding = _needless(case, name, base, sizes)
        if finding is not None:
            yield finding


def _area(size: PixelSize) -> int:
    return size.width * size.height


def _serves(case: Case, base: str, sizes: list[Size]) -> bool:
    native = case.natives[base]
    return all(
        size.size.width <= native.width
        and size.size.height <= native.height
        and _lost(size, native) <= _LITTLE_LOST
        for size in sizes
    )


def _needless(case: Case, name: str, base: str, sizes: list[Size]) -> Finding | None:
    spared = {
        cell.key
        for cell in case.cells
        if cell.address.size == name and cell.address._replace(size=base) in case.addresses
    }
    if not spared:
        return None
    lost = max(_lost(size, case.natives[base]) for size in sizes)
    price = case.price(case.natives[name])
    saves = MicroUsd((price or 0) * len(spared))
    money = f" for {format_usd(saves)}" if saves else ""
    pictures = f"{len(spared)} {'picture' if len(spared) == 1 else 'pictures'}"
    what = "nothing of it" if lost == 0 else f"{lost}% of it"
    return Finding(
        what=f"size `{name}` buys {pictures}{money} that could be cut from `{base}`",
        why=f"cut from `{base}` ({case.natives[base]}), which is bought as well, "
        f"{named([size.name for size in sizes])} would lose {what}",
        fix=f"delete `native: {case.natives[name]}`, and it is derived for free"
        if base == "master"
        else f"write `native: {case.natives[base]}` for it as well; equal natives are bought once",
        at=sizes[0].at,
        words="native",
        saves=saves,
    )

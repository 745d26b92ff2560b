"""Rules about where pictures go: what a place takes, said of sizes, and of files once made."""

from collections.abc import Iterator, Sequence

from pipeline.domain.campaign import Size
from pipeline.domain.destinations import Destination
from pipeline.domain.rendition import same_shape
from pipeline.domain.shown import Shown
from pipeline.planning.lint.case import Case, Finding, named

_MOST_OFF_WHITE = 2
"""Per mille of the edge: a speck is no border."""
_WHITE = "#ffffff"
_KILO = 1000


def foreign_formats(case: Case) -> Iterator[Finding]:
    """A shop that takes no WebP turns the whole delivery away."""
    for size, place in _placed(case):
        if place.accepts and size.format not in place.accepts:
            takes = named(place.accepts)
            yield Finding(
                what=f"size `{size.name}` is made as `{size.format}`, which `{place.name}` does not"
                " take",
                why=f"it takes {takes} (as of {place.as_of})",
                fix=f"delete `format`, or write `format: {place.accepts[0]}`",
                at=size.at,
                words="format",
            )


def other_shapes(case: Case) -> Iterator[Finding]:
    """A place scales, crops or refuses what has not its shape."""
    for size, place in _placed(case):
        have, want = (size.size.width, size.size.height), (place.width, place.height)
        if have == want:
            continue
        if place.is_fixed:
            why = f"it takes {place.width}x{place.height} and nothing else"
        elif not same_shape(have, want):
            why = f"it shows the shape of {place.width}x{place.height} and cuts what is left over"
        elif max(have) < place.least:
            why = f"it wants {place.least:,} px or more on the longer side"
        else:
            continue
        yield Finding(
            what=f"size `{size.name}` is {size.size}, which is not what `{place.name}` asks for",
            why=why,
            fix=f"delete `size`, and it is {place.width}x{place.height}",
            at=size.at,
            words="size",
        )


def heavy_ceilings(case: Case) -> Iterator[Finding]:
    """A banner above the network's ceiling is refused when the campaign is booked."""
    for size, place in _placed(case):
        most = place.max_bytes
        if most is not None and size.max_bytes is not None and size.max_bytes > most:
            yield Finding(
                what=f"size `{size.name}` may have {_bytes(size.max_bytes)}, more than"
                f" `{place.name}` takes",
                why=f"it takes {_bytes(most)}",
                fix=f"delete `max_bytes`, or write `max_bytes: {_bytes(most)}`",
                at=size.at,
                words="max_bytes",
            )
    fixed = {(one.width, one.height): one for one in case.places if one.is_fixed}
    for size in case.campaign.sizes:
        banner = fixed.get((size.size.width, size.size.height))
        if size.destination is not None or banner is None or banner.max_bytes is None:
            continue
        if size.max_bytes is None or size.max_bytes > banner.max_bytes:
            limit = _bytes(banner.max_bytes)
            yield Finding(
                what=f"size `{size.name}` is {size.size}, the size of a banner, and may have more"
                f" than {limit}",
                why=f"advertising networks turn away uploaded banners of more than {limit} (as of"
                f" {banner.as_of})",
                fix=f"write `{size.name}: {banner.name}`, or add `max_bytes: {limit}`",
                at=size.at,
            )


def not_on_white(case: Case) -> Iterator[Finding]:
    """A shop that wants products on white suppresses others."""
    for size, place in _placed(case):
        if not place.white_border:
            continue
        if size.fit == "contain" and size.background != _WHITE:
            yield Finding(
                what=f"size `{size.name}` is padded with `{size.background}`",
                why=f"`{place.name}` wants pure white up to the edges",
                fix="delete `background`",
                at=size.at,
                words="background",
            )
        elif size.fit == "cover":
            yield Finding(
                what=f"size `{size.name}` cuts the picture to its shape",
                why=f"`{place.name}` wants the whole product, with white around it",
                fix="delete `fit`, or write `fit: contain`",
                at=size.at,
                words="fit",
            )


def borders_off_white(case: Case) -> Iterator[Finding]:
    """Of files: the picture itself ends in grey or in a scene."""
    for size, place in _placed(case):
        files = [one for one in _shown(case, size) if one.off_white > _MOST_OFF_WHITE]
        if place.white_border and files:
            worst = max(files, key=lambda one: (one.off_white, one.file))
            yield Finding(
                what=f"{_files(files)} of size `{size.name}`"
                f" {'does' if len(files) == 1 else 'do'} not end in pure white",
                why=f"`{place.name}` wants #ffffff up to all four edges; of `{worst.file}`"
                f" {_share(worst.off_white)} of the edge is something else",
                fix="ask for a pure white background in the prompt of the variants that go there,"
                " and make another take",
                at=size.at,
            )


def small_products(case: Case) -> Iterator[Finding]:
    """Of files: a product that is lost in white."""
    for size, place in _placed(case):
        files = [
            one
            for one in _shown(case, size)
            if one.off_white <= _MOST_OFF_WHITE and one.fill < place.fill
        ]
        if files:
            worst = min(files, key=lambda one: (one.fill, one.file))
            yield Finding(
                what=f"the product is small in {_files(files)} of size `{size.name}`",
                why=f"`{place.name}` wants it to fill {place.fill}% of the longer side; in"
                f" `{worst.file}` it fills {worst.fill}%",
                fix="ask in the prompt for the product to fill the frame, and make another take",
                at=size.at,
            )


def heavy_files(case: Case) -> Iterator[Finding]:
    """Of files: even the lowest quality that is worth showing was too large."""
    for size in case.campaign.sizes:
        limits = [size.max_bytes, size.destination.max_bytes if size.destination else None]
        most = min((one for one in limits if one is not None), default=None)
        files = [] if most is None else [one for one in _shown(case, size) if one.bytes > most]
        if most is not None and files:
            worst = max(files, key=lambda one: (one.bytes, one.file))
            yield Finding(
                what=f"{_files(files)} of size `{size.name}`"
                f" {'is' if len(files) == 1 else 'are'} larger than {_bytes(most)}",
                why=f"`{worst.file}` has {_bytes(worst.bytes)} at the lowest quality that is still"
                " worth showing",
                fix="write `format: jpeg` if it is `png`; else allow more bytes or write a smaller"
                " size",
                at=size.at,
            )


def _placed(case: Case) -> Iterator[tuple[Size, Destination]]:
    for size in case.campaign.sizes:
        if size.destination is not None:
            yield size, size.destination


def _shown(case: Case, size: Size) -> Sequence[Shown]:
    return [one for one in case.shown if one.size == size.name]


def _files(files: Sequence[Shown]) -> str:
    return "1 file" if len(files) == 1 else f"{len(files):,} files"


def _share(per_mille: int) -> str:
    whole, tenth = divmod(per_mille, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def _bytes(count: int) -> str:
    whole, rest = divmod(count, _KILO)
    if whole and whole % _KILO == 0 and rest == 0:
        return f"{whole // _KILO}MB"
    return f"{whole}kB" if rest == 0 else f"{count:,} bytes"

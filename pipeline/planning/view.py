"""What should lie in a campaign's outputs: masters, renditions and their human names. All free."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.domain.campaign import Campaign, Picture, Size
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.plan import Address, Cell, Plan
from pipeline.domain.rendition import ENCODER, RenditionSpec, render_key
from pipeline.planning.sizes import native_name

_EXTENSION = {"jpeg": "jpg", "png": "png", "webp": "webp"}


class WantedFile(NamedTuple):
    """A file of the view.

    Attributes:
        name: below the outputs folder, `/` between parts.
        key: changes whenever the file's bytes should: a render key, or the master's digest.
        master: what it is derived from, or a copy of.
        spec: how to derive it; None for a copy.
        cell: index of its cell in the plan.
        size: name of the delivery size; empty for a master.
    """

    name: str
    key: str
    master: Sha256
    spec: RenditionSpec | None
    cell: int
    size: str


def human_name(address: Address, *, size: str, extension: str) -> str:
    """`<set>-<picture>--<variant>--<size>[--tN].<ext>`, safe on every file system."""
    who = f"{address.set}-{address.picture}--" if address.set else ""
    take = f"--t{address.take}" if address.take > 1 else ""
    return f"{who}{address.variant}--{size}{take}.{extension}"


def wanted_files(campaign: Campaign, plan: Plan) -> Iterator[WantedFile]:
    """Masters and renditions of all cells that have a picture, in plan order."""
    derived = _sizes_by_native(campaign)
    focus = {
        (image_set.id, picture.id): picture.focus
        for image_set in campaign.sets
        for picture in image_set.pictures
    }
    specs: dict[tuple[str, tuple[int, int] | None], RenditionSpec] = {}
    for index, (cell, decision) in enumerate(zip(plan.cells, plan.decisions, strict=True)):
        if decision.output is None:
            continue
        address, master = cell.address, decision.output.sha256
        extension = decision.output.mime.removeprefix("image/").replace("jpeg", "jpg")
        name = human_name(address, size=address.size, extension=extension)
        yield WantedFile(f"masters/{name}", master, master, None, index, "")
        point = focus.get((address.set, address.picture))
        for size in derived.get(address.size, ()):
            spec = specs.get((size.name, point))
            if spec is None:
                spec = specs[size.name, point] = _spec(size, point)
            name = human_name(address, size=size.name, extension=_EXTENSION[size.format])
            key = render_key(master, spec, ENCODER)
            yield WantedFile(f"{size.name}/{name}", key, master, spec, index, size.name)


def coming_renders(campaign: Campaign, plan: Plan) -> int:
    """How many renditions the pictures give that a plan buys."""
    derived = {name: len(sizes) for name, sizes in _sizes_by_native(campaign).items()}
    return sum(derived.get(cell.address.size, 0) for step in plan.steps for cell in step.cells)


def _sizes_by_native(campaign: Campaign) -> dict[str, list[Size]]:
    found: dict[str, list[Size]] = {}
    for size in campaign.sizes:
        found.setdefault(native_name(campaign, size), []).append(size)
    return found


def _spec(size: Size, focus: tuple[int, int] | None) -> RenditionSpec:
    return RenditionSpec(
        width=size.size.width,
        height=size.size.height,
        fit=size.fit,
        format=size.format,
        background=size.background,
        quality=size.quality,
        max_bytes=size.max_bytes,
        focus=focus if size.fit == "cover" else None,
    )


def original_name(set_id: str, picture: Picture) -> str:
    """Where the copy of a source picture lies that stands beside its edits."""
    extension = "jpg" if picture.facts.format == "jpeg" else picture.facts.format
    return f"originals/{set_id}-{picture.id}.{extension}"


def same_names(campaign: Campaign, cells: Sequence[Cell]) -> list[Problem]:
    """Problems of pictures that would be delivered under one name.

    Possible where ids join alike: set `a-b` with picture `c`, and set `a` with picture `b-c`.
    """
    seen: dict[str, Address] = {}
    found: list[Problem] = []
    for cell in cells:
        name = human_name(cell.address, size=cell.address.size, extension="")
        first = seen.setdefault(name, cell.address)
        if first != cell.address:
            found.append(
                Problem(
                    code="P004",
                    what=f"`{first}` and `{cell.address}` would be delivered under one name",
                    why=f"both are called `{name}`",
                    fix="rename one of the image sets",
                    at=campaign.prompt_at,
                )
            )
    return found

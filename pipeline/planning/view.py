"""What should lie in a campaign's outputs: masters, renditions and their human names. All free."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from pipeline.domain.campaign import Campaign, Picture, Size
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import CellKey, Sha256, digest
from pipeline.domain.identity import Recipe
from pipeline.domain.labels import Label, label_of
from pipeline.domain.plan import Address, Cell, Plan
from pipeline.domain.receipts import Output
from pipeline.domain.rendition import ENCODER, EXTENSIONS, RenditionSpec, render_key, same_shape
from pipeline.planning.framing import Point, in_frame
from pipeline.planning.sizes import native_name

MOST_NAME = 200
"""Longest name of a file: the shortest limit of common file systems is 255 bytes, and archives and
temporary names need a few of them."""
_MARK = 12

Made = Callable[[CellKey], Recipe | None]
"""What the picture of a pinned cell was made by; None where no receipt says so."""


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
    """`<set>-<picture>--<variant>--<size>[--tN].<ext>`, safe on every file system.

    Its parts are ids: small letters, digits, `.`, `_` and `-`. So no two names differ in case
    alone, none is a device's name (`con--feed.jpg` is not `con.jpg`), and none depends on how a
    system writes accents. One that would be too long ends in a digest of the whole.
    """
    who = f"{address.set}-{address.picture}--" if address.set else ""
    take = f"--t{address.take}" if address.take > 1 else ""
    stem, end = f"{who}{address.variant}", f"--{size}{take}.{extension}"
    if len(stem) + len(end) <= MOST_NAME:
        return stem + end
    mark = f"-{digest(stem)[:_MARK]}"
    return stem[: MOST_NAME - len(end) - len(mark)] + mark + end


def wanted_files(
    campaign: Campaign,
    plan: Plan,
    *,
    attention: Mapping[Sha256, Point] | None = None,
    made_by: Made = lambda _key: None,
    signed_by: str = "",
) -> Iterator[WantedFile]:
    """Masters and renditions of all cells that have a picture, in plan order.

    Args:
        campaign: that is planned.
        plan: of it.
        attention: where source pictures draw the eye, by digest; the author's own focal points
            come first, and where neither is known it is the centre.
        made_by: tells what made the pictures of pinned cells, which their recipe does not.
        signed_by: fingerprint of the certificate that signs renditions; empty where none does.
    """
    derived = _sizes_by_native(campaign)
    pictures = _pictures(campaign)
    labels = _Labels(campaign, made_by, signed_by)
    known: Mapping[Sha256, Point] = attention or {}
    specs: dict[tuple[str, Point | None, Label], RenditionSpec] = {}
    for index, (cell, decision) in enumerate(zip(plan.cells, plan.decisions, strict=True)):
        if decision.output is None:
            continue
        address, master = cell.address, decision.output.sha256
        extension = decision.output.mime.removeprefix("image/").replace("jpeg", "jpg")
        name = human_name(address, size=address.size, extension=extension)
        yield WantedFile(f"masters/{name}", master, master, None, index, "")
        picture, label = pictures.get((address.set, address.picture)), labels.of(cell)
        for size in derived.get(address.size, ()):
            point = (
                _point(picture, known, decision.output) if _cuts(size, decision.output) else None
            )
            spec = specs.get((size.name, point, label))
            if spec is None:
                spec = specs[size.name, point, label] = _spec(size, point, label)
            name = human_name(address, size=size.name, extension=EXTENSIONS[size.format])
            key = render_key(master, spec, ENCODER)
            yield WantedFile(f"{size.name}/{name}", key, master, spec, index, size.name)


def sources_to_look_at(
    campaign: Campaign, plan: Plan, *, present: AbstractSet[Sha256]
) -> dict[Sha256, str]:
    """Source pictures of which somebody has to know where they draw the eye.

    Those that have no focal point, and a picture here that some size cuts.

    Args:
        campaign: that is planned.
        plan: of it.
        present: digests of the masters that are on this machine.

    Returns:
        Paths in the campaign's folder, by digest.
    """
    derived, pictures = _sizes_by_native(campaign), _pictures(campaign)
    found: dict[Sha256, str] = {}
    for cell, decision in zip(plan.cells, plan.decisions, strict=True):
        output, address = decision.output, cell.address
        picture = pictures.get((address.set, address.picture))
        if output is None or picture is None or picture.focus is not None:
            continue
        source = picture.facts.sha256
        if source in found or output.sha256 not in present:
            continue
        if any(_cuts(size, output) for size in derived.get(address.size, ())):
            found[source] = picture.path
    return found


class _Labels:
    """Labels of cells; cells of one recipe share theirs."""

    def __init__(self, campaign: Campaign, made_by: Made, signed_by: str) -> None:
        self._signed_by = signed_by
        self._campaign = campaign
        self._made_by = made_by
        self._known: dict[tuple[int, bool], Label] = {}

    def of(self, cell: Cell) -> Label:
        is_edit = cell.source is not None
        if cell.pin is not None:
            return self._label(self._made_by(cell.key), cell, is_edit=is_edit)
        shared = id(cell.recipe), is_edit
        label = self._known.get(shared)
        if label is None:
            label = self._known[shared] = self._label(cell.recipe, cell, is_edit=is_edit)
        return label

    def _label(self, recipe: Recipe | None, cell: Cell, *, is_edit: bool) -> Label:
        label = label_of(
            recipe,
            campaign=self._campaign.name,
            is_edit=is_edit,
            is_draft=cell.recipe.engine is not None,
            tells_prompt=self._campaign.provenance.prompt,
        )
        return replace(label, signed_by=self._signed_by)


def _pictures(campaign: Campaign) -> dict[tuple[str, str], Picture]:
    return {
        (image_set.id, picture.id): picture
        for image_set in campaign.sets
        for picture in image_set.pictures
    }


def _cuts(size: Size, output: Output) -> bool:
    """Whether a size shows less than all of a picture, so that it matters which part."""
    shapes = (size.size.width, size.size.height), (output.width, output.height)
    return size.fit == "cover" and not same_shape(*shapes)


def _point(
    picture: Picture | None, attention: Mapping[Sha256, Point], output: Output
) -> Point | None:
    if picture is None:
        return None
    point = picture.focus or attention.get(picture.facts.sha256)
    if point is None:
        return None
    source = picture.facts.width, picture.facts.height
    return in_frame(point, source=source, master=(output.width, output.height))


def coming_renders(campaign: Campaign, plan: Plan) -> int:
    """How many renditions the pictures give that a plan buys."""
    derived = {name: len(sizes) for name, sizes in _sizes_by_native(campaign).items()}
    return sum(derived.get(cell.address.size, 0) for step in plan.steps for cell in step.cells)


def _sizes_by_native(campaign: Campaign) -> dict[str, list[Size]]:
    found: dict[str, list[Size]] = {}
    for size in campaign.sizes:
        found.setdefault(native_name(campaign, size), []).append(size)
    return found


def _spec(size: Size, focus: Point | None, label: Label) -> RenditionSpec:
    return RenditionSpec(
        width=size.size.width,
        height=size.size.height,
        fit=size.fit,
        format=size.format,
        background=size.background,
        quality=size.quality,
        max_bytes=size.max_bytes,
        focus=focus,
        upscale=size.upscale,
        label=label,
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

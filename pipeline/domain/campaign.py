"""A campaign as its author declared it, read, typed and with its pictures found and measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from pipeline.domain.destinations import Destination
from pipeline.domain.diagnostics import Span
from pipeline.domain.fingerprint import CellKey, Json, Sha256
from pipeline.domain.flags import Settings
from pipeline.domain.lint import LintLevel
from pipeline.domain.money import MicroUsd
from pipeline.domain.picture import PictureFacts
from pipeline.domain.rendition import Fit, RenditionFormat
from pipeline.domain.review_budget import NO_RULES, Rules

Sequence = Literal["pictures", "takes"]
AxisName = Literal["set", "picture", "variant", "size", "take"]
AXES: tuple[AxisName, ...] = get_args(AxisName)
"""The axes of the matrix, in the order of addresses."""

ONLY_VARIANT = "base"
"""Id of the variant of a campaign that declares none."""
MASTER = "master"
"""Size part of the address of a cell that no native size asked for by name."""

OUTPUT_FOLDERS = frozenset({"masters", "originals", "thumbs", "unassigned", "draft"})
"""Folders of the outputs that are not of a size, so no size may be called like one."""


@dataclass(frozen=True, slots=True, order=True)
class PixelSize:
    """Width and height in px, both 1 or more."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Picture:
    """One source picture.

    Attributes:
        id: path below the set's common folder, no extension, made safe; unique in its set.
        path: relative to the campaign's folder, `/` between parts.
        facts: what its bytes are.
        focus: focal point in per mille of width and height, if the author gave one.
    """

    id: str
    path: str
    facts: PictureFacts
    focus: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ImageSet:
    """A named family of source pictures of one subject.

    Attributes:
        id: unique in the campaign.
        pictures: wanted pictures, by id in byte order.
        reference: sent first in every request; wanted itself only if it is among `pictures`.
        values: what `{set.*}` stands for; `subject` is always there.
    """

    id: str
    pictures: tuple[Picture, ...]
    reference: Picture | None
    values: Mapping[str, str]
    at: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Variant:
    """Named values for the shared prompt's placeholders.

    Attributes:
        id: unique in the campaign.
        values: what `{variant.*}` stands for.
        params: model parameters of this variant, over those of the campaign.
    """

    id: str
    values: Mapping[str, str]
    params: Mapping[str, Json]
    at: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Size:
    """A named delivery format.

    Attributes:
        name: unique in the campaign.
        size: of the delivered file, px.
        fit: `cover` crops, `contain` pads with `background`, `exact` does neither.
        format: of the delivered file.
        background: `#rrggbb`.
        quality: encoder quality 1..100.
        max_bytes: most bytes of the delivered file, if limited.
        native: size of the paid picture that this one is derived from; None means the master.
        upscale: whether a picture that is too small for it may be enlarged.
        destination: what it is made for, with its limits and what it lays over; None where the
            author names no place.
    """

    name: str
    size: PixelSize
    fit: Fit = "cover"
    format: RenditionFormat = "jpeg"
    background: str = "#ffffff"
    quality: int = 88
    max_bytes: int | None = None
    native: PixelSize | None = None
    upscale: bool = False
    destination: Destination | None = None
    at: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Where:
    """Which cells a matrix rule speaks of; None means all, names may be globs.

    Attributes:
        size: a native size's name, or `master`.
    """

    set: str | None = None
    picture: str | None = None
    variant: str | None = None
    size: str | None = None
    take: int | None = None


@dataclass(frozen=True, slots=True)
class Exclude:
    """Cells that are not wanted; `optional` where there may be none to take away."""

    where: Where
    why: str
    optional: bool = False
    at: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Extend:
    """Values and parameters that some cells see instead of their variant's; creates no cell.

    `optional` where there may be no such cell.
    """

    where: Where
    values: Mapping[str, str]
    params: Mapping[str, Json]
    optional: bool = False
    at: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Add:
    """Cells beside those of the matrix; axes left out mean all. `where.take` is always given.

    A rule that matches nothing of the matrix creates what it names of all that is declared.
    `optional` where all of it may be there already.
    """

    where: Where
    optional: bool = False
    at: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Axes:
    """Values of the axes, each once, in the author's order; None means all, in manifest order.

    Attributes:
        set: ids of image sets.
        picture: ids of pictures by image set.
        variant: ids of variants.
        size: names of native sizes, or `master`.
        take: numbers of takes.
    """

    set: tuple[str, ...] | None = None
    picture: Mapping[str, tuple[str, ...]] | None = None
    variant: tuple[str, ...] | None = None
    size: tuple[str, ...] | None = None
    take: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """What shapes the product of the axes; rules of each kind are in file order.

    Attributes:
        axes: what of each axis is multiplied.
        zip: groups of axes that advance together, the first value of each with the first of the
            others; as long as each other, and no axis in two groups.
        exclude: what is taken away.
        extend: what sees other values.
        add: what comes on top.
    """

    axes: Axes = Axes()
    zip: tuple[tuple[AxisName, ...], ...] = ()
    exclude: tuple[Exclude, ...] = ()
    extend: tuple[Extend, ...] = ()
    add: tuple[Add, ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """An old delivery that serves a cell whatever its key is now.

    Attributes:
        address: of the cell, as people write it.
        key: of the cell that the delivery was bought for.
        picture: its digest.
    """

    address: str
    key: CellKey
    picture: Sha256
    at: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Budget:
    """What the author allows to be spent.

    Attributes:
        cap: most money over the campaign's whole life; a real run needs one.
        warn_at: per cent of `cap` from which the plan warns, 1..100.
        max_images: most pictures bought over the campaign's whole life.
        max_per_job: most money in one request.
        max_images_per_job: most pictures in one request.
    """

    cap: MicroUsd | None = None
    warn_at: int = 80
    max_images: int | None = None
    max_per_job: MicroUsd | None = None
    max_images_per_job: int | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """That delivered files are signed, and with what.

    Attributes:
        certificate: path of the certificate chain as the author wrote it, relative to the
            campaign's folder; empty for what the environment names, else the development one.
        key: path of its key, likewise; given exactly where `certificate` is.
    """

    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What delivered files say about themselves, beside that AI made them.

    Attributes:
        prompt: whether they tell the prompt.
        sign: None where they are not signed.
    """

    prompt: bool = False
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign, ready to be planned.

    Attributes:
        name: the folder's name.
        file: the manifest, relative to the working directory, for messages.
        manifest: SHA-256 of the manifest's text and of those that it extends, hex.
        model: id of a card.
        sets: in manifest order; empty for text-to-image.
        prompt: the shared prompt, NFC, with placeholders, without surrounding blank lines.
        variants: in manifest order; at least one (`base` where none is declared).
        takes: how many takes each shot has, 1 or more.
        master: the size that is paid for.
        sizes: in manifest order.
        params: model parameters for every request.
        sequence: whether one request of a sequential model holds several pictures or several takes.
        assume_max: ceiling for one picture that the author states where the price is only a floor
            or unknown.
        canary: how many pictures a run buys first before it stops for a look; None for no stop.
        review_need: reviewers who have to approve a picture, 1 or more.
        pins: in manifest order; they speak of real money's pictures.
        max_jobs: most cells that may be wanted; None for no limit.
        lint: rules of craft and thrift that are switched here, by code.
        provenance: what delivered files say about themselves.
        checks: how the checks of delivered pictures are switched here, by name.
    """

    name: str
    title: str
    owner: str
    tags: tuple[str, ...]
    file: str
    manifest: str
    model: str
    sets: tuple[ImageSet, ...]
    prompt: str
    variants: tuple[Variant, ...]
    takes: int
    master: PixelSize
    sizes: tuple[Size, ...]
    matrix: Matrix
    budget: Budget
    params: Mapping[str, Json]
    sequence: Sequence
    assume_max: MicroUsd | None
    canary: int | None = None
    review_need: int = 1
    pins: tuple[Pin, ...] = ()
    max_jobs: int | None = None
    lint: Mapping[str, LintLevel] = field(default_factory=dict)
    checks: Settings = field(default_factory=dict)
    provenance: Provenance = Provenance()
    prompt_at: Span | None = field(default=None, compare=False)
    budget_at: Span | None = field(default=None, compare=False)
    matrix_at: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Account:
    """What the provider's account allows.

    Attributes:
        requests_per_minute: predictions that may be started in a minute.
        concurrent: predictions that may be under way at once.
        exclusive: whether the API key is used by this workspace alone.
    """

    requests_per_minute: int = 2
    concurrent: int = 2
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """What all campaigns share.

    Attributes:
        cap: most money over the workspace's whole life.
        max_images: most pictures bought over the workspace's whole life.
        month_cap: most money in one UTC month.
        month_images: most pictures bought in one UTC month.
        prices: price of one picture by model id, where it is above the card's.
        forbidden: model ids that no campaign may use.
        max_jobs: most cells that any one campaign may want, if the workspace says so.
        state: folder for local state, relative to the repository, if not `.campaign`.
        destinations: the workspace's own, and those that ship with its values, by name.
        rules: limits that a review holds a change against.
        lint: rules of craft and thrift that are switched for all campaigns, by code.
    """

    account: Account = Account()
    cap: MicroUsd | None = None
    max_images: int | None = None
    month_cap: MicroUsd | None = None
    month_images: int | None = None
    prices: Mapping[str, MicroUsd] = field(default_factory=dict)
    forbidden: tuple[str, ...] = ()
    max_jobs: int | None = None
    state: str | None = None
    destinations: Mapping[str, Destination] = field(default_factory=dict)
    rules: Rules = NO_RULES
    lint: Mapping[str, LintLevel] = field(default_factory=dict)

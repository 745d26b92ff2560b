"""What a contact sheet knows: plain values, filled in by whoever has plan, receipts and store.

Paths are relative to the page's folder with `/` between parts, written as they are on disk, not
percent-encoded; at most one leading `..` (see `links`). All text may come from users: the page
makes it harmless, so it is handed over as it is.
"""

import enum
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pipeline.domain.campaign import MASTER, PixelSize
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.flags import Severity
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.plan import Address
from pipeline.domain.receipts import MatchHow
from pipeline.domain.verdicts import Word

REAL = "real"
DRAFT = "draft"

PartOrigin = Literal["shared", "set", "variant"]
Kind = Literal["sheet", "difference"]
Change = Literal["", "new", "changed", "lost", "stale"]
"""What happened to a cell between two commits; empty on a sheet that compares nothing."""


class CellState(enum.StrEnum):
    """Where a cell stands; its words for people are in `words`."""

    DELIVERED = "delivered"
    WANTED = "wanted"
    FAILED = "failed"
    SHORT = "short"
    ABSENT = "absent"
    DOUBT = "doubt"
    BLOCKED = "blocked"
    ORPHAN = "orphan"


class ChargeBasis(enum.StrEnum):
    """How sure a charge is."""

    QUOTED = "quoted"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class PromptPart:
    """A piece of a rendered prompt and who wrote it.

    Attributes:
        text: as rendered.
        origin: `shared` for the campaign's template, else whose placeholder it fills.
    """

    text: str
    origin: PartOrigin = "shared"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One rendered prompt; the parts in order make up the whole text."""

    parts: tuple[PromptPart, ...]

    @property
    def text(self) -> str:
        """The prompt as rendered."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class SizeFacts:
    """A named delivery format, as declared.

    Attributes:
        fit: `cover` or `contain`.
        format: of the delivered file.
        native: size of the paid picture it is derived from; None means the master.
        of: size part of the addresses of the cells that it is derived from.
        safe: what its destination may cover or cut off at the left, top, right and bottom edge, as
            fractions of the delivered picture; None where nothing is known.
    """

    name: str
    size: PixelSize
    fit: str
    format: str
    native: PixelSize | None = None
    of: str = MASTER
    safe: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class SetFacts:
    """An image set and the id of its reference picture, if it names one."""

    id: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """What the manifest says.

    Attributes:
        name: the folder's name.
        model: id of the model.
        model_title: its name for people.
        realm: `real`, `draft` or the host of a self-hosted provider.
        template: the shared prompt with its placeholders.
        master: the size that is paid for; gives the tiles their shape.
        sizes: in manifest order.
        sets: in manifest order; empty for text-to-image.
        need: reviewers who have to approve a picture, 1 or more.
    """

    name: str
    title: str
    owner: str
    tags: tuple[str, ...]
    model: str
    model_title: str
    realm: str
    template: str
    master: PixelSize
    sizes: tuple[SizeFacts, ...] = ()
    sets: tuple[SetFacts, ...] = ()
    need: int = 1

    @property
    def is_draft(self) -> bool:
        """Whether the embedded engine made the pictures."""
        return self.realm == DRAFT


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """One variant.

    Attributes:
        charged: all that it has cost so far, deliveries that no cell shows included.
        bought: pictures paid for so far, the same way.
    """

    id: str
    charged: MicroUsd = ZERO
    bought: int = 0


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """The campaign's money in its own realm; a draft's is play money at catalogue prices.

    Attributes:
        cap: None where the campaign declares none.
        charged: taken for certain.
        reserved: held for attempts under way.
        in_doubt: held for attempts that may have been charged.
        left: of the cap; negative when it is passed; None without a cap.
        images: pictures bought.
        image_cap: most pictures, if limited.
        real_cost: drafts only: what a real run would now cost; None where no price is known.
        real_left: drafts only: what it would leave of the real cap.
        to_buy: what the plan still wants to buy; rerolls come on top of it.
        room: of all caps together, what the tightest has left; None where there is none. Drafts
            have none: they are free.
        room_of: scope of that cap, such as `campaign` or `month`.
    """

    cap: MicroUsd | None
    charged: MicroUsd
    reserved: MicroUsd
    in_doubt: MicroUsd
    left: MicroUsd | None
    images: int
    image_cap: int | None = None
    real_cost: MicroUsd | None = None
    real_left: MicroUsd | None = None
    to_buy: MicroUsd = ZERO
    room: MicroUsd | None = None
    room_of: str = ""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One delivered file derived from a master.

    Attributes:
        size: name of the delivery format.
        link: path of the file.
        width: px.
        height: px.
        bytes: length of the file.
        thumb: path of a preview, if one was made.
        flags: what a person should know, in words, such as `upscaled`.
    """

    size: str
    link: str
    width: int
    height: int
    bytes: int
    thumb: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """What one reviewer said about a picture of a cell, as it is stored.

    Attributes:
        at: when, UTC, ISO, seconds.
    """

    reviewer: str
    word: Word
    at: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FlagFacts:
    """Something that wants a look.

    Attributes:
        name: of the check.
        severity: `fail` is not what was asked for, `warn` wants a look.
        words: what was found, for people.
        weight: how far a limit is passed, in hundredths: 100 at the limit, more beyond it.
    """

    name: str
    severity: Severity
    words: str
    weight: int = 100


@dataclass(frozen=True, slots=True)
class Before:
    """The picture that a cell had at the other commit.

    Attributes:
        picture: its digest.
        thumb: path of its preview, if there is one.
        link: path of it, if there is one.
    """

    picture: Sha256
    thumb: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell and the picture that serves it, if there is one.

    Attributes:
        address: where it stands; orphans keep the address under which they were bought.
        prompt: index into `SheetFacts.prompts`.
        params: index into `SheetFacts.params`.
        reason: why it is in a state other than delivered, in words.
        picture: digest of the master.
        thumb: path of its preview.
        link: path of the master.
        pixels: size of the master.
        charge: its share of what its attempt cost; None where nothing was paid.
        basis: how sure the charge is.
        quote: what buying it would cost, where a run would buy it.
        prediction: the provider's id.
        attempt: our id.
        day: UTC date of the delivery, `2026-11-20`.
        notes: what a person should know, such as prompt clauses that a draft did not understand.
        others: how many other deliveries of this cell there are.
        how: how the picture was matched to the cell.
        renditions: in manifest order of the sizes.
        confidence: of a match by content, per cent; None where none was told.
        verdict: what all reviewers together say about this picture; None while it is undecided.
        votes: the verdict of each reviewer that counts, by name.
        stale: what was said about pictures that this cell showed before; never applied.
        flags: what the checks found, worst first.
        is_checked: whether its checks were run at all.
        reroll: what one more take of it costs; None where no price is known.
        provenance: marks that its file carries, in words; may be empty.
        change: what happened to it, on a sheet that compares two commits.
        before: the picture that it had then.
    """

    address: Address
    key: CellKey
    state: CellState
    prompt: int
    params: int
    reason: str = ""
    picture: Sha256 | None = None
    thumb: str | None = None
    link: str | None = None
    pixels: PixelSize | None = None
    charge: MicroUsd | None = None
    basis: ChargeBasis = ChargeBasis.QUOTED
    quote: MicroUsd | None = None
    prediction: str = ""
    attempt: str = ""
    day: str = ""
    notes: tuple[str, ...] = ()
    others: int = 0
    how: MatchHow | None = None
    renditions: tuple[Rendition, ...] = ()
    confidence: int | None = None
    verdict: Word | None = None
    votes: tuple[Vote, ...] = ()
    stale: tuple[Vote, ...] = ()
    flags: tuple[FlagFacts, ...] = ()
    is_checked: bool = False
    reroll: MicroUsd | None = None
    provenance: str = ""
    change: Change = ""
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """A source picture.

    Attributes:
        pixels: its size as displayed.
        thumb: path of its preview, if one was made.
        link: path of a copy of it, if there is one.
        is_reference: whether it is its set's reference.
        focus: focal point in per mille of width and height; None means the centre.
    """

    pixels: PixelSize
    thumb: str | None = None
    link: str | None = None
    is_reference: bool = False
    focus: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """All cells of one source picture, or of a text-to-image campaign.

    Attributes:
        set: image set id, empty for text-to-image.
        picture: picture id, empty for text-to-image.
        original: None for text-to-image, and where nothing is known of the source any more.
        cells: in manifest order, orphans last; empty for a reference that is not wanted itself.
    """

    set: str
    picture: str
    original: Original | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class SheetFacts:
    """Everything one contact sheet shows.

    Attributes:
        variants: in manifest order, then those that only orphans know.
        prompts: each rendered prompt once.
        params: each set of model parameters once, as names and values in request order.
        groups: in manifest order.
        versions: what made the pictures and the page, as names and versions.
        kind: a whole sheet, or one that shows only what differs between two commits.
        title: what kind of page this is, in words, such as `Difference between main and the
            working tree`; empty for a contact sheet.
    """

    campaign: CampaignFacts
    money: MoneyFacts
    variants: tuple[VariantFacts, ...]
    prompts: tuple[Prompt, ...]
    params: tuple[tuple[tuple[str, str], ...], ...]
    groups: tuple[Group, ...]
    versions: tuple[tuple[str, str], ...] = ()
    kind: Kind = "sheet"
    title: str = ""

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells in the order of the page."""
        return tuple(cell for group in self.groups for cell in group.cells)

"""What the rules look at, and what they find."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pipeline.domain.campaign import Campaign, ImageSet, Picture, PixelSize, Variant
from pipeline.domain.card import Card, quote
from pipeline.domain.destinations import Destination
from pipeline.domain.diagnostics import Span
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.identity import Recipe
from pipeline.domain.look import Look
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.plan import Address, Cell
from pipeline.domain.shown import Shown
from pipeline.planning.sizes import native_sizes, size_fields

_MOST_NAMED = 6
_LONGEST = 60


class Finding(NamedTuple):
    """What a rule found; the first three as in `Problem`.

    Attributes:
        at: where it was written, if it was.
        words: a text at or behind that place that is meant; empty for the place itself.
        saves: money that following the advice would save.
    """

    what: str
    why: str
    fix: str
    at: Span | None = None
    words: str = ""
    saves: MicroUsd = ZERO


@dataclass(frozen=True)
class Case:
    """One campaign with all that is known about it.

    Attributes:
        campaign: without errors.
        card: of its model, with the workspace's prices.
        cells: wanted, in address order.
        looks: of as many pictures as were looked at.
        damaged: why some of these could not be, by digest.
        others: cards of all models.
        places: destinations that ship.
        shown: what finished files show; of as many as were looked at.
    """

    campaign: Campaign
    card: Card
    cells: Sequence[Cell]
    looks: Mapping[Sha256, Look] = field(default_factory=dict)
    damaged: Mapping[Sha256, str] = field(default_factory=dict)
    others: Sequence[Card] = ()
    places: Sequence[Destination] = ()
    shown: Sequence[Shown] = ()

    @cached_property
    def natives(self) -> Mapping[str, PixelSize]:
        """Sizes that are paid for, by name."""
        return native_sizes(self.campaign)

    @cached_property
    def addresses(self) -> frozenset[Address]:
        """Where the wanted cells stand."""
        return frozenset(cell.address for cell in self.cells)

    @cached_property
    def files(self) -> frozenset[str]:
        """Names of the files that places of this campaign point into."""
        campaign = self.campaign
        spans = [campaign.prompt_at, *(one.at for one in campaign.sets)]
        spans += [*(one.at for one in campaign.variants), *(one.at for one in campaign.sizes)]
        spans += [one.at for one in campaign.matrix.extend]
        return frozenset({campaign.file, *(span.file for span in spans if span is not None)})

    @cached_property
    def variants(self) -> Mapping[str, Variant]:
        """Variants by id."""
        return {variant.id: variant for variant in self.campaign.variants}

    @cached_property
    def sets(self) -> Mapping[str, ImageSet]:
        """Image sets by id."""
        return {image_set.id: image_set for image_set in self.campaign.sets}

    @cached_property
    def recipes(self) -> Sequence[tuple[Recipe, Address]]:
        """Each recipe once, with the address of the first cell that has it."""
        found: dict[int, tuple[Recipe, Address]] = {}
        for cell in self.cells:
            found.setdefault(id(cell.recipe), (cell.recipe, cell.address))
        return tuple(found.values())

    def values(self) -> Iterator[tuple[str, str, str, Span | None]]:
        """All values of placeholders: root, key, text, and whose they are."""
        for image_set in self.campaign.sets:
            for key, text in image_set.values.items():
                yield "set", key, text, image_set.at
        for variant in self.campaign.variants:
            for key, text in variant.values.items():
                yield "variant", key, text, variant.at
        for rule in self.campaign.matrix.extend:
            for key, text in rule.values.items():
                yield "variant", key, text, rule.at

    def price(self, size: PixelSize, *, inputs: int = 1) -> MicroUsd | None:
        """What one picture of this size costs, None where nobody knows or the size is illegal."""
        try:
            fields = {**self.campaign.params, **size_fields(self.card, size)}
        except ValueError:
            return None
        found = quote(self.card, fields, inputs=inputs, outputs=1)
        return None if found is None else found.most


def sent_pictures(image_set: ImageSet) -> list[Picture]:
    """The pictures of a set and its reference, each file once."""
    found = {picture.facts.sha256: picture for picture in image_set.pictures}
    if image_set.reference is not None:
        found.setdefault(image_set.reference.facts.sha256, image_set.reference)
    return list(found.values())


def quoted(text: str) -> str:
    """What an author wrote, in backticks, on one line and not longer than a line can bear."""
    shown = text.replace("`", "'").replace("\n", "\\n").replace("\t", "\\t")
    return f"`{shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + '…'}`"


def named(names: Collection[str]) -> str:
    """Names in backticks, the way a sentence lists them; long lists are cut."""
    shown = [f"`{name}`" for name in list(names)[:_MOST_NAMED]]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def per_cent(part: int, whole: int) -> int:
    """A share in whole per cent, rounded down; `whole` is 1 or more."""
    return part * 100 // whole


def times(one: int, other: int) -> str:
    """How many times one number is another, to one decimal, such as `2.5`; `other` 1 or more."""
    tenths = one * 10 // max(other, 1)
    return f"{tenths // 10}.{tenths % 10}" if tenths < 100 else str(tenths // 10)  # noqa: PLR2004 (10.0)

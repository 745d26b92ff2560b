"""The sides of a comparison: what their campaigns want, and what of that is to be bought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.card import Card
from pipeline.domain.difference import Amounts, Point
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.history import Filed, History
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.plan import PAID, Action, Cell, Plan, Reason
from pipeline.domain.verdicts import Verdict, current_first, resolve
from pipeline.planning.decide import Facts
from pipeline.planning.expand import Expansion, expand
from pipeline.planning.pack import Packer
from pipeline.planning.plan import make_plan, shares
from pipeline.planning.rerolls import paid_for, picture_in, takes_asked, with_takes

REAL = "real"


@dataclass(frozen=True, slots=True)
class Wish:
    """One campaign of one side: as declared, its model at that side's prices, its wanted cells."""

    campaign: Campaign
    card: Card
    expansion: Expansion

    def is_like(self, campaign: Campaign, card: Card) -> bool:
        """Whether a campaign declares the same, wherever its manifest lies."""
        return card == self.card and replace(campaign, file=self.campaign.file) == self.campaign


def wish(campaign: Campaign, card: Card, *, like: Wish | None = None) -> Wish:
    """Expand a campaign.

    Args:
        campaign: as declared.
        card: of its model, with its workspace's prices.
        like: the same campaign of the other side, whose cells are taken where both declare the
            same: most campaigns are not touched by a change.
    """
    if like is not None and like.is_like(campaign, card):
        return Wish(campaign, card, like.expansion)
    return Wish(campaign, card, expand(campaign, card, realm=REAL, engine=None))


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        point: which.
        workspace: what its campaigns share.
        wishes: by name.
        filed: all receipts of its locks.
        verdicts: by campaign, those of its reviews.
    """

    point: Point
    workspace: Workspace
    wishes: Mapping[str, Wish]
    filed: Sequence[Filed]
    verdicts: Mapping[str, Sequence[Verdict]] = field(default_factory=dict)


class Asking:
    """Adds the takes that rerolls ask for to what sides want; alike on both sides, once."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._known: dict[tuple[int, frozenset[Verdict]], Wish] = {}

    def of(self, side: Side) -> Side:
        """The side with these takes."""
        if not any(side.verdicts.values()):
            return side
        wishes = {
            name: self._one(wished, frozenset(side.verdicts.get(name, ())))
            for name, wished in side.wishes.items()
        }
        return replace(side, wishes=wishes)

    def _one(self, wished: Wish, verdicts: frozenset[Verdict]) -> Wish:
        if not verdicts:
            return wished
        cells = wished.expansion.cells
        known = self._known.get((id(wished.expansion), verdicts))
        if known is None:
            rulings = resolve(verdicts)
            history = current_first(self._history, rulings)
            asked = takes_asked(
                cells, rulings, picture=picture_in(history), is_bought=paid_for(history, ())
            )
            expansion = wished.expansion
            if asked:
                expansion = replace(expansion, cells=with_takes(cells, asked))
            known = self._known[id(wished.expansion), verdicts] = replace(
                wished, expansion=expansion
            )
        return replace(wished, expansion=known.expansion)


class Judged(NamedTuple):
    """A campaign with what is to be bought of it.

    Attributes:
        wish: as declared.
        cells: those that count here, each key once.
        plan: for these cells.
        prices: of each of them that has a price, had none been bought.
        amounts: all of it added up.
    """

    wish: Wish
    cells: tuple[Cell, ...]
    plan: Plan
    prices: Mapping[CellKey, MicroUsd]
    amounts: Amounts


class Memory:
    """Judges campaigns, and those that are the same on both sides once."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._known: dict[str, Judged] = {}

    def judged(self, side: Side, names: Iterable[str]) -> dict[str, Judged]:
        """The campaigns of a side; a cell counts at the first that wants it."""
        taken: set[CellKey] = set()
        found: dict[str, Judged] = {}
        for name in names:
            wished = side.wishes[name]
            own: dict[CellKey, Cell] = {}
            elsewhere: set[CellKey] = set()
            for cell in wished.expansion.cells:
                if cell.key in taken:
                    elsewhere.add(cell.key)
                else:
                    own.setdefault(cell.key, cell)
            taken |= own.keys()
            found[name] = self._one(wished, tuple(own.values()), len(elsewhere))
        return found

    def _one(self, wished: Wish, cells: tuple[Cell, ...], shared: int) -> Judged:
        campaign = wished.campaign
        known = self._known.get(campaign.name)
        if known is None or not _is_same(known, wished, cells):
            plan = make_plan(
                campaign,
                wished.card,
                Expansion(cells, ()),
                Facts(self._history),
                realm=REAL,
                limits=(),
            )
            prices = _prices(wished, cells, plan)
            known = Judged(wished, cells, plan, prices, _amounts(cells, plan, prices))
            self._known[campaign.name] = known
        amounts = known.amounts._replace(shared=shared)
        return known._replace(wish=wished, amounts=amounts)


def _is_same(known: Judged, wished: Wish, cells: tuple[Cell, ...]) -> bool:
    if known.wish.expansion is not wished.expansion or len(known.cells) != len(cells):
        return False
    same_cells = all(a.key == b.key for a, b in zip(known.cells, cells, strict=True))
    return same_cells and known.wish.is_like(wished.campaign, wished.card)


def _prices(wished: Wish, cells: Sequence[Cell], plan: Plan) -> dict[CellKey, MicroUsd]:
    """What each cell costs where all are bought together."""
    if plan.images == len(cells):
        return shares(plan.steps)
    packed = Packer(wished.campaign, wished.card).pack(Action.BUY, cells, frozenset())
    return shares(packed.steps)


def _amounts(cells: Sequence[Cell], plan: Plan, prices: Mapping[CellKey, MicroUsd]) -> Amounts:
    bought = blocked = unpriced = paid = satisfied = 0
    for cell, decision in zip(cells, plan.decisions, strict=True):
        if decision.output is not None:
            bought += 1
            satisfied += prices.get(cell.key, ZERO)
        elif decision.reason is Reason.UNPRICED:
            unpriced += 1
        elif decision.action in PAID:
            paid += 1
        else:
            blocked += 1
    return Amounts(
        pictures=len(cells),
        gross=MicroUsd(sum(prices.values())),
        bought=bought,
        satisfied=MicroUsd(satisfied),
        to_buy=plan.images,
        remaining=plan.cost,
        again=sum(len(step.cells) for step in plan.steps if step.action is not Action.BUY),
        blocked=blocked,
        unpriced=unpriced,
        refused=paid - plan.images,
    )

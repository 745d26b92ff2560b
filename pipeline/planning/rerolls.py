"""Rerolls: the takes that verdicts ask for, as cells beside those of the manifest."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from pipeline.domain.fingerprint import CellKey, Sha256, canonical
from pipeline.domain.history import History
from pipeline.domain.identity import Keyer, Recipe
from pipeline.domain.plan import Cell
from pipeline.domain.verdicts import About, Ruling, asked_for

Picture = Callable[[CellKey], Sha256 | None]
"""The current picture of a cell, None where it has none."""
Shot = tuple[str, str, str, str]
"""What an author thinks of as one picture: the parts of an address but for the take."""


def shot_of(cell: Cell) -> Shot:
    """The shot that a cell is a take of."""
    return cell.address[:4]


def picture_in(history: History) -> Picture:
    """The current picture of each cell that was delivered.

    Args:
        history: with the current delivery of each cell first: `verdicts.current_first`.
    """

    def picture(key: CellKey) -> Sha256 | None:
        deliveries = history.deliveries.get(key)
        return deliveries[0].output.sha256 if deliveries else None

    return picture


def paid_for(history: History, claims: Container[CellKey]) -> Callable[[CellKey], bool]:
    """Whether a cell was paid for, or may have been.

    Args:
        history: all receipts.
        claims: cells of open attempts.
    """
    places: tuple[Container[CellKey], ...] = (
        history.deliveries,
        history.unassigned,
        history.doubts,
        claims,
    )
    return lambda key: any(key in place for place in places)


def takes_asked(
    cells: Sequence[Cell],
    rulings: Mapping[About, Ruling],
    *,
    picture: Picture,
    is_bought: Callable[[CellKey], bool],
) -> Mapping[Shot, Sequence[int]]:
    """Takes that rerolls of current pictures ask for, beside those that are wanted already.

    A reroll of a picture that is not current any more is stale and asks for nothing: after a
    change of the prompt every picture is new, and nobody has looked at it yet. A take may be
    rerolled itself.

    Args:
        cells: wanted by the manifest.
        rulings: from `verdicts.resolve`.
        picture: the current picture of a cell.
        is_bought: whether a cell was paid for, or may have been.

    Returns:
        Sorted takes by shot, in the order of the cells; shots without any are left out.
    """
    found: dict[Shot, Sequence[int]] = {}
    if not any(ruling.asked for ruling in rulings.values()):
        return found
    for shot, takes in _by_shot(cells).items():
        own = [cells[index] for index in takes]
        asked = _of_shot(own, rulings, picture=picture, is_bought=is_bought)
        if asked:
            found[shot] = sorted(asked)
    return found


def _of_shot(
    takes: Sequence[Cell],
    rulings: Mapping[About, Ruling],
    *,
    picture: Picture,
    is_bought: Callable[[CellKey], bool],
) -> set[int]:
    keyer = _keyer(takes[0])
    wanted = {cell.address.take for cell in takes}
    waiting = [cell.key for cell in takes]
    found: set[int] = set()
    while waiting:
        key = waiting.pop()
        shown = picture(key)
        ruling = None if shown is None else rulings.get(About(key, shown))
        if ruling is None:
            continue
        take = asked_for(ruling, is_bought=lambda number: is_bought(keyer(number)))
        if take is not None and take not in wanted | found:
            found.add(take)
            waiting.append(keyer(take))
    return found


def _keyer(like: Cell) -> Callable[[int], CellKey]:
    """Keys of other takes of a cell's shot."""
    keyer = Keyer(like.recipe)
    return lambda take: keyer(like.source, take)


def with_takes(cells: Sequence[Cell], asked: Mapping[Shot, Sequence[int]]) -> tuple[Cell, ...]:
    """The cells with the takes that were asked for, each behind the lower ones of its shot.

    Args:
        cells: wanted by the manifest.
        asked: from `takes_asked` for these cells.
    """
    shots = _by_shot(cells) if asked else {}
    behind: dict[int, list[Cell]] = {}
    for shot, takes in asked.items():
        places = shots[shot]
        first = cells[places[0]]
        key = _keyer(first)
        for take in takes:
            lower = [index for index in places if cells[index].address.take < take]
            place = max(lower, default=places[0])
            address = first.address._replace(take=take)
            made = first._replace(address=address, key=key(take), pin=None)
            behind.setdefault(place, []).append(made)
    found: list[Cell] = []
    for index, cell in enumerate(cells):
        found.append(cell)
        found += behind.get(index, ())
    return tuple(found)


def _by_shot(cells: Sequence[Cell]) -> Mapping[Shot, Sequence[int]]:
    """Where the takes of each shot stand."""
    found: dict[Shot, list[int]] = {}
    for index, cell in enumerate(cells):
        found.setdefault(shot_of(cell), []).append(index)
    return found


class NextTakes:
    """Gives takes to rerolls: for each picture the highest wanted or bought take of its shot + 1.

    Rerolls of one picture are one take, whoever gives them and however often.
    """

    def __init__(
        self, cells: Iterable[Cell], rulings: Mapping[About, Ruling], history: History
    ) -> None:
        """Begin.

        Args:
            cells: wanted by the manifest and by verdicts.
            rulings: of all verdicts that are there already.
            history: what was bought, wherever it stands now.
        """
        self._cells = {cell.key: cell for cell in cells}
        self._rulings = rulings
        self._given: dict[About, int] = {}
        self._names: dict[int, str] = {}
        self._highest: dict[tuple[str, Sha256 | None], int] = {}
        for cell in self._cells.values():
            self._raise(cell.recipe, cell.source, cell.address.take)
        for order in history.orders.values():
            for asked in order.cells:
                self._raise(order.recipe, asked.source, asked.take)

    def take_of(self, about: About) -> int | None:
        """The take that a reroll of this picture asks for; None where nothing wants its cell."""
        cell = self._cells.get(about.cell)
        if cell is None:
            return None
        if about not in self._given:
            known = self._rulings.get(about)
            self._given[about] = (
                min(known.asked)
                if known is not None and known.asked
                else self._raise(cell.recipe, cell.source, 0) + 1
            )
            self._raise(cell.recipe, cell.source, self._given[about])
        return self._given[about]

    def _raise(self, recipe: Recipe, source: Sha256 | None, take: int) -> int:
        """Note a take of a shot; returns the highest one so far."""
        # Cells of one expansion share their recipes as objects, and those of one order do.
        name = self._names.get(id(recipe))
        if name is None:
            name = self._names[id(recipe)] = canonical(recipe.components())
        shot = (name, source)
        self._highest[shot] = max(take, self._highest.get(shot, 0))
        return self._highest[shot]

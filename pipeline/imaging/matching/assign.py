"""Who belongs to whom, given how alike everything is: the best answer as a whole, and how sure.

Pure: no pixels here. Likenesses are read as evidence on one scale, so that sums of them compare
whole answers. An output may also be a second copy of a source that another output serves, or show a
decoy (the reference that was sent along), or nothing that was sent.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

NOBODY = -1
FLOOR = 0.05
"""Likeness below which an output is rather nobody's than its most likely source's."""
COPY_COST = 0.08
"""How much likelier it is that each source was used once than that one was used twice."""
_SURE = 28.0
_IMPOSSIBLE = -1e6


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose one output is.

    Attributes:
        source: index of the source that it shows, `NOBODY` if none.
        serves: whether it is the one that counts for that source; others that show it are copies.
        confidence: 0 to 1, that it shows this source and no other.
    """

    source: int
    serves: bool
    confidence: float


def assign(likeness: Sequence[Sequence[float]], places: Sequence[int]) -> tuple[Owner, ...]:
    """Find the owners of all outputs together.

    Args:
        likeness: for each output its likeness to each source, 0 to 1.
        places: for each source how many outputs it was asked for; 0 for a decoy.

    Returns:
        One owner for each output. No source is served more often than it was asked for; which of
        several copies serves is decided by likeness, then by order.
    """
    if not likeness:
        return ()
    whole, labels = _best(likeness, places, forbidden=None)
    owners = []
    for output, source in enumerate(labels):
        otherwise, _ = _best(likeness, places, forbidden=(output, source))
        serves = output in _serving(source, likeness, labels, places)
        owners.append(Owner(source, serves, _confidence(whole - otherwise)))
    return tuple(owners)


def _serving(
    source: int, likeness: Sequence[Sequence[float]], labels: Sequence[int], places: Sequence[int]
) -> list[int]:
    """Of the outputs that show a source those that count for it: the most alike, the first."""
    if source == NOBODY:
        return []
    showing = [output for output, label in enumerate(labels) if label == source]
    return sorted(showing, key=lambda output: -likeness[output][source])[: places[source]]


def _confidence(margin: float) -> float:
    """What the distance to the best other answer says; measured, see `tests/defects`."""
    return 1.0 / (1.0 + math.exp(-_SURE * max(0.0, margin)))


def _best(
    likeness: Sequence[Sequence[float]],
    places: Sequence[int],
    *,
    forbidden: tuple[int, int] | None,
) -> tuple[float, list[int]]:
    """The best whole answer, without one pair of output and source.

    Returns:
        Its worth, and the source of each output.
    """
    columns = [source for source, count in enumerate(places) for _ in range(count)]
    spare: list[tuple[float, int]] = []
    worth: list[list[float]] = []
    for output, own in enumerate(likeness):

        def allowed(source: int, output: int = output) -> bool:
            return forbidden != (output, source)

        row = [own[source] if allowed(source) else _IMPOSSIBLE for source in columns]
        # Each output has a column of its own for what serves no cell.
        choices = [(FLOOR, NOBODY)] if allowed(NOBODY) else []
        choices += [
            (value - (COPY_COST if places[source] else 0.0), source)
            for source, value in enumerate(own)
            if allowed(source)
        ]
        spare.append(max(choices, default=(_IMPOSSIBLE, NOBODY)))
        alone = [_IMPOSSIBLE] * len(likeness)
        alone[output] = spare[output][0]
        worth.append(row + alone)
    taken = highest_sum(worth)
    labels = [
        columns[column] if column < len(columns) else spare[output][1]
        for output, column in enumerate(taken)
    ]
    return sum(worth[output][column] for output, column in enumerate(taken)), labels


def highest_sum(worth: Sequence[Sequence[float]]) -> list[int]:
    """Give each row a column of its own so that the sum is highest (the Hungarian method).

    Args:
        worth: rows of equal length, no fewer columns than rows.

    Returns:
        The column of each row; of equal answers always the same.
    """
    board = _Board(worth)
    for row in range(len(worth)):
        board.seat(row)
    found = [0] * len(worth)
    for column, seated in enumerate(board.row_of[:-1]):
        if seated is not None:
            found[seated] = column
    return found


class _Board:
    """Rows that are seated one after the other, prices kept so that no swap would pay."""

    def __init__(self, worth: Sequence[Sequence[float]]) -> None:
        self._worth = worth
        self._columns = len(worth[0])
        self._row_price = [0.0] * len(worth)
        self._column_price = [0.0] * (self._columns + 1)
        # The last column is where a new row waits.
        self.row_of: list[int | None] = [None] * (self._columns + 1)

    def seat(self, row: int) -> None:
        """Find the cheapest chain of moves that gives one more row a column."""
        waiting = column = self._columns
        self.row_of[waiting] = row
        slack, via = [math.inf] * self._columns, [waiting] * self._columns
        done: list[int] = []
        while (at := self.row_of[column]) is not None:
            done.append(column)
            free = [other for other in range(self._columns) if other not in done]
            for other in free:
                cost = -self._worth[at][other] - self._row_price[at] - self._column_price[other]
                if cost < slack[other]:
                    slack[other], via[other] = cost, column
            nearest = min(free, key=lambda other: slack[other])
            self._raise_prices(done, free, slack, slack[nearest])
            column = nearest
        while column != waiting:
            before = via[column]
            self.row_of[column] = self.row_of[before]
            column = before
        self.row_of[waiting] = None

    def _raise_prices(
        self, done: list[int], free: list[int], slack: list[float], step: float
    ) -> None:
        for column in done:
            row = self.row_of[column]
            if row is not None:
                self._row_price[row] += step
            self._column_price[column] -= step
        for column in free:
            slack[column] -= step

"""What a reviewer would see at one commit, and what of it differs at another one."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from pipeline.domain.fingerprint import Sha256
from pipeline.domain.history import fold
from pipeline.domain.plan import Cell
from pipeline.domain.receipts import Output
from pipeline.domain.verdicts import About, Ruling, current_first, resolve
from pipeline.planning.wishes import Asking, Side

Change = Literal["new", "changed", "lost", "stale"]


class Shown(NamedTuple):
    """A wanted cell of one side.

    Attributes:
        cell: the cell.
        output: its current picture by that side's receipts and verdicts; None without any.
        ruling: what that side's reviewers say about it; None where nobody said anything.
    """

    cell: Cell
    output: Output | None
    ruling: Ruling | None

    @property
    def picture(self) -> Sha256 | None:
        """Digest of its picture."""
        return None if self.output is None else self.output.sha256

    @property
    def is_decided(self) -> bool:
        """Whether a verdict counts for it."""
        return self.ruling is not None and self.ruling.word is not None


def shown(side: Side, name: str) -> dict[str, Shown]:
    """Cells of a campaign by address, in the order of its manifest.

    Args:
        side: a commit or the working tree; its own receipts alone decide what had come by then.
        name: of the campaign there; an unknown one wants nothing.
    """
    history = fold(list(side.filed))
    wished = Asking(history).of(side).wishes.get(name)
    if wished is None:
        return {}
    rulings = resolve(side.verdicts.get(name, ()), need=wished.campaign.review_need)
    cells = wished.expansion.cells
    pinned = {cell.key: cell.pin for cell in cells if cell.pin is not None}
    history = current_first(history, rulings, pinned=pinned)
    found: dict[str, Shown] = {}
    for cell in cells:
        deliveries = history.deliveries.get(cell.key)
        output = deliveries[0].output if deliveries else None
        ruling = None if output is None else rulings.get(About(cell.key, output.sha256))
        found[str(cell.address)] = Shown(cell, output, ruling)
    return found


def changes(
    before: Mapping[str, Shown], after: Mapping[str, Shown]
) -> Iterator[tuple[str, Change]]:
    """Addresses that show something else than before, and what happened: after's order first.

    `new` has a picture and had none. `changed` has another one. `stale` was decided, and the
    verdict does not count any more although no other picture has come: the cell is wanted anew, or
    is another one with the same picture. `lost` had a picture and has none.
    """
    for address, now in after.items():
        kind = _change(before.get(address), now)
        if kind is not None:
            yield address, kind
    for address, then in before.items():
        if address not in after and then.picture is not None:
            yield address, "lost"


def _change(then: Shown | None, now: Shown) -> Change | None:
    had = None if then is None else then.picture
    if then is None or had is None:
        return None if now.picture is None else "new"
    if now.picture is None:
        return "stale" if then.is_decided else "lost"
    if now.picture != had:
        return "changed"
    return "stale" if then.is_decided and now.cell.key != then.cell.key else None

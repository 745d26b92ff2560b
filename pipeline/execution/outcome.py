"""How attempts and runs end, and what stops a run; light to import."""

from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.execution.events import Happened


class Ended(NamedTuple):
    """How an attempt ended, as far as this run is concerned.

    Attributes:
        kind: the last thing that happened to it.
        attempt: its id.
        cells: addresses in output order.
        money: taken, or possibly taken.
        outputs: how many pictures arrived.
        message: for people.
    """

    kind: Happened
    attempt: str
    cells: tuple[str, ...]
    money: MicroUsd
    outputs: int
    message: str


class Brake:
    """Says whether the run shall reserve no more; set by the first Ctrl-C."""

    def __init__(self) -> None:
        self.is_pulled = False

    def pull(self) -> None:
        """Reserve no more; what is under way is seen through."""
        self.is_pulled = True


@dataclass(slots=True)
class Outcome:
    """What a run did.

    Attributes:
        ended: attempts in the order in which they ended, recovered ones too.
        over: the cap that stopped it, if one did.
        stopped: why the provider turned this account, or every request, away; empty if it did not.
        tripped: why the breaker stopped it, and how often that happened; empty if it did not.
        not_tried: steps that were not begun.
    """

    ended: list[Ended] = field(default_factory=list)
    over: Limit | None = None
    stopped: str = ""
    tripped: str = ""
    not_tried: int = 0

    def of(self, *kinds: Happened) -> list[Ended]:
        """Attempts that ended in one of these ways."""
        return [ended for ended in self.ended if ended.kind in kinds]

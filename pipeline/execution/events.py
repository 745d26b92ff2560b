"""What happens during a run, as values: for the progress display and for `--events`."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.domain.money import ZERO, MicroUsd


class Happened(enum.StrEnum):
    """Kinds of events."""

    RESERVE = "reserve"
    SUBMIT = "submit"
    RESUME = "resume"
    DELIVER = "deliver"
    SETTLE = "settle"
    FAIL = "fail"
    REFUSE = "refuse"
    RELEASE = "release"
    DOUBT = "doubt"
    WAIT = "wait"
    LATER = "later"
    CAP = "cap"
    STOP = "stop"
    OVERRUN = "overrun"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        kind: what.
        attempt: whose; empty where no attempt exists.
        cells: addresses of the cells, in output order.
        message: for people.
        money: what it cost, or may have cost.
        prediction: the provider's id, where known.
    """

    kind: Happened
    attempt: str
    cells: tuple[str, ...]
    message: str = ""
    money: MicroUsd = ZERO
    prediction: str = ""


Listener = Callable[[Event], None]

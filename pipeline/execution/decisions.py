"""Repeating is a decision, not a loop: pure functions of what failed and how often."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.execution.ports import Failure

RETENTION = timedelta(days=7)
"""How long the provider keeps predictions and pictures (its documentation, 2026)."""

_MOST_UNSENT = 8
_BASE_S = 1.0
_CEILING_S = 60.0


@dataclass(frozen=True, slots=True)
class Again:
    """Repeat the call after a wait."""

    after_s: float


class Verdict(enum.Enum):
    """The ends that are not another try."""

    REFUSED = enum.auto()
    UNUSABLE = enum.auto()
    UNREACHABLE = enum.auto()
    IN_DOUBT = enum.auto()


def after_submit(failure: Failure, unsent: int) -> Again | Verdict:
    """Decide on a submit that has just failed.

    Args:
        failure: what is known.
        unsent: how many tries in a row did not reach the provider, this one included.

    Returns:
        `Again` only where the provider surely did nothing; an unknown outcome is never repeated. A
        busy provider uses up no tries, and the wait is none of this attempt's own: it is everybody
        who waits, and the pacer knows until when.
    """
    match failure:
        case Failure.UNKNOWN:
            return Verdict.IN_DOUBT
        case Failure.REFUSED:
            return Verdict.REFUSED
        case Failure.UNUSABLE:
            return Verdict.UNUSABLE
        case Failure.BUSY:
            return Again(after_s=0.0)
        case Failure.NOT_SENT:
            if unsent >= _MOST_UNSENT:
                return Verdict.UNREACHABLE
            return Again(after_s=min(_CEILING_S, _BASE_S * 2 ** (unsent - 1)))


@dataclass(frozen=True, slots=True)
class PollPace:
    """How often to look at a prediction.

    Attributes:
        first_s: wait before the first look.
        growth: factor from one wait to the next.
        most_s: longest wait.
        patience_s: how long to look before leaving it to the next run, which looks for free.
        at_once: most looks at once, whatever the number of predictions; 1 or more.
    """

    first_s: float = 2.0
    growth: float = 1.3
    most_s: float = 10.0
    patience_s: float = 1800.0
    at_once: int = 32

    def wait(self, looks: int) -> float:
        """Seconds to wait before look number `looks`, from 1."""
        return min(self.most_s, self.first_s * self.growth ** min(looks - 1, 50))


def is_forgotten(sent_at: str, now: datetime) -> bool:
    """Whether the provider has deleted what was sent then (UTC, ISO)."""
    return now - datetime.fromisoformat(sent_at) > RETENTION

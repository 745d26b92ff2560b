"""The breaker: when so much goes wrong that buying on would only buy more of the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.execution.events import Happened
from pipeline.execution.outcome import Ended


class _Trouble(NamedTuple):
    """What was wrong with one attempt; two are the same when kind and words are."""

    kind: Happened
    words: str


@dataclass(frozen=True, slots=True)
class Breaker:
    """Trips when many of the last attempts went wrong, or several in a row in the same way.

    Anything but a whole delivery is wrong: failed or refused, a delivery that is short or empty,
    and also an attempt that is in doubt, was left for the next run, or could not be sent: each of
    them may have cost money for nothing, or will when the next one gets through.

    Attributes:
        failures: so many trip it, 1 or more.
        of: out of so many that ended last, `failures` or more.
        same: so many in a row with the same words, the provider's code among them, trip it too;
            1 or more.
    """

    failures: int = 8
    of: int = 20
    same: int = 5

    def judge(self, ended: Sequence[Ended]) -> str:
        """Judge a run by how its attempts ended.

        Args:
            ended: in the order in which they ended; only the last `of` and `same` count.

        Returns:
            What happened and how often; empty while nothing is wrong.
        """
        row = [_trouble(one) for one in ended[-self.same :]]
        last = row[-1] if row else None
        if last is not None and len(row) == self.same and all(one == last for one in row):
            return f"the same {self.same} times in a row: {last.words}"
        recent = [_trouble(one) for one in ended[-self.of :]]
        wrong = [trouble for trouble in recent if trouble is not None]
        if len(wrong) >= self.failures:
            words = f"{len(wrong)} of the last {len(recent)} requests went wrong"
            return f"{words}, the last one so: {wrong[-1].words}"
        return ""


def _trouble(ended: Ended) -> _Trouble | None:
    if ended.kind is not Happened.SETTLE:
        return _Trouble(ended.kind, ended.message or ended.kind.value)
    if ended.outputs < len(ended.cells):
        came = "nothing came" if not ended.outputs else "fewer pictures came than were paid for"
        return _Trouble(ended.kind, came)
    return None

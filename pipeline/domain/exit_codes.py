"""What the exit code of a command says: the one table, which help and README print.

Scripts and other people's CI rely on these numbers, so none is ever used for something else. Where
several hold at the end of a run, 6 outranks 4, and 4 outranks 5.
"""

from collections.abc import Mapping
from typing import Final

DONE: Final = 0
BUG: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
STOPPED: Final = 4
UNFINISHED: Final = 5
IN_DOUBT: Final = 6
NOT_PERMITTED: Final = 7
HELD: Final = 8
UNUSABLE: Final = 9
SOMETHING_TO_BUY: Final = 10
INCOMPLETE: Final = 11
STATE_DAMAGED: Final = 12
INTERRUPTED: Final = 130

MEANINGS: Final[Mapping[int, str]] = {
    DONE: "done",
    BUG: "a bug in the program",
    USAGE: "usage or manifest problem",
    REFUSED: "policy or budget refused",
    STOPPED: "stopped by cap, canary, breaker",
    UNFINISHED: "finished with failed jobs",
    IN_DOUBT: "charges in doubt",
    NOT_PERMITTED: "permit or price refused",
    HELD: "held by another run",
    UNUSABLE: "provider unusable",
    SOMETHING_TO_BUY: "--detailed-exitcode: something to buy",
    INCOMPLETE: "run --locked: the lock is not complete",
    STATE_DAMAGED: "state damaged, unwritable or too new",
    INTERRUPTED: "interrupted, safe",
}
"""Each code in a few words, in the order of their numbers."""

REFUSE_BEFORE_SENDING: Final = (USAGE, REFUSED, NOT_PERMITTED, INCOMPLETE)
"""Those that say that nothing was sent for the campaign that they are about.

8 and 12 are not among them: a disk may fill up, and a ledger be busy, while a request is under way.
The message then says what became of its money.
"""

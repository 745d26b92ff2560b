"""The ledger: attempts, claims and money in SQLite, written ahead of every effect.

Write-ahead log with `synchronous=FULL`, so what was committed survives a power cut. All writes of
one process go through one thread that commits whatever has gathered meanwhile; a caller continues
only when its own write is durable. A ledger is never thrown away: a damaged one, or one from the
future, stops the command.

`schema` is the format, with the totals that it keeps by itself; `opening` makes, brings up, checks
or refuses a file; `writer` commits; `money` says what attempts book; `trouble` what people are
told; `sqlite_ledger` puts them together.
"""

from pipeline.adapters.ledger.money import Booked, Overrun, add_up
from pipeline.adapters.ledger.opening import examine, set_aside
from pipeline.adapters.ledger.sqlite_ledger import SqliteLedger

__all__ = ["Booked", "Overrun", "SqliteLedger", "add_up", "examine", "set_aside"]

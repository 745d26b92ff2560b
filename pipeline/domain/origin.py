"""Where each value that counts for a campaign was written."""

from typing import Literal, NamedTuple

from pipeline.domain.diagnostics import Span
from pipeline.domain.fingerprint import Json

Written = Literal["campaign", "parent", "workspace", "default"]


class Origin(NamedTuple):
    """One value and its place.

    Attributes:
        path: way to the value by key and index: `matrix.exclude[0].set`.
        value: as written, or as the language has it by default; lists of plain values are one.
        written: in which kind of file; `default` where nobody wrote it.
        at: where, None for a default.
    """

    path: str
    value: Json
    written: Written
    at: Span | None

"""Text for spreadsheet programs: tables in which no cell is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell starts that is taken for a formula; full-width signs too (OWASP, CSV injection)."""


def neutral(text: str) -> str:
    """Make a cell harmless: one that starts like a formula gets an apostrophe before it.

    Prompts, names and notes come from anybody, and a table is opened by somebody who trusts it. The
    apostrophe is what spreadsheet programs themselves use for "this is text". Blanks before the
    sign do not help an attacker: some programs skip them.
    """
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_STARTS) else text


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""A CSV document of RFC 4180 with neutral cells; lines end with `\r\n`."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return file.getvalue()

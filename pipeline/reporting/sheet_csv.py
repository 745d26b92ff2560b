"""`sheet.csv`: the cells of a contact sheet for spreadsheet programs, one line each.

A reader goes by the names of the columns; later versions may add some at the end. Cells that begin
like a formula are neutral (see `spreadsheet`). Money is in dollars, as text.
"""

from pipeline.domain.money import MicroUsd, format_usd
from pipeline.reporting.sheet.facts import Cell, SheetFacts, Vote
from pipeline.reporting.sheet.words import UNDECIDED
from pipeline.reporting.spreadsheet import table

COLUMNS = (
    "address",
    "set",
    "picture",
    "variant",
    "size",
    "take",
    "state",
    "reason",
    "verdict",
    "votes",
    "notes",
    "flags",
    "charge_usd",
    "charge_is",
    "quote_usd",
    "reroll_usd",
    "delivered",
    "width",
    "height",
    "sha256",
    "file",
    "files",
    "prediction",
    "attempt",
    "cell_key",
    "parameters",
    "prompt",
)


def sheet_csv(facts: SheetFacts) -> str:
    """All cells of a sheet in the order of its page, as CSV."""
    return table(COLUMNS, [_row(cell, facts) for cell in facts.cells])


def _row(cell: Cell, facts: SheetFacts) -> list[str]:
    where = cell.address
    return [
        str(where),
        where.set,
        where.picture,
        where.variant,
        where.size,
        str(where.take),
        cell.state.value,
        cell.reason,
        "" if cell.picture is None else cell.verdict.value if cell.verdict else UNDECIDED,
        "; ".join(map(_voice, cell.votes)),
        "; ".join(cell.notes),
        "; ".join(f"{flag.severity}: {flag.name}: {flag.words}" for flag in cell.flags),
        _usd(cell.charge),
        "" if cell.charge is None else cell.basis.value,
        _usd(cell.quote),
        _usd(cell.reroll),
        cell.day,
        "" if cell.pixels is None else str(cell.pixels.width),
        "" if cell.pixels is None else str(cell.pixels.height),
        cell.picture or "",
        cell.link or "",
        "; ".join(each.link for each in cell.renditions),
        cell.prediction,
        cell.attempt,
        cell.key,
        "; ".join(f"{name}={value}" for name, value in facts.params[cell.params]),
        facts.prompts[cell.prompt].text,
    ]


def _voice(vote: Vote) -> str:
    note = f": {vote.note}" if vote.note else ""
    return f"{vote.reviewer} {vote.at[:10]} {vote.word.value}{note}"


def _usd(amount: MicroUsd | None) -> str:
    return "" if amount is None else format_usd(amount).replace("$", "").replace(",", "")

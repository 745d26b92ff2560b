"""Pictures and money by campaign, owner, tag, month and workspace: for people, sheets, programs."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.domain.attempt import Spent
from pipeline.domain.money import ZERO, MicroUsd, format_usd

Scope = Literal["campaign", "owner", "tag", "month", "workspace"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_MONEY = ("charged", "reserved", "in doubt", "refund pending", "left")
_CSV = (
    "scope",
    "name",
    "pictures",
    "wanted",
    "to_buy_usd",
    "charged_usd",
    "reserved_usd",
    "in_doubt_usd",
    "refund_pending_usd",
    "cap_usd",
    "left_usd",
    "images",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign, or several together.

    Attributes:
        scope: what the line adds up.
        name: campaign, owner, tag or UTC month; empty for the workspace.
        here: wanted pictures that are bought; None where the scope wants none of its own.
        wanted: all wanted pictures; None where a manifest cannot be read, or as above.
        cost: of what is left to buy; None as above.
        spent: money.
        cap: None without one, and for drafts, whose money is held against it run by run.
    """

    scope: Scope
    name: str
    here: int | None
    wanted: int | None
    cost: MicroUsd | None
    spent: Spent
    cap: MicroUsd | None

    @property
    def left(self) -> MicroUsd | None:
        """Of the cap; negative when it is passed."""
        return None if self.cap is None else MicroUsd(self.cap - self.spent.total)


def together(scope: Scope, name: str, lines: Sequence[Line]) -> Line:
    """One line for campaigns that have an owner or a tag in common.

    Args:
        scope: what they have in common.
        name: its name.
        lines: of campaigns, at least one.
    """
    spent = lines[0].spent
    for line in lines[1:]:
        spent = spent.plus(line.spent)
    wanted = [line.wanted for line in lines if line.wanted is not None]
    caps = [line.cap for line in lines if line.cap is not None]
    return Line(
        scope,
        name,
        sum(line.here or 0 for line in lines),
        sum(wanted) if len(wanted) == len(lines) else None,
        MicroUsd(sum(line.cost or ZERO for line in lines)),
        spent,
        MicroUsd(sum(caps)) if len(caps) == len(lines) else None,
    )


def money_table(lines: Sequence[Line]) -> str:
    """A table for people; a blank line between scopes, each with a head of its own."""
    parts: list[list[tuple[str, ...]]] = []
    for position, line in enumerate(lines):
        if position == 0 or lines[position - 1].scope != line.scope:
            parts.append([(line.scope, "pictures", "to buy", *_MONEY)])
        parts[-1].append(_row(line))
    rows = [row for part in parts for row in part]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n\n".join("\n".join(_aligned(row, widths) for row in part) for part in parts) + "\n"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.ljust(width) if column == 0 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def _row(line: Line) -> tuple[str, ...]:
    pictures = ""
    if line.here is not None:
        wanted = "?" if line.wanted is None else f"{line.wanted:,}"
        pictures = f"{line.here:,} of {wanted}"
    return (
        line.name or "all",
        pictures,
        "" if line.cost is None else format_usd(line.cost),
        format_usd(line.spent.charged),
        format_usd(line.spent.reserved),
        format_usd(line.spent.in_doubt),
        format_usd(line.spent.refund_pending),
        "" if line.left is None else format_usd(line.left),
    )


def money_csv(lines: Sequence[Line]) -> str:
    """The same as CSV (RFC 4180): money in decimal dollars, empty where there is none."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_CSV)
    writer.writerows(_csv_row(line) for line in lines)
    return text.getvalue()


def _csv_row(line: Line) -> Iterator[str]:
    spent = line.spent
    yield from (_safe(line.scope), _safe(line.name), _number(line.here), _number(line.wanted))
    money = (line.cost, spent.charged, spent.reserved, spent.in_doubt, spent.refund_pending)
    for amount in (*money, line.cap, line.left):
        yield "" if amount is None else format_usd(amount).replace("$", "").replace(",", "")
    yield str(spent.images)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _safe(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def money_document(lines: Sequence[Line]) -> list[Mapping[str, object]]:
    """The same for machines; money in micro-dollars, the name under its scope."""
    return [
        {
            line.scope: line.name,
            "pictures": line.here,
            "wanted": line.wanted,
            "cost": line.cost,
            "charged": line.spent.charged,
            "reserved": line.spent.reserved,
            "in_doubt": line.spent.in_doubt,
            "refund_pending": line.spent.refund_pending,
            "images": line.spent.images,
            "cap": line.cap,
            "left": line.left,
        }
        for line in lines
    ]

"""A budget review for a terminal; readable without colour, never cut."""

from collections.abc import Iterator, Sequence

from pipeline.domain.difference import Diff, Point
from pipeline.reporting.diff_words import (
    COLUMNS,
    LOST,
    cap_words,
    discard_words,
    lost_words,
    measure,
    notes,
    outcome,
    row_cells,
    row_note,
    rule_result,
    setting_values,
    shared_caps,
    shown_rows,
    total_cells,
    untouched_words,
    verdict,
)

_MOST_LOST = 20


def diff_text(diff: Diff) -> str:
    """Lay a review out; what is lost or discarded comes first."""
    parts = [
        [f"{_point(diff.base)} .. {_point(diff.head)}"],
        [verdict(diff), outcome(diff)],
        list(_lost(diff)),
        [f"{one.campaign}: {discard_words(one)}" for one in diff.discards],
        list(_campaigns(diff)),
        list(_settings(diff)),
        list(_rules(diff)),
        list(notes(diff)),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _point(point: Point) -> str:
    at = f"on {point.commit[:10]}" if point.is_worktree else point.commit[:10]
    return point.label if point.label == point.commit[:10] else f"{point.label} ({at})"


def _lost(diff: Diff) -> Iterator[str]:
    if not diff.lost:
        return
    yield f"{lost_words(diff)} {LOST}"
    for one in diff.lost[:_MOST_LOST]:
        yield f"  campaigns/{one.campaign}/lock: {one.kind} {one.attempt}"
    if len(diff.lost) > _MOST_LOST:
        yield f"  … and {len(diff.lost) - _MOST_LOST:,} more"


def _campaigns(diff: Diff) -> Iterator[str]:
    touched, rest = shown_rows(diff)
    rows: list[tuple[str, ...]] = [("campaign", *COLUMNS, "cap, once bought")]
    for row in touched:
        note = row_note(row)
        name = f"{row.name} ({note})" if note else row.name
        cap = "" if row.status == "removed" else cap_words(row.cap)
        rows.append((name, *row_cells(row), cap))
    if len(diff.rows) > 1:
        rows.append(("all campaigns", *total_cells(diff), ""))
    if len(rows) > 1:
        yield from _aligned(rows)
    if rest:
        yield f"  {untouched_words(rest)}"
    for name, used in shared_caps(diff):
        yield f"  {name}: {used}"


def _settings(diff: Diff) -> Iterator[str]:
    rows = [
        (
            one.campaign or "workspace",
            one.what,
            *setting_values(one),
            "allows more than before" if one.loosens else "",
        )
        for one in diff.settings
    ]
    if rows:
        yield from _aligned([("declared", "", "before", "after", ""), *rows], left=5)


def _rules(diff: Diff) -> Iterator[str]:
    rows = [
        (
            str(one.rule),
            measure(one.measured, one.unit),
            measure(one.limit, one.unit),
            rule_result(one),
            one.why,
        )
        for one in diff.rules
    ]
    yield from _aligned([("rule", "measured", "limit", "", ""), *rows], left=5)


def _aligned(rows: Sequence[tuple[str, ...]], left: int = 1) -> Iterator[str]:
    """A table; its first `left` columns are aligned left, the others right, but for the last."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    last = len(widths) - 1
    for row in rows:
        cells = [
            cell.ljust(width) if column < left or column == last else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(cells)}".rstrip()

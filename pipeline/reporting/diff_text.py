"""A budget review for a terminal; readable without colour, never cut.

Lines are at most 80 columns wide, so that tables stay tables in a narrow window and in a log; only
a name or a word that is longer by itself is wider.
"""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.domain.difference import Diff, Point, Setting
from pipeline.domain.review_budget import Judgement
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
    rule_finding,
    rule_result,
    setting_values,
    shared_caps,
    shown_rows,
    total_cells,
    untouched_words,
    verdict,
)

_MOST_LOST = 20
_WIDTH = 80
_INDENT = "  "
_GAP = "  "
_MOST_LABEL = 26
"""Columns of a label that stands beside its text; a longer one stands above it."""


def diff_text(diff: Diff) -> str:
    """Lay a review out; what is lost or discarded comes first."""
    discards = [f"{one.campaign}: {discard_words(one)}" for one in diff.discards]
    parts = [
        [f"{_point(diff.base)} .. {_point(diff.head)}"],
        [*_sentence(verdict(diff)), *_sentence(outcome(diff))],
        list(_lost(diff)),
        [line for discard in discards for line in _sentence(discard, hang=_INDENT)],
        list(_campaigns(diff)),
        list(_caps(diff)),
        list(_settings(diff)),
        list(_rules(diff)),
        [line for note in notes(diff) for line in _sentence(note)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _point(point: Point) -> str:
    at = f"on {point.commit[:10]}" if point.is_worktree else point.commit[:10]
    return point.label if point.label == point.commit[:10] else f"{point.label} ({at})"


def _lost(diff: Diff) -> Iterator[str]:
    if not diff.lost:
        return
    yield from _sentence(f"{lost_words(diff)} {LOST}")
    for one in diff.lost[:_MOST_LOST]:
        yield f"  campaigns/{one.campaign}/lock: {one.kind} {one.attempt}"
    if len(diff.lost) > _MOST_LOST:
        yield f"  … and {len(diff.lost) - _MOST_LOST:,} more"


def _campaigns(diff: Diff) -> Iterator[str]:
    touched, rest = shown_rows(diff)
    rows: list[tuple[str, ...]] = [("campaign", *COLUMNS)]
    for row in touched:
        note = row_note(row)
        rows.append((f"{row.name} ({note})" if note else row.name, *row_cells(row)))
    if len(diff.rows) > 1:
        rows.append(("all campaigns", *total_cells(diff)))
    if len(rows) > 1:
        yield from _numbers(rows)
    if rest:
        yield f"{_INDENT}{untouched_words(rest)}"


def _caps(diff: Diff) -> Iterator[str]:
    touched, _ = shown_rows(diff)
    rows = [(row.name, cap_words(row.cap)) for row in touched if row.status != "removed"]
    rows += shared_caps(diff)
    if rows:
        yield f"{_INDENT}cap, once bought"
        yield from _listed(rows)


def _settings(diff: Diff) -> Iterator[str]:
    if diff.settings:
        yield f"{_INDENT}declared, before → after"
    width = _label_width([one.what for one in diff.settings])
    for campaign, mine in groupby(diff.settings, key=lambda one: one.campaign):
        yield f"{_INDENT}{campaign or 'workspace'}"
        rows = [(one.what, _moved(one)) for one in mine]
        yield from _listed(rows, indent=2 * _INDENT, width=width)


def _moved(setting: Setting) -> str:
    before, after = ("none" if value == "-" else value for value in setting_values(setting))
    more = ", which allows more than before" if setting.loosens else ""
    return f"{before} → {after}{more}"


def _rules(diff: Diff) -> Iterator[str]:
    yield f"{_INDENT}rules"
    yield from _listed([(str(one.rule), _judged(one, diff)) for one in diff.rules])


def _judged(judged: Judgement, diff: Diff) -> str:
    result = rule_result(judged)
    if finding := rule_finding(judged, diff).rstrip("."):
        return f"{result}: {finding}"
    return f"{result}: {'; '.join(_measured(judged))}"


def _measured(judged: Judgement) -> Iterator[str]:
    found, limit = measure(judged.measured, judged.unit), measure(judged.limit, judged.unit)
    if judged.unit == "models":
        yield f"nothing from {limit}" if judged.passed else f"buys from {found}"
    elif judged.measured is not None:
        yield f"{found}, limit {limit}"
    if judged.why:
        yield judged.why


def _sentence(text: str, *, hang: str = "") -> list[str]:
    return _wrapped(text, "", hang)


def _wrapped(text: str, first: str, hang: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _listed(
    rows: Sequence[tuple[str, str]], *, indent: str = _INDENT, width: int | None = None
) -> Iterator[str]:
    """Labels with texts beside them, or below those that are too long."""
    width = _label_width([label for label, _ in rows]) if width is None else width
    hang = indent + " " * width + _GAP
    for label, text in rows:
        if len(label) > width:
            yield f"{indent}{label}"
            yield from _wrapped(text, hang, hang)
        else:
            yield from _wrapped(text, f"{indent}{label:<{width}}{_GAP}", hang)


def _label_width(labels: Sequence[str]) -> int:
    return max((len(label) for label in labels if len(label) <= _MOST_LABEL), default=0)


def _numbers(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A table of names and numbers; a name that leaves them no room stands above them."""
    widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[1:]]
    room = _WIDTH - len(_INDENT) - sum(len(_GAP) + width for width in widths)
    left = max((len(name) for name, *_ in rows if len(name) <= room), default=0)
    for name, *cells in rows:
        beside = name if len(name) <= left else ""
        if beside != name:
            yield f"{_INDENT}{name}"
        padded = (f"{_GAP}{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        yield f"{_INDENT}{beside:<{left}}{''.join(padded)}"

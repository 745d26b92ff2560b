"""A budget review for a comment under a pull request.

The first line is a hidden tag by which a program finds its own comment again, the second says for
which commits the report is valid. Names of branches are not in it, because anybody can choose them.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.domain.difference import Diff, Point
from pipeline.domain.review_budget import MEANINGS
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

TAG = "<!-- campaign-diff -->"
COMMENT_LIMIT = 65_536
"""Length from which GitHub refuses a comment; counted in bytes here, which are never fewer."""

_SHORT = 10


class _Section(NamedTuple):
    """A part of the report whose rows may be cut.

    Attributes:
        head: lines before them.
        rows: lines, the most important first.
        foot: lines behind them.
        cut: a row that says how many are left out, with `{}` for the number.
    """

    head: Sequence[str]
    rows: Sequence[str]
    foot: Sequence[str]
    cut: str


def diff_markdown(diff: Diff, *, most: int = COMMENT_LIMIT, full_at: str = "") -> str:
    """Lay a review out as GitHub's Markdown.

    Args:
        diff: the review.
        most: the report is shorter than this, in bytes; 8,192 or more.
        full_at: where the whole is to be found if it has to be cut.
    """
    sections = list(_sections(diff))
    whole = _laid_out(sections, [len(section.rows) for section in sections])
    if _length(whole) < most:
        return whole
    pointer = f"> **Cut to fit.** The whole report: {_where(diff, full_at)}"
    sections.insert(1, _Section((pointer,), (), (), ""))
    return _laid_out(sections, _fitting(sections, most))


def _fitting(sections: Sequence[_Section], most: int) -> list[int]:
    """How many rows of each section have room: in turns, so that none takes it all."""
    left = most - 1 - _length(_laid_out(sections, [0] * len(sections)))
    kept = [0] * len(sections)
    open_ones = list(range(len(sections)))
    while open_ones:
        for number in tuple(open_ones):
            rows = sections[number].rows
            size = _length(rows[kept[number]]) + 1 if kept[number] < len(rows) else left + 1
            if size > left:
                open_ones.remove(number)
            else:
                left -= size
                kept[number] += 1
    return kept


def _laid_out(sections: Sequence[_Section], kept: Sequence[int]) -> str:
    parts = []
    for section, number in zip(sections, kept, strict=True):
        rows = list(section.rows[:number])
        if number < len(section.rows):
            rows.append(section.cut.format(f"{len(section.rows) - number:,}"))
        lines = [*section.head, *rows, *section.foot]
        if lines:
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _sections(diff: Diff) -> Iterator[_Section]:
    mark = f"<!-- valid-at base={diff.base.commit} head={_id(diff.head)} -->"
    title = f"### {verdict(diff)}"
    yield _Section((TAG, mark, title, "", f"**{outcome(diff)}**"), (), (), "")
    yield _lost(diff)
    yield _discards(diff)
    yield _campaigns(diff)
    yield _rules(diff)
    yield _settings(diff)
    yield _Section((), [f"- {note}" for note in notes(diff)], (), "- … and {} more")
    yield _Section((_footer(diff),), (), (), "")


def _lost(diff: Diff) -> _Section:
    if not diff.lost:
        return _Section((), (), (), "")
    head = (
        f"**{lost_words(diff)}** {LOST}",
        "",
    )
    rows = [
        f"- {_code(f'campaigns/{o.campaign}/lock')}: {o.kind} {_code(o.attempt)}" for o in diff.lost
    ]
    return _Section(head, rows, (), "- … and {} more")


def _discards(diff: Diff) -> _Section:
    if not diff.discards:
        return _Section((), (), (), "")
    rows = [f"- {_code(one.campaign)}: {discard_words(one)}" for one in diff.discards]
    return _Section(("**Paid pictures become useless:**", ""), rows, (), "- … and {} more")


def _campaigns(diff: Diff) -> _Section:
    touched, rest = shown_rows(diff)
    head = [_table(("campaign", *COLUMNS, "cap, once bought")), "|---|" + "---:|" * 6 + "---|"]
    rows = []
    for row in touched:
        note = row_note(row)
        name = _code(row.name) + (f" ({note})" if note else "")
        cap = "" if row.status == "removed" else cap_words(row.cap)
        rows.append(_table((name, *row_cells(row), cap)))
    cut = _table(("… and {} more", *[""] * 7))
    foot = []
    if len(diff.rows) > 1:
        foot.append(_table(("**all campaigns**", *map(_bold, total_cells(diff)), "")))
    if not rows and not foot:
        head = ["No campaign is wanted on either side."] if not diff.rows else []
    tail = [untouched_words(rest)] if rest else []
    tail += [f"{name}: {used}" for name, used in shared_caps(diff)]
    foot += ["", " · ".join(tail)] if tail else []
    return _Section(head, rows, foot, cut)


def _rules(diff: Diff) -> _Section:
    head = ("| rule | holds where | measured | limit | |", "|---|---|---:|---:|---|")
    rows = []
    for one in diff.rules:
        result = rule_result(one)
        said = result if one.passed else _bold(result)
        more = one.why or ("" if one.passed else rule_finding(one, diff).rstrip("."))
        said += f": {more}" if more else ""
        amounts = measure(one.measured, one.unit), measure(one.limit, one.unit)
        rows.append(_table((_code(one.rule), MEANINGS[one.rule], *amounts, said)))
    return _Section(head, rows, (), _table(("… and {} more", *[""] * 4)))


def _settings(diff: Diff) -> _Section:
    if not diff.settings:
        return _Section((), (), (), "")
    loosened = sum(one.loosens for one in diff.settings)
    allow = "allows" if loosened == 1 else "allow"
    more = f", {loosened:,} of which {allow} more than before" if loosened else ""
    opened = " open" if loosened else ""
    head = (
        f"<details{opened}><summary>Caps, prices, models and rules that change{more}</summary>",
        "",
        "| where | what | before | after | |",
        "|---|---|---:|---:|---|",
    )
    rows = []
    for one in diff.settings:
        where = _code(one.campaign) if one.campaign else "workspace"
        note = "**allows more**" if one.loosens else ""
        rows.append(_table((where, one.what, *setting_values(one), note)))
    return _Section(head, rows, ("", "</details>"), _table(("… and {} more", "", "", "", "")))


def _footer(diff: Diff) -> str:
    head = (
        f"the working tree on {_short(diff.head)}" if diff.head.is_worktree else _short(diff.head)
    )
    return (
        f"<sub>Base {_short(diff.base)}, head {head}. Both are judged by the receipts of both;"
        " prices are list prices, or the workspace's where they are higher. Gross is what all"
        " pictures cost had none been bought. Nothing was bought for this report.</sub>"
    )


def _where(diff: Diff, full_at: str) -> str:
    if full_at:
        return full_at
    head = "" if diff.head.is_worktree else f"..{diff.head.commit}"
    return f"`campaign diff {diff.base.commit}{head} --format text`"


def _id(point: Point) -> str:
    return f"{point.commit}+worktree" if point.is_worktree else point.commit


def _short(point: Point) -> str:
    return _code(point.commit[:_SHORT])


def _table(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _bold(text: str) -> str:
    return f"**{text}**"


def _code(text: str) -> str:
    """Text that cannot be taken for markup, a mention or a table's line."""
    plain = "".join(c for c in text if c.isprintable()).replace("`", "'").replace("|", "/")
    return f"`{plain}`"


def _length(text: str) -> int:
    return len(text.encode())

"""A budget review for machines: versioned JSON, format 1. Money in micro-dollars, never cut."""

from collections.abc import Mapping

from pipeline.domain.diagnostics import as_json
from pipeline.domain.difference import Amounts, CapUse, Diff, Point, Row
from pipeline.domain.review_budget import MEANINGS, Judgement

DIFF_FORMAT = 1


def diff_document(diff: Diff) -> Mapping[str, object]:
    """A review as one JSON document; the same commits give the same bytes."""
    return {
        "diff": DIFF_FORMAT,
        "base": _point(diff.base),
        "head": _point(diff.head),
        "passed": not diff.failed,
        "totals": {
            "before": _amounts(diff.before),
            "after": _amounts(diff.after),
            "change": diff.change,
            "orphans": diff.orphans,
            "orphaned": diff.orphaned,
        },
        "campaigns": [_row(row) for row in diff.rows],
        "discards": [
            {
                "campaign": one.campaign,
                "reason": one.reason.value,
                "pictures": one.pictures,
                "orphaned": one.orphaned,
                "anew": one.anew,
                "cost": one.cost,
            }
            for one in diff.discards
        ],
        "settings": [
            {
                "campaign": one.campaign,
                "what": one.what,
                "before": one.before,
                "after": one.after,
                "money": one.is_money,
                "loosens": one.loosens,
            }
            for one in diff.settings
        ],
        "caps": [_cap(cap) for cap in diff.caps],
        "rules": [_rule(one) for one in diff.rules],
        "receipts": {
            "lost": [
                {"campaign": one.campaign, "kind": one.kind, "attempt": one.attempt}
                for one in diff.lost
            ],
            "behind": diff.behind,
        },
        "base_has_moved": diff.has_moved,
        "pointers": diff.pointers,
        "problems": [as_json(problem) for problem in diff.problems],
    }


def _point(point: Point) -> Mapping[str, object]:
    return {"commit": point.commit, "worktree": point.is_worktree}


def _amounts(amounts: Amounts) -> Mapping[str, int]:
    return amounts._asdict()


def _row(row: Row) -> Mapping[str, object]:
    return {
        "name": row.name,
        "was": row.was or None,
        "status": row.status,
        "before": _amounts(row.before),
        "after": _amounts(row.after),
        "change": row.change,
        "orphans": row.orphans,
        "orphaned": row.orphaned,
        "cap": None if row.cap is None else _cap(row.cap),
    }


def _cap(cap: CapUse) -> Mapping[str, object]:
    return {**cap._asdict(), "over": cap.is_over}


def _rule(judged: Judgement) -> Mapping[str, object]:
    return {
        "id": judged.rule.value,
        "unit": judged.unit,
        "measured": _value(judged.measured),
        "limit": _value(judged.limit),
        "passed": judged.passed,
        "fails": judged.fails,
        "message": judged.why or MEANINGS[judged.rule],
    }


def _value(value: int | tuple[str, ...] | None) -> int | list[str] | None:
    return list(value) if isinstance(value, tuple) else value

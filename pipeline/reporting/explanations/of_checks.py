"""What there is to say about a check of delivered pictures beyond its page: limits, and figures.

The figures are those that the defect suite measured last; it writes them here (`make defects`).
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from pipeline.domain.flags import CHECKS, Check

FIGURES: Final = "measured.json"
"""Name of the file with the figures, beside the pages."""

_BY_MATCHING: Final = "wrong-position"

ON_WHAT: Final = "on seeded defects and draft edits, not on pictures of a paid model"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many pictures."""

    flagged: int
    judged: int

    @property
    def text(self) -> str:
        """For people."""
        return f"{self.flagged / self.judged:.1%} of {self.judged}"

    def document(self) -> Mapping[str, int]:
        """For machines."""
        return {"flagged": self.flagged, "judged": self.judged}


@dataclass(frozen=True, slots=True)
class Figures:
    """What the suite measured of a check.

    Attributes:
        recall: defects that it flags; None where it was not measured.
        false_alarms: honest pictures that it flags; None as above.
        unmeasured: why there are no figures; empty where there are.
    """

    recall: Share | None = None
    false_alarms: Share | None = None
    unmeasured: str = ""

    @property
    def text(self) -> str:
        """One sentence."""
        found = []
        if self.recall is not None:
            found.append(f"{self.recall.text} defects are flagged")
        if self.false_alarms is not None:
            found.append(f"{self.false_alarms.text} honest pictures are flagged by mistake")
        return f"{', and '.join(found)} ({ON_WHAT})" if found else f"not: {self.unmeasured}"


def check_of(code: str) -> Check | None:
    """The check of a code or name; None if there is none."""
    found = (one for one in CHECKS.values() if code.upper() == one.code)
    return next(found, CHECKS.get(code.casefold().replace("_", "-")))


def figures_of(check: Check) -> Figures:
    """What was measured of a check."""
    known = _figures()
    counts = known["checks"].get(check.name)
    if counts is None and check.name == _BY_MATCHING and "matching" in known:
        return Figures(unmeasured=_matching_text(known["matching"]))
    if counts is None:
        return Figures(unmeasured=known["unmeasured"].get(check.name, "by nobody yet"))
    return Figures(_share(counts.get("caught")), _share(counts.get("alarms")))


def limits_text(check: Check) -> str:
    """What is measured, where its limits are, and how a campaign sets others."""
    side = "below" if check.below else "from"
    bounds = [
        f"{word} {side} {limit:g}"
        for word, limit in (("warns", check.warn), ("fails", check.fail))
        if limit is not None
    ]
    extra = f"; needs the extra `{check.needs}`" if check.needs else ""
    return f"{check.measures}; {' and '.join(bounds)}{extra}"


def setting_text(check: Check) -> str:
    """Lines for a manifest that set another limit, or another word where there is no limit."""
    word, limit = ("fail", check.fail) if check.warn is None else ("warn", check.warn)
    if limit is None or limit == 1:  # yes or no, or a count
        other = "fail" if word == "warn" else "warn"
        return f"checks:\n  {check.name}: {other}    # or `off`"
    nearer = 95.0 if "per cent" in check.measures else limit * (0.75 if check.below else 1.25)
    return f"checks:\n  {check.name}: {{{word}: {nearer:.2g}}}    # or `off`, `warn`, `fail`"


def check_document(check: Check) -> Mapping[str, object]:
    """A check for machines."""
    figures = figures_of(check)
    recall, alarms = figures.recall, figures.false_alarms
    found = {
        "name": check.name,
        "measures": check.measures,
        "bad": "below" if check.below else "from",
        "warn": check.warn,
        "fail": check.fail,
        "needs": check.needs or None,
        "recall": None if recall is None else recall.document(),
        "false_alarms": None if alarms is None else alarms.document(),
        "unmeasured": figures.unmeasured or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _matching_text(found: Mapping[str, int]) -> str:
    """What is known of the content match that a check rests on."""
    sure, right = found["sure"], found["sure_right"]
    return (
        f"alone, but the content match that it rests on: of {sure} outputs that were sure"
        f" {right / max(1, sure):.2%} were right ({ON_WHAT})"
    )


def _share(counts: list[int] | None) -> Share | None:
    if not counts or not counts[1]:
        return None
    return Share(flagged=counts[0], judged=counts[1])


@functools.cache
def _figures() -> Mapping[str, Any]:
    text = (resources.files(__package__) / FIGURES).read_text("utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found

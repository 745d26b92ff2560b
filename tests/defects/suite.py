"""The defect suite: every check over seeded defects and over clean edits, as tasks of their own."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.defects import cases
from tests.defects.bench import Count, Desk, counted, is_flagged
from tests.defects.matches import matching

SET_CHECKS = ("set-colour", "set-light", "set-subject")
LARGE = 1536
"""Side of pictures that claim more detail than others, px."""
_SETS_SIDE = 512
_SETS_AT_ONCE = 10
_OF_PEOPLE = ("face-drift", "no-face")
_SLOWEST = ("matching", "sets", "clean", "several-subjects", "no-face", "subject-drift")


@dataclass(frozen=True)
class Scale:
    """How much is looked at.

    Attributes:
        count: defects of each kind, and clean edits.
        side: longest side of a picture, px.
        predictions: whose outputs are shuffled.
        each: edits of each source that outputs are drawn from.
    """

    count: int = 40
    side: int = 768
    predictions: int = 500
    each: int = 10


def tasks(scale, *, only=""):
    """Names of all tasks, those that take longest first; each can run in a process of its own."""
    sets = [f"sets-{first}" for first in range(0, scale.count, _SETS_AT_ONCE)]
    checks = [
        "clean",
        "clean-people",
        "clean-large",
        "pairs",
        *sets,
        *cases.ALONE,
        *cases.WITH_NETWORKS,
    ]
    chosen = {"checks": checks, "matching": ["matching"]}.get(only, [*checks, "matching"])
    return sorted(chosen, key=_place)


def _place(task):
    slow = [task.startswith(name) for name in _SLOWEST]
    return slow.index(True) if any(slow) else len(slow)


def run_apart(task, scale):
    """Run a task in a folder of its own, on one core."""
    with tempfile.TemporaryDirectory() as folder:
        return run(task, Desk(Path(folder), workers=1), scale)


def run(task, desk, scale):
    """What came of a task: counts by check, as `caught` and `alarms`, or figures of matching."""
    if task == "matching":
        return {"matching": matching(scale.predictions, each=scale.each).figures()}
    if task == "clean":
        # Of some of them a check says nothing, and as many as of defects are to be left.
        pictures = cases.clean(scale.count * 13 // 10, scale.side)
        return _alarms(pictures, desk, cases.DEFECTS, networks=True)
    if task == "clean-people":
        pictures = cases.clean_people(scale.count, scale.side)
        return _alarms(pictures, desk, _OF_PEOPLE, networks=True)
    if task == "clean-large":
        pictures = cases.clean_large(scale.count, LARGE)
        return _alarms(pictures, desk, cases.ALONE, networks=False)
    if task == "pairs":
        return _near_duplicates(desk, scale)
    if task.startswith("sets-"):
        first = int(task.removeprefix("sets-"))
        return _drifting(desk, min(_SETS_AT_ONCE, scale.count - first), first)
    return {"caught": {task: caught(task, desk, scale)}}


def caught(name, desk, scale):
    """How many defects of a kind a check sees; one that it says nothing about is missed."""
    side = LARGE if name == "false-resolution" else scale.side
    specimens = cases.DEFECTS[name](scale.count, side)
    reports = desk.reports(specimens, networks=name in cases.WITH_NETWORKS)
    return Count(counted(reports, name).flagged, len(reports))


def _alarms(specimens, desk, names, *, networks):
    reports = desk.reports(specimens, networks=networks)
    return {"alarms": {name: counted(reports, name) for name in names}}


def _near_duplicates(desk, scale):
    """Copies against pictures that only look alike."""
    same, apart = cases.pairs(scale.count, scale.side)
    counts = []
    for pairs in (same, apart):
        found = desk.differences(pairs)
        counts.append(Count(sum(is_flagged("near-duplicate", one) for one in found), len(found)))
    return {"caught": {"near-duplicate": counts[0]}, "alarms": {"near-duplicate": counts[1]}}


def _drifting(desk, count, first):
    """One picture of a set that drifted, and sets in which none did."""
    seen = dict.fromkeys(SET_CHECKS, 0)
    alarms, judged = dict.fromkeys(SET_CHECKS, 0), 0
    for views, pictures, odd, bad in cases.sets(count, _SETS_SIDE, first=first):
        for drift in desk.drifts(views, pictures):
            judged += 1
            for name in SET_CHECKS:
                alarms[name] += is_flagged(name, _of(drift, name))
        for name, picture in bad.items():
            spoiled = [*pictures[:odd], picture, *pictures[odd + 1 :]]
            seen[name] += is_flagged(name, _of(desk.drifts(views, spoiled)[odd], name))
    return {
        "caught": {name: Count(seen[name], count) for name in SET_CHECKS},
        "alarms": {name: Count(alarms[name], judged) for name in SET_CHECKS},
    }


def _of(drift, name):
    return {"set-colour": drift.colour, "set-light": drift.light, "set-subject": drift.subject}[
        name
    ]


def added(found: list[Mapping]) -> dict:
    """The answers of all tasks as one document: for each check flagged and judged of both kinds."""
    checks: dict[str, dict[str, list[int]]] = {}
    document: dict = {"checks": checks}
    for one in found:
        for kind in ("caught", "alarms"):
            for name, count in one.get(kind, {}).items():
                sums = checks.setdefault(name, {}).setdefault(kind, [0, 0])
                sums[0] += count.flagged
                sums[1] += count.judged
        if "matching" in one:
            document["matching"] = one["matching"]
    return document

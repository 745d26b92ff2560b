"""The defect suite: every check over seeded defects and over clean edits."""

from tests.defects import cases
from tests.defects.bench import Count, counted, is_flagged

SET_CHECKS = ("set-colour", "set-light", "set-subject")


def alone(desk, count, side):
    """Checks without networks: recall and false alarms by check."""
    honest = desk.reports(cases.clean(count, side), networks=False)
    large = desk.reports(cases.clean_large(count, 1536), networks=False)
    found = {}
    for name, family in cases.ALONE.items():
        size = 1536 if name == "false-resolution" else side
        caught = desk.reports(family(count, size), networks=False)
        found[name] = (_all(caught, name), counted([*honest, *large], name))
    return found


def with_networks(desk, count, side):
    """Checks that need networks."""
    honest = desk.reports(cases.clean(count, side), networks=True)
    found = {}
    for name, family in cases.WITH_NETWORKS.items():
        caught = desk.reports(family(count, side), networks=True)
        found[name] = (_all(caught, name), counted(honest, name))
    return found


def near_duplicates(desk, count, side):
    """Copies against pictures that only look alike."""
    same, apart = cases.pairs(count, side)
    counts = []
    for pairs in (same, apart):
        found = desk.differences(pairs)
        flagged = sum(is_flagged("near-duplicate", one) for one in found)
        counts.append(Count(flagged, len(found)))
    return {"near-duplicate": tuple(counts)}


def drifting(desk, count, side):
    """One picture of a set that drifted, and sets in which none did."""
    caught = dict.fromkeys(SET_CHECKS, 0)
    alarms, judged = dict.fromkeys(SET_CHECKS, 0), 0
    for views, pictures, odd, bad in cases.sets(count, side):
        for drift in desk.drifts(views, pictures):
            judged += 1
            for name in SET_CHECKS:
                alarms[name] += is_flagged(name, _of(drift, name))
        for name, picture in bad.items():
            spoiled = [*pictures[:odd], picture, *pictures[odd + 1 :]]
            caught[name] += is_flagged(name, _of(desk.drifts(views, spoiled)[odd], name))
    return {name: (Count(caught[name], count), Count(alarms[name], judged)) for name in SET_CHECKS}


def _of(drift, name):
    return {"set-colour": drift.colour, "set-light": drift.light, "set-subject": drift.subject}[
        name
    ]


def _all(reports, name):
    """Of defects, one that a check says nothing about is missed."""
    return Count(counted(reports, name).flagged, len(reports))

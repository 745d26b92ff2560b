"""Runs the checks over specimens and counts: recall, and false alarms."""

import hashlib
from dataclasses import dataclass

from pipeline.adapters.facts_store import FactsStore
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.flags import CHECKS, Docket
from pipeline.imaging.checks import sets as sets_of
from pipeline.imaging.checks.judge import Case, judge
from pipeline.imaging.checks.measure import Item, compare, measure_all
from tests.defects.edits import as_jpeg
from tests.defects.scenes import scene


@dataclass(frozen=True)
class Count:
    """What a check found.

    Attributes:
        flagged: pictures.
        judged: pictures of which it said anything.
    """

    flagged: int
    judged: int

    @property
    def share(self):
        return self.flagged / self.judged if self.judged else float("nan")

    def __str__(self):
        return f"{self.flagged:3d} of {self.judged:3d} {100 * self.share:6.1f} %"


class Desk:
    """A folder of specimens and what was measured of them."""

    def __init__(self, folder, *, workers=None):
        self._folder = folder
        self._workers = workers
        self.facts = FactsStore(folder / "facts.sqlite3")

    def put(self, raw):
        digest = Sha256(hashlib.sha256(raw).hexdigest())
        path = self._folder / digest
        if not path.exists():
            path.write_bytes(raw)
        return digest, path

    def item(self, raw, source=None):
        before = None if source is None else self.put(as_jpeg(scene(source), quality=95))
        return Item(*self.put(raw), before)

    def reports(self, specimens, *, networks):
        """What all checks say about each specimen."""
        items = [self.item(one.raw, one.source) for one in specimens]
        measured = measure_all(items, self.facts, networks=networks, workers=self._workers)
        # What fails inside a library is "not run" for users; here it would hide a broken check.
        assert all(one.error or one.alone for one in measured)
        assert not networks or all(one.error or one.seen for one in measured)
        found = []
        for one, numbers in zip(specimens, measured, strict=True):
            alone = numbers.alone
            wanted = one.wanted or (None if alone is None else (alone.width, alone.height))
            docket = Docket()
            judge(
                Case(
                    wanted=wanted,
                    error=numbers.error,
                    alone=alone,
                    change=numbers.change,
                    kept=numbers.kept,
                    seen=numbers.seen,
                    source=numbers.source,
                ),
                docket,
            )
            found.append(docket.report())
        return found

    def differences(self, pairs):
        """How different two files are, as the check for near-duplicates sees it."""
        items = [(self.item(one), self.item(other)) for one, other in pairs]
        flat = [item for pair in items for item in pair]
        alone = [one.alone for one in measure_all(flat, self.facts, networks=False)]
        found = []
        for index, pair in enumerate(items):
            alike = sets_of.look_alikes(alone[2 * index : 2 * index + 2])
            most = compare([pair], self.facts)[0] if alike else None
            found.append(100.0 if most is None else most)
        return found

    def drifts(self, views, pictures):
        """How far each picture is from its set."""
        items = [
            self.item(as_jpeg(picture, quality=92), view)
            for view, picture in zip(views, pictures, strict=True)
        ]
        measured = measure_all(items, self.facts, networks=True, workers=self._workers)
        return sets_of.drifts([one.seen for one in measured], [one.source for one in measured])


def counted(reports, name):
    """How many pictures a check flagged, of those that it judged."""
    flagged = sum(any(flag.check == name for flag in one.flags) for one in reports)
    return Count(flagged, flagged + sum(name in one.passed for one in reports))


def is_flagged(name, measured):
    """Whether a number passes the limit of its check."""
    docket = Docket()
    docket.judge(name, measured)
    return any(flag.check == name for flag in docket.report().flags)


def limits():
    """All checks that the suite speaks of."""
    return CHECKS

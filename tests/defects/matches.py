"""Predictions with shuffled, dropped and doubled outputs: does content say whose each one is?"""

from dataclasses import asdict, dataclass

import numpy as np

from pipeline.imaging.matching.assign import NOBODY, assign
from pipeline.imaging.matching.likeness import likeness, points_of, with_networks
from pipeline.imaging.matching.match import ENOUGH
from tests.defects.edits import drafted, edited, redrawn
from tests.defects.scenes import BOTTLES, NAMES, scene

SIDE = 640


@dataclass
class Found:
    """Figures of all predictions.

    Attributes:
        outputs: number of delivered pictures.
        labelled: those whose source was named rightly.
        sure: those that were named with enough confidence.
        sure_right: those of them that were named rightly.
        predictions: number of requests.
        filed: requests that need no person.
        filed_wrong: requests of them with a wrong picture.
    """

    outputs: int = 0
    labelled: int = 0
    sure: int = 0
    sure_right: int = 0
    predictions: int = 0
    filed: int = 0
    filed_wrong: int = 0

    def figures(self):
        """For a document."""
        return {**asdict(self), "right": self.labelled}


class Pool:
    """Edited pictures and how alike each is to each source; looked at once."""

    def __init__(self, each, *, drafts=True, networks=True):
        look = _outline if networks else points_of
        sources = {name: look(_small(name)) for name in NAMES}
        jobs = [(name, at, drafts) for name in NAMES for at in range(each)]
        outlines = [look(_edit(*job)) for job in jobs]
        self.rows = {name: [] for name in NAMES}
        for (name, _, _), outline in zip(jobs, outlines, strict=True):
            self.rows[name].append({one: likeness(outline, it) for one, it in sources.items()})


def _small(name):
    return scene(name, 1024)


def _outline(picture):
    return with_networks(picture, points_of(picture))


def _edit(name, at, drafts):
    """One of many edits of a source; every fifth is the draft engine's, every third is redrawn."""
    if drafts and at % 5 == 4:
        return drafted(name, at % 8, width=SIDE, height=SIDE, seed=at)
    picture = edited(name, 3000 + at, side=SIDE)
    return redrawn(picture, np.random.default_rng(at)) if at % 3 == 2 else picture


def matching(predictions, *, each=10, drafts=True, networks=True, seed=1):
    """Judge many requests made of one pool of edits."""
    pool = Pool(each, drafts=drafts, networks=networks)
    rng = np.random.default_rng(seed)
    found = Found()
    for _ in range(predictions):
        _one(pool, rng, found)
    return found


def _one(pool, rng, found):
    family = BOTTLES if rng.random() < 0.5 else NAMES
    wanted = [family[at] for at in rng.permutation(len(family))[: rng.integers(2, 11)]]
    delivered = list(wanted)
    rng.shuffle(delivered)
    kind = rng.random()
    if kind < 0.6 and len(delivered) > 2:  # short
        delivered = delivered[: rng.integers(1, len(delivered))]
    if kind > 0.8:  # one came twice, in place of another
        delivered[0] = delivered[-1]
    shown = [pool.rows[name][int(rng.integers(len(pool.rows[name])))] for name in delivered]
    rows = [[row[one] for one in wanted] for row in shown]
    owners = assign(rows, [1] * len(wanted))
    is_right = [
        owner.source != NOBODY and wanted[owner.source] == name
        for owner, name in zip(owners, delivered, strict=True)
    ]
    sure = [owner.confidence >= ENOUGH for owner in owners]
    found.predictions += 1
    found.outputs += len(owners)
    found.labelled += sum(is_right)
    found.sure += sum(sure)
    found.sure_right += sum(one and right for one, right in zip(sure, is_right, strict=True))
    if all(sure):
        found.filed += 1
        found.filed_wrong += not all(is_right)

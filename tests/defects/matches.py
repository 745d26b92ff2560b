"""Predictions with shuffled, dropped and doubled outputs: does content say whose each one is?

And strangers among them, which show nothing that was sent or something of two: nobody may be sure
whose they are.
"""

import functools
from dataclasses import asdict, dataclass, field

import numpy as np
from PIL import Image

from pipeline.imaging.matching import mixed
from pipeline.imaging.matching.assign import NOBODY, assign
from pipeline.imaging.matching.likeness import likeness, points_of, with_networks
from pipeline.imaging.matching.match import ENOUGH
from tests.defects.edits import drafted, edited, redrawn
from tests.defects.scenes import BOTTLES, NAMES, scene, texture

SIDE = 640
STRANGERS = (
    "another photograph",
    "nothing at all",
    "two side by side",
    "half of each of two",
    "two that blend into each other",
)
_MIXED = STRANGERS[2:]
_BLANKS = 6


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
        strangers: by kind, those that were given to a source for sure, and all of them.
        strangers_filed: requests with a stranger that asked nobody.
    """

    outputs: int = 0
    labelled: int = 0
    sure: int = 0
    sure_right: int = 0
    predictions: int = 0
    filed: int = 0
    filed_wrong: int = 0
    strangers: dict = field(default_factory=lambda: {kind: [0, 0] for kind in STRANGERS})
    strangers_filed: int = 0

    def figures(self):
        """For a document."""
        return {**asdict(self), "right": self.labelled}


class Shown:
    """One delivered picture as it is looked at.

    Attributes:
        row: how alike it is to each source.
        has_seam: whether it looks put together.
    """

    def __init__(self, picture, look, sources):
        self.row = {name: likeness(look, it) for name, it in sources.items()}
        self.has_seam = mixed.is_seamed(mixed.seam(picture))
        self._lines = mixed.soft_lines(picture)
        self._points = look.points
        self._sources = sources
        self._seen = {}

    def is_cut_off(self, name):
        """Whether a source ends at a line in it."""
        return self._once(name, lambda own: mixed.is_cut_off(self._points, own, self._lines))

    def shows_another(self, name, others):
        """Whether it shows something of another source."""
        return any(
            self._once(
                (name, other),
                lambda own, second=other: mixed.shows_another(
                    self._points, own, [self._sources[second].points]
                ),
            )
            for other in others
            if other != name and self.row[other] >= mixed.POSSIBLE
        )

    def _once(self, what, look):
        """The pictures of a pool are asked about again and again."""
        if what not in self._seen:
            name = what if isinstance(what, str) else what[0]
            self._seen[what] = look(self._sources[name].points)
        return self._seen[what]


class Pool:
    """Edited pictures and strangers, each held against all sources; looked at once."""

    def __init__(self, each, *, drafts=True, networks=True):
        self._look = _outline if networks else points_of
        self._sources = {name: self._look(_small(name)) for name in NAMES}
        self.usual = {name: mixed.is_seamed(mixed.seam(_small(name))) for name in NAMES}
        self.rows = {
            name: [self._shown(_edit(name, at, drafts)) for at in range(each)] for name in NAMES
        }
        self.blanks = [self._shown(_blank(at)) for at in range(_BLANKS)]
        self.textures = [self._shown(texture(900 + at, 512)) for at in range(each)]
        self.mixed = {
            kind: [(pair, self._shown(_MIXING[kind](pair, at))) for at, pair in _pairs(3 * each)]
            for kind in _MIXED
        }

    def _shown(self, picture):
        return Shown(picture, self._look(picture), self._sources)


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


def _pairs(count):
    """Two scenes each; every other time two views of one product."""
    rng = np.random.default_rng(41)
    for at in range(count):
        family = BOTTLES if at % 2 else NAMES
        one, other = rng.choice(len(family), 2, replace=False)
        yield at, (family[one], family[other])


def _blank(at):
    """A picture with nothing to see: plain, lit from one side, or nothing but noise."""
    rng = np.random.default_rng(at)
    plain = np.full((SIDE, SIDE, 3), rng.integers(0, 256, 3), np.float32)
    if at % 3 == 1:
        plain += np.linspace(-50, 50, SIDE)[:, None, None]
    if at % 3 == 2:
        plain += rng.normal(0, 20, plain.shape)
    return np.clip(plain, 0, 255).astype(np.uint8)


@functools.lru_cache(maxsize=128)  # each pair is put together in several ways
def _two(pair, at):
    return tuple(edited(name, 3300 + 2 * at + k, side=SIDE) for k, name in enumerate(pair))


def _side_by_side(pair, at):
    """A collage of two edits, with a gutter or without."""
    one, other = _two(pair, at)
    axis = at // 2 % 2
    length = min(one.shape[axis], other.shape[axis])
    parts = [_grown(part, length / part.shape[axis]) for part in (one, other)]
    length = min(part.shape[axis] for part in parts)
    parts = [part[:length] if axis == 0 else part[:, :length] for part in parts]
    wall = list(parts[0].shape)
    wall[1 - axis] = (0, 6)[at % 2]
    return np.concatenate([parts[0], np.full(wall, 255, np.uint8), parts[1]], axis=1 - axis)


def _blending(pair, at):
    """The same with a soft line, as wide as a thumb."""
    return _half_of_each(pair, at, soft=0.04)


def _half_of_each(pair, at, soft=1e-6):
    """One edit on one side of a line, another on the other."""
    one, other = _two(pair, at)
    height, width = one.shape[:2]
    other = np.asarray(Image.fromarray(other).resize((width, height), Image.LANCZOS))
    rng = np.random.default_rng(at)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    place = x / width if at // 2 % 2 else y / height
    share = np.clip((place - rng.uniform(0.4, 0.6)) / soft + 0.5, 0, 1)[..., None]
    return np.rint(one * (1 - share) + other * share).astype(np.uint8)


def _grown(picture, factor):
    height, width = (max(1, round(length * factor)) for length in picture.shape[:2])
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.LANCZOS))


_MIXING = dict(zip(_MIXED, (_side_by_side, _half_of_each, _blending), strict=True))


def matching(predictions, *, each=10, drafts=True, networks=True, seed=1):
    """Judge many requests made of one pool of edits, and a fifth as many with each stranger."""
    pool = Pool(each, drafts=drafts, networks=networks)
    rng = np.random.default_rng(seed)
    found = Found()
    for _ in range(predictions):
        _one(pool, rng, found)
    for kind in STRANGERS:
        for _ in range(predictions // 5):
            _with_stranger(kind, pool, rng, found)
    return found


def _one(pool, rng, found):
    wanted = _wanted(rng)
    delivered = list(wanted)
    rng.shuffle(delivered)
    kind = rng.random()
    if kind < 0.6 and len(delivered) > 2:  # short
        delivered = delivered[: rng.integers(1, len(delivered))]
    if kind > 0.8:  # one came twice, in place of another
        delivered[0] = delivered[-1]
    shown = [_any(pool.rows[name], rng) for name in delivered]
    owners = _owners(shown, wanted, pool)
    is_right = [
        owner.source != NOBODY and wanted[owner.source] == name
        for owner, name in zip(owners, delivered, strict=True)
    ]
    sure = [_is_sure(owner) for owner in owners]
    found.predictions += 1
    found.outputs += len(owners)
    found.labelled += sum(is_right)
    found.sure += sum(sure)
    found.sure_right += sum(one and right for one, right in zip(sure, is_right, strict=True))
    if all(sure):
        found.filed += 1
        found.filed_wrong += not all(is_right)


def _with_stranger(kind, pool, rng, found):
    """A request in which one picture came in place of another that is a stranger's."""
    wanted = _wanted(rng)
    if kind in _MIXED:
        pair, stranger = _any(pool.mixed[kind], rng)
        wanted = list(dict.fromkeys([*pair, *wanted]))[:10]
    elif kind == STRANGERS[1]:
        stranger = _any(pool.blanks, rng)
    else:
        families = {name.split("-")[0] for name in wanted}
        others = [name for name in NAMES if name.split("-")[0] not in families]
        photographs = [one for name in others for one in pool.rows[name]] or pool.textures
        stranger = _any(photographs, rng)
    shown = [_any(pool.rows[name], rng) for name in wanted]
    at = int(rng.integers(len(shown)))
    shown[at] = stranger
    # Those that follow may be missing: strangers come in short deliveries, too.
    shown = shown[: max(at + 1, int(rng.integers(1, len(shown) + 1)))]
    owners = _owners(shown, wanted, pool)
    found.strangers[kind][0] += _is_sure(owners[at])
    found.strangers[kind][1] += 1
    found.strangers_filed += all(map(_is_sure, owners))


def _wanted(rng):
    family = BOTTLES if rng.random() < 0.5 else NAMES
    return [family[at] for at in rng.permutation(len(family))[: rng.integers(2, 11)]]


def _any(things, rng):
    return things[int(rng.integers(len(things)))]


def _is_sure(owner):
    return owner.source != NOBODY and owner.confidence >= ENOUGH


def _owners(shown, wanted, pool):
    owners = assign([[one.row[name] for name in wanted] for one in shown], [1] * len(wanted))
    put_together = [
        owner.source != NOBODY
        and owner.confidence >= ENOUGH
        and _is_put_together(one, wanted[owner.source], wanted, pool)
        for one, owner in zip(shown, owners, strict=True)
    ]
    return mixed.doubted(owners, put_together)


def _is_put_together(one, name, wanted, pool):
    return (
        (one.has_seam and not pool.usual[name])
        or one.is_cut_off(name)
        or one.shows_another(name, wanted)
    )

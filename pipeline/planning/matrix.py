"""The matrix: which values of the axes meet, before and after its rules.

First the axes are restricted, then zipped groups advance together and all others are multiplied;
`exclude` takes cells away, and `add` puts some on top. How many cells that gives is counted before
they are made.
"""

import fnmatch
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.domain.campaign import (
    Add,
    AxisName,
    Campaign,
    Exclude,
    Extend,
    ImageSet,
    Picture,
    Variant,
    Where,
)
from pipeline.domain.diagnostics import Problem
from pipeline.domain.plan import Address
from pipeline.planning.sizes import native_sizes

MOST_LOOKED_AT = 5_000_000
"""Cells of a product that rules are tried on, so that a slip costs seconds and not hours."""

_NO_SET = ImageSet(id="", pictures=(), reference=None, values={})


class Shot(NamedTuple):
    """What an author thinks of as one picture; set and picture are empty for text-to-image."""

    image_set: ImageSet
    picture: Picture | None
    variant: Variant
    size: str

    def at(self, take: int) -> Address:
        """The address of one of its takes."""
        picture = "" if self.picture is None else self.picture.id
        return Address(self.image_set.id, picture, self.variant.id, self.size, take)


Wanted = tuple[Shot, tuple[int, ...]]
"""A shot and its wanted takes, sorted."""


def wanted_shots(campaign: Campaign, problems: list[Problem]) -> Iterable[Wanted] | None:
    """The shots that a campaign wants, each with its takes, in address order.

    Args:
        campaign: as declared.
        problems: takes rules that change nothing, and a matrix that is too large.

    Returns:
        None for a matrix that is too large: part of it is never bought in place of all of it.
    """
    grid = Grid(campaign)
    most, rules = campaign.max_jobs, campaign.matrix
    if not rules.exclude and not rules.add:
        if most is None or grid.count <= most:
            return grid.shots()
        problems.append(_too_many(campaign, f"{grid.count:,}"))
        return None
    if most is not None and grid.count > max(most, MOST_LOOKED_AT):
        problems.append(_too_many(campaign, f"{grid.count:,}"))
        return None
    ruled = _Ruled(campaign, grid)
    kept = ruled.kept()
    if kept is None:
        problems.append(_too_many(campaign, f"more than {most:,}"))
        return None
    problems += ruled.idle()
    return kept


class Grid:
    """The product of the axes, zipped where they advance together; knows no rules."""

    def __init__(self, campaign: Campaign) -> None:
        """Prepare; makes no shot."""
        axes, groups = campaign.matrix.axes, campaign.matrix.zip
        self._sets = campaign.sets or (_NO_SET,)
        self._pictures = axes.picture
        self._variants = campaign.variants
        self._sizes = tuple(native_sizes(campaign))
        self._places = _places(axes.set or [one.id for one in self._sets])
        self._inner: dict[AxisName, Sequence[str | int]] = {
            "variant": axes.variant or tuple(one.id for one in self._variants),
            "size": axes.size or self._sizes,
            "take": axes.take or tuple(range(1, campaign.takes + 1)),
        }
        self._with_set = _others(groups, "set")
        self._with_picture = _others(groups, "picture")
        self._together = next((one for one in groups if not {"set", "picture"} & set(one)), ())
        self._rows: dict[tuple[int, int], Sequence[tuple[Variant, str, tuple[int, ...]]]] = {}

    @property
    def count(self) -> int:
        """How many cells there are; makes none."""
        led = {*self._with_set, *self._with_picture, *self._together[1:]}
        cells = sum(len(self._of(one)) for one in self._sets if one.id in self._places)
        for axis, values in self._inner.items():
            cells *= 1 if axis in led else len(values)
        return cells

    def shots(self) -> Iterator[Wanted]:
        """All shots with their takes, in address order."""
        for image_set in self._sets:
            if image_set.id not in self._places:
                continue
            number = self._places[image_set.id] if self._with_set else 0
            for picture, place in self._of(image_set):
                for variant, size, takes in self._at(number, place if self._with_picture else 0):
                    yield Shot(image_set, picture, variant, size), takes

    def declared(self, where: Where) -> Iterator[Shot]:
        """All shots that a rule names, whether the axes have them or not."""
        variants = [one for one in self._variants if _fits(where.variant, one.id)]
        sizes = [one for one in self._sizes if _fits(where.size, one)]
        for image_set in self._sets:
            if _fits(where.set, image_set.id):
                pictures: Sequence[Picture | None] = (None,)
                if image_set.id:
                    pictures = [one for one in image_set.pictures if _fits(where.picture, one.id)]
                for picture, variant, size in itertools.product(pictures, variants, sizes):
                    yield Shot(image_set, picture, variant, size)

    def in_order(self, shots: Iterable[Wanted]) -> list[Wanted]:
        """Shots in address order."""
        sets, sizes = _places(one.id for one in self._sets), _places(self._sizes)
        variants = _places(one.id for one in self._variants)
        pictures = {one.id: _places(p.id for p in one.pictures) for one in self._sets}

        def place(wanted: Wanted) -> tuple[int, int, int, int]:
            name, picture, variant, size, _ = wanted[0].at(1)
            below = pictures[name].get(picture, 0)
            return sets[name], below, variants[variant], sizes[size]

        return sorted(shots, key=place)

    def _of(self, image_set: ImageSet) -> Sequence[tuple[Picture | None, int]]:
        """Pictures of a set that the axes have, with their place in the author's list."""
        if not image_set.id:
            return ((None, 0),)
        if self._pictures is None:
            return [(picture, place) for place, picture in enumerate(image_set.pictures)]
        places = _places(self._pictures.get(image_set.id, ()))
        return [(one, places[one.id]) for one in image_set.pictures if one.id in places]

    def _at(self, number: int, place: int) -> Sequence[tuple[Variant, str, tuple[int, ...]]]:
        """Variants, sizes and takes that a picture meets, by its place and its set's."""
        if (number, place) not in self._rows:
            takes = self._combined(number, place)
            self._rows[number, place] = [
                (variant, size, tuple(sorted(takes[variant.id, size])))
                for variant, size in itertools.product(self._variants, self._sizes)
                if (variant.id, size) in takes
            ]
        return self._rows[number, place]

    def _combined(self, number: int, place: int) -> dict[tuple[str, str], list[int]]:
        lists = dict(self._inner)
        for axes, index in ((self._with_set, number), (self._with_picture, place)):
            for axis in axes:
                lists[axis] = lists[axis][index : index + 1]
        takes: dict[tuple[str, str], list[int]] = {}
        for index in range(len(lists[self._together[0]]) if self._together else 1):
            here = {**lists, **{one: lists[one][index : index + 1] for one in self._together}}
            for variant, size, take in itertools.product(*here.values()):
                takes.setdefault((str(variant), str(size)), []).append(int(take))
        return takes


class _Ruled:
    """The grid with what `exclude` takes away and `add` puts on top."""

    def __init__(self, campaign: Campaign, grid: Grid) -> None:
        self._campaign = campaign
        self._grid = grid
        self._excludes = [matcher(rule.where) for rule in campaign.matrix.exclude]
        self._adds = [
            (rule.where.take or 1, matcher(rule.where), rule.where) for rule in campaign.matrix.add
        ]
        self._excluding: set[int] = set()
        self._adding: set[int] = set()
        self._met: set[int] = set()
        self._barred: set[int] = set()

    def kept(self) -> list[Wanted] | None:
        """The wanted shots, in address order; None as soon as they are too many."""
        most, cells = self._campaign.max_jobs, 0
        found: list[Wanted] = []
        inside = ((shot, self._left(shot, takes)) for shot, takes in self._grid.shots())
        for wanted in itertools.chain(inside, self._beside()):
            if wanted[1]:
                found.append(wanted)
                cells += len(wanted[1])
                if most is not None and cells > most:
                    return None
        is_beside = len(self._met) < len(self._adds)
        return self._grid.in_order(_joined(found)) if is_beside else found

    def _left(self, shot: Shot, takes: tuple[int, ...]) -> tuple[int, ...]:
        left = takes
        if self._excludes:
            left = tuple(take for take in takes if not self._is_excluded(shot.at(take)))
        for number, (take, is_meant, _) in enumerate(self._adds):
            address = shot.at(take)
            if is_meant(address):
                self._met.add(number)
                if take not in left and self._adds_cell(number, address):
                    left = tuple(sorted((*left, take)))
        return left

    def _beside(self) -> Iterator[Wanted]:
        """What rules add that name nothing of the grid; asked for once that is known."""
        for number, (take, _, where) in enumerate(self._adds):
            if number not in self._met:
                for shot in self._grid.declared(where):
                    if self._adds_cell(number, shot.at(take)):
                        yield shot, (take,)

    def _adds_cell(self, number: int, address: Address) -> bool:
        is_barred = self._is_excluded(address)
        (self._barred if is_barred else self._adding).add(number)
        return not is_barred

    def _is_excluded(self, address: Address) -> bool:
        hits = [number for number, hit in enumerate(self._excludes) if hit(address)]
        self._excluding.update(hits)
        return bool(hits)

    def idle(self) -> Iterator[Problem]:
        """Problems of rules that changed nothing."""
        rules = self._campaign.matrix
        for number, exclude in enumerate(rules.exclude):
            if number not in self._excluding and not exclude.optional:
                yield dead(self._campaign, exclude)
        for number, add in enumerate(rules.add):
            if number not in self._adding and not add.optional:
                is_barred = number in self._barred
                yield _barred(add) if is_barred else dead(self._campaign, add)


def _joined(shots: Iterable[Wanted]) -> Iterator[Wanted]:
    """Each shot once, with all of its takes."""
    takes: dict[Address, set[int]] = {}
    shot_of: dict[Address, Shot] = {}
    for shot, own in shots:
        address = shot.at(0)
        shot_of[address] = shot
        takes.setdefault(address, set()).update(own)
    for address, shot in shot_of.items():
        yield shot, tuple(sorted(takes[address]))


def _others(groups: Sequence[Sequence[AxisName]], axis: AxisName) -> Sequence[AxisName]:
    """Axes that advance with this one."""
    group = next((one for one in groups if axis in one), ())
    return [one for one in group if one != axis]


def _places(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def matcher(where: Where) -> Callable[[Address], bool]:
    """A test whether an address is one that a rule speaks of; names may be globs."""
    tests: list[tuple[int, Callable[[str], bool]]] = [
        (index, _glob(pattern))
        for index, pattern in enumerate((where.set, where.picture, where.variant, where.size))
        if pattern is not None
    ]
    take = where.take

    def matches(address: Address) -> bool:
        if take is not None and address.take != take:
            return False
        return all(test(str(address[index])) for index, test in tests)

    return matches


def _fits(pattern: str | None, name: str) -> bool:
    return pattern is None or _glob(pattern)(name)


@functools.cache
def _glob(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(fnmatch.translate(pattern))
    return lambda name: compiled.match(name) is not None


def dead(campaign: Campaign, rule: Exclude | Extend | Add) -> Problem:
    """A rule that changes nothing, which hides a slip."""
    kind = type(rule).__name__.lower()
    is_own = rule.at is None or rule.at.file == campaign.file
    whose = "the matrix" if is_own else f"campaign `{campaign.name}`, which extends this file,"
    return Problem(
        code="P001",
        what=f"this `{kind}` rule changes nothing",
        why=f"no cell of {whose} matches it, so it is either a slip or left over",
        fix="correct its names, or remove it"
        if is_own
        else "correct its names, or write `optional: true` if it is for other campaigns",
        at=rule.at,
    )


def _barred(rule: Add) -> Problem:
    return Problem(
        code="P006",
        what="this `add` rule asks for what `exclude` takes away",
        why="every cell that it names is excluded, and two rules that contradict each other say"
        " nothing",
        fix="narrow the `exclude` rule, or remove this one",
        at=rule.at,
    )


def _too_many(campaign: Campaign, cells: str) -> Problem:
    return Problem(
        code="P005",
        what=f"the matrix comes to {cells} pictures, and at most {campaign.max_jobs:,} may be"
        " wanted",
        why="that is more often a slip than meant; nothing is left out to make it fit",
        fix="restrict `matrix.axes` or exclude more; if it is meant, raise `max_jobs`, in the"
        " campaign and where its workspace says one",
        at=campaign.matrix_at,
    )

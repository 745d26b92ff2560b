"""Expansion: sets x pictures x variants x native sizes x takes, shaped by the matrix rules."""

import fnmatch
import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.domain.campaign import Campaign, Extend, ImageSet, Picture, Variant, Where
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import Problem, Span
from pipeline.domain.fingerprint import Json, Sha256, canonical
from pipeline.domain.identity import Keyer, Recipe
from pipeline.domain.plan import Address, Cell
from pipeline.domain.template import render
from pipeline.planning.sizes import native_sizes, size_fields, size_label

_NO_SET = ImageSet(id="", pictures=(), reference=None, values={})


@dataclass(frozen=True, slots=True)
class Expansion:
    """The wanted cells.

    Attributes:
        cells: in address order: sets, pictures, variants and sizes as the manifest has them, then
            takes; each address once.
        problems: matrix rules that change nothing, and values that no cell can do without.
    """

    cells: tuple[Cell, ...]
    problems: tuple[Problem, ...]


class _Shot(NamedTuple):
    image_set: ImageSet
    picture: Picture | None
    variant: Variant
    size: str

    def at(self, take: int) -> Address:
        picture = "" if self.picture is None else self.picture.id
        return Address(self.image_set.id, picture, self.variant.id, self.size, take)


def expand(campaign: Campaign, card: Card, *, realm: str, engine: str | None) -> Expansion:
    """List the cells that a campaign wants.

    Args:
        campaign: as declared.
        card: of its model.
        realm: part of every key.
        engine: version of the embedded engine for drafts, else None.
    """
    problems: list[Problem] = []
    kept = _takes_by_shot(campaign, problems)
    recipes = _Recipes(campaign, card, realm=realm, engine=engine, problems=problems)
    cells: list[Cell] = []
    for shot, takes in kept:
        source = None if shot.picture is None else shot.picture.facts.sha256
        for take in takes:
            address = shot.at(take)
            made = recipes.of(shot, address)
            if made is not None:
                recipe, keyer = made
                cells.append(Cell(address, keyer(source, take), recipe, source))
    problems += recipes.dead_rules()
    if not cells and not problems:
        problems.append(_nothing_wanted(campaign))
    return Expansion(tuple(cells), tuple(problems))


def _shots(campaign: Campaign) -> Iterator[_Shot]:
    sizes = tuple(native_sizes(campaign))
    for image_set in campaign.sets or (_NO_SET,):
        pictures: Sequence[Picture | None] = image_set.pictures if image_set.id else (None,)
        for picture, variant, size in itertools.product(pictures, campaign.variants, sizes):
            yield _Shot(image_set, picture, variant, size)


def _takes_by_shot(
    campaign: Campaign, problems: list[Problem]
) -> list[tuple[_Shot, Sequence[int]]]:
    every = tuple(range(1, campaign.takes + 1))
    rules = campaign.matrix
    if not rules.exclude and not rules.add:
        return [(shot, every) for shot in _shots(campaign)]
    excludes = [(rule, matcher(rule.where)) for rule in rules.exclude]
    adds = [(rule, matcher(rule.where)) for rule in rules.add]
    used: set[int] = set()
    kept: list[tuple[_Shot, Sequence[int]]] = []
    for shot in _shots(campaign):
        takes = set(every)
        for number, (_, excluded) in enumerate(excludes):
            hit = {take for take in every if excluded(shot.at(take))}
            if hit:
                used.add(number)
                takes -= hit
        for number, (rule, added) in enumerate(adds, start=len(excludes)):
            take = rule.where.take or 1
            if take not in takes and added(shot.at(take)):
                used.add(number)
                takes.add(take)
        if takes:
            kept.append((shot, sorted(takes)))
    written = [("exclude", rule.at) for rule in rules.exclude]
    written += [("add", rule.at) for rule in rules.add]
    problems += [_dead(at, kind) for n, (kind, at) in enumerate(written) if n not in used]
    return kept


class _Recipes:
    """Recipes by what they depend on, so that cells share them."""

    def __init__(
        self,
        campaign: Campaign,
        card: Card,
        *,
        realm: str,
        engine: str | None,
        problems: list[Problem],
    ) -> None:
        self._campaign = campaign
        self._card = card
        self._realm = realm
        self._engine = engine
        self._problems = problems
        self._extends = [(rule, matcher(rule.where)) for rule in campaign.matrix.extend]
        self._used: set[int] = set()
        self._made: dict[tuple[str, str, str, tuple[int, ...]], tuple[Recipe, Keyer] | None] = {}
        self._interned: dict[str, tuple[Recipe, Keyer]] = {}
        self._sizes = {
            name: size_label(size_fields(card, size))
            for name, size in native_sizes(campaign).items()
        }

    def of(self, shot: _Shot, address: Address) -> tuple[Recipe, Keyer] | None:
        """The recipe of a cell, or None where its prompt lacks a value (noted once)."""
        hits: tuple[int, ...] = ()
        if self._extends:
            hits = tuple(n for n, (_, hit) in enumerate(self._extends) if hit(address))
            self._used.update(hits)
        where = (shot.image_set.id, shot.variant.id, shot.size, hits)
        if where not in self._made:
            self._made[where] = self._make(shot, [self._extends[n][0] for n in hits])
        return self._made[where]

    def dead_rules(self) -> Iterator[Problem]:
        """Problems of `extend` rules that touched no cell; asked for after all cells."""
        for number, (rule, _) in enumerate(self._extends):
            if number not in self._used:
                yield _dead(rule.at, "extend")

    def _make(self, shot: _Shot, extends: Sequence[Extend]) -> tuple[Recipe, Keyer] | None:
        values = dict(shot.variant.values)
        params: dict[str, Json] = {
            **self._card.defaults,
            **self._campaign.params,
            **shot.variant.params,
        }
        for rule in extends:
            values.update(rule.values)
            params.update(rule.params)
        try:
            prompt = render(
                self._campaign.prompt, {"set": shot.image_set.values, "variant": values}
            )
        except KeyError as missing:
            self._problems.append(_no_value(shot, missing.args[0]))
            return None
        reference = shot.image_set.reference
        recipe = Recipe(
            provider=self._card.provider,
            realm=self._realm,
            model=self._card.model,
            prompt=prompt,
            reference=None if reference is None else Sha256(reference.facts.sha256),
            params=params,
            size=self._sizes[shot.size],
            engine=self._engine,
        )
        return self._interned.setdefault(canonical(recipe.components()), (recipe, Keyer(recipe)))


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


@functools.cache
def _glob(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(fnmatch.translate(pattern))
    return lambda name: compiled.match(name) is not None


def _dead(at: Span | None, kind: str) -> Problem:
    return Problem(
        code="P001",
        what=f"this `{kind}` rule changes nothing",
        why="no cell of the matrix matches it, so it is either a slip or left over",
        fix="correct its names, or remove it",
        at=at,
    )


def _no_value(shot: _Shot, placeholder: str) -> Problem:
    owner = shot.variant if placeholder.startswith("{variant.") else shot.image_set
    kind = "variant" if owner is shot.variant else "image set"
    key = placeholder.strip("{}").partition(".")[2]
    return Problem(
        code="P002",
        what=f"{kind} `{owner.id}` has no value for `{placeholder}`",
        why="the shared prompt uses it for every picture",
        fix=f"add `{key}: …` to {kind} `{owner.id}`",
        at=owner.at,
    )


def _nothing_wanted(campaign: Campaign) -> Problem:
    return Problem(
        code="P003",
        what=f"campaign `{campaign.name}` wants no picture at all",
        why="the matrix rules exclude every cell",
        fix="narrow the `exclude` rules",
        at=campaign.prompt_at,
    )


def by_recipe(cells: Sequence[Cell]) -> Mapping[tuple[str, int], list[Cell]]:
    """Cells that may share a request: of one set and one recipe, in the order given.

    Equal recipes of one expansion are one object, so its identity will do.
    """
    groups: dict[tuple[str, int], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.address.set, id(cell.recipe)), []).append(cell)
    return groups

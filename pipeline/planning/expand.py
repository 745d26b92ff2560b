"""Expansion: sets x pictures x variants x native sizes x takes, shaped by the matrix rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.campaign import Campaign, Extend
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import Json, Sha256, canonical
from pipeline.domain.identity import Keyer, Recipe
from pipeline.domain.plan import Address, Cell
from pipeline.domain.template import render
from pipeline.planning.matrix import Shot, dead, matcher, wanted_shots
from pipeline.planning.pins import PINNED_REALM, with_pins
from pipeline.planning.sizes import native_sizes, size_fields, size_label


@dataclass(frozen=True, slots=True)
class Expansion:
    """The wanted cells.

    Attributes:
        cells: in address order: sets, pictures, variants and sizes as the manifest has them, then
            takes; each address once.
        problems: rules and pins that change nothing, values that no cell can do without, and a
            matrix that is too large, which then has no cells at all.
    """

    cells: tuple[Cell, ...]
    problems: tuple[Problem, ...]


def expand(campaign: Campaign, card: Card, *, realm: str, engine: str | None) -> Expansion:
    """List the cells that a campaign wants.

    Args:
        campaign: as declared.
        card: of its model.
        realm: part of every key.
        engine: version of the embedded engine for drafts, else None.
    """
    problems: list[Problem] = []
    kept = wanted_shots(campaign, problems)
    if kept is None:
        return Expansion((), tuple(problems))
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
    if campaign.pins and realm == PINNED_REALM:
        cells, dead_pins = with_pins(cells, campaign)
        problems += dead_pins
    if not cells and not problems:
        problems.append(_nothing_wanted(campaign))
    return Expansion(tuple(cells), tuple(problems))


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

    def of(self, shot: Shot, address: Address) -> tuple[Recipe, Keyer] | None:
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
            if number not in self._used and not rule.optional:
                yield dead(self._campaign, rule)

    def _make(self, shot: Shot, extends: Sequence[Extend]) -> tuple[Recipe, Keyer] | None:
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


def _no_value(shot: Shot, placeholder: str) -> Problem:
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

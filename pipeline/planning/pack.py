"""Packing: cells to buy become legal requests. Deterministic; linear in the number of cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.campaign import Campaign
from pipeline.domain.card import Card, Quote, quote
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import CellKey, Json, Sha256
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Cell, Step
from pipeline.planning.expand import by_recipe
from pipeline.planning.request import Requests, inputs_of
from pipeline.planning.sizes import native_sizes, size_fields


@dataclass(frozen=True, slots=True)
class Packed:
    """Jobs in plan order, cells that no legal request can buy, and why."""

    steps: tuple[Step, ...]
    unpriced: frozenset[CellKey]
    problems: tuple[Problem, ...]


class Packer:
    """Makes requests for one campaign and one model."""

    def __init__(self, campaign: Campaign, card: Card) -> None:
        self._campaign = campaign
        self._card = card
        self._requests = Requests(card)
        self._sizes: dict[str, dict[str, Json]] = {
            name: size_fields(card, size) for name, size in native_sizes(campaign).items()
        }

    def pack(self, action: Action, cells: Sequence[Cell], alone: frozenset[CellKey]) -> Packed:
        """Pack cells into jobs, first-fit in the order given.

        Args:
            action: of all these cells.
            cells: to buy; no key twice.
            alone: cells of failed or empty jobs, which get a request of their own.
        """
        steps: list[Step] = []
        unpriced: set[CellKey] = set()
        problems: list[Problem] = []
        for group in by_recipe(cells).values():
            for bundle in self._bundles(group, alone):
                step = self.step(action, bundle)
                if step is None:
                    unpriced.update(cell.key for cell in bundle)
                elif self._is_over_job_cap(step.quote.most):
                    problems.append(self._over_job_cap(step))
                else:
                    steps.append(step)
        if unpriced:
            problems.append(self._unpriced(len(unpriced)))
        return Packed(tuple(steps), frozenset(unpriced), tuple(problems))

    def step(self, action: Action, cells: Sequence[Cell]) -> Step | None:
        """One job for these cells, or None where its price is unknown."""
        size = self._sizes[cells[0].address.size]
        request = self._requests.write(cells, size=size)
        priced = self._quote(request.params, inputs=len(request.inputs), outputs=len(cells))
        if priced is None:
            return None
        return Step(action, tuple(cells), request, priced)

    def without(self, step: Step, taken: Iterable[CellKey]) -> Step | None:
        """The same job without some cells, or None where nothing is left of it."""
        gone = frozenset(taken)
        rest = [cell for cell in step.cells if cell.key not in gone]
        return self.step(step.action, rest) if rest else None

    def _bundles(self, group: Sequence[Cell], alone: frozenset[CellKey]) -> list[list[Cell]]:
        done: list[list[Cell]] = []
        open_bundles: dict[object, _Bundle] = {}
        for cell in group:
            lane: object = cell.source if self._campaign.sequence == "takes" else cell.address.take
            if cell.key in alone:
                done.append([cell])
                continue
            bundle = open_bundles.get(lane)
            if bundle is None or not self._fits(bundle, cell):
                bundle = open_bundles[lane] = _Bundle(cell.recipe.reference)
                done.append(bundle.cells)
            bundle.add(cell)
        return done

    def _fits(self, bundle: "_Bundle", cell: Cell) -> bool:
        rule = self._card.outputs
        inputs = len(bundle.pictures | ({cell.source} - {None}))
        outputs = len(bundle.cells) + 1
        if outputs > rule.most or inputs > self._card.inputs.most:
            return False
        allowed = self._campaign.budget.max_images_per_job
        if allowed is not None and outputs > allowed:
            return False
        if rule.inputs_plus_outputs is not None and inputs + outputs > rule.inputs_plus_outputs:
            return False
        if self._campaign.budget.max_per_job is None:
            return True
        grown = [*bundle.cells, cell]
        fields = self._sizes[cell.address.size]
        params = {**cell.recipe.params, **fields}
        priced = self._quote(params, inputs=len(inputs_of(grown)), outputs=outputs)
        return priced is None or not self._is_over_job_cap(priced.most)

    def _quote(self, params: Mapping[str, Json], *, inputs: int, outputs: int) -> Quote | None:
        found = quote(self._card, params, inputs=inputs, outputs=outputs)
        if found is not None and found.kind in {"exact", "table"}:
            return found
        ceiling = self._campaign.assume_max
        if ceiling is None:
            return None
        most = MicroUsd(ceiling * outputs)
        if found is not None and found.amount > most:
            return None
        return Quote(amount=most, most=most, kind="floor", as_of="")

    def _is_over_job_cap(self, amount: MicroUsd) -> bool:
        cap = self._campaign.budget.max_per_job
        return cap is not None and amount > cap

    def _over_job_cap(self, step: Step) -> Problem:
        cap = self._campaign.budget.max_per_job or MicroUsd(0)
        return Problem(
            code="P011",
            what=f"`{step.cells[0].address}` alone costs {format_usd(step.quote.most)}",
            why=f"`max_per_job` allows {format_usd(cap)} in one request",
            fix=f"raise `max_per_job` to at least {format_usd(step.quote.most)}",
            at=self._campaign.budget_at,
        )

    def _unpriced(self, cells: int) -> Problem:
        return Problem(
            code="P010",
            what=f"{cells} wanted pictures have no known price on `{self._card.model}`",
            why=f"its price is of kind `{self._card.price.kind}`, and an unknown price is not zero",
            fix="state a ceiling for one picture: `assume_max_usd: 0.25 USD`",
            at=self._campaign.budget_at,
        )


class _Bundle:
    """A request that may still take cells."""

    def __init__(self, reference: Sha256 | None) -> None:
        self.cells: list[Cell] = []
        self.pictures: set[Sha256 | None] = {reference} - {None}

    def add(self, cell: Cell) -> None:
        self.cells.append(cell)
        self.pictures |= {cell.source} - {None}

"""Recognising our own requests in a provider's history by what they ask for, byte for byte.

When the ledger is lost, the history is all that tells of predictions under way. A request that asks
for exactly what one of our own would ask for is ours: same model, same prompt to the last letter,
same parameters, same pictures in the same order.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.campaign import Campaign
from pipeline.domain.card import Card
from pipeline.domain.fingerprint import CellKey, Json, Sha256
from pipeline.domain.identity import is_echoed
from pipeline.domain.plan import Action, Cell, Step
from pipeline.planning.expand import by_recipe
from pipeline.planning.pack import Packer


@dataclass(frozen=True, slots=True)
class Echo:
    """A request as the provider's history tells it.

    Attributes:
        model: id.
        prompt: final prompt.
        params: all body fields but the prompt and the pictures.
        inputs: digests of the pictures, in the order in which they were sent.
    """

    model: str
    prompt: str
    params: Mapping[str, Json]
    inputs: tuple[Sha256, ...]


class Recogniser:
    """Knows every request that one campaign could ever make for its wanted cells."""

    def __init__(self, campaign: Campaign, card: Card, cells: Sequence[Cell]) -> None:
        """Prepare.

        Args:
            campaign: as declared.
            card: of its model.
            cells: wanted, whatever is bought of them; those that are pinned are never asked for.
        """
        self.campaign = campaign.name
        self._card = card
        self._packer = Packer(campaign, card)
        self._groups = list(by_recipe([cell for cell in cells if cell.pin is None]).values())

    def may_know(self, model: str, prompt: str) -> bool:
        """Whether a request could be this campaign's, as far as model and prompt tell."""
        return any(self._groups_of(model, prompt))

    def pictures(self, asked: Mapping[str, Json]) -> tuple[str, ...]:
        """Addresses of the pictures in an echoed request, in the order in which they were sent."""
        told = asked.get(self._card.inputs.field)
        found = told if isinstance(told, list) else [told]
        return tuple(address for address in found if isinstance(address, str))

    def step(self, echo: Echo, *, taken: Container[CellKey]) -> Step | None:
        """The job that asks for exactly this, None where none does.

        Takes of one shot are the same request; those that are not taken yet come first.
        """
        for group in self._groups_of(echo.model, echo.prompt):
            for cells in self._candidates(group, echo, taken):
                step = self._packer.step(Action.BUY, cells)
                if step is not None and _is_same(step, echo):
                    return step
        return None

    def _groups_of(self, model: str, prompt: str) -> Iterator[Sequence[Cell]]:
        if model != self._card.model:
            return
        for group in self._groups:
            if prompt.startswith(group[0].recipe.prompt):
                yield group

    def _candidates(
        self, group: Sequence[Cell], echo: Echo, taken: Container[CellKey]
    ) -> Iterator[list[Cell]]:
        """Cells that a request with these pictures would serve, in output order."""
        by_source: dict[Sha256 | None, list[Cell]] = defaultdict(list)
        for cell in sorted(group, key=lambda cell: (cell.key in taken, cell.address.take)):
            by_source[cell.source].append(cell)
        reference = group[0].recipe.reference
        lists: list[Sequence[Sha256 | None]] = [echo.inputs or (None,)]
        if echo.inputs and echo.inputs[0] == reference:
            lists.insert(0, echo.inputs[1:])
        for sources in lists:
            if len(sources) == 1:
                cells = by_source.get(sources[0], [])[: self._outputs(echo)]
                if cells:
                    yield cells
            elif sources:
                yield from _lanes(sources, by_source, taken)

    def _outputs(self, echo: Echo) -> int:
        """How many pictures a request asks for."""
        field = self._card.outputs.count_field
        asked = 1 if field is None else echo.params.get(field, 1)
        return asked if isinstance(asked, int) and asked > 0 else 1


def _lanes(
    sources: Sequence[Sha256 | None],
    by_source: Mapping[Sha256 | None, Sequence[Cell]],
    taken: Container[CellKey],
) -> Iterator[list[Cell]]:
    """One take of each source, for every take that all of them have."""
    by_take = [
        {cell.address.take: cell for cell in by_source.get(source, ())} for source in sources
    ]
    shared = set.intersection(*(set(takes) for takes in by_take))
    lanes = [[takes[take] for takes in by_take] for take in sorted(shared)]
    yield from sorted(lanes, key=lambda lane: sum(cell.key in taken for cell in lane))


def _is_same(step: Step, echo: Echo) -> bool:
    request = step.request
    pictures = tuple(picture.sha256 for picture in request.inputs)
    is_same = (request.prompt, pictures) == (echo.prompt, echo.inputs)
    return is_same and is_echoed(request.params, echo.params)

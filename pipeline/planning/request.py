"""The final request of a job: prompt, pictures in order, parameters, and its key."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.domain.card import Card
from pipeline.domain.fingerprint import Json, Sha256
from pipeline.domain.identity import Input, JobKeyer, Recipe
from pipeline.domain.plan import Cell, Request

IDENTITY_ONLY = "Image 1 shows the identity to keep and is not edited itself."


class Requests:
    """Writes the requests of one model; what many of them share is made once."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._phrases: dict[tuple[object, ...], _Phrase] = {}

    def write(self, cells: Sequence[Cell], *, size: Mapping[str, Json]) -> Request:
        """Write the request that buys some cells.

        The reference is sent first, in every request. On sequential models the prompt says how many
        pictures are wanted, one for each image and in which order, because such a model decides by
        the prompt how many it makes and the ceiling is what is charged.

        Args:
            cells: one or more of one set and one recipe, in output order: one take of several
                pictures or several takes of one.
            size: body fields that ask for the native size; the same for all cells of a recipe.
        """
        recipe, inputs = cells[0].recipe, inputs_of(cells)
        takes = tuple([cell.address.take for cell in cells])
        wanted = _wanted(cells, inputs)
        # A phrase holds its recipe, so an object of the same id is the same.
        shared = (id(recipe), len(cells), *wanted)
        phrase = self._phrases.get(shared)
        if phrase is None:
            phrase = self._phrases[shared] = self._phrase(recipe, len(cells), wanted, size)
        return Request(
            phrase.prompt,
            inputs,
            phrase.params,
            takes,
            self._card.inputs.field,
            self._card.inputs.many,
            phrase.job(inputs, takes),
        )

    def _phrase(
        self, recipe: Recipe, outputs: int, wanted: Sequence[int], size: Mapping[str, Json]
    ) -> "_Phrase":
        params: dict[str, Json] = {**recipe.params, **size}
        if self._card.outputs.count_field is not None:
            params[self._card.outputs.count_field] = outputs
        direction = _direction(outputs, wanted, is_sequential=self._card.outputs.is_sequential)
        prompt = "\n\n".join(filter(None, (recipe.prompt, direction)))
        return _Phrase(
            recipe, prompt, params, JobKeyer(recipe=recipe, prompt=prompt, params=params)
        )


class _Phrase(NamedTuple):
    """What requests share that ask for the same in the same words, of other pictures or takes."""

    recipe: Recipe
    prompt: str
    params: Mapping[str, Json]
    job: JobKeyer


def inputs_of(cells: Sequence[Cell]) -> tuple[Input, ...]:
    """Pictures of a request: the reference first, then each wanted source once, in cell order."""
    reference = cells[0].recipe.reference
    found: dict[Sha256, Input] = {}
    if reference is not None:
        found[reference] = Input("reference", reference)
    for cell in cells:
        if cell.source is not None:
            found.setdefault(cell.source, Input("source", cell.source))
    return tuple(found.values())


def _wanted(cells: Sequence[Cell], inputs: Sequence[Input]) -> tuple[int, ...]:
    """Positions, from 1, of the pictures that outputs are made from, each once in cell order."""
    position = {picture.sha256: number for number, picture in enumerate(inputs, start=1)}
    found = [position[cell.source] for cell in cells if cell.source is not None]
    return tuple(dict.fromkeys(found))


def _direction(outputs: int, wanted: Sequence[int], *, is_sequential: bool) -> str:
    """What the planner adds to the author's prompt; empty where the model needs nothing."""
    identity = IDENTITY_ONLY if wanted and 1 not in wanted else ""
    if is_sequential:
        return " ".join(filter(None, (_count(outputs, wanted), identity)))
    return f"Edit image {wanted[0]}. {identity}" if identity else ""


def _count(outputs: int, wanted: Sequence[int]) -> str:
    whole = "as a full picture of its own."
    each = f"each {whole}"
    if outputs == 1:
        what = f"an edited version of image {wanted[0]}" if wanted else "one picture"
        return f"Make exactly 1 image: {what}, {whole}"
    if not wanted:
        return f"Make exactly {outputs} images: {outputs} different versions, {each}"
    if len(wanted) == 1:
        versions = f"{outputs} different edited versions of image {wanted[0]}"
        return f"Make exactly {outputs} images: {versions}, {each}"
    named = [f"image {number}" for number in wanted]
    listed = f"{', '.join(named[:-1])} and {named[-1]}"
    return (
        f"Make exactly {outputs} images: one edited version of each of {listed}, "
        f"in this order, {each}"
    )

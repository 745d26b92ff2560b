"""The final request of a job: prompt, pictures in order, parameters, and its key."""

from collections.abc import Sequence

from pipeline.domain.card import Card
from pipeline.domain.fingerprint import Json, Sha256
from pipeline.domain.identity import Input, job_components, job_key
from pipeline.domain.plan import Cell, Request

IDENTITY_ONLY = "Image 1 shows the identity to keep and is not edited itself."


def request_for(cells: Sequence[Cell], card: Card, *, size: dict[str, Json]) -> Request:
    """Write the request that buys some cells.

    The reference is sent first, in every request. On sequential models the prompt says how many
    pictures are wanted, one for each image and in which order, because such a model decides by the
    prompt how many it makes and the ceiling is what is charged.

    Args:
        cells: one or more of one set and one recipe, in output order: one take of several pictures
            or several takes of one.
        card: of the recipe's model.
        size: body fields that ask for the native size.
    """
    recipe = cells[0].recipe
    inputs = inputs_of(cells)
    params: dict[str, Json] = {**recipe.params, **size}
    if card.outputs.count_field is not None:
        params[card.outputs.count_field] = len(cells)
    prompt = "\n\n".join(filter(None, (recipe.prompt, _direction(cells, inputs, card))))
    takes = [cell.address.take for cell in cells]
    components = job_components(
        recipe=recipe, prompt=prompt, inputs=inputs, params=params, takes=takes
    )
    return Request(
        prompt=prompt,
        inputs=inputs,
        params=params,
        field=card.inputs.field,
        many=card.inputs.many,
        components=components,
        job=job_key(components),
    )


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


def _direction(cells: Sequence[Cell], inputs: Sequence[Input], card: Card) -> str:
    """What the planner adds to the author's prompt; empty where the model needs nothing."""
    position = {picture.sha256: number for number, picture in enumerate(inputs, start=1)}
    wanted = list(dict.fromkeys(position[cell.source] for cell in cells if cell.source is not None))
    identity = IDENTITY_ONLY if wanted and 1 not in wanted else ""
    if card.outputs.is_sequential:
        return " ".join(filter(None, (_count(len(cells), wanted), identity)))
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

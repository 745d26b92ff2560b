"""A recipe in words: what a draft will show of a prompt."""

from collections.abc import Iterator

from pipeline.emulator.engine.colours import name_of
from pipeline.emulator.engine.compile import what_is_possible
from pipeline.emulator.engine.lexicon import ENTRIES
from pipeline.emulator.engine.recipe import Backdrop, Garment, Recipe

PLACEHOLDER = "placeholder: the draft engine paints no pictures, it sets the prompt as a poster"
"""What every draft of a text-to-image model is told of."""
_LABELS = {(entry.slot, entry.value): entry.label for entry in ENTRIES}


def described(recipe: Recipe) -> tuple[str, ...]:
    """Say what will be done, an operation each, in the order of a recipe's fields."""
    return tuple(_operations(recipe))


def nothing_to_do(recipe: Recipe) -> str:
    """Say why a prompt comes to nothing, and what would not."""
    asked = "; ".join(map(str, recipe.notes)) or "no picture of it is to change"
    return (
        f"nothing of this prompt can be drawn by the draft engine: {asked}."
        f" It reads English and can do: {what_is_possible()}"
    )


def _operations(recipe: Recipe) -> Iterator[str]:
    if recipe.backdrop is not None:
        yield f"background: {_backdrop(recipe.backdrop)}"
    if recipe.garment is not None:
        yield f"clothes or product: {_garment(recipe.garment)}"
    if recipe.dusted:
        yield "snow on what faces upwards"
    if recipe.light:
        yield f"light: {recipe.light}"
    yield from (f"weather: {name}" for name in recipe.weather)
    yield from (f"colours: {name}" for name in recipe.grades)
    if recipe.style:
        yield f"style: {recipe.style}"
    if recipe.lettering:
        yield f"lettering: “{recipe.lettering}”"


def _backdrop(backdrop: Backdrop) -> str:
    soft = ", out of focus" if backdrop.soft else ""
    match backdrop.kind:
        case "studio":
            return f"a studio in {name_of(backdrop.colour)}{soft}"
        case "plain":
            return f"plain {name_of(backdrop.colour)}"
        case "blur":
            return "its own, out of focus"
        case _:
            return f"{_LABELS['scene', backdrop.scene]}{soft}"


def _garment(garment: Garment) -> str:
    """The shape is said too: who asks for a black suit should know what will be seen."""
    cloth = ["knitted"] if garment.knit else []
    colour = [] if garment.colour is None else [name_of(garment.colour)]
    return f"{', '.join([*colour, *cloth])}, shape as it is"

"""A recipe in words: what a draft will show of a prompt."""

import re
import unicodedata
from collections.abc import Iterator

from pipeline.emulator.engine.colours import name_of
from pipeline.emulator.engine.compile import what_is_possible
from pipeline.emulator.engine.lexicon import ENTRIES
from pipeline.emulator.engine.phrases import is_known
from pipeline.emulator.engine.recipe import Backdrop, Garment, Recipe

PLACEHOLDER = "placeholder: the draft engine paints no pictures, it sets the prompt as a poster"
"""What every draft of a text-to-image model is told of."""
_FEW = 0.34
"""Share of known words that a prompt in another language may have: `a`, `studio`, `film`."""
_LABELS = {(entry.slot, entry.value): entry.label for entry in ENTRIES}


def described(recipe: Recipe) -> tuple[str, ...]:
    """Say what will be done, an operation each, in the order of a recipe's fields."""
    return tuple(_operations(recipe))


def nothing_to_do(recipe: Recipe) -> str:
    """Say why a prompt comes to nothing, and what would not."""
    if _is_another_language(recipe):
        return (
            "the draft engine reads English only, and this prompt seems to be in another language:"
            " write it in English to see a draft; the model itself may well read it as it is."
            f" A draft can show: {what_is_possible()}"
        )
    asked = "; ".join(map(str, recipe.notes)) or "no picture of it is to change"
    return (
        f"nothing of this prompt can be drawn by the draft engine: {asked}."
        f" It reads English and can do: {what_is_possible()}"
    )


def _is_another_language(recipe: Recipe) -> bool:
    """Whether next to nothing of what was not understood is a word that is known here."""
    if {note.kind for note in recipe.notes} != {"not understood"}:
        return False
    text = " ".join(note.clause for note in recipe.notes).lower()
    words = re.findall(r"[^\W\d_]+", text)
    known = sum(is_known(word) for word in words)
    written = any("LATIN" not in unicodedata.name(c, "LATIN") for c in text if c.isalpha())
    return len(words) > 0 and (written or len(words) > 1) and known <= _FEW * len(words)


def _operations(recipe: Recipe) -> Iterator[str]:
    if recipe.backdrop is not None:
        glossy = ", on a glossy ground" if recipe.glossy else ""
        yield f"background: {_backdrop(recipe.backdrop)}{glossy}"
    if recipe.garment is not None:
        yield f"clothes or product: {_garment(recipe.garment)}"
    if recipe.dusted:
        yield "snow on what faces upwards"
    if recipe.light or recipe.side:
        yield f"light: {_light(recipe)}"
    yield from (f"weather: {name}" for name in recipe.weather)
    yield from (f"colours: {name}" for name in recipe.grades)
    if recipe.style:
        yield f"style: {_LABELS['style', recipe.style]}"
    if recipe.lettering:
        where = f", at the {recipe.lettering_at}" if recipe.lettering_at else ""
        yield f"lettering: “{recipe.lettering}”{where}"


def _light(recipe: Recipe) -> str:
    side = {-1: "from the left", 0: "", 1: "from the right"}[recipe.side]
    return ", ".join(part for part in (recipe.light, side) if part)


def _backdrop(backdrop: Backdrop) -> str:
    soft = ", out of focus" if backdrop.soft else ""
    match backdrop.kind:
        case "studio":
            plinth = " with a plinth" if backdrop.podium else ""
            return f"a studio in {name_of(backdrop.colour)}{plinth}{soft}"
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

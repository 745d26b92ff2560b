"""Drawn backdrops by name, and the light each has when the prompt names none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.scenes import (
    beach,
    desert,
    forest,
    mountains,
    space,
    street,
    table,
    wall,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One drawn place.

    Attributes:
        draw: makes the backdrop.
        light: key of `moods.MOODS` for a prompt that names no light.
        weather: what belongs to the place, drawn unless the prompt refuses it; may be empty.
    """

    draw: Callable[[Canvas], Setting]
    light: str
    weather: str = ""


SCENES: Mapping[str, Scene] = {
    "snow street": Scene(partial(street.draw_street, look=street.SNOWY), "cold morning", "snow"),
    "winter": Scene(partial(forest.draw_forest, look=forest.WINTER), "cold morning", "snow"),
    "street": Scene(partial(street.draw_street, look=street.BARE), "daylight"),
    "city night": Scene(partial(street.draw_street, look=street.CITY_NIGHT), "night"),
    "beach": Scene(beach.draw_beach, "daylight"),
    "forest": Scene(partial(forest.draw_forest, look=forest.GREEN), "daylight"),
    "mountains": Scene(partial(mountains.draw_country, look=mountains.ALPINE), "daylight"),
    "space": Scene(space.draw_space, "starlight"),
    "meadow": Scene(partial(mountains.draw_country, look=mountains.MEADOW), "daylight"),
    "flower field": Scene(partial(mountains.draw_country, look=mountains.FLOWERS), "daylight"),
    "desert": Scene(desert.draw_desert, "daylight"),
    "table": Scene(partial(table.draw_table, look=table.WOODEN), "soft studio"),
    "pale table": Scene(partial(table.draw_table, look=table.PALE), "soft studio"),
    "dark table": Scene(partial(table.draw_table, look=table.DARK), "soft studio"),
    "linen": Scene(partial(table.draw_table, look=table.LINEN), "soft studio"),
    "marble": Scene(partial(table.draw_table, look=table.MARBLE), "daylight"),
    "black marble": Scene(partial(table.draw_table, look=table.BLACK_MARBLE), "soft studio"),
    "interior": Scene(partial(table.draw_table, look=table.WOODEN), "soft studio"),
    "festive": Scene(partial(table.draw_table, look=table.FESTIVE), "soft studio"),
    "brick wall": Scene(partial(wall.draw_wall, look=wall.BRICK), "daylight"),
    "concrete wall": Scene(partial(wall.draw_wall, look=wall.CONCRETE), "soft studio"),
}

"""Drawn backdrops by name, and the light each has when the prompt names none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.scenes import beach, forest, mountains, space, street, table


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
    "mountains": Scene(mountains.draw_mountains, "daylight"),
    "space": Scene(space.draw_space, "starlight"),
    "table": Scene(table.draw_table, "soft studio"),
    "interior": Scene(table.draw_table, "soft studio"),
}

"""The words this engine understands, as one table."""

from pipeline.emulator.engine import (
    cloth_words,
    grade_words,
    light_words,
    place_words,
    style_words,
)
from pipeline.emulator.engine.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *place_words.ENTRIES,
    *light_words.ENTRIES,
    *cloth_words.ENTRIES,
    *grade_words.ENTRIES,
    *(
        Entry("style", name, style_words.patterns(name), style_words.LABELS.get(name, name))
        for name in style_words.STYLES
    ),
)
"""Every operation that can be asked for; their order is that of the list of what is possible."""

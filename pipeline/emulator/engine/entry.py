"""One operation of the lexicon and its phrases, and the words that several tables share.

Patterns are regular expressions over lower-case text in which hyphens are spaces. `~` stands for up
to two words in between, `%` for a finish such as matte, `{colour}` for a named colour; all are
expanded by `phrases`. Longer matches win over shorter ones wherever two overlap, so `soft studio
lighting` is a light and the studio in it is not a backdrop.
"""

from dataclasses import dataclass
from typing import Literal

Slot = Literal[
    "studio",
    "podium",
    "plain",
    "blur",
    "scene",
    "season",
    "light",
    "soft light",
    "weather",
    "grade",
    "garment",
    "winter outfit",
    "dust",
    "style",
    "gloss",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation and the phrases that ask for it.

    Attributes:
        slot: what kind of operation it is.
        value: which one.
        patterns: any of these phrases asks for it.
        label: how it is named in the list of what is possible; empty where another entry of the
            same operation is listed.
    """

    slot: Slot
    value: str
    patterns: tuple[str, ...]
    label: str = ""

    @property
    def name(self) -> str:
        """What a prompt that says no to it refuses."""
        return self.value or self.slot


MOOD = "ambience|ambiance|atmosphere|mood|setting|background|backdrop|theme"
ENDS = r"(?= *(?:$|[,.;:)]))"  # alone at the end of a clause, so not in `night cream`
NO_PLACE = (
    r"(?!(?: \w+){0,2} (?:studio|background|backdrop|seamless|wall|paper|light|lights|lighting|sky|"
    r"table|room))"
)

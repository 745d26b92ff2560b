"""Reads the sentences that packing adds to a prompt: which inputs are wanted, in what order.

They say how pictures are counted and not how they look, so the lexicon never sees them.
"""

import re
from dataclasses import dataclass

_SEVERAL = re.compile(
    r"Make exactly \d+ images?: (?:"
    r"one edited version of each of (?P<each>image \d+(?:(?:, | and )image \d+)*), in this order,"
    r" each as a full picture of its own"
    r"|an edited version of (?P<one>image \d+), as a full picture of its own"
    r"|\d+ different edited versions of (?P<takes>image \d+), each as a full picture of its own"
    r")\.?",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"Image \d+ shows the identity to keep and is not edited itself\.?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one output is made from.

    Attributes:
        source: index of the input picture, from 0.
        round: how many earlier outputs of this job use the same input.
    """

    source: int
    round: int


def split_prompt(prompt: str, *, pictures: int, wanted: int) -> tuple[str, tuple[Wanted, ...]]:
    """Part the author's words from the packing sentences.

    Args:
        prompt: as it was sent.
        pictures: how many inputs came; 1 or more.
        wanted: how many outputs are due.

    Returns:
        The author's words, and one entry an output, in order. Where no sentence names inputs (or
        none that exist), inputs are taken in order, and again from the first when they run out.
    """
    found = _SEVERAL.search(prompt)
    words = _IDENTITY.sub(" ", _SEVERAL.sub(" ", prompt)).strip()
    named: list[int] = []
    if found is not None:
        names = found["each"] or found["one"] or found["takes"]
        named = [int(number) - 1 for number in re.findall(r"\d+", names)]
    order = [index for index in named if 0 <= index < pictures] or list(range(pictures))
    uses = dict.fromkeys(order, 0)
    outputs = []
    for place in range(wanted):
        source = order[place % len(order)]
        outputs.append(Wanted(source=source, round=uses[source]))
        uses[source] += 1
    return words, tuple(outputs)

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
    r"|one picture, as a full picture of its own"
    r"|\d+ different versions, each as a full picture of its own"
    r")\.?",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"(?:Edit (?P<edited>image \d+)\. )?"
    r"Image \d+ shows the identity to keep and is not edited itself\.?",
    re.IGNORECASE,
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
    named = [int(number) - 1 for number in re.findall(r"\d+", _names(prompt))]
    order = [index for index in named if 0 <= index < pictures] or list(range(pictures))
    uses = dict.fromkeys(order, 0)
    outputs = []
    for place in range(wanted):
        source = order[place % len(order)]
        outputs.append(Wanted(source=source, round=uses[source]))
        uses[source] += 1
    return authors_words(prompt), tuple(outputs)


def authors_words(prompt: str) -> str:
    """A prompt without packing sentences."""
    return _IDENTITY.sub(" ", _SEVERAL.sub(" ", prompt)).strip()


def _names(prompt: str) -> str:
    """Where packing says which inputs are wanted; empty where it does not."""
    found = _SEVERAL.search(prompt)
    if found is not None:
        return found["each"] or found["one"] or found["takes"] or ""
    alone = _IDENTITY.search(prompt)
    return (alone["edited"] or "") if alone is not None else ""

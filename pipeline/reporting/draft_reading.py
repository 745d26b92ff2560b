"""What the draft engine reads in the prompts of a plan: for people, and for machines."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.screen import visible
from pipeline.reporting.words import count

_MOST_SHOWN = 12
_LONGEST = 88
_WIDTH = 100
_TIE = "\u00a0"


@dataclass(frozen=True, slots=True)
class DraftReading:
    """One prompt as the draft engine understands it.

    Attributes:
        prompt: the rendered one, before packing.
        pictures: how many wanted pictures have it.
        does: what will be done, an operation each.
        keeps: what the prompt says is to stay, in its words.
        notes: what will not be done, a clause each, with its reason.
        fails: why a draft of it fails; empty where it does not.
        is_placeholder: whether its draft is a poster of its words, whatever they are.
        possible: where it fails, what can be drawn: groups with their members, between them `; `.
    """

    prompt: str
    pictures: int
    does: tuple[str, ...]
    keeps: tuple[str, ...]
    notes: tuple[str, ...]
    fails: str = ""
    is_placeholder: bool = False
    possible: str = ""

    @property
    def is_partial(self) -> bool:
        """Whether a part of the prompt is done, and another part is not."""
        return bool(self.notes) and not self.fails


def readings_text(readings: Sequence[DraftReading], *, of: int) -> Iterator[str]:
    """Lines for a terminal, a paragraph a prompt; nothing where no prompt was read.

    Args:
        readings: in plan order.
        of: how many distinct prompts there are; of very many only the first are read.
    """
    if not readings:
        return
    which = count(of, "prompt")
    if of > len(readings):
        which = f"the first {len(readings):,} of {which}"
    yield ""
    yield f"What the draft engine makes of {which}:"
    for reading in readings[:_MOST_SHOWN]:
        yield ""
        yield f"  {count(reading.pictures, 'picture')}: {_cut(reading.prompt)}"
        yield from _rows(reading)
    more = readings[_MOST_SHOWN:]
    if more:
        partial = sum(one.is_partial for one in more)
        failing = sum(bool(one.fails) for one in more)
        yield ""
        counted = f"{partial:,} drawn in part, {failing:,} not at all"
        yield f"  … and {count(len(more), 'more prompt')}: {counted}"
    yield from _possible(next((one.possible for one in readings if one.possible), ""))


def _possible(groups: str) -> Iterator[str]:
    """What can be drawn, said once, a group a paragraph."""
    if groups:
        yield ""
        yield "The draft engine reads English and can draw:"
    for group in groups.split("; ") if groups else ():
        # Lines break between names only.
        tied = group.replace(" ", _TIE).replace(f",{_TIE}", ", ")
        for line in textwrap.wrap(
            tied, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
        ):
            yield line.replace(_TIE, " ")


def readings_json(readings: Sequence[DraftReading]) -> list[Mapping[str, object]]:
    """All of it as JSON; `fails` only where it does."""
    return [
        {
            "prompt": one.prompt,
            "pictures": one.pictures,
            "does": list(one.does),
            "keeps": list(one.keeps),
            "notes": list(one.notes),
            **({"fails": one.fails} if one.fails else {}),
        }
        for one in readings
    ]


def _rows(reading: DraftReading) -> Iterator[str]:
    if reading.fails:
        yield "    fails   nothing of it can be drawn"
    yield from (f"    does    {visible(line)}" for line in reading.does)
    yield from (f"    keeps   {visible(line)}" for line in reading.keeps)
    yield from (f"    not     {visible(line)}" for line in reading.notes)


def _cut(prompt: str) -> str:
    line = visible(" ".join(prompt.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"

"""What a poster says: the subject large, the whole prompt small."""

import re
from dataclasses import dataclass

from pipeline.emulator.engine import grammar
from pipeline.emulator.engine.letters import drawable

_MOST_WORDS = 6
_MOST_LETTERS = 60
_MOST_CAPTION = 260
_PICTURE_OF = re.compile(rf"^(?:(?!of\b)[\w'-]+\s+){{0,4}}?{grammar.PICTURE_OF}", re.IGNORECASE)
_ENDS = re.compile(rf"[,.;:!?\n“”\"]|\s(?={grammar.BEFORE_PLACE}\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Headline:
    """The words of a poster; both may be empty where no letter of the prompt can be set."""

    large: str
    small: str


def headline(words: str, *, lettering: str) -> Headline:
    """Part a prompt.

    Args:
        words: the author's.
        lettering: what the prompt wants to read on the picture; empty for nothing.
    """
    whole = drawable(words[: 4 * _MOST_CAPTION])
    small = whole if len(whole) <= _MOST_CAPTION else f"{whole[:_MOST_CAPTION].rstrip()}…"
    large = drawable(lettering) or drawable(_subject(" ".join(words.split())))
    return Headline(large, "" if large.lower() == small.lower().strip(".! ") else small)


def _subject(whole: str) -> str:
    led = _PICTURE_OF.match(whole)
    rest = whole[led.end() :] if led is not None else whole
    rest = _ENDS.split(rest.strip(), maxsplit=1)[0]
    chosen = " ".join(rest.split()[:_MOST_WORDS])[:_MOST_LETTERS]
    return chosen[:1].upper() + chosen[1:]

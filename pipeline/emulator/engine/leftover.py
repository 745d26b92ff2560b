"""What of a prompt nothing explains: told clause by clause, with a reason where one is known."""

import difflib
import re
from collections.abc import Iterator

from pipeline.emulator.engine import grammar
from pipeline.emulator.engine.clauses import clauses, hidden, inside, short, words_in
from pipeline.emulator.engine.impossible import (
    is_about_subjects,
    is_about_the_camera,
    why_impossible,
    why_of_finish,
)
from pipeline.emulator.engine.phrases import FINISHES, ORDINARY, Hit, vocabulary
from pipeline.emulator.engine.recipe import Note

_SHORTEST_SLIP = 7
"""Letters of a word that may be taken for a slip of the pen."""
_REFUSAL = re.compile(grammar.REFUSAL)
_LED = re.compile(r"^(?:and|but|then) ", re.IGNORECASE)


def not_done(
    sentence: str, text: str, hits: list[Hit], explained: list[tuple[int, int]]
) -> Iterator[tuple[int, Note]]:
    """Clauses with words that nothing explains; inside an understood clause, the words alone."""
    gaps = [gap for hit in hits for gap in hit.gaps]
    cloths = [(hit.start, hit.end) for hit in hits if hit.entry.slot == "garment"]
    within = [(hit.start, hit.end) for hit in hits if inside((hit.start, hit.end), gaps)]
    spans = [(hit.start, hit.end) for hit in hits] + explained
    left = hidden(text, spans)
    for start, end in clauses(text, spans):
        rest = left[start:end].replace("\0", " ")
        ordinary = grammar.FILLERS if is_about_subjects(rest) else ORDINARY
        strange = [
            sentence[a:b]
            for a, b in words_in(text, start, end)
            if text[a:b] not in ordinary
            and not inside((a, b), within)
            and (
                text[a:b] not in vocabulary() or (text[a:b] in FINISHES and inside((a, b), cloths))
                if inside((a, b), gaps)
                else not inside((a, b), spans)
            )
        ]
        camera = is_about_the_camera(rest)
        # Nothing is ever added unasked, so `no people` is honoured already.
        if not (strange or camera) or _REFUSAL.match(text[start:end]):
            continue
        clause = _LED.sub("", short(sentence[start:end].strip(" ,;:()")))
        in_part = any(inside(span, [(start, end)]) for span in spans)
        if strange and in_part:
            clause = f"{short(' '.join(strange))} (in: {clause})"
        why = why_impossible(text[start:end] if camera else rest)
        why = why or (why_of_finish([word.lower() for word in strange]) if in_part else "")
        why = why or why_impossible(" ".join(_around(text, start, end, hits)))
        if why:
            yield start, Note("not possible", clause, why)
        else:
            yield start, Note("not understood", clause, _meant(strange))


def _around(text: str, start: int, end: int, hits: list[Hit]) -> Iterator[str]:
    """Phrases of a clause that hold a word which they do not explain: `soft OVERHEAD light`."""
    for hit in hits:
        held = any(first < last for first, last in hit.gaps)
        if held and inside((hit.start, hit.end), [(start, end)]):
            yield text[hit.start : hit.end]


def _meant(strange: list[str]) -> str:
    """A known word that an unknown one is a slip of; empty where there is none."""
    for word in strange:
        if len(word) < _SHORTEST_SLIP:
            continue
        known = sorted(one for one in vocabulary() if one[0] == word[0].lower())
        near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.88)
        if near and near[0].rstrip("s") != word.lower().rstrip("s"):
            return f"did you mean `{near[0]}`?"
    return ""

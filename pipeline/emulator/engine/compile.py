"""Turns the author's words into a recipe: what to draw, what to leave, what was not understood."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.emulator.engine import lexicon
from pipeline.emulator.engine.colours import PATTERN as COLOUR
from pipeline.emulator.engine.colours import named_colour
from pipeline.emulator.engine.lexicon import ENTRIES, Entry
from pipeline.emulator.engine.raster import Rgb, rgb
from pipeline.emulator.engine.recipe import Backdrop, Recipe

_STUDIO_GREY = rgb("#d4d3d1")
_PURE_WHITE = rgb("#ffffff")
_GAP = (
    r"(?: the| a| an)?"
    r"(?P<gap{n}>(?: (?!(?:and|or|with|but|in|on|at|to|of|the|a)\b)[\w'&]+){{0,2}}?)"
)
_REFUSAL = re.compile(r"^\W*(?:and |but |with )?(?:no|without|avoid|avoiding|never)\b")
_NEGATED = re.compile(r"\b(?:no|without|not|never|avoid|avoiding)(?: any| the| a)? $")
_SPLIT = re.compile(
    r"[,;:()]|\b(?:and|with|plus|then|but|while|in|on|against|under|onto|into|featuring|wearing)\b"
)
_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?=\S)[^.!?;\n]*)*")
_LOCK = re.compile(
    rf"\b{lexicon.KEEP_VERBS}\b.*?"
    rf"(?=(?:,|;|\band\b|\bbut\b|\bthen\b)\s*(?:then |also |please )*{lexicon.ORDER_VERBS}\b|$)"
)
_STAYS = re.compile(rf"\b{lexicon.UNCHANGED}\b")
_SAME = re.compile(r"\b(?:(?:with|in) )?(?:the )?same \w+(?: and \w+)?")
_SUBJECT = re.compile(
    rf"\b{lexicon.SUBJECT_VERBS} (?P<who>(?:(?!{lexicon.BEFORE_PLACE} )[\w'&]+ ){{1,6}}?)"
    rf"(?={lexicon.BEFORE_PLACE}\b)"
)
_OPENING = re.compile(
    rf"^\s*(?!{lexicon.ORDER_VERBS}\b)(?P<who>(?:a|an|the|this|my|our|her|his)"
    rf"(?: (?!{lexicon.BEFORE_PLACE} )[\w'&]+){{1,5}}?) (?={lexicon.BEFORE_PLACE}\b)"
)
_SPACES = '-\u2010\u2011\u2013\u2014/"\u201c\u201d\t\r\xa0'
_COUNTS = re.compile(lexicon.COUNTS)


@dataclass(frozen=True, slots=True)
class _Hit:
    """One phrase of the lexicon, found in one sentence at `start` to `end`."""

    entry: Entry
    start: int
    end: int
    colour: str
    gaps: tuple[tuple[int, int], ...]


def _expanded(pattern: str) -> re.Pattern[str]:
    numbers = iter(range(99))
    body = re.sub("~", lambda _: _GAP.format(n=next(numbers)), pattern)
    # A pattern may name the colour once only; alternatives without it fall back to a default.
    return re.compile(rf"(?<![\w#])(?:{body.replace('{colour}', f'(?P<colour>{COLOUR})')})(?!\w)")


_RULES = tuple((entry, _expanded(p)) for entry in ENTRIES for p in entry.patterns)
# A word between two words of a phrase is understood if any phrase has it: `warm EVENING light`.
_VOCABULARY = frozenset(
    word
    for entry in ENTRIES
    for pattern in entry.patterns
    for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"\\.|\{colour\}", " ", pattern))
)


def what_is_possible() -> str:
    """One line for people: every operation of the lexicon by name."""
    return ", ".join(dict.fromkeys(entry.label for entry in ENTRIES))


def compile_prompt(words: str) -> Recipe:
    """Read a prompt.

    Args:
        words: the author's own, without packing sentences.

    Returns:
        A recipe; one that does nothing if no phrase is known or locks cancel all of them.
    """
    reading = _Reading()
    for match in _SENTENCE.finditer(words):
        reading.read(match.group(), match.start())
    return reading.recipe()


class _Reading:
    """Gathers hits, locks and notes, sentence by sentence."""

    def __init__(self) -> None:
        self._hits: list[tuple[int, _Hit, str]] = []
        self._refused: set[str] = set()
        self._keeps: set[str] = set()
        self._notes: list[tuple[int, str]] = []

    def read(self, sentence: str, at: int) -> None:
        """Take in one sentence, in the author's writing, that begins at character `at`."""
        text = _plain(sentence)
        explained = [match.span() for match in _COUNTS.finditer(text)]
        locks = list(_lock_spans(_hidden(text, explained)))
        for start, end in locks:
            self._keeps.update(_targets(text[start:end]))
        explained += locks
        subjects = [m.span("who") for m in _SUBJECT.finditer(text)]
        opening = _OPENING.match(text)
        if opening is not None and _names_a_place(text[opening.end() :]):
            subjects.append(opening.span("who"))
        explained += subjects
        hits = _hits(_hidden(text, explained))
        for hit in hits:
            if _NEGATED.search(text[: hit.start]):
                self._refused.add(hit.entry.name)
            else:
                self._hits.append((at + hit.start, hit, sentence[hit.start : hit.end].strip()))
        for start, note in _not_understood(sentence, text, hits, explained):
            self._notes.append((at + start, note))

    def recipe(self) -> Recipe:
        """Settle what the sentences said together: first come, locks above all."""
        drawn = _Drawn()
        for at, hit, phrase in self._hits:
            if hit.entry.name in self._refused:
                continue
            lock = _lock_against(hit.entry)
            kept = f"cancelled: the prompt keeps the {lock}" if lock in self._keeps else ""
            why = kept or drawn.take(hit)
            if why:
                self._notes.append((at, f"{phrase} ({why})"))
        return Recipe(
            backdrop=drawn.backdrop,
            light=drawn.light,
            weather=tuple(dict.fromkeys(drawn.weather)),
            grades=tuple(dict.fromkeys(drawn.grades)),
            keeps=frozenset(self._keeps),
            refused=frozenset(self._refused),
            notes=tuple(dict.fromkeys(note for _, note in sorted(self._notes))),
        )


class _Drawn:
    """Operations settled so far."""

    def __init__(self) -> None:
        self.backdrop: Backdrop | None = None
        self.light = ""
        self.weather: list[str] = []
        self.grades: list[str] = []

    def take(self, hit: _Hit) -> str:
        """Add one operation; the answer says why that is not possible, and is empty if it is."""
        value = hit.entry.value
        match hit.entry.slot:
            case "light":
                if self.light not in {"", value}:
                    return f"the light is already {self.light}"
                self.light = value
            case "weather":
                self.weather.append(value)
            case "grade":
                self.grades.append(value)
            case _:
                return self._take_backdrop(_backdrop(hit))
        return ""

    def _take_backdrop(self, new: Backdrop) -> str:
        old = self.backdrop
        if old is None:
            self.backdrop = new
        elif "blur" in {old.kind, new.kind}:
            # A blurred background names no place: it softens the one that is named.
            place = new if old.kind == "blur" else old
            self.backdrop = replace(place, soft=True)
        elif not _same_place(old, new):
            return "there is already another background"
        return ""


def _plain(sentence: str) -> str:
    """Lower case, hyphens and quotes as spaces; every character stays at its place."""
    swaps = str.maketrans({**dict.fromkeys(_SPACES, " "), "\u2019": "'"})
    lowered = (c.lower() if len(c.lower()) == 1 else c for c in sentence)
    return "".join(lowered).translate(swaps)


def _hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _names_a_place(text: str) -> bool:
    """Whether a background follows, so that what stands before it is the subject."""
    return any(hit.entry.slot in {"scene", "studio", "plain"} for hit in _hits(text))


def _lock_spans(text: str) -> Iterator[tuple[int, int]]:
    """Find what is to stay: `keep ...`, `... unchanged`, `the same ...`."""
    opened = [match.span() for match in _LOCK.finditer(text)]
    yield from opened
    rest = _hidden(text, opened)
    for match in _STAYS.finditer(rest):
        orders = [hit.end for hit in _hits(rest[: match.start()])]
        start = max([0, *orders, rest.rfind("\0", 0, match.start()) + 1])
        yield start, match.end()
    for match in _SAME.finditer(rest):
        yield match.span()


def _targets(scope: str) -> Iterator[str]:
    words = set(re.findall(r"\w+", scope))
    for target, names in lexicon.KEEP_TARGETS.items():
        if words.intersection(names):
            yield target


def _hits(text: str) -> list[_Hit]:
    """Every phrase found, longest first where they overlap, then in text order."""
    found: list[_Hit] = []
    for entry, rule in _RULES:
        for match in rule.finditer(text):
            names = match.groupdict()
            gaps = tuple(match.span(name) for name in names if name.startswith("gap"))
            found.append(_Hit(entry, *match.span(), names.get("colour") or "", gaps))
    # A named colour is worth more than any length: `seamless SAND COLOURED STUDIO`.
    found.sort(key=lambda hit: (not hit.colour, hit.start - hit.end, hit.start))
    kept: list[_Hit] = []
    for hit in found:
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _not_understood(
    sentence: str, text: str, hits: list[_Hit], explained: list[tuple[int, int]]
) -> Iterator[tuple[int, str]]:
    """Clauses with words that nothing explains; inside an understood clause, the words alone."""
    gaps = [gap for hit in hits for gap in hit.gaps]
    spans = [(hit.start, hit.end) for hit in hits] + explained
    for start, end in _clauses(text, spans):
        clause = sentence[start:end].strip(" ,;:()\t\r")
        strange = [
            sentence[a:b]
            for a, b in _words(text, start, end)
            if text[a:b] not in lexicon.FILLERS
            and (
                text[a:b] not in _VOCABULARY
                if _inside((a, b), gaps)
                else not _inside((a, b), spans)
            )
        ]
        # Nothing is ever added unasked, so `no people` is honoured already.
        if not strange or _REFUSAL.match(text[start:end]):
            continue
        understood = any(_inside(span, [(start, end)]) for span in spans)
        yield start, f"{' '.join(strange)} (in: {clause})" if understood else clause


def _clauses(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SPLIT.finditer(text):
        if not _inside(match.span(), spans):
            yield start, match.start()
            start = match.start()
    yield start, len(text)


def _words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\W_][\w'&#]*", text[start:end]):
        yield start + match.start(), start + match.end()


def _inside(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _lock_against(entry: Entry) -> str:
    slots = {"light": "light", "weather": "weather", "grade": "colours"}
    return slots.get(entry.slot, "background")


def _backdrop(hit: _Hit) -> Backdrop:
    match hit.entry.slot:
        case "scene":
            return Backdrop("scene", scene=hit.entry.value)
        case "studio":
            return Backdrop("studio", colour=_colour(hit.colour, _STUDIO_GREY))
        case "plain":
            return Backdrop("plain", colour=_colour(hit.colour, _PURE_WHITE))
        case _:
            return Backdrop("blur")


def _colour(words: str, default: Rgb) -> Rgb:
    return named_colour(words) if words else default


def _same_place(one: Backdrop, other: Backdrop) -> bool:
    """A wooden table in a kitchen is one place, and so is a studio named twice."""
    indoors = {"table", "interior"}
    if one.kind != other.kind:
        return False
    return one.scene == other.scene or {one.scene, other.scene} <= indoors or one.kind == "studio"

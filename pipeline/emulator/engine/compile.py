"""Turns the author's words into a recipe: what to draw, what to leave, what is not done and why."""

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.emulator.engine import grammar, lettering_words
from pipeline.emulator.engine.colours import PATTERN as COLOUR
from pipeline.emulator.engine.colours import named_colour
from pipeline.emulator.engine.impossible import (
    is_about_subjects,
    is_about_the_camera,
    why_impossible,
)
from pipeline.emulator.engine.letters import is_drawable
from pipeline.emulator.engine.lexicon import ENTRIES, Entry
from pipeline.emulator.engine.recipe import Backdrop, Garment, Note, Recipe
from pipeline.emulator.engine.rgb import Rgb

MOST_READ = 5_000
"""Characters of a prompt that are read; what follows is a note. Ten times what authors write."""

_MOST_NOTES = 20
_MOST_CLAUSE = 120
_SHORTEST_SLIP = 7
"""Letters of a word that may be taken for a slip of the pen."""
_STUDIO_GREY = named_colour("neutral grey")
_STUDIOS = {"dark": named_colour("dark charcoal"), "light": named_colour("off white")}
"""Backgrounds that are only called dark or light."""
_PURE_WHITE = named_colour("white")
_WINTER_CLOTH = named_colour("oxblood")
"""Deep, and seen on a dark suit as well as on a bright one."""
_GAP = (
    r"(?: the| a| an)?"
    r"(?P<gap{n}>(?: (?!(?:and|or|with|but|in|on|at|to|of|the|a)\b)[\w'&]+){{0,2}}?)"
)
_REFUSAL = re.compile(grammar.REFUSAL)
_NEGATED = re.compile(grammar.NEGATION)
_NEGATED_WITHIN = 60
_SPLIT = re.compile(
    r"[,;:()]|\b(?:and|with|plus|then|but|while|in|on|against|under|onto|into|featuring|wearing)\b"
)
_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?=\S)[^.!?;\n]*)*")
_LOCK = re.compile(
    rf"\b{grammar.KEEP_VERBS}(?!\w).*?"
    rf"(?=(?:,|;|\band\b|\bbut\b|\bthen\b)\s*(?:then |also |please |just |only )*"
    rf"{grammar.ORDER_VERBS}\b|$)"
)
_STAYS = re.compile(rf"\b{grammar.UNCHANGED}\b")
_EXCEPT = re.compile(grammar.EXCEPT)
_KEPT_WORD = "|".join(
    word for names in (grammar.KEEP_TARGETS | grammar.ALWAYS_KEPT).values() for word in names
)
_SAME = re.compile(
    r"\b(?:(?:with|in|on|at) )?(?:(?:exactly )?the |her |his |their )?(?:exact )?same "
    rf"(?!as\b|way\b|please\b|for\b|across\b|\w+,?(?: but| only| just)? in (?:{COLOUR}))\w+"
    rf"(?:(?:,|,? and) (?:the )?(?:same )?(?:{_KEPT_WORD})\b)*"
)
_SUBJECT = re.compile(
    rf"\b{grammar.SUBJECT_VERBS} (?P<who>(?:(?!{grammar.BEFORE_PLACE} )[\w'&]+ ){{1,6}}?)"
    rf"(?={grammar.BEFORE_PLACE}\b)"
)
_SHOWN = re.compile(
    rf"{grammar.PICTURE_OF}(?P<who>(?!{grammar.BEFORE_PLACE} )[\w'&]+"
    rf"(?: (?!{grammar.BEFORE_PLACE}\b)[\w'&]+){{0,5}})"
)
_OPENING = re.compile(
    rf"^\s*(?!{grammar.ORDER_VERBS}\b)(?P<who>(?!{grammar.BEFORE_PLACE} )[\w'&]+"
    rf"(?: (?!{grammar.BEFORE_PLACE} )[\w'&]+){{0,5}}?) (?={grammar.BEFORE_PLACE}\b)"
)
_LED = re.compile(r"^(?:and|but|then) ", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:a|an|the|this|my|our|her|his|two|three)\b")
_MENTION = re.compile(r"(?:the|this|that|these|her|his|their|its|my|our) $")
_SPACES = '-\u2010\u2011\u2013\u2014/"\u201c\u201d\u201e\u00ab\u00bb\xa0'
_COUNTS = re.compile(rf"\b{grammar.COUNTS}")
_LAST = frozenset({"season", "soft light"})
_GROUPS = {
    "season": "seasons",
    "light": "light",
    "weather": "weather",
    "dust": "weather",
    "grade": "colours",
    "garment": "clothes",
    "winter outfit": "clothes",
    "style": "styles",
}
_HOLDS = {"blur": "scene", "grade": "grade"}
"""Slots whose phrases may have one of another slot between their words."""
_COLOURED = frozenset({"studio", "podium", "plain", "garment"})
_ORDINARY = grammar.FILLERS | grammar.SUBJECTS


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
    body = body.replace("{colour}", f"(?P<colour>{COLOUR})").replace("{any}", f"(?:{COLOUR})")
    return re.compile(rf"(?<![\w#])(?:{body})(?!\w)")


@functools.cache
def _rules() -> tuple[tuple[Entry, re.Pattern[str]], ...]:
    """All phrases, made with the first prompt: no other command needs them."""
    return tuple((entry, _expanded(p)) for entry in ENTRIES for p in entry.patterns)


@functools.cache
def _vocabulary() -> frozenset[str]:
    """Words of all phrases: between two words of one they are understood: `warm EVENING light`."""
    return frozenset(
        word
        for entry in ENTRIES
        for pattern in entry.patterns
        for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"\\.|\{\w+\}", " ", pattern))
    )


def is_known(word: str) -> bool:
    """Whether a word is one of those that this engine reads, or passes over; lower case."""
    return word in _ORDINARY or word in _vocabulary()


def what_is_possible() -> str:
    """One line for people: every operation of the lexicon by name, in groups."""
    groups: dict[str, list[str]] = {}
    for entry in ENTRIES:
        if entry.label:
            groups.setdefault(_GROUPS.get(entry.slot, "backgrounds"), []).append(entry.label)
    named = [f"{group}: {', '.join(labels)}" for group, labels in groups.items()]
    return "; ".join([*named, "words: lettering in quotation marks"])


def compile_prompt(words: str) -> Recipe:
    """Read a prompt.

    Args:
        words: the author's own, without packing sentences; of any length and in any script.

    Returns:
        A recipe; one that does nothing if no phrase is known or locks cancel all of them.
    """
    read = _readable(words[:MOST_READ])
    reading = _Reading()
    open_words = reading.take_lettering(read)
    for match in _SENTENCE.finditer(open_words):
        reading.read(read[slice(*match.span())], match.group(), match.start())
    if words[MOST_READ:].strip():
        reading.leave_out(MOST_READ, f"everything after {MOST_READ:,} characters", "it is not read")
    return reading.recipe()


class _Reading:
    """Gathers hits, locks and notes, sentence by sentence."""

    def __init__(self) -> None:
        self._hits: list[tuple[int, _Hit, str]] = []
        self._refused: set[str] = set()
        self._keeps: set[str] = set()
        self._locks: list[str] = []
        self._notes: list[tuple[int, Note]] = []
        self._lettering = ""

    def leave_out(self, at: int, clause: str, why: str) -> None:
        """Note what is not done although nothing is wrong with it."""
        self._notes.append((at, Note("left out", _short(clause), why)))

    def take_lettering(self, words: str) -> str:
        """Take the words to set on the picture; the answer has blanks where they stood."""
        for start, end, text, is_called_so in lettering_words.quoted(words):
            if not is_called_so and lettering_words.is_known(_plain(text), _hits):
                continue
            if self._lettering:
                self.leave_out(start, text, "there is other lettering already")
            elif len(text) > lettering_words.MOST:
                self.leave_out(start, text, f"lettering has {lettering_words.MOST} characters")
            elif not is_drawable(text):
                why = "its letters cannot be set here"
                self._notes.append((start, Note("not possible", _short(text), why)))
            else:
                self._lettering = text
            words = _hidden(words, [(start, end)])
        return words

    def read(self, sentence: str, text: str, at: int) -> None:
        """Take in one sentence that begins at character `at`.

        Args:
            sentence: in the author's writing.
            text: the same with blanks where something was understood already.
            at: its place in the prompt.
        """
        text = _plain(text)
        explained = [match.span() for match in _COUNTS.finditer(text)]
        explained += [match.span() for match in lettering_words.LEAD.finditer(text)]
        locks = list(_lock_spans(_hidden(text, explained)))
        for start, end in locks:
            scope = _EXCEPT.split(text[start:end])[0]
            self._keeps.update(_targets(scope))
            self._locks.append(_short(sentence[start : start + len(scope)].strip(" ,;:")))
        explained += locks
        explained += _subjects(text)
        hits = _hits(_hidden(text, explained))
        for hit in hits:
            before = text[max(0, hit.start - _NEGATED_WITHIN) : hit.start]
            if _NEGATED.search(before):
                if hit.entry.slot not in _COLOURED:
                    self._refused.add(hit.entry.name)
            elif not _is_mention(hit, text, before):
                self._hits.append((at + hit.start, hit, sentence[hit.start : hit.end].strip()))
        for start, note in _not_done(sentence, text, hits, explained):
            self._notes.append((at + start, note))

    def recipe(self) -> Recipe:
        """Settle what the sentences said together: first come, locks above all."""
        drawn = _Drawn(self._keeps)
        # A season is a place only where no place is named, and soft light a light only where there
        # is no other, wherever in the prompt that stands.
        for at, hit, phrase in sorted(self._hits, key=lambda one: one[1].entry.slot in _LAST):
            if hit.entry.name in self._refused:
                continue
            lock = next((lock for lock in _locks_against(hit.entry) if lock in self._keeps), "")
            if lock:
                note = Note("cancelled", _short(phrase), f"the prompt keeps the {lock}")
                self._notes.append((at, note))
                continue
            why = drawn.take(hit)
            if why:
                self.leave_out(at, phrase, why)
            elif hit.entry.slot == "scene" and _IN_MIST.search(phrase.lower()):
                drawn.take_mist(self._refused)
        found = [note for _, note in sorted(self._notes, key=lambda one: one[0])]
        return Recipe(
            backdrop=drawn.backdrop,
            light=drawn.light,
            weather=tuple(dict.fromkeys(drawn.weather)),
            grades=tuple(dict.fromkeys(drawn.grades)),
            keeps=frozenset(self._keeps),
            refused=frozenset(self._refused),
            notes=_bounded(tuple(dict.fromkeys(found))),
            garment=drawn.garment,
            dusted=drawn.dusted,
            style=drawn.style,
            lettering=self._lettering,
            locks=tuple(dict.fromkeys(self._locks)),
        )


class _Drawn:
    """Operations settled so far."""

    def __init__(self, keeps: set[str]) -> None:
        self._keeps = keeps
        self.backdrop: Backdrop | None = None
        self.light = ""
        self.style = ""
        self.weather: list[str] = []
        self.grades: list[str] = []
        self.garment: Garment | None = None
        self.dusted = False

    def take(self, hit: _Hit) -> str:
        """Add one operation; the answer says why that is not possible, and is empty if it is."""
        value = hit.entry.value
        match hit.entry.slot:
            case "light":
                return self._take_light(value)
            case "soft light":
                self.light = self.light or value
            case "style":
                return self._take_style(value)
            case "weather":
                self.weather.append(value)
            case "grade":
                self.grades.append(value)
            case "season":
                self._take_season(value)
            case "garment":
                colour = named_colour(hit.colour) if hit.colour else None
                return self._take_garment(Garment(colour, knit=value == "knit"))
            case "winter outfit":
                self.dusted = True
                colour = named_colour(hit.colour) if hit.colour else None
                return self._take_garment(Garment(colour or _WINTER_CLOTH, knit=True))
            case "dust":
                self.dusted = True
            case _:
                return self._take_backdrop(_backdrop(hit))
        return ""

    def take_mist(self, refused: set[str]) -> None:
        """A misty forest is a forest in mist."""
        if "fog" not in refused and "weather" not in self._keeps:
            self.weather.append("fog")

    def _take_light(self, new: str) -> str:
        stronger = _STRONGER.get(frozenset({self.light, new}))
        if self.light not in {"", new} and stronger is None:
            return f"the light is already {self.light}"
        self.light = stronger or new
        return ""

    def _take_style(self, new: str) -> str:
        # An oil painting in the manner of Van Gogh is one style, not two.
        if self.style in {"", _MEDIUM} and new != self.style:
            self.style = new
        elif new not in {self.style, _MEDIUM}:
            return f"the style is already {self.style}"
        return ""

    def _take_season(self, season: str) -> None:
        """A season is weather and colours; only winter is a place of its own, where none is."""
        if season == "winter":
            if self.backdrop is None and "background" not in self._keeps:
                self.backdrop = Backdrop("scene", scene="winter", season=True)
            else:
                self.weather.append("snow")
            return
        weather, grade = _SEASONS[season]
        self.weather.append(weather)
        if "colours" not in self._keeps and not self.grades:
            self.grades.append(grade)

    def _take_garment(self, new: Garment) -> str:
        old = self.garment or Garment()
        # The colour of a winter outfit is our own choice: a named one is worth more.
        named = [one for one in (old.colour, new.colour) if one not in (None, _WINTER_CLOTH)]
        if len(set(named)) > 1:
            return "the clothes have another colour already"
        colour = named[0] if named else new.colour or old.colour
        self.garment = Garment(colour, knit=old.knit or new.knit)
        return ""

    def _take_backdrop(self, new: Backdrop) -> str:
        old = self.backdrop
        if old is None:
            self.backdrop = new
        elif "blur" in {old.kind, new.kind}:
            # A blurred background names no place: it softens the one that is named.
            place = new if old.kind == "blur" else old
            self.backdrop = replace(place, soft=True)
        elif {old.kind, new.kind} <= {"studio", "plain"}:
            return self._take_colour(old, new)
        elif old.scene == "street" and new.scene in _WILD:
            self.backdrop = replace(old, scene=new.scene)  # a road in the desert
        elif {old.scene, new.scene} <= set(_INDOORS):
            # A wooden table in a kitchen is one place.
            self.backdrop = replace(old, scene=max(old.scene, new.scene, key=_INDOORS.index))
        elif (old.kind, old.scene) != (new.kind, new.scene):
            return "there is already another background"
        return ""

    def _take_colour(self, old: Backdrop, new: Backdrop) -> str:
        """Two backgrounds of one colour each: a studio, paper, a plinth before it."""
        if old.podium or new.podium:
            return self._take_podium(old, new)
        if old.kind != new.kind:
            return self._take_studio_in_colour(old, new)
        # Whoever names no colour gets grey paper, or white where a background is taken away.
        unnamed = _STUDIO_GREY if old.kind == "studio" else _PURE_WHITE
        if old.colour == unnamed:
            self.backdrop = replace(new, soft=old.soft)
        elif new.colour not in {old.colour, unnamed}:
            return "there is already another background"
        return ""

    def _take_podium(self, old: Backdrop, new: Backdrop) -> str:
        """A plinth before a coloured background is a studio in that colour."""
        colours = {one.colour for one in (old, new)} - {_STUDIO_GREY}
        if len(colours) > 1:
            return "there is already another background"
        colour = next(iter(colours), _STUDIO_GREY)
        soft = old.soft or new.soft
        self.backdrop = Backdrop("studio", colour=colour, soft=soft, podium=True)
        return ""

    def _take_studio_in_colour(self, old: Backdrop, new: Backdrop) -> str:
        """A studio with a beige backdrop is a beige studio."""
        studio, plain = (old, new) if old.kind == "studio" else (new, old)
        if studio.colour not in {_STUDIO_GREY, plain.colour}:
            return "there is already another background"
        self.backdrop = replace(studio, colour=plain.colour, soft=old.soft)
        return ""


_MEDIUM = "oil painting"
_INDOORS = ("interior", "table", "festive", "marble", "black marble")
"""Scenes that are one place together, the one that says most last."""
_WILD = frozenset({"desert", "mountains", "beach", "forest", "meadow", "flower field", "winter"})
_IN_MIST = re.compile(r"\b(?:misty|foggy|hazy)\b")
_STRONGER = {
    frozenset({"neon", "night"}): "neon",
    frozenset({"daylight", "high key"}): "high key",
}
"""Lights that say the same together as the one of them."""
_SEASONS = {"autumn": ("leaves", "warm"), "spring": ("petals", "pastel")}


def _readable(words: str) -> str:
    """Every character that is no letter, mark, number, sign or space becomes a space."""
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in _UNREADABLE else " " for c in words
    )


_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _plain(sentence: str) -> str:
    """Lower case, hyphens and quotes as spaces; every character stays at its place."""
    sentence = sentence.replace("->", "to").replace("=>", "to")
    swaps = str.maketrans({**dict.fromkeys(_SPACES, " "), "\u2019": "'", "\u2018": "'"})
    lowered = (c.lower() if len(c.lower()) == 1 else c for c in sentence)
    return "".join(lowered).translate(swaps)


def _hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _short(clause: str) -> str:
    clause = " ".join(clause.split())
    return clause if len(clause) <= _MOST_CLAUSE else f"{clause[: _MOST_CLAUSE - 1]}…"


def _bounded(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    more = len(notes) - _MOST_NOTES
    if more <= 0:
        return notes
    return (*notes[:_MOST_NOTES], Note("not understood", f"{more:,} more clauses"))


def _subjects(text: str) -> list[tuple[int, int]]:
    """Who or what is shown: no words of an order."""
    found = [m.span("who") for rule in (_SUBJECT, _SHOWN) for m in rule.finditer(text)]
    opening = _OPENING.match(text)
    if opening is not None and _names_a_place(text[opening.end() :]):
        who = opening["who"]
        # Without an article it may be an order of its own: `golden light on a beach`.
        is_place = text[opening.end() :].startswith("with ") and _names_a_place(who)
        if not is_place and (_ARTICLE.match(who) or not (_hits(who) or why_impossible(who))):
            found.append(opening.span("who"))
    return found


def _names_a_place(text: str) -> bool:
    """Whether a background follows, so that what stands before it is the subject."""
    return any(
        hit.entry.slot in {"scene", "studio", "podium", "plain", "season"} for hit in _hits(text)
    )


def _is_mention(hit: _Hit, text: str, before: str) -> bool:
    """Whether coloured clothes only say who is meant: `the woman in the red coat`."""
    if hit.entry.slot != "garment" or not hit.colour:
        return False
    starts_with_colour = text[hit.start : hit.end].startswith(hit.colour)
    return starts_with_colour and _MENTION.search(before) is not None


def _lock_spans(text: str) -> Iterator[tuple[int, int]]:
    """Find what is to stay: `keep ...`, `... unchanged`, `the same ...`."""
    opened = [match.span() for match in _LOCK.finditer(text)]
    yield from opened
    rest = _hidden(text, opened)
    same = [match.span() for match in _SAME.finditer(rest)]
    yield from same
    rest = _hidden(rest, same)
    for match in _STAYS.finditer(rest):
        orders = [hit.end for hit in _hits(rest[: match.start()])]
        start = max([0, *orders, rest.rfind("\0", 0, match.start()) + 1])
        yield start, match.end()
        rest = _hidden(rest, [(start, match.end())])


def _targets(scope: str) -> Iterator[str]:
    words = set(re.findall(r"\w+", scope))
    for target, names in (grammar.KEEP_TARGETS | grammar.ALWAYS_KEPT).items():
        if words.intersection(names):
            yield target


def _hits(text: str) -> list[_Hit]:
    """Every phrase found, longest first where they overlap, then in text order."""
    found: list[_Hit] = []
    for entry, rule in _rules():
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
    kept += [inner for hit in kept for inner in _hits_in_gaps(text, hit)]
    return sorted(kept, key=lambda hit: hit.start)


def _hits_in_gaps(text: str, hit: _Hit) -> Iterator[_Hit]:
    """What a phrase holds between its words besides its manner: a blurred CITY background."""
    if hit.entry.slot not in _HOLDS:
        return
    for start, end in hit.gaps:
        for inner in _hits(text[start:end]) if start < end else ():
            if inner.entry.slot == _HOLDS[hit.entry.slot]:
                yield replace(inner, start=inner.start + start, end=inner.end + start, gaps=())


def _not_done(
    sentence: str, text: str, hits: list[_Hit], explained: list[tuple[int, int]]
) -> Iterator[tuple[int, Note]]:
    """Clauses with words that nothing explains; inside an understood clause, the words alone."""
    gaps = [gap for hit in hits for gap in hit.gaps]
    spans = [(hit.start, hit.end) for hit in hits] + explained
    left = _hidden(text, spans)
    for start, end in _clauses(text, spans):
        rest = left[start:end].replace("\0", " ")
        ordinary = grammar.FILLERS if is_about_subjects(rest) else _ORDINARY
        strange = [
            sentence[a:b]
            for a, b in _words(text, start, end)
            if text[a:b] not in ordinary
            and (
                text[a:b] not in _vocabulary()
                if _inside((a, b), gaps)
                else not _inside((a, b), spans)
            )
        ]
        camera = is_about_the_camera(text[start:end])
        # Nothing is ever added unasked, so `no people` is honoured already.
        if not (strange or camera) or _REFUSAL.match(text[start:end]):
            continue
        clause = _LED.sub("", _short(sentence[start:end].strip(" ,;:()")))
        if strange and any(_inside(span, [(start, end)]) for span in spans):
            clause = f"{_short(' '.join(strange))} (in: {clause})"
        why = why_impossible(text[start:end] if camera else rest)
        if why:
            yield start, Note("not possible", clause, why)
        else:
            yield start, Note("not understood", clause, _meant(strange))


def _meant(strange: list[str]) -> str:
    """A known word that an unknown one is a slip of; empty where there is none."""
    for word in strange:
        if len(word) < _SHORTEST_SLIP:
            continue
        known = sorted(one for one in _vocabulary() if one[0] == word[0].lower())
        near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.88)
        if near and near[0] != word.lower():
            return f"did you mean `{near[0]}`?"
    return ""


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


def _locks_against(entry: Entry) -> tuple[str, ...]:
    match entry.slot:
        case "light" | "soft light":
            return ("light",)
        case "weather" | "dust" | "season":
            return ("weather",)
        case "grade":
            return ("colours",)
        case "garment" | "winter outfit":
            return ("clothes", "colours")
        case "style":
            return ("style", "colours")
        case _:
            return ("background",)


def _backdrop(hit: _Hit) -> Backdrop:
    match hit.entry.slot:
        case "scene":
            return Backdrop("scene", scene=hit.entry.value)
        case "studio" | "podium":
            colour = _colour(hit.colour, _STUDIOS.get(hit.entry.value, _STUDIO_GREY))
            return Backdrop("studio", colour=colour, podium=hit.entry.slot == "podium")
        case "plain":
            return Backdrop("plain", colour=_colour(hit.colour, _PURE_WHITE))
        case _:
            return Backdrop("blur")


def _colour(words: str, default: Rgb) -> Rgb:
    return named_colour(words) if words else default

"""Turns the author's words into a recipe: what to draw, what to leave, what is not done and why."""

import re
from collections.abc import Iterator

from pipeline.emulator.engine import grammar, lettering_words
from pipeline.emulator.engine.clauses import hidden, plain, readable, short
from pipeline.emulator.engine.colours import PATTERN as COLOUR
from pipeline.emulator.engine.impossible import why_impossible
from pipeline.emulator.engine.leftover import not_done
from pipeline.emulator.engine.letters import is_drawable
from pipeline.emulator.engine.lexicon import ENTRIES
from pipeline.emulator.engine.phrases import Hit, hits_in
from pipeline.emulator.engine.recipe import Note, Recipe, Side
from pipeline.emulator.engine.settled import Settled, locks_against

MOST_READ = 5_000
"""Characters of a prompt that are read; what follows is a note. Ten times what authors write."""

_MOST_NOTES = 20
_NEGATED = re.compile(grammar.NEGATION)
_NEGATED_WITHIN = 60
_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?=\S)[^.!?;\n]*)*")
_LOCK = re.compile(
    rf"\b{grammar.KEEP_VERBS}(?!\w).*?"
    rf"(?=(?:,|;|\band\b|\bbut\b|\bthen\b)\s*(?:then |also |please |just |only )*"
    rf"{grammar.ORDER_VERBS}\b|$)"
)
_NEXT = re.compile(r"[,;:]\s*(?:(?:and|but|then|with|in|on) )*(?P<clause>[^,;:]+)")
_KNOWN = re.compile(r"(?:the|this|her|his|their|its|my|our|same|all)\b")
_PLACES = frozenset({"scene", "studio", "podium", "plain", "season"})
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
_ARTICLE = re.compile(r"^(?:a|an|the|this|my|our|her|his|two|three)\b")
_MENTION = re.compile(r"(?:the|this|that|these|her|his|their|its|my|our) $")
_LIT = (
    r"(?:light|lights|lighting|lit|sun|sunlight|sunshine|sunset|sunrise|rays?|beams?|window|glow|"
    r"soft ?box(?:es)?|lamps?|flash|spotlight|hour|morning|evening|daylight|moonlight|neon|gels?)"
)
_SIDES = re.compile(
    rf"\b{_LIT}\b[^.;:]{{0,30}}?(?P<a>(?: coming| falling| streaming| shining| in)? (?:from|on|at) "
    r"(?:the |camera )?(?:upper |top |lower |far |front |back )?(?P<from>left|right)(?: hand)?"
    r"(?: side| edge)?(?: of the (?:frame|picture|image|scene))?)\b"
    rf"|\b(?P<b>(?P<of>left|right)(?: hand)? )(?=(?:side )?{_LIT}\b)"
)
_TURN = re.compile(
    r"\b(?:swap|exchange|substitute)(?: out)?(?= (?:\w+ ){0,3}?(?:background|backdrop)\b)"
)
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
_COLOURED = frozenset({"studio", "podium", "plain", "garment"})
_IN_MIST = re.compile(r"\b(?:misty|foggy|hazy)\b")


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
    read = readable(words[:MOST_READ])
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
        self._hits: list[tuple[int, Hit, str]] = []
        self._refused: set[str] = set()
        self._keeps: set[str] = set()
        self._locks: list[str] = []
        self._notes: list[tuple[int, Note]] = []
        self._lettering = ""
        self._lettering_at: lettering_words.Place = ""
        self._side: Side = 0

    def leave_out(self, at: int, clause: str, why: str) -> None:
        """Note what is not done although nothing is wrong with it."""
        self._notes.append((at, Note("left out", short(clause), why)))

    def take_lettering(self, words: str) -> str:
        """Take the words to set on the picture; the answer has blanks where they stood."""
        for start, end, text, is_called_so in lettering_words.quoted(words):
            if not is_called_so and lettering_words.is_known(plain(text), hits_in):
                continue
            if self._lettering:
                self.leave_out(start, text, "there is other lettering already")
            elif len(text) > lettering_words.MOST:
                self.leave_out(start, text, f"lettering has {lettering_words.MOST} characters")
            elif not is_drawable(text):
                why = "its letters cannot be set here"
                self._notes.append((start, Note("not possible", short(text), why)))
            else:
                self._lettering = text
                self._lettering_at = lettering_words.place_of(words, start, end)
            words = hidden(words, [(start, end)])
        return words

    def read(self, sentence: str, text: str, at: int) -> None:
        """Take in one sentence that begins at character `at`.

        Args:
            sentence: in the author's writing.
            text: the same with blanks where something was understood already.
            at: its place in the prompt.
        """
        text = plain(text)
        explained = [match.span() for match in _COUNTS.finditer(text)]
        explained += [match.span() for match in lettering_words.LEAD.finditer(text)]
        explained += [match.span() for match in _TURN.finditer(text)]
        explained += self._sides(text, sentence, at)
        locks = list(_lock_spans(hidden(text, explained)))
        for start, end in locks:
            scope = _EXCEPT.split(text[start:end])[0]
            self._keeps.update(_targets(scope))
            self._locks.append(short(sentence[start : start + len(scope)].strip(" ,;:")))
        explained += locks
        explained += _subjects(text)
        hits = hits_in(hidden(text, explained))
        for hit in hits:
            before = text[max(0, hit.start - _NEGATED_WITHIN) : hit.start]
            if _NEGATED.search(before):
                if hit.entry.slot not in _COLOURED:
                    self._refused.add(hit.entry.name)
            elif not _is_mention(hit, text, before):
                self._hits.append((at + hit.start, hit, sentence[hit.start : hit.end].strip()))
        for start, note in not_done(sentence, text, hits, explained):
            self._notes.append((at + start, note))

    def _sides(self, text: str, sentence: str, at: int) -> Iterator[tuple[int, int]]:
        """Take the side that light comes from; the first that is named."""
        for match in _SIDES.finditer(text):
            named: Side = -1 if "left" in {match["from"], match["of"]} else 1
            span = match.span("a" if match["a"] else "b")
            if self._side in {0, named}:
                self._side = named
            else:
                clause = sentence[slice(*match.span())].strip()
                self.leave_out(at + span[0], clause, "the light comes from the other side already")
            yield span

    def recipe(self) -> Recipe:
        """Settle what the sentences said together: first come, locks above all."""
        drawn = Settled(self._keeps)
        # A season is a place only where no place is named, and soft light a light only where there
        # is no other, wherever in the prompt that stands.
        for at, hit, phrase in sorted(self._hits, key=lambda one: one[1].entry.slot in _LAST):
            if hit.entry.name in self._refused:
                continue
            lock = next((lock for lock in locks_against(hit.entry) if lock in self._keeps), "")
            if lock:
                note = Note("cancelled", short(phrase), f"the prompt keeps the {lock}")
                self._notes.append((at, note))
                continue
            why = drawn.take(hit)
            if why:
                self.leave_out(at, phrase, why)
            elif hit.entry.slot == "scene" and _IN_MIST.search(phrase.lower()):
                drawn.take_mist(self._refused)
        drawn.finish()
        if "light" in self._keeps:
            self._side = 0
        elif self._side and not (drawn.light or drawn.backdrop):
            drawn.light = "daylight"
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
            dusted="dust" in drawn.also,
            style=drawn.style,
            lettering=self._lettering,
            locks=tuple(dict.fromkeys(self._locks)),
            side=self._side,
            lettering_at=self._lettering_at,
            glossy="gloss" in drawn.also,
        )


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
        if not is_place and (_ARTICLE.match(who) or not (hits_in(who) or why_impossible(who))):
            found.append(opening.span("who"))
    return found


def _names_a_place(text: str) -> bool:
    """Whether a background follows, so that what stands before it is the subject."""
    return any(hit.entry.slot in _PLACES for hit in hits_in(text))


def _is_mention(hit: Hit, text: str, before: str) -> bool:
    """Whether coloured clothes only say who is meant: `the woman in the red coat`."""
    if hit.entry.slot != "garment" or not hit.colour:
        return False
    starts_with_colour = text[hit.start : hit.end].startswith(hit.colour)
    return starts_with_colour and _MENTION.search(before) is not None


def _lock_spans(text: str) -> Iterator[tuple[int, int]]:
    """Find what is to stay: `keep ...`, `... unchanged`, `the same ...`."""
    opened = [_without_orders(text, *match.span()) for match in _LOCK.finditer(text)]
    yield from opened
    rest = hidden(text, opened)
    same = [match.span() for match in _SAME.finditer(rest)]
    yield from same
    rest = hidden(rest, same)
    for match in _STAYS.finditer(rest):
        orders = [hit.end for hit in hits_in(rest[: match.start()])]
        start = max([0, *orders, rest.rfind("\0", 0, match.start()) + 1])
        # The comma before it still ends the order that stands there.
        start += len(rest[start : match.start()]) - len(rest[start : match.start()].lstrip(" ,;:"))
        yield start, match.end()
        rest = hidden(rest, [(start, match.end())])


def _without_orders(text: str, start: int, end: int) -> tuple[int, int]:
    """A lock up to the first of its clauses that is an order without a verb: `, snowy street`."""
    for match in _NEXT.finditer(text[start:end]):
        clause = match["clause"]
        hits = hits_in(clause)
        is_kept = any(_targets(clause))
        # `The white background` in a list is there and stays; `white background` is wanted.
        is_new = any(hit.entry.slot in _PLACES for hit in hits) and not _KNOWN.match(clause)
        if hits and (is_new or not is_kept):
            return start, start + match.start()
    return start, end


def _targets(scope: str) -> Iterator[str]:
    words = set(re.findall(r"\w+", scope))
    for target, names in (grammar.KEEP_TARGETS | grammar.ALWAYS_KEPT).items():
        if words.intersection(names):
            yield target

"""Strict YAML: text to plain values that remember where they were written.

YAML itself types only `null`, `true`, `false` and plain decimal integers here; everything else
stays text and is parsed by the field it is written into. (Read by the usual rules, `16:9` is 969,
`no` is false, `014` is 12, and the last of two `cap:` keys silently wins.) Reading is iterative and
bounded in depth, in values and in characters, aliases counted as often as they are used.
"""

import contextlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

import yaml

from pipeline.domain.diagnostics import Problem, Span
from pipeline.domain.fingerprint import Json
from pipeline.manifest import characters, codes
from pipeline.manifest.places import Mark, Pointer, Problems, Source
from pipeline.manifest.syntax import Trouble, explain
from pipeline.manifest.wording import quoted

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 50
MAX_VALUES = 50_000
MAX_EXPANDED = 4_000_000
"""Characters of all values together, aliases counted as often as they are used."""
_MOST_BAD_CHARACTERS = 20

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_CONSTANTS: dict[str, Json] = {"": None, "~": None, "null": None, "true": True, "false": False}
_CORE_TAG = "tag:yaml.org,2002:"


def parse(text: str, *, file: str) -> tuple[Source, list[Problem]]:
    """Read strict YAML.

    Args:
        text: of the file, decoded; a leading byte order mark is ignored.
        file: its name, relative to the working directory, for messages.

    Returns:
        The values with their places, and what is wrong with the text. If the text is no YAML at
        all, or is too large, the value is None and there is at least one problem.
    """
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    problems = Problems(Source(file, text))
    if len(text) > MAX_CHARACTERS:
        _too_long(problems)
    elif _are_bad_characters_few(text, problems):
        composer = _Composer(characters.masked(text), problems)
        with contextlib.suppress(_StopReading):
            return composer.compose(), problems.found
    return problems.source, problems.found


def _too_long(problems: Problems) -> None:
    problems.add(
        codes.TOO_LONG,
        (),
        what=f"the file is longer than {MAX_CHARACTERS:,} characters",
        why="no manifest is, and the rest was not read",
        fix="check that this is the right file, or split the campaign",
    )


def _are_bad_characters_few(text: str, problems: Problems) -> bool:
    encoding = characters.other_encoding(text)
    if encoding is not None:
        problems.add(
            codes.CHARACTER,
            (),
            what=f"the file is {encoding}, not UTF-8",
            why="manifests are UTF-8, so that every program and every review reads the same",
            fix="save it as UTF-8; editors offer that beside the name of the file",
        )
        return False
    by_line: dict[int, list[tuple[Span, str]]] = {}
    for offset, character in characters.find(text)[: _MOST_BAD_CHARACTERS + 1]:
        at = problems.source.at_offset(offset)
        by_line.setdefault(at.line, []).append((at, character))
    for found in by_line.values():
        at, character = found[0]
        what, why, fix = characters.describe(character, len(found) - 1)
        problems.add(codes.CHARACTER, at, what=what, why=why, fix=fix)
    return sum(map(len, by_line.values())) <= _MOST_BAD_CHARACTERS


class _Events(Protocol):
    """What both parsers of the library offer; its type stubs leave it untyped."""

    def get_event(self) -> yaml.Event | None: ...


class _StopReading(Exception):  # noqa: N818 - not an error: its problem is noted already
    """Nothing more can be read; the problem that says why is noted."""


@dataclass(slots=True)
class _Frame:
    """An open map or list.

    Attributes:
        pointer: of the map or list; None inside something that is thrown away.
        items: what was read of it so far.
        is_map: whether keys alternate with values.
        mark: where it begins.
        anchor: name that aliases may use for it.
        keys: places of the keys of a map.
        key: the key whose value comes next, if there is one.
        drops_value: whether the next value belongs to a key that was refused.
        is_key: whether it stands where a key should.
    """

    pointer: Pointer | None
    items: dict[str, Json] | list[Json]
    is_map: bool
    mark: Mark
    anchor: str | None
    keys: dict[str, Mark] = field(default_factory=dict)
    key: str | None = None
    drops_value: bool = False
    is_key: bool = False

    @property
    def awaits_key(self) -> bool:
        return self.is_map and self.key is None and not self.drops_value


class _Composer:
    """Builds the values of one document from parser events, without recursion."""

    def __init__(self, text: str, problems: Problems) -> None:
        self._text = text
        self._has_stand_ins = characters.STAND_IN in text
        self._problems = problems
        self._frames: list[_Frame] = []
        self._anchors: dict[str, Pointer | None] = {}
        self._open_anchors: set[str] = set()
        self._length = 0
        self._root: Json = None
        self._values: dict[Pointer, Mark] = {}
        self._keys: dict[Pointer, Mark] = {}
        self._damaged: set[Pointer] = set()

    def compose(self) -> Source:
        """Read the first document; an empty file is a null.

        Raises:
            _StopReading: the text is not YAML or too large.
        """
        loader = _LOADER(self._text)
        try:
            self._read(loader)
        except yaml.MarkedYAMLError as error:
            self._syntax(error)
        finally:
            loader.dispose()
        source = self._problems.source
        damaged = frozenset(self._damaged)
        return Source(
            source.file, source.text, self._root, self._values, self._keys, damaged=damaged
        )

    def _read(self, loader: _Events) -> None:
        documents = 0
        while (event := loader.get_event()) is not None:
            # Both parsers set both marks, whatever the library's type stubs allow for.
            mark = event.start_mark.index, event.end_mark.index  # type: ignore[union-attr] # above
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, mark)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(event, mark)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close(mark)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event.anchor, mark)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._second_document(mark)
                    return

    def _syntax(self, error: yaml.MarkedYAMLError) -> NoReturn:
        mark = error.problem_mark or error.context_mark
        at = min(mark.index, len(self._text)) if mark is not None else 0
        began = error.context_mark.index if error.context_mark is not None else at
        span = self._problems.source.at_offset(at)
        trouble = Trouble(
            problem=error.problem or "",
            context=error.context or "",
            at=at,
            began=began,
            line=self._problems.source.line(span.line),
            column=span.column - 1,
        )
        explained = explain(trouble, self._text)
        self._note(explained.code, explained.at, explained.what, explained.why, explained.fix)
        raise _StopReading

    def _note(self, code: str, offset: int, what: str, why: str, fix: str) -> None:
        at = self._problems.source.at_offset(offset)
        self._problems.add(code, at, what=what, why=why, fix=fix)
        if self._problems.are_full:
            raise _StopReading

    def _second_document(self, mark: Mark) -> None:
        self._note(
            codes.DOCUMENTS,
            mark[0],
            "a second document begins here",
            "`---` separates documents, and a file holds one",
            "delete the line, or move what follows into a file of its own",
        )

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        text: str = event.value
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        is_plain = event.implicit[0] and event.tag is None
        is_damaged = event.tag is not None and self._refuse_tag(event.tag, mark)
        # Only a backslash code between double quotes can name a character that the text lacks.
        if event.style == '"' or self._has_stand_ins:
            is_damaged = self._has_bad_characters(text, mark) or is_damaged
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.awaits_key:
            self._key(frame, text, mark, is_plain=is_plain, is_damaged=is_damaged)
            return
        self._length += len(text)
        pointer = self._place(_typed(text) if is_plain else text, mark)
        if event.anchor is not None:
            self._anchors[event.anchor] = pointer
        if is_damaged and pointer is not None:
            self._damaged.add(pointer)

    def _has_bad_characters(self, text: str, mark: Mark) -> bool:
        bad = characters.find(text)
        is_noted = characters.STAND_IN in self._text[mark[0] : mark[1]]
        if bad and not is_noted:
            what, why, _ = characters.describe(bad[0][1], len(bad) - 1)
            fix = "take the backslash code that stands for it out of the text"
            self._note(codes.CHARACTER, mark[0], what, why, fix)
        return bool(bad)

    def _refuse_tag(self, tag: str, mark: Mark) -> bool:
        shown = f"!!{tag.removeprefix(_CORE_TAG)}" if tag.startswith(_CORE_TAG) else tag
        self._note(
            codes.TAG,
            mark[0],
            f"{quoted(shown)} is a tag",
            "a value's kind follows from the key it is written for; a manifest runs no code",
            "delete it, or put the value in quotes if it should be read as text",
        )
        return True

    def _key(
        self, frame: _Frame, text: str, mark: Mark, *, is_plain: bool, is_damaged: bool
    ) -> None:
        frame.drops_value = True
        if is_plain and text == "<<":
            self._note(
                codes.MERGE,
                mark[0],
                "`<<` merges another map into this one",
                "a reader of this place could not see what it says",
                "write the values out",
            )
            if frame.pointer is not None:
                self._damaged.add(frame.pointer)
        elif is_plain and text in _CONSTANTS:
            self._bad_key(mark, f"key {quoted(text)} is not text" if text else "no key before `:`")
        elif text in frame.keys:
            first = self._problems.source.at_offset(frame.keys[text][0])
            self._note(
                codes.DUPLICATE,
                mark[0],
                f"{quoted(text)} is written twice",
                f"it stands at {first} already, and only one of them can hold",
                "keep the one that is meant",
            )
        elif not is_damaged:
            frame.keys[text] = mark
            frame.key = text
            frame.drops_value = False

    def _bad_key(self, mark: Mark, what: str) -> None:
        why = "keys are texts, and YAML takes this for something else"
        self._note(codes.KEY, mark[0], what, why, "write a name, in quotes if this is meant as one")

    def _alias(self, name: str | None, mark: Mark) -> None:
        anchor = name or ""
        if self._frames and self._frames[-1].awaits_key:
            self._bad_key(mark, "an alias where a key should be")
            self._frames[-1].drops_value = True
            return
        is_open = anchor in self._open_anchors
        meant = None if is_open else self._anchors.get(anchor)
        if meant is not None:
            self._repeat(meant, mark)
            return
        if is_open or anchor not in self._anchors:
            self._note(
                codes.ALIAS,
                mark[0],
                f"alias `*{anchor}` stands for "
                + ("the value that it is part of" if is_open else "nothing"),
                "an alias repeats a value that was marked with `&` before",
                "write the value out"
                + ("" if is_open else f'; if `*` is meant as text, write `"*{anchor}"`'),
            )
        pointer = self._place(None, mark)
        if pointer is not None:
            self._damaged.add(pointer)

    def _open(self, event: yaml.CollectionStartEvent, mark: Mark) -> None:
        is_damaged = event.tag is not None and self._refuse_tag(event.tag, mark)
        if len(self._frames) >= MAX_DEPTH:
            self._too_deep(mark)
        is_map = isinstance(event, yaml.MappingStartEvent)
        items: dict[str, Json] | list[Json] = {} if is_map else []
        pointer: Pointer | None = None
        if self._frames and self._frames[-1].awaits_key:
            self._bad_key(mark, "a list or map where a key should be")
            self._frames.append(_Frame(None, items, is_map, mark, event.anchor, is_key=True))
        else:
            pointer = self._place(items, mark)
            self._frames.append(_Frame(pointer, items, is_map, mark, event.anchor))
        if event.anchor is not None:
            self._anchors[event.anchor] = pointer
            self._open_anchors.add(event.anchor)
        if is_damaged and pointer is not None:
            self._damaged.add(pointer)

    def _close(self, mark: Mark) -> None:
        frame = self._frames.pop()
        if frame.pointer is not None:
            self._values[frame.pointer] = frame.mark[0], mark[1]
        if frame.anchor is not None:
            self._open_anchors.discard(frame.anchor)
        if frame.is_key:
            self._frames[-1].drops_value = True

    def _place(self, value: Json, mark: Mark) -> Pointer | None:
        """Put a value where the parser is; None where it is thrown away."""
        if len(self._values) >= MAX_VALUES or self._length > MAX_EXPANDED:
            self._too_many(mark)
        if not self._frames:
            self._root = value
            self._values[()] = mark
            return ()
        frame = self._frames[-1]
        key, frame.key = frame.key, None
        drops, frame.drops_value = frame.drops_value, False
        if frame.pointer is None or drops:
            return None
        if isinstance(frame.items, list):
            pointer: Pointer = (*frame.pointer, len(frame.items))
            frame.items.append(value)
        else:
            key = key or ""
            pointer = (*frame.pointer, key)
            frame.items[key] = value
            self._keys[pointer] = frame.keys[key]
        self._values[pointer] = mark
        return pointer

    def _repeat(self, meant: Pointer, mark: Mark) -> None:
        """Place a copy of what an alias stands for; its parts keep the places of the original."""
        copy = _shell(value := _at(self._root, meant))
        pointer = self._place(copy, mark)
        if pointer is None:
            return
        waiting = [(meant, value, pointer, copy)]
        while waiting:
            old, value, new, copy = waiting.pop()
            self._values[new] = self._values[old]
            if old in self._damaged:
                self._damaged.add(new)
            if isinstance(value, str):
                self._length += len(value)
            if len(self._values) > MAX_VALUES or self._length > MAX_EXPANDED:
                self._too_many(mark)
            if isinstance(value, dict | list) and len(new) >= MAX_DEPTH:
                self._too_deep(mark)
            for key, item in _items(value):
                inside = _shell(item)
                if isinstance(copy, dict):
                    copy[str(key)] = inside
                    self._keys[*new, key] = self._keys[*old, key]
                elif isinstance(copy, list):
                    copy.append(inside)
                waiting.append(((*old, key), item, (*new, key), inside))

    def _too_many(self, mark: Mark) -> NoReturn:
        self._note(
            codes.TOO_MANY,
            mark[0],
            f"more than {MAX_VALUES:,} values or {MAX_EXPANDED:,} characters",
            "each alias counts as often as it is used, so a few lines can stand for millions",
            "use patterns such as `images/*.jpg` for files, or split the campaign",
        )
        raise _StopReading

    def _too_deep(self, mark: Mark) -> NoReturn:
        self._note(
            codes.TOO_DEEP,
            mark[0],
            f"values nested more than {MAX_DEPTH} deep",
            "no part of a manifest is nested so deeply, so brackets were probably left open",
            "close the brackets above this place",
        )
        raise _StopReading


def _typed(text: str) -> Json:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _INTEGER.fullmatch(text) else text


def _shell(value: Json) -> Json:
    """A copy without what is inside."""
    if isinstance(value, dict):
        return {}
    return [] if isinstance(value, list) else value


def _items(value: Json) -> list[tuple[str | int, Json]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _at(value: Json, pointer: Pointer) -> Json:
    for part in pointer:
        value = value[part]  # type: ignore[index] # pointers lead to what they name
    return value

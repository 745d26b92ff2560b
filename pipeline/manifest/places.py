"""Where each value of a file or of what it extends was written, and problems that point there."""

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from pipeline.domain.diagnostics import Problem, Severity, Span
from pipeline.domain.fingerprint import Json

Pointer: TypeAlias = tuple[str | int, ...]
"""Way to a value from the root, by key or index: `("matrix", "exclude", 0, "set")`."""
Mark: TypeAlias = tuple[int, int]
"""Where something was written: offsets in characters of the text, the end exclusive."""

MAX_PROBLEMS = 500

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Source:
    """A YAML file's values, and where each was written.

    Attributes:
        file: name for messages.
        text: as read, without a byte order mark.
        value: plain values, text in Unicode NFC; None where the text is not YAML.
        values: places of values by pointer.
        keys: places of the keys of values by the same pointers.
        damaged: pointers of values that a problem was already reported for.
        inherited: the file that a value was written in, by pointer, where it is not this one.
        ancestors: what this file extends, nearest first.
    """

    file: str
    text: str
    value: Json = None
    values: Mapping[Pointer, Mark] = field(default_factory=dict)
    keys: Mapping[Pointer, Mark] = field(default_factory=dict)
    damaged: frozenset[Pointer] = frozenset()
    inherited: Mapping[Pointer, "Source"] = field(default_factory=dict)
    ancestors: tuple["Source", ...] = ()

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]

    def at_offset(self, offset: int) -> Span:
        """Place of a character."""
        line = bisect.bisect_right(self._line_starts, offset) - 1
        return Span(self.file, line + 1, offset - self._line_starts[line] + 1)

    def line(self, number: int) -> str:
        """Text of a line, counted from 1, without its line break; empty beyond the end."""
        starts = self._line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def line_of(self, at: Span) -> str:
        """Text of the line of a place in this file or in one that it extends."""
        for source in (self, *self.ancestors):
            if source.file == at.file:
                return source.line(at.line)
        return ""

    def holder(self, pointer: Pointer) -> "Source":
        """The file that a value was written in."""
        return self.inherited.get(pointer, self)

    def written(self, pointer: Pointer) -> str:
        """A value as it stands in the text, quotes and all; empty if it does not stand there."""
        start, end = self.values.get(pointer, (0, 0))
        return self.holder(pointer).text[start:end]

    def locate(self, pointer: Pointer) -> Span:
        """Place of a value; where it was not written, of the nearest value around it.

        Of a map around it, that is the map's key; of a short form that stands for the map, the
        short form itself.
        """
        around = pointer
        while around and around not in self.values:
            around = around[:-1]
        if around == pointer or (around and not isinstance(self.value_at(around), dict)):
            return self.holder(around).at_offset(self.values.get(around, (0, 0))[0])
        return self.locate_key(pointer)

    def value_at(self, pointer: Pointer) -> Json:
        """What was written at a place, whether or not it was accepted; None if nothing was."""
        value = self.value
        for part in pointer:
            if isinstance(value, dict):
                value = value.get(str(part))
            elif isinstance(value, list) and isinstance(part, int):
                value = value[part]
        return value

    def keys_at(self, pointer: Pointer) -> list[str]:
        """Keys of a map as written, in file order; none where there is no map."""
        at = self.value
        for part in pointer:
            at = at.get(str(part)) if isinstance(at, dict) else None
        return list(at) if isinstance(at, dict) else []

    def locate_key(self, pointer: Pointer) -> Span:
        """Place of a value's key, or of its nearest written ancestor."""
        while pointer:
            mark = self.keys.get(pointer) or self.values.get(pointer)
            if mark is not None:
                return self.holder(pointer).at_offset(mark[0])
            pointer = pointer[:-1]
        return self.at_offset(self.values[()][0] if () in self.values else 0)

    def locate_text(self, pointer: Pointer, part: str, occurrence: int = 0) -> Span:
        """Place of a part of a text, counted from 0; of the whole text where it is not found."""
        mark = self.values.get(pointer)
        if mark is not None:
            holder = self.holder(pointer)
            offset = mark[0] - 1
            for _ in range(occurrence + 1):
                offset = holder.text.find(part, offset + 1, mark[1])
                if offset < 0:
                    break
            else:
                return holder.at_offset(offset)
        return self.locate(pointer)


class Problems:
    """Collects the problems of one source, each with its place and line; bounded in number."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Problem] = []
        # Hundreds of problems may stand in one line of a million characters.
        self._lines: dict[tuple[str, int], str] = {}

    def add(
        self,
        code: str,
        at: Span | Pointer,
        *,
        what: str,
        why: str,
        fix: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem; `at` is a place or the pointer of a value."""
        if self.are_full:
            return
        span = at if isinstance(at, Span) else self.source.locate(at)
        line = self._lines.get((span.file, span.line))
        if line is None:
            line = self._lines[span.file, span.line] = self.source.line_of(span)
        self.found.append(Problem(code, what, why, fix, span, line, severity=severity))

    @property
    def are_full(self) -> bool:
        """Whether further problems are dropped: enough is enough for one look."""
        return len(self.found) >= MAX_PROBLEMS

"""Patterns over relative paths, as text alone: `*` and `?` stay in one folder, `**` crosses them.

`[abc]`, `[a-z]` and `[!abc]` stand for one character. Names that begin with a dot are matched only
by a pattern part that does, and `**` does not enter such folders. Case counts on every system, so
that a manifest means the same everywhere; accents are compared in Unicode NFC.
"""

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeAlias

_WILD = re.compile(r"[*?\[]")
_TOKEN = re.compile(
    r"(?P<stars>\*+)|(?P<one>\?)|\[(?P<not>!?)(?P<set>\]?[^\]]{0,255})\]|(?P<plain>.)", re.DOTALL
)
"""A set is bounded in length: to look for the end of each `[` of a long text takes for ever."""
_ANY_FOLDERS = "**"
_NEVER = "(?!)"

_Part: TypeAlias = "re.Pattern[str] | None"
"""What one part of a path must be; None for `**`, any number of parts."""


def is_pattern(text: str) -> bool:
    """Whether a path may stand for several."""
    return _WILD.search(text) is not None


def fixed_folder(pattern: str) -> str:
    """The folders before the first wildcard or the file's name; empty for the top."""
    fixed: list[str] = []
    for part in pattern.split("/")[:-1]:
        if is_pattern(part):
            break
        fixed.append(part)
    return "/".join(fixed)


def in_parts(path: str) -> list[str]:
    """A path as patterns are held against it."""
    return unicodedata.normalize("NFC", path).split("/")


def matcher(pattern: str) -> Callable[[Sequence[str]], bool]:
    """A test whether a pattern stands for a path, which is given in parts."""
    wanted = [None if part == _ANY_FOLDERS else _part(part) for part in pattern.split("/")]
    plain = [expression for expression in wanted if expression is not None]

    def matches(parts: Sequence[str]) -> bool:
        if len(plain) < len(wanted):
            return len(wanted) in _states(wanted, parts)
        return len(parts) == len(plain) and all(
            expression.fullmatch(part) for expression, part in zip(plain, parts, strict=True)
        )

    return matches


def enters(pattern: str, folder: Sequence[str]) -> bool:
    """Whether a pattern may stand for something inside a folder, which is given in parts."""
    wanted = [None if part == _ANY_FOLDERS else _part(part) for part in pattern.split("/")]
    return any(state < len(wanted) for state in _states(wanted, folder))


def name_matches(pattern: str, name: str) -> bool:
    """Whether a pattern stands for the name of a set, picture, variant or size."""
    return _part(pattern).fullmatch(name) is not None if is_pattern(pattern) else pattern == name


def _states(wanted: Sequence[_Part], parts: Sequence[str]) -> set[int]:
    """How many parts of a pattern may be used up once these parts of a path are."""
    states = _with_skipped({0}, wanted)
    for part in parts:
        after: set[int] = set()
        for state in states:
            if state == len(wanted):
                continue
            expression = wanted[state]
            if expression is None:
                if not part.startswith("."):
                    after.add(state)
            elif expression.fullmatch(part):
                after.add(state + 1)
        states = _with_skipped(after, wanted)
        if not states:
            break
    return states


def _with_skipped(states: set[int], wanted: Sequence[_Part]) -> set[int]:
    """`**` may stand for no folder at all."""
    reached = set(states)
    for state in sorted(states):
        following = state
        while following < len(wanted) and wanted[following] is None:
            following += 1
            if following in reached:
                break  # whoever reached it went on from there, or will
            reached.add(following)
    return reached


@functools.lru_cache(maxsize=512)
def _part(text: str) -> "re.Pattern[str]":
    """One expression for one part; atomic groups keep it from trying what cannot succeed."""
    pieces = [""]
    for token in _TOKEN.finditer(text):
        if token["stars"]:
            pieces.append("")
        elif token["one"]:
            pieces[-1] += "."
        elif token["set"] is not None:
            pieces[-1] += _one_of(token["set"], is_negated=bool(token["not"]))
        else:
            pieces[-1] += re.escape(token["plain"])
    hidden = "" if text.startswith(".") else r"(?!\.)"
    first, *rest = pieces
    if not rest:
        return re.compile(hidden + first, re.DOTALL)
    *middle, last = rest
    between = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    return re.compile(f"{hidden}{first}{between}.*{last}", re.DOTALL)


def _one_of(characters: str, *, is_negated: bool) -> str:
    """One character of a set; a range that is upside down holds none."""
    inside = ""
    at = 0
    while at < len(characters):
        end = at + 2
        if end < len(characters) and characters[at + 1] == "-":
            if characters[at] <= characters[end]:
                inside += f"{re.escape(characters[at])}-{re.escape(characters[end])}"
            at += 3
        else:
            inside += re.escape(characters[at])
            at += 1
    if not inside:
        return "." if is_negated else _NEVER
    return f"[{'^' if is_negated else ''}{inside}]"

"""Problems laid out for a terminal: plain text, readable without colour, clickable in an editor."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.domain.diagnostics import Problem, Span, in_file_order

MOST_ALIKE = 5
"""How many problems of one code are shown in full; the rest are counted."""

_WIDTH = 100
_LOOKED_AT = 1_000
"""Characters on either side of a place."""
_TAB = "    "
_CUT = "…"
_MOST_PLACES = 10


def render(problem: Problem) -> str:
    """Lay one problem out: what, where with the line and a caret, why, money and fix.

    No line break at the end. Characters that a terminal would obey or hide are shown by number.
    """
    lines = [f"{problem.severity.value}[{problem.code}]: {visible(problem.what)}"]
    if problem.at is not None:
        lines.append(f" --> {visible(str(problem.at))}")
        if problem.source_line.strip():
            lines += _excerpt(problem.at, problem.source_line)
    lines.append(f"why: {visible(problem.why)}")
    if problem.money:
        lines.append(f"money: {visible(problem.money)}")
    lines.append(f"fix: {visible(problem.fix)}")
    return "\n".join(lines)


def render_all(problems: Iterable[Problem]) -> str:
    """Lay problems out in file order, an empty line between, with a line break at the end.

    Of one code and severity the first five are shown; one more paragraph counts the rest and says
    where they are. Empty text for no problems.
    """
    # What is wrong in a file that several campaigns extend is found with each and said once.
    ordered = in_file_order(dict.fromkeys(problems))
    paragraphs: list[str] = []
    shown: Counter[tuple[str, str]] = Counter()
    total = Counter(_kind(problem) for problem in ordered)
    for problem in ordered:
        kind = _kind(problem)
        shown[kind] += 1
        if shown[kind] > MOST_ALIKE:
            continue
        paragraphs.append(render(problem))
        if shown[kind] == MOST_ALIKE < total[kind]:
            rest = [one for one in ordered if _kind(one) == kind][MOST_ALIKE:]
            paragraphs.append(_folded(rest))
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""


def _kind(problem: Problem) -> tuple[str, str]:
    return problem.severity.value, problem.code


def _folded(rest: Sequence[Problem]) -> str:
    places = list(dict.fromkeys(str(problem.at) for problem in rest if problem.at is not None))
    text = f"{rest[0].severity.value}[{rest[0].code}]: {len(rest)} more like these"
    if places:
        text += "".join(f"\n --> {visible(place)}" for place in places[:_MOST_PLACES])
    if len(places) > _MOST_PLACES:
        text += f"\n --> and {len(places) - _MOST_PLACES} more places"
    return text


def _excerpt(at: Span, line: str) -> list[str]:
    """The source line, cut to fit, and a caret below the place."""
    # A line may have a million characters, of which these are more than can be shown.
    here = at.column - 1
    before = visible(line[max(0, here - _LOOKED_AT) : here])
    behind = visible(line[here : here + _LOOKED_AT].rstrip())
    gutter = f"{at.line} | "
    room = _WIDTH - len(gutter)
    if _columns(before) + _columns(behind) > room:
        before = _last_columns(before, room * 2 // 3)
        behind = _first_columns(behind, room - _columns(before))
    return [gutter + before + behind, " " * (len(gutter) + _columns(before)) + "^"]


def _first_columns(text: str, room: int) -> str:
    if _columns(text) <= room:
        return text
    kept = ""
    used = len(_CUT)
    for character in text:
        used += _columns(character)
        if used > room:
            break
        kept += character
    return kept + _CUT


def _last_columns(text: str, room: int) -> str:
    if _columns(text) <= room:
        return text
    kept: list[str] = []
    used = len(_CUT)
    for character in reversed(text):
        used += _columns(character)
        if used > room:
            break
        kept.append(character)
    return _CUT + "".join(reversed(kept))


def _columns(text: str) -> int:
    """Columns that a text takes in a terminal; wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


_JOINERS = "\u200c\u200d"


def visible(text: str) -> str:
    """Text on one line in which nothing hides and nothing can steer the terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return _TAB
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and character not in _JOINERS):
        return f"<U+{ord(character):04X}>"
    return character

"""What YAML's own errors mean to somebody who does not know YAML."""

import re
from typing import NamedTuple

from pipeline.manifest import codes
from pipeline.manifest.wording import quoted


class Trouble(NamedTuple):
    """What a YAML parser said.

    Attributes:
        problem: its words; they differ between the two parsers of the library.
        context: what it was doing, in its words.
        at: offset at which it stopped.
        began: offset at which what it was doing began.
        line: text of the line of `at`.
        column: of `at` in that line, from 0.
    """

    problem: str
    context: str
    at: int
    began: int
    line: str
    column: int


class Explained(NamedTuple):
    """A problem but for its place; `at` is the offset to point at."""

    code: str
    what: str
    why: str
    fix: str
    at: int


_BRACED_START = re.compile(r":\s+(?P<text>\{[^{}]*\}\s*[^\s#,}].*)$")
_WORD = re.compile(r"[^\s,\]}]+")
_MARKER = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
_INDENT_FIX = "give it as many spaces as the lines that belong with it"


def explain(trouble: Trouble, text: str) -> Explained:
    """Put a parser's complaint into words that say what to type.

    Args:
        trouble: the complaint.
        text: all that was parsed.
    """
    said = trouble.problem
    marker = _MARKER.search(text)
    if marker is not None:
        return _unmerged(marker.start())
    here = text[trouble.at : trouble.at + 1]
    if "tab character" in said or (here == "\t" and not trouble.line[: trouble.column].strip()):
        return _tab(trouble)
    for needle, answer in (
        ("cannot start any token", _bad_start),
        ("values are not allowed", _colon),
        ("unexpected document", _open_quote),
        ("unknown escape", _escape),
        ("escape code", _escape),
        ("could not find expected ':'", _no_colon),
        ("node content", _no_value),
        ("incompatible YAML", _other_version),
        ("tag handle", _tag_handle),
    ):
        if needle in said:
            return answer(trouble, text)
    if "scanning an alias" in trouble.context or "scanning an anchor" in trouble.context:
        return _star(trouble, text)
    if "quoted scalar" in trouble.context:
        return _open_quote(trouble, text)
    if "flow" in trouble.context:
        return _open_bracket(trouble, text)
    if "block" in trouble.context:
        return _out_of_line(trouble)
    return Explained(
        codes.SYNTAX,
        "this is not YAML",
        f"the parser says: {said}",
        "compare the line with its neighbours, or put its value in quotes",
        trouble.at,
    )


def _unmerged(at: int) -> Explained:
    return Explained(
        codes.SYNTAX,
        "the markers of an unresolved merge",
        "two branches changed the same lines, and git left both sides here",
        "keep the side that is meant, and delete the other one and the lines that begin with"
        " `<<<<<<<`, `=======` and `>>>>>>>`",
        at,
    )


def _tab(trouble: Trouble) -> Explained:
    return Explained(
        codes.TAB,
        "a tab indents this line",
        "YAML allows only spaces for indentation, since editors show tabs in different widths",
        "replace the tab by spaces",
        trouble.at,
    )


def _bad_start(trouble: Trouble, text: str) -> Explained:
    here = text[trouble.at : trouble.at + 1]
    word = _word(text, trouble.at)
    return Explained(
        codes.SYNTAX,
        f"a value cannot begin with {_char(here)}",
        f"{_char(here)} means something else at this place in YAML",
        f'put the whole value in quotes, such as `"{word}"`',
        trouble.at,
    )


def _colon(trouble: Trouble, _: str) -> Explained:
    before = trouble.line[: trouble.column]
    if ": " in before:
        value_at = trouble.at - trouble.column + before.index(": ") + 2
        return Explained(
            codes.SYNTAX,
            "a second `: ` in one line",
            "the part behind the first `: ` is the value, and a value with `: ` in it needs quotes",
            "put the value in quotes, or begin it with `|` and write it on the next line",
            min(value_at, trouble.at),
        )
    return Explained(
        codes.SYNTAX,
        "a key where none can be",
        "the line above already has a value, or this line is indented further than it should be",
        _INDENT_FIX,
        trouble.at - trouble.column + len(before) - len(before.lstrip()),
    )


def _no_colon(trouble: Trouble, text: str) -> Explained:
    word = _word(text, trouble.began)
    return Explained(
        codes.SYNTAX,
        f"{quoted(word)} has no `:` behind it",
        "every line of a map is a key, a colon, a space and a value",
        f"write `{word}: …`, or indent the line if it continues the text above",
        trouble.began,
    )


def _other_version(trouble: Trouble, _: str) -> Explained:
    return Explained(
        codes.SYNTAX,
        "another version of YAML",
        "files are read as YAML 1.1 and 1.2 alike, without saying which",
        "delete the line",
        trouble.at,
    )


def _tag_handle(trouble: Trouble, text: str) -> Explained:
    word = _word(text, trouble.began)
    return Explained(
        codes.TAG,
        f"{quoted(word)} is a tag",
        "a value's kind follows from the key it is written for; a manifest runs no code",
        "delete it, or put the value in quotes if it should be read as text",
        trouble.began,
    )


def _no_value(trouble: Trouble, text: str) -> Explained:
    here = text[trouble.at : trouble.at + 1]
    return Explained(
        codes.SYNTAX,
        f"{_char(here)} where a value should begin",
        "nothing is open here that it could close or go on with",
        "delete it, or put the value in quotes",
        trouble.at,
    )


def _open_quote(trouble: Trouble, text: str) -> Explained:
    quote = text[trouble.began : trouble.began + 1] or '"'
    return Explained(
        codes.SYNTAX,
        f"a text that begins with {_char(quote)} does not end",
        "no closing quote follows",
        f"add {_char(quote)} where the text ends",
        trouble.began,
    )


def _escape(trouble: Trouble, _: str) -> Explained:
    return Explained(
        codes.SYNTAX,
        "a backslash that YAML does not understand",
        "between double quotes, a backslash begins a code such as `\\n`",
        "use single quotes, or write the backslash twice",
        trouble.at,
    )


def _star(trouble: Trouble, text: str) -> Explained:
    word = _word(text, trouble.began)
    return Explained(
        codes.SYNTAX,
        f"{quoted(word)} is not in quotes",
        f"a value that begins with {_char(word[:1])} means something else in YAML",
        f'write `"{word}"`',
        trouble.began,
    )


def _open_bracket(trouble: Trouble, text: str) -> Explained:
    opened = text[trouble.began : trouble.began + 1]
    closing = "]" if opened == "[" else "}"
    line = text.count("\n", 0, trouble.began) + 1
    return Explained(
        codes.SYNTAX,
        f"`,` or `{closing}` is missing",
        f"the `{opened}` of line {line} is still open here",
        f"add `{closing}` where it should end, `,` between two values, or quotes around a value"
        " that holds `{`, `[`, `:` or `,`",
        trouble.at,
    )


def _out_of_line(trouble: Trouble) -> Explained:
    start = trouble.at - trouble.column
    braced = _BRACED_START.search(trouble.line)
    if braced is not None and braced.start() < trouble.column:
        return Explained(
            codes.SYNTAX,
            "a text that begins with `{` and is not in quotes",
            "YAML takes `{…}` at the start of a value for a map",
            "put the whole text in quotes, or begin it with `|` and write it on the next line",
            start + braced.start("text"),
        )
    before = trouble.line[: trouble.column].rstrip()
    if before.endswith(("'", '"')):
        return Explained(
            codes.SYNTAX,
            "text behind a closing quote",
            "the value ended with the quote",
            "write a quote inside quotes twice, or use the other kind of quotes around the value",
            trouble.at,
        )
    return Explained(
        codes.SYNTAX,
        "this line does not line up with those above it",
        "in YAML, lines that belong together begin in the same column",
        _INDENT_FIX,
        trouble.at,
    )


def _word(text: str, offset: int) -> str:
    found = _WORD.match(text, offset)
    return found[0][:40] if found else text[offset : offset + 1]


def _char(character: str) -> str:
    return "a backtick" if character == "`" else f"`{character}`"

"""The shared prompt's placeholders: `{set.subject}` and `{variant.place}`, and nothing more."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_BRACED = re.compile(r"\{(?P<inside>[^{}]*)\}|[{}]")
_NAME = re.compile(r"(?P<root>set|variant)\.(?P<key>[a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A braced name.

    Attributes:
        root: `set` or `variant`.
        key: the name of the value.
        offset: where its opening brace stands in the template, in characters from 0.
    """

    root: str
    key: str
    offset: int

    def __str__(self) -> str:
        return f"{{{self.root}.{self.key}}}"


@dataclass(frozen=True, slots=True)
class Stray:
    """A brace or a braced text that is no placeholder; `offset` as in `Placeholder`."""

    text: str
    offset: int


def parse(template: str) -> tuple[list[Placeholder], list[Stray]]:
    """Find all placeholders and all braces that are none, each in order of appearance."""
    placeholders: list[Placeholder] = []
    strays: list[Stray] = []
    for found in _BRACED.finditer(template):
        name = _NAME.fullmatch(found["inside"] or "")
        if name is None:
            strays.append(Stray(found[0], found.start()))
        else:
            placeholders.append(Placeholder(name["root"], name["key"], found.start()))
    return placeholders, strays


def render(template: str, values: Mapping[str, Mapping[str, str]]) -> str:
    """Fill a template in.

    Args:
        template: one without strays.
        values: by root, then by key.

    Raises:
        KeyError: a placeholder has no value; its text is the key error's argument.
    """

    def value_of(found: re.Match[str]) -> str:
        root, _, key = found["inside"].partition(".")
        try:
            return values[root][key]
        except KeyError:
            raise KeyError(found[0]) from None

    return _BRACED.sub(value_of, template)

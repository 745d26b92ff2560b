"""What each code of a problem means, why it exists, what it looks like and how to mend it.

One Markdown file a code, package data like the cards. An example of a message is what the program
says: the tests hold those of manifests and lint to the golden screens, those of checks to what
`campaign status --flags` prints, the others to the source.
"""

import difflib
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from pipeline.domain.flags import CHECKS, Check
from pipeline.reporting.explanations.of_checks import (
    check_document,
    check_of,
    figures_of,
    limits_text,
    setting_text,
)

ALL: Final = "all"
"""Asked for instead of a code, it lists all of them."""

_WIDTH = 96
_CODE = re.compile(r"([A-Z])([0-9]{3})")
_WORD = re.compile(r"[a-z]{4,}")
KINDS: Final[Mapping[str, str]] = {
    "M": "manifests and what is asked of the command line",
    "L": "craft and thrift: advice of `campaign check`, switched with `lint:`",
    "P": "plans, prices and caps",
    "R": "runs and the provider",
    "S": "stored state: locks, ledger, store",
    "V": "verdicts and reviews",
    "C": "delivered pictures: what `campaign status --flags` flags, switched with `checks:`",
}
"""What problems are about, by the letter of their codes."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code.

    Attributes:
        code: such as `M041`.
        title: what it stands for, in a line.
        means: what has happened.
        why: what it is good for.
        example: what was written, where that helps, and what the program says then.
        fix: how to mend it.
        how: it is measured; of checks alone, empty for problems.
        check: that flags it; None for problems.
    """

    code: str
    title: str
    means: str
    why: str
    example: str
    fix: str
    how: str = ""
    check: Check | None = None

    def document(self) -> Mapping[str, object]:
        """For machines."""
        about: dict[str, object] = {}
        if self.check is not None:
            about = {"how": self.how, "check": check_document(self.check)}
        return {
            "code": self.code,
            "title": self.title,
            "means": self.means,
            "why": self.why,
            "example": self.example,
            "fix": self.fix,
            **about,
        }


def codes() -> tuple[str, ...]:
    """All codes that are explained, sorted."""
    return tuple(
        sorted(
            file.name.removesuffix(".md")
            for file in resources.files(__name__).iterdir()
            if _CODE.fullmatch(file.name.removesuffix(".md")) and file.name.endswith(".md")
        )
    )


def titles() -> Mapping[str, str]:
    """What each code stands for, in a line."""
    return {code: _title(_read(code)) for code in codes()}


def explanation(code: str) -> Explanation | None:
    """All about one code; None if there is no such code."""
    if code not in codes():
        return None
    head, why, *how, example, fix = re.split(r"^## .*\n", _read(code), flags=re.MULTILINE)
    return Explanation(
        code=code,
        title=_title(head),
        means=head.partition("\n")[2].strip(),
        why=why.strip(),
        example="\n".join(line.removeprefix("    ") for line in example.strip("\n").splitlines()),
        fix=fix.strip(),
        how="".join(how).strip(),
        check=check_of(code),
    )


def code_named(wanted: str) -> str:
    """The code that somebody asked for, who may say the name of a check instead."""
    bare = wanted.strip().strip("[]`")
    check = check_of(bare)
    return bare.upper() if check is None else check.code


def nearest_code(wanted: str) -> str | None:
    """The code that was probably meant: of a check so named, of that letter or number, by word."""
    found = _CODE.search(wanted.upper())
    known = codes()
    named = difflib.get_close_matches(wanted.strip().casefold(), list(CHECKS), n=1)
    if named:
        return CHECKS[named[0]].code
    if found is None:
        words = set(_WORD.findall(wanted.casefold()))
        said = (code for code, title in titles().items() if words & set(_WORD.findall(title)))
        return next(said, None)
    letter, number = found[1], int(found[2])
    alike = [code for code in known if code[0] == letter]
    if alike:
        return min(alike, key=lambda code: (abs(int(code[1:]) - number), code))
    return next((code for code in known if code[1:] == found[2]), None)


def text_of(one: Explanation) -> str:
    """An explanation for a terminal."""
    example = "\n".join(f"    {line}".rstrip() for line in one.example.splitlines())
    parts = (
        f"{one.code}: {one.title}",
        _filled(one.means),
        _filled(f"why: {one.why}"),
        *_about_check(one),
        f"example:\n\n{example}",
        _filled(f"fix: {one.fix}"),
    )
    return "\n\n".join(parts) + "\n"


def text_of_titles(known: Mapping[str, str]) -> str:
    """All codes with a line each, by kind."""
    lines: list[str] = []
    for letter in dict.fromkeys(code[0] for code in known):
        lines += ["", f"{letter}: {KINDS.get(letter, 'others')}"]
        lines += [f"  {code}  {title}" for code, title in known.items() if code[0] == letter]
    return "\n".join([*lines[1:], "", "One of them in full: `campaign check --explain CODE`", ""])


def _about_check(one: Explanation) -> tuple[str, ...]:
    """How it is measured, its limits and how to set others, and what is known of its worth."""
    if one.check is None:
        return ()
    return (
        _filled(f"how: {one.how}"),
        _filled(f"limits: {limits_text(one.check)}. Others for a campaign, in its manifest:"),
        textwrap.indent(setting_text(one.check), "    "),
        _filled(f"measured: {figures_of(one.check).text}"),
    )


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _read(code: str) -> str:
    return (resources.files(__name__) / f"{code}.md").read_text("utf-8")


def _title(text: str) -> str:
    return text.partition("\n")[0].partition(": ")[2]

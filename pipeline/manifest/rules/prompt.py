"""The shared prompt: every placeholder has a value everywhere, every value a placeholder."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.domain.template import Placeholder, Stray, parse
from pipeline.manifest import codes
from pipeline.manifest.counting import find_count
from pipeline.manifest.globs import is_pattern, name_matches
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import Case
from pipeline.manifest.wording import listed, nearest, quoted

SUBJECT = "subject"

_PROMPT: Pointer = ("prompt",)
_VALUE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NOT_VALUES = ("params",)
_MOST_PATTERNS = 100
"""Patterns of rules that are tried for a missing value; planning sees to every cell anyway."""


class _Value(NamedTuple):
    """One text that a placeholder may stand for."""

    root: str
    key: str
    text: str
    at: Pointer


def check_prompt(case: Case) -> None:
    """Placeholders and values fit each other, and nothing counts the pictures to make."""
    values = list(_values(case))
    for value in values:
        _check_value(case, value)
    if not case.is_sound(*_PROMPT):
        return
    prompt = case.manifest.prompt
    if not prompt:
        case.problems.add(
            codes.PROMPT_EMPTY,
            _PROMPT,
            what="the prompt is empty",
            why="it is what the model is asked to do",
            fix="write what to do, such as `Put {set.subject} in {variant.place}.`",
        )
        return
    placeholders, strays = parse(prompt)
    known = _known(case)
    used = {str(placeholder) for placeholder in placeholders}
    for stray in strays:
        if case.problems.are_full:
            return
        used.add(_stray(case, stray, known) or "")
    for placeholder in _each_once(placeholders):
        if case.problems.are_full:
            return
        if str(placeholder) in known:
            _missing(case, placeholder)
        else:
            used.add(_unknown(case, placeholder, known) or "")
    # What a misspelt placeholder probably means is not called unused as well.
    _unused(case, values, used)
    _counted(case, find_count(prompt), _PROMPT)


def _values(case: Case) -> Iterator[_Value]:
    manifest = case.manifest
    for name, entry in manifest.images.items():
        if entry.subject is not None:
            yield _Value("set", SUBJECT, entry.subject, ("images", name, SUBJECT))
        for key, text in entry.values.items():
            yield _Value("set", key, text, ("images", name, "values", key))
    for name, variant in manifest.variants.items():
        for key, text in (variant.model_extra or {}).items():
            yield _Value("variant", key, text, ("variants", name, key))
    for index, rule in enumerate(manifest.matrix.extend):
        at = case.rule("extend", index)
        for key, text in (rule.with_.model_extra or {}).items():
            yield _Value("variant", key, text, (*at, "with", key))


def _known(case: Case) -> list[str]:
    """Placeholders that something gives a value, refused values included."""
    found = [f"{{set.{SUBJECT}}}"] if case.names("images") else []
    for name in case.names("images"):
        found += [f"{{set.{key}}}" for key in case.names("images", name, "values")]
    for name in case.names("variants"):
        keys = case.names("variants", name)
        found += [f"{{variant.{key}}}" for key in keys if key not in _NOT_VALUES]
    for rule in case.manifest.matrix.extend:
        found += [f"{{variant.{key}}}" for key in rule.with_.model_extra or {}]
    return list(dict.fromkeys(found))


def _check_value(case: Case, value: _Value) -> None:
    if not value.text:
        case.problems.add(
            codes.EMPTY_VALUE,
            value.at,
            what=f"the value of {quoted(value.key)} is empty",
            why=f"nothing would stand in the prompt for `{{{value.root}.{value.key}}}`",
            fix="write a text, or delete the line",
        )
    if value.key == SUBJECT and len(value.at) > 3:  # noqa: PLR2004 - below `values`
        case.problems.add(
            codes.VALUE_NAME,
            case.source.locate_key(value.at),
            what="`subject` is written under `values`",
            why="an image set has a key of its own for it",
            fix=f"write `subject: {value.text}` beside `files`",
        )
    elif _VALUE_NAME.fullmatch(value.key) is None:
        safe = re.sub(r"[^a-z0-9_]+", "_", value.key.lower()).strip("_")
        case.problems.add(
            codes.VALUE_NAME,
            case.source.locate_key(value.at),
            what=f"{quoted(value.key)} cannot stand in a placeholder",
            why="names of values are small letters, digits and `_`, a letter first",
            fix=f"call it `{safe}`" if _VALUE_NAME.fullmatch(safe) else "give it such a name",
        )
    _counted(case, find_count(value.text, is_value=True), value.at)


def _counted(case: Case, words: str | None, at: Pointer) -> None:
    if words is None:
        return
    case.problems.add(
        codes.COUNTED,
        case.source.locate_text(at, words),
        what=f"{quoted(' '.join(words.split()))} says how many pictures to make",
        why="the plan asks for one picture of each source, and pays for as many; a prompt that"
        " counts too gets fewer, or one picture in panels",
        fix="leave the number out; more takes are `takes: 2`, more versions are `variants`",
    )


def _stray(case: Case, stray: Stray, known: list[str]) -> str | None:
    """Note a brace or a braced text that is no placeholder; returns what it probably means."""
    prompt, source = case.manifest.prompt, case.source
    meant = None
    around = prompt[max(0, stray.offset - 1) : stray.offset + 2]
    if stray.text == "}" and around.startswith("}}") and "{{" in prompt[: stray.offset]:
        return None  # noted with the doubled brace that opens it
    if stray.text == "{" and around.endswith("{{"):
        what, fix = "a doubled `{{`", "write one brace on each side, as in `{set.subject}`"
    elif stray.text in ("{", "}"):
        what = "a `{` that is not closed" if stray.text == "{" else "a `}` that closes nothing"
        fix = "delete it; braces stand around names of values only, as in `{set.subject}`"
    else:
        what = f"{quoted(stray.text)} is not a placeholder"
        meant = _meant("".join(stray.text.split()).lower(), known)
        fix = _did_you_mean(meant, known, otherwise="delete the braces")
    case.problems.add(
        codes.STRAY,
        source.locate_text(_PROMPT, stray.text, prompt.count(stray.text, 0, stray.offset)),
        what=what,
        why="braces stand around `set.` or `variant.` and the name of a value, without spaces",
        fix=fix,
    )
    return meant


def _unknown(case: Case, placeholder: Placeholder, known: list[str]) -> str | None:
    """Note a placeholder that nothing gives a value; returns what it probably means."""
    if placeholder.root == "set" and not case.names("images"):
        why, otherwise = "there are no `images`, so there are no sets", "delete it"
    elif placeholder.root == "variant" and not case.names("variants"):
        why, otherwise = "there are no `variants`", "add variants with this value, or delete it"
    elif placeholder.root == "variant" and any(
        not isinstance(case.source.value_at(("variants", name)), dict)
        for name in case.names("variants")
    ):
        return None  # a variant that is no map is said to be none; it may have had the value
    else:
        owner = "image set" if placeholder.root == "set" else "variant"
        why = f"no {owner} has a value called `{placeholder.key}`"
        below = " under `values`" if placeholder.root == "set" else ""
        otherwise = f"add `{placeholder.key}: …`{below} to each {owner}"
    meant = _meant(str(placeholder), known)
    case.problems.add(
        codes.UNKNOWN_VALUE,
        case.source.locate_text(_PROMPT, str(placeholder)),
        what=f"{quoted(placeholder)} has no value",
        why=why,
        fix=_did_you_mean(meant, known, otherwise=otherwise),
    )
    return meant


def _did_you_mean(meant: str | None, known: list[str], *, otherwise: str) -> str:
    fix = f"did you mean {quoted(meant)}?" if meant else otherwise
    if not known:
        return fix
    return f"{fix}{'' if meant else '.'} Known placeholders: {listed(known)}"


def _meant(written: str, known: list[str]) -> str | None:
    """The known placeholder of the nearest key, of the same root if there are several."""
    root, _, key = written.strip("{}").rpartition(".")
    keys = [name.strip("{}").partition(".")[2] for name in known]
    near = nearest(key, keys)
    named = [name for name, one in zip(known, keys, strict=True) if one == near]
    same_root = [name for name in named if name.startswith(f"{{{root}.")]
    return next(iter([*same_root, *named]), None)


def _missing(case: Case, placeholder: Placeholder) -> None:
    key = placeholder.key
    kind, section = (
        ("image set", "images") if placeholder.root == "set" else ("variant", "variants")
    )
    if placeholder.root == "set":
        lacking = [
            name
            for name, entry in case.manifest.images.items()
            if key != SUBJECT and key not in entry.values and case.is_sound(section, name)
        ]
    else:
        lacking = [
            name
            for name, variant in case.manifest.variants.items()
            if key not in (variant.model_extra or {}) and case.is_sound(section, name)
        ]
        lacking = _not_extended(case, lacking, key)
    if not lacking:
        return
    below = " under `values`" if placeholder.root == "set" else ""
    case.problems.add(
        codes.MISSING_VALUE,
        case.source.locate_key((section, lacking[0])),
        what=f"{kind}{'s' if len(lacking) > 1 else ''} {listed(lacking)}"
        f" {'have' if len(lacking) > 1 else 'has'} no value for {quoted(placeholder)}",
        why="the prompt is the same for all, and others have one",
        fix=f"add `{key}: …`{below}",
    )


def _not_extended(case: Case, variants: list[str], key: str) -> list[str]:
    """Those variants that no rule gives this value, not even in some cells."""
    if not case.is_sound("matrix", "extend"):
        return []
    patterns = {
        "*" if rule.where.variant is None else rule.where.variant
        for rule in case.manifest.matrix.extend
        if key in (rule.with_.model_extra or {})
    }
    wild = [pattern for pattern in patterns if is_pattern(pattern)][:_MOST_PATTERNS]
    return [
        name
        for name in variants
        if name not in patterns and not any(name_matches(pattern, name) for pattern in wild)
    ]


def _unused(case: Case, values: list[_Value], used: set[str]) -> None:
    seen = {f"{{set.{SUBJECT}}}", *used}
    for value in values:
        placeholder = f"{{{value.root}.{value.key}}}"
        if placeholder in seen or _VALUE_NAME.fullmatch(value.key) is None:
            continue
        seen.add(placeholder)
        case.problems.add(
            codes.UNUSED_VALUE,
            case.source.locate_key(value.at),
            what=f"{quoted(value.key)} is used nowhere",
            why=f"the prompt has no `{placeholder}`",
            fix=f"write `{placeholder}` where it belongs in the prompt, or delete the value",
        )


def _each_once(placeholders: list[Placeholder]) -> list[Placeholder]:
    return list({str(placeholder): placeholder for placeholder in reversed(placeholders)}.values())[
        ::-1
    ]

"""Every code that the program can show is explained, and every explanation is of such a code."""

import ast
import functools
import re
from pathlib import Path

import pytest

from pipeline.domain.flags import CHECKS, Docket
from pipeline.domain.lint import LINT_RULES
from pipeline.manifest.codes import MEANINGS
from pipeline.reporting import explanations
from pipeline.reporting.explanations import KINDS, codes, explanation, of_checks, text_of
from pipeline.reporting.flags_text import flag_words

ROOT = Path(__file__).parents[2]
TEXTS = {path: path.read_text("utf-8") for path in sorted((ROOT / "pipeline").rglob("*.py"))}
_CODE = re.compile(r"[A-Z][0-9]{3}")
_FLAG = re.compile(r"  (fail|warn)  (C\d+)  \S+  (.*)\((\S+), (?:limit|below) \S+\)(?:; (.*))?")
_LONGEST = 100
HOW = "write pipeline/reporting/explanations/CODE.md; any of its neighbours shows the form"


@functools.cache
def codes_in_the_source() -> dict[str, str]:
    """Each text that is a code, with a file that has it, whatever its letter."""
    return {
        node.value: path.name
        for path, text in TEXTS.items()
        if _CODE.search(text)  # to parse all of them takes a second
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _CODE.fullmatch(node.value)
    }


def messages() -> dict[str, list[dict[str, ast.expr]]]:
    """The parts of each problem that is written out in the source, by code."""
    found: dict[str, list[dict[str, ast.expr]]] = {}
    for text in (text for text in TEXTS.values() if "Problem(" in text):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                parts = {part.arg: part.value for part in node.keywords if part.arg}
                code = parts.get("code")
                if isinstance(code, ast.Constant):
                    found.setdefault(code.value, []).append(parts)
    return found


MESSAGES = messages()


def test_every_code_is_explained():
    found = codes_in_the_source()
    assert len(found) > 150
    missing = {code: file for code, file in found.items() if code not in codes()}
    assert not missing, HOW


def test_every_problem_is_of_a_known_kind():
    assert {code[0] for code in MESSAGES} <= set(KINDS)
    assert {code[0] for code in codes()} == set(KINDS)


def test_nothing_else_is_explained():
    assert set(codes()) <= set(codes_in_the_source())
    folder = Path(explanations.__file__).parent
    files = {path.name for path in folder.iterdir() if path.suffix == ".md"}
    assert files == {f"{code}.md" for code in codes()}


@pytest.mark.parametrize("code", codes())
def test_an_explanation_is_whole(code):
    one = explanation(code)
    text = (Path(explanations.__file__).parent / f"{code}.md").read_text("utf-8")
    assert text.startswith(f"# {code}: {one.title}\n\n")
    how = ["How"] if code[0] == "C" else []
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Why", *how, "Example", "Fix"]
    assert all((one.title, one.means, one.why, one.example, one.fix))
    assert bool(one.how) == bool(how)
    assert (f"  {code}  " if how else f"[{code}]: ") in one.example
    assert text.endswith("\n")
    assert "\n\n\n" not in text
    for part in filter(None, (one.means, one.why, one.how, one.fix)):
        assert part[0].isupper() or part[0] == "`"
        assert max(map(len, part.splitlines())) <= _LONGEST
        assert 1 <= len(part.splitlines()) <= 6


def test_a_code_has_one_title():
    known = {**MEANINGS, **LINT_RULES, **{one.code: one.looks_for for one in CHECKS.values()}}
    assert {code: explanation(code).title for code in known} == known


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_an_example_is_what_the_program_says(code):
    example = explanation(code).example
    assert any(_says(parts, example) for parts in MESSAGES[code]), example


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_tells_its_limits_its_figures_and_a_flag_as_it_is_printed(name):
    check = CHECKS[name]
    one = explanation(check.code)
    severity, code, _, measured, detail = _FLAG.fullmatch(one.example).groups()
    docket = Docket()
    docket.judge(name, float(measured), detail or "")
    (flag,) = docket.report().flags
    assert (flag.severity, flag.code) == (severity, code)
    assert one.example.endswith(f"  {flag_words(flag)}")
    told = " ".join(text_of(one).split())
    for limit in filter(None, (check.warn, check.fail)):
        assert f"s {'below' if check.below else 'from'} {limit:g}" in told
    assert f"checks: {name}: " in told
    figures = of_checks.figures_of(check)
    assert f"measured: {figures.text}" in told
    # `by nobody yet` is for a check that is newer than the last run of the suite.
    assert bool(figures.unmeasured) != bool(figures.recall and figures.false_alarms)


def _says(parts: dict[str, ast.expr], example: str) -> bool:
    lines = [rf"(?:error|warning)\[[A-Z]\d+\]: {_pattern(parts['what'])}"]
    lines += [rf"{name}: {_pattern(parts[name])}" for name in ("why", "fix")]
    if "money" in parts:
        lines.append(f"money: {_pattern(parts['money'])}")
    return all(any(re.fullmatch(wanted, line) for line in example.splitlines()) for wanted in lines)


def _pattern(node: ast.expr) -> str:
    """What a text in the source can come out as."""
    match node:
        case ast.Constant():
            return re.escape(str(node.value))
        case ast.JoinedStr():
            return "".join(map(_pattern, node.values))
        case ast.BinOp(op=ast.Add()):
            return _pattern(node.left) + _pattern(node.right)
        case ast.IfExp():
            return f"(?:{_pattern(node.body)}|{_pattern(node.orelse)})"
        case _:
            return ".*"

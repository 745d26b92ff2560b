"""Problems as values: what, where, why, fix and, once a provider is involved, the money."""

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Severity(enum.Enum):
    """How much a problem stands in the way: an error stops, the others only speak."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a text file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, kept as a value so that a stage can report all of them at once.

    Attributes:
        code: a letter (M manifest, L lint, P plan and price, R run, S stored state, V verdicts)
            and three digits; never reused.
        what: lower case, no full stop; names the thing and its value in backticks.
        why: the rule or the observation, not `what` again.
        fix: an edit or a command that can be pasted.
        at: where it was written, if it was.
        source_line: the text of that line, for display.
        money: what happened to the money; always present in R codes.
    """

    code: str
    what: str
    why: str
    fix: str
    at: Span | None = None
    source_line: str = field(default="", compare=False)
    money: str = ""
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether it stops the command."""
        return self.severity is Severity.ERROR


class CampaignError(Exception):
    """A command must stop: the problems to show and the exit code that says so.

    Raised for everything a user can cause; a bug is any other exception.
    """

    def __init__(self, exit_code: int, problems: Iterable[Problem]) -> None:
        self.exit_code = exit_code
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.what for problem in self.problems))


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sort for display: by file, line and column; those without a place come last."""
    return sorted(
        problems,
        key=lambda p: (p.at is None, p.at or Span("", 0, 0), p.code, p.what),
    )


def placed(problem: Problem, texts: Mapping[str, str], *, words: str = "") -> Problem:
    """A problem with the line it speaks of, for display.

    Args:
        problem: with a place, or not.
        texts: of files by name; a file that is missing leaves the problem as it is.
        words: what the problem is about; where they stand at or behind its place, they become it.
    """
    at = problem.at
    lines = [] if at is None else _LINE_BREAK.split(texts.get(at.file, ""))
    if at is None or at.line > len(lines) or at.file not in texts:
        return problem
    for number, line in enumerate(lines[at.line - 1 :], start=at.line):
        column = line.find(words, at.column - 1 if number == at.line else 0) if words else -1
        if column >= 0:
            at = Span(at.file, number, column + 1)
            break
    return replace(problem, at=at, source_line=lines[at.line - 1])


def as_json(problem: Problem) -> Mapping[str, object]:
    """A problem for machines; absent parts are left out."""
    body: dict[str, object] = {
        "severity": problem.severity.value,
        "code": problem.code,
        "what": problem.what,
        "why": problem.why,
        "fix": problem.fix,
    }
    if problem.at is not None:
        body["at"] = {
            "file": problem.at.file,
            "line": problem.at.line,
            "column": problem.at.column,
        }
    if problem.money:
        body["money"] = problem.money
    return body

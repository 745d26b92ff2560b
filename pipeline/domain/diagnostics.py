"""Problems as values: what, where, why, fix and, once a provider is involved, the money."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


class Severity(enum.Enum):
    """How much a problem stands in the way."""

    ERROR = "error"
    WARNING = "warning"


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
        code: a letter (M manifest, P plan and price, R run, S stored state) and three digits;
            never reused.
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

"""`campaign check`: every problem of manifests, pictures and matrix rules at once, and advice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import REAL, Places
from pipeline.commands.advice import advice, texts_of
from pipeline.commands.loading import chosen, load, open_workspace
from pipeline.commands.session import Subject
from pipeline.commands.signing import cannot_sign
from pipeline.domain.diagnostics import (
    CampaignError,
    Problem,
    Severity,
    as_json,
    in_file_order,
    placed,
)
from pipeline.domain.exit_codes import DONE, USAGE
from pipeline.planning.expand import expand
from pipeline.planning.view import same_names
from pipeline.reporting.explanations import (
    ALL,
    Explanation,
    code_named,
    explanation,
    nearest_code,
    text_of_titles,
    titles,
)
from pipeline.reporting.explanations import text_of as explanation_text
from pipeline.reporting.words import count

CHECK_FORMAT = 1
EXPLAIN_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    Attributes:
        cells: wanted pictures by campaign; only of campaigns without errors.
        problems: of all campaigns, in file order.
    """

    cells: Mapping[str, int]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many problems stand in the way."""
        return sum(problem.is_error for problem in self.problems)

    @property
    def exit_code(self) -> int:
        """0, or 2 where there is an error."""
        return USAGE if self.errors else DONE

    @property
    def verdict(self) -> str:
        """One closing sentence, and where there is more to read."""
        if not self.problems:
            return f"No problems: {self._good}." if self.cells else "No problems."
        if self.errors:
            others = f", {self._remarks}" if self._remarks else ""
            first = f"{count(self.errors, 'problem')}{others}. Nothing was sent."
        else:
            first = f"Nothing stands in the way of {self._good}; {self._remarks}."
        code = self.problems[0].code
        return f"{first}\nMore about a code: `campaign check --explain {code}`"

    @property
    def _good(self) -> str:
        return ", ".join(f"{name} ({count(n, 'picture')})" for name, n in self.cells.items())

    @property
    def _remarks(self) -> str:
        warnings = sum(one.severity is Severity.WARNING for one in self.problems)
        remarks = sum(one.severity is Severity.ADVICE for one in self.problems)
        words = [count(warnings, "warning")] if warnings else []
        words += [count(remarks, "piece of advice", "pieces of advice")] if remarks else []
        return " and ".join(words)

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return {
            "check": CHECK_FORMAT,
            "campaigns": dict(self.cells),
            "problems": [as_json(problem) for problem in self.problems],
        }


def check(names: Sequence[str], *, start: Path) -> Checked:
    """Check campaigns, all of the workspace where no name is given.

    The pictures of campaigns without errors are looked at, which takes some hundredths of a second
    each, once: what was seen is remembered.

    Raises:
        CampaignError: exit 2; there is no workspace or no such campaign.
    """
    places, workspace = open_workspace(start, strict=True)
    problems: list[Problem] = []
    cells: dict[str, int] = {}
    for name in chosen(places, names):
        loaded = load(places, workspace, name, strict=True)
        found = list(loaded.problems)
        if loaded.subject is not None:
            found += _check_subject(loaded.subject, places, cells)
        problems += in_file_order(found)
    # What is wrong in a file that several campaigns extend is one problem.
    return Checked(cells, tuple(dict.fromkeys(problems)))


def _check_subject(subject: Subject, places: Places, cells: dict[str, int]) -> list[Problem]:
    """Problems of the matrix, else advice; counts the cells of a campaign without errors."""
    campaign = subject.campaign
    expansion = expand(campaign, subject.card, realm=REAL, engine=None)
    found = [*expansion.problems, *same_names(campaign, expansion.cells)]
    if any(problem.is_error for problem in found):
        written = [problem.at for problem in found if problem.at is not None]
        texts = texts_of(frozenset(at.file for at in written))
        return [placed(problem, texts) for problem in found]
    found += advice(subject, expansion.cells, places)
    found += cannot_sign(campaign, places, now=SystemClock().now())
    if not any(problem.is_error for problem in found):
        cells[campaign.name] = len(expansion.cells)
    return found


@dataclass(frozen=True, slots=True)
class Explained:
    """One code, or all of them with a line each."""

    one: Explanation | None

    @property
    def text(self) -> str:
        """For people."""
        return text_of_titles(titles()) if self.one is None else explanation_text(self.one)

    def document(self) -> Mapping[str, object]:
        """For machines."""
        if self.one is None:
            listed = [{"code": code, "title": title} for code, title in titles().items()]
            return {"explain": EXPLAIN_FORMAT, "codes": listed}
        return {"explain": EXPLAIN_FORMAT, **self.one.document()}


def explain(code: str) -> Explained:
    """Explain a code of a problem or of a check, or a check by name; `all` for a list of them.

    Raises:
        CampaignError: exit 2; there is no such code.
    """
    wanted = code_named(code)
    if wanted.casefold() == ALL:
        return Explained(None)
    found = explanation(wanted)
    if found is None:
        raise CampaignError(USAGE, [_no_code(code)])
    return Explained(found)


def _no_code(code: str) -> Problem:
    near = nearest_code(code)
    hint = f"did you mean `{near}`? " if near else ""
    return Problem(
        code="M106",
        what=f"there is no code `{code}`",
        why="codes are a letter and three digits, as in `error[M041]`; checks have names, too",
        fix=f"{hint}all of them, with a line each: `campaign check --explain {ALL}`",
    )

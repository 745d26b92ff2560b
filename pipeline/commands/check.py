"""`campaign check`: every problem of manifests, pictures and matrix rules, all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.places import REAL
from pipeline.commands.loading import chosen, load, open_workspace
from pipeline.domain.diagnostics import Problem, as_json
from pipeline.planning.expand import expand
from pipeline.planning.view import same_names
from pipeline.reporting.words import count

CHECK_FORMAT = 1
DONE, PROBLEMS = 0, 2


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
        return PROBLEMS if self.errors else DONE

    @property
    def verdict(self) -> str:
        """One closing sentence."""
        if self.errors:
            return f"{count(self.errors, 'problem')}. Nothing was sent."
        good = ", ".join(f"{name} ({count(n, 'picture')})" for name, n in self.cells.items())
        return f"No problems: {good}." if good else "No problems."

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return {
            "check": CHECK_FORMAT,
            "campaigns": dict(self.cells),
            "problems": [as_json(problem) for problem in self.problems],
        }


def check(names: Sequence[str], *, start: Path) -> Checked:
    """Check campaigns, all of the workspace where no name is given.

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
            campaign, card = loaded.subject.campaign, loaded.subject.card
            expansion = expand(campaign, card, realm=REAL, engine=None)
            found += [*expansion.problems, *same_names(campaign, expansion.cells)]
            if not any(problem.is_error for problem in found):
                cells[name] = len(expansion.cells)
        problems += found
    return Checked(cells, tuple(problems))

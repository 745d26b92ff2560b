"""`campaign destinations`: places that pictures go to, and what each asks of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.commands.models import Around
from pipeline.domain.destinations import Destination
from pipeline.domain.diagnostics import CampaignError, Problem, as_json
from pipeline.domain.exit_codes import USAGE
from pipeline.manifest.presets import shipped
from pipeline.manifest.wording import nearest, quoted
from pipeline.reporting.destinations_json import destination_document
from pipeline.reporting.destinations_text import destination_text, destinations_text
from pipeline.reporting.schemas.destinations import DESTINATIONS_FORMAT


@dataclass(frozen=True, slots=True)
class Destinations:
    """Some destinations.

    Attributes:
        chosen: in the order to show.
        is_list: whether they were not asked for by name.
        problems: of the workspace file; they do not stand in the way.
    """

    chosen: Sequence[Destination]
    is_list: bool
    problems: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """For people."""
        if self.is_list:
            return destinations_text(self.chosen)
        return "\n".join(map(destination_text, self.chosen))

    def document(self) -> Mapping[str, object]:
        """For machines; margins in per mille of the side."""
        return {
            "destinations": DESTINATIONS_FORMAT,
            "destination": list(map(destination_document, self.chosen)),
            "problems": [as_json(problem) for problem in self.problems],
        }


def destinations(names: Sequence[str], *, start: Path) -> Destinations:
    """Destinations by name, else all: those that ship, and in a workspace its own.

    Raises:
        CampaignError: exit 2; one of them does not exist.
    """
    around = Around.of(start)
    known = {**shipped(), **around.workspace.destinations}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CampaignError(USAGE, [_unknown(name, list(known)) for name in unknown])
    chosen = [known[name] for name in names or known]
    return Destinations(chosen, not names, around.problems)


def _unknown(name: str, known: Sequence[str]) -> Problem:
    near = nearest(name, known)
    hint = f"did you mean {quoted(near)}? " if near else ""
    return Problem(
        code="M138",
        what=f"there is no destination {quoted(name)}",
        why="none of that name ships, and `campaigns/workspace.yaml` says none either",
        fix=f"{hint}`campaign destinations` lists all that there are",
    )

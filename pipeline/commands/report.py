"""`campaign report`: rebuild the view and the contact sheet from what is bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.commands.index_page import refresh_index
from pipeline.commands.progress import Telling
from pipeline.commands.review import waiting_attempts
from pipeline.commands.sheets import UpToDate, open_sheets
from pipeline.domain.diagnostics import Problem
from pipeline.domain.exit_codes import DONE, UNFINISHED
from pipeline.reporting.not_made import not_made_lines
from pipeline.reporting.words import count

_HOW = "`campaign store pull DIR`, or `campaign run` while the provider keeps them"


@dataclass(frozen=True, slots=True)
class Reported:
    """Contact sheets that were written, as paths to open, and what was odd."""

    pages: tuple[str, ...]
    problems: tuple[Problem, ...]
    not_made: int

    @property
    def exit_code(self) -> int:
        """5 where a file could not be made, else 0."""
        return UNFINISHED if self.not_made else DONE


def report(names: Sequence[str], *, draft: bool, telling: Telling, start: Path) -> Reported:
    """Rebuild outputs; buys nothing and needs no key.

    Raises:
        CampaignError: exit 2; a manifest has problems.
    """
    pages: list[str] = []
    not_made = 0
    remarks: list[Problem] = []
    with open_sheets(names, draft=draft, start=start) as sheets:
        for subject in sheets.subjects:
            made = sheets.bring_up(subject, telling, force_page=True)
            tell_what_lacks(made, telling)
            not_made += len(made.failed)
            pages.append(sheets.places.shown(made.refreshed.page))
            remarks += made.refreshed.remarks
        telling.say(f"index     {sheets.places.shown(refresh_index(sheets.places))}")
        problems = (*sheets.problems, *sheets.books.warnings, *remarks)
        return Reported(tuple(pages), problems, not_made)


def tell_what_lacks(made: UpToDate, telling: Telling) -> None:
    """Say which files could not be made, and how many pictures are not on this machine."""
    for line in not_made_lines(made.refreshed.told):
        telling.say(f"not made  {line}")
    if made.absent:
        pictures = count(made.absent, "picture")
        telling.say(f"absent    {pictures} bought, but not on this machine: {_HOW}")


@dataclass(frozen=True, slots=True)
class FreshPage:
    """A contact sheet that shows what is true now.

    Attributes:
        page: its file.
        reviews: where verdicts about its pictures lie, for messages.
        waiting: deliveries of which nobody has said yet whose they are.
    """

    page: Path
    reviews: str
    waiting: int


def refreshed_page(name: str, *, draft: bool, start: Path) -> FreshPage:
    """Bring one campaign's sheet up to date, silently.

    Raises:
        CampaignError: as `report`.
    """
    quiet = Telling(events=False, quiet=True)
    with open_sheets([name], draft=draft, start=start) as sheets:
        made = sheets.bring_up(sheets.subjects[0], quiet, force_page=False)
        if made.refreshed.page_is_new:
            refresh_index(sheets.places)
        reviews = sheets.places.reviews(sheets.realm.name, name)
        waiting = len(waiting_attempts(made.session.history, made.plan))
        return FreshPage(made.refreshed.page, sheets.places.shown(reviews), waiting)

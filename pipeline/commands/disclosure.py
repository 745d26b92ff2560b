"""`campaign report --disclosure`: which files carry which mark, and what to declare where."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.durable_files import temporary_beside
from pipeline.catalog.disclosure import rules
from pipeline.commands.marks import marks_of_masters
from pipeline.commands.progress import Telling
from pipeline.commands.report import tell_what_lacks
from pipeline.commands.sheets import Sheets, UpToDate, open_sheets
from pipeline.commands.signing import own_roots
from pipeline.domain.campaign import Campaign
from pipeline.domain.diagnostics import Problem
from pipeline.domain.disclosure import ANYWHERE, Declaration, Delivered, rules_for
from pipeline.domain.exit_codes import DONE, UNFINISHED
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.marks import Marks
from pipeline.planning.view import WantedFile
from pipeline.reporting.disclosure import (
    disclosure_csv,
    disclosure_document,
    disclosure_name,
    disclosure_text,
)


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What was written.

    Attributes:
        realm: whose pictures.
        tables: what there is to declare, each with the path of its table.
        not_made: files that could not be made, and so stand in no table.
        problems: what was odd.
    """

    realm: str
    tables: tuple[tuple[Declaration, str], ...]
    not_made: int
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """5 where a file is missing or does not carry the mark that it should, else 0."""
        lacking = any(file.lacking for one, _ in self.tables for file in one.files)
        return UNFINISHED if lacking or self.not_made else DONE

    @property
    def text(self) -> str:
        """For people."""
        return disclosure_text([one for one, _ in self.tables]) or "Nothing is delivered yet.\n"

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return disclosure_document(self.realm, self.tables)


def disclose(names: Sequence[str], *, draft: bool, telling: Telling, start: Path) -> Disclosed:
    """Bring outputs up to date, read the marks of every file, and write a table a destination.

    Marks are read from the files as they lie there, never taken from what they were made for.

    Raises:
        CampaignError: exit 2; a manifest has problems.
        OSError: a table cannot be written; those before it are.
    """
    tables: list[tuple[Declaration, str]] = []
    not_made = 0
    with open_sheets(names, draft=draft, start=start) as sheets:
        for subject in sheets.subjects:
            made = sheets.bring_up(subject, telling, force_page=False)
            tell_what_lacks(made, telling)
            not_made += len(made.failed)
            for declaration in _declarations(sheets, subject.campaign, made, telling):
                path = made.folder / disclosure_name(declaration)
                _write(path, disclosure_csv(declaration))
                tables.append((declaration, sheets.places.shown(path)))
        problems = (*sheets.problems, *sheets.books.warnings)
        return Disclosed(sheets.realm.name, tuple(tables), not_made, problems)


def _declarations(
    sheets: Sheets, campaign: Campaign, made: UpToDate, telling: Telling
) -> list[Declaration]:
    places = {
        size.name: size.destination for size in campaign.sizes if size.destination is not None
    }
    files = _files(campaign, made)
    by_place: dict[str, list[Delivered]] = {}
    with telling.work("marks", len(files)) as progress:
        masters = marks_of_masters(sheets.books, [file.master for file in files])
        for file in files:
            place = places.get(file.size)
            delivered = _delivered(sheets, made, file, masters)
            by_place.setdefault(ANYWHERE if place is None else place.name, []).append(delivered)
            progress(1)
    titles = {place.name: place.title for place in places.values()}
    return [
        Declaration(
            campaign=campaign.name,
            realm=sheets.realm.name,
            destination=name,
            title=titles.get(name, "sizes without a destination"),
            day=_day(made),
            rules=rules_for(rules(), name),
            files=tuple(delivered),
        )
        for name, delivered in by_place.items()
    ]


def _files(campaign: Campaign, made: UpToDate) -> list[WantedFile]:
    """What is published: renditions, or the masters of a campaign without sizes; those here."""
    is_published = bool if campaign.sizes else (lambda size: not size)
    return [
        file
        for file in made.pages.wanted
        if is_published(file.size) and (made.folder / file.name).is_file()
    ]


def _delivered(
    sheets: Sheets, made: UpToDate, file: WantedFile, masters: Mapping[Sha256, Marks]
) -> Delivered:
    from pipeline.imaging.provenance.reading import Trust, marks_of  # noqa: PLC0415 (loads pixels)

    path, cell = made.folder / file.name, made.plan.cells[file.cell]
    label = None if file.spec is None else file.spec.label
    with path.open("rb") as opened:
        sha256 = Sha256(hashlib.file_digest(opened, "sha256").hexdigest())
    is_draft = label is not None and label.is_draft
    return Delivered(
        name=file.name,
        sha256=sha256,
        address=str(cell.address),
        model="" if is_draft else cell.recipe.model,
        label=label,
        marks=marks_of(path, Trust(own_roots=own_roots(sheets.places))),
        master=masters.get(file.master, Marks()),
    )


def _day(made: UpToDate) -> str:
    """The day of the newest delivery: the same state gives the same table, whenever it is made."""
    deliveries = made.session.history.deliveries
    days = [one.at[:10] for cell in made.plan.cells for one in deliveries.get(cell.key, ())]
    return max(days, default="")


def _write(path: Path, text: str) -> None:
    with temporary_beside(path) as temporary:
        # A spreadsheet takes a file without this mark for its own country's old encoding.
        temporary.write_text(text, "utf-8-sig", newline="")
        temporary.replace(path)

"""`campaign report --csv | --pdf | --single-file`: other forms of a contact sheet."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.durable_files import write_durably
from pipeline.adapters.view import View
from pipeline.commands.progress import Telling
from pipeline.commands.report import tell_what_lacks
from pipeline.commands.sheet_facts import sheet_facts
from pipeline.commands.sheets import UpToDate, open_sheets
from pipeline.domain.diagnostics import CampaignError, Problem, Severity
from pipeline.domain.exit_codes import DONE, UNFINISHED, UNUSABLE, USAGE
from pipeline.reporting.sheet.facts import SheetFacts
from pipeline.reporting.sheet.words import file_size
from pipeline.reporting.sheet_csv import sheet_csv

CSV, PDF, SINGLE = "sheet.csv", "sheet.pdf", "sheet-single.html"
WARN_AT = 10_000_000
"""Bytes of a page with its previews inside from which on it is slow to mail and to open."""
REFUSE_AT = 40_000_000
"""Bytes from which on it is not written: some five thousand pictures, seconds until it opens."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Which forms are asked for."""

    csv: bool = False
    pdf: bool = False
    single: bool = False


@dataclass(frozen=True, slots=True)
class Formed:
    """Files that were written, as paths to open, and what was odd."""

    files: tuple[str, ...]
    problems: tuple[Problem, ...]
    not_made: int

    @property
    def exit_code(self) -> int:
        """5 where a file of the outputs could not be made, else 0."""
        return UNFINISHED if self.not_made else DONE


def write_forms(
    names: Sequence[str], forms: Forms, *, draft: bool, telling: Telling, start: Path
) -> Formed:
    """Bring sheets up to date and write other forms of them beside their pages.

    Raises:
        CampaignError: exit 2, a campaign cannot be read or its single page would be too large;
            exit 9, what draws PDF is not installed. The pages are up to date all the same.
    """
    written: list[str] = []
    problems: list[Problem] = []
    not_made = 0
    with open_sheets(names, draft=draft, start=start) as sheets:
        for subject in sheets.subjects:
            made = sheets.bring_up(subject, telling, force_page=False)
            tell_what_lacks(made, telling)
            not_made += len(made.failed)
            files, odd = _written(made, forms)
            problems += odd
            written += [sheets.places.shown(file) for file in files]
        return Formed(
            tuple(written), (*sheets.problems, *sheets.books.warnings, *problems), not_made
        )


def _written(made: UpToDate, forms: Forms) -> tuple[list[Path], list[Problem]]:
    facts = sheet_facts(made.pages)
    view = View(made.folder)
    files: list[Path] = []
    problems: list[Problem] = []
    if forms.csv:
        view.write(CSV, sheet_csv(facts).encode("utf-8", "replace").decode())
        files.append(made.folder / CSV)
    if forms.pdf:
        write_durably(made.folder / PDF, _pdf(facts, made.folder))
        files.append(made.folder / PDF)
    if forms.single:
        page = single_page(facts, made.folder, name=made.name)
        size = len(page.encode("utf-8"))
        if size > WARN_AT:
            problems.append(_large(made.name, size))
        view.write(SINGLE, page)
        files.append(made.folder / SINGLE)
    return files, problems


def single_page(facts: SheetFacts, folder: Path, *, name: str) -> str:
    """A page with its previews inside, which needs no other file.

    Args:
        facts: of the sheet.
        folder: that its paths are relative to.
        name: of the campaign, for messages.

    Raises:
        CampaignError: exit 2; it would be too large.
    """
    from pipeline.reporting.sheet.page import render_sheet  # noqa: PLC0415 (loads jinja)

    there = {
        preview: folder / preview
        for preview in dict.fromkeys(_previews(facts))
        if (folder / preview).is_file() and not (folder / preview).is_symlink()
    }
    # Four characters for each three bytes; the sum says so before anything is read.
    size = sum(file.stat().st_size for file in there.values()) * 4 // 3
    if size > REFUSE_AT:
        raise CampaignError(USAGE, [_too_large(name, size, len(there))])
    pictures = {
        preview: "data:image/webp;base64," + base64.b64encode(file.read_bytes()).decode()
        for preview, file in there.items()
    }
    page = render_sheet(facts, pictures=pictures).html
    if len(page) > REFUSE_AT:
        raise CampaignError(USAGE, [_too_large(name, len(page), len(there))])
    return page


def _previews(facts: SheetFacts) -> Iterable[str]:
    """Paths of all previews of a sheet."""
    for group in facts.groups:
        if group.original is not None and group.original.thumb is not None:
            yield group.original.thumb
        for cell in group.cells:
            before = None if cell.before is None else cell.before.thumb
            yield from filter(None, (cell.thumb, before))
            yield from (each.thumb for each in cell.renditions if each.thumb is not None)


def _pdf(facts: SheetFacts, folder: Path) -> bytes:
    from pipeline.adapters.fonts import find_fonts  # noqa: PLC0415 (only here)
    from pipeline.domain.fingerprint import digest  # noqa: PLC0415 (as above)
    from pipeline.imaging.jpeg import as_jpeg  # noqa: PLC0415 (loads the pixel library)
    from pipeline.reporting.sheet.document import write_document  # noqa: PLC0415 (as above)

    try:
        from pipeline.adapters.sheet_pdf import draw_pdf  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise CampaignError(UNUSABLE, [_no_pdf(error)]) from error

    def preview(name: str) -> bytes | None:
        try:
            return as_jpeg(folder / name)
        except (OSError, ValueError):
            return None

    sheet = digest(write_document(facts))
    return draw_pdf(facts, digest=sheet, preview=preview, fonts=find_fonts())


def _large(name: str, size: int) -> Problem:
    return Problem(
        code="V023",
        what=f"the single page of `{name}` has {file_size(size)}",
        why=f"beyond {file_size(WARN_AT)} many mail servers refuse it, and it opens slowly",
        fix="share the folder of the sheet instead, or print it with `--pdf`",
        severity=Severity.WARNING,
    )


def _too_large(name: str, size: int, pictures: int) -> Problem:
    return Problem(
        code="V024",
        what=f"the single page of `{name}` would have {file_size(size)}",
        why=f"{pictures:,} previews are too many for one file: browsers take seconds to open more"
        f" than {file_size(REFUSE_AT)}",
        fix="share the folder of the sheet instead, or print it with `--pdf`; the page itself is"
        " up to date",
    )


def _no_pdf(error: ModuleNotFoundError) -> Problem:
    return Problem(
        code="V025",
        what="what draws PDF is not installed",
        why=f"the package `{error.name}` is missing; it belongs to the extra `pdf`",
        fix='install it: `pip install "campaign-pipeline[pdf]"`, or print the page in a browser',
    )

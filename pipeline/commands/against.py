"""`campaign report --against REV`: a sheet of what differs from a commit, to be reviewed alone."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.adapters.git import Repository
from pipeline.adapters.store import Store
from pipeline.adapters.view import View, Wanted
from pipeline.commands.pages import thumb_name
from pipeline.commands.progress import Telling
from pipeline.commands.report import tell_what_lacks
from pipeline.commands.sheet_facts import sheet_facts
from pipeline.commands.sheets import Sheets, UpToDate, open_sheets
from pipeline.commands.tree import Receipts
from pipeline.commands.trees import CommitTree, WorkingTree, load_side, measuring
from pipeline.domain.campaign import PixelSize
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.difference import Point
from pipeline.domain.receipts import Output
from pipeline.planning.renames import names_in_base
from pipeline.planning.shown import Change, Shown, changes, shown
from pipeline.planning.wishes import Side
from pipeline.reporting.sheet import facts as sheet
from pipeline.reporting.sheet.words import CHANGE_WORDS

DONE, USAGE, UNFINISHED = 0, 2, 5
PAGE = "difference.html"
FOLDER = "difference"
_SIDE = 512


@dataclass(frozen=True, slots=True)
class Differing:
    """Difference sheets.

    Attributes:
        lines: one for each campaign, for people.
        pages: those that were written, as paths to open.
        problems: to know.
        not_made: files of the outputs that could not be made.
    """

    lines: tuple[str, ...]
    pages: tuple[str, ...]
    problems: tuple[Problem, ...]
    not_made: int

    @property
    def exit_code(self) -> int:
        """5 where a file could not be made, else 0."""
        return UNFINISHED if self.not_made else DONE


def report_against(
    names: Sequence[str], revision: str, *, telling: Telling, start: Path
) -> Differing:
    """Write a sheet of what differs between a commit and the working tree.

    Args:
        names: of campaigns; none are all.
        revision: what to compare with, as git understands it.
        telling: shows the progress.
        start: the working directory.

    Raises:
        CampaignError: exit 2, the revision is unknown, a manifest on either side has errors, or
            something is not in this clone; exit 12, stored state is damaged.
    """
    with open_sheets(names, draft=False, start=start) as sheets:
        if not sheets.realm.is_real:
            raise CampaignError(USAGE, [_not_in_git(sheets.realm.name)])
        then, now, was, warnings = _sides(sheets, revision)
        lines: list[str] = []
        pages: list[str] = []
        not_made = 0
        title = f"Difference between {revision} ({then.point.commit[:10]}) and the working tree"
        for subject in sheets.subjects:
            made = sheets.bring_up(subject, telling, force_page=False)
            tell_what_lacks(made, telling)
            not_made += len(made.failed)
            base = shown(then, was.get(made.name, ""))
            found = dict(changes(base, shown(now, made.name)))
            lines.append(_line(made.name, found))
            page = _write(made, sheets.books.store, base, found, title)
            pages.append(sheets.places.shown(page))
        problems = (*sheets.problems, *sheets.books.warnings, *warnings)
        return Differing(tuple(lines), tuple(pages), problems, not_made)


def _sides(sheets: Sheets, revision: str) -> tuple[Side, Side, Mapping[str, str], list[Problem]]:
    """The commit, the working tree, and what campaigns of this were called in that."""
    repository = Repository(sheets.places.root)
    then = Point(revision, repository.commit(revision))
    now = Point("the working tree", repository.commit("HEAD"), is_worktree=True)
    measure = measuring(sheets.places, repository)
    receipts = Receipts()
    with repository.objects() as objects:
        old = load_side(CommitTree(repository, objects, then, measure), receipts)
        new = load_side(WorkingTree(sheets.places, now, measure), receipts, like=old.side)
    if old.side is None or new.side is None:
        errors = [problem for problem in old.problems if problem.is_error]
        raise CampaignError(USAGE, [*errors, *new.problems])
    return old.side, new.side, names_in_base(old.side, new.side), receipts.warnings


def _line(name: str, found: Mapping[str, Change]) -> str:
    number = Counter(found.values())
    words = [
        f"{number[change]:,} {told.lower()}"
        for change, told in CHANGE_WORDS.items()
        if change and number[change]
    ]
    return f"{name}: {', '.join(words) or 'nothing differs'}"


def _write(
    made: UpToDate,
    store: Store,
    base: Mapping[str, Shown],
    found: Mapping[str, Change],
    title: str,
) -> Path:
    from pipeline.reporting.sheet.page import render_sheet  # noqa: PLC0415 (loads jinja)

    outputs = [one.output for address in found if (one := base.get(address)) and one.output]
    before = _Before(made, store, outputs)
    facts = _facts(sheet_facts(made.pages), base, found, before, title)
    page = render_sheet(facts)
    View(made.folder).write(PAGE, page.html)
    return made.folder / PAGE


class _Before:
    """Pictures of the other side: a small view of its own, so that the sheet's does not drop it."""

    def __init__(self, made: UpToDate, store: Store, outputs: Sequence[Output]) -> None:
        self._view = View(made.folder / FOLDER)
        present = store.present()
        wanted: dict[str, Wanted] = {}
        for output in outputs:
            digest = output.sha256
            if digest in present:
                source = store.name_of(digest)
                for item in (
                    Wanted(thumb_name(digest), digest, source, _SIDE),
                    Wanted(_master_name(output), digest, source, None),
                ):
                    wanted[item.name] = item
        missing = self._view.missing(wanted.values())
        if missing:
            self._make(missing)
        self._view.prune(list(wanted))

    def _make(self, missing: Sequence[Wanted]) -> None:
        from pipeline.imaging.thumbnail import thumbnail  # noqa: PLC0415 (loads the pixel library)

        self._view.make(
            missing,
            draw=lambda _master, specs: ["nothing is rendered here"] * len(specs),
            shrink=lambda source, target, side: thumbnail(source, target, side=side),
            workers=1,
            progress=lambda _more: None,
        )

    def of(self, output: Output) -> sheet.Before:
        """A picture of the other side, with its files where they are on this machine."""
        thumb, link = thumb_name(output.sha256), _master_name(output)
        return sheet.Before(
            output.sha256,
            thumb=f"{FOLDER}/{thumb}" if thumb in self._view.thumbs else None,
            link=f"{FOLDER}/{link}" if link in self._view.files else None,
        )


def _master_name(output: Output) -> str:
    extension = output.mime.removeprefix("image/").replace("jpeg", "jpg")
    return f"masters/{output.sha256}.{extension}"


def _facts(
    whole: sheet.SheetFacts,
    base: Mapping[str, Shown],
    found: Mapping[str, Change],
    before: _Before,
    title: str,
) -> sheet.SheetFacts:
    """Of a sheet's facts the cells that differ, and those that are gone."""
    groups: dict[tuple[str, str], sheet.Group] = {}
    seen: set[str] = set()
    for group in whole.groups:
        cells: list[sheet.Cell] = []
        for cell in group.cells:
            address = str(cell.address)
            if address in found and cell.state is not sheet.CellState.ORPHAN:
                seen.add(address)
                cells.append(_marked(cell, found[address], base.get(address), before))
        groups[group.set, group.picture] = replace(group, cells=tuple(cells))
    gone = _Gone(whole)
    for address, change in found.items():
        if address not in seen:
            lost = gone.cell(base[address], change, before)
            where = (lost.address.set, lost.address.picture)
            group = groups.get(where, sheet.Group(*where, None, ()))
            groups[where] = replace(group, cells=(*group.cells, lost))
    return replace(
        whole,
        groups=tuple(group for group in groups.values() if group.cells),
        prompts=gone.prompts,
        params=gone.params,
        kind="difference",
        title=title,
    )


def _marked(cell: sheet.Cell, change: Change, then: Shown | None, before: _Before) -> sheet.Cell:
    output = None if then is None else then.output
    old = None if output is None else before.of(output)
    thumb = cell.thumb
    if thumb is None and old is not None:
        thumb = old.thumb
    return replace(cell, change=change, before=old, thumb=thumb)


class _Gone:
    """Makes cells that only the other side wants; their prompts join those of the sheet."""

    def __init__(self, whole: sheet.SheetFacts) -> None:
        self._prompts = {prompt.text: prompt for prompt in whole.prompts}
        self._params = dict.fromkeys(whole.params)

    @property
    def prompts(self) -> tuple[sheet.Prompt, ...]:
        """All prompts, the sheet's first, in their places."""
        return tuple(self._prompts.values())

    @property
    def params(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """All sets of parameters, in the same way."""
        return tuple(self._params)

    def cell(self, then: Shown, change: Change, before: _Before) -> sheet.Cell:
        """A cell of the other side."""
        text, recipe = then.cell.recipe.prompt, then.cell.recipe
        self._prompts.setdefault(text, sheet.Prompt((sheet.PromptPart(text),)))
        params = tuple((name, str(value)) for name, value in sorted(recipe.params.items()))
        params = (*params, ("size", recipe.size))
        self._params.setdefault(params)
        output = then.output
        old = None if output is None else before.of(output)
        return sheet.Cell(
            address=then.cell.address,
            key=then.cell.key,
            state=sheet.CellState.ORPHAN,
            prompt=list(self._prompts).index(text),
            params=list(self._params).index(params),
            reason="wanted there, and no longer here",
            thumb=None if old is None else old.thumb,
            pixels=None if output is None else PixelSize(output.width, output.height),
            stale=tuple(_votes(then)),
            change=change,
            before=old,
        )


def _votes(then: Shown) -> Iterator[sheet.Vote]:
    for vote in () if then.ruling is None else then.ruling.votes:
        yield sheet.Vote(vote.reviewer, vote.word, vote.at, vote.note)


def _not_in_git(realm: str) -> Problem:
    return Problem(
        code="V026",
        what=f"pictures of the realm `{realm}` cannot be compared with a commit",
        why="only receipts and verdicts of real pictures are in git; others stay on this machine",
        fix="leave `--against` out: the sheet itself shows what there is",
    )

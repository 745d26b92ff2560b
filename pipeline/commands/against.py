"""`campaign report --against REV`: a sheet of what differs from a commit, to be reviewed alone.

The other side is the working tree, or, with `A..B`, another commit: its manifest, receipts and
verdicts say then what is shown, and this machine's store and sheet what there is to show.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from pipeline.adapters.git import Repository
from pipeline.adapters.store import Store
from pipeline.adapters.view import View, Wanted
from pipeline.commands.diff import points
from pipeline.commands.pages import thumb_name
from pipeline.commands.progress import Telling
from pipeline.commands.report import tell_what_lacks
from pipeline.commands.sheet_facts import sheet_facts
from pipeline.commands.sheets import Sheets, UpToDate, open_sheets
from pipeline.commands.tree import Receipts, Tree
from pipeline.commands.trees import CommitTree, WorkingTree, load_side, measuring
from pipeline.domain.campaign import PixelSize
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.difference import Point
from pipeline.domain.exit_codes import DONE, UNFINISHED, USAGE
from pipeline.domain.receipts import Output
from pipeline.domain.verdicts import Word
from pipeline.planning.renames import names_in_base
from pipeline.planning.shown import Change, Shown, changes, shown
from pipeline.planning.wishes import Side
from pipeline.reporting.sheet import facts as sheet
from pipeline.reporting.sheet.words import CHANGE_WORDS

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
    """Write a sheet of what differs between a commit and the working tree, or another commit.

    Args:
        names: of campaigns, as they are called now; none are all.
        revision: what to compare with, as git understands it; `A..B` compares two commits and
            `A...B` the second with where it left the first.
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
        title = f"Difference between {_name(then.point)} and {_name(now.point)}"
        for subject in sheets.subjects:
            made = sheets.bring_up(subject, telling, force_page=False)
            tell_what_lacks(made, telling)
            not_made += len(made.failed)
            base, head = shown(then, was.get(made.name, "")), shown(now, made.name)
            sides = _Sides(base, head, dict(changes(base, head)), now.point.is_worktree)
            lines.append(_line(made.name, sides.found))
            page = _write(made, sheets.books.store, sides, title)
            pages.append(sheets.places.shown(page))
        problems = (*sheets.problems, *sheets.books.warnings, *warnings)
        return Differing(tuple(lines), tuple(pages), problems, not_made)


def _sides(sheets: Sheets, revision: str) -> tuple[Side, Side, Mapping[str, str], list[Problem]]:
    """Both sides, and what campaigns of the second were called in the first."""
    repository = Repository(sheets.places.root)
    chosen = points(revision, repository)
    measure = measuring(sheets.places, repository)
    receipts = Receipts()
    with repository.objects() as objects:
        old = load_side(CommitTree(repository, objects, chosen.base, measure), receipts)
        head = chosen.head
        there: Tree = (
            WorkingTree(sheets.places, head, measure)
            if head.is_worktree
            else CommitTree(repository, objects, head, measure)
        )
        new = load_side(there, receipts, like=old.side)
    if old.side is None or new.side is None:
        errors = [problem for problem in old.problems if problem.is_error]
        raise CampaignError(USAGE, [*errors, *new.problems])
    return old.side, new.side, names_in_base(old.side, new.side), receipts.warnings


def _name(point: Point) -> str:
    return point.label if point.is_worktree else f"{point.label} ({point.commit[:10]})"


@dataclass(frozen=True, slots=True)
class _Sides:
    """One campaign on both sides.

    Attributes:
        base: what was shown then, by address.
        head: what is shown on the other side.
        found: addresses that differ.
        is_now: whether the other side is the working tree, which the sheet shows as it is.
    """

    base: Mapping[str, Shown]
    head: Mapping[str, Shown]
    found: Mapping[str, Change]
    is_now: bool

    def is_on_the_sheet(self, cell: sheet.Cell) -> bool:
        """Whether the sheet's cell is the one of the other side."""
        address = str(cell.address)
        if address not in self.found or cell.state is sheet.CellState.ORPHAN:
            return False
        there = self.head.get(address)
        return self.is_now or (
            there is not None and (there.cell.key, there.picture) == (cell.key, cell.picture)
        )

    def outputs(self) -> list[Output]:
        """Pictures that are shown beside those of the sheet."""
        sides = [self.base] if self.is_now else [self.base, self.head]
        found = (side.get(address) for address in self.found for side in sides)
        return [one.output for one in found if one is not None and one.output is not None]


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
    sides: _Sides,
    title: str,
) -> Path:
    from pipeline.reporting.sheet.page import render_sheet  # noqa: PLC0415 (loads jinja)

    others = _Others(made, store, sides.outputs())
    facts = _facts(sheet_facts(made.pages), sides, others, title)
    page = render_sheet(facts)
    View(made.folder).write(PAGE, page.html)
    return made.folder / PAGE


class _Others:
    """Pictures of commits: a small view of its own, so that the sheet's does not drop it."""

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
        """A picture of a commit, with its files where they are on this machine."""
        thumb, link = thumb_name(output.sha256), _master_name(output)
        return sheet.Before(
            output.sha256,
            thumb=f"{FOLDER}/{thumb}" if thumb in self._view.thumbs else None,
            link=f"{FOLDER}/{link}" if link in self._view.files else None,
        )


def _master_name(output: Output) -> str:
    extension = output.mime.removeprefix("image/").replace("jpeg", "jpg")
    return f"masters/{output.sha256}.{extension}"


def _facts(whole: sheet.SheetFacts, sides: _Sides, others: _Others, title: str) -> sheet.SheetFacts:
    """Of a sheet's facts the cells that differ, with those that only a commit knows."""
    groups: dict[tuple[str, str], sheet.Group] = {}
    seen: set[str] = set()
    for group in whole.groups:
        cells = [
            _marked(cell, sides, others) for cell in group.cells if sides.is_on_the_sheet(cell)
        ]
        seen.update(str(cell.address) for cell in cells)
        groups[group.set, group.picture] = replace(group, cells=tuple(cells))
    foreign = _Foreign(whole, others)
    for address in sides.found:
        if address not in seen:
            cell = foreign.cell(sides, address)
            where = (cell.address.set, cell.address.picture)
            group = groups.get(where, sheet.Group(*where, None, ()))
            groups[where] = replace(group, cells=(*group.cells, cell))
    return replace(
        whole,
        groups=tuple(group for group in groups.values() if group.cells),
        prompts=foreign.prompts,
        params=foreign.params,
        kind="difference",
        title=title,
    )


def _marked(cell: sheet.Cell, sides: _Sides, others: _Others) -> sheet.Cell:
    address = str(cell.address)
    old = _before(sides.base.get(address), others)
    marked = replace(cell, change=sides.found[address], before=old)
    if cell.thumb is None and old is not None:
        marked = replace(marked, thumb=old.thumb)
    if sides.is_now:
        return marked
    said = _said(sides.head[address])
    return replace(marked, verdict=said.verdict, votes=said.votes, stale=())


def _before(then: Shown | None, others: _Others) -> sheet.Before | None:
    return None if then is None or then.output is None else others.of(then.output)


class _Foreign:
    """Makes cells that only a commit knows; their prompts join those of the sheet."""

    def __init__(self, whole: sheet.SheetFacts, others: _Others) -> None:
        self._others = others
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

    def cell(self, sides: _Sides, address: str) -> sheet.Cell:
        """A cell as the later side wants it, or, where it does not, as the earlier one did."""
        then, there = sides.base.get(address), sides.head.get(address)
        one = there or sides.base[address]
        before = _before(then, self._others)
        if there is None:
            state, reason = sheet.CellState.ORPHAN, "wanted there, and no longer here"
            said = _Said(None, (), tuple(_votes(one)))
        elif there.output is None:
            state, reason = sheet.CellState.WANTED, "not bought there"
            said = _Said(None, (), () if then is None else tuple(_votes(then)))
        else:
            state, reason = sheet.CellState.DELIVERED, ""
            said = _said(there)
        output = one.output
        shown = None if output is None else self._others.of(output)
        if shown is None and before is not None:
            shown = sheet.Before(before.picture, before.thumb)
        return sheet.Cell(
            address=one.cell.address,
            key=one.cell.key,
            state=state,
            prompt=self._prompt(one),
            params=self._param(one),
            reason=reason,
            picture=output.sha256 if output is not None and there is not None else None,
            thumb=None if shown is None else shown.thumb,
            link=shown.link if shown is not None and there is not None else None,
            pixels=None if output is None else PixelSize(output.width, output.height),
            verdict=said.verdict,
            votes=said.votes,
            stale=said.stale,
            change=sides.found[address],
            before=before,
        )

    def _prompt(self, one: Shown) -> int:
        text = one.cell.recipe.prompt
        self._prompts.setdefault(text, sheet.Prompt((sheet.PromptPart(text),)))
        return list(self._prompts).index(text)

    def _param(self, one: Shown) -> int:
        recipe = one.cell.recipe
        params = tuple((name, str(value)) for name, value in sorted(recipe.params.items()))
        params = (*params, ("size", recipe.size))
        self._params.setdefault(params)
        return list(self._params).index(params)


class _Said(NamedTuple):
    """What a side's reviewers say: it counts, or it is shown only."""

    verdict: Word | None
    votes: tuple[sheet.Vote, ...]
    stale: tuple[sheet.Vote, ...] = ()


def _said(there: Shown) -> _Said:
    return _Said(None if there.ruling is None else there.ruling.word, tuple(_votes(there)))


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

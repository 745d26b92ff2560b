"""`campaign report --deliver approved DIR`: approved pictures as files for whoever uses them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.durable_files import write_durably
from pipeline.adapters.handing_over import clear_left_overs, copy_whole, digest_of, look
from pipeline.adapters.places import DRAFT, REAL, Places
from pipeline.adapters.view import Made
from pipeline.commands.progress import Telling
from pipeline.commands.report import tell_what_lacks
from pipeline.commands.sheet_facts import sheet_facts
from pipeline.commands.sheets import UpToDate, open_sheets
from pipeline.domain.campaign import MASTER
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import DONE, REFUSED, UNFINISHED, USAGE
from pipeline.domain.labels import label_of
from pipeline.domain.plan import Cell
from pipeline.domain.receipts import Output
from pipeline.domain.verdicts import About, Word
from pipeline.manifest.wording import listed, nearest
from pipeline.planning.view import WantedFile
from pipeline.reporting.delivery import (
    Gate,
    Handed,
    HeldBack,
    NotATableError,
    Part,
    handed_text,
    read_table,
    row,
    write_table,
)
from pipeline.reporting.sheet.facts import Cell as SheetCell
from pipeline.reporting.words import count

TABLE = "delivery.csv"


@dataclass(frozen=True, slots=True)
class Delivered:
    """Deliveries of one command.

    Attributes:
        handed: one a campaign.
        problems: to know.
    """

    handed: tuple[Handed, ...]
    problems: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """For people."""
        return handed_text(self.handed)

    @property
    def exit_code(self) -> int:
        """5 where a picture that was meant could not be delivered, else 0."""
        return UNFINISHED if any(one.lacking for one in self.handed) else DONE


def deliver(
    names: Sequence[str],
    folder: Path,
    *,
    gate: Gate,
    sizes: Sequence[str],
    draft: bool,
    telling: Telling,
    start: Path,
) -> Delivered:
    """Copy pictures into a folder, with a table of what is what.

    Each campaign gets a folder of its own there, drafts one below it, laid out like its outputs.
    What is there already and the same stays; so a delivery that was interrupted is said again.

    Args:
        names: of campaigns; none are all.
        folder: where to.
        gate: `approved`, or `all` whatever reviewers say.
        sizes: names of delivery formats, or `master`; none are all that a campaign declares.
        draft: whether drafts are meant.
        telling: shows the progress.
        start: the working directory.

    Raises:
        CampaignError: exit 2, a size is unknown, the folder is no good, or a file there is another
            one; exit 3, nothing is approved. Nothing was copied.
        OSError: a file could not be written. Those that were are whole; the table is as it was.
    """
    with open_sheets(names, draft=draft, start=start) as sheets:
        _check_folder(folder, sheets.places)
        _check_sizes(sizes, [size.name for one in sheets.subjects for size in one.campaign.sizes])
        batches: list[_Batch] = []
        for subject in sheets.subjects:
            made = sheets.bring_up(subject, telling, force_page=False)
            tell_what_lacks(made, telling)
            batches.append(_Batch(made, folder, gate, sizes, realm=sheets.realm.name))
        if gate == "approved" and not any(batch.pictures or batch.lacking for batch in batches):
            raise CampaignError(REFUSED, [_nothing(batches)])
        wrong = [problem for batch in batches for problem in batch.in_the_way()]
        if wrong:
            raise CampaignError(USAGE, wrong)
        with telling.work("copies", sum(len(batch.new) for batch in batches)) as progress:
            handed = [batch.hand_over(sheets.places, progress) for batch in batches]
        return Delivered(tuple(handed), (*sheets.problems, *sheets.books.warnings))


class _Batch:
    """One campaign's part of a delivery."""

    def __init__(
        self, made: UpToDate, folder: Path, gate: Gate, sizes: Sequence[str], *, realm: str
    ) -> None:
        self.name = made.name
        self.folder = folder / made.name if realm == REAL else folder / made.name / realm
        self.held = HeldBack()
        self.lacking = 0
        self.pictures = 0
        self.new: list[Part] = []
        self.same: list[Part] = []
        self._made = made
        self._gate = gate
        self._realm = realm
        declared = [size.name for size in made.session.subject.campaign.sizes]
        self._sizes = frozenset(sizes or declared or [MASTER])
        self._parts = list(self._choose())

    def _choose(self) -> Iterator[Part]:
        """The files that are meant, and how many pictures are not."""
        plan, pages = self._made.plan, self._made.pages
        words = self._made.session.verdict_words()
        told = {cell.key: cell for cell in sheet_facts(pages).cells if cell.picture is not None}
        # What lies under the name of a file that could not be made is an older one.
        made = pages.files.keys() - set(pages.lacking)
        files: dict[int, list[WantedFile]] = {}
        for file in pages.wanted:
            files.setdefault(file.cell, []).append(file)
        held: Counter[str] = Counter()
        for index, (cell, decision) in enumerate(zip(plan.cells, plan.decisions, strict=True)):
            if decision.output is None:
                continue
            word = words.get(cell.key, "")
            if word != Word.APPROVE:
                held[word] += 1
                if self._gate == "approved":
                    continue
            parts = [
                self._part(file, pages.files[file.name], cell, decision.output, told[cell.key])
                for file in files.get(index, ())
                if (file.size or MASTER) in self._sizes and file.name in made
            ]
            wanted = [f for f in files.get(index, ()) if (f.size or MASTER) in self._sizes]
            self.lacking += len(parts) < len(wanted) or not files.get(index)
            self.pictures += bool(parts)
            yield from parts
        self.held = HeldBack(held[Word.REJECT], held[Word.REROLL], held[""])

    def _part(
        self, file: WantedFile, made: Made, cell: Cell, output: Output, told: SheetCell
    ) -> Part:
        ruling = self._made.session.rulings.get(About(cell.key, output.sha256))
        label = label_of(
            None,
            campaign=self.name,
            is_edit=bool(cell.address.set),
            is_draft=self._realm == DRAFT,
            tells_prompt=False,
        )
        return Part(
            file=file.name,
            campaign=self.name,
            realm=self._realm,
            address=str(cell.address),
            size=file.size or MASTER,
            width=made.width or output.width,
            height=made.height or output.height,
            bytes=made.bytes,
            picture=output.sha256,
            verdict=None if ruling is None else ruling.word,
            reviewers=() if ruling is None else tuple(vote.reviewer for vote in ruling.votes),
            charge=told.charge,
            charge_is="" if told.charge is None else told.basis.value,
            source_type=label.source_uri,
        )

    def in_the_way(self) -> Iterator[Problem]:
        """Tell the new files from those that are there; yields what is another file."""
        clear_left_overs(self.folder / part.file for part in self._parts)
        for part in self._parts:
            found = look(self._made.folder / part.file, self.folder / part.file)
            if found == "other":
                yield _other_file(self.folder / part.file, part)
            (self.same if found == "same" else self.new).append(part)
        if self._parts and not self._has_own_table():
            yield _other_table(self.folder / TABLE)

    def _has_own_table(self) -> bool:
        try:
            self._rows()
        except NotATableError:
            return False
        return True

    def _rows(self) -> dict[str, dict[str, str]]:
        """What earlier deliveries into this folder wrote down, of files that are still there."""
        file = self.folder / TABLE
        if not file.exists() and not file.is_symlink():
            return {}
        if file.is_symlink() or not file.is_file():
            raise NotATableError("it is no file")
        rows = read_table(file.read_text("utf-8", "replace"))
        return {name: line for name, line in rows.items() if (self.folder / name).is_file()}

    def hand_over(self, places: Places, progress: Callable[[int], None]) -> Handed:
        """Copy what is new, then write the table."""
        rows = self._rows()
        own = {part.file for part in self._parts}
        outdated = [
            name for name, line in rows.items() if name not in own and line["size"] in self._sizes
        ]
        for part in self.new:
            copied = copy_whole(self._made.folder / part.file, self.folder / part.file)
            rows[part.file] = row(part, sha256=copied, gate=self._gate)
            progress(1)
        for part in self.same:
            there = digest_of(self.folder / part.file)
            rows[part.file] = row(part, sha256=there, gate=self._gate)
        if self._parts:
            write_durably(self.folder / TABLE, write_table(rows).encode("utf-8", "replace"))
        return Handed(
            campaign=self.name,
            realm=self._realm,
            gate=self._gate,
            folder=places.shown(self.folder),
            pictures=self.pictures,
            new=len(self.new),
            bytes=sum(part.bytes for part in self.new),
            same=len(self.same),
            held=self.held,
            lacking=self.lacking,
            outdated=tuple(sorted(outdated)),
        )


def _check_folder(folder: Path, places: Places) -> None:
    real = folder.resolve()
    taken = ("outputs", places.root / "outputs"), ("state", places.state)
    for what, own in taken:
        if real.is_relative_to(own.resolve()):
            raise CampaignError(USAGE, [_own_folder(folder, what)])
    if folder.exists() and not folder.is_dir():
        raise CampaignError(USAGE, [_no_folder(folder)])


def _check_sizes(sizes: Sequence[str], declared: Sequence[str]) -> None:
    known = [MASTER, *dict.fromkeys(declared)]
    unknown = [size for size in sizes if size not in known]
    if unknown:
        raise CampaignError(USAGE, [_no_size(size, known) for size in unknown])


def _own_folder(folder: Path, what: str) -> Problem:
    return Problem(
        code="V017",
        what=f"`{folder}` is no place for a delivery",
        why=f"it lies in the workspace's {what}, which the program makes and removes by itself",
        fix="name a folder of your own, such as `deliveries`; nothing was copied",
    )


def _no_folder(folder: Path) -> Problem:
    return Problem(
        code="V018",
        what=f"`{folder}` is no folder",
        why="something else has that name",
        fix="name another one, or one that does not exist yet; nothing was copied",
    )


def _no_size(size: str, known: Sequence[str]) -> Problem:
    near = nearest(size, known)
    hint = f"did you mean `{near}`? " if near else ""
    return Problem(
        code="V019",
        what=f"no campaign that was named has a size `{size}`",
        why="a delivery is of sizes that a manifest declares, or of `master`, the paid pictures",
        fix=f"{hint}known: {listed(known)}; nothing was copied",
    )


def _nothing(batches: Sequence[_Batch]) -> Problem:
    waiting = sum(batch.held.total for batch in batches)
    names = listed([batch.name for batch in batches])
    return Problem(
        code="V020",
        what=f"nothing of {names} is approved, so nothing is delivered",
        why=f"{count(waiting, 'picture')} came, and reviewers have approved none of them as it is",
        fix="decide with `campaign review NAME`; to hand all pictures over all the same, say"
        " `--deliver all`, and the table will record it",
    )


def _other_file(target: Path, part: Part) -> Problem:
    return Problem(
        code="V021",
        what=f"`{target}` is there, and it is another file than `{part.address}` as it is now",
        why="whoever has that file may be using it, so a delivery never writes over one",
        fix="deliver into another folder, or move the old file away; nothing was copied",
    )


def _other_table(target: Path) -> Problem:
    return Problem(
        code="V022",
        what=f"`{target}` is there, and no delivery wrote it",
        why="the table of what is what goes there, and a delivery never writes over a foreign file",
        fix="deliver into another folder, or move that file away; nothing was copied",
    )

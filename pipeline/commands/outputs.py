"""Bring a campaign's outputs up to date: masters, renditions, thumbnails and the contact sheet."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.view import Drawn, NotMade, View, Wanted
from pipeline.commands.books import Books
from pipeline.commands.pages import Pages, page_key, thumb_name
from pipeline.commands.session import Subject
from pipeline.domain.history import History
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Plan
from pipeline.domain.receipts import Output
from pipeline.domain.rendition import RenditionSpec
from pipeline.planning.view import original_name, wanted_files

PAGE = "index.html"
DOCUMENT = "sheet.json"
_THUMB_SIDE = 512


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the real run of a draft would cost.

    Attributes:
        plan: for real money.
        left: of the real cap before that plan; None without a cap.
    """

    plan: Plan
    left: MicroUsd | None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was done to the outputs.

    Attributes:
        page: the contact sheet.
        made: files made or made again.
        pruned: files removed because nothing wants them any more.
        failed: files that could not be made.
        page_is_new: whether the page was written.
    """

    page: Path
    made: int
    pruned: int
    failed: tuple[NotMade, ...]
    page_is_new: bool


class Outputs:
    """The outputs of one campaign in one realm, as they should be after a plan."""

    def __init__(
        self, subject: Subject, plan: Plan, books: Books, *, history: History, engine: str
    ) -> None:
        """Compare what is there with what should be.

        Args:
            subject: the campaign.
            plan: as the books are now.
            books: of the realm.
            history: all receipts.
            engine: version of what made drafts; empty otherwise.
        """
        self._subject = subject
        self._plan = plan
        self._books = books
        self._history = history
        self._engine = engine
        self._present = books.store.present()
        self._files = [
            file for file in wanted_files(subject.campaign, plan) if file.master in self._present
        ]
        self._view = View(books.places.outputs(books.realm, plan.campaign))
        self._wanted = [
            *self._of_cells(),
            *self._of_sources(),
            *self._of_orphans(),
            *self._of_unassigned(),
        ]
        self.missing = self._view.missing(self._wanted)

    @property
    def renders(self) -> int:
        """Renditions that are missing."""
        return sum(isinstance(item.spec, RenditionSpec) for item in self.missing)

    def refresh(
        self,
        *,
        rehearsal: Rehearsal | None,
        progress: Callable[[int], None],
        force_page: bool = False,
    ) -> Refreshed:
        """Make what is missing, remove what is stale, write the page if anything on it changed.

        Args:
            rehearsal: what a real run would cost, for drafts.
            progress: told how many more files are done.
            force_page: write the page in any case.
        """
        failed: list[NotMade] = []
        if self.missing:
            failed = self._make(progress)
        pages = self._pages(rehearsal, failed)
        key = page_key(pages)
        stale = not all(self._view.is_current(name, key) for name in (PAGE, DOCUMENT))
        pruned = self._view.prune([item.name for item in self._wanted], pages=(PAGE, DOCUMENT))
        if stale or force_page:
            self._write(pages, key)
        return Refreshed(
            page=self._view.folder / PAGE,
            made=len(self.missing) - len(failed),
            pruned=pruned,
            failed=tuple(failed),
            page_is_new=stale or force_page,
        )

    def _make(self, progress: Callable[[int], None]) -> list[NotMade]:
        from pipeline.imaging.thumbnail import thumbnail  # noqa: PLC0415 (loads the pixel library)

        return self._view.make(
            self.missing,
            draw=_draw,
            shrink=lambda source, target, side: thumbnail(source, target, side=side),
            workers=len(os.sched_getaffinity(0)),
            progress=progress,
        )

    def _write(self, pages: Pages, key: str) -> None:
        from pipeline.commands.sheet_facts import sheet_facts  # noqa: PLC0415 (as below)
        from pipeline.reporting.sheet.page import render_sheet  # noqa: PLC0415 (loads jinja)

        sheet = render_sheet(sheet_facts(pages))
        self._view.write(PAGE, sheet.html)
        self._view.write(DOCUMENT, sheet.json)
        self._view.remember([PAGE, DOCUMENT], key)

    def _pages(self, rehearsal: Rehearsal | None, failed: Sequence[NotMade]) -> Pages:
        books, name = self._books, self._plan.campaign
        return Pages(
            subject=self._subject,
            plan=self._plan,
            history=self._history,
            spent=books.spent(self._history, "campaign", name),
            real=None if rehearsal is None else rehearsal.plan,
            real_left=None if rehearsal is None else rehearsal.left,
            files=self._view.files,
            thumbs=self._view.thumbs,
            lacking=sorted(one.name for one in failed),
            wanted=tuple(self._files),
            engine=self._engine,
        )

    def _of_cells(self) -> Iterator[Wanted]:
        store = self._books.store
        seen: set[str] = set()
        for file in self._files:
            source = store.name_of(file.master)
            yield Wanted(file.name, file.key, source, file.spec)
            if file.master not in seen:
                seen.add(file.master)
                yield Wanted(thumb_name(file.master), file.master, source, _THUMB_SIDE)

    def _of_sources(self) -> Iterator[Wanted]:
        folder = str(self._books.places.campaign(self._plan.campaign))
        seen: set[str] = set()
        for image_set in self._subject.campaign.sets:
            references = () if image_set.reference is None else (image_set.reference,)
            for picture in (*references, *image_set.pictures):
                name = original_name(image_set.id, picture)
                digest, source = picture.facts.sha256, f"{folder}/{picture.path}"
                for item in (
                    Wanted(name, digest, source, None),
                    Wanted(thumb_name(digest), digest, source, _THUMB_SIDE),
                ):
                    if item.name not in seen:
                        seen.add(item.name)
                        yield item

    def _of_orphans(self) -> Iterator[Wanted]:
        wanted = {file.master for file in self._files}
        for orphan in self._plan.orphans:
            digest = self._history.deliveries[orphan.key][0].output.sha256
            if digest in self._present and digest not in wanted:
                wanted.add(digest)
                source = self._books.store.name_of(digest)
                yield Wanted(thumb_name(digest), digest, source, _THUMB_SIDE)

    def _of_unassigned(self) -> Iterator[Wanted]:
        """Pictures of which nobody knows yet whose they are, to be looked at."""
        unassigned = self._history.unassigned
        attempts = {unassigned[cell.key] for cell in self._plan.cells if cell.key in unassigned}
        for attempt in sorted(attempts):
            for number, output in enumerate(self._history.gens[attempt].outputs, start=1):
                if output.sha256 in self._present:
                    name = unassigned_name(attempt, number, output)
                    source = self._books.store.name_of(output.sha256)
                    yield Wanted(name, output.sha256, source, None)


def unassigned_name(attempt: str, number: int, output: Output) -> str:
    """Where a picture lies below the outputs of which nobody knows yet whose it is."""
    extension = output.mime.removeprefix("image/").replace("jpeg", "jpg")
    return f"unassigned/{attempt}-{number}.{extension}"


def _draw(master: Path, wanted: Sequence[tuple[RenditionSpec, Path]]) -> list[Drawn | str]:
    from pipeline.imaging.render import Rendered, render_all  # noqa: PLC0415 (as above)

    return [
        (one.width, one.height, one.quality, one.upscaled, one.over_bytes)
        if isinstance(one, Rendered)
        else one.reason
        for one in render_all(master, wanted)
    ]

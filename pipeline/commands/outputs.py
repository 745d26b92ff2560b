"""Bring a campaign's outputs up to date: masters, renditions, thumbnails and the contact sheet."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.facts_store import FactsStore
from pipeline.adapters.view import THUMBS, Draw, Drawn, NotMade, View, Wanted
from pipeline.commands.attention import FILE, Attention
from pipeline.commands.books import Books
from pipeline.commands.marks import kept_marks, marks_of_masters
from pipeline.commands.pages import Pages, checked_stamp, page_key, thumb_name
from pipeline.commands.session import Subject
from pipeline.commands.shown import remarks
from pipeline.commands.signing import signing_of
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.flags import Docket
from pipeline.domain.history import History
from pipeline.domain.identity import Recipe
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Plan
from pipeline.domain.receipts import Output
from pipeline.domain.rendition import RenditionSpec
from pipeline.domain.verdicts import resolve
from pipeline.planning.view import WantedFile, original_name, sources_to_look_at, wanted_files

if TYPE_CHECKING:
    from pipeline.imaging.render import Sign

PAGE = "index.html"
DOCUMENT = "sheet.json"
LATEST = "latest.svg"
PAGES = (PAGE, DOCUMENT, LATEST)
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
        told: the same files, previews by the name of their picture.
        of_sources: whether there are any, all of them previews or copies of source pictures.
        remarks: warnings about finished files: what their destination will not take.
    """

    page: Path
    made: int
    pruned: int
    failed: tuple[NotMade, ...]
    page_is_new: bool
    told: tuple[NotMade, ...] = ()
    of_sources: bool = False
    remarks: tuple[Problem, ...] = ()


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
        self._attention = Attention(books.places)
        self._sources = sources_to_look_at(subject.campaign, plan, present=self._present)
        self._view = View(books.places.outputs(books.realm, plan.campaign))
        self._signing = signing_of(subject.campaign, books.places)
        self._compare()

    def _compare(self) -> None:
        """Find what is missing; nothing is decoded, unknown points of attention are the centre."""
        self._all_files = self._files_of_cells()
        self._files = [file for file in self._all_files if file.master in self._present]
        self._wanted = [
            *self._of_cells(),
            *self._of_sources(),
            *self._of_orphans(),
            *self._of_unassigned(),
        ]
        self.missing = self._view.missing(self._wanted)

    def _files_of_cells(self) -> list[WantedFile]:
        files = wanted_files(
            self._subject.campaign,
            self._plan,
            attention=self._attention.known(self._sources),
            made_by=self._made_by,
            signed_by="" if self._signing is None else self._signing.fingerprint,
        )
        return list(files)

    def _out_of_reach(self) -> list[str]:
        """Files that lie here and could not be made again, since the store lacks their pictures.

        They may be the last copies of what was paid for, so they stay until the store has it.
        """
        outputs = [one for gen in self._history.gens.values() for one in gen.outputs]
        lacking = {one.sha256 for one in outputs} - self._present
        if not lacking:
            return []
        made = self._view.files
        renders = {file.name: file.key for file in self._all_files if file.master in lacking}
        return [
            *(name for name, file in made.items() if file.key in lacking),
            *(
                name
                for name, key in renders.items()
                if name in made and made[name].key == key and key not in lacking
            ),
            *sorted({thumb_name(one) for one in lacking} & self._view.thumbs),
        ]

    def _made_by(self, key: CellKey) -> Recipe | None:
        deliveries = self._history.deliveries.get(key, ())
        order = self._history.orders.get(deliveries[0].attempt) if deliveries else None
        return None if order is None else order.recipe

    def _look(self) -> None:
        """Find out where the sources draw the eye of which that is not known yet."""
        known = self._attention.known(self._sources)
        unknown = {one: path for one, path in self._sources.items() if one not in known}
        if unknown:
            folder = self._books.places.campaign(self._plan.campaign)
            self._attention.look({one: folder / path for one, path in unknown.items()})
            self._compare()

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
        self._look()
        if self.missing:
            failed = self._make(progress)
        if self.missing or force_page:
            marks_of_masters(self._books, self._masters)
        pages = self.pages(rehearsal, failed)
        key = page_key(pages)
        stale = not all(self._view.is_current(name, key) for name in PAGES)
        pruned = self._view.prune(
            [*(item.name for item in self._wanted), *self._out_of_reach()], pages=PAGES
        )
        if stale or force_page:
            self._write(pages, key)
        return Refreshed(
            page=self._view.folder / PAGE,
            made=len(self.missing) - len(failed),
            pruned=pruned,
            failed=tuple(failed),
            page_is_new=stale or force_page,
            told=tuple(self._told(failed)),
            of_sources=self._are_of_sources(failed),
            remarks=tuple(self.remarks()),
        )

    def retell(self, *, rehearsal: Rehearsal | None) -> bool:
        """Write the page anew if anything on it changed; makes, draws and removes nothing else.

        Args:
            rehearsal: what a real run would cost, for drafts.

        Returns:
            Whether it was written.
        """
        self._look()
        pages = self.pages(rehearsal, self.missing)
        key = page_key(pages)
        if all(self._view.is_current(name, key) for name in PAGES):
            return False
        self._write(pages, key)
        return True

    def remarks(self) -> list[Problem]:
        """Warnings about the finished files that are there; each is measured once."""
        return remarks(
            self._subject,
            self._plan,
            self._files,
            made=self._view.files,
            folder=self._view.folder,
            facts=FactsStore(self._books.places.state / FILE),
        )

    def _are_of_sources(self, failed: Sequence[NotMade]) -> bool:
        return bool(failed) and (
            {one.name for one in failed} <= {item.name for item in self._of_sources()}
        )

    def _told(self, failed: Sequence[NotMade]) -> Iterator[NotMade]:
        """Name previews after their picture: their own names are digests, which say nothing."""
        if not failed:
            return
        shown = self._books.places.shown
        pictures = {item.name: shown(Path(item.source)) for item in self._of_sources()}
        pictures |= {thumb_name(file.master): file.name for file in reversed(self._files)}
        for one in failed:
            is_preview = one.name.startswith(THUMBS) and one.name in pictures
            yield NotMade(f"preview of {pictures[one.name]}", one.reason) if is_preview else one

    def _make(self, progress: Callable[[int], None]) -> list[NotMade]:
        from pipeline.imaging.thumbnail import thumbnail  # noqa: PLC0415 (loads the pixel library)

        return self._view.make(
            self.missing,
            draw=self._drawing(),
            shrink=lambda source, target, side: thumbnail(source, target, side=side),
            workers=len(os.sched_getaffinity(0)),
            progress=progress,
        )

    def _drawing(self) -> Draw:
        """What draws renditions, and signs them where the manifest asks for it.

        Where nothing can be signed nothing is drawn either: an unsigned file would be a surprise.
        """
        if self._signing is None:
            return _draw
        ready = self._signing.ready(now=SystemClock().now())
        if isinstance(ready, str):
            return lambda _master, wanted: [f"it cannot be signed: {ready}"] * len(wanted)
        return lambda master, wanted: _draw(master, wanted, sign=ready(master))

    def _write(self, pages: Pages, key: str) -> None:
        from pipeline.commands.sheet_facts import sheet_facts  # noqa: PLC0415 (as below)
        from pipeline.reporting.sheet.page import latest_marker, render_sheet  # noqa: PLC0415 (loads jinja)

        sheet = render_sheet(sheet_facts(pages))
        self._view.write(PAGE, sheet.html)
        self._view.write(DOCUMENT, sheet.json)
        self._view.write(LATEST, latest_marker(sheet))
        self._view.remember(PAGES, key)

    def pages(self, rehearsal: Rehearsal | None, lacking: Sequence[NotMade | Wanted]) -> Pages:
        """What the contact sheet is made from, as the outputs are now.

        Args:
            rehearsal: what a real run would cost, for drafts.
            lacking: files that should be there and are not.
        """
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
            lacking=sorted(one.name for one in lacking),
            wanted=tuple(self._files),
            engine=self._engine,
            rulings=resolve(books.verdicts(name), need=self._subject.campaign.review_need),
            flags=self._flags,
            checked=checked_stamp(books),
            marks=lambda: kept_marks(self._books, self._masters),
        )

    @property
    def _masters(self) -> list[Sha256]:
        return list(dict.fromkeys(file.master for file in self._files))

    def _flags(self) -> Mapping[CellKey, Docket]:
        from pipeline.commands.checking import kept_flags  # noqa: PLC0415 (only for a new page)

        return kept_flags(self._subject, self._plan, self._books, history=self._history)

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


def make_thumb(books: Books, campaign: str, picture: Sha256) -> bool:
    """Make the thumbnail of one delivered picture where a sheet looks for it.

    To be called as pictures land, from any thread; what is there already is not made again, and
    what cannot be made is left to `Outputs.refresh`, which says why.

    Args:
        books: of the realm; the picture is in its store.
        campaign: whose sheet.
        picture: digest of the picture.

    Returns:
        Whether it is there now.
    """
    from pipeline.imaging.thumbnail import thumbnail  # noqa: PLC0415 (loads the pixel library)

    target = books.places.outputs(books.realm, campaign) / thumb_name(picture)
    if target.exists():
        return True
    try:
        thumbnail(Path(books.store.name_of(picture)), target, side=_THUMB_SIDE)
    except (OSError, ValueError):
        return False
    return True


def _draw(
    master: Path, wanted: Sequence[tuple[RenditionSpec, Path]], *, sign: "Sign | None" = None
) -> list[Drawn | str]:
    from pipeline.imaging.render import Rendered, render_all  # noqa: PLC0415 (as above)

    return [
        (one.width, one.height, one.quality, one.upscaled, one.over_bytes)
        if isinstance(one, Rendered)
        else one.reason
        for one in render_all(master, wanted, sign=sign)
    ]

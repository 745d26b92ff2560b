"""What a contact sheet is made from, and the key that says whether it must be made again."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pipeline import __version__
from pipeline.adapters.view import THUMBS, Made
from pipeline.commands.books import Books
from pipeline.commands.session import Subject
from pipeline.domain.attempt import Spent
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.flags import Docket
from pipeline.domain.history import History
from pipeline.domain.marks import Marks
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Plan
from pipeline.domain.rendition import ENCODER
from pipeline.domain.verdicts import About, Ruling
from pipeline.planning.view import WantedFile


@dataclass(frozen=True, slots=True)
class Pages:
    """Everything that a contact sheet is made from.

    Attributes:
        subject: the campaign.
        plan: as it is after the run.
        history: all receipts.
        spent: the campaign's money in this realm.
        real: the plan of the same campaign for real money; drafts only.
        real_left: what the real cap has left before that plan; drafts only.
        files: the view's files, by name.
        thumbs: names of thumbnails that are there.
        lacking: names of files that should be there and could not be made, sorted.
        wanted: files that belong to cells.
        engine: version of what made drafts.
        rulings: what reviewers say, by picture of a cell.
        flags: tells what the checks said about the pictures; asked only when a page is written.
        checked: changes whenever the answers of `flags` or `marks` may have.
        marks: tells what masters say about their origin, as far as that was read; likewise.
    """

    subject: Subject
    plan: Plan
    history: History
    spent: Spent
    real: Plan | None
    real_left: MicroUsd | None
    files: Mapping[str, Made]
    thumbs: AbstractSet[str]
    lacking: Sequence[str]
    wanted: tuple[WantedFile, ...]
    engine: str
    rulings: Mapping[About, Ruling] = field(default_factory=dict)
    flags: Callable[[], Mapping[CellKey, Docket]] = dict
    checked: str = ""
    marks: Callable[[], Mapping[Sha256, Marks]] = dict


def thumb_name(digest: str) -> str:
    """Where the thumbnail of a picture lies."""
    return f"{THUMBS}{digest[:2]}/{digest}.webp"


def checked_stamp(books: Books) -> str:
    """Changes whenever the checks of a realm remember something new; empty before they did."""
    try:
        status = (books.places.of_realm(books.realm) / "checks.sqlite3").stat()
    except OSError:
        return ""
    return f"{status.st_mtime_ns} {status.st_size}"


def page_key(pages: Pages) -> str:
    """Names a page's content without making it: the digest of all that goes into it.

    What is known of files needs no place of its own: masters, formats and encoder decide it, but
    for those that could not be made.
    """
    plan = pages.plan
    parts = [__version__, ENCODER, plan.manifest, plan.realm, pages.engine, repr(pages.spent)]
    parts.append(f"{pages.real_left} {None if pages.real is None else pages.real.cost}")
    parts += [cell.key for cell in plan.cells]
    for action, reason, detail, output in plan.decisions:
        parts += (action, reason, detail, "" if output is None else output.sha256)
    for attempt, money in pages.history.attempts.items():
        parts += (attempt, str(money.charged), str(money.is_confirmed))
    for about, ruling in pages.rulings.items():
        parts += (*about, *(f"{v.word} {v.reviewer} {v.at} {v.note}" for v in ruling.votes))
    parts += (pages.checked, *pages.lacking)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

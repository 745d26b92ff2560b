"""What a contact sheet is made from, and the key that says whether it must be made again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline import __version__
from pipeline.adapters.view import THUMBS, Made
from pipeline.commands.session import Subject
from pipeline.domain.attempt import Spent
from pipeline.domain.history import History
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Plan
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
        thumbs: names of thumbnails that are there, sorted.
        wanted: files that belong to cells.
        engine: version of what made drafts.
    """

    subject: Subject
    plan: Plan
    history: History
    spent: Spent
    real: Plan | None
    real_left: MicroUsd | None
    files: Mapping[str, Made]
    thumbs: Sequence[str]
    wanted: tuple[WantedFile, ...]
    engine: str


def thumb_name(digest: str) -> str:
    """Where the thumbnail of a picture lies."""
    return f"{THUMBS}{digest[:2]}/{digest}.webp"


def page_key(pages: Pages) -> str:
    """Names a page's content without making it: the digest of all that goes into it.

    Two keys may differ for one content, which only means that it is written once more.
    """
    plan, files = pages.plan, pages.files
    parts = [__version__, plan.manifest, plan.realm, pages.engine, repr(pages.spent)]
    parts.append(f"{pages.real_left} {None if pages.real is None else pages.real.cost}")
    parts += [cell.key for cell in plan.cells]
    for action, reason, detail, output in plan.decisions:
        parts += (action, reason, detail, "" if output is None else output.sha256)
    for attempt, money in pages.history.attempts.items():
        parts += (attempt, str(money.charged), str(money.is_confirmed))
    parts += files
    parts += [made.key for made in files.values()]
    parts += pages.thumbs
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

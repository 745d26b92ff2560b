"""What a contact sheet is made from, and the key that says whether it must be made again."""

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pipeline import __version__
from pipeline.adapters.view import THUMBS, Made
from pipeline.commands.session import Subject
from pipeline.domain.attempt import Spent
from pipeline.domain.history import History
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Plan
from pipeline.domain.rendition import ENCODER
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


def thumb_name(digest: str) -> str:
    """Where the thumbnail of a picture lies."""
    return f"{THUMBS}{digest[:2]}/{digest}.webp"


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
    parts += pages.lacking
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

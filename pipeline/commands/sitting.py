"""A reviewer's session before a served sheet: batches of verdicts, durable one by one, in one file.

Each batch is judged as an import and written before the page hears that it is saved: the session's
file is replaced as a whole by a longer one, so that it is never torn, wherever the program is
killed. Once the session has ended nothing writes to its file again.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.review_files import ReviewFolder, parse_import
from pipeline.adapters.runs import new_id
from pipeline.commands.verdicts import Desk, open_desk
from pipeline.domain.plan import Plan
from pipeline.domain.verdicts import About, Verdict, clean_name, folder_name, write
from pipeline.reporting.verdicts_text import Written

SHOWN = "the page"
MOST_BYTES = 2_000_000
"""Of one file, some six thousand verdicts; what comes after goes into another one."""


class Sitting:
    """One session.

    Attributes:
        reviewer: who speaks where a batch does not say so.
    """

    def __init__(self, name: str, *, reviewer: str, draft: bool, start: Path) -> None:
        """Begin.

        Args:
            name: of the campaign.
            reviewer: as the user said it; empty for whoever sits here.
            draft: whether drafts are meant.
            start: the working directory.

        Raises:
            CampaignError: exit 2, the campaign or the reviewer's name is no good; exit 12, stored
                state is damaged.
        """
        self._name = name
        self._said = reviewer
        self._draft = draft
        self._start = start
        self._files: dict[str, _File] = {}
        self._seen: set[Verdict] = set()
        self._newest: dict[tuple[About, str], Verdict] = {}
        self._places: dict[str, None] = {}
        with self._desk() as desk:
            self.reviewer = desk.name_of(reviewer)
            self._before: Plan = desk.plan

    def _desk(self) -> AbstractContextManager[Desk]:
        return open_desk(self._name, draft=self._draft, start=self._start)

    def take(self, posted: bytes) -> Written:
        """Take one batch over; it is durable when this returns.

        Args:
            posted: what `campaign review --import` takes as a file.

        Raises:
            CampaignError: as `bring_in`; nothing of it was written.
            OSError: nothing of it was written.
        """
        with self._desk() as desk:
            brought = parse_import(posted, SHOWN, reviewer=self.reviewer)
            desk.check(brought, said=clean_name(self._said) if self._said else "")
            fresh = [line.verdict for line in brought.lines if line.verdict not in self._seen]
            verdicts = [desk.settled(verdict) for verdict in fresh]
            told = desk.write(verdicts, brought=len(brought.lines), filing=self._file)
            self._seen.update(fresh)
            self._note(told)
            return told

    def _file(self, folder: ReviewFolder, verdicts: Sequence[Verdict], day: str) -> Path:
        """Write a batch to this session's file of its reviewer's folder."""
        whose = folder_name(verdicts[0].reviewer)
        file = self._files.get(whose)
        if file is None or file.bytes > MOST_BYTES:
            file = _File(day, new_id("v-"))
        longer = file.with_more(verdicts)
        path = folder.write(longer.verdicts, campaign=self._name, day=file.day, name=file.name)
        self._files[whose] = longer
        return path

    def _note(self, told: Written) -> None:
        for verdict in told.verdicts:
            who = (verdict.about, verdict.reviewer.casefold())
            known = self._newest.get(who)
            if known is None or verdict.at >= known.at:
                self._newest[who] = verdict
        if told.file:
            self._places[told.file] = None

    def end(self) -> Written:
        """What the whole session comes to: the last word on each picture, and what rerolls cost.

        Raises:
            CampaignError: the campaign cannot be read any more; what was saved stays.
        """
        last = sorted(self._newest.values(), key=lambda verdict: (verdict.address, verdict.at))
        with self._desk() as desk:
            return desk.told(last, self._before, file=", ".join(self._places))


@dataclass(frozen=True, slots=True)
class _File:
    """A file of verdicts that still gets longer."""

    day: str
    name: str
    verdicts: tuple[Verdict, ...] = ()
    bytes: int = 0

    def with_more(self, verdicts: Sequence[Verdict]) -> "_File":
        more = sum(len(write(verdict)) + 1 for verdict in verdicts)
        return _File(self.day, self.name, (*self.verdicts, *verdicts), self.bytes + more)

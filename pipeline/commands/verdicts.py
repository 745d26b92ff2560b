"""`campaign review NAME --approve | --reject | --reroll | --clear | --import | --list`: verdicts.

Verdicts are facts about pictures, so they are written while a run of the campaign is under way,
too. None of this buys anything: what a reroll asks for is wanted by the next plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import Places
from pipeline.adapters.review_files import Imported, Line, ReviewFolder, read_import
from pipeline.adapters.reviewer import whoever_is_here
from pipeline.adapters.runs import new_id
from pipeline.commands.books import Books
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.realms import Realm, choose_realm
from pipeline.commands.session import Session
from pipeline.domain.diagnostics import CampaignError, Problem, Severity, Span
from pipeline.domain.exit_codes import USAGE
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Cell, Limit, Plan
from pipeline.domain.verdicts import (
    About,
    Ruling,
    Verdict,
    VerdictError,
    Word,
    clean_name,
    stale,
    without_known,
)
from pipeline.manifest.wording import nearest
from pipeline.planning.plan import shares
from pipeline.planning.rerolls import NextTakes, picture_in, shot_of
from pipeline.planning.select import Selection, match_nothing, parse_selection, pick
from pipeline.reporting.verdicts_text import Standing, Written
from pipeline.reporting.words import count

_FUTURE = timedelta(days=1)
"""How far ahead a reviewer's clock may be: a wrong zone, and no more."""
_SECOND = timedelta(seconds=1)
_MOST_PROBLEMS = 200
"""Of an import: whoever has more brings the wrong file, and would wait long for all of them."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer says on the command line.

    Attributes:
        selections: for each word the cells that it is about, as selections.
        note: in the reviewer's words.
        reviewer: name; empty for whoever sits here.
    """

    selections: Mapping[Word, Sequence[str]]
    note: str = ""
    reviewer: str = ""


def say(name: str, said: Said, *, draft: bool, start: Path) -> Written:
    """Write verdicts about the current pictures of some cells.

    Args:
        name: of the campaign.
        said: by whom, what, and about which cells.
        draft: whether drafts are meant.
        start: the working directory.

    Raises:
        CampaignError: exit 2, a selection or the reviewer's name is no good; exit 12, stored state
            is damaged. Nothing was written.
    """
    with open_desk(name, draft=draft, start=start) as desk:
        who = desk.name_of(said.reviewer)
        chosen = _Chosen(desk, who)
        for word, texts in said.selections.items():
            chosen.take(word, texts)
        chosen.stop_if_wrong()
        note = " ".join(said.note.split())
        verdicts = [desk.verdict(cell, word, who, note) for cell, word in chosen.words()]
        return desk.write(verdicts, bare=chosen.bare)


def bring_in(name: str, file: Path, *, reviewer: str, draft: bool, start: Path) -> Written:
    """Take over verdicts from a file, all of them or none.

    What is known already is left out, so that a file may be imported again. Verdicts about
    pictures that are not current are written down too: they are shown, and never applied.

    Args:
        name: of the campaign.
        file: lines of verdicts, the first one saying whose.
        reviewer: who speaks where the file does not say so; empty for whoever sits here.
        draft: whether drafts are meant.
        start: the working directory.

    Raises:
        CampaignError: exit 2, the file is malformed, of another campaign or reviewer, or speaks of
            cells that nobody knows: all problems with their lines; exit 12, stored state is
            damaged. Nothing was written.
    """
    with open_desk(name, draft=draft, start=start) as desk:
        who = desk.name_of(reviewer)
        brought = read_import(file, desk.places.shown(file.absolute()), reviewer=who)
        desk.check(brought, said=clean_name(reviewer) if reviewer else "")
        lines = [desk.with_take(line.verdict) for line in brought.lines]
        return desk.write(lines, brought=len(lines))


def show(name: str, *, draft: bool, start: Path) -> Standing:
    """What is decided about each picture of a campaign, and what is stale; writes nothing.

    Raises:
        CampaignError: exit 2, the campaign cannot be read; exit 12, stored state is damaged.
    """
    with open_desk(name, draft=draft, start=start) as desk:
        return desk.standing()


@contextmanager
def open_desk(name: str, *, draft: bool, start: Path) -> Iterator["Desk"]:
    """Lay a campaign's pictures and verdicts out, as they are now.

    Raises:
        CampaignError: exit 2, the campaign cannot be read; exit 12, stored state is damaged.
    """
    places, workspace = open_workspace(start)
    (subject,), problems = load_subjects(places, workspace, [name])
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    try:
        session = Session(subject, books, engine=realm.engine, clock=SystemClock())
        yield Desk(places, realm, session, problems)
    finally:
        books.close()


def said_name(reviewer: str) -> str:
    """A name that somebody gave behind `--as`, as it is stored.

    Raises:
        CampaignError: exit 2; it cannot be one.
    """
    try:
        return clean_name(reviewer)
    except VerdictError as error:
        problem = _bad_name(reviewer, str(error))
        raise CampaignError(USAGE, [replace(problem, at=Span("--as", 1, 1))]) from None


Filing = Callable[[ReviewFolder, Sequence[Verdict], str], Path]
"""Writes verdicts of one reviewer, on a day `20261122`, durably; returns the file they are in."""


class Desk:
    """One campaign's pictures and verdicts, laid out for a reviewer.

    Attributes:
        places: of the workspace.
        plan: before anything was written.
        pictures: the current picture of each wanted cell that has one.
    """

    def __init__(
        self, places: Places, realm: Realm, session: Session, problems: Sequence[Problem]
    ) -> None:
        self.places = places
        self.plan = session.plan()
        self.pictures = _pictures(session, self.plan)
        self._realm = realm
        self._session = session
        self._problems = problems
        self._name = session.subject.campaign.name
        self._known = frozenset(session.books.verdicts(self._name))
        self._next = NextTakes(self.plan.cells, session.rulings, session.history)
        self._newest = _newest_by_reviewer(self._known)
        self._voices = {
            (about, vote.reviewer.casefold())
            for about, ruling in session.rulings.items()
            for vote in ruling.votes
        }

    def name_of(self, reviewer: str) -> str:
        """The reviewer's name as it is stored.

        Raises:
            CampaignError: exit 2; it cannot be one.
        """
        try:
            return clean_name(reviewer or whoever_is_here(self.places.root))
        except VerdictError as error:
            raise CampaignError(USAGE, [_bad_name(reviewer, str(error))]) from None

    @property
    def planning(self) -> str:
        """The command that shows what is still to be bought."""
        return f"campaign plan {self._name}{' --draft' if self._realm.is_draft else ''}"

    def unmatched(self, selection: Selection) -> list[Problem]:
        """Problems of a selection that names what the campaign has not."""
        return match_nothing(selection, [(self._session.subject.campaign, self.plan.cells)])

    def selected(self, selection: Selection) -> list[Cell]:
        """Cells that a selection means, in plan order."""
        cells, decisions = self.plan.cells, self.plan.decisions
        picked = pick(
            self._session.subject.campaign,
            cells,
            decisions,
            selection,
            verdicts=self._session.verdict_words(),
            costs=shares(self.plan.steps) if selection.asks_cost else {},
        )
        return [cell for cell, is_meant in zip(cells, picked, strict=True) if is_meant]

    def has_said(self, cell: Cell, reviewer: str) -> bool:
        """Whether a verdict of this reviewer about a cell's current picture counts now."""
        about = About(cell.key, self.pictures[cell.key])
        return (about, reviewer.casefold()) in self._voices

    def verdict(self, cell: Cell, word: Word, reviewer: str, note: str) -> Verdict:
        """A verdict about a cell's current picture, newer than all that this reviewer said."""
        about = About(cell.key, self.pictures[cell.key])
        take = self._next.take_of(about) if word is Word.REROLL else None
        at = moment(self._session.now)
        before = self._newest.get((about, reviewer.casefold()), "")
        # Moments are whole seconds; a change of mind must not be a tie.
        if before >= at:
            at = moment(datetime.fromisoformat(before) + _SECOND)
        return Verdict(*about, word, reviewer, at, str(cell.address), note, take)

    def with_take(self, verdict: Verdict) -> Verdict:
        """A verdict from a file; a reroll that names no take gets one."""
        if verdict.word is not Word.REROLL or verdict.take is not None:
            return verdict
        take = self._next.take_of(verdict.about)
        if take is None:
            # Nothing wants its cell any more, so it is stale and no take of it will be asked for.
            asked = self._asked_before(verdict.cell)
            take = 1 + max(asked, default=1)
        return verdict._replace(take=take)

    def _asked_before(self, cell: CellKey) -> Iterator[int]:
        for order in self._session.history.orders.values():
            yield from (asked.take for asked in order.cells if asked.key == cell)

    def check(self, brought: Imported, *, said: str) -> None:
        """Compare what somebody brings with what is known here.

        Args:
            brought: the file.
            said: whose verdicts the user says these are; empty where nothing was said.

        Raises:
            CampaignError: exit 2; all that does not fit, with its lines.
        """
        problems: list[Problem] = []
        if brought.campaign != self._name:
            problems.append(_other_campaign(brought, self._name))
        known = {cell.key: str(cell.address) for cell in self.plan.cells}
        for order in self._session.history.orders.values():
            for asked in order.cells:
                known.setdefault(asked.key, asked.address)
        latest = moment(self._session.now + _FUTURE)
        first = said or (brought.lines[0].verdict.reviewer if brought.lines else "")
        names = sorted(set(known.values()))
        for line in brought.lines:
            if len(problems) >= _MOST_PROBLEMS:
                break
            if line.verdict.reviewer.casefold() != first.casefold():
                problems.append(_other_reviewer(line, first))
            if line.verdict.cell not in known:
                problems.append(_unknown_cell(line, names))
            if line.verdict.at > latest:
                problems.append(_from_the_future(line))
        if problems:
            raise CampaignError(USAGE, problems)

    def settled(self, verdict: Verdict) -> Verdict:
        """A verdict as it is to be stored: newer than another word of this reviewer's.

        Moments are whole seconds. Where two words about one picture come one after the other
        within a second, the later one counts, and not the more cautious one.
        """
        verdict = self.with_take(verdict)
        before = self._newest.get((verdict.about, verdict.reviewer.casefold()), "")
        if before != verdict.at or verdict in self._known:
            return verdict
        return verdict._replace(at=moment(datetime.fromisoformat(before) + _SECOND))

    def write(
        self,
        verdicts: Sequence[Verdict],
        *,
        bare: Sequence[Cell] = (),
        brought: int = 0,
        filing: Filing | None = None,
    ) -> Written:
        """Write what is new, and tell what it comes to.

        Args:
            verdicts: of one reviewer.
            bare: cells that were meant and have no picture.
            brought: how many were brought, of which some may be known already.
            filing: what writes them; None for a file of their own.
        """
        new = without_known(verdicts, self._known)
        path = ""
        if new:
            folder = ReviewFolder(
                self.places.reviews(self._realm.name, self._name), shown_as="reviews"
            )
            day = moment(self._session.now)[:10].replace("-", "")
            path = self.places.shown((filing or self._own_file)(folder, new, day))
        known = max(0, brought - len(new))
        return self.told(new, self.plan, file=path, bare=bare, known=known)

    def _own_file(self, folder: ReviewFolder, verdicts: Sequence[Verdict], day: str) -> Path:
        return folder.write(verdicts, campaign=self._name, day=day, name=new_id("v-"))

    def told(
        self,
        verdicts: Sequence[Verdict],
        before: Plan,
        *,
        file: str,
        bare: Sequence[Cell] = (),
        known: int = 0,
    ) -> Written:
        """What verdicts come to that are stored by now, against a plan from before them."""
        after = self._session.plan()
        cost = MicroUsd(after.cost - before.cost)
        tight = _tightest(after)
        problems = [*self._problems, *self._session.books.warnings]
        if cost > 0 and tight is not None and after.cost > (tight.left or 0):
            problems.append(_no_room(cost, tight))
        stale_now = [
            verdict for verdict in verdicts if self.pictures.get(verdict.cell) != verdict.picture
        ]
        return Written(
            campaign=self._name,
            realm=self._realm.name,
            file=file,
            verdicts=tuple(verdicts),
            known=known,
            stale=tuple(stale_now),
            bare=tuple(str(cell.address) for cell in bare),
            awaited=self._awaited(bare),
            takes=tuple(_new_takes(before, after)),
            cost=cost,
            left=None if tight is None else tight.left,
            cap=None if tight is None else (tight.scope, tight.money or MicroUsd(0)),
            problems=tuple(problems),
        )

    def _awaited(self, bare: Sequence[Cell]) -> tuple[str, ...]:
        """Those whose shot has a picture in another take: this one is asked for, and comes."""
        shots = {shot_of(cell) for cell in self.plan.cells if cell.key in self.pictures}
        return tuple(str(cell.address) for cell in bare if shot_of(cell) in shots)

    def standing(self) -> Standing:
        """What is decided about each wanted cell."""
        rulings = self._session.rulings
        return Standing(
            campaign=self._name,
            realm=self._realm.name,
            cells=tuple(
                (str(cell.address), cell.key, shown, _ruling(rulings, cell.key, shown))
                for cell in self.plan.cells
                for shown in [self.pictures.get(cell.key)]
            ),
            stale=tuple(stale(rulings, self.pictures)),
            problems=(*self._problems, *self._session.books.warnings),
        )


def _ruling(rulings: Mapping[About, Ruling], key: CellKey, picture: Sha256 | None) -> Ruling | None:
    return None if picture is None else rulings.get(About(key, picture))


def _pictures(session: Session, plan: Plan) -> Mapping[CellKey, Sha256]:
    """The current picture of each wanted cell that has one."""
    picture = picture_in(session.history)
    found = {cell.key: picture(cell.key) for cell in plan.cells}
    return {key: shown for key, shown in found.items() if shown is not None}


def _newest_by_reviewer(verdicts: Iterable[Verdict]) -> Mapping[tuple[About, str], str]:
    found: dict[tuple[About, str], str] = {}
    for verdict in verdicts:
        who = (verdict.about, verdict.reviewer.casefold())
        found[who] = max(verdict.at, found.get(who, ""))
    return found


def _new_takes(before: Plan, after: Plan) -> Iterator[str]:
    """Addresses that are wanted now and were not."""
    known = {cell.key for cell in before.cells}
    return (str(cell.address) for cell in after.cells if cell.key not in known)


def _tightest(plan: Plan) -> Limit | None:
    """The cap with the least money left."""
    limits = [limit for limit in plan.limits if limit.left is not None]
    return min(limits, key=lambda limit: limit.left or 0, default=None)


class _Chosen:
    """Which cells a reviewer means, and what she says about each."""

    def __init__(self, desk: Desk, reviewer: str) -> None:
        self._desk = desk
        self._reviewer = reviewer
        self._words: dict[CellKey, tuple[Cell, Word]] = {}
        self._problems: list[Problem] = []
        self.bare: list[Cell] = []

    def take(self, word: Word, texts: Sequence[str]) -> None:
        """Note what is said about the cells of some selections."""
        for text in texts:
            found = self._selected(word, text)
            if found is None:
                continue
            shown = [cell for cell in found if cell.key in self._desk.pictures]
            if found and not shown:
                self._problems.append(_no_picture(text, found, self._desk.planning))
            self.bare += [cell for cell in found if cell.key not in self._desk.pictures]
            if word is Word.CLEAR and shown:
                shown = [cell for cell in shown if self._desk.has_said(cell, self._reviewer)]
                if not shown:
                    self._problems.append(_nothing_to_clear(text, self._reviewer))
            for cell in shown:
                _, known = self._words.setdefault(cell.key, (cell, word))
                if known is not word:
                    self._problems.append(_said_both(cell, known, word))

    def _selected(self, word: Word, text: str) -> list[Cell] | None:
        """Cells that a selection means; None where it is no good."""
        selection, problems = parse_selection([text], [])
        problems = problems or self._desk.unmatched(selection)
        if problems:
            self._problems += [_at_option(problem, f"--{word}") for problem in problems]
            return None
        found = self._desk.selected(selection)
        if not found:
            self._problems.append(_matches_nothing(text))
        return found

    def stop_if_wrong(self) -> None:
        """Raise what does not fit.

        Raises:
            CampaignError: exit 2; all problems.
        """
        if self._problems:
            raise CampaignError(USAGE, self._problems)

    def words(self) -> Iterable[tuple[Cell, Word]]:
        """What is said about each cell, in the order in which they were named."""
        return self._words.values()


def _bad_name(reviewer: str, why: str) -> Problem:
    return Problem(
        code="V001",
        what=f"`{reviewer}` cannot be a reviewer's name"
        if reviewer.strip()
        else "nobody says who reviews",
        why=why,
        fix="name yourself: `--as NAME`, or once and for all `git config --global user.name NAME`",
    )


def _other_campaign(brought: Imported, name: str) -> Problem:
    return Problem(
        code="V005",
        what=f"these verdicts are of campaign `{brought.campaign}`, and `{name}` was named",
        why="a verdict counts for the campaign whose sheet it was given on",
        fix=f"`campaign review {brought.campaign} --import …`; if the campaign was renamed since,"
        " correct the name in this line. Nothing was imported",
        at=brought.at,
    )


def _unknown_cell(line: Line, addresses: Sequence[str]) -> Problem:
    near = nearest(line.verdict.address, addresses)
    hint = f"is `{near}` of another commit meant? " if near else ""
    return Problem(
        code="V006",
        what=f"nobody knows the cell of this verdict, `{line.verdict.address}`",
        why=f"neither the manifest wants `{line.verdict.cell[:15]}…` nor a receipt tells of it",
        fix=f"{hint}go to the commit whose sheet was reviewed, or fetch its lock files; nothing"
        " was imported",
        at=line.at,
    )


def _other_reviewer(line: Line, first: str) -> Problem:
    return Problem(
        code="V007",
        what=f"this verdict is `{line.verdict.reviewer}`'s and not `{first}`'s",
        why="an import holds one person's verdicts, and nobody gives them for somebody else",
        fix="make one file for each reviewer, and leave `--as` out; nothing was imported",
        at=line.at,
    )


def _from_the_future(line: Line) -> Problem:
    return Problem(
        code="V008",
        what=f"this verdict is of {line.verdict.at}, more than a day from now",
        why="the newest verdict of a reviewer counts, so this one would outweigh all that she says"
        " until then",
        fix="correct the clock of the machine that it was given on, and the line; nothing was"
        " imported",
        at=line.at,
    )


def _matches_nothing(selection: str) -> Problem:
    return Problem(
        code="V009",
        what=f"no picture is `{selection}` now",
        why="the names are there, and nothing of that action, verdict or cost",
        fix="`campaign review NAME --list` shows what is decided about each picture",
    )


def _at_option(problem: Problem, option: str) -> Problem:
    """A problem of a selector, at the option that it was written behind."""
    return problem if problem.at is None else replace(problem, at=replace(problem.at, file=option))


def _no_picture(selection: str, found: Sequence[Cell], planning: str) -> Problem:
    return Problem(
        code="V010",
        what=f"nothing in `{selection}` has a picture yet",
        why=f"{count(len(found), 'cell')} of that name wait to be bought, and a verdict is about a"
        " picture",
        fix=f"buy first: `{planning}` shows what it costs",
    )


def _nothing_to_clear(selection: str, reviewer: str) -> Problem:
    return Problem(
        code="V027",
        what=f"`{reviewer}` has no verdict in `{selection}` to take back",
        why="a verdict is taken back by whoever gave it, and only while it is about the picture"
        " that is shown now",
        fix="`campaign review NAME --list` shows who said what; say who you are with `--as NAME`,"
        " or outweigh somebody else's approval with a reject",
    )


def _said_both(cell: Cell, one: Word, other: Word) -> Problem:
    return Problem(
        code="V011",
        what=f"`{cell.address}` is to be {_PAST[one]} and {_PAST[other]}",
        why="one reviewer has one opinion of a picture at a time",
        fix="narrow one of the selections; nothing was written",
    )


_PAST: Mapping[Word, str] = {
    Word.APPROVE: "approved",
    Word.REJECT: "rejected",
    Word.REROLL: "rerolled",
    Word.CLEAR: "cleared",
}


def _no_room(cost: MicroUsd, limit: Limit) -> Problem:
    left = limit.left or MicroUsd(0)
    return Problem(
        code="V015",
        what=f"the rerolls cost {format_usd(cost)}, and not all that is wanted fits under the cap"
        f" of this {limit.scope}",
        why=f"{format_usd(left)} of {format_usd(limit.money or MicroUsd(0))} is left; the verdicts"
        " are written, and nothing is bought by them",
        fix="raise the cap, or take some rerolls back by approving or rejecting those pictures",
        severity=Severity.WARNING,
    )

"""Verdicts on disk: one immutable file an import, `<reviewer>/<yyyymmdd>-<id>.jsonl`.

A reader takes the union of all files. Since no file is ever written to again once the command that
made it has ended, branches never conflict; the markers of a merge that somebody made by hand are
left out and both sides kept. Anything else that cannot be read stops the command: a reject that is
skipped delivers a picture.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.adapters.durable_files import write_durably
from pipeline.domain.diagnostics import CampaignError, Problem, Severity, Span
from pipeline.domain.exit_codes import STATE_DAMAGED, USAGE
from pipeline.domain.verdicts import (
    VERDICTS_FORMAT,
    Header,
    LaterFormatError,
    Verdict,
    VerdictError,
    Word,
    folder_name,
    format_of,
    header,
    read_header,
    reader,
    write,
)

MOST_BYTES = 20_000_000
"""Longest file that is read: some fifty thousand verdicts."""
_MOST_BAD_LINES = 200
_MARKERS = (b"<<<<<<< ", b"=======", b">>>>>>> ", b"||||||| ")
_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A verdict and where it stands."""

    at: Span
    verdict: Verdict


class Imported(NamedTuple):
    """A file of verdicts that somebody brings.

    Attributes:
        campaign: whose they say they are.
        at: where it says so.
        lines: in file order.
    """

    campaign: str
    at: Span
    lines: tuple[Line, ...]


class ReviewFolder:
    """All verdicts of one campaign in one realm."""

    def __init__(self, folder: Path, *, shown_as: str) -> None:
        self._folder = folder
        self._shown_as = shown_as

    def read(self) -> tuple[list[Verdict], list[Problem]]:
        """The union of all files, each line once, and what was odd about them.

        The name of the campaign in a file is a label: the folder may have been renamed since.

        Raises:
            CampaignError: exit 12; a line is damaged or from a newer program.
        """
        verdicts: dict[Verdict, None] = {}
        warnings: list[Problem] = []
        for path in sorted(self._folder.glob("*/*.jsonl")):
            if path.is_file():
                shown = f"{self._shown_as}/{path.parent.name}/{path.name}"
                verdicts |= dict.fromkeys(read_stored(_content(path), shown, warnings))
        return list(verdicts), warnings

    def write(self, verdicts: Sequence[Verdict], *, campaign: str, day: str, name: str) -> Path:
        """Write a file of its own for verdicts of one reviewer; durable when this returns.

        Args:
            verdicts: at least one, in the order to write.
            campaign: whose.
            day: UTC, `20261122`.
            name: an id that no other file has. One that is there already under it is replaced as a
                whole: verdicts that come batch by batch while a sheet is served are one file, which
                gets longer until the session ends.

        Raises:
            CampaignError: exit 2, no reader would take a file as long as this one would be.
            OSError: nothing was written.
        """
        target = self._folder / folder_name(verdicts[0].reviewer) / f"{day}-{name}.jsonl"
        lines = (header(campaign, version=format_of(verdicts)), *map(write, verdicts))
        content = "".join(f"{line}\n" for line in lines).encode()
        if len(content) > MOST_BYTES:
            why = f"stored, its verdicts would take more than {MOST_BYTES:,} bytes"
            raise CampaignError(USAGE, [_unreadable(f"{self._shown_as}/{target.name}", why)])
        write_durably(target, content)
        return target


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def read_import(path: Path, shown: str, *, reviewer: str) -> Imported:
    """Read a file that somebody brings, whole or not at all.

    Args:
        path: of the file.
        shown: its name for messages.
        reviewer: who speaks where neither a line nor the first line says so.

    Raises:
        CampaignError: exit 2; it cannot be read, or some of its lines are no verdicts: all
            problems at once, each with its line.
    """
    try:
        raw = _content(path)
    except OSError as error:
        raise CampaignError(USAGE, [_unreadable(shown, str(error.strerror))]) from error
    return parse_import(raw, shown, reviewer=reviewer)


def parse_import(raw: bytes, shown: str, *, reviewer: str) -> Imported:
    """Read what somebody brings, whole or not at all; as `read_import`, from bytes."""
    if len(raw) > MOST_BYTES:
        raise CampaignError(USAGE, [_unreadable(shown, f"it has more than {MOST_BYTES:,} bytes")])
    numbered = _numbered(raw)
    first = next(numbered, None)
    if first is None:
        raise CampaignError(USAGE, [_unreadable(shown, "it is empty")])
    start = Span(shown, first[0], 1)
    try:
        head = read_header(_object(first[1]))
    except LaterFormatError as error:
        raise CampaignError(USAGE, [_newer_import(start, str(error))]) from None
    except VerdictError as error:
        raise CampaignError(USAGE, [_malformed(start, first[1], str(error))]) from None
    return Imported(head.campaign, start, tuple(_lines(numbered, shown, head, reviewer)))


def _lines(
    numbered: Iterable[tuple[int, bytes]], shown: str, head: Header, reviewer: str
) -> Sequence[Line]:
    read = reader(head)
    found: list[Line] = []
    problems: list[Problem] = []
    for number, raw in numbered:
        at = Span(shown, number, 1)
        try:
            found.append(Line(at, read(_object(raw), head.reviewer or reviewer)))
        except VerdictError as error:
            problems.append(_malformed(at, raw, str(error)))
            if len(problems) >= _MOST_BAD_LINES:
                break
    if problems:
        raise CampaignError(USAGE, problems)
    return found


def _numbered(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that are not empty, with their numbers."""
    for number, line in enumerate(raw.removeprefix(_BOM).split(b"\n"), start=1):
        if line.strip():
            yield number, line.strip()


def _object(line: bytes) -> Mapping[str, Any]:
    """The JSON object of a line.

    Raises:
        VerdictError: it holds none.
    """
    try:
        body = json.loads(line, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        said = error if isinstance(error, VerdictError) else "it is not a JSON object"
        raise VerdictError(str(said)) from None
    if not isinstance(body, dict):
        raise VerdictError("it is not a JSON object")
    return body


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) < len(pairs):
        raise VerdictError("a key is written twice")
    return body


def read_stored(raw: bytes, shown: str, warnings: list[Problem]) -> Iterator[Verdict]:
    """Verdicts of a file of this tree or of a commit.

    Args:
        raw: its bytes.
        shown: its name for messages.
        warnings: gets what was odd but harmless.

    Raises:
        CampaignError: as `ReviewFolder.read`.
    """
    if len(raw) > MOST_BYTES:
        raise _stop(_damaged(Span(shown, 1, 1), f"it has more than {MOST_BYTES:,} bytes"))
    head: Header | None = None
    has_markers = False
    for number, line in _numbered(raw):
        at = Span(shown, number, 1)
        if line.startswith(_MARKERS):
            has_markers = True
            continue
        try:
            body = _object(line)
            if head is None or "verdicts" in body:
                head = read_header(body)
                continue
            verdict = reader(head)(body, head.reviewer)
        except LaterFormatError as error:
            raise _stop(_newer_stored(at, str(error))) from None
        except VerdictError as error:
            raise _stop(_damaged(at, str(error))) from None
        if verdict.word is Word.REROLL and verdict.take is None:
            raise _stop(_damaged(at, "a stored reroll says in `take` which one it asks for"))
        yield verdict
    if has_markers:
        warnings.append(_conflicted(shown))


def _stop(problem: Problem) -> CampaignError:
    return CampaignError(STATE_DAMAGED, [problem])


_NOTHING = "nothing was imported; a file counts as a whole or not at all"


def _unreadable(shown: str, why: str) -> Problem:
    return Problem(
        code="V002",
        what=f"`{shown}` cannot be read as a file of verdicts",
        why=why,
        fix="give the file that the contact sheet or a colleague saved; " + _NOTHING,
        at=None,
    )


def _malformed(at: Span, line: bytes, why: str) -> Problem:
    return Problem(
        code="V003",
        what="this line is no verdict",
        why=why,
        fix="correct it, or save the file again; `campaign schema verdicts` says what lines look"
        f" like; {_NOTHING}",
        at=at,
        source_line=line.decode("utf-8", "replace"),
    )


def _newer_import(at: Span, found: str) -> Problem:
    return Problem(
        code="V004",
        what=f"these verdicts are of {found}",
        why=f"this program reads formats 1 to {VERDICTS_FORMAT}; a newer one wrote them",
        fix="update campaign-pipeline to the version that your team uses",
        at=at,
    )


def _damaged(at: Span, why: str) -> Problem:
    return Problem(
        code="V012",
        what="a stored verdict cannot be read",
        why=why,
        fix=f"restore the file from git (`git log -p -- {at.file}`), or delete it and import its"
        " verdicts again; they are never edited",
        at=at,
    )


def _newer_stored(at: Span, found: str) -> Problem:
    return Problem(
        code="V013",
        what=f"stored verdicts are of {found}",
        why=f"this program reads formats 1 to {VERDICTS_FORMAT}; a newer one wrote these, and"
        " skipping a reject could deliver its picture",
        fix="update campaign-pipeline to the version that your team uses",
        at=at,
    )


def _conflicted(shown: str) -> Problem:
    return Problem(
        code="V014",
        what="this file of verdicts has conflict markers; both sides were kept",
        why="verdicts are facts that add up, so no side is wrong",
        fix="delete the marker lines and commit",
        at=Span(shown, 1, 1),
        severity=Severity.WARNING,
    )

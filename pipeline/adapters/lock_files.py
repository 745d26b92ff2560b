"""The lock on disk: one file of receipts a run, appended and synced as each job settles.

A reader takes the union of all files. It drops the markers of an unresolved merge and keeps both
sides, and a torn last line has had no effect. Anything else that it cannot read stops the command:
money is never guessed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from pipeline.adapters.durable_files import Appender, make_folder
from pipeline.domain.diagnostics import CampaignError, Problem, Severity, Span
from pipeline.domain.exit_codes import STATE_DAMAGED
from pipeline.domain.fingerprint import canonical
from pipeline.domain.receipts import (
    HEADER,
    LOCK_FORMAT,
    Receipt,
    ReceiptError,
    UnknownKindError,
    read,
    write,
)

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

_MARKERS = (b"<<<<<<< ", b"=======", b">>>>>>> ", b"||||||| ")


class LockFolder:
    """All receipts of one campaign in one realm."""

    def __init__(self, folder: Path, *, shown_as: str) -> None:
        self._folder = folder
        self._shown_as = shown_as

    def read(self) -> tuple[list[Receipt], list[Problem]]:
        """The union of all files, and what was odd about them.

        Raises:
            CampaignError: exit 12; a line is damaged or from a newer program.
        """
        receipts: list[Receipt] = []
        warnings: list[Problem] = []
        for path in sorted(self._folder.glob("*.jsonl")):
            shown = f"{self._shown_as}/{path.name}"
            receipts += read_lines(path.read_bytes(), shown, warnings)
        return receipts, warnings


class LockWriter:
    """This run's own file; made when the first receipt is filed."""

    def __init__(self, folder: Path, *, run: str, day: str) -> None:
        self._path = folder / f"{day}-{run}.jsonl"
        self._file: Appender | None = None

    def append(self, receipts: Iterable[Receipt]) -> None:
        """File receipts; durable when this returns.

        Raises:
            OSError: it may or may not be durable; filing it again does no harm.
        """
        self.append_lines([write(receipt) for receipt in receipts])

    def append_lines(self, lines: Sequence[str]) -> None:
        """As `append`, for receipts that are lines already, without their newlines."""
        if self._file is None:
            self._file = Appender(self._path)
        header = [canonical(HEADER)] if self._file.is_empty else []
        self._file.append("".join(f"{line}\n" for line in (*header, *lines)).encode())

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if self._file is not None:
            self._file.close()


class LockFiles:
    """The locks that one run writes: a file of its own in the folder of each campaign.

    All writes go through one thread, in the order in which they were asked for. What gathers while
    the disk is busy is written and synced together (group commit); a caller continues only when its
    own receipts are durable.
    """

    def __init__(self, folder_of: Callable[[str], Path], *, run: str, day: str) -> None:
        """Prepare to file receipts.

        Args:
            folder_of: where receipts of a campaign go.
            run: id of this run, part of the file names.
            day: UTC, `20261122`.
        """
        self._folder_of = folder_of
        self._run = run
        self._day = day
        self._writers: dict[Path, LockWriter] = {}
        self._waiting: list[_Waiting] = []
        self._flusher: asyncio.Task[None] | None = None
        self._thread: ThreadPoolExecutor | None = None

    def try_writing(self, campaign: str) -> None:
        """Find out whether receipts could be filed, before there are any.

        Raises:
            OSError: they could not.
        """
        folder = self._folder_of(campaign)
        make_folder(folder)
        probe = folder / f".{self._day}-{self._run}"
        probe.touch()
        probe.unlink()

    async def file(self, campaign: str, receipts: Iterable[Receipt]) -> None:
        """Append receipts to the campaign's lock; durable when this returns."""
        import asyncio  # noqa: PLC0415 (most runs file nothing, and loading it takes time)

        lines = [write(receipt) for receipt in receipts]
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(self._folder_of(campaign), lines, done))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        import asyncio  # noqa: PLC0415 (as above)
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (as above)

        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lock")
        while self._waiting:
            batch, self._waiting = self._waiting, []
            by_folder: dict[Path, list[_Waiting]] = {}
            for waiting in batch:
                by_folder.setdefault(waiting.folder, []).append(waiting)
            for folder, group in by_folder.items():
                lines = [line for waiting in group for line in waiting.lines]
                error: Exception | None = None
                try:
                    await loop.run_in_executor(self._thread, self._append, folder, lines)
                except Exception as failed:  # noqa: BLE001 (each caller gets it)
                    error = failed
                for waiting in group:
                    _tell(waiting.done, error)

    def _append(self, folder: Path, lines: Sequence[str]) -> None:
        writer = self._writers.get(folder)
        if writer is None:
            writer = LockWriter(folder, run=self._run, day=self._day)
            self._writers[folder] = writer
        writer.append_lines(lines)

    def close(self) -> None:
        """Finish what is being written and let go of all files."""
        if self._thread is not None:
            self._thread.shutdown()
        for writer in self._writers.values():
            writer.close()


class _Waiting(NamedTuple):
    """Lines for one folder, and who waits until they are durable."""

    folder: Path
    lines: Sequence[str]
    done: "asyncio.Future[None]"


def _tell(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.cancelled():
        return  # its caller gave up waiting; the receipts are filed all the same
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def read_lines(raw: bytes, shown: str, warnings: list[Problem]) -> Iterator[Receipt]:
    """Receipts of one file.

    Args:
        raw: its bytes, cut anywhere.
        shown: its name for messages.
        warnings: gets what was odd but harmless.

    Raises:
        CampaignError: as `LockFolder.read`.
    """
    *lines, tail = raw.split(b"\n")
    if tail:
        # An editor may have eaten the last newline; a whole record is still a whole record.
        if _parsed(tail) is None:
            warnings.append(_torn(shown, len(lines) + 1))
        else:
            lines.append(tail)
    has_markers = False
    for number, line in enumerate(lines, start=1):
        if line.startswith(b"{"):
            receipt = _receipt(line, shown, number)
            if receipt is not None:
                yield receipt
        elif line.startswith(_MARKERS):
            has_markers = True
        elif line.strip():
            raise _stop(_damaged(Span(shown, number, 1), "it is not a JSON object"))
    if has_markers:
        warnings.append(_conflicted(shown))


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return None


def _receipt(line: bytes, shown: str, number: int) -> Receipt | None:
    """The receipt of a line, None for a header."""
    body = _parsed(line)
    if not isinstance(body, dict):
        raise _stop(_damaged(Span(shown, number, 1), "it is not a JSON object"))
    version = body.get("lock")
    if version is not None:
        if version != LOCK_FORMAT:
            raise _stop(_newer(Span(shown, number, 1), f"format {version!r}"))
        return None
    try:
        return read(body)
    except UnknownKindError:
        kind = body.get("kind")
        words = f"a receipt of kind {kind!r}"
        raise _stop(_newer(Span(shown, number, 1), words)) from None
    except ReceiptError as error:
        raise _stop(_damaged(Span(shown, number, 1), str(error))) from None


def _stop(problem: Problem) -> CampaignError:
    return CampaignError(STATE_DAMAGED, [problem])


def _newer(at: Span, found: str) -> Problem:
    return Problem(
        code="S001",
        what=f"the lock holds {found}",
        why=f"this program reads lock format {LOCK_FORMAT} and its kinds of receipts; a newer one "
        "wrote this, and skipping a receipt could buy a picture twice",
        fix="update campaign-pipeline to the version that your team uses",
        at=at,
    )


def _damaged(at: Span, why: str) -> Problem:
    return Problem(
        code="S002",
        what="a receipt in the lock cannot be read",
        why=why,
        fix=f"restore the file from git (`git log -p -- {at.file}`); receipts are never edited",
        at=at,
    )


def _torn(shown: str, line: int) -> Problem:
    return Problem(
        code="S003",
        what="the last line of this lock file is torn and was left out",
        why="the program or the machine stopped while writing it; the ledger still knows the "
        "attempt and files its receipt again",
        fix="nothing to do; to tidy up, delete that line",
        at=Span(shown, line, 1),
        severity=Severity.WARNING,
    )


def _conflicted(shown: str) -> Problem:
    return Problem(
        code="S004",
        what="this lock file has conflict markers; both sides were kept",
        why="receipts are facts that add up, so no side is wrong",
        fix="delete the marker lines and commit",
        at=Span(shown, 1, 1),
        severity=Severity.WARNING,
    )

"""Commits, trees and blobs of a repository, read through the `git` program; nothing is written.

No network: what a partial clone has not fetched is missing, and said to be, rather than fetched one
picture at a time.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, NoReturn, Self

from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import USAGE

_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
# A repository in a shared folder may come with settings; none that starts a program takes part.
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_CHUNK = 1 << 20
_AT_ONCE = 256
"""Ids that are asked for before the first answer is read: few enough to fit into any pipe."""
_FETCH = (
    "in a workflow, give `actions/checkout` the input `fetch-depth: 0` and no `filter`; here, run"
    " `git fetch --unshallow`, and `git fetch --refetch --no-filter` in a partial clone"
)


class Entry(NamedTuple):
    """A file of a commit.

    Attributes:
        path: from the top of the repository; bytes that are no UTF-8 are kept as surrogates.
        blob: id of its content.
        is_link: whether the content is where a symbolic link leads to.
    """

    path: str
    blob: str
    is_link: bool


class MissingObjectError(LookupError):
    """A blob that this clone does not have."""


class Repository:
    """The repository that a folder belongs to."""

    def __init__(self, folder: Path) -> None:
        """Find it.

        Raises:
            CampaignError: exit 2; there is none, or no `git`.
        """
        program = shutil.which("git")
        if program is None:
            raise CampaignError(USAGE, [_no_git()])
        self._program = program
        self._folder = folder
        found = self._try(
            "rev-parse", "--show-prefix", "--path-format=absolute", "--git-common-dir"
        )
        if found.returncode:
            raise CampaignError(USAGE, [_no_repository(folder, _words(found))])
        prefix, common = os.fsdecode(found.stdout).removesuffix("\n").split("\n")
        self.prefix = prefix
        """Of the folder below the top of the repository, empty or with `/` at its end."""
        self.common = Path(common)
        """The folder `.git` that all worktrees share."""

    def commit(self, revision: str) -> str:
        """Full id of the commit that a revision names.

        Raises:
            CampaignError: exit 2; there is none in this clone.
        """
        found = self._try(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        if found.returncode:
            raise CampaignError(USAGE, [self._no_commit(revision)])
        return _line(found)

    def merge_base(self, one: str, other: str) -> str | None:
        """The commit at which two histories part, None where this clone knows none."""
        found = self._try("merge-base", one, other)
        return None if found.returncode else _line(found)

    @property
    def is_shallow(self) -> bool:
        """Whether history was cut off when it was cloned."""
        return _line(self._try("rev-parse", "--is-shallow-repository")) == "true"

    def files(self, commit: str, under: str) -> Iterator[Entry]:
        """All files of a commit below a path from the top of the repository, in byte order.

        Raises:
            CampaignError: exit 2; this clone has not all folders of the commit.
        """
        found = self._try("ls-tree", "-r", "-z", "--full-tree", commit, "--", under)
        if found.returncode:
            raise CampaignError(USAGE, [missing([f"{commit[:10]}:{under}"], _words(found))])
        for line in found.stdout.split(b"\0"):
            head, tab, path = line.partition(b"\t")
            if tab:
                mode, kind, blob = head.split(b" ")
                if kind == b"blob":  # the rest are commits of submodules
                    yield Entry(os.fsdecode(path), blob.decode(), mode == b"120000")

    def objects(self) -> "Objects":
        """A reader of blobs; to be closed."""
        return Objects(self._start("cat-file", "--batch"))

    def absent(self, commit: str) -> frozenset[str]:
        """Blobs of a commit that a partial clone left out; to be asked before they are read.

        Git would fetch such a blob, and kept from that it stops at the first one.
        """
        partial = self._try("config", "--name-only", "--get-regexp", r"^remote\..*\.promisor$")
        if partial.returncode:
            return frozenset()
        found = self._try("rev-list", "--objects", "--no-walk", "--missing=print", commit)
        lines = found.stdout.decode("utf-8", "replace").splitlines()
        return frozenset(line[1:] for line in lines if line.startswith("?"))

    def _try(self, *argv: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(  # noqa: S603 (no shell; revisions follow `--end-of-options`)
            [self._program, *_SETTINGS, *argv],
            cwd=self._folder,
            env={**os.environ, **_ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )

    def _start(self, *argv: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 (as above)
            [self._program, *_SETTINGS, *argv],
            cwd=self._folder,
            env={**os.environ, **_ENVIRONMENT},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _no_commit(self, revision: str) -> Problem:
        remote = self._try(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"origin/{revision}^{{commit}}"
        )
        if remote.returncode == 0:
            fix = f"did you mean `origin/{revision}`?"
        elif self.is_shallow:
            fix = f"this clone is shallow: {_FETCH}"
        else:
            fix = "`git branch --all` and `git log` show what there is; `git fetch` gets the rest"
        return Problem(
            code="M121",
            what=f"there is no commit `{revision}`",
            why="it names no branch, tag or commit of this clone",
            fix=fix,
        )


class Objects:
    """Contents of blobs, from one `git` process that is asked for them in turn."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        if process.stdin is None or process.stdout is None:
            raise TypeError("the process has no pipes")
        self._ask: IO[bytes] = process.stdin
        self._answers: IO[bytes] = process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def content(self, blob: str, *, most: int | None) -> bytes:
        """The first bytes of a blob, `most` of them at most; all of it for None.

        Raises:
            MissingObjectError: this clone does not have it.
        """
        self._request([blob])
        return b"".join(self._answer(blob, most=most))

    def each(self, blobs: Sequence[str]) -> Iterator[tuple[str, Iterable[bytes] | None]]:
        """Many blobs in the order given, each in pieces; None for one that is missing.

        The pieces of one are to be read before the next is asked for; what is left is skipped.
        """
        for start in range(0, len(blobs), _AT_ONCE):
            some = blobs[start : start + _AT_ONCE]
            self._request(some)
            for blob in some:
                pieces = self._answer(blob, most=None)
                try:
                    first = next(pieces, b"")
                except MissingObjectError:
                    yield blob, None
                    continue
                yield blob, _joined(first, pieces)
                for _ in pieces:
                    pass

    def _request(self, blobs: Sequence[str]) -> None:
        try:
            self._ask.write("".join(f"{blob}\n" for blob in blobs).encode())
            self._ask.flush()
        except BrokenPipeError:
            self._broke_off(blobs[0])

    def _answer(self, blob: str, *, most: int | None) -> Iterator[bytes]:
        head = self._answers.readline().split()
        if not head:
            self._broke_off(blob)
        if head[-1] == b"missing":
            raise MissingObjectError(blob)
        left = int(head[2])
        wanted = left if most is None else min(left, most)
        while left:
            piece = self._answers.read(min(left, _CHUNK))
            if not piece:
                self._broke_off(blob)
            if wanted > 0:
                yield piece[:wanted]
            wanted -= len(piece)
            left -= len(piece)
        self._answers.read(1)  # the line break behind each content

    def _broke_off(self, blob: str) -> NoReturn:
        raise CampaignError(
            USAGE,
            [missing([f"object {blob[:10]}"], "`git cat-file` broke off: the clone is damaged")],
        )


def _joined(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def missing(names: Sequence[str], why: str = "") -> Problem:
    """What to say where a clone lacks something that a comparison needs.

    Args:
        names: of what is missing; not empty.
        why: git's own words, if it had some.
    """
    rest = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return Problem(
        code="M123",
        what=f"`{names[0]}`{rest} cannot be read from this clone",
        why=why or "a shallow or partial clone leaves out what was not asked for",
        fix=_FETCH,
    )


def no_merge_base(one: str, other: str, *, is_shallow: bool) -> Problem:
    """What to say where two histories meet nowhere in this clone."""
    return Problem(
        code="M122",
        what=f"`{one}` and `{other}` have no commit in common",
        why="this clone is shallow, so the commit where they part was left out"
        if is_shallow
        else "their histories begin apart, so there is no commit where they part",
        fix=_FETCH if is_shallow else f"compare the commits themselves: `{one}..{other}`",
    )


def _line(done: "subprocess.CompletedProcess[bytes]") -> str:
    return done.stdout.decode("utf-8", "replace").strip()


def _words(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Git's own words, on one line."""
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[0].removeprefix("fatal: ") if said else "`git` gives no reason"


def _no_git() -> Problem:
    return Problem(
        code="M124",
        what="there is no program `git` here",
        why="both sides of a comparison are read from the repository",
        fix="install git, and see that it is on the PATH",
    )


def _no_repository(folder: Path, why: str) -> Problem:
    return Problem(
        code="M120",
        what=f"`{folder}` is in no git repository that can be read",
        why=why,
        fix="go to your clone; where git names another owner, follow the command that it gives",
    )

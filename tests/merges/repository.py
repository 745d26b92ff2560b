"""A git repository whose branches are written in one go and merged by `git merge` itself."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
}
"""Nothing of the developer's own settings takes part."""

Files = Mapping[str, bytes]
"""The tree of a commit: contents by path."""


class Commit(NamedTuple):
    """A commit to be written.

    Attributes:
        branch: its name; a branch has one commit.
        parent: branch that it starts from; empty for a first commit.
        files: everything in it.
    """

    branch: str
    parent: str
    files: Files


@dataclass(frozen=True)
class Merged:
    """What `git merge` did.

    Attributes:
        is_clean: whether it made a merge commit without asking anything.
        said: its words.
        files: what lies in the working tree afterwards.
    """

    is_clean: bool
    said: str
    files: Files

    @property
    def conflicts(self) -> list[str]:
        """Kinds of conflicts that git names: `content`, `add/add`, `file location`, ..."""
        lines = [line for line in self.said.splitlines() if line.startswith("CONFLICT")]
        return sorted({line.partition("(")[2].partition(")")[0] for line in lines})


@dataclass(frozen=True)
class Repository:
    """A repository with a working tree."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> "Repository":
        """An empty one."""
        root.mkdir(parents=True)
        made = cls(root)
        made._git("init", "--quiet", "--initial-branch=main")
        return made

    def write(self, commits: Sequence[Commit]) -> None:
        """Write commits; parents come before their children."""
        self._git("fast-import", "--quiet", stdin=b"".join(map(_imported, commits)))

    def merge(self, ours: str, theirs: str, *settings: str) -> Merged:
        """Check one branch out and merge another into it.

        Args:
            ours: is checked out; the branch itself stays where it is.
            theirs: is merged.
            settings: of git, `name=value`.
        """
        self._git("checkout", "--quiet", "--force", "--detach", ours)
        chosen = [part for setting in settings for part in ("-c", setting)]
        done = subprocess.run(
            ["git", *chosen, "merge", "--no-edit", "--quiet", theirs],
            cwd=self.root,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        return Merged(done.returncode == 0, done.stdout + done.stderr, self._files())

    def _files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for folder in self.root.iterdir()
            if folder.name != ".git"
            for path in ([folder] if folder.is_file() else folder.rglob("*"))
            if path.is_file()
        }

    def _git(self, *argv: str, stdin: bytes = b"") -> None:
        subprocess.run(
            ["git", *argv], cwd=self.root, env=self._environment(), input=stdin, check=True
        )

    @staticmethod
    def _environment() -> dict[str, str]:
        return {"PATH": os.environ["PATH"], **_NOBODY}


def _imported(commit: Commit) -> bytes:
    """A commit in the language of `git fast-import`, which writes hundreds of them at once."""
    lines = [
        f"commit refs/heads/{commit.branch}",
        "committer Somebody <somebody@example.org> 1764000000 +0000",
        "data 0",
        *([f"from refs/heads/{commit.parent}"] if commit.parent else []),
        "deleteall",
    ]
    parts = ["\n".join(lines).encode() + b"\n"]
    for path, content in commit.files.items():
        parts.append(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
    return b"".join(parts)

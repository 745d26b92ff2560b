"""A workspace in a git repository, whose purchases are receipts that nobody paid for."""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.lock_files import LockFolder, LockWriter
from pipeline.adapters.places import REAL, find_places
from pipeline.commands.loading import load, open_workspace
from pipeline.domain.history import Filed, fold
from pipeline.planning.decide import Facts
from pipeline.planning.expand import expand
from pipeline.planning.plan import make_plan
from tests.functional.workspace import Workspace
from tests.unit.planning.shop import buy

NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_AUTHOR_DATE": "2026-11-20T12:00:00Z",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_DATE": "2026-11-20T12:00:00Z",
}
"""Nothing of the developer's own settings takes part, and commits have the same ids each time."""


@dataclass(frozen=True)
class Clone:
    """A git repository; the workspace may be a folder of it."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> "Clone":
        """An empty one on branch `main`."""
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        made.git("init", "--quiet", "--initial-branch=main")
        return made

    def git(self, *argv: str, stdin: bytes = b"") -> str:
        """Run git; returns what it says, without the last line break."""
        done = subprocess.run(
            ["git", *argv],
            cwd=self.root,
            env={"PATH": os.environ["PATH"], **NOBODY},
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().removesuffix("\n")

    def commit(self, message: str = "change") -> str:
        """Commit all that lies there; returns the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, at: str = "HEAD") -> None:
        """Start a branch and go there."""
        self.git("checkout", "--quiet", "-b", name, at)

    def go(self, name: str) -> None:
        """Go to a branch."""
        self.git("checkout", "--quiet", name)


def purchase(
    workspace: Workspace, name: str, *, run: str = "r-1", steps: slice = slice(None)
) -> int:
    """File receipts as if a run had bought what a campaign wants; returns how many pictures."""
    places, shared = open_workspace(workspace.root)
    subject = load(places, shared, name).subject
    assert subject is not None
    history = fold(_filed(workspace))
    plan = make_plan(
        subject.campaign,
        subject.card,
        expand(subject.campaign, subject.card, realm=REAL, engine=None),
        Facts(history),
        realm=REAL,
        limits=(),
    )
    at = f"2026-11-20T12:00:{len(history.attempts):02}Z"
    filed = buy(plan, at=at, steps=steps)
    write(workspace, name, filed, run=run)
    return sum(len(receipt.order.cells) for _, receipt in filed)


def write(workspace: Workspace, name: str, filed: Iterable[Filed], *, run: str) -> None:
    """File receipts in a campaign's lock."""
    writer = LockWriter(workspace.lock(name), run=run, day="20261120")
    writer.append([receipt for _, receipt in filed])
    writer.close()


def _filed(workspace: Workspace) -> Iterable[Filed]:
    places = find_places(workspace.root)
    for name in places.lock_names(REAL):
        receipts, _ = LockFolder(places.lock(REAL, name), shown_as=name).read()
        yield from (Filed(name, receipt) for receipt in receipts)

"""The power is cut while the ledger is being written, and a part of its log is lost.

SQLite appends each commit to the log and syncs it before anybody is told that it is done. So what
may be lost is the last commit of which nobody was told: all of it, or any part of its end.
"""

import itertools
from dataclasses import dataclass

import pytest

from tests.functional.provider import Provider
from tests.functional.workspace import FAST_ACCOUNT, Workspace
from tests.processes.left import Left
from tests.processes.program import Program
from tests.processes.vendor import assert_nothing_leaked, see_through

pytestmark = pytest.mark.slow

RUN = ("run", "winter", "--yes", "--events")
COST = 80_000
KILLED = -9


@dataclass(frozen=True)
class Death:
    """What a killed run left, and how long the ledger's log was after each commit."""

    left: Left
    sizes: list[int]

    def ways_to_cut(self) -> list[int]:
        """Lengths to which an honest disk may have shortened the log."""
        *_, before, after = [0, *self.sizes]
        return sorted({before, before + 1, (before + after) // 2, after - 1, after})


@pytest.fixture
def die(tmp_path, shared_time):
    """Run a campaign and die at a commit of the ledger: a number, or a state that it notes.

    None where there are not so many commits.
    """

    def dying(commit: int | str) -> Death | None:
        folder = tmp_path / f"dead-{commit}"
        workspace = Workspace.make(folder / "shop", shared=f"{FAST_ACCOUNT}\nexclusive: true")
        workspace.campaign(pictures=(1, 2))
        notes = folder / "notes"
        with Provider(folder / "provider") as provider:
            how = {
                "cwd": workspace.root,
                "environment": {**provider.environment, **shared_time.environment},
                "module": "tests.processes.dying",
            }
            with Program(str(commit), str(notes), "pipeline", *RUN, **how) as life:
                if life.ended().code != KILLED:
                    return None
        sizes = [int(line) for line in notes.read_text().split()]
        return Death(Left(folder, provider.realm), sizes)

    return dying


@pytest.fixture
def come_back(tmp_path, here, shared_time):
    """The morning after a power cut: run and reconcile on a copy of what was left."""
    numbers = itertools.count(1)

    def coming_back(death: Death, size: int) -> None:
        left = death.left.copy(tmp_path / f"back-{next(numbers)}")
        with left.log.open("r+b") as log:
            log.truncate(size)
        with left.served() as provider:
            see_through(here, shared_time, left.workspace, provider)
            assert_nothing_leaked(here, left.workspace, provider)
            assert provider.bill() == COST

    return coming_back


@pytest.mark.parametrize(
    ("commits", "at_least"),
    [
        pytest.param((8,), 1, id="one"),
        pytest.param(itertools.count(1), 8, id="all", marks=pytest.mark.torture),
    ],
)
def test_cut_anywhere_in_what_was_not_synced_nothing_is_forgotten(
    die, come_back, commits, at_least
):
    tried = 0
    for commit in commits:
        death = die(commit)
        if death is None:
            break
        for size in death.ways_to_cut():
            come_back(death, size)
        tried += 1
    assert tried >= at_least, "there were not even so many commits"


@pytest.fixture
def nothing_twice(tmp_path, here):
    """The morning after, on a disk that lied: the request is found, or in doubt, not repeated."""
    numbers = itertools.count(1)

    def coming_back(death: Death, size: int) -> None:
        left = death.left.copy(tmp_path / f"lied-{next(numbers)}")
        with left.log.open("r+b") as log:
            log.truncate(size)
        with left.served() as provider:
            code = here(provider, *RUN, root=left.workspace.root).code
            (books,) = here(provider, "status", "--json", root=left.workspace.root).document[
                "campaigns"
            ]
            assert provider.bill() == COST, f"cut to {size} bytes, it was sent again"
            assert code in {0, 6}
            assert books["charged" if code == 0 else "in_doubt"] == COST

    return coming_back


def test_cut_deeper_than_an_honest_disk_would_nothing_is_bought_twice(die, nothing_twice):
    """Some disks say that they have synced and have not; then commits are gone that were relied on.

    The run died when its only request was answered. Wherever its log is cut, the provider's history
    knows of the request, and the key is this workspace's alone.
    """
    death = die("submitted")
    for size in (0, *death.sizes):
        nothing_twice(death, size)

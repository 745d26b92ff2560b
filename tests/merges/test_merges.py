"""Branches that both ran a campaign are merged by git: no conflict, no fact lost, each cent once.

`make test` merges 150 random pairs of branches, and `make torture` 350 more, each with `git merge`
itself, under the `.gitattributes` of this project.
"""

from pathlib import Path
from random import Random

import pytest

from pipeline.adapters.lock_files import LockFolder
from pipeline.adapters.places import REAL, Places
from pipeline.commands.books import Books
from pipeline.commands.init import init
from pipeline.domain.history import Filed, History, fold
from pipeline.domain.receipts import Charge, Failed, Gen, Receipt, write
from tests.functional.workspace import manifest
from tests.merges.histories import CAMPAIGN, Author, Branch, rename
from tests.merges.repository import ROOT, Commit, Files, Repository
from tests.support.campaigns import picture_bytes
from tests.support.slices import torture_but
from tests.unit.domain import samples

pytestmark = pytest.mark.slow

GROUPS, MERGES = 10, 50
RENAMES = range(1000, 1020)
NEW_NAME = "summer"
ASKING, FOLLOWING, STAYING = (
    f"merge.directoryRenames={answer}" for answer in ("conflict", "true", "false")
)
"""What git does with a file that one side adds to a folder that the other renamed; it asks, unless
it is told otherwise, or sees no rename."""


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> Files:
    """A new repository: what `campaign init` makes, and how this project has git treat it."""
    folder = tmp_path_factory.mktemp("new")
    init(CAMPAIGN, None, start=folder)
    (folder / "campaigns" / CAMPAIGN / "campaign.yaml").write_text(manifest(CAMPAIGN), "utf-8")
    attributes = folder / ".gitattributes"
    if not attributes.exists():
        attributes.write_bytes((ROOT / ".gitattributes").read_bytes())
    made = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return made | {f"campaigns/{CAMPAIGN}/images/p001.jpg": picture_bytes(1)}


@pytest.fixture
def repository(tmp_path) -> Repository:
    return Repository.make(tmp_path / "repository")


@pytest.fixture
def author(tmp_path):
    """Makes up histories from a seed."""

    def seeded(seed: int) -> Author:
        desk = tmp_path / f"desk-{seed}"
        desk.mkdir()
        return Author(Random(seed), desk)  # noqa: S311 (no secret: the seed repeats a failure)

    return seeded


def two_branches(author: Author, start: Files) -> tuple[Branch, Branch, Branch]:
    """A past, and two branches from it that ran the same campaign without knowing of each other."""
    past = Branch(dict(start))
    if author.dice.random() < 0.8:
        author.live(past, most=4)
    ours, theirs = past.fork(), past.fork()
    author.live(ours, most=5)
    author.live(theirs, most=5)
    if author.dice.random() < 0.3:
        author.pick_from(theirs, ours)
    return past, ours, theirs


def commits(name: str, past: Files, ours: Files, theirs: Files) -> list[Commit]:
    """Two branches and where they fork."""
    return [
        Commit(f"{name}/fork", "", past),
        Commit(f"{name}/ours", f"{name}/fork", ours),
        Commit(f"{name}/theirs", f"{name}/fork", theirs),
    ]


def read_back(files: Files, folder: Path) -> list[Filed]:
    """Receipts of all campaigns of a tree, as the program reads them."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return [
        Filed(campaign.name, receipt)
        for campaign in sorted((folder / "campaigns").iterdir())
        for receipt in LockFolder(campaign / "lock", shown_as="lock").read()[0]
    ]


def facts(*sides: list[Receipt]) -> set[str]:
    """What some branches know, each fact once."""
    return {write(receipt) for side in sides for receipt in side}


def charged(history: History) -> int:
    """What a history says was charged, in micro-dollars."""
    return sum(money.charged for money in history.attempts.values() if not money.in_doubt)


def counted_by_hand(*sides: list[Receipt]) -> int:
    """What attempts cost, each once: its rows of the bill, else its quote; without `fold`."""
    receipts = [receipt for side in sides for receipt in side]
    rows = {(r.attempt, r.row): r.amount for r in receipts if isinstance(r, Charge)}
    billed = {attempt for attempt, _ in rows}
    quotes = {r.order.attempt: r.order.quote for r in receipts if isinstance(r, Gen | Failed)}
    return sum(rows.values()) + sum(quotes[a] for a in quotes.keys() - billed)


@pytest.mark.parametrize("group", torture_but(range(3), range(GROUPS)))
def test_500_merges_of_branches_that_both_ran_the_campaign(
    repository, author, start, tmp_path, group
):
    branches = {
        seed: two_branches(author(seed), start)
        for seed in range(group * MERGES, (group + 1) * MERGES)
    }
    repository.write(
        commit
        for seed, branches_of in branches.items()
        for commit in commits(f"{seed}", *(branch.files for branch in branches_of))
    )
    for seed, (_, ours, theirs) in branches.items():
        merged = repository.merge(f"{seed}/ours", f"{seed}/theirs")
        assert merged.is_clean, (seed, merged.said)
        assert merged.files.keys() == ours.files.keys() | theirs.files.keys(), seed

        found = read_back(merged.files, tmp_path / f"merged-{seed}")
        assert facts([receipt for _, receipt in found]) == facts(ours.receipts, theirs.receipts)
        history = fold(found)
        union = [Filed(CAMPAIGN, receipt) for receipt in (*ours.receipts, *theirs.receipts)]
        assert history == fold(union), seed
        assert charged(history) == counted_by_hand(ours.receipts, theirs.receipts), seed


# Beside those 500: what git asks about, and what it does then


@pytest.mark.parametrize("answer", [ASKING, FOLLOWING, STAYING])
def test_a_campaign_that_one_side_renamed_loses_nothing(
    repository, author, start, tmp_path, answer
):
    """Git asks where new files belong, and only that; whatever the answer, all facts are there."""
    for seed in RENAMES:
        past, ours, theirs = two_branches(author(seed), start)
        trees = (past.files, rename(ours.files, NEW_NAME), theirs.files)
        repository.write(commits(f"{seed}", *trees))
        for one, other in (("ours", "theirs"), ("theirs", "ours")):
            merged = repository.merge(f"{seed}/{one}", f"{seed}/{other}", answer)
            if answer == ASKING:
                assert set(merged.conflicts) <= {"file location"}, (seed, merged.said)
            else:
                assert merged.is_clean, (seed, merged.said)
            found = read_back(merged.files, tmp_path / f"merged-{seed}-{one}")
            both = (ours.receipts, theirs.receipts)
            assert facts([receipt for _, receipt in found]) == facts(*both), seed
            assert charged(fold(found)) == counted_by_hand(*both), seed


@pytest.fixture
def one_behind(repository, author, start):
    """A merge of a run's file as it is now with the same file as it was while the run went on."""
    filed = [samples.gen(samples.order(f"a-{number}")) for number in range(3)]
    name, whole = author(0).lock_file([[receipt] for receipt in filed])
    part = b"".join(whole.splitlines(keepends=True)[:2])  # the header and the first receipt
    path = f"campaigns/{CAMPAIGN}/lock/{name}"
    repository.write(commits("run", start, {**start, path: part}, {**start, path: whole}))
    return repository.merge("run/ours", "run/theirs"), filed


def test_a_file_of_which_one_branch_has_less_is_read_whole(one_behind, tmp_path):
    merged, filed = one_behind
    found = read_back(merged.files, tmp_path / "merged")
    assert facts([receipt for _, receipt in found]) == facts(filed)
    assert charged(fold(found)) == counted_by_hand(filed)


def test_a_file_of_which_one_branch_has_less_is_merged_without_a_conflict(one_behind):
    merged, _ = one_behind
    assert merged.is_clean, merged.said


def test_receipts_in_a_folder_whose_manifest_is_gone_still_count(start, author, tmp_path):
    """As when git leaves the other side's first lock file in the old folder, and says nothing."""
    receipt = samples.gen(samples.order("a-1"))
    name, content = author(0).lock_file([[receipt]])
    root = tmp_path / "tree"
    read_back({**rename(start, NEW_NAME), f"campaigns/{CAMPAIGN}/lock/{name}": content}, root)
    books = Books(Places(root, root / ".campaign"), REAL)
    assert charged(books.history()) == receipt.order.quote

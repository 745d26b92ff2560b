"""Branches on which a campaign was run, at random: what each run filed, and what else was done.

The receipts are made up; the lock files that hold them are written by the program itself.
"""

import asyncio
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pipeline.adapters.lock_files import LockFiles
from pipeline.domain.money import MicroUsd
from pipeline.domain.receipts import (
    Charge,
    Doubt,
    Failed,
    Gen,
    Match,
    Order,
    Receipt,
    Use,
    Waive,
    attempt_of,
    read,
)
from tests.merges.repository import Files
from tests.support.campaigns import picture_bytes
from tests.unit.domain import samples

CAMPAIGN = "winter"
PICTURES = range(1, 7)
"""Few, so that both branches often want the same ones."""


@dataclass
class Branch:
    """A branch under way.

    Attributes:
        files: what its next commit holds.
        receipts: all that were filed on it or before it branched off.
    """

    files: dict[str, bytes]
    receipts: list[Receipt] = field(default_factory=list)

    def fork(self) -> "Branch":
        """Another branch from here."""
        return Branch(dict(self.files), list(self.receipts))

    @property
    def orders(self) -> dict[str, Order]:
        """What each attempt on it asked for."""
        return {r.order.attempt: r.order for r in self.receipts if isinstance(r, _WITH_ORDER)}

    def attempts(self, *kinds: type) -> list[str]:
        """Attempts of which it has a receipt of some kinds."""
        return sorted({attempt_of(r) for r in self.receipts if isinstance(r, kinds)})


_WITH_ORDER = Gen | Failed | Doubt
_SETTLED = (Gen, Failed, Waive)


@dataclass
class Author:
    """Makes up what happens on branches.

    Attributes:
        dice: decides; the same seed tells the same story.
        desk: an empty folder to write lock files in.
    """

    dice: Random
    desk: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def live(self, branch: Branch, *, most: int) -> None:
        """Let up to so many things happen on a branch."""
        habits = (self.run, self.run, self.run, self.add_picture, self.resolve_badly, self.copy)
        for _ in range(self.dice.randint(1, most)):
            self.dice.choice(habits)(branch)

    def run(self, branch: Branch) -> None:
        """Run the campaign: file some receipts in a lock file of this run's own."""
        filed: list[list[Receipt]] = []
        for _ in range(self.dice.randint(1, 4)):
            receipts = self.dice.choice(_HAPPENINGS)(self, branch)
            branch.receipts += receipts
            filed.append(receipts)
        name, content = self.lock_file([one for one in filed if one])
        if content:
            branch.files[f"campaigns/{CAMPAIGN}/lock/{name}"] = content

    def add_picture(self, branch: Branch) -> None:
        """Add a picture to the campaign's folder; another branch may add the same one."""
        number = self.dice.randint(len(PICTURES) + 1, len(PICTURES) + 4)
        branch.files[f"campaigns/{CAMPAIGN}/images/p{number:03}.jpg"] = picture_bytes(number)

    def copy(self, branch: Branch) -> None:
        """Keep a copy of a lock file beside it, as people do."""
        for path in self.dice.sample(_locks(branch.files), k=min(1, len(_locks(branch.files)))):
            branch.files[path.replace(".jsonl", "-copy.jsonl")] = branch.files[path]

    def resolve_badly(self, branch: Branch) -> None:
        """Commit a file in which two lock files stand between conflict markers."""
        locks = _locks(branch.files)
        if len(locks) < 2:  # nothing to be in conflict
            return
        ours, theirs = (branch.files[path] for path in self.dice.sample(locks, k=2))
        parts = (b"<<<<<<< HEAD\n", ours, b"=======\n", theirs, b">>>>>>> some branch\n")
        name = f"20261121-r-{next(self._numbers):04}.jsonl"
        branch.files[f"campaigns/{CAMPAIGN}/lock/{name}"] = b"".join(parts)

    def pick_from(self, other: Branch, branch: Branch) -> None:
        """Take a file of another branch over as it is, as `git cherry-pick` does."""
        new = sorted(path for path in other.files if path not in branch.files)
        for path in self.dice.sample(new, k=min(1, len(new))):
            branch.files[path] = other.files[path]
            branch.receipts += receipts_in(other.files[path]) if path in _locks(other.files) else []

    def lock_file(self, filed: Sequence[Sequence[Receipt]]) -> tuple[str, bytes]:
        """Name and content of the lock file of a run that filed these, group by group."""
        run, day = f"r-{next(self._numbers):04}", f"202611{self.dice.randint(20, 22)}"
        files = LockFiles(lambda _campaign: self.desk, run=run, day=day)

        async def work() -> None:
            for receipts in filed:
                await files.file(CAMPAIGN, receipts)

        asyncio.run(work())
        files.close()
        path = self.desk / f"{day}-{run}.jsonl"
        return path.name, path.read_bytes() if path.exists() else b""

    # What a run may file

    def buy(self, branch: Branch) -> list[Receipt]:
        """Buy some pictures, whether or not anybody bought them before."""
        cells = self.dice.sample(PICTURES, k=self.dice.randint(1, 3))
        order = samples.order(f"a-{next(self._numbers):04}", cells=cells)
        return [self._end(order, may_be_doubt=True)]

    def end_doubt(self, branch: Branch) -> list[Receipt]:
        """Find out about an attempt in doubt; other branches find out for themselves."""
        open_doubts = sorted(set(branch.attempts(Doubt)) - set(branch.attempts(*_SETTLED)))
        return [
            self._end(branch.orders[attempt], may_be_doubt=False)
            for attempt in self.dice.sample(open_doubts, k=min(1, len(open_doubts)))
        ]

    def bill(self, branch: Branch) -> list[Receipt]:
        """Book rows of the bill: the rows of an attempt are the same on every branch."""
        settled = branch.attempts(*_SETTLED)
        rows: list[Receipt] = []
        for attempt in self.dice.sample(settled, k=min(2, len(settled))):
            quote = branch.orders[attempt].quote
            rows.append(Charge(attempt, f"taken-{attempt}", quote, samples.AT))
            if self.dice.random() < _SOMETIMES:
                back = MicroUsd(-quote)
                rows.append(Charge(attempt, f"back-{attempt}", back, samples.LATER))
        return rows

    def match(self, branch: Branch) -> list[Receipt]:
        """Say which output of a delivery is whose."""
        delivered = branch.attempts(Gen)
        found: list[Receipt] = []
        for attempt in self.dice.sample(delivered, k=min(1, len(delivered))):
            cells = [cell.key for cell in branch.orders[attempt].cells]
            self.dice.shuffle(cells)
            how = self.dice.choice(("assumed", "content", "person"))
            found.append(Match(attempt, self._moment(), tuple(cells), how, 90))
        return found

    def use(self, branch: Branch) -> list[Receipt]:
        """Use a picture that another campaign bought."""
        number = self.dice.choice(PICTURES)
        cell, shown = samples.cell(number), samples.output(200 + number)
        return [Use("a-other", self._moment(), cell, samples.recipe(), shown, samples.AT)]

    def _end(self, order: Order, *, may_be_doubt: bool) -> Receipt:
        ends: list[Receipt] = [
            samples.gen(order, at=self._moment()),
            samples.gen(order, at=self._moment(), outputs=[300]),
            samples.failed(order, at=self._moment()),
            Waive(order.attempt, self._moment(), "proof", "it never arrived"),
        ]
        if may_be_doubt:
            ends[-1] = samples.doubt(order, at=self._moment())
        return self.dice.choice(ends)

    def _moment(self) -> str:
        return f"2026-11-22T{self.dice.randint(0, 23):02}:00:00Z"


_SOMETIMES = 0.3
_HAPPENINGS = (Author.buy, Author.buy, Author.end_doubt, Author.bill, Author.match, Author.use)


def rename(files: Files, new: str) -> dict[str, bytes]:
    """The same files after `git mv` of the campaign's folder, and the new name in its manifest."""
    renamed = {
        path.replace(f"campaigns/{CAMPAIGN}/", f"campaigns/{new}/"): content
        for path, content in files.items()
    }
    manifest = f"campaigns/{new}/campaign.yaml"
    old_name, new_name = f"campaign: {CAMPAIGN}".encode(), f"campaign: {new}".encode()
    return renamed | {manifest: renamed[manifest].replace(old_name, new_name)}


def receipts_in(content: bytes) -> list[Receipt]:
    """Receipts of a lock file, read without the program's own reader of files."""
    return [read(json.loads(line)) for line in content.splitlines() if b'"kind"' in line]


def _locks(files: Files) -> list[str]:
    return sorted(path for path in files if path.endswith(".jsonl"))

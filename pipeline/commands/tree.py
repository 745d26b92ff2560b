"""Where campaigns are read from, and the receipts that stand there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.adapters.lock_files import read_lines
from pipeline.adapters.review_files import read_stored
from pipeline.domain.diagnostics import Problem
from pipeline.domain.difference import LostReceipt, Point
from pipeline.domain.history import Filed
from pipeline.domain.picture import PictureFacts
from pipeline.domain.receipts import Foreign, Receipt, attempt_of, write
from pipeline.domain.verdicts import Verdict
from pipeline.manifest.files import Listing

Facts = Mapping[str, PictureFacts | str]
"""What pictures are, or why they cannot be read, by path."""


class Files(Protocol):
    """Where campaigns are read from. Paths are relative to the workspace, with `/`."""

    def text(self, path: str) -> str | None:
        """A file's text as the reader of manifests takes it, None if there is none."""
        ...

    def parent(self, below: str) -> str | None:
        """Text of a file that a manifest extends, by its path below `campaigns/`.

        None if there is none, or if a link to it leads out of `campaigns/`.
        """
        ...

    def shown(self, path: str) -> str:
        """A path as messages show it."""
        ...

    def listing(self, name: str) -> Listing:
        """What lies below a campaign's folder."""
        ...

    def facts(self, name: str, paths: Sequence[str]) -> Facts:
        """What pictures of a campaign are, by their paths below its folder."""
        ...


class Tree(Files, Protocol):
    """A side of a comparison."""

    @property
    def point(self) -> Point:
        """Which side of a comparison it is."""
        ...

    @property
    def pointers(self) -> int:
        """Pictures that were known by their Git LFS pointers alone, so far."""
        ...

    def names(self) -> Sequence[str]:
        """Names of all campaigns, sorted."""
        ...

    def locks(self) -> Iterator[tuple[str, str, bytes]]:
        """All files of receipts: campaign, name for messages, content."""
        ...

    def reviews(self) -> Iterator[tuple[str, str, bytes]]:
        """All files of verdicts, as above."""
        ...


@dataclass(slots=True)
class Receipts:
    """Reads locks, each content once, wherever and on whichever side it stands.

    Attributes:
        warnings: what was odd but harmless.
    """

    warnings: list[Problem] = field(default_factory=list)
    _contents: dict[str, list[tuple[str, str, bytes]]] = field(default_factory=dict)
    _parsed: dict[bytes, list[Receipt]] = field(default_factory=dict)

    def of(self, tree: Tree) -> list[Filed]:
        """All receipts of a side, each under the campaign in whose lock it stands."""
        return [
            Filed(name, receipt)
            for name, shown, content in self._files(tree)
            for receipt in self._read(content, shown)
        ]

    def verdicts(self, tree: Tree) -> dict[str, list[Verdict]]:
        """All verdicts of a side, by campaign."""
        found: dict[str, list[Verdict]] = {}
        for name, shown, content in tree.reviews():
            found.setdefault(name, []).extend(read_stored(content, shown, self.warnings))
        return found

    def missing(self, base: Tree, head: Tree) -> list[Filed]:
        """Receipts that base has and head has not; one that was edited counts as missing."""
        there = {content for _, _, content in self._files(head)}
        suspects = [one for one in self._files(base) if one[2] not in there]
        if not suspects:
            return []
        kept = {write(receipt) for _, receipt in self.of(head)}
        return [
            Filed(name, receipt)
            for name, shown, content in suspects
            for receipt in self._read(content, shown)
            if write(receipt) not in kept
        ]

    def _files(self, tree: Tree) -> list[tuple[str, str, bytes]]:
        key = f"{tree.point.commit} {tree.point.is_worktree}"
        if key not in self._contents:
            self._contents[key] = list(tree.locks())
        return self._contents[key]

    def _read(self, content: bytes, shown: str) -> list[Receipt]:
        if content not in self._parsed:
            self._parsed[content] = list(read_lines(content, shown, self.warnings))
        return self._parsed[content]


def as_lost(filed: Filed) -> LostReceipt:
    """A missing receipt as it is shown."""
    receipt = filed.receipt
    which = receipt.prediction if isinstance(receipt, Foreign) else attempt_of(receipt)
    return LostReceipt(filed.campaign, type(receipt).__name__.lower(), which)

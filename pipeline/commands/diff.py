"""`campaign diff`: what merging a change costs now, what it discards, and which rules it breaks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.adapters.git import Objects, Repository, no_merge_base
from pipeline.adapters.places import Places, find_places
from pipeline.commands.loading import open_workspace
from pipeline.commands.tree import Receipts, Tree, as_lost
from pipeline.commands.trees import CommitTree, WorkingTree, load_side, measuring
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.difference import Diff, Point
from pipeline.domain.exit_codes import DONE, REFUSED, USAGE
from pipeline.domain.history import Filed
from pipeline.domain.receipts import write
from pipeline.domain.review_budget import Rule
from pipeline.planning.diff import Around, compare
from pipeline.planning.wishes import Side
from pipeline.reporting.diff_json import diff_document
from pipeline.reporting.diff_markdown import COMMENT_LIMIT, diff_markdown
from pipeline.reporting.diff_text import diff_text

WORKTREE = "the working tree"


@dataclass(frozen=True, slots=True)
class Compared:
    """A change, judged.

    Attributes:
        diff: what it costs and discards.
        full_at: where the whole report is, for one that has to be cut; empty for nowhere.
        warnings: about head's manifests and about locks.
    """

    diff: Diff
    full_at: str
    warnings: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """For a terminal; never cut."""
        return diff_text(self.diff)

    @property
    def markdown(self) -> str:
        """For a comment; cut below a host's limit."""
        return diff_markdown(self.diff, most=COMMENT_LIMIT, full_at=self.full_at)

    def document(self) -> Mapping[str, object]:
        """For machines; never cut."""
        return diff_document(self.diff)

    @property
    def exit_code(self) -> int:
        """0, or 3 where a rule fails the review."""
        return REFUSED if self.diff.failed else DONE

    def save(self, folder: Path) -> None:
        """Write all three forms into a folder, which is made if need be.

        Raises:
            OSError: it cannot be written to.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "diff.txt").write_text(self.text, "utf-8")
        (folder / "diff.md").write_text(self.markdown, "utf-8")
        document = json.dumps(self.document(), indent=2, ensure_ascii=False)
        (folder / "diff.json").write_text(f"{document}\n", "utf-8")


def diff(revisions: str, *, fail_on: Sequence[str], full_at: str, start: Path) -> Compared:
    """Compare campaigns of two commits, or of a commit and the working tree.

    Args:
        revisions: `BASE`, which is compared with the working tree; `BASE..HEAD`; or `BASE...HEAD`,
            which compares HEAD with the commit where it left BASE. A side left out is `HEAD`.
        fail_on: names of rules whose failing fails the review; empty for the usual ones.
        full_at: where the whole report will be.
        start: the working directory.

    Raises:
        CampaignError: exit 2, a manifest on either side has errors, or something is not in this
            clone; exit 12, a lock is damaged or from a newer program.
    """
    places = _places(start)
    repository = Repository(places.root)
    chosen = points(revisions, repository)
    with repository.objects() as objects:
        return _Comparison(places, repository, objects).of(chosen, fail_on, full_at)


def _places(start: Path) -> Places:
    """Where things lie; a broken workspace file is reported with everything else."""
    try:
        return open_workspace(start)[0]
    except CampaignError:
        return find_places(start)


class Chosen(NamedTuple):
    """What to compare.

    Attributes:
        base: one side.
        head: the other.
        onto: tip of what is merged into, where `base` is the commit at which head left it.
        fork: where the two histories part, None if they never meet.
    """

    base: Point
    head: Point
    onto: Point | None
    fork: str | None


def points(revisions: str, repository: Repository) -> Chosen:
    """What a user means: `BASE`, against the working tree; `BASE..HEAD`; `BASE...HEAD`.

    Raises:
        CampaignError: exit 2; a revision is unknown, or the two of `...` never meet.
    """
    dots = next((dots for dots in ("...", "..") if dots in revisions), "")
    named, _, other = revisions.partition(dots) if dots else (revisions, "", "")
    named, other = named or "HEAD", other or "HEAD"
    tip = Point(named, repository.commit(named))
    head = Point(other if dots else WORKTREE, repository.commit(other), is_worktree=not dots)
    fork = repository.merge_base(tip.commit, head.commit)
    if dots != "...":
        return Chosen(tip, head, None, fork)
    if fork is None:
        problem = no_merge_base(named, other, is_shallow=repository.is_shallow)
        raise CampaignError(USAGE, [problem])
    return Chosen(Point(fork[:10], fork), head, tip, fork)


class _Comparison:
    """Reads two sides and holds one against the other."""

    def __init__(self, places: Places, repository: Repository, objects: Objects) -> None:
        self._places = places
        self._repository = repository
        self._objects = objects
        self._measuring = measuring(places, repository)
        self._receipts = Receipts()

    def of(self, chosen: Chosen, fail_on: Sequence[str], full_at: str) -> Compared:
        """Compare."""
        trees = self._tree(chosen.base), self._tree(chosen.head)
        base, head, warnings = self._sides(*trees)
        around = self._around(chosen, *trees)
        rules = self._rules(fail_on, base, head)
        found = compare(base, head, around=around, fail_on=rules)
        return Compared(found, full_at, (*warnings, *self._receipts.warnings))

    def _tree(self, point: Point) -> Tree:
        if point.is_worktree:
            return WorkingTree(self._places, point, self._measuring)
        return CommitTree(self._repository, self._objects, point, self._measuring)

    def _sides(self, base: Tree, head: Tree) -> tuple[Side, Side, list[Problem]]:
        old = load_side(base, self._receipts)
        new = load_side(head, self._receipts, like=old.side)
        if old.side is None or new.side is None:
            errors = [problem for problem in old.problems if problem.is_error]
            raise CampaignError(USAGE, [*errors, *new.problems])
        return old.side, new.side, list(new.problems)

    def _around(self, chosen: Chosen, base: Tree, head: Tree) -> Around:
        gone = self._receipts.missing(base, head)
        lost = gone if chosen.onto is not None else self._known_at(chosen.fork, gone)
        onto = [] if chosen.onto is None else self._receipts.of(self._tree(chosen.onto))
        return Around(
            filed=onto,
            lost=tuple(map(as_lost, lost)),
            behind=len(gone) - len(lost),
            has_moved=chosen.fork != chosen.base.commit,
            pointers=base.pointers + head.pointers,
        )

    def _known_at(self, fork: str | None, gone: Sequence[Filed]) -> Sequence[Filed]:
        """Those that were there when head branched off: merging keeps what came later.

        Where nobody knows when that was, all of them: rather a false alarm than a lost receipt.
        """
        if not gone or fork is None:
            return gone
        then = self._receipts.of(self._tree(Point(fork[:10], fork)))
        known = {write(receipt) for _, receipt in then}
        return [one for one in gone if write(one.receipt) in known]

    @staticmethod
    def _rules(fail_on: Sequence[str], base: Side, head: Side) -> Sequence[Rule]:
        always = (Rule.LOST_RECEIPTS, Rule.CAPS, Rule.PRICES)
        known = {*base.workspace.rules.limited, *head.workspace.rules.limited, *always}
        chosen = tuple(Rule(name) for name in fail_on)
        idle = [rule for rule in chosen if rule not in known]
        if idle:
            raise CampaignError(USAGE, list(map(_no_limit, idle)))
        return chosen


def _no_limit(rule: Rule) -> Problem:
    example = "[google/nano-banana-pro/edit]" if rule is Rule.FORBID_MODELS else "10.00 USD"
    example = "20%" if rule is Rule.MAX_INCREASE_PCT else example
    return Problem(
        code="M126",
        what=f"`{rule}` has no limit, so it cannot fail",
        why="`campaigns/workspace.yaml` states none under `rules`, on either side",
        fix=f"add `rules: {{{rule}: {example}}}` there, or leave the option out",
    )

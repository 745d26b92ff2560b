"""Where things lie: the workspace, its campaigns, its state and its outputs, per realm."""

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import USAGE

REAL = "real"
DRAFT = "draft"
STATE_VARIABLE = "CAMPAIGN_STATE"


@dataclass(frozen=True, slots=True)
class Places:
    """Paths of one workspace.

    Attributes:
        root: the folder that holds `campaigns/`.
        state: the folder of ledgers, stores and caches; shared by all worktrees of a repository.
    """

    root: Path
    state: Path

    @property
    def campaigns(self) -> Path:
        """The folder of all campaigns."""
        return self.root / "campaigns"

    @property
    def workspace_file(self) -> Path:
        """What all campaigns share."""
        return self.campaigns / "workspace.yaml"

    @property
    def cache(self) -> Path:
        """What is known of files; may start over at any time."""
        return self.state / "cache.sqlite3"

    @property
    def has_drafts(self) -> bool:
        """Whether the embedded provider was ever asked for anything."""
        return (self.of_realm(DRAFT) / "provider").is_dir()

    def campaign(self, name: str) -> Path:
        """The folder of a campaign."""
        return self.campaigns / name

    def names(self) -> list[str]:
        """Names of all campaigns, sorted."""
        return sorted(
            entry.name for entry in self.campaigns.iterdir() if (entry / "campaign.yaml").is_file()
        )

    def of_realm(self, realm: str) -> Path:
        """The state folder of a realm."""
        return self.state if realm == REAL else self.state / realm

    def lock(self, realm: str, name: str) -> Path:
        """Where the receipts of a campaign are filed; under git for real money."""
        if realm == REAL:
            return self.campaign(name) / "lock"
        return self.of_realm(realm) / "lock" / name

    def reviews(self, realm: str, name: str) -> Path:
        """Where the verdicts of a campaign lie; under git for real pictures."""
        if realm == REAL:
            return self.campaign(name) / "reviews"
        return self.of_realm(realm) / "reviews" / name

    def lock_names(self, realm: str) -> list[str]:
        """Names of all campaigns that may have receipts in a realm, sorted.

        A folder whose manifest is gone, as after a rename that git merged half, still has its own.
        """
        if realm == REAL:
            entries = self.campaigns.iterdir()
            return sorted(
                entry.name
                for entry in entries
                if (entry / "campaign.yaml").is_file() or (entry / "lock").is_dir()
            )
        folder = self.of_realm(realm) / "lock"
        return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []

    def outputs(self, realm: str, name: str) -> Path:
        """The rebuildable view of a campaign's pictures."""
        folder = self.root / "outputs" / name
        return folder if realm == REAL else folder / realm

    def shown(self, path: Path) -> str:
        """A path as messages show it: relative to the working directory where that is shorter."""
        try:
            return str(path.relative_to(Path.cwd()))
        except ValueError:
            return os.path.relpath(path) if path.is_relative_to(self.root) else str(path)


def find_places(start: Path, *, state: str | None = None) -> Places:
    """Find the workspace that a folder belongs to.

    Args:
        start: the working directory.
        state: where state lies, if the workspace says so; relative to its root. The environment
            variable `CAMPAIGN_STATE` outranks it.

    Raises:
        CampaignError: exit 2; there is no workspace here.
    """
    for folder in (start, *start.parents):
        if (folder / "campaigns").is_dir():
            return Places(folder, _state(folder, state))
    raise CampaignError(USAGE, [_no_workspace(start)])


def _state(root: Path, configured: str | None) -> Path:
    chosen = os.environ.get(STATE_VARIABLE) or configured
    if chosen:
        return root / Path(chosen).expanduser()
    return _main_worktree(root) / ".campaign"


def _main_worktree(root: Path) -> Path:
    """The folder that corresponds to the root in the repository's main worktree."""
    for folder in (root, *root.parents):
        marker = folder / ".git"
        if marker.is_dir():
            return root
        if marker.is_file():
            pointer = marker.read_text("utf-8").strip().removeprefix("gitdir:").strip()
            own = (folder / pointer).resolve()
            shared = own / "commondir"
            if not shared.is_file():
                return root
            common = (own / shared.read_text("utf-8").strip()).resolve()
            return common.parent / root.relative_to(folder)
    return root


def prepare_state(state: Path) -> None:
    """Make the state folder if it is missing; it keeps itself out of git and says what it is."""
    if (state / "README").exists():
        return
    state.mkdir(parents=True, exist_ok=True)
    (state / ".gitignore").write_text("*\n", "utf-8")
    (state / "README").write_text(
        "State of campaign-pipeline: the ledger of money under way, paid pictures by digest, and\n"
        "caches. Do not delete it: a ledger may hold charges that no receipt tells of yet.\n",
        "utf-8",
    )


def _no_workspace(start: Path) -> Problem:
    return Problem(
        code="M100",
        what="there is no workspace here",
        why=f"neither `{start}` nor any folder above it holds a folder `campaigns`",
        fix="go to your repository, or start one here: `campaign init NAME`",
    )

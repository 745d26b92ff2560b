"""Which runs are alive, and who holds a campaign: locks that die with their process."""

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.durable_files import make_folder
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import HELD


def new_id(prefix: str) -> str:
    """A name that no other has: the prefix and 12 random hex digits."""
    return f"{prefix}{secrets.token_hex(6)}"


class Runs:
    """Runs of one realm; each holds a file lock for as long as its process lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: dict[str, int] = {}

    def begin(self, run: str) -> None:
        """Become alive under this id, until the process ends."""
        make_folder(self._folder)
        handle = os.open(self._folder / f"{run}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._mine[run] = handle

    def end(self, run: str) -> None:
        """Die in good order."""
        handle = self._mine.pop(run, None)
        if handle is not None:
            (self._folder / f"{run}.lock").unlink(missing_ok=True)
            os.close(handle)

    def died(self) -> frozenset[str]:
        """Runs whose process ended in the middle and that nobody has buried yet."""
        runs = [file.stem for file in self._folder.glob("*.lock")]
        return frozenset(run for run in runs if not self.is_alive(run))

    def bury(self, runs: Iterable[str]) -> None:
        """Forget dead runs: what they may have left behind was looked for."""
        for run in runs:
            (self._folder / f"{run}.lock").unlink(missing_ok=True)

    def is_alive(self, run: str) -> bool:
        """Whether the process of a run still exists."""
        if run in self._mine:
            return True
        try:
            handle = os.open(self._folder / f"{run}.lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


@dataclass(frozen=True, slots=True)
class Hold:
    """A campaign that this process holds."""

    handle: int

    def release(self) -> None:
        """Let go of it."""
        os.close(self.handle)


def hold_campaign(folder: Path, campaign: str, *, run: str, since: str) -> Hold:
    """Hold a campaign against other runs until released or the process ends.

    Args:
        folder: of the realm's holds.
        campaign: name.
        run: this run.
        since: UTC, ISO; shown to whoever comes second.

    Raises:
        CampaignError: exit 8, naming who holds it; nothing was changed.
    """
    make_folder(folder)
    handle = os.open(folder / f"{campaign}.json", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 4096, 0)
        os.close(handle)
        raise CampaignError(HELD, [_held(campaign, holder)]) from None
    who = {"run": run, "pid": os.getpid(), "host": socket.gethostname(), "since": since}
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(who).encode(), 0)
    return Hold(handle)


def _held(campaign: str, holder: bytes) -> Problem:
    try:
        who = json.loads(holder)
        by = f"run {who['run']}, process {who['pid']} on {who['host']}, since {who['since']}"
    except (ValueError, KeyError, TypeError):
        by = "a run that has only just begun"
    return Problem(
        code="R001",
        what=f"campaign `{campaign}` is held by another run",
        why=f"it is held by {by}",
        fix="wait until that run ends, or stop it with Ctrl-C; a killed run holds nothing",
        money="nothing was charged",
    )

"""A folder that other machines see too, such as one on a shared drive, as the other side."""

import errno
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pipeline.adapters.places import Places
from pipeline.adapters.store import Store
from pipeline.adapters.transfer import CannotWriteError, Handled, copy, each
from pipeline.commands.progress import Telling
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import UNFINISHED, USAGE
from pipeline.domain.fingerprint import Sha256

COPIERS = 4
"""Objects copied at once: a shared drive answers slowly, and does not get faster by more."""
_FORBIDDEN = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def copy_all(
    digests: Iterable[Sha256], *, source: Store, target: Store, telling: Telling
) -> list[Handled]:
    """Copy objects, some at once, with progress.

    Raises:
        CampaignError: exit 2, the target cannot be written; exit 5, it is full or fails.
    """
    found = list(digests)
    work = partial(copy, source=source, target=target)
    try:
        with telling.work("pictures", len(found)) as progress:
            return list(each(work, found, workers=COPIERS, progress=progress))
    except CannotWriteError as error:
        raise _cannot_write(error) from error


def other_side(folder: Path, places: Places, *, must_be_one: bool) -> Store:
    """A folder of the user's as a store.

    Args:
        folder: as the user names it.
        places: of the workspace.
        must_be_one: refuse a folder to which nothing was ever pushed.

    Raises:
        CampaignError: exit 2; there is none, it holds no store, or it lies where the program keeps
            its own things.
    """
    try:
        real = folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CampaignError(USAGE, [_no_folder(folder)]) from error
    if not real.is_dir():
        raise CampaignError(USAGE, [_no_folder(folder)])
    for own in (places.state, places.root / "outputs"):
        if real.is_relative_to(own.resolve()):
            raise CampaignError(USAGE, [_own_folder(folder, places.shown(own))])
    objects = real / "sha256"
    if os.path.lexists(objects) and (objects.is_symlink() or not objects.is_dir()):
        raise CampaignError(USAGE, [_not_a_store(folder, "`sha256` in it is a link or a file")])
    if must_be_one and not objects.is_dir():
        raise CampaignError(USAGE, [_not_a_store(folder, "there is no folder `sha256` in it")])
    return Store(real)


def listing(store: Store) -> frozenset[Sha256]:
    """What a folder holds.

    Raises:
        CampaignError: exit 2; it cannot be read.
    """
    try:
        return store.present()
    except OSError as error:
        raise CampaignError(USAGE, [_unreadable(store.root, error)]) from error


def _cannot_write(error: CannotWriteError) -> CampaignError:
    code = USAGE if error.errno in _FORBIDDEN else UNFINISHED
    problem = Problem(
        code="S030",
        what=f"`{error.root}` cannot be written",
        why=str(error),
        fix="make room or get the right to write there, then say it again: what was copied is "
        "whole, and it goes on from there",
    )
    return CampaignError(code, [problem])


def _no_folder(folder: Path) -> Problem:
    return Problem(
        code="S031",
        what=f"there is no folder `{folder}`",
        why="it is not made on the way, since a shared drive that is not mounted looks like this",
        fix=f"mount the drive, or make the folder: `mkdir -p {folder}`",
    )


def _own_folder(folder: Path, own: str) -> Problem:
    return Problem(
        code="S032",
        what=f"`{folder}` lies inside `{own}`",
        why="that belongs to the program; a copy in it would be lost with the original",
        fix="name a folder elsewhere, on another disk if possible",
    )


def _not_a_store(folder: Path, why: str) -> Problem:
    return Problem(
        code="S033",
        what=f"`{folder}` does not hold pictures of a store",
        why=why,
        fix="name the folder that `campaign store push` was given",
    )


def _unreadable(folder: Path, error: OSError) -> Problem:
    return Problem(
        code="S034",
        what=f"`{folder}` cannot be read",
        why=error.strerror or str(error),
        fix="check the drive and your rights on it",
    )

"""Absent pictures taken back into the store from copies on this machine: free, proved by digest."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pipeline.adapters.places import Places, prepare_state
from pipeline.adapters.store import Store
from pipeline.adapters.view import THUMBS
from pipeline.commands.books import Books
from pipeline.commands.progress import Telling
from pipeline.commands.session import Session
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.history import History
from pipeline.domain.plan import Plan, Reason
from pipeline.reporting.words import count

_AT_ONCE = 4
_PIECE = 1 << 20


def plan_with_copies(session: Session, plan: Plan, telling: Telling) -> Plan:
    """Take back what a plan lacks and copies on this machine have; says so in one line.

    To be called before the provider is asked for anything: it needs no network and no key.

    Returns:
        The plan as the books are now; the same one where nothing was taken back.
    """
    wanted = _absent(plan, session.history, session.books.store)
    found = take_back(session.books, wanted, telling)
    return session.plan() if found else plan


def take_back(books: Books, wanted: Mapping[Sha256, int], telling: Telling) -> dict[Sha256, Path]:
    """Look through outputs and campaigns for the bytes of absent pictures, and keep them.

    A copy counts only if its bytes have the digest that the receipt names, whatever it is called.
    Copies are read and stay where they are. What cannot be read or kept stays absent, is said, and
    stops nothing.

    Args:
        books: of the realm; their store keeps what is found.
        wanted: digests of pictures that are not here, with the lengths that their receipts tell.
        telling: is told one line where something was found.

    Returns:
        Where each picture that is here again was found.
    """
    if not wanted:
        return {}
    by_length: dict[int, set[Sha256]] = defaultdict(set)
    for digest, length in wanted.items():
        by_length[length].add(digest)
    candidates = [path for path, length in _files(books.places) if length in by_length]
    found: dict[Sha256, Path] = {}
    if not candidates:
        return found
    from pipeline.adapters.transfer import each  # noqa: PLC0415 (loads threads; rarely needed)

    try:
        prepare_state(books.places.state)
        with telling.work("copies compared", len(candidates)) as progress:
            work = partial(_taken, store=books.store, wanted=frozenset(wanted))
            results = each(work, candidates, workers=_AT_ONCE, progress=progress)
            for path, kept in zip(candidates, results, strict=True):
                if kept is not None:
                    found.setdefault(kept, path)
    except OSError as error:
        telling.say(f"restored  no more: the store takes nothing ({error.strerror or error})")
    if found:
        telling.say(f"restored  {_told(books.places, list(found.values()))}")
    return found


def _told(places: Places, paths: Sequence[Path]) -> str:
    folders = sorted({places.shown(path.parent) for path in paths})
    more = f" and {count(len(folders) - 1, 'other folder')}" if len(folders) > 1 else ""
    return (
        f"{count(len(paths), 'picture')} that the store lacked, from whole copies in "
        f"{folders[0]}{more}: nothing was charged"
    )


def _absent(plan: Plan, history: History, store: Store) -> dict[Sha256, int]:
    """What a plan's cells were delivered and is not here, or may be theirs: digests, lengths."""
    found = {
        decision.output.sha256: decision.output.bytes
        for decision in plan.decisions
        if decision.output is not None and decision.reason is Reason.RESULT_ABSENT
    }
    waiting = {history.unassigned[c.key] for c in plan.cells if c.key in history.unassigned}
    for attempt in waiting & history.gens.keys():
        for output in history.gens[attempt].outputs:
            if output.sha256 not in store:
                found[output.sha256] = output.bytes
    return found


def _files(places: Places) -> Iterator[tuple[Path, int]]:
    """Plain files below outputs and campaigns, with their lengths; links are not followed."""
    for top in (places.root / "outputs", places.campaigns):
        for folder, below, _ in os.walk(top):
            below[:] = sorted(name for name in below if name != THUMBS.rstrip("/"))
            try:
                with os.scandir(folder) as entries:
                    for entry in sorted(entries, key=lambda one: one.name):
                        if entry.is_file(follow_symlinks=False):
                            length = entry.stat(follow_symlinks=False).st_size
                            yield Path(entry.path), length
            except OSError:  # who may not look there finds nothing there
                continue


def _taken(path: Path, *, store: Store, wanted: frozenset[Sha256]) -> Sha256 | None:
    """Keep a file's bytes if they are wanted, and say whose they are.

    Raises:
        OSError: the store cannot be written; nothing was kept.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    arrived = store.incoming()
    try:
        with os.fdopen(handle, "rb") as file:
            digest = _copied(file, arrived)
        if digest not in wanted:
            return None
        store.keep(arrived, digest)
    finally:
        arrived.unlink(missing_ok=True)
    return digest


def _copied(file: BinaryIO, target: Path) -> Sha256 | None:
    """Copy a file and hash what is written; None where it cannot be read to its end.

    Raises:
        OSError: the target cannot be written.
    """
    found = hashlib.sha256()
    with target.open("xb") as copy:
        while True:
            try:
                piece = file.read(_PIECE)
            except OSError:
                return None
            if not piece:
                return Sha256(found.hexdigest())
            found.update(piece)
            copy.write(piece)

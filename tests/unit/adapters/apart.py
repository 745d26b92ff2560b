"""Doing something in a child process: without rights, without room, or beside others."""

import os
import pickle
import resource
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

NOBODY = 65_534


def in_a_child(work: Callable[[], object]):
    """What some work comes to in a process of its own; an error is raised here."""
    return finish([begin(work)])[0]


def begin(work: Callable[[], object]) -> tuple[int, int]:
    """Begin some work in a process of its own."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # no other thread holds a lock here
        child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 (it is raised where it is waited for)
        result = error
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(result, pipe)
    os._exit(0)


def finish(children: Sequence[tuple[int, int]]) -> list:
    """Wait for all of them; the first error is raised."""
    results = []
    for child, reading in children:
        with os.fdopen(reading, "rb") as pipe:
            results.append(pickle.load(pipe))  # noqa: S301 (our own child wrote it)
        os.waitpid(child, 0)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def give_rights_up(folder: Path) -> None:
    """Become somebody for whom file modes count; for a child that runs as root."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        for path in folder.rglob("*"):
            os.chown(path, NOBODY, NOBODY)
        os.setuid(NOBODY)


def let_files_grow_to(size: int) -> None:
    """A full disk, as far as files of this process are concerned."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

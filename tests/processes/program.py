"""The command line as a process: started, watched, interrupted, killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
EAGER = "tests.processes.eager"
"""Module that is `campaign`, but does not wait two seconds for pictures that take none."""


class Ended(NamedTuple):
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]


class _Stream:
    """Reads what a process says, and wakes whoever waits for it."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._said = b""
        self._is_over = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._handle, 65536)
            except OSError:  # a terminal whose other end is gone
                piece = b""
            with self._news:
                self._said += piece
                self._is_over = not piece
                self._news.notify_all()
            if not piece:
                return

    @property
    def text(self) -> str:
        return self._said.decode("utf-8", "replace")

    def wait_for(self, is_there) -> bool:
        """Wait until the text pleases or ends; whether it pleases."""
        with self._news:
            in_time = self._news.wait_for(
                lambda: is_there(self.text) or self._is_over, timeout=PATIENCE_S
            )
            assert in_time, self.text
            return is_there(self.text)

    def finish(self) -> str:
        self._thread.join(PATIENCE_S)
        return self.text


class Program:
    """One process of the command line."""

    def __init__(
        self,
        *argv: str,
        cwd: Path,
        environment: Mapping[str, str],
        module: str = "pipeline",
        has_terminal: bool = False,
    ) -> None:
        """Start it; `module` is run in the place of `campaign`."""
        self._is_told = False
        self._terminal = -1
        inside = -1
        if has_terminal:
            self._terminal, inside = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *argv],
            cwd=cwd,
            env=_clean_environment() | {"PYTHONPATH": str(ROOT), **environment},
            stdin=inside if has_terminal else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=inside if has_terminal else subprocess.PIPE,
        )
        if has_terminal:
            os.close(inside)
        self._out = _Stream(self._process.stdout.fileno())
        self._err = _Stream(self._terminal if has_terminal else self._process.stderr.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception) -> None:
        if self._process.poll() is None:
            self._process.kill()
        if not self._is_told:
            self.ended()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def told(self) -> str:
        """What people have read so far."""
        return self._err.text

    def events(self, number: int) -> bool:
        """Wait for so many JSON lines; False where it ended with fewer."""
        return self._out.wait_for(lambda said: said.count("\n") >= number)

    def grows(self, file: Path, size: int) -> bool:
        """Wait until a file has so many bytes; False where it ended before that."""
        while self._process.poll() is None:
            if size_of(file) >= size:
                return True
        return False

    def lives_on(self, seconds: float) -> bool:
        """Let it live so long; whether it still does."""
        end = time.perf_counter() + seconds
        while self._process.poll() is None:  # a wait would not be as exact as this
            if time.perf_counter() >= end:
                return True
        return False

    def until(self, kind: str, *, times: int = 1) -> None:
        """Wait for events of a kind."""
        assert self._out.wait_for(lambda said: said.count(f'"kind":"{kind}"') >= times), (
            self._out.text + self._err.text
        )

    def says(self, words: str) -> None:
        """Wait until people read some words."""
        assert self._err.wait_for(lambda said: words in said), self._err.text

    def type(self, text: str) -> None:
        """Answer on the terminal."""
        os.write(self._terminal, text.encode())

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would: nothing of it runs any more."""
        self._process.kill()
        self._process.wait(PATIENCE_S)

    def wait_for_end(self) -> None:
        """Wait until it is gone, however it went."""
        self._process.wait(PATIENCE_S)

    def ended(self) -> Ended:
        """Wait for its end, which must not be that of a bug."""
        told = self.end()
        assert "Traceback" not in told.err
        assert "never retrieved" not in told.err
        assert told.code != 1, told.err
        return told

    def end(self) -> Ended:
        """Wait for its end, whatever that is."""
        self._is_told = True
        code = self._process.wait(PATIENCE_S)
        told = Ended(code, self._out.finish(), self._err.finish())
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        if self._terminal >= 0:
            os.close(self._terminal)
            self._terminal = -1
        return told


def _clean_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WAVESPEED_", "CAMPAIGN_", "GIT_"))
    }


def size_of(file: Path) -> int:
    """Bytes of a file that may come and go."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def run(*argv: str, **how) -> Ended:
    """Run it to its end."""
    with Program(*argv, **how) as program:
        return program.ended()

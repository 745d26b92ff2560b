"""What a run shows while it works: bars on a terminal, lines elsewhere, JSON lines on request."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from pipeline.domain.money import format_usd
from pipeline.execution.events import Event, Happened
from pipeline.reporting.words import brief, count

EVENT_FORMAT = 1
_MOST_SHOWN = 3
_EVERY_S = 10.0


class Telling:
    """Says what happens, to people on stderr and to programs on stdout."""

    def __init__(
        self, *, events: bool, quiet: bool, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin.

        Args:
            events: whether programs read JSON lines from stdout.
            quiet: whether people want nothing but problems.
            now: seconds, from any start.
        """
        self._now = now
        self._events = events
        self._quiet = quiet
        self._number = 0
        self._bar: Bar | None = None
        self._under_way: set[str] = set()

    def say(self, text: str) -> None:
        """Say something to people."""
        if not self._quiet:
            _print(text, sys.stderr)

    def event(self, campaign: str) -> Callable[[Event], None]:
        """A listener for one campaign's events."""

        def listen(event: Event) -> None:
            if self._events:
                self._write(campaign, event)
            if self._bar is not None:
                self._move(event, self._bar)
            line = _line(event)
            if line and (self._bar is None or event.kind not in _ROUTINE):
                self.say(line)

        return listen

    def _move(self, event: Event, bar: "Bar") -> None:
        if event.kind in {Happened.SUBMIT, Happened.RESUME}:
            self._under_way.add(event.attempt)
        elif event.kind in _ENDS:
            self._under_way.discard(event.attempt)
        requests = count(len(self._under_way), "request")
        bar(event.kind is Happened.DELIVER, f", {requests} under way" if self._under_way else "")

    def _write(self, campaign: str, event: Event) -> None:
        self._number += 1
        body = {
            "event": EVENT_FORMAT,
            "number": self._number,
            "campaign": campaign,
            "kind": event.kind.value,
            "attempt": event.attempt,
            "prediction": event.prediction,
            "cells": list(event.cells),
            "money": event.money,
            "message": event.message,
        }
        _print(json.dumps(body, separators=(",", ":")), sys.stdout)

    @contextmanager
    def work(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show the progress of some work; yields what to call with how many more are done."""
        if self._quiet or not sys.stderr.isatty():
            if total:
                self.say(f"{what}: {total:,} to do")
            yield self._now_and_then(what, total)
            return
        from rich.console import Console  # noqa: PLC0415 (only where there is a terminal)
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(what, total=total)

            def move(more: int, words: str = "") -> None:
                bars.update(task, advance=more, description=f"{what}{words}")

            self._bar = move
            try:
                yield move
            finally:
                self._bar = None

    def _now_and_then(self, what: str, total: int) -> Callable[[int], None]:
        """Say how far some work is where no bar can be drawn: a line every so often."""
        done, said = 0, self._now()

        def move(more: int) -> None:
            nonlocal done, said
            done += more
            if done < total and self._now() - said >= _EVERY_S:
                said = self._now()
                self.say(f"{what}: {done:,} of {total:,} done")

        return move


def _print(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        # Whoever read this is gone. The purchase goes on, and its words go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Bar(Protocol):
    """Moves a progress bar by some, and changes the words beside its name."""

    def __call__(self, more: int, words: str = "") -> None:
        """Move by `more`; `words` stand behind the name."""


_ENDS = frozenset(
    {
        Happened.SETTLE,
        Happened.FAIL,
        Happened.REFUSE,
        Happened.RELEASE,
        Happened.DOUBT,
        Happened.LATER,
    }
)
_ROUTINE = frozenset({Happened.RESERVE, Happened.SUBMIT, Happened.DELIVER, Happened.SETTLE})
_SHOWN = {
    Happened.RESUME: "resuming",
    Happened.SUBMIT: "submitted",
    Happened.DELIVER: "delivered",
    Happened.FAIL: "failed",
    Happened.REFUSE: "refused",
    Happened.RELEASE: "not bought",
    Happened.DOUBT: "in doubt",
    Happened.WAIT: "waiting",
    Happened.LATER: "left for the next run",
    Happened.OVERRUN: "overrun",
    Happened.STOP: "stopping",
}


def _line(event: Event) -> str:
    word = _SHOWN.get(event.kind)
    if word is None:
        return ""
    cells = ", ".join(event.cells[:_MOST_SHOWN])
    if len(event.cells) > _MOST_SHOWN:
        cells += f" and {len(event.cells) - _MOST_SHOWN} more"
    money = ""
    if event.kind is Happened.DOUBT:
        money = f"; may have been charged, {format_usd(event.money)}"
    told = ": ".join(part for part in (cells, brief(event.message)) if part)
    return f"{word:<10} {told}{money}"

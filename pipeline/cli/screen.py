"""What commands say: data on stdout, words for people on stderr."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from pipeline.domain.diagnostics import Problem


class Answer(Protocol):
    """What a command found, in words and as a document."""

    @property
    def text(self) -> str:
        """For people; ends with a line break, if anything is said at all."""

    def document(self) -> Mapping[str, object]:
        """For programs: one versioned document."""


class Result(Answer, Protocol):
    """An answer with what is to be known beside it."""

    @property
    def problems(self) -> "Sequence[Problem]":
        """To show to people."""

    @property
    def exit_code(self) -> int:
        """How the command ends."""


def end(result: Result, *, as_json: bool) -> int:
    """Print a result and its problems; returns its exit code."""
    give(result, as_json=as_json)
    show(result.problems)
    return result.exit_code


def give(answer: Answer, *, as_json: bool) -> None:
    """Print an answer on stdout."""
    if as_json:
        give_data(answer.document())
    else:
        click.echo(answer.text, nl=False)


def give_data(document: Mapping[str, object]) -> None:
    """Print one JSON document on stdout."""
    import json

    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def give_lines(lines: Iterable[object]) -> None:
    """Print paths on stdout, one a line."""
    for line in lines:
        click.echo(line)


def show(problems: "Sequence[Problem]") -> None:
    """Print problems on stderr."""
    if problems:
        from pipeline.domain.screen import render_all

        click.echo(render_all(problems), err=True)


def tell(text: str) -> None:
    """Print a line for people on stderr."""
    click.echo(text, err=True)


def ask(question: str) -> bool:
    """Ask a person, who has to say yes."""
    return click.confirm(question, default=False, err=True)


def is_terminal() -> bool:
    """Whether a person reads and types here."""
    return sys.stdin.isatty() and sys.stdout.isatty()

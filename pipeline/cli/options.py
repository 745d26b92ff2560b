"""Arguments and options that several verbs have, and how their values are read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pipeline.domain.money import MicroUsd

_F = TypeVar("_F", bound=Callable[..., Any])

DRAFT = click.option(
    "--draft", is_flag=True, help="The embedded provider: no key, no account, no money."
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


def campaigns_or_all(command: _F) -> _F:
    """Take names of campaigns, or `--all`: parameters `names` and `every`, for `chosen`."""
    return click.argument("names", nargs=-1, metavar="[NAME]...")(
        click.option("--all", "every", is_flag=True, help="All campaigns of the workspace.")(
            command
        )
    )


def chosen(names: tuple[str, ...], *, every: bool, none_is_all: bool = False) -> tuple[str, ...]:
    """Names to work on, each once; empty means all of them.

    Raises:
        click.UsageError: Names and `--all`, or neither where that does not mean all.
    """
    if every and names:
        raise click.UsageError("give names or --all, not both")
    if not every and not names and not none_is_all:
        raise click.UsageError("name a campaign, or say --all")
    return tuple(dict.fromkeys(names))


def selectors(command: _F) -> _F:
    """Take `--select` and `--exclude`: parameters `select` and `exclude`."""
    return click.option(
        "--select",
        multiple=True,
        metavar="EXPR",
        help="Buy these alone, such as `set:anna,variant:snow`; repeatable.",
    )(
        click.option(
            "--exclude", multiple=True, metavar="EXPR", help="Do not buy these; beats --select."
        )(command)
    )


class _Usd(click.ParamType["MicroUsd"]):
    name = "USD"

    def convert(self, value: Any, param: Any, ctx: Any) -> "MicroUsd":
        from pipeline.domain.money import NotMoneyError, parse_usd

        try:
            return parse_usd(str(value))
        except NotMoneyError as error:
            self.fail(str(error), param, ctx)


USD = _Usd()
"""An amount such as `12.50`, as micro-dollars."""

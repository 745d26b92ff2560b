"""`campaign status`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import DRAFT, JSON, campaigns_or_all, chosen
from pipeline.cli.screen import end, show

if TYPE_CHECKING:
    from pipeline.reporting.money_table import Scope


@click.command()
@campaigns_or_all
@DRAFT
@JSON
@click.option("--csv", "as_csv", is_flag=True, help="CSV on stdout, all scopes.")
@click.option(
    "--by",
    type=click.Choice(["campaign", "owner", "tag", "month", "workspace"]),
    default="campaign",
    show_default=True,
    help="What to add up.",
)
@click.option(
    "--flags", is_flag=True, help="Check every delivered picture instead, worst ones first."
)
def status(
    *,
    names: tuple[str, ...],
    every: bool,
    draft: bool,
    as_json: bool,
    as_csv: bool,
    by: "Scope",
    flags: bool,
) -> int:
    """Show pictures and money: charged, reserved, in doubt, left.

    The columns do not overlap: with `left` they add up to the cap. What is reserved is held by
    requests under way. What is in doubt was sent without an answer: `campaign reconcile` looks for
    it. A refund is pending for a failed request until the provider's bill shows it.
    """
    from pipeline.commands.status import status as command

    if as_json and as_csv:
        raise click.UsageError("say --json or --csv, not both")
    if flags and as_csv:
        raise click.UsageError("flags come as text or --json")
    names = chosen(names, every=every, none_is_all=True)
    if flags:
        return _flags(names, draft=draft, as_json=as_json)
    result = command(names, draft=draft, by=by, start=Path.cwd())
    if not as_csv:
        return end(result, as_json=as_json)
    click.echo(result.csv, nl=False)
    show(result.problems)
    return result.exit_code


def _flags(names: tuple[str, ...], *, draft: bool, as_json: bool) -> int:
    from pipeline.commands.flags import flags as command
    from pipeline.commands.progress import Telling

    telling = Telling(events=False, quiet=as_json)
    result = command(names, draft=draft, telling=telling, start=Path.cwd())
    return end(result, as_json=as_json)

"""`campaign run`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import DRAFT, USD, campaigns_or_all, chosen, selectors
from pipeline.cli.screen import ask, show

if TYPE_CHECKING:
    from pipeline.domain.money import MicroUsd


@click.command()
@campaigns_or_all
@DRAFT
@click.option("--yes", is_flag=True, help="Do not ask before buying.")
@click.option("--max-usd", type=USD, help="Most money that this run may spend.")
@click.option("--max-images", type=click.IntRange(min=1), help="Most pictures that it may buy.")
@click.option("--retry-failed", is_flag=True, help="Try blocked failures once more.")
@click.option("--partial", is_flag=True, help="Buy in plan order until a cap, not nothing.")
@click.option("--continue", "go_on", is_flag=True, help="Buy the rest after a look at the canary.")
@click.option("--keep-going", is_flag=True, help="Buy on even where much goes wrong.")
@selectors
@click.option(
    "--plan",
    "permit",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Buy what this saved plan lists, no dearer, never above its total; do not ask.",
)
@click.option("--locked", is_flag=True, help="Buy nothing; exit 11 if the lock is not complete.")
@click.option("--events", is_flag=True, help="JSON lines on stdout while it works.")
@click.option("--quiet", is_flag=True, help="Say nothing but problems.")
def run(
    *,
    names: tuple[str, ...],
    every: bool,
    draft: bool,
    yes: bool,
    max_usd: "MicroUsd | None",
    max_images: int | None,
    retry_failed: bool,
    partial: bool,
    go_on: bool,
    keep_going: bool,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    permit: Path | None,
    locked: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Buy what is missing, derive all sizes, lay out the sheet.

    Each picture is bought once, however often you run and wherever a run is cut short: what is
    under way is taken up again, what is there is left alone. Without --yes the plan is shown and
    you are asked; without a terminal nothing is bought.

    A plan saved with `campaign plan NAME --out FILE` is a permit: a run with --plan FILE buys no
    picture that it does not list, pays no more for one than it says, and all runs under it together
    never spend more than its total. Exit 7 refuses before anything is sent. Without NAMEs it runs
    all campaigns that the plan speaks of. For --select and --exclude see `campaign plan --help`.

    Buying needs WAVESPEED_API_KEY. Pictures are uploaded to the provider, and its outputs lie on
    public, unsigned addresses for seven days. With --draft everything stays on this machine.
    """
    from pipeline.commands.books import RunCaps
    from pipeline.commands.permits import load_permit
    from pipeline.commands.progress import Telling
    from pipeline.commands.run import Desk, RunOptions
    from pipeline.commands.run import run as command
    from pipeline.commands.selecting import read_selection

    agreed = None if permit is None else load_permit(permit)
    if locked and (yes or permit or partial or go_on):
        raise click.UsageError("--locked buys nothing, so there is nothing to agree to")
    has_somebody = sys.stdin.isatty() and sys.stderr.isatty()
    return command(
        chosen(names, every=every, none_is_all=permit is not None),
        RunOptions(
            draft=draft,
            yes=yes,
            caps=RunCaps(max_usd, max_images),
            retry_failed=retry_failed,
            partial=partial,
            go_on=go_on,
            keep_going=keep_going,
            selection=read_selection(select, exclude),
            permit=agreed,
            locked=locked,
        ),
        Desk(
            show=show,
            ask=ask if has_somebody else None,
            telling=Telling(events=events, quiet=quiet),
        ),
        start=Path.cwd(),
    )

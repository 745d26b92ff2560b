"""`campaign reconcile`."""

from pathlib import Path
from typing import Any

import click

from pipeline.cli.options import DRAFT, JSON
from pipeline.cli.screen import give, show


class _Adoption(click.ParamType["tuple[str, str]"]):
    name = "ATTEMPT=PREDICTION"

    def convert(self, value: Any, param: Any, ctx: Any) -> "tuple[str, str]":
        attempt, is_there, prediction = str(value).partition("=")
        if not (attempt and is_there and prediction):
            self.fail(f"`{value}` is not of the form ATTEMPT=PREDICTION", param, ctx)
        return attempt, prediction


@click.command()
@DRAFT
@JSON
@click.option("--adopt", multiple=True, type=_Adoption(), help="This attempt made this prediction.")
@click.option(
    "--assume-charged",
    "assume",
    multiple=True,
    metavar="ATTEMPT",
    help="Book its money as spent; its pictures count as lost.",
)
@click.option(
    "--waive",
    multiple=True,
    metavar="ATTEMPT",
    help="It never arrived: free its money, want its pictures again. Needs --reason.",
)
@click.option(
    "--not-mine",
    multiple=True,
    metavar="PREDICTION",
    help="This prediction is not this workspace's.",
)
@click.option("--reason", default="", help="Why; stands in the receipts of these decisions.")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Set a damaged ledger aside; make one from receipts and history.",
)
def reconcile(
    *,
    draft: bool,
    as_json: bool,
    adopt: tuple[tuple[str, str], ...],
    assume: tuple[str, ...],
    waive: tuple[str, ...],
    not_mine: tuple[str, ...],
    reason: str,
    rebuild: bool,
) -> int:
    """Bring the books in line with the provider's history and bill.

    Attempts that got no answer are searched for: found, they are taken up; proved absent, they are
    released; otherwise they stay in doubt and keep their money reserved, until you decide. Rows of
    the bill replace quotes. Predictions and charges that no book explains are listed; under a key
    of this workspace alone (`exclusive: true`) they end with exit code 6. Never buys.

    Each decision is a receipt in the lock, so commit it; a later row of the bill corrects it.
    """
    from pipeline.commands.progress import Telling
    from pipeline.commands.reconcile import Options
    from pipeline.commands.reconcile import reconcile as command
    from pipeline.commands.settling import Decisions

    adopted = dict(adopt)
    if len(adopted) < len(adopt):
        raise click.UsageError("one attempt cannot have made two predictions")
    decisions = Decisions(
        adopt=adopted, assume=assume, waive=waive, not_mine=not_mine, reason=reason.strip()
    )
    result = command(
        Options(draft=draft, rebuild=rebuild, decisions=decisions),
        telling=Telling(events=False, quiet=False),
        start=Path.cwd(),
    )
    give(result, as_json=as_json)
    show(result.unexplained)
    return result.exit_code

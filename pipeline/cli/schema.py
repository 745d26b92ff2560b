"""`campaign schema`."""

from pathlib import Path

import click

from pipeline.cli.screen import give_lines
from pipeline.domain.exit_codes import DONE


@click.command()
@click.argument(
    "which",
    type=click.Choice(
        [
            "campaign",
            "workspace",
            "plan",
            "diff",
            "events",
            "receipts",
            "verdicts",
            "check",
            "codes",
            "status",
            "flags",
            "models",
            "destinations",
            "sync",
            "review",
            "sheet",
            "reconcile",
            "store",
            "explain",
            "origins",
            "provenance",
            "disclosure",
        ]
    ),
    default="campaign",
    metavar="[NAME]",
)
@click.option(
    "--write",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write all of them into this folder instead.",
)
def schema(*, which: str, folder: Path | None) -> int:
    """Print the JSON Schema of manifests, or of what is written.

    \b
    campaign schema > campaign.schema.json     for the editor that manifests are written in
    campaign schema plan                       for a program that reads `plan --json`
    campaign schema verdicts                   for a bot that reviews

    People write `campaign` and `workspace`. Programs read plan, diff, events, receipts, verdicts,
    check, codes, status, flags, models, destinations, sync, review, sheet, reconcile, store,
    explain, origins, provenance and disclosure.
    """
    from pipeline.commands.schema import schema as command
    from pipeline.commands.schema import write_all

    if folder is None:
        click.echo(command(which), nl=False)
        return DONE
    try:
        give_lines(write_all(folder))
    except OSError as error:
        raise click.UsageError(f"cannot write `{folder}`: {error.strerror}") from error
    return DONE

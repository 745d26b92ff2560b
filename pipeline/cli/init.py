"""`campaign init`."""

from pathlib import Path

import click

from pipeline.domain.exit_codes import DONE


@click.command()
@click.argument("name")
@click.option(
    "--from", "source", metavar="OTHER", help="Copy another campaign's manifest and pictures."
)
def init(name: str, source: str | None) -> int:
    """Start a campaign: campaigns/NAME with a manifest to fill in.

    With --from the manifest and the pictures of another campaign are copied, never its lock: what
    is bought for one campaign serves the other by its key, without a second purchase.
    """
    from pipeline.commands.init import init as command

    click.echo(command(name, source, start=Path.cwd()))
    return DONE

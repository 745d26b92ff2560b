"""`campaign destinations`."""

from pathlib import Path

import click

from pipeline.cli.options import JSON
from pipeline.cli.screen import give, show
from pipeline.domain.exit_codes import DONE


@click.command()
@click.argument("names", nargs=-1, metavar="[DESTINATION]...")
@JSON
def destinations(*, names: tuple[str, ...], as_json: bool) -> int:
    """List places that pictures go to, and what each asks of a file.

    \b
    campaign destinations                    all of them; in a workspace also its own
    campaign destinations instagram-story    everything about one, and where it was read

    A manifest names them: `sizes: {story: instagram-story}`. `campaigns/workspace.yaml` adds your
    own under `destinations:`, or other values for one of these.
    """
    from pipeline.commands.destinations import destinations as command

    result = command(names, start=Path.cwd())
    give(result, as_json=as_json)
    show(result.problems)
    return DONE

"""`campaign models`: list, show and sync."""

from pathlib import Path

import click

from pipeline.cli.options import JSON
from pipeline.cli.screen import give, give_data, show
from pipeline.domain.exit_codes import DONE


@click.group()
def models() -> None:
    """See which models there are, what they take and what they cost.

    \b
    campaign models list          all models, with sizes and prices
    campaign models show MODEL    everything about one, with a manifest to start from
    campaign models sync          compare the cards with the provider; changes nothing
    """


@models.command(name="list")
@JSON
def list_models(*, as_json: bool) -> int:
    """List all models: what they take, how many pictures they make, prices and sizes.

    In a workspace the prices are those that its plans take, and forbidden models are marked.
    """
    from pipeline.commands.models import list_models as command

    result = command(start=Path.cwd())
    if as_json:
        give_data(result.document())
    else:
        click.echo(result.table, nl=False)
    show(result.problems)
    return DONE


@models.command(name="show")
@click.argument("names", nargs=-1, required=True, metavar="MODEL...")
@JSON
def show_models(*, names: tuple[str, ...], as_json: bool) -> int:
    """Show all that a campaign's author needs of a model, and where each fact comes from."""
    from pipeline.commands.models import show_models as command

    result = command(tuple(dict.fromkeys(names)), start=Path.cwd())
    give(result, as_json=as_json)
    show(result.problems)
    return DONE


@models.command(name="sync")
@click.option("--write", is_flag=True, help="Write prices that rise into workspace.yaml.")
@JSON
def sync_models(*, write: bool, as_json: bool) -> int:
    """Ask the provider for its catalogue and prices, and print what differs from the cards.

    Asking costs nothing, but needs WAVESPEED_API_KEY. Prices that rise are printed as lines for
    `prices:` in campaigns/workspace.yaml; with --write they are put there, and the file keeps its
    comments and layout. No price is ever lowered: plans promise rather too much than too little.
    """
    from pipeline.commands.models_sync import sync_models as command

    give(command(write=write, start=Path.cwd()), as_json=as_json)
    return DONE

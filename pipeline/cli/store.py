"""`campaign store`: push, pull, verify and lost."""

from pathlib import Path

import click

from pipeline.cli.options import DRAFT, JSON, chosen
from pipeline.cli.screen import end


@click.group()
def store() -> None:
    """Look after paid pictures: a second copy, damage, what is lost.

    \b
    campaign store push /mnt/team       copy what is not there yet
    campaign store pull /mnt/team NAME  fetch what campaign NAME lacks here
    campaign store verify               find damaged pictures and mend them
    """


_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@store.command()
@_FOLDER
@DRAFT
@JSON
def push(*, folder: Path, draft: bool, as_json: bool) -> int:
    """Copy all paid pictures that are here, and not in DIR, to DIR.

    DIR is a folder that others see too, such as one on a shared drive; it must exist. Several
    machines may push to it at once, and a push that was cut short goes on where it stopped.
    """
    from pipeline.commands.progress import Telling
    from pipeline.commands.store import push as command

    telling = Telling(events=False, quiet=as_json)
    return end(command(folder, draft=draft, telling=telling, start=Path.cwd()), as_json=as_json)


@store.command()
@_FOLDER
@click.argument("names", nargs=-1, metavar="[NAME]...")
@DRAFT
@JSON
def pull(*, folder: Path, names: tuple[str, ...], draft: bool, as_json: bool) -> int:
    """Copy paid pictures that are not here from DIR: those of NAMEs, or of all campaigns.

    Only what receipts name is taken, and only if its bytes are whole. Exit 5 says that something
    is not in DIR either; where it might be is said.
    """
    from pipeline.commands.progress import Telling
    from pipeline.commands.store import pull as command

    telling = Telling(events=False, quiet=as_json)
    names = chosen(names, every=False, none_is_all=True)
    result = command(folder, names, draft=draft, telling=telling, start=Path.cwd())
    return end(result, as_json=as_json)


@store.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@DRAFT
@JSON
def verify(*, folder: Path | None, draft: bool, as_json: bool) -> int:
    """Read every paid picture here, and in DIR, and compare it with its digest.

    Damaged files are moved to a folder `damaged`, never deleted, and replaced: from DIR, DIR's from
    here, from whole copies in `outputs/`, which replace absent ones too, or from the provider,
    which keeps results for seven days. Free. Exit 5 says that some damage remains; pictures that
    are merely not on this machine are counted and no fault.
    """
    from pipeline.commands.progress import Telling
    from pipeline.commands.store_verify import verify as command

    telling = Telling(events=False, quiet=as_json)
    return end(command(folder, draft=draft, telling=telling, start=Path.cwd()), as_json=as_json)


@store.command()
@click.argument("name")
@click.argument("cells", nargs=-1, required=True, metavar="CELL...")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept in the receipt.")
@click.option("--even-so", is_flag=True, help="Give up what the provider may still have, too.")
@DRAFT
@JSON
def lost(
    *,
    name: str,
    cells: tuple[str, ...],
    reason: str,
    even_so: bool,
    draft: bool,
    as_json: bool,
) -> int:
    """Declare pictures of campaign NAME lost for good, so that they can be bought again.

    CELL is an address as the plan shows it, or a cell key. Nothing else ever makes the program pay
    twice for a picture, and nothing is bought by this: the next run shows it as a line of its own
    and asks. A declaration is a receipt and cannot be taken back.
    """
    from pipeline.commands.store_lost import lost as command

    if not reason.strip():
        raise click.UsageError("--reason says nothing")
    result = command(
        name, cells, reason=reason.strip(), even_so=even_so, draft=draft, start=Path.cwd()
    )
    return end(result, as_json=as_json)

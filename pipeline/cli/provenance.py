"""`campaign provenance`: show and init."""

from pathlib import Path

import click

from pipeline.cli.options import JSON
from pipeline.cli.screen import give
from pipeline.domain.exit_codes import DONE


@click.group()
def provenance() -> None:
    """See what files say about their origin, and sign deliveries.

    \b
    campaign provenance show FILE...   source type, credentials, marks of vendors
    campaign provenance init           a certificate to try signing out
    """


@provenance.command(name="show")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option(
    "--trust",
    "anchors",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="PEM file of root certificates that you trust.",
)
@JSON
def show_provenance(*, files: tuple[Path, ...], anchors: Path | None, as_json: bool) -> int:
    """Tell what any file says about its origin: XMP, EXIF, IPTC and content credentials (C2PA).

    Changes nothing, and calls nobody. A file is what its bytes are, whatever its name says.
    Credentials are validated where the extra `provenance` is installed, else only found.

    Exit 5 says that the credentials of a file are broken, 2 that a file is no picture.
    """
    from pipeline.commands.provenance import show as command

    result = command(files, anchors=anchors, start=Path.cwd())
    give(result, as_json=as_json)
    return result.exit_code


@provenance.command(name="init")
@click.option("--renew", is_flag=True, help="Make a new one, even if there is one.")
def init_provenance(*, renew: bool) -> int:
    """Make a development certificate for this workspace, to try signing out; it proves no name."""
    from pipeline.commands.provenance import init as command

    click.echo(command(renew=renew, start=Path.cwd()).text, nl=False)
    return DONE

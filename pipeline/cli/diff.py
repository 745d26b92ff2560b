"""`campaign diff`."""

from pathlib import Path

import click

from pipeline.cli.screen import give_data, show


@click.command()
@click.argument("revisions", metavar="BASE[..HEAD]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json"]),
    default="text",
    show_default=True,
    help="For a terminal, a comment, or a program.",
)
@click.option(
    "--fail-on",
    multiple=True,
    metavar="RULE",
    type=click.Choice(
        [
            "max_increase_usd",
            "max_increase_pct",
            "max_orphaned_usd",
            "max_usd_per_image",
            "forbid_models",
            "lost_receipts",
            "caps",
            "prices",
        ]
    ),
    help="Fail on this rule alone; repeatable.",
)
@click.option(
    "--save",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write diff.txt, diff.md and diff.json there as well.",
)
@click.option("--full-at", default="", metavar="WHERE", help="Where a cut comment points to.")
def diff(
    *, revisions: str, form: str, fail_on: tuple[str, ...], save: Path | None, full_at: str
) -> int:
    """Show what merging buys, discards, and which rules it breaks.

    BASE is compared with the working tree, BASE..HEAD are two commits, and BASE...HEAD compares
    HEAD with the commit where it left BASE. Both sides are judged by the receipts of both, so no
    store of pictures and no key is needed; nothing is bought, sent or fetched. Discarded is what is
    paid for and no longer wanted.

    \b
    campaign diff main                 what merging this costs
    campaign diff main...HEAD          what this branch changes, wherever main is by now
    campaign diff HEAD~1..HEAD         what the last commit changed

    Limits stand in campaigns/workspace.yaml under `rules`; of two sides the stricter one counts.
    Exit 3 says that a rule with a limit is not met, or that a receipt which BASE has is missing.
    Beside those, `caps` and `prices` are judged and fail where --fail-on names them.
    """
    from pipeline.commands.diff import diff as command

    result = command(revisions, fail_on=fail_on, full_at=full_at, start=Path.cwd())
    if form == "json":
        give_data(result.document())
    else:
        click.echo(result.text if form == "text" else result.markdown, nl=False)
    show(result.warnings)
    if save is not None:
        try:
            result.save(save)
        except OSError as error:
            raise click.UsageError(f"cannot write `{save}`: {error.strerror}") from error
    return result.exit_code

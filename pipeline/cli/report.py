"""`campaign report`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import DRAFT, JSON, campaigns_or_all, chosen
from pipeline.cli.screen import give_data, give_lines, show, tell

if TYPE_CHECKING:
    from pipeline.commands.progress import Telling
    from pipeline.reporting.delivery import Gate


@click.command()
@campaigns_or_all
@click.option(
    "--deliver",
    "delivery",
    type=(click.Choice(["approved", "all"]), click.Path(path_type=Path)),
    metavar="approved|all DIR",
    help="Copy pictures there, with a table of what is what; `all` asks no reviewer.",
)
@click.option(
    "--size",
    "sizes",
    multiple=True,
    metavar="SIZE",
    help="Deliver this size alone, or `master`; repeatable.  [default: all that are declared]",
)
@click.option(
    "--disclosure",
    is_flag=True,
    help="Write what is to be declared where, a table a destination; not legal advice.",
)
@click.option(
    "--against",
    "revision",
    metavar="REV",
    help="Also difference.html: only what is new, changed, lost or newly stale since a commit;"
    " A..B for two commits.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Also sheet.csv: a line for each cell.")
@click.option("--pdf", "as_pdf", is_flag=True, help="Also sheet.pdf, to print and to mail.")
@click.option(
    "--single-file", "single", is_flag=True, help="Also sheet-single.html, its previews inside."
)
@DRAFT
@JSON
def report(
    *,
    names: tuple[str, ...],
    every: bool,
    delivery: "tuple[Gate, Path] | None",
    sizes: tuple[str, ...],
    disclosure: bool,
    revision: str | None,
    as_csv: bool,
    as_pdf: bool,
    single: bool,
    draft: bool,
    as_json: bool,
) -> int:
    """Rebuild sizes and the contact sheet; costs nothing.

    \b
    campaign report NAME                                    the contact sheet
    campaign report NAME --pdf --csv                        to print, and for spreadsheets
    campaign report NAME --against main                     only what differs from a commit
    campaign report NAME --deliver approved handoff         approved pictures, and a table
    campaign report NAME --disclosure                       what is to be declared where

    Other forms of the sheet lie beside its page and show what was true when they were made.

    A delivery is a folder for each campaign, with real files under the names that they have in the
    outputs and delivery.csv, which says of each file what it is, who approved it and what it cost.
    Files that are there already and the same stay; another file of that name is never written over.
    """
    from pipeline.commands.progress import Telling

    names = chosen(names, every=every)
    telling = Telling(events=False, quiet=False)
    if sizes and not delivery:
        raise click.UsageError("--size goes with --deliver")
    if as_json and not disclosure:
        raise click.UsageError("--json goes with --disclosure")
    if disclosure and delivery:
        raise click.UsageError("say --disclosure or --deliver, one at a time")
    if disclosure:
        return _disclose(names, draft=draft, as_json=as_json, telling=telling)
    is_other = as_csv or as_pdf or single
    if delivery and (is_other or revision):
        raise click.UsageError("--deliver copies pictures; ask for other forms of the sheet apart")
    if revision and (is_other or draft):
        raise click.UsageError("--against compares real pictures, and goes with no other form")
    if delivery:
        return _deliver(names, delivery, sizes=sizes, draft=draft, telling=telling)
    if is_other:
        return _write_forms(
            names, as_csv=as_csv, as_pdf=as_pdf, single=single, draft=draft, telling=telling
        )
    if revision:
        return _compare(names, revision, telling=telling)
    return _lay_out(names, draft=draft, telling=telling)


def _disclose(names: tuple[str, ...], *, draft: bool, as_json: bool, telling: "Telling") -> int:
    from pipeline.commands.disclosure import disclose as command

    result = command(names, draft=draft, telling=telling, start=Path.cwd())
    show(result.problems)
    if as_json:
        give_data(result.document())
    else:
        click.echo(result.text, err=True, nl=False)
        give_lines(path for _, path in result.tables)
    return result.exit_code


def _lay_out(names: tuple[str, ...], *, draft: bool, telling: "Telling") -> int:
    from pipeline.commands.report import report as command

    result = command(names, draft=draft, telling=telling, start=Path.cwd())
    show(result.problems)
    give_lines(result.pages)
    return result.exit_code


def _write_forms(
    names: tuple[str, ...],
    *,
    as_csv: bool,
    as_pdf: bool,
    single: bool,
    draft: bool,
    telling: "Telling",
) -> int:
    from pipeline.commands.forms import Forms
    from pipeline.commands.forms import write_forms as command

    forms = Forms(csv=as_csv, pdf=as_pdf, single=single)
    result = command(names, forms, draft=draft, telling=telling, start=Path.cwd())
    show(result.problems)
    give_lines(result.files)
    return result.exit_code


def _compare(names: tuple[str, ...], revision: str, *, telling: "Telling") -> int:
    from pipeline.commands.against import report_against as command

    result = command(names, revision, telling=telling, start=Path.cwd())
    show(result.problems)
    for line in result.lines:
        tell(line)
    give_lines(result.pages)
    return result.exit_code


def _deliver(
    names: tuple[str, ...],
    delivery: "tuple[Gate, Path]",
    *,
    sizes: tuple[str, ...],
    draft: bool,
    telling: "Telling",
) -> int:
    from pipeline.commands.deliver import deliver as command

    gate, folder = delivery
    result = command(
        names, folder, gate=gate, sizes=sizes, draft=draft, telling=telling, start=Path.cwd()
    )
    show(result.problems)
    click.echo(result.text, nl=False)
    return result.exit_code

"""`campaign plan`."""

from collections.abc import Sequence
from pathlib import Path

import click

from pipeline.cli.options import DRAFT, JSON, campaigns_or_all, chosen, selectors
from pipeline.cli.screen import give, show
from pipeline.domain.exit_codes import DONE


@click.command()
@campaigns_or_all
@DRAFT
@JSON
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan as JSON."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 if there is something to buy.")
@click.option("--retry-failed", is_flag=True, help="Plan blocked failures once more.")
@selectors
@click.option("--explain", metavar="CELL", help="Say why this one picture is to be bought, or not.")
@click.option(
    "--show-origin",
    is_flag=True,
    help="Say of each value that counts in which file and line it stands.",
)
def plan(
    *,
    names: tuple[str, ...],
    every: bool,
    draft: bool,
    as_json: bool,
    out: Path | None,
    detailed_exitcode: bool,
    retry_failed: bool,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    explain: str | None,
    show_origin: bool,
) -> int:
    """Show what a run would buy, why, and what it costs.

    It never spends, needs no key and asks nobody.

    \b
    campaign plan NAME --out plan.json           save it, for `run --plan plan.json`
    campaign plan NAME --explain anna/p1/snow    what changed, and what it costs
    campaign plan NAME --select 'set:anna,take:>1' --select 'variant:s*'
    campaign plan NAME --exclude 'cost:>0.10'

    In EXPR a comma is `and`, and --select given twice is `or`. Keys are set, picture, variant,
    size, take, tag, owner, campaign, action, reason, verdict and cost; without a key it is the
    beginning of an address, such as `anna/*/snow`. Names may be globs. What is not selected is left
    out: not bought, and not changed either.
    """
    from pipeline.commands.plan import plan as command
    from pipeline.commands.selecting import read_selection

    for_plans_alone = select or exclude or out or detailed_exitcode
    if show_origin:
        names = chosen(names, every=every)
        if for_plans_alone or draft or retry_failed or explain:
            raise click.UsageError("--show-origin goes with --json alone")
        return _show_origin(names, as_json=as_json)
    if explain is not None:
        if every or len(names) != 1:
            raise click.UsageError("--explain is about a picture of one campaign: name that")
        if for_plans_alone:
            raise click.UsageError("--explain goes with --draft, --retry-failed and --json alone")
        return _explain(names[0], explain, draft=draft, retry_failed=retry_failed, as_json=as_json)
    result = command(
        chosen(names, every=every),
        draft=draft,
        retry_failed=retry_failed,
        selection=read_selection(select, exclude),
        start=Path.cwd(),
    )
    give(result, as_json=as_json)
    show(result.problems)
    if out is not None:
        try:
            result.save(out)
        except OSError as error:
            raise click.UsageError(f"cannot write `{out}`: {error.strerror}") from error
    return result.exit_code(detailed=detailed_exitcode)


def _show_origin(names: Sequence[str], *, as_json: bool) -> int:
    from pipeline.commands.origin import show_origin as command

    result = command(names, start=Path.cwd())
    give(result, as_json=as_json)
    show(result.problems)
    return DONE


def _explain(name: str, cell: str, *, draft: bool, retry_failed: bool, as_json: bool) -> int:
    from pipeline.commands.explain import explain_cell as command

    result = command(name, cell, draft=draft, retry_failed=retry_failed, start=Path.cwd())
    give(result, as_json=as_json)
    show(result.problems)
    return DONE

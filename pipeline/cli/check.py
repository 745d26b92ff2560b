"""`campaign check`."""

from pathlib import Path

import click

from pipeline.cli.options import JSON, campaigns_or_all, chosen
from pipeline.cli.screen import give, give_data, show, tell
from pipeline.domain.exit_codes import DONE


@click.command()
@campaigns_or_all
@JSON
@click.option("--explain", metavar="CODE", help="Say what a code such as M041 means; `all` lists.")
def check(*, names: tuple[str, ...], every: bool, as_json: bool, explain: str | None) -> int:
    """Find every problem and give advice; sends and costs nothing.

    Beside errors it gives warnings and advice: rules of craft and thrift (codes L…), each switched
    with `lint: {L003: off}` in a manifest or in workspace.yaml; `error` makes the check fail.
    """
    from pipeline.commands.check import check as command

    if explain is not None:
        if names or every:
            raise click.UsageError("say --explain CODE without campaigns")
        return _explain(explain, as_json=as_json)
    result = command(chosen(names, every=every), start=Path.cwd())
    if as_json:
        give_data(result.document())
    else:
        show(result.problems)
        tell(result.verdict)
    return result.exit_code


def _explain(code: str, *, as_json: bool) -> int:
    from pipeline.commands.check import explain as command

    give(command(code), as_json=as_json)
    return DONE

"""The command line: parse, call a command, print, exit code."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline import __version__

if TYPE_CHECKING:
    from pipeline.domain.diagnostics import Problem
    from pipeline.domain.money import MicroUsd

_F = TypeVar("_F", bound=Callable[..., Any])
BUG, INTERRUPTED = 1, 130

_EPILOG = """\b
Exit codes:
  0  done                              8  held by another run
  2  usage or manifest problem         9  provider unusable
  3  policy or budget refused         10  plan --detailed-exitcode: something to buy
  4  stopped by a cap                 12  stored state damaged or from a newer version
  5  finished with failed jobs       130  interrupted, safe
  6  charges in doubt                  1  a bug in the program
  7  price refused

2, 3, 7, 8 and 12 refuse before anything is sent for the campaign that they speak of."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EPILOG)
@click.version_option(__version__, prog_name="campaign")
def campaign() -> None:
    """Campaigns as code for AI image edits: planned, priced, bought once, reviewed.

    A campaign is a folder campaigns/NAME with a manifest campaign.yaml and its pictures.

    \b
    campaign init NAME         start one
    campaign check NAME        find every problem in it
    campaign plan NAME         see what a run would buy, why, and what it costs
    campaign run NAME --draft  rehearse it for free, down to the contact sheet
    campaign run NAME          buy it; asks first
    """


def _names(command: _F) -> _F:
    return click.argument("names", nargs=-1, metavar="[NAME]...")(
        click.option("--all", "every", is_flag=True, help="All campaigns of the workspace.")(
            command
        )
    )


_DRAFT = click.option(
    "--draft", is_flag=True, help="The embedded provider: no key, no account, no money."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


class _Usd(click.ParamType["MicroUsd"]):
    name = "USD"

    def convert(self, value: Any, param: Any, ctx: Any) -> "MicroUsd":
        from pipeline.domain.money import NotMoneyError, parse_usd  # noqa: PLC0415 (start-up)

        try:
            return parse_usd(str(value))
        except NotMoneyError as error:
            self.fail(str(error), param, ctx)


@campaign.command()
@click.argument("name")
@click.option(
    "--from", "source", metavar="OTHER", help="Copy another campaign's manifest and pictures."
)
def init(name: str, source: str | None) -> int:
    """Start a campaign: a folder campaigns/NAME with a manifest to fill in.

    With --from the manifest and the pictures of another campaign are copied, never its lock: what
    is bought for one campaign serves the other by its key, without a second purchase.
    """
    from pipeline.commands.init import init as command  # noqa: PLC0415 (start-up)

    click.echo(command(name, source, start=Path.cwd()))
    return 0


@campaign.command()
@_names
@_JSON
def check(names: tuple[str, ...], every: bool, as_json: bool) -> int:  # noqa: FBT001 (click)
    """Find every problem of manifests, pictures and matrix rules; sends and costs nothing."""
    from pipeline.commands.check import check as command  # noqa: PLC0415 (start-up)

    result = command(_chosen(names, every=every), start=Path.cwd())
    if as_json:
        _data(result.document())
    else:
        _show(result.problems)
        click.echo(result.verdict, err=True)
    return result.exit_code


@campaign.command()
@_names
@_DRAFT
@_JSON
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan as JSON."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 if there is something to buy.")
@click.option("--retry-failed", is_flag=True, help="Plan blocked failures once more.")
def plan(names: tuple[str, ...], every: bool, **options: Any) -> int:  # noqa: FBT001 (click)
    """Show what a run would buy, why, and what it costs; never spends, needs no key."""
    from pipeline.commands.plan import plan as command  # noqa: PLC0415 (start-up)

    result = command(
        _chosen(names, every=every),
        draft=options["draft"],
        retry_failed=options["retry_failed"],
        start=Path.cwd(),
    )
    if options["as_json"]:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    if options["out"] is not None:
        try:
            result.save(options["out"])
        except OSError as error:
            raise click.UsageError(f"cannot write `{options['out']}`: {error.strerror}") from error
    return result.exit_code(detailed=options["detailed_exitcode"])


@campaign.command()
@_names
@_DRAFT
@click.option("--yes", is_flag=True, help="Do not ask before buying.")
@click.option("--max-usd", type=_Usd(), help="Most money that this run may spend.")
@click.option("--max-images", type=click.IntRange(min=1), help="Most pictures that it may buy.")
@click.option("--retry-failed", is_flag=True, help="Try blocked failures once more.")
@click.option("--events", is_flag=True, help="JSON lines on stdout while it works.")
@click.option("--quiet", is_flag=True, help="Say nothing but problems.")
def run(names: tuple[str, ...], every: bool, **options: Any) -> int:  # noqa: FBT001 (click)
    """Buy what is wanted and not there yet, derive all sizes, lay out the contact sheet.

    Each picture is bought once, however often you run and wherever a run is cut short: what is
    under way is taken up again, what is there is left alone. Without --yes the plan is shown and
    you are asked; without a terminal nothing is bought.

    Buying needs WAVESPEED_API_KEY. Pictures are uploaded to the provider, and its outputs lie on
    public, unsigned addresses for seven days. With --draft everything stays on this machine.
    """
    from pipeline.commands.books import RunCaps  # noqa: PLC0415 (start-up)
    from pipeline.commands.progress import Telling  # noqa: PLC0415
    from pipeline.commands.run import Desk, RunOptions  # noqa: PLC0415
    from pipeline.commands.run import run as command  # noqa: PLC0415

    telling = Telling(events=options["events"], quiet=options["quiet"])
    ask = _ask if sys.stdin.isatty() and sys.stderr.isatty() else None
    return command(
        _chosen(names, every=every),
        RunOptions(
            draft=options["draft"],
            yes=options["yes"],
            caps=RunCaps(options["max_usd"], options["max_images"]),
            retry_failed=options["retry_failed"],
        ),
        Desk(show=_show, ask=ask, telling=telling),
        start=Path.cwd(),
    )


@campaign.command()
@_names
@_DRAFT
@_JSON
def status(names: tuple[str, ...], every: bool, draft: bool, as_json: bool) -> int:  # noqa: FBT001 (click)
    """Show pictures and money of campaigns: charged, reserved, in doubt, left."""
    from pipeline.commands.status import status as command  # noqa: PLC0415 (start-up)

    result = command(_chosen(names, every=every, none_is_all=True), draft=draft, start=Path.cwd())
    if as_json:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return result.exit_code


@campaign.command()
@_names
@_DRAFT
def report(names: tuple[str, ...], every: bool, draft: bool) -> int:  # noqa: FBT001 (click)
    """Rebuild sizes, thumbnails and the contact sheet from what is bought; costs nothing."""
    from pipeline.commands.progress import Telling  # noqa: PLC0415 (start-up)
    from pipeline.commands.report import report as command  # noqa: PLC0415

    result = command(
        _chosen(names, every=every),
        draft=draft,
        telling=Telling(events=False, quiet=False),
        start=Path.cwd(),
    )
    _show(result.problems)
    for page in result.pages:
        click.echo(page)
    return result.exit_code


@campaign.command()
@_DRAFT
def reconcile(draft: bool) -> int:  # noqa: FBT001 (click)
    """Look into the provider's history and bill, and bring the books in line with them.

    Attempts that got no answer are searched for: found, they are taken up; proved absent, they are
    released; otherwise they stay in doubt and keep their money reserved. Never buys.
    """
    from pipeline.commands.progress import Telling  # noqa: PLC0415 (start-up)
    from pipeline.commands.reconcile import reconcile as command  # noqa: PLC0415

    result = command(draft=draft, telling=Telling(events=False, quiet=False), start=Path.cwd())
    click.echo(result.text, nl=False)
    return result.exit_code


@campaign.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8123,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 for any free one.",
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for predictions, bills and pictures.  [default: .campaign/served]",
)
@click.option("--key", help="The only API key to let in; without it any key will do.")
def serve(host: str, port: int, state: Path | None, key: str | None) -> int:
    """Serve the embedded provider: the vendor's protocol with the draft engine behind it.

    \b
    campaign serve
    export WAVESPEED_BASE_URL=http://127.0.0.1:8123 WAVESPEED_API_KEY=any
    campaign run NAME

    It is a rehearsal, not the vendor: its pictures are drafts, its money is play money, and it has
    no protection beyond the key. It listens on this machine only, unless --host says otherwise.
    """
    from pipeline.commands.serve import serve as command  # noqa: PLC0415 (start-up)

    command(
        host=host, port=port, state=state, key=key, ready=lambda text: click.echo(text, err=True)
    )
    return 0


@campaign.command()
@click.argument("which", type=click.Choice(["campaign", "workspace"]), default="campaign")
def schema(which: str) -> int:
    """Print the JSON Schema of manifests (or of workspace.yaml), for editors and CI."""
    from pipeline.commands.schema import schema as command  # noqa: PLC0415 (start-up)

    click.echo(command(which), nl=False)
    return 0


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code of the design's table."""
    # Planning makes many small values, few cycles, and ends soon: looking for cycles would cost a
    # tenth of a run over ten thousand cells. What runs for long switches it on again.
    gc.disable()
    # Nor do manifests need plug-ins of pydantic, for which it would read the metadata of every
    # installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        code = campaign.main(args=argv, standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        click.echo("Interrupted; nothing is lost.", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except KeyboardInterrupt:
        click.echo("\nInterrupted. What was sent is in the ledger; run again to go on.", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except Exception as error:  # noqa: BLE001 (the last door: problems and bugs become exit codes)
        code = _failed(error)
    sys.exit(code if isinstance(code, int) else 0)


def _failed(error: Exception) -> int:
    from pipeline.domain.diagnostics import CampaignError  # noqa: PLC0415 (start-up)

    if isinstance(error, CampaignError):
        _show(error.problems)
        return error.exit_code
    where = _write_crash_report(error)
    click.echo(
        f"This is a bug in campaign-pipeline {__version__}, and we are sorry: {error!r}\n"
        f"Nothing paid is lost: the ledger knows what was sent. Details: {where}",
        err=True,
    )
    return BUG


def _write_crash_report(error: Exception) -> Path:
    import tempfile  # noqa: PLC0415 (a bug's path only)
    import traceback  # noqa: PLC0415

    with tempfile.NamedTemporaryFile(
        "w", prefix="campaign-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
        return Path(file.name)


def _chosen(names: tuple[str, ...], *, every: bool, none_is_all: bool = False) -> tuple[str, ...]:
    """Names to work on; empty means all of them."""
    if every and names:
        raise click.UsageError("give names or --all, not both")
    if not every and not names and not none_is_all:
        raise click.UsageError("name a campaign, or say --all")
    return tuple(dict.fromkeys(names))


def _show(problems: "Sequence[Problem]") -> None:
    if problems:
        from pipeline.domain.screen import render_all  # noqa: PLC0415 (start-up)

        click.echo(render_all(problems), err=True)


def _ask(question: str) -> bool:
    return click.confirm(question, default=False, err=True)


def _data(document: object) -> None:
    import json  # noqa: PLC0415 (start-up)

    click.echo(json.dumps(document, indent=2, ensure_ascii=False))

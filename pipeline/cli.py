"""The command line: parse, call a command, print, exit code."""

import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline import __version__

if TYPE_CHECKING:
    from pipeline.commands.review import Assignment, Reviewed
    from pipeline.commands.review_server import Sat
    from pipeline.commands.store import StoreResult
    from pipeline.domain.diagnostics import Problem
    from pipeline.domain.money import MicroUsd
    from pipeline.reporting.verdicts_text import Standing, Written

_F = TypeVar("_F", bound=Callable[..., Any])
BUG, STATE_DAMAGED, INTERRUPTED = 1, 12, 130

_EPILOG = """\b
Exit codes:
  0  done                              8  held by another run
  2  usage or manifest problem         9  provider unusable
  3  policy or budget refused         10  plan --detailed-exitcode: something to buy
  4  stopped by cap, canary, breaker  12  stored state damaged or from a newer version
  5  finished with failed jobs        11  run --locked: the lock is not complete
  6  charges in doubt                130  interrupted, safe
  7  permit or price refused           1  a bug in the program

2, 3, 7, 8, 11 and 12 refuse before anything is sent for that campaign."""


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


def _selectors(command: _F) -> _F:
    return click.option(
        "--select",
        multiple=True,
        metavar="EXPR",
        help="Buy these alone, such as `set:anna,variant:snow`; repeatable.",
    )(
        click.option(
            "--exclude", multiple=True, metavar="EXPR", help="Do not buy these; beats --select."
        )(command)
    )


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
@click.option("--explain", metavar="CODE", help="Say what a code such as M041 means; `all` lists.")
def check(names: tuple[str, ...], every: bool, as_json: bool, explain: str | None) -> int:  # noqa: FBT001 (click)
    """Find every problem of manifests, pictures and matrix rules; sends and costs nothing.

    Beside errors it gives warnings and advice: rules of craft and thrift (codes L…), each switched
    with `lint: {L003: off}` in a manifest or in workspace.yaml; `error` makes the check fail.
    """
    from pipeline.commands.check import check as command  # noqa: PLC0415 (start-up)

    if explain is not None:
        return _explain(explain, names, every=every, as_json=as_json)
    result = command(_chosen(names, every=every), start=Path.cwd())
    if as_json:
        _data(result.document())
    else:
        _show(result.problems)
        click.echo(result.verdict, err=True)
    return result.exit_code


def _explain(code: str, names: tuple[str, ...], *, every: bool, as_json: bool) -> int:
    from pipeline.commands.check import explain as command  # noqa: PLC0415 (start-up)

    if names or every:
        raise click.UsageError("say --explain CODE without campaigns")
    result = command(code)
    if as_json:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    return 0


@campaign.command()
@_names
@_DRAFT
@_JSON
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan as JSON."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 if there is something to buy.")
@click.option("--retry-failed", is_flag=True, help="Plan blocked failures once more.")
@_selectors
@click.option("--explain", metavar="CELL", help="Say why this one picture is to be bought, or not.")
@click.option(
    "--show-origin",
    is_flag=True,
    help="Say of each value that counts in which file and line it stands.",
)
def plan(names: tuple[str, ...], every: bool, **options: Any) -> int:  # noqa: FBT001 (click)
    """Show what a run would buy, why, and what it costs; never spends, needs no key.

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
    from pipeline.commands.plan import plan as command  # noqa: PLC0415 (start-up)
    from pipeline.commands.selecting import read_selection  # noqa: PLC0415 (start-up)

    if options["show_origin"]:
        return _show_origin(_chosen(names, every=every), **options)
    if options["explain"] is not None:
        return _explain_cell(names, every=every, **options)
    result = command(
        _chosen(names, every=every),
        draft=options["draft"],
        retry_failed=options["retry_failed"],
        selection=read_selection(options["select"], options["exclude"]),
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


def _show_origin(names: Sequence[str], **options: Any) -> int:
    from pipeline.commands.origin import show_origin as command  # noqa: PLC0415 (start-up)

    others = ("draft", "out", "detailed_exitcode", "retry_failed", "select", "exclude", "explain")
    if any(options[one] for one in others):
        raise click.UsageError("--show-origin goes with --json alone")
    result = command(names, start=Path.cwd())
    if options["as_json"]:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return 0


def _explain_cell(names: tuple[str, ...], *, every: bool, **options: Any) -> int:
    from pipeline.commands.explain import explain_cell as command  # noqa: PLC0415 (start-up)

    if every or len(names) != 1:
        raise click.UsageError("--explain is about a picture of one campaign: name that")
    if any(options[one] for one in ("select", "exclude", "out", "detailed_exitcode")):
        raise click.UsageError("--explain goes with --draft, --retry-failed and --json alone")
    result = command(
        names[0],
        options["explain"],
        draft=options["draft"],
        retry_failed=options["retry_failed"],
        start=Path.cwd(),
    )
    if options["as_json"]:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return 0


@campaign.command()
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
def diff(revisions: str, **options: Any) -> int:
    """Show what merging a change buys now, what it discards, and which rules it breaks.

    BASE is compared with the working tree, BASE..HEAD are two commits, and BASE...HEAD compares
    HEAD with the commit where it left BASE. Both sides are judged by the receipts of both, so no
    store of pictures and no key is needed; nothing is bought, sent or fetched.

    \b
    campaign diff main                 what merging this costs
    campaign diff main...HEAD          what this branch changes, wherever main is by now
    campaign diff HEAD~1..HEAD         what the last commit changed

    Limits stand in campaigns/workspace.yaml under `rules`; of two sides the stricter one counts.
    Exit 3 says that a rule with a limit is not met, or that a receipt which BASE has is missing.
    Beside those, `caps` and `prices` are judged and fail where --fail-on names them.
    """
    from pipeline.commands.diff import diff as command  # noqa: PLC0415 (start-up)

    result = command(
        revisions, fail_on=options["fail_on"], full_at=options["full_at"], start=Path.cwd()
    )
    if options["form"] == "json":
        _data(result.document())
    else:
        click.echo(result.text if options["form"] == "text" else result.markdown, nl=False)
    _show(result.warnings)
    if options["save"] is not None:
        try:
            result.save(options["save"])
        except OSError as error:
            raise click.UsageError(f"cannot write `{options['save']}`: {error.strerror}") from error
    return result.exit_code


@campaign.command()
@_names
@_DRAFT
@click.option("--yes", is_flag=True, help="Do not ask before buying.")
@click.option("--max-usd", type=_Usd(), help="Most money that this run may spend.")
@click.option("--max-images", type=click.IntRange(min=1), help="Most pictures that it may buy.")
@click.option("--retry-failed", is_flag=True, help="Try blocked failures once more.")
@click.option("--partial", is_flag=True, help="Buy in plan order until a cap, not nothing.")
@click.option("--continue", "go_on", is_flag=True, help="Buy the rest after a look at the canary.")
@click.option("--keep-going", is_flag=True, help="Buy on even where much goes wrong.")
@_selectors
@click.option(
    "--plan",
    "permit",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Buy what this saved plan lists, no dearer, never above its total; do not ask.",
)
@click.option("--locked", is_flag=True, help="Buy nothing; exit 11 if the lock is not complete.")
@click.option("--events", is_flag=True, help="JSON lines on stdout while it works.")
@click.option("--quiet", is_flag=True, help="Say nothing but problems.")
def run(names: tuple[str, ...], every: bool, **options: Any) -> int:  # noqa: FBT001 (click)
    """Buy what is wanted and not there yet, derive all sizes, lay out the contact sheet.

    Each picture is bought once, however often you run and wherever a run is cut short: what is
    under way is taken up again, what is there is left alone. Without --yes the plan is shown and
    you are asked; without a terminal nothing is bought.

    A plan saved with `campaign plan NAME --out FILE` is a permit: a run with --plan FILE buys no
    picture that it does not list, pays no more for one than it says, and all runs under it together
    never spend more than its total. Exit 7 refuses before anything is sent. Without NAMEs it runs
    all campaigns that the plan speaks of. For --select and --exclude see `campaign plan --help`.

    Buying needs WAVESPEED_API_KEY. Pictures are uploaded to the provider, and its outputs lie on
    public, unsigned addresses for seven days. With --draft everything stays on this machine.
    """
    from pipeline.commands.books import RunCaps  # noqa: PLC0415 (start-up)
    from pipeline.commands.progress import Telling  # noqa: PLC0415
    from pipeline.commands.run import Desk, RunOptions  # noqa: PLC0415
    from pipeline.commands.run import run as command  # noqa: PLC0415
    from pipeline.commands.selecting import read_selection  # noqa: PLC0415

    permit = None
    if options["permit"] is not None:
        from pipeline.commands.permits import load_permit  # noqa: PLC0415 (few runs have one)

        permit = load_permit(options["permit"])
    if options["locked"] and any(options[one] for one in ("yes", "permit", "partial", "go_on")):
        raise click.UsageError("--locked buys nothing, so there is nothing to agree to")
    telling = Telling(events=options["events"], quiet=options["quiet"])
    ask = _ask if sys.stdin.isatty() and sys.stderr.isatty() else None
    return command(
        _chosen(names, every=every, none_is_all=permit is not None),
        RunOptions(
            draft=options["draft"],
            yes=options["yes"],
            caps=RunCaps(options["max_usd"], options["max_images"]),
            retry_failed=options["retry_failed"],
            partial=options["partial"],
            go_on=options["go_on"],
            keep_going=options["keep_going"],
            selection=read_selection(options["select"], options["exclude"]),
            permit=permit,
            locked=options["locked"],
        ),
        Desk(show=_show, ask=ask, telling=telling),
        start=Path.cwd(),
    )


@campaign.command()
@_names
@_DRAFT
@_JSON
@click.option("--csv", "as_csv", is_flag=True, help="CSV on stdout, all scopes.")
@click.option(
    "--by",
    type=click.Choice(["campaign", "owner", "tag", "month", "workspace"]),
    default="campaign",
    show_default=True,
    help="What to add up.",
)
@click.option(
    "--flags", is_flag=True, help="Check every delivered picture instead, worst ones first."
)
def status(names: tuple[str, ...], every: bool, **options: Any) -> int:  # noqa: FBT001 (click)
    """Show pictures and money: charged, reserved, in doubt, refund pending, left.

    The columns do not overlap: with `left` they add up to the cap. What is reserved is held by
    requests under way. What is in doubt was sent without an answer: `campaign reconcile` looks for
    it. A refund is pending for a failed request until the provider's bill shows it.
    """
    from pipeline.commands.status import status as command  # noqa: PLC0415 (start-up)

    if options["as_json"] and options["as_csv"]:
        raise click.UsageError("say --json or --csv, not both")
    if options["flags"]:
        return _flags(names, every=every, options=options)
    result = command(
        _chosen(names, every=every, none_is_all=True),
        draft=options["draft"],
        by=options["by"],
        start=Path.cwd(),
    )
    if options["as_json"]:
        _data(result.document())
    elif options["as_csv"]:
        click.echo(result.csv, nl=False)
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return result.exit_code


def _flags(names: tuple[str, ...], *, every: bool, options: dict[str, Any]) -> int:
    from pipeline.commands.flags import flags as command  # noqa: PLC0415 (start-up)
    from pipeline.commands.progress import Telling  # noqa: PLC0415

    if options["as_csv"]:
        raise click.UsageError("flags come as text or --json")
    result = command(
        _chosen(names, every=every, none_is_all=True),
        draft=options["draft"],
        telling=Telling(events=False, quiet=options["as_json"]),
        start=Path.cwd(),
    )
    if options["as_json"]:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return result.exit_code


@campaign.command()
@_names
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
    help="Also difference.html: only what is new, changed, lost or newly stale since a commit.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Also sheet.csv: a line for each cell.")
@click.option("--pdf", "as_pdf", is_flag=True, help="Also sheet.pdf, to print and to mail.")
@click.option(
    "--single-file", "single", is_flag=True, help="Also sheet-single.html, its previews inside."
)
@_DRAFT
@_JSON
def report(names: tuple[str, ...], every: bool, **options: Any) -> int:  # noqa: FBT001 (click)
    """Rebuild sizes, thumbnails and the contact sheet from what is bought; costs nothing.

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
    from pipeline.commands.progress import Telling  # noqa: PLC0415 (start-up)

    chosen = _chosen(names, every=every)
    options["telling"] = Telling(events=False, quiet=False)
    if options["sizes"] and not options["delivery"]:
        raise click.UsageError("--size goes with --deliver")
    if options["as_json"] and not options["disclosure"]:
        raise click.UsageError("--json goes with --disclosure")
    if options["disclosure"]:
        return _disclosed(chosen, options)
    is_other = options["as_csv"] or options["as_pdf"] or options["single"]
    if options["delivery"] and (is_other or options["revision"]):
        raise click.UsageError("--deliver copies pictures; ask for other forms of the sheet apart")
    if options["revision"] and (is_other or options["draft"]):
        raise click.UsageError("--against compares real pictures, and goes with no other form")
    if options["delivery"]:
        return _delivered(chosen, options)
    if is_other:
        return _formed(chosen, options)
    if options["revision"]:
        return _compared(chosen, options)
    return _reported(chosen, options)


def _disclosed(names: tuple[str, ...], options: dict[str, Any]) -> int:
    from pipeline.commands.disclosure import disclose  # noqa: PLC0415 (start-up)

    if options["delivery"]:
        raise click.UsageError("say --disclosure or --deliver, one at a time")
    result = disclose(names, draft=options["draft"], telling=options["telling"], start=Path.cwd())
    _show(result.problems)
    if options["as_json"]:
        _data(result.document())
        return result.exit_code
    click.echo(result.text, err=True, nl=False)
    for _, path in result.tables:
        click.echo(path)
    return result.exit_code


def _reported(names: tuple[str, ...], options: dict[str, Any]) -> int:
    from pipeline.commands.report import report as command  # noqa: PLC0415 (start-up)

    result = command(names, draft=options["draft"], telling=options["telling"], start=Path.cwd())
    _show(result.problems)
    for page in result.pages:
        click.echo(page)
    return result.exit_code


def _formed(names: tuple[str, ...], options: dict[str, Any]) -> int:
    from pipeline.commands.forms import Forms, write_forms  # noqa: PLC0415 (start-up)

    result = write_forms(
        names,
        Forms(csv=options["as_csv"], pdf=options["as_pdf"], single=options["single"]),
        draft=options["draft"],
        telling=options["telling"],
        start=Path.cwd(),
    )
    _show(result.problems)
    for file in result.files:
        click.echo(file)
    return result.exit_code


def _compared(names: tuple[str, ...], options: dict[str, Any]) -> int:
    from pipeline.commands.against import report_against  # noqa: PLC0415 (start-up)

    result = report_against(
        names, options["revision"], telling=options["telling"], start=Path.cwd()
    )
    _show(result.problems)
    for line in result.lines:
        click.echo(line, err=True)
    for page in result.pages:
        click.echo(page)
    return result.exit_code


def _delivered(names: tuple[str, ...], options: dict[str, Any]) -> int:
    from pipeline.commands.deliver import deliver  # noqa: PLC0415 (start-up)

    gate, folder = options["delivery"]
    result = deliver(
        names,
        folder,
        gate=gate,
        sizes=options["sizes"],
        draft=options["draft"],
        telling=options["telling"],
        start=Path.cwd(),
    )
    _show(result.problems)
    click.echo(result.text, nl=False)
    return result.exit_code


class _Assigning(click.ParamType["Assignment"]):
    name = "ATTEMPT/N=CELL"

    def convert(self, value: Any, param: Any, ctx: Any) -> "Assignment":
        from pipeline.commands.review import Assignment  # noqa: PLC0415 (start-up)

        which, _, cell = str(value).partition("=")
        attempt, _, number = which.rpartition("/")
        if not (attempt and cell and number.isascii() and number.isdigit()):
            self.fail(f"`{value}` is not of the form ATTEMPT/N=CELL", param, ctx)
        return Assignment(attempt, int(number), cell)


@campaign.command()
@click.argument("name")
@click.option(
    "--assign",
    "assignments",
    multiple=True,
    type=_Assigning(),
    help="Picture number N of this attempt serves this cell; `none` for nobody's.",
)
@click.option(
    "--approve", multiple=True, metavar="SELECT", help="These pictures are good; repeatable."
)
@click.option(
    "--reject", multiple=True, metavar="SELECT", help="These pictures are not to be used."
)
@click.option(
    "--reroll",
    multiple=True,
    metavar="SELECT",
    help="Want another take of these; the next run asks for it, under the cap.",
)
@click.option("--note", default="", metavar="TEXT", help="Why; kept with each of these verdicts.")
@click.option(
    "--as", "reviewer", default="", metavar="REVIEWER", help="Who says so.  [default: git's name]"
)
@click.option(
    "--import",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Take over verdicts that a contact sheet or a colleague saved.",
)
@click.option("--list", "listing", is_flag=True, help="What is decided about each picture.")
@click.option("--waiting", is_flag=True, help="What waits to be assigned, as without a terminal.")
@click.option("--serve", "serving", is_flag=True, help="Show the sheet, as on a terminal.")
@click.option("--open/--no-open", "opens", default=None, help="Open a browser, or only say where.")
@_DRAFT
@_JSON
def review(name: str, **options: Any) -> int:
    """Decide on pictures: approve, reject, reroll; or say whose they are.

    \b
    campaign review NAME                              decide on it in a browser
    campaign review NAME --list                       what is decided, and by whom
    campaign review NAME --approve set:anna           all pictures of one set
    campaign review NAME --reroll anna/p1/snow/master/t1 --note "two left hands"
    campaign review NAME --import verdicts.jsonl      what a contact sheet saved

    SELECT is as for `campaign plan --select`: an address, its beginning, or conditions such as
    'set:anna,variant:snow'. A verdict is bound to the picture as it is now: another picture needs
    another verdict. It is a line in campaigns/NAME/reviews, so commit it. A reroll buys nothing; it
    makes one more take wanted, which the next plan prices and the next run asks about.

    On a terminal and without any of these it shows the contact sheet to the browsers of this
    machine, under an address that nobody else knows, and saves each verdict as it is given. Ctrl-C
    ends it and says what was decided.

    Elsewhere, or with --waiting, it lists what waits because fewer pictures came than were paid
    for, and where to look at them. Nothing is assigned by position, because nobody knows which one
    is missing. What you say with --assign is a receipt in the lock, so commit it; cells that got no
    picture are then wanted again, as a top-up that a run asks about.
    """
    result = _reviewed(name, options)
    if options["as_json"]:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return result.exit_code


def _reviewed(name: str, options: dict[str, Any]) -> "Reviewed | Written | Standing | Sat":
    from pipeline.commands.review import review as assign  # noqa: PLC0415 (start-up)
    from pipeline.commands.verdicts import Said, bring_in, say, show  # noqa: PLC0415 (as above)
    from pipeline.domain.verdicts import Word  # noqa: PLC0415 (as above)

    where: dict[str, Any] = {"draft": options["draft"], "start": Path.cwd()}
    said = {word: options[word] for word in Word if options[word]}
    named = ("file", "listing", "assignments", "waiting", "serving")
    ways = [said, *(options[name] for name in named)]
    if sum(map(bool, ways)) > 1:
        raise click.UsageError(
            "say verdicts, --import, --list, --assign, --waiting or --serve, one at a time"
        )
    serves = options["serving"] or (not any(ways) and not options["as_json"] and _is_terminal())
    if options["note"] and not said:
        raise click.UsageError("--note goes with --approve, --reject or --reroll")
    if options["reviewer"] and not (said or options["file"] or serves):
        raise click.UsageError("--as goes with verdicts, --import or --serve")
    if options["opens"] is not None and not serves:
        raise click.UsageError("--open and --no-open go with --serve")
    if serves:
        return _serve_review(name, options, where)
    if options["listing"]:
        return show(name, **where)
    if options["file"]:
        return bring_in(name, options["file"], reviewer=options["reviewer"], **where)
    if said:
        return say(name, Said(said, options["note"], options["reviewer"]), **where)
    return assign(name, options["assignments"], **where)


def _serve_review(name: str, options: dict[str, Any], where: dict[str, Any]) -> "Sat":
    from pipeline.commands.review_server import has_screen, serve_review  # noqa: PLC0415 (start-up)

    opens = options["opens"]
    return serve_review(
        name,
        reviewer=options["reviewer"],
        opens=_is_terminal() and has_screen() if opens is None else opens,
        ready=lambda text: click.echo(text, err=True),
        **where,
    )


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


class _Adoption(click.ParamType["tuple[str, str]"]):
    name = "ATTEMPT=PREDICTION"

    def convert(self, value: Any, param: Any, ctx: Any) -> "tuple[str, str]":
        attempt, is_there, prediction = str(value).partition("=")
        if not (attempt and is_there and prediction):
            self.fail(f"`{value}` is not of the form ATTEMPT=PREDICTION", param, ctx)
        return attempt, prediction


@campaign.command()
@_DRAFT
@_JSON
@click.option("--adopt", multiple=True, type=_Adoption(), help="This attempt made this prediction.")
@click.option(
    "--assume-charged",
    "assume",
    multiple=True,
    metavar="ATTEMPT",
    help="Book its money as spent; its pictures count as lost.",
)
@click.option(
    "--waive",
    multiple=True,
    metavar="ATTEMPT",
    help="It never arrived: free its money, want its pictures again. Needs --reason.",
)
@click.option(
    "--not-mine",
    multiple=True,
    metavar="PREDICTION",
    help="This prediction is not this workspace's.",
)
@click.option("--reason", default="", help="Why; stands in the receipts of these decisions.")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Set a damaged ledger aside; make one from receipts and history.",
)
def reconcile(**options: Any) -> int:
    """Look into the provider's history and bill, and bring the books in line with them.

    Attempts that got no answer are searched for: found, they are taken up; proved absent, they are
    released; otherwise they stay in doubt and keep their money reserved, until you decide. Rows of
    the bill replace quotes. Predictions and charges that no book explains are listed; under a key
    of this workspace alone (`exclusive: true`) they end with exit code 6. Never buys.

    Each decision is a receipt in the lock, so commit it; a later row of the bill corrects it.
    """
    from pipeline.commands.progress import Telling  # noqa: PLC0415 (start-up)
    from pipeline.commands.reconcile import Options  # noqa: PLC0415
    from pipeline.commands.reconcile import reconcile as command  # noqa: PLC0415
    from pipeline.commands.settling import Decisions  # noqa: PLC0415

    adopt = dict(options["adopt"])
    if len(adopt) < len(options["adopt"]):
        raise click.UsageError("one attempt cannot have made two predictions")
    result = command(
        Options(
            draft=options["draft"],
            rebuild=options["rebuild"],
            decisions=Decisions(
                adopt=adopt,
                assume=options["assume"],
                waive=options["waive"],
                not_mine=options["not_mine"],
                reason=options["reason"].strip(),
            ),
        ),
        telling=Telling(events=False, quiet=False),
        start=Path.cwd(),
    )
    if options["as_json"]:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.unexplained)
    return result.exit_code


@campaign.group()
def store() -> None:
    """Look after paid pictures: copy them to a shared folder and back, check them.

    \b
    campaign store push /mnt/team       copy what is not there yet
    campaign store pull /mnt/team NAME  fetch what campaign NAME lacks here
    campaign store verify               find damaged pictures and mend them
    """


_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@store.command()
@_FOLDER
@_DRAFT
@_JSON
def push(folder: Path, draft: bool, as_json: bool) -> int:  # noqa: FBT001 (click)
    """Copy all paid pictures that are here, and not in DIR, to DIR.

    DIR is a folder that others see too, such as one on a shared drive; it must exist. Several
    machines may push to it at once, and a push that was cut short goes on where it stopped.
    """
    from pipeline.commands.progress import Telling  # noqa: PLC0415 (start-up)
    from pipeline.commands.store import push as command  # noqa: PLC0415

    telling = Telling(events=False, quiet=as_json)
    return _stored(command(folder, draft=draft, telling=telling, start=Path.cwd()), as_json)


@store.command()
@_FOLDER
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_DRAFT
@_JSON
def pull(folder: Path, names: tuple[str, ...], draft: bool, as_json: bool) -> int:  # noqa: FBT001 (click)
    """Copy paid pictures that are not here from DIR: those of NAMEs, or of all campaigns.

    Only what receipts name is taken, and only if its bytes are whole. Exit 5 says that something
    is not in DIR either; where it might be is said.
    """
    from pipeline.commands.progress import Telling  # noqa: PLC0415 (start-up)
    from pipeline.commands.store import pull as command  # noqa: PLC0415

    telling = Telling(events=False, quiet=as_json)
    names = _chosen(names, every=False, none_is_all=True)
    return _stored(command(folder, names, draft=draft, telling=telling, start=Path.cwd()), as_json)


@store.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@_DRAFT
@_JSON
def verify(folder: Path | None, draft: bool, as_json: bool) -> int:  # noqa: FBT001 (click)
    """Read every paid picture here, and in DIR, and compare it with its digest.

    Damaged files are moved to a folder `damaged`, never deleted, and replaced: from DIR, DIR's from
    here, or from the provider, which keeps results for seven days. Free. Exit 5 says that some
    damage remains; pictures that are merely not on this machine are counted and no fault.
    """
    from pipeline.commands.progress import Telling  # noqa: PLC0415 (start-up)
    from pipeline.commands.store_verify import verify as command  # noqa: PLC0415

    telling = Telling(events=False, quiet=as_json)
    return _stored(command(folder, draft=draft, telling=telling, start=Path.cwd()), as_json)


@store.command()
@click.argument("name")
@click.argument("cells", nargs=-1, required=True, metavar="CELL...")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept in the receipt.")
@click.option("--even-so", is_flag=True, help="Give up what the provider may still have, too.")
@_DRAFT
@_JSON
def lost(name: str, cells: tuple[str, ...], reason: str, **options: Any) -> int:
    """Declare pictures of campaign NAME lost for good, so that they can be bought again.

    CELL is an address as the plan shows it, or a cell key. Nothing else ever makes the program pay
    twice for a picture, and nothing is bought by this: the next run shows it as a line of its own
    and asks. A declaration is a receipt and cannot be taken back.
    """
    from pipeline.commands.store_lost import lost as command  # noqa: PLC0415 (start-up)

    if not reason.strip():
        raise click.UsageError("--reason says nothing")
    result = command(
        name,
        cells,
        reason=reason.strip(),
        even_so=options["even_so"],
        draft=options["draft"],
        start=Path.cwd(),
    )
    return _stored(result, options["as_json"])


def _stored(result: "StoreResult", as_json: bool) -> int:  # noqa: FBT001 (as above)
    if as_json:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return result.exit_code


class _Host(click.ParamType["tuple[str, int]"]):
    name = "HOST:PORT"

    def convert(self, value: Any, param: Any, ctx: Any) -> "tuple[str, int]":
        host, _, port = str(value).rpartition(":")
        if not host or not (port.isascii() and port.isdigit()):
            self.fail(f"`{value}` is not of the form HOST:PORT", param, ctx)
        return host.strip("[]").lower(), int(port)


@campaign.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8123,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 for any free one.",
)
@click.option("--url", default="", help="Address as clients see it, behind a proxy for example.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for predictions, bills and pictures.  [default: .campaign/served]",
)
@click.option("--memory", "in_memory", is_flag=True, help="Keep nothing after the end.")
@click.option("--key", help="The only API key to let in; without it any key will do.")
@click.option(
    "--keys",
    type=click.Path(dir_okay=False, path_type=Path),
    help="YAML or JSON file of keys, with organisations and roles.",
)
@click.option(
    "--tier",
    type=click.Choice(["bronze", "silver", "gold", "ultra"]),
    help="Limits of this account level: submits a minute, predictions at once.",
)
@click.option("--credit", type=_Usd(), help="Credit of each organisation; spent, it is HTTP 402.")
@click.option("--webhooks", "has_webhooks", is_flag=True, help="Call public https addresses.")
@click.option(
    "--webhook-to",
    "webhook_hosts",
    type=_Host(),
    multiple=True,
    help="Call this host too, wherever it is and in the open; repeatable.",
)
@click.option(
    "--faults",
    type=click.Path(dir_okay=False, path_type=Path),
    help="YAML or JSON file that says what goes wrong, to rehearse trouble.",
)
def serve(**options: Any) -> int:
    """Serve the embedded provider: the vendor's protocol with the draft engine behind it.

    \b
    campaign serve
    export WAVESPEED_BASE_URL=http://127.0.0.1:8123 WAVESPEED_API_KEY=any
    campaign run NAME

    Any client of the vendor can be pointed at it, and /openapi.json there describes every call:
    submit, results, history, cancel and delete, uploads, models, prices, balance, bills, usage,
    webhooks. Requests are checked as the vendor does; what a model does not know is dropped and
    counted in `embedded.dropped_inputs` of the answer. Input pictures are uploads to this server;
    it fetches nothing from elsewhere. Predictions, pictures and uploads are kept for seven days,
    bills for good; a server that is stopped goes on where it was.

    It is not the vendor and not a gateway to it: nothing is passed on, its pictures are drafts made
    on this machine, its money is play money, and it says nothing about the vendor's speed or
    moderation. Everybody who reaches it shares two places in front of one engine; beyond 20,000
    waiting predictions it answers HTTP 429.

    It listens on this machine only, unless --host says otherwise, and encrypts nothing: put a proxy
    with TLS before it. Pictures lie at addresses that are hard to guess, and need no key. A webhook
    would let a request send this machine into the network behind it. So requests that name one are
    refused, unless --webhooks allows addresses on the public internet, or --webhook-to a host.
    Calls are signed as the vendor signs them and repeated after 5, 25 and 125 seconds.

    A keys file lets in its keys alone. Organisations do not see each other's predictions or money.
    Roles are this server's own: owner (all), developer (no money), billing and viewer (look only).

    \b
    version: 1
    keys:
      - {key: at-least-8-characters, name: laptop, organisation: studio}
      - {key: another-secret, organisation: studio, role: viewer}
      - {key: not-topped-up, organisation: new, active: false}
    suspended: []                             # organisations

    A faults file switches trouble on, by number from 1. Submits are requests to a model since the
    start; predictions are those that were accepted, over the life of --state.

    \b
    version: 1
    seed: 7                                   # what shares are drawn from
    drop_answer: [3, 9]                       # a list, or
    nonsense: {every: 10}                     # every tenth, or
    duplicate_id: {share: 0.1}                # one in ten, always the same, or
    refuse:                                   # a range; `all` is all
      - {submits: {from: 5, to: 9}, status: 429}
    missing:
      - {predictions: [2], positions: [1]}

    \b
    Submits:
      refuse               status; before anything is accepted or charged
      drop_answer          accepted and charged, then the connection breaks
      nonsense             accepted and charged, answered with a web page
      error_after          status; accepted and charged, then a server error
      delay                seconds; accepted at once, answered late
      duplicate_id         accepted, answered with the id of the one before
      price                per_cent of the usual price, quoted and charged
      charge               per_cent of the quote, charged
      foreign              model, or the same; somebody else's request follows
    Predictions:
      fail                 code; 1200 is moderated and keeps its charge
      failed_with_outputs  code; fails with its outputs there
      refund_later         seconds after the failure
      refund_never         no refund
      short                fewer; that many of the last outputs are missing
      missing              positions from 1 of outputs that are missing
      empty                completed without outputs
      busy_looks           looks; the first so many are HTTP 429
      strange_status       looks; the first so many see an unknown status
      output_objects       outputs as objects instead of texts
      nsfw                 positions from 1 of outputs that are flagged
      history_lag          seconds until the history lists it
      outputs_gone         seconds after which its outputs are gone
      truncate             downloads; the first so many are half a file
      break_off            downloads; the first so many break off half-way
      lying_type           type; what downloads say they are
      drip                 seconds before each of sixteen pieces
    Account:
      retry_after_s        seconds, or none; Retry-After of every 429
      gone_status          404 or 410; status of outputs_gone
      hide_inputs          true; the history tells no inputs
      forget_after_s       seconds after which a prediction is forgotten
    """
    from pipeline.commands.serve import Served  # noqa: PLC0415 (start-up)
    from pipeline.commands.serve import serve as command  # noqa: PLC0415

    if options["key"] is not None and options["keys"] is not None:
        raise click.UsageError("say --key or --keys, not both")
    if options["state"] is not None and options["in_memory"]:
        raise click.UsageError("say --state or --memory, not both")
    command(
        Served(**{**options, "url": options["url"].rstrip("/")}),
        ready=lambda text: click.echo(text, err=True),
    )
    return 0


@campaign.group()
def provenance() -> None:
    """See what files say about their origin, and sign what campaigns deliver.

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
@_JSON
def show_provenance(files: tuple[Path, ...], anchors: Path | None, as_json: bool) -> int:  # noqa: FBT001 (click)
    """Tell what any file says about its origin: XMP, EXIF, IPTC and content credentials (C2PA).

    Changes nothing, and calls nobody. A file is what its bytes are, whatever its name says.
    Credentials are validated where the extra `provenance` is installed, else only found.

    Exit 5 says that the credentials of a file are broken, 2 that a file is no picture.
    """
    from pipeline.commands.provenance import show as command  # noqa: PLC0415 (start-up)

    result = command(files, anchors=anchors, start=Path.cwd())
    if as_json:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    return result.exit_code


@provenance.command(name="init")
@click.option("--renew", is_flag=True, help="Make a new one, even if there is one.")
def init_provenance(renew: bool) -> int:  # noqa: FBT001 (click)
    """Make a development certificate for this workspace, to try signing out; it proves no name."""
    from pipeline.commands.provenance import init as command  # noqa: PLC0415 (start-up)

    click.echo(command(renew=renew, start=Path.cwd()).text, nl=False)
    return 0


@campaign.command()
@click.argument("names", nargs=-1, metavar="[DESTINATION]...")
@_JSON
def destinations(names: tuple[str, ...], as_json: bool) -> int:  # noqa: FBT001 (click)
    """List places that pictures go to, such as instagram-story, and what each asks of a file.

    \b
    campaign destinations                    all of them; in a workspace also its own
    campaign destinations instagram-story    everything about one, and where it was read

    A manifest names them: `sizes: {story: instagram-story}`. `campaigns/workspace.yaml` adds your
    own under `destinations:`, or other values for one of these.
    """
    from pipeline.commands.destinations import destinations as command  # noqa: PLC0415 (start-up)

    result = command(names, start=Path.cwd())
    if as_json:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return 0


@campaign.group()
def models() -> None:
    """See which models there are, what they take and cost, and what has changed.

    \b
    campaign models list          all models, with sizes and prices
    campaign models show MODEL    everything about one, with a manifest to start from
    campaign models sync          compare the cards with the provider; changes nothing
    """


@models.command(name="list")
@_JSON
def list_models(as_json: bool) -> int:  # noqa: FBT001 (click)
    """List all models: what they take, how many pictures they make, prices and sizes.

    In a workspace the prices are those that its plans take, and forbidden models are marked.
    """
    from pipeline.commands.models import list_models as command  # noqa: PLC0415 (start-up)

    result = command(start=Path.cwd())
    if as_json:
        _data(result.document())
    else:
        click.echo(result.table, nl=False)
    _show(result.problems)
    return 0


@models.command(name="show")
@click.argument("names", nargs=-1, required=True, metavar="MODEL...")
@_JSON
def show_models(names: tuple[str, ...], as_json: bool) -> int:  # noqa: FBT001 (click)
    """Show all that a campaign's author needs of a model, and where each fact comes from."""
    from pipeline.commands.models import show_models as command  # noqa: PLC0415 (start-up)

    result = command(tuple(dict.fromkeys(names)), start=Path.cwd())
    if as_json:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    _show(result.problems)
    return 0


@models.command(name="sync")
@click.option("--write", is_flag=True, help="Write prices that rise into workspace.yaml.")
@_JSON
def sync_models(write: bool, as_json: bool) -> int:  # noqa: FBT001 (click)
    """Ask the provider for its catalogue and prices, and print what differs from the cards.

    Asking costs nothing, but needs WAVESPEED_API_KEY. Prices that rise are printed as lines for
    `prices:` in campaigns/workspace.yaml; with --write they are put there, and the file keeps its
    comments and layout. No price is ever lowered: plans promise rather too much than too little.
    """
    from pipeline.commands.models_sync import sync_models as command  # noqa: PLC0415 (start-up)

    result = command(write=write, start=Path.cwd())
    if as_json:
        _data(result.document())
    else:
        click.echo(result.text, nl=False)
    return 0


@campaign.command()
@click.argument(
    "which",
    type=click.Choice(
        [
            "campaign",
            "workspace",
            "plan",
            "diff",
            "events",
            "receipts",
            "verdicts",
            "check",
            "codes",
            "status",
            "flags",
            "models",
            "destinations",
            "sync",
            "review",
            "sheet",
            "reconcile",
            "store",
            "explain",
            "origins",
            "provenance",
            "disclosure",
        ]
    ),
    default="campaign",
    metavar="[NAME]",
)
@click.option(
    "--write",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write all of them into this folder instead.",
)
def schema(which: str, folder: Path | None) -> int:
    """Print the JSON Schema of manifests, or of something that the program writes.

    \b
    campaign schema > campaign.schema.json     for the editor that manifests are written in
    campaign schema plan                       for a program that reads `plan --json`
    campaign schema verdicts                   for a bot that reviews

    People write `campaign` and `workspace`. Programs read plan, diff, events, receipts, verdicts,
    check, codes, status, flags, models, destinations, sync, review, reconcile, store, explain,
    origins, provenance and disclosure.
    """
    from pipeline.commands.schema import schema as command  # noqa: PLC0415 (start-up)
    from pipeline.commands.schema import write_all  # noqa: PLC0415 (as above)

    if folder is None:
        click.echo(command(which), nl=False)
        return 0
    try:
        click.echo("\n".join(map(str, write_all(folder))))
    except OSError as error:
        raise click.UsageError(f"cannot write `{folder}`: {error.strerror}") from error
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
    if _is_of_disk(error):
        _show([_unwritable(error)])
        return STATE_DAMAGED
    where = _write_crash_report(error)
    click.echo(
        f"This is a bug in campaign-pipeline {__version__}, and we are sorry: {error!r}\n"
        f"Nothing paid is lost: the ledger knows what was sent. Details: {where}",
        err=True,
    )
    return BUG


def _is_of_disk(error: Exception) -> bool:
    """Whether the disk is full, or something there does not let us read or write."""
    full = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
    if not isinstance(error, OSError):
        return False
    # Errors of the network have no file name.
    return error.errno in full or error.filename is not None


def _unwritable(error: Exception) -> "Problem":
    from pipeline.domain.diagnostics import Problem  # noqa: PLC0415 (start-up)

    name = getattr(error, "filename", None)
    what = f"`{name}` cannot be read or written" if name else "a file cannot be written"
    return Problem(
        code="S016",
        what=what,
        why=getattr(error, "strerror", None) or str(error),
        fix="make room, or mend what is in the way or not permitted, then run again: it goes on "
        "where it stopped",
        money="what was sent before is in the ledger, and nothing of it is bought again; nothing "
        "else was charged",
    )


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

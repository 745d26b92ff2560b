"""`campaign review`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import DRAFT, JSON
from pipeline.cli.screen import Result, end, is_terminal, tell

if TYPE_CHECKING:
    from pipeline.commands.review import Assignment
    from pipeline.commands.review_server import Sat


class _Assigning(click.ParamType["Assignment"]):
    name = "ATTEMPT/N=CELL"

    def convert(self, value: Any, param: Any, ctx: Any) -> "Assignment":
        from pipeline.commands.review import Assignment

        which, _, cell = str(value).partition("=")
        attempt, _, number = which.rpartition("/")
        if not (attempt and cell and number.isascii() and number.isdigit()):
            self.fail(f"`{value}` is not of the form ATTEMPT/N=CELL", param, ctx)
        return Assignment(attempt, int(number), cell)


@click.command()
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
    help="Want another take; the next run asks for it.",
)
@click.option(
    "--clear",
    multiple=True,
    metavar="SELECT",
    help="Take back your own verdict of these.",
)
@click.option("--note", default="", metavar="TEXT", help="Why; kept with each of these verdicts.")
@click.option(
    "--as", "reviewer", default=None, metavar="REVIEWER", help="Who says so.  [default: git's name]"
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
@DRAFT
@JSON
def review(
    *,
    name: str,
    assignments: tuple["Assignment", ...],
    approve: tuple[str, ...],
    reject: tuple[str, ...],
    reroll: tuple[str, ...],
    clear: tuple[str, ...],
    note: str,
    reviewer: str | None,
    file: Path | None,
    listing: bool,
    waiting: bool,
    serving: bool,
    opens: bool | None,
    draft: bool,
    as_json: bool,
) -> int:
    """Approve, reject or reroll pictures; or say whose they are.

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
    from pipeline.commands.review import review as assign
    from pipeline.commands.verdicts import Said, bring_in, said_name, say
    from pipeline.commands.verdicts import show as tell_standing
    from pipeline.domain.verdicts import Word

    words = {
        Word.APPROVE: approve,
        Word.REJECT: reject,
        Word.REROLL: reroll,
        Word.CLEAR: clear,
    }
    said = {word: selects for word, selects in words.items() if selects}
    ways = [said, file, listing, assignments, waiting, serving]
    if sum(map(bool, ways)) > 1:
        raise click.UsageError(
            "say verdicts, --import, --list, --assign, --waiting or --serve, one at a time"
        )
    serves = serving or (not any(ways) and not as_json and is_terminal())
    if note and not said:
        raise click.UsageError("--note goes with --approve, --reject, --reroll or --clear")
    if reviewer is not None and not (said or file or serves):
        raise click.UsageError("--as goes with verdicts, --import or --serve")
    if opens is not None and not serves:
        raise click.UsageError("--open and --no-open go with --serve")
    start = Path.cwd()
    who = "" if reviewer is None else said_name(reviewer)
    result: Result
    if serves:
        result = _serve(name, reviewer=who, opens=opens, draft=draft)
    elif listing:
        result = tell_standing(name, draft=draft, start=start)
    elif file:
        result = bring_in(name, file, reviewer=who, draft=draft, start=start)
    elif said:
        result = say(name, Said(said, note, who), draft=draft, start=start)
    else:
        result = assign(name, assignments, draft=draft, start=start)
    return end(result, as_json=as_json)


def _serve(name: str, *, reviewer: str, opens: bool | None, draft: bool) -> "Sat":
    from pipeline.commands.review_server import has_screen, serve_review

    return serve_review(
        name,
        reviewer=reviewer,
        opens=is_terminal() and has_screen() if opens is None else opens,
        ready=tell,
        draft=draft,
        start=Path.cwd(),
    )

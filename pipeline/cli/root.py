"""The command `campaign` and its verbs."""

from importlib import import_module

import click

from pipeline import __version__
from pipeline.domain.exit_codes import BUG, MEANINGS, REFUSE_BEFORE_SENDING

_VERBS = {
    "init": "Start a campaign: a folder campaigns/NAME with a manifest to fill in.",
    "check": "Find every problem of manifests, pictures and matrix rules; sends and costs nothing.",
    "plan": "Show what a run would buy, why, and what it costs; never spends, needs no key.",
    "diff": "Show what merging a change buys now, what it discards, and which rules it breaks.",
    "run": "Buy what is wanted and not there yet, derive all sizes, lay out the contact sheet.",
    "status": "Show pictures and money: charged, reserved, in doubt, refund pending, left.",
    "report": "Rebuild sizes, thumbnails and the contact sheet from what is bought; costs nothing.",
    "review": "Decide on pictures: approve, reject, reroll; or say whose they are.",
    "reconcile": "Look into the provider's history and bill, and bring the books in line with "
    "them.",
    "store": "Look after paid pictures: copy them to a shared folder and back, check them.",
    "serve": "Serve the embedded provider: the vendor's protocol with the draft engine behind it.",
    "provenance": "See what files say about their origin, and sign what campaigns deliver.",
    "destinations": "List places that pictures go to, such as instagram-story, and what each asks "
    "of a file.",
    "models": "See which models there are, what they take and cost, and what has changed.",
    "schema": "Print the JSON Schema of manifests, or of something that the program writes.",
}
"""What each verb does: the first line of its own help, here so that listing them loads none."""


class _Verbs(click.Group):
    """Lists stand-ins; imports the module of a verb, which is called like it, to call it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, stand_in, rest = super().resolve_command(ctx, args)
        if stand_in is None:
            return name, None, rest
        verb: click.Command = getattr(import_module(f"pipeline.cli.{name}"), str(name))
        return name, verb, rest


def _exit_codes() -> str:
    """The table of exit codes in two columns; a bug comes last."""
    order = [*(code for code in MEANINGS if code != BUG), BUG]
    half = (len(order) + 1) // 2
    width = max(len(MEANINGS[code]) for code in order[:half])
    lines = [
        f"{left:>3}  {MEANINGS[left]:<{width}}{right:>4}  {MEANINGS[right]}"
        for left, right in zip(order[:half], order[half:], strict=True)
    ]
    *most, last = REFUSE_BEFORE_SENDING
    refusing = f"{', '.join(map(str, most))} and {last}"
    return "\n".join(
        [
            "\b",
            "Exit codes:",
            *lines,
            "",
            f"{refusing} refuse before anything is sent for that campaign.",
        ]
    )


@click.group(
    cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_exit_codes()
)
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


for _name, _what in _VERBS.items():
    campaign.add_command(click.Command(_name, help=_what))

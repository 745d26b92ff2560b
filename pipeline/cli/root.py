"""The command `campaign` and its verbs."""

from importlib import import_module

import click

from pipeline import __version__
from pipeline.domain.exit_codes import BUG, MEANINGS, REFUSE_BEFORE_SENDING

_VERBS = {
    "init": "Start a campaign: campaigns/NAME with a manifest to fill in.",
    "check": "Find every problem and give advice; sends and costs nothing.",
    "plan": "Show what a run would buy, why, and what it costs.",
    "diff": "Show what merging buys, discards, and which rules it breaks.",
    "run": "Buy what is missing, derive all sizes, lay out the sheet.",
    "status": "Show pictures and money: charged, reserved, in doubt, left.",
    "report": "Rebuild sizes and the contact sheet; costs nothing.",
    "review": "Approve, reject or reroll pictures; or say whose they are.",
    "reconcile": "Bring the books in line with the provider's history and bill.",
    "store": "Look after paid pictures: a second copy, damage, what is lost.",
    "serve": "Serve the embedded provider, which makes drafts, over HTTP.",
    "provenance": "See what files say about their origin, and sign deliveries.",
    "destinations": "List places that pictures go to, and what each asks of a file.",
    "models": "See which models there are, what they take and what they cost.",
    "schema": "Print the JSON Schema of manifests, or of what is written.",
}
"""What each verb does: the first line of its own help, here so that listing them loads none. All
fit into 80 columns, in the order in which a campaign needs them."""


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

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (as click calls it)
        """In the order in which a campaign needs them."""
        return list(self.commands)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 (as click calls it)
        formatter: click.HelpFormatter,
    ) -> None:
        """List each with its whole sentence, where click would cut it at the edge."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help or "") for name, verb in self.commands.items()])


def _exit_codes() -> str:
    """The table of exit codes in two columns; a bug comes last."""
    order = [*(code for code in MEANINGS if code != BUG), BUG]
    half = (len(order) + 1) // 2
    width = max(len(MEANINGS[code]) for code in order[:half])
    lines = [
        f"{left}  {MEANINGS[left]:<{width}}{right:>4}  {MEANINGS[right]}"
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

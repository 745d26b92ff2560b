"""`campaign serve`."""

from pathlib import Path
from typing import Any

import click

from pipeline.cli.options import USD
from pipeline.cli.screen import tell
from pipeline.domain.exit_codes import DONE


class _Host(click.ParamType["tuple[str, int]"]):
    name = "HOST:PORT"

    def convert(self, value: Any, param: Any, ctx: Any) -> "tuple[str, int]":
        host, _, port = str(value).rpartition(":")
        if not host or not (port.isascii() and port.isdigit()):
            self.fail(f"`{value}` is not of the form HOST:PORT", param, ctx)
        return host.strip("[]").lower(), int(port)


@click.command()
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
@click.option("--credit", type=USD, help="Credit of each organisation; spent, it is HTTP 402.")
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
def serve(
    *,
    url: str,
    state: Path | None,
    in_memory: bool,
    key: str | None,
    keys: Path | None,
    **others: Any,
) -> int:
    """Serve the embedded provider, which makes drafts, over HTTP.

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
    from pipeline.commands.serve import Served
    from pipeline.commands.serve import serve as command

    if key is not None and keys is not None:
        raise click.UsageError("say --key or --keys, not both")
    if state is not None and in_memory:
        raise click.UsageError("say --state or --memory, not both")
    served = Served(
        url=url.rstrip("/"), state=state, in_memory=in_memory, key=key, keys=keys, **others
    )
    command(served, ready=tell)
    return DONE

"""`campaign serve`: the embedded provider over HTTP."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.adapters.addresses import Guard, is_loopback
from pipeline.adapters.clock import SystemClock
from pipeline.adapters.connecting import GuardedBackend
from pipeline.adapters.places import find_places, prepare_state
from pipeline.commands.fault_file import read_faults
from pipeline.commands.realms import BASE_VARIABLE, KEY_VARIABLE, not_installed
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import UNUSABLE
from pipeline.domain.money import MicroUsd
from pipeline.emulator.faults import NONE

if TYPE_CHECKING:
    from pipeline.emulator.access import AccessKey
    from pipeline.emulator.state import State
    from pipeline.emulator.webhooks import Caller, Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served, and to whom.

    Attributes:
        host: address to listen on.
        port: 0 for any free one.
        url: base address as clients see it; empty for the one that is listened on.
        state: folder for what is kept; None for the workspace's own.
        in_memory: whether nothing is kept.
        key: the only key that is let in; None for any, or those of `keys`.
        keys: file of keys; None for none.
        tier: level of the account; None for no limits.
        credit: what each organisation has; None for more than anybody spends.
        has_webhooks: whether public https addresses are called.
        webhook_hosts: pairs of host and port that are called wherever they are.
        faults: file that says what goes wrong; None for nothing.
    """

    host: str
    port: int
    url: str = ""
    state: Path | None = None
    in_memory: bool = False
    key: str | None = None
    keys: Path | None = None
    tier: str | None = None
    credit: MicroUsd | None = None
    has_webhooks: bool = False
    webhook_hosts: Sequence[tuple[str, int]] = ()
    faults: Path | None = None


def serve(asked: Served, *, ready: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Args:
        asked: what.
        ready: told the opening words once requests are answered.

    Raises:
        CampaignError: exit 9; it is not installed, or the address cannot be listened on. Exit 2;
            the faults or keys file has problems, and nothing was started.
    """
    trouble, told = read_faults(asked.faults) if asked.faults is not None else (NONE, ())
    try:
        from pipeline.emulator.app import PLENTY, create_app  # noqa: PLC0415 (an extra)
        from pipeline.emulator.engine.draft import DraftEngine  # noqa: PLC0415 (an extra)
        from pipeline.emulator.serve import serve as serve_app  # noqa: PLC0415 (an extra)
        from pipeline.emulator.tiers import TIERS  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise CampaignError(UNUSABLE, [not_installed(str(error.name))]) from error
    keys = _keys(asked)
    targets, caller = _way_out(asked)
    gc.enable()  # from here on the program runs for long
    clock = SystemClock()
    with _state(asked) as kept:
        place = "memory" if asked.in_memory else str(kept.folder)
        try:
            serve_app(
                lambda base_url: create_app(
                    state=kept,
                    engine=DraftEngine(),
                    base_url=base_url,
                    clock=clock.now,
                    accepted_key=asked.key,
                    keys=keys,
                    tier=None if asked.tier is None else TIERS[asked.tier],
                    balance=PLENTY if asked.credit is None else asked.credit,
                    targets=targets,
                    caller=caller,
                    faults=trouble,
                    sleep=clock.sleep,
                ),
                host=asked.host,
                port=asked.port,
                public_url=asked.url or None,
                on_ready=lambda base_url: ready(_words(asked, base_url, place, told)),
            )
        except OSError as error:
            problem = _no_address(asked.host, asked.port, error)
            raise CampaignError(UNUSABLE, [problem]) from error


def _keys(asked: Served) -> Sequence["AccessKey"]:
    from pipeline.commands.key_file import read_keys  # noqa: PLC0415 (an extra)

    return () if asked.keys is None else read_keys(asked.keys)


def _way_out(asked: Served) -> tuple["Targets", "Caller | None"]:
    from pipeline.emulator.calling import HttpCaller  # noqa: PLC0415 (an extra)
    from pipeline.emulator.webhooks import Targets  # noqa: PLC0415 (an extra)

    hosts = frozenset(asked.webhook_hosts)
    targets = Targets(public=asked.has_webhooks, hosts=hosts)
    if not (asked.has_webhooks or hosts):
        return targets, None
    return targets, HttpCaller(guarded=GuardedBackend(Guard(None)), hosts=hosts)


def _state(asked: Served) -> "State":
    from pipeline.emulator.state import State  # noqa: PLC0415 (an extra)

    return State.temporary() if asked.in_memory else State(asked.state or _default_state())


def _default_state() -> Path:
    places = find_places(Path.cwd())
    prepare_state(places.state)
    return places.state / "served"


def _words(asked: Served, base_url: str, place: str, faults: Sequence[str]) -> str:
    trouble = "\n  ".join(["Trouble is switched on; numbers count from 1:", *faults])
    is_open = asked.key is None and asked.keys is None and not is_loopback(asked.host)
    return (
        f"The embedded provider listens on {base_url}; its state is in {place}.\n"
        + (f"{trouble}\n" if faults else "")
        + (
            "Whoever reaches this address may use it: any key is let in (--key, --keys).\n"
            * is_open
        )
        + "Drafts only, for play money; Ctrl-C ends it. In another terminal:\n"
        f"  export {BASE_VARIABLE}={base_url} {KEY_VARIABLE}=any\n"
        "  campaign run NAME"
    )


def _no_address(host: str, port: int, error: OSError) -> Problem:
    return Problem(
        code="R007",
        what=f"cannot listen on `{host}` port {port}",
        why=str(error.strerror or error),
        fix="choose another one with `--port`, or any free one with `--port 0`",
        money="nothing was charged",
    )

"""`campaign serve`: the embedded provider over HTTP."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import find_places, prepare_state
from pipeline.commands.fault_file import read_faults
from pipeline.commands.realms import BASE_VARIABLE, KEY_VARIABLE, UNUSABLE
from pipeline.commands.wiring import not_installed
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.emulator.faults import NONE


def serve(
    *,
    host: str,
    port: int,
    state: Path | None,
    key: str | None,
    faults: Path | None,
    ready: Callable[[str], None],
) -> None:
    """Serve until interrupted.

    Args:
        host: address to listen on.
        port: 0 for any free one.
        state: folder for what is kept; None for the workspace's own.
        key: the only key that is let in; None for any.
        faults: file that says what goes wrong; None for nothing.
        ready: told the opening words once requests are answered.

    Raises:
        CampaignError: exit 9; it is not installed, or the address cannot be listened on. Exit 2;
            the faults file has problems, and nothing was started.
    """
    trouble, told = read_faults(faults) if faults is not None else (NONE, ())
    try:
        from pipeline.emulator.app import create_app  # noqa: PLC0415 (an extra)
        from pipeline.emulator.engine import DraftEngine  # noqa: PLC0415 (an extra)
        from pipeline.emulator.serve import serve as serve_app  # noqa: PLC0415 (an extra)
        from pipeline.emulator.state import State  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise CampaignError(UNUSABLE, [not_installed(error)]) from error
    gc.enable()  # from here on the program runs for long
    folder = state or _default_state()
    clock = SystemClock()
    with State(folder) as kept:
        try:
            serve_app(
                lambda base_url: create_app(
                    state=kept,
                    engine=DraftEngine(),
                    base_url=base_url,
                    clock=clock.now,
                    accepted_key=key,
                    faults=trouble,
                    sleep=clock.sleep,
                ),
                host=host,
                port=port,
                on_ready=lambda base_url: ready(_words(base_url, folder, told)),
            )
        except OSError as error:
            raise CampaignError(UNUSABLE, [_no_address(host, port, error)]) from error


def _default_state() -> Path:
    places = find_places(Path.cwd())
    prepare_state(places.state)
    return places.state / "served"


def _words(base_url: str, folder: Path, faults: Sequence[str]) -> str:
    trouble = "\n  ".join(["Trouble is switched on; numbers count from 1:", *faults])
    return (
        f"The embedded provider listens on {base_url}; its state is in {folder}.\n"
        + (f"{trouble}\n" if faults else "")
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

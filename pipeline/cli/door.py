"""The one way out: whatever happens in a verb becomes a message and an exit code."""

import errno
import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import __version__
from pipeline.cli.root import campaign
from pipeline.cli.screen import show, tell
from pipeline.domain.exit_codes import BUG, DONE, INTERRUPTED, STATE_DAMAGED

if TYPE_CHECKING:
    from pipeline.domain.diagnostics import Problem

_INTERRUPTED = (
    "Interrupted; nothing is lost: what was sent, if anything was, is in the ledger. Give the "
    "command again to go on."
)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code of the design's table.

    Args:
        argv: what follows the program's name; None for what this process was started with.
    """
    _fill_closed_streams()
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
        tell(_INTERRUPTED)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except KeyboardInterrupt:
        tell(f"\n{_INTERRUPTED}")
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        code = DONE
    except Exception as error:  # noqa: BLE001 (the last door: problems and bugs become exit codes)
        code = _failed(error)
    if argv is None:
        # From here on Python alone is at work, ending threads and files. A Ctrl-C that comes now
        # ends it as well, and not with a page of calls.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code if isinstance(code, int) else DONE)


def _fill_closed_streams() -> None:
    """Give streams that the caller closed (`>&-`) to nobody.

    The next file that is opened, such as the ledger, would get the stream's number, and whatever a
    library prints would be written into it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is taken, which is this one.
            null = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(null, mode, encoding="utf-8", closefd=False))


def _failed(error: Exception) -> int:
    from pipeline.domain.diagnostics import CampaignError

    if isinstance(error, CampaignError):
        show(error.problems)
        return error.exit_code
    if _is_of_disk(error):
        show([_unwritable(error)])
        return STATE_DAMAGED
    where = _write_crash_report(error)
    tell(
        f"This is a bug in campaign-pipeline {__version__}, and we are sorry: {error!r}\n"
        f"Nothing paid is lost: the ledger knows what was sent. Details: {where}"
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
    from pipeline.domain.diagnostics import Problem

    name = getattr(error, "filename", None)
    what = f"`{name}` cannot be read or written" if name else "a file cannot be written"
    return Problem(
        code="S016",
        what=what,
        why=getattr(error, "strerror", None) or str(error),
        fix="make room, or mend what is in the way or not permitted, then give the command again: "
        "it goes on where it stopped",
        money="nothing is charged for this; what was sent before, if anything was, is in the "
        "ledger, and nothing of it is bought again",
    )


def _write_crash_report(error: Exception) -> Path:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="campaign-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
        return Path(file.name)

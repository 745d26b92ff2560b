"""Put derived files in place whole or not at all; they are free to repeat, so nothing is synced."""

import contextlib
import secrets
from pathlib import Path


def replace(target: Path, data: bytes) -> None:
    """Write a file beside its target and rename it into place; missing folders are made.

    Raises:
        OSError: nothing was changed and nothing is left behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # Not made from the target's name, which may be as long as the file system allows.
    part = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            file.write(data)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise

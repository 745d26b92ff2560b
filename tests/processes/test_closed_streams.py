"""Streams that the caller closed: what a library prints must never land in the ledger."""

import os
import subprocess
import sys

import pytest

_SCRIPT = """
import os, sys
from pipeline.cli import main
try:
    main(["--version"])
except SystemExit as ended:
    # Libraries print to the numbers, not to Python's streams.
    os.write({number}, b"a library prints this")
    with open("ledger", "wb") as file:
        os._exit(ended.code if file.fileno() > 2 else 99)
"""


@pytest.mark.parametrize("number", [1, 2])
def test_a_closed_stream_is_nobodys(tmp_path, number):
    script = _SCRIPT.format(number=number)
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: os.close(number),
    )
    assert ended.returncode == 0

"""The command line: parse, call a command, print, exit code.

`root` lists the verbs, each of which has a module of its own; `door` runs them, and every way that
they can end leads through it. A verb imports what it calls when it is called, so that `--help` and
short commands do not wait for what they do not use.
"""

from pipeline.cli.door import main
from pipeline.cli.root import campaign

__all__ = ["campaign", "main"]

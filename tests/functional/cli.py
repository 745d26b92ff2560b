"""The command line in this process, as its users meet it: arguments in; exit code, out, err."""

import gc
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from pipeline.cli import main
from tests.functional.documents import Written


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        """Its JSON."""
        return json.loads(self.out)

    @property
    def events(self) -> list[dict]:
        """Its JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def campaign(*argv: str) -> Ran:
    """Run a command in the working directory; exit code 1, which means a bug, fails the test.

    What it writes for programs must be what its schema says.
    """
    written = Written(Path.cwd())
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            main(list(argv))
        except SystemExit as ended:
            code = ended.code
        finally:
            gc.enable()  # a command is a process of its own, as a rule, and need not be tidy
    assert code != 1, err.getvalue()
    assert "Traceback" not in err.getvalue()
    written.hold(argv, out.getvalue())
    return Ran(code, out.getvalue(), err.getvalue())

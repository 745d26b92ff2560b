"""The command line, which looks at its predictions soon: plain pictures do not take two seconds.

`python -m tests.processes.eager [ARGUMENT]...`; all else is as with `python -m pipeline`.
"""

import functools

from pipeline.cli import main
from pipeline.commands import wiring
from pipeline.execution.decisions import PollPace


def put_in_place() -> None:
    wiring.PollPace = functools.partial(PollPace, first_s=0.1, growth=1.2, most_s=1.0)


if __name__ == "__main__":
    put_in_place()
    main()

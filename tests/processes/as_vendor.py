"""The command line with a provider on loopback in the vendor's place.

What it buys is real to the program: receipts go to `campaigns/NAME/lock`, caps are the real ones.
Only two things are not as usual: where the vendor is, and that it may be spoken to in the open.
"""

import functools
import os

from pipeline.cli import main
from pipeline.commands import plan, realms, reconcile, report, run, status, wiring


def stand_in(*, draft: bool) -> realms.Realm:
    assert not draft
    return realms.Realm(realms.REAL, os.environ["WAVESPEED_BASE_URL"])


def put_in_place() -> None:
    for command in (plan, reconcile, report, run, status):
        command.choose_realm = stand_in
    intake = wiring.StoreIntake

    @functools.wraps(intake)
    def in_the_open(*parts, **told):
        return intake(*parts, **{**told, "is_official": False})

    wiring.StoreIntake = in_the_open


if __name__ == "__main__":
    put_in_place()
    main()

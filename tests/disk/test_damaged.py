"""The ledger's file is damaged: refused with exit 12, and rebuilt from receipts and history.

A run was killed with one request settled and one under way; then the file was cut or overwritten.
"""

import itertools

import pytest

from tests.functional.provider import Provider
from tests.functional.workspace import Workspace
from tests.processes.left import Left
from tests.processes.program import Program
from tests.processes.vendor import assert_nothing_leaked, see_through
from tests.support.slices import torture_but

pytestmark = pytest.mark.slow

COST = 160_000
DAMAGED = 12
RUN = ("run", "winter", "--yes")
COMMANDS = [RUN, ("plan", "winter"), ("status",), ("report", "winter"), ("reconcile",)]
REBUILD = "campaign reconcile --rebuild"
ONE_AT_A_TIME = "account: {requests_per_minute: 1000, concurrent: 1}"


def first_bytes(whole: bytes) -> bytes:
    return b"\xa5" * 16 + whole[16:]


def half(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def torn_page(whole: bytes) -> bytes:
    return whole[: -page_size(whole) // 2]


def last_pages(whole: bytes) -> bytes:
    kept = 3 * page_size(whole)
    return whole[:kept] + b"\xa5" * (len(whole) - kept)


def page_size(whole: bytes) -> int:
    """Bytes of a page, as the file's header tells."""
    return int.from_bytes(whole[16:18], "big")


DAMAGES = {damage.__name__: damage for damage in (first_bytes, half, torn_page, last_pages)}


@pytest.fixture
def killed(tmp_path, shared_time):
    """What a run left that was killed while its second request was under way."""
    workspace = Workspace.make(tmp_path / "killed" / "shop", shared=ONE_AT_A_TIME)
    workspace.campaign(variants=("snow", "studio"))
    with Provider(tmp_path / "killed" / "provider") as provider:
        how = {
            "cwd": workspace.root,
            "environment": {**provider.environment, **shared_time.environment},
            "module": "tests.processes.hurried",
        }
        with Program("pipeline", "run", "winter", "--yes", "--events", **how) as life:
            life.until("submit", times=2)
            life.kill()
    left = Left(tmp_path / "killed", provider.realm)
    left.take_log_in()
    return left


@pytest.fixture
def come_back(tmp_path, here, shared_time):
    """Make a copy whose ledger is damaged; look at it, or rebuild it and finish."""
    numbers = itertools.count(1)

    class Returned:
        def __init__(self, left: Left, damage) -> None:
            self.left = left.copy(tmp_path / f"back-{next(numbers)}")
            self.damaged = damage(self.left.ledger.read_bytes())
            self.left.ledger.write_bytes(self.damaged)

        def run(self, *argv: str):
            with self.left.served() as provider:
                return here(provider, *argv, root=self.left.workspace.root)

        def finish(self) -> None:
            with self.left.served() as provider:
                see_through(here, shared_time, self.left.workspace, provider)
                assert_nothing_leaked(here, self.left.workspace, provider)
                assert provider.bill() == COST

    return Returned


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_it_is_refused_left_as_it_is_and_the_way_out_is_named(killed, come_back, damage):
    back = come_back(killed, damage)
    for command in COMMANDS:
        ran = back.run(*command)
        assert ran.code == DAMAGED, command
        assert REBUILD in ran.err, command
        assert back.left.ledger.read_bytes() == back.damaged, command


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_rebuilt_it_knows_what_was_bought(killed, come_back, damage):
    back = come_back(killed, damage)
    assert back.run("reconcile", "--rebuild").code == 0
    back.finish()


@pytest.mark.parametrize("tenth", torture_but([3], range(10)))
def test_a_page_of_it_is_overwritten(killed, come_back, tenth):
    """Refused, or of no consequence: SQLite notices only what it reads."""
    whole = killed.ledger.read_bytes()
    size = page_size(whole)
    for start in range(tenth * size, len(whole), 10 * size):
        back = come_back(killed, lambda old, at=start: old[:at] + b"\xa5" * size + old[at + size :])
        if back.run(*RUN).code == DAMAGED:
            assert back.run("reconcile", "--rebuild").code == 0
        back.finish()

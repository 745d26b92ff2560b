"""The disk is full, at each kind of write: nothing is lost, and what happened to money is said."""

import pytest

from tests.disk.words import assert_said
from tests.processes.program import Ended
from tests.support.slices import torture_but

pytestmark = pytest.mark.slow


@pytest.fixture
def fill(run, finish):
    """Run the campaign on a disk that is full from a moment on, and once more with room."""

    def filled(moment: str) -> Ended:
        ended = run(moment)
        finish()
        assert_said(ended)
        return ended

    return filled


COMMITS = ["/runs/:1", *(f"commit:{number}" for number in range(1, 19))]
"""The first is before the ledger is opened."""
FILES = [
    "cache.sqlite3:1",
    "/held/:1",
    "/store/:1",
    "/store/:2",
    "/lock/:1",
    "/outputs/:1",
    "/outputs/:2",
    "view.json:1",
    "index.html:1",
]
LENGTHS = [f"bytes:{kilobytes * 1024}" for kilobytes in (1, 4, 16, 33, 40, 64, 96, 128, 256)]


@pytest.mark.parametrize("moment", torture_but(["commit:6", "commit:8", "commit:12"], COMMITS))
def test_when_the_ledger_is_written(fill, moment):
    assert fill(moment).code, "it cannot go on without its ledger"


@pytest.mark.parametrize("moment", torture_but(["/store/:1", "/lock/:1", "view.json:1"], FILES))
def test_when_a_file_is_written(fill, moment):
    fill(moment)


@pytest.mark.parametrize("moment", torture_but(["bytes:131072"], LENGTHS))
def test_when_a_file_grows_too_long(fill, moment):
    assert fill(moment).code, "the longest file is the ledger"


@pytest.mark.torture
def test_when_nothing_at_all_can_be_written(fill):
    fill("bytes:0")

"""Where a folder is needed lies a file, so that nothing can be written there, not even by root."""

import shutil
from contextlib import contextmanager

import pytest

from tests.disk.words import assert_said
from tests.support.slices import torture_but

pytestmark = pytest.mark.slow

NEVER = "bytes:1000000000"
"""The disk has room enough."""
FOLDERS = {
    "state": ".campaign",
    "realm": ".campaign/{realm}",
    "store": ".campaign/{realm}/store",
    "arriving": ".campaign/{realm}/store/incoming",
    "kept": ".campaign/{realm}/store/sha256",
    "lock": ".campaign/{realm}/lock/winter",
    "runs": ".campaign/{realm}/runs",
    "held": ".campaign/{realm}/held",
    "outputs": "outputs",
    "view": "outputs/winter/{realm}",
    "masters": "outputs/winter/{realm}/masters",
}


@pytest.fixture
def in_the_way(workspace, provider):
    """Lay a file where a folder should be, for a while."""

    @contextmanager
    def lying(name: str):
        place = workspace.root / FOLDERS[name].format(realm=provider.realm)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("in the way\n")
        yield
        place.unlink()

    return lying


@pytest.mark.parametrize("name", torture_but(["store", "lock", "view"], FOLDERS))
def test_what_cannot_be_written_is_said_and_nothing_is_lost(in_the_way, run, finish, name):
    with in_the_way(name):
        ended = run(NEVER)
    finish()
    assert_said(ended)


@pytest.mark.parametrize("name", ["arriving", "lock"])
def test_what_could_not_be_kept_is_not_bought(in_the_way, run, provider, name):
    with in_the_way(name):
        run(NEVER)
    assert provider.bill() == 0


def test_the_state_folder_of_a_bought_campaign_is_gone_and_cannot_be_made(
    workspace, provider, run, finish
):
    """As a shared drive that is not mounted: a file, or nothing, is where the folder was."""
    assert run(NEVER).code == 0
    away = workspace.root / "away"
    shutil.move(workspace.state(), away)
    workspace.state().write_text("not mounted\n")
    ended = run(NEVER)
    workspace.state().unlink()
    shutil.move(away, workspace.state())
    finish()
    assert_said(ended)
